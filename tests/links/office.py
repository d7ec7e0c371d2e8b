"""An office with its way to the internet: every machine is a network namespace.

    host --+                                     +-- wire --+
    server-+  switch (lan) -- gateway -----------+          +-- isp -- internet
    ap ----+  10.20.0.0/24                                              portal, anchors
    cam ---+                                                            |
    printer+                        host -- modem (10.30.0.0/24) -------+    the backup
"""

from network import Namespace, cable
from services import Listener, NameServer, Wire

HOST, GATEWAY, GATEWAY_LATER, SERVER = "10.20.0.2", "10.20.0.1", "10.20.0.254", "10.20.0.10"
AP, CAM, PRINTER = "10.20.0.21", "10.20.0.22", "10.20.0.23"
MODEM = "10.30.0.1"
RESOLVER = "192.0.2.53"
ANCHORS = ("198.51.100.10", "198.51.100.11")
TCP_ANCHOR = "198.51.100.12"
PORTAL, SPSE = "198.51.100.80", "198.51.100.81"
OUTSIDE = (*ANCHORS, TCP_ANCHOR, PORTAL, SPSE)
NAMES = {"portal.kaltim.test": PORTAL, "server.office.test": SERVER}
AT_SWITCH = ("host", "gateway", "server", "ap", "cam", "printer")
MACHINES = (*AT_SWITCH, "lan", "isp", "internet", "modem", "wire")


class Office:
    def __init__(self, services):
        self.at = {name: Namespace(name) for name in MACHINES}
        for name, namespace in self.at.items():
            setattr(self, name, namespace)
        self.lay_cables()
        self.set_addresses()
        self.delay = Wire(services, self.wire, "far", "near")
        self.resolver = NameServer(services, self.isp, RESOLVER, NAMES)
        self.web = {
            name: Listener(services, namespace, address, port)
            for name, namespace, address, port in (
                ("server", self.server, SERVER, 80),
                ("portal", self.internet, PORTAL, 80),
                ("spse", self.internet, SPSE, 80),
                ("anchor", self.internet, TCP_ANCHOR, 53),
            )
        }

    def lay_cables(self):
        host, lan, gateway = self.host, self.lan, self.gateway
        wire, isp, internet, modem = self.wire, self.isp, self.internet, self.modem
        lan.ip("link add br0 type bridge", "link set br0 up")
        host.ip(
            *(cable(self.at[name], "eth0", lan, name) for name in AT_SWITCH),
            cable(gateway, "wan", wire, "near"),
            cable(isp, "office", wire, "far"),
            cable(isp, "world", internet, "isp"),
            cable(host, "eth1", modem, "office"),
            cable(modem, "world", internet, "modem"),
        )
        lan.ip(*(f"link set {name} master br0 up" for name in AT_SWITCH))
        wire.ip("link set near up", "link set far up")
        ends = ((gateway, "wan"), (isp, "office"), (wire, "near"), (wire, "far"))
        for namespace, interface in ends:
            namespace.whole_packets(interface)

    def set_addresses(self):
        addresses = zip(AT_SWITCH, (HOST, GATEWAY, SERVER, AP, CAM, PRINTER))
        for name, address in addresses:
            self.at[name].ip(
                "link set lo up", "link set eth0 up", f"addr add {address}/24 dev eth0"
            )
        self.host.ip(f"route add default via {GATEWAY} dev eth0 metric 100")
        self.gateway.ip(
            "link set wan up",
            "addr add 203.0.113.2/24 dev wan",
            "route add default via 203.0.113.1",
        )
        self.isp.ip(
            "link set lo up",
            "link set office up",
            "link set world up",
            "addr add 203.0.113.1/24 dev office",
            "addr add 192.0.2.1/30 dev world",
            f"addr add {RESOLVER}/32 dev lo",
            "route add 10.20.0.0/24 via 203.0.113.2",
            "route add default via 192.0.2.2",
        )
        self.internet.ip(
            "link set lo up",
            "link set isp up",
            "link set modem up",
            "addr add 192.0.2.2/30 dev isp",
            "addr add 192.0.2.6/30 dev modem",
            *(f"addr add {address}/32 dev lo" for address in OUTSIDE),
            "route add default via 192.0.2.1",
            "route add 10.30.0.0/24 via 192.0.2.5",
        )
        self.modem.ip(
            "link set lo up",
            "link set office up",
            "link set world up",
            f"addr add {MODEM}/24 dev office",
            "addr add 192.0.2.5/30 dev world",
            "route add default via 192.0.2.6",
        )
        for router in (self.gateway, self.isp, self.modem):
            router.sysctl("ipv4/ip_forward", 1)

    def connect_backup(self):
        """The host's second interface, with a default route that is not preferred."""
        self.host.ip(
            "addr add 10.30.0.2/24 dev eth1",
            "link set eth1 up",
            f"route add default via {MODEM} dev eth1 metric 200",
        )

    def unplug(self, *names):
        """Takes cables out of the switch."""
        self.lan.ip(*(f"link set {name} down" for name in names))

    def plug(self, *names):
        self.lan.ip(*(f"link set {name} up" for name in names))

    def close(self):
        self.delay.close()
        for namespace in self.at.values():
            namespace.close()
