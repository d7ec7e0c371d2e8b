"""Steady load: N http targets every 5 s, a server that answers after exactly 20 ms. What a probe
costs at such rates, and how far the measured duration is from the truth."""

import time

from figures import median, quantile, ratio, short, spread, table, verdict
from probers import Agent, Blackbox

DELAY_S = 0.020
# targets, bound of the ratio, of the error's p50 and p99 in ms
LOADS = [(1000, 0.25, 0.5, 1.5), (10000, None, None, 3.0)]


def agent_round(lab, targets):
    """One settled stretch of 10 s, then three looks at every target's last duration, a round apart."""
    with Agent(lab, "5s", [("delay", targets)]) as agent:
        found = agent.cpu_per_probe(7, 10)
        errors = []
        for _ in range(3):
            errors += [1e3 * (value - DELAY_S) for value in agent.durations_s()]
            time.sleep(5)
        text = agent.metrics()
        found["skipped"] = sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                               if line.startswith("siaga_probes_skipped_total{"))
        found["rss_mb"] = agent.status("VmRSS") / 1024
    return {**found, "p50_ms": quantile(errors, 0.5), "p99_ms": quantile(errors, 0.99)}


def blackbox_round(lab, targets):
    with Blackbox(lab) as blackbox:
        found = blackbox.load("delay", concurrency=2000, targets=targets, period_ms=5000, seconds=15)
        found["rss_mb"] = blackbox.status("VmHWM") / 1024
    return {**found, "p50_ms": found["duration_us_p50"] / 1e3 - 1e3 * DELAY_S,
            "p99_ms": found["duration_us_p99"] / 1e3 - 1e3 * DELAY_S}


def row(name, targets, rounds):
    return [name, targets, spread([r["cpu_us"] for r in rounds]), spread([r["p50_ms"] for r in rounds]),
            spread([r["p99_ms"] for r in rounds]), short(median([r["rss_mb"] for r in rounds]))]


def run(lab, rounds):
    rows, notes = [], []
    with lab.delay_server() as server:
        for targets, share_bound, p50_bound, p99_bound in LOADS:
            ours, theirs = [], []
            for _ in range(rounds):
                theirs.append(blackbox_round(lab, targets))
                ours.append(agent_round(lab, targets))
                print(f"  {targets}: agent {short(ours[-1]['cpu_us'])} us, p99 {short(ours[-1]['p99_ms'])} ms; "
                      f"blackbox {short(theirs[-1]['cpu_us'])} us, p99 {short(theirs[-1]['p99_ms'])} ms",
                      flush=True)
            rows += [row("agent", targets, ours), row("blackbox", targets, theirs)]
            share = ratio([r["cpu_us"] for r in ours], [r["cpu_us"] for r in theirs])
            text = f"{targets} targets: CPU ratio {share:.3f}"
            if share_bound:
                text += f" (bound {share_bound}): {verdict(share <= share_bound)}"
            if p50_bound:
                p50 = median([r["p50_ms"] for r in ours])
                text += f"; error p50 {short(p50)} ms (bound {p50_bound}): {verdict(p50 < p50_bound)}"
            p99 = median([r["p99_ms"] for r in ours])
            text += f"; error p99 {short(p99)} ms (bound {p99_bound}): {verdict(p99 < p99_bound)}"
            kept = min(r["rate"] for r in ours) / (targets / 5)
            text += f"; kept up to {100 * kept:.1f} % of the plan in the worst run, " \
                    f"{sum(r['skipped'] for r in ours):.0f} runs skipped: {verdict(kept > 0.99)}."
            notes.append(text)
    notes.append("The server's own lateness, in all of this: " + server.log.read_text().strip() + ".")
    heads = ["", "targets", "CPU us per probe", "error p50, ms", "error p99, ms", "memory, MB"]
    return table(heads, rows) + "\n\n" + "\n".join(f"- {note}" for note in notes)
