"""The programs that are compared: the agent, blackbox_exporter, fping. Each measures one thing the
same way: CPU of the prober's process over a stretch, divided by the probes it did in it."""

import os
import re
import subprocess
import time
import urllib.request

from lab import (DELAY_PORT, DNS_PORT, HTTP_PORT, HTTPS_PORT, MUTE_NUT_PORT, NUT_PORT, PROBER_CPU,
                 Program, answers, target_address)

WEB = "127.0.0.1:9790"


def agent_target(kind, index, folder):
    """One target's table, without its name."""
    address = target_address(index)
    return {
        "http": f'url = "http://{address}:{HTTP_PORT}/"',
        "https": f'url = "https://{address}:{HTTPS_PORT}/"\n'
                 f'tls.ca_file = "{folder}/bundle.pem"\ntls.server_name = "t.bench.test"',
        "delay": f'url = "http://{address}:{DELAY_PORT}/"',
        "tcp": f'host = "{address}:{HTTP_PORT}"',
        # An office asks a few servers for many names.
        "dns": f'server = "{target_address(index % 10)}:{DNS_PORT}"\nquery = "t{index}.bench.test."\ntype = "A"',
        "ping": f'host = "{address}"\npackets = 1',
        "named": f'url = "http://t{index}.bench.test:{HTTP_PORT}/"',
        # 50 servers, each with an address of its own.
        "ups": f'server = "nut://{target_address(index % 50)}:{NUT_PORT}/ups{index // 50}"',
        "mute": f'server = "nut://127.0.0.1:{MUTE_NUT_PORT}/ups{index}"',
        "dead": f'url = "http://dead{index}.bench.test:{HTTP_PORT}/"',
    }[kind]


TABLES = {"https": "http", "delay": "http", "named": "http", "dead": "http",
          "mute": "ups"}


def agent_config(folder, interval, groups, timeout=None):
    """`groups` is [(kind, count)]."""
    lines = [f"""
[office]
id = "bench"
[agent]
state_dir = "{folder}/state"
clock = "trusted"
resolvers = ["127.0.0.1:{DNS_PORT}"]
[web]
listen = "{WEB}"
[defaults]
interval = "{interval}"
timeout = "{timeout or min_timeout(interval)}"
retry_interval = "1s"
"""]
    for kind, count in groups:
        for index in range(count):
            lines.append(f'[[{TABLES.get(kind, kind)}]]\nname = "{kind}-{index}"\n'
                         f"{agent_target(kind, index, folder)}\n")
    return "\n".join(lines)


def min_timeout(interval):
    return interval if interval in ("1s", "2s") else "4s"


def read(path, timeout=30, gzip=False):
    request = urllib.request.Request(f"http://{WEB}{path}")
    if gzip:
        request.add_header("Accept-Encoding", "gzip")
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


class Agent(Program):
    def __init__(self, lab, interval, groups, timeout=None, cpu=PROBER_CPU):
        config = lab.folder / "siaga.toml"
        config.write_text(agent_config(lab.folder, interval, groups, timeout))
        (lab.folder / "state").mkdir(exist_ok=True)
        super().__init__([lab.programs / "siaga", "run", "--config", config],
                         lab.folder / "siaga.log", cpu=cpu, ready=lambda: answers(9790))

    def metrics(self):
        return read("/metrics").decode()

    def probes(self):
        """(instant, runs so far, those that were ok)."""
        runs = ok = 0
        text = self.metrics()
        for labels, value in re.findall(r"^siaga_probe_runs_total\{(.*)\} (\S+)$", text, re.MULTILINE):
            runs += float(value)
            if 'verdict="ok"' in labels:
                ok += float(value)
        return time.monotonic(), runs, ok

    def durations_s(self, name_part=""):
        """The last run's duration of every target whose name holds the part."""
        found = re.findall(r'^probe_duration_seconds\{.*target="([^"]*)".*\} (\S+)$',
                           self.metrics(), re.MULTILINE)
        return [float(value) for name, value in found if name_part in name]

    def cpu_per_probe(self, settle_s, measure_s):
        """{cpu_us, rate, ok_share} over measure_s after settle_s. The two scrapes that count probes
        stand outside the stretch in which CPU is counted; rates join the two."""
        time.sleep(settle_s)
        before = self.probes()
        began, cpu = time.monotonic(), self.cpu_s()
        time.sleep(measure_s)
        share = (self.cpu_s() - cpu) / (time.monotonic() - began)
        after = self.probes()
        done = after[1] - before[1]
        rate = done / (after[0] - before[0])
        return {"cpu_us": 1e6 * share / rate, "rate": rate, "ok_share": (after[2] - before[2]) / done}


