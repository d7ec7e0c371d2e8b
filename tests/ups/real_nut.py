#!/usr/bin/python3
"""The real agent and a real NUT server (Debian's upsd with dummy-ups) on loopback: what a UPS and
its server do, what the agent makes of it, and what its journal says afterwards. Prints a table.

    real_nut.py SIAGA [--keep FOLDER] [--no-mains]

Needs the packages nut-server and libnss3-tools. As root everything happens in a network namespace
of its own. Exit 0: all as it should be; 1: the faults are listed; 77: cannot run here.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
sys.dont_write_bytecode = True

from nut_server import MAXAGE_S, NutServer, free_port, missing, wait_for

SKIPPED = 77
PATIENCE_S = 10.0  # for what follows at once: an interval, confirmations, a pause of the connection
SERVER_BACK_S = 30.0  # the pause grows up to 15 s
STALE_S = MAXAGE_S + 15.0

ON = {"pln": "on", "solo": "on"}


class Agent:
    """Watches with an interval of 1 s. Targets: `office` and `spare`, UPSes of one server; `ghost`,
    which it does not have; `guest` with a wrong password; `secure` and `mistrust`, with TLS. Mains:
    `pln` feeds both UPSes, `solo` only the office's."""

    def __init__(self, siaga, folder, nut_port, has_mains):
        self.siaga, self.folder, self.has_mains = siaga, folder, has_mains
        self.port, self.config = free_port(), f"{folder}/siaga.toml"
        self.certificate = f"{folder}/nut/upsd.pem"
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(self.configuration(nut_port))
        self.process, self.nodes = None, {}

    def configuration(self, nut_port):
        server = f"nut://127.0.0.1:{nut_port}"
        starttls = 'starttls = true\ntls.server_name = "localhost"\n'
        upses = [
            ("office", f'server = "{server}/office"\n'),
            ("spare", f'server = "{server}/spare"\n'),
            ("ghost", f'server = "{server}/ghost"\n'),
            ("guest", f'server = "{server}/office"\nusername = "mon"\npassword = "wrong"\n'),
            ("secure", f'server = "{server}/office"\n{starttls}tls.ca_file = "{self.certificate}"\n'
                       'username = "mon"\npassword = "monpw"\n'),
            ("mistrust", f'server = "{server}/office"\n{starttls}'),
        ]
        mains = [("pln", '"office", "spare"'), ("solo", '"office"')]
        return "".join([
            f'[office]\nid = "kantor"\n[agent]\nstate_dir = "{self.folder}/state"\n',
            f'clock = "trusted"\n[web]\nlisten = "127.0.0.1:{self.port}"\n',
            '[defaults]\ninterval = "1s"\ntimeout = "1s"\nretry_interval = "500ms"\n',
            *(f'[[ups]]\nname = "{name}"\n{text}' for name, text in upses),
            *(f'[[mains]]\nname = "{name}"\nups = [{text}]\n' for name, text in mains
              if self.has_mains),
        ])

    def __enter__(self):
        with open(f"{self.folder}/agent.log", "ab") as log:
            self.process = subprocess.Popen([self.siaga, "-c", self.config, "run"], stdout=log,
                                            stderr=log, cwd=self.folder)
        wait_for("the agent answers", lambda: self.process.poll() is not None or self.get("/-/ready"))
        if self.process.poll() is not None:
            with open(f"{self.folder}/agent.log", encoding="utf-8") as log:
                raise RuntimeError(f"the agent ended: {log.read()[-2000:]}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
            return text if answer.status == 200 else ""
        except OSError:
            return ""
        finally:
            connection.close()

    def ask(self, *words):
        command = [self.siaga, "-c", self.config, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    def seen(self):
        """{"office": ("up", ""), ..., "pln": "on"}: states and why, as readers see them."""
        text = self.get("/metrics")
        found = {}
        for name, state in re.findall(
                r'^siaga_target_state\{[^}]*target="([^"]*)"[^}]*state="([^"]*)"\} 1$', text, re.M):
            found[name] = (state, "")
        for name, state in re.findall(
                r'^siaga_mains_state\{[^}]*mains="([^"]*)"[^}]*state="([^"]*)"\} 1$', text, re.M):
            found[name] = state
        for target in json.loads(self.get("/api/v1/status") or "{}").get("targets", []):
            if target["name"] in found and target["name"] not in ON:
                reason = target.get("last_run", {}).get("reason", "")
                found[target["name"]] = (target["state"], reason)
        return found

    def flags_of(self, target):
        """The words of its status: {"OL", "CHRG"}."""
        flags = re.compile(r'^network_ups_tools_ups_status\{[^}]*target="' + target +
                           r'"[^}]*flag="(\w+)"\} 1$', re.M)
        return set(flags.findall(self.get("/metrics")))

    def values_of(self, target):
        """Names of the NUT dialect's series that it has."""
        series = re.compile(r'^(network_ups_tools_\w+)\{[^}]*target="' + target + '"', re.M)
        return set(series.findall(self.get("/metrics")))

    def journal(self):
        said = json.loads(self.ask("journal", "export", "--format", "json"))
        self.nodes = {node["node"]: node["name"] for node in said["nodes"]}
        return [{**change, "name": self.nodes.get(change["node"], "?")}
                for change in said["state_changes"]]


class Scenes:
    """One after the other; each says what should be, waits for it, and looks into the journal."""

    def __init__(self, agent):
        self.agent, self.rows, self.faults = agent, [], []
        self.heard = set()  # changes in the journal that belong to earlier scenes

    def expect(self, title, targets, mains, journal=(), seconds=PATIENCE_S, has_values=None,
               is_old=False, words=None):
        """`targets`: name -> (state, reason). `mains`: name -> state. `journal`: (name, to, reason)
        that must have been written since the last scene; since the start when it `is_old`. A reason
        of None is any: a driver that dies is now and then WAIT for a moment. `words`: of the
        office's status."""
        mains = mains if self.agent.has_mains else {}
        journal = [entry for entry in journal if self.agent.has_mains or entry[0] not in ON]
        wanted = {**targets, **mains}
        end = time.monotonic() + seconds
        while True:
            seen = self.agent.seen()
            is_so = all(seen.get(name) == value for name, value in wanted.items()) and (
                words is None or self.agent.flags_of("office") == set(words.split()))
            if is_so or time.monotonic() > end:
                break
            time.sleep(0.1)
        if words is not None and not is_so:
            seen["words"] = " ".join(sorted(self.agent.flags_of("office")))
        wrong = [f"{name} is {seen.get(name)}, not {value}" for name, value in wanted.items()
                 if seen.get(name) != value]
        if not is_so and not wrong:
            wrong = [f"office says {seen.get('words')}, not {words}"]
        for name, has in (has_values or {}).items():
            if ("network_ups_tools_battery_charge" in self.agent.values_of(name)) != has:
                wrong.append(f"{name} has {'no' if has else 'still its'} values")
        entries, missed = self.read_journal(journal, set() if is_old else self.heard)
        wrong += [f"not in the journal: {entry}" for entry in missed]
        self.faults += [f"{title}: {fault}" for fault in wrong]
        self.note(title, targets, mains, seen, entries, wrong)

    def read_journal(self, journal, known):
        """The new changes, in short, and what is missing; asked again, for it is written late. A
        change of a mains may be dated back, before some that are known."""
        end = time.monotonic() + PATIENCE_S
        while True:
            changes = {(change["at"]["seconds"], change["name"], change["to"], change["reason"] or "")
                       for change in self.agent.journal()}
            said = {entry for _, name, to, reason in changes - known
                    for entry in ((name, to, reason), (name, to, None))}
            missed = [entry for entry in journal if entry not in said]
            if not missed or time.monotonic() > end:
                break
            time.sleep(0.3)
        new, self.heard = sorted(changes - self.heard), changes
        return [f"{name} {to} ({reason})" if reason else f"{name} {to}"
                for _, name, to, reason in new], missed

    def note(self, title, targets, mains, seen, entries, wrong):
        states = ", ".join(f"{name} {seen.get(name, ('?', ''))[0]}" for name in targets)
        reasons = ", ".join(filter(None, (seen.get(name, ("", ""))[1] for name in targets)))
        said = ", ".join(f"{name} {seen.get(name, '?')}" for name in mains)
        row = [title, states, reasons or "-", said or "-", "; ".join(entries) or "-"]
        self.rows.append(row)
        print("| " + " | ".join(row) + " |" + (" **wrong**" if wrong else ""), flush=True)


GOOD, BATTERY = ("up", ""), "OB DISCHRG"


def unknown(reason):
    return ("unknown", reason)


def power_scenes(nut, scenes):
    both = {"office": GOOD, "spare": GOOD}
    scenes.expect("OL", both, ON, [("office", "up", ""), ("pln", "up", ""), ("solo", "up", "")],
                  has_values={"office": True}, words="OL CHRG")
    for ups in nut.upses:
        nut.set(ups, BATTERY, **{"input.voltage": "0", "battery.charge": "60"})
    scenes.expect("OB", both, {"pln": "off", "solo": "off"},
                  [("pln", "down", "mains_off"), ("solo", "down", "mains_off")], words=BATTERY)
    nut.set("office", "OB LB DISCHRG", **{"input.voltage": "0", "battery.runtime": "90"})
    scenes.expect("OB LB", both, {"pln": "off", "solo": "off"}, words="OB LB DISCHRG")
    for ups in nut.upses:
        nut.set(ups, "OL CHRG")
    scenes.expect("OL again", both, ON, [("pln", "up", ""), ("solo", "up", "")])
    nut.set("office", "OFF", **{"input.voltage": "0"})
    scenes.expect("OFF: it feeds nothing", {"office": ("down", "ups_off"), "spare": GOOD},
                  {"pln": "on", "solo": "unknown"}, [("office", "down", "ups_off")],
                  has_values={"office": True})
    nut.set("office", "OL CHRG")
    scenes.expect("OL again", both, ON, [("office", "up", "")])


def driver_scenes(nut, scenes):
    both = {"office": GOOD, "spare": GOOD}
    nut.kill("dummy-ups-office", signal.SIGSTOP)
    scenes.expect("the driver hangs (two UPSes, one dead)",
                  {"office": unknown("data_stale"), "spare": GOOD}, {"pln": "on", "solo": "unknown"},
                  [("office", "unknown", "data_stale"), ("solo", "unknown", "")], STALE_S,
                  {"office": False, "spare": True})
    nut.kill("dummy-ups-office", signal.SIGCONT)
    scenes.expect("it goes on", both, ON, [("office", "up", "")], has_values={"office": True})
    nut.kill("dummy-ups-office", signal.SIGKILL)
    scenes.expect("the driver is killed",
                  {"office": unknown("driver_not_connected"), "spare": GOOD},
                  {"pln": "on", "solo": "unknown"},
                  [("office", "unknown", None), ("solo", "unknown", "")],
                  has_values={"office": False, "spare": True})
    nut.start_driver("office")
    scenes.expect("it is started again", both, ON, [("office", "up", "")])
    for ups in nut.upses:
        nut.set(ups, BATTERY, **{"input.voltage": "0"})
    scenes.expect("OB", both, {"pln": "off", "solo": "off"})
    nut.kill("dummy-ups-office", signal.SIGKILL)
    scenes.expect("the driver is lost on battery",
                  {"office": unknown("driver_not_connected"), "spare": GOOD},
                  {"pln": "off", "solo": "off"}, [("office", "unknown", None)])
    for ups in nut.upses:
        nut.set(ups, "OL CHRG")
    nut.start_driver("office")
    scenes.expect("it is back, and so is the mains", both, ON, [("solo", "up", "")])


def server_scenes(nut, scenes):
    both = {"office": GOOD, "spare": GOOD}
    nut.stop_server()
    refused = unknown("connect_refused")
    scenes.expect("upsd is stopped", {"office": refused, "spare": refused},
                  {"pln": "unknown", "solo": "unknown"},
                  [("office", "unknown", "connect_refused"), ("pln", "unknown", "")],
                  has_values={"office": False, "spare": False})
    nut.start_server()
    scenes.expect("upsd is started again", both, ON, [("office", "up", "")], SERVER_BACK_S)
    answer = nut.command("USERNAME mon", "PASSWORD monpw", "LOGIN office", "FSD office")
    if answer != "OK FSD-SET":
        scenes.faults.append(f"upsd refused FSD: {answer}")
    scenes.expect("FSD OL CHRG", {"office": GOOD}, ON, has_values={"office": True},
                  words="FSD OL CHRG")


def access_scenes(_, scenes):
    scenes.expect("a UPS that the server does not have", {"ghost": unknown("unknown_ups")}, {},
                  [("ghost", "unknown", "unknown_ups")], is_old=True)
    # upsd says OK to every password and asks for none to read (RFC 9271, USERNAME).
    scenes.expect("a wrong password, which upsd does not mind", {"guest": GOOD}, {},
                  [("guest", "up", "")], is_old=True)
    refusal = unknown("starttls_refused")
    scenes.expect("STARTTLS without a certificate", {"secure": refusal, "mistrust": refusal}, {},
                  [("secure", "unknown", "starttls_refused")], is_old=True)


def tls_scenes(nut, scenes):
    nut.stop_server()
    nut.has_tls = True
    nut.start_server()
    scenes.expect("STARTTLS with one that is trusted, and not",
                  {"secure": GOOD, "mistrust": unknown("tls_self_signed"), "office": GOOD}, ON,
                  [("secure", "up", "")], SERVER_BACK_S, {"secure": True, "mistrust": False})


def play(arguments, folder):
    nut_folder = f"{folder}/nut"
    os.mkdir(nut_folder)
    with NutServer(nut_folder, ["office", "spare"]) as nut:
        nut.make_certificate()
        nut.has_tls = False  # not yet
        with Agent(os.path.abspath(arguments.siaga), folder, nut.port, not arguments.no_mains) as agent:
            scenes = Scenes(agent)
            heads = ["scenario", "state", "reason", "mains", "journal"]
            print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
            for scene in (power_scenes, access_scenes, driver_scenes, server_scenes, tls_scenes):
                scene(nut, scenes)
            check_metrics(agent, scenes.faults)
        if agent.process.returncode != 0:
            scenes.faults.append(f"the agent ended with {agent.process.returncode}, see its log")
        return scenes.faults


def check_metrics(agent, faults):
    """The dialect of nut_exporter, once, as a scraper sees it."""
    text = agent.get("/metrics")
    for pattern in (r'^network_ups_tools_battery_charge\{[^}]*ups="office"\} 100$',
                    r'^network_ups_tools_ups_status\{[^}]*ups="office",flag="OB"\} 0$',
                    r'^network_ups_tools_device_info\{[^}]*ups="office"[^}]*\} 1$'):
        if not re.search(pattern, text, re.M):
            faults.append(f"no series like {pattern}")


def enter_namespace():
    """As root: this program again, in a network namespace of its own."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        return
    if os.environ.get("SIAGA_UPS_NAMESPACE"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    elif subprocess.run(["unshare", "--net", "true"], check=False).returncode == 0:
        os.environ["SIAGA_UPS_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("siaga")
    parser.add_argument("--keep", metavar="FOLDER", help="leave everything there")
    parser.add_argument("--no-mains", action="store_true", help="only what [[ups]] says")
    arguments = parser.parse_args()
    if lacking := missing():
        print(f"skipped: {', '.join(lacking)} missing; install nut-server and libnss3-tools")
        return SKIPPED
    enter_namespace()
    folder = arguments.keep or tempfile.mkdtemp(prefix="siaga-ups.")
    os.makedirs(folder, exist_ok=True)
    try:
        faults = play(arguments, folder)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for fault in faults:
        print("FAULT", fault)
    print("all as it should be" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
