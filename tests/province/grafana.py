"""A Grafana for the demo, where one is installed: with the dashboards that Siaga ships, the demo's
Prometheus as its data source, and a folder of its own. Anybody on this machine may look, nobody can
change anything, and it asks nobody on the internet for anything.
"""

import pathlib
import shutil

from programs import Program
from shipped import DASHBOARDS, replaced

LOOPBACK = "127.0.0.1"
HOMES = ("/usr/share/grafana", "/usr/local/share/grafana")
INI = """[server]
http_addr = {address}
http_port = {port}
[paths]
data = {folder}/data
logs = {folder}/logs
plugins = {folder}/plugins
provisioning = {folder}/provisioning
[log]
mode = console
[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
[news]
news_feed_enabled = false
[plugins]
preinstall_disabled = true
public_key_retrieval_disabled = true
[auth.anonymous]
enabled = true
org_role = Viewer
[auth.basic]
enabled = false
[users]
default_theme = light
default_language = {language}
[dashboards]
default_home_dashboard_path = {home}
"""


def command():
    """How it is started here; None where it is not installed."""
    for words in (["grafana-server"], ["grafana", "server"]):
        if found := shutil.which(words[0], path="/usr/sbin:/usr/share/grafana/bin") or shutil.which(
            words[0]
        ):
            return [found, *words[1:]]
    return None


def shipped_file(kind):
    return (DASHBOARDS / "grafana" / "provisioning" / kind / "siaga.yml").read_text()


def prepare(folder, port, prometheus, pace, language):
    """Writes what it reads; the arguments that it is started with."""
    for name in ("data", "logs", "plugins", "provisioning/datasources", "provisioning/dashboards"):
        (folder / name).mkdir(parents=True)
    source = shipped_file("datasources")
    source = replaced(source, r"http://127\.0\.0\.1:9090", f"http://{prometheus}", "address")
    source = replaced(source, r"timeInterval: .*", f"timeInterval: {pace.scrape_ms // 1000}s", "interval")
    (folder / "provisioning/datasources/siaga.yml").write_text(source)
    path = f"path: {DASHBOARDS / 'grafana'}"
    provider = replaced(shipped_file("dashboards"), r"path: /.*", path, "path")
    (folder / "provisioning/dashboards/siaga.yml").write_text(provider)
    home = DASHBOARDS / "grafana" / f"siaga-overview-{language}.json"
    ini = INI.format(
        address=LOOPBACK,
        port=port,
        folder=folder,
        home=home,
        language="id-ID" if language == "id" else "en-US",
    )
    (folder / "grafana.ini").write_text(ini)
    place = next((one for one in HOMES if pathlib.Path(one).exists()), None)
    return [f"--config={folder}/grafana.ini", *([f"--homepath={place}"] if place else [])]


def start(centre):
    """Its address for a browser; None where there is none."""
    words = command()
    if words is None:
        return None
    folder, port = centre.folder / "grafana", centre.machine.port(3000)
    folder.mkdir()
    prometheus = f"{LOOPBACK}:{centre.machine.port(9090)}"
    words += prepare(folder, port, prometheus, centre.pace, centre.language)
    program = Program(centre.machine.inside(words), folder, "grafana")
    centre.ends.callback(program.stop)
    url = centre.door(port)
    program.start().wait_ready(lambda: centre.get(url, "/api/health") is not None, 60)
    return url
