"""The row below the chart: a note, then the replay, or the facts of one attempt; its headers lie over the chart. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, html, lean, marked, put, visible
from widgets.probe.chart.attempts import told

from .table import attempt_detail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from widgets.model.attempt import Attempt, Step
    from widgets.probe.chart.widget import ProbeChart

LATER = "Replay appears when the probe has ended."
MAY_CLOSE = "You may close this page: the probe ends within a minute, and can go on later."
"""Where the server ends the kernel of a page that is gone."""
GOES_ON = "You may close this page: the attempts are kept, and the probe goes on while its kernel runs."
MUST_STAY = "Leave this page open: nothing of this probe is stored, and it ends with its page."


class ReplayRow(ipywidgets.Box):
    """Replays a probe, and shows one attempt after the other.

    Args:
        chart: In which it is replayed.
        attempts: In order; they may become more.
        steps: What led to each, by its number.

    Attributes:
        detail: All of the attempt that is shown, with its headers; lies over the chart while it is open.
    """

    def __init__(self, chart: ProbeChart, attempts: Sequence[Attempt], steps: Mapping[int, Step]) -> None:
        self._chart, self._attempts, self._steps = chart, attempts, steps
        self.number: int | None = None
        self.note, self.detail = html(css="ww-note"), html(css="ww-overlay")
        self.slider = lean(ipywidgets.IntSlider, min=1, max=1, description="Replay", css="ww-slider")
        self.facts_button = _button("Facts", "The facts of this attempt, one after the other")
        self.previous_button = _button("‹", "The attempt before this one")
        self.next_button = _button("›", "The attempt after this one")
        self.headers_button = lean(ipywidgets.ToggleButton, description="Headers", css="ww-quiet ww-opens")
        self.headers_button.tooltip = "All of this attempt, with the headers of its answer"
        self.back_button = _button("Close", "Back to the replay")
        self._walk = [self.previous_button, self.next_button, self.headers_button, self.back_button]
        self._over = False
        super().__init__(
            [self.note, self.slider, self.facts_button, *self._walk], layout=bare(), _dom_classes=["ww-replay"]
        )
        self.slider.observe(lambda change: self._replay(int(change["new"])), "value")
        self.facts_button.on_click(lambda _: self.show(int(self.slider.value)))
        self.previous_button.on_click(lambda _: self.show((self.number or 1) - 1))
        self.next_button.on_click(lambda _: self.show((self.number or 0) + 1))
        self.headers_button.observe(lambda _: self._write(), "value")
        self.back_button.on_click(lambda _: self.back())
        self.reset(LATER)

    def reset(self, note: str) -> None:
        """Nothing is replayed, and `note` stands there."""
        self._over, self._said, self._amid = False, markup.rich(note), ""
        self.back()

    def say(self, note: str, *, warn: bool = False) -> None:
        """Change the note."""
        if warn:
            self._said = f'<span role="alert">{markup.icon("exclamation-triangle")} {markup.rich(note)}</span>'
        else:
            self._said = markup.rich(note)
        self._paint()

    def interject(self, note: str) -> None:
        """Say something for as long as it lasts; with nothing, what is said besides comes back."""
        self._amid = f'<span role="alert">{markup.icon("hourglass-half")} {markup.rich(note)}</span>' if note else ""
        self._paint()

    def end(self) -> None:
        """The probe has ended: it can be replayed."""
        self._over = True
        self._said = self._amid = ""
        if self._attempts:
            self.slider.max = len(self._attempts)
            self.slider.value = len(self._attempts)
        self._paint()

    def show(self, number: int) -> None:
        """Show the facts of the attempt of that number; of the nearest one where there is none."""
        if not self._attempts:
            return
        self.number = max(1, min(number, len(self._attempts)))
        self._chart.choose(self.number)
        self._paint()

    def back(self) -> None:
        """Back to the note, or to the replay."""
        self.number = None
        self.headers_button.value = False
        self._chart.choose(None)
        self._paint()

    def _replay(self, until: int) -> None:
        if self._over:
            self._chart.replay(until if until < len(self._attempts) else None)

    def _paint(self) -> None:
        walking, replaying = self.number is not None, self._over and bool(self._attempts)
        put(self.note, f"<p>{self._facts()}</p>" if walking else f"<p>{self._amid or self._said}</p>")
        marked(self.note, "ww-wide", on=walking or not replaying or bool(self._said))
        visible(self.note, on=walking or not replaying or bool(self._said))
        visible(self.slider, on=replaying and not walking)
        visible(self.facts_button, on=bool(self._attempts) and not walking)
        for button in self._walk:
            visible(button, on=walking)
        self._write()

    def _facts(self) -> str:
        attempt = self._attempts[(self.number or 1) - 1]
        why = f": {attempt.error}" if attempt.error else ""
        return f"<b>Attempt {markup.plain(told(attempt) + why)}</b>"

    def _write(self) -> None:
        opened = bool(self.headers_button.value) and self.number is not None
        visible(self.detail, on=opened)
        if opened:
            attempt = self._attempts[(self.number or 1) - 1]
            put(self.detail, attempt_detail(self._steps[attempt.number], attempt))
        else:
            put(self.detail, "")

    def grow(self) -> None:
        """Attempts were added."""
        visible(self.facts_button, on=bool(self._attempts) and self.number is None)


def _button(words: str, tooltip: str) -> ipywidgets.Button:
    return lean(ipywidgets.Button, description=words, tooltip=tooltip, css="ww-quiet")
