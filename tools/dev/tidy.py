#!/usr/bin/python3
"""tidy.py BUILD JOBS: what clang-19 says of the program, JOBS at once, from BUILD/compile_commands.json.

Two things: clang-tidy over every batch (cmake/SiagaBatches.cmake), which reads headers once and not
once a file; and every file by itself, so that each has the includes that it needs, with the one check
that looks at a main file only.
What was clean, and has the same preprocessed text, flags and checks, is not read again; that is
remembered in $XDG_CACHE_HOME/siaga/lint, for every clone. Refuses to fix anything: it only reports."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path.cwd()
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "siaga/lint"
REMEMBERED_DAYS = 60
TIDY = ["clang-tidy-19", "--quiet", "--warnings-as-errors=*"]
ALONE = "-*,misc-unused-using-decls"


class Check:
    """One run of a tool over one file. `preprocess` is the compiler's command for it; `checks` names the tool and its rules."""

    def __init__(self, name, command, preprocess, folder, checks):
        self.name, self.command, self.preprocess, self.folder, self.checks = name, command, preprocess, folder, checks

    def stamp(self):
        """The file that says that this was clean; nothing when the text does not even preprocess."""
        # -CC: a NOLINT is a comment.
        run = subprocess.run(self.preprocess + ["-E", "-P", "-CC"], cwd=self.folder, capture_output=True)
        if run.returncode != 0:
            return None
        flags = " ".join(self.command + self.preprocess).replace(str(ROOT), "")
        return CACHE / hashlib.sha256(self.checks + flags.encode() + run.stdout).hexdigest()

    def run(self):
        """(name, seconds, complaints or '')."""
        began = time.monotonic()
        stamp = self.stamp()
        if stamp and stamp.exists():
            stamp.touch()
            return self.name, 0.0, ""
        run = subprocess.run(self.command, cwd=self.folder, capture_output=True, text=True)
        complaints = "" if run.returncode == 0 else run.stdout + run.stderr
        if stamp and not complaints:
            stamp.touch()
        return self.name, time.monotonic() - began, complaints


def flags_of(entry):
    """The compiler's command without its output, its input and what only a build needs."""
    words = shlex.split(entry["command"])
    output = words.index("-o")
    del words[output : output + 2]
    return [word for word in words if word not in ("-c", entry["file"])]


def files_of(path):
    """The files of ours that a batch includes; a file that is no batch is its own."""
    included = re.findall(r'^#include "([^"]+\.cc)"$', path.read_text(), re.M)
    return [ROOT / name for name in included] if "batches" in path.parts else [path]


def checks_of(entry, build, checks):
    path, flags, folder = pathlib.Path(entry["file"]), flags_of(entry), entry["directory"]
    files = files_of(path)
    command = [*TIDY, "-p", str(build.resolve()), str(path)]
    yield Check(f"tidy {path.stem}", command, [*flags, str(path)], folder, checks)
    for file in files:
        command = [*TIDY, f"--checks={ALONE}", str(file), "--", *flags[1:]]
        yield Check(f"alone {file.relative_to(ROOT)}", command, [*flags, str(file)], folder, checks)


def forget_old():
    for stamp in CACHE.iterdir():
        if stamp.stat().st_mtime < time.time() - REMEMBERED_DAYS * 86400:
            stamp.unlink(missing_ok=True)


def main():
    build, jobs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    CACHE.mkdir(parents=True, exist_ok=True)
    forget_old()
    version = subprocess.run(["clang-19", "--version"], capture_output=True, check=True).stdout
    rules = version + pathlib.Path(".clang-tidy").read_bytes()
    entries = json.loads((build / "compile_commands.json").read_text())
    checks = [check for entry in entries for check in checks_of(entry, build, rules)]
    failed, read, said = 0, 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(check.run) for check in checks]
        for done, future in enumerate(concurrent.futures.as_completed(runs), 1):
            name, seconds, complaints = future.result()
            read += seconds > 0
            if complaints:
                failed += 1
                print(f"{name}:\n{complaints}", flush=True)
            if time.monotonic() - said > 15:
                said = time.monotonic()
                print(f"    {done} of {len(runs)}, last: {name} {seconds:.1f} s", flush=True)
    print(f"clang-19: {len(checks)} checks, {read} of them read anew, {failed} with complaints")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
