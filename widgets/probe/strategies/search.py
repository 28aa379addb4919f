"""Find where the limit lies, politely: cheap hints, and no proof.

`Choice` says which wait to try next: the middle of a bracket on a log scale, or of the paces that a quota may sustain.
Where a burst, a quota or a ban was seen, what all known rules together leave possible leads it (`Search.belief`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import pairwise
from math import inf, sqrt
from statistics import median
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome, absence, lateness
from widgets.probe.identify import believed, readable

from .history import QUOTA, Ledger, Quota
from .manners import NOTHING, NOTHING_YET
from .pauses import ON_TIME, pause_after
from .spoken import possible
from .stated import RENEWED
from .suspects import PAIR
from .unfinished import cut_off, guess

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from widgets.model.attempt import Attempt, Phase, Step, Verdict
    from widgets.probe.identify import Belief

    from .manners import Manners, ProbeEndedError
    from .spoken import Named


START = 1.0
FACTOR = 3.0
"""The first wait in seconds, and what it is multiplied or divided by: few steps to any scale, and few refusals."""

SMALLEST = 1e-3
"""Seconds: no wait is taken to be shorter, where a ratio is taken."""

ABOVE = 1.02
"""A pace computed from a quota is tried this much slower: clocks and latencies are not exact."""

CLEAN = 2
"""Acceptances in a row that let a wait count as long enough, for the search."""

DRY = 10
"""The same where a burst was seen: enough of them that what a bucket gained in a pause is used up."""

FAR = 3.0
"""A block hints at a wait so many times longer than what is shown to be too fast: it may have been the rest of a window
or a ban, or what a service says of it is padded, and the hint is tested."""

WIDE = 2.5
"""A bracket above the hint that is so wide is halved first: what is refused there shows more than the hint does."""


RESERVED = 1.2
"""A run that is no longer than so many bursts may have lived on one."""

MANY = 40
"""So many requests more than a quota or a burst would have spent it, where twice as many are too many."""


def _twice(count: int) -> int:
    return min(2 * count, count + MANY)


@dataclass(frozen=True, slots=True)
class Choice:
    """The next wait, by what the ledger and the quota know now.

    Args:
        ledger: What the attempts say.
        quota: What the cycles say of a quota.
        ratio: How narrow a bracket must be, longest to shortest wait.
    """

    ledger: Ledger
    quota: Quota
    ratio: float

    def next(self, affordable: float) -> tuple[float, int]:
        """The next wait, and how many acceptances it needs; none when it is worth a trial already.

        `affordable` is the longest wait, in seconds, that the rest of the budget can show.
        """
        ledger = self.ledger
        hint, high = ledger.hint, ledger.high
        if not ledger.low * ABOVE < hint < min(affordable, inf if high is None else high * 0.999):
            hint = 0.0
        low = max(hint, ledger.low, SMALLEST)
        return self._by_quota(affordable) or (
            self._upward(low, hint) if high is None else self._between(low, high, hint)
        )

    def _upward(self, low: float, hint: float) -> tuple[float, int]:
        """Nothing is known to be long enough."""
        held = self.ledger.held > 1 and not hint
        return (self.raised(low, self.ledger.held), 0) if held else (max(low * FACTOR, START), 1)

    def _between(self, low: float, high: float, hint: float) -> tuple[float, int]:
        """Narrow the bracket on a log scale."""
        ledger, middle, ratio = self.ledger, sqrt(low * high), high / low
        if ledger.bursty:
            # A run no longer than a burst that a ban fills again says nothing of what is gained meanwhile.
            full = ledger.full or ledger.held <= RESERVED * self.quota.burst
            raised = inf if hint or full else self.raised(low, ledger.held)
            if ratio <= self.ratio:
                far = hint and not ledger.full and hint > FAR * ledger.low
                return (low, _twice(self.quota.burst) or DRY) if far else (high, 0)
            if self.quota.burst:  # each refusal costs a ban: it is come down to in small steps
                middle = max(middle, high / 2)
            return (raised, 0) if raised < middle else (middle, _twice(self.quota.burst) or DRY)
        told = any(cycle.told for cycle in ledger.cycles)
        if hint > FAR * ABOVE * ledger.low > 0:
            return self._doubted(hint, ratio, middle, told=told), CLEAN
        if hint and ledger.contested:
            return hint, CLEAN
        if ratio > self.ratio:
            # The last step is left to the trial.
            return middle, CLEAN if ratio > self.ratio**2 else 0
        # A hint is no proof: it is tested, unless the service itself gave it.
        return (low, CLEAN) if hint and not told else (high, 0)

    def _doubted(self, hint: float, ratio: float, middle: float, *, told: bool) -> float:
        """The wait that tests a hint which lies far above what is shown to be too fast.

        What a service tells of a block may be padded by any factor, so that less is tried. Else the block lasted so
        long, as it does where a gap is to be kept: so short a wait as the hint would be refused, and much shorter ones
        as well.
        """
        if told:
            return sqrt(self.ledger.low * hint)
        return middle if ratio > WIDE else hint

    def _by_quota(self, affordable: float) -> tuple[float, int] | None:
        """The middle of the paces that the quota may sustain, with a run that would spend it twice."""
        accepted, ledger = self.quota.accepted, self.ledger
        if not accepted:
            return None
        if (wait := self.quota.suspect(ledger.low)) and 2 * wait * accepted < AFFORDS * affordable / 2:
            return wait, _twice(accepted) + 2
        low, high = max(ledger.low, self.quota.least / accepted), min(self.quota.most / accepted, affordable)
        if ledger.low < ledger.settled < low and sum(abs(each.accepted - accepted) <= 1 for each in ledger.cycles) == 1:
            # What held for so long is believed before a quota seen once that would not have sustained it: it was a ban.
            self.quota.take_for_bans(ledger.cycles)
            return None
        if ledger.high is not None and low < ledger.high:
            high = min(high, ledger.high)
        if high <= low:
            return None
        middle = sqrt(low * high)
        return (middle * ABOVE, 0) if high / low <= self.ratio else (middle, _twice(accepted) + 2)

    def raised(self, wait: float, held: int) -> float:
        """A longer wait than one that held for so many requests and was refused then.

        A bucket that gave `held` tokens sustains at least a pace of wait·(held + 1) / held; noise has no such bound.
        """
        if self.ledger.bursty:
            return wait * (1 + max(0.02, min(0.5, 0.7 / (held + 0.5))))
        return wait * (1 + max(0.02, 0.25 / sqrt(held + 1)))


SHORT, LONG = 0.1, 0.8
"""A wait is hardly long enough below the first quantile of what is believed of it; at the second one it is tried."""

NARROW = 0.6
"""The part of the bracket's width, as the strategy wants it, to which these two must have come near."""

