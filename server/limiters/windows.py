"""Windows: so many requests in a stretch of time; fixed, sliding (by log or by counter), and a day with a burst.

Our own: the `limits` package reads the time itself, and takes no clock.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from .buckets import TokenBucket
from .contract import GRAIN, MOST_TIMES, Decision, Policy, check_count, check_positive, check_share, told
from .steady import smallest_wait, whole_runs, whole_share


@dataclass(slots=True)
class FixedWindow:
    """Serve at most `limit` requests in each window of `window` seconds; refused ones do not count.

    Args:
        limit: Requests served in one window.
        window: Its length in seconds.
        aligned: Whether windows start at whole multiples of `window` on the clock, as a counter kept per minute does;
            else a window starts with the first request after the last one ended.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When `limit` is no whole number from 1 on or `window` is not positive.

    Example:
        >>> window = FixedWindow(limit=2, window=60)
        >>> [window.ask(now).accepted for now in (30, 31, 32, 60)]
        [True, True, False, True]
        >>> window.steady_wait(0)
        30.0
        >>> window.describe()
        'In each window of 60 s on the clock, the first 2 requests are served.'
    """

    limit: int = 10
    window: float = 60.0
    aligned: bool = True
    seed: int = 0
    kind: ClassVar[str] = "fixed window"
    _start: float = field(init=False, default=-math.inf, repr=False)
    _used: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        check_count(limit=self.limit)
        check_positive(window=self.window)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        left = self.look(now).reset
        accepted = self._used < self.limit
        self._used += accepted
        return Decision(accepted, 0.0 if accepted else left, policies=(self.look(now),))

    def look(self, now: float) -> Policy:
        """Return what is left of the window that `now` seconds lies in, without a request."""
        if now >= self._start + self.window - GRAIN:
            self._start = math.floor((now + GRAIN) / self.window) * self.window if self.aligned else now
            self._used = 0
        left = max(0.0, self._start + self.window - now)
        return Policy("window", self.limit, self.window, self.limit - self._used, left)

    def acceptance(self, wait: float) -> float:
        """Too fast a pace is served `limit` times in each window.

        An aligned window holds window/wait requests on average; one that starts with a request holds a whole number.
        """
        if self.aligned:
            return min(1.0, max(0.0, self.limit * wait / self.window))
        return whole_share(self.limit, self.window, wait)

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form."""
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if self.aligned:
            return (1 - refusal_rate) * self.window / self.limit
        return self.window / whole_runs(refusal_rate, self.limit)

    def describe(self) -> str:
        """The rule in one sentence."""
        start = "on the clock" if self.aligned else "that starts with a request"
        return f"In each window of {told(self.window)} s {start}, the first {self.limit} requests are served."


