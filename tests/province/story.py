"""The story: what happens to the three offices, and when. Each event waits for what it must bring
about, and for nothing else; whether it was told rightly is the verdict's business.
"""

import time

import offices
import world
from programs import START_S, wait_until

WELL_S, SEEN_S = 60.0, 40.0
BATTERY_S = 2.0
LAST_OF_CERTIFICATE_S = 8
POWER_CUT, LINK_DOWN = "SiagaOfficePowerCut", "SiagaLinkDown"
EXPIRED, NOT_RECOVERED = "SiagaCertificateExpired", "SiagaServiceNotRecovered"
SERVICE_DOWN = "SiagaServiceDown"


def explained():
    """The alerts that a power cut and a cut link must hold back: (office, name, target)."""
    dark = [site.name for site in offices.DARK.sites if site.needs == offices.POWER]
    cut_off = [site.name for site in offices.CUT_OFF.sites if site.needs == offices.LINK]
    return {(offices.DARK.id, SERVICE_DOWN, name) for name in dark} | {
        (offices.CUT_OFF.id, SERVICE_DOWN, name) for name in cut_off
    }


class Story:
    """Plays it; afterwards `times` says when what happened."""

    def __init__(self, stage, centre, narrator):
        self.stage, self.centre, self.narrator = stage, centre, narrator
        self.pace, self.times = stage.pace, {}
        self.told, self.news, self.battery_at = 0, [], 0.0

    def play(self):
        self.wait("everything is up", self.is_well, WELL_S)
        self.narrator.say("well", count=sum(len(one) for one in self.all_states()))
        self.times["begin"] = time.time()
        self.stay(self.pace.before_s)
        self.troubles()
        self.stay_since("power_cut", self.pace.trouble_s)
        self.wait("what is explained is held back", self.is_all_held_back)
        self.repairs()
        self.stay(self.pace.after_s)
        self.times["end"] = time.time()

    def troubles(self):
        dark, cut_off, (office, site) = offices.DARK, offices.CUT_OFF, offices.EXPIRED
        self.happen("power_cut", self.stage.cut_power, dark, office=dark.name)
        self.wait_told(dark, POWER_CUT, "firing")
        self.stay(self.pace.between_s)
        how = "link_cut" if self.stage.layout == world.NAMESPACES else "link_silent"
        self.happen("link_cut", self.stage.cut_link, cut_off, saying=how, office=cut_off.name)
        self.wait_told(cut_off, LINK_DOWN, "firing")
        self.stay(self.pace.between_s)
        self.let_expire(office, site)
        self.wait_told(office, EXPIRED, "firing")
        self.stay(self.pace.between_s)

    def repairs(self):
        dark, cut_off, (office, site) = offices.DARK, offices.CUT_OFF, offices.EXPIRED
        lost = offices.STAYS_DOWN[1]
        self.happen(
            "power_back", self.stage.bring_power, dark, (lost,), office=dark.name, site=lost
        )
        self.stay(self.pace.between_s)
        self.happen("link_back", self.stage.mend_link, cut_off, office=cut_off.name)
        self.stay(self.pace.between_s)
        self.happen("renewed", self.stage.renew, office, site, office=office.name, site=site)
        self.wait_told(dark, NOT_RECOVERED, "firing")
        self.wait_told(office, EXPIRED, "resolved")
        self.wait_told(cut_off, LINK_DOWN, "resolved")
        self.wait_told(dark, POWER_CUT, "resolved")

    def happen(self, name, action, *words, saying=None, **said):
        """It has happened at the moment at which it was done."""
        began = time.time()
        action(*words)
        self.times[name] = (began + time.time()) / 2
        self.narrator.say(saying or name, **said)

    def let_expire(self, office, site):
        """A certificate runs out before everybody's eyes: the agent has seen it good before."""
        ends_at = int(time.time()) + LAST_OF_CERTIFICATE_S
        self.stage.let_expire(office, site, ends_at)
        seen = f'siaga:target:certificate_end_timestamp_seconds{{target="{site}"}}'
        self.wait(
            "Prometheus knows when the certificate ends",
            lambda: any(value == ends_at for _, value in self.centre.query(seen)),
        )
        self.stay_until(ends_at)
        self.times["expired"] = ends_at
        self.narrator.say("expired", office=office.name, site=site)

    # Waiting, while the battery runs down and messages come in.

    def wait_told(self, office, name, status):
        def is_told():
            return any(news[1:3] == (office.id, name) and news[4] == status for news in self.news)

        self.wait(f"{office.name} is told: {name} {status}", is_told, self.pace.page_s)

    def stay(self, seconds):
        self.stay_until(time.time() + seconds)

    def stay_since(self, name, seconds):
        self.stay_until(self.times[name] + seconds)

    def stay_until(self, moment):
        self.wait("time passes", lambda: time.time() >= moment, moment - time.time() + START_S)

    def wait(self, what, condition, seconds=SEEN_S):
        def look():
            self.tick()
            return condition()

        wait_until(what, look, seconds, self.logs(), pause_s=0.25)

    def tick(self):
        self.centre.look_at_alerts()
        self.news = self.centre.inbox.news()
        for _, office, name, about, status in self.news[self.told :]:
            self.narrator.say(f"news_{status}", office=office, alert=name, about=about)
        self.told = len(self.news)
        if "power_cut" in self.times and time.monotonic() - self.battery_at > BATTERY_S:
            self.battery_at = time.monotonic()
            self.stage.upses[offices.DARK.id].pass_time()

    def all_states(self):
        return [agent.states() for agent in self.stage.agents.values()]

    def is_well(self):
        """Every agent says so, and Prometheus has heard it of all of them."""
        if not all(states and set(states.values()) == {"up"} for states in self.all_states()):
            return False
        seen = {
            labels["office"]
            for labels, value in self.centre.query("siaga:office:state")
            if value == 6
        }
        return seen == set(self.stage.agents)

    def is_all_held_back(self):
        return explained() <= {alert[:3] for alert in self.centre.inhibited}

    def logs(self):
        return sorted(self.stage.folder.glob("**/*.log"))
