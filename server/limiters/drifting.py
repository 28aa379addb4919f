"""Drifting: a limit that follows the hours."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from ._draws import uniform
from .decision import GRAIN, Decision, Policy


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
    """

    gap: float = 4.0
    swing: float = 0.5
    period: float = 3600.0
    seed: int = 0
    kind: ClassVar[str] = "drifting"
    _last: float = field(init=False, default=-math.inf, repr=False)

    def __post_init__(self) -> None:
        _checks.positive(gap=self.gap, period=self.period)
        _checks.share(swing=self.swing)

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
        _checks.share(refusal_rate=refusal_rate)
        return self.gap * (1 + self.swing * math.cos(math.pi * refusal_rate)) if refusal_rate < 1 else 0.0

    def describe(self) -> str:
        """The rule in one sentence."""
        low, high = self.gap * (1 - self.swing), self.gap * (1 + self.swing)
        return (
            f"A request is served when enough time has passed since the last one: {low:g}-{high:g} s, in a swing of "
            f"{self.period:g} s."
        )
