"""Counters that go back, and classes that do not add up, are found."""

import unittest

from counters import Watch


def metrics(up, down, booked):
    labels = 'office="truth",target="portal",kind="http"'
    return (
        f"siaga_target_up_seconds_total{{{labels}}} {up}\n"
        f'siaga_target_down_seconds_total{{{labels},cause="link"}} {down}\n'
        f"siaga_target_booked_until_timestamp_seconds{{{labels}}} {booked}\n"
    )


class Told:
    """An agent that says one text after the other."""

    def __init__(self, *texts):
        self.texts = list(texts)

    def ask(self, path):
        if path == "/-/ready":
            return ""
        if not self.texts:
            raise OSError("nobody there")
        return self.texts.pop(0)


def complaints(*texts):
    watch = Watch(Told(*texts))
    for _ in texts[1:]:
        watch.look()
    return watch.end()


class Counters(unittest.TestCase):
    def test_counters_that_grow_with_what_is_booked(self):
        self.assertEqual(complaints(metrics(10, 0, 1010), metrics(12, 3, 1015)), [])

    def test_a_counter_that_goes_back(self):
        found = complaints(metrics(10, 3, 1013), metrics(12, 1, 1013))
        self.assertTrue(any("went back" in text for text in found), found)

    def test_classes_that_do_not_add_up(self):
        found = complaints(metrics(10, 0, 1010), metrics(11, 0, 1015))
        self.assertTrue(any("add up to 11.0 s, but 15.0 s" in text for text in found), found)

    def test_an_agent_that_does_not_answer(self):
        watch = Watch(Told())
        self.assertTrue(any("did not answer" in text for text in watch.end()))


if __name__ == "__main__":
    unittest.main()
