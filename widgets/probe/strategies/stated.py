"""The pace that a service itself states, read from one answer. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf, isinf
from typing import TYPE_CHECKING

from widgets.http.limits import Limits, Policy
from widgets.http.limits.resets import DATED, USUAL, WHOLE, is_dated
from widgets.http.limits.times import UNZONED
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_span
from widgets.probe.evidence import told

from .untimed import UNITS, per, usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from widgets.http.limits import Resets
    from widgets.model.attempt import Attempt


REQUESTS = "requests"

LONGEST = 32 * 86_400.0
"""Seconds: no quota of requests is counted over more than a month, so that a longer reset was misread."""

HOUR = 3600.0

RENEWED = 600.0
"""Seconds: a quota that is renewed within them is not saved up for others: it comes again while the probe runs."""

BRIEF = 60.0
"""Seconds: where no window is stated, what is left until a reset this near says little about the pace."""

IF_UTC = ", if the time that it tells without a zone is UTC"
"""Many services tell the time of where they stand, hours before or behind it."""

FEWEST = 4
"""Requests at a pace that the service itself states, of which a verdict may speak."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The pace that a service itself states: the seconds between requests, and its own words for it.

    `most` are the seconds if its whole seconds are taken by the letter, where `wait` takes them to be rounded up.
    `open` are the seconds after the answer in which its window ends, where how long that is was not told: the window
    after it will show that. `each` is what each request takes of what is counted; both waits hold for that.

    >>> pace = Stated(0.72, "5,000 an hour").costing(10.0)
    >>> round(pace.wait, 3), pace.said()
    (7.2, '5,000 an hour, of which each request takes 10')
    """

    wait: float
    words: str
    most: float = 0.0
    open: float = field(default=0.0, repr=False)
    each: float = field(default=1.0, repr=False)

    def costing(self, each: float) -> Stated:
        """The same pace where each request takes so many."""
        more = each / self.each
        return replace(self, wait=self.wait * more, most=self.most * more, each=each)

    def said(self, *, varied: bool = False) -> str:
        """The words for it, with what each request takes; that is a bound on what is gone on average if `varied`.

        It is not said to be that of each request then: others may have spent the quota as well.
        """
        if self.each <= 1:
            return self.words
        takes = f"up to {told(self.each)} are gone with each request on average"
        return f"{self.words}, of which {takes if varied else f'each request takes {told(self.each)}'}"


def stated(limits: Limits, *, first: bool, brief: float = BRIEF) -> Stated | None:
    """The slowest pace that one answer states; what is left until a reset counts only in the `first` that states any.

    Later on it says how much this probe has spent, and no longer what pace is welcome; and a reset that is as `brief`
    says little.

    >>> from widgets.http.limits import Limits
    >>> stated(Limits(remaining=59.0, reset=200.0, size=60.0), first=True).open
    200.0

    A quota that tells its end alone counts beside one that tells its window.

    >>> stated(Limits(policies=(Policy(50_000, 86_400),), alone=((14.0, 799.0, 15.0),)), first=True).words
    '14 more requests within 799 s, and 15 in all, taken as 15 in 15 minutes'
    >>> stated(Limits(remaining=1.0, reset=2e6, reading="ISO date without a zone"), first=True).words
    '1 more request within 2,000,000 s, if the time that it tells without a zone is UTC'
    """
    besides = (Limits(remaining=left, reset=reset, size=quota) for left, reset, quota in limits.alone)
    paces = [_nearest(limits, first=first, brief=brief), *(_left(each, first=first, brief=brief) for each in besides)]
    return max((pace for pace in paces if pace), key=lambda pace: pace.wait, default=None)


def _nearest(limits: Limits, *, first: bool, brief: float) -> Stated | None:
    """The pace of the quotas with a window; where there is none, of what is left of the one nearest to its end."""
    policies = timed(limits)
    if not policies:
        return _left(limits, first=first, brief=brief)
    slowest = max(policies, key=pace_of)
    return Stated(pace_of(slowest), f"{told(slowest.quota, 6)} {per(slowest.window or 0.0)}")


def _left(limits: Limits, *, first: bool, brief: float) -> Stated | None:
    """The pace that what is left of one quota until its reset sustains, and what of it was used before."""
    if not first or not limits.remaining or limits.remaining < 1 or limits.reset is None:
        return None
    if not brief < limits.reset < LONGEST:
        return None
    words = f"{told(limits.remaining, 6)} more {_many(limits.remaining)} within {told(limits.reset)} s{if_utc(limits)}"
    # A quota that was begun is renewed after the whole window: of the usual ones, the shortest that its rest fits into.
    quota = max(limits.sizes, default=limits.remaining)
    window = usual(limits.reset - DATED)
    left = limits.reset / limits.remaining
    if window and quota >= limits.remaining and window / quota > left:
        words += f", and {told(quota, 6)} in all, taken as {told(quota, 6)} {per(window)}"
        return Stated(window / quota, words, open=open_for(limits))
    return Stated(left, words, open=open_for(limits))


def if_utc(limits: Limits) -> str:
    """What has to be said of a reset that is a time, and names no zone that it is of; empty where it is no such."""
    return IF_UTC if limits.reading == UNZONED else ""


def if_seconds(limits: Limits, resets: Resets) -> str:
    """What has to be said of a reset of hours that is a plain number, and may be one of milliseconds; else empty.

    >>> from widgets.http.limits import Resets, read
    >>> said = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "50838"}
    >>> if_seconds(read(429, said, 0.0), Resets())
    ', if the 50838 that it tells are seconds: were they milliseconds, it would be 50.8 s'
    >>> if_seconds(read(429, said | {"Retry-After": "50838"}, 0.0), Resets())
    ''
    """
    if limits.source != "reset" or limits.reset is None or limits.hold != limits.reset or not resets.unsure(limits):
        return ""
    number = round(limits.reset)
    return f", if the {number} that it tells are seconds: were they milliseconds, it would be {told(number / 1000)} s"


OF_A_MINUTE = 10.0
"""Seconds: where a reset is farther off than that, and no window is told, it is hardly a shorter one than a minute."""


@dataclass(slots=True)
class Alternating:
    """Quotas of which each answer tells one, and no window, by turns: all of them count.

    One that is told instead of another from some time on revises it; only one that is told again beside another counts.
    Of each its first answer says what it sustains.

    >>> from widgets.http.limits import Limits
    >>> told, hourly, of_a_minute = Alternating(), Limits(False, None, (), 4999.0, 3600.0, size=5000.0), []
    >>> for left in (60.0, 59.0):
    ...     of_a_minute.append(told.hear(Limits(remaining=left, reset=59.0, size=61.0)))
    ...     found = told.hear(hourly)
    >>> of_a_minute[0], of_a_minute[1].words
    (None, '60 more requests within 59 s, and 61 in all, taken as 61 a minute')
    """

    _first: dict[float, Stated | None] = field(default_factory=dict)
    _last: float | None = None
    _again: bool = False

    def hear(self, limits: Limits) -> Stated | None:
        """Take in an answer; the slowest pace of all such quotas, once one was told again after another one."""
        if limits.refused or limits.size is None or limits.remaining is None or timed(limits):
            return None
        self._again = self._again or (limits.size in self._first and limits.size != self._last)
        self._last = limits.size
        self._first.setdefault(limits.size, stated(limits, first=True, brief=OF_A_MINUTE))
        paces = [pace for pace in self._first.values() if pace is not None]
        return max(paces, key=lambda pace: pace.wait, default=None) if self._again else None


def open_for(limits: Limits) -> float:
    """Seconds in which a window ends whose length is not told; 0 where it is, or where it is a usual one just begun."""
    if timed(limits) or not limits.remaining or not limits.reset:
        return 0.0
    begins = any(unit - DATED <= limits.reset <= unit for unit in UNITS if unit >= BRIEF)
    return 0.0 if begins else limits.reset


def renewed(limits: Limits, since: float) -> Stated | None:
    """The pace of a quota by its next reset, where its window began within the last `since` seconds: it is a whole one.

    >>> from widgets.http.limits import Limits
    >>> renewed(Limits(remaining=59.0, reset=3599.0, size=60.0), 3.0)
    Stated(wait=60.0, words='60 requests in 3,600 s, as two resets tell', most=0.0)
    """
    if timed(limits) or not limits.remaining or limits.reset is None or not BRIEF < limits.reset < LONGEST:
        return None
    quota = max(limits.sizes, default=limits.remaining + 1)
    lasts, more = _lasting(limits.reset - DATED, limits.reset + since)
    words = f"{told(quota, 6)} {_many(quota)} in {told(lasts)} s{more}, as two resets tell"
    return Stated(lasts / quota, words, (limits.reset + since) / quota if more else 0.0)


def _many(count: float) -> str:
    return "request" if count == 1 else REQUESTS


def timed(limits: Limits) -> list[Policy]:
    """The quotas of requests of which the window is stated."""
    return [policy for policy in limits.policies if policy.window and policy.quota > 0 and policy.unit == REQUESTS]


RISES = 2.0
"""What is left rises by more where a window was renewed; a quota that is refilled rises by one or so."""


@dataclass(slots=True)
class Spending:
    """What was served until a service said that nothing is left of its quota until a reset: so many in so long.

    Attributes:
        served: Requests since the last such reset.
        began: When the first of them was sent, seconds.
        emptied: How often nothing was left.
        quota: How many are served until then.
        least: Seconds that the window of that quota lasts at least: it cannot be renewed sooner.
        most: The seconds at most, as the answers of one window name them, the most of all windows.
        within: Seconds within which all of a quota is there again, of which nothing was used; 0 where none said so.
        hidden: How many it allows where most answers said nothing of it, and more were served before it was spent: so
            many may have been saved up unseen.
        refilled: Seconds in which what a request takes of it is back, at least, as it is all back later after each; 0
            where that was not seen, as of a window, which ends at its time.
    """

    served: int = 0
    began: float = 0.0
    emptied: int = 0
    quota: float = 0.0
    least: float = 0.0
    most: float = 0.0
    within: float = 0.0
    hidden: float = 0.0
    refilled: float = 0.0
    _left: float = inf
    _turned: bool = False
    _gradual: bool = False
    _back: float = 0.0
    _later: int = 0
    _risen: int = 0
    _first: tuple[float, float] = (0.0, 0.0)
    _run: tuple[float, int] = (0.0, 0)
    _at: float = 0.0
    _silent: int = 0

    @property
    def gradual(self) -> bool:
        """Whether the quota is refilled all the time: then all of it is back later as less is left.

        A window ends at its time, whatever is left of it.
        """
        return self._gradual and self._later > 0

    @property
    def _mostly_silent(self) -> bool:
        """Whether most answers since the last reset said nothing of what is left."""
        return 2 * self._silent > self.served

    @property
    def needed(self) -> int:
        """Requests in a row that show a pace to sustain the quota, where told times leave its window open; else 0."""
        return min(MOST, int(self.quota) + 1) if self.most - self.least > INEXACT * self.most else 0

    def hear(self, attempt: Attempt, limits: Limits, resets: Resets) -> Stated | None:
        """Take in one answer; the pace that it states where nothing is left, and no window of its quota is stated."""
        if attempt.outcome is not Outcome.ACCEPTED:
            return None
        limits = resets.told(limits)
        self.began = self.began if self.served else attempt.started
        self._turned = self._turned and self.served > 0
        self._silent = (self._silent if self.served else 0) + (limits.remaining is None)
        self.served += 1
        self._run, self._at = (self._run[0], self._run[1] + 1), attempt.started
        if limits.remaining is not None:
            self._turned = self._turned or limits.remaining > self._left + RISES
            # As much as before after one more request: it was full meanwhile, and gained nothing for some of the time.
            full = self._run[1] == 1 and limits.remaining == self._left
            if limits.remaining > self._left or isinf(self._left) or full:
                self._risen, self._first = self._later, (limits.remaining, limits.reset or 0.0)
                self._run = (attempt.started, 0)
            if limits.remaining < self._left and limits.reset is not None:
                self._later += (limits.reset > self._back) - (limits.reset < self._back) if self._back else 0
            self._left, self._back = limits.remaining, limits.reset or 0.0
            least, _ = self._refill(limits) or (0.0, 0.0)
            self.refilled = max(self.refilled, least)
            self._gradual = self._gradual or (self.refilled > 0 and not limits.sizes)
        whole = resets.whole and resets.served > 1
        # Where several count, what was served is not what the one counted that has nothing left.
        others = resets.several and not whole and limits.remaining == 0
        if limits.remaining is None or not limits.reset or limits.reset > LONGEST or others:
            return None
        told_of = limits.sizes
        if limits.remaining > 0:
            # What is told of the end of one that is refilled is when all of it is back: no window's.
            known = self.gradual or any(policy.window for policy in limits.policies)
            begun = None if self.gradual else self._begun(max(told_of, default=0.0), limits.remaining, resets)
            return None if known else self._renewed(max([self.quota, *told_of]), resets) or begun
        if whole:
            self.quota = max([float(resets.served), *told_of])
            least, most = resets.lasts
            least, most = self.least, self.most = max(self.least, least), max(self.most, most)
            quota = self.quota
        else:
            # The window began before the first answer that is known to belong to it.
            least, most = resets.least - self.began - attempt.latency, resets.ends - self.began
            quota = max([float(self.served), *told_of])
        self._gradual = self._gradual or (bool(told_of) and self.served > max(told_of) and not (whole or self._turned))
        if self._mostly_silent and not whole and (self.emptied or self.served > max(told_of, default=inf)):
            self.hidden = max([self.hidden, *told_of])
        if self.gradual and not whole and (told_of or self.refilled):
            return self._refilled(max(told_of), limits.reset) if told_of else None
        return self._emptied(quota, least, most, limits, whole=whole)

    def _emptied(self, quota: float, least: float, most: float, limits: Limits, *, whole: bool) -> Stated | None:
        """What an answer says after which nothing is left of a quota that so many seconds lasted, at least and at most.

        A window of which most answers said nothing may have begun before anybody asked, and so may the next one be
        silent until it is nearly spent: what was taken too short for it would stay so.
        """
        # Where requests were spent before anybody asked, it began then, and lasts longer than was seen of it.
        partly = not whole and self.emptied == 0 and 0 < (limits.remaining or 0.0) + self.served < quota
        # What was served in more than one window is not the rest of one.
        several = not whole and self.served > max(limits.sizes, default=inf)
        one = self.emptied == 0 and not several
        hidden = self._mostly_silent and not whole
        self.served = 0
        self.emptied += 1
        if any(policy.window for policy in limits.policies) or (self.quota and not whole) or partly or several:
            return None  # a window that was seen from its begin says more
        lasts, more = _lasting(least, most)
        words = f"that nothing is left of {told(quota, 6)} {_many(quota)} in {told(lasts)} s"
        if hidden and one and lasts < (unit := _usual(least - DATED)):
            return Stated(unit / quota, f"{words}, taken as {told(quota, 6)} {per(unit)}", open=limits.reset or 0.0)
        return Stated(lasts / quota, f"{words}{more}", most / quota if more else 0.0)

    def refills(self, limits: Limits, each: float = 1.0) -> Stated | None:
        """The pace of a quota of which all is back so much later as more of it is used; `None` where it is not so.

        Such a reset is no window's end, and what is left has not to last until then. It is that of what is counted, of
        which a request takes `each`.

        >>> from widgets.http.limits import Limits, Resets
        >>> from widgets.model.attempt import Attempt
        >>> spending = Spending()
        >>> for used in range(1, 12):
        ...     limits = Limits(remaining=1000.0 - used, reset=6.0 * used, size=1000.0)
        ...     told_of = spending.hear(Attempt(used, 0.1, 0.1, 0.1 * used, 0.05, 200), limits, Resets())
        >>> spending.refills(limits).wait, spending.refills(limits).words
        (6.0, 'that 11 of 1,000 are used, which come back in 66 s')

        Where the quota is not told, what it takes longer after each request says it.

        >>> unsized = Spending()
        >>> for used in range(1, 12):
        ...     limits = Limits(remaining=1000.0 - used, reset=7.0 * used)
        ...     told_of = unsized.hear(Attempt(used, 0.1, 0.1, 0.1 * used, 0.05, 200), limits, Resets())
        >>> unsized.refills(limits).wait, unsized.refills(limits).words
        (7.0, 'that after 10 more requests in 1 s all of its quota is back 70 s later')
        """
        quota, (left, back) = max(limits.sizes, default=0.0), self._first
        used, fell = quota - (limits.remaining or 0.0), left - (limits.remaining or 0.0)
        reset = limits.reset or 0.0
        later = reset - back
        if timed(limits) or self._later - self._risen < AGREE or fell <= 0 or not 0 < reset < LONGEST:
            return None
        # The later all of it is back, the better it tells the pace; where nothing is left it will be no later.
        run = None if quota else self._refill(limits)
        if run and (reset > BRIEF or limits.remaining == 0):
            least, most = run
            asked = f"{self._run[1]} more requests in {told(self._at - self._run[0])} s"
            seen = f"that after {asked} all of its quota is back {told(later)} s later"
            if least < (1 - INEXACT) * most:  # what had been saved up would hide that the least is too fast
                return Stated(most / each, seen).costing(each)
            return Stated(least / each, seen, most / each).costing(each)
        if used <= 0 or reset <= BRIEF:
            return None
        wait = reset / used
        if abs(later - wait * fell) > WHOLE + ROUGHLY * later:
            return None
        # What is left is told in whole requests: a part of what is used is back already.
        most = reset / max(used - each, each)
        lasts, more = _lasting(wait * quota, most * quota)
        words = f"that {told(used, 6)} of {told(quota, 6)} are used, which come back in {told(reset)} s"
        return Stated(lasts / quota, words, most if more else 0.0)

    def _refill(self, limits: Limits) -> tuple[float, float] | None:
        """The seconds in which what one request takes is back, at least and at most, since what is left last rose.

        What is left falls and all of it is back later: after n more requests in t seconds by n times that, less t.
        """
        later, (begun, more) = (limits.reset or 0.0) - self._first[1], self._run
        off = DATED if is_dated(limits.reading) else WHOLE
        if timed(limits) or self._later - self._risen < AGREE or later <= AGREE * off or not more:
            return None
        back = later + self._at - begun
        return (back - off) / more, (back + off) / more

    def _refilled(self, quota: float, reset: float) -> Stated:
        """What a quota that is refilled all the time says when it is empty: how long all of it takes to come back.

        More were served than there ever are at once, and none of it came back at a stroke: no window served them.
        """
        self.served = 0
        self.emptied += 1
        open_by = WHOLE if reset == int(reset) else 0.0
        # Less than one may be there already, and is told as none.
        most = (reset + open_by) * quota / max(quota - 1, 1.0)
        lasts, more = _lasting(max(reset - open_by, 0.0), most)
        return Stated(
            lasts / quota,
            f"that nothing is left of {told(quota, 6)} requests, which come back in {told(lasts)} s{more}",
            most / quota if more else 0.0,
        )

    def _begun(self, quota: float, left: float, resets: Resets) -> Stated | None:
        """What the first answers of a window say that was seen to begin, all of it being there: how long it is.

        A quota that is refilled all the time says when all of it is there again, which is later with each request: its
        answers do not agree on an end.
        """
        whole = quota and resets.whole and resets.served >= AGREE and left + resets.served == quota
        least, most = resets.lasts
        if not whole or least < SHORT:
            return None
        self.within = max(self.within, most)
        if not resets.renewed:
            return None  # it may have begun before anybody asked
        lasts, more = _lasting(least, most)
        words = f"{told(quota, 6)} requests, all of which are there again, in {told(lasts)} s{more}"
        return Stated(lasts / quota, words, most / quota if more else 0.0)

    def _renewed(self, quota: float, resets: Resets) -> Stated | None:
        """What the first answer after a reset says: the next one is a whole window away.

        The window that was emptied may have begun before anybody asked, and so have seemed shorter.
        """
        least, most = resets.lasts
        if not (self.emptied and quota and resets.served == 1 and resets.whole and least > self.most):
            return None
        self.quota, self.least, self.most = quota, least, most
        lasts, more = _lasting(least, most)
        words = f"{told(quota, 6)} requests, all there again, in {told(lasts)} s{more}"
        return Stated(lasts / quota, words, most / quota if more else 0.0)


ROUGHLY = 0.1
"""The part by which times are off that are told in whole seconds, of counts that gain meanwhile."""

ROUND = 5
"""A quota is a multiple of it."""


@dataclass(slots=True)
class Unquoted:
    """Quotas of which only what is left is told, and their window by the name, as Xero's `X-MinLimit-Remaining: 59`.

    What is left with the first answer, where that makes a round number with it, is such a quota, and so is what is left
    after it has risen; the most of both counts. One that does not come again while a probe runs is taken for no more
    than what is left at first. What is left of a day's says too little of it.

    >>> from widgets.http.limits import read
    >>> unquoted = Unquoted()
    >>> [unquoted.hear(read(200, {"X-MinLimit-Remaining": left}, 0.0)) for left in ("41", "40")]
    [None, None]
    >>> unquoted.hear(read(200, {"X-MinLimit-Remaining": "59"}, 0.0))
    Stated(wait=1.0, words='that 59 requests are left, taken as all but one of 60 a minute', most=0.0)
    """

    most: dict[tuple[int, float], float] = field(default_factory=dict)
    last: dict[tuple[int, float], float] = field(default_factory=dict)
    guess: float = 0.0

    def hear(self, limits: Limits, cost: Callable[[Policy], float] | None = None) -> Stated | None:
        """Take in an answer; the slowest pace of all such quotas up to now, where each request takes its `cost`.

        `guess` are the seconds between requests with which what was left at first lasts, at most; 0 where none was.
        """
        quoted = {policy.window for policy in limits.policies}
        if limits.reset is None and not limits.refused:
            for place, (left, within) in enumerate(limits.lefts):  # there may be two of a minute
                if within is None or within in quoted:
                    continue
                if (place, within) not in self.last and left:
                    self.guess = max(self.guess, within / left)
                self._take(left, (place, within))
        found = [self._stated(window, quota, cost) for (_, window), quota in self.most.items()]
        return max(found, key=lambda each: each.wait, default=None)

    def _stated(self, window: float, quota: float, cost: Callable[[Policy], float] | None) -> Stated:
        each = cost(Policy(quota, window)) if cost else 1.0
        words = f"that {told(quota - 1, 6)} requests are left, taken as all but one of {told(quota, 6)} {per(window)}"
        return Stated(window / quota, words).costing(each)

    def _take(self, left: float, which: tuple[int, float]) -> None:
        before = self.last.get(which)
        self.last[which] = left
        whole = which[1] > RENEWED or (left + 1) % ROUND == 0
        begun = whole if before is None else left > before + 1
        if begun and left and which[1] <= HOUR:
            self.most[which] = max(left + 1, self.most.get(which, 0.0))


def lasting(limits: Limits, wait: float, each: float = 1.0) -> str:
    """The sentence on what is left of a quota that is not renewed for long, where it is spent sooner at that wait.

    A pace that a whole quota sustains is refused as soon as the rest of one is spent. `limits` are those of the last
    answer that told any, and each request takes `each`.

    >>> from widgets.http.limits import Limits, read
    >>> daily = read(200, {"X-DayLimit-Remaining": "4139"}, 0.0)
    >>> lasting(daily, 1.0)[:63], lasting(daily, 30.0)
    (' Of what it allows a day 4,139 requests are left, as it tells: ', '')
    >>> lasting(daily, 1.0)[63:]
    'at this wait they last 1 h 8 min, unless it is renewed before.'
    >>> lasting(Limits(remaining=7.0, reset=9000.0, lefts=((7.0, 86400.0),)), 173.0)
    ' 7 requests are left until a reset in 2 h 30 min, as it tells: at this wait they last 20 min 11 s.'
    """
    found = [(left / each * wait, left, *ends) for left, ends in _ends(limits) if left / each * wait < ends[0]]
    lasts, left, within, until_reset = min(found, default=(0.0, 0.0, 0.0, False))
    if not within:
        return ""
    many = "1 request is" if left == 1 else f"{told(left, 6)}{f' {REQUESTS}' if each <= 1 else ''} are"
    if until_reset:
        told_end = f"until a reset in {as_span(within)}, as it tells{if_utc(limits)}"
        return f" {many} left {told_end}: at this wait they last {as_span(lasts)}."
    return (
        f" Of what it allows {per(within)} {many} left, as it tells: at this wait they last {as_span(lasts)}, unless "
        "it is renewed before."
    )


def _ends(limits: Limits) -> Iterator[tuple[float, tuple[float, bool]]]:
    """What is left of each quota that is not renewed for long, the seconds until it is, and whether these are told.

    Else they are its window. Of several quotas with a window the only one that is left of may be any.
    """
    lefts = dict.fromkeys(limits.lefts)
    for left, within in lefts:
        reset = limits.reset if len(lefts) == 1 or within == limits.reset else None
        if reset is not None:
            if RENEWED < reset < LONGEST:
                yield left, (reset, True)
        elif within is not None and within > HOUR and (len(lefts) > 1 or len(timed(limits)) <= 1):
            yield left, (within, False)


@dataclass(slots=True)
class Asked:
    """Pauses that are asked for beside answers that are served, as Stack Exchange's `Backoff`.

    Such an answer refuses nothing, and whoever obeys is never refused; but a pace that lives on such pauses is none
    that is welcome. What was served from one of them to the last, over that time, is what they leave.

    Attributes:
        times: How often it was asked.
        served: Requests since the first time.
        began: When that was, seconds.
    """

    times: int = 0
    served: int = 0
    began: float = 0.0

    def hear(self, attempt: Attempt, limits: Limits) -> Stated | None:
        """Take in one answer; the pace that the pauses leave, where this answer asks for one again.

        >>> from widgets.http.limits import read
        >>> from widgets.model.attempt import Attempt
        >>> asked = Asked()
        >>> for number in range(10):
        ...     told = {"Backoff": "5"} if number % 3 == 0 else {}
        ...     served = Attempt(number + 1, 2.0, 2.0, 2.0 * number, 0.1, 200, told)
        ...     found = asked.hear(served, read(200, told, 0.0))
        >>> found.wait, found.words[:55]
        (2.0, 'that it wants a pause of 5 s beside 4 answers, between ')
        """
        if attempt.outcome is not Outcome.ACCEPTED:
            return None
        self.served += self.times > 0
        if limits.source != "Backoff" or not limits.hold:
            return None
        self.times += 1
        if self.times == 1:
            self.began = attempt.started
        if self.times <= AGREE:
            return None
        seconds = attempt.started - self.began
        words = (
            f"that it wants a pause of {told(limits.hold)} s beside {self.times} answers, between the first and the "
            f"last of which it served {self.served} in {told(seconds)} s"
        )
        return Stated(seconds / self.served, words)

    def __str__(self) -> str:
        """The sentence on them; empty where none was asked for."""
        if not self.times:
            return ""
        one = self.times == 1
        return (
            f" {self.times} {'answer' if one else 'answers'} that {'was' if one else 'were'} served asked for a pause "
            "besides (Backoff), which was kept."
        )


def _lasting(least: float, most: float) -> tuple[float, str]:
    """How long a quota lasts, between these seconds, and how exact that is, in words.

    A usual window between the two is meant; else the least is tried first, since a reset that comes later will be told
    again.

    >>> _lasting(5.03, 5.04), _lasting(0.6, 1.5), _lasting(2.5, 3.5)
    ((5.04, ''), (1.0, ''), (2.5, ', or up to 1 s more'))
    """
    unit = next((float(unit) for unit in UNITS if least < unit <= most), None)
    if unit or most - least < EXACT * most:
        return unit or most, ""
    return least, f", or up to {told(most - least)} s more"


def _usual(least: float) -> float:
    """The shortest usual window that is no shorter than so many seconds; 0 where there is none.

    >>> _usual(16.6), _usual(250.0), _usual(1e9)
    (60.0, 300.0, 0.0)
    """
    return next((unit for unit in sorted({*map(float, UNITS), *USUAL}) if unit >= least), 0.0)


AGREE = 3
"""So many answers that agree on a window's end: it is one."""

SHORT = 5.0
"""Seconds: shorter windows are not taken from their first answers, which whole seconds make agree anyway."""

EXACT = 0.01
"""The part of a window that is not worth a word."""

INEXACT = 0.03
"""The part of a window that a few straight answers do not make up for."""

MOST = 200
"""So many straight answers are enough for any quota."""


def pace_of(policy: Policy) -> float:
    """Seconds between requests that a quota sustains; 0 where its window is not stated."""
    return (policy.window or 0.0) / policy.quota
