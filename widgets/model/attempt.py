"""The messages between a strategy and whoever drives it. Pure: no clock, no sleep, no network, no widget.

A strategy is a generator: it yields a `Step`, is sent the `Attempt` that followed, and returns a `Verdict`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from widgets.http.limits import read

Phase: TypeAlias = Literal["hello", "search", "recover", "verify"]
Kind: TypeAlias = Literal["certified", "estimated", "stated", "no limit seen", "inconclusive"]

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
"""What an attempt without an HTTP answer carries; frozen, since it is shared by all of them."""

NOT_MODIFIED = 304

TOO_MANY_REQUESTS = 429
SERVICE_UNAVAILABLE = 503

SET_ASIDE = "set aside"
"""The word for an answer that is good by its status, and so unlike those before that it is no evidence yet."""


class Outcome(Enum):
    """What one attempt says about pace."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    """No evidence about pace: a fault, a time-out, an address that is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: ask again `wait` seconds after the START of the previous request.

    Attributes:
        wait: Seconds between the starts of the previous request and the next one.
        phase: What the request is for.
        low: The longest wait known to be too short so far, seconds, for the chart.
        high: The shortest wait believed to be long enough so far, seconds, for the chart.
        kept: The wait that held long enough already, seconds, while a shorter one is tried; else `None`.

    >>> Step(6.5, "verify", low=6.2)
    Step(wait=6.5, phase='verify', low=6.2, high=None, kept=None)
    """

    wait: float
    phase: Phase
    low: float | None = None
    high: float | None = None
    kept: float | None = None


class ProbeStoppedError(Exception):
    """Thrown into a strategy, at its `yield`, when a person stops the probe: it may return a verdict that stands."""


@lru_cache(maxsize=2048)
def _refuses(status: int, headers: tuple[tuple[str, str], ...]) -> bool:
    """Whether an answer is a refusal by what its headers say: a probe asks it of each attempt again and again."""
    return read(status, dict(headers), 0.0).refused


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came of it.

    Attributes:
        number: Counted from 1.
        wait: Seconds asked for by the step; `None` for the first attempt.
        spacing: Seconds that really lay between the starts of the previous request and this one, or `None`.
        started: Seconds from the start of the probe to the start of this request, on a monotonic clock.
        latency: Seconds from the start of this request to its answer, the time of a long body included.
        status: The HTTP status, or `None` when no HTTP answer came.
        headers: The answer's headers, without secrets.
        error: Why no HTTP answer came, or why one that came counts as refused by the person's own word; else empty.
        absent: Seconds before it, after it was due, in which the probe did not run; `None` where nobody noted that.
        media_type: Of the answer's body, in lower case and without parameters; empty where none is named.
        size: Bytes of the body that were read.
        excerpt: How the body begins, as text; empty where that is not known.
        judged: What the answer was found to be by what it does, whatever its status; `None` where the status says it.

    >>> Attempt(2, wait=1.0, spacing=1.0, started=1.0, latency=0.05, status=429).outcome
    <Outcome.REFUSED: 'refused'>
    """

    number: int
    wait: float | None
    spacing: float | None
    started: float
    latency: float
    status: int | None
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)
    error: str = ""
    absent: float | None = None
    # The store does not keep these: an attempt that was read from it is the same attempt.
    media_type: str = field(default="", compare=False)
    size: int = field(default=0, compare=False)
    excerpt: str = field(default="", compare=False, repr=False)
    judged: Outcome | None = field(default=None, compare=False, repr=False)

    @property
    def outcome(self) -> Outcome:
        """Accepted, refused, or failed: accepted means served.

        2xx is, and 304, which only answers a conditional request. 429 and 503 are refusals, and so is anything else
        that says when to come back or that nothing is left of a limit, or that the person counts as one. A redirect
        serves nothing: it is a failure.
        """
        if self.judged is not None:
            return self.judged
        if self.status is None:
            return Outcome.FAILED
        if self.error:
            return Outcome.REFUSED
        if 200 <= self.status < 300 or self.status == NOT_MODIFIED:  # noqa: PLR2004 - RFC 9110's class
            return Outcome.ACCEPTED  # first, since most are
        if self.status in (TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE):
            return Outcome.REFUSED
        return Outcome.REFUSED if _refuses(self.status, tuple(self.headers.items())) else Outcome.FAILED

    @property
    def word(self) -> str:
        """Its outcome in a word, for people: what is good by its status, and no evidence yet, has not failed.

        >>> odd = Attempt(2, 1.0, 1.0, 1.0, 0.05, status=200, judged=Outcome.FAILED)
        >>> odd.word, replace(odd, status=502).word
        ('set aside', 'failed')
        """
        doubted = self.judged is Outcome.FAILED and replace(self, judged=None).outcome is Outcome.ACCEPTED
        return SET_ASIDE if doubted else self.outcome.value


