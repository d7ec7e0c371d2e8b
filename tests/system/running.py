"""Scenarios about a service that runs: reload, a loop that stands still, kills, restarts."""

import json
import re
import subprocess
import sys
import time

from agent import CONFIG, UNIT, office, ping

BACK_S = 10.0  # from a kill to the next answer, when it is the first for a while
KILLS = 4
SLACK_S = 15.0  # of a busy machine


def up(check, agent, *names, seconds=15):
    check.within(f"{', '.join(names)} up", seconds, lambda: agent.all_up(*names), agent.seen)


# --- reload

BROKEN = office(ping("first"), '[[ping]]\nname = "second"\nhots = "127.0.0.1"\ninterval = "soon"\n')


def reload(lab):
    check, agent = lab.check, lab.agent(office(ping("first")))
    machine = agent.machine
    up(check, agent, "first")
    check.equal(
        "a configuration was taken over", agent.value("siaga_config_last_reload_successful"), 1
    )
    pid, runs = agent.pid, agent.value("siaga_probe_runs_total", target="first", verdict="ok")

    agent.configure(office(ping("first"), ping("second", "127.0.0.2")))
    check.equal(
        "`systemctl reload` of a good configuration", agent.systemctl("reload", UNIT).code, 0
    )
    check.that("the new target is there at once", "second" in agent.seen(), agent.seen())
    check.equal("the old one keeps its state", agent.seen().get("first"), "up")
    later = agent.value("siaga_probe_runs_total", target="first", verdict="ok")
    check.that(
        "and its counters",
        later is not None and runs is not None and later >= runs,
        f"{runs}, then {later}",
    )
    check.equal("it is the same process", agent.pid, pid)
    check.equal("the unit is active again after reloading", agent.of_unit("SubState"), "running")
    up(check, agent, "first", "second")
    check.within(
        "the status line counts the new target",
        15,
        lambda: "2 targets" in agent.of_unit("StatusText"),
        lambda: agent.of_unit("StatusText"),
    )

    agent.configure(BROKEN)
    done = agent.systemctl("reload", UNIT)
    check.that("`systemctl reload` of a bad configuration fails", done.code != 0, done.all)
    check.has(
        "and the journal says where and what",
        agent.log(),
        f"{CONFIG}:",
        "hots",
        "interval",
        "soon",
        "^",
    )
    check.has("`systemctl status` shows that too", agent.status(), "hots")
    check.equal("the metric says so", agent.value("siaga_config_last_reload_successful"), 0)
    check.equal("the old configuration is in force", sorted(agent.seen()), ["first", "second"])
    check.equal("all is up still", agent.all_up("first", "second"), True)
    check.equal("it is the same process still", agent.pid, pid)
    check.equal("the unit did not fail", agent.of_unit("ActiveState"), "active")
    checked = agent.siaga("check")
    check.equal("`siaga check` finds it too", checked.code, 1)
    check.has("with the same words", checked.all, "hots", "interval")

    agent.configure(office(ping("second", "127.0.0.2")))
    agent.machine.write("/etc/siaga/conf.d/more.toml", ping("third", "127.0.0.3"))
    check.equal("a good one is taken again", agent.systemctl("reload", UNIT).code, 0)
    check.equal("the metric says so again", agent.value("siaga_config_last_reload_successful"), 1)
    check.equal(
        "what was removed is gone, and conf.d is read", sorted(agent.seen()), ["second", "third"]
    )
    up(check, agent, "second", "third")
    check.equal("SIGHUP does the same", machine.run("kill", "-HUP", str(pid)).code, 0)
    check.within(
        "it says that it has reloaded",
        10,
        lambda: agent.log().count("configuration reloaded") >= 3,
        agent.log,
    )
    agent.systemctl("stop", UNIT)
    done = agent.siaga("reload")
    check.that(
        "`siaga reload` without an agent fails and says what to do",
        done.code != 0 and "systemctl start siaga" in done.all,
        done.all,
    )


# --- watchdog, kills


def watchdog(lab):
    check, agent = lab.check, lab.agent(office(ping("loopback")))
    up(check, agent, "loopback")
    limit = int(
        agent.systemctl("show", "--value", "-p", "WatchdogUSec", "--timestamp=us", UNIT)
        .out.strip()
        .rstrip("s")
        or 0
    )
    check.equal("the unit has a watchdog of 30 s", limit, 30)
    pid, began = agent.pid, time.monotonic()
    agent.machine.run("kill", "-STOP", str(pid)).must()
    check.within(
        "a loop that stands still is ended",
        limit + SLACK_S,
        lambda: agent.pid not in (0, pid),
        agent.status,
    )
    took = time.monotonic() - began
    check.number("stopped loop to the next process", took, "s", limit + SLACK_S)
    lab.ready(agent)
    check.has("systemd says why", agent.log(), "Watchdog timeout")
    check.equal("it was restarted once", agent.of_unit("NRestarts"), "1")
    booked(check, agent, "crash", 1)
    up(check, agent, "loopback")


def booked(check, agent, name, count):
    check.within(
        f"/metrics has {count} dark interval(s) of class {name}",
        10,
        lambda: agent.value("siaga_dark_intervals_total", **{"class": name}) == count,
        lambda: [line for line in agent.get("/metrics").splitlines() if "siaga_dark" in line],
    )


