"""What each request takes of quotas that are counted in something else, and what pace that leaves. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from widgets.probe.evidence import told

from .stated import Stated, pace_of, timed
from .untimed import per

if TYPE_CHECKING:
    from widgets.http.limits import Limits, Policy

ALIKE = 3
"""So many answers in a row that count down by the same: that is what a request takes of the quota."""

MOSTLY = 0.75
"""The part of the answers that count down which these are at least: where costs vary, three agree by chance."""

VARIED = 8
"""So many answers in a row, each counting down: what they do so by on average is what requests of varied cost take."""

DEARER = 1.25
"""The least that they count down by on average, the largest one left out, to be no requests of somebody else now and
then."""

LARGEST = 3
"""So many times that average the largest one counts at most: others may have asked while this probe rested."""

KEPT = 60
"""Answers of which the average is taken."""

RAISED = 1.05
"""A bound that is hardly larger than what was known is none to begin anew for."""


@dataclass(slots=True)
class _Count:
    """What is left of one quota, within what time it is there again, and what each request takes of it."""

    each: float = 1.0
    within: float | None = None
    left: float | None = None
    most: float = 0.0
    varied: bool = False
    differs: bool = False
    falls: list[float] = field(default_factory=list)
    row: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))

    def hear(self, left: float, within: float | None, requests: int = 1) -> None:
        """So much is left after so many more requests, all but the last of which were told nothing of it."""
        fall = 0.0 if self.left is None else (self.left - left) / requests
        self.falls = [*(each for each in self.falls if each == fall), fall] if fall > 1 else []
        if fall > 0:
            self.row.append(fall)
        else:
            self.row.clear()
        self.left, self.within, self.most = left, within, max(self.most, left)
        if len(self.falls) >= max(ALIKE, MOSTLY * len(self.row)) and not self.varied:
            self.each = max(self.each, float(fall))
        elif len(self.row) >= VARIED:
            self._on_average()

    def _on_average(self) -> None:
        """What requests take that do not take the same.

        Where somebody else spends the quota as well that is the sum of both, and what is left sustains no quicker pace.
        The standard error is added: a few that are cheap by chance shall not make a pace that is too quick.
        """
        largest = max(self.row)
        others = (sum(self.row) - largest) / (len(self.row) - 1)
        row = [min(fall, LARGEST * others) for fall in self.row]
        bound = fmean(row) + stdev(row) / sqrt(len(row))
        if 1 < self.each >= bound:
            self.differs = True  # the few that were alike were so by chance: it is no more than a bound
        elif others >= DEARER and bound > self.each * RAISED:
            self.each, self.varied, self.differs = bound, True, True


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
        varied: Whether a cost is a bound on the average of costs that differ; it is so too if other quotas are told of
            later.
    """

    each: float = 1.0
    varied: bool = False
    _counts: list[_Count] = field(default_factory=list)
    _requests: int = 0

    def hear(self, limits: Limits) -> None:
        """Take in what an accepted answer says is left; where it says nothing, its request took its part all the same.

        >>> from widgets.http.limits import Limits
        >>> cost = Cost()
        >>> for number in range(60):
        ...     cost.hear(Limits() if number % 10 else Limits(remaining=60.0 - number))
        >>> cost.each
        1.0
        """
        self._requests += 1
        lefts = limits.lefts or (() if limits.remaining is None else ((limits.remaining, None),))
        if not lefts:
            return
        requests, self._requests = self._requests, 0
        if len(lefts) != len(self._counts):
            self._counts = [_Count() for _ in lefts]
        for count, (left, within) in zip(self._counts, lefts, strict=True):
            count.hear(left, within, requests)
        self.varied = self.varied or any(count.differs for count in self._counts)
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
    return Stated(pace / each, f"{told(quota.quota, 6)} {per(quota.window or 0.0)}").costing(each)
