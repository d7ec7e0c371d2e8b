#!/usr/bin/python3
"""nut_servers.py PORT MUTE_PORT: upsd as far as LIST VAR goes, on every loopback address, so that each
address is a server of its own; and on the other port one that accepts and never answers."""

import selectors
import socket
import sys

# As a usbhid-ups has them; the numbers do not change.
VARIABLES = """battery.charge 100
battery.charge.low 10
battery.charge.warning 50
battery.date 2001/09/25
battery.mfr.date 2026/01/14
battery.runtime 1800
battery.runtime.low 120
battery.temperature 29.2
battery.type PbAc
battery.voltage 13.6
battery.voltage.nominal 12.0
device.mfr American Power Conversion
device.model Back-UPS BX1100LI
device.serial 9B2137A12345
device.type ups
driver.name usbhid-ups
driver.parameter.pollfreq 30
driver.parameter.pollinterval 2
driver.parameter.port auto
driver.parameter.synchronous no
driver.version 2.8.0
driver.version.data APC HID 0.98
driver.version.internal 0.47
input.frequency 50.0
input.sensitivity medium
input.transfer.high 280
input.transfer.low 160
input.transfer.reason input voltage out of range
input.voltage 219.8
input.voltage.nominal 230
output.voltage 220.1
ups.beeper.status enabled
ups.delay.shutdown 20
ups.firmware 378600G -302202G
ups.load 23
ups.mfr American Power Conversion
ups.mfr.date 2021/09/18
ups.model Back-UPS BX1100LI
ups.productid 0002
ups.realpower.nominal 660
ups.serial 9B2137A12345
ups.status OL CHRG
ups.test.result No test initiated
ups.timer.reboot 0
ups.timer.shutdown -1
ups.vendorid 051d"""


def answer(ups):
    lines = [f"BEGIN LIST VAR {ups}"]
    for variable in VARIABLES.splitlines():
        name, _, value = variable.partition(" ")
        lines.append(f'VAR {ups} {name} "{value}"')
    return ("\n".join([*lines, f"END LIST VAR {ups}"]) + "\n").encode()


class Servers:
    def __init__(self, port, mute_port):
        self.selector, self.answers = selectors.DefaultSelector(), {}
        for number, is_mute in ((port, False), (mute_port, True)):
            listener = socket.create_server(("0.0.0.0", number), backlog=256)
            listener.setblocking(False)
            self.selector.register(listener, selectors.EVENT_READ, (self.accept, is_mute))

    def accept(self, listener, is_mute):
        peer, _ = listener.accept()
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(peer, selectors.EVENT_READ, (self.hear, is_mute))

    def hear(self, peer, is_mute):
        try:
            words = peer.recv(4096)
        except OSError:
            words = b""
        if not words:
            self.selector.unregister(peer)
            return peer.close()
        if not is_mute:
            self.say(peer, words)

    def say(self, peer, words):
        for line in words.decode(errors="replace").splitlines():
            ups = line.rpartition(" ")[2]
            peer.sendall(self.answers.setdefault(ups, answer(ups)))

    def run(self):
        while True:
            for key, _ in self.selector.select():
                callback, is_mute = key.data
                callback(key.fileobj, is_mute)


if __name__ == "__main__":
    Servers(int(sys.argv[1]), int(sys.argv[2])).run()
