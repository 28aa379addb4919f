"""How services write a time in a header: each writes the seconds that are left, at so many epoch seconds. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime

LAST_MOMENT = 253_402_300_799
"""The end of the year 9999, the last that a date can state, in epoch seconds."""

LARGEST = 10**15 - 1
"""The largest integer of a structured field (RFC 9651)."""


def _whole(value: float) -> str:
    """Round up, within what a header can carry."""
    return str(math.ceil(min(max(value, 0.0), LARGEST)))


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(math.ceil(min(max(now, 0.0), LAST_MOMENT)), UTC)


def seconds(left: float, _now: float) -> str:
    """Whole seconds left, rounded up."""
    return _whole(left)


def milliseconds(left: float, _now: float) -> str:
    """Whole milliseconds left, rounded up."""
    return _whole(1000 * left)


def too_few_seconds(left: float, _now: float) -> str:
    """A third of the seconds left, rounded down."""
    return str(math.floor(min(max(left, 0.0), LARGEST) / 3))


def epoch(left: float, now: float) -> str:
    """The moment in whole epoch seconds, rounded up."""
    return _whole(now + left)


def http_date(left: float, now: float) -> str:
    """The moment as RFC 9110 writes it: `Sun, 06 Nov 1994 08:49:37 GMT`."""
    return format_datetime(_moment(now + left), usegmt=True)


def iso_date(left: float, now: float) -> str:
    """The moment as RFC 3339 writes it: `1994-11-06T08:49:37Z`."""
    return _moment(now + left).isoformat().replace("+00:00", "Z")


def javascript_date(left: float, now: float) -> str:
    """The moment as JavaScript's `String(date)` writes it."""
    # Put together from the HTTP date, whose names are English whatever the process's locale is.
    day, number, month, year, clock, _ = http_date(left, now).split()
    return f"{day[:3]} {month} {number} {year} {clock} GMT+0000 (Coordinated Universal Time)"
