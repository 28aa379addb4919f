"""Certify a wait: find it, then bet on it until the goal is shown, whatever the service's rule may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf
from typing import TYPE_CHECKING

from widgets.model.quantity import as_wait
from widgets.probe.evidence import BETS, EProcess, straight_needed, told
from widgets.probe.strategies import statements

from .haste import again, cheaper, in_doubt, outlasts_spells, soonest
from .manners import Manners, ProbeEndedError
from .pauses import ON_TIME
from .quick import DOZEN, SPARE, Count, estimate, suffices, suffices_in_number
from .search import ABOVE, Search
from .trial import Trial, caveats, slower_stated
from .verify import covers, filled, first_trial, outlasts, stood, suspected, verify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.model.attempt import Attempt, Budget, Goal, Strategy, Verdict

    from .chance import Chance
    from .haste import Again

RATIO = 1.15
"""How narrow the search makes its bracket: what is left of it is the overshoot."""

RAPID = 300
"""Requests sent as fast as answers come before the service counts as unlimited."""

UNBET = {True: 1, False: 5}
"""Answers to see before betting, by whether the bracket is closed: most bad waits are found out without a loss."""

SHARE = {True: 0.96, False: 0.5}
"""What part of the purse to bet, by the same: the rest is kept for a longer wait."""

FILLED = 1.1
"""A pause that would lengthen the wait by more than this was the block of a window, and filled no bucket."""

SUSPICION = 1.05
"""By what factor the wait is lengthened at most where a ban may have filled a bucket again."""

UNAFFORDABLE = "A certificate would take more requests or more time than this probe may spend."

MARGINS = (1.0, 1.1, 1.2, 1.5)
"""What the recommended wait may be in parts of the tested one."""

FALLING = "refusals fall at least exponentially with waiting"
"""The assumption of a margin, in words."""

EPISODES = 2
"""Where chance is not excluded, the evidence is as long as so many of the longest blocks, if that many requests do."""

FEW = 2
"""So many refusals that began with haste may be chance, by what their number tells."""

CHANCES = 400
"""Requests at one wait that may be made to show that refusals came because of the pace, and not by chance."""

SURELY, UNLIKELY = 0.999, 0.001
"""No more is added to a tested wait than makes it long enough with this probability by all rules that are compared, if
another one is so unlikely."""

HASTY = 0.5
"""A run that took less than this part of its requests' waits was made in haste."""

TOLERATED = 2
LOST = 0.1
"""From the third refusal of a wait that holds long on, go on betting at it while this much of the wealth is left."""


def careful(goal: Goal, budget: Budget, known: Iterable[Attempt] = (), margin: float = 1.0) -> Strategy:
    """Find the shortest wait that keeps the goal, and show it: model-free, valid at any stopping time.

    Args:
        goal: What the certificate says.
        budget: What may be spent, the known attempts included.
        known: Attempts of an earlier probe of the same target, on the same clock. The search learns from them; none of
            them counts as evidence.
        margin: What is recommended, in parts of the wait that is tested. More than 1 needs fewer requests (59, 45 at
            1.1, 35 at 1.2, 21 at 1.5) and one more assumption, which the verdict names: see `at_tested`.

    Returns:
        A generator whose verdict is `certified`, `estimated` where something was seen that forbids a certificate (a
        limit that was rising) or where the budget ends while a wait holds, `stated` where it may go no further than
        the service's own word, `no limit seen` or `inconclusive`.
    """
    plan = _careful(Search(Manners(at_tested(goal, margin), budget, list(known)), RATIO, RAPID))
    return plan if margin == 1 else _lengthened(plan, goal, margin)


def at_tested(goal: Goal, margin: float) -> Goal:
    """What must be shown of a wait, so that the wait `margin` times as long keeps the goal.

    Where the rate at which refusals cease does not fall on average as one waits (an increasing failure rate on
    average, IFRA: Barlow and Proschan 1975), the share refused at m times a wait is at most the m-th power of the share
    refused at it.

    >>> from widgets.model.attempt import Goal
    >>> [straight_needed(at_tested(Goal(), margin)) for margin in MARGINS]
    [59, 45, 35, 21]
    """
    return replace(goal, refusal_rate=goal.refusal_rate ** (1 / margin))


def _lengthened(plan: Strategy, goal: Goal, margin: float) -> Strategy:
    """A certificate for a wait that is longer than the tested one by the margin, under its assumption."""
    verdict = yield from plan
    if verdict.kind != "certified" or verdict.wait is None:
        return verdict
    wait = verdict.wait * margin
    statement = (
        f"If {FALLING}, then waiting {as_wait(wait)} between requests, at most "
        f"{told(goal.refusal_rate * 100)} % are refused, with {goal.confidence * 100:.4g} % confidence: that is "
        f"{told(wait / (verdict.tested or wait))} times the wait that was tested. Without that "
        f"assumption: {verdict.statement}"
    )
    return replace(verdict, wait=wait, refusal_bound=goal.refusal_rate, statement=statement)


