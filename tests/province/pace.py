"""How fast the demo plays: its agents look every second or two instead of every half minute, and
the shipped rules wait and remember that much shorter.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Pace:
    factor: int  # the rules' and Alertmanager's durations are divided by it
    interval_s: int  # of the agents' targets
    scrape_ms: int
    before_s: float  # all is well, for so long
    between_s: float  # from one event to the next
    trouble_s: float  # the mains and the link are off at least so long
    after_s: float  # at least, from the repairs to the report

    # A failure may be explained late: the UPS's word takes its driver and its server a second
    # each, however fast the demo plays.
    settle_s: int = 8
    hold_down_s: int = 1

    @property
    def grace_s(self):
        return 300 // self.factor

    @property
    def momentary_s(self):
        return 300 // self.factor

    @property
    def page_s(self):
        """So long a message may take from what it is about: detection, `for`, the group's wait,
        another message of the group before it, and a machine that is busy."""
        return 25 + 2 * 300 / self.factor


SHORT = Pace(
    factor=30, interval_s=2, scrape_ms=1000, before_s=4, between_s=1, trouble_s=14, after_s=0
)
LONG = Pace(
    factor=15, interval_s=2, scrape_ms=1000, before_s=60, between_s=20, trouble_s=80, after_s=80
)
