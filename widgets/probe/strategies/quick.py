"""Estimate a wait: find it, see a few straight answers, and add a margin in place of the evidence that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome, lateness
from widgets.probe.identify import ANOTHER, identify
from widgets.probe.strategies import statements

from .manners import Manners, ProbeEndedError
from .renewals import HURRIED
from .search import Search
from .stated import FEWEST
from .trial import Trial, outspent, slower_stated
from .verify import covers, filled, first_held, met_soon, outlasts, stood, suspected, verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt, Budget, Goal, Strategy, Verdict

RATIO = 1.22
"""How narrow the search makes its bracket: wider than for a certificate, since each step costs a refusal."""

RAPID = 200
"""Requests sent as fast as answers come before the service counts as unlimited."""

STRAIGHT = 13
"""Straight answers to see: at the 1.1th part of the safe wait of a noisy gap some 3 in 10 are refused, and 13 straight
ones come in 1 % of the cases."""

LEAST = 7
"""The same where the budget ends."""

BURSTY = 0.5
"""Where a spacing shorter than this part of the tested wait was served, a burst was, and no gap makes it necessary."""

BEHIND = 24
"""Straight answers to see then: behind one count there may be another, which is soon met, since what was asked in haste
before counts for it too. Of 17 second counts that so many as eleven had not met, nine were met by the twenty-fourth."""

BEHIND_SECONDS = 20.0
"""And they last for so long, where that takes no more than `RAPID`: nobody minds it, and of ten of 80 near tiers that
24 had not met it meets five. Where answers take long 200 of them took half an hour."""

RETURNS = 100
"""Straight answers at most to see whether suspects come back; where it takes more, the verdict says so."""

STATED = (FEWEST, 12)
STATED_SECONDS = 120.0
"""Straight answers to see at a pace that the service itself states: at least and at most, in so many seconds."""

MARGIN = 1.1
"""What the tested wait is lengthened by at least. It stands for evidence only where the noise has no rare long tail."""

BELIEVED, DOUBT = 0.995, 0.01
"""A wait is long enough with this probability by all rules that are compared, if another one is so unlikely: then an
estimate needs no evidence of its own that a cycle and several bursts are outlasted."""

BEYOND = 2
"""Only this many bursts: a rule that is none of those compared may have saved one up."""

DOZEN = 12
"""Requests after which it is asked again whether it is."""

SPARE = 3
"""So many times a burst that may have been saved up, and what came beyond it tells a pace."""


def quick(goal: Goal, budget: Budget) -> Strategy:
    """Find a wait that is very probably safe, in a sixth of the time and with a few refusals.

    Args:
        goal: Its confidence is used to say what the few answers alone show.
        budget: What may be spent.

    Returns:
        A generator whose verdict is `estimated`, `no limit seen` or `inconclusive`.
    """
    manners = Manners(goal, budget)
    manners.renewals.patience = HURRIED
    return _quick(Search(manners, RATIO, RAPID))


def _quick(search: Search) -> Strategy:
    manners, count = search.manners, Count(search)
    try:
        trial = yield from first_held(search, partial(verify, search, count))
        if trial is None:
            return statements.no_limit(manners)
        yield from manners.ease(trial.evidence, trial.wait)
    except ProbeEndedError as end:
        if manners.stated and not manners.refused:
            return statements.by_its_word(manners, count.holding, str(end))
        for held in (count.holding, stood(search, STRAIGHT)):
            if not held or len(held.evidence) < LEAST or manners.muddled(held.evidence):
                continue
            if outspent(manners.attempts, held):
                continue
            if manners.refused and unpaced(held) and _brief(search, held):
                continue
            if (alone := lengthened(search, held) > 0) or believed(search, held):
                return estimate(search, held, f"{end} Until then: ", leaning=not alone)
        return search.ended(end)
    if trial.stated and manners.stated:  # unless slower requests have shown that it is not stated
        return statements.by_its_word(manners, trial, "")
    return estimate(search, trial, leaning=count.leaning)


@dataclass(slots=True)
class Count:
    """Counts straight answers; the first refusal ends a trial.

    Attributes:
        search: Its log shows whether a burst was served, and what all rules say.
        holding: The trial that is under way, while nothing was refused in it.
        leaning: Whether it is enough only by what all rules say.
    """

    search: Search
    holding: Trial | None = None
    leaning: bool = False

    def accepted(self, trial: Trial) -> None:
        """It is under way."""
        self.holding = trial

    def refused(self, trial: Trial) -> bool:  # noqa: ARG002 - the contract of every judge
        """It is over."""
        self.holding = None
        return False

    def cleared(self) -> None:
        """Nothing was made of it but the count."""

    def content(self, trial: Trial) -> bool:
        """Whether there are enough of them; where a burst was served, or suspects came in a row, it takes more.

        Another burst may be behind it, and this pace may bring the suspects back. So it does where it is hardly a pace.
        """
        manners = self.search.manners
        if not suffices_in_number(trial) or trial.stated:
            return suffices_in_number(trial)
        hasty = unpaced(trial) or served_quicker(manners.attempts, trial.wait)
        if manners.refused and hasty and _brief(self.search, trial):
            return False
        return not met_soon(manners, trial, RETURNS)

    def covers(self, trial: Trial) -> bool:
        """Whether it excludes a burst and a window of the sizes seen so far, by itself or by what all rules say."""
        n = len(trial.evidence)  # what all rules say takes its time to work out: it is asked after each dozen
        covered = covers(self.search, trial)
        self.leaning = (
            not covered
            and (n == STRAIGHT or n % DOZEN == 0)
            and believed(self.search, trial)
            and compared(self.search.manners.attempts)
        )
        return covered or self.leaning


def believed(search: Search, trial: Trial) -> bool:
    """Whether all rules that are compared, as far as they fit what was seen, are kept by the wait that is recommended.

    Not on the word of a run that may have lived on what was saved up before, nor where they would do with a wait that
    was refused: then the service's rule is none of them.
    """
    if len(trial.evidence) < BEYOND * _saved(search, trial):
        return False
    belief = search.belief()
    if belief is None or belief.doubt > DOUBT:
        return False
    return search.ledger.low < belief.quantile(BELIEVED) <= trial.tested * MARGIN


def compared(attempts: Sequence[Attempt]) -> bool:
    """Whether one of the rules that are compared is the likeliest: what all of them say counts for nothing else.

    A rule is believed by how well it fits beside the others, and all of them may fit badly: where what is refused costs
    as well, the likeliest is a ban that a few of the answers contradict.
    """
    likeliest = next(iter(identify(attempts, "quick")), None)
    return likeliest is not None and likeliest.name != ANOTHER


def unpaced(trial: Trial) -> bool:
    """Whether answers take half as long as the wait or longer: one after the other is hardly quicker than this pace.

    Then what was refused before may not have been refused for its haste, and the pace is nearly as good as 'no limit
    seen', of which a dozen answers within a fraction of a second say nothing.
    """
    return bool(trial.evidence) and median(attempt.latency for attempt in trial.evidence) >= BURSTY * trial.wait


def _brief(search: Search, trial: Trial) -> bool:
    """Whether it was not seen for long enough where a second count may be behind the first."""
    n = len(trial.evidence)
    return n < BEHIND or (n < search.rapid and trial.span < BEHIND_SECONDS)


def served_quicker(attempts: Sequence[Attempt], wait: float) -> bool:
    """Whether a request was served so soon after another one that no gap is what makes this wait necessary.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 1.0, 1.0, float(i), 0.1, 200) for i in range(3)]
    >>> served_quicker(row, 1.5), served_quicker(row, 2.5)
    (False, True)
    """
    return any(
        before.outcome is attempt.outcome is Outcome.ACCEPTED
        and not lateness(before, attempt)
        and (attempt.spacing or 0.0) < BURSTY * wait
        for before, attempt in pairwise(attempts)
    )


def suffices(search: Search, trial: Trial) -> bool:
    """Whether this much unbroken evidence is enough for an estimate."""
    return suffices_in_number(trial) and lengthened(search, trial) > 0


def lengthened(search: Search, trial: Trial) -> float:
    """By what factor an estimate is longer than the tested wait, so that it holds where a burst was saved up; else 0.

    Where the evidence is too short for such a burst to have shown itself, n requests tell that n - burst are sustained.
    """
    if covers(search, trial):
        return MARGIN
    n, burst = len(trial.evidence), _saved(search, trial)
    return max(MARGIN, n / (n - burst)) if n >= SPARE * burst and outlasts(search, trial) else 0.0


def _saved(search: Search, trial: Trial) -> int:
    """The burst that may have been saved up before the trial."""
    return max(filled(search), suspected(search, trial))


def suffices_in_number(trial: Trial) -> bool:
    """Whether there are enough straight answers, as far as numbers go."""
    if trial.stated:
        return len(trial.evidence) >= max(STATED[0], min(STATED[1], STATED_SECONDS / max(trial.wait, 1e-3)))
    return len(trial.evidence) >= STRAIGHT


def estimate(search: Search, trial: Trial, before: str = "", *, leaning: bool = False) -> Verdict:
    """The wait that was tried, with a margin for what was not; `before` begins its sentence.

    It says so where it is `leaning` on what all rules say.
    """
    factor = (not leaning and lengthened(search, trial)) or MARGIN
    manners, wait = search.manners, trial.tested * factor
    burst = _saved(search, trial) if factor > MARGIN else 0
    stated = slower_stated(manners.attempts, trial, manners.spending.refilled, manners.resets)
    unmet = manners.suspects.unmet(trial.evidence)
    return manners.verdict(
        "stated" if stated else "estimated",
        max(wait, stated or 0.0),
        before
        + (
            statements.stated(manners, trial, stated)
            if stated
            else statements.estimated(manners, trial, wait, burst, leaning=leaning)
        )
        + (f" {unmet}" if unmet else ""),
        evidence=trial.evidence,
        tested=trial.tested,
        horizon=trial.horizon,
        tries=trial.tries,
    )
