"""The scenario of a first installation: what it puts on a machine, how soon it serves, what that
costs, and what the process may do.
"""

import os
import re
import threading
import time

from agent import CONFIG, UNIT, Agent

METRICS_S, READY_MS, RSS_MB, SIZE_MB, EXPOSURE = 5.0, 300.0, 20.0, 15.0, 1.6
STEADY_S = 30.0  # after so long its memory is looked at
CAP_NET_RAW = 1 << 13
COLD_STARTS, WARM_STARTS = 3, 5
STOP_S = 5.0
UNITS = ("siaga.service", "siaga.socket")


def install(lab):
    check = lab.check
    agent = Agent(lab.machine())
    agent.bring(lab.package)
    began, first, answered = time.monotonic(), [], threading.Event()

    def look():
        while not answered.is_set():
            if agent.answers():
                first.append(time.monotonic() - began)
                return
            time.sleep(0.02)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    done = agent.apt("install", "/srv/siaga.deb")
    ended = time.monotonic() - began
    looking.join(METRICS_S * 2)
    answered.set()
    check.equal(f"apt-get install ends with 0: {done.all[-800:]}", done.code, 0)
    check.that("/metrics answers at all after the installation", first, agent.status())
    if first:
        check.number("apt-get install to the first /metrics", first[0], "s")
        check.number(
            "end of apt-get install to the first /metrics",
            max(0.0, first[0] - ended),
            "s",
            METRICS_S,
        )
    check.number("apt-get install", ended, "s")
    up = time.monotonic()
    service(check, agent)
    process(check, agent)
    files(check, agent)
    words(check, agent)
    hardening(lab, agent)
    starts(check, agent)
    time.sleep(max(0.0, STEADY_S - (time.monotonic() - up)))
    check.number("memory (RSS) with the default configuration", rss_mb(agent), "MB", RSS_MB)
    check.equal("it was not restarted meanwhile", agent.of_unit("NRestarts"), "0")


def service(check, agent):
    check.equal(
        "the service is enabled", agent.systemctl("is-enabled", UNIT).out.strip(), "enabled"
    )
    check.equal("the service is active", agent.systemctl("is-active", UNIT).out.strip(), "active")
    check.equal(
        "the socket is there, and left alone",
        agent.systemctl("is-enabled", "siaga.socket").out.strip(),
        "disabled",
    )
    check.equal("it is Type=notify", agent.of_unit("Type"), "notify")
    status = agent.of_unit("StatusText")
    check.that(
        "`systemctl status` has a line for people, with a number of targets",
        re.search(r"\d+ targets", status),
        status,
    )
    check.has("`systemctl status` shows it", agent.status(), f'Status: "{status}"')
    check.equal(
        "the machine has no failed units",
        agent.systemctl("--failed", "--no-legend").out.strip(),
        "",
    )
    text = agent.log()
    check.that(
        "it logs no warning and no error with the default configuration",
        not agent.machine.run("journalctl", "--no-pager", "-q", "-p", "warning", "-u", UNIT).out,
        text,
    )


def process(check, agent):
    """What the process may do, by what the kernel says of it."""
    machine = agent.machine
    check.equal(
        "it runs as the user siaga",
        machine.sh(f"stat -c %U:%G /proc/{agent.pid}").out.strip(),
        "siaga:siaga",
    )
    for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
        check.equal(f"{name} is CAP_NET_RAW alone", int(agent.process(name), 16), CAP_NET_RAW)
    check.that(
        "its memory is bounded", agent.of_unit("MemoryMax").isdigit(), agent.of_unit("MemoryMax")
    )
    check.equal("it can gain no privileges", agent.process("NoNewPrivs"), "1")
    check.equal("its system calls are filtered", agent.process("Seccomp"), "2")
    limits = agent.proc("limits")
    files = re.search(r"^Max open files\s+(\d+)\s+(\d+)", limits, re.M)
    check.that(
        "it may open as many files as its hard limit says", files and files[1] == files[2], limits
    )


def files(check, agent):
    machine = agent.machine
    kib = int(machine.run("dpkg-query", "-W", "-f", "${Installed-Size}", "siaga").out)
    check.number("installed size, as dpkg says", kib * 1024 / 1e6, "MB", SIZE_MB)
    listed = machine.run("dpkg", "-L", "siaga").out.split("\n")
    paths = [path for path in listed if path and not machine.path(path).is_dir()]
    size = sum(machine.path(path).lstat().st_size for path in paths)
    check.number("installed size, sum of its files", size / 1e6, "MB", SIZE_MB)
    folders = [path for path in listed if path and machine.path(path).is_dir()]
    owners = machine.run("stat", "-c", "%U:%G %n", *paths, *folders).out.splitlines()
    check.equal(
        "all that the package brings is root's",
        [line for line in owners if not line.startswith("root:root ")],
        [],
    )
    stats = machine.run(
        "stat",
        "-c",
        "%a %U:%G %n",
        "/etc/siaga",
        CONFIG,
        "/etc/siaga/conf.d",
        "/etc/siaga/credentials",
        "/var/lib/siaga",
    ).out.split("\n")
    check.equal(
        "who may read what",
        stats[:5],
        [
            "755 root:root /etc/siaga",
            f"644 root:root {CONFIG}",
            "755 root:root /etc/siaga/conf.d",
            "700 root:root /etc/siaga/credentials",
            "750 siaga:siaga /var/lib/siaga",
        ],
    )
    check.equal(
        "the first configuration is the default's copy",
        machine.read(CONFIG),
        machine.read("/usr/share/siaga/siaga.toml"),
    )
    check.equal(
        "the user has no shell and no password",
        machine.sh("getent passwd siaga | cut -d: -f6,7; passwd -S siaga | cut -d' ' -f2").out,
        "/var/lib/siaga:/usr/sbin/nologin\nL\n",
    )


