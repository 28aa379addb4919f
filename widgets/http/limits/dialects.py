"""The fields in which services state their limits, one reader for each dialect. Pure; nothing here raises."""

from __future__ import annotations

from collections import UserString
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import http_sf

from .times import number

REQUESTS = "requests"
Fields = Mapping[str, str]
"""Header values by their names in lower case."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What one field says of one quota; `None` where it is silent. `reset` is text still to be judged, or seconds."""

    quota: float | None = None
    window: float | None = None
    name: str = ""
    unit: str = REQUESTS
    remaining: float | None = None
    reset: str | float | None = None


def ietf_policy(fields: Fields) -> Iterator[Stated]:
    """`RateLimit-Policy`, draft -08 on: `"burst";q=100;w=60`; in -07 the quota was the member: `100;w=60`."""
    for value, parameters in _members(fields.get("ratelimit-policy", "")):
        named = isinstance(value, (str, UserString))
        quota = _whole(parameters.get("q")) if named else _whole(value)
        unit = str(parameters.get("qu", REQUESTS))
        yield Stated(quota, _whole(parameters.get("w"), least=1), str(value) if named else "", unit)


def ietf_state(fields: Fields) -> Iterator[Stated]:
    """`RateLimit`, draft -08 on: `"burst";r=50;t=30`; in -07 a dictionary: `limit=100, remaining=50, reset=30`."""
    text = fields.get("ratelimit", "")
    for _, parameters in _members(text):
        yield Stated(remaining=_whole(parameters.get("r")), reset=_whole(parameters.get("t")))
    if older := _entries(text):
        quota, remaining, reset = (_whole(older.get(name)) for name in ("limit", "remaining", "reset"))
        yield Stated(quota, remaining=remaining, reset=reset)


def prefixed(prefix: str, fields: Fields) -> Iterator[Stated]:
    """`<prefix>-Limit`, `-Remaining` and `-Reset`; the limit may list policies as well, as in `10, 10;w=60` (-06)."""
    text = fields.get(f"{prefix}-limit", "")
    plain = number(text)
    if plain is not None and plain >= 0:
        yield Stated(plain)
    else:
        for value, parameters in _members(text):
            yield Stated(_whole(value), _whole(parameters.get("w"), least=1))
    # GitLab states its reset twice, the second time as a date.
    for name in ("reset", "resettime"):
        yield Stated(remaining=number(fields.get(f"{prefix}-remaining", "")), reset=fields.get(f"{prefix}-{name}"))


def shopify(fields: Fields) -> Iterator[Stated]:
    """`X-Shopify-Shop-Api-Call-Limit: 1/40`: of a leaky bucket of 40, one is used."""
    used, _, quota = fields.get("x-shopify-shop-api-call-limit", "").partition("/")
    level, size = number(used.strip()), number(quota.strip())
    if level is not None and size is not None:
        yield Stated(size, remaining=max(0.0, size - level))


DIALECTS: tuple[Callable[[Fields], Iterator[Stated]], ...] = (
    ietf_policy,
    ietf_state,
    partial(prefixed, "ratelimit"),  # the IETF's drafts up to -06, and GitLab
    partial(prefixed, "x-ratelimit"),  # GitHub, NASA and most others
    partial(prefixed, "x-rate-limit"),  # X
    partial(prefixed, "x-sib-ratelimit"),  # Brevo
    shopify,
)


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
