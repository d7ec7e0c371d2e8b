"""Scenarios about the end of a whole machine: what the agent makes of the time in which it did not
run, and what a disk that lost its last writes has kept."""

import json
import time

from agent import JOURNAL, UNIT, office, ping
from peers import Peers
from running import booked, up

# A container's boot id is a mount over the kernel's, and what hardens the service mounts a fresh
# /proc without it: given back by hand, the way a real machine has it.
BOOT_ID = """[Unit]
DefaultDependencies=no
Before=siaga.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'cat /proc/sys/kernel/random/boot_id >/run/boot-id'
RemainAfterExit=yes
[Install]
WantedBy=sysinit.target
"""
OWN_BOOT_ID = """[Unit]
After=lab-boot-id.service
Requires=lab-boot-id.service
[Service]
BindReadOnlyPaths=/run/boot-id:/proc/sys/kernel/random/boot_id
"""
OFF_S = 1.0


def give_boot_id(agent):
    agent.machine.write("/etc/systemd/system/lab-boot-id.service", BOOT_ID)
    agent.systemctl("-q", "enable", "lab-boot-id.service").must()
    agent.drop_in("boot-id", OWN_BOOT_ID)
    agent.systemctl("restart", UNIT).must()


def begin_again(lab, agent):
    time.sleep(OFF_S)
    agent.machine.boot()
    lab.ready(agent)


def power(lab):
    """Ends of a machine that was not shut down, and their classes."""
    check, agent = lab.check, lab.agent(
        office(
            ping("loopback"),
            '[[ups]]\nname = "ups"\nserver = "nut://127.0.0.1/office"\ninterval = "1s"\n',
            '[[mains]]\nname = "pln"\nups = ["ups"]\n',
        )
    )
    give_boot_id(agent)
    lab.ready(agent)
    first = boot_of(agent)
    check.equal(
        "the service sees the machine's boot id",
        first,
        agent.machine.run("cat", "/proc/sys/kernel/random/boot_id").out.strip(),
    )
    up(check, agent, "loopback")

    agent.machine.cut()
    begin_again(lab, agent)
    check.that("the boot has another id", boot_of(agent) != first, first)
    booked(check, agent, "power_suspected", 1)
    check.that(
        "its length is counted",
        (agent.value("siaga_dark_seconds_total", **{"class": "power_suspected"}) or 0) >= OFF_S,
    )
    up(check, agent, "loopback")

    peers = Peers(agent.machine)
    peers.ups()
    check.within(
        "the mains is on, says the UPS", 40, lambda: mains(agent) == "on", lambda: mains(agent)
    )
    peers.feed("OB DISCHRG", "0")
    check.within("the mains is off", 40, lambda: mains(agent) == "off", lambda: mains(agent))
    time.sleep(2 * 2.0 + 1)  # on battery it beats every 2 s
    agent.machine.cut()
    begin_again(lab, agent)
    booked(check, agent, "power", 1)
    peers.feed("OL")
    check.within("the mains is on again", 40, lambda: mains(agent) == "on", lambda: mains(agent))

    agent.systemctl("stop", UNIT).must()
    agent.machine.cut()
    begin_again(lab, agent)
    booked(check, agent, "stop", 2)  # the drop-in's restart was one
    reported(check, agent)


ENDS = ((), ("systemctl", "poweroff"), ("systemctl", "reboot"), ("shutdown", "-h", "now"))
MACHINE, SERVICE = "the machine was shut down in order", "the service was stopped in order"
# The other way to the machine's boot id: own mounts of /proc would take ExecStop=+ along.
OPEN_PROC = """[Service]
ProtectKernelTunables=no
ProtectKernelLogs=no
ProtectKernelModules=no
ProtectControlGroups=no
ProtectProc=default
"""


def ends(lab):
    """The machine that ends in order is not the service that is stopped. First as it is installed;
    in a container it then always sees the same boot id, and only the evidence tells."""
    check, agent = lab.check, lab.agent(office(ping("loopback")))
    up(check, agent, "loopback")
    for words in ENDS:
        agent.machine.shut_down(*words)
        begin_again(lab, agent)
        said = agent.darks()[-1][1]
        check.has(f"evidence after {' '.join(words) or 'the power button'}", said, MACHINE)
    for words in (("restart",), ("stop", "start")):
        for word in words:
            agent.systemctl(word, UNIT).must()
        lab.ready(agent)
        check.has(f"evidence after systemctl {' and '.join(words)}", agent.darks()[-1][1], SERVICE)
    agent.systemctl("stop", UNIT).must()
    agent.machine.shut_down()
    begin_again(lab, agent)
    check.has("evidence after a stop before the end", agent.darks()[-1][1], SERVICE)
    check.equal("no unit has failed", agent.systemctl("--failed", "--no-legend").out.strip(), "")

    agent.drop_in("open-proc", OPEN_PROC)
    agent.systemctl("restart", UNIT).must()
    lab.ready(agent)
    agent.machine.shut_down()
    begin_again(lab, agent)
    check.equal("with another boot id that is a reboot", agent.darks()[-1][0], "reboot")
    booked(check, agent, "reboot", 1)


