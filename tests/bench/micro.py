"""Google Benchmark programs that were built beside the agent, as they print."""

import pathlib
import subprocess

TOOLS = {"bench_delay_server", "bench_dns_server", "bench_probe_load", "bench_journal_year"}


def run(lab, rounds):
    parts = []
    for program in sorted(pathlib.Path(lab.programs).glob("bench_*")):
        if program.name in TOOLS or not program.is_file():
            continue
        output = subprocess.run(
            [program, "--benchmark_min_time=0.2", f"--benchmark_repetitions={rounds}",
             "--benchmark_report_aggregates_only=true"],
            capture_output=True, text=True, timeout=600).stdout
        lines = [line for line in output.splitlines() if "_median" in line or line.startswith("Benchmark")]
        parts.append(f"`{program.name}`\n```\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(parts) or "None were built."
