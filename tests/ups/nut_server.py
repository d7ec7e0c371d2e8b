"""A real NUT server with fake UPSes, in a folder of its own: Debian's upsd and dummy-ups, on
loopback only, started without systemd and without a file in /etc."""

import os
import pathlib
import signal
import socket
import subprocess
import time

# Not /usr/sbin/upsd: that is Debian's wrapper, which exits unless /etc/nut/nut.conf has a MODE.
UPSD, DUMMY, CERTUTIL = "/lib/nut/upsd", "/lib/nut/dummy-ups", "/usr/bin/certutil"
MAXAGE_S = 15  # upsd's: an older reading is stale
START_S = 20
LINE = {"battery.charge": "100", "battery.charge.low": "20", "battery.runtime": "1800",
        "input.voltage": "219.8", "input.voltage.nominal": "220", "input.frequency": "50.0",
        "ups.load": "23", "ups.temperature": "31.5"}
NSS_PASSWORD = "pw12345678"


def missing():
    """What this machine lacks for it; empty when nothing."""
    return [path for path in (UPSD, DUMMY, CERTUTIL) if not os.access(path, os.X_OK)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=START_S):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class NutServer:
    """Ended when the with block is left."""

    def __init__(self, folder, upses):
        self.folder = pathlib.Path(folder)
        self.etc, self.run, self.nss = (self.folder / name for name in ("etc", "run", "nss"))
        self.port, self.upses, self.has_tls, self.turn = free_port(), upses, False, 0
        # As root, NUT's programs would change to a user who cannot read this folder.
        self.user = ["-u", "root"] if os.geteuid() == 0 else []
        self.env = {**os.environ, "NUT_CONFPATH": str(self.etc), "NUT_STATEPATH": str(self.run),
                    "NUT_ALTPIDPATH": str(self.run)}

    def __enter__(self):
        self.etc.mkdir(mode=0o700)
        self.run.mkdir(mode=0o700)
        sections = [f'[{ups}]\n driver = dummy-ups\n port = {ups}.dev\n mode = dummy-once\n'
                    f' desc = "Fake \\"{ups}\\" UPS"\n' for ups in self.upses]
        self.write("ups.conf", "maxretry = 1\npollinterval = 1\n" + "".join(sections))
        self.write("upsd.users", "[mon]\n password = monpw\n upsmon primary\n")
        for ups in self.upses:
            self.set(ups, "OL CHRG")
            self.start_driver(ups)
        self.start_server()
        return self

    def __exit__(self, *_):
        for pid_file in self.run.glob("*.pid"):
            self.kill(pid_file.stem, signal.SIGKILL)

    def write(self, name, text):
        path = self.etc / name
        path.write_text(text)
        path.chmod(0o600)

    def set(self, ups, status, **values):
        """The fake UPS's readings. dummy-ups looks at the file's time in whole seconds, so each
        writing gets a second of its own."""
        readings = {"ups.status": status, **LINE, **values}
        self.write(f"{ups}.dev", "".join(f"{name}: {value}\n" for name, value in readings.items()))
        self.turn += 2
        os.utime(self.etc / f"{ups}.dev", (1_700_000_000 + self.turn,) * 2)

    def start_driver(self, ups):
        self.start([DUMMY, "-a", ups, *self.user])

    def start_server(self):
        conf = f"LISTEN 127.0.0.1 {self.port}\nMAXAGE {MAXAGE_S}\n"
        if self.has_tls:
            conf += f'CERTPATH {self.nss}\nCERTIDENT "upsd" "{NSS_PASSWORD}"\nDISABLE_WEAK_SSL true\n'
        self.write("upsd.conf", conf)
        self.start([UPSD, *self.user])
        wait_for("upsd listens", self.is_listening)

    def start(self, argv):
        with open(self.folder / "nut.log", "ab") as log:
            subprocess.run(argv, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           timeout=START_S, check=True)

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def pid(self, name):
        return int((self.run / f"{name}.pid").read_text())

    def kill(self, name, how):
        """`name` of a pid file: "upsd", "dummy-ups-office"."""
        try:
            os.kill(self.pid(name), how)
        except (OSError, ValueError):
            return
        if how == signal.SIGKILL:
            (self.run / f"{name}.pid").unlink(missing_ok=True)

    def stop_server(self):
        self.kill("upsd", signal.SIGKILL)
        wait_for("upsd is gone", lambda: not self.is_listening())

    def command(self, *lines):
        """Says the lines to upsd and returns its last answer. For FSD, which upsmon would set."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_S) as talk:
            answers = talk.makefile("r")
            for line in lines:
                talk.sendall(f"{line}\n".encode())
                answer = answers.readline().strip()
            return answer

    def make_certificate(self):
        """For localhost, signed by itself; Debian's upsd takes it from an NSS database only. The
        path of the certificate in PEM."""
        self.nss.mkdir(mode=0o700)
        (self.nss / "pw").write_text(NSS_PASSWORD)
        (self.nss / "noise").write_bytes(os.urandom(2048))
        base = [CERTUTIL, "-d", self.nss, "-f", self.nss / "pw"]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
                 "timeout": 60}
        subprocess.run([*base, "-N"], **quiet)
        subprocess.run([*base, "-S", "-z", self.nss / "noise", "-n", "upsd", "-s", "CN=localhost",
                        "-8", "localhost", "-x", "-t", "CT,C,C", "-v", "12", "-k", "rsa", "-g",
                        "2048"], **quiet)
        pem = self.folder / "upsd.pem"
        with open(pem, "wb") as file:
            subprocess.run([*base, "-L", "-n", "upsd", "-a"], check=True, stdout=file, timeout=60)
        self.has_tls = True
        return pem
