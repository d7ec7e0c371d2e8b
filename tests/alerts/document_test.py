"""The table of docs/alerts.md, which is made of the rules and the titles of the runbooks. SIAGA_UPDATE_DOCS=1 writes it."""

import os
import unittest

import rule_files
from rule_files import ROOT, RUNBOOKS

PAGE = ROOT / "docs" / "alerts.md"
HEAD = "| alert | in plain words | dengan kata lain | severity | layer | after |\n|---|---|---|---|---|---|\n"


def title(name, language):
    return (RUNBOOKS / language / f"{name}.md").read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")


def row(same):
    first = same[0]
    waits = [alert.line("for") or "0s" for alert in same]
    severities = [alert.labels["severity"] for alert in same]
    words = [f"[`{first.name}`](../dashboards/runbooks/en/{first.name}.md)", title(first.name, "en"), title(first.name, "id"),
             ", ".join(dict.fromkeys(severities)), first.labels["layer"], ", ".join(dict.fromkeys(waits))]
    return "| " + " | ".join(words) + " |\n"


def table():
    by_name = {}
    for alert in rule_files.alerts():
        by_name.setdefault(alert.name, []).append(alert)
    return HEAD + "".join(row(same) for same in by_name.values())


class Document(unittest.TestCase):
    def test_the_table_is_what_rules_and_runbooks_say(self):
        text = PAGE.read_text(encoding="utf-8")
        begin = text.index("| alert |")
        end = text.find("\n\n", begin)
        end = len(text) if end < 0 else end + 1
        if os.environ.get("SIAGA_UPDATE_DOCS"):
            text = text[:begin] + table() + text[end:]
            end = begin + len(table())
            PAGE.write_text(text, encoding="utf-8")
        self.assertEqual(text[begin:end], table(), "write it anew with SIAGA_UPDATE_DOCS=1")


if __name__ == "__main__":
    unittest.main()
