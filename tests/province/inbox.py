"""Who gets the alerts: an inbox that is a webhook and, for the words that an on-call person would
read, Telegram's own API as far as Alertmanager uses it. Keeps everything in the order in which it
came; answers nobody else and sends nothing on.
"""

import asyncio
import dataclasses
import json
import socket
import time
import urllib.parse

PATIENCE_S = 10.0
BODY_MAX = 4 << 20
ANSWER = (
    "HTTP/1.1 {code}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\nConnection:"
    " close\r\n\r\n"
)
TELEGRAM_SENT = {
    "ok": True,
    "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "group"}},
}


@dataclasses.dataclass(frozen=True)
class Message:
    """One delivery of Alertmanager's: a group's alerts as they were then."""

    at: float
    alerts: tuple  # ((office, alert name, target, status), ...)
    labels: tuple  # of each alert


class Inbox:
    def __init__(self, services, machine):
        self.services, self.messages, self.texts, self.faults = services, [], [], []
        self.beats = 0  # of the watchdog
        listening = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        self.url = "http://{}:{}".format(*listening.getsockname())
        self.server = services.run(asyncio.start_server(self.talk, sock=listening))

    async def talk(self, reader, writer):
        try:
            async with asyncio.timeout(PATIENCE_S):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                sizes = [
                    line.split(":")[1]
                    for line in head
                    if line.lower().startswith("content-length:")
                ]
                body = await reader.readexactly(min(int(sizes[0]), BODY_MAX)) if sizes else b""
                code, answer = self.take(head[0].split(" ")[1], head, body.decode())
                text = json.dumps(answer).encode()
                writer.write(ANSWER.format(code=code, size=len(text)).encode() + text)
                await writer.drain()
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            self.faults.append(f"the inbox could not read a message: {error!r}")
        writer.close()

    def take(self, path, head, body):
        if path.endswith("/sendMessage"):
            is_form = any("x-www-form-urlencoded" in line for line in head)
            fields = dict(urllib.parse.parse_qsl(body)) if is_form else json.loads(body)
            self.texts.append((time.time(), fields.get("text", "")))
            return "200 OK", TELEGRAM_SENT
        if path.startswith("/ping/"):
            self.beats += 1
            return "200 OK", {}
        if path.startswith("/hooks/"):
            self.messages.append(read_message(json.loads(body)))
            return "200 OK", {}
        self.faults.append(f"the inbox was asked for {path}")
        return "404 Not Found", {}

    def news(self):
        """What each message said that the one before it of its office had not: a list of
        (time, office, alert name, what it is about, status)."""
        known, found = {}, []
        for message in self.messages:
            for *name, status in message.alerts:
                if known.get(tuple(name)) != status:
                    found.append((message.at, *name, status))
                known[tuple(name)] = status
        return found

    def without_news(self):
        """Messages that told nothing new."""
        moments = {entry[0] for entry in self.news()}
        return [message.alerts for message in self.messages if message.at not in moments]


def read_message(body):
    alerts = sorted(
        body["alerts"], key=lambda alert: (alert["startsAt"], alert["labels"]["alertname"])
    )
    named = tuple((*name_of(alert["labels"]), alert["status"]) for alert in alerts)
    return Message(time.time(), named, tuple(tuple(alert["labels"].items()) for alert in alerts))


def name_of(labels):
    """Office, alert name, and what it is about within the office."""
    about = next((labels[key] for key in ("target", "link", "mains", "ups") if key in labels), "")
    return labels.get("office", ""), labels["alertname"], about
