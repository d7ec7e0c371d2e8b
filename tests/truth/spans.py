"""What the truth is made of: faults with their edges, services, classes; and which fault is what."""

import dataclasses

UP, UNKNOWN, MAINTENANCE = "up", "unknown", "maintenance"
LINK, POWER, HOST = "down:link", "down:power", "down:host"

# A service's own fault, and the class that it makes; the first that is active holds, as a run meets
# them: the name, the machine, the service.
OWN = {
    "nxdomain": "down:dns",
    "servfail": "down:dns",
    "host": HOST,
    "silent": HOST,
    "reject": HOST,
    "refuse": "down:service",
    "status": "down:service",
    "hang": "down:service",
}
MAINS_OFF = {"mains", "mains-unsaid"}
NO_SIGHT = {"cable", "stop", "kill", "reboot"}
DARK = {"kill", "reboot"}
GATEWAY = {"gateway-off", "gateway-hung"}
WAY_OUT = {"wan": GATEWAY | {"isp", "isp-cut", "beyond"}, "lte": {"isp2"}}
NO_NAMES = GATEWAY | {"resolver", "isp", "isp-cut"}
UPS_GONE = {"ups-refuses", "ups-silent"}
# Since the last heartbeat on disk (docs/clock-and-darkness.md): its period and a second.
BEAT_S, BEAT_ON_BATTERY_S = 11.0, 3.0
READING_AGE_S = 2.0  # a UPS's driver may have a reading so long (docs/power.md)
MEASURED_S = 0.4  # the player's clock, a run that waits for a processor


@dataclasses.dataclass(frozen=True)
class Edge:
    """When a fault was made or taken back: not before `low`, and by `high`. Seconds."""

    low: float
    high: float

    @property
    def at(self):
        return (self.low + self.high) / 2


@dataclasses.dataclass(frozen=True)
class Span:
    """A fault and what it hits ("refuse", "portal"), from one edge to the other."""

    fault: str
    argument: str
    begin: Edge
    end: Edge

    def is_at(self, time):
        return self.begin.at <= time < self.end.at

    @property
    def length(self):
        return self.end.at - self.begin.at


@dataclasses.dataclass(frozen=True)
class Node:
    """What is watched. `role`: target, link, mains, ups. `hit_by`: arguments of faults that are its
    own. `is_beyond`: on the far side of the gateway. `is_named`: found through the resolver."""

    name: str
    role: str = "target"
    needs: tuple = ()
    hit_by: tuple = ()
    is_beyond: bool = False
    is_named: bool = False


@dataclasses.dataclass(frozen=True)
class Segment:
    """`is_down`: whether it really was, whoever looked."""

    begin: float
    end: float
    right: frozenset
    is_down: bool = False

    @property
    def length(self):
        return self.end - self.begin

    @property
    def is_down_possible(self):
        return any(map(is_down, self.right))


def is_down(cls):
    return cls.startswith("down:")
