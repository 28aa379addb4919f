"""Put a wait on trial: ask at exactly that spacing, and judge by what comes; after refusals try a longer one."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Protocol

from widgets.http.limits import read
from widgets.model.attempt import Outcome

from ._conduct import pause_after
from ._ledger import SAME
from ._longer import give_up_when_hopeless, longer

if TYPE_CHECKING:
    from collections.abc import Generator

    from widgets.model.attempt import Attempt, Step

    from ._search import Search

HELD = 25
"""Requests accepted in a row from which on a refusal says 'a little too fast' and not 'wrong'."""

JITTER = 0.01
"""Seconds by which a machine that has other things to do is late, and a spacing is the one asked for all the same."""

STRETCHED = 3
"""Spacings in a row that are longer than asked for, and no hiccup any more."""

BURSTS = 12
"""So many bursts, accepted in a row, show a pace where a ban may have filled the burst before."""

SPAN = 1.1
"""The evidence must span this many of the longest cycles seen."""


@dataclass(slots=True)
class Trial:
    """A wait on trial.

    Attributes:
        wait: Seconds.
        sure: Whether the search closed its bracket just below it.
        passed: Acceptances in a series of trials that held, each at a little longer wait than the last.
        missed: Refusals in that series; 0 where there is none.
        sent: Requests made at this wait.
        clean: Acceptances since the last refusal.
        excused: Refusals in a row, here and before, that late requests may have brought about.
        evidence: The attempts that count: made for the trial, each after exactly one `wait`.
        stretched: Spacings in a row that came out longer than asked for.
        before: The trials that were refused before this one, once there is a verdict.
    """

    wait: float
    sure: bool = False
    passed: int = 0
    missed: int = 0
    sent: int = 0
    clean: int = 0
    excused: int = 0
    evidence: list[Attempt] = field(default_factory=list)
    stretched: list[float] = field(default_factory=list)
    before: list[Trial] = field(default_factory=list)

    @property
    def tested(self) -> float:
        """The spacing in seconds at which the evidence was really taken: the median, and no less than asked for."""
        return max(self.wait, median(attempt.spacing or 0.0 for attempt in self.evidence))

    @property
    def span(self) -> float:
        """Seconds that the evidence covers."""
        return self.evidence[-1].started - self.evidence[0].started

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


class Judge(Protocol):
    """What a strategy makes of the evidence."""

    def accepted(self, trial: Trial) -> None:
        """One more request that counts was accepted."""

    def refused(self, trial: Trial) -> bool:
        """One more was refused; whether the trial may go on at the same wait."""

    def content(self, trial: Trial) -> bool:
        """Whether the evidence is enough, as far as numbers go."""


def first_trial(search: Search) -> Generator[Step, Attempt, Trial | None]:
    """Search, and return the first wait that is worth a trial; `None` where nothing is refused."""
    if not any(attempt.outcome is Outcome.REFUSED for attempt in search.conduct.attempts):
        pace = yield from search.descend()
        if pace is not None:
            return None if search.ledger.run >= search.rapid else Trial(pace * SAME)
    wait = yield from search.locate()
    return Trial(wait, sure=not search.ledger.bursty and wait == search.ledger.high)


def verify(search: Search, judge: Judge, trial: Trial) -> Generator[Step, Attempt, Trial]:
    """Try waits until the judge is content with one, and burst and window are excluded as far as they were seen."""
    tried: list[Trial] = []
    while not (judge.content(trial) and covers(search, trial)):
        attempt = yield from search.ask(trial.wait, "verify")
        trial.sent += 1
        if attempt.outcome is Outcome.ACCEPTED:
            _take(search, judge, trial, attempt)
        else:
            trial.miss()
            # A rest that the service orders would hide what a steady pace would have met: then it cannot go on.
            if judge.refused(trial) and pause_after(attempt) <= trial.wait:
                trial.evidence.append(attempt)
                trial.clean = 0
            else:
                tried.append(trial)
                give_up_when_hopeless(tried, search.conduct.goal.refusal_rate)
                trial = yield from longer(search, trial)
    trial.before = tried
    return trial


def covers(search: Search, trial: Trial) -> bool:
    """Whether a burst and a window of the sizes seen so far would have shown themselves in the evidence."""
    cycles = [cycle for cycle in search.ledger.cycles if cycle.accepted]
    n = len(trial.evidence)
    if not cycles or not n:
        return bool(n)
    least, most = min(cycle.accepted for cycle in cycles), max(cycle.accepted for cycle in cycles)
    # A ban may have filled a bucket again: it must have had the time to run dry at a pace a little too fast. Where the
    # ban is only a suspicion, less is spent on it.
    spent = suspected(search, trial)
    if n < max(6 * search.quota.burst, min(BURSTS * spent, max(200, 3 * spent))):
        return False
    # A fixed window may begin within the run, and be spent only in the second one; a sliding one remembers a cycle.
    return n >= 2 * least + 2 and (trial.span >= SPAN * search.ledger.horizon or n >= 2 * most + 2)


def suspected(search: Search, trial: Trial) -> int:
    """The least burst that a ban would have filled again, where one block can be a spent window as well as a ban.

    It is 0 where two cycles agree on a quota, or the service itself states one that sustains this pace.
    """
    last = trial.evidence[-1]
    stated = read(last.status, last.headers, now=0.0).sustained
    if search.quota.confirmed or (stated is not None and stated <= trial.wait):
        return 0
    return min((cycle.accepted for cycle in search.ledger.cycles if cycle.spent), default=0)


def _take(search: Search, judge: Judge, trial: Trial, attempt: Attempt) -> None:
    """Count an acceptance, if it came after exactly one wait: a longer rest proves nothing."""
    trial.clean += 1
    previous = search.conduct.attempts[-2]
    spacing = attempt.spacing or 0.0
    if previous.outcome is Outcome.FAILED or pause_after(previous):
        return
    if spacing <= max(trial.wait * SAME, trial.wait + JITTER):
        trial.evidence.append(attempt)
        trial.stretched.clear()
        judge.accepted(trial)
        return
    trial.stretched.append(spacing)
    if len(trial.stretched) == STRETCHED:
        # Answers, or this machine, take longer than the wait: the pace that can be had is what is on trial.
        trial.wait = min(trial.stretched) * SAME
        trial.evidence.clear()
        trial.stretched.clear()
