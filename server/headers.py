"""What header fields say: the limits, in every dialect, from a limiter's decision; and any text. Pure.

`write` states a decision in a dialect, honest or wrong; `header_fields` writes a text that ASCII may not hold.

The notebook's probe reads each of them back. What the names in `DIALECTS` stand for:

- `none`: nothing at all.
- `retry-after`, `retry-after-date`: RFC 9110, on refusals only.
- `github`, `x`, `nasa`, `gitlab`, `shopify`, `mailerlite`, `brevo`: as those services do.
- `ietf-06`, `ietf-07`, `ietf-10`: three shapes of draft-ietf-httpapi-ratelimit-headers, with Retry-After.
- `reset-milliseconds`, `reset-iso`, `reset-javascript`: the rarer meanings of `X-RateLimit-Reset`.
- `short-retry-after`, `long-retry-after`, `wrong-limit`: wrong on purpose. A Retry-After a third as long as it must be,
  one of four months, and policies of twice the real quota.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

import http_sf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .limiters import Decision, Policy

# A time: each writes the seconds that are left, at so many epoch seconds.

LAST_MOMENT = 253_402_300_799
"""The end of the year 9999, the last that a date can state, in epoch seconds."""

LARGEST = 10**15 - 1
"""The largest integer of a structured field (RFC 9651)."""


def _whole(value: float) -> str:
    """Round up, within what a header can carry."""
    return str(math.ceil(min(max(value, 0.0), LARGEST)))


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(math.ceil(min(max(now, 0.0), LAST_MOMENT)), UTC)


def seconds(left: float, _now: float) -> str:
    """Whole seconds left, rounded up."""
    return _whole(left)


def milliseconds(left: float, _now: float) -> str:
    """Whole milliseconds left, rounded up."""
    return _whole(1000 * left)


def too_few_seconds(left: float, _now: float) -> str:
    """A third of the seconds left, rounded down."""
    return str(math.floor(min(max(left, 0.0), LARGEST) / 3))


def epoch(left: float, now: float) -> str:
    """The moment in whole epoch seconds, rounded up."""
    return _whole(now + left)


def http_date(left: float, now: float) -> str:
    """The moment as RFC 9110 writes it: `Sun, 06 Nov 1994 08:49:37 GMT`."""
    return format_datetime(_moment(now + left), usegmt=True)


def iso_date(left: float, now: float) -> str:
    """The moment as RFC 3339 writes it: `1994-11-06T08:49:37Z`."""
    return _moment(now + left).isoformat().replace("+00:00", "Z")


def javascript_date(left: float, now: float) -> str:
    """The moment as JavaScript's `String(date)` writes it."""
    # Put together from the HTTP date, whose names are English whatever the process's locale is.
    day, number, month, year, clock, _ = http_date(left, now).split()
    return f"{day[:3]} {month} {number} {year} {clock} GMT+0000 (Coordinated Universal Time)"


Headers: TypeAlias = dict[str, str]
Dialect: TypeAlias = "Callable[[Decision, float], Headers]"
"""Writes a decision that was made at so many epoch seconds."""

Time: TypeAlias = "Callable[[float, float], str]"
"""Writes the seconds that are left, at so many epoch seconds."""

FIDELITY = 0.01
"""How much slower than the rule a stated pace may be where its window is no whole number of seconds."""

FOUR_MONTHS = 10_000_000.0


def write(dialect: str, decision: Decision, now: float) -> Headers:
    """Return the header lines that state `decision`, made at `now` epoch seconds, in `dialect`.

    Times are rounded up and paces toward the slower one, but for the dialects that are wrong on purpose. A service that
    broke down states nothing.

    Raises:
        ValueError: When there is no such dialect.

    Example:
        >>> from server.limiters import FixedWindow
        >>> write("ietf-10", FixedWindow(limit=10, window=60).ask(5), now=5)
        {'RateLimit-Policy': '"window";q=10;w=60', 'RateLimit': '"window";r=9;t=55'}
    """
    if dialect not in DIALECTS:
        raise ValueError(f"there is no dialect {dialect!r}: choose one of {', '.join(DIALECTS)}")
    return {} if decision.failed else DIALECTS[dialect](decision, now)


