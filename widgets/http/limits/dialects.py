"""The fields in which services state their limits. Pure; nothing here raises.

Most services build the names of their fields alike: something with `ratelimit` in it, then the role of the number
(`limit`, `remaining`, `reset`, …), and before or behind it what is counted and over which time. `named` reads all of
those; beside it stand the dialects that have a form of their own. Add another one to `DIALECTS`.
"""

from __future__ import annotations

import json
import re
from collections import UserString
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import http_sf

from .times import DAY, number, unit

REQUESTS = "requests"
Fields = Mapping[str, str]
"""Header values by their names in lower case; repeated lines are joined with commas."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a service says of one quota; `None` where it is silent. `reset` is text still to be judged, or seconds."""

    quota: float | None = None
    window: float | None = None
    name: str = ""
    unit: str = REQUESTS
    remaining: float | None = None
    reset: str | float | None = None
    note: str = ""


_NAME = re.compile(r"(?P<prefix>(?:[a-z0-9]+-)*?(?:read)?rate-?limits?|x-rl)(?:-(?P<rest>[a-z0-9-]+))?")
_ROLES = {
    "limit": "limit", "quota": "limit", "max": "limit", "total": "limit",
    "allotted": "limit", "allowed": "limit", "current": "used", "consumed": "used",
    "remaining": "remaining", "remain": "remaining", "available": "remaining", "left": "remaining", "ttl": "reset",
    "reset": "reset", "resets": "reset", "resettime": "reset", "until": "reset", "after": "after", "in": "after",
    "used": "used", "usage": "used", "observed": "used", "count": "used",
    "resetson": "reset", "resetat": "reset",
    "interval": "window", "window": "window", "period": "window", "fillrate": "fill", "type": "type",
}  # fmt: skip
_JOINED = re.compile(r"([a-z]{3,}?)(limit|remaining|reset|used)")
"""`DailyLimit`, `UserRemaining`: two words in one."""
_MEASURES = {"ms": 0.001, "milliseconds": 0.001, "seconds": 1.0, "secs": 1.0}
"""What a time is measured in, as the word behind its role says: `Interval-Milliseconds`, `Reset-Ms`."""
_FILLERS = frozenset({"request", "requests", "time", "timestamp", "date"})
_PER = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(?:/|per|requests per|requests/) *([0-9]* *[a-z]+)", re.IGNORECASE)
_TWICE_NAMED = re.compile(r'"[^"]*" *; *"(?P<name>[^"]*)"(?P<rest>(?: *; *[a-z]+=[0-9]+)+)')
_STRAVA = (900.0, DAY)
_OTHER = re.compile(r"\btokens\b|^token$|byte|complexity|points|cost|weight|concurren|\bwork\b")
"""What is counted, and is no requests."""
UNLIMITED = "of no limit"
"""The unit of a limit of 0: none at all, or, where a request was refused, one of another kind that is spent."""


def ietf_policy(fields: Fields) -> Iterator[Stated]:
    """`RateLimit-Policy`, draft -08 on: `"burst";q=100;w=60`; in -07 the quota was the member: `100;w=60`."""
    for name, text in fields.items():
        if name.endswith("ratelimit-policy"):  # a draft of it may have a prefix: `Beta-RateLimit-Policy`
            yield from _ietf_policies(text)


def _ietf_policies(text: str) -> Iterator[Stated]:
    note = ""
    if twice := _TWICE_NAMED.fullmatch(text):  # as Hugging Face writes it
        text = f'"{twice["name"]}"{twice["rest"]}'
        note = "RateLimit-Policy is malformed: it names its policy twice, and the second name was taken."
    for value, parameters in _members(text):
        named = isinstance(value, (str, UserString))
        quota = _whole(parameters.get("q")) if named else _whole(value)
        what = str(parameters.get("qu", REQUESTS))
        yield Stated(
            quota, _whole(parameters.get("w"), least=1), str(value) if named else "", what, note=note
        )  # fmt: skip


