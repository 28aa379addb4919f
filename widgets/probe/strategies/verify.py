"""Put waits on trial: ask at exactly that spacing, and judge by what comes, until the evidence covers what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from widgets.http.limits import read
from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

from .history import SLOWLY
from .manners import ProbeEndedError
from .pauses import ON_TIME, rest_after
from .raising import longer
from .search import ABOVE
from .stated import FEWEST
from .trial import SPAN, WHOLE, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from widgets.model.attempt import Attempt, Step

    from .manners import Manners
    from .search import Search


JITTER = 0.01
"""Seconds by which a machine that has other things to do is late, and a spacing is the one asked for all the same."""

STRETCHED = {True: 4, False: 12}
"""Spacings in a row that are longer than asked for, and no hiccup any more: by whether answers take longer than the
wait. Where they do not, this machine was busy, and a wait that it could not keep for a moment is kept afterwards."""

STALL = 8
"""The same where answers took longer than the wait, and were quicker at this wait before: it may be a stall."""

PROMPT = 3
"""So many answers in a row that take less than the wait that was asked for: it was a stall that had stretched it."""

AWAITED = 12
"""For so many answers prompt ones are waited for, where a wait is only worth a trial while it is a short one."""

RESUMED = 3
"""So often it is gone back to: where it is haste that makes answers slow, they are so again."""

RESERVE = 1.5
"""A run so many times longer than a quota that two others agree on shows that what is not used is saved up."""

BURSTS = 12
"""So many bursts, accepted in a row, show a pace where a ban may have filled the burst before."""

UNCOUNTED = 30
"""So many were accepted at a wait, and none of them counts: it is asked whether all the others failed."""


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

    def covers(self, trial: Trial) -> bool:
        """Whether it excludes a burst and a window of the sizes seen so far."""


def first_trial(search: Search, *, curious: bool = False) -> Generator[Step, Attempt, Trial | None]:
    """Search, and return the first wait that is worth a trial; `None` where nothing is refused.

    A pace that the service states is gone to at once, and no faster, unless the search is `curious` what the rule is.
    """
    if not search.manners.turned_away:
        pace = yield from search.descend(curious=curious)
        if pace is None and not curious and not search.ledger.blocked and (stated := search.stated()):
            _worth_trying(search.manners, stated)
            return Trial(stated, sure=True, stated=True)
        if pace is not None and search.ledger.run < search.rapid:
            return Trial(pace * ON_TIME)
        if pace is not None:
            stated = None if curious else (yield from _awaited(search))
            if not search.manners.turned_away:
                return Trial(stated, sure=True, stated=True) if stated else None
    wait = yield from search.locate()
    return Trial(wait, sure=not search.ledger.bursty and wait == search.ledger.high)


def _awaited(search: Search) -> Generator[Step, Attempt, float | None]:
    """The pace that the window after the present one states, where the end of that was told; `None` where none does."""
    if rest := search.manners.until_renewed:
        yield from search.ask(rest, "search")
    return search.stated()


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


def first_held(
    search: Search, tries: Callable[[Trial], Generator[Step, Attempt, Trial]]
) -> Generator[Step, Attempt, Trial | None]:
    """Search, and try what is found until that is done; `None` where nothing is refused.

    A pace that was taken from a count is no more where the count turns out to be none: then the search begins anew.
    """
    while True:
        trial = yield from first_trial(search)
        if trial is None:
            return None
        trial = yield from tries(trial)
        if not taken_back(search, trial):
            return trial
        search.begin_anew()


def taken_back(search: Search, trial: Trial) -> bool:
    """Whether what is on trial is a pace that the service was taken to state, and does not."""
    return trial.stated and search.manners.stated is None


def verify(
    search: Search, judge: Judge, trial: Trial, *, below: float | None = None
) -> Generator[Step, Attempt, Trial]:
    """Try waits until the judge is content with one, and burst and window are excluded as far as they were seen.

    Where waits `below` one are tried alone, the trial comes back as it is when it is refused or has reached that; so it
    does where it is taken back.
    """
    tried = trial.before
    while (wait := _next_wait(search, judge, trial, below)) is not None:
        attempt = yield from search.ask(wait, "verify")
        trial.sent += 1
        if search.manners.interrupted or search.manners.revised:
            _clear(judge, trial)
        if attempt.outcome is Outcome.ACCEPTED:
            _take(search, judge, trial, attempt)
            if trial.clean >= UNCOUNTED and not trial.evidence:
                _end_if_muddled(search.manners, search.manners.attempts[-UNCOUNTED:])
            pause = search.manners.left_alone
            trial.paused += pause > trial.wait * ON_TIME + JITTER
            if trial.stated and not pause and (slower := _restated(search)) > trial.wait * ON_TIME:
                _clear(judge, trial)
                _worth_trying(search.manners, slower)
                trial = Trial(slower, sure=True, stated=True, before=trial.before)
                continue
            if not search.manners.turned_away and (finer := search.manners.finer(trial.wait, ABOVE)):
                _clear(judge, trial)
                trial = Trial(finer, sure=True, stated=trial.stated, before=trial.before)
                continue
            # A short one may be what earlier haste has left; the next shows that this pace lives on such pauses, and
            # so does the first where all of the window's requests were made at it.
            own = trial.stated or 0 < search.manners.resets.served <= trial.sent
            if pause > trial.wait * ON_TIME + WHOLE or trial.paused > (0 if own else 1):
                trial = _used_up(search, judge, trial, attempt)
        else:
            trial.miss()
            # A rest that the service orders would hide what a steady pace would have met: then it cannot go on.
            # Nor can it where two in a row are refused: the service is shut, and each further one is too many.
            shut = trial.sent > 1 and not trial.clean
            if judge.refused(trial) and rest_after(attempt) <= trial.wait and not shut:
                trial.evidence.append(attempt)
                trial.clean = 0
            elif below is not None:
                return trial
            else:
                tried.append(trial)
                trial = yield from longer(search, trial, tried)
                trial.before = list(tried)
    _end_if_muddled(search.manners, trial.evidence)
    return trial


def _next_wait(search: Search, judge: Judge, trial: Trial, below: float | None) -> float | None:
    """Seconds from the last request to the next; `None` where the trial is over.

    A stated pace may rest on what a window's end alone says: then the trial is over once that end is seen.
    """
    if taken_back(search, trial):
        _clear(judge, trial)  # what was won at that pace is no evidence for a shorter one that a new search may find
        return None
    if below is not None and trial.wait >= below and not _stalls(trial):
        return None
    if not (judge.content(trial) and judge.covers(trial)):
        return trial.wait
    rest = search.manners.until_renewed if trial.stated else 0.0
    return max(trial.wait, rest) if rest else None


def _end_if_muddled(manners: Manners, requests: Sequence[Attempt]) -> None:
    if why := manners.muddled(requests):
        raise ProbeEndedError(why)


def _stalls(trial: Trial) -> bool:
    """Whether it may have been a stall that has just stretched the wait, so that it is gone back to in a moment."""
    since = len(trial.evidence) + len(trial.stretched)
    return trial.asked is not None and trial.resumed < RESUMED and since < AWAITED


def stood(search: Search, fewest: int) -> Trial | None:
    """What the search itself has seen of a wait, as a trial: so many or more straight requests at exactly this wait.

    Of several such waits it is the shortest that nothing has shown to be too fast, before or since; `None` without one,
    and where no pace was refused: then it was still asked faster and faster, and how fast is too fast was not seen.
    """
    if not search.ledger.low:
        return None
    found: dict[float, list[Attempt]] = {}
    run: list[Attempt] = []
    for attempt in search.manners.attempts:
        wait, spacing = attempt.wait or 0.0, attempt.spacing or 0.0
        if attempt.outcome is not Outcome.ACCEPTED or spacing > max(wait * ON_TIME, wait + JITTER):
            run = []
            continue
        run = run if run and run[-1].wait == wait else []
        run.append(attempt)
        if len(run) >= fewest and wait > search.ledger.low * ON_TIME:
            found[wait] = run
    return Trial(min(found), sent=len(found[min(found)]), evidence=found[min(found)]) if found else None


def _restated(search: Search) -> float:
    """The pace that the service has stated by now, a little slower: later answers may say more than the first."""
    return search.manners.stated.wait * ABOVE if search.manners.stated else 0.0


def covers(search: Search, trial: Trial) -> bool:
    """Whether a burst and a window of the sizes seen so far would have shown themselves in the evidence."""
    n = len(trial.evidence)
    # A ban may have filled a bucket again: it must have had the time to run dry at a pace a little too fast. Where the
    # ban is only a suspicion, less is spent on it.
    spent = suspected(search, trial) if n else 0
    dry = n >= max(outlasting(filled(search)), min(BURSTS * spent, max(200, 3 * spent)))
    return dry and outlasts(search, trial)


def met_soon(manners: Manners, trial: Trial, most: int) -> bool:
    """Whether so many requests would show whether this pace brings a row of suspects back, and some are missing."""
    unmet = manners.suspects.unmet(trial.evidence)
    if unmet is None or unmet.since + unmet.missing > most or unmet.missing > manners.allowance:
        return False
    return unmet.missing * trial.wait < manners.budget.seconds - manners.seconds


def outlasting(burst: int) -> int:
    """Requests at a pace a little too fast that a burst of so many, saved up before, would not have lasted for."""
    return min(6 * burst, max(200, 3 * burst))


def outlasts(search: Search, trial: Trial) -> bool:
    """Whether a window of the sizes seen so far would have shown itself in the evidence."""
    counts = [cycle.accepted for cycle in search.ledger.cycles if cycle.accepted]
    n = len(trial.evidence)
    if n < search.manners.needed:
        return False
    if not counts or not n:
        return bool(n)
    # A fixed window may begin within the run, and be spent only in the second one; a sliding one remembers a cycle.
    return n >= 2 * min(counts) + 2 and (trial.span >= SPAN * search.ledger.horizon or n >= 2 * max(counts) + 2)


def filled(search: Search) -> int:
    """The least burst that a ban, or a pause in which nobody probed, may have filled again; 0 where neither was seen.

    A service that says nothing of its quota until little is left may hold as many as that. Where two cycles agree on a
    quota there is no bucket that a pause could have filled.
    """
    quota = search.quota
    if quota.confirmed and not search.saved:
        # A quick run that was so much longer than the quota had a reserve, which slower paces may have saved up again.
        # The first run of all began slowly, and counts for a quick one.
        cycles = enumerate(search.ledger.cycles)
        quick = (cycle.accepted for i, cycle in cycles if not i or cycle.lasted < SLOWLY * quota.least)
        return max([quota.burst, *(run for run in quick if run > RESERVE * _refilled(search) > 0)])
    hidden = int(search.manners.spending.hidden)
    return max(quota.burst, search.ledger.refilled, quota.doubtful, search.saved, hidden, _half(search))


def _half(search: Search) -> int:
    """A count that was served just twice in another run: what a refill in steps keeps beyond the next one; else 0."""
    runs = {cycle.accepted for cycle in search.ledger.cycles if cycle.spent}
    return max((run for run in runs if 2 * run in runs), default=0)


def _refilled(search: Search) -> int:
    """The count that is there again after each cycle: the quota, or less where two runs agree on that, or one is half.

    What is not used may be kept beyond a window: then runs of one window's count come between those of two.
    """
    quota = search.quota.accepted
    runs = [cycle.accepted for cycle in search.ledger.cycles if cycle.spent]
    again = (run for run in runs if 2 * run == quota or sum(abs(each - run) <= 1 for each in runs) > 1)
    return min((run for run in again if RESERVE * run < quota), default=quota)


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
    rested = previous.outcome is Outcome.REFUSED and rest_after(previous) > 0
    if previous.outcome is Outcome.FAILED or rested or search.manners.interrupted:
        return
    if spacing <= max(trial.wait * ON_TIME, trial.wait + JITTER):
        trial.evidence.append(attempt)
        trial.stretched.clear()
        judge.accepted(trial)
        trial.prompt = trial.prompt + 1 if trial.asked and attempt.latency < trial.asked else 0
        if trial.asked and trial.prompt == PROMPT and trial.resumed < RESUMED:
            trial.wait, trial.asked = trial.asked, None
            trial.resumed += 1
            _clear(judge, trial)
        return
    trial.stretched.append(spacing)
    slow = previous.latency > trial.wait
    if len(trial.stretched) >= (STALL if slow and len(trial.evidence) >= PROMPT else STRETCHED[slow]):
        # Answers, or this machine, take longer than the wait: the pace that can be had is what is on trial.
        trial.asked = trial.asked or trial.wait
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
