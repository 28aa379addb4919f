"""Two counts at once, such as so many a second and so many a minute: which pairs of them are worth a look. Pure.

The near count is met first: it alone tells the first refusals. What it leaves unexplained of the later ones is what the
far count is looked for by.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from .grid import between, count, fitting, log_points, of_intervals, window_points
from .rules import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .edges import Part
    from .features import Features, Seen
    from .grid import Point


PREFIXES = (1, 2, 3, 5, 8, 12)
"""Blocks at the beginning that the near count alone is asked to explain: as many as it can."""

NEAR = 3
"""Near counts that are tried, the least contradicted first."""

LONGEST_BURST = 20
"""Of a near count: one that grants more at once is met no sooner than the far one."""

MOST = 60
"""Far counts that are tried with each."""


def tier_points(marks: Features) -> Iterator[Point]:
    """Seconds of a token and burst of the near count; limit, length and kind of a far one that slides."""
    yield from _points(marks, log_points)


def window_tier_points(marks: Features) -> Iterator[Point]:
    """The same, where the far count begins anew with each window."""
    yield from _points(marks, window_points)


def _points(marks: Features, far_points: Callable[[Features], Iterable[Point]]) -> Iterator[Point]:
    for near in islice(near_points(marks), NEAR):
        interval, burst = (cell.value for cell in near)
        rest = marks.of_these(unexplained(marks.seen, interval, burst))
        if not rest.blocks or len(rest.blocks) == len(marks.blocks):
            continue
        for far in islice(far_points(rest), MOST):
            if far[1].value > far[0].value * interval:  # else it is never met
                yield *near, *far


def near_points(marks: Features) -> Iterator[Point]:
    """Buckets that explain the first refusals, of as many blocks as one of them can."""
    found: list[tuple[int, Sequence[Part]]] = []
    for blocks in PREFIXES:
        if blocks > len(marks.blocks):
            break
        until = marks.blocks[blocks - 1].ended
        first = tuple(each for each in marks.seen if each.at <= until)
        longest = max(block.accepted for block in marks.blocks[:blocks])
        closer = fitting(partial(of_intervals, first), range(1, min(longest, LONGEST_BURST) + 2))
        if not closer or closer[0][1][0].against:
            break
        found = closer
    for burst, parts in found:
        for part, cell in zip(parts, between(parts), strict=True):
            if not part.against:
                yield cell, count(burst)


def unexplained(seen: Iterable[Seen], interval: float, burst: float) -> list[Seen]:
    """What was seen, without the refusals that such a bucket would have given.

    >>> from .features import Seen
    >>> row = [Seen(0.0, True), Seen(0.1, False), Seen(1.0, True), Seen(2.0, False)]
    >>> unexplained(row, interval=1.0, burst=1.0)
    [Seen(at=0.0, accepted=True, times=1), Seen(at=1.0, accepted=True, times=1), Seen(at=2.0, accepted=False, times=1)]
    """
    near = Bucket(1 / interval, burst)
    rest = []
    for each in seen:
        if each.accepted is not False or near.chance(each.at):
            rest.append(each)
        if each.accepted is not None:
            near.saw(each.at, accepted=each.accepted)
    return rest
