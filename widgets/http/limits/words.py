"""What an answer says of pace in words, in its body or beside it, whatever its status. Pure; nothing here raises.

A status is a convention that many services do not keep: they refuse with 400, 401, 403, or with 200 and a sentence. A
sentence that says 'too many requests' is no guess. Only short answers and the headings of pages are read for one, since
a page that is served may speak of rate limits as well.
"""

from __future__ import annotations

import re

from . import times
from .refusal import THROTTLED

BRIEF = 1000
"""Characters: an answer of 2xx that refuses in words is no longer, and says nothing else."""

READ = 2000
"""Characters of a body that are read for words."""

SHOWN = 60
"""Characters of what it says that are repeated."""

SAYS, ASKS = "it says ", "it asks for a "
"""How the reasons begin that are the service's own, and not somebody's word for it."""

TOO_LARGE = frozenset({413, 414, 431})
"""They speak of limits, too: of one request's size."""

_ENDED = r"(?:exceed|exhaust|reach|hit\b|used up|violat)\w*"
_BETWEEN = r"[\W_]{0,3}(?:[^\W_]+[\W_]{1,3}){0,8}?"
"""A few words, so written that no text takes long to be searched."""
_COUNTED = (
    r"(?:quota|usage|(?:requests?|calls?|query|queries|api|usage|hourly|daily|monthly|minute|hour|day|second)[\s_-]?"
    r"(?:limit|quota|rate|threshold))"
)
_PACE = re.compile(
    r"too[\s_-]?many[\s_-]?(?:[^\W_]+[\s_-]+){0,2}(?:requests|calls|queries|connections)"
    r"|throttl(?:ed|ing|e_)"
    r"|rate[\s_-]?limited|rate[\s_-]?limiting"
    rf"|rate[\s_-]?limit{_BETWEEN}(?:{_ENDED}|error)"
    rf"|{_COUNTED}{_BETWEEN}{_ENDED}"
    r"|(?:exceed\w*|exhausted|reached|hit|over)[\W_]+(?:[^\W_]+[\W_]+){0,5}?"
    r"(?:quota|requests|calls|queries|query[\s_-]limit|(?:rate|usage)[\s_-]?limits?)"
    r"|run out of (?:\w+ ){0,2}(?:credits|requests|calls|quota)"
    r"|resource[\s_-]?exhausted|slow[\s_]?down\b"
    r"|limit(?:ed)? (?:is|to|of) \d+ (?:\w+ )?(?:requests|calls|queries)"
    r"|wait (?:for )?(?:a few|\d+(?:\.\d+)?) ?(?:more )?(?:s\b|sec|min|hour)"
    r"|(?:again|retry) (?:in|after) (?:a few (?:sec|min|hour)|\d)|available in \d",
    re.IGNORECASE,
)
_LOOSELY = re.compile(r"slow|hit\b|over\b|reached(?!.*(?:quota|limit))|wait|again|retry|limit", re.IGNORECASE)
"""How a match begins that data may have as well: '{"type": "quote", "text": "Slow down and enjoy life"}'."""

_MILDLY = re.compile(
    r"rate limit is|call frequency|(?:requests|calls|queries) per (?:second|minute|hour|day)", re.IGNORECASE
)
_FOR_MORE = re.compile(r"premium|subscri|upgrade|spread", re.IGNORECASE)
"""What a body says that is nothing but a note, and what it says besides where it is no welcome."""

_FAILS = re.compile(
    r'\s*\{\s*"(?:error|fault|note|information)\w*"|[\s\S]*"(?:success|ok)"\s*:\s*(?:false|0)\b', re.IGNORECASE
)
"""How one of 2xx begins that surely serves nothing: what it says loosely is meant."""

_NOTE = re.compile(
    r'\s*\{\s*"(?:error|message|note|information|info|status|detail|fault|reason|code|title|type)\w*"'
    r'|[\s\S]*"(?:success|ok)"\s*:\s*(?:false|0)\b',
    re.IGNORECASE,
)
"""How an answer of 2xx begins, or what it says of itself, where it serves nothing."""

_PAGE = re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE)
_HEADING = re.compile(r"<(title|h1|h2)\b[^>]*>([\s\S]{0,300}?)</\1", re.IGNORECASE)

_CHALLENGES = {
    "cf-mitigated": re.compile(r"challenge", re.IGNORECASE),
    "x-amzn-waf-action": re.compile(r"challenge|captcha", re.IGNORECASE),
}
"""Fields with which a service says that it serves nothing, and asks whether there is a person."""

_WINDOW = re.compile(
    r"\b(hourly|daily|weekly|monthly)\b|\b(?:per|a|an|each|every) (minute|hour|day|week|month)\b", re.IGNORECASE
)
"""How a quota's time is named; not the second, of which nobody has to be told."""