def ietf_state(fields: Fields) -> Iterator[Stated]:
    """`RateLimit`, draft -08 on: `"burst";r=50;t=30`; in -07 a dictionary: `limit=100, remaining=50, reset=30`."""
    for name, text in fields.items():
        if not name.endswith("ratelimit"):
            continue
        policies = [each for other, said in fields.items() if other == f"{name}-policy" for each in _members(said)]
        counted_in = {str(policy): str(parameters.get("qu", REQUESTS)) for policy, parameters in policies}
        windows = {str(policy): _whole(parameters.get("w"), least=1) for policy, parameters in policies}
        for policy, parameters in _members(text):
            what = counted_in.get(str(policy), REQUESTS)  # requests, too, where those under way are counted
            yield Stated(
                window=windows.get(str(policy)),
                unit=REQUESTS if what.endswith(REQUESTS) else what,
                remaining=_whole(parameters.get("r")),
                reset=_whole(parameters.get("t")),
            )
        if older := _entries(text):
            quota, remaining, reset = (_whole(older.get(part)) for part in ("limit", "remaining", "reset"))
            yield Stated(quota, remaining=remaining, reset=reset)


def named(fields: Fields) -> Iterator[Stated]:
    """`<prefix>-Limit`, `-Remaining`, `-Reset` and their kin, grouped by prefix, unit and window.

    GitHub, GitLab, NASA, X, Brevo, the IETF's drafts up to -06, Docker, OpenAI, Anthropic, Kong, Crossref, Discord,
    Reddit, KuCoin, SP-API: `X-RateLimit-Limit-Minute`, `x-ratelimit-remaining-tokens`,
    `anthropic-ratelimit-requests-reset`, `X-Rate-Limit-Interval`.
    """
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for name, value in fields.items():
        match = _NAME.fullmatch(name)
        if match is None or "hubspot" in name:
            continue
        value = _OF_PLAN.sub(r"\1", value)  # noqa: PLW2901 - IBM: `name=default,100;`
        if name == "x-rl":
            continue
        if match["rest"] is None:  # Zendesk: the limit stands under the plain name
            if name != "ratelimit" and number(value) is not None:
                groups.setdefault((match["prefix"], ""), {}).setdefault("limit", []).append(value)
            continue
        if found := _named(match["rest"], value):
            kind, role, value_ = found
            for word, count in _by_window(value_):
                in_it = "-".join(each for each in (kind, word) if each)
                groups.setdefault((match["prefix"], in_it), {}).setdefault(role, []).append(count)
    for (prefix, kind), roles_ in groups.items():
        if "reset" not in roles_ and "after" not in roles_ and number(roles_.get("remaining", [""])[0]) == 0:
            # Contentful: one reset for all that it counts.
            others = [other for (other_prefix, _), other in groups.items() if other_prefix == prefix]
            alone = [other["reset"][0] for other in others if set(other) == {"reset"}]
            roles_ |= {"reset": alone[:1]} if alone else {}  # noqa: PLW2901 - the group itself
        yield from _group(prefix, kind, roles_)


_OF_PLAN = re.compile(r"\Aname=[\w .-]{0,60},(\d{1,12});?\Z")


def _by_window(value: str) -> Iterator[tuple[str, str]]:
    """The parts of a value by the windows that it names, `{'minute': 100, 'day': 5000}`; else all of it, for none."""
    parts = _OF_WINDOWS.findall(value) if value.startswith("{") and len(value) < 1000 else []  # noqa: PLR2004 - a header
    yield from [each for each in parts if unit(each[0])] or [("", value)]


_OF_WINDOWS = re.compile(r"[\"']([a-z]{1,10})[\"'] *: *(\d{1,15})", re.IGNORECASE)


def _named(rest: str, value: str) -> tuple[str, str, str] | None:
    """What the rest of a name and its value say: what is counted and over which time, the role, the value."""
    words: list[str] = []
    for word in rest.split("-"):
        word = word[3:] if word.startswith("per") and unit(word[3:]) else word  # noqa: PLW2901 - Tumblr: `PerDay`
        joined = None if word in _ROLES else _JOINED.fullmatch(word)
        words += [joined[1], joined[2]] if joined else [word]
    roles = [_ROLES[word] for word in words if word in _ROLES]
    if words[0] == "per" and not roles and unit(words[-1]):
        roles = ["limit"]  # `X-Rate-Limit-Per-Hour: 1000`
    if not roles or "policy" in words or "retry" in words:
        return None
    kind, measured = [], value
    for before, word in zip(["", *words], words, strict=False):
        measure = _MEASURES.get(word) if _ROLES.get(before) in ("window", "reset", "after") else None
        if measure is not None:
            count = number(value.partition(",")[0].strip())
            measured = value if count is None else f"{count * measure:.6f}"
        elif word not in _ROLES and word not in _FILLERS and word != "per":
            kind.append(word)
        elif word == "remaining" and before == "time":
            kind.append("work")  # Dynamics: seconds in which the service works for somebody
    role = "after" if roles[-1] == "after" and roles[0] == "reset" else roles[0]
    role = "reset" if "ttl" in words else role  # how long what remains will live
    return "-".join(kind), role, measured


