#!/usr/bin/python3
"""free_ports.py COUNT [WISHED]: COUNT ports that are free for TCP and UDP now, on one line; the last
one is WISHED where that is free."""

import socket
import sys


def take(port):
    tcp = socket.socket()
    udp = socket.socket(type=socket.SOCK_DGRAM)
    try:
        tcp.bind(("0.0.0.0", port))
        udp.bind(("0.0.0.0", tcp.getsockname()[1]))
    except OSError:
        tcp.close()
        udp.close()
        return None
    return tcp, udp


def main():
    count = int(sys.argv[1])
    wished = take(int(sys.argv[2])) if len(sys.argv) > 2 else None
    taken = [wished] if wished else []
    while len(taken) < count:
        pair = take(0)
        if pair:
            taken.insert(0, pair)
    print(*(tcp.getsockname()[1] for tcp, _ in taken))


if __name__ == "__main__":
    main()
