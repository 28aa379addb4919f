"""Refills in steps: which amounts, reserves and moments are worth a look. Pure.

A bucket that is given `gained` tokens at once, each `window` seconds by the clock, and keeps `most` of them (`Refill.
intervally` of Bucket4j, a scheduled job): what was spared is served besides, so that a run is longer than a window
allows for. Who is refused has none left: so every acceptance after a block follows a step, and whole steps were spent
between two refusals.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from . import edges
from .edges import Edge
from .grid import HALF, LONGEST, SHORTEST, Cell, between, count, phases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .features import Block, Features
    from .grid import Point


FEWEST = 2
"""Blocks after the first run that tell a step."""

AMOUNTS, RESERVES = 4, 3
"""Numbers of tokens that are tried as one step, and of each how many reserves."""

USUAL = 2
"""A reserve of so many steps is as likely as all others together."""

PHASES, TURNS = 8, 6
"""Moments that are tried within the narrowest span, and lengths that each leaves, at most."""


def step_points(marks: Features) -> Iterator[Point]:
    """Tokens of a step, seconds between two, tokens that are kept, and the moment of one."""
    blocks = marks.blocks
    if len(blocks) < FEWEST:
        return
    spans = [(block.shut, block.ended) for block in blocks]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    for gained in amounts(blocks):
        known = edges.parts(_between(blocks, gained), SHORTEST, LONGEST)[0]
        if known.high >= LONGEST:
            continue
        moments = phases(low, high, PHASES, known.high)
        for moment in moments:
            for part in edges.turning([(span,) for span in spans], moment.value, known, TURNS):
                for most in _reserves(blocks, gained):
                    share = HALF if most == USUAL * gained else HALF * count(most).mass
                    yield count(gained), *between([part]), Cell(most, most, most, share), moment


def amounts(blocks: Sequence[Block]) -> list[int]:
    """What one step may give: of what was served between two blocks, the largest number that divides most of it.

    >>> from .features import Block
    >>> runs = (92, 46, 92, 46, 7)
    >>> amounts([Block(0.0, run, 0.0, 0.0, 0.0) for run in runs])[:2]
    [46, 92]
    """
    runs = [block.accepted for block in blocks]
    later = [run for run in runs[1:] if run > 1]
    found = {*later, *(abs(a - b) for a, b in pairwise(runs)), runs[0] // USUAL}

    def left(amount: int) -> int:
        return sum(run % amount > 0 for run in later)

    return sorted((each for each in found if each > 1), key=lambda each: (left(each), -each))[:AMOUNTS]


def _between(blocks: Sequence[Block], gained: int) -> Iterator[Edge]:
    """The seconds between two steps, of each two blocks between which whole steps were spent."""
    for i, first in enumerate(blocks):
        served = 0
        for later in blocks[i + 1 :]:
            served += later.accepted
            if served % gained == 0:
                turns = served // gained
                yield Edge((later.shut - first.ended) / turns, accepted=False)
                yield Edge((later.ended - first.shut) / turns, accepted=True)


def _reserves(blocks: Sequence[Block], gained: int) -> list[int]:
    """What was served at first, less the steps in the course of it; more than one step, else it is a window."""
    first = blocks[0].accepted
    found = (USUAL * gained, *range(first, gained, -gained))
    return list(dict.fromkeys(found))[:RESERVES]
