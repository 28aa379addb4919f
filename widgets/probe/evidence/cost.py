"""What a probe will probably cost, before it begins and while it goes on. Pure."""

from __future__ import annotations

from math import ceil, log2
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome

from .intervals import straight_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt, Budget, Goal


class Expectation(NamedTuple):
    """What a probe costs, within its budget."""

    seconds: float
    refusals: int
    requests: int


BETS = 1.06
"""Straight answers that a careful probe needs, in parts of `straight_needed`: the price of looking at any time."""

SEARCHES = {
    "quick": ((15.5, 0, 16), (285.0, 11, 230)),
    "careful": ((2.5, 0, 7), (490 / 63, 13, 420 / 63)),
    "identify": ((7.5, 0, 24), (170.0, 12, 100)),
    "doubling": ((0.03, 0, 4), (1.31, 0, 2)),
}
"""What a tenth of the probes cost less than, and another tenth more than: seconds in waits, refusals, requests.

Measured in the benchmark's arena: `quick` on 200 services of 25 families, the others on 4 to 8 of each of its 33, seeds
992000100 to 992000307. What one service costs depends on its rule more than on its wait, so that no single number
would be true. A careful probe adds its proof to the least, and the most are proofs; for `doubling` the most are parts
of the time of a bare gap, and what comes on top of its refusals and requests.
"""


def estimate(strategy: str, goal: Goal, budget: Budget, guess_wait: float) -> tuple[Expectation, Expectation]:
    """What `strategy` will mostly cost where the wait to be found is `guess_wait` seconds: so much, to so much.

    Of ten probes one costs less, and one costs more.

    Raises:
        ValueError: When there is no such strategy, or `guess_wait` is not positive.
    """
    if not guess_wait > 0:
        raise ValueError(f"guess_wait must be more than 0 seconds, got {guess_wait!r}")
    if strategy not in SEARCHES:
        raise ValueError(f"there is no strategy {strategy!r}: choose one of {', '.join(SEARCHES)}")
    (waits, refusals, requests), (most_waits, most_refusals, most_requests) = SEARCHES[strategy]
    if strategy == "careful":
        proof = ceil(BETS * straight_needed(goal))
        waits, requests = waits + proof, requests + proof
        most_waits, most_requests = most_waits * proof, most_requests * proof
    elif strategy == "doubling":
        doublings = max(0, ceil(log2(guess_wait / 0.0001)))
        most_waits *= 5 * 0.0001 * 2.0**doublings / guess_wait
        most_refusals, most_requests = doublings, doublings + 5 + most_requests
    least = Expectation(waits * guess_wait, refusals, requests)
    return _within(least, budget), _within(
        Expectation(most_waits * guess_wait, most_refusals, round(most_requests)), budget
    )


def _within(cost: Expectation, budget: Budget) -> Expectation:
    return Expectation(
        min(cost.seconds, budget.seconds), min(cost.refusals, budget.refusals), min(cost.requests, budget.requests)
    )


def on_trial(attempts: Sequence[Attempt], goal: Goal) -> tuple[float, int, int] | None:
    """The wait on trial in seconds, how many requests were accepted in a row, and how many a certificate needs.

    The wait is the one at which they really came, the median and no less than asked for: a verdict is about that one.
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
    came = median(attempt.spacing or 0.0 for attempt in attempts[-straight:])
    return max(wait, came), straight, ceil(BETS * straight_needed(goal))


def remaining(attempts: Sequence[Attempt], goal: Goal) -> float | None:
    """Seconds that a careful probe still needs when nothing more is refused; `None` before its trial of a wait."""
    trial = on_trial(attempts, goal)
    if trial is None:
        return None
    wait, straight, needed = trial
    return max(0, needed - straight) * wait
