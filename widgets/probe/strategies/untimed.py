"""A service that says how much is left of a quota, and not in what time it is renewed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from widgets.probe.evidence import told

if TYPE_CHECKING:
    from widgets.http.limits import Limits


UNITS = {
    1: "a second",
    60: "a minute",
    300: "in 5 minutes",
    600: "in 10 minutes",
    900: "in 15 minutes",
    3600: "an hour",
    86_400: "a day",
    604_800: "a week",
}
"""The seconds over which quotas are usually counted, in words."""


def usual(least: float) -> float:
    """The shortest time over which quotas are usually counted that is no shorter than `least` seconds; 0 for none.

    >>> usual(3286.0), usual(60.0), usual(1e6)
    (3600.0, 60.0, 0.0)
    """
    return float(next((each for each in UNITS if each >= least), 0))


HOUR = 3600.0
DAY = 86_400.0

RESTS = (2.0, 61.0)
"""Seconds after which a quota of so many a second, and one of so many a minute, is there again."""

FEW = 10
"""So few are hardly meant for a minute or more: whether it is for a second is looked at first."""

SLOWLY = 2.0
"""A request so many times slower than another one is slow."""

FALLS = 1
"""So many answers that say that less is left than before: it is requests that are counted."""

FINE = 10
"""The same of a count in parts of a hundred: one that is coarse is of seconds, and is there again at once."""


def tells_time(limits: Limits) -> bool:
    """Whether an answer says in what time a quota is renewed, or when to come back.

    >>> from widgets.http.limits import Limits
    >>> tells_time(Limits(remaining=9.0)), tells_time(Limits(remaining=9.0, reset=60.0))
    (False, True)
    """
    told = any(within is not None for _, within in limits.lefts) or any(policy.window for policy in limits.policies)
    return told or limits.reset is not None or limits.hold is not None


@dataclass(slots=True)
class Untimed:
    """A service that says how much is left of a quota, and not in what time it is renewed.

    Attributes:
        quota: The whole of it, as it is stated.
        first: What was left at the first look.
        left: What was left at the last one.
        falls: Answers that said that less is left than the one before.
        renewed: Whether it was seen to rise again.
        rests: Rests made so far in which it could have risen.
        cost: What each request takes of it.
        taken: Of a count in parts of a hundred, requests between its first and its last fall, and what they took of it.
        percent: Whether it is told in parts of a hundred alone.
        within: Seconds from the first to the last answer before all of it was there again, the most of all: its window
            is no shorter.
        lasts: Seconds from one time that all of it was there again to the next, the least of all: it is no longer.
        gained: Seconds since some of it came back first, and how much did, where never all of it was there again: it is
            refilled while it is asked.
        refills: Whether it fell less with requests that came slowly than with quick ones: it may be refilled meanwhile.
    """

    quota: float = 0.0
    first: float | None = None
    left: float = 0.0
    falls: int = 0
    renewed: bool = False
    rests: int = 0
    cost: float = 1.0
    taken: tuple[int, float] = (0, 0.0)
    percent: bool = False
    refills: bool = False
    within: float = 0.0
    lasts: float = inf
    gained: tuple[float, float] = (0.0, 0.0)
    _edge: float | None = None
    _since: int = 0
    _before: float = inf
    _ran: float = 0.0
    _slow: tuple[float, float] = (0.0, 0.0)
    _full: bool = False
    _patient: bool = False

    def hear(self, limits: Limits, spacing: float | None = None) -> None:
        """Take in what one answer says, to a request so many seconds after the one before.

        >>> from widgets.http.limits import Limits
        >>> points = Untimed()
        >>> for seconds, left in ((None, 987.0), (1.0, 987.0), (0.1, 979.0)):
        ...     points.hear(Limits(remaining=left), seconds)
        >>> points.refills, points.binds, points.rest(0.01)
        (True, True, 2.0)
        """
        self.percent = limits.remaining is None and limits.percent is not None
        left = limits.percent if self.percent else limits.remaining
        if left is None or tells_time(limits):
            return
        if self.first is None:
            self.first = left
        else:
            self._count(left)
            self.renewed = self.renewed or left > self.left
            self.falls += left < self.left
            self._ran += spacing or 0.0
            full = left + self.cost >= max([self.quota, *limits.sizes])
            if left > self.left:
                self._risen(spacing or 0.0, full=full)
            self._gain(left - self.left + self.cost, spacing or 0.0, full=full)
            self._compare(self.left - left, spacing)
        self.left = left
        self.quota = max([self.quota, self.left, *([] if self.percent else limits.sizes)])

    def anew(self) -> Untimed:
        """The same service, of which what is left and what was spent of it is known, and nothing else.

        Where some of it came back, what is left then is what a share of may be spent. Since slow requests may have met
        that it came back by parts, a short rest alone is not enough for seeing that.
        """
        first = self.left if self.renewed else self.first
        return Untimed(
            self.quota, first, self.left, falls=self.falls, cost=self.cost, percent=self.percent, _patient=True
        )

    @property
    def looks(self) -> int:
        """Requests that are kept for looking whether it is renewed."""
        return len(RESTS) if self._patient else 1

    def _count(self, left: float) -> None:
        """One more answer, by which so much is left: whole steps are counted, from one fall of it to another.

        What came before the first fall may be of another count, and what came since the last is less than a step.
        """
        if left > self.left:
            self._edge = None
        elif self._edge is not None:
            self._since += 1
        if left < self.left:
            if self._edge is None:
                self._edge, self._since = left, 0
            else:
                self.taken = self._since, self._edge - left

    def _risen(self, spacing: float, *, full: bool) -> None:
        """More is left than before, a whole quota or not, with a request that came so many seconds after the last."""
        if full:
            self.within = max(self.within, self._ran - spacing)
            self.lasts = min(self.lasts, self._ran + self._before)  # it may have risen at any time since a last look
        self._before, self._ran = spacing if full else inf, 0.0

    def _gain(self, amount: float, spacing: float, *, full: bool) -> None:
        """So much came back with one more request, so many seconds after the last; what is full gains nothing."""
        seconds, gained = self.gained
        self._full = self._full or (full and amount > self.cost)
        if not self._full and (seconds or amount > self.cost):
            self.gained = seconds + spacing, gained + amount

    @property
    def refill(self) -> float:
        """Seconds in which so much comes back as a request takes, where never all of it was there again; 0 if unknown.

        One is left out: that the first of it came back just then made it count.

        >>> from widgets.http.limits import Limits
        >>> bucket = Untimed()
        >>> for seconds, left in ((None, 90.0), (0.1, 89.0), (0.1, 80.0), (3.0, 81.0), (5.0, 84.0), (1.0, 83.0)):
        ...     bucket.hear(Limits(remaining=left), seconds)
        >>> bucket.gained, bucket.refill
        ((9.0, 6.0), 1.8)
        """
        seconds, gained = self.gained
        return seconds / (gained / self.cost - 1) if gained > self.cost else 0.0

    def _compare(self, fall: float, spacing: float | None) -> None:
        """Whether a quick request took more than a slow one."""
        if spacing is None:
            return
        slow, least = self._slow
        self.refills = self.refills or (fall > least and spacing * SLOWLY < slow)
        if not self._slow[0] or fall < least:
            self._slow = spacing, fall

    @property
    def binds(self) -> bool:
        """Whether it is a quota of requests that was not renewed as long as anybody looked."""
        return self.falls >= (FINE if self.percent else FALLS) and not self.renewed and self.quota > 0

    def allowance(self, share: float) -> int:
        """Requests that may still be sent, where a probe spends at most this share of what was left."""
        return int((self.first or 0.0) * share) - int((self.first or 0.0) - self.left)

    def rest(self, share: float) -> float:
        """Seconds to rest before one more look whether it is renewed; 0 where no more may be spent on that.

        >>> few, many = Untimed(3.0, 2.0, 1.0), Untimed(100.0, 99.0, 49.0)
        >>> few.rest(0.5), few.rest(0.5), few.rest(0.5), many.rest(0.5), many.rest(0.5)
        (2.0, 61.0, 0.0, 0.0, 0.0)
        """
        few = self.quota <= FEW
        if self.allowance(share) < 1 and not (few or self.percent or self.refills):
            return 0.0
        rests = RESTS if few or self._patient else RESTS[:1] if self.refills and not self.percent else RESTS[1:]
        self.rests += 1
        return rests[self.rests - 1] if self.rests <= len(rests) else 0.0

    @property
    def requests(self) -> float:
        """How many requests the whole of it is, as far as was seen."""
        if not self.percent:
            return self.quota / self.cost
        count, used = self.taken
        return 100.0 * count / used if used > 0 else 0.0

    @property
    def guess(self) -> float:
        """Seconds between requests if it is renewed in an hour; 0 where not enough was seen."""
        return HOUR / self.requests if self.requests else 0.0

    def __str__(self) -> str:
        """The sentence on it.

        >>> str(Untimed(100.0, 100.0, 50.0, 9, taken=(98, 49.0), percent=True))[:78]
        'The service says that 50 % of a quota is used, of which 98 requests took 49 %,'
        """
        left, quota, whole = told(self.left, 6), told(self.quota, 6), told(self.requests, 4)
        if self.percent:
            count, used = self.taken
            what = (
                f"{told(100.0 - self.left)} % of a quota is used, of which {count} requests took {told(used)} %, and "
                "not in what time it is renewed"
            )
        elif self.cost > 1:
            what = (
                f"{left} of {quota} are left, of which each request takes {told(self.cost)}, and not in what time they "
                "are renewed"
            )
        else:
            what = f"{left} of {quota} requests are left, and not in what time they are renewed"
        return (
            f"The service says that {what}: {whole} an hour are {told(self.guess)} s between requests, {whole} a day "
            f"{told(DAY / HOUR * self.guess)} s."
        )


def per(window: float) -> str:
    """A window in words, as `a minute`."""
    return UNITS.get(round(window)) or f"in {told(window)} s"
