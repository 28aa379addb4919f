"""How many of our requests a fixed window serves when others ask at random: sums over the Poisson distribution."""

from __future__ import annotations

import math
from statistics import NormalDist

FAR = 10
"""Standard deviations beyond which a distribution is taken to end."""

MANY = 150
"""Others in a window from which on their number is smooth enough for an approximation."""

POINTS = 400
NEGLIGIBLE = 1e-9
NEAR = 1e-4


def window_acceptance(limit: int, window: float, others: float, wait: float) -> float:
    """Acceptance in an aligned window of so many seconds, at one request of ours each `wait` seconds.

    A request x seconds into the window is served when fewer than `limit` came before it: k = ⌊x/wait⌋ of ours, whose
    phase is uniform in the long run, and a Poisson number of others', with mean others·x. So the acceptance is the mean
    of P(Poisson(others·x) < limit - k) over x. The chance is 1 up to some time, and 0 from some later time on; between
    the two it is integrated: exactly, or for a crowd of others by `_smooth`.
    """
    middle = limit / (others + 1 / wait)
    reach = FAR * (math.sqrt(others * middle) + 2) / (others + 1 / wait)
    start, end = max(0.0, middle - reach), min(window, middle + reach)
    if start >= window:
        return 1.0
    integrate = _exact if others * middle < MANY else _smooth
    return min(1.0, (start + integrate(limit, others, wait, start, end)) / window)


def _exact(limit: int, others: float, wait: float, start: float, end: float) -> float:
    """Integrate from each request of ours to the next: between them the limit that is left stands still."""
    served, own = 0.0, math.floor(start / wait)
    while start < end and own < limit:
        until = min(end, (own + 1) * wait)
        served += _below(limit - own, others, until) - _below(limit - own, others, start)
        start, own = until, own + 1
    return served


def _below(limit: int, others: float, end: float) -> float:
    """∫ P(Poisson(others·x) < limit) dx from 0 to `end`.

    By parts it is end·P(Poisson(m) < limit) + (limit/others)·P(Poisson(m) > limit) at m = others·end.
    """
    mean = others * end
    if mean < NEGLIGIBLE:
        return end
    number = max(0, math.floor(mean - FAR * (math.sqrt(mean) + 1)))
    term, below = math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)), 0.0
    while number < limit and (term > NEGLIGIBLE**2 or number < mean):
        below += term
        number += 1
        term *= mean / number
    above = max(0.0, 1 - below - term) if number == limit else 0.0
    return end * below + limit / others * above


def _smooth(limit: int, others: float, wait: float, start: float, end: float) -> float:
    """Integrate at the middle of `POINTS` slices, with our own requests counted in fractions."""
    step = (end - start) / POINTS
    middles = (start + (number + 0.5) * step for number in range(POINTS))
    return step * math.fsum(_chance_below(limit - middle / wait + 0.5, others * middle) for middle in middles)


def _chance_below(limit: float, mean: float) -> float:
    """P(Poisson(mean) < limit), good to a thousandth (Peizer and Pratt 1968, J. Am. Stat. Assoc. 63, 1416-1456)."""
    if limit <= 1:
        return math.exp(-mean) if limit > 0 else 0.0
    ratio = (limit - 0.5) / mean
    off = 1 - ratio
    # Near 1 the quotient loses its digits; off/3 is where its series begins.
    skew = off / 3 if abs(off) < NEAR else (1 - ratio**2 + 2 * ratio * math.log(ratio)) / off**2
    return NormalDist().cdf((limit - 1 / 3 - mean + 0.02 / limit) * math.sqrt(max(0.0, 1 + skew) / mean))
