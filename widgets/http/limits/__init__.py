"""What a service says of its own limits, read from the headers of an answer. Pure, and it never raises.

It is a hint and no proof: a stated policy may not be the one that binds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from . import times
from .dialects import DIALECTS, REQUESTS, Stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_RETRY_AFTER = ("retry-after", "x-ratelimit-retry-after")
_LONGEST = 32 * 86_400.0
"""Seconds: no quota of requests is counted over more than a month, so that a longer reset was misread."""
_WORDS = ("retry-after", "ratelimit", "rate-limit", "call-limit")


@dataclass(frozen=True, slots=True)
class Policy:
    """One stated quota.

    Attributes:
        quota: How many, in one window.
        window: Seconds; `None` where the service does not say.
        name: What the service calls it; empty where it has no name.
        unit: What is counted, `requests` unless the service says otherwise (`content-bytes`, `concurrent-requests`).
    """

    quota: float
    window: float | None = None
    name: str = ""
    unit: str = REQUESTS


@dataclass(frozen=True, slots=True)
class Limits:
    """All that the headers of one answer say about limits.

    Attributes:
        retry_after: Seconds to stay away, from the answer on; `None` where nothing was said. It wins over `reset`. It
            may be absurd, even infinite.
        policies: The stated quotas.
        remaining: What is left of the quota that is nearest to its end.
        reset: Seconds until that one is there again.
        reading: Which meaning of the reset was taken: `seconds left`, `milliseconds left`, `epoch seconds`, `epoch
            milliseconds`, `HTTP date`, `ISO date` or `JavaScript date`; empty where none was read.
        raw: The header lines that speak of limits, as they came, understood or not.
    """

    retry_after: float | None = None
    policies: tuple[Policy, ...] = ()
    remaining: float | None = None
    reset: float | None = None
    reading: str = ""
    raw: tuple[tuple[str, str], ...] = ()


def read_limits(headers: Mapping[str, str], now: float | datetime) -> Limits:
    """Decode every dialect of rate-limit headers into one value; malformed fields are ignored, and kept in `raw`.

    Args:
        headers: Of one answer; names in any case.
        now: When the answer came, epoch seconds or a datetime. Moments are counted from the answer's own `Date` where
            it has one, so that a wrong clock on either side does no harm.
    """
    fields = {name.lower(): value.strip() for name, value in headers.items()}
    clock = _clock(fields, now)
    waits = (times.retry_after(fields.get(name, ""), clock) for name in _RETRY_AFTER)
    retry_after = next((wait.seconds for wait in waits if wait), None)
    stated = [each for dialect in DIALECTS for each in dialect(fields)]
    policies = _policies(stated)
    window = max((policy.window for policy in policies if policy.window is not None), default=None)
    spent = min(_states(stated, clock, window, retry_after), key=_nearness, default=(None, None))
    remaining, left = spent
    return Limits(
        retry_after,
        policies,
        remaining,
        reset=None if left is None else left.seconds,
        reading="" if left is None else left.reading,
        raw=tuple((name, value) for name, value in headers.items() if any(word in name.lower() for word in _WORDS)),
    )


def is_spent(headers: Mapping[str, str]) -> bool:
    """Whether the headers say that nothing is left of a limit, or when to come back: then a 403 is a refusal."""
    limits = read_limits(headers, now=0.0)
    return limits.retry_after is not None or (limits.remaining is not None and limits.remaining <= 0)


def stated_wait(limits: Limits) -> float | None:
    """Return the seconds between requests that the slowest stated quota sustains; `None` where none has a window."""
    paces = [
        policy.window / policy.quota
        for policy in limits.policies
        if policy.window is not None and policy.quota > 0 and policy.unit == REQUESTS
    ]
    return max(paces, default=None)


def sustained_wait(limits: Limits, seen: float) -> float | None:
    """Return the seconds between requests that what is stated sustains; `None` where it does not say.

    Where no quota has a window, it is what remains of one, spread over the time until it is there again, if that is
    longer than `seen`, the seconds over which a pace was seen to be kept.
    """
    wait = stated_wait(limits)
    if wait is not None or limits.remaining is None or limits.reset is None:
        return wait
    known = limits.remaining > 0 and seen < limits.reset < _LONGEST
    return limits.reset / limits.remaining if known else None


def _clock(fields: Mapping[str, str], now: float | datetime) -> float:
    """The service's own clock where it shows it, else ours, in epoch seconds."""
    shown = times.date(fields.get("date", ""), clock=0.0)
    if shown is not None:
        return shown.seconds
    if isinstance(now, datetime):
        return (now if now.tzinfo else now.replace(tzinfo=UTC)).timestamp()
    return now


def _policies(stated: Iterable[Stated]) -> tuple[Policy, ...]:
    """Each quota once; those without a window only where none has one, since they repeat one that does."""
    found = [Policy(each.quota, each.window, each.name, each.unit) for each in stated if each.quota is not None]
    windowed = [policy for policy in found if policy.window is not None]
    return tuple(dict.fromkeys(windowed or found))


_State = tuple[float | None, times.Left | None]


def _states(stated: Iterable[Stated], clock: float, window: float | None, wait: float | None) -> Iterable[_State]:
    """What remains of each quota, and when it is there again, where a field says one of them."""
    for each in stated:
        match each.reset:
            case str(text):
                left = times.reset(text, clock, window, wait)
            case None:
                left = None
            case seconds:
                left = times.Left(seconds, "seconds left")
        if left is not None or each.remaining is not None:
            yield each.remaining, left


def _nearness(state: _State) -> tuple[float, bool]:
    """The least remaining first, and of equals one that says when it ends."""
    remaining, left = state
    return math.inf if remaining is None else remaining, left is None
