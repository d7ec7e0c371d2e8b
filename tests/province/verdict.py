"""Was it told as it was played? What was delivered and what held back, the states at the end, the
numbers of the reports, and the metrics, each against the times of the story.
"""

import datetime
import subprocess

import offices
import places
import story

# Played and reported lengths may differ by two looks at the sensor and one at the site, and by as
# much as a busy machine adds.
NEAR_S = 8.0


def zoned(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).isoformat(
        timespec="seconds"
    )


class Verdict:
    """`faults` has a line for each thing that differs."""

    def __init__(self, stage, centre, times):
        self.stage, self.centre, self.times = stage, centre, times
        self.faults, self.checks = list(centre.inbox.faults), 0

    def judge(self):
        self.judge_messages()
        self.judge_held_back()
        self.judge_states()
        for office in offices.OFFICES:
            self.judge_report(office)
            self.judge_metrics(office)
        return self.faults

    def same(self, what, found, expected):
        self.checks += 1
        if found != expected:
            self.faults.append(f"{what}: {found}, expected {expected}")

    def near(self, what, found, expected, more_s=0.0):
        self.checks += 1
        if not expected - NEAR_S - more_s <= found <= expected + NEAR_S:
            self.faults.append(f"{what}: {found:.1f} s, played {expected:.1f} s")

    def expected_news(self):
        """(office, alert name, what it is about, status) in the order of the story."""
        dark, (expired, site) = offices.DARK.id, offices.EXPIRED
        told = [
            (dark, story.POWER_CUT, ""),
            (offices.CUT_OFF.id, story.LINK_DOWN, "wan"),
            (expired.id, story.EXPIRED, site),
        ]
        lost = (dark, story.NOT_RECOVERED, offices.STAYS_DOWN[1], "firing")
        return [*((*name, status) for name in told for status in ("firing", "resolved")), lost]

    def judge_messages(self):
        """Each thing once, and the power cut alone in its message."""
        expected, news = self.expected_news(), [entry[1:] for entry in self.centre.inbox.news()]
        self.same("not delivered", sorted(set(expected) - set(news)), [])
        self.same("delivered without need", sorted(set(news) - set(expected)), [])
        self.same(
            "delivered more than once", sorted({one for one in news if news.count(one) > 1}), []
        )
        self.same("warnings", sorted(self.centre.warnings), [])
        self.checks += 1
        if self.centre.inbox.beats == 0:
            self.faults.append("the watchdog was not heard")
        self.same("messages without news", self.centre.inbox.without_news(), [])
        fired = [entry for entry in news if entry[3] == "firing"]
        self.same("the order", fired, [entry for entry in expected if entry[3] == "firing"])
        dark = [
            one.alerts for one in self.centre.inbox.messages if one.alerts[0][0] == offices.DARK.id
        ]
        self.same("the first message of the power cut", dark[:1], [(expected[0],)])

    def judge_held_back(self):
        """All that is explained, and nothing that is not."""
        held = self.centre.inhibited
        missing = story.explained() - {alert[:3] for alert in held}
        self.same("not held back although explained", sorted(missing), [])
        causes = {offices.DARK.id: "power", offices.CUT_OFF.id: "link"}
        own = {
            (offices.EXPIRED[0].id, offices.EXPIRED[1]),
            (offices.STAYS_DOWN[0].id, offices.STAYS_DOWN[1]),
        }
        wrong = [
            alert
            for alert in held
            if alert[3] != causes.get(alert[0]) and (alert[0], alert[2]) not in own
        ]
        self.same("held back without reason", sorted(wrong), [])

    def judge_states(self):
        for office in offices.OFFICES:
            states = self.stage.agents[office.id].states()
            down = {offices.STAYS_DOWN[1]: "down"} if office == offices.STAYS_DOWN[0] else {}
            self.same(
                f"states of {office.id} at the end",
                {n: s for n, s in states.items() if s != "up"},
                down,
            )
        dark = {
            labels["office"]: value for labels, value in self.centre.query("siaga:office:state")
        }
        expected = {
            office.id: 3 if office == offices.STAYS_DOWN[0] else 6 for office in offices.OFFICES
        }
        self.same("siaga:office:state at the end", dark, expected)

    def played(self):
        """{office: {target: {cause: seconds}}} of all that was down."""
        times = self.times
        cut = times["power_back"] - times["power_cut"]
        link = times["link_back"] - times["link_cut"]
        dark, cut_off, (expired, site) = offices.DARK, offices.CUT_OFF, offices.EXPIRED
        without_power = [
            *("pln", *places.DEVICES),
            *(one.name for one in dark.sites if one.needs == offices.POWER),
        ]
        found = {
            dark.id: {name: {"power": cut} for name in without_power},
            cut_off.id: {
                one.name: {"link": link} for one in cut_off.sites if one.needs == offices.LINK
            },
            expired.id: {site: {"certificate": times["renewed"] - times["expired"]}},
        }
        found[cut_off.id]["wan"] = {"link": link}
        found[dark.id][offices.STAYS_DOWN[1]]["service"] = times["end"] - times["power_back"]
        return found

    def judge_report(self, office):
        since, until = zoned(self.times["begin"]), zoned(self.times["end"])
        report = self.stage.agents[office.id].report(since, until, "json")
        played, ids = self.played()[office.id], f"report of {office.id}"
        for target in report["targets"]:
            name, causes = target["target"], target["down_seconds_by_cause"]
            causes = {cause: seconds for cause, seconds in causes.items() if seconds}
            expected = played.pop(name, {})
            self.same(f"{ids}: causes of {name}", sorted(causes), sorted(expected))
            self.same(f"{ids}: outages of {name}", target["outages"]["count"], 1 if expected else 0)
            for cause in expected.keys() & causes.keys():
                # Down time is booked `settle` later.
                more_s = self.stage.pace.settle_s if cause == "service" else 0
                self.near(f"{ids}: {name} down by {cause}", causes[cause], expected[cause], more_s)
            if name == "pln":
                self.judge_power(ids, target["power_indices"], expected)
        self.same(f"{ids}: not in it", sorted(played), [])
        late = [entry["target"] for entry in report["not_recovered"]]
        self.same(
            f"{ids}: not recovered",
            late,
            [offices.STAYS_DOWN[1]] if office == offices.STAYS_DOWN[0] else [],
        )

    def judge_power(self, ids, indices, expected):
        self.same(f"{ids}: SAIFI", indices["saifi"], 1 if expected else 0)
        self.same(f"{ids}: MAIFI", indices["maifi"], 0)
        self.near(f"{ids}: SAIDI", indices["saidi_seconds"], expected.get("power", 0))

    def judge_metrics(self, office):
        agent = self.stage.agents[office.id]
        text = agent.ask("/metrics")
        done = subprocess.run(
            ["promtool", "check", "metrics"],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.same(
            f"promtool check metrics of {office.id}",
            (done.returncode, done.stderr.strip()),
            (0, ""),
        )
