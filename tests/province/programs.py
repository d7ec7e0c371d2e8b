"""Programs that the demo starts: each in the demo's folder, with a log there, and ended at the
latest with the block that it was started in. Every wait has an end, which shows the log.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

START_S, END_S = 40.0, 10.0
LOG_LINES = 15


class NotInTime(RuntimeError):
    pass


def wait_until(what, condition, seconds=START_S, logs=(), pause_s=0.1):
    """What `condition` returns once that is something."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise NotInTime(f"{what}: not within {seconds:g} s{tails(logs)}")
        time.sleep(pause_s)


def tails(logs):
    text = ""
    for log in map(pathlib.Path, logs):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        if lines:
            text += "\n".join(["", f"--- {log.parent.name}/{log.name}", *lines[-LOG_LINES:]])
    return text


class Program:
    """One process; `stop` ends it, also when it has never started."""

    def __init__(self, argv, folder, name, env=None):
        self.argv, self.folder, self.name = [str(word) for word in argv], folder, name
        self.env, self.log, self.process = env, pathlib.Path(folder, f"{name}.log"), None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def wait_ready(self, is_ready, seconds=START_S):
        def look():
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"{self.name} ended: {self.process.returncode}{tails([self.log])}"
                )
            return is_ready()

        wait_until(f"{self.name} is ready", look, seconds, [self.log])
        return self

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """Its exit code; None when it did not run."""
        if self.process is None:
            return None
        self.process.terminate()
        try:
            code = self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            code = None
        self.kill()
        return code

    def kill(self):
        """As when its machine loses its power: at once, with all of its processes."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
