"""Scenarios about traces: what the service writes while it runs, what removal and purge leave."""

import os
import pathlib
import re

from agent import CONFIG, UNIT, Agent, office, ping

# systemd's own: its journal, marks of timers and of a boot, random seed, and the folders that it
# makes for a unit.
BOOKKEEPING = re.compile(
    r"^/(run|tmp|proc|dev|sys)(/|$)"
    r"|^/var/(log/journal|lib/systemd|log/(wtmp|btmp|lastlog)|tmp/systemd-private-)"
    r"|^/var/(tmp|log|lib)$|^/(etc|root|var)$|^/etc/(machine-id|resolv.conf)"
)
OWN = re.compile(r"^/var/lib/siaga(/|$)")
TARGETS = (
    "/etc/x",
    "/usr/x",
    "/usr/bin/siaga",
    "/var/x",
    "/var/lib/x",
    "/var/log/x",
    "/home/x",
    "~root/x",
    "/boot/x",
    "/opt/x",
    "/srv/x",
    "/run/x",
    "/run/lock/x",
    "/dev/shm/x",
    "/dev/mqueue/x",
    CONFIG,
    "/sys/kernel/x",
    "/proc/sys/kernel/hostname",
)


def writes(lab):
    """Nothing outside of StateDirectory and RuntimeDirectory: what the service's mounts allow, what
    its user manages to write in them, and what has changed on the machine's disk after all."""
    check = lab.check
    agent = lab.agent(office(ping("loopback"), ping("gone", "127.0.0.1", "loss_max = 0.0\n")))
    machine = agent.machine
    before = changed(machine)
    mounts(check, agent)
    attempts(check, agent)
    for words in (("reload", UNIT), ("restart", UNIT)):
        agent.systemctl(*words).must()
    lab.ready(agent)
    agent.siaga("status"), agent.siaga("outages"), agent.siaga("report")
    agent.systemctl("kill", "-s", "KILL", UNIT)
    lab.ready(agent, 30)
    after = {path: stamp for path, stamp in changed(machine).items() if before.get(path) != stamp}
    ours = sorted(path for path in after if OWN.match(path))
    check.that("the journal was written", "/var/lib/siaga/journal.db" in ours, ours)
    check.equal(
        "nothing else on the disk has changed but systemd's own bookkeeping",
        sorted(path for path in after if not OWN.match(path) and not BOOKKEEPING.match(path)),
        [],
    )
    outside = machine.sh(
        "find / -xdev \\( -user siaga -o -group siaga \\) "
        "! -path '/proc/*' ! -path '/var/lib/siaga*' ! -path '/run/*'"
    ).out
    check.equal("no file elsewhere is the user's", outside.strip(), "")
    runtime = machine.sh("find /run /tmp /var/tmp /dev/shm \\( -user siaga -o -group siaga \\)").out
    check.equal(
        "in /run and /tmp only its own folder is the user's",
        [
            path
            for path in runtime.split()
            if not re.match(r"/run/(siaga|credentials/siaga.service)(/|$)", path)
        ],
        [],
    )


def changed(machine):
    """Everything in the machine's layer, with its stamp: what was ever written since the root was
    made. Read on the disk itself, so nothing can be hidden from it."""
    layer = pathlib.Path(machine.disk.layer)
    found = {}
    for place, folders, names in os.walk(layer):
        for name in (*folders, *names):
            path = pathlib.Path(place, name)
            try:
                about = path.lstat()
            except FileNotFoundError:
                continue
            if path.is_dir() and not path.is_symlink():
                continue  # a folder's own time says nothing but that of its entries
            found["/" + str(path.relative_to(layer))] = (about.st_mtime_ns, about.st_size)
    return found


def mounts(check, agent):
    """Every mount of the service is read-only but its own folders."""
    writable = []
    for line in agent.proc("mountinfo").splitlines():
        fields = line.split(" ")
        place, options = fields[4], fields[5].split(",")
        if "rw" in options:
            writable.append(place)
    # The user can write nothing there (attempts()); /run/host is this container's own.
    kernel = re.compile(r"^/(dev|proc|sys|run/host)(/|$)")
    check.equal(
        "what the service may write is its own",
        sorted({place for place in writable if not kernel.match(place)}),
        ["/run/siaga", "/tmp", "/var/lib/siaga", "/var/tmp"],
    )


