"""The laboratory: one network namespace with only loopback, programs with their CPU and memory, web
servers and certificates. Everything lives in one temporary folder and ends with this process."""

import os
import pathlib
import signal
import subprocess
import sys
import time

PROBER_CPU, SERVER_CPU = "0", "1"
HTTP_PORT, HTTPS_PORT, DELAY_PORT, DNS_PORT = 8080, 8443, 18090, 5353
NUT_PORT, MUTE_NUT_PORT = 3493, 3494
TICKS = os.sysconf("SC_CLK_TCK")


def target_address(index):
    """The same as tests/bench/tools/common.h."""
    return f"127.{1 + index // 62500}.{index // 250 % 250}.{1 + index % 250}"


class Program:
    """One process; ended when the with block is left."""

    def __init__(self, argv, log, cpu=None, env=None, ready=None):
        self.argv = [str(word) for word in argv]
        if cpu is not None:
            self.argv = ["taskset", "-c", cpu, *self.argv]
        self.log, self.env, self.ready, self.process = pathlib.Path(log), env, ready, None

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **(self.env or {})},
            )
        end = time.monotonic() + 20
        while self.ready and not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"{self.argv} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def cpu_s(self):
        """User and system time of all threads so far."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self, key):
        """A number of /proc/PID/status: VmRSS and VmHWM in kB, Threads."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise KeyError(key)


def answers(port, host="127.0.0.1"):
    """True when somebody listens there."""
    import socket

    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


class Lab:
    """The folder, the programs that were built, and the servers that are probed."""

    def __init__(self, folder, programs):
        self.folder, self.programs = pathlib.Path(folder), pathlib.Path(programs)
        self.folder.chmod(0o755)

    def prepare(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for name, value in {
            "net/ipv4/ip_local_port_range": "20000 65535",
            "net/ipv4/tcp_max_tw_buckets": "400000",
            "net/ipv4/ip_local_reserved_ports": "8080,8443,9115,9790,18090",
            "net/core/somaxconn": "8192",
            "net/ipv4/tcp_max_syn_backlog": "8192",
        }.items():
            try:
                pathlib.Path("/proc/sys", name).write_text(value)
            except OSError:
                pass  # not every kernel has them per namespace
        self.make_certificates()

    def make_certificates(self):
        names = "subjectAltName=DNS:t.bench.test"
        commands = f"""
            set -e
            cd {self.folder}
            k='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
            openssl req -x509 $k -days 30 -subj /CN=bench-ca -keyout ca.key -out ca.pem
            openssl req $k -subj /CN=t.bench.test -addext {names} -keyout leaf.key -out leaf.csr
            openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 \
                -copy_extensions copy -out leaf.pem
            cat /etc/ssl/certs/ca-certificates.crt ca.pem > bundle.pem
        """
        subprocess.run(["bash", "-c", commands], check=True, capture_output=True)

    def nginx(self):
        """1 KiB over http and over https (TLS 1.3, P-256, no resumption)."""
        www = self.folder / "www"
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text("x" * 1024)
        temp = "\n".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        conf = self.folder / "nginx.conf"
        conf.write_text(f"""
            user root; daemon off; worker_processes 1; worker_rlimit_nofile 20000;
            pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.error crit;
            events {{ worker_connections 8000; multi_accept on; }}
            http {{
              {temp}
              access_log off; root {www}; open_file_cache max=10;
              server {{ listen {HTTP_PORT} backlog=4096; }}
              server {{
                listen {HTTPS_PORT} ssl backlog=4096; ssl_protocols TLSv1.3;
                ssl_certificate {self.folder}/leaf.pem; ssl_certificate_key {self.folder}/leaf.key;
                ssl_session_cache off; ssl_session_tickets off;
              }}
            }}""")
        return Program(["nginx", "-e", self.folder / "nginx.error", "-c", conf],
                       self.folder / "nginx.log", cpu=SERVER_CPU, ready=lambda: answers(HTTP_PORT))

    def delay_server(self):
        return Program([self.programs / "bench_delay_server", f"port={DELAY_PORT}", "delay_us=20000"],
                       self.folder / "delay.log", cpu=SERVER_CPU, ready=lambda: answers(DELAY_PORT))

    def nut_servers(self):
        script = pathlib.Path(__file__).parent / "nut_servers.py"
        return Program([sys.executable, script, NUT_PORT, MUTE_NUT_PORT], self.folder / "nut.log",
                       cpu=SERVER_CPU, ready=lambda: answers(NUT_PORT))

    def dns_server(self):
        return Program([self.programs / "bench_dns_server", f"port={DNS_PORT}"],
                       self.folder / "dns.log", cpu=SERVER_CPU)
