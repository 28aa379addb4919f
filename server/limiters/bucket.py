"""Token bucket, kept as one time by the generic cell rate algorithm."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .decision import GRAIN, Decision, Policy
from .steady import whole_runs, whole_share


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
    """

    rate: float = 0.5
    burst: int = 10
    seed: int = 0
    kind: ClassVar[str] = "token bucket"
    _full_at: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        _checks.positive(rate=self.rate)
        _checks.count(burst=self.burst)

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
        _checks.share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if self.burst == 1:
            return 1 / self.rate / whole_runs(refusal_rate)
        return (1 - refusal_rate) / self.rate

    def describe(self) -> str:
        """The rule in one sentence."""
        bucket = f"A bucket of {self.burst} tokens gains {self.rate:g} each second"
        return f"{bucket}; a request is served when it can take one."
