"""Fields that have a form of their own, each as its service documents it. Pure; nothing here raises."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .quotas import PERCENT, UNLIMITED, Fields, Stated, count_of, counted_in, real
from .times import DAY, EPOCH, as_window, number, unit

if TYPE_CHECKING:
    from collections.abc import Iterator


def basecamp(fields: Fields) -> Iterator[Stated]:
    """`X-RateLimit: {"name":"API","period":10,"limit":50,"remaining":0,"until":"2026-09-21T14:13:27Z"}`."""
    text = fields.get("x-ratelimit", "")
    if not text.startswith("{") or len(text) > 10_000:  # noqa: PLR2004 - a header, not a document
        return
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return
    quota, period, remaining = (real(told.get(name)) for name in ("limit", "period", "remaining"))
    until = told.get("until")
    yield Stated(
        quota, period or None, str(told.get("name", ""))[:60], remaining=remaining,
        reset=until if isinstance(until, str) else _judged(real(until)),
    )  # fmt: skip


def _judged(count: float | None) -> str | float | None:
    """Seconds, or a number that can only be a moment, as text that is still to be read."""
    return count if count is None or count < EPOCH else f"{count:.3f}"


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
    interval = count_of(fields, f"{prefix}-interval-milliseconds")
    window = interval / 1000 if interval else None
    yield Stated(count_of(fields, f"{prefix}-max"), window, remaining=count_of(fields, f"{prefix}-remaining"))
    for word in ("secondly", "daily"):
        quota, left = count_of(fields, f"{prefix}-{word}"), count_of(fields, f"{prefix}-{word}-remaining")
        yield Stated(quota, unit(word), word, remaining=left)


def azure(fields: Fields) -> Iterator[Stated]:
    """`X-Ms-RateLimit-Remaining-Resource: Microsoft.Compute/HighCostGet3Min;46,…`: what is left in so many minutes.

    More than an hour of minutes, or with a zero before them, belong to the name.
    """
    for match in _OF_RESOURCE.finditer(fields.get("x-ms-ratelimit-remaining-resource", "")):
        minutes = match["minutes"]
        window = 60.0 * float(minutes) if minutes[0] != "0" and float(minutes) <= _HOUR else None
        yield Stated(None, window, match["name"], remaining=float(match["left"]))


_HOUR = 60.0
"""Minutes."""

_OF_RESOURCE = re.compile(
    r"(?P<name>[\w.]{1,60}/[A-Za-z0-9]{1,60}?(?P<minutes>\d{1,4})Min) *; *(?P<left>\d{1,9})(?![\w.])"
)


def etsy(fields: Fields) -> Iterator[Stated]:
    """`X-Limit-Per-Second: 10` with `X-Remaining-This-Second`, `X-Limit-Per-Day: 10000` with `X-Remaining-Today`."""
    for word, left in (("second", "this-second"), ("day", "today")):
        remaining = count_of(fields, f"x-remaining-{left}")
        yield Stated(count_of(fields, f"x-limit-per-{word}"), unit(word), remaining=remaining)


def bybit(fields: Fields) -> Iterator[Stated]:
    """`X-Bapi-Limit: 100`, of which `X-Bapi-Limit-Status: 99` are left until `X-Bapi-Limit-Reset-Timestamp`."""
    prefix = "x-bapi-limit"
    reset = fields.get(f"{prefix}-reset-timestamp")
    if (quota := count_of(fields, prefix)) is not None:
        yield Stated(quota, remaining=count_of(fields, f"{prefix}-status"), reset=reset)


def parts(fields: Fields) -> Iterator[Stated]:
    """A field that names the parts of its value: `total=100; remaining=99; resets=59` of `Zendesk-RateLimit-x`.

    Huawei's gateway: `X-Apig-RateLimit-Api: remain:92,limit:100,time:1 minute`.
    """
    for name, text in fields.items():
        told = _PARTS.findall(text) if "ratelimit-" in name and len(text) <= 200 else []  # noqa: PLR2004 - two lines
        if len(dict(told)) == len(told) > 1 and not _PARTS.sub("", text).strip(" ,;"):
            said = {_OF_A_PART.get(part.lower(), ""): value for part, value in told}
            quota, remaining = number(said.get("limit", "")), number(said.get("remaining", ""))
            over, end = said.get("window", ""), said.get("reset")
            plain = number(over)
            window = unit(over) if plain is None else as_window(plain, number(end or "") or 0.0)
            if quota is not None and remaining is not None:
                what = counted_in(name.rpartition("ratelimit-")[2])
                yield Stated(quota, window, unit=what, remaining=remaining, reset=end)


_PARTS = re.compile(r"\b([A-Za-z]{3,12}) *[=:] *(\d{1,15}(?: [A-Za-z]{1,12})?)(?![\w.:=])")
_OF_A_PART = {
    "total": "limit", "limit": "limit", "remaining": "remaining", "remain": "remaining", "reset": "reset",
    "resets": "reset", "time": "window", "window": "window",
}  # fmt: skip


def levels(fields: Fields) -> Iterator[Stated]:
    """`X-Shopify-Shop-Api-Call-Limit: 1/40`: of a leaky bucket of 40, one is used.

    Lightspeed says besides how fast it leaks: `X-LS-API-Bucket-Level: 1/60` with `X-LS-API-Drip-Rate: 1`.
    """
    for name, text in fields.items():
        if not name.endswith(("-call-limit", "-bucket-level", "api-usage")):
            continue
        yield from _used_of(text)
        drip = count_of(fields, name.removesuffix("-bucket-level") + "-drip-rate")
        if drip:
            yield Stated(drip, 1.0)


def replenished(fields: Fields) -> Iterator[Stated]:
    """`X-RateLimit-Replenish-Rate: 10`: tokens a second, of which a request takes `-Requested-Tokens`.

    The gateway of Spring Cloud; how many it saves up stands under `-Burst-Capacity`.
    """
    for name in fields:
        prefix = name.removesuffix("-replenish-rate")
        rate = count_of(fields, name)
        if prefix != name and rate:
            yield Stated(rate / (count_of(fields, f"{prefix}-requested-tokens") or 1.0), 1.0)


def replenishing(fields: Fields) -> Iterator[Stated]:
    """`X-Current-Token-Count: 3` are left, and there are more at `X-Next-Replenishment-Time` (Walmart)."""
    for name in fields:
        prefix, found, _ = name.partition("next-replenish")
        if found:
            yield Stated(remaining=count_of(fields, f"{prefix}current-token-count"), reset=fields[name])


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


def app_store(fields: Fields) -> Iterator[Stated]:
    """`X-Rate-Limit: user-hour-lim:3500;user-hour-rem:500;`: of 3500 in an hour 500 are left."""
    told = {(match["name"], match["role"]): match for match in _OF_NAME.finditer(fields.get("x-rate-limit", ""))}
    for (name, role), match in told.items():
        left = told.get((name, "rem"))
        if role == "lim":
            yield Stated(float(match["count"]), unit(match["unit"]), remaining=left and float(left["count"]))


_OF_NAME = re.compile(
    r"\b(?P<name>(?:[a-z]{1,20}-){0,3}(?P<unit>second|minute|hour|day))-(?P<role>lim|rem):(?P<count>\d{1,12})(?![\w.])"
)


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
    if (left := count_of(fields, "x-rl")) is not None and (seconds := count_of(fields, "x-ttl")) is not None:
        yield Stated(remaining=left, reset=seconds)


def sentry(fields: Fields) -> Iterator[Stated]:
    """`X-Sentry-Rate-Limits: 60:transaction:key, 2700:default;error:organization`: what is refused for so long.

    It comes with answers that are served as well, of which other kinds of data are meant.
    """
    for part in fields.get("x-sentry-rate-limits", "").split(","):
        seconds = number(part.partition(":")[0].strip())
        if seconds is not None and seconds > 0:
            yield Stated(unit=UNLIMITED, remaining=0.0, reset=seconds)


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


_PERCENTS = re.compile(r'"(?:call_count|total_time|total_cputime|[a-z_]*util_pct)" *: *(\d{1,6}(?:\.\d+)?)')
_REGAINED = re.compile(r'"estimated_time_to_regain_access" *: *([1-9]\d{0,6})')
_RESET_IN = re.compile(r'"reset_time_duration" *: *([1-9]\d{0,8})')
_OF_HUNDRED = re.compile(r"\((\d{1,6})%\)")


def _rest_of(used: float) -> float:
    return max(0.0, 100.0 - used)


def salesforce(fields: Fields) -> Iterator[Stated]:
    """`Sforce-Limit-Info: api-usage=18/5000, per-app-api-usage=17/250(appName=x)`: of those of the last 24 hours."""
    for part in fields.get("sforce-limit-info", "").split(","):
        name, _, text = part.strip().partition("=")
        for stated in _used_of(text.partition("(")[0]):
            yield replace(stated, window=DAY if name.endswith("api-usage") else None, name=name)


def _used_of(text: str) -> Iterator[Stated]:
    used, _, quota = text.partition("/")
    level, size = number(used.strip()), number(quota.strip())
    if level is not None and size is not None and size >= 0:
        yield Stated(size, remaining=max(0.0, size - level))
