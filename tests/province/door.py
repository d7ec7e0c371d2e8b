"""A door from the machine's own loopback into the demo's namespaces, for a reader's browser: what
comes to a free port here goes on to an address in there. Only this machine can use it.
"""

import asyncio
import socket

CHUNK = 1 << 16


class Door:
    def __init__(self, services, machine, place):
        self.services, self.machine, self.place = services, machine, place
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{}".format(listening.getsockname()[1])
        self.server = services.run(asyncio.start_server(self.let_in, sock=listening))

    async def let_in(self, reader, writer):
        inner = None
        try:
            outgoing = self.machine.socket(socket.AF_INET, socket.SOCK_STREAM)
            outgoing.setblocking(False)
            await asyncio.get_running_loop().sock_connect(outgoing, self.place)
            inner_reader, inner = await asyncio.open_connection(sock=outgoing)
            await asyncio.gather(carry(reader, inner), carry(inner_reader, writer))
        except OSError:
            pass  # whoever asked sees that the connection ends
        for end in filter(None, (inner, writer)):
            end.close()


async def carry(reader, writer):
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
