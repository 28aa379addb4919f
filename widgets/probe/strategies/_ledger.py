"""What the attempts so far say about where the limit lies: the bracket, the runs, the blocks and the cycles."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome

from ._conduct import pause_after
from ._cycle import QUOTA, Cycle

if TYPE_CHECKING:
    from widgets.model.attempt import Attempt

WHOLE = 1.1
"""Seconds by which a Retry-After in whole seconds may be too long."""

ALIKE = 1.3
"""Two waits whose ratio is less than this say much the same of a service whose refusals are partly chance."""

SAME = 1.02
"""Two spacings whose ratio is less than this are the same one."""

LATE = 0.03
"""The part of a spacing by which the request before may be late, and the spacing at the service is still this one."""

REFUTED = 1.5
"""A run so many times longer than a hint allows refutes it: it was the rest of a window, or a ban."""

USUAL = 25
"""Answers whose median latency is the usual one."""


@dataclass(slots=True)
class Ledger:
    """Reads attempts in their order; FAILED ones are passed over.

    Attributes:
        low: The longest wait shown to be too fast, seconds; 0 when none. Only a refusal that follows an acceptance
            shows it, and for the faster of its own spacing and its run's pace: what came before may have spent a quota.
        held: Requests accepted in the run that showed `low`.
        full: Whether that run was the first one, which a full bucket may have served.
        hint: A wait that seems too fast, seconds: refused while the service was shut, which may have another reason.
        clean: Waits at which a request was accepted, seconds.
        cycles: All that were seen to their end.
        blocked: Refusals in a row, up to now.
        run: Requests accepted since the last refusal, or in the run that the block ended.
        run_started: When that run began, seconds.
        stopped: When the last block began, seconds.
        shut: When the last refusal came, seconds.
        doubtful: Whether the refusal that began the last block may have met a shorter spacing at the service than the
            one it was sent after: its predecessor's answer was late, and may have been so on the way there.
    """

    low: float = 0.0
    held: int = 0
    full: bool = False
    hint: float = 0.0
    clean: list[float] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    blocked: int = 0
    run: int = 0
    run_started: float = 0.0
    stopped: float = 0.0
    shut: float = 0.0
    doubtful: bool = False
    _served: float = 0.0
    _told: bool = False
    _doubted: float = 0.0
    _late: float = 0.0
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=USUAL))

    def read(self, attempt: Attempt) -> None:
        """Take one more attempt into account."""
        if attempt.outcome is Outcome.ACCEPTED:
            self._accepted(attempt)
        elif attempt.outcome is Outcome.REFUSED:
            self._refused(attempt)
        self._latencies.append(attempt.latency)
        self._late = attempt.latency - median(self._latencies)

    @property
    def high(self) -> float | None:
        """The shortest wait that is believed to be long enough."""
        return min((wait for wait in self.clean if wait > self.low * 1.001), default=None)

    @property
    def horizon(self) -> float:
        """The longest cycle seen, seconds."""
        return max((cycle.length[1] for cycle in self.cycles), default=0.0)

    @property
    def bursty(self) -> bool:
        """Whether a run may have lived on a burst, so that one acceptance proves little: the first, or a spent one."""
        return any(cycle.accepted >= QUOTA and (cycle.spent or not i) for i, cycle in enumerate(self.cycles))

    def settle(self, wait: float) -> None:
        """A run at `wait` held: what shorter waits seemed to show no longer matters."""
        self.clean = [each for each in self.clean if each * SAME >= wait] + [wait]

    def stood(self, wait: float, run: int) -> int:
        """The longest run at `wait` or a little faster, in requests: this one of `run`, or one before it."""
        before = (cycle for cycle in self.cycles if cycle.accepted)
        paces = ((cycle.lasted / cycle.accepted, cycle.accepted) for cycle in before)
        return max([run, *(accepted for pace, accepted in paces if wait / ALIKE <= pace <= wait * SAME)])

    def _accepted(self, attempt: Attempt) -> None:
        if self.blocked:
            self._close(attempt.started)
        if self.blocked or not self.run:
            self.run, self.run_started = 0, attempt.started
        if attempt.spacing is not None:
            # After a block a bucket has filled since the last acceptance, and a gap only since the last request.
            rested = self.blocked and self.bursty
            self.clean.append(attempt.started - self._served if rested else attempt.spacing)
        self.run += 1
        self.blocked = 0
        self._served = attempt.started

    def _close(self, ended: float) -> None:
        """A block ended: keep the cycle, and what it hints at."""
        shut = max(self.shut, ended - WHOLE) if self._told else self.shut
        cycle = Cycle(self.run, self.blocked, self.run_started, self.stopped, shut, ended, self._told)
        self.cycles.append(cycle)
        if len(self.cycles) == 1 and self.bursty and self.clean:
            # What a burst served says nothing about the waits within it.
            self.clean = [max(self.clean)]
        if self._told and self.run < QUOTA:
            self.hint = max(self.hint, shut - self.shut)
        elif self.blocked > 1 and self.bursty:
            self.hint = self.shut - self.stopped

    def _refused(self, attempt: Attempt) -> None:
        spacing = attempt.spacing or 0.0
        if self.blocked:
            if not self.bursty and self.run < QUOTA:
                self.hint = max(self.hint, spacing)
            self.clean = [wait for wait in self.clean if wait > spacing * SAME]
        else:
            self.stopped = attempt.started
            if self.hint and self.run > REFUTED * (1 + (attempt.started - self.shut) / self.hint):
                self.hint = 0.0
            if self.run:
                shown = min(self._shown(spacing), (attempt.started - self.run_started) / self.run)
                if shown >= self.low:
                    self.low, self.held, self.full = shown, self.run, not self.cycles
        self.blocked += 1
        self.shut = attempt.started
        self._told = pause_after(attempt) > 0

    def _shown(self, spacing: float) -> float:
        """The spacing that a refusal really shows to be too short, seconds.

        Where the request before came late to the service, it met a shorter one. Once, that is an accident of the
        machine or the network; a second time at such a spacing it belongs to what a wait must cover.
        """
        self.doubtful = self._late > LATE * spacing
        if not self.doubtful or spacing <= self._doubted * SAME:
            return spacing
        self._doubted = spacing
        return max(0.0, spacing - self._late)
