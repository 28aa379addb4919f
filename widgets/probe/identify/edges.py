"""At which value of a rule's parameter each answer would turn, and between which values most of them are right. Pure.

All else given, many rules serve a request where one of their parameters is no larger than some value, which the
requests before it tell: its edge. A bucket serves it where one token takes no longer than that, a window where it is no
longer, a ban where it has ended. So no parameter needs to be looked for on a grid, which long probes are too exact for:
it lies between the edges of what was refused and of what was accepted.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .features import Block, Seen


class Edge(NamedTuple):
    """The largest value at which a request would be accepted, and whether it was."""

    at: float
    accepted: bool


class Part(NamedTuple):
    """Values above `low` and up to `high`, and how many answers contradict them."""

    low: float
    high: float
    against: int


SLACK = 1
"""Parts that are contradicted by so many answers more than the best are looked at too."""

MOST = 6
"""Parts that are looked at."""


def parts(edges: Iterable[Edge], low: float, high: float) -> list[Part]:
    """Between which of the edges the fewest answers are contradicted, those first; from `low` to `high` at most.

    >>> parts([Edge(2.0, False), Edge(5.0, True), Edge(3.0, False), Edge(9.0, True)], 1.0, 100.0)
    [Part(low=3.0, high=5.0, against=0), Part(low=2.0, high=3.0, against=1), Part(low=5.0, high=9.0, against=1)]
    """
    ordered = sorted(edges, key=itemgetter(0))
    against = len(ordered) - sum(map(itemgetter(1), ordered))
    found: list[tuple[int, float, float]] = []
    start = low
    for at, accepted in ordered:
        if at >= high:
            break
        if at > start:
            found.append((against, start, at))
            start = at
        against += 1 if accepted else -1
    if start < high:
        found.append((against, start, high))
    most = min((each[0] for each in found), default=0) + SLACK
    likely = sorted((each for each in found if each[0] <= most), key=itemgetter(0))
    return [Part(start, end, against) for against, start, end in likely[:MOST]]


def unbanned(seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """Without what a ban refuses, where each refusal is followed by one: of a row of refusals the first alone tells.

    >>> from .features import Seen
    >>> [each.at for each in unbanned([Seen(0.0, True), Seen(1.0, False), Seen(2.0, False), Seen(9.0, True)])]
    [0.0, 1.0, 9.0]
    """
    told: list[Seen] = []
    for each in seen:
        if each.accepted or not told or told[-1].accepted is not False:
            told.append(each)
    return tuple(told)


def of_intervals(seen: Iterable[Seen], burst: int, *, anew: bool = False) -> list[Edge]:
    """The seconds in which a bucket of `burst` tokens gains one: of each answer, the longest that would serve it.

    Whatever moment it is counted from, what was taken since is no more than a full bucket and what it gained. With
    `anew` it is full again after each block.

    >>> from .features import Seen
    >>> of_intervals([Seen(0.0, True), Seen(1.0, True), Seen(1.5, False), Seen(2.5, True)], 2)
    [Edge(at=1.5, accepted=False), Edge(at=2.5, accepted=True)]
    """
    served: list[float] = []
    hull = Hull()
    edges = []
    shut = False
    for at, accepted, _ in seen:
        if shut and anew and accepted:
            served, hull = [], Hull()
        if accepted is not None and len(served) >= burst:
            gained = len(served) - burst + 1
            for number in range(hull.points, gained):
                hull.add(served[number])
            edges.append(Edge(hull.least(at), accepted))
        elif accepted is False:
            edges.append(Edge(math.inf, accepted))
        shut = accepted is False
        if not shut:
            served.append(at)
    return edges


@dataclass(slots=True)
class Hull:
    """Numbered moments, and the fewest seconds for each that pass from any of them to a later one.

    Only those on the upper convex hull can be the ones, which keeps long runs from costing the square of their length.

    >>> hull = Hull()
    >>> for moment in (0.0, 1.0, 1.2):
    ...     hull.add(moment)
    >>> hull.least(2.5)  # 2.5 s for three, 1.5 s for two, or 1.3 s for one
    0.75
    """

    points: int = 0
    _corners: list[tuple[int, float]] = field(default_factory=list)

    def add(self, moment: float) -> None:
        """The next moment, no sooner than the last."""
        corners, number = self._corners, self.points
        while len(corners) > 1:
            (i, first), (j, second) = corners[-2:]
            if (second - first) * (number - j) > (moment - second) * (j - i):
                break
            corners.pop()
        corners.append((number, moment))
        self.points += 1

    def least(self, at: float) -> float:
        """The fewest seconds for each, from one of the moments to `at`, which is the next one."""
        corners, end = self._corners, self.points
        low, high = 0, len(corners) - 1
        while low < high:
            middle = (low + high) // 2
            (i, first), (j, second) = corners[middle : middle + 2]
            if (second - first) * (end - i) > (at - first) * (j - i):
                low = middle + 1
            else:
                high = middle
        number, moment = corners[low]
        return (at - moment) / (end - number)


def of_lengths(seen: Iterable[Seen], limit: int, *, counts_refused: bool = False, late: float = 0.0) -> list[Edge]:
    """The length of a sliding window of `limit`: of each answer, the longest that would serve it.

    A request counts from `late` seconds after it was made on.
    """
    served: list[float] = []
    counted = 0
    edges = []
    for at, accepted, _ in seen:
        while counted < len(served) and served[counted] <= at - late:
            counted += 1
        if accepted is not None and counted >= limit:
            edges.append(Edge(at - served[counted - limit], accepted))
        elif accepted is False:
            edges.append(Edge(math.inf, accepted))
        if accepted is not False or counts_refused:
            served.append(at)
    return edges


def of_delays(seen: Iterable[Seen], limit: int, window: float) -> list[Edge]:
    """One over the seconds after which a request counts in a sliding window: of each answer, one over the fewest.

    >>> from .features import Seen
    >>> of_delays([Seen(0.0, True), Seen(1.0, True), Seen(1.5, True), Seen(2.0, False)], 1, 10.0)
    [Edge(at=1.0, accepted=True), Edge(at=0.6666666666666666, accepted=True), Edge(at=0.5, accepted=False)]
    """
    served: deque[float] = deque()
    edges = []
    for at, accepted, _ in seen:
        while served and at - served[0] >= window:
            served.popleft()
        if accepted is not None and len(served) >= limit and at > served[limit - 1]:
            edges.append(Edge(1 / (at - served[limit - 1]), accepted))
        elif accepted is False:
            edges.append(Edge(math.inf, accepted))
        if accepted is not False:
            served.append(at)
    return edges


def of_blocks(blocks: Iterable[Block], limit: int) -> list[Edge]:
    """The length of a window of `limit` that begins with a request: of the answers that begin and end a block."""
    served: list[float] = []
    edges = []
    for block in blocks:
        served += block.served
        if len(served) >= limit:
            edges.append(Edge(block.shut - served[-limit], accepted=False))
            edges.append(Edge(block.ended - served[-limit], accepted=True))
    return edges


def of_bans(blocks: Iterable[Block]) -> list[Edge]:
    """The length of a ban that is counted from the first refusal of a block."""
    edges = []
    for block in blocks:
        edges.append(Edge(block.shut - block.refused, accepted=False))
        edges.append(Edge(block.ended - block.refused, accepted=True))
    return edges


Span = tuple[float, float]
"""Between which times, seconds, or lengths something lies."""


def turns(blocks: Iterable[Block], limit: int) -> list[tuple[Span, Span]]:
    """When each window on the clock that refused began and ended, if it served `limit` and the blocks show its ends."""
    served: list[float] = [-math.inf]
    found = []
    for block in blocks:
        served += block.served
        if len(served) > limit:
            found.append(((served[-limit - 1], served[-limit]), (block.shut, block.ended)))
    return found


def turning(rows: Sequence[tuple[Span, ...]], phase: float, known: Part, most: int) -> list[Part]:
    """The lengths with which windows that turn at `phase` turn within each of the spans, but for one of the rows.

    The spans of a row hold one turn each, of windows in a row; the last of them is finite. Each tells the length up to
    the number of turns in between; those nearby leave few of these.

    >>> rows = [((-math.inf, 1.0), (4.0, 6.0)), ((12.0, 14.0), (19.0, 21.0))]
    >>> [(round(part.low, 2), part.high) for part in turning(rows, 20.5, Part(5.0, 9.0, 0), 9)]
    [(7.25, 8.25)]
    """
    lengths = [known]
    for row in sorted(set(rows), key=lambda row: min(abs(edge - phase) for edge in row[-1])):
        found = []
        for part in lengths:
            found += _turning_in(row, phase, part, most) or [part._replace(against=part.against + 1)]
        lengths = sorted(found, key=lambda each: each.against)[:most]
        lengths = [each for each in lengths if each.against <= lengths[0].against + SLACK]
    return lengths


def _turning_in(row: tuple[Span, ...], phase: float, part: Part, most: int) -> list[Part]:
    """Those of one row, for each of the numbers of turns between `phase` and its last span, the fewest first."""
    start, end = (edge - phase for edge in row[-1])
    first = math.ceil(start / (part.low if start < 0 else part.high))
    last = math.floor(end / (part.low if end > 0 else part.high))
    found = []
    fewest = max(first, min(0, last))
    near = range(max(first, fewest - most), min(last, fewest + most) + 1)
    for number in sorted(near, key=abs)[:most]:
        low, high = part.low, part.high
        for turn, (start, end) in enumerate(row, number - len(row) + 1):
            if turn:
                least, longest = sorted(((start - phase) / turn, (end - phase) / turn))
                low, high = max(low, least), min(high, longest)
            elif not start <= phase <= end:
                high = low
        if low < high:
            found.append(Part(low, high, part.against))
        if found and found[-1] == part:  # other numbers leave no more
            break
    return found