def _group(prefix: str, kind: str, roles: Mapping[str, list[str]]) -> Iterator[Stated]:
    """What one group of fields states: one quota, or several of which the limit is a list."""
    words = kind.split("-") if kind else []
    spans = [found for word in words if (found := unit(word)) is not None]
    counted = "-".join(word for word in words if unit(word) is None)
    what = counted if _OTHER.search(counted) else REQUESTS
    window = spans[0] if spans else _span(roles.get("window", [""])[0]) or _typed(roles.get("type", [""])[0])
    if window is None and "amzn" in prefix:
        window = 1.0  # SP-API states a rate a second
    limit, used = roles.get("limit", [""])[0], roles.get("used", [""])[0]
    if number(limit) is not None and number(limit) <= 0:  # type: ignore[operator]
        # 0 and -1 stand for no limit at all; Okta writes 0 where too many requests are under way at once.
        if number(limit) == number(roles.get("remaining", [""])[0]) == 0 and "reset" in roles:
            yield Stated(unit=UNLIMITED, remaining=0.0, reset=roles["reset"][0])
        return
    quotas = list(_quotas(roles.get("fill", [limit])[0] if window else limit, window, used))
    remaining = _first_number(roles.get("remaining", [""])[0])
    if not quotas and remaining is not None and (spent := number(used)) is not None:
        quotas = [(remaining + spent, window)]  # Reddit states no limit
    yield from (Stated(quota, span, unit=what) for quota, span in quotas)
    quota, window = quotas[0] if len(quotas) == 1 else (None, window if not quotas else None)
    lefts: list[str | float | None] = [*roles.get("after", ()), *roles.get("reset", ())]
    if prefix.startswith("gw-") and lefts and (milliseconds := number(str(lefts[0]))) is not None and milliseconds >= 0:
        lefts = [milliseconds / 1000]  # KuCoin
    if "after" in roles:
        lefts = lefts[:1]  # Discord: the one that does not depend on a clock
    for left in lefts or [None]:
        if left is not None or remaining is not None:
            yield Stated(quota, window, unit=what, remaining=remaining, reset=left)


def _quotas(text: str, window: float | None, used: str) -> Iterator[tuple[float, float | None]]:
    """The quotas of a limit: `50`, `50, 50` (the same one twice), `10, 10;w=60`, `60 per minute`, `600,30000`."""
    if per := _PER.fullmatch(text.strip()):
        span = unit(per[2].replace(" ", "")) or unit(per[2].strip())
        yield float(per[1]), span or window
        return
    plain = [number(part.strip()) for part in text.split(",")]
    counts = [count for count in plain if count is not None and count >= 0]
    if len(counts) == len(plain):
        pair = len(counts) == len(used.split(",")) == len(_STRAVA) and window is None
        spans = _STRAVA if pair else (window,) * len(counts)  # Strava: a quarter of an hour, and a day
        yield from dict.fromkeys(zip(counts, spans, strict=True))
        return
    for value, parameters in _members(text):
        quota = _whole(value)
        if quota is not None:
            yield quota, _whole(parameters.get("w", parameters.get("window")), least=1) or window


def _span(text: str) -> float | None:
    """The window of `1s, 1s`, `60` or `minute`."""
    first = text.partition(",")[0].strip()
    seconds = number(first)
    found = unit(first) if seconds is None else seconds
    return found or None


