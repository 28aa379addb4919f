"""Rules that hold another rule: shared with other clients, or mixed with random failures."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import ClassVar

from .contract import Decision, Limiter, check_not_negative, check_share, exponential, told, uniform
from .gaps import MinimumGap
from .steady import fresh, simulated_acceptance, smallest_wait
from .windows import FixedWindow

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

    Example:
        >>> from server.limiters import FixedWindow
        >>> crowded = Shared(rule=FixedWindow(limit=20, window=60), others=0.2)
        >>> crowded.steady_wait(0.05) > FixedWindow(limit=20, window=60).steady_wait(0.05)
        True
        >>> crowded.describe().partition(". ")[0]
        'Shared with others, who ask 0.2 times per second at random'
    """

    rule: Limiter = field(default_factory=lambda: FixedWindow(limit=20))
    others: float = 0.2
    seed: int = 0
    kind: ClassVar[str] = "shared"
    _next: float = field(init=False, default=-math.inf, repr=False)
    _draws: int = field(init=False, default=0, repr=False)
    _curve: dict[float, float] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_not_negative(others=self.others)
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
        check_share(refusal_rate=refusal_rate)
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
        return f"Shared with others, who ask {told(self.others)} times per second at random. {self.rule.describe()}"

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


@dataclass(slots=True)
class RandomFailures:
    """Ask a rule, and lose its answer at random: the request counts, but the service breaks down over it.

    Args:
        rule: What decides.
        share: How many of the answers are lost, 0 to 1.
        as_refusals: Whether a lost answer looks like a refusal (an overloaded backend's 503) and not like a failure
            (its 500): refusals that no pace can avoid.
        seed: Of the failures.

    Raises:
        ValueError: When `share` does not lie between 0 and 1.

    Example:
        >>> from server.limiters import MinimumGap
        >>> flaky = RandomFailures(rule=MinimumGap(gap=1, noise=0), share=0.25)
        >>> answers = [flaky.ask(now) for now in range(1000)]
        >>> 200 < sum(answer.failed for answer in answers) < 300
        True
        >>> any(not answer.accepted and not answer.failed for answer in answers)
        False
        >>> flaky.steady_wait(0.05)
        1.0
    """

    rule: Limiter = field(default_factory=MinimumGap)
    share: float = 0.01
    as_refusals: bool = False
    seed: int = 0
    kind: ClassVar[str] = "random failures"
    _draws: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        check_share(share=self.share)
        self.rule = fresh(self.rule)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        decision = self.rule.ask(now)
        self._draws += 1
        if uniform(self.seed, self._draws) >= self.share:
            return decision
        if not self.as_refusals:
            return Decision(accepted=False, failed=True, policies=decision.policies)
        # What looks like a refusal says, as any other, when the rule would serve the next request.
        free = copy.deepcopy(self.rule).ask(now).retry_after
        return Decision(accepted=False, retry_after=free, policies=decision.policies)

    def acceptance(self, wait: float) -> float:
        """Of the answers that are not failures: failures strike any request alike, so it is the rule's own.

        Failures that look like refusals take their share of it.
        """
        return self.rule.acceptance(wait) * (1 - self.share if self.as_refusals else 1)

    def steady_wait(self, refusal_rate: float) -> float:
        """The rule's own, at what the failures that look like refusals leave of `refusal_rate`; else infinite."""
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1 or not self.as_refusals:
            return self.rule.steady_wait(refusal_rate)
        if refusal_rate < self.share:
            return math.inf
        return self.rule.steady_wait(1 - (1 - refusal_rate) / (1 - self.share))

    def describe(self) -> str:
        """The rule in one sentence."""
        what = "are refused" if self.as_refusals else "fail"
        return f"{told(self.share)} of all requests {what} at any pace. {self.rule.describe()}"


# How many of our requests a fixed window serves when others ask at random: sums over the Poisson distribution.

FAR = 10
"""Standard deviations beyond which a distribution is taken to end."""

MANY = 150
"""Others in a window from which on their number is smooth enough for an approximation."""

POINTS = 400
NEGLIGIBLE = 1e-9
NEAR = 1e-4


def window_acceptance(limit: int, window: float, others: float, wait: float) -> float:
    """Acceptance in an aligned window of so many seconds, at one request of ours each `wait` seconds.

    A request x seconds into the window is served when fewer than `limit` came before it: k = ⌊x/wait⌋ of ours, whose
    phase is uniform in the long run, and a Poisson number of others', with mean others·x. So the acceptance is the mean
    of P(Poisson(others·x) < limit - k) over x. The chance is 1 up to some time, and 0 from some later time on; between
    the two it is integrated: exactly, or for a crowd of others by `_smooth`.
    """
    middle = limit / (others + 1 / wait)
    reach = FAR * (math.sqrt(others * middle) + 2) / (others + 1 / wait)
    start, end = max(0.0, middle - reach), min(window, middle + reach)
    if start >= window:
        return 1.0
    integrate = _exact if others * middle < MANY else _smooth
    return min(1.0, (start + integrate(limit, others, wait, start, end)) / window)


def _exact(limit: int, others: float, wait: float, start: float, end: float) -> float:
    """Integrate from each request of ours to the next: between them the limit that is left stands still."""
    served, own = 0.0, math.floor(start / wait)
    while start < end and own < limit:
        until = min(end, (own + 1) * wait)
        served += _below(limit - own, others, until) - _below(limit - own, others, start)
        start, own = until, own + 1
    return served


def _below(limit: int, others: float, end: float) -> float:
    """∫ P(Poisson(others·x) < limit) dx from 0 to `end`.

    By parts it is end·P(Poisson(m) < limit) + (limit/others)·P(Poisson(m) > limit) at m = others·end.
    """
    mean = others * end
    if mean < NEGLIGIBLE:
        return end
    number = max(0, math.floor(mean - FAR * (math.sqrt(mean) + 1)))
    term, below = math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)), 0.0
    while number < limit and (term > NEGLIGIBLE**2 or number < mean):
        below += term
        number += 1
        term *= mean / number
    above = max(0.0, 1 - below - term) if number == limit else 0.0
    return end * below + limit / others * above


def _smooth(limit: int, others: float, wait: float, start: float, end: float) -> float:
    """Integrate at the middle of `POINTS` slices, with our own requests counted in fractions."""
    step = (end - start) / POINTS
    middles = (start + (number + 0.5) * step for number in range(POINTS))
    return step * math.fsum(_chance_below(limit - middle / wait + 0.5, others * middle) for middle in middles)


def _chance_below(limit: float, mean: float) -> float:
    """P(Poisson(mean) < limit), good to a thousandth (Peizer and Pratt 1968, J. Am. Stat. Assoc. 63, 1416-1456)."""
    if limit <= 1:
        return math.exp(-mean) if limit > 0 else 0.0
    ratio = (limit - 0.5) / mean
    off = 1 - ratio
    # Near 1 the quotient loses its digits; off/3 is where its series begins.
    skew = off / 3 if abs(off) < NEAR else (1 - ratio**2 + 2 * ratio * math.log(ratio)) / off**2
    return NormalDist().cdf((limit - 1 / 3 - mean + 0.02 / limit) * math.sqrt(max(0.0, 1 + skew) / mean))
