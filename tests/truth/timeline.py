"""The truth: what each service was at each time, from the faults that were made and when. Pure; no
word of the agent's goes in. The rules stand in README.md, in the order in which they stand here.

A class is "up", "unknown", "maintenance" or "down:CAUSE". Where an observer cannot know, several are
right: the truth is a set of classes for every time.
"""

from spans import (
    BEAT_ON_BATTERY_S,
    BEAT_S,
    DARK,
    GATEWAY,
    HOST,
    LINK,
    MAINS_OFF,
    MAINTENANCE,
    MEASURED_S,
    NO_NAMES,
    NO_SIGHT,
    OWN,
    POWER,
    READING_AGE_S,
    UNKNOWN,
    UP,
    UPS_GONE,
    WAY_OUT,
    Segment,
    is_down,
)


class Truth:
    """`nodes` by name, `spans` as they were played, `pace` as the agent is set."""

    def __init__(self, nodes, spans, pace, ttl_s=1.0):
        self.nodes, self.spans, self.pace, self.ttl_s = nodes, spans, pace, ttl_s
        self.has_link = "wan" in nodes

    # How exact one can be, in seconds.

    def width(self, name):
        """The widest that a bound may be: interval, time limit, retry; of its needs, too."""
        node, pace = self.nodes[name], self.pace
        own = pace.interval + pace.limit + pace.retry + MEASURED_S
        if node.role == "mains":
            own += READING_AGE_S
        if node.is_named:
            own += self.ttl_s
        return max([own, *(self.width(need) for need in node.needs)])

    def unseen(self, name):
        """What is shorter may not be seen at all: two runs must fail, one after the other."""
        return self.width(name) + self.pace.limit

    def blink(self, name):
        """A time up that is shorter may not be seen: no run need fall into it; a link must be good
        for its hold_down."""
        node = self.nodes[name]
        hold = self.pace.hold if node.role == "link" else 0.0
        return max([self.width(name) + hold, *(self.blink(need) for need in node.needs)])

    def first_look(self):
        """What lies behind a way that was gone is seen after the way itself is."""
        return self.pace.interval + self.pace.limit

    def moment(self, time):
        """(earliest, latest) of a change that `segments` puts at `time`."""
        edges = [e for s in self.spans for e in (s.begin, s.end) if abs(e.at - time) < 0.0005]
        return min([time, *(e.low for e in edges)]), max([time, *(e.high for e in edges)])

    def lost_or_found(self, name):
        """[(earliest, latest)] of when the way to it was lost or came back, or its mains: until it
        knows how far the fault reaches, and while sensors contradict each other, whoever looks may
        say that it does not know."""
        node, faults = self.nodes[name], set(NO_SIGHT)
        if node.is_beyond or node.is_named:
            faults |= WAY_OUT["wan"] | NO_NAMES
        if self.is_fed_by_mains(name):
            faults |= MAINS_OFF
        edges = [e for s in self.spans if s.fault in faults for e in (s.begin, s.end)]
        return [(edge.low, edge.high) for edge in edges]

    def silence(self):
        """No run for so long is no sight (docs/outages.md); what is shorter may go unnoticed."""
        return 2 * self.pace.interval + self.pace.limit + MEASURED_S

    # What is right at a time.

    def segments(self, name, begin, end):
        """[Segment] of [begin, end), one after the other; neighbours differ."""
        cuts = sorted({begin, end, *(t for t in self.changes(name) if begin < t < end)})
        found = []
        for low, high in zip(cuts, cuts[1:]):
            time = (low + high) / 2
            right, down = frozenset(self.right(name, time)), is_down(
                self.really(name, self.at(time))
            )
            if found and (found[-1].right, found[-1].is_down) == (right, down):
                low = found.pop().begin
            found.append(Segment(low, high, right, down))
        return found

    def at(self, time):
        return [span for span in self.spans if span.is_at(time)]

    def changes(self, name):
        for span in self.spans:
            yield from (span.begin.at, span.end.at, span.begin.at + self.ttl_s)
            yield span.end.at + self.pace.settle + self.width(name)
            if span.fault in DARK:
                yield from (span.begin.at - BEAT_S, span.begin.at - BEAT_ON_BATTERY_S)

    def right(self, name, time):
        """The set of classes that are right. A fault that is too short to be seen may be left out."""
        active = self.at(time)
        noticed = [span for span in active if not self.is_short(span, name)]
        found = self.by_rules(name, time, active)
        return found | self.by_rules(name, time, noticed) if len(noticed) < len(active) else found

    def is_short(self, span, name):
        if span.fault in {"maintain", "cable"} | DARK:
            return False
        return span.length < (self.silence() if span.fault == "stop" else self.unseen(name))

    def by_rules(self, name, time, active):
        if self.has_window(name, active):
            return {MAINTENANCE}
        found = set()
        for need in self.nodes[name].needs:
            said = self.by_rules(need, time, active)
            downs = set(filter(is_down, said))
            others, found = said - downs, found | downs
            is_really_down = is_down(self.really(need, active))
            if MAINTENANCE in others and is_really_down:
                others, found = others - {MAINTENANCE}, found | {MAINTENANCE}
            if not others:
                return found
            if UNKNOWN in others and is_really_down:
                found = found | {UNKNOWN}
        return found | self.by_itself(name, time, active)

    @staticmethod
    def has_window(name, active):
        return any(s.fault == "maintain" and s.argument.split(" ")[0] == name for s in active)

    def really(self, name, active):
        """What it is to its users, whoever looks."""
        node = self.nodes[name]
        for need in node.needs:
            if is_down(found := self.really(need, active)):
                return found
        faults = {span.fault for span in active}
        if node.role == "link":
            return LINK if faults & WAY_OUT[name] else UP
        if node.role == "mains":
            return POWER if faults & MAINS_OFF else UP
        mine = {span.fault for span in active if span.argument in node.hit_by}
        own = next((cls for fault, cls in OWN.items() if fault in mine), UP)
        return HOST if own == UP and self.is_unreachable(node, faults) else own

    def is_unreachable(self, node, faults):
        """Nobody said that a link leads there: a site that nobody reaches is down."""
        return node.is_beyond and not self.has_link and bool(faults & (WAY_OUT["wan"] - GATEWAY))

    def by_itself(self, name, time, active):
        node, faults = self.nodes[name], {span.fault for span in active}
        own = {self.really(name, active)}
        own |= self.explained(name, time, active)
        own |= self.dark(name, time, active)
        if self.cannot_see(node, faults):
            own = {UNKNOWN} | set(filter(is_down, own)) | self.cached(node, time, active)
        if node.is_beyond and "loss" in faults:
            own |= {UP, UNKNOWN} | ({LINK} if node.role == "link" else set())
        if self.is_unreachable(node, faults) or (node.is_named and faults & WAY_OUT["wan"]):
            own.add(UNKNOWN)
        return own | self.of_ups(node, active)

    def cannot_see(self, node, faults):
        if faults & NO_SIGHT:
            return True
        if node.is_named and faults & NO_NAMES:
            return True
        is_target_beyond = node.is_beyond and node.role == "target"
        return is_target_beyond and bool(faults & (WAY_OUT["wan"] if self.has_link else GATEWAY))

    def cached(self, node, time, active):
        """An answer that the resolver gave before it died still holds."""
        ages = [time - span.begin.at for span in active if span.fault in NO_NAMES]
        is_alone = not {span.fault for span in active} & (NO_SIGHT | WAY_OUT["wan"])
        is_cached = node.is_named and ages and is_alone and min(ages) < self.ttl_s
        return {UP} if is_cached else set()

    @staticmethod
    def of_ups(node, active):
        """Nobody hears of a UPS whose server is gone; the mains has its canaries."""
        if not any(s.fault in UPS_GONE or (s.fault, s.argument) == ("host", "nut") for s in active):
            return set()
        if node.role == "ups":
            return {UNKNOWN, "down:service", HOST}
        is_on = not any(span.fault in MAINS_OFF for span in active)
        return {UNKNOWN} if node.role == "mains" and is_on else set()

    def explained(self, name, time, active):
        """A fault that began in a cut and outlasts it, by settle at most, may be the cut's."""
        node, found = self.nodes[name], set()
        own = [s.begin.at for s in active if s.argument in node.hit_by and s.fault in OWN]
        for begin, end, cls in self.cuts(node) if own else ():
            is_after = end <= time <= end + self.pace.settle + self.width(name)
            if is_after and min(own) >= begin - self.width(name):
                found.add(cls)
        return found

    def cuts(self, node):
        """[(begin, end, class)] of all that its users need."""
        for need in node.needs:
            role = self.nodes[need].role
            faults = MAINS_OFF if role == "mains" else WAY_OUT.get(need, set())
            cls = POWER if role == "mains" else LINK
            for span in self.spans:
                if span.fault in faults:
                    yield span.begin.at, span.end.at, cls
            yield from self.cuts(self.nodes[need])

    def dark(self, name, time, active):
        """What was not on disk when the agent died; what a machine that went with its mains cannot
        know of its return."""
        found = set()
        for span in self.spans:
            if span.fault not in DARK:
                continue
            is_off = any(s.fault in MAINS_OFF and s.is_at(span.begin.at) for s in self.spans)
            since = span.begin.at - (BEAT_ON_BATTERY_S if is_off else BEAT_S)
            if since <= time < span.begin.at:
                found.add(UNKNOWN)
            if span.fault == "reboot" and is_off and span.is_at(time):
                found |= {POWER} if self.is_fed_by_mains(name) else set()
        return found

    def whys(self, name, time):
        """The reasons that are right for being unknown at a time (docs/metrics.md)."""
        node, faults = self.nodes[name], {span.fault for span in self.at(time)}
        if faults & DARK:
            return {"agent_dark"}
        patience = self.width(name) + self.first_look()
        is_new = any(s.fault in DARK and 0 <= time - s.end.at <= patience for s in self.spans)
        if is_new or "stop" in faults:
            return {"not_probed", "agent_trouble", "via_down"}
        is_judged = node.role in ("link", "mains")
        is_way_gone = bool(faults & (NO_SIGHT | WAY_OUT["wan"]))
        return {"via_down"} if is_way_gone and not is_judged else {"via_down", "agent_trouble"}

    def is_fed_by_mains(self, name):
        node = self.nodes[name]
        return node.role == "mains" or any(map(self.is_fed_by_mains, node.needs))