def _typed(text: str) -> float | None:
    """The window that the type of a limit says: `QPS`, `Daily-limit` (Zoom)."""
    words = text.lower().replace("_", "-").split("-")
    return 1.0 if words[0] in _A_SECOND else unit(words[0]) if words[0] in _TYPES else None


_A_SECOND = frozenset({"qps", "rps", "tps"})
_TYPES = frozenset({"secondly", "minutely", "hourly", "daily", "weekly", "monthly"})


def _first_number(text: str) -> float | None:
    """`99`, or `99;w=21600` as Docker has it."""
    return number(text.partition(";")[0].partition(",")[0].strip())


def basecamp(fields: Fields) -> Iterator[Stated]:
    """`X-RateLimit: {"name":"API","period":10,"limit":50,"remaining":0,"until":"2026-09-21T14:13:27Z"}`."""
    text = fields.get("x-ratelimit", "")
    if not text.startswith("{") or len(text) > 10_000:  # noqa: PLR2004 - a header, not a document
        return
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return
    quota, period, remaining = (_real(told.get(name)) for name in ("limit", "period", "remaining"))
    until = told.get("until")
    yield Stated(
        quota, period or None, str(told.get("name", ""))[:60], remaining=remaining,
        reset=until if isinstance(until, str) else _real(until),
    )  # fmt: skip


def riot(fields: Fields) -> Iterator[Stated]:
    """`X-App-Rate-Limit: 20:1,100:120` with `X-App-Rate-Limit-Count: 1:1,36:120`: 20 in 1 s and 100 in 120 s."""
    for name, text in fields.items():
        if (
            _TRIPLES.fullmatch(text)
            and not name.endswith("-state")
            and _TRIPLES.fullmatch(state := fields.get(f"{name}-state", ""))
        ):
            yield from _penalized(text, state)
        if not name.endswith("-rate-limit") or ":" not in text:
            continue
        counts = dict(_pairs(fields.get(f"{name}-count", ""), turned=True))
        for quota, window in _pairs(text):
            used = counts.get(window)
            left = None if used is None else max(0.0, quota - used)
            yield Stated(quota, window or None, remaining=left)


_TRIPLES = re.compile(r" *\d{1,9}:\d{1,9}:\d{1,9}(?: *, *\d{1,9}:\d{1,9}:\d{1,9})*")


def _penalized(text: str, state: str) -> Iterator[Stated]:
    """`X-Rate-Limit-Ip: 8:10:60`, 8 in 10 s, else 60 s of ban; `-State: 1:10:0`: 1 is used, 0 s of ban are left."""
    used = {part[1]: part for part in ([float(one) for one in each.split(":")] for each in state.split(","))}
    for quota, window, _ in ([float(one) for one in each.split(":")] for each in text.split(",")):
        spent, _, banned = used.get(window, [0.0, window, 0.0])
        left = 0.0 if banned else max(0.0, quota - spent)
        yield Stated(quota, window or None, remaining=left, reset=banned or None)


def _pairs(text: str, *, turned: bool = False) -> Iterator[tuple[float, float]]:
    for part in text.split(","):
        first, _, second = part.partition(":")
        count, window = number(first.strip()), number(second.strip())
        if count is not None and window is not None and count >= 0 and window >= 0:
            yield (window, count) if turned else (count, window)


def hubspot(fields: Fields) -> Iterator[Stated]:
    """`X-HubSpot-RateLimit-Max: 100` in `-Interval-Milliseconds: 10000`, beside `-Daily` and `-Secondly`."""
    prefix = "x-hubspot-ratelimit"
    interval = _count(fields, f"{prefix}-interval-milliseconds")
    window = interval / 1000 if interval else None
    yield Stated(_count(fields, f"{prefix}-max"), window, remaining=_count(fields, f"{prefix}-remaining"))
    for word in ("secondly", "daily"):
        quota, left = _count(fields, f"{prefix}-{word}"), _count(fields, f"{prefix}-{word}-remaining")
        yield Stated(quota, unit(word), word, remaining=left)


def azure(fields: Fields) -> Iterator[Stated]:
    """`X-Ms-RateLimit-Remaining-Resource: Microsoft.Compute/HighCostGet3Min;46,…`: what is left in so many minutes."""
    for match in _OF_RESOURCE.finditer(fields.get("x-ms-ratelimit-remaining-resource", "")):
        yield Stated(name=match["name"], remaining=float(match["left"]))


