"""Rounds, medians, and tables in Markdown."""

import statistics


def median(values):
    return statistics.median(values) if values else float("nan")


def quantile(values, share):
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))] if ordered else float("nan")


def spread(values):
    """"61 [58..66]": the median, and the least and the most."""
    return f"{short(median(values))} [{short(min(values))}..{short(max(values))}]"


def short(value):
    if value != value:
        return "-"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(mine, others):
    """The median over rounds of mine over theirs in the same round."""
    return median([one / other for one, other in zip(mine, others)])


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def verdict(is_met):
    return "met" if is_met else "**missed**"
