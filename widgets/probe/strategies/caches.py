"""Answers that a cache gave in place of the service: they say little of its limits. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from widgets.http.limits import times
from widgets.model.attempt import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from widgets.model.attempt import Attempt

SHARE = 0.1
"""So many of the accepted answers, or of the refusals, from a cache are worth a word."""

_STATES = frozenset(
    {"x-cache", "x-cache-status", "cf-cache-status", "cache-status", "x-vercel-cache", "x-drupal-cache"}
)
"""Fields that say whether a cache gave the answer; `Cache-Status` is RFC 9211's."""
_HIT = re.compile(r"(?:\b|_)(?:hit|stale|updating)\b", re.IGNORECASE)


def cached(headers: Mapping[str, str]) -> bool:
    """Whether an answer says that it was kept before.

    >>> cached({"Age": "31"}), cached({"X-Cache": "TCP_HIT from edge"}), cached({"CF-Cache-Status": "MISS"})
    (True, True, False)
    >>> cached({"Age": "0"}), cached({"Cache-Status": "edge; hit; ttl=30"})
    (False, True)
    """
    for name, text in headers.items():
        low = name.lower()
        if low in _STATES and _HIT.search(text):
            return True
        if low == "age" and (times.number(text.strip()) or 0) > 0:
            return True
    return False


def from_cache(attempts: Sequence[Attempt]) -> str:
    """The sentences on answers from a cache; empty where there were few.

    >>> from widgets.model.attempt import Attempt
    >>> kept = [Attempt(i, 1.0, 1.0, float(i), 0.1, 200, {"Age": "9"} if i > 1 else {"Age": "0"}) for i in range(1, 6)]
    >>> from_cache(kept)[:60]
    ' 4 of 5 accepted answers came from a cache, as their headers'
    """
    served = "they show what the cache allows, and little of the service behind it. Ask an address that is not kept."
    refused = "it may go on to refuse when the service behind it would serve again."
    return _said(attempts, Outcome.ACCEPTED, "accepted answers", served) + _said(
        attempts, Outcome.REFUSED, "refusals", refused
    )


def _said(attempts: Sequence[Attempt], outcome: Outcome, noun: str, so: str) -> str:
    """The sentence on the answers of one outcome, and what follows where many of them came from a cache."""
    of_it = [attempt for attempt in attempts if attempt.outcome is outcome]
    count = sum(cached(attempt.headers) for attempt in of_it)
    if not count or count < SHARE * len(of_it):
        return ""
    return f" {count} of {len(of_it)} {noun} came from a cache, as their headers say: {so}"
