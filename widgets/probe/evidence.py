"""What attempts prove. Pure: counts and times in, probabilities and seconds out.

The intervals are Clopper and Pearson's (Biometrika 26, 1934): exact for every n, never too narrow. Their
ends are found by bisection on the binomial tail itself, summed term by term, so that no library is needed.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, floor, fsum, lgamma, log, log1p, log2, log10
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt, Budget, Goal

_BISECTIONS = 60
"""Halvings of (0, 1): the ends are right to the last digits of a float."""


def straight_needed(goal: Goal) -> int:
    """How many straight successes show `goal` without a model: the least n with (1-rate)^n ≤ 1-confidence."""
    return ceil(log(1 - goal.confidence) / log1p(-goal.refusal_rate) - 1e-9)


def refusal_bound(successes: int, refusals: int, confidence: float) -> float:
    """The largest refusal rate that so many successes and refusals do not exclude: a one-sided exact bound.

    Returns:
        A share between 0 and 1; 1 when there is no evidence at all.

    Raises:
        ValueError: When a count is negative or `confidence` does not lie between 0 and 1.
    """
    _check(successes, confidence)
    _check(refusals, confidence)
    return _upper(refusals, successes + refusals, 1 - confidence)


def interval(accepted: int, n: int, confidence: float) -> tuple[float, float]:
    """The two-sided exact interval for the share of accepted requests, `accepted` of `n`.

    Returns:
        `(low, high)`, shares between 0 and 1; `(0, 1)` for `n` = 0.

    Raises:
        ValueError: When `accepted` does not lie between 0 and `n`, or `confidence` not between 0 and 1.
    """
    _check(accepted, confidence)
    if accepted > n:
        raise ValueError(f"accepted must lie between 0 and n, got {accepted!r} of {n!r}")
    alpha = (1 - confidence) / 2
    return 1 - _upper(n - accepted, n, alpha), _upper(accepted, n, alpha)


class Expectation(NamedTuple):
    """What a probe will probably cost, within its budget: half of all probes cost less."""

    seconds: float
    refusals: int
    requests: int


BETS = 1.06
"""Straight answers that a careful probe needs, in parts of `straight_needed`: the price of looking at any time."""

SEARCHES = {"careful": (6.5, 4, 13), "quick": (9.0, 3, 11), "identify": (26.0, 11, 24)}
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


def remaining(attempts: Sequence[Attempt], goal: Goal) -> float | None:
    """Seconds that a careful probe still needs when nothing more is refused; `None` before its trial of a wait.

    A trial is recognised by three requests in a row that were accepted after one and the same wait.
    """
    straight = 0
    for attempt in reversed(attempts):
        if attempt.outcome is not Outcome.ACCEPTED or attempt.wait != attempts[-1].wait:
            break
        straight += 1
    wait = attempts[-1].wait if attempts else None
    if wait is None or straight < 3:  # noqa: PLR2004 - see above
        return None
    return max(0, ceil(BETS * straight_needed(goal)) - straight) * wait


def rounded_up(wait: float, digits: int = 3) -> float:
    """`wait` to so many digits, never shorter: what is said must be as safe as what was shown."""
    if wait <= 0:
        return wait
    step = 10.0 ** (floor(log10(wait)) - digits + 1)
    rounded = float(f"{wait:.{digits}g}")
    return rounded if rounded >= wait else float(f"{rounded + step:.{digits}g}")


def _check(count: int, confidence: float) -> None:
    if count < 0:
        raise ValueError(f"a count must not be negative, got {count!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}")


@lru_cache(maxsize=4096)
def _upper(k: int, n: int, alpha: float) -> float:
    """The p at which k or fewer of n has probability `alpha`."""
    if k >= n:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(k, n, middle) > alpha else (low, middle)
    return high


def _at_most(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X binomial(n, p), 0 < p < 1."""
    whole = lgamma(n + 1)
    return fsum(exp(whole - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p)) for i in range(k + 1))