def _careful(search: Search) -> Strategy:
    manners, repeated = search.manners, None
    bets, count = _Bets(EProcess(manners.goal), search), Count(search)
    try:
        trial = yield from first_trial(search)
        if trial is None:
            return statements.no_limit(manners)
        if trial.stated and not _affords(manners, trial):
            trial = yield from verify(search, count, trial)
            trial = trial if trial.stated else (yield from verify(search, bets, trial.anew(trial.wait)))
        else:
            trial = yield from verify(search, bets, trial)
        if trial.stated and not bets.wealth.enough:
            return statements.by_its_word(manners, trial, UNAFFORDABLE)
        yield from manners.ease(trial.evidence, trial.wait)
    except ProbeEndedError as end:
        if manners.stated and not manners.refused:
            return statements.by_its_word(manners, bets.holding or count.holding, str(end))
        before = stood(search, straight_needed(manners.goal))
        return _until_then(search, bets.holding, end) or _until_then(search, before, end) or search.ended(end)
    # Before anything else is asked: it reads what came just before the evidence.
    wait, by_rules = _lasting(search, trial)
    if in_doubt(search, trial) and (haste := soonest(manners.attempts, trial.tested)):
        repeated = yield from again(search, trial, haste)
    return _doubted(search, trial, wait, repeated) or _certificate(search, trial, wait, by_rules=by_rules)


def _until_then(search: Search, held: Trial | None, end: ProbeEndedError) -> Verdict | None:
    """An estimate where the probe ends while a wait holds, and what is seen of it would do for one; else `None`.

    As many straight answers as make a certificate are enough, where what is missing is to outlast a cycle or a burst,
    and where something speaks against one, which is said.
    """
    manners = search.manners
    if not held or manners.muddled(held.evidence):
        return None
    many = len(held.evidence) >= straight_needed(manners.goal)
    seen = caveats(manners.attempts, held, outlasted=outlasts_spells(search, held))
    if suffices(search, held) and (many or not seen):
        return estimate(search, held, f"{end} {seen}{' ' if seen else ''}Until then: ")
    if many and not seen:
        return estimate(search, held, f"{end} {_uncovered(search, held)}Until then: ")
    return None


def _uncovered(search: Search, trial: Trial) -> str:
    """What may have served so many in a row, though it sustains less, and what a certificate would have excluded."""
    saved = max(filled(search), suspected(search, trial))
    if not outlasts(search, trial):
        horizon = told(search.ledger.horizon)
        return f"What was seen is too short for a certificate, since the service's cycle may take {horizon} s. "
    return f"It would take more for a certificate, since up to {saved} requests may have been saved up before. "


def _affords(manners: Manners, trial: Trial) -> bool:
    """Whether the budget, and what the service says is left, allow a certificate of this wait at all."""
    needed = ceil(BETS * straight_needed(manners.goal)) - len(trial.evidence)
    return needed <= manners.allowance and needed * trial.wait <= manners.budget.seconds - manners.seconds


@dataclass(slots=True)
class _Bets:
    """Bets on a wait while it is on trial.

    Attributes:
        wealth: What is bet.
        search: Its log shows whether what was refused may have been chance, and what was served in haste.
        small: Whether the next bets are small ones, since a wait that nearly holds is on trial.
        holding: The trial that is under way, while nothing was refused in it.
        asked: The number of requests of which it was asked last whether all rules are content with them.
    """

    wealth: EProcess
    search: Search
    small: bool = False
    holding: Trial | None = None
    asked: int = 0

    def accepted(self, trial: Trial) -> None:
        self._stake(trial, len(trial.evidence) - 1)
        self.wealth.accept()
        self.holding = trial if trial.clean == trial.sent else None

    def refused(self, trial: Trial) -> bool:
        self._stake(trial, len(trial.evidence))
        self.wealth.refuse()
        self.holding = None
        self.small = trial.holds
        if trial.missed > TOLERATED and self.wealth.value > LOST:
            return True
        self.wealth.fold()
        return False

    def _stake(self, trial: Trial, before: int) -> None:
        """Bet from the request on before which enough answers have been seen."""
        if not self.wealth.stakes and (self.small or before >= UNBET[trial.sure]):
            self.wealth.stake(SHARE[trial.sure or self.small])

    def cleared(self) -> None:
        self.asked = 0
        self.wealth.forget()
        self.holding = None

    def content(self, trial: Trial) -> bool:
        if trial.stated and suffices_in_number(trial) and not _affords(self.search.manners, trial):
            return True  # it was stated slower than it seemed, and a certificate has become too dear
        enough = bool(trial.evidence) and self.wealth.enough and not self._renewed_by_luck(trial)
        return enough and not self._unlikely_soon(trial)

    def covers(self, trial: Trial) -> bool:
        return covers(self.search, trial) or self._possibly(trial)

    def _possibly(self, trial: Trial) -> bool:
        """Whether a cycle is outlasted, and bursts are as far as the rules that are compared leave them possible."""
        n = len(trial.evidence)
        if n < SPARE * max(filled(self.search), suspected(self.search, trial)) or not outlasts(self.search, trial):
            return False
        if self.asked < n < self.asked + DOZEN:
            return False
        self.asked = n
        return _possible(self.search) <= trial.tested * ABOVE

    def _renewed_by_luck(self, trial: Trial) -> bool:
        """Whether a count that was spent in haste, and happened to be renewed just then, would have served as many."""
        cycles = self.search.ledger.cycles
        hasty = (cycle.accepted for cycle in cycles if cycle.lasted < HASTY * trial.wait * cycle.accepted)
        return len(trial.evidence) <= max(hasty, default=0) and not trial.stated

    def _unlikely_soon(self, trial: Trial) -> bool:
        """Whether refusals may have been chance, and some more requests at this wait would show that they were not."""
        manners = self.search.manners
        chance = trial.chance(manners.attempts)
        left = min(CHANCES - len(trial.evidence), manners.allowance)
        if in_doubt(self.search, trial) and (haste := soonest(manners.attempts, trial.tested)):
            return 0 < cheaper(self.search, trial, haste) < left * trial.wait  # else it is done again
        if outlasts_spells(self.search, trial):
            return False
        if chance.plausible:
            return not chance.after(left * trial.wait).plausible
        missing = EPISODES * _longest_block(self.search) - trial.span
        return _rests_on_few(chance) and 0 < missing < left * trial.wait


