"""An office of a scenario's own: every machine is a network namespace, every fault has one handle.

    host ---+
    server -+                        +-- isp (resolver) --+
    nut ----+  switch -- gateway ----+                    +-- internet: portal, spse, mail, anchors
    ap -----+  10.20.0.0/24                               |
    cam ----+            host (eth1) ------- isp2 --------+
    archive-+

ap, cam and archive have no UPS behind them; host, server, nut, the switch and the gateway have.
"""

import errno
import json
import pathlib
import socket
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "links"))

from network import Namespace, cable
from peers import Names, NutServer, Web

HOST, GATEWAY, ISP = "10.20.0.2", "10.20.0.1", "203.0.113.1"
MACHINES = {
    "host": HOST,
    "gateway": GATEWAY,
    "server": "10.20.0.10",
    "nut": "10.20.0.11",
    "ap": "10.20.0.21",
    "cam": "10.20.0.22",
    "archive": "10.20.0.23",
}
RESOLVER = "192.0.2.53"
ANCHORS = ("198.51.100.10", "198.51.100.11")
TCP_ANCHOR = "198.51.100.12"
SITES = {"portal": "198.51.100.80", "spse": "198.51.100.81", "mail": "198.51.100.82"}
SITES6 = {"portal6": "fd98::80", "spse6": "fd98::81", "mail6": "fd98::82"}
NAMES = {f"{name}.kaltim.test": address for name, address in SITES.items()} | {
    "server.office.test": MACHINES["server"]
}
LAN6, WAN6, WORLD6 = "fd20::", "fd30::", "fd40::"
PASSES_S, REACHED_S, CLOSED_PORT = 20.0, 0.3, 9
MAINS_FED = ("ap", "cam", "archive")


