#!/usr/bin/python3
"""The stage of the crash test: loopback targets that go up and down on a known script, and the
truth about them on CLOCK_BOOTTIME, the journal's clock. Runs as a process of its own, so that
nothing else delays its answers; says when the machine did delay them.

    stage.py SEED NETWORK NFT TRUTH_FILE   until standard input ends; then TRUTH_FILE is written
"""

import json
import random
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time

UP_S = (1.0, 9.0)  # how long a target stays up, and down: seen and unseen ones
DOWN_S = (0.3, 9.0)
STALL_S = 0.15  # a turn of the loop this late is written down: answers may have been late
TURN_S = 0.02
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
TABLE = (
    "table inet stage {\n"
    " set silent { type ipv4_addr; }\n"
    " chain in { type filter hook input priority 0; ip daddr @silent icmp type echo-request drop; }\n"
    "}\n"
)

# name, kind, last number of the address, whether it goes up and down
TARGETS = [
    ("tcp-a", "tcp", 1, True),
    ("tcp-b", "tcp", 2, True),
    ("http-a", "http", 3, True),
    ("http-b", "http", 4, True),
    ("ping-a", "ping", 5, True),
    ("ping-steady", "ping", 6, False),
    ("tcp-steady", "tcp", 7, False),
    ("behind", "http", 8, False),  # needs tcp-a: down when that is
]
NEEDS = {"behind": "tcp-a"}
PORT = 18080


def boot_now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def can_silence():
    """Whether echo requests can be dropped: only in a network namespace of our own."""
    return shutil.which("nft") is not None


class Listener:
    """A target with a port. Down: nothing listens, what was connected is closed."""

    def __init__(self, selector, address):
        self.selector, self.address, self.socket, self.talks = selector, address, None, set()

    def up(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.address)
        self.socket.listen(256)
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ, self.accept)

    def down(self):
        self.selector.unregister(self.socket)
        self.socket.close()
        for talk in list(self.talks):
            self.end(talk)

    def accept(self, listening):
        try:
            talk, _ = listening.accept()
        except OSError:
            return
        talk.setblocking(False)
        self.talks.add(talk)
        self.selector.register(talk, selectors.EVENT_READ, self.read)

    def read(self, talk):
        try:
            asked = talk.recv(4096)
            if asked:
                talk.send(ANSWER)
        except OSError:
            pass
        self.end(talk)

    def end(self, talk):
        self.selector.unregister(talk)
        self.talks.discard(talk)
        talk.close()


class Silence:
    """A target that answers echo requests. Down: they are dropped."""

    def __init__(self, address):
        self.address = address

    def up(self):
        self.change("delete")

    def down(self):
        self.change("add")

    def change(self, verb):
        element = f"{{ {self.address} }}"
        subprocess.run(["nft", verb, "element", "inet", "stage", "silent", element], check=True)


class Play:
    """One target's script. Every switch is an interval: it happened between `before` and `after`."""

    def __init__(self, seed, name, actor):
        self.chance = random.Random(f"{seed} {name}")
        self.actor, self.switches, self.is_up = actor, [], True
        self.next = boot_now() + self.chance.uniform(*UP_S)

    def step(self):
        if boot_now() < self.next:
            return
        before = boot_now()
        if self.is_up:
            self.actor.down()
        else:
            self.actor.up()
        self.is_up = not self.is_up
        self.switches.append({"up": self.is_up, "before": before, "after": boot_now()})
        self.next = boot_now() + self.chance.uniform(*(UP_S if self.is_up else DOWN_S))


def play_silence(play, ended):
    while not ended.wait(TURN_S):
        play.step()


def main():
    seed, network, nft, truth_file = sys.argv[1:]
    selector, plays, threads, stalls = selectors.DefaultSelector(), {}, [], []
    ended = threading.Event()
    if nft == "nft":
        subprocess.run(["nft", "-f", "-"], input=TABLE.encode(), check=True)
    for name, kind, number, is_moving in TARGETS:
        address = f"{network}.{number}"
        if kind == "ping":
            if is_moving and nft == "nft":
                plays[name] = Play(seed, name, Silence(address))
                threads.append(threading.Thread(target=play_silence, args=(plays[name], ended)))
            continue
        actor = Listener(selector, (address, PORT))
        actor.up()
        if is_moving:
            plays[name] = Play(seed, name, actor)
    for thread in threads:
        thread.start()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    print("ready", flush=True)
    turn = boot_now()
    while True:
        events = selector.select(TURN_S)
        if any(key.data is None for key, _ in events):
            break
        for key, _ in events:
            if key.fileobj.fileno() >= 0:  # not closed by what came before it in this turn
                key.data(key.fileobj)
        for play in plays.values():
            if isinstance(play.actor, Listener):
                play.step()
        last, turn = turn, boot_now()
        if turn - last > STALL_S:
            stalls.append([last, turn])
    ended.set()
    for thread in threads:
        thread.join()
    with open(truth_file, "w", encoding="utf-8") as file:
        switches = {name: play.switches for name, play in plays.items()}
        json.dump({"switches": switches, "stalls": stalls}, file)


if __name__ == "__main__":
    main()