def _rests_on_few(chance: Chance) -> bool:
    """Whether few refusals are what speaks for it that the pace brings them about, and chance is not excluded."""
    return chance.quick <= FEW and bool(chance.met)


def _longest_block(search: Search) -> float:
    """For how long nothing was accepted at most, seconds."""
    return max((cycle.ended - cycle.stopped for cycle in search.ledger.cycles), default=0.0)


def _outlasted(search: Search, trial: Trial) -> str:
    """The sentence where a block was longer than the evidence, and chance may have brought it about; else empty."""
    block = _longest_block(search)
    if block <= trial.span or not _rests_on_few(trial.chance(search.manners.attempts)):
        return ""
    return (
        f"Nothing was accepted for up to {told(block)} s once, longer than the {told(trial.span)} s of this evidence: "
        "if that came whatever the pace, it comes again."
    )


def _doubted(search: Search, trial: Trial, wait: float, repeated: Again | None = None) -> Verdict | None:
    """An estimate where something was seen that no number of accepted requests outweighs; `None` where nothing was."""
    manners = search.manners
    doubt = repeated.doubt(search, trial) if repeated else ""
    outlasted = outlasts_spells(search, trial)
    seen = doubt or caveats(manners.attempts, trial, outlasted=outlasted) or _outlasted(search, trial)
    stated = slower_stated(manners.attempts, trial)
    if not (seen or stated):
        return None
    return manners.verdict(
        "stated" if stated else "estimated",
        max(wait, stated or 0.0),
        statements.stated(manners, trial, stated) if stated else statements.doubted(manners, trial, wait, seen),
        evidence=trial.evidence,
        tested=trial.tested,
        horizon=trial.horizon,
        bound=manners.goal.refusal_rate,
    )


def _certificate(search: Search, trial: Trial, wait: float, *, by_rules: bool) -> Verdict:
    return search.manners.verdict(
        "certified",
        wait,
        statements.certified(search.manners, trial, wait, by_rules=by_rules),
        evidence=trial.evidence,
        tested=trial.tested,
        horizon=trial.horizon,
        bound=search.manners.goal.refusal_rate,
    )


def _lasting(search: Search, trial: Trial) -> tuple[float, bool]:
    """The tested wait, or a little longer where the run may have lived on what a bucket gained in a pause before it.

    From the last refusal on, when the bucket was empty, it has given `run` requests, and so gained run - 1 at least.
    Where a ban or a pause fills it, a burst may be gone from it: n - burst is what is sure. Where there may have been a
    ban, that is worth no more than `SUSPICION`. No more is added than the rules that are compared leave possible.

    Returns:
        The wait in seconds, and whether it would be longer but for those rules.
    """
    n, ledger, kept = len(trial.evidence), search.ledger, 1 - search.manners.goal.refusal_rate
    counted = search.manners.windows.lasts is not None  # what is left is told each time: nothing was saved up
    bucket = 0.0 if counted else kept * (trial.evidence[-1].started - ledger.shut) / max(1, ledger.run - 1)
    banned = trial.wait * n / (n - filled(search))
    doubted = trial.wait * min(SUSPICION, kept * n / (n - suspected(search, trial)))
    longest = max(trial.tested, banned, doubted, bucket if bucket < FILLED * trial.wait else 0.0)
    wait = max(trial.tested, min(longest, _possible(search) if longest > trial.tested else inf))
    return wait, wait * ON_TIME < longest


def _possible(search: Search) -> float:
    """The longest wait that the rules which are compared leave possible; infinite where what was seen may be another.

    It is where they would do with a wait that was refused.
    """
    belief = search.belief()
    if belief is None or belief.doubt > UNLIKELY:
        return inf
    sure = belief.quantile(SURELY)
    return sure * ABOVE if sure > search.ledger.low else inf
