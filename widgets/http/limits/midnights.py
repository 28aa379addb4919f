"""When a day begins somewhere, in a text that says so: 'Quotas reset at midnight Pacific Time (PT)'. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PLACES = {
    "utc": "UTC", "gmt": "UTC",
    "pacific": "America/Los_Angeles", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "mountain": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
    "central": "America/Chicago", "cdt": "America/Chicago",
    "eastern": "America/New_York", "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "central european": "Europe/Berlin", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "japan": "Asia/Tokyo", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "korea": "Asia/Seoul",
}  # fmt: skip
"""Where a time of this name is that of the place, by the usual names; those that several places share (IST, CST, BST)
are none."""

_MIDNIGHT = re.compile(
    r"(?<!\d )(?<!\d, )(?<!\dT)(?<!:)\b(?:midnight|(?:00|24):00(?::00)?|12(?::00)? ?a\.?m\.?),? ?\(?(?:US )?"
    rf"(?P<place>{'|'.join(sorted(_PLACES, key=len, reverse=True))})\b(?! ?[+-]\d)",
    re.IGNORECASE,
)


def until_midnight(text: str, clock: float) -> float | None:
    """Seconds from `clock`, epoch seconds, until the next midnight that a text names with its place; `None` without.

    >>> until_midnight("It resets at midnight UTC.", 86_400.0 * 20_000 - 90)
    90.0
    >>> until_midnight("Daily quotas reset at midnight Pacific Time (PT).", 1_790_000_000.0)  # 07:13:20 there
    60400.0
    >>> until_midnight("midnight IST", 0.0), until_midnight("at midnight", 0.0), until_midnight("midnight UTC+2", 0.0)
    (None, None, None)
    """
    found = _MIDNIGHT.search(text)
    if found is None:
        return None
    try:
        zone = ZoneInfo(_PLACES[found["place"].lower()])
    except ZoneInfoNotFoundError:  # this machine has no table of zones
        return None
    now = datetime.fromtimestamp(clock, zone)
    begins = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), zone)
    return begins.astimezone(UTC).timestamp() - clock
