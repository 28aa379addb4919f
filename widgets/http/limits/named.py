"""Fields of rate limits whose names are built alike, whatever service sends them. Pure; nothing here raises.

Something with `ratelimit` in it, then the role of the number (`limit`, `remaining`, `reset`, …), and before or behind
it over which time: `rate_limits` reads all of those.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .names import PARTS, RATE_LIMIT, ROLES, in_seconds, measures, told, window_in, words_of
from .quotas import REQUESTS, UNLIMITED, Fields, Stated, counted_in
from .times import EPOCH, HOUR, LONGEST, MINUTE, duration, http_date, number, unit
from .values import doubt, first_number, quotas_of, rate, timed, window_of, window_of_kind, windows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILLERS = frozenset({"request", "requests", "time", "timestamp", "date"})


def rate_limits(fields: Fields) -> Iterator[Stated]:
    """`<prefix>-Limit`, `-Remaining`, `-Reset` and their kin, grouped by prefix, unit and window.

    GitHub, GitLab, NASA, X, Brevo, the IETF's drafts up to -06, Docker, OpenAI, Anthropic, Kong, Crossref, Discord,
    Reddit, KuCoin, SP-API: `X-RateLimit-Limit-Minute`, `x-ratelimit-remaining-tokens`,
    `anthropic-ratelimit-requests-reset`, `X-Rate-Limit-Interval`.
    """
    fields = timed(fields)
    groups = _grouped(fields)
    lone = [key for key, roles in groups.items() if set(roles) == {"reset"}]
    for (prefix, kind), roles_ in groups.items():
        if (prefix, kind) in lone and any(kind.startswith(f"{whole_}-") for other, whole_ in lone if other == prefix):
            continue  # Anthropic: `unified-reset` is the one of `unified-5h-reset` and its kin that counts now
        if "reset" not in roles_ and "after" not in roles_ and number(roles_.get("remaining", [""])[0]) == 0:
            # Contentful: one reset for all that it counts.
            others = [other for (other_prefix, _), other in groups.items() if other_prefix == prefix]
            alone = [other["reset"][0] for other in others if set(other) == {"reset"}]
            roles_ |= {"reset": alone[:1]} if alone else {}  # noqa: PLW2901 - the group itself
        yield from _group(prefix, kind, roles_, fields)


def _grouped(fields: Fields) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Their texts by the role that the name says, by prefix and by what is counted over which time."""
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    requests: dict[tuple[str, str], dict[str, list[str]]] = {}
    named = {match[1] for name in fields for match in _QUOTA_OF.finditer(name)}
    for name, value in fields.items():
        match = RATE_LIMIT.fullmatch(name)
        if match is None or "hubspot" in name:
            continue
        if name == "x-rl":
            continue
        if match["rest"] is None:  # Zendesk: the limit stands under the plain name
            (_, only), *more = _by_name(value)
            if name != "ratelimit" and not more and (number(only) is not None or rate(only)):
                groups.setdefault((_whole(match["prefix"]), ""), {}).setdefault("limit", []).append(only)
            continue
        left = match["rest"] == "remaining-seconds" and _is_time_left(name, fields)
        rest = "reset-seconds" if left else match["rest"]
        if found := _named(rest, value, named):
            kind, role, value_ = found
            # Pipedrive: what is known of a day's tokens says nothing of the requests beside them, and is no pace.
            known = window_in(kind) or counted_in(kind) != REQUESTS
            span = "" if known else (match["span"] or "").replace("-", "")
            kind = "-".join(each for each in (span, kind) if each)
            groups.setdefault((_whole(match["prefix"]), kind), {})
            into = requests if "requests" in match["rest"] else groups
            for word, count in _by_name(value_):
                in_it = "-".join(each for each in (kind, word) if each)
                into.setdefault((_whole(match["prefix"]), in_it), {}).setdefault(role, []).append(count)
    for (prefix, kind), roles in requests.items():
        # `X-RateLimit-Requests-Limit` beside `X-RateLimit-Limit` is another quota, unless each has a part of one.
        other = groups.get((prefix, kind), {})
        if other.keys() & roles.keys():
            groups[prefix, f"{kind}-requests".lstrip("-")] = roles
        else:
            groups[prefix, kind] = other | roles
    return {key: roles for key, roles in groups.items() if roles}


def _is_time_left(name: str, fields: Fields) -> bool:
    """Whether `…-Remaining-Seconds` is for how long requests remain: Rollbar says both, and no other seconds."""
    count = name.removesuffix("-seconds")
    base = count.removesuffix("-remaining")
    others = (other for other in fields if other.startswith(base) and other != name)
    return count in fields and not any("second" in other for other in others)


