"""What a scenario claims, and whether it is so. A claim that is not so does not end the scenario:
all that is wrong is said at once.
"""

import dataclasses
import time


@dataclasses.dataclass
class Number:
    """Something measured, with the most that it may be."""

    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def is_good(self):
        return self.most is None or self.value < self.most


class Checks:
    def __init__(self):
        self.claims, self.faults, self.numbers = [], [], []

    def that(self, claim, is_so, seen=""):
        """`seen`: what was found instead, shown when it is not so."""
        self.claims.append((claim, bool(is_so)))
        if not is_so:
            self.faults.append(
                f"not so: {claim}" + (f"; seen: {shorten(seen)}" if seen != "" else "")
            )
        return bool(is_so)

    def equal(self, claim, seen, wanted):
        return self.that(claim, seen == wanted, f"{seen!r}, not {wanted!r}")

    def has(self, claim, text, *parts):
        """All the parts are in the text."""
        missing = [part for part in parts if part not in text]
        return self.that(claim, not missing, f"no {missing} in: {text}")

    def within(self, claim, seconds, condition, seen=lambda: ""):
        """Waits for it; the seconds that it took, or None."""
        began = time.monotonic()
        while True:
            is_so = condition()
            took = time.monotonic() - began
            if is_so or took > seconds:
                break
            time.sleep(0.1)
        self.that(f"{claim} (within {seconds:g} s)", is_so, "" if is_so else seen())
        return took if is_so else None

    def number(self, name, value, unit, most=None):
        number = Number(name, value, unit, most)
        self.numbers.append(number)
        if most is not None:
            self.that(f"{name} is under {most:g} {unit}", number.is_good, f"{value:.4g} {unit}")


def shorten(text, most=1500):
    text = str(text).strip()
    return text if len(text) <= most else text[: most // 2] + "\n[...]\n" + text[-most // 2 :]
