"""Find where the limit lies: cheap hints, no proof."""
from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING

from widgets.probe.attempt import Outcome

from ._conduct import Conduct
from ._ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Generator

    from widgets.probe.attempt import Attempt, Phase, Step

START = 1.0
FACTOR = 3.0


@dataclass(slots=True)
class Search:
    conduct: Conduct
    ratio: float
    rapid: int
    ledger: Ledger = field(default_factory=Ledger)

    def ask(self, wait: float, phase: Phase) -> Generator[Step, Attempt, Attempt]:
        low, high = self.ledger.low or None, self.ledger.high
        attempt = yield from self.conduct.ask(wait, phase, low, high)
        self.ledger.read(attempt)
        return attempt

    def descend(self) -> Generator[Step, Attempt, bool]:
        """Ask faster and faster until something is refused; False when nothing is."""
        attempt = yield from self.ask(0.0, "hello")
        wait = START
        rapid = 0
        while attempt.outcome is Outcome.ACCEPTED:
            attempt = yield from self.ask(wait, "search")
            if wait > attempt.latency:
                wait /= FACTOR
            else:
                rapid += 1
                if rapid >= self.rapid:
                    return False
        return True

    def recover(self) -> Generator[Step, Attempt, None]:
        """Wait longer and longer until a request is accepted again."""
        ledger = self.ledger
        last = self.conduct.attempts[-1]
        high = ledger.high
        wait = high or FACTOR * max(last.spacing or START / FACTOR, 1e-3)
        while ledger.blocked:
            blocked = self.conduct.attempts[-1].started - ledger.refused_at
            attempt = yield from self.ask(max(wait, blocked), "recover")
            wait = (attempt.spacing or wait) * FACTOR
        cycle = ledger.cycles[-1]
        if len([1 for a in self.conduct.attempts if a.started >= cycle.refused and a.started < cycle.ended]) <= 2 or high is None:
            # short block
            pass
        else:
            ledger.soft.clear()

    def guess(self) -> float | None:
        """The pace that a quota would sustain, from the last cycle."""
        cycle = self.ledger.cycles[-1]
        if cycle.accepted >= 4:
            return cycle.length / cycle.accepted
        return None

    def next_wait(self) -> tuple[float, bool]:
        ledger = self.ledger
        high = ledger.high
        if high is None:
            return max(ledger.low * FACTOR, START), False
        low = max([s for s in ledger.soft if s < high * 0.999] + [ledger.low, 1e-3])
        if high / low <= self.ratio:
            if low > ledger.low:
                return low, False
            return high, True
        return sqrt(low * high), False

    def locate(self) -> Generator[Step, Attempt, float]:
        """Narrow the bracket; returns the wait to verify."""
        ledger = self.ledger
        if ledger.blocked:
            yield from self.recover()
            guess = self.guess()
            if guess and guess > ledger.low:
                return guess * 1.02
        while True:
            wait, done = self.next_wait()
            if done:
                return wait
            yield from self.ask(wait, "search")
            if ledger.blocked >= 2:
                yield from self.recover()
                guess = self.guess()
                if guess and guess > ledger.low:
                    return guess * 1.02
