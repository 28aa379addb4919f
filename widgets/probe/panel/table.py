"""The attempts as a table, for reading, for screen readers and for copying; one of them whole, with its headers. UI."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import ipywidgets

from widgets.http.limits import Limits, read
from widgets.http.limits.times import EPOCH
from widgets.kit import markup
from widgets.kit.widgetry import bare, box, close, html, lean, put
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_count, wait_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.model.attempt import Attempt, Step


COLUMNS = ("attempt", "wait (s)", "spacing (s)", "started (s)", "latency (ms)", "status", "outcome")
BLOCK = 50
"""Rows to a block."""
NEWEST = 8
"""Rows that are sent again with each attempt: with the last of them they go to the end of the last block."""


def cells(attempt: Attempt) -> tuple[str, ...]:
    """One row of `COLUMNS`, as shown."""
    return (
        str(attempt.number),
        "–" if attempt.wait is None else asked(attempt.wait),
        "–" if attempt.spacing is None else f"{attempt.spacing:.4f}",
        f"{attempt.started:.3f}",
        f"{attempt.latency * 1000:.1f}",
        "none" if attempt.status is None else str(attempt.status),
        f"{attempt.word} ({attempt.error})" if attempt.error else attempt.word,
    )


def asked(wait: float) -> str:
    """A wait that was asked for, as exact as the spacing beside it: rounded up it would read as one that was not kept.

    >>> asked(25.33306), asked(3.0), asked(0.0001), asked(0.00002)
    ('25.3331', '3', '0.0001', '0.00002')
    """
    text = f"{wait:.4f}".rstrip("0").rstrip(".")
    return text if float(text) else wait_number(wait)


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

    `add` is cheap and shows nothing; `flush` sends what was added to the browser, while somebody looks.
    """

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []
        self._rows: list[tuple[str, ...]] = []
        self._shown = self._settled = 0
        self._watched = True
        self._only: Outcome | None = None
        self._newest = html()
        self._blocks = lean(ipywidgets.VBox, [self._newest])
        # The styles pin this box to the end of what it holds, unless the person has scrolled back; first comes what is
        # at the end. The head is seen above whichever rows are, and read with each block of them.
        window = box([self._blocks, html(_head(), css="ww-columns-of")], "ww-attempts")
        self._link = html()
        self.filter = lean(ipywidgets.ToggleButtons, options=[("All", None), *((each.value, each) for each in Outcome)])
        self.filter.add_class("ww-segments")
        super().__init__([box([self.filter, self._link], "ww-buttons ww-between"), window], layout=bare())
        self.filter.observe(lambda change: self._choose(change["new"]), "value")

    def reset(self) -> None:
        """Begin anew: another probe."""
        self._attempts.clear()
        self._rows.clear()
        self._empty()
        put(self._link, "")

    def _empty(self) -> None:
        old, self._blocks.children = self._blocks.children[:-1], (self._newest,)
        self._shown = self._settled = 0
        put(self._newest, "")
        for block in old:
            close(block)

    def _choose(self, only: Outcome | None) -> None:
        """Show the attempts of one outcome only."""
        self._only = only
        self._rows = [cells(attempt) for attempt in self._attempts if only in (None, attempt.outcome)]
        self._empty()
        self.flush()

    def add(self, attempt: Attempt) -> None:
        """Add an attempt below the others."""
        self._attempts.append(attempt)
        if self._only in (None, attempt.outcome):
            self._rows.append(cells(attempt))

    def watch(self, *, on: bool) -> None:
        """Whether somebody looks at it: where nobody does it stays as it is."""
        self._watched = on
        if on:
            self.flush()

    def flush(self, *, unseen: bool = False) -> None:
        """Show what was added since the last time; with `unseen` also where nobody looks."""
        if self._shown == len(self._rows) or not (self._watched or unseen):
            return
        if len(self._rows) - self._settled >= NEWEST:
            self._settle()
        put(self._newest, _table(self._rows[self._settled :]))
        self._shown = len(self._rows)

    def _settle(self) -> None:
        """Put all rows into blocks; only the last one, and what is behind it, is sent."""
        *blocks, newest = self._blocks.children
        for start in range(self._settled // BLOCK * BLOCK, len(self._rows), BLOCK):
            if start // BLOCK == len(blocks):
                blocks.append(html())
            put(blocks[start // BLOCK], _table(self._rows[start : start + BLOCK]))
        if len(blocks) + 1 != len(self._blocks.children):
            self._blocks.children = (*blocks, newest)
        self._settled = len(self._rows)

    def offer_csv(self) -> None:
        """Show the link that saves the table; made at the end, since it holds the whole of it."""
        text = attempts_csv(self._attempts)
        self._link.value = markup.download("Save the attempts as CSV", "waitwise-attempts.csv", "text/csv", text)


def _head() -> str:
    """The names of the columns, for those who see them."""
    names = "".join(f"<th>{markup.plain(name)}</th>" for name in COLUMNS)
    return f'<table class="ww-table" aria-hidden="true"><thead><tr>{names}</tr></thead></table>'


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    return markup.table(f"Attempts {rows[0][0]} to {rows[-1][0]}", COLUMNS, rows) if rows else ""


def attempt_detail(step: Step, attempt: Attempt) -> str:
    """The HTML of one attempt."""
    facts = [*list(zip(COLUMNS, cells(attempt), strict=True)), ("phase", step.phase)]
    if step.high is not None:
        facts.append(("bracket (s)", f"{wait_number(step.low or 0.0)} to {wait_number(step.high)}"))
    facts += stated(read(attempt.status, attempt.headers, 0.0))
    parts = [markup.table(f"Attempt {attempt.number}", ("what", "value"), facts)]
    if attempt.headers:
        parts.append(markup.table("Headers of the answer", ("name", "value"), attempt.headers.items()))
    return f'<div class="ww-detail">{"".join(parts)}</div>'


def stated(limits: Limits) -> list[tuple[str, str]]:
    """What the headers say of limits, as it was read."""
    found = []
    if limits.retry_after is not None:
        found.append(("Retry-After", f"{as_count(limits.retry_after)} s"))
    for policy in limits.policies:
        window = "an unknown window" if policy.window is None else f"{as_count(policy.window)} s"
        found.append(("stated limit", f"{as_count(policy.quota)} {policy.unit} in {window} {policy.name}".rstrip()))
    if limits.remaining is not None:
        found.append(("remaining", f"{as_count(limits.remaining)}"))
    if limits.reset is not None and limits.reset < EPOCH:  # else it is a moment, and no `Date` to count it from
        found.append(("reset", f"in {as_count(limits.reset)} s, read as {limits.reading}"))
    return found + [("read with doubt", note) for note in limits.notes]
