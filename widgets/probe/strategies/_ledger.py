"""What the attempts so far say about where the limit lies: the bracket, the runs, the blocks and the cycles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from widgets.probe.attempt import Outcome

if TYPE_CHECKING:
    from widgets.probe.attempt import Attempt

BURST = 5
"""Accepted requests in a run from which on it may have lived on a burst: the waits within it prove nothing."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A run of accepted requests, the block that ended it, and the first request accepted after it.

    Attributes:
        accepted: Requests accepted in the run.
        started: When the run began, seconds.
        refused: When the first request was refused, seconds.
        shut: When the last request of the block was refused, seconds.
        ended: When a request was accepted again, seconds.
    """

    accepted: int
    started: float
    refused: float
    shut: float
    ended: float

    @property
    def length(self) -> float:
        """Seconds from the start of the run to the end of the block; at most one request spacing too long."""
        return self.ended - self.started

    @property
    def refusal_span(self) -> float:
        return self.ended - self.refused


@dataclass(slots=True)
class Ledger:
    """Reads attempts in their order; FAILED ones are passed over.

    Attributes:
        low: The longest wait shown to be too fast, seconds; 0 when none.
        clean: Waits at which a request was accepted, longer than `low`.
        soft: Waits refused while the service was already blocked: a hint, no proof.
        cycles: All that were seen to their end.
        blocked: Refusals in a row, up to now.
    """

    low: float = 0.0
    clean: list[float] = field(default_factory=list)
    soft: list[float] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    blocked: int = 0
    run: int = 0
    run_started: float = 0.0
    refused_at: float = 0.0
    shut_at: float = 0.0
    pace: float = 0.0

    def read(self, attempt: Attempt) -> None:
        """Take one more attempt into account."""
        if attempt.outcome is Outcome.ACCEPTED:
            self._accepted(attempt)
        elif attempt.outcome is Outcome.REFUSED:
            self._refused(attempt)

    @property
    def high(self) -> float | None:
        """The shortest wait that is believed to be long enough."""
        return min((wait for wait in self.clean if wait > self.low), default=None)

    @property
    def horizon(self) -> float:
        """The longest cycle seen, seconds."""
        return max((cycle.length for cycle in self.cycles), default=0.0)

    def _accepted(self, attempt: Attempt) -> None:
        if self.blocked:
            self.cycles.append(
                Cycle(self.run, self.run_started, self.refused_at, self.shut_at, attempt.started)
            )
        if self.blocked or not self.run:
            self.run, self.run_started = 0, attempt.started
        self.run += 1
        self.blocked = 0
        if attempt.spacing is not None:
            self.clean.append(attempt.spacing)

    def _refused(self, attempt: Attempt) -> None:
        if self.blocked:
            self.soft.append(attempt.spacing or 0.0)
        elif attempt.spacing is not None and self.run:
            self.pace = (attempt.started - self.run_started) / self.run
            self.low = max(self.low, min(attempt.spacing, self.pace))
            if self.run >= BURST:
                self.clean = [max(self.clean, default=0.0)]
            self.refused_at = attempt.started
        self.blocked += 1
        self.shut_at = attempt.started
