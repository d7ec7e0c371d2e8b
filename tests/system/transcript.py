"""The README's installation section: what a new user types, and what the machine really answers.
Played on a fresh machine; dates are moved to one fixed morning, and process numbers are dots.
"""

import datetime
import re

from agent import INSTALL_S, NONINTERACTIVE, Agent
from lab import Lab, Scenario
from peers import Peers

HOST = "kantor"
MORNING = datetime.datetime(2026, 11, 30, 8, 0, 0)
PORTAL = """[[http]]
name     = "portal"
url      = "http://portal.kantor.test/"
interval = "5s"
"""
SETTLES_S = 60
# What apt and dpkg say on the way.
CHATTER = re.compile(
    r"^(Reading |Building |WARNING: apt|\(Reading database|debconf: delaying|Get:|Need to get|"
    r"After this|0 upgraded|Selecting |Preparing |Suggested|The following|Note, selecting|$)|"
    r"^  (siaga|prometheus|nut-server.*)$|"
    r"^N: Download is performed|^Processing triggers"
)


class Terminal:
    def __init__(self, agent):
        self.agent, self.lines = agent, []
        self.began = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)

    def type(self, shown, run=None, hides=None, seconds=INSTALL_S):
        """`run`: the same for a script: without questions, without sudo. Returns what was said."""
        command = run or shown.replace("sudo ", "")
        said = self.agent.machine.run(
            "bash", "-c", command, seconds=seconds, COLUMNS="100", **NONINTERACTIVE
        )
        kept = [
            line.rstrip() for line in said.all.splitlines() if not (hides and hides.search(line))
        ]
        self.lines += [
            f"$ {line}" if number == 0 else line for number, line in enumerate(shown.splitlines())
        ]
        self.lines += [*map(self.still, kept), ""]
        return said

    def still(self, line):
        """Without what is different each time."""
        line = re.sub(r"\b(?:\w{3} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", self.moved, line)
        line = re.sub(r"^\w{3} \d+ \d\d:\d\d:\d\d ", "Nov 30 08:00:00 ", line)
        line = re.sub(r"\[\d+\]:", "[...]:", line)
        line = re.sub(r"(Main PID: )\d+", r"\1...", line)
        return re.sub(r"([├└]─)\d+ ", r"\1... ", line)

    def moved(self, found):
        then = datetime.datetime.fromisoformat(found[1])
        return str(MORNING + (then - self.began.replace(microsecond=0)))


def play(lab):
    agent = Agent(lab.machine(has_image=True))
    check, name = lab.check, lab.package.name
    agent.machine.sh(f"hostname {HOST}; echo {HOST} >/etc/hostname").must()
    # Machines have a time server.
    agent.machine.sh(
        "mkdir -p /run/systemd/timesync; touch /run/systemd/timesync/synchronized"
    ).must()
    peers = Peers(agent.machine)
    peers.names(), peers.web()
    agent.machine.path("/srv/" + name).write_bytes(lab.package.read_bytes())
    terminal = Terminal(agent)
    terminal.type(
        f"sudo apt install ./{name}", f"cd /srv; apt -q install -y ./{name} 2>&1", CHATTER
    )
    check.within(
        "all but the mains is up",
        SETTLES_S,
        lambda: agent.all_up("resolvers", "wan", "siaga", "loopback"),
        agent.seen,
    )
    check.within(
        "the status line says so",
        SETTLES_S,
        lambda: "pending" not in agent.of_unit("StatusText"),
        lambda: agent.of_unit("StatusText"),
    )
    terminal.type("systemctl status siaga")
    terminal.type("siaga status")
    terminal.type("curl -s http://127.0.0.1:9790/metrics | grep ^probe_success")
    write = f"sudo tee /etc/siaga/conf.d/portal.toml >/dev/null <<'END'\n{PORTAL}END"
    terminal.type(write)
    terminal.type("siaga check")
    terminal.type("sudo systemctl reload siaga")
    check.within("the portal is up", SETTLES_S, lambda: agent.all_up("portal"), agent.seen)
    terminal.type("siaga status")
    terminal.type("sudo sed -i 's/5s/soon/' /etc/siaga/conf.d/portal.toml")
    wrong = terminal.type("sudo systemctl reload siaga")
    check.that("a bad configuration is refused", wrong.code != 0, wrong.all)
    terminal.type("siaga check")
    terminal.type("sudo sed -i 's/soon/5s/' /etc/siaga/conf.d/portal.toml")
    terminal.type("sudo systemctl reload siaga")
    agent.machine.run("systemctl", "stop", "nginx").must()
    check.within(
        "the portal is down", SETTLES_S, lambda: agent.seen().get("portal") == "down", agent.seen
    )
    agent.machine.run("systemctl", "start", "nginx").must()
    check.within("the portal is up again", SETTLES_S, lambda: agent.all_up("portal"), agent.seen)
    terminal.type("siaga outages")
    terminal.type("siaga doctor")
    lab.text = "\n".join(terminal.lines).strip() + "\n"


def write_transcript(path, folder, root, packages):
    """0 when everything went as it should."""
    place = folder / "transcript"
    place.mkdir(parents=True, exist_ok=True)
    lab = Lab(Scenario("transcript", "what a new user types", play), place, root, packages)
    try:
        play(lab)
        path.write_text(lab.text, encoding="utf-8")
    finally:
        lab.close(False)
    for fault in lab.check.faults:
        print(fault)
    print(lab.text)
    return 1 if lab.check.faults else 0
