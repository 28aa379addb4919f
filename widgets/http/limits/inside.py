"""What a JSON answer says of its quota in its body, in the words of fields. Pure; nothing here raises.

APIs that are asked for several things at once, as those of GraphQL, tell beside the data what a request took and what
is left. It may be data as well, of somebody else's quota: whoever reads it has to see it fall with each request.
"""

from __future__ import annotations

import json
import re
from typing import Any

READ = 2000
"""Characters of a body that are read: what is told stands before the data or behind little of it."""

_PART = re.compile(
    r'"(?:(?:api_?)?rate_?limits?(?:_?(?:status|info))?|quota)" ?: ?(?P<part>\{[^{}]{1,400}\})',
    re.IGNORECASE,
)
_BESIDE = re.compile(r'"quota_(?P<name>max|remaining)" ?: ?(?P<count>\d{1,9})\b')
"""Stack Exchange: two fields beside the data."""

_LIMIT = ("limit", "max", "maximum", "total")
_LEFT = ("remaining", "left", "available")
_RESET = ("resetat", "reset", "resetsat", "resettime")


def told_in(body: str) -> dict[str, str]:
    """The fields that would say the same; empty where the body tells no quota with what is left of it.

    >>> told_in('{"rateLimit": {"limit": 5000, "cost": 5, "remaining": 4990, "resetAt": "2026-09-21T15:00:00Z"}}')
    {'X-RateLimit-Limit': '5000', 'X-RateLimit-Remaining': '4990', 'X-RateLimit-Reset': '2026-09-21T15:00:00Z'}
    >>> told_in('{"items": [1], "has_more": true, "quota_max": 300, "quota_remaining": 299}')
    {'X-RateLimit-Limit': '300', 'X-RateLimit-Remaining': '299'}
    >>> told_in('{"quota": {"limit": 3, "remaining": 9}}'), told_in('{"rateLimit": {"limit": 60}}')
    ({}, {})
    """
    text = body[:READ]
    if (part := _PART.search(text)) is not None:
        return _fields(_loaded(part["part"]))
    beside = {found["name"]: int(found["count"]) for found in _BESIDE.finditer(text)}
    return _fields({"limit": beside.get("max"), "remaining": beside.get("remaining")})


def _loaded(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return {name.lower().replace("_", ""): each for name, each in told.items()} if isinstance(told, dict) else {}


def _fields(told: dict[str, Any]) -> dict[str, str]:
    limit, left = _number(told, _LIMIT), _number(told, _LEFT)
    if limit is None or left is None or not 0 <= left <= limit:
        return {}
    fields = {"X-RateLimit-Limit": f"{limit:.0f}", "X-RateLimit-Remaining": f"{left:.0f}"}
    reset = next((told[name] for name in _RESET if isinstance(told.get(name), (str, int))), None)
    if reset is not None:
        fields["X-RateLimit-Reset"] = str(reset)
    return fields


def _number(told: dict[str, Any], names: tuple[str, ...]) -> float | None:
    found = (told[name] for name in names if isinstance(told.get(name), (int, float)) and told[name] is not True)
    return next((float(each) for each in found), None)
