"""Network namespaces of the test's own, with cables between them. A namespace is held by a
descriptor of this process and is gone with it; nothing has a name that others could meet.
"""

import array
import ctypes
import fcntl
import os
import queue
import socket
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# ETHTOOL_STXCSUM, SSG, STSO, SGSO, SGRO: a packet that a program copies must be whole.
OFFLOADS = (0x17, 0x19, 0x1F, 0x24, 0x2C)
LIBC = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


class Namespace:
    """One machine's network. A thread lives in it, for what must be done from inside."""

    def __init__(self, name):
        self.name, self.work = name, queue.Queue()
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.thread.start()
        self.fd = self.call(
            lambda: os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        )
        # As `ip` and `nsenter` take it.
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"
        self.call(self.prepare)

    def live(self):
        checked(LIBC.unshare(CLONE_NEWNET))
        while (task := self.work.get()) is not None:
            function, answer = task
            try:
                answer.put((function(), None))
            except Exception as error:  # it is the caller's
                answer.put((None, error))

    def call(self, function):
        """What `function` returns, called from inside."""
        answer = queue.Queue()
        self.work.put((function, answer))
        result, error = answer.get()
        if error is not None:
            raise error
        return result

    @staticmethod
    def prepare():
        for key, value in {
            "ipv6/conf/all/disable_ipv6": 1,
            "ipv6/conf/default/disable_ipv6": 1,
            "ipv4/conf/all/rp_filter": 0,
            "ipv4/conf/default/rp_filter": 0,
            "ipv4/icmp_ratelimit": 0,  # each probe gets its error
        }.items():
            try:
                with open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
                    file.write(str(value))
            except FileNotFoundError:
                pass  # a kernel without IPv6

    def sysctl(self, key, value):
        def write():
            with open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
                file.write(str(value))

        self.call(write)

    def run(self, *words, text=None):
        done = subprocess.run(
            ["nsenter", f"--net={self.path}", *words],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            complaint = done.stderr.strip()
            raise RuntimeError(f"{self.name}: {' '.join(words)}: {complaint}\n{text or ''}")
        return done.stdout

    def ip(self, *lines):
        self.run("ip", "-batch", "-", text="\n".join(lines) + "\n")

    def filter(self, *rules):
        """These nft rules instead of those before; each begins with the name of its hook."""
        chains = {}
        for rule in rules:
            hook, words = rule.split(" ", 1)
            chains.setdefault(hook, []).append(words)
        body = "".join(
            f" chain {hook}_here {{ type filter hook {hook} priority 0; {'; '.join(lines)}; }}\n"
            for hook, lines in chains.items()
        )
        self.run(
            "nft",
            "-f",
            "-",
            text=f"table inet lab {{}}\ndelete table inet lab\ntable inet lab {{\n{body}}}\n",
        )

    def socket(self, family, kind, protocol=0):
        return self.call(lambda: socket.socket(family, kind, protocol))

    def whole_packets(self, interface):
        def switch_off():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
                for command in OFFLOADS:
                    value = array.array("B", struct.pack("II", command, 0))
                    request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
                    fcntl.ioctl(control, SIOCETHTOOL, request)

        self.call(switch_off)

    def close(self):
        self.work.put(None)
        self.thread.join()
        os.close(self.fd)


def cable(one, one_end, other, other_end):
    """A line of `ip -batch` that lays a cable between two namespaces."""
    return (
        f"link add {one_end} netns {one.path} type veth peer name {other_end} netns {other.path}"
    )
