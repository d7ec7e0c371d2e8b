"""A world of the demo's own: this program once more, where it may make namespaces of processes,
mounts and networks, and a folder that is gone afterwards. The outer one only waits: when it is told
to end, or dies, the inner one sees the end of a pipe, puts everything away and ends. Nothing of the
machine outside is changed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

FOLDER, END, LAYOUT = "SIAGA_DEMO_FOLDER", "SIAGA_DEMO_END", "SIAGA_DEMO_LAYOUT"
NAMESPACES, LOOPBACK = "namespaces", "loopback"
TOOLS = ("unshare", "nsenter", "ip")
ENDS_S = 40  # so long may the inner one take to put everything away
INTERRUPTED = 130


def own_namespaces():
    """The command that leads into them; None where none may be made."""
    if any(shutil.which(tool) is None for tool in TOOLS):
        return None
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        words += ["--user", "--map-root-user"]
    tried = subprocess.run([*words, "unshare", "--net", "true"], capture_output=True, check=False)
    return words if tried.returncode == 0 else None


def run_inside(want_loopback):
    """Runs this program inside, and returns its exit code and what it left behind."""
    reading, writing = os.pipe()
    asked_to_end = threading.Event()

    def end(*_):
        if not asked_to_end.is_set():
            asked_to_end.set()
            os.close(writing)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    own = None if want_loopback else own_namespaces()
    folder = tempfile.mkdtemp(prefix="siaga-demo.")
    env = {**os.environ, FOLDER: folder, END: str(reading)}
    env[LAYOUT] = NAMESPACES if own else LOOPBACK
    try:
        code = wait_for_end(env, own, reading, asked_to_end)
        left = left_in(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(folder):
        left.append(folder)
    return code, left


def wait_for_end(env, own, reading, asked_to_end):
    # A session of its own: Ctrl-C reaches the outer one alone, and everything ends in order.
    inner = subprocess.Popen(
        [*(own or []), sys.executable, "-B", *sys.argv],
        env=env,
        pass_fds=[reading],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
    )
    os.close(reading)
    while not asked_to_end.is_set():
        try:
            return inner.wait(0.2)
        except subprocess.TimeoutExpired:
            pass
    try:
        return inner.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        inner.kill()  # and with it, by --kill-child, all that lives in its namespace
        inner.wait()
        return INTERRUPTED


def processes_in(folder):
    """What still runs there: everything that is started stands in the folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            place = os.readlink(f"/proc/{pid}/cwd")
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                words = file.read().replace("\0", " ").strip()
        except OSError:
            continue  # it has just ended, or is somebody else's
        if place.startswith(folder):
            found.append(f"process {pid}: {words}")
    return found


def left_in(folder, seconds=5.0):
    """What does not end there within `seconds`."""
    end = time.monotonic() + seconds
    while (left := processes_in(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def is_inside():
    return END in os.environ


def interrupt_at_end():
    """Inside: a KeyboardInterrupt in the main thread when the outer one ends or is told to."""

    def watch(descriptor):
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGINT)

    end = int(os.environ[END])
    os.set_inheritable(end, False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=watch, args=(end,), daemon=True).start()
