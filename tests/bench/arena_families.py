"""The families of services that strategies are tried on: each draws one service from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from server.limiters import (
    Concurrency,
    DailyQuota,
    Drifting,
    FixedWindow,
    LeakyBucket,
    MinimumGap,
    PenaltyBox,
    RandomFailures,
    Shared,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
    Unlimited,
)

from .arena_rules import DoublingBan, LateCount, Nodes, Stepwise, Tiers
from .arena_world import PUNCTUAL, Clock, Lateness, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Limiter


class Draw(Random):
    """Random choices over scales: waits and windows differ by factors, not by differences."""

    def scale(self, low: float, high: float) -> float:
        """Log-uniform between `low` and `high`."""
        return float(low * (high / low) ** self.random())

    def whole(self, low: int, high: int) -> int:
        """A whole number, log-uniform between `low` and `high`."""
        return round(self.scale(low, high))

    def seed_(self) -> int:
        """A seed for a limiter."""
        return self.randrange(2**32)


def _reference(_: Draw, seed: int) -> Limiter:
    return MinimumGap(seed=seed)


def _gap(draw: Draw, *, noise: bool = True, reset: bool = True) -> Limiter:
    gap = draw.scale(0.2, 8)
    return MinimumGap(gap, gap * draw.uniform(0.05, 1) if noise else 0.0, reset=reset, seed=draw.seed_())


def _bucket(draw: Draw) -> Limiter:
    return TokenBucket(rate=1 / draw.scale(0.2, 10), burst=draw.whole(1, 100))


def _window(draw: Draw) -> tuple[int, float]:
    limit = draw.whole(3, 60)
    return limit, limit * draw.scale(0.3, 6)


def _fixed(draw: Draw) -> Limiter:
    return FixedWindow(*_window(draw), aligned=draw.random() < 0.5)


def _stated_bucket(draw: Draw) -> Limiter:
    """Who states a policy has one in whole seconds."""
    burst = draw.whole(1, 100)
    return TokenBucket(burst / max(1, round(burst * draw.scale(0.2, 10))), burst)


def _stated_window(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    return FixedWindow(limit, max(1, round(window)), aligned=draw.random() < 0.5)


def _log(draw: Draw, *, count_refused: bool = False) -> Limiter:
    return SlidingLog(*_window(draw), count_refused=count_refused)


def _counter(draw: Draw) -> Limiter:
    return SlidingCounter(*_window(draw))


def _leaky(draw: Draw, *, delay: bool) -> Limiter:
    return LeakyBucket(rate=draw.whole(10, 180), per=60, burst=draw.whole(1, 40) - 1, delay=0 if delay else None)


def _shared(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    return Shared(
        FixedWindow(max(6, limit), window), others=draw.uniform(0.05, 0.35) * limit / window, seed=draw.seed_()
    )


def _penalty(draw: Draw) -> Limiter:
    wait = draw.scale(0.3, 6)
    return PenaltyBox(1 / wait, draw.whole(1, 20), wait * draw.scale(3, 60), extend=draw.random() < 0.3)


def _concurrency(draw: Draw) -> Limiter:
    limit = draw.whole(2, 10)
    return Concurrency(limit, limit * draw.scale(0.3, 3), varied=draw.random() < 0.5, seed=draw.seed_())


def _failing(draw: Draw, *, as_refusals: bool = False, share: float | None = None) -> Limiter:
    rule = draw.choice([_gap, _bucket, _fixed])(draw)
    share = draw.uniform(0.005, 0.02) if share is None else share
    return RandomFailures(rule, share, as_refusals=as_refusals, seed=draw.seed_())


def _doubling(draw: Draw) -> Limiter:
    wait = draw.scale(0.3, 6)
    return DoublingBan(1 / wait, draw.whole(1, 20), wait * draw.scale(3, 20))


def _late(draw: Draw) -> Limiter:
    limit = draw.whole(5, 60)
    window = limit * draw.scale(0.5, 4)
    return LateCount(limit, window, min(draw.scale(1, 20), window / 2))


def _nodes(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    return Nodes([FixedWindow(limit, window) for _ in range(draw.randint(2, 5))])


def _tiers(draw: Draw) -> Limiter:
    limit, window = _window(draw)
    near = window / limit / draw.uniform(1.5, 5)
    return Tiers([TokenBucket(1 / near, draw.whole(1, 10)), SlidingLog(limit, window)])


@dataclass(frozen=True, slots=True)
class Family:
    """Services of one kind.

    Attributes:
        name: For the table.
        draw: Makes a rule.
        told: What part of the true pause Retry-After names; 0 for no such header.
        states: Whether the policy is in the headers.
        decidable: Whether a polite probe can know the truth at all.
        lateness: Of the requests, in parts of the rule's steady wait.
    """

    name: str
    draw: Callable[[Draw], Limiter]
    told: float = 0.0
    states: bool = False
    decidable: bool = True
    lateness: Lateness = PUNCTUAL

    def service(self, seed: int) -> tuple[Service, Clock]:
        """Draw one service and the hour at which it is met."""
        draw = Draw(f"{self.name} {seed}")
        service = Service(self.draw(draw), draw.scale(0.01, 0.15), self.told, self.states, draw.seed_())
        if self.lateness is not PUNCTUAL:
            service.lateness = self.lateness.scaled(service.limiter.steady_wait(0))
        return service, Clock(draw.uniform(1e6, 2e6))


FAMILIES = (
    Family("reference", lambda draw: MinimumGap(seed=draw.seed_())),
    Family("gap, noisy", _gap),
    Family("gap, exact", lambda draw: _gap(draw, noise=False)),
    Family("gap, no reset", lambda draw: _gap(draw, reset=False)),
    Family("gap, Retry-After", _gap, told=1),
    Family("gap, late requests", lambda draw: _gap(draw, noise=False), lateness=Lateness(0.02)),
    Family("gap, stalls", lambda draw: _gap(draw, noise=False), lateness=Lateness(0.005, 0.01, 0.5)),
    Family("token bucket", _bucket),
    Family("token bucket, headers", _stated_bucket, told=1, states=True),
    Family("leaky, nodelay", lambda draw: _leaky(draw, delay=False)),
    Family("leaky, delay", lambda draw: _leaky(draw, delay=True)),
    Family("fixed window", _fixed),
    Family("fixed window, headers", _stated_window, told=1, states=True),
    Family("fixed window, short Retry-After", _fixed, told=0.4),
    Family("sliding log", _log),
    Family("sliding log, refused count", lambda draw: _log(draw, count_refused=True), told=1),
    Family("sliding counter", _counter, told=1),
    Family("shared window", _shared),
    Family("penalty box", _penalty),
    Family("concurrency", _concurrency),
    Family("random 500", _failing),
    Family("random 503", lambda draw: _failing(draw, as_refusals=True)),
    Family("ban that doubles", _doubling),
    Family("ban that doubles, Retry-After", _doubling, told=1),
    Family("late counts", _late),
    Family("nodes by turns", _nodes),
    Family("two tiers, near", _tiers),
    Family("stepwise refill", lambda draw: Stepwise(*_window(draw))),
    Family("none", lambda _: Unlimited()),
    Family("daily quota", lambda draw: DailyQuota(draw.whole(500, 5000), rate=1 / draw.scale(0.3, 6)), decidable=False),
    Family(
        "great burst", lambda draw: TokenBucket(1 / draw.scale(1, 10), burst=draw.whole(2000, 9000)), decidable=False
    ),
    Family("drifting", lambda draw: Drifting(draw.scale(0.5, 6), draw.uniform(0.1, 0.5)), decidable=False),
    Family("refused at any pace", lambda draw: _failing(draw, as_refusals=True, share=0.15), decidable=False),
)
