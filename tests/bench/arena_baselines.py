"""What people use today, as strategies: the same budgets and manners, so that only the rule differs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from widgets.model.attempt import Attempt, Outcome, Step
from widgets.probe.strategies.doubling import doubling
from widgets.probe.strategies.manners import Manners, ProbeEndedError

if TYPE_CHECKING:
    from widgets.model.attempt import Budget, Goal, Strategy

Rule: TypeAlias = Callable[[Manners], Generator[Step, Attempt, float]]
"""Asks through a `Manners`, and returns the wait it ends with."""


def random_start(goal: Goal, budget: Budget, seed: int) -> Strategy:
    """The notebook's doubling from a start drawn over one octave: without the luck of its grid."""
    return doubling(goal, budget, start=0.0001 * 2 ** Random(seed).random())  # noqa: S311 - a simulation


def until_straight(goal: Goal, budget: Budget, seed: int) -> Strategy:
    """Doubling until 59 requests in a row succeed: what 5 % at 95 % confidence asks for."""
    return doubling(goal, budget, needed=59)


def aimd(goal: Goal, budget: Budget, seed: int) -> Strategy:
    """Additive increase, multiplicative decrease of the rate, as TCP does (Chiu and Jain 1989), for 120 requests."""
    return _baseline(Manners(goal, budget), _aimd)


def autothrottle(goal: Goal, budget: Budget, seed: int) -> Strategy:
    """Scrapy's AutoThrottle: the delay follows the latency; an answer that is no 200 never shortens it."""
    return _baseline(Manners(goal, budget), _autothrottle)


def backoff(goal: Goal, budget: Budget, seed: int) -> Strategy:
    """Exponential backoff with full jitter after refusals, and no wait otherwise, for 60 requests."""
    return _baseline(Manners(goal, budget), lambda manners: _backoff(manners, Random(seed)))  # noqa: S311


def _baseline(manners: Manners, rule: Rule) -> Strategy:
    try:
        wait = yield from rule(manners)
    except ProbeEndedError as end:
        return manners.inconclusive(end)
    return manners.verdict("estimated", wait, "The rule ends here.")


def _aimd(manners: Manners) -> Generator[Step, Attempt, float]:
    rate, waits = 1.0, []
    for _ in range(120):
        waits.append(1 / rate)
        attempt = yield from manners.ask(1 / rate, "search")
        rate = rate + 0.05 if attempt.outcome is Outcome.ACCEPTED else rate / 2
    return fmean(waits[60:])


def _autothrottle(manners: Manners) -> Generator[Step, Attempt, float]:
    delay = 5.0
    for _ in range(60):
        attempt = yield from manners.ask(delay, "search")
        aim = max(attempt.latency, (delay + attempt.latency) / 2)
        if attempt.outcome is Outcome.ACCEPTED or aim > delay:
            delay = aim
    return delay


def _backoff(manners: Manners, random: Random) -> Generator[Step, Attempt, float]:
    tries = accepted = 0
    attempt = yield from manners.ask(0.0, "hello")
    for _ in range(59):
        refused = attempt.outcome is Outcome.REFUSED
        tries = tries + 1 if refused else 0
        accepted += not refused
        attempt = yield from manners.ask(random.uniform(0, 2 ** min(tries, 12)) if refused else 0.0, "search")
    return attempt.started / max(1, accepted)


BASELINES = {
    "doubling, random start": random_start,
    "doubling until 59": until_straight,
    "AIMD": aimd,
    "AutoThrottle": autothrottle,
    "backoff with jitter": backoff,
}
