"""What an answer says of pace: the one reader for probe, session, fetch and exports. Pure, and it never raises.

It is a hint and no proof: a stated policy may not be the one that binds.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple, TypeAlias

from . import times
from .dialects import DIALECTS
from .quotas import PERCENT, REQUESTS, UNLIMITED, Stated
from .refusal import come_back, is_refusal
from .resets import Resets

__all__ = ["Limits", "Policy", "Resets", "read", "sustained_wait"]

HeaderFields: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]]"

_LONG = times.DAY
"""Seconds from which on a hold is worth a word: it may be meant, and it may be misread."""
_WORDS = (
    *("retry-after", "retryafter", "retry-at", "retry-in", "backoff", "ratelimit", "rate-limit", "call-limit"),
    *("limit-info", "bucket-level", "drip-rate", "throttl", "app-usage", "case-usage", "account-usage", "requests-"),
    *("-remaining", "credits-", "quota", "allowance", "rate-reset", "rate-used", "-qps-"),
    *("request-limit", "request-count"),
)
_SHOWN = 80
_MOST = 100
"""Quotas that are read of one answer, many times as many as any service states: each is held against all others."""
_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Policy:
    """One stated quota.

    Attributes:
        quota: How many, in one window.
        window: Seconds; `None` where the service does not say.
        name: What the service calls it; empty where it has no name.
        unit: What is counted, `requests` unless the service says otherwise (`content-bytes`, `tokens`).
    """

    quota: float
    window: float | None = None
    name: str = ""
    unit: str = REQUESTS


@dataclass(frozen=True, slots=True)
class Limits:
    """All that one answer says about limits.

    Attributes:
        refused: Whether it is a refusal because of pace.
        hold: Seconds from the answer on to stay away: Retry-After in any form, else a stated reset where nothing is
            left; `None` where nothing was said, or nothing that can be meant. It may be said of an accepted answer
            too, though not where requests are left.
        policies: The stated quotas.
        remaining: What is left of the quota of requests that is nearest to its end.
        reset: Seconds until that one is there again.
        sustained: Seconds between requests that all stated policies sustain; `None` where none has a window.
        notes: What was read with doubt, or is not obeyed, as sentences.
        reading: Which meaning of the reset was taken: `seconds left`, `milliseconds left`, `epoch seconds`, `epoch
            milliseconds`, `epoch microseconds`, `epoch nanoseconds`, `time with a unit`, `HTTP date`, `ISO date`,
            `ISO date without a zone` (which is taken for UTC) or `JavaScript date`; empty where none was read.
        source: What `hold` was read from: `Retry-After`, `reset`, or `Backoff`, which comes with an answer that is
            served; empty where there is none.
        raw: The header lines that speak of limits, as they came, understood or not.
        percent: What is left in parts of a hundred, where the service says no more; `None` where it does not say so.
        lefts: What is left of each quota of requests, and the seconds within which it is there again, as far as that is
            said: its window, or its reset where that is longer; `None` where it is not.
        size: How large the quota is of which `remaining` is left; `None` where it is not said which one that is.
        alone: What is left of each quota of requests without a window that stands beside one with a window, or beside
            the one that is nearest to its end, the seconds until it is there again, and how large it is, if it says so.
    """

    refused: bool = False
    hold: float | None = None
    policies: tuple[Policy, ...] = ()
    remaining: float | None = None
    reset: float | None = None
    sustained: float | None = None
    notes: tuple[str, ...] = ()
    reading: str = ""
    source: str = ""
    raw: tuple[tuple[str, str], ...] = ()
    percent: float | None = None
    lefts: tuple[tuple[float, float | None], ...] = ()
    size: float | None = None
    alone: tuple[tuple[float, float, float | None], ...] = ()

    @property
    def sizes(self) -> list[float]:
        """How large the quota nearest to its end may be: its `size`, else all that what is left fits into.

        >>> told = {"X-RateLimit-Limit-Minute": "100", "X-RateLimit-Limit-Hour": "6000"}
        >>> read(200, told | {"X-RateLimit-Remaining": "5990"}, 0.0).sizes
        [6000.0]
        >>> read(200, {"RateLimit": "limit=400, remaining=399", "Zendesk-RateLimit-x": "total=50; remaining=49; resets=9"}, 0.0).sizes
        [50.0]
        """  # noqa: E501 - an example is one line
        if self.size is not None:
            return [self.size]
        quotas = (policy.quota for policy in self.policies if policy.unit == REQUESTS)
        return [quota for quota in quotas if quota >= (self.remaining or 0.0)]

    @property
    def back_in(self) -> float | None:
        """`hold` of an answer that is known to refuse, though not by its fields: then a lone reset is one as well.

        >>> read(400, {"X-RateLimit-Reset": "3"}, 0.0).back_in, read(400, {"X-RateLimit-Reset": "3"}, 0.0).hold
        (3.0, None)
        """
        lone = self.reset if self.remaining is None and self.reset else None
        return lone if self.hold is None else self.hold

    def scarce(self, seconds: float) -> float | None:
        """What is left of the quotas that are not there again within so many seconds; `None` where there is none.

        >>> told = {"X-RateLimit-Remaining-Minute": "3", "X-RateLimit-Remaining-Day": "40"}
        >>> read(200, told, 0.0).remaining, read(200, told, 0.0).scarce(600)
        (3.0, 40.0)
        """
        return min((left for left, within in self.lefts if within is not None and within > seconds), default=None)

    @property
    def retry_after(self) -> float | None:
        """`hold` where it was asked for in so many words, not only by a limit that is spent."""
        return self.hold if self.source == "Retry-After" else None


def read(status: int | None, headers: HeaderFields, now: float | datetime) -> Limits:
    """Read every dialect of rate-limit headers into one value; malformed fields are passed over, and kept in `raw`.

    >>> limits = read(429, {"X-RateLimit-Limit": "20;w=60", "X-RateLimit-Remaining": "0", "Retry-After": "7"}, now=0.0)
    >>> limits.refused, limits.hold, limits.remaining, limits.sustained
    (True, 7.0, 0.0, 3.0)
    >>> read(200, [("RateLimit-Policy", '"hour";q=100;w=3600'), ("RateLimit-Policy", '"day";q=500;w=86400')], 0.0).sustained
    172.8

    Args:
        status: Of the answer; `None` where none came.
        headers: By name in any case, or as pairs in order: repeated lines are read together.
        now: When the answer came, epoch seconds on the own clock. Moments are counted from the answer's own `Date`
            where it has one, so that a wrong clock on either side does no harm.
    """  # noqa: E501 - an example is one line
    pairs = [(str(name), str(value)) for name, value in (headers.items() if isinstance(headers, Mapping) else headers)]
    lines: dict[str, list[str]] = {}
    for name, value in pairs:
        lines.setdefault(name.lower().replace("_", "-"), []).append(value.strip())
    fields = {name: ", ".join(values) for name, values in lines.items()}
    clock = _clock(lines.get("date", ["", ""])[0], now)
    stated = list(islice((each for dialect in DIALECTS for each in dialect(fields)), _MOST))
    policies = _policies(stated)
    lefts = [left for each in stated if (left := _left(each, clock, policies, None))]
    resets = tuple(left.seconds for left in lefts if left.reading != "milliseconds left")
    wait, source, notes = _stay_away(lines, clock, resets, _of_spent(stated, clock, policies))
    told = [each for each in stated if each.unit != UNLIMITED or (status or 0) >= 400]  # noqa: PLR2004 - RFC 9110's classes
    states = _binding([state for each in told if (state := _state(each, clock, policies, wait))], status)
    nearest = min((state for state in states if state.counts), key=_nearness, default=_State(None, None))
    spent = [state for state in states if state.remaining is not None and state.remaining <= 0]
    refused = is_refusal(status, fields, spent=bool(spent), asked_away=wait is not None)
    if wait is None and (ends := [state.left.seconds for state in spent if state.left is not None]):
        wait, source = max(ends), "reset"
    if wait is None and refused and (ends := _lone(states)):
        wait, source = min(ends), "reset"
    if wait is None and (ends := [state.window for state in spent if state.bare and state.window <= times.HOUR]):
        wait, source = max(ends), "reset"
    if source == "Retry-After" and not refused and nearest.remaining and nearest.remaining > 0:
        wait = None  # Flask-Limiter and others send it with every answer.
    if source == "Retry-After" and not refused and _backs_off(fields):
        source = "Backoff"
    hold, doubts = _plausible(wait, source)
    if status == _FORBIDDEN and not refused and nearest.remaining is not None:
        doubts.append("403 although its limit is not spent: it may be a second limit, of which nothing is stated.")
    return Limits(
        refused,
        hold,
        policies,
        nearest.remaining,
        reset=None if nearest.left is None else nearest.left.seconds,
        sustained=_sustained(policies),
        notes=tuple(dict.fromkeys([*(each.note for each in stated if each.note), *notes, *doubts])),
        reading="" if nearest.left is None else nearest.left.reading,
        source="" if hold is None else source,
        raw=tuple((name, value) for name, value in pairs if any(word in name.lower() for word in _WORDS)),
        percent=min(
            (each.remaining for each in stated if each.unit == PERCENT and each.remaining is not None), default=None
        ),
        lefts=tuple(
            (state.remaining, _within(state, policies))
            for state in states
            if state.counts and state.remaining is not None
        ),
        size=_size(nearest, policies),
        alone=tuple(_alone(states, nearest, policies)),
    )


def sustained_wait(limits: Limits, seen: float) -> float | None:
    """Return the seconds between requests that what is stated sustains; `None` where it does not say.

    Of a quota without a window it is what remains of it, spread over the time until it is there again, if that is
    longer than `seen`, the seconds over which a pace was seen to be kept.
    """
    paces = [] if limits.sustained is None else [limits.sustained]
    lefts = [(left, reset) for left, reset, _ in limits.alone]
    if not paces and limits.remaining is not None and limits.reset is not None:
        lefts.append((limits.remaining, limits.reset))
    paces += [reset / left for left, reset in lefts if left > 0 and seen < reset < times.LONGEST]
    return max(paces, default=None)


def _backs_off(fields: Mapping[str, str]) -> bool:
    """Whether nothing but a `Backoff` says when to come back."""
    return all("backoff" in name.replace("-", "") for name in fields if come_back({name: ""}))


class _State(NamedTuple):
    """What remains of one quota, when it is there again, whether it is one of requests, how large, and over what time.

    It is `bare` where nothing but its window says when it is there again, and nothing how large it is.
    """

    remaining: float | None
    left: times.Left | None
    counts: bool = True
    quota: float | None = None
    window: float = 0.0
    name: str = ""

    @property
    def bare(self) -> bool:
        return self.quota is None and self.left is None and self.window > 0

    @property
    def nameless(self) -> bool:
        """Whether nothing is told of it but what remains."""
        return self.quota is None and self.left is None and not self.window


def _binding(states: list[_State], status: int | None) -> list[_State]:
    """Those that an answer of this status may be bound by.

    Where it was served, and says how many requests are left, what else is at 0 and tells neither how large it is nor
    when it is there again is an extra that was never granted, as OpenAlex' `X-RateLimit-OneTime-Remaining`.
    """
    if not 200 <= (status or 0) < 300 or not any(state.counts and state.remaining for state in states):  # noqa: PLR2004 - RFC 9110's classes
        return states
    return [state for state in states if state.remaining != 0 or not state.nameless]


def _clock(shown: str, now: float | datetime) -> float:
    """The service's own clock where it shows it, else ours, in epoch seconds."""
    found = times.http_date(shown)
    if found is not None and found > 0:
        return found
    if isinstance(now, datetime):
        return (now if now.tzinfo else now.replace(tzinfo=UTC)).timestamp()
    return now


