"""The judge is not blind: answers that are right are called right, and each way to be wrong is found.
Truths and answers are made by hand; no agent.
"""

import unittest

from judge import Judge, Outage, Slice
from office_agent import FAST
from timeline import Truth
from timeline_test import NODES, span

END = 100.0


def said(begin, end, cause="service", low=0.9, high=0.9):
    """An outage seen `low` and `high` seconds around its edges."""
    return Outage(begin - low, begin + high, end - low, end + high, cause, ((begin + high, cause),))


def booked(*pieces):
    """Slices that follow each other: ("up", 20.0), ("unknown via_down", 30.0), ... with their ends."""
    starts = [0.0, *(end for _, end in pieces)]
    named = [(words.partition(" "), end) for words, end in pieces]
    return [Slice(low, end, cls, why) for ((cls, _, why), end), low in zip(named, starts)]


class Case(unittest.TestCase):
    def judged(self, name, script, outages, slices):
        truth = Truth(NODES, [span(*one) for one in script], FAST)
        return Judge(truth, name, 0.0, END).judge(outages, slices)

    def right(self, *case):
        self.assertEqual(self.judged(*case), [])

    def wrong(self, words, *case):
        complaints = self.judged(*case)
        self.assertTrue(any(words in text for text in complaints), f"{words!r} in {complaints}")


REFUSES = (("refuse portal", 20, 40),)
DOWN = booked(("up", 20.9), ("down:service", 40.9), ("up", END))
ALL_UP = booked(("up", END))


class Alone(Case):
    def test_an_outage_as_it_was(self):
        self.right("portal", REFUSES, [said(20, 40)], DOWN)

    def test_nothing_when_nothing_was(self):
        self.right("spse", REFUSES, [], ALL_UP)

    def test_a_missed_outage(self):
        self.wrong("missed the outage", "portal", REFUSES, [], ALL_UP)

    def test_a_false_outage(self):
        self.wrong("false outage by service", "spse", REFUSES, [said(20, 40)], DOWN)

    def test_an_outage_told_as_two(self):
        told = [said(20, 28), said(32, 40)]
        self.wrong("told as 2", "portal", REFUSES, told, DOWN)

    def test_two_outages_told_as_one(self):
        script = (("refuse portal", 20, 30), ("refuse portal", 50, 60))
        self.wrong("2 outages told as one", "portal", script, [said(20, 60)], DOWN)

    def test_two_outages_told_as_one_when_nobody_need_have_seen_the_time_between(self):
        script = (("refuse portal", 20, 30), ("refuse portal", 31, 40))
        self.right("portal", script, [said(20, 40)], DOWN)

    def test_maintenance_ends_an_outage_however_short_it_is(self):
        script = (("refuse portal", 20, 60), ("maintain portal 1", 40, 41))
        self.wrong("2 outages told as one", "portal", script, [said(20, 60)], DOWN)

    def test_an_outage_that_never_ends(self):
        told = [Outage(19.0, 21.0, None, None, "service", ((21.0, "service"),), is_open=True)]
        self.wrong("still open", "portal", REFUSES, told, DOWN)

    def test_a_fault_of_a_second_may_be_seen_or_not(self):
        script = (("refuse portal", 20, 21),)
        self.right("portal", script, [], ALL_UP)
        slices = booked(("up", 20.2), ("down:service", 21.3), ("up", END))
        self.right("portal", script, [said(20, 21, low=0.5, high=0.2)], slices)


