"""The examples for Alertmanager and Prometheus: do Debian's own tools accept them, does every severity go where it should, and
do both languages say the same? Needs amtool and promtool.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from rule_files import ALERTS, RECORDING
from stack import EXAMPLES

TEMPLATES = EXAMPLES / "alertmanager"
LANGUAGES = {"id": ("GANGGUAN", "PULIH", "Listrik padam"), "en": ("TROUBLE", "OVER", "Power cut")}


def run(*words):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60, check=False)


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        text = (TEMPLATES / "alertmanager.yml").read_text(encoding="utf-8")
        self.config = self.folder / "alertmanager.yml"
        self.config.write_text(text.replace("/etc/prometheus/alertmanager_templates", str(TEMPLATES)), encoding="utf-8")

    def test_amtool_accepts_the_configuration_and_its_templates(self):
        answer = run("amtool", "check-config", self.config)

        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn("2 templates", answer.stdout)

    def test_promtool_accepts_the_configuration_with_the_rules_beside_it(self):
        for file in (ALERTS, RECORDING, *(EXAMPLES / "prometheus").glob("*.yml")):
            shutil.copy(file, self.folder)

        answer = run("promtool", "check", "config", self.folder / "prometheus.yml")

        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn("2 rule files found", answer.stdout)

    def test_every_alert_goes_to_its_receiver(self):
        for labels, receiver in (("alertname=SiagaWatchdog severity=none", "dead-man"),
                                 ("alertname=SiagaOfficePowerCut severity=critical", "on-call"),
                                 ("alertname=SiagaServiceDown severity=critical cause=power", "on-call"),
                                 ("alertname=SiagaUpsBatteryReplace severity=warning", "office-hours"),
                                 ("alertname=SiagaAvailabilityBelowTarget severity=info", "nobody")):
            with self.subTest(labels=labels):
                answer = run("amtool", "config", "routes", "test", f"--config.file={self.config}", "office=b", *labels.split())
                self.assertEqual(answer.stdout.strip(), receiver, answer.stderr)

    def test_both_languages_say_what_is_wrong_and_what_is_over(self):
        for language, (trouble, over, summary) in LANGUAGES.items():
            for kind in ("telegram", "text", "subject"):
                with self.subTest(language=language, kind=kind):
                    self.assertIn(trouble, self.rendered(language, kind, "firing"))
                    self.assertIn(over, self.rendered(language, kind, "resolved"))
            self.assertIn(summary, self.rendered(language, "text", "firing"))
            self.assertIn(f"SiagaOfficePowerCut?lang={language}", self.rendered(language, "telegram", "firing"))

    def test_both_languages_are_built_alike(self):
        skeletons = {re.sub(r"lang=\w\w|(summary|description)_id|siaga\.\w\w", r"\1",
                            "".join(re.findall(r"{{.*?}}", (TEMPLATES / f"siaga-{language}.tmpl").read_text(encoding="utf-8"))))
                     for language in LANGUAGES}

        self.assertEqual(len(skeletons), 1)

    def rendered(self, language, kind, status):
        alert = {"status": status, "startsAt": "2026-11-22T02:00:00Z", "endsAt": "2026-11-22T02:20:00Z",
                 "labels": {"alertname": "SiagaOfficePowerCut", "office": "b"},
                 "annotations": {"summary": "Power cut at b", "summary_id": "Listrik padam di b",
                                 "runbook_url": "http://127.0.0.1:9790/runbooks/SiagaOfficePowerCut"}}
        data = self.folder / "data.json"
        data.write_text(json.dumps({"status": status, "alerts": [alert], "groupLabels": {"office": "b"},
                                    "commonLabels": {}, "commonAnnotations": {}}), encoding="utf-8")
        answer = run("amtool", "template", "render", f"--template.glob={TEMPLATES}/*.tmpl", f"--template.data={data}",
                     f'--template.text={{{{ template "siaga.{language}.{kind}" . }}}}')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout


class Gateway:
    """A WhatsApp gateway: keeps the form that is posted, or refuses it."""

    def __init__(self, status):
        self.forms, gateway = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.forms.append({"token": [self.headers["Authorization"]], **urllib.parse.parse_qs(body)})
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(shutil.which("jq") and shutil.which("curl"), "jq and curl are not installed")
class WhatsApp(unittest.TestCase):
    def passed_on(self, gateway, firing, resolved=0):
        self.addCleanup(gateway.close)
        alerts = [{"status": status, "startsAt": "2026-11-22T02:00:00Z",
                   "annotations": {"summary_id": f"Listrik padam '{n}'", "description_id": "$HOME `id` \"kutip\"",
                                   "runbook_url": "http://127.0.0.1:9790/runbooks/SiagaOfficePowerCut", "since": "hari ini"}}
                  for status, count in (("firing", firing), ("resolved", resolved)) for n in range(count)]
        body = {"groupLabels": {"office": "b"}, "commonAnnotations": {"place": "Dinas <Contoh>"}, "alerts": alerts}
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
            config.write(f'url = "{gateway.url}"\nheader = "Authorization: T"\ndata-urlencode = "target=1"\n')
            config.flush()
            return subprocess.run([TEMPLATES / "whatsapp.sh", config.name], env=dict(os.environ, ALERTS=json.dumps(body)),
                                  capture_output=True, text=True, timeout=30, check=False)

    def test_a_notification_becomes_one_form_with_a_short_text(self):
        gateway = Gateway(200)

        answer = self.passed_on(gateway, firing=40, resolved=1)

        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual((gateway.forms[0]["token"], gateway.forms[0]["target"]), (["T"], ["1"]))
        text = gateway.forms[0]["message"][0]
        self.assertIn("*GANGGUAN: 40* b\nDinas <Contoh>", text)
        self.assertIn("Sejak hari ini\n$HOME `id` \"kutip\"", text)
        self.assertIn("dan lainnya", text)
        self.assertIn("Pulih: Listrik padam '0'", text)
        self.assertEqual(text.count("Listrik padam"), 11)

    def test_a_refusal_is_an_error_so_that_alertmanager_tries_again(self):
        answer = self.passed_on(Gateway(500), firing=1)

        self.assertNotEqual(answer.returncode, 0)


if __name__ == "__main__":
    unittest.main()
