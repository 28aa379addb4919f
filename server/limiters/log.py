"""Sliding log: so many requests in any stretch of time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .decision import GRAIN, Decision, Policy
from .steady import whole_runs, whole_share


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
    """

    limit: int = 10
    window: float = 60.0
    count_refused: bool = False
    seed: int = 0
    kind: ClassVar[str] = "sliding log"
    _log: deque[float] = field(init=False, default_factory=deque, repr=False)

    def __post_init__(self) -> None:
        _checks.count(1, _checks.MOST_TIMES, limit=self.limit)
        _checks.positive(window=self.window)
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
        _checks.share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        return self.window / (self.limit if self.count_refused else whole_runs(refusal_rate, self.limit))

    def describe(self) -> str:
        """The rule in one sentence."""
        counted = "counted whether served or refused" if self.count_refused else "of which only served ones count"
        return f"At most {self.limit} requests, {counted}, are served in any {self.window:g} s."
