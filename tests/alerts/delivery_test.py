"""What on-call staff really receive: the shipped rules in a real Prometheus, the shipped configuration in a real
Alertmanager, a real receiver of webhooks, and played agents. Twenty minutes of story in under two of the clock.
Needs Debian's prometheus and prometheus-alertmanager; nothing leaves loopback.
"""

import html.parser
import tempfile
import time
import unittest

import stack
from played import SERVICES, Office, Player
from receiver import Receiver

FACTOR = 15  # story minutes pass in four seconds
END = 21  # minutes: what a cut of four minutes leads to is told by then
PATIENCE_S = 30  # for a loaded machine, on top
TELEGRAM_MAX = 4096


def power_cut(minute):
    """Mains off from 0:30 to 4:30. Four services fall 15 s before the UPS says so; on return six are back at once, six boot."""
    down = {}
    for number, service in enumerate(SERVICES):
        began = 0.25 if number < 4 else 0.5
        ends = 4.75 if number < 6 else 7.5
        if began <= minute < ends:
            cause = "host" if minute < 0.75 and number < 4 or minute >= 5.5 else "power"
            down[service] = (cause, began)
    return {"mains_off": 0.5 if 0.5 <= minute < 4.5 else None, "down": down}


def power_cut_and_more(minute):
    """The same; a service on the UPS breaks by itself in the middle of it, and another one never comes back."""
    now = power_cut(minute)
    if minute >= 1.5:
        now["down"]["own"] = ("service", 1.5)
    if minute >= 4.75:
        now["down"]["service-01"] = ("power" if minute < 5.5 else "host", 0.25)
    if minute >= 9.5:
        now["not_recovered"] = {"service-01": "power"}
    return now


def link_cut(minute):
    """Down from 0:30 to 4:00, and everything behind it; half of it takes another minute and a half to return."""
    down = {}
    for number, service in enumerate(SERVICES):
        if 0.5 <= minute < (4.0 if number < 6 else 5.5):
            down[service] = ("link" if minute < 4.5 else "service", 0.5)
    return {"link_down": 0.5 if 0.5 <= minute < 4.0 else None, "down": down}


def broken(minute):
    return {"down": {"own": ("service", 0.5)} if minute >= 0.5 else {}}


def broken_then_silent(minute):
    """Silent for ten minutes: longer than what is bridged, shorter than Prometheus repeats a resolution."""
    return None if 5 <= minute < 15 else broken(minute)


def deployed(minute):
    return None if 3 <= minute < 3.34 else {}


