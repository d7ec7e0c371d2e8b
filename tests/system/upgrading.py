"""Scenarios about versions: an upgrade keeps what was changed and what was recorded, and asks
nothing; a journal from the future is kept and said."""

import re
import subprocess

from agent import CONFIG, JOURNAL, UNIT, Agent, office
from peers import Peers
from running import up

WEB = office('[[tcp]]\nname = "web"\nhost = "127.0.0.1:80"\n')
# What migration 2 brought (agent/journal/schema.cc), taken away again.
FIRST_SCHEMA = "DROP TABLE notes; PRAGMA user_version = 1;"
FUTURE = 99
MAKE_S = 60


def repacked(package, folder, version):
    """The package under another version: what there is of an older release before there is one."""
    place, result = folder / f"tree-{version}", folder / f"siaga_{version}.deb"
    subprocess.run(["dpkg-deb", "-R", str(package), str(place)], check=True, timeout=MAKE_S)
    control = place / "DEBIAN" / "control"
    text = control.read_text(encoding="utf-8")
    control.write_text(
        re.sub(r"^Version: .*$", f"Version: {version}", text, flags=re.M), encoding="utf-8"
    )
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", str(place), str(result)],
        check=True,
        timeout=MAKE_S,
        stdout=subprocess.DEVNULL,
    )
    return result


def version_of(agent):
    return agent.machine.run("dpkg-query", "-W", "-f", "${Version}", "siaga").out


def sql(agent, text):
    return agent.machine.run("sqlite3", JOURNAL, text).must().out.strip()


def upgrade(lab):
    check, agent = lab.check, Agent(lab.machine())
    Peers(agent.machine).web()
    agent.configure(WEB)
    older = repacked(lab.package, lab.folder, "0.0.1")
    old = lab.packages.previous or repacked(lab.package, lab.folder, "0.0.2")
    agent.install(older).must()
    lab.ready(agent)
    an_outage(check, agent)
    agent.configure(WEB + "\n# ditambah oleh pengelola; tidak boleh hilang\n")
    agent.machine.sh(f"chgrp siaga {CONFIG}; chmod 640 {CONFIG}").must()
    config, pid = agent.machine.read(CONFIG), agent.pid

    done = agent.install(old)
    check.equal(f"an upgrade ends well: {done.all[-800:]}", done.code, 0)
    lab.ready(agent)
    check.that("the service was restarted", agent.pid not in (0, pid), agent.status())
    kept(check, agent, config)

    agent.systemctl("stop", UNIT).must()
    sql(agent, FIRST_SCHEMA)
    check.equal(
        "the journal is as the first version left it", sql(agent, "PRAGMA user_version"), "1"
    )
    agent.bring(lab.package)
    asked = agent.machine.run("apt-get", "-y", "install", "/srv/siaga.deb", seconds=120)
    check.equal(
        f"an upgrade that could ask, with nobody to answer: {asked.all[-800:]}", asked.code, 0
    )
    check.that("it asks nothing", not re.search(r"\[[yYnN/ID OZ]+\]|\? \[", asked.all), asked.all)
    lab.ready(agent)
    check.that("the version is the new one", version_of(agent) > "0.0.2", version_of(agent))
    kept(check, agent, config)
    check.that("the journal has this version's tables", int(sql(agent, "PRAGMA user_version")) > 1)
    check.equal(
        "with those that were missing",
        sql(agent, "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'"),
        "1",
    )
    up(check, agent, "web")

    agent.systemctl("disable", "--now", UNIT).must()
    check.equal(
        "installed over itself", agent.apt("install", "--reinstall", "/srv/siaga.deb").code, 0
    )
    check.equal(
        "a disabled service stays disabled",
        agent.systemctl("is-enabled", UNIT).out.strip(),
        "disabled",
    )
    check.equal("and is not started", agent.systemctl("is-active", UNIT).out.strip(), "inactive")
    agent.systemctl("enable", "--now", UNIT).must()
    agent.machine.path(CONFIG).unlink()
    agent.apt("install", "--reinstall", "/srv/siaga.deb").must()
    check.that("a configuration that is not there comes anew", agent.machine.path(CONFIG).exists())
    lab.ready(agent)


def an_outage(check, agent):
    up(check, agent, "web")
    agent.systemctl("stop", "nginx").must()
    check.within(
        "the web server is down", 20, lambda: agent.seen().get("web") == "down", agent.seen
    )
    agent.systemctl("start", "nginx").must()
    check.within(
        "its outage is booked",
        40,
        lambda: booked_outages(agent) == 1,
        lambda: booked_outages(agent),
    )