BLACKBOX_MODULES = """
modules:
  http: {{ prober: http, timeout: 5s, http: {{ preferred_ip_protocol: ip4 }} }}
  https: {{ prober: http, timeout: 5s, http: {{ preferred_ip_protocol: ip4, tls_config: {{ server_name: t.bench.test }} }} }}
  tcp: {{ prober: tcp, timeout: 5s, tcp: {{ preferred_ip_protocol: ip4 }} }}
  ping: {{ prober: icmp, timeout: 5s, icmp: {{ preferred_ip_protocol: ip4 }} }}
  dns: {{ prober: dns, timeout: 5s, dns: {{ preferred_ip_protocol: ip4, query_name: t7.bench.test, query_type: A }} }}
"""
BLACKBOX_TARGETS = {
    "http": f"http://%s:{HTTP_PORT}/",
    "https": f"https://%s:{HTTPS_PORT}/",
    "delay": f"http://%s:{DELAY_PORT}/",
    "tcp": f"%s:{HTTP_PORT}",
    "ping": "%s",
    "dns": f"%s:{DNS_PORT}",
}


class Blackbox(Program):
    """Debian's prometheus-blackbox-exporter. Not pinned: its runtime wants both processors. The
    system's roots and the benchmark's own are read once, by SSL_CERT_FILE."""

    def __init__(self, lab):
        self.lab = lab
        config = lab.folder / "blackbox.yml"
        config.write_text(BLACKBOX_MODULES.format())
        super().__init__(
            ["prometheus-blackbox-exporter", f"--config.file={config}",
             "--web.listen-address=127.0.0.1:9115", "--log.level=error"],
            lab.folder / "blackbox.log", env={"SSL_CERT_FILE": str(lab.folder / "bundle.pem")},
            ready=lambda: answers(9115))

    def load(self, kind, **options):
        """Drives /probe; {cpu_us, rate, ok_share, duration_us_p50, duration_us_p99}."""
        module = "http" if kind == "delay" else kind
        words = {"module": module, "target": BLACKBOX_TARGETS[kind], **options}
        cpu = self.cpu_s()
        output = subprocess.run(
            [self.lab.programs / "bench_probe_load", *(f"{k}={v}" for k, v in words.items())],
            check=True, capture_output=True, text=True, timeout=300).stdout
        used = self.cpu_s() - cpu
        found = {key: float(value) for key, value in re.findall(r"(\w+)=(\S+)", output)}
        return {**found, "cpu_us": 1e6 * used / found["done"],
                "ok_share": found["succeeded"] / found["done"]}


def fping(lab, targets, packets):
    """CPU per packet of `fping` flat out, {cpu_us}."""
    names = lab.folder / f"fping-{targets}"
    names.write_text("".join(target_address(index) + "\n" for index in range(targets)))
    process = subprocess.Popen(
        ["taskset", "-c", PROBER_CPU, "fping", "-q", f"-C{packets}", "-i0", "-p1", "-r0", "-t500",
         "-f", str(names)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return {"cpu_us": 1e6 * (usage.ru_utime + usage.ru_stime) / (targets * packets)}
