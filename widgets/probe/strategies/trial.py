"""Put a wait on trial: ask at exactly that spacing, and judge by what comes; after refusals try a longer one.

In the order of the file: the trial itself; which wait follows one that was refused, and when to give up; the caveats,
what was seen that forbids a certificate, however many requests were accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Protocol

from widgets.http.limits import read, sustained_wait
from widgets.http.limits.resets import DATED
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait
from widgets.probe.evidence import told

from .chance import Chance, by_chance
from .history import QUOTA, SLOWLY
from .manners import ProbeEndedError
from .pauses import ON_TIME, pause_after, span
from .search import ABOVE, FACTOR, LONG, SHORT

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from widgets.model.attempt import Attempt, Step

    from .manners import Manners
    from .search import Search


HELD = 25
"""Requests accepted in a row from which on a refusal says 'a little too fast' and not 'wrong'."""

JITTER = 0.01
"""Seconds by which a machine that has other things to do is late, and a spacing is the one asked for all the same."""

STRETCHED = 3
"""Spacings in a row that are longer than asked for, and no hiccup any more."""

RESERVE = 1.5
"""A run so many times longer than a quota that two others agree on shows that what is not used is saved up."""

BURSTS = 12
"""So many bursts, accepted in a row, show a pace where a ban may have filled the burst before."""

WHOLE = 1.0
"""Seconds by which a reset in whole seconds may be later than it is."""

FEWEST = 4
"""Requests at a pace that the service itself states, of which a verdict may speak."""

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

    @property
    def tested(self) -> float:
        """The spacing in seconds at which the evidence was really taken: the median, and no less than asked for."""
        return max(self.wait, median(attempt.spacing or 0.0 for attempt in self.evidence))

    @property
    def stayed(self) -> int:
        """How many trials before this one were of this wait, or of hardly a shorter one."""
        return sum(each is not self and self.wait / ABOVE <= each.wait <= self.wait for each in self.before)

    @property
    def span(self) -> float:
        """Seconds that the evidence covers."""
        return span(self.evidence)

    @property
    def horizon(self) -> float:
        """The longest cycle of the service, in seconds, that the evidence speaks about."""
        return self.span / SPAN

    def chance(self, attempts: Sequence[Attempt]) -> Chance:
        """What speaks for it that refusals came by chance, and not because of the pace."""
        return by_chance(attempts, self.evidence, self.tested)

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


class Judge(Protocol):
    """What a strategy makes of the evidence."""

    def accepted(self, trial: Trial) -> None:
        """One more request that counts was accepted."""

    def refused(self, trial: Trial) -> bool:
        """One more was refused; whether the trial may go on at the same wait."""

    def cleared(self) -> None:
        """The evidence begins anew: what was made of it so far counts no longer."""

    def content(self, trial: Trial) -> bool:
        """Whether the evidence is enough, as far as numbers go."""


def first_trial(search: Search, *, curious: bool = False) -> Generator[Step, Attempt, Trial | None]:
    """Search, and return the first wait that is worth a trial; `None` where nothing is refused.

    A pace that the service states is gone to at once, and no faster, unless the search is `curious` what the rule is.
    """
    if not search.manners.turned_away:
        pace = yield from search.descend(curious=curious)
        if pace is None and not curious and not search.ledger.blocked and (stated := search.stated()):
            _worth_trying(search.manners, stated)
            return Trial(stated, sure=True, stated=True)
        if pace is not None:
            return None if search.ledger.run >= search.rapid else Trial(pace * ON_TIME)
    wait = yield from search.locate()
    return Trial(wait, sure=not search.ledger.bursty and wait == search.ledger.high)


def _worth_trying(manners: Manners, stated: float) -> None:
    """End at once where the budget has no time for the fewest requests that would show something of a stated pace.

    Raises:
        ProbeEndedError: Then; to ask once or twice in an hour would cost its user that hour, and show nothing.
    """
    if FEWEST * stated > manners.budget.seconds - manners.seconds:
        raise ProbeEndedError(
            f"{FEWEST} requests at that pace would take {told(FEWEST * stated)} s, beyond the budget of "
            f"{told(manners.budget.seconds, 6)} s: so it was not tried. Allow more time, or take the service's word."
        )


def verify(search: Search, judge: Judge, trial: Trial) -> Generator[Step, Attempt, Trial]:
    """Try waits until the judge is content with one, and burst and window are excluded as far as they were seen."""
    tried = trial.before
    while not (judge.content(trial) and covers(search, trial)):
        attempt = yield from search.ask(trial.wait, "verify")
        trial.sent += 1
        if search.manners.interrupted or search.manners.revised:
            _clear(judge, trial)
        if attempt.outcome is Outcome.ACCEPTED:
            _take(search, judge, trial, attempt)
            pause = search.manners.left_alone
            trial.paused += pause > trial.wait * ON_TIME + JITTER
            if trial.stated and not pause and (slower := _restated(search)) > trial.wait * ON_TIME:
                _clear(judge, trial)
                _worth_trying(search.manners, slower)
                trial = Trial(slower, sure=True, stated=True, before=trial.before)
                continue
            # A short one may be what earlier haste has left; the next shows that this pace lives on such pauses, and
            # so does the first where all of the window's requests were made at it.
            own = trial.stated or 0 < search.manners.resets.served <= trial.sent
            if pause > trial.wait * ON_TIME + WHOLE or trial.paused > (0 if own else 1):
                trial = _used_up(search, judge, trial, attempt)
        else:
            trial.miss()
            # A rest that the service orders would hide what a steady pace would have met: then it cannot go on.
            if judge.refused(trial) and pause_after(attempt) <= trial.wait:
                trial.evidence.append(attempt)
                trial.clean = 0
            else:
                tried.append(trial)
                give_up_when_hopeless(tried, search.manners.goal.refusal_rate)
                trial = yield from longer(search, trial)
                trial.before = list(tried)
    if why := search.manners.muddled(trial.evidence):
        raise ProbeEndedError(why)
    return trial


def _restated(search: Search) -> float:
    """The pace that the service has stated by now, a little slower: later answers may say more than the first."""
    return search.manners.stated.wait * ABOVE if search.manners.stated else 0.0


def covers(search: Search, trial: Trial) -> bool:
    """Whether a burst and a window of the sizes seen so far would have shown themselves in the evidence."""
    n = len(trial.evidence)
    # A ban may have filled a bucket again: it must have had the time to run dry at a pace a little too fast. Where the
    # ban is only a suspicion, less is spent on it.
    spent = suspected(search, trial) if n else 0
    full = filled(search)
    dry = n >= max(min(6 * full, max(200, 3 * full)), min(BURSTS * spent, max(200, 3 * spent)))
    return dry and outlasts(search, trial)


def outlasts(search: Search, trial: Trial) -> bool:
    """Whether a window of the sizes seen so far would have shown itself in the evidence."""
    counts = [cycle.accepted for cycle in search.ledger.cycles if cycle.accepted]
    n = len(trial.evidence)
    if n < search.manners.spending.needed:
        return False
    if not counts or not n:
        return bool(n)
    # A fixed window may begin within the run, and be spent only in the second one; a sliding one remembers a cycle.
    return n >= 2 * min(counts) + 2 and (trial.span >= SPAN * search.ledger.horizon or n >= 2 * max(counts) + 2)


def filled(search: Search) -> int:
    """The least burst that a ban, or a pause in which nobody probed, may have filled again; 0 where neither was seen.

    Where two cycles agree on a quota there is no bucket that a pause could have filled.
    """
    quota = search.quota
    if quota.confirmed:
        # A quick run that was so much longer than the quota had a reserve, which slower paces may have saved up again.
        quick = [cycle.accepted for cycle in search.ledger.cycles if cycle.lasted < SLOWLY * quota.least]
        return max([quota.burst, *(run for run in quick if run > RESERVE * quota.accepted > 0)])
    return max(quota.burst, search.ledger.refilled, quota.doubtful)


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
    previous = search.manners.attempts[-2]
    spacing = attempt.spacing or 0.0
    rested = previous.outcome is Outcome.REFUSED and pause_after(previous) > 0
    if previous.outcome is Outcome.FAILED or rested or search.manners.interrupted:
        return
    if spacing <= max(trial.wait * ON_TIME, trial.wait + JITTER):
        trial.evidence.append(attempt)
        trial.stretched.clear()
        judge.accepted(trial)
        return
    trial.stretched.append(spacing)
    if len(trial.stretched) == STRETCHED:
        # Answers, or this machine, take longer than the wait: the pace that can be had is what is on trial.
        trial.wait = min(trial.stretched) * ON_TIME
        trial.stretched.clear()
        _clear(judge, trial)


def _used_up(search: Search, judge: Judge, trial: Trial, attempt: Attempt) -> Trial:
    """The next trial where the service says that nothing is left until a reset: at this pace its quota is used up.

    The pause that follows would hide that from the evidence. What was served until the reset tells what is sustained.
    """
    _clear(judge, trial)
    ledger, pause = search.ledger, search.manners.left_alone
    spending, stated = search.manners.spending, search.manners.stated
    if spending.quota:
        # To be too quick costs a pause here, and no refusal; whole seconds may make the window seem twice as long.
        sustained = max(spending.least / spending.quota * ABOVE, stated.wait if stated else 0.0)
        return Trial(max(trial.wait * LESS, sustained), sure=True, before=trial.before)
    sustained = (attempt.started + pause - ledger.run_started) / max(1, ledger.run)
    return Trial(max(trial.wait * ON_TIME, sustained * ABOVE), sure=True, before=trial.before)


LESS = 1.05
"""By what the wait grows at least where a quota was used up at it."""


def _clear(judge: Judge, trial: Trial) -> None:
    """Begin the evidence anew."""
    trial.evidence.clear()
    judge.cleared()


OPEN = 1.4
"""A wait that seems long enough, and is so many times longer, says nothing about where the limit lies."""

STALLED = 1.03
"""After a refusal that a late request may have brought about, the wait grows by this factor at most."""

EXCUSED = 2
"""So many such refusals in a row, and lateness belongs to what the wait must cover."""

BANNED = 20.0
"""A block so many times longer than the few requests before it is a ban."""

LEAST = 1.05
"""By what the wait is raised at least where refusals are dear."""

FIRMLY = 0.01
"""Where another rule than those compared is less likely than that, the belief is firm."""

EARLY = 2
"""A refusal among so many requests at a wait may be what requests before them have left."""

STAYS = 3
"""So often it is not believed again at one wait."""

SURELY = 0.95
"""A wait is long enough with this probability, where one that is not would cost much."""

CHANGED = 1.005
"""A wait this much longer is another one."""

GROWING = 3
GROWTH = 1.5
"""So many pauses in a row, each so many times the last, are a punishment that grows."""

HOPELESS = 8
"""So many raises, and still refused as often: it is not the pace."""

SPREAD = 4
"""What the longest wait tried must be in parts of the shortest: some rules refuse no less often at twice the wait."""

TELLING = 20
"""Requests that can tell so."""

FALLING = 0.6
"""Refusals that fall with the pace fall below this part of what they were."""


def longer(search: Search, trial: Trial) -> Generator[Step, Attempt, Trial]:
    """The next trial after one that was refused."""
    following = _raised(search, trial)
    following.wait = _believed(search, trial, following.wait)
    if trial.sent <= EARLY and trial.stayed and following.wait <= trial.wait * ABOVE:
        # It stays at this wait: what is still counted of earlier haste is waited for, once the longest block passed.
        pause = max(following.wait, *(cycle.ended - cycle.stopped for cycle in search.ledger.cycles))
        yield from search.ask(pause, "recover")
    # The next request comes at the longer wait at once, with no extra rest.
    elif not search.quota.burst:  # else it is a ban, and its length is known
        yield from search.ask(following.wait, "verify")
    if (yield from search.settle_block()) and not harsh(search):
        following = trial.anew((yield from search.locate()))
    return following


def _believed(search: Search, trial: Trial, wait: float) -> float:
    """The wait after one that was refused: what the known rules leave possible, where that is narrow; else `wait`."""
    belief = search.belief()
    if belief is None:
        return wait
    short, long, sure = (belief.quantile(share) for share in (SHORT, LONG, SURELY))
    narrow = long <= short * search.ratio
    firm = belief.doubt < FIRMLY
    if narrow and firm and long <= trial.wait * ABOVE and trial.sent <= EARLY and trial.stayed < STAYS:
        # What was refused is what earlier haste has left: the next request at this wait may be the one that fits.
        return max(long, trial.wait)
    if firm and wait < short:
        return min(belief.quantile(0.5), short * OPEN)
    if firm:
        wait = min(wait, max(sure * ABOVE, trial.wait * LEAST))
    if harsh(search):
        if escalates(search):
            long = long if narrow else sure
        return long if trial.wait * LEAST < long and (long < wait or narrow) else wait
    return long if trial.wait * CHANGED < long < trial.wait * FACTOR and narrow else wait


def _raised(search: Search, trial: Trial) -> Trial:
    ledger, choice, wait = search.ledger, search.choice, trial.wait
    high = ledger.high
    if harsh(search):
        gained = _gained(search, wait)
        if escalates(search) and ledger.settled > gained:
            # Each refusal costs more than the last: what held for longer than a burst would have is gone to at once.
            return trial.after(ledger.settled)
        if high is not None and not asks_for_more(search.manners.attempts):
            # It is not passed by, unless the service says that each refusal costs more.
            gained = min(gained, max(high, wait * LEAST))
        return trial.after(gained)
    if ledger.doubtful and trial.excused < EXCUSED:
        trial.excused += 1
        return trial.after(min(wait * STALLED, choice.raised(wait, trial.clean)), sure=trial.sure)
    if trial.holds:
        return trial.after(choice.raised(wait, trial.passed // trial.missed))
    if not ledger.bursty and high is not None and wait * ON_TIME <= high < wait * OPEN:
        # Where the bracket is closed its end is gone to at once; else what is left of it is halved.
        closed = high <= wait * search.ratio
        return trial.after(high if closed else sqrt(wait * high), sure=closed)
    # One early refusal among longer runs at such waits is chance.
    return trial.after(choice.raised(wait, ledger.stood(wait, trial.clean)))


def harsh(search: Search) -> bool:
    """Whether a refusal costs far more than a longer wait: pauses that grow, or bans."""
    last = search.ledger.cycles[-1] if search.ledger.cycles else None
    banned = last is not None and last.accepted < QUOTA and last.ended - last.stopped > BANNED * last.lasted > 0
    return banned or search.quota.burst > 0 or asks_for_more(search.manners.attempts)


def escalates(search: Search) -> bool:
    """Whether each ban is longer than the last, by what the service says or by what was seen of them."""
    return asks_for_more(search.manners.attempts) or search.ledger.longer_and_longer


def _gained(search: Search, wait: float) -> float:
    """A longer wait than one that was refused, where a bucket was full before: what it gained tells its pace."""
    ledger = search.ledger
    burst = search.quota.burst or (ledger.cycles[0].accepted if ledger.cycles else ledger.run)
    gained = ledger.run - burst
    return wait * max(LEAST, min(FACTOR, ABOVE * ledger.run / gained)) if gained > 0 else wait * FACTOR


def asks_for_more(attempts: Sequence[Attempt]) -> bool:
    """Whether the pauses that refusals ask for grow and grow: then each refusal costs more than a much longer wait.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 1.0, 1.0, float(i), 0.1, 429, {"Retry-After": str(2**i)}) for i in range(1, 5)]
    >>> asks_for_more(row), asks_for_more(row[:2])
    (True, False)
    """
    pauses = [
        pause_after(attempt) - attempt.latency
        for before, attempt in pairwise([None, *attempts])
        if attempt is not None
        and attempt.outcome is Outcome.REFUSED
        and (before is None or before.outcome is not Outcome.REFUSED or pause_after(before) > 0)
    ][-GROWING:]
    return len(pauses) == GROWING and all(0 < sooner * GROWTH <= later for sooner, later in pairwise(pauses))


def give_up_when_hopeless(tried: Sequence[Trial], rate: float) -> None:
    """End the probe where refusals do not fall with the pace.

    Raises:
        ProbeEndedError: Then; it says how many are refused at any pace.
    """
    if len(tried) < HOPELESS or len(tried) % 2 or tried[-1].wait < SPREAD * tried[0].wait:
        return
    half = len(tried) // 2
    sent = [trial.sent for trial in tried[half:]]
    if sum(sent) < TELLING or max(sent) - min(sent) < 2:  # noqa: PLR2004 - as many each time: a rule, and no chance
        return
    # A trial ends at a refusal, so that each of these shares is that of refusals among the requests of its trials.
    before, after = (half / sum(trial.sent for trial in part) for part in (tried[:half], tried[half:]))
    if after > max(rate, FALLING * before):
        raise ProbeEndedError(
            f"Refusals did not get rarer while the wait grew from {as_wait(tried[0].wait)} to "
            f"{as_wait(tried[-1].wait)}: at least {half} of the first {sum(trial.sent for trial in tried[:half])} "
            "requests at such waits were "
            f"refused, and at least {len(tried) - half} of the last {sum(sent)}. Either something else than pace "
            "causes them, or each refusal spoils the next requests. Ask the operator."
        )


SLOWER = 1.05
"""From this ratio on a stated pace is slower than the one that was tested."""

RUNG = 6
"""Requests that a wait held for, and was refused then: neither far too short nor long enough."""

LADDER = 4
LADDER_HELD = 48
"""So many such waits, one longer than the other, and so many requests in all: the limit may be rising."""

RISE = 1.1
"""What the last of them is in parts of the first one, at least."""


def caveats(attempts: Sequence[Attempt], trial: Trial) -> str:
    """The sentences on all that was seen against a certificate; empty where nothing was."""
    seen = (*_longer_pause(attempts, trial), *_rising(trial.before), *_spells(attempts, trial))
    return " ".join(seen) or coincidence(attempts, trial)


def coincidence(attempts: Sequence[Attempt], trial: Trial) -> str:
    """The sentence where refusals may have come by chance in time, and not because of the pace; else empty."""
    chance = trial.chance(attempts)
    return str(chance) if chance.plausible else ""


def slower_stated(attempts: Sequence[Attempt], trial: Trial) -> float | None:
    """The seconds between requests that the service itself states, where they are more than were tested."""
    for attempt in reversed(attempts):
        wait = sustained_wait(read(attempt.status, attempt.headers, now=0.0), trial.span + DATED)
        if wait is not None:
            return wait if wait > SLOWER * trial.tested else None
    return None


def _longer_pause(attempts: Sequence[Attempt], trial: Trial) -> Iterator[str]:
    """The service has asked for a pause that the evidence does not span."""
    pause = max((pause_after(attempt) for attempt in attempts if attempt.outcome is Outcome.REFUSED), default=0.0)
    if pause > trial.span:
        yield (
            f"It once asked to be left alone for {told(pause)} s, longer than this evidence spans: a quota over such a "
            "time may exist."
        )


def _rising(before: Sequence[Trial]) -> Iterator[str]:
    """Refusals went on, as often as before, while the wait grew: the limit itself may have been rising."""
    rungs = [trial for trial in before if trial.sent >= RUNG]
    if len(rungs) < LADDER or sum(trial.sent for trial in rungs) < LADDER_HELD or rungs[-1].wait < RISE * rungs[0].wait:
        return
    half = len(rungs) // 2
    first, last = (len(part) / sum(trial.sent for trial in part) for part in (rungs[:half], rungs[half:]))
    if last >= FALLING * first:
        yield (
            f"Refusals did not get rarer while the wait grew from {as_wait(rungs[0].wait)} to "
            f"{as_wait(rungs[-1].wait)}: the limit was rising meanwhile, or something else than this pace causes "
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
