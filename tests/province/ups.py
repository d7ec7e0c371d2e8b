"""The UPS of one demo office: Debian's upsd with a fake UPS, on the agent's own machine. Its
battery runs down while the mains is off, as it would, but never as far as to be empty.
"""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ups"))

from nut_server import LINE, NutServer

NAME = "rak"
FULL, LEAST = 100, 61
DEVICE = {"device.mfr": "Demo", "device.model": "Demo 1500", "ups.realpower": "310"}


class Ups(NutServer):
    def __init__(self, folder, machine):
        super().__init__(folder, [NAME])
        self.machine, self.charge, self.is_on = machine, FULL, True
        self.port = machine.port(3493)

    def start(self, argv):
        # In a user namespace root may not change its groups, which NUT's programs try as root: there
        # they run in a namespace where the same user has another number.
        other = [] if may_set_groups() else ["unshare", "--user", "--map-user=1", "--map-group=1"]
        super().start(self.machine.inside([*other, *argv]))

    def is_listening(self):
        with self.machine.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def mains_off(self):
        self.is_on = False
        self.tell()

    def mains_on(self):
        self.is_on = True
        self.tell()

    def pass_time(self):
        """The battery loses a percent, or gains one."""
        self.charge = min(self.charge + 1, FULL) if self.is_on else max(self.charge - 1, LEAST)
        self.tell()

    def tell(self):
        status, volts = ("OL CHRG", LINE["input.voltage"]) if self.is_on else ("OB DISCHRG", "0.0")
        readings = {
            **DEVICE,
            "battery.charge": str(self.charge),
            "battery.runtime": str(int(LINE["battery.runtime"]) * self.charge // FULL),
            "input.voltage": volts,
        }
        self.set(NAME, status, **readings)


def may_set_groups():
    return pathlib.Path("/proc/self/setgroups").read_text().strip() == "allow"