class Bounds(Case):
    def test_a_beginning_that_lies_outside(self):
        told = [Outage(21.0, 22.0, 39.5, 40.5, "service", ((22.0, "service"),))]
        self.wrong("start between 21.0 and 22.0; the truth: 20.0", "portal", REFUSES, told, DOWN)

    def test_an_end_that_lies_outside(self):
        told = [Outage(19.5, 20.5, 37.0, 38.0, "service", ((20.5, "service"),))]
        self.wrong("end between 37.0 and 38.0; the truth: 40.0", "portal", REFUSES, told, DOWN)

    def test_bounds_that_are_too_wide(self):
        told = [said(20, 40, low=4.0, high=0.9)]
        self.wrong("4.9 s wide", "portal", REFUSES, told, DOWN)

    def test_bounds_that_nobody_knows(self):
        told = [Outage(19.5, 20.5, None, None, "service", ((20.5, "service"),))]
        self.wrong("not known", "portal", REFUSES, told, DOWN)

    def test_time_without_sight_makes_bounds_wider_and_only_there(self):
        script = (("refuse lan-web", 20, 45), ("cable", 40, 60))
        slices = booked(
            ("up", 20.9), ("down:service", 40.0), ("unknown via_down", 60.9), ("up", END)
        )
        told = [Outage(19.1, 20.9, 39.5, 60.9, "service", ((20.9, "service"),))]
        self.right("lan-web", script, told, slices)
        told = [Outage(10.1, 20.9, 39.5, 60.9, "service", ((20.9, "service"),))]
        self.wrong("10.8 s wide", "lan-web", script, told, slices)


class Causes(Case):
    CUT = (("refuse portal", 20, 60), ("isp", 30, 50))

    def test_the_cause_of_another(self):
        told = [said(20, 40, "link")]
        slices = booked(("up", 20.9), ("down:link", 40.9), ("up", END))
        self.wrong("by link from 20.9", "portal", REFUSES, told, slices)
        self.wrong("is called link", "portal", REFUSES, told, slices)
        self.wrong("said down:link", "portal", REFUSES, told, slices)

    def test_causes_that_follow_each_other(self):
        pieces = ((20.9, "service"), (30.5, "link"), (50.5, "service"))
        told = [Outage(19.1, 20.9, 59.1, 60.9, "service", pieces)]
        slices = booked(
            *(("up", 20.9), ("down:service", 30.5), ("down:link", 50.5)),
            *(("down:service", 60.9), ("up", END)),
        )
        self.right("portal", self.CUT, told, slices)

    def test_a_cut_that_takes_what_was_before_it(self):
        told = [Outage(19.1, 20.9, 59.1, 60.9, "link", ((20.9, "link"),))]
        slices = booked(("up", 20.9), ("down:link", 60.9), ("up", END))
        self.wrong("said down:link from 20.9 to 27.3", "portal", self.CUT, told, slices)
        self.wrong("is called link", "portal", self.CUT, told, slices)


class Booked(Case):
    def test_unseen_time_called_up(self):
        script = (("stop", 20, 50),)
        self.wrong("said up from 22.7 to 47.3", "lan-web", script, [], ALL_UP)
        self.wrong("0.0 s unknown", "lan-web", script, [], ALL_UP)

    def test_unseen_time_called_down(self):
        slices = booked(("up", 20.9), ("down:host", 50.9), ("up", END))
        self.wrong("false outage", "lan-web", (("cable", 20, 50),), [said(20, 50, "host")], slices)

    def test_unseen_time_for_another_reason(self):
        script = (("kill", 20, 50),)
        right = booked(("up", 20.0), ("unknown agent_dark", 50.9), ("up", END))
        self.right("lan-web", script, [], right)
        wrong = booked(("up", 20.0), ("unknown via_down", 50.9), ("up", END))
        self.wrong("unknown by via_down", "lan-web", script, [], wrong)

    def test_time_that_nothing_was_said_of(self):
        slices = [Slice(0.0, 30.0, "up"), Slice(40.0, END, "up")]
        self.wrong("said nothing of 30.0 to 40.0", "spse", (), [], slices)

    def test_maintenance_that_was_not_declared(self):
        slices = booked(("up", 20.0), ("maintenance", 40.0), ("up", END))
        self.wrong("said maintenance", "spse", (), [], slices)


if __name__ == "__main__":
    unittest.main()
