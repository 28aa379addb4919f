"""What every export says of the pace that it carries. PURE.

A pace as whole numbers, for tools that take no others. PURE. Rounding always goes toward the slower pace.
"""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from widgets.model.pace import BY_HAND
from widgets.model.quantity import as_span, as_wait, percent_number, rounded_wait, wait_number

if TYPE_CHECKING:
    from widgets.model.pace import Pace


def day(moment: float) -> str:
    """A date as `2026-11-24`, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def one_line(text: str) -> str:
    """`text` without anything that could end a comment or a string: controls, line ends, quotes' escapes."""
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(shown.split()).replace("*/", "* /")


def evidence(pace: Pace) -> list[str]:
    """The evidence as lines of plain text: what was found, when, how sure it is, and when to look again."""
    recheck = day(pace.found + pace.recheck_after)
    lines = [
        f"At most one request every {as_wait(pace.wait)} to {one_line(pace.governs)}",
        f"Set by hand {day(pace.found)}: nothing was measured. Re-check after {recheck}."
        if pace.kind == BY_HAND
        else f"Found {day(pace.found)} by Waitwise; {one_line(pace.kind)}. Re-check after {recheck}.",
    ]
    if pace.evidence:
        sure = f"Sure to {percent_number(pace.evidence.confidence)} %. " if pace.kind == "certified" else ""
        longest = as_span(pace.evidence.horizon) if pace.evidence.horizon > 0 else "the probe"
        lines.append(f"{sure}No cycle longer than {longest} was looked at.")
        lines.append(one_line(pace.evidence.statement))
    if pace.doubtful_since is not None:
        lines.append(f"DOUBTFUL since {day(pace.doubtful_since)}: more was refused than promised. Re-check it first.")
    return lines


def comment(pace: Pace, mark: str = "#") -> str:
    """The evidence as a comment."""
    return "\n".join(f"{mark} {line}" for line in evidence(pace))


TINY = 1e-6
"""Of a millisecond: what a product of floats may lie beside the whole number that it is."""
UNITS = (("s", 1), ("m", 60), ("h", 3600), ("d", 86_400))
"""The units of `curl --rate` and `k6`, with their seconds."""
MOST_LOST = 0.01
"""A unit is long enough when rounding to a whole number in it costs at most this share of the pace."""


def seconds(wait: float) -> str:
    """The wait as decimal seconds, with the digits that it has on the page."""
    return wait_number(wait)


def milliseconds(wait: float) -> int:
    """Whole milliseconds, never fewer than the wait that is shown."""
    return math.ceil(rounded_wait(wait) * 1000 - TINY)


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
