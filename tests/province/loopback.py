"""The same places where no namespace may be made: ranges of loopback, 127.0.1K.0/24 for office K,
and free ports. No cable can be pulled here: devices are ports that are closed, and anchors, of
which each office has its own, are name servers that fall silent.
"""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "links"))

from places import DEVICES, LAST
from services import Listener, NameServer

ANCHORS = 3


class Machine:
    def __init__(self, address):
        self.address, self.ports = address, {}

    @staticmethod
    def inside(argv):
        return list(argv)

    @staticmethod
    def socket(family, kind):
        return socket.socket(family, kind)

    def port(self, wished):
        """A free one, always the same for the same wish."""
        if wished not in self.ports:
            with socket.socket() as probe:
                probe.bind((self.address, 0))
                self.ports[wished] = probe.getsockname()[1]
        return self.ports[wished]

    def close(self):
        pass


class OfficePlace:
    def __init__(self, number, services):
        self.lan = f"127.0.1{number}"
        self.machines = {name: Machine(f"{self.lan}.{last}") for name, last in LAST.items()}
        self.asked_at = self.machines["host"].address
        self.devices = {
            name: self.listener(services, Machine(f"{self.lan}.{last}"))
            for name, last in {**DEVICES, "gateway": 1}.items()
        }
        self.anchor_servers = {
            (machine := Machine(f"127.0.2{number}.{last}")): NameServer(
                services, machine, machine.address, {}, machine.port(53)
            )
            for last in range(1, ANCHORS + 1)
        }

    @staticmethod
    def listener(services, machine):
        return Listener(services, machine, machine.address, machine.port(80))

    def device(self, name):
        return "tcp", self.place_of(self.devices[name])

    def gateway_target(self):
        return self.device("gateway")

    def anchors(self):
        return [f"dns:{machine.address}:{machine.port(53)}" for machine in self.anchor_servers]

    @staticmethod
    def place_of(listener):
        return f"{listener.place[0]}:{listener.place[1]}"

    def room_off(self):
        for name in DEVICES:
            self.devices[name].stop()

    def room_on(self):
        for name in DEVICES:
            self.devices[name].start()

    def link_off(self):
        for server in self.anchor_servers.values():
            server.stop()

    def link_on(self):
        for server in self.anchor_servers.values():
            server.start()

    def close(self):
        for listener in self.devices.values():
            listener.stop()


class Province:
    def __init__(self, offices, services):
        self.internet, self.centre = Machine("127.0.10.80"), Machine("127.0.0.1")
        self.offices = {
            name: OfficePlace(number, services) for number, name in enumerate(offices, 1)
        }

    def close(self):
        for place in self.offices.values():
            place.close()