def booked_outages(agent):
    return agent.value("siaga_outages_total", target="web", cause="service")


def kept(check, agent, config):
    check.equal(
        "the changed configuration is the same, byte for byte", agent.machine.read(CONFIG), config
    )
    check.equal(
        "with the administrator's mode",
        oct(agent.machine.path(CONFIG).stat().st_mode & 0o777),
        "0o640",
    )
    beside = [path.name for path in agent.machine.path("/etc/siaga").iterdir()]
    check.equal(
        "nothing lies beside it",
        sorted(set(beside) - {"portal.pem"}),
        ["conf.d", "credentials", "siaga.toml"],
    )
    check.within(
        "the outage is in the metrics still",
        15,
        lambda: booked_outages(agent) == 1,
        lambda: booked_outages(agent),
    )
    check.has("and in `siaga outages`", agent.siaga("outages").out, "web")
    check.equal(
        "the service is enabled", agent.systemctl("is-enabled", UNIT).out.strip(), "enabled"
    )


def rpm(lab):
    """The .rpm, on the same Debian: there is no other machine here. rpm itself acts from outside,
    so what it would do to a running systemd is done by hand."""
    check, agent = lab.check, Agent(lab.machine())
    machine, file = agent.machine, str(lab.packages.rpm)

    def run(*words):
        return subprocess.run(
            ["rpm", "--root", str(machine.disk.place), *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=MAKE_S,
        )

    done = run("--nodeps", "-i", file)
    check.equal(f"rpm -i ends well: {done.stderr}", done.returncode, 0)
    agent.systemctl("daemon-reload").must()
    check.equal(
        "the service is enabled", agent.systemctl("is-enabled", UNIT).out.strip(), "enabled"
    )
    agent.systemctl("start", UNIT).must()
    lab.ready(agent)
    check.equal(
        "it runs as the user siaga",
        machine.sh(f"stat -c %U:%G /proc/{agent.pid}").out.strip(),
        "siaga:siaga",
    )
    check.equal(
        "the default configuration was copied",
        machine.read(CONFIG),
        machine.read("/usr/share/siaga/siaga.toml"),
    )
    verified = machine.run("systemd-analyze", "verify", UNIT)
    check.equal("`systemd-analyze verify` is silent", (verified.code, verified.all), (0, ""))
    changed = run("-V", "--nodeps", "siaga")
    check.equal("rpm -V finds everything as it was packed", changed.stdout.strip(), "")
    up(check, agent, "siaga", "loopback")
    agent.systemctl("stop", UNIT).must()
    gone = run("-e", "siaga")
    check.equal(f"rpm -e ends well: {gone.stderr}", gone.returncode, 0)
    agent.systemctl("daemon-reload").must()
    check.that("the program is gone", not machine.path("/usr/bin/siaga").exists())
    for path in (CONFIG, JOURNAL):
        check.that(f"{path} is kept", machine.path(path).exists())


def future(lab):
    """After a downgrade the journal is newer than the program."""
    check, agent = lab.check, Agent(lab.machine())
    Peers(agent.machine).web()
    agent.configure(WEB)
    agent.install(lab.package).must()
    lab.ready(agent)
    an_outage(check, agent)
    old = repacked(lab.package, lab.folder, "0.0.2")
    agent.systemctl("stop", UNIT).must()
    sql(agent, f"PRAGMA user_version = {FUTURE};")
    agent.bring(old)
    done = agent.apt("install", "--allow-downgrades", "/srv/siaga.deb")
    check.equal(f"a downgrade ends well: {done.all[-800:]}", done.code, 0)
    agent.systemctl("start", UNIT).must()
    lab.ready(agent)
    up(check, agent, "web")
    check.equal("it runs", agent.of_unit("ActiveState"), "active")
    for where, text in (("the log", agent.log()), ("/-/ready", agent.get("/-/ready"))):
        check.has(
            f"{where} says what it is and what to do",
            text,
            "later version",
            str(FUTURE),
            "install that version again",
        )
    names = [path.name for path in agent.machine.path("/var/lib/siaga").iterdir()]
    aside = [
        name
        for name in names
        if name.startswith("journal.db.") and "-wal" not in name and "-shm" not in name
    ]
    check.equal("the file is kept", len(aside), 1)
    check.that(
        "a new journal is kept meanwhile",
        agent.value("siaga_journal_durable") == 1,
        agent.get("/-/ready"),
    )
    if aside:
        there = agent.machine.run(
            "sqlite3",
            f"/var/lib/siaga/{aside[0]}",
            "PRAGMA user_version; SELECT count(*) FROM outages;",
        )
        check.equal("with everything in it", there.out.split(), [str(FUTURE), "1"])
