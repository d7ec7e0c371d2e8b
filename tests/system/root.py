"""The root filesystem that every machine of the tests starts from: a small Debian 12 with systemd,
what the package depends on, and the servers that its probes are tried on. Made once with mmdebstrap
from the Debian archive that apt on this machine uses; kept in build/system under a name that
changes with the list of packages.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build" / "system"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITE = "bookworm"
MAKE_S = 600
PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "iproute2", "procps", "libcap2-bin", "curl", "openssl"),
    *("man-db", "nginx-light", "nsd", "nut-server", "nut-client", "sqlite3", "tzdata"),
    *("ca-certificates", "bash-completion", "init-system-helpers", "util-linux", "less"),
)
# Only started by a test that wants them.
DISABLED = (
    *("nginx.service", "nsd.service", "nut-server.service", "nut-monitor.service"),
    *("nut-driver-enumerator.service", "nut-driver-enumerator.path", "nut-driver.target"),
    *("nut.target", "apt-daily.timer", "apt-daily-upgrade.timer", "man-db.timer"),
    *("dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
)
# What is different from a machine that Debian's installer made: no word of the archive, an identity
# (without one the first boot would enable what is disabled here), and dpkg that does not wait for
# the disk.
HOOKS = (
    "for unit in "
    + " ".join(DISABLED)
    + '; do systemctl --quiet --root="$1" disable "$unit" || true; done',
    ': >"$1/etc/apt/sources.list"; rm -f "$1"/etc/apt/sources.list.d/*',
    'rm -f "$1/etc/resolv.conf"; echo siaga-lab >"$1/etc/hostname"',
    'echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/lab"',
    'systemd-machine-id-setup --root="$1"',
)


def depends_of(package):
    """Names of what a .deb needs; of alternatives the first."""
    fields = subprocess.run(
        ["dpkg-deb", "-f", str(package), "Depends", "Pre-Depends"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    lists = (line.split(":", 1)[1] for line in fields.splitlines() if ":" in line)
    entries = (entry for line in lists for entry in line.split(","))
    return {re.split(r"[ (|:]", entry.strip())[0] for entry in entries if entry.strip()}


def archive():
    """apt's sources that are Debian's, one to a line."""
    said = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    found = sorted({tuple(line.split("|")) for line in said.splitlines()})
    return "".join(
        f"deb [signed-by={KEYRING}] {place} {suite} {component}\n"
        for origin, place, suite, component in found
        if origin == "Debian" and suite.startswith(SUITE)
    )


def make(package, say):
    """The folder of the root for this package; made when there is none."""
    names = sorted({*PACKAGES, *depends_of(package)})
    key = hashlib.sha256(repr((names, HOOKS, SUITE)).encode()).hexdigest()[:12]
    root = BUILD / f"root-{key}"
    if root.exists():
        return root
    say(f"making a Debian root with {len(names)} packages named (once): {root}")
    BUILD.mkdir(parents=True, exist_ok=True)
    half = BUILD / f"root-{key}.half"
    shutil.rmtree(half, ignore_errors=True)
    sources = archive()
    if not sources:
        raise RuntimeError(
            f"apt on this machine knows no Debian archive of {SUITE}; apt-get update?"
        )
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(names)}"]
    command += ["--dpkgopt=force-unsafe-io"]
    command += [f"--customize-hook={hook}" for hook in HOOKS]
    with open(BUILD / "root.log", "wb") as log:
        done = subprocess.run(
            [*command, SUITE, str(half), "-"],
            input=sources.encode(),
            stdout=log,
            stderr=log,
            check=False,
            timeout=MAKE_S,
        )
    if done.returncode != 0:
        tail = (BUILD / "root.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"mmdebstrap failed; the end of {BUILD}/root.log:\n{tail}")
    for old in BUILD.glob("root-*"):
        if old != half:
            shutil.rmtree(old, ignore_errors=True)
    os.rename(half, root)
    return root
