"""Holds what the agent said of one service against the truth (timeline.py). Pure. Every complaint is
a sentence with numbers; no complaint: right.
"""

import dataclasses
import functools

from groups import gaps, group_of, runs
from spans import MAINTENANCE, UNKNOWN, UP

WHY_STEPS = 8  # a reason may hold for a part of a stretch
ALIKE_S = 0.25  # dates of two processes, cut to milliseconds and half a run apart


@dataclasses.dataclass(frozen=True)
class Outage:
    """As `siaga outages` says it, in seconds; None where it says null. `pieces`: [(from, cause)]."""

    start_min: float | None
    start_max: float | None
    end_min: float | None
    end_max: float | None
    cause: str
    pieces: tuple
    is_open: bool = False


@dataclasses.dataclass(frozen=True)
class Slice:
    """A stretch of booked time; `cls` as in spans.py, `why` for unknown time."""

    begin: float
    end: float
    cls: str
    why: str = ""


class Judge:
    """For one service. Times are given, and said, in seconds since `origin`."""

    def __init__(self, truth, name, begin, end, origin=0.0):
        self.name, self.begin, self.end, self.origin = name, begin, end, origin
        self.segments = truth.segments(name, begin, end)
        self.width, self.unseen = truth.width(name), truth.unseen(name)
        self.first_look, self.moment = truth.first_look(), truth.moment
        self.lost_or_found = truth.lost_or_found(name)
        self.whys = functools.partial(truth.whys, name)
        self.blink, self.complaints = truth.blink(name), []

    def complain(self, text):
        self.complaints.append(f"{self.name}: {text}")

    def at(self, time):
        return "never" if time is None else f"{time - self.origin:.1f}"

    def judge(self, outages, slices):
        self.judge_slices(slices)
        self.judge_sums(slices)
        self.judge_outages(outages)
        return self.complaints

    # Every moment's class.

    def near(self, wanted, margin=0.0):
        """Where a segment that `wanted` holds for is: [(begin, end)], each `margin` wider."""
        return [
            (self.moment(s.begin)[0] - margin, self.moment(s.end)[1] + margin)
            for s in self.segments
            if wanted(s)
        ]

    def near_class(self, cls):
        """Where a class is right, or as good as. A way that is back must be seen first, and then
        the service."""
        if cls != UNKNOWN:
            return self.near(lambda s: cls in s.right, self.width)
        margin = self.width + self.first_look
        return self.near(lambda s: cls in s.right, margin) + [
            (low - margin, high + margin) for low, high in self.lost_or_found
        ]

    def judge_slices(self, slices):
        for piece in slices:
            begin, end = max(piece.begin, self.begin), min(piece.end, self.end)
            for low, high in gaps(begin, end, self.near_class(piece.cls)):
                if high - low > ALIKE_S:
                    self.complain(
                        f"said {piece.cls} from {self.at(low)} to {self.at(high)}; the truth: "
                        f"{self.truth_in(low, high)}"
                    )
            self.judge_why(piece)
        told = [(piece.begin, piece.end) for piece in slices]
        for low, high in gaps(self.begin, self.end, told):
            if high - low > ALIKE_S:
                self.complain(f"said nothing of {self.at(low)} to {self.at(high)}")

    def judge_why(self, piece):
        """The reason for being unknown, where that is all there was, away from its edges."""
        margin = self.width + self.first_look
        for segment in self.segments if piece.cls == UNKNOWN else ():
            low = max(piece.begin, segment.begin + margin)
            high = min(piece.end, segment.end - margin)
            steps = range(WHY_STEPS + 1)
            right = set().union(
                *(self.whys(low + (high - low) * step / WHY_STEPS) for step in steps)
            )
            if segment.right == {UNKNOWN} and high - low > ALIKE_S and piece.why not in right:
                self.complain(
                    f"unknown by {piece.why} from {self.at(low)} to {self.at(high)}; the truth: "
                    f"by {' or '.join(sorted(right))}"
                )

    def truth_in(self, low, high):
        found = [s for s in self.segments if s.begin < high and s.end > low]
        return ", ".join(f"{' or '.join(sorted(s.right))} until {self.at(s.end)}" for s in found)

    # How much of each class.

    def judge_sums(self, slices):
        said = {}
        for piece in slices:
            length = min(piece.end, self.end) - max(piece.begin, self.begin)
            said[piece.cls] = said.get(piece.cls, 0.0) + max(length, 0.0)
        for cls in sorted({*said, *(cls for s in self.segments for cls in s.right)}):
            low, high = self.between(cls)
            if not low - ALIKE_S <= said.get(cls, 0.0) <= high + ALIKE_S:
                self.complain(
                    f"{said.get(cls, 0.0):.1f} s {cls}; the truth: between {low:.1f} and {high:.1f}"
                )

    def between(self, cls):
        """The least and the most of a class that is right, with a width at each of its edges."""
        low = high = 0.0
        for run in runs(self.segments, lambda s: s.right == {cls}):
            low += max(run[-1].end - run[0].begin - self.slack(run), 0.0)
        for run in runs(self.segments, lambda s: cls in s.right):
            high += run[-1].end - run[0].begin + self.slack(run)
        if cls == UNKNOWN:
            high += len(self.lost_or_found) * (self.width + self.first_look)
        return low, high

    def slack(self, run):
        """A width for each edge of a run, and how unsure the edge is; a look more where a way was
        lost or found."""
        slack = 0.0
        for edge in (run[0].begin, run[-1].end):
            low, high = self.moment(edge)
            slack += self.width + high - low if self.begin < edge < self.end else 0.0
        begin, end = run[0].begin - self.width, run[-1].end + self.width
        ways = [low for low, high in self.lost_or_found if low < end and high > begin]
        return slack + len(ways) * self.first_look

    # Outages: which, how many, their bounds and causes.

    def groups(self):
        found = []
        for run in runs(self.segments, lambda s: s.is_down_possible or s.right == {UNKNOWN}):
            while run and not run[0].is_down_possible:
                run = run[1:]
            while run and not run[-1].is_down_possible:
                run = run[:-1]
            if run:
                found.append(group_of(run))
        return found

    def clusters(self):
        """Groups that may be told as one, because the time between may have gone unseen."""
        found = []
        for group in self.groups():
            if found and self.sure_up(found[-1][-1].ended, group.begin) < self.blink:
                found[-1].append(group)
            else:
                found.append([group])
        return found

    def sure_up(self, begin, end):
        inside = [s for s in self.segments if s.begin >= begin - 0.001 and s.end <= end + 0.001]
        if any(MAINTENANCE in s.right for s in inside):
            return float("inf")
        return sum(s.length for s in inside if s.right == {UP})

    def judge_outages(self, outages):
        clusters = self.clusters()
        told = [[] for _ in clusters]
        for outage in outages:
            near = [n for n, cluster in enumerate(clusters) if self.is_near(outage, cluster)]
            if not near:
                self.complain(
                    f"false outage by {outage.cause} from {self.at(outage.start_max)} to "
                    f"{self.at(outage.end_max)}"
                )
            elif len(near) > 1:
                self.complain(
                    f"{len(near)} outages told as one, from {self.at(outage.start_max)} to "
                    f"{self.at(outage.end_max)}"
                )
            else:
                told[near[0]].append(outage)
            self.judge_causes(outage)
        for cluster, found in zip(clusters, told):
            self.judge_cluster(cluster, found, outages)

    def is_near(self, outage, cluster):
        end = self.end if outage.is_open or outage.end_max is None else outage.end_max
        start = self.begin if outage.start_max is None else outage.start_max
        return start <= cluster[-1].ended + self.width and end >= cluster[0].begin - self.width

    def judge_cluster(self, cluster, found, outages):
        where = f"from {self.at(cluster[0].begin)} to {self.at(cluster[-1].ended)}"
        is_required = any(group.must >= self.unseen for group in cluster)
        if not found:
            is_told = any(self.is_near(outage, cluster) for outage in outages)
            if is_required and not is_told:
                self.complain(f"missed the outage {where}")
        elif len(found) > len(cluster):
            self.complain(f"one outage {where} told as {len(found)}")
        elif len(found) == len(cluster):
            for group, outage in zip(cluster, sorted(found, key=lambda o: o.start_max or 0.0)):
                self.judge_bounds(group, outage)
        elif len(found) == 1:
            first, last = cluster[0], cluster[-1]
            self.judge_bounds(
                dataclasses.replace(last, begin=first.begin, begun=first.begun), *found
            )

    def judge_bounds(self, group, outage):
        if outage.is_open and group.ended < self.end:
            self.complain(f"the outage of {self.at(group.begin)} is still open")
            return
        sides = (
            ("start", outage.start_min, outage.start_max, group.begin, group.begun),
            ("end", outage.end_min, outage.end_max, group.end, group.ended),
        )
        for side, low, high, *truth in sides:
            early, late = self.moment(truth[0])[0], self.moment(truth[1])[1]
            if outage.is_open and side == "end":
                continue
            if low is None or high is None:
                self.complain(f"{side} between {self.at(low)} and {self.at(high)}: not known")
                continue
            truth = self.at(early) if late - early < 0.1 else f"{self.at(early)} to {self.at(late)}"
            if low - ALIKE_S > late or high + ALIKE_S < early:
                self.complain(
                    f"{side} between {self.at(low)} and {self.at(high)}; the truth: {truth}"
                )
            allowed = self.width + self.blind_at(low, high) + late - early
            if high - low > allowed + ALIKE_S:
                self.complain(
                    f"{side} between {self.at(low)} and {self.at(high)}, {high - low:.1f} s wide; "
                    f"at most {allowed:.1f} (the truth: {truth})"
                )

    def blind_at(self, low, high):
        """How long nobody could see, of the times without sight that a bound reaches into."""
        return sum(
            s.length for s in self.segments if UNKNOWN in s.right and s.begin < high and s.end > low
        )

    def judge_causes(self, outage):
        last = self.end if outage.end_max is None else outage.end_max
        ends = [begin for begin, _ in outage.pieces[1:]] + [last]
        for (begin, cause), end in zip(outage.pieces, ends):
            right = self.near_class(f"down:{cause}") + self.near_class(UNKNOWN)
            for low, high in gaps(max(begin, self.begin), min(end, self.end), right):
                if high - low > ALIKE_S:
                    self.complain(
                        f"by {cause} from {self.at(low)} to {self.at(high)}; the truth: "
                        f"{self.truth_in(low, high)}"
                    )
        start, cls = outage.start_max, f"down:{outage.cause}"
        if start is not None and not any(
            low <= start <= high
            for low, high in self.near(lambda s: cls in s.right, 2 * self.width)
        ):
            self.complain(f"the outage of {self.at(start)} is called {outage.cause}")
