"""Fields whose names are built alike, whatever service sends them. Pure; nothing here raises.

Something with `ratelimit` in it, or a word for what is counted, then the role of the number (`limit`, `remaining`,
`reset`, …), and before or behind it over which time: `rate_limits` and `counted` read all of those.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from .quotas import UNLIMITED, Fields, Stated, counted_in, members, whole
from .times import DAY, EPOCH, HOUR, LONGEST, MINUTE, as_window, http_date, number, reset, stay_away, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(
    r"(?P<prefix>(?:[a-z0-9]+-)*?(?:read|(?P<span>(?:second|minute|hour|week|month)(?:ly)?|min|day|daily)-?)?"
    r"rate(?:-?limits?|(?=-(?:remaining|reset|used)\b))|x-rl)"
    r"(?:-?(?P<rest>[a-z0-9-]+))?"
)
_ROLES = {
    "limit": "limit", "quota": "limit", "max": "limit", "total": "limit",
    "allotted": "limit", "allowed": "limit", "current": "used", "consumed": "used",
    "remaining": "remaining", "remain": "remaining", "available": "remaining", "left": "remaining", "ttl": "reset",
    "reset": "reset", "resets": "reset", "until": "reset", "after": "after", "in": "after",
    "used": "used", "usage": "used", "observed": "used", "count": "used",
    "expiry": "reset", "expire": "reset", "expires": "reset",
    "interval": "window", "window": "window", "period": "window", "duration": "window", "timeframe": "window",
    "range": "window",
    "fillrate": "fill", "type": "type", "next": "next",
}  # fmt: skip
_JOINTS = re.compile(
    r"(?<=[a-z0-9]{3})(?=(?:limit|remaining|reset|used|period|window|available|left|counter)"
    r"(?:-|\Z|limit|remaining|reset|used|available|left|counter))|(?<=[a-z0-9])(?=requests(?:-|\Z))"
    r"|(?:(?<=request)|(?<=requests))(?=(?:available|counter|remaining|left))"
    r"|(?:(?<=\bremaining)|(?<=\bavailable)|(?<=\bleft)|(?<=\bcounter))(?=[a-z0-9])"
)
"""Between the words of `DailyLimit`, `BurstLimitRemaining`, `RequestsLeft` and `RenewalPeriod`, which are one."""
_MOMENT_OF = re.compile(r"\b(resets?|expires?|expiry)-?(?:time|at|on|date|timestamp)(?=-|\Z)")
"""`Reset-At`, `ResetsOn`, `ExpiresAt`, `ResetTime`: no word of these says more than the first."""
_MEASURES = {
    "ms": 0.001, "milliseconds": 0.001, "seconds": 1.0, "secs": 1.0, "minutes": MINUTE, "hours": HOUR, "days": DAY,
}  # fmt: skip
"""What a time is measured in, as the word behind its role says: `Interval-Milliseconds`, `Reset-Ms`."""
_OF_A_LIMIT = frozenset({"remaining", "reset", "after", "window"})
_COUNTED_UNIT = re.compile(r"\b([0-9]{1,3})-(?=(?:second|minute|min|hour|day)s?\b)")
"""`24-hour`, which is one time."""

_FILLERS = frozenset({"request", "requests", "time", "timestamp", "date", "renewal"})
_PER = re.compile(
    r"([0-9]+(?:\.[0-9]+)?) *(?:(?:req(?:uest)?s?|r|calls?) *)?(?:/|per) *((?:[0-9]+ *)?[a-z]+)", re.IGNORECASE
)
_STRAVA = (900.0, DAY)


def rate_limits(fields: Fields) -> Iterator[Stated]:
    """`<prefix>-Limit`, `-Remaining`, `-Reset` and their kin, grouped by prefix, unit and window.

    GitHub, GitLab, NASA, X, Brevo, the IETF's drafts up to -06, Docker, OpenAI, Anthropic, Kong, Crossref, Discord,
    Reddit, KuCoin, SP-API: `X-RateLimit-Limit-Minute`, `x-ratelimit-remaining-tokens`,
    `anthropic-ratelimit-requests-reset`, `X-Rate-Limit-Interval`.
    """
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
        match = _NAME.fullmatch(name)
        if match is None or "hubspot" in name:
            continue
        if name == "x-rl":
            continue
        if match["rest"] is None:  # Zendesk: the limit stands under the plain name
            if name != "ratelimit" and (number(value) is not None or _PER.fullmatch(value.strip())):
                groups.setdefault((_whole(match["prefix"]), ""), {}).setdefault("limit", []).append(value)
            continue
        if found := _named(match["rest"], value, named):
            kind, role, value_ = found
            kind = "-".join(each for each in (match["span"], kind) if each)
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
        return [(f"plan{_SIGNS.sub('', name.lower())}" if len(plans) > 1 else "", count) for name, count in plans]
    parts = _OF_WINDOWS.findall(value) if value.startswith("{") and short else []
    return [each for each in parts if unit(each[0])] or [("", value)]


_OF_PLAN = re.compile(r"name=([\w .-]{0,60}),(\d{1,12})(?:;|\Z)")
_SIGNS = re.compile(r"[\W_]")

_OF_WINDOWS = re.compile(r"[\"']([a-z]{1,10})[\"'] *: *(\d{1,15})", re.IGNORECASE)


_QUOTA_OF = re.compile(r"limit-(?:limit|remaining|used)-(minutes|hours|days)\b")
"""`X-RateLimit-Limit-Hours`: the word says which quota it is, also behind the reset."""


def _named(rest: str, value: str, quotas: set[str]) -> tuple[str, str, str] | None:
    """What the rest of a name and its value say: what is counted and over which time, the role, the value.

    Words that name `quotas` do not say what a time is measured in.
    """
    split = _apart(rest).split("-")
    words = [word[3:] if word.startswith("per") and unit(word[3:]) else word for word in split]  # Tumblr: `PerDay`
    roles = [_ROLES[word] for word in words if word in _ROLES]
    if not roles and unit(words[-1]) and set(words[:-1]) <= {"requests", "per"}:
        roles = ["limit"]  # `X-Rate-Limit-Per-Hour: 1000`, `X-Rate-Limit-24-Hour: 600`
    if not roles or "policy" in words or "retry" in words:
        return None
    kind, measured = [], value
    for before, word in zip(["", *words], words, strict=False):
        if _measures(before, word) and word not in quotas:
            measured = _measured(value, word)
        elif word not in _ROLES and word not in _FILLERS and word != "per":
            kind.append(word)
        elif word == "remaining" and before == "time":
            kind.append("work")  # Dynamics: seconds in which the service works for somebody
    role = "after" if roles[-1] == "after" and roles[0] == "reset" else roles[0]
    if words[0] in {"limit", "quota"} and len(roles) > 1 and roles[1] in _OF_A_LIMIT:
        role = roles[1]  # `X-RateLimit-Limit-Remaining`
    role = "reset" if "ttl" in words else role  # how long what remains will live
    if len(words) > 1 and words[-2] in _ROLES and _SECONDS.fullmatch(words[-1]):
        kind[-1] += "s"  # Kong: `Limit-30`
    return "-".join(kind), role, measured


_SECONDS = re.compile(r"[5-9]|[1-9]\d{1,6}")
"""A window behind a role; smaller ones count the quotas."""


def _measures(before: str, word: str) -> bool:
    """Whether a word says what the time is measured in of which the one before it speaks."""
    return word in _MEASURES and _ROLES.get(before) in {"window", "reset", "after"}


def _measured(value: str, word: str) -> str:
    """A time with its measure, so that nobody guesses it from what the number would mean; a moment is no time left.

    Minutes and hours that are more than any quota is counted over are none: then the word says which quota it is.
    """
    count = number(value.partition(",")[0].strip())
    most = LONGEST if MINUTE <= _MEASURES[word] <= HOUR else EPOCH
    return value if count is None or count * _MEASURES[word] >= most else f"{count * _MEASURES[word]:.6f}s"


def _group(prefix: str, kind: str, roles: Mapping[str, list[str]], fields: Fields) -> Iterator[Stated]:
    """What one group of fields states: one quota, or several of which the limit is a list."""
    words = kind.split("-") if kind else []
    spans = [found for word in words if (found := unit(word)) is not None]
    counted = "-".join(word for word in words if unit(word) is None)
    what = counted_in(counted)
    told, ends = roles.get("window", [""])[0], roles.get("after", roles.get("reset", [""]))
    window = spans[0] if spans else _span(told, ends[0], fields) or _typed(roles.get("type", [""])[0])
    if window is None and "amzn" in prefix:
        window = 1.0  # SP-API states a rate a second
    limit, used = roles.get("limit", [""])[0], roles.get("used", [""])[0]
    if number(limit) is not None and number(limit) <= 0:  # type: ignore[operator]
        # 0 and -1 stand for no limit at all; Okta writes 0 where too many requests are under way at once.
        if number(limit) == number(roles.get("remaining", [""])[0]) == 0 and "reset" in roles:
            yield Stated(unit=UNLIMITED, remaining=0.0, reset=roles["reset"][0])
        return
    note = _doubt(told, window)
    quotas = list(_quotas(roles.get("fill", [limit])[0] if window else limit, window, used))
    if len(several := list(_side_by_side(roles, window))) > 1:
        yield from (replace(each, unit=what, note=note) for each in several)
        return
    remaining = _first_number(roles.get("remaining", [""])[0])
    remaining = None if remaining == NO_LIMIT else remaining
    if (spent := number(used)) is not None:
        if not quotas and remaining is not None:
            quotas = [(remaining + spent, window)]  # Reddit states no limit
        elif len(quotas) == 1 and "remaining" not in roles:
            remaining = max(0.0, quotas[0][0] - spent)  # OpenAIRE does not say what is left
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


def _quotas(text: str, window: float | None, used: str) -> Iterator[tuple[float, float | None]]:
    """The quotas of a limit: `50`, `50, 50` (the same one twice), `10, 10;w=60`, `60 per minute`, `600,30000`."""
    if per := _PER.fullmatch(text.strip()):
        span = unit(per[2].replace(" ", "")) or unit(per[2].strip())
        yield float(per[1]), span or window
        return
    if _THOUSANDS.fullmatch(text.strip()):
        text = text.replace(",", "")
    plain = [number(part.strip()) for part in text.split(",")]
    counts = [count for count in plain if count is not None and count >= 0]
    if len(counts) == len(plain):
        yield from dict.fromkeys(zip(counts, _spans(len(counts), used, window), strict=True))
        return
    for value, parameters in members(text):
        quota = whole(value)
        if quota is not None:
            yield quota, whole(parameters.get("w", parameters.get("window")), least=1) or window


def _spans(quotas: int, used: str, window: float | None) -> tuple[float | None, ...]:
    """The windows of so many quotas side by side: Strava and Polar count over a quarter of an hour, and a day."""
    pair = quotas == len(used.split(",")) == len(_STRAVA) and window is None
    return _STRAVA if pair else (window,) * quotas


_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,0\d\d)+")
"""`1,000`, which is one number: no list has a second one that begins with 0."""


def _span(text: str, end: str, fields: Fields) -> float | None:
    """The window of `1s, 1s`, `60` or `minute`, of whose end a text speaks, and the answer's other fields."""
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