def _joined(*dialects: Dialect) -> Dialect:
    """Several kinds of lines in one answer; of two with one name the later one stands."""
    return lambda decision, now: {name: text for each in dialects for name, text in each(decision, now).items()}


def _on_refusal(name: str, time: Time) -> Dialect:
    """One line with the time to stay away, on refusals only."""
    return lambda decision, now: {} if decision.accepted else {name: time(decision.retry_after, now)}


def _of_nearest(lines: Callable[[Policy, float], Headers]) -> Dialect:
    """Lines that have room for one policy: the one with the least left, of equals the one that takes longer."""

    def dialect(decision: Decision, now: float) -> Headers:
        policy = _nearest(decision)
        return {} if policy is None else lines(policy, now)

    return dialect


def _nearest(decision: Decision) -> Policy | None:
    return min(decision.policies, key=lambda each: (each.remaining, -each.reset), default=None)


def _counted(prefix: str, reset: Time | None = None) -> Dialect:
    """`<prefix>-Limit`, `-Remaining` and, where the service says it, `-Reset`."""

    def lines(policy: Policy, now: float) -> Headers:
        counts = {f"{prefix}-Limit": str(policy.quota), f"{prefix}-Remaining": str(policy.remaining)}
        return counts if reset is None else {**counts, f"{prefix}-Reset": reset(policy.reset, now)}

    return _of_nearest(lines)


def _per_whole_seconds(policy: Policy) -> tuple[int, int]:
    """Quota and window in whole seconds, as the draft wants it, at nearly the same pace: 1 per 6.5 s is 2 per 13 s."""
    least = math.ceil(policy.window * (1 - 1e-9))
    for window in range(least, least + 102):  # a hundred seconds are always enough to come within 0.01
        whole = math.floor(window / policy.window * (1 + 1e-9))
        if window <= whole * policy.window * (1 + FIDELITY):
            return min(whole * policy.quota, LARGEST), min(window, LARGEST)
    return policy.quota, min(least, LARGEST)


def _structured(members: list[Any]) -> str:
    """Write a structured list (RFC 9651)."""
    return http_sf.ser(members)


def _listed(name: str, *, all_of_them: bool = True) -> Dialect:
    """One line with the policies of requests and their windows, as drafts -06 and -07 list them."""

    def dialect(decision: Decision, _now: float) -> Headers:
        nearest = _nearest(decision)
        listed = [each for each in decision.policies if all_of_them or each is nearest]
        paces = [_per_whole_seconds(each) for each in listed if each.unit == "requests"]
        return {name: _structured([(quota, {"w": window}) for quota, window in paces])} if paces else {}

    return dialect


def _state_07(policy: Policy, now: float) -> Headers:
    left = int(seconds(policy.reset, now))
    return {"RateLimit": http_sf.ser({"limit": policy.quota, "remaining": policy.remaining, "reset": left})}


def _named(decision: Decision, now: float) -> Headers:
    """`RateLimit-Policy` and `RateLimit` of draft -10; what is not counted in requests has no pace to state."""
    policies, states = [], []
    for each in decision.policies:
        quota, window = _per_whole_seconds(each)
        paced = each.unit == "requests"
        policies.append((each.name, {"q": quota, "w": window} if paced else {"q": each.quota, "qu": each.unit}))
        states.append((each.name, {"r": each.remaining, "t": int(seconds(each.reset, now))}))
    return {"RateLimit-Policy": _structured(policies), "RateLimit": _structured(states)} if policies else {}


def _twice(decision: Decision, now: float) -> Headers:
    """Say twice the quota."""
    doubled = (each._replace(quota=2 * each.quota, remaining=each.remaining + each.quota) for each in decision.policies)
    return _named(replace(decision, policies=tuple(doubled)), now)


