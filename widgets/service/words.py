"""The truth beside what was found, in words. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from widgets.kit import markup
from widgets.model.quantity import as_count, as_percent, as_wait

from .score import TOLERANCE
from .truth import REFUSAL_RATE, kind_of

if TYPE_CHECKING:
    from .score import Score
    from .truth import Puzzle, Truth


MANY = 3
"""From so many times on a per cent is no help."""


def seconds(wait: float) -> str:
    """A wait as it is shown."""
    return as_wait(wait) if math.isfinite(wait) else "none is long enough"


def compared(wait: float, true: float) -> str:
    """How a wait compares with the true steady wait."""
    if not math.isfinite(true):
        return "no wait is safe here"
    if true <= 0:
        return "safe; no wait is needed at all"
    ratio = wait / true
    if ratio < 1 - TOLERANCE:
        return f"{as_percent(1 - ratio)} too short: more than {as_percent(REFUSAL_RATE)} are refused"
    if ratio <= 1 + TOLERANCE:
        return "safe, and right to 1 %"
    longer = f"{as_percent(ratio - 1)} longer than" if ratio < MANY else f"{as_count(ratio, 2)} times as long as"
    return f"safe; {longer} needed"


def truth_card(truth: Truth, found: tuple[str, float] | None, score: Score | None = None) -> str:
    """The HTML of what the service really does, beside what was found, with the score."""
    title = "The truth" if score is None else f"{score.points} of 100 points"
    tone = "ww-good" if found is None or found[1] >= truth.wait * (1 - TOLERANCE) else "ww-warn"
    return (
        f'<section class="ww-card {tone}" aria-label="Truth and score">'
        f'<p class="ww-wait">{markup.plain(title)}</p><p>{markup.plain(truth.sentence)}</p>'
        f"{markup.table('What was found, beside the truth', ('what', 'found', 'true', 'score'), _rows(truth, found))}"
        f"{_manners(score)}</section>"
    )


def forgotten(rules: int, sessions: int) -> str:
    """What a reset made the service forget."""
    return (
        f"Reset, for everyone who uses this service: it forgot who asked /Slow-NASA, and the state of {rules} "
        f"{'rule' if rules == 1 else 'rules'} and of {sessions} {'game' if sessions == 1 else 'games'} with puzzles. "
        "What the probe found stays on this page."
    )


def puzzle_link(base: str, puzzle: Puzzle) -> str:
    """The HTML of a puzzle's address, to be passed on."""
    link = f"{base}/puzzle/{puzzle.id}"
    return (
        f'<p>Puzzle <strong>{markup.plain(puzzle.id)}</strong>: {markup.plain(puzzle.sentence)}</p><p class="ww-link">'
        f"<code>{markup.plain(link)}</code> {markup.copy_button('Copy the link', link)}</p>"
    )


def _rows(truth: Truth, found: tuple[str, float] | None) -> list[tuple[str, str, str, str]]:
    name, wait = found or ("", math.nan)
    kind = "" if not name else "right" if kind_of(name) == truth.limiter else "wrong"
    shown, score = ("–", "") if found is None else (seconds(wait), compared(wait, truth.wait))
    return [
        ("rule", name or "–", truth.limiter, kind),
        (_at_most(REFUSAL_RATE), shown, seconds(truth.wait), score),
        *((_at_most(rate), "", seconds(true), "") for rate, true in truth.steady_waits.items() if rate != REFUSAL_RATE),
    ]


def _at_most(rate: float) -> str:
    return f"wait for at most {as_percent(rate)} refused"


def _manners(score: Score | None) -> str:
    if score is None:
        return ""
    return (
        f"<p>It cost the service {score.cost.requests} requests, {score.cost.refused} of them refused, and "
        f"{score.cost.early} sent before a stated Retry-After had passed. "
        f"{markup.plain(score.counted)}</p>"
    )
