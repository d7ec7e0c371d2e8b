"""Plays one scenario: an office, the agent, the faults of the script at their times; then asks the
agent what it saw, and the judge whether that is so.
"""

import dataclasses
import datetime
import json
import os
import threading
import time
import traceback

from counters import Watch
from faults import MAKE
from judge import Judge, Outage, Slice
from nodes import nodes_of
from office_agent import FAST, OfficeAgent, Pace
from place import Place
from spans import Edge, Span
from timeline import Truth

LOOK_S = 0.4
BUILDERS = threading.Semaphore(3)  # the kernel makes networks one after the other anyway
WELL_S = 2.0  # all was up for so long before the first fault
PATIENCE_S = 40.0  # until all is up, beyond two intervals
SAID = ("outages", "report", "journal")
AFTER_S = 1.5  # beyond settle and the widest bound


@dataclasses.dataclass(frozen=True)
class Scenario:
    """`script`: (fault, from, to), in seconds since all was well; a fault is a row of faults.py and
    what it hits. `options`: changes of office_agent.tables; None takes a table out."""

    name: str
    script: tuple
    pace: Pace = FAST
    options: dict = dataclasses.field(default_factory=dict)
    ttl_s: int = 1
    has_ipv6: bool = False

    def length(self):
        return max(end for _, _, end in self.script)

    def expected_s(self):
        """About how long it takes: the longest ones are started first."""
        return 2 * self.pace.interval + 3 * self.pace.settle + self.length()


def now():
    return time.time()


class Play:
    def __init__(self, scenario, siaga, folder, services):
        self.scenario, self.siaga, self.folder = scenario, siaga, folder
        self.services, self.place, self.agent = services, None, None
        self.complaints, self.edges, self.began, self.took = [], {}, 0.0, 0.0
        self.stall = 0.0  # so long the machine stood still: what is wrong says nothing of the agent

    def play(self):
        started = time.monotonic()
        try:
            with BUILDERS:
                self.place = Place(self.services, self.scenario.ttl_s, self.scenario.has_ipv6)
            self.play_in_place()
        except Exception:  # the player's own trouble, or the agent's end
            self.complaints.append(traceback.format_exc())
        finally:
            if self.place is not None:
                with BUILDERS:
                    self.place.close()
        self.took = time.monotonic() - started
        self.keep("verdict.json", self.complaints)
        return self

    def play_in_place(self):
        scenario = self.scenario
        self.agent = OfficeAgent(
            self.siaga, self.folder, self.place.at["host"], scenario.pace, scenario.options
        )
        self.agent.start_and_wait()
        watch = None
        try:
            self.wait_well()
            self.began = now()
            watch = Watch(self.agent)
            self.play_script(watch)
            self.wait_settled()
            ended = now()
            self.complaints += watch.end()
        finally:
            self.end_agent()
        self.judge_played(ended)

    def wait_well(self):
        patience = PATIENCE_S + 2 * self.scenario.pace.interval
        end, good_since = time.monotonic() + patience, None
        while good_since is None or time.monotonic() < good_since + WELL_S:
            states = self.agent.states()
            bad = {name: state for name, state in states.items() if state != "up"}
            if bad or not states:
                good_since = None
            elif good_since is None:
                good_since = time.monotonic()
            if time.monotonic() > end:
                raise RuntimeError(f"not well {patience:g} s after the start: {bad}")
            time.sleep(LOOK_S)

    def play_script(self, watch):
        zero = time.monotonic()
        times = sorted({t for _, begin, end in self.scenario.script for t in (begin, end)})
        for at in times:
            time.sleep(max(zero + at - time.monotonic(), 0.0))
            due = [
                (number, is_on)
                for number, (_, begin, end) in enumerate(self.scenario.script)
                for is_on, when in ((False, end), (True, begin))
                if when == at
            ]
            threads = [threading.Thread(target=self.act, args=(*act, watch)) for act in due]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if any("Traceback" in complaint for complaint in self.complaints):
            raise RuntimeError("a fault could not be made")

    def act(self, number, is_on, watch):
        fault, _, argument = self.scenario.script[number][0].partition(" ")
        try:
            watch.before(fault, is_on)
            low = now()
            effect = MAKE[fault](self, f"{fault} {argument}", argument, is_on)
            self.edges[number, is_on] = Edge(effect or low, now())
            watch.after(fault, is_on)
        except Exception:
            self.complaints.append(traceback.format_exc())

    def wait_settled(self):
        truth, pace = Truth(nodes_of(self.scenario), (), self.scenario.pace), self.scenario.pace
        width = max(truth.width(name) for name in truth.nodes)
        time.sleep(pace.settle + pace.hold + width + AFTER_S)

    def end_agent(self):
        code = self.agent.stop()
        if code != 0:
            self.complaints.append(f"the agent ended with {code}")

    def spans(self):
        found = []
        for number, (words, begin, end) in enumerate(self.scenario.script):
            fault, _, argument = words.partition(" ")
            first, last = self.edges[number, True], self.edges[number, False]
            if fault == "maintain":
                # It holds from the command on, for as long as it was declared.
                length = float(argument.split(" ")[1])
                first = Edge(first.low, first.low)
                last = Edge(first.low + length, first.low + length)
            found.append(Span(fault, argument, first, last))
        return found

    def judge_played(self, ended):
        spans, said = self.spans(), self.agent.said(self.began)
        for name, value in said.items():
            self.keep(f"{name}.json", value)
        played = {"began": self.began, "ended": ended}
        self.keep("played.json", {**played, "spans": [dataclasses.asdict(s) for s in spans]})
        self.complaints += judged(self.scenario, self.folder)

    def keep(self, name, value):
        os.makedirs(self.folder, exist_ok=True)
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)


