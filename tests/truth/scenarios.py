"""The scenarios, as data: those that offices met, and products of two faults in every order and
overlap (pairs.py). Times are seconds since all was well.
"""

from office_agent import DEFAULT, DEFAULT_15, Pace
from pairs import PAIRS
from place import ANCHORS, SITES, TCP_ANCHOR
from play import Scenario

NO_LINK = {"link wan": None}
# A second way out, with an interface of its own, and what is reached by it.
TWO_LINKS = {
    "link lte": {
        "anchors": [*ANCHORS, f"tcp:{TCP_ANCHOR}:53"],
        "quorum": 2,
        "interface": "eth1",
        "interval": "1s",
        "hold_down": "2s",
    },
    "http vpn": {"url": f"http://{SITES['mail']}/", "interface": "eth1", "needs": ["lte"]},
}
SITES6 = {
    f"http {name}": {"url": f"http://[fd98::{n}]/"}
    for name, n in (("portal6", 80), ("spse6", 81), ("mail6", 82))
}
PATIENT = Pace(interval=10.0, limit=8.0, retry=1.0, settle=20.0)

# A fault alone, and how long.
ALONE = (
    ("refuse portal", 12),
    ("status lan-web", 12),
    ("hang mail", 12),
    ("silent spse", 12),
    ("reject mail", 12),
    ("host server", 35),
    ("host archive", 15),
    ("nxdomain portal-name", 12),
    ("servfail spse-name", 12),
    ("nxdomain lan-name", 12),
    ("resolver", 20),
    ("isp", 15),
    ("isp-cut", 15),
    ("beyond", 15),
    ("gateway-off", 15),
    ("gateway-hung", 15),
    ("cable", 8),
    ("cable", 20),
    ("mains", 8),
    ("mains", 20),
    ("ups-refuses", 15),
    ("ups-silent", 15),
    ("stop", 20),
    ("kill", 12),
    ("loss 30", 25),
    ("loss 45", 25),
    ("loss 60", 25),
    # Too short to be seen for sure, and never anybody else's.
    ("refuse portal", 1),
    ("isp", 1),
    ("mains", 1),
    ("cable", 1),
    ("stop", 1),
)

FAST_ONES = (
    Scenario("refuse-36s-then-mains-8s", (("refuse archive", 0, 47), ("mains", 36, 44))),
    Scenario("status-36s-then-mains-8s", (("status archive", 0, 47), ("mains", 36, 44))),
    Scenario("status-20s-before-link-cut-8s", (("status portal", 0, 36), ("isp", 20, 28))),
    Scenario(
        "two-sites-500-25s-then-cable-8s",
        (("status portal", 0, 25), ("status mail", 0, 25), ("cable", 25, 33)),
    ),
    Scenario(
        "two-sites-500-through-cable-8s",
        (("status portal", 0, 40), ("status mail", 0, 40), ("cable", 25, 33)),
    ),
    Scenario("refuse-turns-silent-at-link-cut", (("refuse portal", 0, 40), ("isp", 15, 30))),
    Scenario("refuse-turns-silent-at-mains", (("refuse archive", 0, 40), ("mains", 15, 30))),
    Scenario("status-turns-refuse", (("status portal", 0, 15), ("refuse portal", 15, 30))),
    Scenario("refuse-turns-host-off", (("refuse lan-web", 0, 28), ("host server", 12, 24))),
    Scenario("no-link-gateway-hung-35s", (("gateway-hung", 0, 35),), options=NO_LINK),
    Scenario("no-link-gateway-off-35s", (("gateway-off", 0, 35),), options=NO_LINK),
    Scenario(
        "no-link-gateway-hung-35s-ipv6",
        (("gateway-hung", 0, 35),),
        options={**NO_LINK, **SITES6},
        has_ipv6=True,
    ),
    Scenario(
        "no-link-gateway-off-35s-ipv6",
        (("gateway-off", 0, 35),),
        options={**NO_LINK, **SITES6},
        has_ipv6=True,
    ),
    Scenario("no-link-isp-dead-20s", (("isp", 0, 20),), options=NO_LINK),
    Scenario(
        "no-link-refuse-then-gateway-off",
        (("refuse portal", 0, 30), ("gateway-off", 12, 22)),
        options=NO_LINK,
    ),
    Scenario("link-maintained-around-cut", (("maintain wan 25", 0, 25), ("isp", 5, 18))),
    Scenario("link-maintained-cut-outlasts", (("maintain wan 20", 0, 20), ("isp", 8, 34))),
    Scenario("link-maintained-in-cut", (("isp", 0, 34), ("maintain wan 15", 10, 25))),
    Scenario("mains-maintained-around-cut", (("maintain pln 25", 0, 25), ("mains", 5, 18))),
    Scenario("mains-maintained-cut-outlasts", (("maintain pln 20", 0, 20), ("mains", 8, 34))),
    Scenario("mains-maintained-in-cut", (("mains", 0, 34), ("maintain pln 15", 10, 25))),
    Scenario("reboot-25s-after-mains", (("mains", 0, 20), ("reboot", 6, 45))),
    Scenario("reboot-5s-after-mains", (("mains", 0, 20), ("reboot", 10, 25))),
    Scenario("reboot-without-mains", (("reboot", 5, 25),)),
    Scenario("reboot-archive-down-since", (("refuse archive", 0, 60), ("reboot", 12, 40))),
    Scenario("syn-retried-30s", (("silent portal", 3, 35),), pace=PATIENT),
    Scenario("syn-retried-33s", (("silent mail", 0, 33),), pace=PATIENT),
    Scenario("stopped-through-link-and-mains", (("stop", 0, 45), ("isp", 4, 38), ("mains", 4, 38))),
    Scenario("stopped-in-link-and-mains", (("isp", 0, 45), ("mains", 0, 45), ("stop", 10, 38))),
    Scenario("stopped-link-returns-in-it", (("isp", 0, 24), ("mains", 0, 24), ("stop", 10, 38))),
    Scenario("ups-server-dies-in-cut", (("mains", 0, 28), ("ups-refuses", 9, 20))),
    Scenario("ups-server-dies-with-cut", (("mains", 0, 15), ("ups-refuses", 0, 24))),
    Scenario("ups-server-dead-before-cut", (("ups-refuses", 0, 32), ("mains", 12, 24))),
    Scenario("ups-machine-off-in-cut", (("mains", 0, 28), ("host nut", 9, 36))),
    # As late as a driver may be (docs/power.md).
    Scenario("ups-says-it-1.8s-late", (("mains-unsaid", 0, 20), ("battery", 1.8, 21.8))),
    Scenario("ttl-60s-resolver-dead-15s", (("resolver", 0, 15),), ttl_s=60),
    Scenario("ttl-10s-resolver-dead-35s", (("resolver", 0, 35),), ttl_s=10),
    Scenario("ttl-10s-name-gone-35s", (("nxdomain portal-name", 0, 35),), ttl_s=10),
    Scenario("three-in-a-moment", (("mains", 0, 14), ("isp", 0, 14), ("status lan-web", 0, 14))),
    Scenario("cut-and-refusal-in-a-moment", (("isp", 0, 14), ("refuse portal", 0, 14))),
    Scenario("mains-for-link-in-a-moment", (("mains", 0, 14), ("isp", 14, 28))),
    Scenario("cable-and-status-in-a-moment", (("cable", 0, 12), ("status portal", 0, 24))),
    Scenario("host-off-35s-returns-twice", (("host server", 0, 35), ("host server", 45, 60))),
    Scenario("archive-boots-4s", (("mains", 0, 12), ("host archive", 0, 16))),
    Scenario("archive-boots-20s", (("mains", 0, 12), ("host archive", 0, 32))),
    Scenario("reload-in-outage", (("refuse portal", 0, 24), ("reload", 10, 11))),
    Scenario("reload-in-link-cut", (("isp", 0, 24), ("reload", 10, 11))),
    Scenario("reload-when-well", (("reload", 3, 4),)),
    Scenario("link-flaps", tuple(("isp", t, t + 6) for t in (0, 15, 30))),
    Scenario("service-flaps", tuple(("refuse mail", t, t + 5) for t in (0, 11, 22, 33))),
    Scenario(
        "killed-twice-in-outage", (("refuse lan-web", 0, 50), ("kill", 14, 20), ("kill", 34, 40))
    ),
)

