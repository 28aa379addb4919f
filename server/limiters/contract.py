"""What every limiter is: a rule by which a service refuses, on a clock that is passed in.

The contract, and what every rule is made with: checks of its arguments, and random draws that need no memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

GRAIN = 1e-6
"""Seconds that every rule forgives: an epoch time in a float is only good to a quarter of a microsecond."""


class Policy(NamedTuple):
    """One quota of a rule and how much of it is left, as a service may state it in headers.

    Attributes:
        name: What the service calls it.
        quota: Requests that are served in one `window`.
        window: Seconds; `window / quota` is the pace that the quota sustains.
        remaining: Requests that would be served right now.
        reset: Seconds until the whole quota is there again.
        unit: What is counted, in the words of the IETF's draft; `window` is a pace for `requests` alone.
    """

    name: str
    quota: int
    window: float
    remaining: int
    reset: float
    unit: str = "requests"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a limiter says to one request.

    Attributes:
        accepted: Whether the request is served.
        retry_after: Seconds until a request would be served for certain, as far as the rule knows; 0 when accepted.
        delay: Seconds for which a limiter that queues holds the answer back; 0 for those that do not.
        failed: Whether the service broke down instead of deciding (a 5xx that says nothing about pace); never with
            `accepted`.
        policies: The quotas behind the decision, after it; empty where the rule has none.

    Example:
        >>> from server.limiters import Decision, FixedWindow
        >>> window = FixedWindow(limit=1, window=60)
        >>> window.ask(5).accepted
        True
        >>> refused = window.ask(6)
        >>> refused.accepted, refused.retry_after, refused.policies[0].remaining
        (False, 54, 0)
        >>> Decision(accepted=True).policies
        ()
    """

    accepted: bool
    retry_after: float = 0.0
    delay: float = 0.0
    failed: bool = False
    policies: tuple[Policy, ...] = ()


class Limiter(Protocol):
    """A rule with its own state; `now` is in seconds and never goes back. Not thread-safe: the caller locks.

    Every one is a dataclass that can be built with no arguments; the arguments are the rule, the private fields are
    what it remembers.
    """

    kind: ClassVar[str]
    seed: int

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""

    def acceptance(self, wait: float) -> float:
        """The share of requests, 0 to 1, that are accepted in the long run at one request each `wait` seconds."""

    def steady_wait(self, refusal_rate: float) -> float:
        """The truth: the smallest spacing in seconds whose long-run refusal rate is at most `refusal_rate`.

        Infinite where no spacing is slow enough.

        Raises:
            ValueError: When `refusal_rate` does not lie between 0 and 1.
        """

    def describe(self) -> str:
        """The rule in one sentence."""


MOST = 1_000_000
"""The largest count that a rule takes: a person may set it from a web page."""

MOST_TIMES = 10_000
"""The same for a rule that remembers so many times."""


def told(value: float) -> str:
    """A number as a sentence says it: six digits, and never with an exponent.

    >>> told(6.5), told(2_592_000.0), told(0.00002), told(1 / 3), told(0)
    ('6.5', '2592000', '0.00002', '0.333333', '0')
    """
    if not value or not math.isfinite(value):
        return f"{value:g}"
    text = f"{value:.{max(0, 5 - math.floor(math.log10(abs(value))))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_positive(**values: float) -> None:
    """Raise `ValueError` unless each value is finite and more than 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a finite number more than 0, got {value!r}")


def check_not_negative(**values: float) -> None:
    """Raise `ValueError` unless each value is finite and at least 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be a finite number and not negative, got {value!r}")


def check_share(**values: float) -> None:
    """Raise `ValueError` unless each value lies between 0 and 1, both included."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value!r}")


def check_count(least: int = 1, most: int = MOST, /, **values: int) -> None:
    """Raise `ValueError` unless each value is a whole number from `least` to `most`."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"{name} must be a whole number from {least} to {most}, got {value!r}")


_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15


def uniform(seed: int, count: int) -> float:
    """Draw number `count` of the stream `seed`, uniform on [0, 1).

    SplitMix64 read at a position (Steele, Lea and Flood 2014, 'Fast splittable pseudorandom number generators'):
    the same two numbers give the same draw on every machine.
    """
    start = ((seed & _MASK) ^ (seed >> 64 & _MASK)) * 0xD1342543DE82EF95
    mixed = (start + (count + 1) * _GOLDEN) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    mixed ^= mixed >> 31
    return (mixed >> 11) * 2.0**-53


def exponential(seed: int, count: int, mean: float) -> float:
    """Draw number `count` of the stream `seed`, exponential with this `mean`."""
    return -mean * math.log1p(-uniform(seed, count))
