"""Every kind of probe inside the sandbox, as the service's own user, against real servers."""

import json

from agent import Agent
from peers import Peers, every_kind

NOT_KINDS = {"office", "agent", "web", "journal", "defaults", "maintenance", "remote_write"}
UP_S = 40  # the first reading of a UPS is now and then WAIT


def kinds(lab):
    check, agent = lab.check, Agent(lab.machine())
    machine, peers = agent.machine, Peers(agent.machine)
    peers.web(), peers.names(), peers.ups()
    agent.configure(every_kind(machine.gateway))
    agent.install(lab.package).must()
    lab.ready(agent)
    check.equal(
        f"`siaga check` likes the configuration: {(checked := agent.siaga('check')).all}",
        checked.code,
        0,
    )
    schema = json.loads(agent.siaga("config", "schema").must().out)
    known = {
        name
        for name, entry in schema["properties"].items()
        if name not in NOT_KINDS and entry.get("type") == "array"
    }
    said = json.loads(agent.get("/api/v1/status"))
    tried = {target["kind"] for target in (*said["targets"], *said["judged"])}
    check.equal("every kind is tried here", sorted(known - tried), [])
    # Without what the agent looks through itself, which no table shows.
    names = [
        target["name"]
        for target in (*said["targets"], *said["judged"])
        if not target["name"].startswith("siaga:")
    ]
    check.within("every one of them is up", UP_S, lambda: agent.all_up(*names), lambda: why(agent))
    status = agent.siaga("status")
    check.equal("`siaga status` says so too, and ends with 0", status.code, 0)
    for name in names:
        check.that(f"{name} stands in its table", name in status.out, status.out)
    bad = [
        line
        for line in agent.get("/metrics").splitlines()
        if line.startswith("siaga_probe_failures_total")
        and "agent_" in line
        and not line.endswith(" 0")
    ]
    check.equal("no probe was refused anything by the sandbox", bad, [])
    check.equal(
        "it runs as its own user", machine.sh(f"stat -c %U /proc/{agent.pid}").out.strip(), "siaga"
    )
    range_ = machine.run("cat", "/proc/sys/net/ipv4/ping_group_range").out.split()
    check.equal("pings are raw: this machine has no ping sockets for groups", range_, ["1", "0"])
    peers.feed("OB DISCHRG", "0")
    check.within(
        "the power goes off, as the UPS says",
        UP_S,
        lambda: agent.value("siaga_mains_state", mains="pln", state="off") == 1,
        lambda: why(agent),
    )
    machine.run("systemctl", "stop", "nginx").must()
    check.within(
        "what is stopped is down",
        UP_S,
        lambda: agent.seen().get("http") == "down",
        lambda: why(agent),
    )


def why(agent):
    said = json.loads(agent.get("/api/v1/status") or "{}")
    every = (*said.get("targets", []), *said.get("judged", []))
    return [
        (
            target["name"],
            target["state"],
            target.get("detail", ""),
            target.get("last_run", {}).get("reason", ""),
            target.get("last_run", {}).get("detail", ""),
        )
        for target in every
        if target["state"] != "up"
    ]