def _used(policy: Policy) -> int:
    return policy.quota - policy.remaining


_retry_after = _on_refusal("Retry-After", seconds)

DIALECTS: dict[str, Dialect] = {
    "none": _joined(),
    "retry-after": _retry_after,
    "retry-after-date": _on_refusal("Retry-After", http_date),
    "github": _joined(
        _counted("X-RateLimit", epoch), _of_nearest(lambda policy, _now: {"X-RateLimit-Used": str(_used(policy))})
    ),
    "x": _counted("X-Rate-Limit", epoch),
    "nasa": _counted("X-RateLimit"),
    "gitlab": _joined(
        _retry_after,
        _counted("RateLimit", epoch),
        _of_nearest(lambda policy, now: {"RateLimit-ResetTime": http_date(policy.reset, now)}),
    ),
    "shopify": _joined(
        _retry_after,
        _of_nearest(lambda policy, _now: {"X-Shopify-Shop-Api-Call-Limit": f"{_used(policy)}/{policy.quota}"}),
    ),
    "mailerlite": _joined(_counted("X-RateLimit"), _on_refusal("X-RateLimit-Retry-After", seconds)),
    "brevo": _counted("X-Sib-RateLimit", seconds),
    "ietf-06": _joined(_retry_after, _counted("RateLimit", seconds), _listed("RateLimit-Limit")),
    "ietf-07": _joined(_retry_after, _listed("RateLimit-Policy"), _of_nearest(_state_07)),
    "ietf-10": _joined(_retry_after, _named),
    "reset-milliseconds": _joined(
        _retry_after,
        _counted("X-RateLimit", milliseconds),
        _listed("X-RateLimit-Limit", all_of_them=False),  # only its window tells milliseconds from seconds
    ),
    "reset-iso": _joined(_retry_after, _counted("X-RateLimit", iso_date)),
    "reset-javascript": _joined(_retry_after, _counted("X-RateLimit", javascript_date)),
    "short-retry-after": _on_refusal("Retry-After", too_few_seconds),
    "long-retry-after": _on_refusal("Retry-After", lambda _left, now: seconds(FOUR_MONTHS, now)),
    "wrong-limit": _joined(_retry_after, _twice),
}


# Any text, for every client. A field value is ASCII to most clients and Latin-1 at best (RFC 9110, 5.5). So each
# text goes out twice when it needs more than ASCII: under its name in the nearest ASCII (`193 A`), and under its name
# with a `*` in full, as an RFC 8187 extended value (`X-Description*: UTF-8''193%20%C3%85`), just as `filename*` stands
# beside `filename`.

_NEAREST: Final = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "→": "->", "ß": "ss", "ø": "o"}
)
# RFC 8187, section 3.2.1: attr-char, without letters and digits.
_ATTR_CHAR: Final = "!#$&+-.^_`|~"


@lru_cache(maxsize=1024)
def header_fields(name: str, text: str) -> Mapping[str, str]:
    """The field `name` for `text` and, where ASCII does not hold it, `name*` beside it; nothing for an empty text.

    Example:
        >>> dict(header_fields("X-Description", "The Sun at 193 Å"))
        {'X-Description': 'The Sun at 193 A', 'X-Description*': "UTF-8''The%20Sun%20at%20193%20%C3%85"}
    """
    line = " ".join("".join(_visible(char) for char in text).split())
    if not line:
        return MappingProxyType({})
    nearest = unicodedata.normalize("NFKD", line.translate(_NEAREST))
    ascii_line = "".join(char if char.isascii() else "?" for char in nearest if not unicodedata.combining(char))
    if ascii_line == line:
        return MappingProxyType({name: line})
    extended = f"UTF-8''{quote(line, safe=_ATTR_CHAR, errors='replace')}"
    return MappingProxyType({name: ascii_line, f"{name}*": extended})


def _visible(char: str) -> str:
    """A space for control and line characters, so that no text can end its field and begin another."""
    return " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
