"""Look again, with a few requests, whether a wait that was found earlier still holds; go on from it where it does not.

It proves nothing anew: a few straight answers show little (`refusal_bound`). What it rests
on is the earlier finding, of which it asks whether the service has changed since.
"""

from __future__ import annotations

from itertools import chain, repeat, takewhile
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait

from .manners import Manners, ProbeEndedError
from .statements import by_its_word, shown
from .suspects import RESTS
from .trial import Trial

if TYPE_CHECKING:
    from collections.abc import Generator

    from widgets.model.attempt import Attempt, Budget, Goal, Step, Strategy, Verdict

STRAIGHT = 8
"""Answers in a row to see. A wait of which half would be refused now passes once in 256 times."""

TOLERATED = 1
"""Refusals that the old wait may meet: at the promised share, one within nine requests is no sign of a change."""

RAISE = 1.3
"""By what a wait that no longer holds is lengthened."""

RAISES = 8
"""So many raises (a factor of 8), and it is another service than the one that was measured."""


def recheck(goal: Goal, budget: Budget, wait: float) -> Strategy:
    """Ask at `wait` until a few answers in a row are accepted; where it is refused, at longer waits.

    Args:
        goal: Its confidence is used to say what the few answers alone show.
        budget: What may be spent.
        wait: Seconds, as found earlier.

    Returns:
        A generator whose verdict is `estimated` (`tested` equals `wait` where the old one holds) or `inconclusive`.

    Raises:
        ValueError: When `wait` is not positive.
    """
    if not wait > 0:
        raise ValueError(f"wait must be more than 0 s, got {wait!r}")
    return _recheck(Manners(goal, budget), wait)


def _recheck(manners: Manners, old: float) -> Strategy:
    wait, missed, tries = old, 0, 1
    row: list[Attempt] = []
    try:
        yield from _at_the_door(manners, old)  # its spacing is unknown, so that its answer is no evidence
        if manners.stated:
            wait = max(old, manners.stated.wait)
        while len(row) < STRAIGHT:
            attempt = yield from manners.ask(wait, "verify", old)
            if attempt.outcome is Outcome.ACCEPTED:
                row = [] if manners.interrupted else [*row, attempt]
                continue
            missed, tries = missed + 1, tries + 1
            if missed > (TOLERATED if wait == old else 0):
                wait, missed = _raised(manners, wait, old), 0
            row = []
    except ProbeEndedError as end:
        return manners.inconclusive(end)
    if wait > old and manners.stated and not manners.refused:
        return by_its_word(manners, Trial(wait, evidence=row), "")
    return _holds(manners, old, wait, row, tries)


def _at_the_door(manners: Manners, old: float) -> Generator[Step, Attempt, None]:
    """Ask until something is served, after longer and longer rests: what is refused before may be an old ban's."""
    attempt = yield from manners.ask(old, "hello")
    for rest in chain(RESTS, repeat(RESTS[-1])):
        if attempt.outcome is Outcome.ACCEPTED:
            return
        manners.give_up_at_the_door()
        attempt = yield from manners.ask(max(old, rest), "recover")


def _raised(manners: Manners, wait: float, old: float) -> float:
    if wait * RAISE <= old * RAISE**RAISES:
        return wait * RAISE
    answered = [each.outcome for each in manners.attempts if each.outcome is not Outcome.FAILED]
    row = len(list(takewhile(lambda outcome: outcome is Outcome.REFUSED, reversed(answered))))
    if row == manners.refused:  # what is refused while refusals go on shows no wait to be too short
        raise ProbeEndedError(
            f"{len(answered) - row} of {len(answered)} requests were accepted, and then {row} in a row refused, up to "
            f"{as_wait(wait)} apart. The service may have shut this client out, has changed, or refuses for another "
            "reason than pace: come back later, and probe it anew."
        )
    raise ProbeEndedError(
        f"A wait of {as_wait(old)} no longer holds, nor does any up to {as_wait(old * RAISE**RAISES)}. The service has "
        "changed, or refuses for another reason than pace: probe it anew."
    )


def _holds(manners: Manners, old: float, wait: float, row: list[Attempt], tries: int) -> Verdict:
    count = len(row)
    alone = shown(count, tries, manners.goal)
    statement = (
        f"A wait of {as_wait(old)} still holds: {count} of {count} were accepted. Alone, {alone}; the rest stands on "
        "what was found earlier."
        if wait == old
        else f"A wait of {as_wait(old)} no longer holds; {as_wait(wait)} does: {count} of {count} were accepted. "
        f"{alone}, so probe anew where it matters."
    )
    return manners.verdict("estimated", wait, statement, evidence=row, tested=wait, tries=tries)