def words(check, agent):
    """Manual pages in both languages, completions."""
    machine = agent.machine
    for language, section, name in (
        ("C.UTF-8", "1", "siaga"),
        ("C.UTF-8", "5", "siaga.toml"),
        ("id", "1", "siaga"),
        ("id", "5", "siaga.toml"),
    ):
        said = machine.run("man", "-L", language, section, name, MANWIDTH="80", MANPAGER="cat")
        where = machine.run("man", "-L", language, "-w", section, name).out.strip()
        check.that(
            f"`man {section} {name}` in '{language}' opens",
            said.code == 0 and len(said.out) > 1000,
            said.all,
        )
        check.that(
            f"`man {section} {name}` in '{language}' is that language's page",
            ("/man/id/" in where) == (language == "id"),
            where,
        )
    bash = machine.sh(". /usr/share/bash-completion/completions/siaga; complete -p siaga")
    check.has("bash completes siaga", bash.all, "complete ")
    for path in (
        "/usr/share/zsh/vendor-completions/_siaga",
        "/usr/share/fish/vendor_completions.d/siaga.fish",
    ):
        check.that(f"{path} is there", machine.path(path).is_file())
    version = machine.run("dpkg-query", "-W", "-f", "${Version}", "siaga").out
    check.has(
        "`siaga version` is the package's",
        machine.run("siaga", "version").out,
        re.split(r"[-+~]", version)[0],
    )


def hardening(lab, agent):
    check, machine = lab.check, agent.machine
    for unit in UNITS:
        said = machine.run("systemd-analyze", "verify", unit)
        check.equal(f"`systemd-analyze verify {unit}` is silent", (said.code, said.all), (0, ""))
    booted = machine.run("systemd-analyze", "security", "--no-pager", UNIT).out
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", booted)
    check.that("`systemd-analyze security` has a score", exposure, booted)
    if exposure:
        check.number(
            "`systemd-analyze security`, the running service",
            float(exposure[1]),
            "",
            EXPOSURE + 0.05,
        )
    offline = machine.run(
        "systemd-analyze",
        "security",
        "--no-pager",
        "--offline=yes",
        f"--threshold={EXPOSURE * 10:.0f}",
        f"/lib/systemd/system/{UNIT}",
    )
    check.equal("it is no worse offline, as continuous integration looks", offline.code, 0)


def starts(check, agent):
    """From the process to READY=1, as systemd saw them: with the program not in memory, and with.
    The best and the middle one count, for this machine may be busy with other things.
    """
    cold, warm = [], []
    for _ in range(COLD_STARTS):
        stopped = agent.systemctl("stop", UNIT).must()
        check.equal("it ended in order", agent.of_unit("Result"), "success")
        forget_pages(agent.machine)
        agent.systemctl("start", UNIT).must()
        cold.append(start_ms(check, agent))
    for _ in range(WARM_STARTS):
        agent.systemctl("restart", UNIT).must()
        warm.append(start_ms(check, agent))
    check.number("`systemctl stop`", stopped.took_s, "s", STOP_S)
    check.number("start to READY, program not in memory, best", min(cold), "ms", READY_MS)
    check.number("the same, worst", max(cold), "ms")
    check.number("start to READY, median", sorted(warm)[len(warm) // 2], "ms", READY_MS)
    check.number("the same, worst", max(warm), "ms")


def start_ms(check, agent):
    """Of the start that has just returned."""
    check.that("READY means that it serves: the very next scrape is answered", agent.answers())
    names = ("ActiveEnterTimestampMonotonic", "ExecMainStartTimestampMonotonic")
    ready, began = (int(agent.of_unit(name)) for name in names)
    return (ready - began) / 1000


def forget_pages(machine):
    """Takes program and libraries out of the page cache, as far as nobody else maps them."""
    said = machine.sh(
        "echo /usr/bin/siaga; ldd /usr/bin/siaga | sed -n 's/.*=> \\([^ ]*\\) .*/\\1/p'"
    )
    for path in said.out.split():
        for place in (machine.path(path), machine.disk.root / path.lstrip("/")):
            try:
                with open(os.path.realpath(place), "rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            except OSError:
                pass


def rss_mb(agent):
    return int(agent.process("VmRSS").split()[0]) * 1024 / 1e6
