#!/usr/bin/python3
"""The real agent with a state directory that it cannot use: it runs and probes all the same, says
what is wrong in /-/ready and in a metric, and heals by itself where that is possible.

    bad_state.py SIAGA     as root, in a mount and network namespace of its own; exit 0, 1: faults
"""

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE_S = 30.0  # for each thing that must come; on a busy machine too
NOBODY = 65534
FULL = "size=160k,mode=755"  # room for a journal, not for long
ROOMY = "size=16m,mode=755"
BEATS_S = 12.0  # longer than a heartbeat's period
# Counters that outlive the agent.
LASTING = re.compile(
    r"^(siaga_target_(?:up|down|unknown|maintenance)_seconds_total|siaga_outages_total"
    r"|siaga_dark_intervals_total|siaga_dark_seconds_total)(\{[^}]*\}) (\S+)$",
    re.MULTILINE,
)
faults = []


class Office:
    """An agent of one case, with a target that is up."""

    def __init__(self, name, number, siaga, folder, target):
        self.name, self.siaga = name, siaga
        self.folder = f"{folder}/{name}"
        self.state = f"{self.folder}/state"
        self.address = ("127.0.0.1", 19790 + number)
        self.process = None
        os.mkdir(self.folder)
        os.chmod(self.folder, 0o755)
        self.write(target)

    def write(self, target):
        with open(f"{self.folder}/siaga.toml", "w", encoding="utf-8") as file:
            file.write(
                f'[office]\nid = "kantor"\n[agent]\nstate_dir = "{self.state}"\nclock = "trusted"\n'
                f'[web]\nlisten = "{self.address[0]}:{self.address[1]}"\n[defaults]\n'
                f'interval = "1s"\ntimeout = "500ms"\n[[tcp]]\nname = "portal"\nhost = "{target}"\n'
            )

    def start(self, *before):
        command = [*before, self.siaga, "-c", f"{self.folder}/siaga.toml", "run"]
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(PATIENCE_S) != 0:
            self.fault(f"ended with {self.process.returncode}")

    def get(self, path):
        try:
            connection = http.client.HTTPConnection(*self.address, timeout=5)
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return ""

    def await_text(self, path, pattern):
        end, text = time.monotonic() + PATIENCE_S, ""
        while time.monotonic() < end:
            text = self.get(path)
            if re.search(pattern, text, re.MULTILINE):
                return
            time.sleep(0.1)
        self.fault(f"{path} never said '{pattern}', but: {text if path != '/metrics' else ''}")

    def await_probing(self):
        self.await_text("/metrics", r'^siaga_target_state\{[^}]*target="portal"[^}]*state="up"\} 1')

    def await_durable(self, value):
        self.await_text("/metrics", rf"^siaga_journal_durable(\{{[^}}]*\}})? {value}$")

    def fault(self, text):
        faults.append(f"{self.name}: {text}")


def make_journal(office):
    """A good journal of a life before."""
    office.start()
    office.await_probing()
    office.await_durable(1)
    office.stop()


def missing(office):
    """The parent is not there either, and comes later."""
    office.state = f"{office.folder}/not/there"
    with open(f"{office.folder}/siaga.toml", encoding="utf-8") as file:
        text = file.read().replace(f"{office.folder}/state", office.state)
    with open(f"{office.folder}/siaga.toml", "w", encoding="utf-8") as file:
        file.write(text)
    office.start()
    office.await_probing()
    office.await_durable(0)
    office.await_text("/-/ready", rf"not durable: .*{re.escape(office.folder)}/not")
    os.mkdir(f"{office.folder}/not")
    office.await_durable(1)


def read_only(office):
    os.mkdir(office.state)
    mount("-t", "tmpfs", "-o", ROOMY, "tmpfs", office.state)
    mount("-o", "remount,ro", office.state)
    office.start()
    office.await_probing()
    office.await_durable(0)
    office.await_text("/-/ready", "not durable: .*(read-only|Read-only|EROFS)")
    mount("-o", "remount,rw", office.state)
    office.await_durable(1)


def fill_up(office):
    """An agent that runs, and whose disk takes no more."""
    os.mkdir(office.state)
    mount("-t", "tmpfs", "-o", ROOMY, "tmpfs", office.state)
    office.start()
    office.await_durable(1)
    fill(office.state)
    # Small records still fit into what the files have already: each reload writes some.
    for turn in range(int(PATIENCE_S / 0.1)):
        if re.search(r"^siaga_journal_durable(\{[^}]*\})? 0$", office.get("/metrics"), re.MULTILINE):
            break
        office.write(f"127.0.0.1:{1 + turn % 2}")
        office.process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
    office.await_durable(0)
    office.await_text("/-/ready", "not durable: .*(full|room|space)")


def full(office):
    """Full while it runs; room comes back."""
    fill_up(office)
    office.await_text("/metrics", r'^siaga_probe_runs_total\{[^}]*target="portal"')
    os.remove(f"{office.state}/ballast")
    office.await_durable(1)


def full_and_killed(office):
    """What a scrape said while nothing could be written is found again after the kill."""
    fill_up(office)
    time.sleep(BEATS_S)
    office.await_text("/-/ready", "counters of time and outages stand still")
    kill_and_compare(office, lambda: os.remove(f"{office.state}/ballast"))