MOST, FIRM = 0.95, 0.05
"""No wait longer than this quantile is tried where another rule than those compared is less likely than that."""

NEARLY = 1.5
"""A wait that is surely enough, and at most so many times one that hardly is: little is gained by shorter ones."""

DEAR = 60
"""A block as long as so many waits costs as much as to show one."""

PROOF = 78
LOST = 20
"""Requests that show a wait, and that are lost where it turns out to be too short."""

MORE = 1.05
"""Where the rules say little they are asked again when so many times as much is known: it takes long to ask them."""

BLOCKS = 2
"""So many blocks, and what a burst is answered by was seen to come again."""

DOUBTFUL = 0.5
"""Where another rule than those compared is likelier, nothing is believed."""

STALE = 100
"""So many attempts after the last one that is read, what is believed leads no more."""

FUTILE = 3
"""So many blocks, and halving a bracket has not found the limit soon: it is no plain gap."""

LOST_FAITH = 40
"""So many refusals, and what was believed was no help."""

LATE_COUNTS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0)
"""Seconds after many quick requests at which a count that is kept elsewhere may have arrived."""

AFFORDS = 100
"""Requests that the rest of the budget must have room for."""

AFFORDS_NAMED = 24
"""The same for a pace that its refusals name: a quicker one, which there is time to show, spends that quota again."""