def _policies(stated: Iterable[Stated]) -> tuple[Policy, ...]:
    """Each quota once; those without a window only where none has one, since they repeat one that does.

    One of requests repeats no one of tokens, and one that says when it is there again none that is of another size.
    """
    quotas = [each for each in stated if each.quota is not None and each.quota >= 0]
    windows = [each.window if each.window and each.window > 0 else None for each in quotas]
    found = [
        (each, Policy(each.quota or 0.0, window, each.name, each.unit))
        for each, window in zip(quotas, windows, strict=True)
    ]
    sizes = {policy.quota for _, policy in found if policy.window is not None and policy.unit == REQUESTS}
    if not any(policy.window is not None for _, policy in found):
        return tuple(dict.fromkeys(policy for _, policy in found))
    return tuple(
        dict.fromkeys(
            policy
            for each, policy in found
            if policy.window is not None
            or (policy.unit == REQUESTS and (not sizes or _of_its_own(each.remaining, each.reset, each.quota, sizes)))
        )
    )


def _of_its_own(remaining: float | None, reset: object, quota: float | None, sizes: Container[float]) -> bool:
    """Whether a quota without a window is none of those with one, since it is of another size and tells its end."""
    return remaining is not None and reset is not None and quota is not None and quota not in sizes


def _sustained(policies: Iterable[Policy]) -> float | None:
    paces = [
        policy.window / policy.quota
        for policy in policies
        if policy.window is not None and policy.quota > 0 and policy.unit == REQUESTS
    ]
    return max((pace for pace in paces if math.isfinite(pace)), default=None)


