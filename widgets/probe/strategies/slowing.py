"""Whether a service answers more slowly the more it is asked, in place of refusing, and how that is told. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt

SLOWED = 3.0
NOTICEABLE = 0.1
"""Answers so many times slower than the first, and so many seconds besides, are worth a word."""

SEVERAL = 4
"""So many of them are no stall."""


def slowed(attempts: Sequence[Attempt], evidence: Sequence[Attempt]) -> tuple[float, float] | None:
    """How long the first answer took, and one of the evidence (the median), seconds, where that is much longer.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i + 1, 1.0, 1.0, float(i), 0.1 if i < 2 else 0.9, 200) for i in range(6)]
    >>> slowed(row, row[2:]), slowed(row, row[:3])
    ((0.1, 0.9), None)
    """
    first = next((attempt for attempt in attempts if attempt.outcome is Outcome.ACCEPTED), None)
    if first is None or not evidence:
        return None
    now = median(attempt.latency for attempt in evidence)
    return None if now < SLOWED * first.latency or now - first.latency < NOTICEABLE else (first.latency, now)


def in_words(attempts: Sequence[Attempt], evidence: Sequence[Attempt], eased: str = "") -> str:
    """The sentence on it; empty where answers stayed as quick. `eased` is at what wait they were quick again."""
    slow = slowed(attempts, evidence)
    refused = any(attempt.outcome is Outcome.REFUSED for attempt in attempts)
    if slow is None:
        return "" if refused else _before(attempts, evidence)
    first, now = slow
    instead = "" if refused else " instead of refusing"
    sooner = eased or " when it is asked quickly, and a longer wait may be answered sooner"
    return (
        f" Answers took {told(now)} s at this pace (the median), and the first one {told(first)} s: the service "
        f"may slow down{instead}{sooner}."
    )


def _before(attempts: Sequence[Attempt], evidence: Sequence[Attempt]) -> str:
    """The sentence where answers got slower before this evidence, and nothing was refused; empty where not."""
    if not evidence:
        return ""
    took = [each.latency for each in attempts[: evidence[0].number - 1] if each.outcome is Outcome.ACCEPTED]
    slow = [each for each in took[1:] if each > max(SLOWED * took[0], took[0] + NOTICEABLE)]
    if len(slow) < SEVERAL:
        return ""
    return (
        f" Nothing was refused; before that, {len(slow)} answers took up to {told(max(slow))} s, and the first one "
        f"{told(took[0])} s: the service may slow down instead of refusing."
    )
