"""Agents that are only played: a small web server that answers scrapes as agents would, minute by minute of
a story that runs faster than the clock. It judges nothing; what an agent says at which minute is the scene's word.
"""

import http.server
import threading
import time

SERVICES = tuple(f"service-{number:02}" for number in range(1, 13))
CAUSES = ("power", "link", "host", "service")


class Office:
    """A scene says for a minute of the story what is so; None: the agent does not answer. Keys: `mains_off`
    and `link_down` (since which minute, or absent), `down` (target: (cause, since)), `not_recovered` (target: after).
    """

    def __init__(self, name, scene):
        self.name, self.scene = name, scene

    def metrics(self, minute, began, factor):
        now = self.scene(minute)
        if now is None:
            return None
        return "\n".join([*self.office(), *self.mains(now, began, factor), *self.link(now, began, factor),
                          *self.targets(now, began, factor)]) + "\n"

    def office(self):
        yield f'siaga_office_info{{office="{self.name}",name="Dinas <Contoh> & \\"Kawan\\"",city="Samarinda"}} 1'
        yield f'siaga_clock_trusted{{office="{self.name}"}} 1'

    def mains(self, now, began, factor):
        labels, since = f'office="{self.name}",mains="pln"', now.get("mains_off")
        yield f'siaga_mains_state{{{labels},state="off"}} {int(since is not None)}'
        yield f'siaga_mains_state{{{labels},state="on"}} {int(since is None)}'
        if since is not None:
            yield f"siaga_mains_outage_started_timestamp_seconds{{{labels}}} {began + since * 60 / factor}"

    def link(self, now, began, factor):
        labels, since = f'office="{self.name}",link="wan"', now.get("link_down")
        yield f'siaga_link_state{{{labels},state="down"}} {int(since is not None)}'
        yield f'siaga_link_outage_active{{{labels},cause="link"}} {int(since is not None)}'
        yield f'siaga_link_outage_active{{{labels},cause="power"}} 0'
        if since is not None:
            yield f"siaga_link_outage_started_timestamp_seconds{{{labels}}} {began + since * 60 / factor}"

    def targets(self, now, began, factor):
        for target in (*SERVICES, "own"):
            labels = f'office="{self.name}",target="{target}",kind="http"'
            cause, since = now.get("down", {}).get(target, (None, None))
            for state in ("up", "down"):
                yield f'siaga_target_state{{{labels},state="{state}"}} {int((state == "down") == bool(cause))}'
            for other in CAUSES:
                yield f'siaga_outage_active{{{labels},cause="{other}"}} {int(cause == other)}'
            if cause:
                yield f"siaga_outage_started_timestamp_seconds{{{labels}}} {began + since * 60 / factor}"
            for after in ("power", "link"):
                is_late = now.get("not_recovered", {}).get(target) == after
                yield f'siaga_target_not_recovered{{{labels},after="{after}"}} {int(is_late)}'


class Player:
    """Serves /NAME for each office. `minute()` is the story's time."""

    def __init__(self, offices, factor):
        self.offices, self.factor, self.began = {office.name: office for office in offices}, factor, None
        player = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = player.text(self.path.strip("/"))
                self.send_response(200 if text else 503)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def begin(self):
        self.began = time.time()

    def minute(self):
        return 0.0 if self.began is None else (time.time() - self.began) * self.factor / 60

    def text(self, name):
        return self.offices[name].metrics(self.minute(), self.began or time.time(), self.factor)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
