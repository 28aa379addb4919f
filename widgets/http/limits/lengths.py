"""Lengths of time as people write them in sentences. Pure; nothing here raises."""

from __future__ import annotations

import re

from . import times

UNIT = r"(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|months?)"
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?"
_CLOCK = r"(?:\d{1,3}\.)?\d{1,3}:\d\d:\d\d"
_ISO = rf"PT(?:\d+H(?:\d+M)?(?:\d+S)?|\d+M(?:\d+S)?|{NUMBER}S)\b"
_TO = r" ?(?:[-–—]|to\b|or\b|and\b) ?"
_PLURAL = r"(?:\(s\))"
_FILLING = r"(?: ?\([a-z -]{3,20}\)| (?:more|full|whole|additional))"
_COUNTED = (
    r"(?:times|attempts|tries|retries|requests|calls|queries|hits|fail\w*|errors|violations|strikes|warnings|logins"
    r"|(?:more|further|additional|other|different|consecutive|concurrent|parallel|of) \w+"
    r"|users|people|members|seats|accounts|keys|plans|tiers|projects|items|records|regions|countries|languages"
    r"|business|working|percent|std|stund\w*|tage?n?|d[ií]as?|mes(?:es)?|mois"
    r"|(?:min(?!im)|heu|hor|jou?r|week|woch|monat|jahr|year|quart)\w*)"
)
"""Several of something, or a unit of another language than English; one of it begins what is said next: `Error 5`."""
_NO_TIME = (
    rf"(?![秒초])\w|[.,:]\d|/| ?%|{_TO}\d"
    r"| \((?:in )?(?:m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)\)| \([^()]{1,20}\) ?(?:min|hour|day|week|month)"
    rf"| +{_COUNTED}\b(?! ?[=:]| \w{{1,20}} ?[=:])"
)
"""What stands behind a number that counts something else, or by another unit: `3 times`, `10 users`, `24/7`,
`600/hour`, `2026-10-01`, `2 years`. A name with a value of its own does not: `retry_after=30 attempts=4`."""

LENGTH = (
    rf"{_CLOCK}|{_ISO}|{NUMBER}(?:ns|[uµμ]s)\b"
    rf"|\d{{1,3}}:[0-5]\d ?(?:min(?:ute)?s?|h(?:ou)?rs?)\b"
    rf"|\d{{1,3}}(?: \d{{3}})+ ?{UNIT}\b"
    rf"|(?:{NUMBER}{_TO})?{NUMBER}{_FILLING}? ?{UNIT}\b{_PLURAL}?(?:[ ,]{{0,2}}(?:and )?{NUMBER} ?{UNIT}\b{_PLURAL}?)*"
    rf"|(?:{NUMBER}{UNIT})+\b|{NUMBER}(?!{_NO_TIME})"
)
"""A length of time in a sentence; of `5 to 10 minutes` the longer one is meant. A number alone counts seconds."""

HALVES = (
    rf"(?:{NUMBER} and a half (?:seconds?|minutes?|hours?|days?)"
    rf"|(?:{NUMBER}|an?|one) (?:seconds?|minutes?|hours?|days?) and a half|half an? (?:second|minute|hour|day))\b"
)
"""A length with a half of its unit, in words."""

VAGUE = (
    r"(?:(?:an? )?(?:few|couple)(?: of)?(?: more)?|some|several) (?:more )?"
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\b"
)
"""A length of time of which only the unit is said: `a few minutes`."""

FEW_SECONDS = 3.0
"""Seconds that are a few at least: one would be no rest at all."""

_ONE = re.compile(r"\A(?:an?|one)\b", re.IGNORECASE)
_HALF = re.compile(rf"\A(?:half an?|(?P<count>{NUMBER}|an?|one)(?P<unit> \w+)? and a half)\b", re.IGNORECASE)
_RANGE = re.compile(rf"\A{NUMBER}{_TO}(?={NUMBER})", re.IGNORECASE)
_FILLED = re.compile(rf"{_PLURAL}|{_FILLING}", re.IGNORECASE)
_GROUPED = re.compile(r"(?<=\d)[, ](?=\d{3}(?!\d))")
_PARTS = re.compile(r"(\d{1,3}):([0-5]\d) ?([mh])\w*", re.IGNORECASE)


def seconds(length: str, unit: str = "s", clock: float | None = None) -> float | None:
    """A length of time as people write it, in seconds; `None` for what can be none, and for one of more than a month.

    >>> seconds("5-10 minutes"), seconds("1,200 seconds"), seconds("4:59 min"), seconds("15 (fifteen) minutes")
    (600.0, 1200.0, 299.0, 900.0)
    >>> seconds("30"), seconds("1500", "ms"), seconds("2 weeks"), seconds("3 months")
    (30.0, 1.5, 1209600.0, None)
    >>> seconds("half an hour"), seconds("an hour"), seconds("2 and a half minutes"), seconds("an hour and a half")
    (1800.0, 3600.0, 150.0, 5400.0)
    >>> seconds("1790000030", clock=1790000000.0), seconds("1790000030")
    (30.0, None)

    Args:
        length: As `LENGTH` finds it, or `an hour`.
        unit: In what a plain number is counted.
        clock: When it was said, epoch seconds; without it no moment is read.
    """
    plain = _GROUPED.sub("", _RANGE.sub("", _FILLED.sub("", _ONE.sub("1", _HALF.sub(_with_a_half, length)))))
    count = times.number(plain)
    found: float | None
    if parts := _PARTS.fullmatch(plain):
        found = (float(parts[1]) + float(parts[2]) / 60) * (times.unit(parts[3]) or 0.0)
    elif count is None:
        found = times.duration(plain)
    elif unit.lower().startswith("m") and "min" not in unit.lower():
        found = count / 1000
    elif (measure := times.unit(unit) or 1.0) != 1:
        found = count * measure
    else:
        left = times.stay_away(plain, clock or 0.0)
        moment = left is not None and left.reading.startswith("epoch")
        found = None if left is None or (moment and clock is None) else left.seconds
    return found if found is not None and found <= times.LONGEST else None


def _with_a_half(match: re.Match[str]) -> str:
    """The number for it, with the unit that stood within the words."""
    count = match["count"] or "0"
    return f"{count if count[0].isdigit() else 1}.5{match['unit'] or ''}"


def at_least(vague: str) -> float:
    """The least, in seconds, that can be meant where only a unit is said, as `VAGUE` finds it.

    It is one of the unit: GitHub explains its 'a few minutes' as 'at least one minute'.
    (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api)

    >>> at_least("a few minutes"), at_least("a couple of hours"), at_least("several seconds")
    (60.0, 3600.0, 3.0)
    """
    return max(times.unit(vague.rpartition(" ")[2]) or 0.0, FEW_SECONDS)
