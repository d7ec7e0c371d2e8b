"""True outages from segments, and what lists of intervals need."""

import dataclasses

from spans import UP, is_down


@dataclasses.dataclass(frozen=True)
class Group:
    """One true outage: it began between `begin` and `begun`, and ended between `end` and `ended`."""

    begin: float
    begun: float
    end: float
    ended: float
    must: float  # the longest time that was nothing but down


def group_of(run):
    """Bounds are judged by when it really was down; where that is open, by what is right."""
    sure = [s for s in run if s.is_down and UP not in s.right]
    must = [s[-1].end - s[0].begin for s in runs(run, lambda s: all(map(is_down, s.right)))]
    longest = max(must, default=0.0)
    if not sure:
        return Group(run[0].begin, run[-1].end, run[0].begin, run[-1].end, longest)
    open_first = run[0].begin if UP in run[0].right else sure[0].begin
    open_last = run[-1].end if UP in run[-1].right else sure[-1].end
    return Group(open_first, sure[0].begin, sure[-1].end, open_last, longest)


def runs(segments, wanted):
    """Lists of neighbours that `wanted` holds for."""
    found, is_open = [], False
    for segment in segments:
        if not wanted(segment):
            is_open = False
        elif is_open:
            found[-1].append(segment)
        else:
            found.append([segment])
            is_open = True
    return found


def gaps(begin, end, covered):
    """What of [begin, end) none of the intervals covers."""
    found, at = [], begin
    for low, high in sorted(covered):
        if low > at:
            found.append((at, min(low, end)))
        at = max(at, high)
        if at >= end:
            break
    if at < end:
        found.append((at, end))
    return [(low, high) for low, high in found if high > low]
