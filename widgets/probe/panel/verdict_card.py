"""The whole statement of a verdict, for those who want every word of it. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from widgets.kit import markup
from widgets.model.attempt import Goal, Kind, Verdict
from widgets.model.quantity import as_count, as_wait, counted
from widgets.probe.evidence import straight_needed
from widgets.probe.identify import doubts

from .results import untried
from .states import identified

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    """A length of time as people say it.

    >>> duration(0.00002), duration(378.0), duration(6_000_000.0)
    ('0.00002 s', '6.3 min', '1,667 h')
    """
    unit, length = ("s", 1) if seconds < 2 * MINUTE else ("min", MINUTE) if seconds < 2 * HOUR else ("h", HOUR)
    return f"{as_count(seconds / length, 3)} {unit}"


def verdict_card(verdict: Verdict, goal: Goal | None = None, strategy: str = "") -> str:
    """The HTML of the card: the wait, large; how sure it is; what it cost; which limiters it may have been."""
    tone, name = badge(verdict, strategy)
    return (
        f'<section class="ww-card ww-{tone}" aria-label="Verdict">'
        f'<p class="ww-badge">{name}: {said(headline(verdict, strategy))}</p>'
        f'<p class="ww-statement">{said(verdict.statement)}</p>'
        f'<p class="ww-cost">Cost: {said(cost(verdict, goal or Goal()))}</p>'
        f"{_candidates(verdict.limiter or (), strategy)}</section>"
    )


def verdict_text(verdict: Verdict, strategy: str = "") -> str:
    """The verdict as text that is copied."""
    words = f"{headline(verdict, strategy)} ({badge(verdict, strategy)[1]}). {verdict.statement}"
    return PERCENT.sub(" %", words)


def badge(verdict: Verdict, strategy: str = "") -> tuple[markup.Tone, str]:
    """The tone of a verdict, and the word above it."""
    if untried(verdict):
        return BADGES[verdict.kind][0], "From what the service states"
    return ("quiet", "Identified") if identified(verdict, strategy) else BADGES[verdict.kind]


def said(text: object) -> str:
    """Text as HTML, each percent sign held to its number by a no-break space."""
    return PERCENT.sub("\N{NO-BREAK SPACE}%", markup.plain(text))


def headline(verdict: Verdict, strategy: str = "") -> str:
    """The answer in a few words. What was not shown is never set as large as what was."""
    if identified(verdict, strategy):
        return str(verdict.limiter[0].name)
    if verdict.kind == "no limit seen":
        return "no limit seen"
    wait = "" if verdict.wait is None else as_wait(verdict.wait)
    return wait if wait and verdict.kind != "inconclusive" else "no answer yet"


def _candidates(limiters: Sequence[object], strategy: str) -> str:
    """The names, and why no support is said of them where that is so."""
    names = "".join(f"<li>{said(each)}</li>" for each in limiters)
    why = doubts(limiters, strategy)
    note = f"<p>{said(why[0].upper() + why[1:])}.</p>" if why else ""
    return f"<details><summary>Which limiter may it be?</summary><ul>{names}</ul>{note}</details>" if names else ""


def cost(verdict: Verdict, goal: Goal) -> str:
    """What the probe spent, and how that compares with the least that any such certificate costs.

    `goal` is what was to be shown of the wait that was tested.
    """
    words = f"{counted(verdict.requests, 'request')} in {duration(verdict.seconds)}"
    if verdict.kind != "certified" or not verdict.wait or not verdict.seconds:
        return words
    floor = straight_needed(goal) * (verdict.tested or verdict.wait)
    return f"{words}; no certificate like this takes less than {duration(floor)} at this wait"
