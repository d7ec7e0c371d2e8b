"""The rule files as text: what alerts there are, and copies of them with other expressions or
shorter times. Reads the layout that these files have (`- alert:` six spaces in, keys eight), not YAML
in general; a file laid out otherwise is refused, never half understood.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "dashboards" / "rules"
ALERTS = RULES / "siaga-alerts.yml"
RECORDING = RULES / "siaga-recording.yml"
RUNBOOKS = ROOT / "dashboards" / "runbooks"

BLOCK = re.compile(r"^      - alert: (\w+)\n((?:(?:        .*)?\n)*)", re.M)
EXPRESSION = re.compile(r"^        expr: (?:\|\n(?:(?:          .*)?\n)+?(?=        \S)|.*\n)", re.M)


class Alert:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.labels = dict(re.findall(r"(\w+): ([\w-]+)", self.line("labels") or ""))
        self.annotations = set(re.findall(r"^          (\w+): ", text, re.M))

    def line(self, key):
        found = re.search(rf"^        {key}: (.*)$", self.text, re.M)
        return found.group(1) if found else None


def alerts(text=None):
    text = ALERTS.read_text(encoding="utf-8") if text is None else text
    found = [Alert(*block) for block in BLOCK.findall(text)]
    if len(found) != len(re.findall(r"\balert: \w", re.sub(r"#.*", "", text))):
        raise ValueError("an alert is laid out in another way than the others")
    return found


def names():
    return sorted({alert.name for alert in alerts()})


def with_expression(expression, but):
    """All alerts, each with this expression instead of its own, but for these names."""

    def replaced(block):
        if block.group(1) in but:
            return block.group()
        text, count = EXPRESSION.subn(f"        expr: {expression}\n", block.group(2), count=1)
        if count != 1:
            raise ValueError(f"{block.group(1)} has no expression")
        return f"      - alert: {block.group(1)}\n{text}"

    return BLOCK.sub(replaced, ALERTS.read_text(encoding="utf-8"))


def without_group(text, name):
    head, *groups = re.split(r"(?m)^  - name: ", text)
    return head + "".join(f"  - name: {group}" for group in groups if group.split("\n")[0] != name)


UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = r"((?:\d+(?:ms|s|m|h|d))+)"
PLACES = re.compile(
    rf"(?P<before>(?:^ *(?:for|keep_firing_for|interval|group_wait|group_interval|repeat_interval|"
    rf"resolve_timeout|scrape_interval|scrape_timeout|evaluation_interval): )|\[|\boffset )"
    rf"{DURATION}(?P<after>$|\]|\b)", re.M)


def seconds(duration):
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)(ms|[smhd])", duration))


def divided(text, factor):
    """The same text, every duration of a rule or of Alertmanager divided. Numbers in an expression that
    are seconds (7 * 86400) stay; names that end in a duration (down_ratio:1h) are names.
    """
    return PLACES.sub(lambda found: found["before"]
                      + f"{max(1, round(seconds(found[2]) * 1000 / factor))}ms" + found["after"], text)