def _of_spent(stated: Sequence[Stated], clock: float, policies: Sequence[Policy]) -> tuple[float, ...]:
    """The resets in seconds of the quotas of which nothing is left; none where another has something left."""
    left = [each.remaining for each in stated if each.remaining is not None]
    spent = [] if any(left) else [each for each in stated if each.remaining is not None]
    ends = [_left(each, clock, policies, None) for each in spent]
    return tuple(end.seconds for end in ends if end and end.reading != "milliseconds left")


def _stay_away(
    lines: Mapping[str, list[str]], clock: float, resets: tuple[float, ...], spent: tuple[float, ...]
) -> tuple[float | None, str, list[str]]:
    """What the fields say that say when to come back; of several dates in one field the latest."""
    for text, milliseconds in come_back({name: ", ".join(values) for name, values in lines.items()}):
        if milliseconds:
            count = times.number(text)
            if count is not None and count >= 0:
                return count / 1000, "Retry-After", []
            continue
        singly = (one for values in lines.values() if ", ".join(values) == text for one in values)
        lefts = [left for each in (text, *singly) if (left := times.stay_away(each, clock, resets, spent))]
        if lefts:
            left = max(lefts, key=lambda one: one.seconds)
            notes = []
            if left.reading == "milliseconds left" or left.reading.startswith("epoch"):
                notes = [f"Retry-After {text[:_SHOWN]!r} was read as {left.reading}: as seconds it would not fit."]
            return left.seconds, "Retry-After", notes
    return None, "", []


