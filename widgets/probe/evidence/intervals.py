"""What attempts prove. Pure: counts and times in, probabilities and seconds out.

The intervals are Clopper and Pearson's (Biometrika 26, 1934): exact for every n, never too narrow. Their
ends solve the binomial tail, an incomplete beta function: a continued fraction and Newton's steps do in a few
milliseconds at any n what `scipy.special.betaincinv` does, without its half second of import.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, expm1, floor, isfinite, lgamma, log, log1p, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.attempt import Goal


THOUSAND = 1000

_STEPS = 100
"""Newton needs five or six; where it leaves the bracket a halving takes its place."""

_PRECISION = 1e-14
_TINY = 1e-300


def straight_needed(goal: Goal) -> int:
    """How many straight successes show `goal` without a model: the least n with (1-rate)^n ≤ 1-confidence.

    >>> from widgets.model.attempt import Goal
    >>> straight_needed(Goal(0.05, 0.95)), straight_needed(Goal(0.1, 0.95))
    (59, 29)
    """
    return ceil(log(1 - goal.confidence) / log1p(-goal.refusal_rate) - 1e-9)


def refusal_bound(successes: int, refusals: int, confidence: float, tries: int = 1) -> float:
    """The largest refusal rate that so many successes and refusals do not exclude: a one-sided exact bound.

    Where waits were tried one longer than the other until one held, the bound must be true whichever it is. If the one
    that held breaks it, so did all the shorter ones, each of which could have passed by chance: of `tries` of them each
    may err with a probability of 1 - confidence^(1/tries) (Šidák, JASA 62, 1967).

    >>> f"{refusal_bound(4, 0, 0.95):.0%}, {refusal_bound(4, 0, 0.95, tries=17):.0%}"
    '53%, 77%'

    Returns:
        A share between 0 and 1; 1 when there is no evidence at all.

    Raises:
        ValueError: When a count is negative, there was no try, or `confidence` does not lie between 0 and 1.
    """
    _check(successes, confidence)
    _check(refusals, confidence)
    if tries < 1:
        raise ValueError(f"tries must be 1 or more, got {tries!r}")
    return _upper(refusals, successes + refusals, -expm1(log(confidence) / tries))


def interval(accepted: int, n: int, confidence: float) -> tuple[float, float]:
    """The two-sided exact interval for the share of accepted requests, `accepted` of `n`.

    >>> low, high = interval(8, 10, 0.95)
    >>> f"{low:.3f} to {high:.3f}"
    '0.444 to 0.975'

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


def told(value: float, digits: int = 3) -> str:
    """A number as a sentence says it: so many digits, and never with an exponent.

    >>> told(6.8437), told(1234.5), told(999.7), told(0.00001), told(86400, 6)
    ('6.84', '1,234', '1,000', '0.00001', '86,400')
    """
    if not isfinite(value):
        return str(value)
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= THOUSAND:
        return f"{value:,.0f}"
    places = max(0, digits - 1 - floor(log10(abs(rounded)))) if rounded else 0
    text = f"{rounded:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check(count: int, confidence: float) -> None:
    if count < 0:
        raise ValueError(f"a count must not be negative, got {count!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence!r}")


@lru_cache(maxsize=4096)
def _upper(k: int, n: int, alpha: float) -> float:
    """The p at which k or fewer of n have probability `alpha`, by Newton's steps within a bracket that only narrows."""
    if k >= n:
        return 1.0
    if k == 0:
        return -expm1(log(alpha) / n)
    low, high = 0.0, 1.0
    p = min(0.999, max(0.001 / n, (k + 1) / (n + 1)))
    for _ in range(_STEPS):
        excess = _at_most(k, n, p) - alpha
        low, high = (p, high) if excess > 0 else (low, p)
        # The slope is that of the beta density: d/dp P(X <= k) = -(n - k) C(n, k) p^k (1 - p)^(n - k - 1).
        slope = exp(_log_term(k, n, p) + log(n - k) - log1p(-p))
        step = p + excess / slope if slope > 0 else -1.0
        following = step if low < step < high else (low + high) / 2
        if abs(following - p) <= _PRECISION * p:
            return following
        p = following
    return p


def _at_most(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X binomial(n, p), 0 < p < 1 and k < n: the regularised incomplete beta I(1-p; n-k, k+1)."""
    if k + 1 < p * (n + 2):  # where the fraction converges fast, on either side of the mean
        return _beta(n - k, k + 1, 1 - p, p)
    return 1.0 - _beta(k + 1, n - k, p, 1 - p)


def _beta(a: int, b: int, x: float, y: float) -> float:
    """I(x; a, b) with y = 1 - x, for x < (a + 1) / (a + b + 2), by the continued fraction of DLMF 8.17.22.

    It is evaluated as Lentz does (Applied Optics 15, 1976), and takes about the square root of the larger of a and b
    steps.
    """
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y)) / a
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, a + b + 100):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _not_zero(1.0 + factor * d)
            c = _not_zero(1.0 + factor / c)
            fraction *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return front * fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _log_term(k: int, n: int, p: float) -> float:
    """The log of P(X = k)."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p)
