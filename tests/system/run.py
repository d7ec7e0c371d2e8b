#!/usr/bin/python3
"""The package on real machines: installed, started, reloaded, killed, cut from power, upgraded,
removed, in a systemd that was really booted (systemd-nspawn; machine.py). Every claim is one that a
user could check.

    run.py --deb FILE [--previous FILE] [--rpm FILE] [--only NAME]... [--list] [--markdown]
           [--keep FOLDER] [--jobs N] [--transcript FILE] [--all]

Needs root, mmdebstrap and systemd-container. Nothing leaves: every machine has its own loopback
only. Exit 0: all is so; 1: the faults are listed; 77: cannot be run here, and why.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

import root as base
from checks import shorten
from lab import Packages, play
from scenarios import SCENARIOS
from transcript import write_transcript

SKIPPED = 77
ALL_S = 900.0  # then something hangs
INSIDE = "SIAGA_SYSTEM_INSIDE"
TOOLS = (
    "mmdebstrap",
    "systemd-nspawn",
    "systemd-analyze",
    "dpkg-deb",
    "unshare",
    "nsenter",
    "ip",
    "mkfs.ext4",
    "pgrep",
)


def arguments():
    parser = argparse.ArgumentParser(description="The package on real machines.")
    parser.add_argument("--deb", type=pathlib.Path, help="the package")
    parser.add_argument("--previous", type=pathlib.Path, help="an older release's package")
    parser.add_argument("--rpm", type=pathlib.Path, help="the .rpm; the one beside the .deb")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the scenarios, without playing them")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--all", action="store_true", help="every claim, also those that are so")
    parser.add_argument(
        "--keep", type=pathlib.Path, metavar="FOLDER", help="the machines' files stay there"
    )
    parser.add_argument("--jobs", type=int, default=3, help="scenarios at one time")
    parser.add_argument(
        "--transcript",
        type=pathlib.Path,
        metavar="FILE",
        help="only: what a new user types and sees, for the README",
    )
    options = parser.parse_args()
    if options.deb and not options.rpm:
        options.rpm = next(
            iter(sorted(options.deb.resolve().parent.glob("siaga-*.x86_64.rpm"))), None
        )
    return options


def cannot():
    """Why it cannot be done on this machine; empty when it can."""
    if os.geteuid() != 0:
        return "machines are booted by root only"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"there is no {', '.join(missing)} here"
    own = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "true"]
    if subprocess.run(own, capture_output=True, check=False, timeout=30).returncode != 0:
        return "no namespaces may be made here"
    if "overlay" not in pathlib.Path("/proc/filesystems").read_text(encoding="ascii"):
        subprocess.run(["modprobe", "overlay"], capture_output=True, check=False, timeout=30)
        if "overlay" not in pathlib.Path("/proc/filesystems").read_text(encoding="ascii"):
            return "this kernel has no overlay file system"
    return ""


def say(text):
    print(f"# {text}", flush=True)


def enter_own_world(root):
    """Starts this program again where it is alone: mounts, machines and networks end with it."""
    if INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=30)
        return pathlib.Path(os.environ[INSIDE])
    os.environ[INSIDE] = str(root)
    own = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp(own[0], [*own, sys.executable, "-B", *sys.argv])


def end_if_it_hangs():
    def end():
        print(f"FAILED: not through after {ALL_S:g} s", flush=True)
        os._exit(1)

    timer = threading.Timer(ALL_S, end)
    timer.daemon = True
    timer.start()


def show(played, is_all):
    check = played.check
    word = "FAILED" if check.faults else "ok"
    print(
        f"{word:<7}{played.scenario.name:<14}{played.took_s:6.1f} s  {len(check.claims):3} claims  "
        f"{played.scenario.what}",
        flush=True,
    )
    if is_all:
        for claim, is_so in check.claims:
            print(f"         {'-' if is_so else 'X'} {claim}")
    for fault in check.faults:
        print("       " + fault.replace("\n", "\n         "), flush=True)
    for title, text in played.logs:
        print(
            f"       --- {title}\n       " + shorten(text, 6000).replace("\n", "\n       "),
            flush=True,
        )


def play_all(chosen, options, folder, root, packages):
    def one(scenario):
        place = folder / scenario.name
        place.mkdir(parents=True, exist_ok=True)
        played = play(scenario, place, root, packages, options.keep is not None)
        show(played, options.all)
        return played

    alone = [one(scenario) for scenario in chosen if scenario.is_alone]
    others = [scenario for scenario in chosen if not scenario.is_alone]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        return [*alone, *pool.map(one, others)]


def table(heads, rows, is_markdown):
    rows = [heads, *([tuple("---" for _ in heads)] if is_markdown else []), *rows]
    if is_markdown:
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )


def results(all_played, is_markdown):
    rows = [
        (
            played.scenario.name,
            "FAILED" if played.check.faults else "ok",
            str(len(played.check.claims)),
            f"{played.took_s:.1f} s",
            played.scenario.what,
        )
        for played in all_played
    ]
    numbers = [
        (
            number.name,
            f"{number.value:.4g} {number.unit}",
            f"{number.most:g} {number.unit}" if number.most is not None else "",
            "" if number.is_good else "too much",
        )
        for played in all_played
        for number in played.check.numbers
    ]
    text = table(("scenario", "", "claims", "took", "what"), rows, is_markdown)
    if numbers:
        text += "\n\n" + table(("measured", "", "at most", ""), numbers, is_markdown)
    return text


def choose(options):
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in options.only:
        if name not in known:
            sys.exit(f"there is no scenario '{name}': {', '.join(known)}")
    has_rpm = options.rpm is not None and shutil.which("rpm") is not None
    return [known[name] for name in options.only] or [
        scenario for scenario in SCENARIOS if scenario.name != "rpm" or has_rpm or options.list
    ]


def main():
    options = arguments()
    chosen = choose(options)
    if options.list:
        print(
            table(("scenario", "what"), [(one.name, one.what) for one in chosen], options.markdown)
        )
        return 0
    if options.deb is None or not options.deb.is_file():
        sys.exit("which package? --deb FILE; ./dev package makes one")
    if INSIDE not in os.environ and (why := cannot()):
        print(f"skipped: {why}")
        return SKIPPED
    root = enter_own_world(None if INSIDE in os.environ else base.make(options.deb, say))
    end_if_it_hangs()
    began = time.monotonic()
    packages = Packages(
        options.deb.resolve(),
        options.previous and options.previous.resolve(),
        options.rpm and options.rpm.resolve(),
    )
    folder = options.keep or base.BUILD / f"run-{os.getpid()}-{int(time.time())}"
    try:
        if options.transcript:
            return write_transcript(options.transcript, folder, root, packages)
        all_played = play_all(chosen, options, folder.resolve(), root, packages)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n" + results(all_played, options.markdown) + "\n")
    failed = [played.scenario.name for played in all_played if played.check.faults]
    print(
        f"{len(all_played) - len(failed)} of {len(all_played)} scenarios are as they should be, in "
        f"{time.monotonic() - began:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
