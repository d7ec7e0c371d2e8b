"""The player's own truth: each rule of README.md on a small office, by hand. No agent."""

import unittest

from office_agent import FAST
from spans import Edge, Node, Span
from timeline import Truth

NODES = {
    node.name: node
    for node in (
        Node("wan", role="link", is_beyond=True),
        Node("pln", role="mains"),
        Node("rack", role="ups", hit_by=("rack", "nut")),
        Node("archive", needs=("pln",), hit_by=("archive",)),
        Node("portal", needs=("wan",), hit_by=("portal",), is_beyond=True),
        Node("spse", hit_by=("spse",), is_beyond=True),
        Node("lan-web", hit_by=("lan-web", "server")),
        Node("lan-name", hit_by=("lan-name", "lan-web"), is_named=True),
    )
}
UNLINKED = {name: node for name, node in NODES.items() if name != "wan"} | {
    "portal": Node("portal", hit_by=("portal",), is_beyond=True)
}


def span(words, begin, end):
    fault, _, argument = words.partition(" ")
    return Span(fault, argument, Edge(begin, begin), Edge(end, end))


def right(name, time, *script, nodes=None, ttl_s=1.0):
    """What is right of a service at a time, as a text."""
    spans = [span(*one) for one in script]
    truth = Truth(nodes or NODES, spans, FAST, ttl_s)
    return " or ".join(sorted(truth.right(name, time)))


class Precedence(unittest.TestCase):
    def test_all_is_up_when_nothing_was_done(self):
        for name in NODES:
            self.assertEqual(right(name, 5.0), "up")

    def test_a_service_is_down_by_its_own_fault_and_only_while_it_lasts(self):
        fault = ("refuse portal", 10, 30)
        self.assertEqual(right("portal", 9.9, fault), "up")
        self.assertEqual(right("portal", 10.1, fault), "down:service")
        self.assertEqual(right("portal", 30.1, fault), "up")
        self.assertEqual(right("spse", 20, fault), "up")

    def test_a_machine_without_power_answers_nothing_whatever_its_service_would_say(self):
        faults = (("refuse lan-web", 0, 60), ("host server", 10, 40))
        self.assertEqual(right("lan-web", 20, *faults), "down:host")
        self.assertEqual(right("lan-web", 50, *faults), "down:service")

    def test_a_need_that_is_down_goes_before_the_service_itself(self):
        faults = (("refuse portal", 0, 60), ("isp", 10, 40))
        self.assertEqual(right("portal", 5, *faults), "down:service")
        self.assertEqual(right("portal", 20, *faults), "down:link")

    def test_maintenance_goes_before_everything(self):
        faults = (("isp", 0, 60), ("maintain wan 20", 10, 30), ("cable", 0, 60))
        self.assertEqual(right("wan", 20, *faults), "maintenance")

    def test_what_needs_a_link_that_is_cut_in_maintenance_is_in_maintenance(self):
        faults = (("isp", 10, 60), ("maintain wan 40", 0, 40))
        self.assertEqual(right("portal", 5, *faults), "up")
        self.assertEqual(right("portal", 20, *faults), "maintenance")
        self.assertEqual(right("portal", 50, *faults), "down:link")


class Sight(unittest.TestCase):
    def test_behind_the_agents_own_cable_nothing_is_known(self):
        for name in NODES:
            self.assertEqual(right(name, 10, ("cable", 0, 20)), "unknown")

    def test_what_is_down_may_be_called_so_while_it_is_while_nobody_sees(self):
        faults = (("refuse lan-web", 0, 15), ("cable", 10, 30))
        self.assertEqual(right("lan-web", 12, *faults), "down:service or unknown")
        self.assertEqual(right("lan-web", 20, *faults), "unknown")

    def test_with_a_link_a_dead_gateway_is_the_links_and_sites_without_one_are_unknown(self):
        fault = ("gateway-off", 0, 30)
        self.assertEqual(right("wan", 10, fault), "down:link")
        self.assertEqual(right("portal", 10, fault), "down:link")
        self.assertEqual(right("spse", 10, fault), "unknown")
        self.assertEqual(right("lan-web", 10, fault), "up")

    def test_a_site_that_names_no_link_is_seen_through_the_one_that_there_is(self):
        self.assertEqual(right("spse", 10, ("isp", 0, 30)), "unknown")

    def test_without_a_link_sites_behind_a_dead_gateway_are_unknown(self):
        self.assertEqual(right("portal", 10, ("gateway-off", 0, 30), nodes=UNLINKED), "unknown")

    def test_without_a_link_a_site_that_nobody_reaches_may_be_down(self):
        said = right("portal", 10, ("isp", 0, 30), nodes=UNLINKED)
        self.assertEqual(said, "down:host or unknown")

    def test_names_are_unknown_without_a_resolver_and_addresses_are_not(self):
        self.assertEqual(right("lan-name", 10, ("resolver", 0, 30)), "unknown")
        self.assertEqual(right("lan-web", 10, ("resolver", 0, 30)), "up")

    def test_a_name_may_be_unknown_behind_a_dead_link_although_the_resolver_answers(self):
        self.assertEqual(right("lan-name", 10, ("beyond", 0, 30)), "unknown or up")
        self.assertEqual(right("lan-web", 10, ("beyond", 0, 30)), "up")

    def test_a_name_still_holds_for_its_ttl(self):
        fault = ("resolver", 0, 60)
        self.assertEqual(right("lan-name", 10, fault, ttl_s=20.0), "unknown or up")
        self.assertEqual(right("lan-name", 30, fault, ttl_s=20.0), "unknown")

    def test_one_name_that_is_gone_is_that_names(self):
        self.assertEqual(right("lan-name", 10, ("nxdomain lan-name", 0, 30)), "down:dns")
        self.assertEqual(right("lan-web", 10, ("nxdomain lan-name", 0, 30)), "up")

    def test_loss_on_a_link_is_nobodys_behind_it(self):
        fault = ("loss 45", 0, 30)
        self.assertEqual(right("wan", 10, fault), "down:link or unknown or up")
        self.assertEqual(right("portal", 10, fault), "down:link or unknown or up")
        self.assertEqual(right("spse", 10, fault), "unknown or up")
        self.assertEqual(right("lan-web", 10, fault), "up")


