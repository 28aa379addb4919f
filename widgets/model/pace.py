"""What is kept: a target, the pace found for it, the verdict it stands on, and the probe. PURE: no clock, no store.

Moments are epoch seconds (UTC), lengths of time are seconds.
"""

from __future__ import annotations

import hashlib
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from .attempt import Attempt, Outcome, Step, Verdict
from .quantity import as_duration, as_wait, counted, said_wait

Past: TypeAlias = Sequence[tuple[Step, Attempt]]
"""The attempts of a probe in order, each with the step that asked for it."""

DAY = 86_400.0
BY_HAND = "set by hand"
RECHECK_AFTER: dict[str, float] = {"certified": 30 * DAY, "stated": 7 * DAY, "estimated": 7 * DAY, BY_HAND: 30 * DAY}
"""The age at which a pace of each kind wants a re-check; a day for the kinds that prove the least."""
STRENGTH: dict[str, int] = {"estimated": 1, "stated": 2, "certified": 3}
"""A weaker pace never replaces a stronger one by itself; kinds that are not named are the weakest."""
ANY = "*"
"""The path or the method of a target that is the whole of a service."""
PORTS = {"http": 80, "https": 443}
FILLED = 1.5
"""How much faster than the wait that is kept a service may refill a burst while it is being spent."""
LONGEST = 366 * DAY
"""A longer wait is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a pace belongs to: a path of a service, asked with one method by one caller.

    The query is no part of it: a limit hardly ever depends on it, and secrets live there.

    Attributes:
        origin: `https://api.example.org`, in lower case, with the port where it is not the usual one.
        path: From the slash on; `/` at least.
        method: `GET`, `HEAD`, ….
        credential: The fingerprint of what identifies the caller; empty for anybody.
    """

    origin: str
    path: str
    method: str = "GET"
    credential: str = ""

    @classmethod
    def of(cls, url: str, method: str = "GET", credential: str = "") -> Target:
        """The target of a normal http or https address; `credential` is a fingerprint.

        Raises:
            ValueError: When the address is none.
        """
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
        if scheme not in PORTS or not host:
            raise ValueError(f"a pace is kept for an http or https address, not for {_shown(url)!r}")
        host = f"[{host}]" if ":" in host else host
        port = "" if parts.port in (None, PORTS[scheme]) else f":{parts.port}"
        return cls(f"{scheme}://{host}{port}", parts.path or "/", method.upper(), credential)

    @property
    def key(self) -> str:
        """A short name of the target, 16 hexadecimal digits."""
        whole = f"{self.origin}\n{self.path}\n{self.method}\n{self.credential}"
        return hashlib.blake2b(whole.encode(), digest_size=8).hexdigest()

    @property
    def url(self) -> str:
        """The address, without its query."""
        return self.origin + self.path

    @property
    def service(self) -> Target:
        """The whole origin, for this caller."""
        return Target(self.origin, ANY, ANY, self.credential)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The path and what lies above it, the longest first: `/a/b`, `/a`; not the root, which is the origin."""
        parts = self.path.strip("/").split("/") if self.path.strip("/") else []
        return tuple("/" + "/".join(parts[:count]) for count in range(len(parts), 0, -1))

    def within_reach(self, scope: str) -> bool:
        """Whether a pace with that scope, found here, governs what it was found at.

        >>> [Target.of("http://h/a/b").within_reach(scope) for scope in ("origin", "path", "/a", "/a/b", "/v1", "/a/")]
        [True, True, True, True, False, False]
        """
        return scope in {"origin", "path"} or scope in self.prefixes

    def within(self, scope: str) -> Target:
        """What a pace with that scope governs, as a target of its own."""
        match scope:
            case "path":
                return self
            case "origin":
                return self.service
            case prefix:
                return Target(self.origin, prefix, ANY, self.credential)


@dataclass(frozen=True, slots=True)
class Pace:
    """The wait to keep between the starts of two requests to a target, where it comes from, and how it has served.

    Attributes:
        target: Where it was found.
        wait: Seconds, as found.
        kind: Of its verdict, or `set by hand`.
        found: When it was found.
        promise: The share of requests that may be refused at this pace.
        recheck_after: The age at which it wants a re-check.
        evidence: The verdict that it stands on; `None` where it was set by hand.
        probe: The id of the probe that found it; empty where none was stored.
        accepted: Requests accepted since it is in use.
        refused: Requests refused since it is in use.
        last_refused: When the last one was refused, or `None`.
        factor: By how much the wait is stretched at present because of refusals; 1 or more.
        doubtful_since: When refusals first rose above the promise, or `None`.
        scope: What it governs, for the caller of the target: `origin` (all paths and methods), `path` (that path and
            method), or a prefix of paths such as `/v1` with all methods.
        key: By which its store knows it.
        held: Requests at exactly this pace that were served, since it was found or looked at again.
        broke: Requests that were refused since then.
        burst: Requests that were once served at once, after a rest; 1 where no more were seen.
    """

    target: Target
    wait: float
    kind: str
    found: float
    promise: float = 0.05
    recheck_after: float = 30 * DAY
    evidence: Verdict | None = None
    probe: str = ""
    accepted: int = 0
    refused: int = 0
    last_refused: float | None = None
    factor: float = 1.0
    doubtful_since: float | None = None
    scope: str = "origin"
    key: str = ""
    held: int = 0
    broke: int = 0
    burst: int = 1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.wait) and 0 <= self.wait <= LONGEST):
            raise ValueError(f"wait must be seconds between 0 and {LONGEST:.0f}, got {self.wait!r}")
        if not 0 < self.promise < 1:
            raise ValueError(f"refusal_rate must lie between 0 and 1, got {self.promise!r}")
        if self.scope not in {"origin", "path"} and not self.scope.startswith("/"):
            raise ValueError(f"scope must be 'origin', 'path' or a prefix such as '/v1', got {self.scope!r}")

    @property
    def doubtful(self) -> bool:
        """Whether refusals have risen above the promise."""
        return self.doubtful_since is not None

    @property
    def governs(self) -> str:
        """What it is for, in words; `beyond` says what it holds back besides."""
        match self.scope:
            case "path":
                return f"{self.target.method} {self.target.url}"
            case "origin":
                return f"{self.target.origin}, all of it"
            case prefix:
                return f"{self.target.origin}{prefix} and all below it"

    @property
    def beyond(self) -> str:
        """What a pace of less than a whole service holds back besides, in a sentence; empty for one of all of it.

        An unknown path of a service whose limits are known in part is never asked without a pace.
        """
        if self.scope == "origin":
            return ""
        return (
            f"What no kept pace is for at {self.target.origin} is not asked freely: the slowest that is kept there "
            "governs it."
        )

    def weaker_than(self, other: Pace) -> bool:
        """Whether it stands on less."""
        return STRENGTH.get(self.kind, 0) < STRENGTH.get(other.kind, 0)

    @property
    def wait_now(self) -> float:
        """Seconds that are kept at present: never less than `wait`."""
        return self.wait * max(1.0, self.factor)

    def plan(self, n: int) -> JobPlan:
        """The fastest schedule for `n` requests that what was learned allows; see `JobPlan`.

        A burst that was seen to be served after a rest comes first. Then the wait pays it back: a bucket that gave it
        is no emptier at any time, and a window that held it is no fuller, than at one request each `wait`. So a job
        that is longer than the burst ends no sooner, but its first answers come at once.

        >>> pace = Pace(Target.of("https://api.example.org/"), 2.0, "certified", 0.0, burst=5)
        >>> pace.plan(500).seconds, pace.plan(500).certified
        (998.0, 495)
        >>> pace.plan(4).seconds
        0.0
        >>> print(pace.plan(500).sentence.partition(". ")[0])
        500 requests take 16 min 38 s: 5 at once, the next 10 s after these were begun, then one each 2 s

        Raises:
            TypeError: When `n` is no whole number.
            ValueError: When it is less than 1.
        """
        try:
            n = operator.index(n)
        except TypeError as error:
            raise TypeError(f"a job has a whole number of requests, got {n!r}: round it up") from error
        if n < 1:
            raise ValueError(f"a job has 1 request at least, got {n}")
        burst = min(n, max(1, self.burst)) if self.factor <= 1 else 1
        certified = self.kind == "certified" and not self.doubtful and self.factor <= 1  # else its use has refuted it
        return JobPlan(n, burst, self.wait_now, certified)

    def age(self, now: float) -> float:
        """Seconds since it was found; 0 where a clock was set back."""
        return max(0.0, now - self.found)

    def wants_recheck(self, now: float) -> bool:
        """Whether it is too old, or doubtful."""
        return self.doubtful or self.age(now) >= self.recheck_after


@dataclass(frozen=True, slots=True)
class JobPlan:
    """When each request of a job may be sent.

    Attributes:
        count: Of the requests.
        burst: How many are sent at once, at the begin.
        wait: Seconds between the later ones; they are sent at the wait that is said, which is never shorter.
        proven: Whether the pace is certified.
    """

    count: int
    burst: int
    wait: float
    proven: bool

    @property
    def moments(self) -> tuple[float, ...]:
        """Seconds from the begin to each request."""
        wait = said_wait(self.wait)
        return tuple(0.0 if number < self.burst else number * wait for number in range(self.count))

    @property
    def seconds(self) -> float:
        """From the first request to the last."""
        return 0.0 if self.count <= self.burst else (self.count - 1) * said_wait(self.wait)

    @property
    def certified(self) -> int:
        """How many of the requests are sent at a certified pace."""
        return (self.count - (self.burst if self.burst > 1 else 0)) if self.proven else 0

    @property
    def sentence(self) -> str:
        """All of it in words."""
        rest = as_wait(self.burst * said_wait(self.wait))
        proof = "All of it is certified." if self.proven else "Nothing of it is certified."
        if self.count == 1:
            return f"1 request takes no longer than its answer. {proof}"
        begin = f"{counted(self.count, 'request')} take"
        length = as_duration(self.seconds) if self.seconds else "no longer than its answers"
        if self.burst == 1:
            return f"{begin} {length}: one each {as_wait(self.wait)}. {proof}"
        seen = f"The burst was seen once, after a rest of {rest}, and is not certified"
        if self.count <= self.burst:
            return f"{begin} {length}: all at once. {seen}."
        proof = f"the {self.certified:,} at the pace are" if self.proven else "nor is the pace"
        return (
            f"{begin} {length}: {self.burst:,} at once, the next {rest} after these were begun, then one each "
            f"{as_wait(self.wait)}. {seen}; {proof}."
        )


@dataclass(frozen=True, slots=True)
class StoredProbe:
    """What is stored of a probe besides its attempts.

    Attributes:
        id: Of the probe.
        target: What it asked.
        url: The address with its query; secrets are hidden.
        settings: What it was begun with: plain values.
        began: Epoch seconds.
        finished: Epoch seconds, or `None` while it runs and where it was interrupted.
        verdict: What it learned, or `None`.
    """

    id: str
    target: Target
    url: str
    settings: Mapping[str, Any]
    began: float
    finished: float | None
    verdict: Verdict | None

    @property
    def lesson(self) -> bool:
        """Whether it asked nothing of its own: its attempts are requests that somebody wanted of the service.

        Of those their addresses are not kept; `url` is that of the first one.
        """
        return self.target.method == ANY


def burst_of(attempts: Sequence[Attempt], wait: float) -> int:
    """How many requests a service was seen to serve at once after a rest, at least; 1 where no more were.

    A row that is served sooner than one each `wait` takes the difference from what was there before. Only the row from
    the first request on is looked at, or one after a pause that is long enough to pay back all that was sent before.

    >>> row = [Attempt(i + 1, 0.1, 0.1, 0.1 * i, 0.01, 200) for i in range(10)]
    >>> burst_of(row, 1.0), burst_of(row, 0.1)
    (8, 1)
    """
    most, count, began, latest = 1, 0, 0.0, 0.0
    clean = True
    for attempt in attempts:
        if count and attempt.started - latest >= wait * len(attempts):
            count, clean = 0, True
        if not count:
            began = attempt.started
        latest, count = attempt.started, count + 1
        clean = clean and attempt.outcome is Outcome.ACCEPTED
        if clean and wait > 0:
            most = max(most, math.floor(count - FILLED * (attempt.started - began) / wait + 1e-9))
    return most


_FACTS = tuple(field.name for field in fields(Verdict) if field.name != "limiter")
"""What of a verdict is kept: all but the candidates for the service's rule, which are no plain values."""


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """The facts of a verdict as plain values, for JSON."""
    return {name: getattr(verdict, name) for name in _FACTS}


def verdict_of(facts: Mapping[str, Any]) -> Verdict:
    """The verdict with these facts; those of a newer version are passed over.

    Raises:
        TypeError: When one is missing.
    """
    return Verdict(**{name: facts[name] for name in _FACTS if name in facts})


def _shown(url: str) -> str:
    """The address as an error may show it: what could be a secret stays out."""
    return url.partition("?")[0].rpartition("@")[2]
