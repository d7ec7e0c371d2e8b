"""Holds what the agents' reports say against the script and against the deaths (kill_nine.py). All
times are seconds of CLOCK_BOOTTIME. What a report states as bounds must contain the truth; what no
run can have seen may be missing, nothing may be invented."""

from datetime import datetime

import stage

INTERVAL_MS, TIMEOUT_MS, RETRY_MS = 1000, 500, 200

# A run takes at most twice its time limit. An outage began by the end of a failed run and ended by
# the end of a good one; what was true was so somewhere within the run.
RUN_S = 2 * TIMEOUT_MS / 1000 + 0.1
LATE_S = 0.5  # a probe that begins so late on a busy machine is still no fault
COMMIT_S = 0.5  # until a record is on disk
# So much of a down (up) time, seen by one life of the agent, must show in its journal.
SEE_DOWN_S = (INTERVAL_MS + RETRY_MS + 2 * TIMEOUT_MS) / 1000 + LATE_S + COMMIT_S
NEED_S = (INTERVAL_MS + TIMEOUT_MS) / 1000 + LATE_S  # between two runs of a need
SEE_UP_S = (INTERVAL_MS + TIMEOUT_MS) / 1000 + LATE_S + COMMIT_S
START_S = 4.0  # a life that left no trace was shorter than this
TICK_S = 0.002  # the journal counts in whole milliseconds
BEAT_LATE_S = 2.0  # a beat may be on disk so much later than its slack says, on a busy machine
FOREVER = float("inf")
FAULTS_SHOWN = 30


class Verdict:
    def __init__(self, faults):
        self.faults, self.compared, self.excused = list(faults), 0, 0
        self.widest, self.darks, self.unseen = 0.0, {}, 0


class Script:
    """When a target was really down: (from, to), each an interval (earliest, latest)."""

    def __init__(self, switches):
        self.downs = []
        for switch in switches:
            moment = (switch["before"], switch["after"])
            if not switch["up"]:
                self.downs.append((moment, (FOREVER, FOREVER)))
            else:
                self.downs[-1] = (self.downs[-1][0], moment)

    def down_at(self, time):
        """The number of the down time that a run begun at `time` may have seen; None: up."""
        for number, (begin, end) in enumerate(self.downs):
            if begin[0] - RUN_S <= time <= end[1] + RUN_S:
                return number
        return None

    def is_up_at(self, time):
        return not any(begin[1] + TICK_S < time < end[0] - RUN_S for begin, end in self.downs)

    def ups(self):
        ends = [0.0] + [end[1] for _, end in self.downs]
        return list(zip(ends, [begin[0] for begin, _ in self.downs] + [FOREVER]))


def overlap(first, second):
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def seen(span, lives, stalls):
    """The longest that one life looked at the span, stalls of the machine taken off."""
    best = 0.0
    for life in lives:
        part = (max(span[0], life[0]), min(span[1], life[1]))
        if part[1] > part[0]:
            best = max(best, part[1] - part[0] - 2 * sum(overlap(part, stall) for stall in stalls))
    return best


def seconds(stamp):
    return None if stamp is None else stamp["seconds"]


def judge(truth, lives, said, faults):
    verdict = Verdict(faults)
    journal = said["journal"]
    known_until = seconds(journal["known_until"])
    # Where nothing was recorded before, the first life begins with its first node.
    added = min((seconds(node["added"]) for node in journal["nodes"]), default=known_until)
    recorded = judge_darkness(verdict, journal["dark_intervals"], lives, added)
    for node in journal["nodes"]:
        name = node["name"]
        script = Script(truth["switches"].get(stage.NEEDS.get(name, name), []))
        outages = [row for row in journal["outages"] if row["node"] == node["node"]]
        stretches = [row for row in journal["stretches"] if row["node"] == node["node"]]
        place = Place(verdict, name, script, recorded, truth["stalls"])
        covered = place.judge_outages(outages, node)
        place.judge_missing(covered)
        place.judge_stretches(stretches, seconds(node["added"]), known_until)
        place.judge_dead_time(stretches, lives)
        judge_sums(verdict, name, said["report"], stretches, known_until - seconds(node["added"]))
    judge_dates(verdict, said["outages"], journal)
    return verdict


