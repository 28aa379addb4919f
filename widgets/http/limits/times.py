"""Numbers and times as services write them in headers. Pure; nothing here raises."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

DAY = 86_400.0

EPOCH = 5e8
"""From this many seconds on, 16 years, a number is no time left but a moment: 1985 or later."""

EPOCH_MILLISECONDS = 1e11

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_NUMBERS = re.compile(r"[0-9]+(\s*,\s*[0-9]+)+")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:")
_JAVASCRIPT = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2}) (?P<year>[0-9]{4}) (?P<time>[0-9:]{8}) "
    r"GMT(?P<offset>[+-][0-9]{4})( \(.*\))?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Left(NamedTuple):
    """Seconds from the answer on, never negative, and how they were read from the text."""

    seconds: float
    reading: str


def number(text: str) -> float | None:
    """Read a plain number; `None` for anything else. One too large for a float is infinite."""
    return float(text) if _NUMBER.fullmatch(text) else None


def retry_after(text: str, clock: float) -> Left | None:
    """Read a `Retry-After` that was sent at `clock`, epoch seconds; `None` when it is malformed.

    RFC 9110 has whole seconds or a date; fractions are read too, and of several values the longest.
    """
    if _NUMBERS.fullmatch(text):
        return Left(max(float(each) for each in text.split(",")), "seconds left")
    seconds = number(text)
    if seconds is None:
        return date(text, clock)
    return None if seconds < 0 else Left(seconds, "seconds left")


def reset(text: str, clock: float, window: float | None, wait: float | None) -> Left | None:
    """Read a `Reset` in any of its meanings, sent at `clock`, epoch seconds; `None` when it is malformed.

    A number is judged by its size. Milliseconds are taken where seconds would say more than the policy's `window` or,
    where no window is known, more than a day; and where they agree with `wait`, the answer's Retry-After.
    """
    left = number(text)
    if left is None:
        return date(text, clock)
    if left < 0:
        return None
    if left >= EPOCH_MILLISECONDS:
        return Left(max(0.0, left / 1000 - clock), "epoch milliseconds")
    if left >= EPOCH:
        return Left(max(0.0, left - clock), "epoch seconds")
    agrees = wait is not None and abs(left / 1000 - wait) <= 1 < abs(left - wait)
    if agrees or left > (DAY if window is None else window + 1):
        return Left(left / 1000, "milliseconds left")
    return Left(left, "seconds left")


def date(text: str, clock: float) -> Left | None:
    """Read a date of HTTP, ISO 8601 or JavaScript as seconds from `clock` on; `None` when it is malformed."""
    form = "ISO date" if _ISO.match(text) else "HTTP date"
    if match := _JAVASCRIPT.fullmatch(text):
        month = _MONTHS.index(match["month"]) + 1 if match["month"] in _MONTHS else 0
        text, form = f"{match['year']}-{month:02}-{match['day']}T{match['time']}{match['offset']}", "JavaScript date"
    try:
        moment = parsedate_to_datetime(text) if form == "HTTP date" else datetime.fromisoformat(text.upper())
        left = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - clock
    except (ValueError, TypeError, IndexError, OverflowError):  # the mail parser lets all four through
        return None
    return None if math.isnan(left) else Left(max(0.0, left), form)
