"""What the text of such a field says: how many, and over which time. Pure; nothing here raises."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from .names import spelled
from .quotas import members, whole
from .times import DAY, LONGEST, as_window, http_date, number, reset, stay_away, unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .quotas import Fields

PERIODS = frozenset({"secondly", "minutely", "hourly", "daily", "weekly", "monthly"})
"""The words for a time over which is counted, where it is the kind of a limit."""

_PER = re.compile(
    r"([0-9]+(?:\.[0-9]+)?) *(?:(?:req(?:uest)?s?|r|calls?) *)?(?:/|per) *((?:[0-9]+ *)?[a-z]+)", re.IGNORECASE
)
_STRAVA = (900.0, DAY)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,0\d\d)+")
"""`1,000`, which is one number: no list has a second one that begins with 0."""


def timed(fields: Fields) -> Fields:
    """The fields, of which an interval or period has the unit that stands in a field of its own.

    >>> timed({"x-quota-interval": "1", "x-quota-time-unit": "day"}), timed({"x-quota-unit": "day"})
    ({'x-quota-interval': '1 day'}, {'x-quota-unit': 'day'})
    """
    found = dict(fields)
    for name, word in fields.items():
        interval = name.removesuffix("-unit")
        interval = interval.removesuffix("time") + "interval" if interval.endswith("-time") else interval  # Keap
        count, per = number(fields.get(interval, "")), unit(word) if word.isalpha() else None
        of_a_window = name.endswith("-unit") and interval.endswith(("interval", "period"))
        if of_a_window and count and per and 0 < count * per <= LONGEST:
            found[interval] = f"{fields[interval]} {word}"
            del found[name]
    return found


def first_number(text: str) -> float | None:
    """The first of the numbers, with what is said of it: `99`, `99/100`, or `99;w=21600` as Docker has it.

    Of lines that came one after another, as those of two limiters, it is the least.

    >>> first_number("99/100"), first_number("99;w=21600"), first_number("many"), first_number("57, 0")
    (99.0, 99.0, None, 0.0)
    """
    counts = [number(re.split("[;,/]", part)[0].strip()) for part in text.split(", ")]
    limited = [count for count in counts if count is not None and count >= 0]
    return min(limited) if len(limited) == len(counts) else counts[0]


def rate(text: str) -> tuple[float, float | None] | None:
    """How many over how many seconds, `None` where that is no time; `None` for all that is no rate.

    >>> rate("60 per minute"), rate("1000 calls/15 minutes"), rate("5/plan"), rate("60")
    ((60.0, 60.0), (1000.0, 900.0), (5.0, None), None)
    """
    per = _PER.fullmatch(text.strip())
    return (float(per[1]), unit(per[2].replace(" ", ""))) if per else None


def rates(text: str) -> list[tuple[float, float]]:
    """Several of them side by side, as Flask-Limiter writes its limits; empty where any part is no rate.

    >>> rates("100 per 1 minute, 1000 per 1 hour"), rates("5/second;100/minute"), rates("100, 1000 per 1 hour")
    ([(100.0, 60.0), (1000.0, 3600.0)], [(5.0, 1.0), (100.0, 60.0)], [])
    """
    found = [rate(part) for part in re.split("[,;|]", text[:_LIST])]
    told = [(each[0], each[1]) for each in found if each is not None and each[1]]
    return told if len(told) == len(found) else []


_LIST = 500
"""Characters of a list of rates; what is longer is none."""


def quotas_of(text: str, window: float | None, used: str) -> Iterator[tuple[float, float | None]]:
    """The quotas of a limit, each with its window, else the one that is known, where so much of them is `used`.

    >>> list(quotas_of("50, 50", 60.0, "")), list(quotas_of("1,000", None, ""))
    ([(50.0, 60.0)], [(1000.0, None)])
    >>> list(quotas_of("10, 10;w=60", None, "")), list(quotas_of("60 per minute", None, ""))
    ([(10, None), (10, 60)], [(60.0, 60.0)])
    """
    if per := rate(text):
        yield per[0], per[1] or window
        return
    if several := rates(text):
        yield from several
        return
    if _THOUSANDS.fullmatch(text.strip()):
        text = text.replace(",", "")
    plain = [number(part.strip()) for part in text.split(",")]
    counts = [count for count in plain if count is not None and count >= 0]
    if len(counts) == len(plain):
        yield from dict.fromkeys(zip(counts, windows_of(len(counts), used, window), strict=True))
        return
    for value, parameters in members(text):
        quota = whole(value)
        if quota is not None:
            yield quota, whole(parameters.get("w", parameters.get("window")), least=1) or window


def windows_of(quotas: int, used: str, window: float | None) -> tuple[float | None, ...]:
    """The windows of so many quotas side by side: Strava and Polar count over a quarter of an hour, and a day.

    >>> windows_of(2, "1, 2", None), windows_of(2, "1, 2", 60.0), windows_of(2, "1", None)
    ((900.0, 86400.0), (60.0, 60.0), (None, None))
    """
    pair = quotas == len(used.split(",")) == len(_STRAVA) and window is None
    return _STRAVA if pair else (window,) * quotas


def window_of(text: str, end: str, fields: Fields) -> float | None:
    """The window of `1s, 1s`, `60` or `minute`, of whose end a text speaks, and the answer's other fields.

    >>> window_of("1s, 1s", "", {}), window_of("minute", "", {}), window_of("60000", "", {}), window_of("", "", {})
    (1.0, 60.0, 60.0, None)
    """
    first = text.partition(",")[0].strip()
    count = number(first)
    if count is None:
        return unit(first) or None
    clock = http_date(fields.get("date", ""))
    ends = [reset(end, clock or 0.0, math.inf, None), stay_away(fields.get("retry-after", ""), clock or 0.0)]
    lefts = [
        each.seconds if each and (clock is not None or each.reading in {"seconds left", "time with a unit"}) else 0.0
        for each in ends  # no moment that nothing dates
    ]
    plain = ends[0] is not None and ends[0].reading == "seconds left"
    return as_window(count, lefts[0] if plain else 0.0, max(lefts[plain:])) or None


def window_of_kind(text: str) -> float | None:
    """The window that the kind of a limit says: `QPS`, `Daily-limit` (Zoom).

    >>> window_of_kind("QPS"), window_of_kind("Daily-limit"), window_of_kind("minute")
    (1.0, 86400.0, None)
    """
    word = text.lower().replace("_", "-").partition("-")[0]
    what, _, over = spelled(word).partition("-")
    return unit(over) if what == "requests" else unit(word) if word in PERIODS else None


def doubt(text: str, window: float | None) -> str:
    """What is said of a window that was read as milliseconds though its name does not say so.

    >>> doubt("60000", 60.0), doubt("60", 60.0)
    ('A window of 60000 was read as milliseconds: as seconds it would be no usual one.', '')
    """
    count = number(text.partition(",")[0].strip())
    read = window is not None and count == 1000 * window and math.isfinite(count)
    return f"A window of {count:.0f} was read as milliseconds: as seconds it would be no usual one." if read else ""
