"""What the cycles say of a quota: how many requests a service serves in how long, and whether a ban is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ._cycle import Cycle

SHORTEST = 1e-3
"""Seconds: no cycle is taken to be shorter."""

ALIKE = 0.7
"""A run shorter than this part of the quota was not ended by it."""


SURE = 1.1
"""A pace this much slower than a window sustains is sustained, whatever the clocks say."""


@dataclass(slots=True)
class Quota:
    """What the last cycles say; empty while `accepted` is 0.

    Attributes:
        accepted: Requests that were served in a cycle.
        least: The cycle's length at least, seconds.
        most: The cycle's length at most, seconds.
        confirmed: Whether two cycles agree.
        burst: The least burst that was full again after a ban; 0 when no ban was seen.
    """

    accepted: int = 0
    least: float = 0.0
    most: float = 0.0
    confirmed: bool = False
    burst: int = 0

    def __bool__(self) -> bool:
        return self.accepted > 0

    def doubt(self, run: int) -> None:
        """A run of so many was refused: where it is much shorter than the quota, there is none after all."""
        if run < ALIKE * self.accepted:
            self.accepted = 0

    def learn(self, cycles: Sequence[Cycle]) -> None:
        """Read the cycle that just ended: a spent quota, a burst that a ban filled again, or neither."""
        *before, cycle = cycles
        if not cycle.spent:
            self.doubt(cycle.accepted)
            return
        full = [each for each in before if each.spent]
        if full and _banned(full, cycle):
            self.burst = min(each.accepted for each in full)
        alike = [each for each in full if abs(each.accepted - cycle.accepted) <= 1]
        self.confirmed = bool(alike)
        self.accepted = cycle.accepted
        self.least, self.most = max(cycle.length[0], SHORTEST), cycle.length[1]
        for low, high in (each.length for each in alike):
            if low < self.most and self.least < high:
                self.least, self.most = max(low, self.least), min(high, self.most)

    def ends(self) -> Iterator[float]:
        """Where in a cycle to ask whether it is over: in the middle of what is possible, then at its latest end."""
        if self:
            yield sqrt(self.least * self.most)
            yield self.most


def _banned(before: Sequence[Cycle], cycle: Cycle) -> bool:
    """Whether a longer run gave more than a count per window would: then it was a bucket, full again after each ban."""
    least = min(before, key=lambda each: each.accepted)
    if cycle.accepted <= 1.15 * least.accepted + 1 or cycle.lasted <= 1.5 * least.lasted:
        return False
    shortest, longest = max(least.length[0], SHORTEST), least.length[1]
    windows = cycle.lasted / shortest + 1
    # Or one of the windows would have sustained the pace that was refused.
    return cycle.accepted > least.accepted * windows or cycle.lasted * least.accepted > SURE * longest * cycle.accepted
