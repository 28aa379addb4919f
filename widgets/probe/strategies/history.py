"""What the attempts so far say about where the limit lies. Pure.

A `Cycle` is a run of accepted requests and the block that ended it, as a quota, a burst or a ban looks from outside;
`Quota` is what the cycles say of requests per time; the `Ledger` holds both, with the bracket of waits.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, sqrt
from statistics import median
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome

from .pauses import ON_TIME, pause_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from widgets.model.attempt import Attempt


QUOTA = 4
"""Requests accepted in a row from which on a block may mean a spent quota or burst, and not just a short gap."""


SHORTEST = 1e-3
"""Seconds: no cycle is taken to be shorter."""

GROWN = 2
"""So often a block was longer than the last one: it is no chance any more."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A run of accepted requests, the block that ended it, and the first request accepted after it.

    Attributes:
        accepted: Requests accepted in the run.
        refused: Requests refused in the block.
        started: When the run began, seconds.
        stopped: When the first request was refused, seconds.
        shut: Until when the service is known to have been shut, seconds.
        ended: When a request was accepted again, seconds.
        told: Whether the service said when to come back.
        served: When each request of the run was sent, seconds; where it is not known, all count as sent at the start.
    """

    accepted: int
    refused: int
    started: float
    stopped: float
    shut: float
    ended: float
    told: bool
    served: tuple[float, ...] = ()

    @property
    def length(self) -> tuple[float, float]:
        """Seconds from the start of the run to the end of the block, at least and at most."""
        return self.shut - self.started, self.ended - self.started

    def window(self, quota: int) -> tuple[float, float]:
        """Seconds that a window of `quota` requests lasts, at least and at most.

        The last `quota` requests before the block were still counted when it refused last, and the first of them was
        not any more when it ended. Those that the run had before them had left already: a run that began slowly is
        longer than a window. A run that was shorter than the quota found an earlier request still counted, and says
        only what a window lasts at least.

        >>> slowly = Cycle(6, 2, 0.0, 4.5, 5.5, 6.0, told=False, served=(0.0, 2.0, 3.0, 3.5, 3.75, 4.0))
        >>> slowly.window(5)
        (3.5, 4.0)
        """
        before = self.accepted - quota
        began = self.served[before] if before > 0 and self.served else self.started
        return max(self.shut - began, SHORTEST), self.ended - began if before >= 0 else inf

    def told_like(self, other: Cycle) -> bool:
        """Whether the service named a time to come back in both, and the same one."""
        return self.told and other.told and abs((self.ended - self.stopped) - (other.ended - other.stopped)) <= WHOLE

    @property
    def lasted(self) -> float:
        """Seconds from the first accepted request to the first refused one."""
        return self.stopped - self.started

    @property
    def spent(self) -> bool:
        """Whether the run may have spent a quota: it was long, and the block more than one refusal by chance."""
        blocked = self.ended - self.stopped
        return self.accepted >= QUOTA and (
            self.refused > 1 or (self.told and blocked * self.accepted > 2 * self.lasted)
        )


SLOWER = 1.5
"""A pace that a quota sustains is worth a doubt from so many times the wait on that is known to be too short."""

SLOWLY = 0.35
"""A run that took so much of a cycle tells a quota from a bucket, which gains meanwhile."""

PARTS = (0.5, 0.8)
"""In what part of a cycle a quota is spent to see whether it is one; the second where the first told nothing."""

CUT_SHORT = 0.7
"""A run shorter than this part of the quota was not ended by it."""


SURE = 1.1
"""A pace this much slower than a window sustains is sustained, whatever the clocks say."""


@dataclass(slots=True)
class Quota:
    """What the last cycles say; empty while `accepted` is 0.

    Attributes:
        accepted: Requests that were served in a cycle.
        least: The cycle's length at least, seconds.
        most: The cycle's length at most, seconds.
        confirmed: Whether two cycles agree.
        burst: The least burst that was full again after a ban; 0 when no ban was seen.
        doubtful: The burst that a bucket would have, where a run was longer than the quota; 0 when none was.
        shut: Whether the block was longer than the run before it.
        tested: How often a pace was tried that such a quota does not sustain.
    """

    accepted: int = 0
    least: float = 0.0
    most: float = 0.0
    confirmed: bool = False
    burst: int = 0
    doubtful: int = 0
    shut: bool = False
    tested: int = 0

    def __bool__(self) -> bool:
        return self.accepted > 0

    def doubt(self, run: int) -> None:
        """A run of so many was refused: where it is much shorter than the quota, there is none after all."""
        if run < CUT_SHORT * self.accepted:
            self.accepted, self.confirmed = 0, False

    def again(self, run: int) -> bool:
        """Whether a run of so many, once more, is what the quota gives."""
        return bool(self) and abs(run - self.accepted) <= 1

    def suspect(self, low: float) -> float:
        """A wait at which the quota would be spent within a cycle, and a bucket after a ban would not be; 0 for none.

        A block that is long may be a ban, or what a service says of it padded: one run tells, before any pace is
        believed that is so much slower than `low`, which is too fast.
        """
        if not self.accepted or self.confirmed:
            return 0.0
        waits = (self.least * part / (self.accepted + 1) for part in PARTS[self.tested :])
        return next((wait for wait in waits if wait > SLOWER * low), 0.0)

    def refute(self) -> None:
        """The quota would have been spent, and nothing was refused: it is a bucket, or a ban if it was long."""
        self.burst, self.accepted = self.accepted if self.shut else self.burst, 0

    def take_for_bans(self, cycles: Sequence[Cycle]) -> None:
        """The blocks are bans, each after a burst; the least burst that was seen is what a ban fills again."""
        self.burst, self.accepted = min(cycle.accepted for cycle in cycles if cycle.spent), 0

    def learn(self, cycles: Sequence[Cycle]) -> None:
        """Read the cycle that just ended: a spent quota, a burst that a ban filled again, or neither."""
        if not cycles or not cycles[-1].accepted:
            return
        *before, cycle = cycles
        if not cycle.spent and not self.again(cycle.accepted):
            self.doubt(cycle.accepted)
            return
        full = [each for each in before if each.spent]
        least, most = cycle.window(cycle.accepted)
        slow = cycle.lasted > SLOWLY * (self.least or least)
        banned = bool(full) and (_outgives(full, cycle) or _outlasts(before, cycle))
        if banned:
            self.burst, self.accepted, self.confirmed = min(each.accepted for each in full), 0, False
            return  # that a longer run is another quota's is no more than what any run may be
        if self and not self.confirmed and slow and full and cycle.accepted > max(each.accepted for each in full):
            self.doubtful = min(each.accepted for each in full)
            return  # a window may have begun within the run, or a bucket gained meanwhile
        alike = [each for each in full if abs(each.accepted - cycle.accepted) <= 1]
        self.accepted, self.shut = cycle.accepted, cycle.ended - cycle.stopped > cycle.lasted
        self.least, self.most = least, most
        for each in alike:
            low, high = each.window(cycle.accepted)
            if low < self.most and self.least < high:
                self.least, self.most = max(low, self.least), min(high, self.most)
            elif cycle.told_like(each):
                # It asks for the same pause whenever it refuses: the shorter of the two cycles was enough.
                self.least, self.most = min((self.least, self.most), (low, high))
        # Two quick runs of one length are those of a full bucket as well, and so are two that differ by what it gained.
        # The first run of all began slowly, while a bucket was full anyway: it counts for a quick one.
        self.confirmed = any(
            each.accepted == cycle.accepted
            and max(each.lasted if each is not cycles[0] else 0.0, cycle.lasted) > SLOWLY * self.least
            for each in alike
        )

    def ends(self) -> Iterator[float]:
        """Where in a cycle to ask whether it is over: in the middle of what is possible, then at its latest end."""
        if self:
            yield sqrt(self.least * self.most)
            yield self.most


def _outgives(before: Sequence[Cycle], cycle: Cycle) -> bool:
    """Whether a longer run gave more than a count per window would: then it was a bucket, full again after each ban."""
    least = min(before, key=lambda each: each.accepted)
    if cycle.accepted <= 1.15 * least.accepted + 1 or cycle.lasted <= 1.5 * least.lasted:
        return False
    shortest, longest = max(least.length[0], SHORTEST), least.length[1]
    windows = cycle.lasted / shortest + 1
    # Or one of the windows would have sustained the pace that was refused.
    return cycle.accepted > least.accepted * windows or cycle.lasted * least.accepted > SURE * longest * cycle.accepted


def _outlasts(before: Sequence[Cycle], cycle: Cycle) -> bool:
    """Whether a block that no service spoke of was longer than a window; the first may have begun sooner."""
    windows = (each.length[1] for each in before[1:] if each.spent)
    return not cycle.told and any(window * SURE < cycle.shut - cycle.stopped for window in windows)


WHOLE = 1.1
"""Seconds by which a Retry-After in whole seconds may be too long."""

ALIKE = 1.3
"""Two waits whose ratio is less than this say much the same of a service whose refusals are partly chance."""


LATE = 0.03
"""The part of a spacing by which the request before may be late, and the spacing at the service is still this one."""

REFUTED = 1.5
"""A run so many times longer than a hint allows refutes it: it was the rest of a window, or a ban."""

BAN = 2.5
"""A wait so many times longer than one that was long enough is not refused for being too short."""

OUTLASTS = 20.0
"""Nor is a block that lasts so many times a wait that is too short: a gap is some three times that when it is met."""

BANS = 2
"""So many runs of one length before, and the blocks between them are those of a quota."""

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
        contested: Whether so short a wait as the hint was long enough before: a ban, or a small bucket that was full.
        clean: Waits at which a request was accepted, seconds.
        cycles: All that were seen to their end.
        blocked: Refusals in a row, up to now.
        run: Requests accepted since the last refusal or the last pause in which nobody probed, or in the run that the
            block ended.
        refilled: The burst that a bucket may have held again after such a pause; 0 once a refusal showed it dry.
        run_started: When that run began, seconds.
        stopped: When the last block began, seconds.
        shut: When the last refusal came, seconds.
        doubtful: Whether the refusal that began the last block may have met a shorter spacing at the service than the
            one it was sent after: its predecessor's answer was late, and may have been so on the way there.
        settled: The last wait that held, in the search, for as many requests as it wanted to see; 0 for none.
    """

    low: float = 0.0
    held: int = 0
    full: bool = False
    hint: float = 0.0
    contested: bool = False
    clean: list[float] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    blocked: int = 0
    run: int = 0
    refilled: int = 0
    run_started: float = 0.0
    stopped: float = 0.0
    shut: float = 0.0
    doubtful: bool = False
    settled: float = 0.0
    _absent: float = 0.0
    _served: float = 0.0
    _told: bool = False
    _doubted: float = 0.0
    _late: float = 0.0
    _sent: list[float] = field(default_factory=list)
    _before: list[float] = field(default_factory=list)
    _hinted: float = 0.0
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=USUAL))

    def read(self, attempt: Attempt, *, absent: float = 0.0, late: float = 0.0) -> None:
        """Take one more attempt into account.

        Where nobody probed just before it, for `absent` seconds, that time is no spacing and belongs to no run and no
        block: what a bucket or a window gained in it is not known. Of one that is `late` for another reason the same
        holds, but that a block has really lasted so long.
        """
        self._absent = absent if self.blocked else max(absent, late)
        if absent or late:
            self.refilled = self.burst
            if not self.blocked:
                self.run = 0
                self._sent.clear()
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
    def burst(self) -> int:
        """The longest run that may have lived on a burst, in requests; 0 where there was none."""
        runs = (cycle.accepted for i, cycle in enumerate(self.cycles) if cycle.spent or not i)
        return max((run for run in runs if run >= QUOTA), default=0)

    def drained(self, burst: int, wait: float) -> None:
        """A run at `wait` began with a full bucket of `burst` and was refused: it shows what the bucket gains at most.

        Of the requests that were served, all but the burst were gained meanwhile; and of the burst itself what was
        gained while the run that showed it went on.
        """
        gained = self.run + 1 - burst
        slowly = min((cycle.lasted for cycle in self.cycles if cycle.spent and cycle.accepted == burst), default=0.0)
        if gained > 0:
            self.low = max(self.low, (self.run * wait - slowly) / gained)

    @property
    def bursty(self) -> bool:
        """Whether a run may have lived on a burst, so that one acceptance proves little: the first, or a spent one."""
        return self.burst > 0

    @property
    def longer_and_longer(self) -> bool:
        """Whether blocks were longer than the one before for certain, more than once: as a ban that doubles."""
        pairs = pairwise(self.cycles)
        return sum(sooner.ended - sooner.stopped < later.shut - later.stopped for sooner, later in pairs) >= GROWN

    @property
    def ban_seen(self) -> bool:
        """Whether a block after few requests went on for much longer than any gap would: as a ban does."""
        gap = min(BAN * (self.high or inf), OUTLASTS * (self.low or inf))
        return any(cycle.accepted < QUOTA and cycle.shut - cycle.stopped > gap for cycle in self.cycles)

    def begin(self) -> None:
        """What was refused before anything was accepted may be a ban from earlier, and says nothing of a pace."""
        self.hint = 0.0
        self.clean.clear()
        self.cycles.clear()

    def settle(self, wait: float) -> None:
        """A run at `wait` held: what shorter waits seemed to show no longer matters."""
        self.clean = [each for each in self.clean if each * ON_TIME >= wait] + [wait]
        self.hint = self.hint if self.hint < wait else 0.0
        self.settled = wait

    def stood(self, wait: float, run: int) -> int:
        """The longest run at `wait` or a little faster, in requests: this one of `run`, or one before it."""
        before = (cycle for cycle in self.cycles if cycle.accepted)
        paces = ((cycle.lasted / cycle.accepted, cycle.accepted) for cycle in before)
        return max([run, *(accepted for pace, accepted in paces if wait / ALIKE <= pace <= wait * ON_TIME)])

    def _accepted(self, attempt: Attempt) -> None:
        if self.blocked:
            # Where nobody was there to ask, the block is taken to have ended when the request was due.
            self._close(self.shut + (attempt.wait or 0.0) if self._absent else attempt.started)
        if self.blocked or not self.run:
            self.run, self.run_started = 0, attempt.started
            self._sent.clear()
        self._sent.append(attempt.started)
        if attempt.spacing is not None and not self._absent:
            # After a block a bucket has filled since the last acceptance, and a gap only since the last request.
            rested = self.blocked and self.bursty
            self.clean.append(attempt.started - self._served if rested else attempt.spacing)
        self.run += 1
        self.blocked = 0
        self._served = attempt.started

    def _close(self, ended: float) -> None:
        """A block ended: keep the cycle, and what it hints at."""
        shut = max(self.shut, ended - WHOLE) if self._told else self.shut
        started, stopped = self.run_started, self.stopped
        cycle = Cycle(self.run, self.blocked, started, stopped, shut, ended, self._told, tuple(self._sent))
        self.cycles.append(cycle)
        if len(self.cycles) == 1 and self.bursty and self.clean:
            # What a burst served says nothing about the waits within it.
            self.clean = [max(self.clean)]
        if self._told and self.run < QUOTA:
            self.hint = max(self.hint, shut - self.shut)
        elif self.blocked > 1 and self.bursty:
            self.hint = self.shut - self.stopped

    def _within_ban(self, spacing: float) -> bool:
        """Whether a refusal within a block is that of a ban: a much shorter wait was long enough before it.

        Not where two runs had this count: then a quota is spent each time.
        """
        alike = sum(abs(each.accepted - self.run) <= 1 for each in self.cycles)
        shortest = min((wait for wait in self._before if wait > self.low * ON_TIME), default=spacing)
        return 0 < self.run < QUOTA and shortest * BAN < spacing and alike < BANS

    def _refused(self, attempt: Attempt) -> None:
        spacing = attempt.spacing or 0.0
        if self.blocked:
            self.stopped += self._absent
            self.run_started += self._absent
            self._sent = [sent + self._absent for sent in self._sent]
            spacing -= self._absent
            banned = self._within_ban(spacing)
            if banned and self.cycles:
                # What the first refusals of the block seemed to show of waits that had held was the ban's doing.
                self.clean = [wait for wait in self._before if wait > self.low * ON_TIME]
                self.hint = min(self.hint, self._hinted)
            elif not banned:
                if not self.bursty and self.run < QUOTA:
                    self.hint = max(self.hint, spacing)
                    self.contested = any(self.low * ON_TIME < wait <= spacing * ON_TIME for wait in self._before)
                # What held for a run that would have spent a burst is not shown to be too short by a block.
                kept = self.settled if self.bursty else 0.0
                self.clean = [wait for wait in self.clean if wait > spacing * ON_TIME or wait == kept]
        else:
            self.stopped = attempt.started
            self._before, self._hinted = list(self.clean), self.hint
            if self.hint and self.run > REFUTED * (1 + (attempt.started - self.shut) / self.hint):
                self.hint = 0.0
            if self.run:
                shown = min(self._shown(spacing), (attempt.started - self.run_started) / self.run)
                if shown >= self.low:
                    self.low, self.held, self.full = shown, self.run, not self.cycles
        self.blocked += 1
        self.refilled = 0
        self.shut = attempt.started
        self._told = pause_after(attempt) > 0

    def _shown(self, spacing: float) -> float:
        """The spacing that a refusal really shows to be too short, seconds.

        Where the request before came late to the service, it met a shorter one. Once, that is an accident of the
        machine or the network; a second time at such a spacing it belongs to what a wait must cover.
        """
        self.doubtful = self._late > LATE * spacing
        if not self.doubtful or spacing <= self._doubted * ON_TIME:
            return spacing
        self._doubted = spacing
        return max(0.0, spacing - self._late)