_OF_RESOURCE = re.compile(r"(?P<name>[\w.]{1,60}/[A-Za-z0-9]{1,60}?\d{1,4}Min) *; *(?P<left>\d{1,9})(?![\w.])")


def etsy(fields: Fields) -> Iterator[Stated]:
    """`X-Limit-Per-Second: 10` with `X-Remaining-This-Second`, `X-Limit-Per-Day: 10000` with `X-Remaining-Today`."""
    for word, left in (("second", "this-second"), ("day", "today")):
        remaining = _count(fields, f"x-remaining-{left}")
        yield Stated(_count(fields, f"x-limit-per-{word}"), unit(word), remaining=remaining)


def bybit(fields: Fields) -> Iterator[Stated]:
    """`X-Bapi-Limit: 100`, of which `X-Bapi-Limit-Status: 99` are left until `X-Bapi-Limit-Reset-Timestamp`."""
    prefix = "x-bapi-limit"
    reset = fields.get(f"{prefix}-reset-timestamp")
    if (quota := _count(fields, prefix)) is not None:
        yield Stated(quota, remaining=_count(fields, f"{prefix}-status"), reset=reset)


def zendesk(fields: Fields) -> Iterator[Stated]:
    """`Zendesk-RateLimit-search-index: total=100; remaining=99; resets=59`."""
    for name, text in fields.items():
        if "ratelimit-" in name and (match := _EQUALS.fullmatch(text)):
            yield Stated(float(match["total"]), remaining=float(match["left"]), reset=match["resets"])


_EQUALS = re.compile(r" *(?:total|limit)=(?P<total>\d+) *; *remaining=(?P<left>\d+) *; *resets?=(?P<resets>\d+) *")


def levels(fields: Fields) -> Iterator[Stated]:
    """`X-Shopify-Shop-Api-Call-Limit: 1/40`: of a leaky bucket of 40, one is used.

    Lightspeed says besides how fast it leaks: `X-LS-API-Bucket-Level: 1/60` with `X-LS-API-Drip-Rate: 1`.
    """
    for name, text in fields.items():
        if not name.endswith(("-call-limit", "-bucket-level")):
            continue
        yield from _used_of(text)
        drip = _count(fields, name.removesuffix("-bucket-level") + "-drip-rate")
        if drip:
            yield Stated(drip, 1.0)


def replenished(fields: Fields) -> Iterator[Stated]:
    """`X-RateLimit-Replenish-Rate: 10`: tokens a second, of which a request takes `-Requested-Tokens`.

    The gateway of Spring Cloud; how many it saves up stands under `-Burst-Capacity`.
    """
    for name in fields:
        prefix = name.removesuffix("-replenish-rate")
        rate = _count(fields, name)
        if prefix != name and rate:
            yield Stated(rate / (_count(fields, f"{prefix}-requested-tokens") or 1.0), 1.0)


def replenishing(fields: Fields) -> Iterator[Stated]:
    """`X-Current-Token-Count: 3` are left, and there are more at `X-Next-Replenishment-Time` (Walmart)."""
    for name in fields:
        prefix, found, _ = name.partition("next-replenish")
        if found:
            yield Stated(remaining=_count(fields, f"{prefix}current-token-count"), reset=fields[name])


def upbit(fields: Fields) -> Iterator[Stated]:
    """`Remaining-Req: group=default; min=1800; sec=29`: so many are left of this second, and no minute counts."""
    for match in _OF_SECOND.finditer(fields.get("remaining-req", "")):
        yield Stated(window=1.0, remaining=float(match[1]))


_OF_SECOND = re.compile(r"\bsec=(\d{1,6})\b")


def eventbrite(fields: Fields) -> Iterator[Stated]:
    """`X-Rate-Limit: token:ABC 3/2000 reset=2100s, key:DEF 3/48000 reset=78540s`."""
    for match in _USED_OF.finditer(fields.get("x-rate-limit", "")):
        quota = float(match["quota"])
        yield Stated(quota, remaining=max(0.0, quota - float(match["used"])), reset=match["reset"])


