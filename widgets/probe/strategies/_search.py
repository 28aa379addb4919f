"""Find where the limit lies: cheap hints, no proof."""
from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, sqrt
from typing import TYPE_CHECKING

from widgets.probe.attempt import Outcome

from ._conduct import Conduct
from ._ledger import QUOTA, Ledger

if TYPE_CHECKING:
    from collections.abc import Generator

    from widgets.probe.attempt import Attempt, Phase, Step

START = 1.0
FACTOR = 3.0
SMALLEST = 1e-3
QUEUES = 3.0
ABOVE = 1.02
RA=.25
RMIN=.02
NEED=2


@dataclass(slots=True)
class Search:
    conduct: Conduct
    ratio: float
    rapid: int
    ledger: Ledger = field(default_factory=Ledger)
    quota: tuple[int, float, float] | None = None
    burst: int = 0
    confirmed: bool = False

    def ask(self, wait: float, phase: Phase) -> Generator[Step, Attempt, Attempt]:
        low, high = self.ledger.low or None, self.ledger.high
        attempt = yield from self.conduct.ask(wait, phase, low, high)
        self.ledger.read(attempt)
        return attempt

    def descend(self) -> Generator[Step, Attempt, float | None]:
        """Ask faster and faster until something is refused; the pace of the answers when nothing is."""
        attempt = yield from self.ask(0.0, "hello")
        first = attempt.latency
        wait = START
        rapid = slow = 0
        while attempt.outcome is Outcome.ACCEPTED:
            attempt = yield from self.ask(wait, "search")
            if wait > attempt.latency:
                wait /= FACTOR
            else:
                rapid += 1
                slow = slow + 1 if attempt.latency > QUEUES * first else 0
                if rapid >= self.rapid or slow >= 6:
                    return attempt.latency
        return None

    def recover(self) -> Generator[Step, Attempt, None]:
        """Wait longer and longer until a request is accepted again."""
        ledger = self.ledger
        wait = self._first_rest()
        while ledger.blocked:
            last = self.conduct.attempts[-1]
            stated = self.conduct.stated(last)
            if stated:
                wait = stated * 2 ** (ledger.blocked - 1)
            else:
                wait = max(wait, last.started - ledger.stopped)
            attempt = yield from self.ask(wait, "recover")
            wait = (attempt.spacing or wait) * FACTOR
        self.learn()

    def _first_rest(self) -> float:
        ledger = self.ledger
        last = self.conduct.attempts[-1]
        if self.burst:
            return max(c.block[1] for c in ledger.cycles) - (last.started - ledger.stopped)
        if self.quota:
            # The cycle's length is roughly known: ask at the middle of what is possible.
            _, least, most = self.quota
            since = last.started - ledger.run_started
            for end in (sqrt(least * most), most):
                if end * 1.01 > since + ledger.low:
                    return end * 1.01 - since
        if not ledger.cycles and ledger.run >= QUOTA:
            return max(ledger.clean)
        return ledger.high or FACTOR * max(last.spacing or START / FACTOR, SMALLEST)

    def learn(self) -> None:
        """Take the cycle that just ended for a spent quota when its run was long enough."""
        *before, cycle = self.ledger.cycles
        full = [each for each in before if each.spent]
        if not cycle.spent:
            if self.quota and cycle.accepted < 0.7 * self.quota[0]:
                self.quota = None
            return
        least, most = max(cycle.length[0], SMALLEST), cycle.length[1]
        if full:
            alike = [each for each in full if abs(each.accepted - cycle.accepted) <= 1]
            self.confirmed = bool(alike)
            for each in alike:
                low, high = each.length
                if low < most and least < high:
                    least, most = max(low, least), min(high, most)
            if cycle.accepted > 1.15 * full[-1].accepted + 1 and cycle.lasted > 1.5 * full[-1].lasted:
                self.burst = min(each.accepted for each in full)
        self.quota = cycle.accepted, least, most

    def choose(self) -> tuple[float, int]:
        """The next wait and how long a run it needs; 0 when found."""
        ledger = self.ledger
        high = ledger.high
        if self.quota:
            m, least, most = self.quota
            lo, hi = max(ledger.low, least / m), min(most / m, high or most / m)
            hi = most / m if hi <= lo else hi
            if hi > lo:
                return (hi * ABOVE, 0) if hi / lo <= self.ratio else (sqrt(lo * hi), 2 * m + 2)
        hint = ledger.hint if high is None or ledger.hint < high * 0.999 else 0
        hint = hint if hint > ledger.low * 1.01 else 0
        low = max(hint, ledger.low, SMALLEST)
        need = self.burst * 2 or (10 if ledger.bursty else NEED)
        raised = low * (1 + self.raise_(ledger.held)) if low > hint else inf
        if high is None:
            return (raised, 0) if ledger.held > 1 else (max(low * FACTOR, START), 1)
        if high / low <= self.ratio:
            return (low, need) if low == hint and not ledger.stated and not ledger.bursty else (high, 0)
        if not ledger.bursty and high / low <= self.ratio ** 2:
            return sqrt(low * high), 0
        return (raised, 0) if ledger.bursty and raised < sqrt(low * high) else (sqrt(low * high), need)

    def raise_(self, held: int) -> float:
        """By what part to lengthen a wait that held for so many requests."""
        if self.ledger.bursty:
            return max(RMIN, min(0.5, 0.7 / (held + 0.5)))
        return max(RMIN, RA / (held + 1) ** 0.5)

    def locate(self) -> Generator[Step, Attempt, float]:
        """Narrow the bracket; returns the wait to verify."""
        ledger = self.ledger
        if ledger.blocked:
            yield from self.recover()
        while True:
            wait, need = self.choose()
            if not need:
                return wait
            for _ in range(need):
                attempt = yield from self.ask(wait, "search")
                if ledger.blocked or (not self.quota and not self.burst and ledger.bursty and attempt.started - ledger.shut < 1.2 * wait * (ledger.run - 1)):
                    break
            if not ledger.blocked:
                ledger.settle(wait)
            if ledger.blocked:
                # One refusal may be chance, or all that a bucket gives; a second one means that the service is shut.
                wait = self.choose()[0] if not self.quota else wait
                yield from self.ask(wait, "search")
                if ledger.blocked:
                    yield from self.recover()
                elif self.quota and ledger.cycles[-1].accepted < .7 * self.quota[0]:
                    self.quota = None