def _doubt(text: str, window: float | None) -> str:
    """What is said of a window that was read as milliseconds though its name does not say so."""
    count = number(text.partition(",")[0].strip())
    read = window is not None and count == 1000 * window and math.isfinite(count)
    return f"A window of {count:.0f} was read as milliseconds: as seconds it would be no usual one." if read else ""


def _typed(text: str) -> float | None:
    """The window that the type of a limit says: `QPS`, `Daily-limit` (Zoom)."""
    rate = _RATE.fullmatch(word := text.lower().replace("_", "-").partition("-")[0])
    return unit(_LETTERS[rate[1]] if rate else word) if rate or word in _TYPES else None


_TYPES = frozenset({"secondly", "minutely", "hourly", "daily", "weekly", "monthly"})


def _first_number(text: str) -> float | None:
    """`99`, `99/100`, or `99;w=21600` as Docker has it."""
    return number(re.split("[;,/]", text)[0].strip())


def _side_by_side(roles: Mapping[str, list[str]], window: float | None) -> Iterator[Stated]:
    """Several quotas in one field each, `60, 1000` of which `59, 998` remain, or `1, 2` are used, if they differ."""
    told = {role: roles.get(role, [""])[0].split(",") for role in ("limit", "remaining", "used", "reset")}
    columns = {role: [number(part.strip()) for part in parts] for role, parts in told.items()}
    limits, lefts = columns["limit"], columns["remaining"]
    if "remaining" not in roles and len(columns["used"]) == len(limits):
        pairs = zip(limits, columns["used"], strict=True)
        lefts = [max(0.0, quota - used) if quota and quota > 0 and used is not None else None for quota, used in pairs]
    rows = list(dict.fromkeys(zip(limits, lefts, strict=False)))
    if len(limits) != len(lefts) or len(rows) != len(limits) or any(None in row for row in rows):
        return
    ends = [part.strip() for part in told["reset"]] if len(told["reset"]) == len(rows) else [None] * len(rows)
    for (quota, left), span, end in zip(rows, _spans(len(rows), ",".join(told["used"]), window), ends, strict=True):
        yield Stated(quota, span, remaining=left, reset=end)


