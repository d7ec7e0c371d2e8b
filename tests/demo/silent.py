#!/usr/bin/python3
"""silent.py PORT: the ones that never answer. 127.0.10.9 drops every connection request (its queue
is full), 127.0.10.8 takes connections and says nothing, and UDP of 127.0.10.54 reads nothing."""

import signal
import socket
import sys


def main():
    port = int(sys.argv[1])
    full = socket.socket()
    full.bind(("127.0.10.9", port))
    full.listen(0)
    fillers = []
    for _ in range(3):  # the queue of listen(0) holds one; Linux drops what comes after it
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.10.9", port))
        fillers.append(filler)
    mute = socket.socket()
    mute.bind(("127.0.10.8", port))
    mute.listen(1024)
    deaf = socket.socket(type=socket.SOCK_DGRAM)
    deaf.bind(("127.0.10.54", port))
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
