"""What attempts prove. Pure: counts and times in, probabilities and seconds out.

The intervals are Clopper and Pearson's (Biometrika 26, 1934): exact for every n, never too narrow. Their
ends are found by bisection on the binomial tail itself, summed term by term, so that no library is needed.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, floor, fsum, lgamma, log, log1p, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.attempt import Goal


THOUSAND = 1000

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


def rounded_up(wait: float, digits: int = 3) -> float:
    """`wait` to so many digits, never shorter: what is said must be as safe as what was shown."""
    if wait <= 0:
        return wait
    step = 10.0 ** (floor(log10(wait)) - digits + 1)
    rounded = float(f"{wait:.{digits}g}")
    return rounded if rounded >= wait else float(f"{rounded + step:.{digits}g}")


def told(seconds: float) -> str:
    """Seconds as a sentence says them: three digits, and never with an exponent."""
    return f"{seconds:.3g}" if seconds < THOUSAND else f"{seconds:,.0f}"


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