class Place:
    """What one agent says of one target."""

    def __init__(self, verdict, name, script, lives, stalls):
        self.verdict, self.name, self.script = verdict, name, script
        self.lives, self.stalls = lives, stalls

    def fault(self, text):
        self.verdict.faults.append(f"{self.name}: {text}")

    def judge_outages(self, outages, node):
        """Every outage has its reason in the script. Returns the down times that were reported."""
        covered = set()
        for outage in outages:
            good = seconds(outage["last_good"])
            bad, last_bad = seconds(outage["first_bad"]), seconds(outage["last_bad"])
            ended = seconds(outage["ended"])
            bounds = f"outage {outage['outage']} [{good}, {bad}] to [{last_bad}, {ended}]"
            first, last = self.script.down_at(bad), self.script.down_at(last_bad)
            if ended is None and first is not None:
                last = self.latest_down(first)  # still open: it goes on to the end
            if first is None or last is None:
                if any(overlap((bad - RUN_S, bad + RUN_S), stall) for stall in self.stalls):
                    self.verdict.excused += 1
                else:
                    self.fault(f"{bounds}: the script has it up at {bad if first is None else last_bad}")
                continue
            self.verdict.compared += 1
            begin, end = self.script.downs[first][0], self.script.downs[last][1]
            if good is not None and not self.script.is_up_at(good):
                self.fault(f"{bounds}: last good run while it was down")
            if good is not None and good - RUN_S > begin[1]:
                self.fault(f"{bounds}: began {begin}, before the earliest")
            is_true_end = ended is None or (self.was_up(ended) and end[0] <= ended + RUN_S)
            if not is_true_end:
                self.fault(f"{bounds}: ended {end}, after the latest")
            for number in range(first, last):
                gap = (self.script.downs[number][1][1], self.script.downs[number + 1][0][0])
                if seen(gap, self.lives, self.stalls) > SEE_UP_S:
                    self.fault(f"{bounds}: it was up at {gap}, and seen")
            covered.update(range(first, last + 1))
            start = seconds(node["added"]) if good is None else good
            self.verdict.widest = max(self.verdict.widest, bad - start, (ended or last_bad) - last_bad)
        return covered

    def latest_down(self, first):
        until = max(life[1] for life in self.lives)
        begun = [number for number, (begin, _) in enumerate(self.script.downs) if begin[1] < until]
        return max([first, *begun])

    def was_up(self, ended):
        """At the end of an outage; what a need does is known by its last run only, which may lie back."""
        lately = NEED_S if self.name in stage.NEEDS else RUN_S
        return any(overlap((ended - lately, ended + TICK_S), up) > 0 for up in self.script.ups())

    def judge_missing(self, covered):
        for number, (begin, end) in enumerate(self.script.downs):
            if number in covered:
                continue
            span = (begin[1], end[0])
            if seen(span, self.lives, self.stalls) > SEE_DOWN_S:
                self.fault(f"was down {span}, and there is no outage")
            self.verdict.unseen += 1

    def judge_stretches(self, stretches, added, known_until):
        """One after the other without a gap, and true as far as somebody looked."""
        at = added
        for stretch in stretches:
            begin, end = seconds(stretch["from"]), seconds(stretch["to"])
            if abs(begin - at) > TICK_S / 4 or end < begin:
                self.fault(f"stretches: one ends {at}, the next is {begin} to {end}")
            at = end
            false_ones, limit = [], 0.0
            if stretch["class"] == "up":
                false_ones, limit = [(b[1], e[0]) for b, e in self.script.downs], SEE_DOWN_S
            elif stretch["class"] == "down":
                false_ones, limit = self.script.ups(), SEE_UP_S
            for false_one in false_ones:
                span = (max(begin, false_one[0]), min(end, false_one[1]))
                if seen(span, self.lives, self.stalls) > limit:
                    self.fault(f"booked {stretch['class']} {begin} to {end}; not so at {false_one}")
        if abs(at - known_until) > TICK_S / 4:
            self.fault(f"stretches: the last ends {at}, known until {known_until}")

    def judge_dead_time(self, stretches, lives):
        for life, following in zip(lives, lives[1:]):
            dead = (life["death_max"], following["spawned"])
            for stretch in stretches:
                span = (seconds(stretch["from"]), seconds(stretch["to"]))
                if stretch["why"] != "agent_dark" and overlap(span, dead) > TICK_S:
                    self.fault(f"booked {stretch['class']} {stretch['why']} {span} while dead {dead}")


def judge_darkness(verdict, darks, lives, added):
    """Dark intervals are the times between two lives that left a trace. Returns these lives as
    spans in which the agent can have seen something."""
    ends = [(added, None)] + [(seconds(dark["to"]), dark) for dark in darks]
    recorded, before = [], None
    for number, life in enumerate(lives):
        span = (life["spawned"], life["death_max"])
        mine = [(to, dark) for to, dark in ends if span[0] - TICK_S <= to <= span[1]]
        if not mine:
            if span[1] - span[0] > START_S:
                verdict.faults.append(f"life {number} {span} left no trace")
            continue
        if len(mine) > 1:
            verdict.faults.append(f"life {number} {span} has two beginnings: {mine}")
        to, dark = mine[0]
        recorded.append((to, life["death_min"]))
        if dark is not None:
            judge_dark(verdict, dark, before, life, lives)
        before = life
    if len(recorded) != len(ends):
        verdict.faults.append(f"{len(ends) - 1} dark intervals, {len(recorded)} lives left a trace")
    return recorded