NO_LIMIT = -1.0
"""What remains where there is no limit."""


def counted(fields: Fields) -> Iterator[Stated]:
    """What is left of requests, calls or credits, under other names than a rate limit's.

    `X-Requests-Remaining: 499` with `-Used`, `3scale-Limit-Remaining` with `-Limit` and `-Reset`,
    `X-Requests-Available-Minute` with `X-RequestCounter-Reset`, `X-Allowance-Remaining`, `Api-Credits-Left`.
    """
    groups: dict[str, dict[str, str]] = {}
    others: list[tuple[str, str, str]] = []
    for name, text in fields.items():
        words = [word for word in _WORD.findall(_apart(name)) if word not in {"x", "counter"}]
        words, text = _in_seconds(words, text)  # noqa: PLW2901 - the same one
        said = [word for word in words if word in _ROLES]
        taken = (words[-1:] == ["request"] and "quota" in words) or not _OF_PAGES.isdisjoint(words)  # by this one
        taken = taken or (said == ["usage"] and words[-1] != "usage")  # `X-Usage-Plan`
        taken = taken or (not _OF_ONE.isdisjoint(words) and _OF_A_QUOTA.isdisjoint(words))  # `X-Request-Duration-Ms`
        if _NAME.fullmatch(name) or "retry" in words or taken or not said:
            continue
        role = _ROLES[next((word for word in said if word not in _SUBJECTS), said[-1])]
        key = "-".join(word for word in words if word not in _NO_KEY)
        if not _SUBJECTS & set(words):
            others += [(key or "api", role, text)] if key or "api" in words else []
            continue
        groups.setdefault(key, {}).setdefault(role, text)
        if (_SUBJECTS - {"limit", "limits"}) & set(words):
            groups[key]["named"] = ""
    for key, role, text in others:  # `X-Daily-Remaining` has no word for what remains, beside `X-Daily-Limit`
        own = "" if key == "api" else key
        if role == "remaining" and key in _TYPES:
            groups.setdefault(key, {}).setdefault(role, text)
        if "limit" in groups.get(own, {}) and not (own and role == "limit"):
            groups[own].setdefault(role, text)
    lone = [
        key for key, roles in groups.items() if "reset" in roles and (not key or roles.keys() <= {"reset", "named"})
    ]
    for key, roles in groups.items():
        wider = max((other for other in lone if not other or key.startswith(f"{other}-")), key=len, default=None)
        end = None if wider is None else groups[wider]["reset"]  # Inoreader: one for all its zones
        yield from _counted(key, roles, roles.get("reset", end), fields)


