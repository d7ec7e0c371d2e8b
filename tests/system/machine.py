"""A machine that the package is installed on: systemd-nspawn boots a real systemd from the common
root filesystem. What it writes goes into a layer of its own, so that it can lose its power and be
booted again. It sees nothing but its own loopback and, where asked for, a gateway that answers.
"""

import dataclasses
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import time

BOOT_S = 60.0
END_S = 20.0
COMMAND_S = 60.0
RUN = secrets.token_hex(3)  # others may test at the same time
CGROUPS = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")  # where v1 and v2 live side by side
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TERM": "dumb",
    "LANG": "C.UTF-8",
    "HOME": "/root",
    "SYSTEMD_COLORS": "0",
    "SYSTEMD_PAGER": "",
}


@dataclasses.dataclass
class Said:
    """What a command did inside."""

    words: tuple
    code: int
    out: str
    err: str
    took_s: float

    @property
    def all(self):
        return (self.out + self.err).strip()

    def must(self):
        if self.code != 0:
            raise RuntimeError(
                f"`{' '.join(self.words)}` ended with {self.code}: {self.all[-2000:]}"
            )
        return self


def quietly(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=COMMAND_S)


def firmly(*words):
    done = quietly(*words)
    if done.returncode != 0:
        raise RuntimeError(f"`{' '.join(words)}`: {done.stderr.strip()}")


