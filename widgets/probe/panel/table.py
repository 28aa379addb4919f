"""The attempts as a table, for reading, for screen readers and for copying; one of them whole, with its headers. UI."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import ipywidgets

from widgets.http.limits import Limits, read
from widgets.kit import markup
from widgets.kit.widgetry import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from widgets.model.attempt import Attempt, Step


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


CLOSED, OPEN = "Details", "Close"
"""The button says what a press does; it stays where it is, and so does the focus."""


class AttemptDetail(ipywidgets.VBox):
    """Shows one attempt at a time: by its number, by Previous and Next, or by `show`, as a click on its point does.

    Args:
        attempts: In order; they may become more.
        steps: What led to each, by its number.
    """

    def __init__(self, attempts: Sequence[Attempt], steps: Mapping[int, Step]) -> None:
        self._attempts, self._steps, self._offered = attempts, steps, 0
        self.number = ipywidgets.BoundedIntText(value=1, min=1, max=1, description="Attempt")
        self.toggle_button = ipywidgets.Button(description=CLOSED, tooltip="Show or close the details of this attempt")
        self.previous_button = ipywidgets.Button(description="Previous", tooltip="The attempt before this one")
        self.next_button = ipywidgets.Button(description="Next", tooltip="The attempt after this one")
        buttons = ipywidgets.Box([self.toggle_button, self.previous_button, self.next_button]).add_class("ww-buttons")
        self._way = ipywidgets.Box([self.number, buttons]).add_class("ww-form").add_class("ww-way")
        self.shown = ipywidgets.HTML()
        super().__init__([self._way, self.shown])
        visible(self, on=False)
        self.number.observe(lambda change: self._open(change["new"]), "value")
        self.toggle_button.on_click(lambda _: self._toggle())
        self.previous_button.on_click(lambda _: self.show(self.number.value - 1))
        self.next_button.on_click(lambda _: self.show(self.number.value + 1))

    def grow(self) -> None:
        """ResumePrompt the attempts that were added."""
        if self._attempts and self._offered != len(self._attempts):
            self._offered = self.number.max = len(self._attempts)
            visible(self, on=True)

    def show(self, number: int) -> None:
        """Show the attempt of that number; the nearest one where there is none."""
        self.grow()
        if self._attempts:
            self.number.value = number = max(1, min(number, len(self._attempts)))
            self._open(number)

    def _open(self, number: int) -> None:
        if 1 <= number <= len(self._attempts):
            attempt = self._attempts[number - 1]
            self.shown.value = attempt_detail(self._steps[attempt.number], attempt)
            self.toggle_button.description = OPEN

    def _toggle(self) -> None:
        if self.toggle_button.description == CLOSED:
            self.show(self.number.value)
        else:
            self.shown.value, self.toggle_button.description = "", CLOSED


def attempt_detail(step: Step, attempt: Attempt) -> str:
    """The HTML of one attempt."""
    facts = [*list(zip(COLUMNS, cells(attempt), strict=True)), ("phase", step.phase)]
    if step.high is not None:
        facts.append(("bracket (s)", f"{step.low or 0:.4g} to {step.high:.4g}"))
    facts += stated(read(attempt.status, attempt.headers, 0.0))
    parts = [markup.table(f"Attempt {attempt.number}", ("what", "value"), facts)]
    if attempt.headers:
        parts.append(markup.table("Headers of the answer", ("name", "value"), attempt.headers.items()))
    return f'<div class="ww-detail">{"".join(parts)}</div>'


def stated(limits: Limits) -> list[tuple[str, str]]:
    """What the headers say of limits, as it was read."""
    found = []
    if limits.retry_after is not None:
        found.append(("Retry-After", f"{limits.retry_after:.6g} s"))
    for policy in limits.policies:
        window = "an unknown window" if policy.window is None else f"{policy.window:.6g} s"
        found.append(("stated limit", f"{policy.quota:.6g} {policy.unit} in {window} {policy.name}".rstrip()))
    if limits.remaining is not None:
        found.append(("remaining", f"{limits.remaining:.6g}"))
    if limits.reset is not None:
        found.append(("reset", f"in {limits.reset:.6g} s, read as {limits.reading}"))
    return found + [("read with doubt", note) for note in limits.notes]
