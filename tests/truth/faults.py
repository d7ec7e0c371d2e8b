"""How each fault of a scenario's script is made, and taken back. What a fault means for the truth
stands in timeline.py, and only there. A function of MAKE may return when its effect began, where
that is not when it was called.
"""

import signal
import time

from peers import NXDOMAIN, SERVFAIL, TROUBLE
from place import MAINS_FED, SITES
from services import ANSWER

NAME_OF = {f"{site}-name": f"{site}.kaltim.test" for site in SITES}
NAME_OF["lan-name"] = "server.office.test"


def web(begin, end):
    def act(play, fault, name, is_on):
        (begin if is_on else end)(play.place.web[name])

    return act


def say(answer):
    def begin(peer):
        peer.answer = answer

    return begin


def drop(namespace, *rules):
    """`rules` may have {address} and {share} in them, from the fault's argument."""

    def act(play, fault, argument, is_on):
        if is_on:
            address = SITES.get(argument, argument)
            told = (rule.format(address=address, share=argument) for rule in rules)
            play.place.drop(fault, namespace, *told)
        else:
            play.place.forward(fault, namespace)

    return act


def unplug(*names):
    def act(play, fault, argument, is_on):
        out = names or (argument,)
        (play.place.unplug if is_on else play.place.plug)(fault, *out)

    return act


def code(number):
    def act(play, fault, name, is_on):
        codes = play.place.names.codes
        if is_on:
            codes[NAME_OF[name]] = number
        else:
            codes.pop(NAME_OF[name], None)

    return act


def resolver(play, fault, argument, is_on):
    play.place.names.is_silent = is_on


def battery(play, fault, argument, is_on):
    play.place.ups.status = "OB DISCHRG" if is_on else "OL CHRG"


def mains(play, fault, argument, is_on):
    unplug(*MAINS_FED)(play, fault, argument, is_on)
    battery(play, fault, argument, is_on)  # a UPS says it after it happened


def ups_refuses(play, fault, argument, is_on):
    (play.place.ups.close if is_on else play.place.ups.open)()


def ups_silent(play, fault, argument, is_on):
    play.place.ups.is_silent = is_on


def stop(play, fault, argument, is_on):
    play.agent.signal(signal.SIGSTOP if is_on else signal.SIGCONT)


def kill(play, fault, argument, is_on):
    if is_on:
        play.agent.signal(signal.SIGKILL)
    else:
        play.agent.start_and_wait()


def reboot(play, fault, argument, is_on):
    if not is_on:
        play.agent.new_boot()
    kill(play, fault, argument, is_on)


def reload(play, fault, argument, is_on):
    if is_on:
        play.agent.told("reload")


def maintain(play, fault, argument, is_on):
    """`argument` is who and for how long: "wan 20". Windows are kept in whole seconds, so one is
    declared when a second begins; returns when."""
    if not is_on:
        return None
    who, seconds = argument.split(" ")
    time.sleep(1.0 - time.time() % 1.0)
    began = time.time()
    play.agent.told("maintenance", "add", who, "--for", f"{seconds}s")
    return began


MAKE = {
    "refuse": web(lambda peer: peer.close(), lambda peer: peer.open()),
    "status": web(say(TROUBLE), say(ANSWER)),
    "hang": web(say(None), say(ANSWER)),
    "silent": drop("internet", "input ip daddr {address} drop"),
    "reject": drop("internet", "input ip daddr {address} reject with icmp type host-unreachable"),
    "host": unplug(),
    "nxdomain": code(NXDOMAIN),
    "servfail": code(SERVFAIL),
    "cable": unplug("host"),
    "gateway-off": unplug("gateway"),
    "gateway-hung": drop("gateway", "input drop", "forward drop"),
    "isp": drop("isp", "prerouting drop"),
    "isp-cut": unplug("wan"),
    "beyond": drop("isp", 'forward oifname "world" drop'),
    "isp2": drop("isp2", "prerouting drop"),
    "loss": drop("gateway", 'forward iifname "wan" numgen random mod 100 < {share} drop'),
    "resolver": resolver,
    "mains": mains,
    "mains-unsaid": unplug(*MAINS_FED),
    "battery": battery,
    "ups-refuses": ups_refuses,
    "ups-silent": ups_silent,
    "stop": stop,
    "kill": kill,
    "reboot": reboot,
    "reload": reload,
    "maintain": maintain,
}