def boot_of(agent):
    return agent.machine.run(
        "nsenter", "-t", str(agent.pid), "-m", "cat", "/proc/sys/kernel/random/boot_id"
    ).out.strip()


def mains(agent):
    states = ("on", "off", "unknown")
    return next(
        (
            state
            for state in states
            if agent.value("siaga_mains_state", mains="pln", state=state) == 1
        ),
        "",
    )


def reported(check, agent):
    classes = sorted(name for name, _ in agent.darks())
    check.equal("the journal has them all", classes, ["power", "power_suspected", "stop", "stop"])
    said = agent.siaga("outages", "--json")
    check.equal(f"`siaga outages` reads the journal: {said.err}", said.code, 0)
    found = {row.get("target"): row for row in json.loads(said.out)["outages"]}
    check.that(
        "the mains' outage over the cut is in it, by power",
        found.get("pln", {}).get("cause") == "power",
        found,
    )
    report = agent.siaga("report", "--since", "-1h", "--format", "json")
    check.equal(
        f"`siaga report` names them: {report.err}",
        sorted(row["class"] for row in json.loads(report.out)["dark_intervals"]),
        classes,
    )
    check.equal("the journal is sound", agent.siaga("journal", "check").code, 0)
    totals = [
        agent.value("siaga_target_unknown_seconds_total", target="loopback", reason="agent_dark")
    ]
    check.that("the dark time is the target's unknown time", (totals[0] or 0) >= 3 * OFF_S, totals)


def disk(lab):
    """A power cut that takes all that was not yet on the disk: the image is copied as the disk holds
    it, in the middle of everything, and the machine is booted from that."""
    check = lab.check
    agent = lab.agent(
        office('[[tcp]]\nname = "web"\nhost = "127.0.0.1:80"\n', ping("loopback")), has_image=True
    )
    give_boot_id(agent)
    lab.ready(agent)
    Peers(agent.machine).web()
    up(check, agent, "web", "loopback")
    agent.machine.run("sync").must()  # what is ours; from here on only the agent's own syncs count
    agent.systemctl("stop", "nginx").must()
    check.within(
        "the web server is down", 20, lambda: agent.seen().get("web") == "down", agent.seen
    )
    agent.systemctl("start", "nginx").must()
    up(check, agent, "web")
    check.within("its outage is booked", 30, lambda: outages(agent) == 1, lambda: outages(agent))
    shown = listed(agent)
    agent.machine.sh("echo unsynced >/var/lib/siaga/../unsynced")
    later = agent.machine.disk.copy()
    agent.machine.cut()
    agent.machine.disk.replace(later)
    begin_again(lab, agent)
    unsynced = agent.machine.path("/var/lib/unsynced")
    check.that(
        "the disk did lose what nobody synced",
        not unsynced.exists() or unsynced.stat().st_size == 0,
    )
    check.that(
        "the outage that /metrics had shown is there",
        shown and shown[0] in listed(agent),
        f"{shown}, then {listed(agent)}",
    )
    check.that("and counted", outages(agent) >= 1, outages(agent))
    booked(check, agent, "power_suspected", 1)
    check.equal(
        "no file was set aside",
        [
            path.name
            for path in agent.machine.path("/var/lib/siaga").iterdir()
            if path.name.startswith("journal.db.")
        ],
        [],
    )
    checked = agent.siaga("journal", "check")
    check.equal(f"the journal is sound: {checked.all}", checked.code, 0)
    up(check, agent, "web", "loopback")
    check.that("its file is the one of the copy", agent.machine.path(JOURNAL).exists())


def listed(agent):
    """(target, cause, id) of what was down."""
    said = json.loads(agent.siaga("outages", "--json").must().out)
    return [
        (row["target"], row["cause"], row["id"])
        for row in said["outages"]
        if row["target"] == "web"
    ]


def outages(agent):
    return agent.value("siaga_outages_total", target="web", cause="service") or 0
