"""The attempts of a probe as a chart in SVG, drawn here so that a report needs no program. PURE."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from widgets.http.limits import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.pace.log import Entry

WIDTH, HEIGHT = 860, 320
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 45
LEAST = 1e-4
"""Seconds: what is drawn for a spacing of nothing on a logarithmic axis."""


def outcome(entry: Entry) -> str:
    """`accepted`, `refused` or `failed`, as the probe's room counts them."""
    if entry.status is None:
        return "failed"
    if read(entry.status, entry.headers, 0.0).refused:
        return "refused"
    return "accepted" if 200 <= entry.status < 400 else "failed"  # noqa: PLR2004 - RFC 9110's classes


def attempts_chart(entries: Sequence[Entry], wait: float | None) -> str:
    """Spacing (logarithmic) over the number of the attempt; dots accepted, crosses refused, rings failed."""
    drawn = [(entry.number, max(LEAST, entry.spacing), entry) for entry in entries if entry.spacing is not None]
    values = [spacing for _, spacing, _ in drawn] + ([wait] if wait else [])
    if not drawn:
        return '<p class="none">Too few attempts for a chart.</p>'
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values) * 1.01))
    last = max(number for number, _, _ in drawn)

    def across(number: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * number / (last + 1)

    def down(spacing: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(spacing)) / max(1, high - low)

    def rule(name: str, spacing: float) -> str:
        y = f"{down(spacing):.1f}"
        return f'<line class="{name}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'

    lines = [
        rule("grid", 10.0**power)
        + f'<text x="{LEFT - 8}" y="{down(10.0**power) + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        for power in range(low, high + 1)
    ]
    if wait:
        lines.append(rule("wait", wait))
    lines += [_mark(across(number), down(spacing), entry) for number, spacing, entry in drawn]
    title = f"Spacing of {len(drawn)} attempts, by number"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}"><title>{title}</title>{"".join(lines)}'
        f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">attempt (1 to {last})</text></svg>'
    )


def _mark(x: float, y: float, entry: Entry) -> str:
    match outcome(entry):
        case "accepted":
            return f'<circle class="accepted" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
        case "refused":
            return f'<path class="refused" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"/>'
        case _:
            return f'<circle class="failed" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
