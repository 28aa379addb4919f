"""One strategy against one limiter in virtual time: an hour of probing in a millisecond, the same one each time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from widgets.model.attempt import Attempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from server.limiters import Decision, Limiter
    from widgets.model.attempt import Strategy, Verdict

GRAIN = 1e-6
"""Seconds by which a time in a float may be off."""

ENDLESS = 20_000
"""Attempts after which a strategy is taken to have no end of its own."""


@dataclass(slots=True)
class Clock:
    """A clock that only moves when somebody sleeps."""

    seconds: float = 0.0

    def now(self) -> float:
        """Seconds since some moment."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass, never backwards."""
        self.seconds += max(0.0, seconds)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late requests arrive, beyond the latency: machines and networks have other things to do.

    Args:
        mean: Of what each is late, seconds, exponential.
        stalls: The share of requests that meet a stall besides.
        stall: Mean length of a stall, seconds, exponential.
    """

    mean: float = 0.0
    stalls: float = 0.0
    stall: float = 0.0

    def scaled(self, seconds: float) -> Lateness:
        """The same lateness where one second becomes so many."""
        return Lateness(self.mean * seconds, self.stalls, self.stall * seconds) if self is not PUNCTUAL else self

    def draw(self, random: Random) -> float:
        """Seconds by which one request is late."""
        late = self.mean * random.expovariate(1)
        return late + self.stall * random.expovariate(1) if random.random() < self.stalls else late

    def lengthening(self, refusal_rate: float) -> float:
        """Seconds that a steady wait needs more than an exact gap, counted from the last request, at the service.

        A request is refused where the one before it was later by more than that, in `refusal_rate` of the cases.
        """
        if self is PUNCTUAL:
            return 0.0
        random = Random(1)  # noqa: S311 - a simulation, not a secret
        hurry = sorted(self.draw(random) - self.draw(random) for _ in range(20_000))
        return hurry[int((1 - refusal_rate) * len(hurry))]


PUNCTUAL = Lateness()


@dataclass(slots=True)
class Service:
    """A limiter behind a network: answers take a while, and say as much about the limit as the service likes.

    Args:
        limiter: The rule.
        latency: Median seconds from request to answer; half of it passes before the rule sees the request.
        told: The part of the true pause that `Retry-After` names: 1 is honest, 0.4 short, 0 says nothing.
        states: Whether each answer carries the rule's policy in headers.
        seed: Of the latencies.
        lateness: Of the requests, on their way to the rule.
        refusal: The status and the body of a refusal.
        pause: What Retry-After says, by the true pause and the number of the refusal, in place of `told`.
    """

    limiter: Limiter
    latency: float = 0.05
    told: float = 0.0
    states: bool = False
    seed: int = 0
    lateness: Lateness = PUNCTUAL
    refusal: tuple[int, str] = (429, "")
    pause: Callable[[float, int], float] | None = None
    refusals: int = field(default=0, init=False)
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - a simulation, not a secret

    def steady_wait(self, refusal_rate: float) -> float:
        """The truth, seconds: the rule's, and what lateness adds to it (exact for an exact gap with reset)."""
        return self.limiter.steady_wait(refusal_rate) + self.lateness.lengthening(refusal_rate)

    def answer(self, clock: Clock) -> tuple[int, Mapping[str, str]]:
        """Take one request; the clock then stands at the end of its answer."""
        half = self.latency / 2 * self._random.lognormvariate(0, 0.3)
        late = 0.0 if self.lateness is PUNCTUAL else self.lateness.draw(self._random)
        clock.sleep(half + late)
        decision = self.limiter.ask(clock.now())
        clock.sleep(half + decision.delay)
        self.refusals += not decision.accepted and not decision.failed
        return self._status(decision), self._headers(decision)

    def _headers(self, decision: Decision) -> dict[str, str]:
        headers = {}
        refused = not decision.accepted and not decision.failed
        if self.pause and refused:
            headers["Retry-After"] = f"{self.pause(decision.retry_after, self.refusals):.0f}"
        elif self.told and refused:
            headers["Retry-After"] = str(math.ceil(decision.retry_after * self.told))
        if self.states and decision.policies:
            policy = decision.policies[0]
            headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={math.ceil(policy.window)}'
            headers["RateLimit"] = f'"{policy.name}";r={policy.remaining};t={math.ceil(policy.reset)}'
        return headers

    def _status(self, decision: Decision) -> int:
        if decision.failed:
            return 500
        return 200 if decision.accepted else self.refusal[0]

    def body(self, before: int) -> str:
        """What the last answer said; `before` is how many had been refused before it."""
        if not self.refusal[1]:
            return ""
        return self.refusal[1] if self.refusals > before else GOOD


GOOD = '{"data": [' + ", ".join("1" for _ in range(99)) + "]}"
"""The body of an answer that serves."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one strategy did to one service, and what it concluded."""

    attempts: list[Attempt]
    verdict: Verdict

    @property
    def refused(self) -> int:
        """Requests that were refused."""
        return sum(attempt.outcome is Outcome.REFUSED for attempt in self.attempts)

    @property
    def early(self) -> int:
        """Requests that came before the Retry-After of the last refusal had passed."""
        return sum(
            "Retry-After" in last.headers
            and following.started < last.started + last.latency + float(last.headers["Retry-After"]) - GRAIN
            for last, following in pairwise(self.attempts)
        )


def run(plan: Strategy, service: Service, clock: Clock, known: Iterable[Attempt] = ()) -> Run:
    """Drive `plan` to its verdict against `service`; `known` are the attempts it goes on from, just made."""
    attempts = list(known)
    began = clock.now() - (attempts[-1].started + attempts[-1].latency if attempts else 0.0)
    try:
        step = next(plan)
    except StopIteration as end:  # what is known was enough
        return Run(attempts, end.value)
    while len(attempts) < ENDLESS:
        last = attempts[-1] if attempts else None
        if last is not None:
            clock.sleep(began + last.started + step.wait - clock.now())
        started = clock.now() - began
        before = service.refusals
        status, headers = service.answer(clock)
        body = service.body(before)
        attempt = Attempt(
            number=len(attempts) + 1,
            wait=step.wait if last else None,
            spacing=started - last.started if last else None,
            started=started,
            latency=clock.now() - began - started,
            status=status,
            headers=headers,
            size=len(body),
            excerpt=body,
        )
        attempts.append(attempt)
        try:
            step = plan.send(attempt)
        except StopIteration as end:
            return Run(attempts, end.value)
    raise AssertionError(f"no verdict after {ENDLESS} attempts")
