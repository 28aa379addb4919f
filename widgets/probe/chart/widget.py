"""The chart of a probe: its attempts as they happen, and the accepted share at each wait, on one axis of waits. UI."""

from __future__ import annotations

import math
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, close, html, lean, put
from widgets.model.attempt import Attempt, Goal, Step

from . import attempts as drawing
from .acceptance import Drawn, Truth, acceptance_series, described_shares
from .attempts import Kind, Row
from .screen import Screen
from .theme import Option, Span, colour, frame, rules
from .trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .canvas import Canvas

PIECES = 8
"""Labelled attempts at most."""
LEAST = 20
"""Attempts for which the chart has room from the start."""


def tick(most: int) -> int:
    """Every how many attempts one is labelled.

    >>> tick(20), tick(75), tick(300), tick(1500)
    (5, 10, 50, 200)
    """
    decade = 1
    while True:
        for step in (1, 2, 5):
            if most / (step * decade) <= PIECES:
                return step * decade
        decade *= 10


class ProbeChart(ipywidgets.VBox):
    """The chart of one probe after the other; `reset` empties it.

    `add` is cheap and shows nothing; `flush` sends what was added to the browser. The browser loads ECharts, more than
    all else of the page together, with the first canvas: that is made by `wake`, or when there is something to draw.

    Args:
        goal: The line in the right half, and the confidence of its intervals.
        on_choice: Told the attempt whose point was clicked.

    Attributes:
        kinds: How many marks of each kind there are.
    """

    children: tuple[ipywidgets.Widget, ...]

    def __init__(self, goal: Goal | None = None, on_choice: Callable[[Attempt], None] = lambda _: None) -> None:
        self._on_choice = on_choice
        self._goal = goal or Goal()
        self._empty()
        self._description = html(css="ww-unseen")
        self._screen = Screen()
        self._canvas: Canvas | None = None
        self._drawing = threading.RLock()
        self._update()
        super().__init__([html(), self._description], layout=bare())
        self.add_class("ww-chart")
        self._describe()

    def _empty(self) -> None:
        self._rows: list[Row] = []
        self.kinds: Counter[Kind] = Counter()
        self._extent: tuple[float, float] | None = None
        self._trace: Trace | None = None
        self._shares_seen: Drawn | None = None
        self._truth: Truth | None = None
        self._wait: float | None = None
        self._shown = 0
        self._until: int | None = None
        self._chosen: int | None = None
        self._shares = False

    def reset(self, goal: Goal) -> None:
        """Begin anew: another probe, or none."""
        shares = self._shares
        self._empty()
        self._goal, self._shares = goal, shares
        self._draw()

    def wake(self) -> None:
        """Make the canvas, when the page has time for it."""
        with self._drawing:  # The page and the probe may both be first.
            if self._canvas is not None:
                return
            from .canvas import Canvas  # noqa: PLC0415 - a page opens without it

            # ECharts' own themes are of no use here: each colour is a variable of the page.
            canvas = lean(Canvas, theme="light", renderer="svg", width=None, height=None, option=self._screen.renewed())
            canvas.on("click", None, self._clicked)
            canvas.on_view = self._begun
            place, *others = tuple(self.children)
            self._canvas = canvas
            self.children = (canvas, *others)
            close(place)

    def add(self, step: Step, attempt: Attempt) -> None:
        """Add an attempt and the step that led to it."""
        row = Row.of(step, attempt)
        with self._drawing:
            self._rows.append(row)
            self.kinds[Kind.of(attempt)] += 1
            for wait in (row.wait, step.low, step.high):
                if wait and 0 < wait < math.inf:
                    low, high = self._extent or (wait, wait)
                    self._extent = min(low, wait), max(high, wait)

    def flush(self) -> None:
        """Show what was added since the last time."""
        if self._shown != len(self._rows):
            self._draw()

    def recommend(self, wait: float | None) -> None:
        """Draw the recommended wait, in seconds, across both halves."""
        self._wait = wait
        self._draw()

    def replay(self, until: int | None) -> None:
        """Show the first attempts only, as they were; `None` shows all."""
        self._until = until
        self._draw()

    def choose(self, number: int | None) -> None:
        """Put a ring around an attempt."""
        if number != self._chosen:
            self._chosen = number
            self._draw()

    def show_shares(self, *, on: bool) -> None:
        """Where there is room for one half only, show the right one."""
        self._shares = on
        self._draw()

    def reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        """Lay the truth over what was found.

        Args:
            curve: Pairs of a wait in seconds and the share that is accepted at it, waits rising.
            steady_wait: The smallest safe wait in seconds; 0 where none is needed, `inf` where none is long enough.
        """
        self._truth = Truth(tuple(curve), steady_wait)
        self._draw()

    @property
    def option(self) -> Option:
        """What ECharts was told last."""
        return self._screen.whole()

    @property
    def description(self) -> str:
        """What a screen reader finds in place of the chart."""
        return str(self._description.value)

    @property
    def revealed(self) -> bool:
        """Whether the truth is drawn."""
        return self._truth is not None

    def _draw(self) -> None:
        with self._drawing:
            self._shown = len(self._rows)
            part = self._update()
            if self._canvas is None:
                if self._rows or self._truth is not None:
                    self.wake()
            elif self._screen.replaced:
                self._canvas.option = self._screen.renewed()
            elif part:
                self._canvas.change(part)
            self._describe()

    def _begun(self) -> None:
        """A view was made, from an option that may be an old one."""
        with self._drawing:
            if self._canvas is not None and not self._screen.fresh:
                self._canvas.option = self._screen.renewed()

    def _describe(self) -> None:
        trace, seen = self._seen()
        words = f"{trace.described} {described_shares(seen.all(), self._truth)}"
        put(self._description, f"<p>{markup.plain(words)}</p>")

    def _seen(self) -> tuple[Trace, Drawn]:
        """Both halves with all that is shown, each attempt taken in once."""
        rows = self._rows if self._until is None else self._rows[: self._until]
        span = self._span()
        if self._trace is None or not self._trace.serves(len(rows), span):
            self._trace = Trace.of(rows, span)
        for row in rows[self._trace.length :]:
            self._trace.add(row)
        if self._shares_seen is None or self._shares_seen.length > len(rows):
            self._shares_seen = Drawn(self._goal.confidence)
        self._shares_seen.extend([row.attempt for row in rows[self._shares_seen.length :]])
        return self._trace, self._shares_seen

    def _span(self) -> Span:
        waits = [*(self._extent or ()), *([self._wait] if self._wait else [])]
        truth = self._truth
        if truth is not None:
            waits += [truth.steady_wait] if self._rows else [wait for wait, _ in truth.curve]
        return Span(waits)

    def _update(self) -> Option:
        """Bring the screen up to date, and get what changed."""
        trace, seen = self._seen()
        span, rows = self._span(), self._rows
        wait = self._wait if trace.length == len(rows) else None
        ring = [row.at(span) for row in rows[max(0, (self._chosen or 0) - 1) : trace.length][:1] if self._chosen]
        steady = [rules(span, 0), rules(span, 1), drawing.line(wait, "wait", 0, labelled=True), drawing.ring(ring)]
        steady += [drawing.ghosts(shown=not rows), drawing.line(wait, "wait-1", 1, labelled=False)]
        steady += acceptance_series(seen.drawn(), self._goal, span, self._truth)
        return self._screen.update(trace, list(trace.changed()), steady, self._frame(span))

    def _frame(self, span: Span) -> Option:
        most = max(LEAST, len(self._rows) + 1)
        step = tick(most)
        left = {"min": 0, "max": math.ceil(most / step) * step, "interval": step, "name": "attempt"}
        left |= {"nameLocation": "start", "nameGap": 4, "axisLabel": {"showMinLabel": False}}
        # Before the axis, where there is room below the waits: after its start it would lie under the first number.
        left["nameTextStyle"] = {
            "align": "right",
            "verticalAlign": "top",
            "padding": [8, 0, 0, 0],
            "color": colour("ink-3"),
        }
        right = {"min": 0, "max": 100, "interval": 50, "axisLabel": {"formatter": "{value} %"}}
        return frame([left, right], span, shares=self._shares)

    def _clicked(self, params: Any) -> None:
        """A point was clicked, says the browser; any message can come from there, so it is looked up, not believed."""
        data = params.get("data") if isinstance(params, dict) else None
        if isinstance(data, list) and len(data) == 3:  # noqa: PLR2004 - number, place, words
            for row in self._rows:
                if [row.point[0], row.point[2]] == [data[0], data[2]]:
                    self._on_choice(row.attempt)
