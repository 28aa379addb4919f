"""Buckets: the token bucket, nginx's leaky bucket, and the penalty box around one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from .contract import GRAIN, Decision, Policy, check_count, check_positive, check_share, told
from .steady import ROUNDING, smallest_wait, whole_runs, whole_share


@dataclass(slots=True)
class TokenBucket:
    """Serve a request when the bucket holds a token; it holds `burst` at most and gains `rate` each second.

    The state is one 'theoretical arrival time', as in GCRA (ITU-T I.371, the virtual scheduling algorithm): exactly a
    bucket that fills continuously. A refused request takes nothing.

    Args:
        rate: Tokens gained per second.
        burst: Tokens in a full bucket; a new client has a full one.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When `rate` is not positive or `burst` is no whole number from 1 on.

    Example:
        >>> bucket = TokenBucket(rate=0.5, burst=2)
        >>> [bucket.ask(now).accepted for now in (0, 0, 0, 2)]
        [True, True, False, True]
        >>> bucket.steady_wait(0.05)
        1.9
        >>> bucket.describe()
        'A bucket of 2 tokens gains 0.5 each second; a request is served when it can take one.'
    """

    rate: float = 0.5
    burst: int = 10
    seed: int = 0
    kind: ClassVar[str] = "token bucket"
    _full_at: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        check_positive(rate=self.rate)
        check_count(burst=self.burst)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        early = self.early(now)
        accepted = early <= GRAIN
        if accepted:
            self._full_at = max(self._full_at, now) + 1 / self.rate
        return Decision(accepted=accepted, retry_after=0.0 if accepted else early, policies=(self.look(now),))

    def early(self, now: float) -> float:
        """Return how many seconds too early a request at `now` seconds would come; 0 or less when a token is there."""
        return max(self._full_at, now) - now - (self.burst - 1) / self.rate

    def look(self, now: float) -> Policy:
        """Return what is in the bucket at `now` seconds, without a request."""
        left = max(0.0, self._full_at - now)
        remaining = max(0, math.floor(self.burst - left * self.rate + GRAIN))
        return Policy("bucket", self.burst, self.burst / self.rate, remaining, left)

    def acceptance(self, wait: float) -> float:
        """Too fast a pace takes each token as it comes: rate·wait, the bucket's own pace.

        A bucket of one is different, since it overflows while it waits for the next request: it serves the first one in
        each 1/rate, counted in whole waits.
        """
        if self.burst == 1:
            return whole_share(1, 1 / self.rate, wait)
        return min(1.0, max(0.0, wait * self.rate))

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form."""
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if self.burst == 1:
            return 1 / self.rate / whole_runs(refusal_rate)
        return (1 - refusal_rate) / self.rate

    def describe(self) -> str:
        """The rule in one sentence."""
        bucket = f"A bucket of {self.burst} tokens gains {told(self.rate)} each second"
        return f"{bucket}; a request is served when it can take one."


UNIT = 1000
"""nginx counts in thousandths of a request and in milliseconds."""


