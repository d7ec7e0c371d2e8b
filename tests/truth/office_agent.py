"""The agent under test in its place: its configuration, its lives, and what it says."""

import dataclasses
import http.client
import json
import os
import signal
import subprocess
import time
import uuid

import place as office_place
from agent import Agent

SAID_S = 20.0  # until it answers after a start
BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclasses.dataclass(frozen=True)
class Pace:
    """How it is set, in seconds. `ups` is the interval of the UPS, `hold` the link's hold_down."""

    interval: float = 1.0
    limit: float = 0.8
    retry: float = 0.5
    settle: float = 5.0
    hold: float = 2.0
    ups: float = 1.0


FAST = Pace()
DEFAULT = Pace(interval=30.0, limit=5.0, retry=5.0, settle=60.0, hold=10.0, ups=5.0)
DEFAULT_15 = Pace(interval=15.0, limit=5.0, retry=5.0, settle=60.0, hold=10.0, ups=5.0)


def duration(seconds):
    return f"{round(seconds * 1000)}ms"


def options_of(pace):
    """What every target is told that is not left at its default."""
    if pace is DEFAULT:
        return {}
    keys = {"interval": pace.interval, "timeout": pace.limit, "retry_interval": pace.retry}
    return {key: duration(seconds) for key, seconds in {**keys, "settle": pace.settle}.items()}


def tables(pace, changes):
    at, sites = office_place.MACHINES, office_place.SITES
    anchors = ["gateway", *office_place.ANCHORS, f"tcp:{office_place.TCP_ANCHOR}:53"]
    ping = {} if pace is DEFAULT else {"packets": 1}
    fed = {"needs": ["pln"]}
    link = {"anchors": anchors, "quorum": 2, "hold_down": duration(pace.hold)}
    if pace.interval < 10.0:  # a link's own default
        link["interval"] = duration(pace.interval)
    told = {
        "link wan": link,
        "ups rack": {
            "server": f"nut://{at['nut']}/rack",
            "interval": duration(pace.ups),
            "timeout": duration(min(pace.limit, pace.ups)),
        },
        "mains pln": {"ups": ["rack"], "canaries": ["ap", "cam"], "witnesses": ["server"]},
        "ping ap": {"host": at["ap"], **ping, **fed},
        "ping cam": {"host": at["cam"], **ping, **fed},
        "ping server": {"host": at["server"], **ping},
        "http archive": {"url": f"http://{at['archive']}/", **fed},
        "http lan-web": {"url": f"http://{at['server']}/"},
        "tcp lan-tcp": {"host": f"{at['server']}:2049"},
        "http portal": {"url": f"http://{sites['portal']}/", "needs": ["wan"]},
        "http spse": {"url": f"http://{sites['spse']}/"},
        "http mail": {"url": f"http://{sites['mail']}/"},
        "http portal-name": {"url": "http://portal.kaltim.test/", "needs": ["wan"]},
        "http spse-name": {"url": "http://spse.kaltim.test/"},
        "http lan-name": {"url": "http://server.office.test/"},
    }
    for key, more in changes.items():
        if more is None:
            told.pop(key, None)
        else:
            told[key] = {**told.get(key, {}), **more}
    names = {key.split(" ")[1] for key in told}
    for options in told.values():  # what names a table that is gone
        if "needs" in options:
            options["needs"] = [name for name in options["needs"] if name in names]
    return told


def configuration(folder, pace, changes):
    lines = [
        '[office]\nid = "truth"\ntimezone = "UTC"',
        f'[agent]\nstate_dir = "{folder}/state"\nclock = "trusted"',
        f'resolvers = ["{office_place.RESOLVER}"]',
        f'[web]\nlisten = ["unix:{folder}/web.sock"]',
        "[defaults]",
        *(f'{key} = "{value}"' for key, value in options_of(pace).items()),
    ]
    for key, options in tables(pace, changes).items():
        kind, name = key.split(" ")
        lines.append(f'[[{kind}]]\nname = "{name}"')
        # What TOML and JSON write alike.
        lines += [f"{option} = {json.dumps(value)}" for option, value in options.items()]
    return "\n".join(lines) + "\n"


class OfficeAgent(Agent):
    """`boot` begins a life on a machine that has started anew: its boot id is another."""

    def __init__(self, siaga, folder, namespace, pace, changes):
        os.makedirs(folder)
        self.siaga, self.folder, self.namespace = siaga, folder, namespace
        self.config, self.process = f"{folder}/siaga.toml", None
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration(folder, pace, changes))
        self.new_boot()

    def new_boot(self):
        with open(f"{self.folder}/boot_id", "w", encoding="ascii") as file:
            file.write(f"{uuid.uuid4()}\n")

    def start(self):
        inside = f'mount --bind "$0/boot_id" {BOOT_ID} && exec "$1" -c "$0/siaga.toml" run'
        words = ["nsenter", f"--net={self.namespace.path}", "unshare", "--mount"]
        words += ["sh", "-c", inside, self.folder, self.siaga]
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder)

    def start_and_wait(self):
        """Returns when it answers."""
        self.start()
        end = time.monotonic() + SAID_S
        while not self.states():
            if self.process.poll() is not None:
                raise RuntimeError(f"the agent ended by itself: {self.process.returncode}")
            if time.monotonic() > end:
                raise RuntimeError(f"the agent does not answer {SAID_S:g} s after its start")
            time.sleep(0.05)

    def signal(self, number):
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    def states(self):
        """{name: state}; nothing while it does not answer."""
        try:
            status = json.loads(self.ask("/api/v1/status"))
        except (OSError, http.client.HTTPException):
            return {}
        return {node["name"]: node["state"] for node in status["judged"] + status["targets"]}

    def said(self, since_s):
        """All that is judged, after its end: {what: parsed}. `since_s`: seconds of the date."""
        since = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(since_s))
        return {
            "outages": self.read("outages", "--json", "--since", since)["outages"],
            "report": self.read("report", "--format", "json", "--since", since),
            "journal": self.read("journal", "export", "--format", "json"),
        }
