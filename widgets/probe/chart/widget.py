"""The charts of a probe: its attempts as they happen, and the accepted share by wait. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets
from ipecharts import EChartsRawWidget

from widgets.kit import markup
from widgets.kit.widgetry import close
from widgets.model.attempt import Attempt, Goal, Step, Verdict

from .acceptance import Truth, acceptance, described_shares
from .attempts import Row, attempts_view, described
from .theme import Option, theme_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


VIEWS = ("Attempts", "Acceptance")


class Canvas(EChartsRawWidget):
    """The widget of ipecharts, less its search for widgets within the option: ours holds numbers, thousands of them."""

    option = traitlets.Dict().tag(sync=True)


class ProbeChart(ipywidgets.VBox):
    """The charts of one probe; a new probe gets a new chart.

    `add` is cheap and shows nothing; `flush` sends what was added to the browser.

    Args:
        theme: `"light"`, `"dark"`, or `"auto"` where it is not known.
        goal: The line in the view of acceptance, and the confidence of its intervals.
        on_choice: Told the attempt whose point was clicked.
    """

    def __init__(
        self, theme: str = "auto", goal: Goal | None = None, on_choice: Callable[[Attempt], None] = lambda _: None
    ) -> None:
        self._theme, self._goal, self._on_choice = theme_of(theme), goal or Goal(), on_choice
        self._rows: list[Row] = []
        self._verdict: Verdict | None = None
        self._truth: Truth | None = None
        self._shown = 0
        self.view = ipywidgets.ToggleButtons(options=VIEWS, value=VIEWS[0]).add_class("ww-views")
        self._description = ipywidgets.HTML().add_class("ww-unseen")
        self._chart = self._canvas()
        self._stage = ipywidgets.VBox([self._chart]).add_class("ww-chart")
        self._slider = ipywidgets.IntSlider(min=1, max=1, description="Replay").add_class("ww-replay")
        self._slider.add_class("ww-hidden")
        super().__init__([self.view, self._stage, self._slider, self._description])
        self.view.observe(lambda _: self._change_view(), "value")
        self._slider.observe(lambda _: self._draw(), "value")

    def add(self, step: Step, attempt: Attempt) -> None:
        """Add an attempt and the step that led to it."""
        self._rows.append(Row.of(step, attempt))

    def flush(self) -> None:
        """Show what was added since the last time."""
        if self._shown != len(self._rows):
            self._shown = len(self._rows)
            self._draw()

    def finish(self, verdict: Verdict) -> None:
        """Show the verdict in the view of acceptance, and offer to replay the probe."""
        self._verdict = verdict
        if self._rows:
            self._slider.max = self._slider.value = len(self._rows)
            self._slider.remove_class("ww-hidden")
        self._draw()

    def reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        """Lay the truth over what was found, in the view of acceptance, and turn to that view.

        Args:
            curve: Pairs of a wait in seconds and the share that is accepted at it, waits rising.
            steady_wait: The smallest safe wait in seconds; 0 where none is needed, `inf` where none is long enough.
        """
        self._truth = Truth(tuple(curve), steady_wait)
        if self.view.value == VIEWS[1]:
            self._draw()
        else:
            self.view.value = VIEWS[1]

    @property
    def option(self) -> Option:
        """What ECharts was told last."""
        option: Option = self._chart.option
        return option

    @property
    def description(self) -> str:
        """What a screen reader finds in place of the chart."""
        return str(self._description.value)

    def _canvas(self) -> Canvas:
        chart = Canvas(theme=None if self._theme == "auto" else self._theme, option=self._option())
        chart.on("click", None, self._clicked)
        return chart

    def _change_view(self) -> None:
        # ECharts merges options, and the two views have nothing in common: each gets a canvas of its own.
        old, self._chart = self._chart, self._canvas()
        self._stage.children = [self._chart]
        close(old)
        self._draw()

    def _draw(self) -> None:
        self._chart.option = self._option()
        rows = self._visible()
        words = described(rows) if self.view.value == VIEWS[0] else described_shares(rows, self._goal, self._truth)
        self._description.value = f"<p>{markup.plain(words)}</p>"

    def _visible(self) -> list[Row]:
        return self._rows if self._verdict is None else self._rows[: self._slider.value]

    def _option(self) -> Option:
        rows = self._visible()
        if self.view.value == VIEWS[0]:
            return attempts_view(rows, self._theme, self._rows if self._verdict else ())
        whole = len(rows) == len(self._rows)
        return acceptance(rows, self._goal, self._verdict if whole else None, self._theme, self._truth)

    def _clicked(self, params: Any) -> None:
        """A point was clicked, says the browser; any message can come from there, so it is looked up, not believed."""
        data = params.get("data") if isinstance(params, dict) else None
        chosen = data[0] if isinstance(data, list) and data and self.view.value == VIEWS[0] else None
        for row in self._rows:
            if row.attempt.number == chosen:
                self._on_choice(row.attempt)
