"""The rules: are they valid, does each promtool test pass, and has every alert a case in which it fires and one in which
it does not? Needs Debian's promtool.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import rule_files
from rule_files import ALERTS, RECORDING

CASES = sorted((pathlib.Path(__file__).parent / "rules").glob("*.yml"))
WITHOUT_NAMES = {"scenes.yml", "night.yml", "office.yml", "messages.yml"}  # name no alert that must or must not fire
NEVER = "vector(1) < 0"
ALWAYS = 'group by (office) ({office!="", __name__!~"ALERTS.*"})'
UNCONDITIONAL = {"SiagaWatchdog"}  # fires always: there is no time at which it must not
FAILED = re.compile(r'expr: "(.*)", time: [^\n]*,\n\s*exp: ([^\n]*)')
PATIENCE_S = 300
OFFICES, SERVICES = 40, 12


def promtool(*words):
    environment = dict(os.environ, TZ="Asia/Makassar")
    return subprocess.run(["promtool", *map(str, words)], env=environment, timeout=PATIENCE_S,
                          capture_output=True, text=True, check=False)


def of_copies(case, alerts_text, folder):
    """Runs one test file against a changed copy of the alerts."""
    case_text, recording = case.read_text(encoding="utf-8"), RECORDING.read_text(encoding="utf-8")
    if "_seconds_total" not in case_text:  # half of the time of a run, for nothing
        recording = rule_files.without_group(recording, "siaga-availability")
    copy, texts = pathlib.Path(folder) / case.name, {"alerts.yml": alerts_text, "recording.yml": recording}
    texts[case.name] = re.sub(r"(?m)^rule_files: .*$", "rule_files: [alerts.yml, recording.yml]", case_text)
    for name, text in texts.items():
        (copy.parent / name).write_text(text, encoding="utf-8")
    return promtool("test", "rules", copy)


def failures(case, expression, but):
    """(alert, was expected to fire) of every expectation that this expression for all alerts breaks."""
    alerts_text = re.sub(r"(?m)^        annotations:.*\n(?:          .*\n)*", "",
                         rule_files.with_expression(expression, but))  # they take most of the time
    with tempfile.TemporaryDirectory() as folder:
        answer = of_copies(case, alerts_text, folder)
    found = set()
    for expr, expected in FAILED.findall(answer.stdout + answer.stderr):
        for name in re.findall(r'alertname=\\"(\w+)\\"', expr):
            found.add((name, expected != "nil"))
    return found


def expectations(text):
    """(names of alerts, expects none) of every expression that asks for alerts by name."""
    for part in re.split(r"\bexpr: ", text)[1:]:
        expression, _, rest = part.partition("eval_time:")
        named = re.search(r'alertname=(~?)"([^"]+)"', expression)
        samples = re.search(r"exp_samples:\s*(\[\])?", rest)
        if named and samples:
            yield named.group(2).split("|"), samples.group(1) is not None


def at_once(function, items):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))


class Rules(unittest.TestCase):
    def test_promtool_accepts_them(self):
        answer = promtool("check", "rules", ALERTS, RECORDING)

        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_every_alert_has_what_a_reader_of_its_message_needs(self):
        for alert in rule_files.alerts():
            with self.subTest(alert=alert.name):
                self.assertIn(alert.labels.get("severity"), {"critical", "warning", "info", "none"})
                self.assertIn(alert.labels.get("layer"), {"power", "link", "service", "agent"})
                if "annotations: *" in alert.text:
                    continue  # those of the alert of the same name above it
                for key in ("summary", "summary_id", "description", "description_id"):
                    self.assertIn(key, alert.annotations)
                self.assertIn(f"runbook_url: http://127.0.0.1:9790/runbooks/{alert.name}\n", alert.text)
                self.assertRegex(alert.text, r" description: .*First[:,]")
                self.assertRegex(alert.text, r" description_id: .*Pertama[:,]")


class Words(unittest.TestCase):
    """What the annotations of every alert become: Prometheus writes a mistake in a template into the message itself."""

    LABELS = {"office": "b", "target": "files", "kind": "http", "cause": "host", "link": "wan", "uplink": "lte", "mains": "pln",
              "ups": "u", "after": "power", "basis": "net"}

    def test_every_template_can_be_expanded_with_and_without_data(self):
        for data in (self.series(), ()):
            for name, annotations in self.expanded(data).items():
                with self.subTest(alert=name, data=len(data)):
                    self.assertNotIn("error expanding", annotations)
                    self.assertNotRegex(annotations, r"<no value>|%!|\{\{")
                    self.assertEqual(len(re.findall(r'(?:summary|description)(?:_id)?="[^"]+', annotations)), 4, annotations)

    def series(self):
        labels = ", ".join(f'{key}="{value}"' for key, value in self.LABELS.items())
        asked = set(re.findall(r"\b((?:siaga|network_ups_tools)[\w:]+)\{office=%q", ALERTS.read_text(encoding="utf-8")))
        extra = 'reason="timeout", at="isp", state="unknown", name="Dinas", city="Samarinda", url="u"'
        return [f"{name}{{{labels}, {extra}}}" for name in sorted(asked)] + ['siaga_clock_trusted{office="b"}']

    def expanded(self, series):
        """The annotations of each alert, as promtool shows them when it expected none."""
        expression = "vector(7)"
        for key, value in self.LABELS.items():
            expression = f"label_replace({expression}, '{key}', '{value}', '', '')"
        inputs = "".join(f"      - {{series: '{name}', values: '1x200'}}\n" for name in series)
        asked = "".join(f"      - {{eval_time: 45m, alertname: {name}, exp_alerts: []}}\n" for name in rule_files.names())
        with tempfile.TemporaryDirectory() as folder:
            alerts, case = pathlib.Path(folder) / "alerts.yml", pathlib.Path(folder) / "words.yml"
            alerts.write_text(rule_files.with_expression(f'"{expression}"', but=()).replace("for: 1h", "for: 1m"), encoding="utf-8")
            case.write_text(f"rule_files: [{alerts}]\nevaluation_interval: 5m\ntests:\n  - interval: 15s\n"
                            f"    input_series:\n{inputs or '      []'}\n    alert_rule_test:\n{asked}", encoding="utf-8")
            answer = promtool("test", "rules", case)
        found = dict(re.findall(r'Labels:\{.*?alertname="(\w+)".*\n\s*Annotations:(.*)', answer.stdout + answer.stderr))
        self.assertEqual(sorted(found), rule_files.names(), answer.stdout + answer.stderr)
        return found


class Cases(unittest.TestCase):
    def test_each_passes(self):
        answers = at_once(lambda case: promtool("test", "rules", case), CASES)

        for case, answer in zip(CASES, answers):
            with self.subTest(case=case.name):
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_every_alert_is_expected_to_fire_in_some_case_and_not_to_fire_in_some(self):
        fires, rests = set(), set()
        for case in CASES:
            for names, expects_none in expectations(case.read_text(encoding="utf-8")):
                (rests if expects_none else fires).update(names)

        self.assertEqual(set(rule_files.names()) - fires, set(), "no case expects these to fire")
        self.assertEqual(set(rule_files.names()) - rests, set(), "no case expects these not to fire")


@unittest.skipUnless(os.environ.get("SIAGA_MUTATE"), "takes minutes; SIAGA_MUTATE=1 asks for it")
class Mutants(unittest.TestCase):
    """Would the cases notice? Every alert is replaced by one that never fires, then by one that always does."""

    def test_every_alert_has_a_case_that_fails_when_it_never_fires(self):
        missed = self.unnoticed(NEVER, fires=True, but=())

        self.assertEqual(missed, set())

    def test_every_alert_has_a_case_that_fails_when_it_always_fires(self):
        missed = self.unnoticed(ALWAYS, fires=False, but=UNCONDITIONAL) - UNCONDITIONAL

        self.assertEqual(missed, set())

    def unnoticed(self, expression, fires, but):
        cases = [case for case in CASES if case.name not in WITHOUT_NAMES]
        found = set().union(*at_once(lambda case: failures(case, expression, but), cases))
        return set(rule_files.names()) - {name for name, fired in found if fired == fires}


class Province(unittest.TestCase):
    """Forty offices with twelve services each; a storm cuts the power of twenty at once."""

    def test_twenty_power_cuts_are_twenty_alerts_and_nothing_else_but_what_they_explain(self):
        expected = {"SiagaOfficePowerCut": OFFICES // 2, "SiagaServiceDown": OFFICES // 2 * SERVICES}

        with tempfile.TemporaryDirectory() as folder:
            case = pathlib.Path(folder) / "province.yml"
            case.write_text(self.scene(expected), encoding="utf-8")
            answer = promtool("test", "rules", case)

        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def scene(self, expected):
        series = []
        for number in range(OFFICES):
            office, off = f"office-{number:02}", "0x3 1x36" if number % 2 else "0x40"
            series.append((f'up{{job="siaga", instance="{office}"}}', "1x40"))
            series.append((f'siaga_office_info{{job="siaga", instance="{office}", office="{office}"}}', "1x40"))
            series.append((f'siaga_mains_state{{office="{office}", mains="pln", state="off"}}', off))
            for service in range(SERVICES):
                labels = f'office="{office}", target="service-{service:02}", kind="http"'
                series.append((f'siaga_outage_active{{{labels}, cause="power"}}', off))
                series.append((f'siaga_outage_active{{{labels}, cause="service"}}', "0x40"))
        inputs = "\n".join(f"      - {{series: '{name}', values: '{values}'}}" for name, values in series)
        samples = ", ".join(f"{{labels: '{{alertname=\"{name}\"}}', value: {count}}}"
                            for name, count in expected.items())
        query = 'count by (alertname) (ALERTS{alertstate="firing", alertname!="SiagaWatchdog"})'
        order = re.search(r"(?s)group_eval_order: \[.*?\]", CASES[-1].read_text(encoding="utf-8")).group()
        return (f"rule_files: [{RECORDING}, {ALERTS}]\nevaluation_interval: 15s\n{order}\ntests:\n"
                f"  - interval: 15s\n    input_series:\n{inputs}\n    promql_expr_test:\n"
                f"      - {{expr: '{query}', eval_time: 9m, exp_samples: [{samples}]}}\n")


if __name__ == "__main__":
    unittest.main()
