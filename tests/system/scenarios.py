"""The table: what is played, and what it shows."""

import commands
import darkness
import installing
import probing
import running
import starting
import traces
import upgrading
from lab import Scenario

SCENARIOS = [
    Scenario(
        "install",
        "apt-get install: metrics, status line, numbers, manual pages, hardening",
        installing.install,
        is_alone=True,
    ),
    Scenario("power", "cut, cut on battery, stopped: each dark time has its class", darkness.power),
    Scenario("ends", "shut down in four ways, stopped in three: not the same", darkness.ends),
    Scenario("watchdog", "a loop that stands still is killed and restarted", running.watchdog),
    Scenario("kill", "kill -9: back at once, then after a growing pause", running.kill),
    Scenario(
        "upgrade",
        "changed configuration, older journal: all kept, nothing asked",
        upgrading.upgrade,
    ),
    Scenario("kinds", "every kind of probe in the sandbox, as its own user", probing.kinds),
    Scenario("disk", "a power cut that takes what was not synced", darkness.disk),
    Scenario("reload", "good and bad configurations", running.reload),
    Scenario("writes", "nothing outside of its own folders is written", traces.writes),
    Scenario("socket", "socket activation: a restart loses no scrape", running.socket),
    Scenario("future", "a downgrade: the newer journal is kept and said", upgrading.future),
    Scenario("broken", "a start with a wrong configuration", starting.broken),
    Scenario("read-only", "a state directory that cannot be written", starting.read_only),
    Scenario("bare", "no network, no resolver", starting.bare),
    Scenario("credentials", "a secret that only root can read", starting.credentials),
    Scenario("doctor", "siaga doctor on the installed machine", commands.doctor),
    Scenario("init", "siaga init: a first configuration", commands.init),
    Scenario("rpm", "the .rpm: installed, started, removed", upgrading.rpm),
    Scenario("purge", "removal keeps, purge leaves nothing", traces.purge),
]
