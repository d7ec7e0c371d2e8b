"""1,000 UPSes on 50 NUT servers, every 5 s, alone and beside a server that accepts and never
answers: what they cost, and whether the silent one delays anybody else."""

import os
import re
import time

from figures import median, quantile, short, spread, table, verdict
from probers import Agent

UPSES, MUTE = 1000, 20
INTERVAL_S = 5
SETTLE_S = 12
MEASURE_S = float(os.environ.get("SIAGA_BENCH_UPS_S", "60"))
CPU_BOUND, AGE_BOUND_S = 0.02, 1.3 * INTERVAL_S


def values(text, metric, kind):
    found = re.findall(rf'^{metric}\{{.*target="{kind}-\d+".*\}} (\S+)$', text, re.MULTILINE)
    return [float(value) for value in found]


def round_of(lab, groups):
    """CPU of the agent over the stretch, as a share of one core; then three looks at how old each
    UPS's last run is and how long it took. The looks stand outside the stretch."""
    with Agent(lab, f"{INTERVAL_S}s", groups) as agent:
        time.sleep(SETTLE_S)
        began, cpu = time.monotonic(), agent.cpu_s()
        time.sleep(MEASURE_S)
        share = (agent.cpu_s() - cpu) / (time.monotonic() - began)
        ages, durations = [], []
        for _ in range(3):
            text, now = agent.metrics(), time.time()
            ages += [now - at for at in values(text, "siaga_probe_last_run_timestamp_seconds", "ups")]
            durations += [1e3 * s for s in values(text, "probe_duration_seconds", "ups")]
            time.sleep(INTERVAL_S / 2)
        good = len(values(text, "network_ups_tools_battery_charge", "ups"))
        return {"share": share, "age_s": max(ages), "good": good, "p99_ms": quantile(durations, 0.99),
                "max_ms": max(durations), "rss_mb": agent.status("VmRSS") / 1024}


def row(name, rounds):
    return [name, spread([1e2 * r["share"] for r in rounds]),
            spread([1e6 * r["share"] / (UPSES / INTERVAL_S) for r in rounds]),
            spread([r["p99_ms"] for r in rounds]), short(max(r["max_ms"] for r in rounds)),
            short(max(r["age_s"] for r in rounds)), short(median([r["rss_mb"] for r in rounds]))]


def run(lab, rounds):
    alone, beside = [], []
    with lab.nut_servers():
        for _ in range(max(1, rounds // 2)):
            for found, groups in ((alone, [("ups", UPSES)]), (beside, [("ups", UPSES), ("mute", MUTE)])):
                found.append(round_of(lab, groups))
                print(f"  {groups}: {100 * found[-1]['share']:.2f} % of a core, oldest run "
                      f"{found[-1]['age_s']:.1f} s, p99 {found[-1]['p99_ms']:.1f} ms", flush=True)
    share, age = median([r["share"] for r in alone]), max(r["age_s"] for r in beside)
    good = min(r["good"] for r in alone + beside)
    heads = ["", "% of one core", "CPU us per UPS asked", "p99, ms", "max, ms", "oldest run, s", "memory, MB"]
    rows = [row("1,000 UPSes, 50 servers", alone), row(f"beside {MUTE} of a silent server", beside)]
    return table(heads, rows) + (
        f"\n\n- {100 * share:.2f} % of one core (bound {100 * CPU_BOUND:.0f}): {verdict(share < CPU_BOUND)}."
        f"\n- Beside the silent server the oldest run of the others is {short(age)} s old (bound "
        f"{AGE_BOUND_S:.1f}), and {good} of {UPSES} have readings: "
        f"{verdict(age < AGE_BOUND_S and good == UPSES)}.")
