"""The agent of one demo office: its configuration, wired as docs/power.md and docs/links.md advise,
its process, and what it says.
"""

import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "links"), str(TESTS / "ups")]

import agent
import ups
from offices import TARGET
from places import DEVICES
from programs import Program

TIMEZONE = "Asia/Makassar"
WEB_PORT = 9790
CANARIES = tuple(DEVICES)


class OfficeAgent(agent.Agent):
    """Asked by its socket as the agents of the links' tests are; started anywhere."""

    def __init__(self, siaga, folder, office, place, pace, sites):
        folder.mkdir()
        self.siaga, self.folder, self.office, self.place = siaga, str(folder), office, place
        self.config, self.machine = str(folder / "siaga.toml"), place.machines["host"]
        self.asked_at = f"{place.asked_at}:{self.machine.port(WEB_PORT)}"
        pathlib.Path(self.config).write_text(self.configuration(pace, sites), encoding="utf-8")
        words = [siaga, "-c", self.config, "run"]
        self.program = Program(self.machine.inside(words), folder, "siaga")

    @property
    def process(self):
        return self.program.process

    def start(self):
        self.program.start().wait_ready(self.states)

    def stop(self):
        return self.program.stop()

    def tables(self, pace, sites):
        place, needs_power = self.place, {"needs": ["pln"]}
        server = f"nut://127.0.0.1:{self.machine.port(3493)}/{ups.NAME}"
        # One packet, so that a look at a device that is gone does not take longer than others.
        ping = {"packets": 1}
        yield "ups", ups.NAME, {"server": server, "interval": "1s"}
        witness = {"ups": [ups.NAME], "canaries": CANARIES, "witnesses": ["gateway"]}
        yield "mains", "pln", witness
        link = {"anchors": place.anchors(), "quorum": 2, "hold_down": f"{pace.hold_down_s}s"}
        link |= {"interval": "1s", "timeout": "800ms", "retry_interval": "500ms"}
        yield "link", "wan", link
        for name in ("gateway", *CANARIES):
            kind, host = place.gateway_target() if name == "gateway" else place.device(name)
            more = {} if name == "gateway" else needs_power
            yield kind, name, {"host": host, **(ping if kind == "ping" else {}), **more}
        for site in self.office.sites:
            yield "http", site.name, sites.options_of(self.office, site)

    def configuration(self, pace, sites):
        office, folder = self.office, self.folder
        lines = [
            f'[office]\nid = "{office.id}"\nname = "{office.name}"\ncity = "{office.city}"',
            f'location = {list(office.location)}\ntimezone = "{TIMEZONE}"',
            f'[agent]\nstate_dir = "{folder}/state"\nclock = "trusted"',
            f'resolvers = ["{sites.resolver_of(office)}"]',
            f'[web]\nlisten = ["{self.asked_at}", "unix:{folder}/web.sock"]',
            f'[defaults]\ninterval = "{pace.interval_s}s"\ntimeout = "1s"',
            f'retry_interval = "500ms"\nsettle = "{pace.settle_s}s"',
            f'recovery_grace = "{pace.grace_s}s"\nmomentary = "{pace.momentary_s}s"',
            f"availability_target = {TARGET}",
        ]
        for kind, name, options in self.tables(pace, sites):
            lines.append(f'[[{kind}]]\nname = "{name}"')
            # What TOML and JSON write alike.
            lines += [f"{option} = {json.dumps(value)}" for option, value in options.items()]
        return "\n".join(lines) + "\n"

    def states(self):
        """{name: state} of all targets, links and mains; nothing while it does not answer."""
        try:
            status = json.loads(self.ask("/api/v1/status"))
        except OSError:
            return {}
        return {node["name"]: node["state"] for node in status["judged"] + status["targets"]}

    def report(self, since, until, form, language="en"):
        """Text, or what the JSON says."""
        words = ["--lang", language, "report", "--since", since, "--until", until, "--format", form]
        text = self.told(*words)
        return json.loads(text) if form == "json" else text
