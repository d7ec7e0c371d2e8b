#!/usr/bin/python3
"""run.py --programs FOLDER [--rounds N] [NAME...]: measures in a network namespace of its own, with
only loopback in it, and writes each figure's section of docs/performance.md anew. The rest of that
document, written by hand, stays as it is. Run by `./dev bench`, as root."""

import argparse
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
sys.dont_write_bytecode = True

import dead_dns
import flat_out
import journal
import memory
import micro
import scrape
import steady
import ups
from lab import Lab

SCENARIOS = {"flat-out": flat_out, "steady": steady, "memory": memory, "dead-dns": dead_dns,
             "ups": ups, "scrape": scrape, "journal": journal, "micro": micro}
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "performance.md"


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} processors ({model.group(1) if model else 'unknown'}), " \
           f"Linux {platform.release()}, {pathlib.Path('/etc/debian_version').read_text().strip()}"


def write_section(name, text, rounds):
    """Between <!-- begin NAME --> and <!-- end NAME -->."""
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    section = f"<!-- begin {name} -->\n*{stamp}; {machine()}; `./dev bench {name}`, {rounds} rounds.*\n\n" \
              f"{text}\n<!-- end {name} -->"
    document = DOCUMENT.read_text()
    pattern = re.compile(f"<!-- begin {name} -->.*?<!-- end {name} -->", re.DOTALL)
    if not pattern.search(document):
        raise SystemExit(f"docs/performance.md has no section {name}")
    DOCUMENT.write_text(pattern.sub(lambda _: section, document))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dry", action="store_true", help="print, do not write the document")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENARIOS))
    asked = parser.parse_args()
    for name in asked.names:
        if name not in SCENARIOS:
            parser.error(f"unknown benchmark '{name}'; one of: {', '.join(SCENARIOS)}")
    if os.environ.get("SIAGA_BENCH_INSIDE") != "1":
        # The namespace goes when the last process in it does.
        os.environ["SIAGA_BENCH_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--", sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory(prefix="siaga-bench.") as folder:
        lab = Lab(folder, pathlib.Path(asked.programs).resolve())
        lab.prepare()
        for name in asked.names or SCENARIOS:
            print(f"== {name}: {SCENARIOS[name].__doc__.splitlines()[0]}", flush=True)
            text = SCENARIOS[name].run(lab, asked.rounds)
            print(text, flush=True)
            if not asked.dry:
                write_section(name, text, asked.rounds)


if __name__ == "__main__":
    main()
