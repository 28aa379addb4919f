"""A parameter's values in cells, each with its share of what was thought possible before anything was seen. Pure.

Times and counts are log-uniform over a fixed range, the same for every rule: a rule that fits only in a small part of
its range is supported less than one that fits in much of it (MacKay 2003, 'Information Theory', chapter 28).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
