"""The words of a field's name, and which of them say what its number is. Pure; nothing here raises.

Services join words as they like: `X-RateLimit-DailyLimitRemaining`, `X-CallsLeft`, `X-RateLimit-Limit-RPM`.
"""

from __future__ import annotations

import re

from .quotas import MACHINES
from .times import DAY, EPOCH, HOUR, LONGEST, MINUTE, number, unit

ROLES = {
    "limit": "limit", "quota": "limit", "max": "limit", "total": "limit",
    "allotted": "limit", "allowed": "limit", "current": "used", "consumed": "used",
    "remaining": "remaining", "remain": "remaining", "available": "remaining", "left": "remaining", "ttl": "reset",
    "reset": "reset", "resets": "reset", "resettime": "reset", "until": "reset", "after": "after", "in": "after",
    "used": "used", "usage": "used", "observed": "used", "count": "used",
    "resetson": "reset", "resetat": "reset", "expiry": "reset", "expire": "reset", "expires": "reset",
    "interval": "window", "window": "window", "period": "window", "duration": "window", "timeframe": "window",
    "range": "window",
    "fillrate": "fill", "type": "type", "next": "next",
}  # fmt: skip
"""What a number is, by the word that says so."""
RATE_LIMIT = re.compile(
    r"(?P<prefix>(?:[a-z0-9]+-)*?(?:read|(?P<span>\d{1,3}-?second|secondly|"
    r"(?:\d{1,3}-?)?(?:(?:minute|hour|week|month)(?:ly)?|min|day|daily))-?)?"
    r"rate(?:-?limits?|(?=-(?:remaining|reset|used)\b))|x-rl)"
    r"(?:-?(?P<rest>[a-z0-9-]+))?"
)
"""A field that says that it is of a rate limit: over which `span`, and behind it the words for the number's role."""
_JOINED = re.compile(r"([a-z]{3,}?)(limit)?(limit|remaining|reset|used)")
"""`BurstLimit`, `UserRemaining`, `DailyLimitReset`: two or three words in one, the first of them anything."""
_MOMENT_OF = re.compile(r"\b(resets?|expires?|expiry)-?(?:time|at|on|date|timestamp)(?=-|\Z)")
"""`Reset-At`, `ResetsOn`, `ExpiresAt`, `ResetTime`: no word of these says more than the first."""
_MEASURES = {
    "ms": 0.001, "milliseconds": 0.001, "seconds": 1.0, "secs": 1.0, "minutes": MINUTE, "hours": HOUR, "days": DAY,
}  # fmt: skip
"""What a time is measured in, as the word behind its role says: `Interval-Milliseconds`, `Reset-Ms`."""
PARTS = frozenset({"ms", "milliseconds"})
"""Measures over which nothing is counted."""
_COUNTED_UNIT = re.compile(r"\b([0-9]{1,3})-(?=(?:second|minute|min|hour|day)s?\b)")
"""`24-hour`, which is one time."""


def words_of(rest: str) -> list[str]:
    """The words behind `ratelimit` in a name: there, whatever stands before a role in one word may be cut off.

    >>> words_of("dailylimitremaining"), words_of("reset-at"), words_of("perday-limit"), words_of("slidingwindow-limit")
    (['daily', 'limit', 'remaining'], ['reset'], ['day', 'limit'], ['slidingwindow', 'limit'])
    """
    words: list[str] = []
    for word in filter(None, _MOMENT_OF.sub(r"\1", apart(rest)).split("-")):
        word = word[3:] if word.startswith("per") and unit(word[3:]) else word  # noqa: PLW2901 - Tumblr: `PerDay`
        joined = None if word in ROLES else _JOINED.fullmatch(word)
        words += filter(None, joined.groups()) if joined else [word]
    if ROLES.keys().isdisjoint(words):
        words = ["period" if word == "renewalperiod" else word for word in words]  # Azure; else it names a quota
    return words


def told(words: list[str]) -> list[str]:
    """The words that name roles, the one that counts first: not one that only says of what the next one is.

    >>> told(["daily", "limit", "remaining"]), told(["window", "reset"]), told(["period", "in", "seconds"])
    (['remaining'], ['reset'], ['period', 'in'])
    """
    said = [word for word in words if word in ROLES]
    while len(said) > 1 and ROLES[said[1]] in _belong_to(said[0]) and said[1] not in _ANY:
        del said[0]
    return said


def _belong_to(word: str) -> frozenset[str]:
    """The roles that are those of what a word names, where they stand behind it."""
    if word in {"limit", "quota"}:
        return _OF_A_LIMIT
    return _OF_NOW if word in _NOW else frozenset({"reset"}) if ROLES[word] == "window" else frozenset()


