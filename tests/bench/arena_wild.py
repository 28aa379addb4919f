"""Families of services as people report them: bans, breakers, tiers, late counts, lies about when to come back."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from server.limiters import Decision, FixedWindow, LeakyBucket, MinimumGap, SlidingLog, TokenBucket

from .arena_families import Draw, Family
from .arena_rules import LateCount, Nodes, Rule, Tiers, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from server.limiters import Limiter

    from .arena_world import Clock, Service


class Breaker(Rule):
    """A bucket behind a circuit breaker: three refusals in a row open it, and then one request at a time is let try."""

    def __init__(self, rate: float, burst: int, open_: float) -> None:
        self.rate, self.seed, self._bucket, self._open = rate, 0, TokenBucket(rate, burst), open_
        self._row, self._until = 0, -math.inf

    def ask(self, now: float) -> Decision:
        if now < self._until:
            return Decision(accepted=False, retry_after=self._until - now)
        decision = self._bucket.ask(now)
        self._row = 0 if decision.accepted else self._row + 1
        if self._row >= 3:
            self._until = now + self._open
        return Decision(accepted=decision.accepted, retry_after=max(self._until - now, decision.retry_after))

    def steady_wait(self, refusal_rate: float) -> float:
        return self._bucket.steady_wait(refusal_rate)  # rare refusals open nothing

    def describe(self) -> str:
        return f"{self._bucket.describe()} The third refusal in a row opens a breaker for {self._open:g} s."


class Ban(Rule):
    """Another rule; what it refuses shuts the client out for so long."""

    def __init__(self, rule: Limiter, ban: float) -> None:
        self._rule, self._ban, self._until, self.seed = rule, ban, -math.inf, 0

    def ask(self, now: float) -> Decision:
        if now < self._until:
            return Decision(accepted=False, retry_after=self._until - now)
        decision = self._rule.ask(now)
        if not decision.accepted:
            self._until = now + self._ban
        return Decision(accepted=decision.accepted, retry_after=max(0.0, self._until - now))

    def steady_wait(self, refusal_rate: float) -> float:
        return self._rule.steady_wait(0.0)

    def describe(self) -> str:
        return f"{self._rule.describe()} A refusal shuts the client out for {self._ban:g} s."


class Spells(Rule):
    """Sheds load in spells, whatever the pace: all is refused in them."""

    def __init__(self, share: float, spell: float, seed: int) -> None:
        self.share, self.spell, self.seed = share, spell, seed
        self._random = Random(seed)  # noqa: S311 - a simulation, not a secret
        self._edges: deque[float] = deque()
        self._shut = False
        self._next = -math.inf

    def ask(self, now: float) -> Decision:
        if self._next == -math.inf:
            self._next = now + self._random.expovariate(self.share / (1 - self.share) / self.spell)
        while now >= self._next:
            self._shut = not self._shut
            mean = self.spell if self._shut else self.spell * (1 - self.share) / self.share
            self._next += self._random.expovariate(1 / mean)
        return Decision(accepted=not self._shut, retry_after=self._next - now if self._shut else 0.0)

    def steady_wait(self, refusal_rate: float) -> float:
        return math.inf if self.share > refusal_rate else 0.0

    def describe(self) -> str:
        return f"{self.share:.0%} of the time it refuses, {self.spell:g} s at a time."


class Costs(Rule):
    """A bucket from which each request takes 1 to 3 tokens."""

    def __init__(self, rate: float, burst: float, seed: int) -> None:
        self.rate, self.burst, self.seed = rate, burst, seed
        self._random, self._level, self._at = Random(seed), burst, -math.inf  # noqa: S311
        self._known: float | None = None

    def ask(self, now: float) -> Decision:
        if self._at > -math.inf:
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        cost = self._random.randint(1, 3)
        accepted = self._level >= cost
        self._level -= cost if accepted else 0
        return Decision(accepted=accepted, retry_after=0.0 if accepted else (cost - self._level) / self.rate)

    def steady_wait(self, refusal_rate: float) -> float:
        if self._known is None:
            self._known = measured(lambda: Costs(self.rate, self.burst, 1), 1 / self.rate, 4 / self.rate, refusal_rate)
        return self._known

    def describe(self) -> str:
        return f"A bucket of {self.burst} gains {self.rate:g} a second; a request takes 1 to 3."


class Random_(Rule):  # noqa: N801 - several nodes at random
    """Several nodes at random, each with a count of its own."""

    def __init__(self, make: Callable[[], Limiter], nodes: int, seed: int) -> None:
        self._make, self._count, self.seed = make, nodes, seed
        self._nodes = [make() for _ in range(nodes)]
        self._random = Random(seed)  # noqa: S311 - a simulation, not a secret
        self._known: float | None = None

    def ask(self, now: float) -> Decision:
        decision = self._random.choice(self._nodes).ask(now)
        return Decision(accepted=decision.accepted, retry_after=decision.retry_after)

    def steady_wait(self, refusal_rate: float) -> float:
        if self._known is None:
            node = self._make().steady_wait(0.0) / self._count
            make = lambda: Random_(self._make, self._count, 1)  # noqa: E731
            self._known = measured(make, 0.7 * node, 3 * node, refusal_rate)
        return self._known

    def describe(self) -> str:
        return f"{self._count} nodes at random: {self._make().describe()}"


class Slowing(Rule):
    """Delays what comes beyond `free` in the window, and refuses what comes beyond the limit."""

    def __init__(self, limit: int, window: float, delay: float) -> None:
        self.limit, self.window, self.seed = limit, window, 0
        self._log, self._delay, self._times = SlidingLog(limit, window), delay, deque[float]()

    def ask(self, now: float) -> Decision:
        while self._times and self._times[0] <= now - self.window:
            self._times.popleft()
        decision = self._log.ask(now)
        if not decision.accepted:
            return Decision(accepted=False, retry_after=decision.retry_after)
        self._times.append(now)
        return Decision(accepted=True, delay=self._delay * max(0, len(self._times) - self.limit // 2))

    def steady_wait(self, refusal_rate: float) -> float:
        return self._log.steady_wait(refusal_rate)

    def describe(self) -> str:
        return f"{self._log.describe()} Beyond half of it each is delayed by {self._delay:g} s more."


class Changing(Rule):
    """A gap that changes with time."""

    def __init__(self, gap: float, factor: Callable[[float], float], truth: float) -> None:
        self.gap, self.seed, self._factor, self._truth = gap, 0, factor, truth
        self._began = self._last = -math.inf

    def ask(self, now: float) -> Decision:
        if self._began == -math.inf:
            self._began = now
        gap = self.gap * self._factor(now - self._began)
        accepted = now - self._last >= gap - 1e-6
        early = self._last + gap - now
        self._last = now
        return Decision(accepted=accepted, retry_after=0.0 if accepted else early)

    def steady_wait(self, refusal_rate: float) -> float:
        return self._truth

    def describe(self) -> str:
        return f"A gap of {self.gap:g} s that changes."


@dataclass(frozen=True, slots=True)
class Wild(Family):
    """A family whose answers differ in more than their rule.

    Attributes:
        refusal: The status and the body of a refusal.
        pause: What Retry-After says of the true pause, by the number of the refusal; none unless given.
        latency: Between which seconds the median latency lies.
    """

    refusal: tuple[int, str] = (429, "")
    pause: Callable[[Draw], Callable[[float, int], float]] | None = None
    latency: tuple[float, float] = (0.01, 0.15)

    def service(self, seed: int) -> tuple[Service, Clock]:
        """Draw one service and the hour at which it is met."""
        service, clock = Family.service(self, seed)
        draw = Draw(f"{self.name} {seed} wild")
        service.latency = draw.scale(*self.latency)
        service.refusal = self.refusal
        service.pause = self.pause(draw) if self.pause else None
        return service, clock


def _rates(draw: Draw) -> tuple[float, int]:
    return 1 / draw.scale(0.3, 6), draw.whole(1, 20)


def _window(draw: Draw) -> tuple[int, float]:
    limit = draw.whole(3, 60)
    return limit, limit * draw.scale(0.3, 6)


def _breaker(draw: Draw) -> Limiter:
    rate, burst = _rates(draw)
    return Breaker(rate, burst, draw.scale(10, 90))


def _wall(draw: Draw) -> Limiter:
    limit = draw.whole(20, 90)
    window = limit * draw.scale(0.5, 3)
    return Ban(LateCount(limit, window, min(draw.scale(1, 20), window / 2)), draw.scale(60, 300))


def _blocked(draw: Draw) -> Limiter:
    return Ban(SlidingLog(*_window(draw)), draw.scale(20, 300))


def _random_nodes(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    return Random_(lambda: FixedWindow(limit, window), draw.randint(2, 5), draw.seed_())


def _three(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    near = window / limit / draw.uniform(1.5, 5)
    middle = window / limit / draw.uniform(1.1, 1.5)
    return Tiers(
        [
            TokenBucket(1 / near, draw.whole(1, 10)),
            TokenBucket(1 / middle, draw.whole(5, 30)),
            SlidingLog(limit, window),
        ]
    )


def _far(draw: Draw) -> Limiter:
    near = draw.scale(0.2, 2)
    return Tiers([TokenBucket(1 / near, draw.whole(1, 10)), FixedWindow(draw.whole(300, 5000), 86_400.0)])


def _quota(draw: Draw, low: int, high: int, window: float = 3600.0) -> Limiter:
    return FixedWindow(draw.whole(low, high), window, aligned=draw.random() < 0.5)


def _slowing(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    return Slowing(limit, window, draw.scale(0.05, 0.5))


def _diurnal(draw: Draw) -> Limiter:
    gap, swing = draw.scale(0.5, 6), draw.uniform(0.1, 0.4)
    return Changing(gap, lambda t: 1 + swing * math.sin(t / 13_751), gap * (1 + swing))


def _warming(draw: Draw) -> Limiter:
    gap, over = draw.scale(0.5, 6), draw.scale(30, 300)
    return Changing(gap, lambda t: 1 + 2 * max(0.0, 1 - t / over), gap)


def _jittered(draw: Draw) -> Callable[[float, int], float]:
    return lambda pause, _: math.ceil(pause * draw.uniform(1.0, 1.5))


def _padded(draw: Draw) -> Callable[[float, int], float]:
    more = draw.scale(2, 20)
    return lambda pause, _: math.ceil(pause + more)


def _constant(draw: Draw) -> Callable[[float, int], float]:
    always = math.ceil(draw.scale(5, 60))
    return lambda _pause, _number: always


def _escalating(draw: Draw) -> Callable[[float, int], float]:
    first = draw.scale(1, 5)
    return lambda pause, number: math.ceil(max(pause, min(300.0, first * 2.0**number)))


def _simple(draw: Draw) -> Limiter:
    gap = draw.scale(0.2, 8)
    rules: Sequence[Callable[[], Limiter]] = (
        lambda: MinimumGap(gap, 0.0),
        lambda: TokenBucket(1 / gap, draw.whole(1, 30)),
        lambda: FixedWindow(*_window(draw)),
    )
    return draw.choice(rules)()


SCALES = tuple(2 ** (k / 2) for k in range(-8, 9))
"""Seventeen scales of the reference rule."""


def scale(factor: float) -> Family:
    """The reference rule with all its times multiplied."""
    return Family(f"reference x {factor:.3g}", lambda draw: MinimumGap(4 * factor, 2.5 * factor, seed=draw.seed_()))


NOTE = '{"error": {"code": "rate_limited", "message": "Too many calls"}}'

WILD: tuple[Family, ...] = (
    Wild(
        "GCRA, jittered latency",
        lambda draw: LeakyBucket(draw.whole(10, 180), 60, draw.whole(1, 40), delay=None),
        latency=(0.1, 0.6),
    ),
    Wild(
        "small gap",
        lambda draw: MinimumGap(gap := draw.scale(0.02, 0.12), gap / 4, seed=draw.seed_()),
        latency=(0.005, 0.02),
    ),
    Wild(
        "small bucket", lambda draw: TokenBucket(1 / draw.scale(0.02, 0.12), draw.whole(1, 40)), latency=(0.005, 0.02)
    ),
    Wild("three tiers, near", _three),
    Wild("nodes at random", _random_nodes),
    Wild("circuit breaker", _breaker),
    Wild("penalty, 403", _blocked, refusal=(403, "Forbidden")),
    Wild("firewall, late and 403", _wall, refusal=(403, "Request blocked.")),
    Wild("200 with an error body", _simple, refusal=(200, NOTE)),
    Wild("slow-down before refusal", _slowing),
    Wild("counts what succeeded", lambda draw: MinimumGap(draw.scale(0.2, 8), 0.0, reset=False)),
    Wild("cost of 1 to 3", lambda draw: Costs(1 / draw.scale(0.2, 4), draw.whole(4, 60), draw.seed_())),
    Wild("Retry-After jittered", _simple, pause=_jittered),
    Wild("Retry-After padded", _simple, pause=_padded),
    Wild("Retry-After constant", _simple, pause=_constant),
    Wild("Retry-After escalating", _simple, pause=_escalating),
    Wild("hourly, 20-140", lambda draw: _quota(draw, 20, 140), decidable=False),
    Wild("hourly, 20-140, told", lambda draw: _quota(draw, 20, 140), told=1, decidable=False),
    Wild("hourly, 20-5000, stated", lambda draw: _quota(draw, 20, 5000), told=1, states=True),
    Wild("two tiers, far", _far, decidable=False),
    Wild(
        "spells, mild", lambda draw: Spells(draw.uniform(0.07, 0.1), draw.scale(3, 40), draw.seed_()), decidable=False
    ),
    Wild(
        "spells, heavy", lambda draw: Spells(draw.uniform(0.15, 0.22), draw.scale(5, 60), draw.seed_()), decidable=False
    ),
    Wild("diurnal", _diurnal, decidable=False),
    Wild("warming up", _warming, decidable=False),
    Wild(
        "latency above the limit",
        lambda draw: MinimumGap(draw.scale(0.05, 0.3), 0.0),
        latency=(0.5, 2),
        decidable=False,
    ),
)

__all__ = ["SCALES", "WILD", "Breaker", "Nodes", "Spells", "Wild", "scale"]
