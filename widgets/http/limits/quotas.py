"""What one field states of one quota, and how its numbers are read. Pure; nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import http_sf

from .times import number

REQUESTS = "requests"

UNLIMITED = "of no limit"
"""The unit of a limit of 0: none at all, or, where a request was refused, one of another kind that is spent."""

PERCENT = "percent"
"""The unit of what is left in parts of a hundred."""

MACHINES = r"audio|video|speech|voice|gpu|cpu|tpu|compute|build|runner|machine|render|rendering|training|processing"
"""What is used for a time that is counted itself."""

_OTHER = re.compile(
    r"\btokens\b|^token$|^tokenlimit|\b(?:usd|eur|dollars?|cents|money|time)\b|byte"
    r"|complexity|points|cost|weight|concurren|\bqueue\b|\bwork\b|\berrors?\b|memory|disk|storage|load\b"
    rf"|\b(?:{MACHINES})(?:seconds|minutes|hours|days)\b"
    r"|\bpercent(?:age)?\b|size|bandwidth|balance|\b(?:char(?:acter)?|file|row|record|item|page|result|connection|session|seat|upload|device|domain|member)s?\b"
)
"""What is counted, and is no requests."""

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


def counted_in(words: str) -> str:
    """The unit of a quota of which so many words are told in small letters: these where they name no requests.

    >>> counted_in("output-tokens"), counted_in("search")
    ('output-tokens', 'requests')
    """
    return words if _OTHER.search(words) else REQUESTS


def count_of(fields: Fields, name: str) -> float | None:
    """The number of a field, from 0 on.

    >>> count_of({"x-rl": "44"}, "x-rl"), count_of({"x-rl": "-1"}, "x-rl"), count_of({}, "x-rl")
    (44.0, None, None)
    """
    found = number(fields.get(name, ""))
    return found if found is not None and found >= 0 else None


def real(value: Any) -> float | None:
    """Return `value` if it is a number from 0 on: JSON has booleans, too.

    >>> real(1.5), real(True), real("7")
    (1.5, None, None)
    """
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e15  # noqa: PLR2004 - no quota
    return float(value) if usable else None


def whole(value: Any, least: int = 0) -> int | None:
    """Return `value` if it is a whole number from `least` on: a structured field also has booleans and decimals.

    >>> whole(60), whole(True), whole(0, least=1)
    (60, None, None)
    """
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= least else None


def members(text: str) -> list[tuple[Any, dict[str, Any]]]:
    """Read a list of items; empty when it is malformed, since the draft wants such a field ignored.

    >>> members('100;w=60'), members("100;;w")
    ([(100, {'w': 60})], [])
    """
    return [each for each in _structured(text, "list") or [] if not isinstance(each[0], list)]


def entries(text: str) -> dict[str, Any]:
    """Read a dictionary of items without their parameters; empty when it is malformed.

    >>> entries("limit=100, remaining=50")
    {'limit': 100, 'remaining': 50}
    """
    return {name: each[0] for name, each in (_structured(text, "dictionary") or {}).items()}


def _structured(text: str, kind: str) -> Any:
    """Read a structured field (RFC 9651)."""
    try:
        return http_sf.parse(text.encode("ascii"), tltype=kind)
    except (http_sf.StructuredFieldError, UnicodeError):
        return None
