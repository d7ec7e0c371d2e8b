"""Who is told: a web server that takes what Alertmanager sends, webhooks at /hooks/ and messages to a bot as Telegram's
server would. It keeps everything with the time of its coming and answers that all is well.
"""

import http.server
import json
import threading
import time


class Message:
    def __init__(self, body):
        self.came = time.time()
        self.office = body["groupLabels"].get("office")
        self.firing = {self.name(alert) for alert in body["alerts"] if alert["status"] == "firing"}
        self.resolved = {self.name(alert) for alert in body["alerts"] if alert["status"] == "resolved"}

    def name(self, alert):
        labels = alert["labels"]
        return " ".join(filter(None, (labels["alertname"], labels.get("target"), labels.get("cause"))))

    def __repr__(self):
        return f"{self.office}: firing {sorted(self.firing)}, resolved {sorted(self.resolved)}"


class Receiver:
    def __init__(self):
        self.messages, self.beats, self.telegrams, self.lock = [], 0, [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.take(self.path, json.loads(body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1}}}')

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path, body):
        if path.startswith("/bot"):
            self.telegrams.append(body)
        elif path.startswith("/hooks/"):
            self.messages.append(Message(body))
        else:
            self.beats += 1

    def of(self, office):
        with self.lock:
            return [message for message in self.messages if message.office == office]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
