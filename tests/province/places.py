"""Where the demo's machines stand: three offices, an internet and the centre, every machine a
network namespace with real routing.

    host ---+                                             +-- internet: anchors, public sites
    server -+- gateway (with the switch) -- wide network -+
    room ---+  10.2K.0.0/24                               +-- centre: Prometheus, Alertmanager
                     host of office C -- 4G modem (10.33.0.0/24) -- wide network

`room` is all that has no UPS: a machine with services, an access point, a camera, a printer.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "links"))

from network import Namespace, cable

INTERNET = "198.51.100.80"
ANCHORS = ("198.51.100.10", "198.51.100.11")
TCP_ANCHOR = "198.51.100.12"
CENTRE, CENTRE_NET = "203.0.113.130", "203.0.113.128/30"
MODEM_NET, MODEM_HOST = "10.33.0.0/24", "10.33.0.2"
DEVICES = {"ap-lobi": 21, "kamera": 22, "printer": 23}
LAST = {"gateway": 1, "host": 2, "server": 10, "room": 20}


class Machine:
    """A place where programs run and sockets are made."""

    def __init__(self, name, address):
        self.namespace, self.address = Namespace(name), address

    def inside(self, argv):
        return ["nsenter", f"--net={self.namespace.path}", *argv]

    def socket(self, family, kind):
        return self.namespace.socket(family, kind)

    @staticmethod
    def port(wished):
        return wished

    def close(self):
        self.namespace.close()


class OfficePlace:
    """One office. `number` 1 to 3; the third has a modem of its own for the centre."""

    def __init__(self, number, wide, has_modem):
        self.number, self.wide = number, wide
        self.lan = f"10.2{number}.0"
        self.machines = {
            name: Machine(f"{name}{number}", f"{self.lan}.{last}") for name, last in LAST.items()
        }
        # Where the centre asks the agent. An office whose only way out is cut is silent, and the
        # centre can only say that it does not know (grey). So an office that wants to be seen
        # without its fibre has a second way for the centre's questions: here a small 4G modem,
        # which carries nothing of what the office's users do.
        self.asked_at = MODEM_HOST if has_modem else self.machines["host"].address
        self.lay_cables()
        self.set_addresses()
        if has_modem:
            self.connect_modem()

    def lay_cables(self):
        gateway = self.machines["gateway"].namespace
        gateway.ip("link add br0 type bridge", "link set br0 up", "link set lo up")
        for name in ("host", "server", "room"):
            machine = self.machines[name].namespace
            machine.ip(cable(machine, "eth0", gateway, name))
            gateway.ip(f"link set {name} master br0 up")
        gateway.ip(cable(gateway, "wan", self.wide, f"office{self.number}"))

    def set_addresses(self):
        for name in ("host", "server", "room"):
            machine = self.machines[name]
            machine.namespace.ip(
                "link set lo up",
                "link set eth0 up",
                f"addr add {machine.address}/24 dev eth0",
                f"route add default via {self.lan}.1 dev eth0",
            )
        self.machines["room"].namespace.ip(
            *(f"addr add {self.lan}.{last}/24 dev eth0" for last in DEVICES.values())
        )
        ours, theirs = 4 * self.number + 2, 4 * self.number + 1
        self.machines["gateway"].namespace.ip(
            f"addr add {self.lan}.1/24 dev br0",
            f"addr add 203.0.113.{ours}/30 dev wan",
            "link set wan up",
            f"route add default via 203.0.113.{theirs}",
        )
        self.wide.ip(
            f"addr add 203.0.113.{theirs}/30 dev office{self.number}",
            f"link set office{self.number} up",
            f"route add {self.lan}.0/24 via 203.0.113.{ours}",
        )
        self.machines["gateway"].namespace.sysctl("ipv4/ip_forward", 1)

    def connect_modem(self):
        host = self.machines["host"].namespace
        host.ip(
            cable(host, "eth1", self.wide, "modem"),
            f"addr add {MODEM_HOST}/24 dev eth1",
            "link set eth1 up",
            f"route add {CENTRE_NET} via 10.33.0.1 dev eth1",
        )
        self.wide.ip("addr add 10.33.0.1/24 dev modem", "link set modem up")

    def device(self, name):
        """Kind and host of the target that looks at a device of the room."""
        return "ping", f"{self.lan}.{DEVICES[name]}"

    def gateway_target(self):
        return "ping", f"{self.lan}.1"

    def anchors(self):
        return ["gateway", *ANCHORS, f"tcp:{TCP_ANCHOR}:53"]

    def room_off(self):
        self.machines["gateway"].namespace.ip("link set room down")

    def room_on(self):
        self.machines["gateway"].namespace.ip("link set room up")

    def link_off(self):
        self.wide.ip(f"link set office{self.number} down")

    def link_on(self):
        self.wide.ip(f"link set office{self.number} up")
        # The kernel forgot it with the interface.
        ours = 4 * self.number + 2
        self.wide.ip(f"route replace {self.lan}.0/24 via 203.0.113.{ours}")

    def close(self):
        for machine in self.machines.values():
            machine.close()


class Province:
    """The offices' places by name, and the machines that they share."""

    def __init__(self, offices, with_modem):
        self.wide = Namespace("wide")
        self.internet = Machine("internet", INTERNET)
        self.centre = Machine("centre", CENTRE)
        self.connect()
        self.offices = {
            name: OfficePlace(number, self.wide, name in with_modem)
            for number, name in enumerate(offices, 1)
        }

    def connect(self):
        internet, centre = self.internet.namespace, self.centre.namespace
        self.wide.ip(
            "link set lo up",
            cable(self.wide, "internet", internet, "wide"),
            cable(self.wide, "centre", centre, "wide"),
            "addr add 192.0.2.1/30 dev internet",
            "addr add 203.0.113.129/30 dev centre",
            "link set internet up",
            "link set centre up",
            "route add default via 192.0.2.2",
        )
        internet.ip(
            "link set lo up",
            "link set wide up",
            "addr add 192.0.2.2/30 dev wide",
            *(f"addr add {address}/32 dev lo" for address in (*ANCHORS, TCP_ANCHOR, INTERNET)),
            "route add default via 192.0.2.1",
        )
        centre.ip(
            "link set lo up",
            "link set wide up",
            f"addr add {CENTRE}/30 dev wide",
            "route add default via 203.0.113.129",
        )
        self.wide.sysctl("ipv4/ip_forward", 1)

    def close(self):
        for place in (*self.offices.values(), self.internet, self.centre):
            place.close()
        self.wide.close()
