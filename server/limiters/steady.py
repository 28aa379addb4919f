"""From an acceptance curve to the truth: the smallest spacing that is refused no more often than asked for."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from .contract import check_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from .contract import Limiter

Rule = TypeVar("Rule")

ROUNDING = 1e-9
"""Relative slack: 19 / 0.95 must count as 20."""


def smallest_wait(
    acceptance: Callable[[float], float], refusal_rate: float, longest: float, precision: float = ROUNDING
) -> float:
    """Bisect a curve that never falls for the smallest wait in (0, longest] with `acceptance >= 1 - refusal_rate`.

    Args:
        acceptance: Accepted share at a wait in seconds.
        refusal_rate: The share of refusals that is tolerated, 0 to 1.
        longest: A wait in seconds beyond which the curve no longer rises.
        precision: Of the result, relative; the result lies on the safe side of it.

    Returns:
        Seconds; infinite when even `longest` is refused too often.

    Raises:
        ValueError: When `refusal_rate` does not lie between 0 and 1.
    """
    check_share(refusal_rate=refusal_rate)
    needed = 1 - refusal_rate - ROUNDING
    if needed <= 0:
        return 0.0
    if acceptance(longest) < needed:
        return math.inf
    low, high = 0.0, longest
    while high - low > precision * high:
        middle = (low + high) / 2
        if acceptance(middle) >= needed:
            high = middle
        else:
            low = middle
    return high


def whole_runs(refusal_rate: float, accepted: int = 1) -> int:
    """Return the longest run of requests of which `accepted` suffice, when `refusal_rate` of them may be refused.

    Raises:
        ValueError: When `refusal_rate` does not lie between 0 (included) and 1.
    """
    if not 0 <= refusal_rate < 1:
        raise ValueError(f"refusal_rate must lie between 0 and 1, got {refusal_rate!r}")
    return math.floor(accepted / (1 - refusal_rate) * (1 + ROUNDING))


def whole_share(accepted: int, span: float, wait: float) -> float:
    """Return the accepted share where each `accepted` served requests occupy `span` seconds, counted in whole waits."""
    if wait <= 0:
        return 0.0
    return min(1.0, accepted / max(1, math.ceil(span / wait * (1 - ROUNDING))))


def fresh(limiter: Rule) -> Rule:
    """Return the same rule with nothing remembered, rules within it included."""
    if not is_dataclass(limiter) or isinstance(limiter, type):
        raise TypeError(f"a limiter is a dataclass instance, got {limiter!r}")
    inner: dict[str, Any] = {
        each.name: fresh(getattr(limiter, each.name))
        for each in fields(limiter)
        if each.init and is_dataclass(getattr(limiter, each.name))
    }
    return replace(limiter, **inner)


def simulated_acceptance(limiter: Limiter, wait: float, requests: int) -> float:
    """Return the accepted share of `requests` at one each `wait` seconds, after a tenth as many to settle.

    Where no closed form exists. The limiter's own seed makes it the same each time; the standard error is about
    √(refused · accepted / requests).
    """
    rule = fresh(limiter)
    settle = requests // 10
    for number in range(settle):
        rule.ask(number * wait)
    served = sum(rule.ask(number * wait).accepted for number in range(settle, settle + requests))
    return served / requests