def kill(lab):
    """Killed once it is back at once; killed again and again it waits, each time longer."""
    check, agent = lab.check, lab.agent(office(ping("loopback")))
    up(check, agent, "loopback")
    pauses, announced = [], []
    for number in range(KILLS):
        pid, began = agent.pid, time.monotonic()
        os_kill(agent, pid)
        if number >= 1:  # the first costs nothing
            announced.append(announced_wait(check, agent))
        back = check.within(
            f"it is back after kill {number + 1}",
            BACK_S + 2.0 ** (number + 1),
            lambda: agent.pid not in (0, pid) and agent.answers(),
            agent.status,
        )
        if back is None:
            return
        pauses.append(time.monotonic() - began)
    check.number("kill -9 to the next answer", pauses[0], "s", BACK_S)
    check.number(f"the same, the {KILLS}th time in a row", pauses[-1], "s")
    check.equal("each pause is twice the one before", announced, [2, 4, 8])
    check.that(
        "and is kept",
        all(pause >= seconds for pause, seconds in zip(pauses[1:], announced)),
        [round(pause, 1) for pause in pauses],
    )
    check.equal("systemd has not given it up", agent.of_unit("ActiveState"), "active")
    booked(check, agent, "crash", KILLS)
    up(check, agent, "loopback")
    began = time.monotonic()
    agent.systemctl("restart", UNIT).must()
    lab.ready(agent)
    check.number("`systemctl restart` after all that", time.monotonic() - began, "s", 5)
    check.equal(
        "a clean stop starts the count anew",
        agent.machine.sh("cat /run/siaga/starts").out.split()[:1],
        ["0"],
    )


def os_kill(agent, pid):
    agent.machine.run("kill", "-KILL", str(pid)).must()


def announced_wait(check, agent):
    """The seconds that STATUS says it waits, which `systemctl status` shows too."""
    found = []

    def looks():
        found[:] = re.findall(r"waiting (\d+) s", agent.of_unit("StatusText"))
        return found

    check.within("STATUS says that it waits", BACK_S, looks, lambda: agent.of_unit("StatusText"))
    check.has("and `systemctl status` shows it", agent.status(), "waiting")
    return int(found[0]) if found else None


# --- socket activation

SCRAPER = r"""
import http.client, json, sys, time
ends, failures, count, slowest = time.monotonic() + float(sys.argv[1]), [], 0, 0.0
while time.monotonic() < ends:
    began = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", 9790, timeout=20)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200 or "siaga_build_info" not in text:
            failures.append(f"{answer.status}, {len(text)} bytes")
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        failures.append(f"{type(error).__name__}: {error}")
    count, slowest = count + 1, max(slowest, time.monotonic() - began)
    time.sleep(0.02)
print(json.dumps({"count": count, "failures": failures, "slowest": slowest}))
"""


class Scraper:
    """Scrapes without a pause for so long, on the machine's network."""

    def __init__(self, machine, seconds):
        self.process = subprocess.Popen(
            [
                "nsenter",
                "-t",
                str(machine.leader),
                "-n",
                sys.executable,
                "-c",
                SCRAPER,
                str(seconds),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.seconds = seconds

    def result(self):
        out, _ = self.process.communicate(timeout=self.seconds + 60)
        return json.loads(out)


def socket(lab):
    check, agent = lab.check, lab.agent(office(ping("loopback")))
    up(check, agent, "loopback")
    without = Scraper(agent.machine, 4)
    time.sleep(0.5)
    agent.systemctl("restart", UNIT).must()
    lost = without.result()
    check.number("scrapes lost by a restart without the socket", len(lost["failures"]), "")

    done = agent.machine.sh(how_to_enable(agent))
    check.equal(f"the socket is enabled as its file says: {done.all}", done.code, 0)
    check.equal(
        "the socket listens", agent.systemctl("is-active", "siaga.socket").out.strip(), "active"
    )
    lab.ready(agent)
    check.has("the service knows its socket", agent.of_unit("TriggeredBy"), "siaga.socket")
    listeners = agent.machine.sh("ss -Hltnp 'sport = 9790'").out
    check.that("it is systemd's own", "systemd" in listeners, listeners)

    scraper = Scraper(agent.machine, 10)
    time.sleep(0.5)
    for _ in range(2):
        agent.systemctl("restart", UNIT).must()
        time.sleep(0.5)
    os_kill(agent, agent.pid)
    said = scraper.result()
    # A kill takes the answer that was being written; a restart takes none.
    check.that(
        "no scrape is lost by two restarts and a kill (but one that the kill cut)",
        len(said["failures"]) <= 1,
        said,
    )
    check.that("there were some", said["count"] > 20, said)
    check.number("the longest that a scrape waited meanwhile", said["slowest"], "s", 5)
    up(check, agent, "loopback")
    agent.machine.cut()
    agent.machine.boot()
    lab.ready(agent)
    check.equal(
        "after a boot too it is systemd that listens",
        agent.systemctl("is-active", "siaga.socket").out.strip(),
        "active",
    )


def how_to_enable(agent):
    """The commands in the comment of siaga.socket: what a user would type."""
    text = agent.machine.read("/lib/systemd/system/siaga.socket")
    return next(line.lstrip("# ") for line in text.splitlines() if line.startswith("#   systemctl"))