_USED_OF = re.compile(r"(?P<used>\d{1,12})/(?P<quota>\d{1,12}) +reset=(?P<reset>\d{1,12}s?)")


def auth0(fields: Fields) -> Iterator[Stated]:
    """`Auth0-Client-Quota-Limit: b=per_hour;q=100;r=99;t=1200`."""
    for name, text in fields.items():
        if not name.endswith("-quota-limit"):
            continue
        for match in _BUCKETS.finditer(text):
            window = unit(match["window"])
            yield Stated(float(match["q"]), window, match["window"], remaining=float(match["r"]), reset=match["t"])


_BUCKETS = re.compile(r"b=per_(?P<window>[a-z]+) *; *q=(?P<q>\d{1,12}) *; *r=(?P<r>\d{1,12}) *; *t=(?P<t>\d{1,12})")


def ip_api(fields: Fields) -> Iterator[Stated]:
    """`X-Rl: 44` requests are left for `X-Ttl: 60` seconds."""
    if (left := _count(fields, "x-rl")) is not None and (seconds := _count(fields, "x-ttl")) is not None:
        yield Stated(remaining=left, reset=seconds)


def sentry(fields: Fields) -> Iterator[Stated]:
    """`X-Sentry-Rate-Limits: 60:transaction:key, 2700:default;error:organization`: what is refused for so long.

    It comes with answers that are served as well, of which other kinds of data are meant.
    """
    for part in fields.get("x-sentry-rate-limits", "").split(","):
        seconds = number(part.partition(":")[0].strip())
        if seconds is not None and seconds > 0:
            yield Stated(unit=UNLIMITED, remaining=0.0, reset=seconds)


def counted(fields: Fields) -> Iterator[Stated]:
    """What is left of requests, calls or credits, under other names than a rate limit's.

    `X-Requests-Remaining: 499` with `-Used`, `3scale-Limit-Remaining` with `-Limit` and `-Reset`,
    `X-Requests-Available-Minute` with `X-RequestCounter-Reset`, `X-Allowance-Remaining`, `Api-Credits-Left`.
    """
    groups: dict[str, dict[str, str]] = {}
    alone: list[str] = []
    for name, text in fields.items():
        words = [word for word in _WORDS_IN.findall(_apart(name)) if word not in {"x", "api", "counter"}]
        said = [word for word in words if word in _ROLES]
        if _NAME.fullmatch(name) or "retry" in words or not said or not _SUBJECTS & set(words):
            continue
        role = _ROLES[next((word for word in said if word not in _SUBJECTS), said[-1])]
        key = "-".join(word for word in words if word not in _ROLES and word not in _SUBJECTS)
        if role == "reset" and not key:
            alone.append(text)
        groups.setdefault(key, {}).setdefault(role, text)
    for key, roles in groups.items():
        remaining, used = number(roles.get("remaining", "")), number(roles.get("used", ""))
        spans = [found for word in key.split("-") if (found := unit(word)) is not None]
        quota = number(roles.get("limit", ""))
        if remaining is None and quota is not None and used is not None:
            remaining = max(0.0, quota - used)
        if remaining is None or remaining < 0:
            continue
        if quota is None and used is not None:
            quota = remaining + used
        reset = roles.get("reset", alone[0] if alone else None)
        yield Stated(quota, spans[0] if spans else None, remaining=remaining, reset=reset)


def _apart(name: str) -> str:
    """`x-minlimit-remaining` with its words apart, `x-min-limit-remaining`; `reqpersec` alike."""
    return _PER_TIME.sub(r"\1-\2", _LIMIT_OF.sub(r"\1-\2-limit", name))


_LIMIT_OF = re.compile(r"\b(app|user|)(sec|second|min|minute|hour|day|week|month)limit\b")
_PER_TIME = re.compile(r"\b(req|requests|calls)per(sec|second|min|minute|hour|day|week|month)\b")

_SUBJECTS = frozenset({
    "request", "requests", "req", "call", "calls", "credits", "queries", "quota", "allowance", "limit",
})  # fmt: skip
_WORDS_IN = re.compile(
    r"requests?(?=available|counter|remaining|left)|available|counter|remaining|left|[a-z0-9]+?(?=requests|-|$)|[a-z0-9]+"
)


