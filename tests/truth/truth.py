#!/usr/bin/python3
"""Plays faults against the real agent in offices made of network namespaces, keeps the true
timeline itself, and judges what the agent says of it: README.md has the rules.

    truth.py SIAGA [--only PATTERN]... [--list] [--jobs N] [--repeat N] [--keep FOLDER] [--first]
    truth.py SIAGA --again FOLDER    judges what was kept, without playing it

Needs root, or user namespaces; exit 77 where neither is allowed. Exit 0: all was right.
"""

import argparse
import concurrent.futures
import fnmatch
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "links"))

from play import Play, judged
from scenarios import all_scenarios
from services import Services

SKIPPED = 77
SLOW_S = 10.0  # an interval
STALL = 0.5  # the machine stood still for so much of a time limit: what was wrong is played again
TRIES = 2
LATE_S = 0.1  # what is less is none
NICE = -6  # time limits are what is tested here, not a machine that compiles meanwhile
SHOWN = 6


def arguments():
    parser = argparse.ArgumentParser(description="Does the agent say what was?")
    parser.add_argument("siaga")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--list", action="store_true", help="the scenarios, without playing them")
    parser.add_argument("--jobs", type=int, default=28, help="offices at one time")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="each so many times")
    parser.add_argument("--again", metavar="FOLDER", help="judge once more what was kept there")
    parser.add_argument(
        "--first", action="store_true", help="before all else that the machine does"
    )
    parser.add_argument("--keep", metavar="FOLDER", help="all that was said stays there")
    return parser.parse_args()


def enter_own_world():
    """Starts this program again where it may make namespaces, and where all that it starts ends
    with it. Returns only when it is there already.
    """
    if os.environ.get("SIAGA_TRUTH_INSIDE") == "1":
        return
    for tool in ("unshare", "nsenter", "ip", "nft", "mount"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no `{tool}` here")
            sys.exit(SKIPPED)
    own = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        own += ["--user", "--map-root-user"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: no namespaces may be made here (needs root, or user namespaces)")
        sys.exit(SKIPPED)
    os.environ["SIAGA_TRUTH_INSIDE"] = "1"
    os.execvp(own[0], [*own, sys.executable, "-B", *sys.argv])


class Watched(Services):
    """Knows when its thread had to wait for its turn: [(moment, seconds)]."""

    def __init__(self):
        self.stalls = []
        super().__init__()

    def beat(self, due):
        late = self.loop.time() - due
        if late > LATE_S:
            self.stalls.append((time.monotonic(), late))
        super().beat(due)

    def stall_since(self, moment):
        return max((late for at, late in self.stalls if at >= moment), default=0.0)


def play_one(scenario, siaga, folder, services):
    """A play; another one if it was wrong while the machine stood still, and then for good."""
    for turn in range(TRIES):
        began = time.monotonic()
        play = Play(scenario, siaga, folder, services).play()
        stall = services.stall_since(began)
        play.stall = stall if play.complaints and stall >= STALL * scenario.pace.limit else 0.0
        if not play.stall or turn == TRIES - 1:
            return play
        print(
            f"       {scenario.name} again: the machine stood still for {stall:.1f} s", flush=True
        )
        shutil.rmtree(folder)


def rise():
    """Before what else the machine does, where that is allowed: this process and all that it starts,
    and their session among the others, by which Linux shares the processors first.
    """
    try:
        os.nice(NICE)
        if os.getsid(0) != os.getpid():
            os.setsid()
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(str(NICE))
    except OSError:
        pass  # not allowed, or a kernel without


def play_all(chosen, options, folder):
    """Those at slow settings hardly do anything but wait: they have places of their own."""
    services, siaga, plays = Watched(), os.path.abspath(options.siaga), []
    slow = [scenario for scenario in chosen if scenario.pace.interval >= SLOW_S]
    pools = [concurrent.futures.ThreadPoolExecutor(n) for n in (max(len(slow), 1), options.jobs)]
    begun = [
        pools[scenario not in slow].submit(
            play_one, scenario, siaga, f"{folder}/{scenario.name}{turn or ''}", services
        )
        for turn in range(options.repeat)
        for scenario in chosen
    ]
    for play in concurrent.futures.as_completed(begun):
        plays.append(play.result())
        show(plays[-1], options.keep)
    print(f"the player was late by {services.stall_s:.2f} s at most")
    return plays


def show(play, keep):
    verdict = "unsure" if play.stall else "WRONG" if play.complaints else "right"
    words = f"{verdict:<7}{play.scenario.name:<44}{play.took:.0f} s"
    print(words, flush=True)
    for complaint in play.complaints[:SHOWN]:
        print("       " + complaint.replace("\n", "\n       "), flush=True)
    if len(play.complaints) > SHOWN:
        print(f"       and {len(play.complaints) - SHOWN} more", flush=True)
    if not play.complaints and not keep:
        shutil.rmtree(play.folder)


def judge_again(chosen, folder):
    wrong = 0
    for scenario in chosen:
        if os.path.exists(f"{folder}/{scenario.name}/played.json"):
            complaints = judged(scenario, f"{folder}/{scenario.name}")
            wrong += bool(complaints)
            print(f"{'WRONG' if complaints else 'right':<7}{scenario.name}")
            for complaint in complaints:
                print(f"       {complaint}")
    return 1 if wrong else 0


def main():
    options = arguments()
    chosen = [
        scenario
        for scenario in sorted(all_scenarios(), key=lambda one: -one.expected_s())
        if not options.only or any(fnmatch.fnmatch(scenario.name, p) for p in options.only)
    ]
    if not chosen:
        sys.exit(f"no scenario is called {' or '.join(options.only)}; --list shows them all")
    if options.list:
        for scenario in chosen:
            faults = "; ".join(f"{fault} {a:g}-{b:g}" for fault, a, b in scenario.script)
            print(f"{scenario.name:<44}{scenario.pace.interval:>3g} s  {faults}")
        print(len(chosen))
        return 0
    if options.again:
        return judge_again(chosen, options.again)
    enter_own_world()
    if options.first:
        rise()
    folder = options.keep or tempfile.mkdtemp(prefix="siaga-truth-")
    began = time.monotonic()
    plays = play_all(chosen, options, folder)
    wrong = [play for play in plays if play.complaints]
    print(f"{len(plays) - len(wrong)} of {len(plays)} right, in {time.monotonic() - began:.0f} s")
    if unsure := sum(play.stall > 0.0 for play in wrong):
        print(f"{unsure} unsure: the machine stood still; --first and fewer --jobs help")
    if wrong:
        print(f"what was said and what was true: {folder}")
    elif not options.keep:
        shutil.rmtree(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