def _whole(prefix: str) -> str:
    """The prefix of `Rate-Remaining` (Qiita) is the one of `Rate-Limit`."""
    return f"{prefix}-limit" if prefix.endswith("rate") else prefix


def _by_name(value: str) -> list[tuple[str, str]]:
    """The parts of a value by the plans or windows that it names; else all of it, for none.

    IBM's gateway: `name=burst,10;name=plan-m,5000;`, whose only plan needs no name; or `{'minute': 100, 'day': 5000}`.
    """
    short = len(value) < 1000  # noqa: PLR2004 - a header
    plans = _OF_PLAN.findall(value) if value.startswith("name=") and short else []
    if plans and not _OF_PLAN.sub("", value).strip(" ,"):
        return [(f"{_PLAN}{_SIGNS.sub('', name.lower())}" if len(plans) > 1 else "", count) for name, count in plans]
    parts = _OF_WINDOWS.findall(value) if value.startswith("{") and short else []
    return [each for each in parts if unit(each[0])] or [("", value)]


_OF_PLAN = re.compile(r"name=([\w .-]{0,60}),(\d{1,12})(?:;|\Z)")
_SIGNS = re.compile(r"[\W_]")
_PLAN = "plan:"
"""How the name of a plan begins in the key of its group: it says neither what is counted nor over which time."""

_OF_WINDOWS = re.compile(r"[\"']([a-z]{1,10})[\"'] *: *(\d{1,15})", re.IGNORECASE)


_QUOTA_OF = re.compile(r"limit-(?:limit|remaining|used)-(minutes|hours|days)\b")
"""`X-RateLimit-Limit-Hours`: the word says which quota it is, also behind the reset."""


def _named(rest: str, value: str, quotas: set[str]) -> tuple[str, str, str] | None:
    """What the rest of a name and its value say: what is counted and over which time, the role, the value.

    Words that name `quotas` do not say what a time is measured in.
    """
    words = words_of(rest)
    roles = [ROLES[word] for word in told(words)]
    if not roles and words and unit(words[-1]) and set(words[:-1]) <= {"requests", "per"}:
        roles = ["limit"]  # `X-Rate-Limit-Per-Hour: 1000`, `X-Rate-Limit-24-Hour: 600`
    if not roles or "policy" in words or "retry" in words:
        return None
    if tuple(roles[:2]) in _DOUBTFUL or (roles[0] == "used" and not _MOMENTS.isdisjoint(words)):
        return None
    kind, measured = [], value
    for before, word in zip(["", *words], words, strict=False):
        if measures(before, word) and word not in quotas:
            measured = in_seconds(value, word)
        elif word not in ROLES and word not in _FILLERS and word != "per":
            kind.append(word)
        elif word in {"remaining", "max"} and before == "time":
            kind.append("work")  # Dynamics, Trello: seconds in which the service works for somebody
    role = "after" if roles[-1] == "after" and roles[0] == "reset" else roles[0]
    if role in _COUNTS and words[-1] in PARTS:
        return None  # `Check-Limit-Ms`: no number of anything but time
    role = "reset" if "ttl" in words else role  # how long what remains will live
    if len(words) > 1 and words[-2] in ROLES and _is_window(words[-1]):
        kind[-1] += "s"  # Kong: `Limit-30`
    return "-".join(kind), role, measured


_DOUBTFUL = frozenset(
    {("window", "remaining"), ("window", "used"), ("window", "limit"), ("used", "limit"), ("used", "window")}
)
"""`Window-Remaining` may be time or requests; `Current-Limit` is no count; of a total nobody says since when."""
_COUNTS = frozenset({"limit", "remaining", "used"})
"""The roles of numbers of what is counted."""
_MOMENTS = frozenset({"time", "timestamp", "date"})
"""`Current-Time`, which is no count either."""


def _is_window(word: str) -> bool:
    """Whether a plain number behind a role is one of seconds that people count over; others may be any number.

    >>> [_is_window(word) for word in ("30", "300", "86400", "5", "42", "429", "48213")]
    [True, True, True, False, False, False, False]
    """
    seconds = int(word) if word.isdecimal() and len(word) < 8 else 0  # noqa: PLR2004 - LONGEST has seven digits
    if seconds < MINUTE:
        return seconds >= 10 and MINUTE % seconds == 0  # noqa: PLR2004 - smaller ones count the quotas
    return seconds <= LONGEST and (seconds % HOUR == 0 or (seconds % MINUTE == 0 and HOUR % seconds == 0))


