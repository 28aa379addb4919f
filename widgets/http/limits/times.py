"""Numbers and times as services write them in headers. Pure; nothing here raises."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from typing import NamedTuple

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

EPOCH = 5e8
"""From this many seconds on, 16 years, a number is no time left but a moment: 1985 or later."""

UNZONED = "ISO date without a zone"
"""How a date was read that says of no zone that its time is of it: it was taken for UTC, and may be another one's."""

EPOCHS = ((1e17, 1e9, "epoch nanoseconds"), (1e14, 1e6, "epoch microseconds"), (1e11, 1e3, "epoch milliseconds"))
"""From which number on a moment is counted in which parts of a second."""

_SURELY = 1000
"""Fewer milliseconds are not taken for such because another field agrees: anything agrees with next to nothing."""

LONGEST = 32 * DAY
"""Seconds: no quota of requests is counted over more than a month, so that a longer time was misread."""

WHOLE = frozenset(1000 * minutes * MINUTE for minutes in (1, 5, 10, 15, 30))
"""Numbers that are hardly met as seconds until a window ends, and always in milliseconds where one begins."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_ISO = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})(?=[Tt ][0-9]{2}:)")
"""How a date of ISO 8601 begins; some write it with slashes."""
_JAVASCRIPT = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2}) (?P<year>[0-9]{4}) (?P<time>[0-9:]{8}) "
    r"GMT(?P<offset>[+-][0-9]{4})( \(.*\))?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNITS = {
    "ms": 0.001, "msec": 0.001, "msecs": 0.001, "millisecond": 0.001, "milliseconds": 0.001,
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "secondly": 1.0,
    "m": MINUTE, "min": MINUTE, "mins": MINUTE, "minute": MINUTE, "minutes": MINUTE, "minutely": MINUTE,
    "h": HOUR, "hr": HOUR, "hrs": HOUR, "hour": HOUR, "hours": HOUR, "hourly": HOUR,
    "d": DAY, "day": DAY, "days": DAY, "daily": DAY,
    "w": 7 * DAY, "week": 7 * DAY, "weeks": 7 * DAY, "weekly": 7 * DAY,
    "month": 30 * DAY, "months": 30 * DAY, "monthly": 30 * DAY,
}  # fmt: skip
_IN_SPANS = _UNITS | {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6}
"""Units behind a number: no name says that something is counted over a microsecond, of which there are two signs."""
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([a-zµμ]+)")

_CLOCK = re.compile(
    r"(?:(?P<d>[0-9]{1,3})(?:[.]| days?, ))?(?P<h>[0-9]{1,3}):(?P<m>[0-5][0-9]):(?P<s>[0-5][0-9](?:[.][0-9]{1,9})?)"
)
_ISO_SPAN = re.compile(
    r"P(?:(?P<d>[0-9]+)D)?(?:T(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?(?:(?P<s>[0-9]+(?:[.][0-9]+)?)S)?)?"
)
"""ISO 8601, without years and months, which are of no fixed length."""
_MONOTONIC = re.compile(r" M=[+-][0-9.]{1,20}\Z")
_NAMED_ZONE = re.compile(r" ?(?:UTC|GMT)\Z|(?:(?<=Z)|(?<=[+-][0-9]{2}:[0-9]{2}))\[[^\]]{1,40}\]\Z")
"""What Java writes behind an offset, and what stands for none."""
_APART = re.compile(r" (?=[+-][0-9]{2}:?[0-9]{2}\Z)")
"""What Go writes behind a moment, and between it and its offset."""

_COMMENT = re.compile(r"\([^()]*\) *\Z")

_SPELLED = 100
"""Characters of the longest time that is spelled out: what goes on is none, and is not searched for one."""

_LONG_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]{{1,6}}(?= [0-9])")
_TWELVE_HOURS = re.compile(r"\b(1[0-2]|0?[1-9])((?::[0-9]{2}){1,2}) ?([AP])M\b")
_DATE_TOKEN = re.compile(r"[A-Za-z]+|[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?|[+-][0-9]{4}(?![0-9])|[0-9]+")
_DATE_REST = re.compile(r"[ ,/.\"\\-]*")
_WEEKDAY = re.compile(r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?", re.IGNORECASE)
_ZONES = {
    "GMT": 0, "UTC": 0, "UT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "EET": 2, "JST": 9,
    "AST": -4, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_MILITARY = {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)}
_MILITARY |= {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)} | {"Z": 0}


class Left(NamedTuple):
    """Seconds from the answer on, never negative, and how they were read from the text."""

    seconds: float
    reading: str


def number(text: str) -> float | None:
    """Read a plain number; `None` for anything else. One too large for a float is infinite.

    >>> number("1.5"), number("1e3"), number("1,5")
    (1.5, None, None)
    """
    return float(text) if _NUMBER.fullmatch(text) and text.isascii() else None


def unit(word: str) -> float | None:
    """Seconds of a unit of time.

    >>> unit("Minute"), unit("1m"), unit("tokens")
    (60.0, 60.0, None)
    """
    found = _UNITS.get(word.lower())
    return found if found is not None else duration(word)


def duration(text: str) -> float | None:
    """Read a length of time with units, in seconds.

    >>> duration("6m0s"), duration("500ms"), duration("1 minute, 30 seconds"), duration("60")
    (360.0, 0.5, 90.0, None)
    >>> duration("00:01:30"), duration("PT1M30S"), duration("6.08:12:30"), duration("1 day, 0:00:10")
    (90.0, 90.0, 547950.0, 86410.0)
    """
    text = text.strip()
    if len(text) > _SPELLED:
        return None
    if match := _CLOCK.fullmatch(text):
        return sum(float(match[unit_] or 0) * _UNITS[unit_] for unit_ in "dhms")
    if (match := _ISO_SPAN.fullmatch(text.upper())) and any(match.groups()):
        return sum(float(count) * _UNITS[name] for name, count in match.groupdict(default="0").items())
    text = text.lower().removeprefix("in ").removesuffix(" from now")
    spans = _SPAN.findall(text)
    rest = _SPAN.sub("", text).replace("and", "").strip(" ,")
    if not spans or rest or any(word not in _IN_SPANS for _, word in spans):
        return None
    return sum(float(count) * _IN_SPANS[word] for count, word in spans)


def stay_away(text: str, clock: float, resets: tuple[float, ...] = (), spent: tuple[float, ...] = ()) -> Left | None:
    """Read a `Retry-After` in any form, sent at `clock`, epoch seconds; `None` when it is malformed.

    RFC 9110 has whole seconds or a date. Also read are fractions, units, moments in epoch seconds or milliseconds, and
    milliseconds: these where one of the `resets`, which the answer states too, says the same, or where one of a quota
    that is `spent` is what is left of a usual window that these are the whole of, and where seconds would be more than
    a month. Of several values it is the longest.

    >>> stay_away("120", 0.0), stay_away("60s", 0.0).seconds, stay_away("1790000040", 1790000000.0).seconds
    (Left(seconds=120.0, reading='seconds left'), 60.0, 40.0)
    >>> stay_away("6457", 0.0, (6.457,))
    Left(seconds=6.457, reading='milliseconds left')
    >>> stay_away("60000", 0.0, (41.0,), (41.0,)).seconds, stay_away("60000", 0.0, (41.0,)).seconds
    (60.0, 60000.0)
    """
    text = _COMMENT.sub("", text).strip().strip('"')
    parts = [number(part.strip()) for part in text.split(",")]
    counts = [part for part in parts if part is not None]
    if len(counts) == len(parts):
        return max((_counted(count, clock, resets, spent) for count in counts if count >= 0), default=None)
    said = dict.fromkeys(part.strip() for part in text.split(","))
    text = next(iter(said)) if len(said) == 1 else text  # a line that came twice
    spelled = duration(text)
    return date(text, clock) if spelled is None else Left(spelled, "time with a unit")


def _counted(count: float, clock: float, resets: tuple[float, ...], spent: tuple[float, ...]) -> Left:
    moment = _moment(count, clock)
    if moment is not None:
        return moment
    agrees = any(abs(count / 1000 - left) <= 1 < abs(count - left) for left in resets)
    said = any(abs(count - left) <= 1 for left in resets)
    whole = count in WHOLE and not said and any(0 <= left <= count / 1000 + 1 for left in spent)
    if (agrees and count >= _SURELY) or whole or _too_long(count):
        return Left(count / 1000, "milliseconds left")
    return Left(count, "seconds left")


def reset(text: str, clock: float, window: float | None, wait: float | None) -> Left | None:
    """Read a `Reset` in any of its meanings, sent at `clock`, epoch seconds; `None` when it is malformed.

    A number is judged by its size. Milliseconds are taken where seconds would say more than the policy's `window` or,
    where no window is known, more than a month, or where it is just a usual window in them; and where they agree with
    `wait`, the answer's Retry-After.
    """
    parts = text.split(", ")
    size = next((size for size in (1, 2) if parts == parts[:size] * (len(parts) // size)), len(parts))
    text = ", ".join(parts[:size])  # a line that came twice; a date has a comma of its own
    left = number(text)
    if left is None:
        spelled = duration(text)
        return date(text, clock) if spelled is None else Left(spelled, "time with a unit")
    if left < 0:
        return None
    moment = _moment(left, clock)
    if moment is not None:
        return moment
    agrees = wait is not None and abs(left / 1000 - wait) <= 1 < abs(left - wait)
    longer = _too_long(left) if window is None else left > window + 1
    if agrees or longer or (window is None and left in WHOLE):
        return Left(left / 1000, "milliseconds left")
    return Left(left, "seconds left")


def _too_long(count: float) -> bool:
    """Whether a number is too large for seconds, so that it is one of milliseconds.

    >>> [_too_long(count) for count in (86_400, 86_400_000, 129_600_000, 3_540_123, 365 * 86_400)]
    [False, True, True, True, False]
    """
    return count > LONGEST and count / DAY not in _FOR_LONG


_FOR_LONG = frozenset({60, 90, 180, 365})
"""Days that are written as seconds, by which never is meant."""


def as_window(count: float, left: float = 0.0, known: float = 0.0) -> float:
    """Seconds of a window that is a plain number: milliseconds where only these make a time that people count over.

    Not where more than that is left of it: `left` by a plain number that may be milliseconds as well, which it is only
    where the window is a number hardly met as seconds; and `known` by what says its unit.

    >>> [as_window(count) for count in (60, 18_000, 60_000, 900_000, 2_628_000)]
    [60, 18000, 60.0, 900.0, 2628000]
    >>> as_window(10_000, left=9), as_window(10_000, left=40), as_window(10_000, left=4000), as_window(10_000, known=40)
    (10.0, 10000, 10000, 10000)
    >>> as_window(900_000, left=31_000), as_window(900_000, known=31_000)
    (900.0, 900000)
    """
    surely = left >= _SURELY and (count in WHOLE or count > LONGEST)
    longer = max(0.0 if surely else left, known) > count / 1000 + 1
    return count / 1000 if _even(count / 1000) and not (longer or _even(count)) else count


def _even(seconds: float) -> bool:
    """Whether it is whole seconds of a minute, a part of an hour, or whole hours or days, as windows are."""
    if not 1 <= seconds <= LONGEST:
        return False
    if seconds <= HOUR:
        return seconds % 1 == 0 if seconds <= MINUTE else HOUR % seconds == 0
    return seconds % (HOUR if seconds <= DAY else DAY) == 0


def _moment(count: float, clock: float) -> Left | None:
    """A number that is so large that it can only be a moment."""
    for least, parts, reading in EPOCHS:
        if count >= least:
            return Left(max(0.0, count / parts - clock), reading)
    return Left(max(0.0, count - clock), "epoch seconds") if count >= EPOCH else None


def date(text: str, clock: float) -> Left | None:
    """Read a date of HTTP, ISO 8601 or JavaScript as seconds from `clock` on; `None` when it is malformed.

    >>> date("1970-01-01T00:02:00Z", 90.0), date("1970-01-01 00:02:00", 90.0)
    (Left(seconds=30.0, reading='ISO date'), Left(seconds=30.0, reading='ISO date without a zone'))
    """
    form = "ISO date" if _ISO.match(text) else "HTTP date"
    if match := _JAVASCRIPT.fullmatch(text):
        month = _MONTHS.index(match["month"]) + 1 if match["month"] in _MONTHS else 0
        text, form = f"{match['year']}-{month:02}-{match['day']}T{match['time']}{match['offset']}", "JavaScript date"
    if form == "HTTP date":
        moment = http_date(text)
    else:
        moment, zoned = _iso(text)
        form = form if zoned else UNZONED
    return None if moment is None else Left(max(0.0, moment - clock), form)


def _iso(text: str) -> tuple[float | None, bool]:
    """The moment in epoch seconds, and whether its zone is named: else it is taken for UTC.

    >>> _iso("1970-01-01 00:02:00+00:01"), _iso("1970-01-01 00:02:00 UTC"), _iso("1970-01-01 00:02:00")
    ((60.0, True), (120.0, True), (120.0, False))
    """
    try:
        bare = _MONOTONIC.sub("", _ISO.sub(r"\1-\3-\4", text.upper(), count=1))
        plain = _NAMED_ZONE.sub("", bare)
        moment = datetime.fromisoformat(_APART.sub("", plain))
        zoned = moment.tzinfo is not None or plain != bare
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(), zoned
    except (ValueError, OverflowError):
        return None, False


def http_date(text: str) -> float | None:
    """Read a date as HTTP writes it (RFC 9110, section 5.6.7), its parts in any order, in epoch seconds.

    `email.utils` takes a zone that it does not know, and those of one letter, for GMT, and so reads them hours early or
    late. Here such a date is none, and a letter is the zone that it names.

    >>> http_date("Sun, 06 Nov 1994 08:49:37 GMT") == http_date("Sun Nov  6 08:49:37 1994") == 784111777
    True
    >>> http_date("Sun, 06 Nov 1994 08:49:37 A") - http_date("Sun, 06 Nov 1994 08:49:37 Z")
    -3600.0
    >>> http_date("Sun, 06 Nov 1994 08:49:37 XYZ")
    >>> http_date("Sunday, November 6, 1994 8:49:37 AM GMT"), http_date("Sunday, November 6, 1994 12:00:00 PM GMT")
    (784111777.0, 784123200.0)
    """
    text = _TWELVE_HOURS.sub(_of_24_hours, _LONG_MONTH.sub(r"\1", text)) if len(text) <= _LONGEST_DATE else text
    if len(text) > _LONGEST_DATE or _DATE_REST.fullmatch(_DATE_TOKEN.sub("", text)) is None:
        return None
    time = month = zone = None
    numbers: list[str] = []
    for token in _DATE_TOKEN.findall(text):
        if ":" in token and time is None:
            time = [int(part) for part in token.split(":")]
        elif token in _MONTHS and month is None:
            month = _MONTHS.index(token) + 1
        elif token[0] in "+-" and time is not None and (zone is None or zone == 0) and int(token[1:]) <= 1400:  # noqa: PLR2004 - 14 hours
            zone = int(f"{token[0]}1") * (int(token[1:3]) + int(token[3:]) / 60)
        elif (hours := _ZONES.get(token, _MILITARY.get(token))) is not None and zone is None:
            zone = hours
        elif token.lstrip("+-").isdigit():
            numbers.append(token.lstrip("+-"))
        elif not _WEEKDAY.fullmatch(token):
            return None
    if time is None or month is None or len(numbers) != 2:  # noqa: PLR2004 - day and year
        return None
    return _epoch(numbers, month, time, zone or 0)


_LONGEST_DATE = 64
"""Characters; the longest has 35."""


def _of_24_hours(match: re.Match[str]) -> str:
    """The same time as it is told without a half of the day: `12:00:00 AM` begins it."""
    return f"{int(match[1]) % 12 + 12 * (match[3] == 'P'):02}{match[2]}"


def _epoch(numbers: list[str], month: int, time: list[int], zone: float) -> float | None:
    """The moment of day and year, which may stand either way round."""
    first, second = numbers
    day, year = (second, first) if len(first) > 2 or int(first) > 31 else (first, second)  # noqa: PLR2004
    if len(day) > 2 or len(year) not in {2, 4}:  # noqa: PLR2004
        return None
    years = int(year)
    if len(year) == 2:  # noqa: PLR2004
        years += 1900 if years > 70 else 2000  # noqa: PLR2004 - RFC 9110: not more than 50 years ahead
    hour, minute, second_ = [*time, 0][:3]
    leap = second_ == 60  # noqa: PLR2004
    if years < 1601:  # noqa: PLR2004 - no service was there to say so
        return None
    try:
        moment = datetime(years, month, int(day), hour, minute, second_ - leap, tzinfo=UTC)
    except ValueError:
        return None
    return timegm(moment.timetuple()) + leap - zone * HOUR