class Telegram(html.parser.HTMLParser):
    """Telegram refuses a message whose tags are not closed, or are others than it knows."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in ("b", "a"):
            raise ValueError(f"unknown tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise ValueError(f"{tag} closes nothing")

    def handle_data(self, data):
        self.text += data


class Delivery(unittest.TestCase):
    """The whole story is played once; each test looks at one office."""

    @classmethod
    def setUpClass(cls):
        if stack.missing():
            raise unittest.SkipTest(f"not installed: {stack.missing()}")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.receiver = Receiver()
        cls.addClassCleanup(cls.receiver.close)
        cls.player = Player([Office("cut", power_cut), Office("cut-more", power_cut_and_more),
                             Office("link", link_cut), Office("broken", broken),
                             Office("silent", broken_then_silent), Office("deployed", deployed)], FACTOR)
        cls.addClassCleanup(cls.player.close)
        cls.stack = stack.Stack(folder.name, cls.player, cls.receiver.url, FACTOR)
        cls.addClassCleanup(cls.stack.close)
        cls.player.begin()
        cls.stack.post_alerts(cls.crowd())
        cls.play()

    @classmethod
    def crowd(cls):
        """Forty alerts of one office, with as much text as there may be."""
        return [{"labels": {"alertname": "SiagaServiceDown", "office": "crowd", "target": f"service-{n:02}",
                            "severity": "critical", "layer": "service", "cause": "host"},
                 "annotations": {"summary_id": f"service-{n:02} <di> crowd & kawan " + "x" * 60,
                                 "description_id": "Mesinnya tidak menjawab. " * 16,
                                 "since": "2026-11-22 10:00 WITA (1h 2m 3s)", "place": "Dinas <Contoh> & Kawan",
                                 "address": "https://portal.example.go.id/" + "y" * 40,
                                 "runbook_url": "http://127.0.0.1:9790/runbooks/SiagaServiceDown"}}
                for n in range(40)]

    @classmethod
    def play(cls):
        """Until the story is over and every resolution that must come has come."""
        deadline = time.monotonic() + END * 60 / FACTOR + PATIENCE_S
        while cls.player.minute() < END or not all(
                any(message.resolved for message in cls.receiver.of(office)) for office in ("cut", "link", "cut-more", "silent")):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited for resolutions; came: {cls.receiver.messages}\n{cls.stack.logs()}")
            time.sleep(0.2)

    def told(self, office):
        """What was told as firing, in the order of its coming, each once."""
        seen = []
        for message in self.receiver.of(office):
            seen += sorted(message.firing - set(seen))
        return seen

    def test_a_power_cut_with_twelve_services_is_one_message_and_one_resolution(self):
        messages = self.receiver.of("cut")

        self.assertEqual([(m.firing, m.resolved) for m in messages],
                         [({"SiagaOfficePowerCut"}, set()), (set(), {"SiagaOfficePowerCut"})], messages)

    def test_a_link_cut_with_twelve_services_is_one_message_and_one_resolution(self):
        messages = self.receiver.of("link")

        self.assertEqual([(m.firing, m.resolved) for m in messages],
                         [({"SiagaLinkDown link"}, set()), (set(), {"SiagaLinkDown link"})], messages)

    def test_a_fault_of_its_own_during_the_cut_and_what_did_not_come_back_are_told_and_nothing_else(self):
        messages = self.receiver.of("cut-more")

        self.assertEqual(self.told("cut-more"), ["SiagaOfficePowerCut", "SiagaServiceDown own service",
                                                 "SiagaServiceNotRecovered service-01"], messages)
        self.assertEqual(messages[-1].firing, {"SiagaServiceDown own service", "SiagaServiceNotRecovered service-01"})
        self.assertEqual(set().union(*(m.resolved for m in messages)), {"SiagaOfficePowerCut"}, messages)

    def test_another_office_is_not_muted(self):
        self.assertEqual(self.told("broken"), ["SiagaServiceDown own service"], self.receiver.messages)

    def test_an_office_that_falls_silent_resolves_nothing_but_its_silence(self):
        messages = self.receiver.of("silent")

        self.assertEqual(self.told("silent"), ["SiagaServiceDown own service", "SiagaOfficeUnreachable"], messages)
        self.assertEqual(set().union(*(m.resolved for m in messages)), {"SiagaOfficeUnreachable"}, messages)
        self.assertEqual(messages[-1].firing, {"SiagaServiceDown own service"}, messages)

    def test_a_deploy_of_twenty_seconds_is_not_told(self):
        self.assertEqual(self.receiver.of("deployed"), [])

    def test_the_watchdog_comes_again_and_again(self):
        self.assertGreater(self.receiver.beats, 2)

    def test_messages_for_telegram_are_whole_escaped_and_short_enough(self):
        self.assertGreater(len(self.receiver.telegrams), 5)
        for body in self.receiver.telegrams:
            text = Telegram(body["text"])
            self.assertEqual(text.open, [])
            self.assertLessEqual(len(body["text"]), TELEGRAM_MAX)
            self.assertIn("Dinas <Contoh> &", text.text)
            self.assertIn("WITA", text.text)

    def test_a_crowd_in_one_message_is_cut_to_ten_and_says_so(self):
        crowd = [body["text"] for body in self.receiver.telegrams if "crowd" in body["text"]]

        self.assertIn("GANGGUAN: 40", crowd[0])
        self.assertIn("dan lainnya", crowd[0])


if __name__ == "__main__":
    unittest.main()
