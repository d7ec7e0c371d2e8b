"""The demo's websites: nginx on each machine that has any, with certificates of an authority that
only the demo trusts. A site is one line of text; nothing is read from a disk.
"""

import pathlib
import shutil
import socket
import subprocess
import time

from programs import Program

OFFICE_SH = pathlib.Path(__file__).resolve().parents[1] / "demo" / "office.sh"
TOGETHER = 'source "$1"; folder=$2; shift 2; office_certificates "$folder"'
LEAF = 'source "$1"; office_leaf "$2" "$3" "$4" "$5" "$6"'
MAKING_S = 60
DAY_S = 86400

HEAD = """daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  default_type text/html;
  ssl_session_cache off;
"""
SITE = """  server {{
    listen {address}:{port}{ssl};
    server_name {host};
    {certificate}
    location / {{ return 200 "<h1>{title}</h1>\\n"; }}
  }}
"""
CERTIFICATE = "ssl_certificate {file}.pem; ssl_certificate_key {file}.key;"


def bash(script, *words):
    subprocess.run(
        ["bash", "-euc", script, "bash", OFFICE_SH, *words],
        check=True,
        capture_output=True,
        timeout=MAKING_S,
    )


class Certificates:
    """One authority; for each name a good certificate, on request one that ends very soon."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        bash(TOGETHER, self.folder)
        self.authority = self.folder / "ca.pem"

    def make(self, host, ends_at=None):
        """The file's path without its ending."""
        name = host if ends_at is None else f"{host}.ends"
        now = time.time()
        dates = [
            time.strftime("%Y%m%d%H%M%SZ", time.gmtime(moment))
            for moment in (now - DAY_S, ends_at or now + 90 * DAY_S)
        ]
        bash(LEAF, self.folder, name, host, *dates)
        return self.folder / name


class Websites:
    """The nginx of one machine. `sites`: (office, site)."""

    def __init__(self, folder, machine, sites, certificates):
        self.folder, self.machine, self.sites = pathlib.Path(folder), machine, sites
        self.folder.mkdir()
        self.certificates, self.files = certificates, {}
        for office, site in sites:
            if site.is_secure:
                self.files[site.name] = certificates.make(office.host_of(site))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        config = self.folder / "nginx.conf"
        self.program = Program(
            machine.inside([nginx, "-e", self.folder / "nginx.error", "-c", config]),
            self.folder,
            "nginx",
        )

    def configuration(self, without):
        # In a user namespace there is no other user to change to.
        text = HEAD.format(folder=self.folder, user="user root root;")
        for office, site in self.sites:
            if site.name in without:
                continue
            file = self.files.get(site.name)
            text += SITE.format(
                address=self.machine.address,
                port=self.machine.port(site.standard_port()),
                ssl=" ssl" if file else "",
                host=office.host_of(site),
                certificate=CERTIFICATE.format(file=file) if file else "",
                title=f"{site.name}: {office.name}",
            )
        return text + "}\n"

    def start(self, without=()):
        (self.folder / "nginx.conf").write_text(self.configuration(without))
        self.program.start().wait_ready(lambda: self.answers(without))
        return self

    def answers(self, without):
        for _, site in self.sites:
            if site.name not in without:
                with self.machine.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                    place = (self.machine.address, self.machine.port(site.standard_port()))
                    if probe.connect_ex(place) != 0:
                        return False
        return True

    def use_certificate(self, name, file):
        self.files[name] = file
        (self.folder / "nginx.conf").write_text(self.configuration(()))
        self.program.reload()

    def kill(self):
        self.program.kill()

    def stop(self):
        self.program.stop()
