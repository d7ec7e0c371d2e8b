"""What the player takes from the configuration that it gives the agent."""

import unittest

from nodes import nodes_of
from scenarios import all_scenarios

SCENARIOS = {scenario.name: scenario for scenario in all_scenarios()}


class Nodes(unittest.TestCase):
    def test_each_service_is_hit_by_its_own_faults(self):
        found = nodes_of(SCENARIOS["mains-8s"])
        hit = {name: node.hit_by for name, node in found.items()}
        self.assertEqual(hit["portal"], ("portal",))
        self.assertEqual(hit["portal-name"], ("portal", "portal-name"))
        self.assertEqual(hit["lan-name"], ("lan-name", "lan-web", "server"))
        self.assertEqual(hit["lan-tcp"], ("lan-tcp", "server"))
        self.assertEqual(hit["archive"], ("archive",))
        self.assertEqual(hit["rack"], ("nut", "rack"))

    def test_what_lies_beyond_the_gateway(self):
        found = nodes_of(SCENARIOS["two-links-isp2-alone"])
        beyond = sorted(name for name, node in found.items() if node.is_beyond)
        sites = ["mail", "portal", "portal-name", "spse", "spse-name", "wan"]
        self.assertEqual(beyond, sites)
        self.assertEqual(found["vpn"].hit_by, ("mail", "vpn"))

    def test_what_needs_a_link_that_is_not_there_needs_nothing(self):
        found = nodes_of(SCENARIOS["no-link-gateway-off-35s-ipv6"])
        self.assertEqual(found["portal"].needs, ())
        self.assertTrue(found["portal6"].is_beyond)


class Scenarios(unittest.TestCase):
    def test_there_are_enough(self):
        self.assertGreaterEqual(len(SCENARIOS), 150)
        slow = [s for s in SCENARIOS.values() if s.pace.interval >= 15.0]
        self.assertGreaterEqual(len(slow), 10)

    def test_every_fault_can_be_made(self):
        from faults import MAKE

        for scenario in SCENARIOS.values():
            for fault, begin, end in scenario.script:
                self.assertIn(fault.partition(" ")[0], MAKE, scenario.name)
                self.assertLess(begin, end, scenario.name)

    def test_every_fault_hits_something(self):
        for scenario in SCENARIOS.values():
            nodes = nodes_of(scenario)
            for fault, _, _ in scenario.script:
                name, _, argument = fault.partition(" ")
                if name in ("refuse", "status", "hang", "silent", "reject", "nxdomain", "servfail"):
                    hit = [node for node in nodes.values() if argument in node.hit_by]
                    self.assertTrue(hit, f"{scenario.name}: {fault}")


if __name__ == "__main__":
    unittest.main()