def judge_dark(verdict, dark, before, life, lives):
    begin, end, slack = seconds(dark["from"]), seconds(dark["to"]), dark["slack_seconds"]
    what = f"dark {dark['id']} {dark['class']} {begin} + {slack} to {end}"
    verdict.darks[dark["class"]] = verdict.darks.get(dark["class"], 0) + 1
    wanted = "stop" if before["is_clean"] else "crash"
    if dark["class"] != wanted:
        verdict.faults.append(f"{what}: the life before ended by {before['how']}")
    is_before = begin <= before["death_max"] + TICK_S
    is_after = before["death_min"] <= begin + slack + BEAT_LATE_S
    if not (is_before and is_after):
        verdict.faults.append(f"{what}: the agent died {before['death_min']} to {before['death_max']}")
    if abs(dark["length_seconds"] - (end - begin)) > TICK_S / 4:
        verdict.faults.append(f"{what}: length {dark['length_seconds']}")
    # Nobody who left a trace lived in it.
    for other in lives:
        if other is not before and begin < other["spawned"] and other["death_max"] < end:
            if other["death_max"] - other["spawned"] > START_S:
                verdict.faults.append(f"{what}: the agent ran {other} meanwhile")


def judge_sums(verdict, name, report, stretches, span_s):
    rows = [row for row in report["targets"] if row["target"] == name]
    if len(rows) != 1:
        verdict.faults.append(f"{name}: {len(rows)} rows in the report")
        return
    millis = {key: round(value * 1000) for key, value in rows[0].items() if key.endswith("_seconds")}
    booked = {"up": 0, "down": 0, "unknown": 0, "maintenance": 0}
    for stretch in stretches:
        booked[stretch["class"]] += round((seconds(stretch["to"]) - seconds(stretch["from"])) * 1000)
    said = {key: millis[f"{key}_seconds"] for key in booked}
    if said != booked:
        verdict.faults.append(f"{name}: the report says {said}, the stretches {booked}")
    # The report reaches to now; since the agent stopped nothing is recorded.
    recorded = millis["existed_seconds"] - millis["unrecorded_seconds"]
    if not sum(said.values()) == recorded == round(span_s * 1000):
        verdict.faults.append(f"{name}: the classes do not add up: {millis}")


def judge_dates(verdict, outages, journal):
    """`siaga outages` says the same as the journal, in dates."""
    if not journal["boots"]:
        return
    began = datetime.fromisoformat(journal["boots"][0]["began"].replace("Z", "+00:00")).timestamp()
    rows = {row["outage"]: row for row in journal["outages"]}
    if set(rows) != {row["id"] for row in outages["outages"]}:
        verdict.faults.append("siaga outages lists others than the journal has")
        return
    for shown in outages["outages"]:
        row = rows[shown["id"]]
        pairs = {"start_max": "first_bad", "end_min": "last_bad", "end_max": "ended"}
        if row["last_good"] is not None:
            pairs["start_min"] = "last_good"
        for key, field in pairs.items():
            date, at = shown[key], seconds(row[field])
            if (date is None) != (at is None):
                verdict.faults.append(f"outage {shown['id']}: {key} is {date}, {field} is {at}")
            elif date and abs(datetime.fromisoformat(date).timestamp() - began - at) > TICK_S:
                verdict.faults.append(f"outage {shown['id']}: {key} is {date}, {field} is {at}")


def show(agents, verdicts, truth):
    """The summary; True when there is no fault."""
    lives = [life for agent in agents for life in agent.lives]
    darks = {}
    for verdict in verdicts:
        for dark_class, count in verdict.darks.items():
            darks[dark_class] = darks.get(dark_class, 0) + count
    kills = sum(life["how"] == "SIGKILL" for life in lives)
    print(f"{kills} kills, {len(lives) - kills} stops of {len(agents)} agents")
    print(
        f"{sum(verdict.compared for verdict in verdicts)} outages compared with the script"
        f" ({sum(map(len, truth['switches'].values()))} switches); largest width of a bound"
        f" {max(verdict.widest for verdict in verdicts):.1f} s;"
        f" {sum(verdict.unseen for verdict in verdicts)} down times too short or dark to be seen"
    )
    print(f"dark intervals: {', '.join(f'{key} {count}' for key, count in sorted(darks.items()))}")
    print(f"{sum(agent.scrapes for agent in agents)} scrapes; counters never went back")
    stalled = sum(stall[1] - stall[0] for stall in truth["stalls"])
    excused = sum(verdict.excused for verdict in verdicts)
    print(f"the machine stalled {stalled:.1f} s; {excused} outages excused by that")
    faults = [f"agent {n}: {fault}" for n, each in enumerate(verdicts) for fault in each.faults]
    for fault in faults[:FAULTS_SHOWN]:
        print(f"FAULT {fault}")
    if len(faults) > FAULTS_SHOWN:
        print(f"... and {len(faults) - FAULTS_SHOWN} more faults")
    return not faults
