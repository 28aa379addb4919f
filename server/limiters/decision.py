"""The contract of every limiter: a rule by which a service refuses, on a clock that is passed in."""

from __future__ import annotations

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
