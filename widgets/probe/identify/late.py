"""Counts that come late: which limits, lengths and delays are worth a look. Pure.

A firewall, or a service of many machines, learns of a request some seconds after it was made. A quick run goes on until
the first `limit` of its requests have become known: so the run tells the delay for each limit that is thought of.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from . import edges
from .grid import DECADES, LONGEST, SHORTEST, Cell, between, count, fitting, of_lengths, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .edges import Part
    from .features import Block, Features, Seen
    from .grid import Point


SOONEST = 0.5
"""Seconds: counts that come sooner are as good as on time."""

RARE = 0.1
"""The share of services whose counts come late, of those that are thought of otherwise."""


def late_points(marks: Features) -> Iterator[Point]:
    """Limit, length and delay of a sliding window: between the edges of the answers."""
    yield from _points(marks, marks.seen)


def late_banned_points(marks: Features) -> Iterator[Point]:
    """The same, where a refusal is followed by a ban, in which nothing is counted."""
    if not marks.blocks:
        return
    bans = between(edges.parts(edges.of_bans(marks.blocks), SHORTEST, LONGEST))
    for point in _points(marks, edges.unbanned(marks.seen)):
        yield from ((*point, ban) for ban in bans)


def _points(marks: Features, seen: tuple[Seen, ...]) -> Iterator[Point]:
    if not marks.blocks or not marks.blocks[0].served:
        return
    run = marks.blocks[0]
    delays: dict[int, Cell] = {}

    def lengths(limit: int) -> Sequence[Part]:
        delays[limit] = late = delay(run, limit)
        found = of_lengths(seen, limit, late=late.value)
        if late.high <= COARSE * late.low:
            return found
        window = between(found)[0].value
        fewest = edges.parts(edges.of_delays(seen, limit, window), 1 / late.high, 1 / max(late.low, SHORTEST))
        delays[limit] = late = _late(1 / fewest[0].high, 1 / fewest[0].low)
        return of_lengths(seen, limit, late=late.value)

    latest = min(run.refused - SOONEST, run.served[-1] - (run.refused - run.served[-1]) / (ROUGH - 1))
    most = bisect_right(run.served, latest)
    for limit, found in fitting(lengths, range(2, most + 1)):
        late = delays[limit]
        windows = [cell for part in found for cell in times(part.low, part.high, _steps(part))]
        yield from ((count(limit), window, late) for window in windows if window.value > late.value)


def _steps(part: Part) -> int:
    """Between two edges nothing is known of a window, and what it sustains goes with its length."""
    return min(MOST_STEPS, max(1, round(math.log(part.high / max(part.low, SHORTEST)) / STEP)))


STEP, MOST_STEPS = 0.15, 6
"""The log of the ratio of neighbouring windows that are looked at, and how many between two edges at most."""


ROUGH = 3.0
"""A delay that is not even known to this factor is none: the refusal came after a rest, or its answer hung."""

COARSE = 1.02
"""A delay that is known less exactly than to this factor is looked for between the edges of all answers."""


def delay(run: Block, limit: int) -> Cell:
    """After which time a request counts, by the first run: the refusal is the first that met `limit` of them.

    >>> from .features import Block
    >>> delay(Block(0.0, 6, 3.0, 3.0, 9.0, (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)), 2)[:3]
    (2.25, 2.0, 2.5)
    """
    since = run.served[limit - 1]
    low, high = run.served[-1] - since, run.refused - since
    return _late(low, high)


def _late(low: float, high: float) -> Cell:
    return Cell((low + high) / 2, low, high, RARE * math.log(high / max(low, SHORTEST)) / DECADES)


def late_wait(limit: float, window: float, late: float, *_: float) -> float:
    """The wait in seconds from which on fewer than `limit` requests count, wherever they lie.

    They are those from `late` to `window` seconds ago. One more, and requests are refused until it is known of these.

    >>> late_wait(10, 20.0, 2.0)
    2.0
    """
    return (window - late) / (limit - 1)
