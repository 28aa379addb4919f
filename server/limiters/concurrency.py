"""Concurrency: so many jobs at once."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import ClassVar

from .contract import GRAIN, MOST_TIMES, Decision, Policy, check_count, check_positive, check_share, exponential, told
from .steady import smallest_wait, whole_runs, whole_share

FAR = 700.0
"""The largest argument that `expm1` takes without overflow."""

UNIT = "concurrent-requests"


@dataclass(slots=True)
class Concurrency:
    """Serve a request while fewer than `limit` jobs run; a request that is served starts one.

    The answer comes at once, as 202 Accepted would, and the job runs on: a client that waits for each answer can still
    ask too often.

    Args:
        limit: Jobs that run at once.
        service: Seconds that a job takes, on average.
        varied: Whether jobs take exponential times instead of always the same.
        seed: Of the times.

    Raises:
        ValueError: When `limit` is no whole number from 1 to 10,000 or `service` is not positive.

    Example:
        >>> jobs = Concurrency(limit=2, service=12)
        >>> [jobs.ask(now).accepted for now in (0, 1, 2, 12)]
        [True, True, False, True]
        >>> jobs.steady_wait(0)
        6.0
    """

    limit: int = 3
    service: float = 12.0
    varied: bool = False
    seed: int = 0
    kind: ClassVar[str] = "concurrency"
    _ends: list[float] = field(init=False, default_factory=list, repr=False)
    _last_end: float = field(init=False, default=-math.inf, repr=False)
    _draws: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        check_count(1, MOST_TIMES, limit=self.limit)
        check_positive(service=self.service)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        ends = self._ends
        while ends and ends[0] <= now + GRAIN:
            heapq.heappop(ends)
        accepted = len(ends) < self.limit
        if accepted:
            end = now + self._duration()
            heapq.heappush(ends, end)
            self._last_end = max(self._last_end, end)
        free = 0.0 if accepted else ends[0] - now
        policy = Policy("jobs", self.limit, self.service, self.limit - len(ends), self._last_end - now, UNIT)
        return Decision(accepted=accepted, retry_after=free, policies=(policy,))

    def acceptance(self, wait: float) -> float:
        """With equal jobs, `limit` in each service/wait requests, rounded up.

        With exponential ones the loss system D/M/c/c: the share refused is 1 / Σ C(c, k)·Π (1 - φᵢ)/φᵢ over k = 0…c and
        i = 1…k, with φᵢ = exp(-i·wait/service) (Takács 1962, 'Introduction to the Theory of Queues', chapter 4).
        """
        if not self.varied:
            return whole_share(self.limit, self.service, wait)
        term = total = 1.0
        for busy in range(1, self.limit + 1):
            term *= (self.limit - busy + 1) / busy * math.expm1(min(FAR, busy * max(0.0, wait) / self.service))
            total += term
        return 1 - 1 / total

    def steady_wait(self, refusal_rate: float) -> float:
        """`acceptance` inverted: in closed form for equal jobs, bisected for exponential ones.

        Exponential jobs may take any time, so that no spacing is never refused: infinite at a rate of 0.
        """
        check_share(refusal_rate=refusal_rate)
        if refusal_rate == 1:
            return 0.0
        if not self.varied:
            return self.service / whole_runs(refusal_rate, self.limit)
        return math.inf if refusal_rate == 0 else smallest_wait(self.acceptance, refusal_rate, FAR * self.service)

    def describe(self) -> str:
        """The rule in one sentence."""
        each = f"about {told(self.service)} s" if self.varied else f"{told(self.service)} s"
        return f"A request is served while fewer than {self.limit} jobs run; each takes {each}."

    def _duration(self) -> float:
        if not self.varied:
            return self.service
        self._draws += 1
        return exponential(self.seed, self._draws, self.service)