def _plausible(wait: float | None, source: str) -> tuple[float | None, list[str]]:
    """A time to stay away, unless it cannot be meant; a long one with a word."""
    if wait is None:
        return None, []
    name = "Retry-After" if source == "Retry-After" else "The stated reset"
    if not wait <= times.LONGEST:
        days = f"{wait / times.DAY:,.0f} days" if wait < 1e15 else "longer than anybody can wait"  # noqa: PLR2004
        return None, [f"{name} would mean {days}: that cannot be meant, and is not obeyed."]
    if wait > _LONG:
        return wait, [f"{name} means {wait / times.DAY:.1f} days: that is long, and may be a slip of the service."]
    return wait, []


def _left(each: Stated, clock: float, policies: Sequence[Policy], wait: float | None) -> times.Left | None:
    match each.reset:
        case str(text):
            return times.reset(text, clock, _longest(each, policies), wait)
        case None:
            return None
        case seconds:
            return times.Left(seconds, "seconds left")


def _longest(each: Stated, policies: Sequence[Policy]) -> float | None:
    """The window that a reset is no longer than; `None` where only shorter ones of other quotas are stated."""
    windows = [(policy.quota, policy.window) for policy in policies if policy.window is not None]
    other = each.quota is not None and not each.window and all(quota != each.quota for quota, _ in windows)
    longest = max([each.window or 0.0, *(window for _, window in windows)])
    return longest if windows and (not other or longest >= min(times.WHOLE)) else None


def _state(each: Stated, clock: float, policies: Sequence[Policy], wait: float | None) -> _State | None:
    """What remains of a quota, and when it is there again, where a field says one of them."""
    left = _left(each, clock, policies, wait)
    if left is None and each.remaining is None:
        return None
    return _State(each.remaining, left, each.unit == REQUESTS, each.quota, each.window or 0.0, each.name)


def _alone(
    states: Iterable[_State], nearest: _State, policies: Sequence[Policy]
) -> Iterator[tuple[float, float, float | None]]:
    """What is left, the seconds until it is there again, and how large it is, of quotas without a window beside one."""
    sizes = {policy.quota for policy in policies if policy.window is not None and policy.unit == REQUESTS}
    for state in states:
        repeats = (state.quota is None or state.quota in sizes) if sizes else state is nearest
        if state.counts and not state.window and not repeats and state.remaining is not None and state.left is not None:
            yield state.remaining, state.left.seconds, state.quota


def _within(state: _State, policies: Iterable[Policy]) -> float | None:
    """Seconds within which a quota is there again: its window, else that of one as large, else the longest of all."""
    windows = [(policy.quota, policy.window) for policy in policies if policy.window is not None]
    own = [state.window] if state.window else [window for quota, window in windows if quota == state.quota]
    reset = [] if state.left is None else [state.left.seconds]
    if not own and _of_its_own(state.remaining, state.left, state.quota, {quota for quota, _ in windows}):
        own = reset
    return max([*(own or [window for _, window in windows]), *reset], default=None)


def _size(state: _State, policies: Iterable[Policy]) -> float | None:
    """How large the quota is of which so much is left: as it says, else as its name or its time does, if it fits."""
    if state.remaining is None:
        return None
    over = {state.window, None} if state.window else {policy.window for policy in policies}
    named = {policy.quota for policy in policies if state.name and policy.name == state.name}
    sizes = named or {policy.quota for policy in policies if policy.unit == REQUESTS and policy.window in over}
    fitting = {size for size in ({state.quota} if state.quota is not None else sizes) if size >= state.remaining}
    return fitting.pop() if len(fitting) == 1 else None


def _lone(states: Iterable[_State]) -> list[float]:
    """The resets of a refusal that says nothing of what is left, since nothing is (Mapbox)."""
    ends = [(state.remaining, state.left) for state in states]
    if any(remaining is not None for remaining, _ in ends):
        return []
    return [left.seconds for _, left in ends if left is not None]


def _nearness(state: _State) -> tuple[float, bool]:
    """The least remaining first, and of equals one that says when it ends."""
    return math.inf if state.remaining is None else state.remaining, state.left is None