# As the package sets it: every 30 s, and as the demo does: every 15 s.
SLOW_ONES = (
    ("refuse-then-mains", (("refuse archive", 0, 170), ("mains", 70, 130))),
    ("status-then-link-cut", (("status portal", 0, 170), ("isp", 70, 130))),
    (
        "two-sites-500-then-cable",
        (("status portal", 0, 70), ("status mail", 0, 70), ("cable", 70, 130)),
    ),
    ("link-cut-100s", (("isp", 0, 100),)),
    ("mains-100s", (("mains", 0, 100),)),
    ("mains-8s", (("mains", 0, 8),)),
    ("resolver-100s", (("resolver", 0, 100),)),
    ("refuse-70s", (("refuse portal", 0, 70), ("host server", 10, 90))),
)


# The two ways out, each with its own faults.
TWO_LINK_ONES = (
    ("isp2-alone", (("isp2", 0, 15),)),
    ("isp-alone", (("isp", 0, 15),)),
    ("isp-then-isp2", (("isp", 0, 12), ("isp2", 12, 24))),
    ("isp-overlapping-isp2", (("isp", 0, 15), ("isp2", 8, 23))),
    ("isp-within-isp2", (("isp", 8, 18), ("isp2", 0, 26))),
    ("refuse-in-both", (("refuse mail", 0, 40), ("isp", 8, 18), ("isp2", 24, 34))),
)


def alone():
    for fault, seconds in ALONE:
        script = ((fault, 0, seconds),)
        yield Scenario(f"{fault.replace(' ', '-')}-{seconds}s", script)


def slow():
    for name, script in SLOW_ONES:
        yield Scenario(f"default-{name}", script, pace=DEFAULT)
    yield Scenario(
        "default-no-link-gateway-hung", (("gateway-hung", 0, 110),), pace=DEFAULT, options=NO_LINK
    )
    yield Scenario(
        "default-stopped-through-both",
        (("stop", 0, 130), ("isp", 10, 115), ("mains", 10, 115)),
        pace=DEFAULT,
    )
    yield Scenario("default-kill-60s", (("kill", 0, 60),), pace=DEFAULT)
    yield Scenario("default-cable-90s", (("cable", 0, 90),), pace=DEFAULT)
    for name, script in SLOW_ONES[:5]:
        yield Scenario(f"each-15s-{name}", script, pace=DEFAULT_15)


def two_links():
    for name, script in TWO_LINK_ONES:
        yield Scenario(f"two-links-{name}", script, options=TWO_LINKS)


def pairs():
    for name, script in PAIRS:
        yield Scenario(name, script)


def all_scenarios():
    """[Scenario], no two of one name."""
    found = [*FAST_ONES, *alone(), *slow(), *two_links(), *pairs()]
    names = [scenario.name for scenario in found]
    assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
    return found
