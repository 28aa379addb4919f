"""The verdict as a card, and what a probe has spent of its budget. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from widgets.kit import markup
from widgets.model.attempt import Budget, Goal, Kind, Outcome, Verdict
from widgets.probe.evidence import rounded_up, straight_needed, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.model.attempt import Attempt


BADGES: dict[Kind, tuple[markup.Tone, str]] = {
    "certified": ("good", "Certified"),
    "estimated": ("warn", "Estimated"),
    "stated": ("warn", "Stated by the service"),
    "no limit seen": ("quiet", "Not limited so far"),
    "inconclusive": ("warn", "Inconclusive"),
}
MINUTE, HOUR = 60, 3600
PERCENT = re.compile(r"(?<=\d)\s*%")


def duration(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.3g} s"
    return f"{seconds / MINUTE:.3g} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.3g} h"


def counted(count: int, thing: str) -> str:
    """`1 request`, `2 requests`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def verdict_card(verdict: Verdict, goal: Goal | None = None, strategy: str = "") -> str:
    """The HTML of the card: the wait, large; how sure it is; what it cost; which limiters it may have been."""
    tone, name = badge(verdict, strategy)
    return (
        f'<section class="ww-card ww-{tone}" aria-label="Verdict">'
        f'<p class="ww-badge">{name}</p><p class="ww-wait">{headline(verdict, strategy)}</p>'
        f'<p class="ww-statement" role="status">{said(verdict.statement)}</p>'
        f'<p class="ww-cost">Cost: {said(cost(verdict, goal or Goal()))}</p>'
        f"{_candidates(verdict.limiter or ())}</section>"
    )


def verdict_copy(verdict: Verdict, strategy: str = "") -> str:
    """The HTML of the button that copies the verdict."""
    words = f"{headline(verdict, strategy)} ({badge(verdict, strategy)[1]}). {verdict.statement}"
    return markup.copy_button("Copy the verdict", PERCENT.sub(" %", words))


def badge(verdict: Verdict, strategy: str = "") -> tuple[markup.Tone, str]:
    """The tone of a verdict, and the word above it."""
    return ("quiet", "Identified") if identified(verdict, strategy) else BADGES[verdict.kind]


def ended(verdict: Verdict, strategy: str, attempts: Sequence[Attempt]) -> str:
    """The line that says how a probe ended; where nothing was learned it does not claim to have weighed anything."""
    if verdict.kind != "inconclusive":
        return f"Done: {'identified' if identified(verdict, strategy) else verdict.kind}."
    if not attempts:
        return "Ended before anything was asked."
    if all(attempt.status is None for attempt in attempts):
        return "Ended: no answer came."
    if all(attempt.outcome is Outcome.FAILED for attempt in attempts):
        return "Ended: no answer said anything about pace."
    return "Ended without a result."


def said(text: object) -> str:
    """Text as HTML, each percent sign held to its number by a no-break space."""
    return PERCENT.sub("\N{NO-BREAK SPACE}%", markup.plain(text))


def identified(verdict: Verdict, strategy: str) -> bool:
    """Whether the question was which limiter it is, and there is an answer."""
    return strategy == "identify" and bool(verdict.limiter)


def headline(verdict: Verdict, strategy: str = "") -> str:
    """The answer in a few words. What was not shown is never set as large as what was."""
    if identified(verdict, strategy):
        return str(verdict.limiter[0].name)
    if verdict.kind == "no limit seen":
        return "no limit seen"
    wait = "" if verdict.wait is None else f"{told(rounded_up(verdict.wait, 4), 4)} s"
    return wait if wait and verdict.kind != "inconclusive" else "no answer yet"


def _candidates(limiters: Iterable[object]) -> str:
    names = "".join(f"<li>{said(each)}</li>" for each in limiters)
    return f"<details><summary>Which limiter may it be?</summary><ul>{names}</ul></details>" if names else ""


def cost(verdict: Verdict, goal: Goal) -> str:
    """What the probe spent, and how that compares with the least that any such certificate costs."""
    words = f"{counted(verdict.requests, 'request')} in {duration(verdict.seconds)}"
    if verdict.kind != "certified" or not verdict.wait or not verdict.seconds:
        return words
    floor = straight_needed(goal) * verdict.wait
    return f"{words}; the least for this certificate is {duration(floor)} ({floor / verdict.seconds * 100:.0f} % of it)"


def spent(budget: Budget, requests: int, refusals: int, seconds: float) -> str:
    """The HTML of the budget: three bars."""
    bars = (
        ("requests", f"{requests:,} of {budget.requests:,}", requests / budget.requests),
        ("refusals", f"{refusals:,} of {budget.refusals:,}", refusals / budget.refusals),
        ("time", f"{duration(seconds)} of {duration(budget.seconds)}", seconds / budget.seconds),
    )
    rows = "".join(
        f'<div class="ww-bar"><span>{name} {text}</span>'
        f'<progress max="1" value="{min(1.0, share):.3f}" aria-label="{name} spent"></progress></div>'
        for name, text, share in bars
    )
    return f'<div class="ww-spent">{rows}</div>'
