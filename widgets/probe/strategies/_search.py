"""Find where the limit lies, politely: cheap hints, and no proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import Outcome

from ._choice import ABOVE, DRY, FACTOR, SMALLEST, START, Choice
from ._conduct import pause_after
from ._cycle import QUOTA
from ._ledger import Ledger
from ._quota import Quota

if TYPE_CHECKING:
    from collections.abc import Generator

    from widgets.model.attempt import Attempt, Phase, Step

    from ._conduct import Conduct

AFFORDS = 100
"""Requests that the rest of the budget must have room for."""

QUEUES = 3.0
QUEUED = 6
"""So many answers in a row, each so many times slower than the first: the service queues instead of refusing."""


@dataclass(slots=True)
class Search:
    """One search; the ledger holds what it has learned.

    Args:
        conduct: The manners and the log.
        ratio: How narrow a bracket must be, longest to shortest wait.
        rapid: How many requests may be sent as fast as answers come before the service counts as unlimited.
        ledger: What the attempts say.
        quota: What the cycles say of a quota.
        choice: What to try next, by both.
    """

    conduct: Conduct
    ratio: float
    rapid: int
    ledger: Ledger = field(default_factory=Ledger)
    quota: Quota = field(default_factory=Quota)
    choice: Choice = field(init=False)
    _trusted: bool = True

    def __post_init__(self) -> None:
        self.choice = Choice(self.ledger, self.quota, self.ratio)
        for attempt in self.conduct.attempts:
            self.ledger.read(attempt)

    def ask(self, wait: float, phase: Phase) -> Generator[Step, Attempt, Attempt]:
        """Ask once, and enter what came into the ledger."""
        attempt = yield from self.conduct.ask(wait, phase, self.ledger.low or None, self.ledger.high)
        self.ledger.read(attempt)
        return attempt

    def descend(self) -> Generator[Step, Attempt, float | None]:
        """Ask faster and faster until something is refused.

        Returns:
            `None` when something was; else the seconds that an answer takes, the fastest pace there is.
        """
        attempt = yield from self.ask(0.0, "hello")
        first, wait = attempt.latency, START
        rapid = queued = 0
        while attempt.outcome is Outcome.ACCEPTED:
            attempt = yield from self.ask(wait, "search")
            if attempt.latency < wait:
                wait /= FACTOR
                continue
            rapid += 1
            queued = queued + 1 if attempt.latency > QUEUES * first else 0
            if attempt.outcome is Outcome.ACCEPTED and (rapid >= self.rapid or queued >= QUEUED):
                return attempt.latency
        return None

    def locate(self) -> Generator[Step, Attempt, float]:
        """Narrow the bracket, and return the wait that is worth a test."""
        ledger = self.ledger
        if ledger.blocked:
            yield from self.recover()
        while True:
            wait, needed = self._next()
            if not needed:
                return wait
            yield from self._rung(wait, needed)
            if not ledger.blocked:
                ledger.settle(wait)
                continue
            self.quota.doubt(ledger.run)
            # One refusal may be chance, or all that a bucket gives; a second one means that the service is shut.
            yield from self.ask(wait if self.quota else self._next()[0], "search")
            yield from self.settle_block()

    def settle_block(self) -> Generator[Step, Attempt, bool]:
        """After a refusal and one more request: wait for the end of the block, if it goes on, and learn from it.

        Returns:
            Whether a quota, a burst or a block was seen, so that the search must go on.
        """
        if self.ledger.blocked:
            yield from self.recover()
            return self.ledger.bursty
        self.quota.learn(self.ledger.cycles)
        return self.ledger.cycles[-1].spent

    def recover(self) -> Generator[Step, Attempt, None]:
        """Wait longer and longer until a request is accepted again."""
        ledger = self.ledger
        wait = self._first_rest()
        while ledger.blocked:
            last = self.conduct.attempts[-1]
            # Told and still shut: the service understates, so each further pause doubles what it says.
            stated = pause_after(last) * 2 ** (ledger.blocked - 1)
            attempt = yield from self.ask(stated or max(wait, last.started - ledger.stopped), "recover")
            wait = (attempt.spacing or wait) * FACTOR
        self.quota.learn(ledger.cycles)

    def _rung(self, wait: float, needed: int) -> Generator[Step, Attempt, None]:
        """Ask at `wait` until a refusal, until `needed` are accepted, or until a bucket must have run dry."""
        ledger = self.ledger
        for _ in range(needed):
            attempt = yield from self.ask(wait, "search")
            if ledger.blocked:
                return
            since = attempt.started - ledger.shut
            if needed == DRY and since < 1.2 * wait * (ledger.run - 1):
                return

    def _next(self) -> tuple[float, int]:
        """The next wait, and how many acceptances it needs; none when it is worth a test already."""
        affordable = (self.conduct.budget.seconds - self.conduct.seconds) / AFFORDS
        stated = self._stated()
        return (stated, 0) if stated and stated < affordable else self.choice.next(affordable)

    def _stated(self) -> float | None:
        """The pace that the service itself states, once, and only where a refusal has shown that there is a limit."""
        if not self._trusted:
            return None
        self._trusted = False
        last = self.conduct.attempts[-1]
        wait = read(last.status, last.headers, now=0.0).sustained
        return wait * ABOVE if wait and wait > self.ledger.low else None

    def _first_rest(self) -> float:
        """How long to wait first for the end of a block."""
        ledger = self.ledger
        last = self.conduct.attempts[-1]
        if self.quota.burst:
            return max(cycle.ended - cycle.stopped for cycle in ledger.cycles) - (last.started - ledger.stopped)
        since = last.started - ledger.run_started
        for end in self.quota.ends():
            if end * ABOVE > since + ledger.low:
                return end * ABOVE - since
        if not ledger.cycles and ledger.run >= QUOTA:
            return max(ledger.clean)
        return ledger.high or FACTOR * max(last.spacing or START / FACTOR, SMALLEST)
