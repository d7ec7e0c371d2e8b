"""What answers in the lab: web servers, a name server, and a wire that is slow. All of it in one
thread, on sockets that were made inside their namespaces.
"""

import asyncio
import socket
import struct
import threading

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
ETH_P_ALL = 3
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
PATIENCE_S = 10.0
BEAT_S = 0.05


class Services:
    """The thread. Everything else here is started and stopped through it."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.stall_s = 0.0  # the longest that this thread had to wait for its turn
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.loop.call_soon_threadsafe(self.beat, self.loop.time())

    def beat(self, due):
        self.stall_s = max(self.stall_s, self.loop.time() - due)
        self.loop.call_later(BEAT_S, self.beat, self.loop.time() + BEAT_S)

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE_S)


class Listener:
    """Answers on a TCP port, as a web server does; refuses after stop()."""

    def __init__(self, services, namespace, address, port):
        self.services, self.namespace, self.place = services, namespace, (address, port)
        self.server = None
        self.start()

    def start(self):
        listening = self.namespace.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(self.place)
        self.server = self.services.run(asyncio.start_server(self.talk, sock=listening))

    def stop(self):
        async def close():
            self.server.close()

        self.services.run(close())

    @staticmethod
    async def talk(reader, writer):
        try:
            async with asyncio.timeout(PATIENCE_S):
                if await reader.readuntil(b"\r\n\r\n"):
                    writer.write(ANSWER)
                    await writer.drain()
                await reader.read()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        writer.close()


class NameServer(asyncio.DatagramProtocol):
    """Knows the addresses of a few names, each for one second; silent after stop()."""

    def __init__(self, services, namespace, address, names, port=53):
        self.names, self.transport = names, None
        asked = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asked.bind((address, port))

        async def listen():
            await services.loop.create_datagram_endpoint(lambda: self, sock=asked)

        self.is_silent = False
        services.run(listen())

    def connection_made(self, transport):
        self.transport = transport

    def stop(self):
        self.is_silent = True

    def start(self):
        self.is_silent = False

    def datagram_received(self, query, sender):
        if not self.is_silent and len(query) > 16:
            self.transport.sendto(self.answer(query), sender)

    def answer(self, query):
        end, labels = 12, []
        while end < len(query) and query[end]:
            labels.append(query[end + 1 : end + 1 + query[end]].decode("ascii", "replace"))
            end += query[end] + 1
        question = query[12 : end + 5]
        kind = struct.unpack("!H", question[-4:-2])[0]
        address = self.names.get(".".join(labels).lower())
        has_answer = address is not None and kind == 1
        code = 0 if address is not None or not labels else 3
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, int(has_answer), 0, 0)
        if not has_answer:
            return head + question
        record = struct.pack("!HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(address)
        return head + question + record


class Wire:
    """Carries packets between two interfaces of a namespace, those from `slow` late."""

    def __init__(self, services, namespace, slow, fast):
        self.services, self.delay_s = services, 0.0
        self.ends = [self.open(namespace, slow), self.open(namespace, fast)]

        async def watch():
            for end, other, is_slow in ((0, 1, True), (1, 0, False)):
                services.loop.add_reader(self.ends[end], self.carry, end, other, is_slow)

        services.run(watch())

    @staticmethod
    def open(namespace, interface):
        end = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        namespace.call(lambda: end.bind((interface, ETH_P_ALL)))
        end.setblocking(False)
        return end

    def carry(self, end, other, is_slow):
        try:
            packet = self.ends[end].recv(65536)
        except OSError:
            return
        self.services.loop.call_later(self.delay_s if is_slow else 0.0, self.put, other, packet)

    def put(self, other, packet):
        try:
            self.ends[other].send(packet)
        except OSError:
            pass  # its cable is out

    def close(self):
        async def forget():
            for end in self.ends:
                self.services.loop.remove_reader(end)
                end.close()

        self.services.run(forget())
