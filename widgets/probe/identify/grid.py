"""Which parameters of each rule are worth a look: cells around what the attempts themselves suggest. Pure.

A cell holds values of a parameter, and their share of what was thought possible before anything was seen. Times and
counts are log-uniform over a fixed range, the same for every rule: a rule that fits only in a small part of its range
is supported less than one that fits in much of it (MacKay 2003, 'Information Theory', chapter 28).
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from . import edges
from .edges import Edge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .edges import Part
    from .features import Features, Seen


SHORTEST = 1e-3
"""Seconds: no gap, window or ban is taken to be shorter."""

DECADES = math.log(1e5)
"""The log of longest to shortest time that is thought possible."""

LONGEST = 1e5


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
            cells.append(_cell(start, end))
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
    """Burst and interval: between the edges of the answers.

    A bucket of one token is a minimum gap without reset, and no candidate of its own.
    """
    of = partial(of_intervals, marks.seen)
    for burst, found in fitting(of, range(2, _longest(marks) + 2)):
        yield from ((cell, count(burst)) for cell in between(found))


def _longest(marks: Features) -> int:
    return max((block.accepted for block in marks.blocks), default=0)


def between(found: Iterable[Part]) -> list[Cell]:
    """One for each part, since the answers tell no more within it."""
    return [_cell(low, high) for low, high, _ in found]


def _cell(low: float, high: float) -> Cell:
    return Cell(math.sqrt(low * high), low, high, max(LEAST, math.log(high / low) / DECADES))


SHARED = 128
"""Numbers that are kept, so that the next rule which asks the same of the same answers need not reckon it again."""


@lru_cache(SHARED)
def of_intervals(seen: tuple[Seen, ...], burst: int, *, anew: bool = False) -> Sequence[Part]:
    """Where the seconds lie in which a bucket of `burst` gains a token: several rules ask it of the same answers."""
    return edges.parts(edges.of_intervals(seen, burst, anew=anew), SHORTEST, LONGEST)


@lru_cache(SHARED)
def of_lengths(
    seen: tuple[Seen, ...], limit: int, *, counts_refused: bool = False, late: float = 0.0
) -> Sequence[Part]:
    """The same of the length of a sliding window of `limit`."""
    return edges.parts(edges.of_lengths(seen, limit, counts_refused=counts_refused, late=late), SHORTEST, LONGEST)


def fitting(of: Callable[[int], Sequence[Part]], numbers: range) -> list[tuple[int, Sequence[Part]]]:
    """The numbers, such as bursts, that explain the most answers, each with where the other parameter lies then."""
    known: dict[int, Sequence[Part]] = {}

    def against(number: int) -> int:
        if number not in known:
            known[number] = of(number)
        return known[number][0].against

    if not numbers:
        return []
    # Few or nearly as many as were served at once: half ways between are looked at from the best of these.
    steps = [2**i - 1 for i in range(len(numbers).bit_length())]
    best = min(sorted({numbers[step] for step in steps} | {numbers[-1 - step] for step in steps}), key=against)
    step = max(1, len(numbers) // 8)
    while step:
        near = [number for number in (best - step, best, best + step) if number in numbers]
        closer = min(near, key=against)
        step = step if closer != best else step // 2
        best = closer
    for way in (-1, 1):
        number = best + way
        while number in numbers and against(number) <= against(best) + edges.SLACK and len(known) < MOST_NUMBERS:
            number += way
    likely = sorted(known, key=lambda number: (against(number), abs(number - best)))[:CHOSEN]
    return [(number, known[number]) for number in likely if against(number) <= against(best) + edges.SLACK]


MOST_NUMBERS, CHOSEN = 40, 10
"""Numbers that are tried in all, and that are worth points."""


def _limits(marks: Features, most: int = 4) -> list[Cell]:
    """The longest runs, or one less where a run went on into the next window; two requests or more.

    A window of one request is a minimum gap without reset.
    """
    runs = sorted({block.accepted for block in marks.blocks if block.accepted > 1}, reverse=True)[:most]
    shorter = [run - 1 for run in runs[:2] if run - 1 > 1]
    return [count(run) for run in dict.fromkeys((*runs, *shorter))]


def window_points(marks: Features) -> Iterator[Point]:
    """Limit, length and beginning: with a request, or at an hour that the ends of blocks tell."""
    if not marks.blocks:
        return
    for limit in _limits(marks):
        for part in edges.parts(edges.of_blocks(marks.blocks, int(limit.value)), SHORTEST, LONGEST):
            cells = times(part.low, part.high, 6)
            yield from ((limit, cell, Cell(math.nan, 0, 0, HALF)) for cell in cells)
    likely = {int(limit.value) for limit in _limits(marks)}
    for limits in (likely, set(range(2, _longest(marks) + 1)) - likely):
        found = [each for limit in sorted(limits) for each in _on_the_clock(marks, limit)]
        found.sort(key=itemgetter(3))
        found = [each for each in found if each[3] <= found[0][3] + edges.SLACK]
        every = math.ceil(len(found) / MOST_WINDOWS) or 1
        for number, phase, cell, _ in found[::every]:
            share = every * (phase.high - phase.low) / cell.value
            yield count(number), cell, phase._replace(mass=HALF * min(1.0, max(LEAST, share)))


def _on_the_clock(marks: Features, limit: int) -> Iterator[tuple[int, Cell, Cell, int]]:
    """When windows of so many turn: within the narrowest of the spans that the blocks leave, and how long they are.

    The last number is how many of the windows contradict it.
    """
    windows = edges.turns(marks.blocks, limit)
    if not windows:
        return
    ends = [Edge(end - start, accepted=False) for (_, start), (end, _) in windows]
    ends += [Edge(end - start, accepted=True) for (start, _), (_, end) in windows]
    low, high = min((span for window in windows for span in window), key=lambda span: span[1] - span[0])
    # No more than `limit` are served before the next turn, which may be one that no block shows.
    later = [each.at for each in marks.seen if each.accepted and each.at >= high]
    ends += [Edge(at - low, accepted=True) for at in later[limit : limit + 1]]
    known = edges.parts(ends, SHORTEST, LONGEST)[0]
    for phase in phases(low, high, PHASES, known.high):
        for part in edges.turning(windows, phase.value, known, TURNS):
            steps = min(WIDE, max(1, round(math.log(part.high / part.low) / NARROW)))
            cells = times(part.low, part.high, steps) if steps > 1 else [_cell(part.low, part.high)]
            yield from ((limit, phase, cell, part.against) for cell in cells)


MOST_WINDOWS = 200
"""Points of windows on the clock, of the likely limits and of the others each: what is left out lies between these."""

TURNS = 15
"""Windows between two blocks, at most, for a length that is looked for by their ends."""

WIDE, NARROW = 6, 0.1
"""Lengths that differ by a log of more than the second are cut: by none of them may what came after be explained."""

PHASES = 4
"""Moments within the narrowest span that are tried for the turn of a window."""


def log_points(marks: Features) -> Iterator[Point]:
    """Limit and length: between the edges of the answers; refused ones may count too."""
    for counts_refused in (False, True):
        numbers = range(2, _longest(marks) + 1)
        of = partial(of_lengths, marks.seen, counts_refused=counts_refused)
        for limit, found in fitting(of, numbers):
            choice = Cell(counts_refused, counts_refused, counts_refused, HALF / 2)
            yield from ((count(limit), cell, choice) for cell in between(found))


def counter_points(marks: Features) -> Iterator[Point]:
    """The same, counted in two windows: it serves as many as a bucket does, and the first block ends with a window."""
    for limit in _limits(marks, 2):
        for cell in _intervals(marks)[::2]:
            value, low, high = (limit.value * edge for edge in cell[:3])
            window = Cell(value, low, high, 2 * cell.mass)
            for phase in phases(marks.blocks[0].shut, marks.blocks[0].ended, 6, window.value):
                yield limit, window, phase._replace(mass=HALF * phase.mass)


def box_points(marks: Features) -> Iterator[Point]:
    """Interval, burst, penalty and whether it is extended: the bucket is full again after each ban."""
    if not marks.blocks:
        return
    most = max(block.ended - block.shut for block in marks.blocks)
    bans = [(cell, 0.0) for cell in between(edges.parts(edges.of_bans(marks.blocks), SHORTEST, LONGEST))]
    bans += [(cell, 1.0) for cell in times(0.2 * most, most, 4)]
    of = partial(of_intervals, edges.unbanned(marks.seen), anew=True)
    for burst, found in fitting(of, range(1, _longest(marks) + 2)):
        for interval in between(found):
            for ban, extends in bans:
                if ban.value > 2 * interval.value:
                    yield interval, count(burst), ban, Cell(extends, extends, extends, HALF)


def banned_points(marks: Features) -> Iterator[Point]:
    """Limit, length and ban: each refusal of a sliding window is followed by a ban, in which nothing is counted."""
    bans = between(edges.parts(edges.of_bans(marks.blocks), SHORTEST, LONGEST)) if marks.blocks else []
    of = partial(of_lengths, edges.unbanned(marks.seen))
    for limit, found in fitting(of, range(2, _longest(marks) + 1)) if bans else ():
        for window in between(found):
            yield from ((count(limit), window, ban) for ban in bans)


def doubling_points(marks: Features) -> Iterator[Point]:
    """Interval, burst and first ban, each further one twice as long: a block is a ban."""
    bans = [
        Edge(edge.at / 2**number, edge.accepted)
        for number, block in enumerate(marks.blocks)
        for edge in edges.of_bans([block])
    ]
    if not bans:
        return
    lengths = between(edges.parts(bans, SHORTEST, LONGEST))
    of = partial(of_intervals, edges.unbanned(marks.seen))
    for burst, found in fitting(of, range(1, _longest(marks) + 2)):
        for interval in between(found):
            yield from ((interval, count(burst), ban) for ban in lengths)


def shares_points(_: Features) -> Iterator[Point]:
    """The share of the requests that are accepted, whatever their pace."""
    edges = [i / 50 for i in range(51)]
    yield from ((Cell((low + high) / 2, low, high, 1 / 50),) for low, high in pairwise(edges))
