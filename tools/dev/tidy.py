#!/usr/bin/python3
"""tidy.py BUILD JOBS: clang-tidy over BUILD/compile_commands.json, JOBS at once.

A file whose preprocessed text, flags and checks are those of its last clean run is not read again.
Refuses to fix anything: it only reports."""

import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys
import time


def preprocessed(entry):
    """The text that the compiler would see, or nothing when it does not compile."""
    command = shlex.split(entry["command"])
    output = command.index("-o")
    del command[output : output + 2]
    run = subprocess.run(command + ["-E", "-P"], cwd=entry["directory"], capture_output=True)
    return run.stdout if run.returncode == 0 else None


def check(entry, build, checks):
    """(path, seconds, complaints or '')."""
    began = time.monotonic()
    path = pathlib.Path(entry["file"])
    text = preprocessed(entry)
    key = hashlib.sha256(checks + entry["command"].encode() + (text or b"")).hexdigest()
    stamp = build / "clean" / key
    if text is not None and stamp.exists():
        return path, 0.0, ""
    run = subprocess.run(
        ["clang-tidy-19", "--quiet", "--warnings-as-errors=*", "-p", str(build), str(path)],
        capture_output=True,
        text=True,
    )
    complaints = "" if run.returncode == 0 else run.stdout + run.stderr
    if not complaints and text is not None:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    return path, time.monotonic() - began, complaints


def main():
    build, jobs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    entries = json.loads((build / "compile_commands.json").read_text())
    checks = pathlib.Path(".clang-tidy").read_bytes()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(check, entry, build, checks) for entry in entries]
        for done, future in enumerate(concurrent.futures.as_completed(runs), 1):
            path, seconds, complaints = future.result()
            name = path.relative_to(pathlib.Path.cwd()) if path.is_relative_to(pathlib.Path.cwd()) else path
            print(f"[{done}/{len(runs)}] {name} {seconds:.1f} s", flush=True)
            if complaints:
                failed += 1
                print(complaints, flush=True)
    print(f"clang-tidy: {len(entries)} files, {failed} with complaints")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
