"""Leaky bucket, in the very arithmetic of nginx's `limit_req`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .decision import Decision, Policy
from .steady import whole_runs, whole_share

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
        _checks.count(rate=self.rate)
        _checks.count(0, burst=self.burst, delay=0 if self.delay is None else self.delay)
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
        _checks.share(refusal_rate=refusal_rate)
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
        return f"nginx's {rule}: one request drains each {self.interval:g} s."

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
