"""The files that Siaga ships for Prometheus and Alertmanager, made fit for the demo: their time is
divided (tests/alerts/rule_files.py), addresses and tokens are ours, and mail comes to the same
inbox. Nothing else is changed, and what is not found is an error: the demo shows what is shipped,
or nothing.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "alerts"))

import rule_files
import stack

DASHBOARDS = ROOT / "dashboards"
# They judge a figure that the agent itself keeps over five minutes, however fast the demo plays:
# they wait as long as they do in earnest.
IN_EARNEST = ("SiagaLinkLoss", "SiagaLinkSlow")
RUNBOOKS = "http://127.0.0.1:9790"
# How long Prometheus remembers a sample, and after which time it tells an alert again.
DEFAULTS_MS = {"query.lookback-delta": 300_000, "rules.alert.resend-delay": 60_000}


class Unfit(RuntimeError):
    """A shipped file is not as the demo expects it."""


def replaced(text, pattern, put, what):
    done, count = re.subn(pattern, lambda _: put, text, flags=re.M)
    if count == 0:
        raise Unfit(f"no {what} in the shipped file")
    return done


def rules(folder, pace, runbooks_url):
    for file in (rule_files.RECORDING, rule_files.ALERTS):
        shipped = file.read_text(encoding="utf-8")
        earnest = {block[1]: block[0] for block in rule_files.BLOCK.finditer(shipped)}

        def chosen(block):
            return earnest[block[1]] if block[1] in IN_EARNEST else block[0]

        text = rule_files.BLOCK.sub(chosen, rule_files.divided(shipped, pace.factor))
        (folder / file.name).write_text(text.replace(RUNBOOKS, runbooks_url), encoding="utf-8")


def prometheus(folder, pace, agents, alertmanager):
    """Beside its configuration the rules and the list of offices, under the names that it knows."""
    text = (DASHBOARDS / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    for key in ("scrape_interval", "scrape_timeout", "evaluation_interval"):
        text = replaced(text, rf"(?<=\b{key}: )\S+", f"{pace.scrape_ms}ms", key)
    text = replaced(text, r"127\.0\.0\.1:9093", alertmanager, "Alertmanager")
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    offices = "- targets:\n" + "".join(f"    - {agent}\n" for agent in agents)
    (folder / "siaga-offices.yml").write_text(offices, encoding="utf-8")
    return folder / "prometheus.yml"


def faster_defaults(pace):
    """Prometheus' own times, divided as well."""
    return [f"--{flag}={ms // pace.factor}ms" for flag, ms in DEFAULTS_MS.items()]


def alertmanager(folder, pace, inbox_url, language):
    text = stack.alertmanager_text(inbox_url, pace.factor)
    text = text.replace("siaga.id.", f"siaga.{language}.")
    mail = (
        f"    webhook_configs:\n      - url: {inbox_url}/hooks/mail\n        send_resolved: true\n"
    )
    text = replaced(text, r"^    email_configs:\n(?:      .*\n)+", mail, "email_configs")
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    return folder / "alertmanager.yml"
