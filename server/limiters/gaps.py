"""Gaps: so much time since the last request; at least (the rule of /Slow-NASA), drifting with the hours, or none."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from .contract import GRAIN, Decision, Policy, check_not_negative, check_positive, check_share, told, uniform
from .steady import smallest_wait

NEGLIGIBLE = 1e-12


@dataclass(slots=True)
class MinimumGap:
    """Refuse a request that comes less than `gap + U(0, 1) * noise` seconds after the last one.

    Args:
        gap: The smallest gap in seconds that can ever be accepted.
        noise: Width in seconds of the uniform draw that is added to `gap` for each request.
        reset: Whether refused requests count as 'the last one' too.
        seed: Of the draws.

    Raises:
        ValueError: When `gap` or `noise` is negative or not finite.

    Example:
        >>> gap = MinimumGap(gap=4, noise=0)
        >>> [gap.ask(now).accepted for now in (0, 3, 6, 10)]
        [True, False, False, True]
        >>> MinimumGap(gap=4, noise=2.5).steady_wait(0.05)
        6.375
        >>> gap.describe()
        'A request is served when at least 4 s has passed since the last request, refused ones included.'
    """

    gap: float = 4.0
    noise: float = 2.5
    reset: bool = True
    seed: int = 0
    kind: ClassVar[str] = "minimum gap"
    _last: float = field(init=False, default=-math.inf, repr=False)
    _draws: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        check_not_negative(gap=self.gap, noise=self.noise)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        needed = self.gap + uniform(self.seed, self._draws) * self.noise
        self._draws += 1
        since = now - self._last
        accepted = since >= needed - GRAIN
        if accepted or self.reset:
            self._last = now
            since = 0.0
        safe = self.gap + self.noise
        left = max(0.0, safe - since)
        policies = (Policy("gap", 1, safe, 0 if left > 0 else 1, left),) if safe > 0 else ()
        return Decision(accepted=accepted, retry_after=0.0 if accepted else left, policies=policies)

    def acceptance(self, wait: float) -> float:
        """With `reset` each request is judged by its own draw: P(gap + U·noise ≤ wait).

        Without it the clock runs on: the k-th request after an accepted one comes k·wait after it and is accepted with
        p(k·wait), so that a run until the next accepted one holds 1 + (1 - p(w)) + (1 - p(w))(1 - p(2w)) + … requests.
        """
        if self.reset or wait <= 0:
            return self._chance(wait)
        certain = max(0, math.ceil((self.gap - GRAIN) / wait) - 1)
        requests, reached, late = float(certain), 1.0, certain
        while reached > NEGLIGIBLE:
            requests += reached
            late += 1
            reached *= 1 - self._chance(late * wait)
        return 1 / requests

    def steady_wait(self, refusal_rate: float) -> float:
        """With `reset` a quantile of the uniform draw, in closed form; without, `acceptance` bisected."""
        check_share(refusal_rate=refusal_rate)
        if self.reset:
            return self.gap + (1 - refusal_rate) * self.noise if refusal_rate < 1 else 0.0
        return smallest_wait(self.acceptance, refusal_rate, self.gap + self.noise)

    def describe(self) -> str:
        """The rule in one sentence."""
        gap = (
            f"{told(self.gap)} s"
            if self.noise == 0
            else f"a time drawn anew from {told(self.gap)}-{told(self.gap + self.noise)} s"
        )
        last = "the last request, refused ones included" if self.reset else "the last request that was served"
        return f"A request is served when at least {gap} has passed since {last}."

    def _chance(self, since: float) -> float:
        """The share of draws that accept a request `since` seconds after the last one."""
        past = since - self.gap + GRAIN
        return float(past >= 0) if self.noise == 0 else min(1.0, max(0.0, past / self.noise))


@dataclass(slots=True)
class Drifting:
    """A minimum gap, counted from the last request, that swings between `gap·(1 - swing)` and `gap·(1 + swing)`.

    Args:
        gap: The mean gap in seconds.
        swing: How far it swings, as a share of `gap`, 0 to 1.
        period: Seconds of one swing, a sine.
        seed: Of where in the swing the clock's zero lies.

    Raises:
        ValueError: When `gap` or `period` is not positive or `swing` does not lie between 0 and 1.

    Example:
        >>> drifting = Drifting(gap=4, swing=0.5, period=3600)
        >>> drifting.ask(0).accepted, drifting.ask(1).accepted
        (True, False)
        >>> drifting.steady_wait(0), drifting.steady_wait(0.5)
        (6.0, 4.0)
    """

    gap: float = 4.0
    swing: float = 0.5
    period: float = 3600.0
    seed: int = 0
    kind: ClassVar[str] = "drifting"
    _last: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        check_positive(gap=self.gap, period=self.period)
        check_share(swing=self.swing)

    def gap_at(self, now: float) -> float:
        """Return the gap in seconds that is asked for at `now` seconds."""
        turns = math.fmod(now, self.period) / self.period + uniform(self.seed, 0)
        return self.gap * (1 + self.swing * math.sin(math.tau * turns))

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        needed = self.gap_at(now)
        accepted = now - self._last >= needed - GRAIN
        self._last = now
        # Only the widest gap is certain: the limit may rise while the client waits.
        free = 0.0 if accepted else self.gap * (1 + self.swing)
        return Decision(accepted, free, policies=(Policy("gap", 1, needed, 0, needed),) if needed > 0 else ())

    def acceptance(self, wait: float) -> float:
        """The share of a swing in which the gap is at most `wait`: the arcsine law.

        For waits that are short against the period, or no simple fraction of it.
        """
        if self.swing == 0:
            return float(wait >= self.gap - GRAIN)
        height = (wait / self.gap - 1) / self.swing
        return 0.5 + math.asin(min(1.0, max(-1.0, height))) / math.pi

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted, in closed form: gap·(1 + swing·cos(π·rate))."""
        check_share(refusal_rate=refusal_rate)
        return self.gap * (1 + self.swing * math.cos(math.pi * refusal_rate)) if refusal_rate < 1 else 0.0

    def describe(self) -> str:
        """The rule in one sentence."""
        low, high = self.gap * (1 - self.swing), self.gap * (1 + self.swing)
        return (
            f"A request is served when enough time has passed since the last one: {told(low)}-{told(high)} s, in a "
            f"swing of {told(self.period)} s."
        )


@dataclass(slots=True)
class Unlimited:
    """Serve every request.

    Args:
        seed: Unused; the rule has no chance in it.

    Example:
        >>> Unlimited().ask(0).accepted, Unlimited().steady_wait(0)
        (True, 0.0)
    """

    seed: int = 0
    kind: ClassVar[str] = "none"

    def ask(self, now: float) -> Decision:  # noqa: ARG002 - the contract of every limiter
        """Serve the request."""
        return Decision(accepted=True)

    def acceptance(self, wait: float) -> float:  # noqa: ARG002 - the contract of every limiter
        """All of them."""
        return 1.0

    def steady_wait(self, refusal_rate: float) -> float:
        """No wait at all."""
        check_share(refusal_rate=refusal_rate)
        return 0.0

    def describe(self) -> str:
        """The rule in one sentence."""
        return "Every request is served."
