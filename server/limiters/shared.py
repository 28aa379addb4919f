"""Shared: other clients eat from the same quota."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from . import _checks
from ._draws import exponential
from .steady import fresh, simulated_acceptance, smallest_wait
from .window import FixedWindow

if TYPE_CHECKING:
    from .decision import Decision, Limiter

MOST_ARRIVALS = 1000
"""Arrivals of others that are played out for one request: after a long silence the oldest of them no longer matter."""

MOST_POINTS = 1000
"""Points of a simulated curve that are kept."""

LONGEST = 64
"""Times the rule's own steady wait after which a longer one is no longer tried."""

OUT_OF_STEP = 1.0037
"""A factor that keeps a wait from being a simple fraction of the rule's own times."""

FAR = 12
"""Standard deviations beyond which nothing is left of a Poisson distribution."""


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
        """For an aligned fixed window in closed form, see `_in_window`; for other rules simulated, always alike."""
        if wait <= 0:
            return 0.0
        if self.others == 0:
            return self.rule.acceptance(wait)
        if isinstance(self.rule, FixedWindow) and self.rule.aligned:
            return _in_window(self.rule, self.others, wait)
        if wait not in self._curve:
            if len(self._curve) >= MOST_POINTS:
                self._curve.clear()
            self._curve[wait] = simulated_acceptance(self, wait)
        return self._curve[wait]

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` bisected; infinite where the others alone cause more refusals than that.

        Where it is simulated, to a thousandth, and no further than `LONGEST` times the wait of the rule alone.
        """
        _checks.share(refusal_rate=refusal_rate)
        if isinstance(self.rule, FixedWindow) and self.rule.aligned:
            return smallest_wait(self.acceptance, refusal_rate, self.rule.window)
        # Exactly in step with the rule a client keeps its place before the others; any jitter would lose it.
        alone = self.rule.steady_wait(refusal_rate) * OUT_OF_STEP
        times = 1
        while times < LONGEST and self.acceptance(times * alone) < 1 - refusal_rate:
            times *= 2
        return smallest_wait(self.acceptance, refusal_rate, times * alone, precision=1e-3)

    def describe(self) -> str:
        """The rule in one sentence."""
        return f"Shared with others, who ask {self.others:g} times per second at random. {self.rule.describe()}"

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


def _in_window(rule: FixedWindow, others: float, wait: float) -> float:
    """Acceptance in an aligned window of W seconds and N requests with Poisson arrivals of others, λ per second.

    A request x seconds into the window is served when fewer than N came before it, k = ⌊x/wait⌋ of ours (their phase is
    uniform in the long run) and a Poisson number of others': (1/W)·∫ P(Poisson(λx) < N - k) dx from 0 to W.
    """
    served, own = 0.0, 0
    while own < rule.limit and own * wait < rule.window:
        end = min(rule.window, (own + 1) * wait)
        served += _below(rule.limit - own, others, end) - _below(rule.limit - own, others, own * wait)
        own += 1
    return served / rule.window


def _below(limit: int, others: float, end: float) -> float:
    """∫ P(Poisson(others·x) < limit) dx from 0 to `end`.

    By parts it is `end`·P(Poisson(m) < limit) + (limit/others)·P(Poisson(m) > limit) at m = others·end.
    """
    mean = others * end
    if mean == 0:
        return end
    far = FAR * (math.sqrt(mean) + 1)
    numbers = range(max(0, math.floor(mean - far)), min(limit, math.ceil(mean + far)))
    below = math.fsum(_poisson(number, mean) for number in numbers)
    above = max(0.0, 1 - below - _poisson(limit, mean))
    return end * below + limit / others * above


def _poisson(number: int, mean: float) -> float:
    return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))
