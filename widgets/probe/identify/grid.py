"""Which parameters of each rule are worth a look: cells around what the attempts themselves suggest. Pure.

A cell holds values of a parameter, and their share of what was thought possible before anything was seen. Times and
counts are log-uniform over a fixed range, the same for every rule: a rule that fits only in a small part of its range
is supported less than one that fits in much of it (MacKay 2003, 'Information Theory', chapter 28).
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .features import Block, Features


SHORTEST = 1e-3
"""Seconds: no gap, window or ban is taken to be shorter."""

DECADES = math.log(1e5)
"""The log of longest to shortest time that is thought possible."""

COUNTS = math.log(1e3)
"""The same of bursts and limits."""

LEAST = 1e-9
"""No cell is quite impossible, however narrow."""

PARTS = 3
"""A cell that is worth a closer look is cut into so many."""


class Cell(NamedTuple):
    """Values between `low` and `high`, stood for by one of them, and their share of all."""

    value: float
    low: float
    high: float
    mass: float

    def split(self) -> Sequence[Cell]:
        """The same in smaller cells; a single value stays one."""
        if not self.low < self.high:
            return (self,)
        edges = [self.low + (self.high - self.low) * i / PARTS for i in range(PARTS + 1)]
        return [Cell((low + high) / 2, low, high, self.mass / PARTS) for low, high in pairwise(edges)]


def count(number: float) -> Cell:
    """A whole number, such as a burst."""
    return Cell(number, number, number, min(1.0, 1 / (number * COUNTS)))


def times(low: float, high: float, steps: int, breaks: Iterable[float] = ()) -> list[Cell]:
    """Cells between `low` and `high` seconds: cut at the `breaks`, and where they leave more than a step."""
    low = max(low, SHORTEST)
    high = max(high, low * 1.001)
    inner = sorted({each for each in breaks if low < each < high})
    inner = inner[:: math.ceil(len(inner) / steps) or 1]
    step = math.log(high / low) / steps
    cells = []
    for lower, upper in pairwise([low, *inner, high]):
        parts = max(1, round(math.log(upper / lower) / step))
        for i in range(parts):
            start, end = (lower * (upper / lower) ** (j / parts) for j in (i, i + 1))
            cells.append(Cell(math.sqrt(start * end), start, end, max(LEAST, math.log(end / start) / DECADES)))
    return cells


def phases(low: float, high: float, steps: int, window: float) -> list[Cell]:
    """When a window began, seconds: anywhere between `low` and `high`, which are one `window` apart at most."""
    low = max(low, high - window)
    width = (high - low) / steps
    share = min(1.0, max(LEAST, width / window))
    return [Cell(low + (i + 0.5) * width, low + i * width, low + (i + 1) * width, share) for i in range(steps)]


Point = tuple[Cell, ...]

FINE = 24
"""Steps over the times that are possible, before the likely ones are cut finer."""

BEFORE = 1.6
"""A window may have begun before the first request: it may be longer than what was seen of it."""

HALF = 0.5
"""What was thought of a gap without noise, a ban that is not extended, a window that begins with a request."""


def gaps_points(spacings: tuple[list[float], list[float]]) -> Iterator[Point]:
    """The least gap, and the one that always suffices; or one gap without noise.

    Where every accepted spacing is longer than every refused one, noise is possible all the same: it has not shown.
    """
    refused, accepted = spacings
    if not refused or not accepted:
        return
    low, high = min(refused[-1], accepted[0]), max(refused[-1], accepted[0])
    cells = times(0.4 * low, 1.6 * high, FINE * 2 // 3, [each for each in (*refused, *accepted) if low <= each <= high])
    yield from ((cell, Cell(0.0, 0.0, 0.0, HALF)) for cell in cells)
    for i, least in enumerate(cells):
        yield from ((least, most._replace(mass=HALF * most.mass)) for most in cells[i:])


def _intervals(marks: Features) -> list[Cell]:
    """Seconds in which a bucket gains one token: as many as were accepted between two refusals, or one more or less."""
    breaks = []
    ends = [block.shut for block in marks.blocks]
    for first in marks.blocks[:2]:
        served = 0
        for later in (block for block in marks.blocks if block.began > first.began):
            served += later.accepted
            breaks += [(later.refused - first.refused) / (served + more) for more in (-1, 0, 1) if served + more > 0]
    pauses = [block.ended - block.shut for block in marks.blocks] + [b - a for a, b in pairwise(ends)]
    paces = [(block.refused - block.began) / block.accepted for block in marks.blocks if block.accepted]
    known = [each for each in (*breaks, *pauses, *paces) if each > SHORTEST]
    return times(0.5 * min(known), 1.5 * max(known), 3 * FINE, breaks) if known else []


def bucket_points(marks: Features) -> Iterator[Point]:
    """Interval and burst: the first run tells the burst then.

    A bucket of one token is a minimum gap without reset, and no candidate of its own.
    """
    for cell in _intervals(marks):
        runs = {math.ceil(_spent(marks, number, cell.value)) + more for number in (0, 1) for more in (-1, 0, 1)}
        yield from ((cell, count(burst)) for burst in {max(2, run) for run in runs})


def _spent(marks: Features, number: int, interval: float) -> float:
    """Tokens in a full bucket with which a run began, if it ended for want of one.

    A full bucket gains nothing: what was taken from it is the largest deficit over the ends of the run.
    """
    block = marks.blocks[min(number, len(marks.blocks) - 1)]
    ends = (count - (block.refused - at) / interval for count, at in enumerate(reversed(block.served), 1))
    return max(1.0, max(ends, default=1.0))


def _limits(marks: Features, most: int = 4) -> list[Cell]:
    """The longest runs, or one less where a run went on into the next window; two requests or more.

    A window of one request is a minimum gap without reset.
    """
    runs = sorted({block.accepted for block in marks.blocks if block.accepted > 1}, reverse=True)[:most]
    shorter = [run - 1 for run in runs[:2] if run - 1 > 1]
    return [count(run) for run in dict.fromkeys((*runs, *shorter))]


def _windows(marks: Features) -> list[Cell]:
    """Lengths: from the beginning of a run, or of a cycle, to the end of its block, or a part of that."""
    spans = [(block.shut - block.began, block.ended - block.began) for block in marks.blocks[:6]]
    for sooner, later in pairwise(marks.blocks[:8]):
        spans += [
            ((later.shut - sooner.ended) / turns, (later.ended - sooner.shut) / turns)
            for turns in (1, 2)
            if later.shut > sooner.ended
        ]
    edges = [max(SHORTEST, edge) for span in spans for edge in span]
    return times(min(edges), BEFORE * max(edges), FINE, edges) if edges else []


def window_points(marks: Features) -> Iterator[Point]:
    """Limit, length and beginning: with a request, or at an hour that the ends of blocks tell."""
    cells, limits = _windows(marks), _limits(marks)
    for limit in limits:
        yield from ((limit, cell, Cell(math.nan, 0, 0, HALF)) for cell in cells)
    if len(marks.blocks) > 1:
        cells = _turns(marks.blocks[0], marks.blocks[-1], max(block.shut - block.refused for block in marks.blocks))
    for cell in cells:
        for phase in phases(marks.blocks[0].shut, marks.blocks[0].ended, 4, cell.value):
            for limit in _served(marks, cell.value, phase.value):
                yield limit, cell, phase._replace(mass=HALF * phase.mass)


TURNS = 30
"""Windows between two blocks, at most, for a length that is looked for by their ends."""


def _turns(first: Block, last: Block, shut: float) -> list[Cell]:
    """Lengths of windows on a clock: from the end of one block to that of another it turned so and so many times.

    No block is longer than a window.
    """
    cells = []
    for turns in range(1, TURNS + 1):
        low, high = (last.shut - first.ended) / turns, (last.ended - first.shut) / turns
        if high <= max(shut, SHORTEST):
            break
        low = max(low, shut, SHORTEST)
        cells += times(low, high, 4) if low < high else []
    return cells


def _served(marks: Features, window: float, phase: float) -> list[Cell]:
    """The limits that the windows with a refusal show: they served as many."""
    served: Counter[int] = Counter()
    refused = set()
    for at, ok, _ in marks.seen:
        turn = math.floor((at - phase) / window)
        served[turn] += bool(ok)
        if ok is False:
            refused.add(turn)
    counts = Counter(served[turn] for turn in refused if served[turn])
    return [count(number) for number, _ in counts.most_common(2)]


def log_points(marks: Features) -> Iterator[Point]:
    """Limit and length: the oldest of `limit` requests leaves when a block ends; refused ones may count too."""
    for counts_refused in (0.0, 1.0):
        requests = [at for at, ok, _ in marks.seen if ok or (counts_refused and ok is False)]
        for limit in _limits(marks):
            edges = []
            for block in marks.blocks[:8]:
                for edge in (block.shut, block.ended):
                    before = [at for at in requests if at < edge]
                    edges += [edge - before[-int(limit.value)]] if len(before) >= limit.value else []
            for cell in times(min(edges), max(edges), FINE, edges) if edges else []:
                yield limit, cell, Cell(counts_refused, counts_refused, counts_refused, HALF / 2)


def counter_points(marks: Features) -> Iterator[Point]:
    """The same, counted in two windows: it serves as many as a bucket does, and the first block ends with a window."""
    for limit in _limits(marks, 2):
        for cell in _intervals(marks)[::2]:
            value, low, high = (limit.value * edge for edge in cell[:3])
            window = Cell(value, low, high, 2 * cell.mass)
            for phase in phases(marks.blocks[0].shut, marks.blocks[0].ended, 6, window.value):
                yield limit, window, phase._replace(mass=HALF * phase.mass)


def box_points(marks: Features) -> Iterator[Point]:
    """Interval, burst, penalty and whether it is extended: the longest blocks are the ban."""
    bans = _bans(marks)
    if not bans:
        return
    for interval in _gains(marks):
        bursts = {max(1, math.ceil(_spent(marks, number, interval.value))) for number in range(3)}
        for ban, extends in bans:
            if ban.value > 2 * interval.value:
                yield from ((interval, count(burst), ban, extends) for burst in bursts)


def _gains(marks: Features) -> list[Cell]:
    """Seconds in which a bucket gains one token, if it was full before each run: any two of them tell it."""
    accepted = marks.gaps[1]
    runs = [(block.refused - block.began, block.accepted) for block in marks.blocks[:6] if block.accepted]
    breaks = [
        (long - short) / (many - few)
        for i, (long, many) in enumerate(runs)
        for short, few in (*runs[:i], *runs[i + 1 :], (0.0, 1))
        if many > few and long > short
    ]
    return times(0.2 * min(accepted, default=0.01), max(accepted, default=10.0), FINE, breaks)


def banned_points(marks: Features) -> Iterator[Point]:
    """Limit, window, penalty and whether it is extended: so many quick requests are served, however quick they are.

    The longest blocks are the ban, and no end of a window shows; the spans of as many served requests tell its length.
    """
    bans = _bans(marks)
    for limit in _limits(marks) if bans else ():
        back = int(limit.value)
        runs = [(*block.served, block.refused) for block in marks.blocks if block.accepted >= back]
        runs.append(tuple(at for at, ok, _ in marks.seen if ok and at >= marks.blocks[-1].ended))
        spans = [later - sooner for run in runs for sooner, later in zip(run, run[back:], strict=False)]
        edges = [max(SHORTEST, span) for span in spans]
        for window in times(min(edges), BEFORE * max(edges), FINE, edges) if edges else []:
            yield from ((limit, window, ban, extends) for ban, extends in bans if ban.high > window.value / back)


GROWTH = 2.0
"""How many times as long as the last a ban is that grows."""


def growing_points(marks: Features) -> Iterator[Point]:
    """Interval, burst and first penalty, where all blocks together are what bans that double would be."""
    blocks = marks.blocks
    low = max(((block.shut - block.refused) / GROWTH**i for i, block in enumerate(blocks)), default=0.0)
    high = min(((block.ended - block.refused) / GROWTH**i for i, block in enumerate(blocks)), default=0.0)
    if len(blocks) < 2 or low >= high:  # noqa: PLR2004 - one ban does not show that it grows
        return
    for interval in _gains(marks):
        bursts = {max(1, math.ceil(_spent(marks, number, interval.value))) for number in range(3)}
        for ban in times(low, high, 2):
            yield from ((interval, count(burst), ban) for burst in bursts)


def _bans(marks: Features) -> list[tuple[Cell, Cell]]:
    """Lengths of a ban, and whether it is counted from the last request made meanwhile: the longest blocks tell it."""
    if not marks.blocks:
        return []
    longest = max(marks.blocks, key=lambda block: block.ended - block.refused)
    least, most = _common([(block.shut - block.refused, block.ended - block.refused) for block in marks.blocks])
    return [
        (ban, Cell(extends, extends, extends, HALF))
        for extends, low, high in (
            (0.0, least, most),
            (1.0, 0.2 * (longest.ended - longest.shut), longest.ended - longest.shut),
        )
        for ban in times(low, high, 4)
    ]


def _common(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """What the longest of the ranges has in common with all that overlap it."""
    low, high = max(ranges, key=lambda each: each[1])
    for least, most in sorted(ranges, key=lambda each: -each[1]):
        if least < high and most > low:
            low, high = max(low, least), min(high, most)
    return low, high


def shares_points(_: Features) -> Iterator[Point]:
    """The share of the requests that are accepted, whatever their pace."""
    edges = [i / 50 for i in range(51)]
    yield from ((Cell((low + high) / 2, low, high, 1 / 50),) for low, high in pairwise(edges))
