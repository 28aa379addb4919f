"""What a probe will probably cost, before it begins and while it goes on. Pure."""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome

from .intervals import straight_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt, Budget, Goal


class Expectation(NamedTuple):
    """What a probe will probably cost, within its budget: half of all probes cost less."""

    seconds: float
    refusals: int
    requests: int


BETS = 1.06
"""Straight answers that a careful probe needs, in parts of `straight_needed`: the price of looking at any time."""

SEARCHES = {"careful": (6.5, 4, 13), "quick": (16.0, 3, 17), "identify": (26.0, 11, 24)}
"""What a search costs, as measured in the benchmark's arena: its seconds in waits, its refusals, its requests."""


def estimate(strategy: str, goal: Goal, budget: Budget, guess_wait: float) -> Expectation:
    """What `strategy` will probably cost where the wait to be found is `guess_wait` seconds.

    Raises:
        ValueError: When there is no such strategy, or `guess_wait` is not positive.
    """
    if not guess_wait > 0:
        raise ValueError(f"guess_wait must be more than 0 seconds, got {guess_wait!r}")
    if strategy == "doubling":
        doublings = max(0, ceil(log2(guess_wait / 0.0001)))
        seconds, refusals, requests = 5 * 0.0001 * 2.0**doublings, doublings, doublings + 5
    elif strategy in SEARCHES:
        waits, refusals, requests = SEARCHES[strategy]
        proof = ceil(BETS * straight_needed(goal)) if strategy == "careful" else 0
        seconds, requests = (waits + proof) * guess_wait, requests + proof
    else:
        raise ValueError(f"there is no strategy {strategy!r}: choose one of doubling, {', '.join(SEARCHES)}")
    return Expectation(min(seconds, budget.seconds), min(refusals, budget.refusals), min(requests, budget.requests))


def on_trial(attempts: Sequence[Attempt], goal: Goal) -> tuple[float, int, int] | None:
    """The wait on trial in seconds, how many requests were accepted in a row, and how many a certificate needs.

    A trial is recognised by three requests in a row that were accepted after one and the same wait; `None` before it.
    """
    straight = 0
    for attempt in reversed(attempts):
        if attempt.outcome is not Outcome.ACCEPTED or attempt.wait != attempts[-1].wait:
            break
        straight += 1
    wait = attempts[-1].wait if attempts else None
    if wait is None or straight < 3:  # noqa: PLR2004 - see above
        return None
    return wait, straight, ceil(BETS * straight_needed(goal))


def remaining(attempts: Sequence[Attempt], goal: Goal) -> float | None:
    """Seconds that a careful probe still needs when nothing more is refused; `None` before its trial of a wait."""
    trial = on_trial(attempts, goal)
    if trial is None:
        return None
    wait, straight, needed = trial
    return max(0, needed - straight) * wait
