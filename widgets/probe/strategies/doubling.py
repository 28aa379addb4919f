"""The notebook's rule: double the wait until a few requests in a row succeed."""

from __future__ import annotations

from statistics import median

from widgets.model.attempt import Attempt, Budget, Goal, Kind, Outcome, Strategy, Verdict
from widgets.model.quantity import as_wait, wait_number

from .manners import Manners, ProbeEndedError
from .search import ABOVE
from .statements import by_its_word, shown
from .trial import Trial

SLOWER = 1.05
"""From this ratio on the real spacing is worth a word: answers took longer than the wait."""


def doubling(goal: Goal, budget: Budget, *, start: float = 0.0001, needed: int = 4) -> Strategy:
    """Ask at `start` seconds; a refusal doubles the wait and the count starts anew; `needed` in a row end it.

    Args:
        goal: Only its confidence is used, to say what the successes show.
        budget: What may be spent.
        start: The first wait, seconds.
        needed: Successes in a row that are taken for 'safe'.

    Raises:
        ValueError: When `start` or `needed` is not positive.
    """
    if not (start > 0 and needed > 0):
        raise ValueError(f"start and needed must be more than 0, got {start!r} and {needed!r}")
    return _doubling(Manners(goal, budget), start, needed)


def _doubling(manners: Manners, wait: float, needed: int) -> Strategy:
    low: float | None = None
    row: list[Attempt] = []
    tries = 1
    try:
        while len(row) < needed:
            if manners.stated and wait < manners.stated.wait:
                low, wait, row = None, manners.stated.wait * ABOVE, []  # no burst where a pace is stated
            attempt = yield from manners.ask(wait, "search" if manners.attempts else "hello", low)
            if attempt.outcome is Outcome.REFUSED:
                low, wait, row, tries = wait, wait * 2, [], tries + 1
            elif manners.interrupted:
                row = []  # a row does not reach over a time in which nobody probed
            else:
                row.append(attempt)
    except ProbeEndedError as end:
        if manners.stated and not manners.refused:
            return by_its_word(manners, _trial(wait, row), str(end))
        return manners.inconclusive(end, wait if low is not None or row else None)
    if manners.stated and not manners.refused:
        return by_its_word(manners, _trial(wait, row), "")
    return _seems_safe(manners, wait, row, tries)


def _trial(wait: float, row: list[Attempt]) -> Trial | None:
    return Trial(wait, evidence=row) if row else None


def _seems_safe(manners: Manners, wait: float, row: list[Attempt], tries: int) -> Verdict:
    """The notebook's sentence, and what so few successes really show."""
    spacings = [attempt.spacing for attempt in row if attempt.spacing is not None]
    tested = median(spacings) if spacings else wait
    kind: Kind = "estimated" if manners.refused else "no limit seen"
    slower = f"The pace tested was slower, one request each {as_wait(tested)}" if tested > SLOWER * wait else ""
    if slower and manners.refused:  # a slow machine or service: what it was asked to do was not tried
        slower, wait = f"{slower}, where {as_wait(wait)} was asked for: that was not tried", tested
    statement = (
        f"Empirically, waiting {wait_number(wait)} seconds between requests seems safe.{slower and f' {slower}.'} "
        f"{shown(len(row), tries, manners.goal)}; a burst of more than {len(row)} requests, or a quota over a longer "
        "window, is not excluded."
    )
    return manners.verdict(kind, wait, statement, evidence=row, tested=tested, tries=tries)
