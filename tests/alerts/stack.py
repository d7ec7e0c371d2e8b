"""A real Prometheus and a real Alertmanager, with the shipped rules, configuration and templates, all durations divided
by one factor and all addresses changed to loopback. Refuses to start with an address that is not loopback's.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import rule_files

EXAMPLES = rule_files.ROOT / "dashboards"
LOOKBACK_S, RESEND_S = 300, 60  # what Prometheus does when not told otherwise
START_S = 30
NEEDED = ("prometheus", "prometheus-alertmanager")


def missing():
    return [program for program in NEEDED if not shutil.which(program)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alertmanager_text(receiver_url, factor):
    text = (EXAMPLES / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
    text = text.replace("/etc/prometheus/alertmanager_templates", str(EXAMPLES / "alertmanager"))
    text = text.replace("parse_mode: HTML", f"parse_mode: HTML\n        api_url: {receiver_url}")
    text = re.sub(r"https?://(?!127\.0\.0\.1:\d+/?\n)[\w.:-]+(?=/(?:hooks|ping))", receiver_url, text)
    text = re.sub(r"smtp_smarthost: \S+", "smtp_smarthost: '127.0.0.1:1'", text)
    hosts = set(re.findall(r"https?://([\w.-]+)", text)) | set(re.findall(r"smarthost: '([\w.-]+)", text))
    if hosts != {"127.0.0.1"}:
        raise ValueError(f"would leave this machine: {hosts}")
    return rule_files.divided(text, factor)


def prometheus_text(player, alertmanager_port, factor):
    text = (EXAMPLES / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    targets = "".join(f"      - targets: ['{player.address}']\n        labels: {{__metrics_path__: /{name}, "
                      f"instance: '{name}'}}\n" for name in player.offices)
    text = re.sub(r"    file_sd_configs:\n(?:      .*\n)+", f"    static_configs:\n{targets}", text)
    text = text.replace("127.0.0.1:9093", f"127.0.0.1:{alertmanager_port}")
    return rule_files.divided(text, factor)


class Stack:
    def __init__(self, folder, player, receiver_url, factor):
        self.folder, self.processes = pathlib.Path(folder), []
        self.ports = {program: free_port() for program in NEEDED}
        self.write("alertmanager.yml", alertmanager_text(receiver_url, factor))
        self.write("prometheus.yml", prometheus_text(player, self.ports["prometheus-alertmanager"], factor))
        for file in (rule_files.ALERTS, rule_files.RECORDING):
            self.write(file.name, rule_files.divided(file.read_text(encoding="utf-8"), factor))
        self.start("prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alerts",
                   "--cluster.listen-address=")
        self.start("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                   f"--query.lookback-delta={LOOKBACK_S * 1000 // factor}ms",
                   f"--rules.alert.resend-delay={RESEND_S * 1000 // factor}ms")

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def start(self, program, *words):
        with open(self.folder / f"{program}.log", "wb") as log:
            process = subprocess.Popen(
                [program, *words, f"--web.listen-address=127.0.0.1:{self.ports[program]}"], cwd=self.folder,
                env=dict(os.environ, TZ="Asia/Makassar"), stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        deadline = time.monotonic() + START_S
        while not self.answers(program):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{program} is not ready after {START_S} s:\n{self.log(program)}")
            time.sleep(0.05)

    def answers(self, program):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[program]}/-/ready", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def post_alerts(self, alerts):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['prometheus-alertmanager']}/api/v2/alerts",
            json.dumps(alerts).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5):
            pass

    def log(self, program):
        return (self.folder / f"{program}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def logs(self):
        return "\n".join(f"--- {program}\n{self.log(program)}" for program in NEEDED)

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
