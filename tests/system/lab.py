"""What a scenario gets: fresh machines, the package, its claims. And what plays one, which never
raises: what was wrong, and the logs of the machines, are in the answer.
"""

import dataclasses
import itertools
import pathlib
import time
import traceback
from collections.abc import Callable

from agent import Agent
from checks import Checks
from machine import Disk, ImageDisk, Machine

numbers = itertools.count(1)  # of networks


@dataclasses.dataclass
class Scenario:
    name: str
    what: str
    play: Callable
    is_alone: bool = False  # measures time: nothing else runs meanwhile


@dataclasses.dataclass
class Packages:
    now: pathlib.Path
    previous: pathlib.Path | None  # a real older release, where there is one
    rpm: pathlib.Path | None


class Lab:
    def __init__(self, scenario, folder, root, packages):
        self.name, self.folder, self.root = scenario.name, pathlib.Path(folder), root
        self.packages, self.package = packages, packages.now
        self.check, self.machines = Checks(), []

    def machine(self, has_network=True, has_image=False):
        """Running. `has_image`: its root is a file system of its own, that a power cut can hurt."""
        name = f"{self.name}-{len(self.machines) + 1}"
        folder = self.folder / f"machine-{len(self.machines) + 1}"
        disk = (ImageDisk if has_image else Disk)(folder, self.root)
        machine = Machine(name, disk, next(numbers) if has_network else 0)
        self.machines.append(machine)
        machine.boot()
        return machine

    def agent(self, configuration=None, **machine):
        """The package, installed on a new machine; with the default configuration, or with this."""
        agent = Agent(self.machine(**machine))
        if configuration is not None:
            agent.configure(configuration)
        agent.install(self.package).must()
        self.ready(agent)
        return agent

    def ready(self, agent, seconds=15):
        self.check.within("/metrics answers", seconds, agent.answers, agent.status)

    def close(self, keeps):
        for machine in self.machines:
            machine.close(keeps)

    def logs(self):
        """What the machines' journals say of the agent, for a scenario that failed."""
        for machine in self.machines:
            if machine.leader:
                said = machine.run(
                    "journalctl",
                    "--no-pager",
                    "-o",
                    "short-monotonic",
                    "-b",
                    "-n",
                    "60",
                    "-u",
                    "siaga*",
                )
                yield f"journal of {machine.name}", said.all
            else:
                yield f"console of {machine.name}", machine.console()


@dataclasses.dataclass
class Played:
    scenario: Scenario
    check: Checks
    took_s: float
    logs: list


def play(scenario, folder, root, packages, keeps):
    began = time.monotonic()
    lab = Lab(scenario, folder, root, packages)
    logs = []
    try:
        scenario.play(lab)
    except Exception as error:  # a scenario that broke off has failed, the others go on
        where = traceback.extract_tb(error.__traceback__)
        steps = " <- ".join(
            f"{pathlib.Path(frame.filename).name}:{frame.lineno}" for frame in reversed(where[-3:])
        )
        lab.check.faults.append(f"broken off: {error} ({type(error).__name__}, {steps})")
    for step in (
        (lambda: logs.extend(lab.logs() if lab.check.faults else ())),
        lambda: lab.close(keeps),
    ):
        try:
            step()
        except Exception as error:
            lab.check.faults.append(f"could not be taken down: {error}")
    return Played(scenario, lab.check, time.monotonic() - began, logs)
