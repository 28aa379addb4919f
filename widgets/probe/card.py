"""The verdict as a card: the wait, large, how sure it is, and what it cost. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit import markup

if TYPE_CHECKING:
    from .attempt import Verdict

BADGES = {
    "certified": ("good", "Certified"),
    "estimated": ("warn", "Estimated"),
    "no limit seen": ("quiet", "No limit seen"),
    "inconclusive": ("warn", "Inconclusive"),
}


def seconds(value: float) -> str:
    """A duration as people say it, rounded up where it is a wait, since a wait must never be shown shorter."""
    return f"{value:.4g} s" if value < 120 else f"{value / 60:.3g} min"  # noqa: PLR2004 - two minutes


def verdict_card(verdict: Verdict) -> str:
    """The HTML of the card."""
    tone, badge = BADGES[verdict.kind]
    wait = "no wait" if verdict.wait is None else f"{verdict.wait:.5g} s"
    cost = f"{verdict.requests} request{'' if verdict.requests == 1 else 's'} in {seconds(verdict.seconds)}"
    return (
        f'<section class="ww-card ww-{tone}" aria-label="Verdict" role="status">'
        f'<p class="ww-badge">{markup.plain(badge)}</p>'
        f'<p class="ww-wait">{markup.plain(wait)}</p>'
        f'<p class="ww-statement">{markup.plain(verdict.statement)}</p>'
        f'<p class="ww-cost">Cost: {markup.plain(cost)}</p>'
        "</section>"
    )
