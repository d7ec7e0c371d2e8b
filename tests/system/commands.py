"""Scenarios about the commands that a new user tries on the installed machine."""

from agent import ADDRESS, CONFIG, UNIT, Agent
from peers import NAME, Peers


def doctor(lab):
    check, agent = lab.check, lab.agent()
    peers = Peers(agent.machine)
    peers.names(), peers.ups()
    for words in ((), ("--lang", "id")):
        said = agent.siaga(*words, "doctor", seconds=90)
        check.that(
            f"`siaga {' '.join((*words, 'doctor'))}` finds nothing that has failed",
            said.code == 0,
            f"{said.code}: {said.all}",
        )
        check.that("it has a line for each thing", len(said.out.splitlines()) > 8, said.all)
    as_user = agent.machine.run(
        "setpriv",
        "--reuid",
        "siaga",
        "--regid",
        "siaga",
        "--clear-groups",
        "siaga",
        "doctor",
        seconds=90,
    )
    check.that("it can be asked by another user too", as_user.code in (0, 1), as_user.all)
    agent.systemctl("stop", UNIT).must()
    stopped = agent.siaga("doctor", seconds=90)
    check.that("and without an agent", stopped.code in (0, 1), f"{stopped.code}: {stopped.all}")
    agent.machine.sh("rm -rf /var/lib/siaga; touch /var/lib/siaga").must()
    hurt = agent.siaga("doctor", seconds=90)
    check.that(
        "a state directory that is none is a failure",
        hurt.code == 1 and "/var/lib/siaga" in hurt.all,
        f"{hurt.code}: {hurt.all}",
    )


def init(lab):
    """The first configuration, made from what is found here."""
    check, agent = lab.check, Agent(lab.machine())
    peers = Peers(agent.machine)
    peers.names(), peers.ups(), peers.web()
    agent.install(lab.package).must()
    lab.ready(agent)
    asked = agent.siaga("init")
    check.that(
        "without a terminal and without --yes it says what to give, and writes nothing",
        asked.code != 0
        and "--yes" in asked.all
        and agent.machine.read(CONFIG) == agent.machine.read("/usr/share/siaga/siaga.toml"),
        asked.all,
    )
    made = agent.siaga(
        "init",
        "--yes",
        "--office-id",
        "diskominfo",
        "--timezone",
        "WITA",
        "--website",
        f"http://{NAME}/",
    )
    check.equal(f"`siaga init --yes` replaces the default: {made.all}", made.code, 0)
    text = agent.machine.read(CONFIG)
    check.has("with what it was told", text, "diskominfo", "Asia/Makassar", f"http://{NAME}/")
    check.has("and what it found: the UPS", text, "nut://127.0.0.1", "/office")
    check.equal(
        "the service's user can read it",
        agent.machine.run(
            "setpriv", "--reuid", "siaga", "--regid", "siaga", "--clear-groups", "cat", CONFIG
        ).code,
        0,
    )
    checked = agent.siaga("check")
    check.equal(f"`siaga check` likes it: {checked.all}", checked.code, 0)
    check.equal("so does the service", agent.systemctl("reload", UNIT).code, 0)
    check.within("its targets are watched", 20, lambda: len(agent.seen()) >= 3, agent.seen)
    check.within(
        "the UPS that it found is up",
        40,
        lambda: "up"
        in [state for name, state in agent.seen().items() if "office" in name or "ups" in name],
        agent.seen,
    )
    agent.configure(text + "# diubah\n")
    refused = agent.siaga("init", "--yes")
    check.that(
        "a configuration that was changed is left alone",
        refused.code != 0 and agent.machine.read(CONFIG) == text + "# diubah\n",
        refused.all,
    )
    check.has("and says how to go on", refused.all, "--force")
    check.that(f"and scraped at {ADDRESS}", agent.answers())
