"""Runbooks: one for every alert in both languages, the same sections in each, and no command, option, metric or alert in them
that does not exist. Asks the built agent (SIAGA, or build/dev/siaga) for its commands.
"""

import functools
import os
import re
import subprocess
import unittest

import rule_files
from rule_files import ROOT, RUNBOOKS

SIAGA = os.environ.get("SIAGA", str(ROOT / "build" / "dev" / "siaga"))
SECTIONS = {"en": ["Meaning", "Impact", "Diagnosis", "Mitigation"],
            "id": ["Arti", "Dampak", "Diagnosis", "Penanganan"]}
LINES = range(20, 61)
METRICS = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"), re.M))


def runbooks():
    """(language, text, which one)"""
    return [(language, file.read_text(encoding="utf-8"), f"{language}/{file.stem}")
            for language in SECTIONS for file in sorted((RUNBOOKS / language).glob("*.md"))]


@functools.cache
def help_of(command):
    answer = subprocess.run([SIAGA, *command, "--help"], capture_output=True, text=True, timeout=30, check=False)
    return answer.stdout if answer.returncode == 0 and f"Usage: {' '.join(('siaga', *command))} " in answer.stdout else None


class Runbooks(unittest.TestCase):
    def test_every_alert_has_one_in_each_language_and_no_other_is_there(self):
        for language in SECTIONS:
            found = sorted(file.stem for file in (RUNBOOKS / language).iterdir())
            self.assertEqual(found, rule_files.names(), language)

    def test_each_has_a_title_and_the_four_sections(self):
        for language, text, which in runbooks():
            self.assertRegex(text, r"\A# \S.*\n\n## ", which)
            self.assertEqual(re.findall(r"^## (.*)$", text, re.M), SECTIONS[language], which)
            self.assertIn(len(text.splitlines()), LINES, which)

    def test_none_has_html_or_a_table(self):
        for _, text, which in runbooks():
            self.assertNotRegex(text, r"(?m)^\s*\||<[a-zA-Z/!]", which)

    def test_both_languages_have_as_many_steps(self):
        for name in rule_files.names():
            counts = [[len(re.findall(mark, (RUNBOOKS / language / f"{name}.md").read_text(encoding="utf-8"), re.M))
                       for mark in (r"^\d\. ", r"^- ")] for language in SECTIONS]
            self.assertEqual(counts[0], counts[1], name)

    def test_every_command_and_option_of_siaga_exists_also_in_messages(self):
        for _, text, which in [*runbooks(), ("", rule_files.ALERTS.read_text(encoding="utf-8"), "alerts")]:
            for words in re.findall(r"`siaga ([a-z][^`]*)`", text):
                help_text = self.help_for(words.split())
                self.assertIsNotNone(help_text, f"{which}: siaga {words}")
                for option in re.findall(r"(?<!\S)(--[\w-]+)", words):
                    self.assertIn(option, help_text + help_of(()), f"{which}: siaga {words}")

    def help_for(self, words):
        text = help_of((words[0],))
        return text if text is None or "SUBCOMMAND" not in text else help_of(tuple(words[:2]))

    def test_every_metric_exists(self):
        for _, text, which in runbooks():
            for metric in re.findall(r"\b(?:siaga|process)_\w+", text):
                asked_by_prefix = re.search(rf"grep (?:-E ')?{metric}\b", text)
                is_known = metric in METRICS or (asked_by_prefix and any(m.startswith(metric) for m in METRICS))
                self.assertTrue(is_known, f"{which}: {metric}")

    def test_every_alert_that_is_named_exists(self):
        for _, text, which in runbooks():
            self.assertLessEqual(set(re.findall(r"\bSiaga[A-Z]\w+", text)), set(rule_files.names()), which)


if __name__ == "__main__":
    unittest.main()
