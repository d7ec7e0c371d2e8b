"""The agent under test inside an office: its configuration, what it says while it runs, and what
its journal says afterwards.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

import office as place

WAN = {
    "anchors": ["gateway", *place.ANCHORS, f"tcp:{place.TCP_ANCHOR}:53"],
    "quorum": 2,
    "interval": "1s",
    "timeout": "1s",
    "retry_interval": "500ms",
    "hold_down": "2s",
}
END_S = 20.0
SAMPLE = re.compile(r"^siaga_link_(\w+){(.*)} (\S+)$", re.MULTILINE)
ANSWER_S = 10.0


def configuration(folder, changes):
    """Tables by kind and name; `changes` adds keys to them, adds others, or removes (None)."""
    tables = {
        "link wan": dict(WAN),
        "mains pln": {
            "canaries": ["ap", "cam"],
            "witnesses": ["gateway"],
            "power_supply": [],
        },
        "ping gateway": {"host": place.GATEWAY},
        "ping ap": {"host": place.AP, "needs": ["pln"]},
        "ping cam": {"host": place.CAM, "needs": ["pln"]},
        "ping printer": {"host": place.PRINTER, "needs": ["pln"]},
        "ping lan-ping": {"host": place.SERVER},
        "tcp lan-tcp": {"host": f"{place.SERVER}:80"},
        "http lan-http": {"url": f"http://{place.SERVER}/"},
        "http portal": {"url": f"http://{place.PORTAL}/", "needs": ["wan"]},
        "http spse": {"url": f"http://{place.SPSE}/", "via": ["wan"]},
    }
    for key, more in changes.items():
        tables[key] = {**tables.get(key, {}), **more}
    lines = [
        '[office]\nid = "lab"\ntimezone = "Asia/Makassar"',
        f'[agent]\nstate_dir = "{folder}/state"\nclock = "trusted"',
        f'resolvers = ["{place.RESOLVER}"]',
        f'[web]\nlisten = ["unix:{folder}/web.sock"]',
        '[defaults]\ninterval = "1s"\ntimeout = "1s"\nretry_interval = "500ms"\nsettle = "8s"',
    ]
    for key, options in tables.items():
        kind, name = key.split(" ")
        lines.append(f'[[{kind}]]\nname = "{name}"')
        # What TOML and JSON write alike.
        lines += [f"{option} = {json.dumps(value)}" for option, value in options.items()]
    return "\n".join(lines) + "\n"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=ANSWER_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent:
    def __init__(self, siaga, folder, namespace, changes):
        os.makedirs(folder)
        self.siaga, self.folder, self.namespace = siaga, folder, namespace
        self.config, self.process = f"{folder}/siaga.toml", None
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration(folder, changes))

    def start(self):
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                ["nsenter", f"--net={self.namespace.path}", self.siaga, "-c", self.config, "run"],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def stop(self):
        """Its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def ask(self, path):
        connection = UnixConnection(f"{self.folder}/web.sock")
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text}")
        return text

    def look(self):
        """Each node's state as "up", "unknown", "down link", and what the metrics say of links:
        "wan at", "wan uplink", "wan anchors", "wan loss", "wan rtt" (the median). Nothing while it
        does not answer.
        """
        if self.process.poll() is not None:
            raise RuntimeError(f"the agent ended by itself: {self.process.returncode}")
        try:
            status, metrics = json.loads(self.ask("/api/v1/status")), self.ask("/metrics")
        except OSError:
            return {}
        seen = {}
        for node in status["judged"] + status["targets"]:
            seen[node["name"]] = " ".join([node["state"], node.get("cause", "")]).strip()
            if node["name"] == "wan" and "reason" in node:
                seen["wan reason"] = node["reason"]
        for metric, labels, value in SAMPLE.findall(metrics):
            names = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            link = names.get("link")
            if metric == "path_break" and value == "1":
                seen[f"{link} at"] = names["at"]
            elif metric == "in_use" and value == "1":
                seen[f"{link} uplink"] = names["uplink"]
            elif metric == "anchors_up":
                seen[f"{link} anchors"] = value
            elif metric == "loss_ratio":
                seen[f"{link} loss"] = float(value)
            elif metric == "rtt_seconds" and names["stat"] == "p50":
                seen[f"{link} rtt"] = float(value)
        return seen

    def told(self, *words):
        """What the program prints."""
        done = subprocess.run(
            [self.siaga, "-c", self.config, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"siaga {' '.join(words)}: {done.stderr}")
        return done.stdout

    def read(self, *words):
        return json.loads(self.told(*words))

    def journal(self):
        return Journal(self.read("journal", "export", "--format", "json"), self.outages())

    def outages(self):
        return self.read("outages", "--json")


class Journal:
    """What was kept: outages, changes of states and notes, by name."""

    def __init__(self, export, outages):
        self.names = {node["node"]: node["name"] for node in export["nodes"]}
        self.own = {node["name"] for node in export["nodes"] if node["kind"] == "self"}
        self.rows = [row for row in export["outages"] if self.names[row["node"]] not in self.own]
        self.changes, self.all_notes = export["state_changes"], export["notes"]
        self.recoveries = export["recoveries"]
        self.listed = outages

    def outages(self, until):
        """[(name, causes one after the other, from, until)] in seconds of boot time. What a run that
        was under way at `until`, the repair, took for the cause does not count."""
        found = []
        for row in self.rows:
            causes = []
            for piece in row["causes"]:
                if causes and piece["from"]["seconds"] > until:
                    break
                if not causes or causes[-1] != piece["cause"]:
                    causes.append(piece["cause"])
            ended = row["ended"]["seconds"] if row["ended"] else None
            found.append(
                (self.names[row["node"]], " then ".join(causes), row["first_bad"]["seconds"], ended)
            )
        return found

    def ever_down(self):
        return {self.names[row["node"]] for row in self.changes if row["to"] == "down"}

    def late(self):
        """Who did not return after what explained it had."""
        return {
            self.names[row["node"]]
            for row in self.recoveries
            if row["recovered"] is None or row["is_overdue"]
        }

    def notes(self):
        return [f"{self.names[row['node']]} {row['kind']}: {row['text']}" for row in self.all_notes]


def boot_now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)