def kill_and_compare(office, meanwhile):
    """No counter that outlives the agent is smaller after a kill."""
    before = counters(office.get("/metrics"))
    office.process.kill()
    office.process.wait()
    meanwhile()
    office.start()
    office.await_text("/metrics", "^siaga_target_up_seconds_total")
    after = counters(office.get("/metrics"))
    if not before:
        office.fault("there were no counters to compare")
    for series, value in before.items():
        if after.get(series, 0.0) < value:
            office.fault(f"{series} went back from {value} to {after.get(series)}")


def damage_while_running(office, damage):
    """It is noticed at the next beat; what was shown two beats later is found after a kill."""
    make_journal(office)
    office.start()
    office.await_probing()
    office.await_durable(1)
    damage()
    office.await_text("/-/ready", "damaged while the agent ran: ")
    office.await_text("/metrics", r"^siaga_journal_damages_total(\{[^}]*\})? [1-9]")
    office.await_durable(1)
    time.sleep(2 * BEATS_S)
    kill_and_compare(office, lambda: None)


def overwritten_while_running(office):
    def damage():
        with open(f"{office.state}/journal.db", "r+b") as file:
            file.write(b"rubbish" * 2000)

    damage_while_running(office, damage)


def removed_while_running(office):
    damage_while_running(office, lambda: os.remove(f"{office.state}/journal.db"))


def shm_cut_while_running(office):
    damage_while_running(office, lambda: os.truncate(f"{office.state}/journal.db-shm", 0))


def folder_renamed_while_running(office):
    def damage():
        os.rename(office.state, f"{office.state}.away")
        os.mkdir(office.state)

    damage_while_running(office, damage)


def full_at_start(office):
    """Not even an empty journal fits; then the disk grows."""
    os.mkdir(office.state)
    mount("-t", "tmpfs", "-o", FULL, "tmpfs", office.state)
    fill(office.state)
    office.start()
    office.await_probing()
    office.await_durable(0)
    office.await_text("/-/ready", "not durable: .*(full|room|space)")
    mount("-o", f"remount,{ROOMY}", office.state)
    office.await_durable(1)


def others(office):
    """The agent is nobody, the directory root's; then somebody gives it to the agent."""
    os.mkdir(office.state, 0o700)
    office.start("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    office.await_probing()
    office.await_durable(0)
    office.await_text("/-/ready", "not durable: .*([Pp]ermission|EACCES|may not)")
    os.chown(office.state, NOBODY, NOBODY)
    office.await_durable(1)


def damaged(office):
    make_journal(office)
    with open(f"{office.state}/journal.db", "r+b") as file:
        file.write(b"rubbish" * 2000)
    office.start()
    office.await_probing()
    office.await_durable(1)
    office.await_text("/-/ready", "set aside as .*journal.db.damaged-")


def truncated(office):
    make_journal(office)
    os.truncate(f"{office.state}/journal.db", os.path.getsize(f"{office.state}/journal.db") // 2)
    office.start()
    office.await_probing()
    office.await_durable(1)
    office.await_text("/-/ready", "set aside as .*journal.db.")


def newer(office):
    make_journal(office)
    with sqlite3.connect(f"{office.state}/journal.db") as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute(f"PRAGMA user_version = {version + 1000}")
    database.close()
    office.start()
    office.await_probing()
    office.await_durable(1)
    office.await_text("/-/ready", "set aside as .*journal.db.*(newer|later)")


def counters(text):
    return {series + labels: float(value) for series, labels, value in LASTING.findall(text)}


def fill(folder):
    ballast = os.open(f"{folder}/ballast", os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(ballast, b"x" * 4096)
    except OSError:
        os.close(ballast)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


CASES = [
    missing,
    read_only,
    full,
    full_and_killed,
    full_at_start,
    others,
    damaged,
    truncated,
    newer,
    overwritten_while_running,
    removed_while_running,
    shm_cut_while_running,
    folder_renamed_while_running,
]


def play(case, office):
    try:
        case(office)
        office.stop()
    except Exception as error:  # a thread's trouble must end the test
        office.fault(f"the test itself: {error!r}")
    finally:
        if office.process and office.process.poll() is None:
            office.process.kill()
            office.process.wait()


def main():
    if os.geteuid() != 0:
        print("needs root, for namespaces and mounts")
        sys.exit(77)
    if not os.environ.get("SIAGA_BAD_STATE_NAMESPACE"):
        os.environ["SIAGA_BAD_STATE_NAMESPACE"] = "1"
        again = ["unshare", "--net", "--mount", "--propagation=private", sys.executable, *sys.argv]
        os.execvp("unshare", again)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    siaga = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="siaga-state-")
    os.chmod(folder, 0o755)
    # Nobody may not look into every folder that a checkout can lie in.
    shutil.copy(siaga, f"{folder}/siaga")
    with socket.create_server(("127.0.0.1", 18080)):
        threads = []
        for number, case in enumerate(CASES):
            office = Office(case.__name__, number, f"{folder}/siaga", folder, "127.0.0.1:18080")
            threads.append(threading.Thread(target=play, args=(case, office)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(CASES)} bad state directories, {len(faults)} faults" + (f": see {folder}" if faults else ""))
    if not faults:
        shutil.rmtree(folder, ignore_errors=True)  # what is mounted there goes with the namespace
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
