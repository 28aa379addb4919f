"""What each request takes of quotas that are counted in something else, and what pace that leaves. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from widgets.probe.evidence import told

from .stated import Stated, pace_of, per, timed

if TYPE_CHECKING:
    from widgets.http.limits import Limits, Policy

ALIKE = 3
"""So many answers in a row that count down by the same: that is what a request takes of the quota."""


@dataclass(slots=True)
class _Count:
    """What is left of one quota, within what time it is there again, and what each request takes of it."""

    each: float = 1.0
    within: float | None = None
    left: float | None = None
    most: float = 0.0
    falls: list[float] = field(default_factory=list)

    def hear(self, left: float, within: float | None) -> None:
        fall = 0.0 if self.left is None else self.left - left
        self.falls = [*(each for each in self.falls if each == fall), fall] if fall > 1 else []
        self.left, self.within, self.most = left, within, max(self.most, left)
        if len(self.falls) >= ALIKE:
            self.each = max(self.each, float(fall))


@dataclass(slots=True)
class Cost:
    """What each request takes of a quota that is counted in something else, as points or credits.

    Of several quotas each is counted by itself: a request may take one of a second's and two of a day's.

    >>> from widgets.http.limits import Limits, Policy
    >>> cost, quotas = Cost(), [Policy(100, 1.0), Policy(5000, 3600.0)]
    >>> for left in (5000, 4990, 4980, 4970):
    ...     cost.hear(Limits(remaining=left, lefts=((left, 3600.0), (99.0, 1.0))))
    >>> [cost.of(quota) for quota in quotas], cost.each
    ([1.0, 10.0], 1.0)

    Attributes:
        each: The same of the quota that is nearest to its end.
    """

    each: float = 1.0
    _counts: list[_Count] = field(default_factory=list)

    def hear(self, limits: Limits) -> None:
        """Take in what an accepted answer says is left."""
        lefts = limits.lefts or (() if limits.remaining is None else ((limits.remaining, None),))
        if not lefts:
            return
        if len(lefts) != len(self._counts):
            self._counts = [_Count() for _ in lefts]
        for count, (left, within) in zip(self._counts, lefts, strict=True):
            count.hear(left, within)
        self.each = max(self.each, min(self._counts, key=lambda count: count.left or 0.0).each)

    def of(self, quota: Policy) -> float:
        """What each request takes of this quota.

        A lone count stands for each that it ever fitted into: what a request takes of one it takes of the others too,
        as far as is told.
        """
        own = [count.each for count in self._counts if count.within == quota.window]
        if own or len(self._counts) != 1:
            return max(own, default=1.0)
        (lone,) = self._counts
        return 1.0 if lone.most > quota.quota else lone.each

    def scarce(self, seconds: float) -> float:
        """The same of the one with the least left that is not there again within so many seconds."""
        far = [count for count in self._counts if count.within is not None and count.within > seconds]
        return min(far, key=lambda count: count.left or 0.0).each if far else self.each


def weighed(limits: Limits, cost: Cost) -> Stated | None:
    """The slowest pace of the quotas with a window, of one of which each request takes more than one; else `None`."""
    paces = [(pace_of(quota) * (each := cost.of(quota)), each, quota) for quota in timed(limits)]
    pace, each, quota = max(paces, key=lambda found: found[0], default=(0.0, 1.0, None))
    if quota is None or each <= 1:
        return None
    return Stated(pace, f"{told(quota.quota, 6)} {per(quota.window or 0.0)}, of which each request takes {told(each)}")
