"""Fixed window: so many requests in each window of the clock.

Our own, like the other window rules: the `limits` package reads the time itself, and takes no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .decision import GRAIN, Decision, Policy
from .steady import whole_runs, whole_share


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
    """

    limit: int = 10
    window: float = 60.0
    aligned: bool = True
    seed: int = 0
    kind: ClassVar[str] = "fixed window"
    _start: float = field(init=False, default=-math.inf, repr=False)
    _used: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        _checks.count(limit=self.limit)
        _checks.positive(window=self.window)

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
        _checks.share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if self.aligned:
            return (1 - refusal_rate) * self.window / self.limit
        return self.window / whole_runs(refusal_rate, self.limit)

    def describe(self) -> str:
        """The rule in one sentence."""
        start = "on the clock" if self.aligned else "that starts with a request"
        return f"In each window of {self.window:g} s {start}, the first {self.limit} requests are served."
