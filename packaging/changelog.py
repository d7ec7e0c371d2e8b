#!/usr/bin/python3
"""debian/changelog from CHANGELOG.md, so that there is one list of changes and one version.

changelog.py CHANGELOG.md VERSION SECONDS: the newest entry must be VERSION's; SECONDS (since 1970) dates
an entry that is still "unreleased". Refuses when they disagree.
"""
import re
import sys
import textwrap
from datetime import datetime, timezone
from email.utils import format_datetime

MAINTAINER = "The Siaga authors <siaga@home.arpa>"
HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - (unreleased|\d{4}-\d{2}-\d{2})$")


def entries(text):
    """(version, date, [change, ...]) of each version, newest first."""
    found = []
    for line in text.splitlines():
        heading = HEADING.match(line)
        if heading:
            found.append((heading[1], heading[2], []))
        elif line.startswith("## "):
            sys.exit(f"CHANGELOG.md: '{line}' is not '## VERSION - YYYY-MM-DD' or '- unreleased'")
        elif found and line.startswith("- "):
            found[-1][2].append(line[2:])
        elif found and line.startswith("  ") and found[-1][2]:
            found[-1][2][-1] += " " + line.strip()
    return found


def stanza(version, date, changes, seconds):
    made = (datetime.fromtimestamp(seconds, timezone.utc) if date == "unreleased"
            else datetime.fromisoformat(date).replace(tzinfo=timezone.utc))
    body = [textwrap.fill(change.replace("`", ""), 76, initial_indent="  * ", subsequent_indent="    ",
                          break_long_words=False, break_on_hyphens=False) for change in changes]
    return (f"siaga ({version}) unstable; urgency=medium\n\n" + "\n".join(body) +
            f"\n\n -- {MAINTAINER}  {format_datetime(made)}\n")


def main(path, version, seconds):
    with open(path, encoding="utf-8") as file:
        found = entries(file.read())
    if not found or found[0][0] != version:
        newest = found[0][0] if found else "none"
        sys.exit(f"CMakeLists.txt says version {version}, the newest of CHANGELOG.md is {newest}")
    print("\n".join(stanza(*entry, int(seconds)) for entry in found), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
