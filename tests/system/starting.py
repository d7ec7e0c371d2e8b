"""Scenarios about starts on a machine that lacks something, or has a wrong configuration."""

import os
import re
import signal
import subprocess
import sys
import time

from agent import ADDRESS, CONFIG, UNIT, Agent, office, ping
from running import BROKEN, up


def bare(lab):
    """No network but loopback, no resolv.conf: it starts, and what is unreachable is data."""
    check, agent = lab.check, Agent(lab.machine(has_network=False))
    check.that("there is no resolv.conf", not agent.machine.path("/etc/resolv.conf").exists())
    agent.install(lab.package).must()
    lab.ready(agent)
    up(check, agent, "siaga", "loopback")
    seen = agent.seen()
    check.that(
        "resolvers and link are known not to be there",
        seen.get("resolvers") != "up" and seen.get("wan") != "up",
        seen,
    )
    check.equal("the unit is active", agent.of_unit("ActiveState"), "active")
    agent.machine.cut()
    agent.machine.boot()
    lab.ready(agent)
    agent.machine.path(CONFIG).unlink()
    agent.systemctl("restart", UNIT).must()
    lab.ready(agent)
    up(check, agent, "siaga", "loopback")
    check.that("without a file it runs on its own default", True)
    unit = agent.machine.read(f"/lib/systemd/system/{UNIT}")
    check.that(
        "it does not wait for the network, a time server or NUT",
        not re.search(r"^(After|Wants|Requires)=.*(network-online|time-sync|nut)", unit, re.M),
        unit,
    )


def read_only(lab):
    """The journal's folder cannot be written: it watches all the same, and says so."""
    check, agent = lab.check, lab.agent(office(ping("loopback")))
    up(check, agent, "loopback")
    agent.systemctl("stop", UNIT).must()
    agent.drop_in("read-only", "[Service]\nReadOnlyPaths=/var/lib/siaga\n")
    done = agent.systemctl("start", UNIT)
    check.equal(f"it starts: {done.all}", done.code, 0)
    lab.ready(agent)
    up(check, agent, "loopback")
    check.equal("the metric says that nothing is kept", agent.value("siaga_journal_durable"), 0)
    check.that(
        "/-/ready says why",
        re.search("read-only|Read-only", agent.get("/-/ready")),
        agent.get("/-/ready"),
    )
    check.that(
        "the status line says so",
        re.search("journal|record", agent.of_unit("StatusText")),
        agent.of_unit("StatusText"),
    )
    agent.machine.path("/etc/systemd/system/siaga.service.d/read-only.conf").unlink()
    agent.systemctl("daemon-reload").must()
    agent.systemctl("restart", UNIT).must()
    lab.ready(agent)
    check.within(
        "with its folder back it keeps a record again",
        15,
        lambda: agent.value("siaga_journal_durable") == 1,
        lambda: agent.get("/-/ready"),
    )


def broken(lab):
    """A start with a configuration that is wrong: clear, not for ever at full speed, and over when
    the file is right."""
    check, agent = lab.check, Agent(lab.machine())
    agent.configure(BROKEN)
    done = agent.install(lab.package)
    check.equal("the package can be installed all the same", done.code, 0)
    time.sleep(5)
    check.that("it does not run", agent.code("/metrics") == "000")
    check.equal("its exit code is 2", agent.of_unit("ExecMainStatus"), "2")
    check.equal("it has failed, and is not tried again", agent.of_unit("ActiveState"), "failed")
    check.that(
        "it was not started again and again",
        int(agent.of_unit("NRestarts")) <= 3,
        agent.of_unit("NRestarts"),
    )
    check.has(
        "`systemctl status` says where and what is wrong",
        agent.status(),
        f"{CONFIG}:",
        "hots",
        "status=2",
    )
    again = agent.systemctl("start", UNIT)
    check.that("`systemctl start` fails and says so", again.code != 0, again.all)
    agent.configure(office(ping("first")))
    began = time.monotonic()
    agent.systemctl("restart", UNIT).must()
    check.number("`systemctl restart` with the mended file", time.monotonic() - began, "s", 5)
    lab.ready(agent)
    up(check, agent, "first")


SECRET_SERVER = r"""
import base64, http.server, sys
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.headers.get("Authorization") == "Bearer " + sys.argv[1]
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", 8080), Door).serve_forever()
"""
DOOR = '[[http]]\nname = "{}"\nurl = "http://127.0.0.1:8080/"\n'


def credentials(lab):
    """Of /etc/siaga/credentials, handed over by systemd."""
    check = lab.check
    agent = Agent(lab.machine())
    agent.machine.write("/etc/siaga/credentials/portal", "buka-sesam\n", 0o600)
    os.chmod(agent.machine.path("/etc/siaga/credentials"), 0o700)
    door = subprocess.Popen(
        [
            "nsenter",
            "-t",
            str(agent.machine.leader),
            "-n",
            sys.executable,
            "-c",
            SECRET_SERVER,
            "buka-sesam",
        ]
    )
    try:
        agent.configure(
            office(
                DOOR.format("door") + 'bearer = { credential = "portal" }\n', DOOR.format("shut")
            )
        )
        agent.install(lab.package).must()
        lab.ready(agent)
        up(check, agent, "door")
        check.within(
            "without the secret it is refused",
            10,
            lambda: agent.seen().get("shut") == "down",
            agent.seen,
        )
        check.equal(
            "only root reads the file",
            agent.machine.sh(
                "stat -c '%U %a' /etc/siaga/credentials /etc/siaga/credentials/portal"
            ).out.split("\n")[:2],
            ["root 700", "root 600"],
        )
        told = agent.machine.sh(
            f"siaga config show; cat /proc/{agent.pid}/environ; siaga status; "
            f"curl -s http://{ADDRESS}/metrics; journalctl -u siaga"
        ).all
        check.that("the secret is shown nowhere", "buka-sesam" not in told)
        check.equal("`siaga check` by root finds the credential", agent.siaga("check").code, 0)
        agent.machine.sh("mv /etc/siaga/credentials /etc/siaga/kept").must()
        plain = office(ping("loopback"))
        agent.configure(plain)
        done = agent.systemctl("restart", UNIT)
        check.equal(
            f"without the folder, and without a need for it, it starts: {done.all}", done.code, 0
        )
        agent.machine.sh(
            "rm -rf /etc/siaga/credentials; mv /etc/siaga/kept /etc/siaga/credentials"
        ).must()
        agent.systemctl("restart", UNIT)
        lab.ready(agent)
        agent.configure(office(DOOR.format("door") + 'bearer = { credential = "lost" }\n'))
        done = agent.systemctl("reload", UNIT)
        check.that(
            "a credential that is not there is a clear error",
            done.code != 0 and "lost" in agent.log(),
            agent.log(),
        )
    finally:
        door.send_signal(signal.SIGKILL)
        door.wait()
