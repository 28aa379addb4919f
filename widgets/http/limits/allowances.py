"""Fields of what may still be asked for, under other names than a rate limit's. Pure; nothing here raises.

A word for what is counted and one for the role of the number, in any order: `counted` reads all of those.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from .names import PARTS, RATE_LIMIT, ROLES, apart, in_seconds, measures, window_in
from .quotas import Fields, Stated, counted_in
from .times import number
from .values import PERIODS, doubt, first_number, rate, timed, window_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def counted(fields: Fields) -> Iterator[Stated]:
    """What is left of requests, calls or credits, under other names than a rate limit's.

    `X-Requests-Remaining: 499` with `-Used`, `3scale-Limit-Remaining` with `-Limit` and `-Reset`,
    `X-Requests-Available-Minute` with `X-RequestCounter-Reset`, `X-Allowance-Remaining`, `Api-Credits-Left`.
    """
    fields = timed(fields)
    groups: dict[str, dict[str, str]] = {}
    alone: dict[str, str] = {}
    others: list[tuple[str, str, str]] = []
    for name, text in fields.items():
        words = [word for word in _WORDS_IN.findall(apart(name)) if word not in {"x", "counter"}]
        words, text = _in_seconds(words, text)  # noqa: PLW2901 - the same one
        said = [word for word in words if word in ROLES]
        if RATE_LIMIT.fullmatch(name) or not said or _is_no_quota(words, said):
            continue
        role = ROLES[next((word for word in said if word not in _SUBJECTS), said[-1])]
        key = "-".join(word for word in words if word not in _NO_KEY)
        wide = role == "reset" and key.endswith("-limits")  # Inoreader: one for all its zones
        if not wide and not _SUBJECTS & set(words):
            others += [(key or "api", role, text)] if key or "api" in words else []
            continue
        if wide or (role == "reset" and not key):
            alone.setdefault(key.removesuffix("limits"), text)
        group = groups.setdefault(key, {})
        group.setdefault(role, text)
        group |= {word: "" for word in ("total", "count") if word in said and _SURELY_LIMITS.isdisjoint(said)}
        group |= {"named": ""} if (_SUBJECTS - {"limit"}) & set(words) else {}
    for key, role, text in others:  # `X-Daily-Remaining` has no word for what remains, beside `X-Daily-Limit`
        own = "" if key == "api" else key
        if role == "remaining" and key in PERIODS:
            groups.setdefault(key, {}).setdefault(role, text)
        if "limit" in groups.get(own, {}) and not (own and role == "limit"):
            groups[own].setdefault(role, text)
    for key, roles in groups.items():
        ends = [
            text for other, text in alone.items() if not other or (key.startswith(other) and window_in(key) is None)
        ]
        yield from _counted(key, roles, roles.get("reset", ends[0] if ends else None), fields)


def _is_no_quota(words: list[str], said: list[str]) -> bool:
    """Whether words of which so many name roles speak of something else than of what may be asked for."""
    taken = (words[-1:] == ["request"] and "quota" in words) or not _OF_PAGES.isdisjoint(words)  # by this one
    taken = taken or (said == ["usage"] and words[-1] != "usage")  # `X-Usage-Plan`
    taken = taken or (not _OF_ONE.isdisjoint(words) and _OF_A_QUOTA.isdisjoint(words))  # `X-Request-Duration-Ms`
    return taken or "retry" in words or words[-1] in PARTS


def _in_seconds(words: list[str], text: str) -> tuple[list[str], str]:
    """The words of a name without the one that says what its time is measured in, and its text with its measure."""
    measure = next((word for before, word in pairwise(words) if measures(before, word)), "")
    return ([word for word in words if word != measure], in_seconds(text, measure)) if measure else (words, text)


def _counted(key: str, roles: Mapping[str, str], end: str | None, fields: Fields) -> Iterator[Stated]:
    """What one group of such fields states, which ends then."""
    remaining, used = first_number(roles.get("remaining", "")), number(roles.get("used", ""))
    told = roles.get("window", "")
    window = window_in(key) or window_of(told, end or "", fields)
    # `X-Total-Requests` is how many there may be only beside how many are left, or used: else a server counts what it
    # served, as it does in a `-Count`.
    served = "total" in roles and remaining is None and (used is None or "count" in roles)
    quota = None if served else number(roles.get("limit", ""))
    if limit := rate(roles.get("limit", "")):  # `Quota-Limit: 1000/day`
        quota, window = limit[0], limit[1] or window
    if remaining is None and quota is not None and used is not None:
        remaining = max(0.0, quota - used)
    what = counted_in(key)
    if remaining is None and quota is None and "reset" in roles:
        yield Stated(unit=what, reset=roles["reset"])
    if remaining is None or remaining < 0:
        if "named" in roles and quota is not None and quota >= 1 and window is not None:
            yield Stated(quota, window, unit=what)
        return
    if quota is None and used is not None and round(remaining + used, 6) % 1 == 0:
        quota = remaining + used  # else it was used by this request only, as money is
    note = doubt(told, window)
    yield Stated(quota, window, unit=what, remaining=remaining, reset=end, note=note)


_SUBJECTS = frozenset({
    "request", "requests", "req", "call", "calls", "credits", "queries", "quota", "allowance", "limit",
    "usage",
})  # fmt: skip
_SURELY_LIMITS = frozenset({"limit", "quota", "max", "allowed", "allotted"})
"""Words that say of a total that it is one that may be used."""

_OF_PAGES = frozenset({"page", "pages", "pagination", "paging", "list", "cache", "offset", "cursor"})
_OF_ONE = frozenset({"duration", "ttl", "expire", "expires", "expiry"})
_OF_A_QUOTA = frozenset({"quota", "limit", "usage", "allowance", "credits", "requests", "calls", "queries"})
"""Of which a time is one of the quota: else it is how long a request took, or is good for."""

_NO_KEY = ROLES.keys() | {"timestamp"} | _SUBJECTS | {"api", "per"}
_WORDS_IN = re.compile(
    r"requests?(?=available|counter|remaining|left)|available|counter|remaining|left|[a-z0-9]+?(?=requests|-|$)|[a-z0-9]+"
)
