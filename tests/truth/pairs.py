"""Products of two faults in every order and overlap: PAIRS is [(name, script)]."""

# How the first lies to the second, seconds: (from, to) of each.
PLACES = {
    "before": ((0, 10), (19, 29)),
    "touching": ((0, 10), (10, 20)),
    "overlapping": ((0, 15), (8, 23)),
    "around": ((0, 26), (8, 18)),
    "within": ((8, 18), (0, 26)),
    "over-end-of": ((8, 23), (0, 15)),
    "touching-end-of": ((10, 20), (0, 10)),
}
SOME = ("touching", "overlapping", "around", "within")

# A service's own fault, and what takes its place for a while.
FAULTS = (
    ("refuse portal", "isp", PLACES),
    ("status mail", "isp", PLACES),
    ("refuse archive", "mains", PLACES),
    ("host archive", "mains", PLACES),
    ("status portal", "cable", PLACES),
    ("host server", "cable", PLACES),
    ("refuse portal", "stop", PLACES),
    ("refuse lan-web", "kill", PLACES),
    ("isp", "mains", PLACES),
    ("isp", "cable", PLACES),
    ("mains", "cable", PLACES),
    ("isp", "stop", PLACES),
    ("mains", "stop", SOME),
    ("isp", "kill", SOME),
    ("mains", "kill", SOME),
    ("mains", "ups-refuses", SOME),
    ("nxdomain portal-name", "resolver", SOME),
    ("resolver", "isp", SOME),
    ("silent portal", "gateway-off", SOME),
    ("hang mail", "isp-cut", SOME),
    ("gateway-hung", "mains", SOME),
    ("isp", "maintain wan", SOME),
    ("mains", "maintain pln", SOME),
    ("refuse portal", "maintain portal", SOME),
    ("loss 45", "refuse portal", SOME),
)


def script_of(first, second, place):
    (a, b), (c, d) = PLACES[place]
    if second.startswith("maintain"):
        second = f"{second} {d - c}"
    return (first, a, b), (second, c, d)


PAIRS = tuple(
    (f"{first}-{place}-{second}".replace(" ", "-"), script_of(first, second, place))
    for first, second, places in FAULTS
    for place in places
)