@dataclass(slots=True)
class SlidingLog:
    """Serve a request when fewer than `limit` others came in the `window` seconds before it.

    Args:
        limit: Requests served in any window; as many times are remembered, and no more.
        window: Its length in seconds.
        count_refused: Whether refused requests count too. Then whoever asks too fast is never served again.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When `limit` is no whole number from 1 to 10,000 or `window` is not positive.

    Example:
        >>> log = SlidingLog(limit=2, window=60)
        >>> [log.ask(now).accepted for now in (30, 31, 60, 90)]
        [True, True, False, True]
        >>> log.steady_wait(0)
        30.0
    """

    limit: int = 10
    window: float = 60.0
    count_refused: bool = False
    seed: int = 0
    kind: ClassVar[str] = "sliding log"
    _log: deque[float] = field(init=False, default_factory=deque, repr=False)

    def __post_init__(self) -> None:
        check_count(1, MOST_TIMES, limit=self.limit)
        check_positive(window=self.window)
        self._log = deque(maxlen=self.limit)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        log = self._log
        while log and now - log[0] >= self.window - GRAIN:
            log.popleft()
        accepted = len(log) < self.limit
        if accepted or self.count_refused:
            # Where refused ones count too, only the last `limit` of them can still matter: the log drops the oldest.
            log.append(now)
        free = max(0.0, log[0] + self.window - now)
        reset = max(0.0, log[-1] + self.window - now)
        policy = Policy("window", self.limit, self.window, self.limit - len(log), reset)
        return Decision(accepted=accepted, retry_after=0.0 if accepted else free, policies=(policy,))

    def acceptance(self, wait: float) -> float:
        """Served in runs: `limit` requests, then none until the first of them leaves, window/wait later, rounded up.

        Where refused ones count, all or nothing.
        """
        share = whole_share(self.limit, self.window, wait)
        return float(share == 1) if self.count_refused else share

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form."""
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        return self.window / (self.limit if self.count_refused else whole_runs(refusal_rate, self.limit))

    def describe(self) -> str:
        """The rule in one sentence."""
        counted = "counted whether served or refused" if self.count_refused else "of which only served ones count"
        return f"At most {self.limit} requests, {counted}, are served in any {told(self.window)} s."


@dataclass(slots=True)
class SlidingCounter:
    """Serve a request while `previous * (1 - elapsed / window) + current < limit`.

    The approximation that Cloudflare described in 2017 ('How we built rate limiting capable of scaling to millions of
    domains'): two counts instead of a log. Windows lie at whole multiples of `window` on the clock.

    Args:
        limit: Requests served in any window, about.
        window: Its length in seconds.
        count_refused: Whether refused requests count too.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When `limit` is no whole number from 1 on or `window` is not positive.

    Example:
        >>> counter = SlidingCounter(limit=2, window=60)
        >>> [counter.ask(now).accepted for now in (30, 31, 75, 76)]
        [True, True, True, False]
        >>> counter.steady_wait(0)
        30.0
    """

    limit: int = 10
    window: float = 60.0
    count_refused: bool = False
    seed: int = 0
    kind: ClassVar[str] = "sliding counter"
    _start: float = field(init=False, default=-math.inf, repr=False)
    _current: int = field(init=False, default=0, repr=False)
    _previous: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        check_count(limit=self.limit)
        check_positive(window=self.window)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        self._turn(now)
        elapsed = max(0.0, now - self._start)
        estimate = self._estimate(elapsed)
        accepted = estimate < self.limit
        if accepted or self.count_refused:
            self._current += 1
        free = 0.0 if accepted else max(0.0, self._free_at() - elapsed)
        remaining = max(0, math.ceil(self.limit - self._estimate(elapsed)))
        reset = max(0.0, 2 * self.window - elapsed)
        policy = Policy("window", self.limit, self.window, remaining, reset)
        return Decision(accepted=accepted, retry_after=free, policies=(policy,))

    def acceptance(self, wait: float) -> float:
        """Too fast a pace is served `limit` times in each window: the estimate falls by one so many times in it.

        Where refused ones count, a pace of `limit + 1` in a window is never served, and one in between is served for
        the share of phases that `_between` measures.
        """
        if wait <= 0:
            return 0.0
        pace = self.window / wait
        if not self.count_refused or pace <= self.limit:
            return min(1.0, self.limit / pace)
        return 0.0 if pace >= self.limit + 1 else self._between(pace)

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form; where refused ones count, bisected."""
        check_share(refusal_rate=refusal_rate)
        if self.count_refused:
            return smallest_wait(self.acceptance, refusal_rate, self.window / self.limit)
        return (1 - refusal_rate) * self.window / self.limit

    def describe(self) -> str:
        """The rule in one sentence."""
        counted = "served and refused" if self.count_refused else "served"
        return (
            f"About {self.limit} requests are served in any {told(self.window)} s, judged by the counts of {counted} "
            "ones in this window and, fading out, the last one."
        )

    def _turn(self, now: float) -> None:
        """Move on to the window that `now` lies in."""
        if now < self._start + self.window - GRAIN:
            return
        start = math.floor((now + GRAIN) / self.window) * self.window
        self._previous = self._current if start - self._start < 1.5 * self.window else 0
        self._start, self._current = start, 0

    def _estimate(self, elapsed: float) -> float:
        return self._previous * (1 - min(1.0, (elapsed + GRAIN) / self.window)) + self._current

    def _free_at(self) -> float:
        """Seconds after this window's start at which the estimate falls below the limit, if nobody asks again."""
        if self._current < self.limit:
            return self.window * (1 - (self.limit - self._current) / self._previous)
        return self.window * (2 - self.limit / self._current)

    def _between(self, pace: float) -> float:
        """Acceptance at limit < pace < limit + 1 requests in a window, refused ones counted.

        Let φ be the phase of a window's first request, in units of the wait. φ is uniform in the long run, the window
        before it held `limit` requests when φ < 1 - f and `limit + 1` otherwise, f the fraction of `pace`, and request
        number i, from 0, finds the estimate previous·(1 - (i + φ)/pace) + i. What follows is the measure of the φ that
        accept; number `limit` itself is never accepted.
        """
        limit, part = self.limit, pace - self.limit
        # Σ max(0, 1 - f - i·f/limit) and Σ min(f, (1 + i)·(1 - f)/(limit + 1)) over i = 0…limit - 1.
        falling = min(limit, math.floor(limit * (1 - part) / part) + 1)
        rising = min(limit, math.floor((limit + 1) * part / (1 - part)))
        after_fewer = falling * (1 - part) - part / limit * falling * (falling - 1) / 2
        after_more = (1 - part) / (limit + 1) * rising * (rising + 1) / 2 + (limit - rising) * part
        return (after_fewer + after_more) / pace


@dataclass(slots=True)
class DailyQuota:
    """Serve at most `quota` requests each `day`, and those no faster than a token bucket allows.

    What either of the two refuses takes nothing of the other.

    Args:
        quota: Requests served in one day.
        day: Its length in seconds; days start at whole multiples of it on the clock (midnight UTC for an epoch clock).
        rate: Tokens gained per second.
        burst: Tokens in a full bucket.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When a number is not positive, or `quota` or `burst` is no whole number.

    Example:
        >>> quota = DailyQuota(quota=3, day=86_400, rate=1, burst=2)
        >>> [quota.ask(now).accepted for now in (0, 0, 0, 1, 2)]
        [True, True, False, True, False]
        >>> quota.ask(2).retry_after
        86398
        >>> quota.steady_wait(0)
        28800.0
    """

    quota: int = 1000
    day: float = 86_400.0
    rate: float = 0.5
    burst: int = 10
    seed: int = 0
    kind: ClassVar[str] = "daily quota"
    _bucket: TokenBucket = field(init=False, repr=False)
    _day: FixedWindow = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_count(quota=self.quota)
        check_positive(day=self.day)
        self._bucket = TokenBucket(self.rate, self.burst)
        self._day = FixedWindow(self.quota, self.day)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        day, early = self._day.look(now), self._bucket.early(now)
        accepted = early <= GRAIN and day.remaining > 0
        if accepted:
            self._day.ask(now)
            self._bucket.ask(now)
        free = 0.0 if accepted else max(early, day.reset if day.remaining == 0 else 0.0)
        return Decision(accepted, free, policies=(self._bucket.look(now), self._day.look(now)._replace(name="day")))

    def acceptance(self, wait: float) -> float:
        """The smaller of what the bucket and what the quota sustain: each cannot bind where the other one does."""
        return min(self._bucket.acceptance(wait), self._day.acceptance(wait))

    def steady_wait(self, refusal_rate: float) -> float:
        """The longer of the two gates' own, each in closed form."""
        return max(self._bucket.steady_wait(refusal_rate), self._day.steady_wait(refusal_rate))

    def describe(self) -> str:
        """The rule in one sentence."""
        return (
            f"At most {self.quota} requests are served each {told(self.day)} s, and those through a bucket of "
            f"{self.burst} tokens that gains {told(self.rate)} each second."
        )
