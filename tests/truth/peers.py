"""What answers in the office, each under the player's control: web servers, the resolver, and a NUT
server (RFC 9271) with one UPS. All of it in the one thread of links' services.py.
"""

import asyncio
import socket
import struct

from services import ANSWER, PATIENCE_S

TROUBLE = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UPS_NAME = "rack"
NXDOMAIN, SERVFAIL = 3, 2
BACKLOG = 64


class Listener:
    """A TCP port that can be closed, and opened again; who is connected is cut off."""

    def __init__(self, services, namespace, address, port):
        self.services, self.namespace, self.place = services, namespace, (address, port)
        self.server, self.talks = None, set()
        self.open()

    def open(self):
        family = socket.AF_INET6 if ":" in self.place[0] else socket.AF_INET
        listening = self.namespace.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(self.place)
        start = asyncio.start_server(self.accept, sock=listening, backlog=BACKLOG)
        self.server = self.services.run(start)

    def close(self):
        async def end():
            if self.server is not None:
                self.server.close()
            for writer in list(self.talks):
                writer.transport.abort()
            self.server = None

        self.services.run(end())

    async def accept(self, reader, writer):
        self.talks.add(writer)
        try:
            await self.talk(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.talks.discard(writer)
            writer.close()


class Web(Listener):
    """`answer` is what it says; None: it takes the request and is silent."""

    answer = ANSWER

    async def talk(self, reader, writer):
        async with asyncio.timeout(PATIENCE_S):
            if await reader.readuntil(b"\r\n\r\n") and self.answer is not None:
                writer.write(self.answer)
                await writer.drain()
            await reader.read()


class NutServer(Listener):
    """`status` is the UPS's; a silent one takes commands and does not answer."""

    def __init__(self, services, namespace, address):
        self.status, self.is_silent = "OL", False
        super().__init__(services, namespace, address, 3493)

    async def talk(self, reader, writer):
        while line := await reader.readline():
            if not self.is_silent:
                writer.write(self.said(line.decode("ascii", "replace").split()).encode())
                await writer.drain()

    def said(self, words):
        match words:
            case ["LIST", "VAR", name] if name == UPS_NAME:
                lines = [f'VAR {name} {key} "{value}"' for key, value in self.readings().items()]
                whole = [f"BEGIN LIST VAR {name}", *lines, f"END LIST VAR {name}"]
                return "".join(line + "\n" for line in whole)
            case ["LIST", "VAR", _]:
                return "ERR UNKNOWN-UPS\n"
            case ["LOGOUT"]:
                return "OK Goodbye\n"
            case ["STARTTLS"]:
                return "ERR FEATURE-NOT-CONFIGURED\n"
        return "ERR UNKNOWN-COMMAND\n"

    def readings(self):
        is_fed = self.status.startswith("OL")
        return {
            "battery.charge": "100" if is_fed else "93",
            "battery.runtime": "1800",
            "input.voltage": "220.0" if is_fed else "0.0",
            "input.voltage.nominal": "220",
            "ups.load": "23",
            "ups.status": self.status,
        }


class Names(asyncio.DatagramProtocol):
    """A resolver for a few names; `codes` has the names that it answers with an error."""

    def __init__(self, services, namespace, address, addresses, ttl_s):
        self.services, self.transport = services, None
        self.addresses, self.ttl_s, self.codes, self.is_silent = addresses, ttl_s, {}, False
        asked = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asked.bind((address, 53))

        async def listen():
            await services.loop.create_datagram_endpoint(lambda: self, sock=asked)

        services.run(listen())

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, query, sender):
        if not self.is_silent and len(query) > 16:
            self.transport.sendto(self.answer(query), sender)

    def answer(self, query):
        end, labels = 12, []
        while end < len(query) and query[end]:
            labels.append(query[end + 1 : end + 1 + query[end]].decode("ascii", "replace"))
            end += query[end] + 1
        name, question = ".".join(labels).lower(), query[12 : end + 5]
        code = self.codes.get(name, 0 if name in self.addresses or not labels else NXDOMAIN)
        kind = struct.unpack("!H", question[-4:-2])[0]
        has_address = code == 0 and kind == 1 and name in self.addresses
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, int(has_address), 0, 0)
        if not has_address:
            return head + question
        record = struct.pack("!HHHIH", 0xC00C, 1, 1, self.ttl_s, 4)
        return head + question + record + socket.inet_aton(self.addresses[name])

    def close(self):
        async def end():
            self.transport.close()

        self.services.run(end())
