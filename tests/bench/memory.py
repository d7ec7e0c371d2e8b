"""Resident memory with mixed targets, scrapes included, and what 10,000 pings every 10 s cost."""

import time

from figures import median, short, spread, table, verdict
from probers import Agent, read

BOUNDS_MB = {1000: 20, 10000: 64}


def mixed(count):
    fifth = count // 5
    return [(kind, fifth) for kind in ("http", "https", "tcp", "dns", "ping")]


def memory_round(lab, count):
    """After every target ran at least twice and five scrapes of each form were read."""
    with Agent(lab, "10s", mixed(count)) as agent:
        time.sleep(22)
        series = 0
        for _ in range(5):
            series = sum(1 for line in agent.metrics().splitlines() if line and line[0] != "#")
            read("/metrics", gzip=True)
        return {"rss_mb": agent.status("VmRSS") / 1024, "peak_mb": agent.status("VmHWM") / 1024,
                "threads": agent.status("Threads"), "series": series}


def run(lab, rounds):
    rows = []
    with lab.nginx(), lab.dns_server():
        for count, bound in BOUNDS_MB.items():
            found = [memory_round(lab, count) for _ in range(max(1, rounds // 2))]
            peak = [r["peak_mb"] for r in found]
            rows.append([f"{count} mixed targets", found[0]["series"], spread([r["rss_mb"] for r in found]),
                         spread(peak), found[0]["threads"], f"{bound} MB: {verdict(median(peak) < bound)}"])
            print("  " + " ".join(str(cell) for cell in rows[-1]), flush=True)
        shares = []
        for _ in range(rounds):
            with Agent(lab, "10s", [("ping", 10000)]) as agent:
                found = agent.cpu_per_probe(12, 10)
                shares.append(100 * found["cpu_us"] * found["rate"] / 1e6)
    heads = ["", "series", "resident, MB", "peak, MB", "threads", "bound"]
    share = median(shares)
    return table(heads, rows) + (
        f"\n\n- 10,000 ping targets every 10 s: {spread(shares)} % of a processor "
        f"(bound 5): {verdict(share < 5)} ({short(share * 10)} us a ping).")
