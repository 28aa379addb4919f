"""The attempts as a table, for reading, for screen readers and for copying. UI."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.model.attempt import Attempt

COLUMNS = ("attempt", "wait (s)", "spacing (s)", "started (s)", "latency (ms)", "status", "outcome")
BLOCK = 50
"""Rows to a block. Only the last block is sent again when an attempt is added, so that the cost does not grow."""


def cells(attempt: Attempt) -> tuple[str, ...]:
    """One row of `COLUMNS`, as shown."""
    return (
        str(attempt.number),
        "–" if attempt.wait is None else f"{attempt.wait:.6g}",
        "–" if attempt.spacing is None else f"{attempt.spacing:.4f}",
        f"{attempt.started:.3f}",
        f"{attempt.latency * 1000:.1f}",
        "none" if attempt.status is None else str(attempt.status),
        f"{attempt.outcome.value} ({attempt.error})" if attempt.error else attempt.outcome.value,
    )


def attempts_csv(attempts: Iterable[Attempt]) -> str:
    """The attempts as CSV (RFC 4180): seconds, empty where there is no value, the outcome and the error last."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("attempt", "wait", "spacing", "started", "latency", "status", "outcome", "error"))
    writer.writerows(
        (a.number, a.wait, a.spacing, a.started, a.latency, a.status, a.outcome.value, a.error) for a in attempts
    )
    return out.getvalue()


class AttemptTable(ipywidgets.VBox):
    """The table of one probe, oldest first, with a link that saves it as CSV.

    `add` is cheap and shows nothing; `flush` sends what was added to the browser.
    """

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []
        self._rows: list[tuple[str, ...]] = []
        self._shown = 0
        self._blocks = ipywidgets.VBox()
        # The styles pin this box to the end of what it holds, unless the person has scrolled back.
        window = ipywidgets.Box([self._blocks]).add_class("ww-attempts")
        self._link = ipywidgets.HTML()
        super().__init__([window, self._link])

    def add(self, attempt: Attempt) -> None:
        """Add an attempt below the others."""
        self._attempts.append(attempt)
        self._rows.append(cells(attempt))

    def flush(self) -> None:
        """Show what was added since the last time."""
        if self._shown == len(self._rows):
            return
        blocks = list(self._blocks.children)
        for start in range(self._shown // BLOCK * BLOCK, len(self._rows), BLOCK):
            rows = self._rows[start : start + BLOCK]
            if start // BLOCK == len(blocks):
                blocks.append(ipywidgets.HTML())
            caption = f"Attempts {start + 1} to {start + len(rows)}"
            blocks[start // BLOCK].value = markup.table(caption, COLUMNS, rows)
        if len(blocks) != len(self._blocks.children):
            self._blocks.children = blocks
        self._shown = len(self._rows)

    def offer_csv(self) -> None:
        """Show the link that saves the table; made at the end, since it holds the whole of it."""
        text = attempts_csv(self._attempts)
        self._link.value = markup.download("Save the attempts as CSV", "waitwise-attempts.csv", "text/csv", text)
