"""The province's centre: real Prometheus and Alertmanager with what Siaga ships, an inbox for the
alerts, and a Grafana where one is installed. It asks the agents over the wide network.
"""

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import grafana
import shipped
from door import Door
from inbox import Inbox, name_of
from office_agent import TIMEZONE
from programs import Program

ANSWER_S = 10.0
LOOPBACK = "127.0.0.1"


class Centre:
    """Ended when the with block is left."""

    def __init__(self, stage, language):
        self.stage, self.language, self.pace = stage, language, stage.pace
        self.machine, self.folder = stage.province.centre, stage.folder / "centre"
        self.is_apart = hasattr(self.machine, "namespace")
        self.inbox = Inbox(stage.services, self.machine)
        self.inhibited, self.warnings = set(), set()
        self.ends = contextlib.ExitStack()

    def __enter__(self):
        self.folder.mkdir()
        with contextlib.ExitStack() as ends:
            self.ends = ends
            self.alertmanager_url = self.start_alertmanager()
            self.prometheus_url = self.start_prometheus()
            self.grafana_url = grafana.start(self)
            self.ends = ends.pop_all()
        return self

    def __exit__(self, *_):
        self.ends.close()

    def door(self, port):
        """Where a browser of this machine finds what listens at the centre's `port`."""
        if self.is_apart:
            return Door(self.stage.services, self.machine, (LOOPBACK, port)).url
        return f"http://{LOOPBACK}:{port}"

    def run(self, name, argv, port):
        url = self.door(port)
        words = [*argv, f"--web.listen-address={LOOPBACK}:{port}", f"--web.external-url={url}"]
        env = {**os.environ, "TZ": TIMEZONE}
        program = Program(self.machine.inside(words), self.folder, name, env)
        self.ends.callback(program.stop)
        program.start().wait_ready(lambda: self.get(url, "/-/ready") is not None)
        return url

    def start_alertmanager(self):
        config = shipped.alertmanager(self.folder, self.pace, self.inbox.url, self.language)
        check(["amtool", "check-config", config])
        argv = ["prometheus-alertmanager", f"--config.file={config}", "--cluster.listen-address="]
        argv.append(f"--storage.path={self.folder}/alerts")
        return self.run("alertmanager", argv, self.machine.port(9093))

    def start_prometheus(self):
        agents = [agent.asked_at for agent in self.stage.agents.values()]
        shipped.rules(self.folder, self.pace, self.runbooks_url())
        alertmanager = f"{LOOPBACK}:{self.machine.port(9093)}"
        config = shipped.prometheus(self.folder, self.pace, agents, alertmanager)
        check(["promtool", "check", "config", config])
        argv = ["prometheus", f"--config.file={config}", *shipped.faster_defaults(self.pace)]
        argv.append(f"--storage.tsdb.path={self.folder}/series")
        return self.run("prometheus", argv, self.machine.port(9090))

    def runbooks_url(self):
        """An agent has the runbooks, too: a reader's browser finds them there."""
        agent = next(iter(self.stage.agents.values()))
        if not self.is_apart:
            return f"http://{agent.asked_at}"
        host, _, port = agent.asked_at.rpartition(":")
        return Door(self.stage.services, agent.machine, (host, int(port))).url

    @staticmethod
    def get(url, path, **parameters):
        """The answer's text; None while there is none."""
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        try:
            with urllib.request.urlopen(f"{url}{path}{query}", timeout=ANSWER_S) as answer:
                return answer.read().decode()
        except (OSError, urllib.error.URLError):
            return None

    def query(self, expression):
        """[(labels, value)] of an instant query; empty while there is no answer."""
        text = self.get(self.prometheus_url, "/api/v1/query", query=expression)
        rows = json.loads(text)["data"]["result"] if text else []
        return [(row["metric"], float(row["value"][1])) for row in rows]

    def look_at_alerts(self):
        """Notes which alerts Alertmanager holds back because of another, and which are only told
        in office hours, whatever time it is now."""
        text = self.get(self.alertmanager_url, "/api/v2/alerts")
        for alert in json.loads(text) if text else []:
            labels, status = alert["labels"], alert["status"]
            if status["inhibitedBy"]:
                self.inhibited.add((*name_of(labels), labels.get("cause", "")))
            elif labels.get("severity") == "warning":
                self.warnings.add(name_of(labels))


def check(argv):
    """Ends with what the tool says when a configuration is wrong."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}:\n{done.stdout}{done.stderr}")
