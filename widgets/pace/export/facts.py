"""What every export says of the pace that it carries. PURE."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.pace import Pace


def day(moment: float) -> str:
    """A date as `2026-11-24`, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def one_line(text: str) -> str:
    """`text` without anything that could end a comment or a string: controls, line ends, quotes' escapes."""
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(shown.split()).replace("*/", "* /")


def evidence(pace: Pace) -> list[str]:
    """The evidence as lines of plain text: what was found, when, how sure it is, and when to look again."""
    target = pace.target
    recheck = day(pace.found + pace.recheck_after)
    lines = [
        f"At most one request every {pace.wait:.6g} s to {one_line(target.method)} {one_line(target.url)}",
        f"Found {day(pace.found)} by Waitwise; {one_line(pace.kind)}. Re-check after {recheck}.",
    ]
    if pace.evidence:
        lines.append(f"Confidence {pace.evidence.confidence:.3g}; horizon {pace.evidence.horizon:.4g} s.")
        lines.append(one_line(pace.evidence.statement))
    if pace.doubtful_since is not None:
        lines.append(f"DOUBTFUL since {day(pace.doubtful_since)}: more was refused than promised. Re-check it first.")
    return lines


def comment(pace: Pace, mark: str = "#") -> str:
    """The evidence as a comment."""
    return "\n".join(f"{mark} {line}" for line in evidence(pace))