def _in_seconds(words: list[str], text: str) -> tuple[list[str], str]:
    """The words of a name without the one that says what its time is measured in, and its text with its measure."""
    measure = next((word for before, word in pairwise(words) if _measures(before, word)), "")
    return ([word for word in words if word != measure], _measured(text, measure)) if measure else (words, text)


def _counted(key: str, roles: Mapping[str, str], end: str | None, fields: Fields) -> Iterator[Stated]:
    """What one group of such fields states, which ends then."""
    remaining, used = _first_number(roles.get("remaining", "")), number(roles.get("used", ""))
    window = next((found for word in key.split("-") if (found := unit(word))), None)
    window = window or _span(roles.get("window", ""), end or "", fields)
    quota, limit = number(roles.get("limit", "")), _PER.fullmatch(roles.get("limit", "").strip())
    if limit:  # `Quota-Limit: 1000/day`
        quota, window = float(limit[1]), unit(limit[2].replace(" ", "")) or window
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
    note = _doubt(roles.get("window", ""), window)
    yield Stated(quota, window, unit=what, remaining=remaining, reset=end, note=note)


def _apart(name: str) -> str:
    """`x-appminlimit-remaining` with its words apart, `x-app-min-limit-remaining`; `rpm` in full; `24-hour` in one."""
    name = _JOINTS.sub("-", _MOMENT_OF.sub(r"\1", name))
    name = _PER_TIME.sub(r"\1-\2", _OF_WHOM.sub(r"\1-", name))
    name = _RATE.sub(lambda rate: f"{_WHAT.get(rate[0], 'requests')}-{_LETTERS[rate[1]]}", name)
    return _COUNTED_UNIT.sub(r"\1", name)


_RATE = re.compile(r"\b[qrt]p([smhd])\b")
_LETTERS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
_WHAT = dict.fromkeys(("tpm", "tph", "tpd"), "tokens")
"""`RPM` are requests per minute, and `TPM` tokens; `TPS` are transactions."""

_OF_WHOM = re.compile(r"\b(app|user)(?=(?:sec|second|min|minute|hour|day|week|month)-limit\b)")
_PER_TIME = re.compile(r"\b(req|requests|calls)per(sec|second|min|minute|hour|day|week|month)\b")

_SUBJECTS = frozenset({
    "request", "requests", "req", "call", "calls", "credits", "queries", "quota", "allowance", "limit",
    "limits", "usage",
})  # fmt: skip
_OF_PAGES = frozenset({"page", "pages", "pagination", "paging", "list", "cache", "offset", "cursor"})
_OF_ONE = frozenset({"duration", "ttl", "expire", "expires", "expiry"})
_OF_A_QUOTA = frozenset({"quota", "limit", "usage", "allowance", "credits", "requests", "calls", "queries"})
"""Of which a time is one of the quota: else it is how long a request took, or is good for."""

_NO_KEY = _ROLES.keys() | _SUBJECTS | {"api", "per"}
_WORD = re.compile(r"[a-z0-9]+")
