#!/usr/bin/python3
"""expect.py URL FILE SECONDS: waits until /metrics at URL shows every target of FILE in its expected
state and, where one is named, failing for the expected reason. Exit 0 then; after SECONDS 1, with
what differs."""

import re
import sys
import time
import urllib.request

SERIES = re.compile(r"^(\w+)\{(.*)\} (\S+)", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def look(url):
    """{target: state}, {(target, reason)} as the agent tells them now."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        text = answer.read().decode()
    states, reasons = {}, set()
    for metric, labels, value in SERIES.findall(text):
        if float(value) == 0:
            continue
        label = dict(LABEL.findall(labels))
        if metric == "siaga_target_state":
            states[label["target"]] = label["state"]
        if metric == "siaga_probe_failures_total":
            reasons.add((label["target"], label["reason"]))
    return states, reasons


def differences(url, expected):
    try:
        states, reasons = look(url)
    except OSError as error:
        return [f"{url}: {error}"]
    found = []
    for target, state, *reason in expected:
        if states.get(target) != state:
            found.append(f"{target}: expected {state}, is {states.get(target, 'not there')}")
        for one in reason:
            if (target, one) not in reasons:
                seen = [r for t, r in sorted(reasons) if t == target]
                found.append(f"{target}: expected reason {one}, seen {seen}")
    for target in states.keys() - {line[0] for line in expected}:
        found.append(f"{target}: not expected at all")
    return found


def main():
    url, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with open(path, encoding="utf-8") as lines:
        expected = [line.split() for line in lines if line.strip() and line[0] != "#"]
    end = time.monotonic() + seconds
    while True:
        found = differences(url, expected)
        if not found or time.monotonic() > end:
            break
        time.sleep(0.5)
    for line in found:
        print(line)
    if not found:
        print(f"all {len(expected)} targets are judged as expected")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
