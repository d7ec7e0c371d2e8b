#!/usr/bin/python3
"""Which part of the office broke? The real agent in an office of network namespaces with real
routing (office.py); one thing after the other is broken and repaired, and the agent's states and
its journal must say what is in the table below: nothing booked to the wrong cause, and no machine
of the LAN ever down for a fault of the way out.

    scenarios.py SIAGA [--only NAME]... [--list] [--markdown] [--jobs N] [--keep FOLDER]

Needs root, or user namespaces; exit 77 where neither is allowed. Exit 0: all agrees.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable

import office as place
from agent import WAN, Agent, boot_now
from office import Office
from services import Services

SKIPPED = 77
WELL_S = 30.0  # the first round, confirmations, hold-down
FOUND_S = 20.0  # from the fault to all that is expected
LASTS_S = 4.0  # it must stay so
RUN_S = 1.2  # a run may take so long
STALL_S = 1.0  # the machine stood still: what fails then is played once more
EARLY_S = 0.5  # a date may lie so far before its cause: clocks of two processes
LAN = ("lan-ping", "lan-tcp", "lan-http")
LAN_MACHINES = (*LAN, "ap", "cam", "printer", "gateway")
BY_NAME_IN_LAN = "server-by-name"


@dataclasses.dataclass
class Scenario:
    name: str
    broken: str
    fault: Callable[[Office], None]
    repair: Callable[[Office], None]
    link: str = "up"
    at: str = "none"
    mains: str = "up"
    lan: str = "up"
    portal: str = "up"
    printer: str = "up"
    more: dict = dataclasses.field(default_factory=dict)  # states of others, and of links
    outages: dict = dataclasses.field(default_factory=dict)  # all there may be: name to causes
    between: dict = dataclasses.field(default_factory=dict)  # numbers of links: lowest, highest
    notes: tuple = ()  # each must be part of a note in the journal
    options: dict = dataclasses.field(default_factory=dict)
    before: Callable[[Office], None] | None = None
    may_be_short: bool = False  # no outage at all is as good
    may_miss_names: bool = False  # the resolver itself is gone

    def expected(self):
        spse = self.more.get("spse", "up")
        return {
            "wan": self.link,
            "wan at": self.at,
            "pln": self.mains,
            **{name: self.lan for name in LAN},
            "portal": self.portal,
            "spse": spse,
            "printer": self.printer,
            **self.more,
        }


def drop(where, *hooks):
    return lambda office: getattr(office, where).filter(*(f"{hook} drop" for hook in hooks))


def pass_all(where):
    return lambda office: getattr(office, where).filter()


def rules(where, *lines):
    return lambda office: getattr(office, where).filter(*lines)


def ip(where, *lines):
    return lambda office: getattr(office, where).ip(*lines)


def unplug(*names):
    return lambda office: office.unplug(*names)


def plug(*names):
    return lambda office: office.plug(*names)


def both(*actions):
    def act(office):
        for action in actions:
            action(office)

    return act


def stop(name):
    return lambda office: office.web[name].stop()


def start(name):
    return lambda office: office.web[name].start()


def change_gateway(before, later):
    """Another address for the gateway, and the route to it, as a renewed lease brings it."""

    def act(office):
        office.gateway.ip(f"addr del {before}/24 dev eth0", f"addr add {later}/24 dev eth0")
        office.host.ip(f"route replace default via {later} dev eth0 metric 100")

    return act


def set_delay(seconds):
    def act(office):
        office.delay.delay_s = seconds

    return act


def pause(seconds):
    return lambda office: time.sleep(seconds)


def resolver(verb):
    return lambda office: getattr(office.resolver, verb)()


# What every fault of the way out does.
WAN_DOWN = {
    "link": "down link",
    "portal": "down link",
    "more": {"spse": "unknown"},
    "outages": {"wan": "link", "portal": "link"},
}
BY_NAME = {
    "http portal-by-name": {"url": "http://portal.kaltim.test/", "needs": ["wan"]},
    "http server-by-name": {"url": "http://server.office.test/"},
}
OFF = {name: "down power" for name in ("ap", "cam")}
UPLINK = {**WAN, "anchors": WAN["anchors"][1:]}

SCENARIOS = [
    Scenario(
        "cable-out",
        "the host's own cable",
        unplug("host"),
        plug("host"),
        link="unknown",
        at="interface",
        mains="unknown",
        lan="unknown",
        portal="unknown",
        printer="unknown",
        more={"spse": "unknown"},
    ),
    Scenario(
        "interface-down",
        "the host's own interface, switched off",
        ip("host", "link set eth0 down"),
        ip(
            "host",
            "link set eth0 up",
            f"route add default via {place.GATEWAY} dev eth0 metric 100",
        ),
        link="unknown",
        at="interface",
        mains="unknown",
        lan="unknown",
        portal="unknown",
        printer="unknown",
        more={"spse": "unknown"},
    ),
    Scenario(
        "gateway-dead",
        "the gateway, without a word",
        unplug("gateway"),
        plug("gateway"),
        **{
            **WAN_DOWN,
            "at": "gateway",
            "more": {"spse": "unknown", "gateway": "down host"},
            "outages": {**WAN_DOWN["outages"], "gateway": "host"},
        },
    ),
    Scenario(
        "gateway-silent",
        "the gateway answers no pings any more, but works",
        rules("gateway", "input icmp type echo-request drop"),
        pass_all("gateway"),
        more={"gateway": "down host"},
        outages={"gateway": "host"},
    ),
    Scenario(
        "gateway-without-route",
        "the gateway has lost its route, and says network unreachable",
        ip("gateway", "route del default"),
        ip("gateway", "route add default via 203.0.113.1"),
        at="isp",
        **WAN_DOWN,
    ),
    Scenario(
        "line-cut",
        "the cable between gateway and ISP",
        ip("wire", "link set near down"),
        ip("wire", "link set near up"),
        at="isp",
        **WAN_DOWN,
    ),
    Scenario(
        "isp-dead",
        "the ISP, without a word",
        drop("isp", "prerouting"),
        pass_all("isp"),
        at="isp",
        **WAN_DOWN,
    ),
    Scenario(
        "isp-unreachable",
        "the ISP has no route, and says network unreachable",
        ip("isp", "route del default"),
        ip("isp", "route add default via 192.0.2.2"),
        at="beyond",
        **WAN_DOWN,
    ),
    Scenario(
        "isp-prohibits",
        "the ISP says administratively prohibited",
        rules("isp", "forward reject with icmp type admin-prohibited"),
        pass_all("isp"),
        at="beyond",
        **WAN_DOWN,
    ),
    Scenario(
        "isp-blackhole",
        "a blackhole route at the ISP",
        ip("isp", "route add blackhole 198.51.100.0/24"),
        ip("isp", "route del blackhole 198.51.100.0/24"),
        at="isp",
        **WAN_DOWN,
    ),
    Scenario(
        "internet-dead",
        "everything beyond the ISP",
        drop("internet", "prerouting"),
        pass_all("internet"),
        at="beyond",
        **WAN_DOWN,
    ),
    Scenario(
        "one-anchor-dead",
        "one anchor of three",
        rules("internet", f"input ip daddr {place.ANCHORS[0]} drop"),
        pass_all("internet"),
        more={"wan anchors": "2"},
    ),
    Scenario(
        "mtu-blackhole",
        "packets over 1400 bytes, without a word (the link has mtu = 1500)",
        both(
            rules("isp", "output icmp type destination-unreachable drop"),
            ip("isp", "link set world mtu 1400"),
            ip("internet", "link set isp mtu 1400"),
        ),
        both(
            ip("internet", "link set isp mtu 1500"),
            ip("isp", "link set world mtu 1500"),
            pass_all("isp"),
        ),
        options={"link wan": {"mtu": 1500}},
        **{
            **WAN_DOWN,
            "at": "beyond",
            "more": {"spse": "unknown", "wan reason": "link_mtu"},
        },
    ),
    Scenario(
        "loss-30",
        "30 % of the packets to the internet",
        rules("gateway", "forward oifname wan numgen random mod 100 < 30 drop"),
        pass_all("gateway"),
        options={
            # Room for the answers of all three pings, which are waited for a second each.
            "link wan": {"timeout": "2s", "interval": "2s"},
            "http portal": {"timeout": "4s", "interval": "4s"},
            "http spse": {"timeout": "4s", "interval": "4s"},
        },
        between={"wan loss": (0.1, 0.5)},
    ),
    Scenario(
        "delay-400",
        "400 ms of delay from the internet",
        set_delay(0.4),
        set_delay(0.0),
        between={"wan rtt": (0.4, 0.9), "wan loss": (0.0, 0.1)},
    ),
    Scenario(
        "flap",
        "the ISP, for one second",
        both(drop("isp", "prerouting"), pause(1.0), pass_all("isp"), pause(5.0)),
        pass_all("isp"),
        # A second look that comes within the second would confirm it of the target alone.
        options={
            "http portal": {"interval": "4s", "retry_interval": "2s"},
            "http spse": {"interval": "4s", "retry_interval": "2s"},
        },
        outages={"wan": "link", "portal": "link"},
        may_be_short=True,
    ),
    Scenario(
        "gateway-moves",
        "the gateway gets another address, as DHCP does it",
        change_gateway(place.GATEWAY, place.GATEWAY_LATER),
        change_gateway(place.GATEWAY_LATER, place.GATEWAY),
        more={"gateway": "down host"},
        outages={"gateway": "host"},
    ),
    Scenario(
        "backup-takes-over",
        "the ISP; three seconds later the default route goes to the backup",
        both(
            drop("isp", "prerouting"),
            pause(3.0),
            ip("host", f"route add default via {place.MODEM} dev eth1 metric 50"),
        ),
        both(
            pass_all("isp"),
            ip("host", "route del default metric 50"),
        ),
        before=lambda office: office.connect_backup(),
        options={
            "link wan": {"uplinks": ["fiber", "lte"]},
            "link fiber": {**UPLINK, "interface": "eth0"},
            "link lte": {**UPLINK, "interface": "eth1"},
        },
        more={"fiber": "down link", "lte": "up", "wan uplink": "lte"},
        outages={"fiber": "link", "wan": "link", "portal": "link"},
        notes=("wan switch_over: from fiber to lte", "wan switch_over: from lte to fiber"),
    ),
    Scenario(
        "resolver-dead",
        "the resolver alone",
        resolver("stop"),
        resolver("start"),
        options=BY_NAME,
        more={"portal-by-name": "unknown", "server-by-name": "unknown"},
        may_miss_names=True,
    ),
    Scenario(
        "resolver-and-isp-dead",
        "the resolver and the ISP",
        both(resolver("stop"), drop("isp", "prerouting")),
        both(resolver("start"), pass_all("isp")),
        options=BY_NAME,
        **{
            **WAN_DOWN,
            "at": "isp",
            "more": {
                "spse": "unknown",
                "portal-by-name": "down link",
                "server-by-name": "unknown",
            },
            "outages": {**WAN_DOWN["outages"], "portal-by-name": "link"},
        },
    ),
    Scenario(
        "mains-off",
        "the mains: canaries and printer vanish, the gateway has a UPS",
        unplug("ap", "cam", "printer"),
        plug("ap", "cam", "printer"),
        mains="down power",
        printer="down power",
        more=OFF,
        outages={"pln": "power", "printer": "power", "ap": "power", "cam": "power"},
    ),
    Scenario(
        "mains-off-takes-line",
        "the mains, and with it the ISP's box (the link needs pln)",
        both(unplug("ap", "cam", "printer"), ip("wire", "link set near down")),
        both(plug("ap", "cam", "printer"), ip("wire", "link set near up")),
        options={"link wan": {"needs": ["pln"]}},
        link="down power",
        at="isp",
        mains="down power",
        printer="down power",
        portal="down power",
        more={**OFF, "spse": "unknown"},
        outages={
            name: "power" for name in ("pln", "wan", "portal", "printer", "ap", "cam")
        },
    ),
    Scenario(
        "canaries-and-gateway-gone",
        "canaries, printer and the gateway, which is the only witness",
        unplug("ap", "cam", "printer", "gateway"),
        plug("ap", "cam", "printer", "gateway"),
        mains="unknown",
        printer="down host",
        **{
            **WAN_DOWN,
            "at": "gateway",
            "more": {"spse": "unknown", "gateway": "down host", "ap": "down host"},
            "outages": {
                **WAN_DOWN["outages"],
                **{name: "host" for name in ("gateway", "printer", "ap", "cam")},
            },
        },
    ),
    Scenario(
        "office-gone",
        "everything on the far side of the switch",
        unplug("server", "ap", "cam", "printer", "gateway"),
        plug("server", "ap", "cam", "printer", "gateway"),
        mains="unknown",
        lan="down host",
        printer="down host",
        **{
            **WAN_DOWN,
            "at": "gateway",
            "more": {"spse": "unknown", "gateway": "down host", "ap": "down host"},
            "outages": {**WAN_DOWN["outages"], **{name: "host" for name in LAN_MACHINES}},
        },
    ),
    Scenario(
        "one-canary-gone",
        "one canary of two",
        unplug("ap"),
        plug("ap"),
        more={"ap": "down host"},
        outages={"ap": "host"},
    ),
    Scenario(
        "server-dead",
        "the server in the LAN",
        unplug("server"),
        plug("server"),
        lan="down host",
        outages={name: "host" for name in LAN},
    ),
    Scenario(
        "portal-dead",
        "the portal alone, without a word",
        rules("internet", f"input ip daddr {place.PORTAL} drop"),
        pass_all("internet"),
        portal="down host",
        outages={"portal": "host"},
    ),
    Scenario(
        "portal-refuses",
        "the portal's service",
        stop("portal"),
        start("portal"),
        portal="down service",
        outages={"portal": "service"},
    ),
    Scenario(
        "link-back-portal-not",
        "the ISP, and meanwhile the portal's service; the ISP is repaired first",
        both(
            drop("isp", "prerouting"),
            pause(4.0),
            stop("portal"),
            pass_all("isp"),
            pause(6.0),
        ),
        start("portal"),
        portal="down service",
        outages={"wan": "link", "portal": "link then service"},
    ),
]


class Run:
    """One scenario from an office that is well to one that is well again."""

    def __init__(self, scenario, siaga, folder, services):
        self.scenario, self.faults, self.services = scenario, [], services
        self.siaga, self.folder, self.seen, self.took = siaga, folder, {}, {}

    def play(self):
        self.services.stall_s = 0.0
        self.play_once()
        if self.faults and self.services.stall_s > STALL_S:
            print(f"       {self.scenario.name} again: the machine stood still", flush=True)
            self.faults, self.folder = [], self.folder + "-again"
            self.play_once()
        return self

    def play_once(self):
        began = time.monotonic()
        office = None
        try:
            office = Office(self.services)
            self.play_in(office)
        except Exception:  # the test's own trouble, or the agent's end
            self.faults.append(traceback.format_exc())
        finally:
            if office is not None:
                office.close()
        self.took["all"] = time.monotonic() - began

    def play_in(self, office):
        scenario = self.scenario
        if scenario.before:
            scenario.before(office)
        agent = Agent(self.siaga, self.folder, office.host, scenario.options)
        agent.start()
        try:
            well = self.wait(agent, "well", self.is_well, WELL_S)
            broken_at = boot_now()
            if well:
                scenario.fault(office)
                self.wait(agent, "found", self.is_expected, FOUND_S, LASTS_S)
            repaired_at = boot_now()
            scenario.repair(office)
            self.wait(agent, "well again", self.is_well, WELL_S, 1.0)
            well_at = boot_now()
        finally:
            code = agent.stop()
        if code != 0:
            self.faults.append(f"the agent ended with {code}")
        self.check(agent.journal(), broken_at, repaired_at, well_at)

    def is_well(self, seen):
        states = {name: state for name, state in seen.items() if " " not in name}
        return [f"{name}: {state}" for name, state in states.items() if state != "up"] + (
            [] if states else ["no answer"]
        )

    def is_expected(self, seen):
        expected = self.scenario.expected()
        return [
            f"{name}: {seen.get(name)} instead of {state}"
            for name, state in expected.items()
            if seen.get(name) != state
        ] + [
            f"{name}: {seen.get(name)}, not between {low} and {high}"
            for name, (low, high) in self.scenario.between.items()
            if not low <= seen.get(name, -1.0) <= high
        ]

    def wait(self, agent, what, complaints_of, patience_s, lasts_s=0.0):
        """Until there are no complaints for so long; files the last ones when it takes too long."""
        began, good_since = time.monotonic(), None
        while True:
            self.seen = agent.look()
            complaints, now = complaints_of(self.seen), time.monotonic()
            if complaints:
                good_since = None
            elif good_since is None:
                good_since = now
            if good_since is not None and now - good_since >= lasts_s:
                self.took[what] = good_since - began
                return True
            if good_since is None and now - began > patience_s:
                self.faults.append(f"not {what} within {patience_s:g} s: " + "; ".join(complaints))
                return False
            time.sleep(0.2)

    def check(self, journal, broken_at, repaired_at, well_at):
        expected, found = self.scenario.outages, journal.outages(repaired_at - RUN_S)
        names = [name for name, *_ in found]
        for name, causes, began, ended in found:
            if name not in expected:
                self.faults.append(f"journal: an outage of {name} by {causes}")
            elif causes != expected[name]:
                self.faults.append(f"journal: {name} by {causes} instead of {expected[name]}")
            if began < broken_at - EARLY_S or began > repaired_at:
                distance = began - broken_at
                self.faults.append(f"journal: {name} began {distance:+.1f} s from the fault")
            if ended is None or ended > well_at + EARLY_S:
                self.faults.append(f"journal: {name} did not end")
        for name, causes in expected.items():
            if names.count(name) > 1:
                self.faults.append(f"journal: {names.count(name)} outages of {name}")
            if name not in names and not self.scenario.may_be_short:
                self.faults.append(f"journal: no outage of {name} by {causes}")
        # What is out there may be taken for down until it is known that the way is, and a name until
        # it is known that the resolver is; that is withdrawn. What is in here may not, not even for
        # a moment.
        inside = set(LAN_MACHINES)
        if not self.scenario.may_miss_names:
            inside.add(BY_NAME_IN_LAN)
        for name in sorted((journal.ever_down() & inside) - set(expected)):
            self.faults.append(f"journal: {name} was down for a moment")
        notes = journal.notes()
        breaks = [f"wan path: the path breaks at: {self.scenario.at}"]
        for note in (*self.scenario.notes, *(breaks if self.scenario.at != "none" else ())):
            if not any(note in other for other in notes):
                self.faults.append(f"journal: no note '{note}' in {notes}")
        for name in journal.late():
            self.faults.append(f"journal: {name} did not recover")
        listed = {row["target"] for row in journal.listed["outages"]} - journal.own
        if listed != set(names):
            self.faults.append(f"siaga outages lists {sorted(listed)}, the journal {names}")


def cells(scenario):
    others = {
        name: state
        for name, state in scenario.more.items()
        if name not in ("spse", "wan anchors", "wan reason")
    }
    journal = [f"{name}: {causes}" for name, causes in scenario.outages.items()]
    return (
        scenario.name,
        scenario.broken,
        scenario.link,
        scenario.at,
        {"up": "on", "down power": "off"}.get(scenario.mains, scenario.mains),
        scenario.lan,
        scenario.portal,
        scenario.more.get("spse", "up"),
        scenario.printer,
        ", ".join(f"{name} {state}" for name, state in others.items()) or "",
        (", ".join(journal) or "no outage") + (", or none" if scenario.may_be_short else ""),
    )


HEADS = (
    "scenario",
    "broken",
    "link",
    "path breaks at",
    "mains",
    "LAN",
    "portal (needs the link)",
    "spse (via the link)",
    "printer (needs mains)",
    "others",
    "outages in the journal",
)


def table(scenarios, is_markdown):
    rows = [HEADS, *(cells(scenario) for scenario in scenarios)]
    if is_markdown:
        rows.insert(1, tuple("---" for _ in HEADS))
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )


def arguments():
    parser = argparse.ArgumentParser(description="Which part of the office broke?")
    parser.add_argument("siaga")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the table, without playing it")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--jobs", type=int, default=10, help="offices at one time")
    parser.add_argument("--keep", metavar="FOLDER", help="logs and journals stay there")
    return parser.parse_args()


def enter_own_world():
    """Starts this program again where it may make namespaces, and where all that it starts ends
    with it. Returns only when it is there already.
    """
    if os.environ.get("SIAGA_LINKS_INSIDE") == "1":
        return
    for tool in ("unshare", "nsenter", "ip", "nft"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no `{tool}` here")
            sys.exit(SKIPPED)
    own = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        own += ["--user", "--map-root-user"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: no namespaces may be made here (needs root, or user namespaces)")
        sys.exit(SKIPPED)
    os.environ["SIAGA_LINKS_INSIDE"] = "1"
    os.execvp(own[0], [*own, sys.executable, "-B", *sys.argv])


def play_all(chosen, options, folder):
    services, siaga = Services(), os.path.abspath(options.siaga)
    runs = [Run(scenario, siaga, f"{folder}/{scenario.name}", services) for scenario in chosen]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for run in concurrent.futures.as_completed([pool.submit(run.play) for run in runs]):
            show(run.result())
    return runs


def show(run):
    took = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in run.took.items())
    print(f"{'FAILED' if run.faults else 'ok':<7}{run.scenario.name:<28}{took}", flush=True)
    for fault in run.faults:
        print("       " + fault.replace("\n", "\n       "), flush=True)


def main():
    options = arguments()
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in options.only:
        if name not in known:
            sys.exit(f"there is no scenario '{name}': {', '.join(known)}")
    chosen = [known[name] for name in options.only] or SCENARIOS
    if options.list:
        print(table(chosen, options.markdown))
        return 0
    enter_own_world()
    folder = options.keep or tempfile.mkdtemp(prefix="siaga-links-")
    began = time.monotonic()
    runs = play_all(chosen, options, folder)
    failed = [run.scenario.name for run in runs if run.faults]
    print("\n" + table(chosen, options.markdown) + "\n")
    print(f"{len(runs) - len(failed)} of {len(runs)} agree, in {time.monotonic() - began:.0f} s")
    if not options.keep and not failed:
        shutil.rmtree(folder)
    elif failed:
        print(f"failed: {', '.join(failed)}; logs and journals: {folder}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