class Power(unittest.TestCase):
    def test_the_mains_takes_what_it_feeds(self):
        self.assertEqual(right("pln", 10, ("mains", 0, 30)), "down:power")
        self.assertEqual(right("archive", 10, ("mains", 0, 30)), "down:power")
        self.assertEqual(right("rack", 10, ("mains", 0, 30)), "up")

    def test_a_machine_that_boots_after_the_cut_may_be_the_cuts_for_settle(self):
        faults = (("mains", 0, 20), ("host archive", 0, 60))
        self.assertEqual(right("archive", 22, *faults), "down:host or down:power")
        self.assertEqual(right("archive", 40, *faults), "down:host")

    def test_what_had_failed_before_the_cut_is_its_own_after_it(self):
        faults = (("mains", 20, 40), ("refuse archive", 0, 60))
        self.assertEqual(right("archive", 42, *faults), "down:service")

    def test_a_ups_nobody_hears_of_does_not_hide_a_cut(self):
        faults = (("mains", 0, 40), ("ups-refuses", 10, 60))
        self.assertEqual(right("pln", 20, *faults), "down:power")
        self.assertEqual(right("pln", 50, *faults), "unknown or up")

    def test_a_machine_that_went_with_its_mains_cannot_know_when_that_returned(self):
        faults = (("mains", 0, 20), ("reboot", 10, 45))
        self.assertEqual(right("pln", 30, *faults), "down:power or unknown")
        self.assertEqual(right("lan-web", 30, *faults), "unknown")
        end = Truth(NODES, [span(*one) for one in faults], FAST).segments("pln", 0.0, 60.0)
        self.assertEqual([s.end for s in end if s.is_down][-1], 20.0)


class Darkness(unittest.TestCase):
    def test_what_was_seen_since_the_last_heartbeat_may_be_lost(self):
        self.assertEqual(right("lan-web", 15, ("kill", 20, 40)), "unknown or up")
        self.assertEqual(right("lan-web", 5, ("kill", 20, 40)), "up")
        self.assertEqual(right("lan-web", 30, ("kill", 20, 40)), "unknown")

    def test_on_battery_the_heart_beats_faster(self):
        faults = (("mains", 0, 60), ("kill", 20, 40))
        self.assertEqual(right("lan-web", 15, *faults), "up")
        self.assertEqual(right("lan-web", 18, *faults), "unknown or up")

    def test_a_stop_that_is_long_is_no_sight_and_a_short_one_may_be_nothing(self):
        self.assertEqual(right("lan-web", 5, ("stop", 0, 20)), "unknown")
        self.assertEqual(right("lan-web", 0.5, ("stop", 0, 1)), "unknown or up")


class Limits(unittest.TestCase):
    def test_who_loses_a_way_or_a_mains_may_not_know_for_a_moment(self):
        truth = Truth(NODES, [span("isp", 10, 30), span("mains", 40, 60)], FAST)
        self.assertEqual(truth.lost_or_found("lan-web"), [])
        self.assertEqual(truth.lost_or_found("spse"), [(10, 10), (30, 30)])
        self.assertEqual(truth.lost_or_found("archive"), [(40, 40), (60, 60)])

    def test_a_moment_is_as_unsure_as_it_was_measured(self):
        edge = Edge(9.8, 10.2)
        truth = Truth(NODES, [Span("isp", "", edge, Edge(30, 30))], FAST)
        self.assertEqual(truth.moment(edge.at), (9.8, 10.2))
        self.assertEqual(truth.moment(20.0), (20.0, 20.0))

    def test_a_fault_shorter_than_two_runs_need_may_be_missed(self):
        self.assertEqual(right("portal", 0.5, ("refuse portal", 0, 1)), "down:service or up")
        self.assertEqual(right("portal", 0.5, ("isp", 0, 1)), "down:link or up")

    def test_a_bound_is_at_most_interval_limit_and_retry_wide_and_the_needs_count(self):
        truth = Truth(NODES, [], FAST)
        self.assertAlmostEqual(truth.width("spse"), 1.0 + 0.8 + 0.5 + 0.4)
        self.assertAlmostEqual(truth.width("pln"), truth.width("spse") + 2.0)
        self.assertAlmostEqual(truth.width("archive"), truth.width("pln"))
        self.assertAlmostEqual(truth.width("lan-name"), truth.width("spse") + 1.0)


if __name__ == "__main__":
    unittest.main()
