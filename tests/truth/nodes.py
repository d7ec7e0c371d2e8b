"""The services of a scenario as timeline.py knows them, read from the agent's configuration."""

import re

from office_agent import tables
from place import MACHINES, NAMES, SITES, SITES6
from spans import Node

ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}|fd98::[0-9]+")
NAME = re.compile(r"[a-z0-9]+\.(?:kaltim|office)\.test")
SERVICES = {address: name for name, address in {**SITES, **SITES6}.items()}
MACHINE_AT = {address: name for name, address in MACHINES.items()}
PORT_80 = {"server": "lan-web", "archive": "archive"}


def nodes_of(scenario):
    """{name: Node}"""
    found = {}
    for key, options in tables(scenario.pace, scenario.options).items():
        kind, name = key.split(" ")
        found[name] = node_of(kind, name, options)
    return found


def node_of(kind, name, options):
    where = " ".join(str(options.get(key, "")) for key in ("url", "host", "server"))
    asked = NAME.search(where)
    address = NAMES[asked[0]] if asked else (ADDRESS.findall(where) or [""])[0]
    machine, site = MACHINE_AT.get(address, ""), SERVICES.get(address, "")
    service = PORT_80.get(machine, "") if kind == "http" else ""
    return Node(
        name,
        role=kind if kind in ("link", "mains", "ups") else "target",
        needs=tuple(options.get("needs", ())),
        hit_by=tuple(sorted({name, site, machine, service} - {""})),
        # What has an interface of its own does not go by the gateway.
        is_beyond="interface" not in options and (kind == "link" or bool(site)),
        is_named=asked is not None,
    )
