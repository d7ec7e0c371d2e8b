"""A dead name server with 100 names behind it, and healthy targets beside them: what the dead ones
do to the durations of the healthy ones, to the loop and to the number of threads."""

import re
import time

from figures import quantile, short, table, verdict
from probers import Agent

HEALTHY = [("http", 50), ("named", 50), ("tcp", 50)]


def worst_lag_s(text):
    """The upper bound of the highest bucket of the loop's lag that was hit."""
    buckets = re.findall(r'^siaga_loop_lag_seconds_bucket\{.*le="([^"]*)".*\} (\S+)$', text, re.MULTILINE)
    counts = [float(value) for _, value in buckets]
    for (bound, _), count in zip(buckets, counts):
        if counts and count == counts[-1]:
            return bound
    return "-"


def watch(lab, groups, seconds):
    with Agent(lab, "1s", groups, timeout="1s") as agent:
        time.sleep(3)
        durations = []
        for _ in range(seconds):
            text = agent.metrics()
            durations += [1e3 * float(value) for name, value in re.findall(
                r'^probe_duration_seconds\{.*target="([^"]*)".*\} (\S+)$', text, re.MULTILINE)
                if not name.startswith("dead")]
            time.sleep(1)
        return {"p50": quantile(durations, 0.5), "p99": quantile(durations, 0.99), "max": max(durations),
                "threads": agent.status("Threads"), "lag": worst_lag_s(agent.metrics())}


def run(lab, rounds):
    rows, worst = [], []
    with lab.nginx(), lab.dns_server():
        for _ in range(max(1, rounds // 2)):
            without = watch(lab, HEALTHY, 10)
            beside = watch(lab, [*HEALTHY, ("dead", 100)], 10)
            worst.append(beside["p99"] - without["p99"])
            rows += [[name, short(r["p50"]), short(r["p99"]), short(r["max"]), r["threads"], r["lag"]]
                     for name, r in (("healthy alone", without), ("beside 100 dead names", beside))]
            print("  " + str(rows[-1]), flush=True)
    same_threads = len({row[4] for row in rows}) == 1
    heads = ["", "p50, ms", "p99, ms", "max, ms", "threads", "loop lag below, s"]
    return table(heads, rows) + (
        f"\n\n- The dead names delay the healthy probes' p99 by {short(max(worst))} ms at worst "
        f"(bound 5): {verdict(max(worst) < 5)}; threads started for them: "
        f"{'none' if same_threads else 'some'}: {verdict(same_threads)}.")
