"""CPU per probe at a high rate: the agent with thousands of targets a second (short of what its
processor can do), blackbox_exporter with 50 probes at once, in turn. Ping also against fping, per packet."""

from figures import ratio, short, spread, table, verdict
from probers import Agent, Blackbox, fping

# kind, agent's targets (each once a second), blackbox's probes a round, bound, goal
KINDS = [
    ("http", 3000, 4000, 0.15, 0.10),
    ("tcp", 6000, 6000, 0.15, 0.12),
    ("ping", 12000, 6000, 0.04, 0.025),
    ("dns", 8000, 6000, 0.05, 0.03),
    ("https", 600, 3000, 0.8, 0.55),
]


def measure_kind(lab, blackbox, kind, targets, probes, rounds):
    ours, theirs, fpings = [], [], []
    for _ in range(rounds):
        theirs.append(blackbox.load(kind, concurrency=50, count=probes))
        with Agent(lab, "1s", [(kind, targets)]) as agent:
            ours.append(agent.cpu_per_probe(3, 5))
        if kind == "ping":
            fpings.append(fping(lab, 1000, 10))
        print(f"  {kind}: agent {short(ours[-1]['cpu_us'])} us at {ours[-1]['rate']:.0f}/s "
              f"(ok {ours[-1]['ok_share']:.3f}), blackbox {short(theirs[-1]['cpu_us'])} us", flush=True)
    return ours, theirs, fpings


def run(lab, rounds):
    rows, notes = [], []
    with lab.nginx(), lab.dns_server(), Blackbox(lab) as blackbox:
        for kind, targets, probes, bound, goal in KINDS:
            ours, theirs, fpings = measure_kind(lab, blackbox, kind, targets, probes, rounds)
            cpu, other = [r["cpu_us"] for r in ours], [r["cpu_us"] for r in theirs]
            share = ratio(cpu, other)
            rows.append([kind, spread(cpu), f"{min(r['rate'] for r in ours):.0f}", spread(other),
                         f"{share:.3f}", bound, goal, verdict(share <= bound)])
            if min(r["ok_share"] for r in ours + theirs) < 0.999:
                notes.append(f"{kind}: not every probe was ok ({min(r['ok_share'] for r in ours):.3f} "
                             f"here, {min(r['ok_share'] for r in theirs):.3f} there).")
            if fpings:
                packets = [r["cpu_us"] for r in fpings]
                share = ratio(cpu, packets)
                notes.append(f"ping against fping, per packet: {spread(cpu)} us and {spread(packets)} us, "
                             f"ratio {share:.2f} (bound 1): {verdict(share <= 1)}.")
    heads = ["kind", "agent, us per probe", "probes/s", "blackbox, us per probe", "ratio", "bound",
             "goal", ""]
    return table(heads, rows) + "\n\n" + "\n".join(f"- {note}" for note in notes)
