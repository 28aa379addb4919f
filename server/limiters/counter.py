"""Sliding counter: a sliding window guessed from the counts of two fixed ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from .decision import GRAIN, Decision, Policy
from .steady import smallest_wait


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
        _checks.count(limit=self.limit)
        _checks.positive(window=self.window)

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
        _checks.share(refusal_rate=refusal_rate)
        if self.count_refused:
            return smallest_wait(self.acceptance, refusal_rate, self.window / self.limit)
        return (1 - refusal_rate) * self.window / self.limit

    def describe(self) -> str:
        """The rule in one sentence."""
        counted = "served and refused" if self.count_refused else "served"
        return (
            f"About {self.limit} requests are served in any {self.window:g} s, judged by the counts of {counted} ones "
            "in this window and, fading out, the last one."
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
