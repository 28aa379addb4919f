"""Counts that come late: which limits, lengths and delays are worth a look. Pure.

A firewall, or a service of many machines, learns of a request some seconds after it was made. A quick run goes on until
the first `limit` of its requests have become known: so the run tells the delay for each limit that is thought of.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from . import edges
from .grid import DECADES, LONGEST, SHORTEST, Cell, between, count, fitting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .edges import Edge
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


def _points(marks: Features, seen: Sequence[Seen]) -> Iterator[Point]:
    if not marks.blocks:
        return
    run = marks.blocks[0]
    delays: dict[int, Cell] = {}

    def lengths(limit: int) -> list[Edge]:
        delays[limit] = late = delay(run, limit)
        found = edges.of_lengths(seen, limit, late=late.value)
        if late.high <= COARSE * late.low:
            return found
        window = between(edges.parts(found, SHORTEST, LONGEST))[0].value
        fewest = edges.parts(edges.of_delays(seen, limit, window), 1 / late.high, 1 / max(late.low, SHORTEST))
        delays[limit] = late = _late(1 / fewest[0].high, 1 / fewest[0].low)
        return edges.of_lengths(seen, limit, late=late.value)

    most = bisect_right(run.served, run.refused - SOONEST)
    for limit, found in fitting(lengths, range(2, most + 1)):
        late = delays[limit]
        yield from ((count(limit), window, late) for window in between(found) if window.value > late.value)


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
