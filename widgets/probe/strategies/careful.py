"""Certify a wait: find it, then bet on it until the goal is shown, whatever the service's rule may be."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_percent, as_wait
from widgets.probe.evidence import EProcess, straight_needed, told
from widgets.probe.strategies import statements

from .bets import Bets, affords, longest_block, rests_on_few
from .closer import closer, shown
from .haste import again, in_doubt, outlasts_spells, soonest
from .manners import Manners, ProbeEndedError
from .quick import Count, estimate, suffices
from .search import Search
from .trial import Trial, caveats, outspent, slower_stated
from .verify import filled, first_held, outlasts, stood, suspected, verify

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from widgets.model.attempt import Attempt, Budget, Goal, Kind, Step, Strategy, Verdict

    from .closer import Shown
    from .haste import Again

RATIO = 1.15
"""How narrow the search makes its bracket: what is left of it is the overshoot."""

RAPID = 300
"""Requests sent as fast as answers come before the service counts as unlimited."""

UNAFFORDABLE = "A certificate would take more requests or more time than this probe may spend."

UNTOLD = (
    "It is not certified: how long that quota lasts was seen and not told, and since nothing was refused, a longer one "
    "of which nothing is told need not have shown itself."
)

NOT_SHOWN = "What came after the told end of its window did not show how long that is, so nothing is certified."

MARGINS = (1.0, 1.1, 1.2, 1.5)
"""What the recommended wait may be in parts of the tested one."""

FALLING = "refusals fall at least exponentially with waiting"
"""The assumption of a margin, in words."""


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
        f"{as_percent(goal.refusal_rate, 4)} are refused, with {as_percent(goal.confidence, 4)} confidence: that is "
        f"{told(wait / (verdict.tested or wait))} times the wait that was tested. Without that "
        f"assumption: {verdict.statement}"
    )
    return replace(verdict, wait=wait, refusal_bound=goal.refusal_rate, statement=statement)


def _uncertified(manners: Manners, bets: Bets) -> str:
    """Why a pace that the service states is not certified, though it was tried; else empty."""
    if not bets.wealth.enough:
        return UNAFFORDABLE
    if manners.unseen and not manners.open:
        return NOT_SHOWN
    return UNTOLD if manners.renewals.taken and not manners.refused else ""


def _careful(search: Search) -> Strategy:
    manners, repeated = search.manners, None
    bets, count = Bets(EProcess(manners.goal), search), Count(search)
    try:
        trial = yield from first_held(search, partial(_held, search, bets, count))
        if trial is None:
            return statements.no_limit(manners)
        if trial.stated and (why := _uncertified(manners, bets)):
            return statements.by_its_word(manners, trial, why)
        yield from manners.ease(trial.evidence, trial.wait)
    except ProbeEndedError as end:
        if manners.stated and not manners.refused:
            return statements.by_its_word(manners, bets.holding or count.holding, str(end))
        before = stood(search, straight_needed(manners.goal))
        return _until_then(search, bets.holding, end) or _until_then(search, before, end) or search.ended(end)
    held = shown(search, trial)  # before anything else is asked
    if in_doubt(search, trial) and (haste := soonest(manners.attempts, trial.tested)):
        repeated = yield from again(search, trial, haste)

    def stands(found: Shown) -> bool:
        return not (_doubted(search, found, repeated) or (repeated is None and in_doubt(search, found.trial)))

    if stands(held):
        held = yield from closer(search, bets, held, stands)
    return _doubted(search, held, repeated) or _certificate(search, held)


def _held(search: Search, bets: Bets, count: Count, trial: Trial) -> Generator[Step, Attempt, Trial]:
    """Bet on a trial; a stated pace of which no certificate can be afforded is only counted at."""
    if trial.stated and not affords(search.manners, trial):
        trial = yield from verify(search, count, trial)
        if trial.stated:
            return trial
        trial = trial.anew(trial.wait)
    return (yield from verify(search, bets, trial))


def _until_then(search: Search, held: Trial | None, end: ProbeEndedError) -> Verdict | None:
    """An estimate where the probe ends while a wait holds, and what is seen of it would do for one; else `None`.

    As many straight answers as make a certificate are enough, where what is missing is to outlast a cycle or a burst,
    and where something speaks against one, which is said.
    """
    manners = search.manners
    if not held or manners.muddled(held.evidence) or outspent(manners.attempts, held):
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


def _outlasted(search: Search, trial: Trial) -> str:
    """The sentence where a block was longer than the evidence, and chance may have brought it about; else empty."""
    ledger = search.ledger
    if ledger.blocked and ledger.shut - ledger.stopped > trial.span:
        return (
            f"Nothing was accepted in the last {told(ledger.shut - ledger.stopped)} s of the probe, longer than the "
            f"{told(trial.span)} s of this evidence: something else than the pace may be what refuses."
        )
    block = longest_block(search)
    if block <= trial.span or not rests_on_few(trial.chance(search.manners.attempts)):
        return ""
    return (
        f"Nothing was accepted for up to {told(block)} s once, longer than the {told(trial.span)} s of this evidence: "
        "if that came whatever the pace, it comes again."
    )


def _found_later(attempts: Sequence[Attempt], trial: Trial) -> str:
    """The sentence where requests among the evidence were found to be refused when it had ended; else empty."""
    evidence = {each.number for each in trial.evidence}
    refused = {each.number for each in attempts if each.outcome is Outcome.REFUSED}
    n = sum(min(evidence) < each < max(evidence) for each in refused - evidence)
    if not n:
        return ""
    were = "1 request that was made meanwhile was" if n == 1 else f"{n} requests that were made meanwhile were"
    return f"{were} found to be refused by what came later."


def _doubted(search: Search, found: Shown, repeated: Again | None = None) -> Verdict | None:
    """An estimate where something was seen that no number of accepted requests outweighs; `None` where nothing was."""
    manners, trial = search.manners, found.trial
    doubt = repeated.doubt(search, trial) if repeated else ""
    outlasted = outlasts_spells(search, trial)
    seen = (
        doubt
        or _found_later(manners.attempts, trial)
        or caveats(manners.attempts, trial, outlasted=outlasted)
        or _outlasted(search, trial)
        or found.unmet
    )
    stated = slower_stated(manners.attempts, trial, manners.spending.refilled, manners.resets)
    if not (seen or stated):
        return None
    statement = (
        statements.stated(manners, trial, stated) if stated else statements.doubted(manners, trial, found.wait, seen)
    )
    return _verdict(search, found, "stated" if stated else "estimated", max(found.wait, stated or 0.0), statement)


def _certificate(search: Search, found: Shown) -> Verdict:
    statement = statements.certified(search.manners, found.trial, found.wait, by_rules=found.by_rules)
    return _verdict(search, found, "certified", found.wait, statement)


def _verdict(search: Search, found: Shown, kind: Kind, wait: float, statement: str) -> Verdict:
    return search.manners.verdict(
        kind,
        wait,
        statement + found.words,
        evidence=found.trial.evidence,
        tested=found.trial.tested,
        horizon=found.trial.horizon,
        bound=search.manners.goal.refusal_rate,
    )
