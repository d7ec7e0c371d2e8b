"""/metrics of 10,000 targets: CPU per scrape, how long the loop stands still for one, and what readers
that stopped reading do to the others."""

import socket
import threading
import time

from dead_dns import worst_lag_s
from figures import median, quantile, short, spread, table, verdict
from memory import mixed
from probers import Agent, read

STOPPED_READERS = 8


class Pulse(threading.Thread):
    """Asks /-/healthy every 5 ms over one connection each: its longest wait bounds the loop's."""

    def __init__(self):
        super().__init__(daemon=True)
        self.is_stopped, self.waits_ms = False, []

    def run(self):
        while not self.is_stopped:
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", 9790), timeout=10) as asker:
                asker.sendall(b"GET /-/healthy HTTP/1.0\r\n\r\n")
                while asker.recv(4096):
                    pass
            self.waits_ms.append(1e3 * (time.monotonic() - began))
            time.sleep(0.005)


def cpu_of_scrapes(agent, scrapes, seconds, gzip):
    """CPU per scrape in ms over what the probes themselves cost in an equally long stretch."""
    cpu = agent.cpu_s()
    time.sleep(seconds)
    idle = agent.cpu_s() - cpu
    began, cpu = time.monotonic(), agent.cpu_s()
    for _ in range(scrapes):
        read("/metrics", gzip=gzip)
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    return 1e3 * (agent.cpu_s() - cpu - idle) / scrapes


def latency_s(beside):
    """Of a scrape, with so many stopped readers beside it."""
    readers = []
    for _ in range(beside):
        reader = socket.create_connection(("127.0.0.1", 9790))
        reader.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        readers.append(reader)
    time.sleep(0.5)
    began = time.monotonic()
    read("/metrics", timeout=30)
    took = time.monotonic() - began
    for reader in readers:
        reader.close()
    return took


def run(lab, rounds):
    plain, packed, alone, beside = [], [], [], []
    with lab.nginx(), lab.dns_server(), Agent(lab, "60s", mixed(10000)) as agent:
        time.sleep(12)
        text = agent.metrics()
        series = sum(1 for line in text.splitlines() if line and line[0] != "#")
        pulse = Pulse()
        pulse.start()
        for _ in range(rounds):
            plain.append(cpu_of_scrapes(agent, 10, 5, gzip=False))
        waits = list(pulse.waits_ms)
        pulse.is_stopped = True
        for _ in range(rounds):
            packed.append(cpu_of_scrapes(agent, 5, 5, gzip=True))
            alone.append(latency_s(0))
            beside.append(latency_s(STOPPED_READERS))
        lag = worst_lag_s(agent.metrics())
        peak_mb = agent.status("VmHWM") / 1024
    rows = [
        ["series, bytes of text", f"{series}, {len(text)}"],
        ["CPU of a scrape, ms", f"{spread(plain)} (bound 40): {verdict(median(plain) < 40)}"],
        ["the same with gzip, ms", spread(packed)],
        ["/-/healthy while it is scraped, ms p50 / p99 / max",
         f"{short(median(waits))} / {short(quantile(waits, 0.99))} / {short(max(waits))}"],
        ["loop lag stayed below, s", f"{lag} (bound 0.01)"],
        ["a scrape alone, s", spread(alone)],
        [f"a scrape beside {STOPPED_READERS} stopped readers, s", spread(beside)],
        ["peak memory with all of them, MB", short(peak_mb)],
    ]
    return table(["", "10,000 mixed targets"], rows)
