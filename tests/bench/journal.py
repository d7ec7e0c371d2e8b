"""The journal with 10,000 targets and a year of history: its size, a start, a month's report."""

import pathlib
import subprocess

from figures import median, spread, table, verdict

BOUNDS = {"file_mb": ("journal file, MB", 200), "replay_s": ("open, check and replay, s", 2),
          "month_s": ("read the last month, s", 1),
          "month_of_days_s": ("the same from days alone, s", 1)}


def year_round(lab):
    path = pathlib.Path(lab.folder) / "journal.db"
    output = subprocess.run([lab.programs / "bench_journal_year", f"path={path}"], check=True,
                            capture_output=True, text=True, timeout=600).stdout
    return {word.split("=")[0]: float(word.split("=")[1]) for word in output.split()}


def run(lab, rounds):
    found = [year_round(lab) for _ in range(max(1, rounds // 2))]
    rows = []
    for key, (words, bound) in BOUNDS.items():
        values = [one[key] for one in found]
        rows.append([words, spread(values), f"{bound}: {verdict(median(values) < bound)}"])
    return table(["10,000 targets, 5 outages each, 365 days", "", "bound"], rows)
