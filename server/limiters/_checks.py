"""What the arguments of every rule have in common."""

from __future__ import annotations

import math

MOST = 1_000_000
"""The largest count that a rule takes: a person may set it from a web page."""

MOST_TIMES = 10_000
"""The same for a rule that remembers so many times."""


def positive(**values: float) -> None:
    """Raise `ValueError` unless each value is finite and more than 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a finite number more than 0, got {value!r}")


def not_negative(**values: float) -> None:
    """Raise `ValueError` unless each value is finite and at least 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be a finite number and not negative, got {value!r}")


def share(**values: float) -> None:
    """Raise `ValueError` unless each value lies between 0 and 1, both included."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value!r}")


def count(least: int = 1, most: int = MOST, /, **values: int) -> None:
    """Raise `ValueError` unless each value is a whole number from `least` to `most`."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
