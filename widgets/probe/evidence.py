"""What attempts prove. Pure: counts and times in, probabilities and seconds out.

The intervals are Clopper and Pearson's (Biometrika 26, 1934): exact for every n, never too narrow. Their
ends are found by bisection on the binomial tail itself, summed term by term, so that no library is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, exp, fsum, lgamma, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .attempt import Goal

STAKES = {0.0: 0.8, 0.2: 0.12, 0.5: 0.08}
"""Shares of the wealth by the refusal rate they are placed on, in parts of the goal's."""

KEPT = 0.3
"""The part of the reserve that a raise leaves for the next one."""

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
    return fsum(
        exp(whole - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p))
        for i in range(k + 1)
    )


@dataclass(slots=True)
class Wealth:
    """Evidence that a pace keeps a goal, as money won in a fair game: it may be looked at, and stopped, at any time.

    Under 'more than `refusal_rate` of the requests are refused' nobody wins: each stake on a refusal rate p is multiplied
    by (1 - p) / (1 - refusal_rate) on an acceptance and by p / refusal_rate on a refusal, which is at most 1 on average,
    so that the wealth ever reaches 1 / (1 - confidence) with probability 1 - confidence at most (Ville 1939; Shafer 2021,
    'Testing by betting', JRSS A 184).

    The wealth may be carried to a longer wait: where the longer one breaks the goal the shorter ones did too, since the
    refusal rate does not rise with the wait, and the whole game was fair until then.

    Args:
        goal: What is to be shown.
        reserve: The share that is not staked before the first raise.
    """

    goal: Goal
    reserve: float = 0.1
    stakes: dict[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._place(1 - self.reserve)

    @property
    def value(self) -> float:
        """The e-value: 1 at the start."""
        return sum(self.stakes.values()) + self.reserve

    @property
    def enough(self) -> bool:
        return sum(self.stakes.values()) >= 1 / (1 - self.goal.confidence)

    def accept(self) -> None:
        for p in self.stakes:
            self.stakes[p] *= (1 - p * self.goal.refusal_rate) / (1 - self.goal.refusal_rate)

    def refuse(self) -> None:
        for p in self.stakes:
            self.stakes[p] *= p

    def move(self) -> None:
        """Place the stakes anew, for a longer wait."""
        held = sum(self.stakes.values()) + self.reserve * (1 - KEPT)
        self.reserve *= KEPT
        self._place(held)

    def _place(self, amount: float) -> None:
        self.stakes = {p: amount * share for p, share in STAKES.items()}