def judged(scenario, folder):
    """The complaints about what was said in a folder that a play has kept."""
    played, said = load(folder, "played"), {name: load(folder, name) for name in SAID}
    began, spans = played["began"], [span_of(row) for row in played["spans"]]
    truth = Truth(nodes_of(scenario), spans, scenario.pace, scenario.ttl_s)
    write_truth(truth, folder, began, played["ended"])
    outages, slices = outages_of(said["outages"]), slices_of(said["journal"])
    last = min(played["ended"], date(said["report"]["known_until"]))
    complaints = []
    for name in truth.nodes:
        judge = Judge(truth, name, began, last, began)
        mine = [o for o in outages.get(name, ()) if (o.end_max or last) >= began]
        complaints += judge.judge(mine, slices.get(name, []))
    return complaints + sums_agree(said["report"], slices, int(began))


def load(folder, name):
    with open(f"{folder}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


def span_of(row):
    edges = {key: Edge(**row[key]) for key in ("begin", "end")}
    return Span(**{**row, **edges})


def write_truth(truth, folder, began, ended):
    """For reading: seconds since the beginning."""
    lines = [f"began {datetime.datetime.fromtimestamp(began, datetime.UTC).isoformat()}"]
    for span in sorted(truth.spans, key=lambda s: s.begin.at):
        first, last = span.begin.at - began, span.end.at - began
        lines.append(f"{first:8.2f} {last:8.2f}  {span.fault} {span.argument}")
    for name in truth.nodes:
        lines.append(f"{name}: bounds at most {truth.width(name):.1f} s wide")
        for segment in truth.segments(name, began, ended):
            right = " or ".join(sorted(segment.right))
            lines.append(f"{segment.begin - began:8.2f} {segment.end - began:8.2f}  {right}")
    with open(f"{folder}/truth.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


# What the agent prints, as the judge takes it.


def date(text):
    return None if text is None else datetime.datetime.fromisoformat(text).timestamp()


def outages_of(rows):
    found = {}
    for row in rows:
        pieces = tuple((date(piece["from"]), piece["cause"]) for piece in row["causes"])
        bounds = (date(row[key]) for key in ("start_min", "start_max", "end_min", "end_max"))
        outage = Outage(*bounds, row["cause"], pieces, row["is_open"])
        found.setdefault(row["target"], []).append(outage)
    return found


def slices_of(journal):
    names, found = {node["node"]: node["name"] for node in journal["nodes"]}, {}
    for row in journal["stretches"]:
        cls = f"down:{row['why']}" if row["class"] == "down" else row["class"]
        piece = Slice(date(row["from"]["date"]), date(row["to"]["date"]), cls, row["why"] or "")
        found.setdefault(names[row["node"]], []).append(piece)
    return found


def sums_agree(report, slices, since):
    """The report's sums against the journal's stretches; `since`: the report's beginning."""
    complaints = []
    for row in report["targets"]:
        said = {cls: row[f"{cls}_seconds"] for cls in ("up", "unknown", "maintenance")}
        said |= {f"down:{cause}": s for cause, s in row["down_seconds_by_cause"].items()}
        booked = dict.fromkeys(said, 0.0)
        for piece in slices.get(row["target"], ()):
            length = max(piece.end - max(piece.begin, since), 0.0)
            booked[piece.cls] = booked.get(piece.cls, 0.0) + length
        for cls, seconds in booked.items():
            if abs(said.get(cls, 0.0) - seconds) > 0.1:
                complaints.append(
                    f"{row['target']}: the report says {said.get(cls, 0.0):.1f} s {cls}, "
                    f"the journal {seconds:.1f}"
                )
    return complaints