_NOW = frozenset({"current", "count", "usage"})
_OF_A_LIMIT = frozenset({"remaining", "reset", "after", "used", "window"})
_OF_NOW = frozenset({"remaining", "reset", "used"})
_ANY = frozenset({"current", "count", "total", "max"})
"""`Limit-Count`, `Window-Max`: they say no more of the one before them."""


def measures(before: str, word: str) -> bool:
    """Whether a word says what the time is measured in of which the one before it speaks.

    >>> measures("reset", "ms"), measures("window", "seconds"), measures("remaining", "minutes")
    (True, True, False)
    """
    return word in _MEASURES and ROLES.get(before) in {"window", "reset", "after"}


def in_seconds(value: str, word: str) -> str:
    """A time with its measure, so that nobody guesses it from what the number would mean; a moment is no time left.

    Minutes and hours that are more than any quota is counted over are none: then the word says which quota it is.

    >>> in_seconds("1500", "ms"), in_seconds("5", "minutes"), in_seconds("1790000030", "seconds")
    ('1.500000s', '300.000000s', '1790000030')
    """
    count = number(value.partition(",")[0].strip())
    most = LONGEST if MINUTE <= _MEASURES[word] <= HOUR else EPOCH
    return value if count is None or count * _MEASURES[word] >= most else f"{count * _MEASURES[word]:.6f}s"


def apart(name: str) -> str:
    """The name of a field with the words apart that are one in it, where it is known which these are.

    >>> apart("x-appminlimit-remaining"), apart("x-callsleft"), apart("x-callsperminute")
    ('x-app-min-limit-remaining', 'x-calls-left', 'x-calls-minute')
    >>> apart("x-audio-seconds-limit"), apart("x-apiquota-reset")
    ('x-audioseconds-limit', 'x-api-quota-reset')
    >>> apart("x-rpm-limit"), apart("x-24-hour-limit"), apart("x-queue-requests-limit"), apart("x-userlimit")
    ('x-requests-minute-limit', 'x-24hour-limit', 'x-queued-requests-limit', 'x-userlimit')
    """
    name = _PER_TIME.sub(r"\1-\2", _OF_REQUESTS.sub("-", _LIMIT_OF.sub(r"\1-\2-limit-", name)))
    name = _RATE.sub(lambda rate: spelled(rate[0]), name)
    name = name.replace("queue-requests", "queued-requests")  # which are some, and no room
    name = _API.sub("api-", _USED_FOR_TIME.sub(r"\1\2", name))
    return re.sub("-+", "-", _COUNTED_UNIT.sub(r"\1", name)).rstrip("-")


def spelled(word: str) -> str:
    """What is counted over which time, where a word says it by its letters; else the word.

    >>> spelled("rpm"), spelled("tpd"), spelled("tps"), spelled("daily")
    ('requests-minute', 'tokens-day', 'requests-second', 'daily')
    """
    rate = _RATE.fullmatch(word)
    return f"{_WHAT.get(word, 'requests')}-{_LETTERS[rate[1]]}" if rate else word


_API = re.compile(r"\bapi(?=quota(?:-|\Z))")
"""MailerSend: `X-ApiQuota-Remaining`."""
_USED_FOR_TIME = re.compile(rf"\b({MACHINES})-(seconds|minutes|hours|days)(?=-|\Z)")
"""`Audio-Seconds`, `Build-Minutes`: these are counted, and nothing is counted over them, as over a `Video-Hour`."""
_LIMIT_OF = re.compile(
    r"\b(app|user|)(burst|daily|hourly|weekly|monthly|sec|second|min|minute|hour|day|week|month)limit(?=-|\Z|remaining|reset|used)"
)
_OF_REQUESTS = re.compile(
    r"(?:(?<=request)|(?<=requests)|(?<=calls))(?=(?:available|remaining|left|limit|reset|used)(?:-|\Z))"
)
_RATE = re.compile(r"\b[qrt]p([smhd])\b")
_LETTERS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
_WHAT = dict.fromkeys(("tpm", "tph", "tpd"), "tokens")
"""`RPM` are requests per minute, and `TPM` tokens; `TPS` are transactions."""

_PER_TIME = re.compile(r"\b(req|requests|calls)per(sec|second|min|minute|hour|day|week|month)\b")


def window_in(key: str) -> float | None:
    """The window that one of the words of a key says.

    >>> window_in("search-minute"), window_in("search")
    (60.0, None)
    """
    return next((found for word in key.split("-") if (found := unit(word))), None)
