"""What the agent's probes are tried on, on the machine itself: nginx, nsd, Debian's upsd with a
dummy UPS. Real servers, started as Debian starts them."""

from agent import office

NAME = "portal.kantor.test"
CERTIFICATE, KEY = "/etc/siaga/portal.pem", "/etc/ssl/portal.key"
WEB = f"""events {{}}
http {{
  server {{ listen 80; listen [::]:80; return 200 "selamat datang\\n"; }}
  server {{
    listen 443 ssl; listen [::]:443 ssl;
    ssl_certificate {CERTIFICATE}; ssl_certificate_key {KEY};
    return 200 "aman\\n";
  }}
}}
"""
ZONE = """$ORIGIN kantor.test.
$TTL 60
@      SOA ns hostmaster 2026010100 3600 600 86400 10
@      NS  ns
ns     A   127.0.0.1
portal A   127.0.0.1
portal AAAA ::1
"""
NSD = """server:
  ip-address: 127.0.0.1
  database: ""
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: kantor.test
  zonefile: /etc/nsd/kantor.zone
zone:
  name: .
  zonefile: /etc/nsd/root.zone
"""
# What the default configuration asks every resolver for.
ROOT = """$TTL 60
.    SOA ns.kantor.test. hostmaster.kantor.test. 1 3600 600 86400 10
.    NS  ns.kantor.test.
"""
UPS = """ups.mfr: Lab
ups.status: {status}
battery.charge: 90
battery.runtime: 1800
input.voltage: {voltage}
ups.load: 12
"""
START_S = 20


class Peers:
    def __init__(self, machine):
        self.machine = machine

    def web(self):
        self.machine.write("/etc/nginx/nginx.conf", WEB)
        self.machine.sh(
            f"mkdir -p /etc/siaga && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
            f"-nodes -days 90 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} "
            f"-keyout {KEY} -out {CERTIFICATE} "
            f"&& chmod 644 {CERTIFICATE}"
        ).must()
        self.machine.run("systemctl", "-q", "enable", "--now", "nginx").must()

    def names(self):
        self.machine.write("/etc/nsd/nsd.conf", NSD)
        self.machine.write("/etc/nsd/kantor.zone", ZONE)
        self.machine.write("/etc/nsd/root.zone", ROOT)
        self.machine.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        self.machine.run("systemctl", "start", "nsd").must()

    def ups(self):
        """Also after the next boot."""
        for name, text in (
            ("nut.conf", "MODE=standalone\n"),
            (
                "ups.conf",
                "maxretry = 1\npollinterval = 1\n[office]\n driver = dummy-ups\n"
                " port = office.dev\n mode = dummy-once\n",
            ),
            ("upsd.conf", "LISTEN 127.0.0.1 3493\n"),
            ("upsd.users", ""),
        ):
            self.machine.write(f"/etc/nut/{name}", text, 0o640)
        self.feed("OL CHRG")
        self.machine.sh("chgrp nut /etc/nut/*").must()
        self.machine.run(
            "systemctl",
            "-q",
            "enable",
            "nut-driver-enumerator.service",
            "nut-server.service",
            "nut-driver.target",
            "nut.target",
        ).must()
        self.machine.run(
            "systemctl",
            "start",
            "nut-driver-enumerator.service",
            "nut-server.service",
            seconds=START_S * 2,
        ).must()

    def feed(self, status, voltage="220"):
        """The UPS's readings; dummy-ups looks at the time of the file in whole seconds."""
        self.machine.write("/etc/nut/office.dev", UPS.format(status=status, voltage=voltage))


def every_kind(gateway):
    """One target of each kind that there is, and what it is looked at through."""
    return office(
        '[[http]]\nname = "http"\nurl = "http://127.0.0.1/"\nexpect.body = ["selamat"]\n',
        '[[http]]\nname = "http6"\nurl = "http://[::1]/"\n',
        f'[[http]]\nname = "https"\nurl = "https://{NAME}/"\ntls.ca_file = "{CERTIFICATE}"\n',
        f'[[tls]]\nname = "tls"\nhost = "{NAME}:443"\ntls.ca_file = "{CERTIFICATE}"\n',
        '[[tcp]]\nname = "tcp"\nhost = "127.0.0.1:80"\n'
        'dialogue = [{ send = "HEAD / HTTP/1.0\\r\\n\\r\\n" }, { expect = "200 OK" }]\n',
        f'[[dns]]\nname = "dns"\nserver = "127.0.0.1"\nquery = "{NAME}."\ntype = "A"\n',
        f'[[dns]]\nname = "dns-tcp"\nserver = "127.0.0.1"\nquery = "{NAME}."\ntype = "AAAA"\n'
        'transport = "tcp"\n',
        '[[ping]]\nname = "ping"\nhost = "127.0.0.1"\n',
        '[[ping]]\nname = "ping6"\nhost = "::1"\n',
        f'[[ping]]\nname = "ping-gateway"\nhost = "{gateway}"\ndont_fragment = true\nsize = 1400\n',
        f'[[ping]]\nname = "ping-name"\nhost = "{NAME}"\npreferred_ip_protocol = "ip6"\n',
        '[[ups]]\nname = "ups"\nserver = "nut://127.0.0.1/office"\ninterval = "1s"\n',
        '[[mains]]\nname = "pln"\nups = ["ups"]\n',
        f'[[link]]\nname = "wan"\nanchors = ["{gateway}", "tcp:127.0.0.1:80", "dns:127.0.0.1"]\n'
        'interval = "1s"\ntimeout = "1s"\nhold_down = "0s"\nmtu = 1500\n',
    )