QUEUES = 3.0
QUEUED = 6
"""So many answers in a row, each so many times slower than the first: the service queues instead of refusing."""

GROW = 1.2
SLOWER_STILL = 24
"""Not while they grow, from the first half of these to the second: they may grow until one is refused; but after so
many in a row whatever they do."""


def _queues(slow: Sequence[float]) -> bool:
    """Whether answers that were so slow in a row, of so many seconds each, are those of a queue."""
    recent = slow[-QUEUED:]
    settled = len(slow) >= QUEUED and max(recent[QUEUED // 2 :]) <= GROW * max(recent[: QUEUED // 2])
    return settled or len(slow) >= SLOWER_STILL


@dataclass(slots=True)
class Search:
    """One search; the ledger holds what it has learned.

    Args:
        manners: How it behaves, and the log of its attempts.
        ratio: How narrow a bracket must be, longest to shortest wait.
        rapid: How many requests may be sent as fast as answers come before the service counts as unlimited.
        by_word: Whether the quotas that refusals name are what is tried first; to see the rule itself they are not.
        ledger: What the attempts say.
        quota: What the cycles say of a quota.
        choice: What to try next, by both.
        saved: What a bucket may have saved up again at a longer wait, in requests, while a shorter one is on trial.
    """

    manners: Manners
    ratio: float
    rapid: int
    by_word: bool = True
    ledger: Ledger = field(default_factory=Ledger)
    quota: Quota = field(default_factory=Quota)
    choice: Choice = field(init=False)
    saved: int = 0
    _trusted: bool = True
    _named: float = 0.0
    _believed: tuple[int, Belief | None] = (0, None)
    _led_after: int = -1

    def __post_init__(self) -> None:
        self.choice = Choice(self.ledger, self.quota, self.ratio)
        self._read_all()

    def ask(self, wait: float, phase: Phase) -> Generator[Step, Attempt, Attempt]:
        """Ask once, and enter what came into the ledger."""
        attempt = yield from self.manners.ask(wait, phase, self.ledger.low or None, self.ledger.high)
        if self.manners.revised:
            self._reread()
        else:
            self.ledger.read(attempt, absent=self.manners.pause, late=self.manners.late)
        return attempt

    def _reread(self) -> None:
        """Answers were found to be refusals: begin with what the log says now."""
        self._forget()
        self._read_all()

    def _forget(self) -> None:
        for kept, fresh in ((self.ledger, Ledger()), (self.quota, Quota())):
            for each in fields(fresh):
                setattr(kept, each.name, getattr(fresh, each.name))

    def _read_all(self) -> None:
        for previous, attempt in pairwise([None, *self.manners.attempts]):
            if attempt is not None:
                closed = len(self.ledger.cycles)
                self.ledger.read(attempt, absent=absence(previous, attempt), late=lateness(previous, attempt))
                if len(self.ledger.cycles) > closed:
                    self.quota.learn(self.ledger.cycles)

    def descend(self, *, curious: bool = False) -> Generator[Step, Attempt, float | None]:
        """Ask faster and faster until something is refused, or states a pace; if `curious`, on from that pace.

        Returns:
            `None` when something was, or when an answer stated a pace: then no burst is sent; else the seconds that an
            answer takes, the fastest pace there is.
        """
        attempt = yield from self._hello(watch=not curious)
        first, wait = attempt.latency, START
        rapid = repeated = 0
        slow: list[float] = []
        if curious and (stated := self.manners.stated):
            wait = stated.wait
        while attempt.outcome is Outcome.ACCEPTED and (curious or not self.manners.stated):
            asked = len(self.manners.attempts)
            attempt = yield from self.ask(wait, "search")
            rapid = 0 if self.manners.interrupted else rapid
            if attempt.latency < wait:
                # Where suspects came, whether this wait brings them back is seen before a shorter one.
                met = len(self.manners.attempts) > asked + PAIR
                wait = wait if met else wait / FACTOR
                continue
            rapid += 1
            slow = [*slow, attempt.latency] if attempt.latency > QUEUES * first else []
            suspects, queues = self.manners.suspects, _queues(slow)
            # As soon as haste was repeated, and once for each row that it may bring back, late counts are waited for.
            again = suspects.repeated not in {0, repeated}
            repeated = suspects.repeated or repeated
            enough = again or (rapid >= self.rapid and suspects.settled)
            if attempt.outcome is Outcome.ACCEPTED and (enough or queues):
                fastest = median(slow) if queues else attempt.latency
                if queues or (yield from self._late_counts()):
                    if suspects.settled and (queues or rapid >= self.rapid):
                        return fastest
                    # Where what came late is a suspect, whether haste brings it back is seen with haste.
                    rapid = rapid if suspects.settled else 0
                elif self.ledger.blocked:
                    break
        return None

    def _hello(self, *, watch: bool) -> Generator[Step, Attempt, Attempt]:
        """The first request that was served, or the last of those that watch when all of a quota is there again."""
        attempt = yield from self.ask(0.0, "hello")
        if attempt.outcome is Outcome.REFUSED:
            yield from self.recover()
            attempt = self.manners.attempts[-1]
        if watch and attempt.outcome is Outcome.ACCEPTED:
            attempt = yield from self._watch(attempt)
        if attempt.spacing is not None and attempt.outcome is Outcome.ACCEPTED:
            self.ledger.begin()
        return attempt

    def _watch(self, attempt: Attempt) -> Generator[Step, Attempt, Attempt]:
        """Ask slowly as long as that tells when all of a quota is there again, and take the pace by that.

        Where it does not tell that, so few and so slow requests say nothing of a pace: the search begins anew.
        """
        manners, watched = self.manners, 0
        while not manners.stated and (rest := manners.until_watched):
            attempt, watched = (yield from self.ask(rest, "search")), watched + 1
            if attempt.outcome is not Outcome.ACCEPTED:
                return attempt
        if watched > 1 and not manners.take_renewals_or_end():
            self._forget()
            self.ledger.read(attempt)
        return attempt

    def begin_anew(self) -> None:
        """What slow requests have shown says nothing of a pace."""
        self.manners.untimed = self.manners.untimed.anew()
        self._trusted = True  # what it states from now on is something else
        self._forget()
        self.ledger.read(self.manners.attempts[-1])

    def _late_counts(self) -> Generator[Step, Attempt, bool]:
        """Ask a little later whether a count that comes late refuses after all; whether it does not."""
        for wait in LATE_COUNTS:
            attempt = yield from self.ask(wait, "search")
            if attempt.outcome is Outcome.REFUSED:
                return False
        return True

    def locate(self) -> Generator[Step, Attempt, float]:
        """Narrow the bracket, and return the wait that is worth a test."""
        ledger = self.ledger
        if ledger.blocked:
            yield from self.recover()
        while True:
            wait, needed = self._next()
            if not needed:
                return wait
            suspect, burst = wait == self.quota.suspect(ledger.low), self.quota.burst
            yield from self._rung(wait, needed)
            if not ledger.blocked:
                ledger.settle(wait)
                if suspect:
                    self.quota.refute()
                continue
            self.quota.tested += suspect
            if burst:
                ledger.drained(burst, wait)
            self.quota.doubt(ledger.run)
            # One refusal may be chance, or all that a bucket gives; a second one means that the service is shut, as
            # the same count again does.
            if not self.ban_known and not self.quota.again(ledger.run):
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
        cycles = self.ledger.cycles
        if not cycles:  # what was refused was a sign that is none, or the log was read anew
            return False
        self.quota.learn(cycles)
        return cycles[-1].spent

    def recover(self) -> Generator[Step, Attempt, None]:
        """Wait longer and longer until a request is accepted again."""
        ledger = self.ledger
        wait, known = self._first_rest(), self.ban_known
        while ledger.blocked:
            self.manners.give_up_at_the_door()
            last = self.manners.attempts[-1]
            stated = pause_after(last) * 2**self._told_in_vain
            attempt = yield from self.ask(stated or max(wait, last.started - ledger.stopped), "recover")
            # A ban whose length is known may have doubled; what is not known is looked for in greater steps.
            wait = self._until_over(attempt) or (0.0 if known else (attempt.spacing or wait) * FACTOR)
        self.quota.learn(ledger.cycles)

    @property
    def _told_in_vain(self) -> int:
        """How many refusals of the block told a time after which it still was shut: such a service understates.

        Each further pause doubles what it says. The first that tells any, as of a ban that has just begun, does not.
        """
        refused = [each for each in self.manners.attempts if each.outcome is Outcome.REFUSED]
        return sum(pause_after(each) > 0 for each in refused[-self.ledger.blocked : -1])

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
        left = self.manners.budget.seconds - self.manners.seconds
        affordable = left / AFFORDS
        stated = self.stated()
        if stated and stated < affordable:
            return stated, 0
        if named := self._in_words(left / AFFORDS_NAMED):
            return named, 0
        wait, needed = self._led(*self.choice.next(affordable), affordable)
        belief = self.belief()
        if needed or belief is None or belief.doubt > FIRM:
            return wait, needed
        cheapest = self.cheapest(belief) * ABOVE
        return cheapest if cheapest * NEARLY < wait else wait, needed

    def cheapest(self, belief: Belief) -> float:
        """The wait that costs least, by what is believed: to show it, or to find that it is too short."""
        blocks = [cycle.ended - cycle.stopped for cycle in self.ledger.cycles]
        return belief.cheapest(self.ledger.low, PROOF, LOST, max(blocks, default=0.0))

    def _led(self, wait: float, needed: int, affordable: float) -> tuple[float, int]:
        """The next wait by what is believed, where that is narrow, or where the other one would hardly be enough.

        Once for each refusal: what holds at a wait says less of it than a refusal does, and the choice must go on.
        """
        belief = self._longer()
        if belief is None or belief.quantile(LONG) >= affordable:
            return wait, needed
        short, long = belief.quantile(SHORT), belief.quantile(LONG)
        most = belief.quantile(MOST) * ABOVE
        if belief.doubt < FIRM and most < wait:
            held = 0 < self.ledger.settled <= most * ON_TIME
            return most, 0 if held else needed
        if long <= min(short * (1 + NARROW * (self.ratio - 1)), wait * FACTOR):
            return long * (ABOVE if self.dear(long) else 1.0), 0
        if wait < short and self._led_after != self.manners.refused:
            self._led_after = self.manners.refused
            return min(belief.quantile(0.5), wait * FACTOR), needed or (DRY if self.ledger.bursty else CLEAN)
        risky = wait < (long if self.dear(wait) else short if self.quota.burst else 0.0)
        enough = min(most, self.ledger.high or most)
        if risky and belief.doubt < FIRM and enough < NEARLY * short:
            return enough, 0
        return wait, needed

    def dear(self, wait: float) -> bool:
        """Whether a block has cost more than all the requests that show a wait."""
        return max((cycle.ended - cycle.stopped for cycle in self.ledger.cycles), default=0.0) > DEAR * wait

    @property
    def ban_known(self) -> bool:
        """Whether refusals bring about a ban whose length was seen: it is waited for, and not asked again before."""
        return bool(self.quota.burst) or (self.ledger.ban_seen and not self.quota)

    def belief(self) -> Belief | None:
        """What the rules that `identify` compares say together of the steady wait; `None` where they say little.

        A gap is found as soon by halving its bracket; a burst, a quota or a ban hides what a wait is worth.
        """
        attempts = self.manners.attempts
        hidden = self.ledger.bursty or len(self.ledger.cycles) >= FUTILE
        if not hidden or self.manners.refused > LOST_FAITH:
            return None
        most = readable(attempts)
        if len(attempts) > most + STALE:
            return None
        read = min(most, len(attempts))
        known, held = self._believed
        if read != known and (held is not None or read >= known * MORE):
            belief = believed(attempts)
            self._believed = read, None if belief is None or belief.doubt > DOUBTFUL else belief
        return self._believed[1]

    def _longer(self) -> Belief | None:
        """What is believed of the waits that are not known to be too short.

        Where most of it is known to be, or a refusal is dear, what is left counts, once two blocks have shown what a
        burst is answered by: one alone may be the rest of an hour as well as a ban. Else all of it does, since what is
        known to be too short may have been so by chance. Of the rest of a tail the rules say little.
        """
        belief, low = self.belief(), self.ledger.low
        if belief is None:
            return None
        long = belief.quantile(LONG)
        if long > low and (len(self.ledger.cycles) < BLOCKS or not self.dear(long)):
            return belief
        if len(self.ledger.cycles) < BLOCKS or belief.quantile(MOST) <= low:
            return None
        longer = belief.beyond(low)
        return longer if longer and longer.doubt <= DOUBTFUL else None

    def ended(self, end: ProbeEndedError) -> Verdict:
        """The verdict where the probe cannot go on: what was seen until then, and the best guess."""
        attempts = self.manners.attempts
        pause = pause_after(attempts[-1]) if attempts else 0.0
        until = attempts[-1].started + pause if attempts else 0.0
        told = not attempts or NOTHING_YET in str(end) or NOTHING in str(end)
        seen = "" if told else cut_off(self.manners, self.ledger, pause)
        return self.manners.inconclusive(end, guess(self.ledger, self.quota, until, attempts), seen)

    def stated(self) -> float | None:
        """The pace that the service itself states, a little slower; only once, and not where it is known too fast.

        It is a hint: it is gone to at once, before any burst, and put on trial like any other.
        """
        stated = self.manners.stated
        if not self._trusted or stated is None:
            return None
        self._trusted = False
        return stated.wait * ABOVE if stated.wait > self.ledger.low else None

    def _in_words(self, affordable: float) -> float | None:
        """The pace of the slowest quota that refusals name, a little slower; each once, and not what is known too fast.

        It may be another plan's quota, so that it is put on trial as any other; but it is gone to before all others.
        """
        paces = [window / count * ABOVE for count, window in self._named_quotas()]
        wait = max((pace for pace in paces if pace < affordable), default=0.0)
        if wait <= max(self.ledger.low, self._named):
            return None
        self._named = wait
        return wait

    def _named_quotas(self) -> list[Named]:
        return possible(self.manners.attempts) if self.by_word else []

    def _first_rest(self) -> float:
        """How long to wait first for the end of a block."""
        ledger = self.ledger
        last = self.manners.attempts[-1]
        longest = max((cycle.ended - cycle.stopped for cycle in ledger.cycles), default=0.0)
        rest = longest - (last.started - ledger.stopped)
        if self.ban_known and rest > 0:
            return rest
        if wait := self._until_over(last):
            return wait
        if not ledger.cycles and ledger.run >= QUOTA and ledger.clean:
            return max(ledger.clean)
        return ledger.high or FACTOR * max(last.spacing or START / FACTOR, SMALLEST)

    def _until_over(self, last: Attempt) -> float:
        """Seconds until a cycle of the quota may be over; 0 where it should have been by now, or none is known."""
        since = last.started - self.ledger.run_started
        ends = (
            end * ABOVE - since
            for end in (*self._windows_spent(), *self.quota.ends())
            if end * ABOVE > since + self.ledger.low
        )
        return next(ends, 0.0)

    def _windows_spent(self) -> list[float]:
        """Seconds of the windows, of minutes at most, whose quota by the words of the refusals the run has spent."""
        return [window for count, window in self._named_quotas() if window <= RENEWED and self.ledger.run >= count / 2]