def percents(fields: Fields) -> Iterator[Stated]:
    """What is used in parts of a hundred, or of one.

    `X-App-Usage: {"call_count": 28, "total_time": 25}` and its kin, where a reset is in minutes as
    `estimated_time_to_regain_access` and in seconds as `reset_time_duration`; `X-Throttling-Control: Request Count
    status: Green (12%)`; `X-Ms-Throttle-Limit-Percentage: 0.9`.
    """
    for name, text in fields.items():
        if name.endswith("-usage") and text.startswith(("{", "[")) and len(text) <= 10_000:  # noqa: PLR2004
            used = [float(each) for each in _PERCENTS.findall(text)]
            waits = [60.0 * float(each) for each in _REGAINED.findall(text)]
            waits += [float(each) for each in _RESET_IN.findall(text)]
            if used:
                longest = max(waits, default=0.0)
                yield Stated(unit=PERCENT, remaining=0.0 if longest else _rest_of(max(used)), reset=longest or None)
        elif name == "x-throttling-control":
            used = [float(each) for each in _OF_HUNDRED.findall(text)]
            if used:
                yield Stated(unit=PERCENT, remaining=_rest_of(max(used)))
        elif name.endswith("-throttle-limit-percentage") and (share := number(text)) is not None:
            yield Stated(unit=PERCENT, remaining=_rest_of(100.0 * share))


PERCENT = "percent"
_PERCENTS = re.compile(r'"(?:call_count|total_time|total_cputime|[a-z_]*util_pct)" *: *(\d{1,6}(?:\.\d+)?)')
_REGAINED = re.compile(r'"estimated_time_to_regain_access" *: *([1-9]\d{0,6})')
_RESET_IN = re.compile(r'"reset_time_duration" *: *([1-9]\d{0,8})')
_OF_HUNDRED = re.compile(r"\((\d{1,6})%\)")


def _rest_of(used: float) -> float:
    return max(0.0, 100.0 - used)


def salesforce(fields: Fields) -> Iterator[Stated]:
    """`Sforce-Limit-Info: api-usage=18/5000`: of those of the last 24 hours, 18 are used."""
    for part in fields.get("sforce-limit-info", "").split(","):
        name, _, text = part.strip().partition("=")
        for stated in _used_of(text):
            yield replace(stated, window=DAY if name == "api-usage" else None, name=name)


def _used_of(text: str) -> Iterator[Stated]:
    used, _, quota = text.partition("/")
    level, size = number(used.strip()), number(quota.strip())
    if level is not None and size is not None and size >= 0:
        yield Stated(size, remaining=max(0.0, size - level))


DIALECTS: tuple[Callable[[Fields], Iterator[Stated]], ...] = (
    ietf_policy,
    ietf_state,
    named,
    basecamp,
    riot,
    hubspot,
    azure,
    etsy,
    bybit,
    zendesk,
    levels,
    replenished,
    replenishing,
    upbit,
    eventbrite,
    auth0,
    ip_api,
    sentry,
    counted,
    percents,
    salesforce,
)


def _count(fields: Fields, name: str) -> float | None:
    found = number(fields.get(name, ""))
    return found if found is not None and found >= 0 else None


def _real(value: Any) -> float | None:
    """Return `value` if it is a number from 0 on: JSON has booleans, too."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15  # noqa: PLR2004 - no quota
    return float(value) if usable else None


def _whole(value: Any, least: int = 0) -> int | None:
    """Return `value` if it is a whole number from `least` on: a structured field also has booleans and decimals."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= least else None


def _members(text: str) -> list[tuple[Any, dict[str, Any]]]:
    """Read a list of items; empty when it is malformed, since the draft wants such a field ignored."""
    return [each for each in _structured(text, "list") or [] if not isinstance(each[0], list)]


def _entries(text: str) -> dict[str, Any]:
    """Read a dictionary of items without their parameters; empty when it is malformed."""
    return {name: each[0] for name, each in (_structured(text, "dictionary") or {}).items()}


def _structured(text: str, kind: str) -> Any:
    """Read a structured field (RFC 9651)."""
    try:
        return http_sf.parse(text.encode("ascii"), tltype=kind)
    except (http_sf.StructuredFieldError, UnicodeError):
        return None
