"""What an answer says about pace. PURE.

The probe's room reads many more dialects; here only what must be obeyed is read: a refusal, and when to come back.
"""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


REFUSALS = frozenset({429, 503})
FORBIDDEN = 403
SPENT = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
COME_BACK = ("retry-after", "x-ratelimit-retry-after")
DECIMAL = re.compile(r"[0-9]{1,300}(\.[0-9]+)?")


def is_refusal(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a service refused because of pace: 429, 503, or a 403 that carries a spent limit or says when to come."""
    if status != FORBIDDEN:
        return status in REFUSALS
    fields = {name.lower(): value.strip() for name, value in headers.items()}
    return any(fields.get(name) == "0" for name in SPENT) or any(name in fields for name in COME_BACK)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to stay away from the answer on (RFC 9110, section 10.2.3); `None` where nothing readable is said.

    A date is counted from the answer's own `Date`, so that a wrong clock on either side does no harm; `now`, in epoch
    seconds, stands in for it.
    """
    fields = {name.lower(): value.strip() for name, value in headers.items()}
    said = [_seconds(fields[name], fields.get("date", ""), now) for name in COME_BACK if name in fields]
    return max((seconds for seconds in said if seconds is not None), default=None)


def _seconds(text: str, date: str, now: float) -> float | None:
    parts = [part.strip() for part in text.split(",")]
    if all(DECIMAL.fullmatch(part) for part in parts):
        return max(float(part) for part in parts)
    moment, sent = _moment(text), _moment(date)
    if moment is None:
        return math.inf if DECIMAL.match(text) and text.isdigit() else None
    return max(0.0, moment.timestamp() - (sent.timestamp() if sent else now))


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):  # the mail parser lets all four through
        return None
