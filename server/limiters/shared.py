"""Shared: other clients eat from the same quota."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from . import _checks
from ._crowd import window_acceptance
from ._draws import exponential
from .steady import fresh, simulated_acceptance, smallest_wait
from .window import FixedWindow

if TYPE_CHECKING:
    from .decision import Decision, Limiter

MOST_ARRIVALS = 1000
"""Arrivals of others that are played out for one request: after a long silence the oldest of them no longer matter."""

MOST_POINTS = 1000
"""Points of a simulated curve that are kept."""

EVENTS = 60_000
"""Requests, of all clients, that are simulated for one point of a curve: a sixth of a second."""

LEAST_REQUESTS = 500

LONGEST = 64
"""Times the rule's own steady wait after which a longer one is no longer tried."""

OUT_OF_STEP = 1.0037
"""A factor that keeps a wait from being a simple fraction of the rule's own times."""


@dataclass(slots=True)
class Shared:
    """One rule for all clients together, asked by others too: at random (Poisson), `others` times per second.

    Args:
        rule: What all of them are subject to.
        others: Requests of the other clients per second.
        seed: Of the others' arrivals.

    Raises:
        ValueError: When `others` is negative or not finite.
    """

    rule: Limiter = field(default_factory=lambda: FixedWindow(limit=20))
    others: float = 0.2
    seed: int = 0
    kind: ClassVar[str] = "shared"
    _next: float = field(init=False, default=-math.inf, repr=False)
    _draws: int = field(init=False, default=0, repr=False)
    _curve: dict[float, float] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        _checks.not_negative(others=self.others)
        self.rule = fresh(self.rule)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds, after those of the others that came before it."""
        if self._next == -math.inf:
            self._next = now + self._pause()
        elif (now - self._next) * self.others > MOST_ARRIVALS:
            # Poisson arrivals have no memory: the last of them can be drawn without those before.
            self._next = now - MOST_ARRIVALS / self.others
        self._play_others(now)
        return self.rule.ask(now)

    def acceptance(self, wait: float) -> float:
        """For an aligned fixed window computed, see `window_acceptance`; for other rules simulated, always alike."""
        if wait <= 0:
            return 0.0
        if self.others == 0:
            return self.rule.acceptance(wait)
        if isinstance(self.rule, FixedWindow) and self.rule.aligned:
            return window_acceptance(self.rule.limit, self.rule.window, self.others, wait)
        if wait not in self._curve:
            if len(self._curve) >= MOST_POINTS:
                self._curve.clear()
            self._curve[wait] = simulated_acceptance(self, wait, self._affordable(wait))
        return self._curve[wait]

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` bisected; infinite where the others alone cause more refusals than that.

        Where it is simulated, to one or two per cent, in two or three seconds, and no further than `LONGEST` times the
        wait of the rule alone.
        """
        _checks.share(refusal_rate=refusal_rate)
        if isinstance(self.rule, FixedWindow) and self.rule.aligned:
            return smallest_wait(self.acceptance, refusal_rate, self.rule.window)
        # Exactly in step with the rule a client keeps its place before the others; any jitter would lose it.
        alone = self.rule.steady_wait(refusal_rate) * OUT_OF_STEP
        if alone in (0, math.inf):
            return alone
        if self.acceptance(LONGEST * alone) < 1 - refusal_rate:
            return math.inf
        times = 1
        while times < LONGEST and self.acceptance(times * alone) < 1 - refusal_rate:
            times *= 2
        return smallest_wait(self.acceptance, refusal_rate, times * alone, precision=2e-3)

    def describe(self) -> str:
        """The rule in one sentence."""
        return f"Shared with others, who ask {self.others:g} times per second at random. {self.rule.describe()}"

    def _affordable(self, wait: float) -> int:
        """Return how many requests of ours to simulate, so that those of the others do not make it last."""
        return max(LEAST_REQUESTS, round(EVENTS / (1 + self.others * wait)))

    def _play_others(self, now: float) -> None:
        for _ in range(2 * MOST_ARRIVALS):
            if self._next > now:
                return
            self.rule.ask(self._next)
            self._next += self._pause()
        # Reached where a float cannot tell one arrival's time from the next one's.
        self._next = now + self._pause()

    def _pause(self) -> float:
        self._draws += 1
        return exponential(self.seed, self._draws, 1 / self.others) if self.others else math.inf
