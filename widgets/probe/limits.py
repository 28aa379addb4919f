"""What a service says of its own limits, read from the headers of an answer."""

from __future__ import annotations

from collections.abc import Mapping

_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")


def is_spent(headers: Mapping[str, str]) -> bool:
    """Whether the headers say that nothing is left of a limit, or when to come back."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    return "retry-after" in lower or any(lower.get(name) == "0" for name in _REMAINING)