class Disk:
    """Where a machine's files live: a layer over the root, or, for what a power cut does to a real
    file system, an image of its own."""

    def __init__(self, folder, root):
        self.folder, self.root = pathlib.Path(folder), root
        self.layer, self.place = self.folder / "layer", self.folder / "root"

    def mount(self):
        work = self.folder / "work"
        for path in (self.layer, work, self.place):
            path.mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={self.root},upperdir={self.layer},workdir={work}"
        firmly("mount", "-t", "overlay", "overlay", "-o", options, str(self.place))

    def unmount(self):
        quietly("umount", "-R", str(self.place))

    def forget(self):
        self.unmount()
        for name in ("layer", "work"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


class ImageDisk(Disk):
    """An ext4 file system on a loop device; copy() is what the disk holds at that moment."""

    SIZE = "1500M"

    def __init__(self, folder, root):
        super().__init__(folder, root)
        self.image = self.folder / "disk.img"

    def mount(self):
        self.place.mkdir(parents=True, exist_ok=True)
        if not self.image.exists():
            firmly("truncate", "-s", self.SIZE, str(self.image))
            firmly("mkfs.ext4", "-q", "-E", "nodiscard", "-d", str(self.root), str(self.image))
        firmly("mount", "-o", "loop", str(self.image), str(self.place))

    def copy(self):
        """Read through the page cache of the image file, not of the file system inside it: what was
        never written back is not there."""
        later = self.folder / "later.img"
        firmly("cp", "--sparse=always", str(self.image), str(later))
        return later

    def replace(self, later):
        self.unmount()
        os.replace(later, self.image)
        self.mount()

    def forget(self):
        self.unmount()
        self.image.unlink(missing_ok=True)


class Machine:
    """One at a time under a name. close() takes it down and away."""

    def __init__(self, name, disk, network):
        self.name, self.disk, self.folder = name, disk, disk.folder
        self.number = network  # of its network 10.40.NUMBER.0/24; 0: only loopback
        self.process, self.leader, self.boots = None, None, 0
        self.groups = []
        self.disk.mount()

    # --- power

    def boot(self):
        self.boots += 1
        self.groups = [f"{top}/siaga-test-{self.name}-{RUN}" for top in self.cgroup_tops()]
        for group in self.groups:
            os.makedirs(group, exist_ok=True)
        words = ["systemd-nspawn", "-q", "-D", str(self.disk.place), f"--machine={self.name}", "-b"]
        words += ["--register=no", "--keep-unit", "--console=pipe", "--private-network"]
        # Of its own cgroup: machines of one cgroup share their units' groups.
        enter = "".join(f"echo $$ >{group}/cgroup.procs; " for group in self.groups)
        with open(self.folder / "console", "ab") as console:
            self.process = subprocess.Popen(
                ["sh", "-c", enter + 'exec "$@"', "sh", *words],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
            )
        end = time.monotonic() + BOOT_S
        self.leader = self.find_leader(end)
        if self.number:
            self.plug()
        self.wait_running(end)

    @staticmethod
    def cgroup_tops():
        return [top for top in CGROUPS if os.path.isdir(top)] or ["/sys/fs/cgroup"]

    def find_leader(self, end):
        """The machine's process 1: nspawn's child with other processes around it. Another child
        lives so shortly that its namespace may be gone while it is looked at."""
        own, pid = os.readlink("/proc/self/ns/pid"), self.process.pid
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"systemd-nspawn ended: {self.console()}")
            for child in quietly("pgrep", "-P", str(pid)).stdout.split():
                try:
                    other = os.readlink(f"/proc/{child}/ns/pid")
                except OSError:
                    continue
                if other and other != own:
                    return int(child)
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not start: {self.console()}")

    def wait_running(self, end):
        state = ""
        while time.monotonic() < end:
            state = self.run("systemctl", "is-system-running").out.strip()
            if state in ("running", "degraded"):
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} is '{state}' after {BOOT_S:g} s: {self.console()}")

    def console(self):
        return (self.folder / "console").read_text(errors="replace")[-1500:]

    def cut(self):
        """The power goes: everything inside ends at once."""
        os.kill(self.leader, signal.SIGKILL)
        self.wait_end()

    def shut_down(self, *words):
        """By a command, which does not live to say how it ended; without one as by the button."""
        if words:
            self.run(*words)
        else:
            os.kill(self.leader, signal.SIGRTMIN + 4)
        self.wait_end()

    def wait_end(self):
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            os.kill(self.leader, signal.SIGKILL)
            self.process.wait(END_S)
        self.leader = None
        for group in self.groups:
            for place, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(place)
                except OSError:
                    pass

    def close(self, keeps=False):
        if self.leader:
            self.cut()
        elif self.process and self.process.poll() is None:  # it never came up
            self.process.kill()
            self.process.wait(END_S)
        if keeps:
            self.disk.unmount()
        else:
            self.disk.forget()

    # --- network

    def plug(self):
        """A cable to us: we are its gateway, and nobody is behind it."""
        ours = f"lab{self.number}"
        quietly("ip", "link", "del", ours)
        firmly(
            "ip",
            "link",
            "add",
            ours,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            str(self.leader),
        )
        firmly("ip", "addr", "add", f"{self.gateway}/24", "dev", ours)
        firmly("ip", "link", "set", ours, "up")
        own = ["nsenter", "-t", str(self.leader), "-n", "ip"]
        firmly(*own, "addr", "add", f"10.40.{self.number}.2/24", "dev", "eth0")
        firmly(*own, "link", "set", "lo", "up")
        firmly(*own, "link", "set", "eth0", "up")
        firmly(*own, "route", "add", "default", "via", self.gateway)

    @property
    def gateway(self):
        return f"10.40.{self.number}.1"

    # --- files and commands

    def path(self, name):
        """A file of the machine, from outside. Not for /run, /tmp, /proc."""
        return self.disk.place / str(name).lstrip("/")

    def read(self, name):
        return self.path(name).read_text(encoding="utf-8", errors="replace")

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    def run(self, *words, seconds=COMMAND_S, **more):
        """A command as root inside, without a terminal and with its input closed."""
        variables = [f"{name}={value}" for name, value in {**ENVIRONMENT, **more}.items()]
        began = time.monotonic()
        try:
            done = subprocess.run(
                [
                    "nsenter",
                    "-t",
                    str(self.leader),
                    "-m",
                    "-u",
                    "-i",
                    "-n",
                    "-p",
                    "-C",
                    "--",
                    "env",
                    "-i",
                    *variables,
                    *words,
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as expired:
            raise RuntimeError(f"`{' '.join(words)}` did not end in {seconds:g} s") from expired
        out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return Said(words, done.returncode, out, err, time.monotonic() - began)

    def sh(self, text, **more):
        return self.run("bash", "-c", text, **more)
