"""A pace as whole numbers, for tools that take no others. PURE. Rounding always goes toward the slower pace."""

from __future__ import annotations

import math

UNITS = (("s", 1), ("m", 60), ("h", 3600), ("d", 86_400))
"""The units of `curl --rate` and `k6`, with their seconds."""
MOST_LOST = 0.01
"""A unit is long enough when rounding to a whole number in it costs at most this share of the pace."""


def seconds(wait: float, digits: int = 3) -> str:
    """The wait as decimal seconds with so many digits after the point, never less than it is."""
    grain = 10**digits
    # The wait may have been computed: what lies this far behind the point is an artefact, and is rounded up too.
    return f"{math.ceil(wait * grain) / grain:.{digits}f}".rstrip("0").rstrip(".")


def milliseconds(wait: float) -> int:
    """Whole milliseconds, never fewer."""
    return math.ceil(wait * 1000)


def whole_rate(wait: float) -> tuple[int, str]:
    """`(24, "m")` for 2.5 s: a whole number per unit that is no faster than the pace, in the shortest unit that fits.

    Tools turn it into whole milliseconds and cut off the rest; that is allowed for.
    """
    best = (1, UNITS[-1][0])
    for unit, length in UNITS:
        rate = min(math.floor(length / wait), length * 1000) if wait else length * 1000
        while rate > 1 and length * 1000 // rate < wait * 1000:
            rate -= 1
        if rate >= 1 and length / rate <= max(wait, 0.001) * (1 + MOST_LOST):
            return rate, unit
        if rate >= 1:
            best = (rate, unit)
    return best


def too_slow(wait: float) -> bool:
    """Whether a pace is slower than any whole rate can say."""
    return wait > UNITS[-1][1]
