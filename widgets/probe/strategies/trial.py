"""A wait on trial: what was seen of it, and what forbids a certificate, however many requests were accepted. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from operator import is_
from statistics import median
from typing import TYPE_CHECKING

from widgets.http.limits import read, sustained_wait
from widgets.http.limits.resets import DATED
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait
from widgets.probe.evidence import told

from .chance import Chance, by_chance
from .pauses import pause_after, span
from .search import ABOVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from widgets.http.limits import Resets
    from widgets.model.attempt import Attempt


HELD = 25
"""Requests accepted in a row from which on a refusal says 'a little too fast' and not 'wrong'."""

WHOLE = 1.0
"""Seconds by which a reset in whole seconds may be later than it is."""

SPAN = 1.1
"""The evidence must span this many of the longest cycles seen."""


@dataclass(slots=True)
class Trial:
    """A wait on trial.

    Attributes:
        wait: Seconds.
        sure: Whether the search closed its bracket just below it.
        paused: How often an answer asked for a pause, longer than the wait, since nothing was left.
        stated: Whether it is the pace that the service itself states, before anything was refused at it.
        passed: Acceptances in a series of trials that held, each at a little longer wait than the last.
        missed: Refusals in that series; 0 where there is none.
        sent: Requests made at this wait.
        clean: Acceptances since the last refusal.
        excused: Refusals in a row, here and before, that late requests may have brought about.
        evidence: The attempts that count: made for the trial, each after exactly one `wait`.
        stretched: Spacings in a row that came out longer than asked for.
        before: The trials that were refused before this one.
        asked: The wait, seconds, before spacings came out longer than that; `None` where they did not.
        prompt: Answers in a row since then that took less than it.
        resumed: How often it was gone back to.
        last: Whether it is a much longer wait, which is tried before a probe is given up.
    """

    wait: float
    sure: bool = False
    passed: int = 0
    missed: int = 0
    sent: int = 0
    clean: int = 0
    paused: int = 0
    excused: int = 0
    evidence: list[Attempt] = field(default_factory=list)
    stretched: list[float] = field(default_factory=list)
    stated: bool = False
    before: list[Trial] = field(default_factory=list)
    asked: float | None = None
    prompt: int = 0
    resumed: int = 0
    last: bool = False
    _judged: tuple[float, tuple[Attempt, ...], Chance] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @property
    def tested(self) -> float:
        """The spacing in seconds at which the evidence was really taken: the median, and no less than asked for."""
        return max(self.wait, median(attempt.spacing or 0.0 for attempt in self.evidence))

    @property
    def stayed(self) -> int:
        """How many trials before this one were of this wait, or of hardly a shorter one."""
        return sum(each is not self and self.wait / ABOVE <= each.wait <= self.wait for each in self.before)

    @property
    def rungs(self) -> list[Trial]:
        """Those before this one that held for a while: the ladder by which it was come to."""
        return [trial for trial in self.before if trial.sent >= RUNG]

    @property
    def span(self) -> float:
        """Seconds that the evidence covers."""
        return span(self.evidence)

    @property
    def horizon(self) -> float:
        """The longest cycle of the service, in seconds, that the evidence speaks about."""
        return self.span / SPAN

    def chance(self, attempts: Sequence[Attempt]) -> Chance:
        """What speaks for it that refusals came by chance, and not because of the pace.

        It is asked several times of the same attempts; they are the same ones only where each is: equal ones may have
        been judged otherwise.
        """
        tested, seen = self.tested, (*attempts, *self.evidence)
        known = self._judged
        if known is None or known[0] != tested or len(known[1]) != len(seen) or not all(map(is_, known[1], seen)):
            known = self._judged = tested, seen, by_chance(attempts, self.evidence, tested)
        return known[2]

    @property
    def tries(self) -> int:
        """In how many tries one held, for a bound that is true over all of them.

        Where each wait was longer than the last, they count as they are: if the one that held breaks a bound, so did
        all those before it. Else the j-th of them may only err with the j(j+1)-th part of the whole error.
        """
        waits, count = [*(trial.wait for trial in self.before), self.wait], len(self.before) + 1
        rising = all(sooner <= later for sooner, later in pairwise(waits))
        return count if rising else count * (count + 1)

    @property
    def holds(self) -> bool:
        """Whether refusals are so rare, here and in the series, that the wait is right or nearly so."""
        return self.missed > 0

    def miss(self) -> None:
        """A refusal: it goes on with a series, begins one, or ends it."""
        passed, missed = self.passed + self.clean, self.missed + 1
        self.passed, self.missed = (passed, missed) if passed >= HELD * missed else (0, 0)
        if self.clean >= HELD:
            self.excused = 0

    def after(self, wait: float, *, sure: bool = False) -> Trial:
        """The trial of another wait that follows this one."""
        return Trial(wait, sure, self.passed, self.missed, excused=self.excused)

    def anew(self, wait: float) -> Trial:
        """The trial of a wait that a new search has found."""
        return Trial(wait, excused=self.excused)


SLOWER = 1.05
"""From this ratio on a stated pace is slower than the one that was tested."""

RUNG = 6
"""Requests that a wait held for, and was refused then: neither far too short nor long enough."""

LADDER = 4
LADDER_HELD = 48
"""So many such waits, one longer than the other, and so many requests in all: the limit may be rising."""

FALLING = 0.6
"""Refusals that fall with the pace fall below this part of what they were."""

RISE = 1.1
"""What the last of them is in parts of the first one, at least."""


def caveats(attempts: Sequence[Attempt], trial: Trial, *, outlasted: bool = False) -> str:
    """The sentences on all that was seen against a certificate; empty where nothing was.

    Where spells of refusals were `outlasted`, it matters no more whether chance brought them about.
    """
    seen = (*_longer_pause(attempts, trial), *_rising(trial), *_spells(attempts, trial))
    return " ".join(seen) or ("" if outlasted else coincidence(attempts, trial))


def coincidence(attempts: Sequence[Attempt], trial: Trial) -> str:
    """The sentence where refusals may have come by chance in time, and not because of the pace; else empty."""
    chance = trial.chance(attempts)
    return str(chance) if chance.plausible else ""


def slower_stated(
    attempts: Sequence[Attempt], trial: Trial, refilled: float = 0.0, resets: Resets | None = None
) -> float | None:
    """The seconds between requests that the service itself states, where they are more than were tested.

    Of a quota that is `refilled`, a request each so many seconds, it tells when all of it is back: what is left has not
    to last until then, but another quota, of which the window is told, counts besides. The `resets` know in what the
    numbers of all answers were seen to be counted.
    """
    wait: float | None
    for attempt in reversed(attempts):
        limits = read(attempt.status, attempt.headers, now=0.0)
        if resets is not None:
            limits = resets.told(limits)
        wait = limits.sustained if refilled else sustained_wait(limits, trial.span + DATED)
        if wait is not None:
            wait = max(wait, refilled)
            return wait if wait > SLOWER * trial.tested else None
    return refilled if refilled > SLOWER * trial.tested else None


def outspent(attempts: Sequence[Attempt], trial: Trial) -> bool:
    """Whether the last answer refuses, and for longer than this evidence spans.

    What was accepted so far may be what a quota over such a time allows: it has just spent it, and shows no pace.
    """
    last = attempts[-1]
    return last.outcome is Outcome.REFUSED and pause_after(last) > trial.span


def _longer_pause(attempts: Sequence[Attempt], trial: Trial) -> Iterator[str]:
    """The service has asked for a pause that the evidence does not span."""
    pause = max((pause_after(attempt) for attempt in attempts if attempt.outcome is Outcome.REFUSED), default=0.0)
    if pause > trial.span:
        yield (
            f"It once asked to be left alone for {told(pause)} s, longer than this evidence spans: a quota over such a "
            "time may exist."
        )


def missing_for_rising(trial: Trial) -> float:
    """Seconds of evidence that are still missing where the limit may have been rising; 0 where that is no question.

    Refusals went on, as often as before, while the wait grew. If a limit was what rose from the first of these waits to
    this one, and went on so, it would refuse this wait within as much time again.
    """
    rungs = trial.rungs
    if len(rungs) < LADDER or sum(each.sent for each in rungs) < LADDER_HELD or rungs[-1].wait < RISE * rungs[0].wait:
        return 0.0
    half = len(rungs) // 2
    first, last = (len(part) / sum(each.sent for each in part) for part in (rungs[:half], rungs[half:]))
    began = next((each.evidence[0].started for each in rungs if each.evidence), 0.0)
    if last < FALLING * first or not trial.evidence:
        return 0.0
    return max(0.0, trial.evidence[0].started - began - trial.span)


def _rising(trial: Trial) -> Iterator[str]:
    """Refusals went on, as often as before, while the wait grew: the limit itself may have been rising."""
    if missing_for_rising(trial):
        yield (
            f"Refusals did not get rarer while the wait grew from {as_wait(trial.rungs[0].wait)} to "
            f"{as_wait(trial.rungs[-1].wait)}: the limit was rising meanwhile, or something else than this pace causes "
            "some of them."
        )


AS_SLOW = 0.9
"""Spacings from this part of the tested one on are as slow."""

STEADY = 4
"""So many spacings in a row, all as slow, before a refusal: no quick request brought it about."""

SPELLS = 3
"""The evidence must span so many of the longest times from one spell to the next."""


def _spells(attempts: Sequence[Attempt], trial: Trial) -> Iterator[str]:
    """Refusals came in spells, at this pace or slower ones: the evidence must have had the time to meet another one."""
    began: list[float] = []
    several = steady = 0
    for i, attempt in enumerate(attempts):
        slow = (attempt.spacing or 0.0) >= AS_SLOW * trial.tested
        if attempt.outcome is Outcome.REFUSED and steady >= STEADY and slow:
            began.append(attempt.started)
            several += i + 1 < len(attempts) and attempts[i + 1].outcome is Outcome.REFUSED
        steady = steady + 1 if slow and attempt.outcome is Outcome.ACCEPTED else 0
    if len(began) < 2 or 2 * several < len(began):  # noqa: PLR2004 - one spell has no time to the next
        return
    apart = max(later - sooner for sooner, later in pairwise(began))
    if trial.span < SPELLS * apart:
        yield (
            f"Refusals came in spells at this pace or slower ones, {len(began)} of them and up to {told(apart)} s "
            f"apart; the {told(trial.span)} s of this evidence are too short to say that there will be no other."
        )