class Place:
    def __init__(self, services, ttl_s=1, has_ipv6=False):
        names = (*MACHINES, "lan", "isp", "isp2", "internet")
        self.at = {name: Namespace(name) for name in names}
        self.out = {name: set() for name in (*MACHINES, "wan")}  # why a cable is out
        self.rules = {}  # nft rules by namespace, each under the fault that it is
        self.lay_cables()
        self.set_addresses()
        if has_ipv6:
            self.set_ipv6()
        self.names = Names(services, self.at["isp"], RESOLVER, NAMES, ttl_s)
        self.ups = NutServer(services, self.at["nut"], MACHINES["nut"])
        self.web = dict(self.listeners(services, has_ipv6))

    def listeners(self, services, has_ipv6):
        server, archive = MACHINES["server"], MACHINES["archive"]
        yield "lan-web", Web(services, self.at["server"], server, 80)
        yield "lan-tcp", Web(services, self.at["server"], server, 2049)
        yield "archive", Web(services, self.at["archive"], archive, 80)
        yield "anchor", Web(services, self.at["internet"], TCP_ANCHOR, 53)
        for name, address in {**SITES, **(SITES6 if has_ipv6 else {})}.items():
            yield name, Web(services, self.at["internet"], address, 80)

    def lay_cables(self):
        at, lan = self.at, self.at["lan"]
        lan.ip("link add br0 type bridge", "link set br0 up")
        at["host"].ip(
            *(cable(at[name], "eth0", lan, name) for name in MACHINES),
            cable(at["gateway"], "wan", at["isp"], "office"),
            cable(at["isp"], "world", at["internet"], "isp"),
            cable(at["host"], "eth1", at["isp2"], "office"),
            cable(at["isp2"], "world", at["internet"], "isp2"),
        )
        lan.ip(*(f"link set {name} master br0 up" for name in MACHINES))

    def set_addresses(self):
        at = self.at
        for name, address in MACHINES.items():
            at[name].ip("link set lo up", "link set eth0 up", f"addr add {address}/24 dev eth0")
        at["host"].ip(
            f"route add default via {GATEWAY} dev eth0 metric 100",
            "addr add 10.30.0.2/24 dev eth1",
            "link set eth1 up",
            "route add default via 10.30.0.1 dev eth1 metric 200",
        )
        at["gateway"].ip(
            "link set wan up", "addr add 203.0.113.2/24 dev wan", f"route add default via {ISP}"
        )
        at["isp"].ip(
            *("link set lo up", "link set office up", "link set world up"),
            *(f"addr add {ISP}/24 dev office", "addr add 192.0.2.1/30 dev world"),
            f"addr add {RESOLVER}/32 dev lo",
            *("route add 10.20.0.0/24 via 203.0.113.2", "route add default via 192.0.2.2"),
        )
        at["internet"].ip(
            *("link set lo up", "link set isp up", "link set isp2 up"),
            *("addr add 192.0.2.2/30 dev isp", "addr add 192.0.2.6/30 dev isp2"),
            *(f"addr add {out}/32 dev lo" for out in (*ANCHORS, TCP_ANCHOR, *SITES.values())),
            *("route add default via 192.0.2.1", "route add 10.30.0.0/24 via 192.0.2.5"),
        )
        at["isp2"].ip(
            *("link set lo up", "link set office up", "link set world up"),
            *("addr add 10.30.0.1/24 dev office", "addr add 192.0.2.5/30 dev world"),
            "route add default via 192.0.2.6",
        )
        for router in ("gateway", "isp", "isp2"):
            at[router].sysctl("ipv4/ip_forward", 1)

    def set_ipv6(self):
        """The same way out once more, for IPv6."""
        at = self.at
        for name in ("host", "gateway", "isp", "internet"):
            for which in ("all", "default"):
                at[name].sysctl(f"ipv6/conf/{which}/accept_dad", 0)
                at[name].sysctl(f"ipv6/conf/{which}/disable_ipv6", 0)
        for interface in ("eth0", "wan"):
            at["gateway"].sysctl(f"ipv6/conf/{interface}/accept_dad", 0)
        at["host"].ip(
            f"addr add {LAN6}2/64 dev eth0 nodad", f"route add default via {LAN6}1 dev eth0"
        )
        at["gateway"].ip(
            *(f"addr add {LAN6}1/64 dev eth0 nodad", f"addr add {WAN6}2/64 dev wan nodad"),
            f"route add default via {WAN6}1",
        )
        at["isp"].ip(
            *(f"addr add {WAN6}1/64 dev office nodad", f"addr add {WORLD6}1/64 dev world nodad"),
            *(f"route add {LAN6}/64 via {WAN6}2", f"route add default via {WORLD6}2"),
        )
        at["internet"].ip(
            f"addr add {WORLD6}2/64 dev isp nodad",
            *(f"addr add {address}/128 dev lo nodad" for address in SITES6.values()),
            f"route add default via {WORLD6}1",
        )
        for router in ("gateway", "isp"):
            at[router].sysctl("ipv6/conf/all/forwarding", 1)

    # Cables: out while at least one fault keeps them out.

    def unplug(self, why, *names):
        for name in names:
            self.out[name].add(why)
        self.set_cables(names)

    def plug(self, why, *names):
        """Returns when packets pass. A kernel tells an interface of its carrier up to a second after
        it is there, and asks for a neighbour's address once a second.
        """
        for name in names:
            self.out[name].discard(why)
        self.set_cables(names)
        deadline = time.monotonic() + PASSES_S
        for name in names:
            while not self.out[name] and not (self.has_carrier(name) and self.is_reached(name)):
                if time.monotonic() > deadline:
                    raise RuntimeError(
                        f"the cable of {name} is in for {PASSES_S:g} s: nothing passes"
                    )
                time.sleep(0.02)

    def has_carrier(self, name):
        ends = (("isp", "office"), ("gateway", "wan"))
        if name != "wan":
            ends = (("lan", name), (name, "eth0"))
        told = [
            json.loads(self.at[at].run("ip", "-j", "-d", "link", "show", i))[0] for at, i in ends
        ]
        ports = [one.get("linkinfo", {}).get("info_slave_data", {}).get("state") for one in told]
        is_forwarding = name == "wan" or "forwarding" in ports
        return is_forwarding and all(one["operstate"] == "UP" for one in told)

    def is_reached(self, name):
        """By who looks at it, with the neighbour table that he has."""
        at, address = ("gateway", ISP) if name == "wan" else ("host", MACHINES[name])
        if name == "host":
            others = [m for m in ("server", "nut", "gateway") if not self.out[m]]
            address = MACHINES[others[0]] if others else HOST
        if name != "wan" and self.out["host"]:
            return True  # nobody looks
        with self.at[at].socket(socket.AF_INET, socket.SOCK_STREAM) as looker:
            looker.settimeout(REACHED_S)
            return looker.connect_ex((address, CLOSED_PORT)) == errno.ECONNREFUSED

    def set_cables(self, names):
        for namespace, own in (("isp", ["wan"]), ("lan", [n for n in names if n != "wan"])):
            lines = [
                f"link set {'office' if name == 'wan' else name} "
                f"{'down' if self.out[name] else 'up'}"
                for name in own
                if name in names
            ]
            if lines:
                self.at[namespace].ip(*lines)
        if "wan" in names and not self.out["wan"]:
            self.at["isp"].ip("route replace 10.20.0.0/24 via 203.0.113.2")

    # Packets: a namespace has the rules of all its faults.

    def drop(self, why, namespace, *rules):
        self.rules.setdefault(namespace, {})[why] = rules
        self.set_rules(namespace)

    def forward(self, why, namespace):
        self.rules.get(namespace, {}).pop(why, None)
        self.set_rules(namespace)

    def set_rules(self, namespace):
        self.at[namespace].filter(*(r for rules in self.rules[namespace].values() for r in rules))

    def close(self):
        for peer in (self.names, self.ups, *self.web.values()):
            peer.close()
        for namespace in self.at.values():
            namespace.close()
