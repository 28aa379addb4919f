"""Daily quota plus burst: what most public data services do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .bucket import TokenBucket
from .decision import GRAIN, Decision
from .window import FixedWindow


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
        _checks.count(quota=self.quota)
        _checks.positive(day=self.day)
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
            f"At most {self.quota} requests are served each {self.day:g} s, and those through a bucket of {self.burst} "
            f"tokens that gains {self.rate:g} each second."
        )
