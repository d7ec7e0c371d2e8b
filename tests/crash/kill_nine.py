#!/usr/bin/python3
"""The real agent under `kill -9`: several agents watch the same loopback targets, which go up and
down on a known script (stage.py), and die at random moments: by SIGKILL, now and then by SIGTERM,
most restarted at once, some after a pause. Afterwards the reports must agree with the script within
their own stated bounds (verdict.py). Judges what was recorded, never how fast the machine was.

    kill_nine.py SIAGA [--kills 200] [--agents 8] [--seed N] [--keep FOLDER]

As root everything happens in a network namespace of its own, where echo requests can be dropped;
else the targets that are pinged stay up. Exit 0: all agrees; 1: the faults are listed.
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import stage
import verdict

# How long an agent lives: while it starts, before the first outage is confirmed, in the middle of
# things, over a heartbeat (10 s) and more. Shares and seconds.
LIVES = [(25, 0.0, 0.3), (30, 0.3, 2.0), (27, 2.0, 8.0), (18, 9.0, 14.0)]
TERM_SHARE = 0.15  # of deaths that are a SIGTERM, beside the kills
PAUSE_SHARE = 0.15  # of restarts that wait
PAUSE_S = (1.0, 4.0)
LAST_LIFE_S = 4.0
END_S = 20.0  # SIGTERM may take so long on a busy machine
SCRAPE_S = 5.0
# Counters that outlive the agent: these never go back.
LASTING = re.compile(
    r"^(siaga_target_(?:up|down|unknown|maintenance)_seconds_total|siaga_outages_total"
    r"|siaga_dark_intervals_total|siaga_dark_seconds_total)(\{[^}]*\}) (\S+)$",
    re.MULTILINE,
)


def configuration(folder, network, port):
    lines = [
        f'[office]\nid = "kantor"\ntimezone = "Asia/Makassar"\n[agent]\nstate_dir = "{folder}/state"',
        f'clock = "trusted"\n[web]\nlisten = "{network}.100:{port}"',
        f'[defaults]\ninterval = "{verdict.INTERVAL_MS}ms"\ntimeout = "{verdict.TIMEOUT_MS}ms"',
        f'retry_interval = "{verdict.RETRY_MS}ms"\nsettle = "2s"',
    ]
    for name, kind, number, _ in stage.TARGETS:
        where = {
            "tcp": f'host = "{network}.{number}:{stage.PORT}"',
            "http": f'url = "http://{network}.{number}:{stage.PORT}/"',
            "ping": f'host = "{network}.{number}"',
        }[kind]
        needs = f'\nneeds = ["{stage.NEEDS[name]}"]' if name in stage.NEEDS else ""
        lines.append(f'[[{kind}]]\nname = "{name}"\n{where}{needs}')
    return "\n".join(lines) + "\n"


class Agent(threading.Thread):
    """One agent, its lives and deaths. `lives`: when each began and ended, and how; `faults`."""

    def __init__(self, siaga, folder, network, number, kills, seed):
        super().__init__()
        os.makedirs(folder)
        self.siaga, self.folder, self.kills_left = siaga, folder, kills
        self.address = (f"{network}.100", 19790 + number)
        self.chance = random.Random(f"{seed} agent {number}")
        self.config = f"{folder}/siaga.toml"
        self.lives, self.faults, self.counters, self.scrapes = [], [], {}, 0
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration(folder, network, self.address[1]))

    def run(self):
        try:
            while self.kills_left > 0:
                is_kill = self.chance.random() >= TERM_SHARE
                self.live(signal.SIGKILL if is_kill else signal.SIGTERM, self.life_span())
                self.kills_left -= is_kill
                if self.chance.random() < PAUSE_SHARE:
                    time.sleep(self.chance.uniform(*PAUSE_S))
            self.live(signal.SIGTERM, LAST_LIFE_S)
        except Exception as error:  # a thread's trouble must end the test, not only the thread
            self.faults.append(f"the test itself: {error!r}")

    def life_span(self):
        _, low, high = self.chance.choices(LIVES, [share for share, _, _ in LIVES])[0]
        return self.chance.uniform(low, high)

    def live(self, how, span_s):
        life = {"spawned": stage.boot_now(), "how": how.name}
        with open(f"{self.folder}/log", "ab") as log:
            process = subprocess.Popen(
                [self.siaga, "-c", self.config, "run"], stdout=log, stderr=log, cwd=self.folder
            )
        end = time.monotonic() + span_s
        if span_s > 0.3:
            self.scrape(end)  # the first one after the restart
        time.sleep(max(0.0, end - time.monotonic()))
        if span_s > 0.3:
            self.scrape(time.monotonic() + SCRAPE_S)  # right before the death
        if process.poll() is not None:
            self.faults.append(f"the agent ended by itself: {process.returncode}, see {self.folder}/log")
        life["death_min"] = stage.boot_now()
        process.send_signal(how)
        code = process.wait(END_S)
        life["death_max"] = stage.boot_now()
        life["is_clean"] = how == signal.SIGTERM and code == 0
        self.lives.append(life)

    def scrape(self, until):
        """Until one succeeds. Whatever was shown before must not have gone back."""
        while True:
            try:
                connection = http.client.HTTPConnection(*self.address, timeout=SCRAPE_S)
                connection.request("GET", "/metrics")
                text = connection.getresponse().read().decode()
                connection.close()
                break
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    return
                time.sleep(0.05)
        self.scrapes += 1
        now = {name + labels: float(value) for name, labels, value in LASTING.findall(text)}
        if not now:
            self.faults.append("a scrape without counters")
        for key, value in self.counters.items():
            if now.get(key, 0.0) < value:
                self.faults.append(f"life {len(self.lives)}: {key} went back: {value} {now.get(key)}")
        self.counters = now

    def ask(self, *words):
        command = [self.siaga, "-c", self.config, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            self.faults.append(f"{' '.join(words)}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def judge(self, truth):
        self.ask("journal", "check")
        try:
            said = {
                "outages": json.loads(self.ask("outages", "--json")),
                "report": json.loads(self.ask("report", "--since", "-1d", "--format", "json")),
                "journal": json.loads(self.ask("journal", "export", "--format", "json")),
            }
        except ValueError as error:
            return verdict.Verdict(self.faults + [f"no JSON: {error}"])
        return verdict.judge(truth, self.lives, said, self.faults)


def watch_machine(stalls, ended):
    """Where this machine could not even wake a sleeper in time, the agents may not have run."""
    last = stage.boot_now()
    while not ended.wait(stage.TURN_S):
        now = stage.boot_now()
        if now - last > stage.STALL_S:
            stalls.append([last, now])
        last = now


def enter_namespace():
    """As root: this program again, in a network namespace of its own."""
    if os.geteuid() != 0 or os.environ.get("SIAGA_CRASH_NAMESPACE") or not shutil.which("unshare"):
        return
    if subprocess.run(["unshare", "--net", "true"], check=False).returncode == 0:
        os.environ["SIAGA_CRASH_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def raise_loopback():
    """`ip link set lo up` without ip."""
    import fcntl
    import struct

    siocsifflags, iff_up_running = 0x8914, 0x41
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, siocsifflags, struct.pack("16sh14x", b"lo", iff_up_running))


def play(arguments, folder):
    is_alone = "SIAGA_CRASH_NAMESPACE" in os.environ
    if is_alone:
        raise_loopback()
    pid = os.getpid()
    network = "127.83.0" if is_alone else f"127.{83 + pid // 65536 % 64}.{pid // 256 % 256}"
    nft = "nft" if is_alone and stage.can_silence() else "none"
    truth_file, stalls, ended = f"{folder}/truth.json", [], threading.Event()
    program = [sys.executable, stage.__file__, str(arguments.seed), network, nft, truth_file]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(program, **pipes) as scene:
        scene.stdout.readline()
        watcher = threading.Thread(target=watch_machine, args=(stalls, ended))
        watcher.start()
        agents = []
        for number in range(arguments.agents):
            kills = (arguments.kills + number) // arguments.agents
            place = f"{folder}/agent-{number}"
            agents.append(Agent(arguments.siaga, place, network, number, kills, arguments.seed))
        for agent in agents:
            agent.start()
        for agent in agents:
            agent.join()
        ended.set()
        watcher.join()
        scene.stdin.close()
        scene.wait(END_S)
    with open(truth_file, encoding="utf-8") as file:
        truth = json.load(file)
    truth["stalls"] += stalls
    with open(f"{folder}/truth.json", "w", encoding="utf-8") as file:
        json.dump({**truth, "lives": [agent.lives for agent in agents]}, file)
    return agents, [agent.judge(truth) for agent in agents], truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("siaga")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--keep", help="leave journals, logs and the truth in this new folder")
    arguments = parser.parse_args()
    arguments.siaga = os.path.abspath(arguments.siaga)
    enter_namespace()
    folder = arguments.keep or tempfile.mkdtemp(prefix="siaga-crash-")
    os.makedirs(folder, exist_ok=True)
    began = time.monotonic()
    agents, verdicts, truth = play(arguments, os.path.abspath(folder))
    is_good = verdict.show(agents, verdicts, truth)
    print(f"seed {arguments.seed}, {time.monotonic() - began:.0f} s: {'good' if is_good else 'BAD'}")
    if is_good and not arguments.keep:
        shutil.rmtree(folder)
    elif not is_good:
        print(f"left for a look: {folder}")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
