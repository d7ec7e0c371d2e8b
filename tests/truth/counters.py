"""Watches the agent's counters while a scenario is played: none goes back, not even over a restart,
and a target's four classes add up to the time that is booked.
"""

import http.client
import re
import threading

LOOK_S = 2.0
UNANSWERED = (OSError, RuntimeError, http.client.HTTPException)
TICK_S = 0.002
ADDED_S = 0.15  # a scrape is no instant
TIMES = re.compile(
    r"^siaga_target_(?:(up|down|unknown|maintenance)_seconds_total|(booked_until)_timestamp_seconds)"
    r"{(.*)} (\S+)$",
    re.MULTILINE,
)
TARGET = re.compile(r'target="([^"]*)"')


def read(text):
    """({series: value} of the counters, {target: (sum of its classes, booked until)})."""
    counters, sums, booked = {}, {}, {}
    for cls, _, labels, value in TIMES.findall(text):
        target = TARGET.search(labels).group(1)
        if cls:
            counters[f"{cls} {labels}"] = float(value)
            sums[target] = sums.get(target, 0.0) + float(value)
        else:
            booked[target] = float(value)
    return counters, {target: (sums[target], booked[target]) for target in sums if target in booked}


class Watch:
    """A thread that looks until end(). While the agent is stopped or dead it rests."""

    def __init__(self, agent):
        self.agent, self.complaints, self.counters, self.added = agent, [], {}, {}
        self.lock, self.is_away, self.ended = threading.Lock(), False, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def before(self, fault, is_on):
        if is_on and fault in ("stop", "kill", "reboot"):
            with self.lock:
                self.is_away = True

    def after(self, fault, is_on):
        if not is_on and fault in ("stop", "kill", "reboot"):
            with self.lock:
                self.is_away = False

    def run(self):
        while not self.ended.wait(LOOK_S):
            with self.lock:
                if not self.is_away:
                    self.look()

    def look(self):
        try:
            text = self.agent.ask("/metrics")
        except UNANSWERED as error:
            self.complaints.append(f"/metrics did not answer: {error}")
            return
        counters, sums = read(text)
        for series, value in counters.items():
            if value < self.counters.get(series, 0.0) - TICK_S:
                self.complaints.append(
                    f"a counter went back: {series} from {self.counters[series]} to {value}"
                )
            self.counters[series] = value
        for target, (seconds, until) in sums.items():
            added = until - seconds
            if abs(added - self.added.setdefault(target, added)) > ADDED_S:
                self.complaints.append(
                    f"{target}: the classes add up to {seconds:.1f} s, "
                    f"but {until - self.added[target]:.1f} s are booked"
                )

    def end(self):
        """What was wrong, each once."""
        self.ended.set()
        self.thread.join()
        self.look()
        try:
            self.agent.ask("/-/ready")
        except UNANSWERED as error:
            self.complaints.append(f"not ready when all is well: {error}")
        return list(dict.fromkeys(self.complaints))[:5]
