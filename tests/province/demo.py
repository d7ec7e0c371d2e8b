#!/usr/bin/python3
"""Three offices, a real Prometheus and a real Alertmanager, and a story of five minutes: the power
is cut in one office, the link in another, a certificate runs out in the third, and one service does
not come back. Ends with what the on-call staff were told and with the reports.

    demo.py SIAGA [--short] [--lang id|en] [--pictures FOLDER] [--keep] [--loopback]

Needs Debian's packages of the purpose `province` (packaging/build-packages.txt). Network namespaces
need root, or user namespaces; without them everything happens on loopback. Exit 0: all was told as
it was played; 1: what differs is listed; 77: cannot run here.
"""

import argparse
import contextlib
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import offices
import pace
import world
from centre import Centre
from programs import NotInTime
from stage import Stage
from story import Story
from verdict import Verdict, zoned
from words import Narrator, clock_of, language_of

SKIPPED = 77
SHOOT = pathlib.Path(__file__).resolve().parents[2] / "dashboards" / "preview" / "shoot.mjs"
SHOOTING_S = 300
PIXEL_S = 30
NEEDED = {
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "promtool": "prometheus",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "/lib/nut/upsd": "nut-server",
    "/lib/nut/dummy-ups": "nut-server",
}


def arguments():
    parser = argparse.ArgumentParser(description="Three offices, and a power cut")
    parser.add_argument("siaga")
    parser.add_argument("--short", action="store_true", help="in less than two minutes")
    parser.add_argument("--lang", choices=("id", "en"), help="else as LANG says")
    parser.add_argument("--pictures", metavar="FOLDER", help="draw the dashboards into it")
    parser.add_argument("--keep", action="store_true", help="run on after the story, until Ctrl-C")
    parser.add_argument("--loopback", action="store_true", help="without network namespaces")
    return parser.parse_args()


def missing():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return sorted({NEEDED[name] for name in NEEDED if shutil.which(name, path=path) is None})


def outside(options):
    if lacking := missing():
        print(f"skipped: please install {' '.join(lacking)}")
        return SKIPPED
    code, left = world.run_inside(options.loopback)
    if left:
        print(Narrator(language_of(options.lang)).text("left"), *left, sep="\n  ")
    return code or (1 if left else 0)


def inside(options):
    world.interrupt_at_end()
    narrator = Narrator(language_of(options.lang))
    chosen, layout = pace.SHORT if options.short else pace.LONG, os.environ[world.LAYOUT]
    narrator.say("start", layout=narrator.text(layout))
    folder = os.environ[world.FOLDER]
    stage = Stage(folder, os.path.abspath(options.siaga), chosen, layout)
    with stage, Centre(stage, narrator.language) as centre:
        faults = play(options, narrator, stage, centre)
        if options.keep:
            keep(narrator)
    faults += [*stage.bad_ends, *(f"left behind: {process}" for process in world.left_in(folder))]
    return tell_faults(narrator, faults)


def keep(narrator):
    narrator.say("keep")
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(60)


def play(options, narrator, stage, centre):
    introduce(narrator, stage, centre)
    story = Story(stage, centre, narrator)
    try:
        story.play()
    except NotInTime as error:
        tell_messages(narrator, centre)
        verdict = Verdict(stage, centre, story.times)
        verdict.judge_messages()
        return [*verdict.faults, str(error)]
    tell_messages(narrator, centre)
    tell_reports(narrator, stage, story.times)
    verdict = Verdict(stage, centre, story.times)
    faults = verdict.judge()
    if not faults:
        narrator.say("right", checks=verdict.checks)
    if options.pictures:
        draw(options, narrator, centre, story.times)
    return faults


def introduce(narrator, stage, centre):
    narrator.say("pace", factor=stage.pace.factor, interval=stage.pace.interval_s)
    narrator.say("urls", prometheus=centre.prometheus_url, alertmanager=centre.alertmanager_url)
    if centre.grafana_url:
        narrator.say("grafana", url=centre.grafana_url)
    else:
        narrator.say("no_grafana")


def tell_messages(narrator, centre):
    narrator.head("said")
    for at, text in centre.inbox.texts:
        words = html.unescape(re.sub(r"</?[a-z][^>]*>", "", text)).strip()
        print(f"[{clock_of(at)}]\n" + "\n".join(f"    {line}" for line in words.splitlines()))
    held = sorted({f"{target or name} ({office})" for office, name, target, _ in centre.inhibited})
    print("\n" + narrator.text("held", count=len(held), list=", ".join(held)), flush=True)


def tell_reports(narrator, stage, times):
    for office in offices.OFFICES:
        narrator.head("report", office=office.name)
        words = (zoned(times["begin"]), zoned(times["end"]), "text", narrator.language)
        print(stage.agents[office.id].report(*words), flush=True)


def draw(options, narrator, centre, times):
    """The whole story, and below `trouble` the overview as it was before the repairs."""
    folder = os.path.abspath(options.pictures)
    narrator.say("drawing", folder=folder)
    # A dashboard's pixel tells the worst of its time, and before `begin` nobody could see.
    began = min(times["begin"] + PIXEL_S, times["power_cut"])
    for language in ("id", "en"):
        shoot(centre, folder, began, time.time(), "--lang", language)
        trouble = (f"{folder}/trouble", began, times["power_back"] - 1)
        shoot(centre, *trouble, "--lang", language, "--dashboard", "overview")


def shoot(centre, folder, began, ended, *more):
    words = ["node", SHOOT, "--prometheus", centre.prometheus_url, "--out", folder]
    words += ["--from", str(int(began)), "--to", str(int(ended)), *more]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=SHOOTING_S)


def tell_faults(narrator, faults):
    if faults:
        print(f"\n{narrator.text('wrong')}")
        for fault in faults:
            print(f"  {fault}")
    return 1 if faults else 0


def main():
    options = arguments()
    if not world.is_inside():
        return outside(options)
    try:
        return inside(options)
    except KeyboardInterrupt:
        return world.INTERRUPTED
    except Exception:  # whatever it was, the folder and the processes are put away first
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    sys.exit(main())