@dataclass(slots=True)
class LeakyBucket:
    """Refuse a request when the excess over `rate` would be more than `burst`; hold back or not what is in between.

    The integer arithmetic is that of `ngx_http_limit_req_lookup` and `ngx_http_limit_req_account` in nginx 1.15.7 and
    later: the clock in whole milliseconds, the rate cut to thousandths of a request per second (`7r/m` is 0.116/s), the
    excess in thousandths. A refused request changes nothing.

    Args:
        rate: The number in `rate=10r/s`.
        per: 1 for `r/s`, 60 for `r/m`; nginx knows no other.
        burst: The number in `burst=5`; 0 when it is not given.
        delay: How many requests of the excess are served at once; `None` for `nodelay`; 0, nginx's default, holds each
            one back until its turn.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When a number is out of its range, or the rate is cut to zero.

    Example:
        >>> nginx = LeakyBucket(rate=60, per=60, burst=1)
        >>> [(nginx.ask(0).accepted, nginx.ask(0).delay, nginx.ask(0).accepted)]
        [(True, 1.0, False)]
        >>> nginx.steady_wait(0.05)
        0.95
        >>> nginx.describe()
        "nginx's limit_req with rate=60r/m burst=1: one request drains each 1 s."
    """

    rate: int = 12
    per: int = 60
    burst: int = 5
    delay: int | None = 0
    seed: int = 0
    kind: ClassVar[str] = "leaky bucket"
    _excess: int = field(init=False, default=0, repr=False)
    _last: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        check_count(rate=self.rate)
        check_count(0, burst=self.burst, delay=0 if self.delay is None else self.delay)
        if self.per not in (1, 60):
            raise ValueError(f"per must be 1 (r/s) or 60 (r/m), as in nginx, got {self.per!r}")

    @property
    def drain(self) -> int:
        """Thousandths of a request that drain each second."""
        return self.rate * UNIT // self.per

    @property
    def interval(self) -> float:
        """Seconds in which one request drains."""
        return UNIT / self.drain

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        # A thousandth of a millisecond on top, since 1.001 * 1000 is 1000.9999999999999.
        clock = math.floor(now * UNIT + 1e-3)
        if self._last == -math.inf:
            self._last = clock
            return self._served(excess=0)
        passed = max(0, clock - int(self._last))
        excess = max(0, self._excess - self.drain * passed // UNIT + UNIT)
        if excess > self.burst * UNIT:
            over = excess - self.burst * UNIT
            return Decision(
                accepted=False,
                retry_after=math.ceil(over * UNIT / self.drain) / UNIT,
                policies=self._policies(excess - UNIT),
            )
        self._excess = excess
        if passed:
            self._last = clock
        return self._served(excess)

    def acceptance(self, wait: float) -> float:
        """Too fast a pace is served as the bucket drains: drain·wait; but nginx's `burst=0` is a bucket of one.

        Good to the clock's grain: one millisecond, and one thousandth of a request each time.
        """
        if self.burst == 0:
            return whole_share(1, self._least_gap(), wait)
        return min(1.0, max(0.0, wait / self.interval))

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form."""
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if self.burst == 0:
            return self._least_gap() / whole_runs(refusal_rate)
        return (1 - refusal_rate) * self.interval

    def describe(self) -> str:
        """The rule in one sentence."""
        unit = "s" if self.per == 1 else "m"
        burst = f" burst={self.burst}" if self.burst else ""
        delay = " nodelay" if self.delay is None else f" delay={self.delay}" if self.delay else ""
        rule = f"limit_req with rate={self.rate}r/{unit}{burst}{delay}"
        return f"nginx's {rule}: one request drains each {told(self.interval)} s."

    def _served(self, excess: int) -> Decision:
        late = 0 if self.delay is None else max(0, excess - self.delay * UNIT)
        return Decision(accepted=True, delay=late * UNIT // self.drain / UNIT, policies=self._policies(excess))

    def _policies(self, excess: int) -> tuple[Policy, ...]:
        """A bucket of burst + 1, since nginx's excess does not count the request in service."""
        held = excess + UNIT
        size = self.burst + 1
        remaining = max(0, size - math.ceil(held / UNIT))
        return (Policy("bucket", size, size * self.interval, remaining, held / self.drain),)

    def _least_gap(self) -> float:
        """Seconds, in whole milliseconds, after which nginx has counted one request as drained."""
        return math.ceil(UNIT * UNIT / self.drain) / UNIT


@dataclass(slots=True)
class PenaltyBox:
    """A token bucket whose first refusal shuts the client out for `penalty` seconds; then the bucket is full again.

    Args:
        rate: Tokens gained per second.
        burst: Tokens in a full bucket.
        penalty: Seconds of the ban, from the refusal on.
        extend: Whether a request during the ban starts the ban anew.
        seed: Unused; the rule has no chance in it.

    Raises:
        ValueError: When a number is not positive or `burst` is no whole number.

    Example:
        >>> box = PenaltyBox(rate=1, burst=1, penalty=60)
        >>> [box.ask(now).accepted for now in (0, 0.5, 59, 60.5)]
        [True, False, False, True]
        >>> round(box.steady_wait(0.05), 6)
        1.0
    """

    rate: float = 0.5
    burst: int = 5
    penalty: float = 60.0
    extend: bool = False
    seed: int = 0
    kind: ClassVar[str] = "penalty box"
    _bucket: TokenBucket = field(init=False, repr=False)
    _banned_until: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        check_positive(penalty=self.penalty)
        self._bucket = TokenBucket(self.rate, self.burst)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        if now < self._banned_until - GRAIN:
            if self.extend:
                self._banned_until = now + self.penalty
            return self._shut_out(now)
        decision = self._bucket.ask(now)
        if decision.accepted:
            return decision
        self._bucket = TokenBucket(self.rate, self.burst)
        self._banned_until = now + self.penalty
        return self._shut_out(now)

    def acceptance(self, wait: float) -> float:
        """Too fast a pace goes in circles: m served from a full bucket, one refused, and the rest of the ban.

        m = ⌊(burst - 1)·T / (T - wait)⌋ + 1 with T = 1/rate, and a ban spans ⌈penalty/wait⌉ requests. A ban that
        extends never ends for a pace faster than one request per penalty.
        """
        interval = 1 / self.rate
        if wait >= interval * (1 - ROUNDING):
            return 1.0
        if wait <= 0 or (self.extend and wait < self.penalty - GRAIN):
            return 0.0
        served = math.floor((self.burst - 1) * interval / (interval - wait) + ROUNDING) + 1
        return served / (served + math.ceil(self.penalty / wait * (1 - ROUNDING)))

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance`, which never falls, bisected."""
        return smallest_wait(self.acceptance, refusal_rate, 1 / self.rate)

    def describe(self) -> str:
        """The rule in one sentence."""
        extends = ", counted from the last request made meanwhile" if self.extend else ""
        return (
            f"A bucket of {self.burst} tokens gains {told(self.rate)} each second; a request that finds it empty shuts "
            f"the client out for {told(self.penalty)} s{extends}."
        )

    def _shut_out(self, now: float) -> Decision:
        left = self._banned_until - now
        return Decision(
            accepted=False,
            retry_after=left,
            policies=(Policy("bucket", self.burst, self.burst / self.rate, 0, left),),
        )
