"""The installed agent on a machine, as its user and its Prometheus see it."""

import json
import re
import shutil

ADDRESS = "127.0.0.1:9790"
CONFIG = "/etc/siaga/siaga.toml"
JOURNAL = "/var/lib/siaga/journal.db"
UNIT = "siaga.service"
NONINTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive"}
APT = ("apt-get", "-q", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0")
ANSWER_S = 5
INSTALL_S = 120


def office(*tables):
    """A configuration that is quick. Of a machine whose clock nobody vouches for."""
    head = (
        '[office]\nid = "kantor"\ntimezone = "Asia/Makassar"\n\n[agent]\nclock = "trusted"\n\n'
        '[defaults]\ninterval = "1s"\ntimeout = "1s"\nretry_interval = "500ms"\nsettle = "1s"\n'
    )
    return head + "".join("\n" + table for table in tables)


def ping(name, host="127.0.0.1", more=""):
    return f'[[ping]]\nname = "{name}"\nhost = "{host}"\npackets = 1\n{more}'


class Agent:
    def __init__(self, machine):
        self.machine = machine

    # --- the package

    def bring(self, package):
        shutil.copy(package, self.machine.path("/srv/siaga.deb"))

    def install(self, package, **more):
        self.bring(package)
        return self.apt("install", "/srv/siaga.deb", **more)

    def apt(self, *words, **more):
        return self.machine.run(*APT, *words, seconds=INSTALL_S, **NONINTERACTIVE, **more)

    def configure(self, text):
        self.machine.write(CONFIG, text)

    # --- systemd

    def systemctl(self, *words, **more):
        return self.machine.run("systemctl", *words, **more)

    def of_unit(self, name, unit=UNIT):
        return self.systemctl("show", "--value", "-p", name, unit).out.strip()

    @property
    def pid(self):
        return int(self.of_unit("MainPID") or 0)

    def status(self):
        return self.systemctl("status", "--no-pager", "-l", UNIT).all

    def log(self, lines=80):
        return self.machine.run(
            "journalctl", "--no-pager", "-o", "cat", "-u", UNIT, "-n", str(lines)
        ).out

    def drop_in(self, name, text):
        """A change of the unit, as an administrator makes it."""
        self.machine.write(f"/etc/systemd/system/{UNIT}.d/{name}.conf", text)
        self.systemctl("daemon-reload").must()

    def process(self, field):
        """A field of /proc/PID/status."""
        found = re.search(rf"^{field}:\s*(.*)$", self.proc("status"), re.M)
        return found.group(1) if found else ""

    def proc(self, name):
        return self.machine.run("cat", f"/proc/{self.pid}/{name}").out

    # --- its pages

    def get(self, path):
        """The body; empty when nobody answers. An answer of 503 is one too."""
        return self.machine.run("curl", "-s", "-m", str(ANSWER_S), f"http://{ADDRESS}{path}").out

    def code(self, path):
        return self.machine.run(
            "curl",
            "-s",
            "-m",
            str(ANSWER_S),
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            f"http://{ADDRESS}{path}",
        ).out

    def answers(self):
        return self.code("/metrics") == "200"

    def value(self, name, **labels):
        """Of a series, None when it is not there."""
        for line in self.get("/metrics").splitlines():
            found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if found and all(
                f'{key}="{text}"' in (found.group(1) or "") for key, text in labels.items()
            ):
                return float(found.group(2))
        return None

    def seen(self):
        """{"wan": "up", ...}: states of all targets, links and mains."""
        try:
            said = json.loads(self.get("/api/v1/status") or "{}")
        except ValueError:
            return {}
        every = [*said.get("judged", []), *said.get("targets", [])]
        return {target["name"]: target["state"] for target in every}

    def all_up(self, *names):
        seen = self.seen()
        return all(seen.get(name) == "up" for name in names) and bool(seen)

    def siaga(self, *words, **more):
        return self.machine.run("siaga", *words, **more)

    def darks(self):
        """[(class, evidence)] of the dark intervals in the journal."""
        said = self.siaga("journal", "export", "--format", "json").must().out
        return [(row["class"], row["evidence"]) for row in json.loads(said)["dark_intervals"]]