def attempts(check, agent):
    """As the service's user in the service's own mounts."""
    tries = "; ".join(f"(echo x >>{path}) 2>/dev/null && echo wrote {path}" for path in TARGETS)
    said = agent.machine.sh(
        f"nsenter -t {agent.pid} -m -- setpriv --reuid siaga --regid siaga --clear-groups "
        f"--inh-caps=-all --bounding-set=-all --no-new-privs sh -c '{tries}; "
        "for d in /var/lib/siaga /run/siaga /tmp; do "
        "echo x >$d/try && rm $d/try && echo may $d; done'"
    )
    check.equal(
        "where its user manages to write",
        said.out.split("\n")[:-1],
        ["may /var/lib/siaga", "may /run/siaga", "may /tmp"],
    )


# Not the package's: dpkg's and apt's books, systemd's journal and marks, passwd's copies of itself.
OTHERS = re.compile(
    r"^/var/(lib/(dpkg|apt|systemd)|cache/(apt|ldconfig|debconf|man)|log)(/|$)|^/etc/[^/]*-$"
    r"|^/srv/siaga\.deb$|^/etc/(machine-id|\.pwd\.lock|ld\.so\.cache)$"
    r"|^/(run|tmp|proc|sys|dev)(/|$)"
    r"|^/var/tmp/"
)
BOOKS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")


def everything(machine):
    said = machine.sh(
        "find / -xdev ! -path '/proc/*' ! -path '/sys/*' ! -path '/dev/*' ! -path '/run/*' "
        "-printf '%p %m %U %G %y\\n'"
    ).out
    return {line for line in said.splitlines() if not OTHERS.match(line.split(" ")[0])}


def purge(lab):
    check, agent = lab.check, Agent(lab.machine())
    machine = agent.machine
    before, books = everything(machine), [machine.read(name) for name in BOOKS]
    agent.install(lab.package).must()
    lab.ready(agent)
    machine.write("/etc/siaga/conf.d/mine.toml", ping("mine"))
    machine.write("/etc/siaga/credentials/word", "secret", 0o600)
    agent.systemctl("enable", "--now", "siaga.socket")
    agent.systemctl("restart", UNIT).must()
    lab.ready(agent)
    config = machine.read(CONFIG)

    removed = agent.apt("remove", "siaga")
    check.equal(f"removal ends well: {removed.all[-500:]}", removed.code, 0)
    check.equal("the service is gone", agent.systemctl("is-active", UNIT).out.strip(), "inactive")
    check.equal(
        "the socket is closed", agent.systemctl("is-active", "siaga.socket").out.strip(), "inactive"
    )
    check.that("nobody listens any more", agent.code("/metrics") == "000")
    check.equal("removal keeps the configuration", machine.read(CONFIG), config)
    for path in (
        "/etc/siaga/conf.d/mine.toml",
        "/etc/siaga/credentials/word",
        "/var/lib/siaga/journal.db",
    ):
        check.that(f"removal keeps {path}", machine.path(path).exists())
    again = agent.apt("install", "/srv/siaga.deb")
    check.equal("it can be installed again", again.code, 0)
    lab.ready(agent)
    darks = [name for name, _ in agent.darks()]
    check.that(
        "the journal goes on, and knows that it was stopped meanwhile", "stop" in darks, darks
    )

    purged = agent.apt("purge", "siaga")
    check.equal(f"purge ends well: {purged.all[-500:]}", purged.code, 0)
    after = everything(machine)
    check.equal("purge leaves nothing that was not there before", sorted(after - before), [])
    check.equal("and takes nothing that was", sorted(before - after), [])
    check.equal("user and group are gone", [machine.read(name) for name in BOOKS], books)
    check.equal(
        "nothing is left in /run",
        machine.sh("find /run -name '*siaga*' ! -path '/run/systemd/*'").out.strip(),
        "",
    )
    check.equal(
        "systemd has forgotten it",
        agent.systemctl("list-units", "--all", "--no-legend", "siaga*").out.strip(),
        "",
    )
    check.equal("it can be installed once more", agent.apt("install", "/srv/siaga.deb").code, 0)
    lab.ready(agent)