def _group(prefix: str, kind: str, roles: Mapping[str, list[str]], fields: Fields) -> Iterator[Stated]:
    """What one group of fields states: one quota, or several of which the limit is a list."""
    words = kind.split("-") if kind else []
    spans = [found for word in words if (found := unit(word)) is not None]
    counted = "-".join(word for word in words if unit(word) is None and not word.startswith(_PLAN))
    what = counted_in(counted)
    told = roles.get("window", [""])[0]
    ends = roles.get("after", roles.get("reset", [""]))
    window = spans[0] if spans else window_of(told, ends[0], fields) or window_of_kind(roles.get("type", [""])[0])
    if window is None and "amzn" in prefix:
        window = 1.0  # SP-API states a rate a second
    limit, used = roles.get("limit", [""])[0], roles.get("used", [""])[0]
    if number(limit) is not None and number(limit) <= 0:  # type: ignore[operator]
        # 0 and -1 stand for no limit at all; Okta writes 0 where too many requests are under way at once.
        if number(limit) == number(roles.get("remaining", [""])[0]) == 0 and "reset" in roles:
            yield Stated(unit=UNLIMITED, remaining=0.0, reset=roles["reset"][0])
        return
    note = doubt(told, window)
    quotas = list(quotas_of(roles.get("fill", [limit])[0] if window else limit, window, used))
    if several := list(_side_by_side(roles, window)):
        yield from (replace(each, unit=what, note=note) for each in several)
        return
    remaining = first_number(roles.get("remaining", [""])[0])
    remaining = None if remaining == _NO_LIMIT else remaining
    if not quotas and remaining is not None and (spent := number(used)) is not None:
        quotas = [(remaining + spent, window)]  # Reddit states no limit
    elif len(quotas) == 1 and "remaining" not in roles and what == REQUESTS:
        remaining = _unspent(quotas[0][0], number(used))  # OpenAIRE does not say what is left
    yield from (Stated(quota, span, unit=what, note=note) for quota, span in quotas)
    quota, window = quotas[0] if len(quotas) == 1 else (None, window if not quotas else None)
    for left in _ends(prefix, roles, remaining) or [None]:
        if left is not None or remaining is not None:
            yield Stated(quota, window, unit=what, remaining=remaining, reset=left)


def _ends(prefix: str, roles: Mapping[str, list[str]], remaining: float | None) -> list[str | float | None]:
    """What a group says of when its quota is there again."""
    lefts: list[str | float | None] = [*roles.get("after", ()), *roles.get("reset", ())]
    if not lefts and remaining is not None and remaining <= 0:
        lefts = [*roles.get("next", ())]  # Akamai: when a request may be made again; before it is now
    if prefix.startswith("gw-") and lefts and (milliseconds := number(str(lefts[0]))) is not None and milliseconds >= 0:
        return [milliseconds / 1000]  # KuCoin
    return lefts[:1] if "after" in roles else lefts  # Discord: the one that does not depend on a clock


def _side_by_side(roles: Mapping[str, list[str]], window: float | None) -> Iterator[Stated]:
    """Several quotas in one field each, `60, 1000` of which `59, 998` remain, or `1, 2` are used, if they differ."""
    told = {role: roles.get(role, [""])[0] for role in ("limit", "remaining", "used", "reset")}
    columns = {role: [number(part.strip()) for part in text.split(",")] for role, text in told.items()}
    limits, lefts = columns["limit"], columns["remaining"]
    by_used = "remaining" not in roles and len(columns["used"]) == len(limits)
    if by_used:
        lefts = [_unspent(*each) for each in zip(limits, columns["used"], strict=True)]
    rows = list(dict.fromkeys(zip(limits, lefts, strict=False)))
    if len(limits) != len(lefts) or len(rows) != len(limits) or any(None in row for row in rows) or len(rows) < 2:  # noqa: PLR2004 - several
        return
    spans = windows_of(len(rows), told["used"] if by_used else "", window)
    ends: list[str | None] = [part.strip() for part in told["reset"].split(",")]
    one = http_date(told["reset"]) is not None or (by_used and duration(told["reset"]) is not None)
    if one or len(ends) != len(rows):
        spent = 0 in lefts
        ends = [told["reset"] if (one or by_used) and not (spent and left) else None for left in lefts]
    elif any(end and span and span + 1 < end < EPOCH for end, span in zip(columns["reset"], spans, strict=True)):
        spans = (window,) * len(rows)
    for (quota, left), span, end in zip(rows, spans, ends, strict=True):
        if quota and quota > 0:  # Brave: `50, 0`, of which the second is no limit
            yield Stated(quota, span, remaining=left, reset=end)


def _unspent(quota: float | None, used: float | None) -> float | None:
    """What is left of a quota of which so much is used; `None` where these are no counts."""
    if quota is None or used is None:
        return None
    counts = 0 < quota < math.inf and 0 <= used < EPOCH and used % 1 == 0
    return max(0.0, quota - used) if counts else None


_NO_LIMIT = -1.0
"""What remains where there is no limit."""