@dataclass(frozen=True, slots=True)
class Goal:
    """At a steady pace of one request each `wait`, at most `refusal_rate` of the requests are refused.

    Attributes:
        refusal_rate: The share of refused requests that is tolerated, between 0 and 1.
        confidence: How sure a certificate must be, between 0 and 1.

    Raises:
        ValueError: When a value does not lie strictly between 0 and 1.

    >>> Goal(refusal_rate=0.1)
    Goal(refusal_rate=0.1, confidence=0.95)
    >>> Goal(refusal_rate=5)
    Traceback (most recent call last):
        ...
    ValueError: refusal_rate must lie between 0 and 1, got 5
    """

    refusal_rate: float = 0.05
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name in ("refusal_rate", "confidence"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise ValueError(f"{name} must lie between 0 and 1, got {value!r}")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a probe may spend at most. Reaching it ends in an honest verdict.

    Attributes:
        requests: Requests sent, all counted.
        refusals: Requests that were refused.
        seconds: Of probing: time in which nobody probed, as between a page that was lost and Resume, is not counted;
            that in which a busy machine was slow is.
        left: The share of what a service says is left of a quota, where that is not renewed within minutes.

    Raises:
        ValueError: When a value is not positive, or `left` is more than 1.

    >>> Budget(requests=100, seconds=600)
    Budget(requests=100, refusals=60, seconds=600, left=0.5)
    """

    requests: int = 1500
    refusals: int = 60
    seconds: float = 3600
    left: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.left <= 1:
            raise ValueError(f"left must be more than 0 and at most 1, got {self.left!r}")
        for name in ("requests", "refusals", "seconds"):
            value = getattr(self, name)
            if not value > 0:
                raise ValueError(f"{name} must be more than 0, got {value!r}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was learned, how sure it is, what it cost, and what was not tested.

    Attributes:
        kind: `certified` (valid at any time, its assumptions named), `estimated` (leans on a margin), `stated` (the
            service's own word, tried a few times at most), `no limit seen` or `inconclusive`.
        wait: The recommended seconds between the starts of requests; `None` where nothing could be learned.
        tested: The spacing in seconds at which the evidence was taken; `None` where none was.
        refusal_bound: The largest refusal rate that the evidence does not exclude at `confidence`.
        confidence: Of `refusal_bound`, between 0 and 1.
        accepted: Attempts accepted in the evidence (at `tested`).
        refused: Attempts refused in the evidence (at `tested`).
        requests: Requests sent in all.
        seconds: How long was probed; time in which nobody did is not in it.
        span: Seconds that the evidence covers.
        horizon: The longest cycle of the service, in seconds, that the evidence speaks about.
        statement: The whole honest sentence, with what was not tested.
        limiter: The candidates for the service's rule that remain, with their support; `None` when not
            looked for.
    """

    kind: Kind
    wait: float | None
    tested: float | None
    refusal_bound: float
    confidence: float
    accepted: int
    refused: int
    requests: int
    seconds: float
    span: float
    horizon: float
    statement: str
    limiter: Any = None


OTHER_PATHS = "other paths of the service were not asked"
"""As a statement says it: true of a probe, which asks one address, and not of a lesson, whose requests are wanted."""

LATE = 2.0
"""Seconds: a request that comes so much later than it was due came at a spacing that nobody asked for."""


def lateness(previous: Attempt | None, attempt: Attempt) -> float:
    """Seconds by which `attempt` came late; 0 where it came when it was due, or only a little later.

    A page that was lost and found again, a laptop that slept, a busy machine that stalled: that time passed for the
    service, and so it is in `started` and `spacing`; but it is no spacing that anybody asked for, and no evidence
    reaches over it, whatever it was.

    >>> first = Attempt(1, None, None, 0.0, 0.1, 200)
    >>> lateness(first, Attempt(2, 6.0, 6.2, 6.2, 0.1, 200))
    0.0
    >>> lateness(first, Attempt(2, 6.0, 3606.0, 3606.0, 0.1, 200))
    3600.0
    """
    if previous is None or attempt.spacing is None:
        return 0.0
    due = max(attempt.wait or 0.0, previous.latency)
    late = attempt.spacing - due
    return late if late > max(LATE, due) else attempt.absent or 0.0


def absence(previous: Attempt | None, attempt: Attempt) -> float:
    """Seconds before `attempt` in which nobody probed: they are no part of how long a probe took.

    A machine that was slow probed all the same. Which it was is known where it was noted (`Attempt.absent`); else
    whatever is late counts as absence.

    >>> first, late = Attempt(1, None, None, 0.0, 0.1, 200), Attempt(2, 6.0, 66.0, 66.0, 0.1, 200)
    >>> absence(first, late), absence(first, replace(late, absent=0.0)), absence(first, replace(late, absent=55.0))
    (60.0, 0.0, 55.0)
    """
    return lateness(previous, attempt) if attempt.absent is None else attempt.absent


Strategy: TypeAlias = Generator[Step, Attempt, Verdict]
