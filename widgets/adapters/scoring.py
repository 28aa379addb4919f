"""A probe's attempts, in the words of the service's room: what they cost the service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.quantity import as_wait, counted
from widgets.probe import Outcome
from widgets.probe.panel.states import Scored
from widgets.probe.panel.tally import Column
from widgets.service import Cost
from widgets.service.score import TOLERANCE
from widgets.service.truth import kind_of
from widgets.service.words import compared, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.probe import Attempt
    from widgets.service.score import Score
    from widgets.service.truth import Puzzle, Truth


def cost_of(attempts: Iterable[Attempt]) -> Cost:
    """How many requests those were, how many were refused, and how many came before a stated Retry-After had passed."""
    requests = refused = early = 0
    not_before = -math.inf
    for attempt in attempts:
        requests += 1
        refused += attempt.outcome is Outcome.REFUSED
        early += attempt.started < not_before
        # Counted from the start, in the probe's favour: when the answer left the service nobody knows here.
        not_before = attempt.started + (read(attempt.status, attempt.headers, 0.0).retry_after or 0.0)
    return Cost(requests, refused, early)


def scored_of(
    puzzle: Puzzle | None, truth: Truth | None, found: tuple[str, float] | None, score: Score | None
) -> Scored | None:
    """What the page says of a truth that was shown, beside what was found or guessed; `None` before it is shown."""
    if truth is None:
        return None
    true = truth.wait
    rule = truth.limiter.replace("-", " ")
    named = f"**{rule}**"
    if found is not None and found[0]:
        guess = kind_of(found[0]).replace("-", " ")
        named = f"{named}: right" if guess == rule else f"you {guess}, true {named}"
    mine = None if found is None else found[1]
    safe = mine is None or mine >= true * (1 - TOLERANCE)
    judged = "" if mine is None else f" Your {as_wait(mine)} is {compared(mine, true)}."
    cost = score.cost if score is not None else None
    manners = (
        (counted(cost.requests, "request"), f"{cost.refused} refused", f"{cost.early} before a Retry-After")
        if cost is not None
        else ("Not judged.",)
    )
    return Scored(
        f"Puzzle {puzzle.id}, solved" if puzzle is not None else "The truth about this rule",
        None if score is None else score.points,
        f"**{rule.capitalize()}: {seconds(true)}.**{judged}",
        safe,
        (
            Column("Rule", (named,)),
            Column(
                "Wait",
                ((f"you {as_wait(mine)}, " if mine is not None else "") + f"true {seconds(true)} at 5 % refused",),
            ),
            Column("Manners", manners),
        ),
        puzzle=puzzle is not None,
    )