_SECONDS = re.compile(r"[1-9][0-9.]*")
_UNIT = r"(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)"
_NUMBER = r"\d+(?:\.\d+)?"
_LENGTH = rf"{_NUMBER} ?{_UNIT}\b(?:[ ,]{{0,2}}(?:and )?{_NUMBER} ?{_UNIT}\b)*|(?:{_NUMBER}{_UNIT})+\b|{_NUMBER}"
_NAMED = re.compile(
    r"(?:retry|wait|try)[\s_-]?(?:delay|after|again[\s_-]?in|in|time|for|seconds)?[\s_-]?"
    rf"(?P<unit>ms|milli\w*|secs?|seconds|min\w*)?\"?\s*[:=]\s*\"?(?P<length>{_LENGTH})",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:below (?:\w+ ){1,4}for|again|retry|wait|available|unblocked|blocked|banned|suspended|resets?|expires?)\s+"
    r"(?:again\s+)?"
    rf"(?:in\s+|after\s+|for\s+)?(?:about\s+|approximately\s+|at least\s+)?(?P<length>{_LENGTH})",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"(?:reset|retry|until|again|expires?)[\w\s-]{0,12}\"?\s*[:=]?\s*\"?"
    r"(?P<moment>\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d| UTC)?|\d{10}(?:\.\d+)?|\d{13})\b",
    re.IGNORECASE,
)


def refuses(status: int | None, body: str, headers: dict[str, str] | None = None) -> str:
    """Why an answer is a refusal in so many words, whatever its status; empty where it does not say so.

    >>> refuses(400, '{"error_message": "too many requests from this IP, more available in 63 seconds"}')
    "it says 'too many requests'"
    >>> refuses(200, '{"success": false, "errors": [{"message": "Max rate limit 100 exceeded with in 20 secs"}]}')
    "it says 'rate limit 100 exceeded'"
    >>> refuses(200, '{"type": "quote", "text": "Slow down and enjoy life."}')
    ''
    >>> refuses(200, '{"data": [1, 2, 3]}'), refuses(404, "<html><body><a href='/limits'>Rate limits</a></body></html>")
    ('', '')

    Args:
        status: Of the answer; `None` where none came.
        body: How its body begins, all of it where it is short.
        headers: By their names in lower case.
    """
    if status is None or 300 <= status < 400 or status in TOO_LARGE:  # noqa: PLR2004 - RFC 9110's class
        return ""
    for name, word in _CHALLENGES.items():
        if found := word.search((headers or {}).get(name, "")):
            return f"{ASKS}{found[0].lower()} that only a browser passes ({name})"
    for name, word in (*THROTTLED.items(), ("backoff", _SECONDS)):
        if found := word.search((headers or {}).get(name, "")):
            return f"{SAYS}{found[0]!r} ({name})"
    text = _readable(body[:READ])
    if status >= 400:  # noqa: PLR2004
        match = _PACE.search(text)
    elif len(body) > BRIEF or not _NOTE.match(text):
        return ""
    else:
        match = next((each for each in _PACE.finditer(text) if _FAILS.match(text) or not _LOOSELY.match(each[0])), None)
        noted = _FAILS.match(text) or _FOR_MORE.search(text)
        match = match or (_MILDLY.search(text) if noted else None)
    return f"{SAYS}{_shown(text, match)!r}" if match else ""


def come_back_in(body: str, clock: float | None = None) -> float | None:
    """Seconds after which to come back, as the body of a refusal says; `None` where it does not.

    >>> come_back_in('{"details": [{"retryDelay": "38.2s"}]}'), come_back_in("Please try again in 500ms.")
    (38.2, 0.5)
    >>> come_back_in("Please try again in 1m12.5s. Visit us"), come_back_in("banned for 2 hours")
    (72.5, 7200.0)
    >>> come_back_in('{"parameters": {"retry_after": 41}}'), come_back_in("Expected available in 51 seconds.")
    (41.0, 51.0)
    >>> come_back_in('{"code": 429}'), come_back_in('{"reset_at": "1970-01-01T00:02:00Z"}', clock=90.0)
    (None, 30.0)

    Args:
        body: How it begins.
        clock: When it was sent, epoch seconds; without it no moment is read.
    """
    text = " ".join(body[:READ].split())
    named = _NAMED.search(text)
    told = None if named else _TOLD.search(text)
    moment = _MOMENT.search(text)
    if (match := named or told) and (
        moment is None or not moment.start("moment") <= match.start("length") < moment.end()
    ):
        return _seconds(match["length"], (named["unit"] if named else None) or "s")
    if moment is None or clock is None:
        return None
    left = times.stay_away(moment["moment"], clock)
    return left.seconds if left and 0 <= left.seconds <= times.LONGEST else None


def window_in(body: str) -> float | None:
    """Seconds over which what a refusal speaks of is counted, where its words name one; `None` where they do not.

    >>> window_in('{"error": "Daily quota exceeded."}'), window_in("60 requests per minute"), window_in("Rate exceeded")
    (86400.0, 60.0, None)
    """
    found = _WINDOW.search(_readable(" ".join(body[:READ].split())))
    return times.unit(found[1] or found[2]) if found else None


def _readable(text: str) -> str:
    """Of a page its headings, else all of it."""
    return " ".join(match[2] for match in _HEADING.finditer(text)) if _PAGE.search(text[:500]) else text


def _shown(text: str, match: re.Match[str]) -> str:
    """What was found, to the end of its last word, without anything that could act on a page or a terminal."""
    end = next((i for i in range(match.end(), len(text)) if not text[i].isalnum()), len(text))
    return " ".join("".join(c if c.isprintable() else " " for c in text[match.start() : end][:SHOWN]).split())


def _seconds(length: str, unit: str) -> float | None:
    """A length of time as people write it, in seconds; a plain number is counted in `unit`."""
    count = times.number(length)
    if count is None:
        return times.duration(length)
    return count * (0.001 if unit.lower().startswith("m") and "min" not in unit.lower() else times.unit(unit) or 1.0)
