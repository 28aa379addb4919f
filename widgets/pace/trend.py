"""How the wait of a target has changed from probe to probe: a sentence, and a line that stands beside it. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit import markup

from .export.facts import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Evidence

FOUND = frozenset({"certified", "estimated"})
"""The kinds of verdict that say how long to wait."""
WIDTH, HEIGHT, EDGE = 96.0, 20.0, 2.0
"""Of the line, in pixels."""
SAME = 0.1
"""Two probes of one unchanged service differ by less than this share."""
NAMED = 4
"""Earlier waits that are named."""


def waits_of(history: Sequence[tuple[float, Evidence]]) -> list[tuple[float, float]]:
    """The moment and the wait of each verdict that found one."""
    return [(when, found.wait) for when, found in history if found.kind in FOUND and found.wait]


def trend(waits: Sequence[tuple[float, float]]) -> str:
    """The HTML of how the wait has changed; empty for fewer than two probes.

    Args:
        waits: Epoch seconds and seconds, the newest last.
    """
    if len(waits) < 2:  # noqa: PLR2004 - one point is no trend
        return ""
    named = ", ".join(f"{wait:.4g} s ({day(when)})" for when, wait in waits[-1 - NAMED :])
    words = f"Found by {len(waits)} probes, {_change(waits[0][1], waits[-1][1])}: {named}."
    return f'<p class="ww-trend">{_line([wait for _, wait in waits])} {markup.plain(words)}</p>'


def _change(first: float, last: float) -> str:
    change = last / first - 1
    if abs(change) < SAME:
        return "steady"
    return f"{'slower' if change > 0 else 'faster'} by {abs(change):.0%} since the first"


def _line(waits: Sequence[float]) -> str:
    # From zero up: a few per cent between two probes are no mountain.
    across, down = (WIDTH - 2 * EDGE) / (len(waits) - 1), (HEIGHT - 2 * EDGE) / max(waits)
    points = " ".join(f"{EDGE + i * across:.1f},{HEIGHT - EDGE - wait * down:.1f}" for i, wait in enumerate(waits))
    return (
        f'<svg class="ww-spark" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" aria-hidden="true">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>'
    )
