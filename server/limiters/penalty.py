"""Penalty box: who asks too fast is shut out for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .bucket import TokenBucket
from .decision import GRAIN, Decision, Policy
from .steady import ROUNDING, smallest_wait


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
        _checks.positive(penalty=self.penalty)
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
            f"A bucket of {self.burst} tokens gains {self.rate:g} each second; a request that finds it empty shuts the "
            f"client out for {self.penalty:g} s{extends}."
        )

    def _shut_out(self, now: float) -> Decision:
        left = self._banned_until - now
        return Decision(
            accepted=False,
            retry_after=left,
            policies=(Policy("bucket", self.burst, self.burst / self.rate, 0, left),),
        )
