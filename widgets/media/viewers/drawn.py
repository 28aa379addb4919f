"""Numbers that were drawn, and choosers of what is drawn: a plane, a variable, a sheet, a page of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State
from widgets.kit.widgetry import visible
from widgets.media.child import DecoderError
from widgets.media.decoders import Table
from widgets.media.decoders.arrays import Drawn, Line, Picture, Words
from widgets.media.registry import View
from widgets.media.sandbox import Markup, Text, change, show, tag
from widgets.media.viewers.picture import zoomable
from widgets.media.viewers.table import TableView, scaled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

STRETCHES = (("1st to 99th percentile", "percentile"), ("smallest to largest", "range"))
_WIDTH, _HEIGHT = 500, 150


def drawing(one: Drawn, name: str, title: str = "") -> ipywidgets.Widget:
    """Return the view of what was drawn.

    Args:
        one: A picture, a line, a table, or words.
        name: What it is, for those who do not see it.
        title: Which part of a whole it is, as `"plane 2 of 5"`.
    """
    lead = f"{title}: " if title else ""
    match one:
        case Picture(png, words):
            return show(zoomable(png, "image/png", f"{name}: {words}"), tag("p", lead, words, class_="ww-facts"))
        case Line(values, words):
            return show(curve(values, f"{name}: {words}"), tag("p", lead, words, class_="ww-facts"))
        case Words(text):
            return show(tag("p", lead, text))
        case Table():
            return TableView(one, name)


def curve(values: Sequence[float | None], words: str) -> Markup:
    """Return numbers as a line; where one is missing the line has a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return tag("p", "There is no finite number to draw.")
    low, high = min(known), max(known)
    span, step = (high - low) or 1.0, _WIDTH / max(1, len(values) - 1)
    path, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        # Halves: the difference of the largest and the smallest float is none.
        path.append(f"{pen}{place * step:.1f} {5 + _HEIGHT * (1 - (value / span - low / span)):.1f}")
        pen = "L"
    dots = "" if len(known) > 1 else f'<circle cx="{_WIDTH // 2}" cy="80" r="3"/>'
    drawing = f'<path d="{"".join(path)}" fill="none" stroke="#1976d2" stroke-width="1.5"/>{dots}'
    return scaled(drawing, low, high, f"Line of {words}")


def facts(rows: Sequence[tuple[str, str]], title: str, *, opened: bool = False) -> Markup:
    """Return names and values, folded away under a title; nothing where there are none."""
    if not rows:
        return tag("span")
    lines: list[Text] = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in rows]
    table = tag("table", tag("tbody", *lines), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label=title)
    return tag("details", tag("summary", title), box, open=opened)


def stretch_choice() -> ipywidgets.Dropdown:
    """Return a chooser of the values between which a picture goes from black to white."""
    return ipywidgets.Dropdown(options=STRETCHES, description="Stretch")


def number_choice(count: int, name: str) -> ipywidgets.BoundedIntText:
    """Return a chooser of one of `count`, from 1; without a sign on the page where there is but one."""
    chooser = ipywidgets.BoundedIntText(value=1, min=1, max=max(1, count), description=f"{name} of {count:,}")
    visible(chooser, on=count > 1)
    return chooser


def count_again(chooser: ipywidgets.BoundedIntText, count: int, name: str) -> None:
    """Let a chooser of `number_choice` choose among another number of things, beginning with the first."""
    chooser.value = 1
    chooser.max = max(1, count)
    chooser.description = f"{name} of {count:,}"
    visible(chooser, on=count > 1)


class Chosen(View):
    """Choosers, and below them what they choose, which is made in a thread of its own.

    Args:
        choices: Choosers by the names under which `make` gets their values.
        make: Returns the view; what it raises is shown in its place.
        again: Told the name of a chooser that changed, and all choosers, before anything is made: it may change others.
    """

    def __init__(
        self,
        choices: Mapping[str, ipywidgets.DOMWidget],
        make: Callable[..., ipywidgets.Widget],
        again: Callable[[str, Mapping[str, Any]], None] | None = None,
    ) -> None:
        self.choices = dict(choices)
        self._make = make
        self._job: Job[tuple[dict[str, Any], ipywidgets.Widget]] = Job(self._work, self._paint)
        self._changing = False
        self.message = show()
        self.view = ipywidgets.VBox()
        row = ipywidgets.Box(list(self.choices.values()), _dom_classes=["ww-form"])
        super().__init__([row, self.message, self.view])
        self._again = again
        try:
            self.view.children = (make(**self._wanted()),)
        except DecoderError as error:
            self._say(str(error))
        for name, chooser in self.choices.items():
            chooser.observe(lambda _, name=name: self._choose(name), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until what was chosen last is there, at most `timeout` seconds for each choice."""
        self._job.join(timeout)

    def _wanted(self) -> dict[str, Any]:
        return {name: chooser.value for name, chooser in self.choices.items()}

    def _choose(self, name: str) -> None:
        if self._changing:
            return
        if self._again is not None:
            self._changing = True
            try:
                self._again(name, self.choices)
            finally:
                self._changing = False
        self._job.start()

    def _work(self, _: threading.Event) -> tuple[dict[str, Any], ipywidgets.Widget]:
        wanted = self._wanted()
        try:
            return wanted, self._make(**wanted)
        except DecoderError as error:
            return wanted, show(tag("p", _NOT_SHOWN.format(error), class_="ww-reason", role="alert"))

    def _paint(self, state: State[tuple[dict[str, Any], ipywidgets.Widget]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((wanted, made)):
                self.swap(self.view, made)
                if self.is_closed:
                    return
                change(self.message, "")
                if wanted != self._wanted():  # Another choice was made meanwhile.
                    self._job.start()
            case Failed(error):
                self._say(str(error))

    def _say(self, why: str) -> None:
        change(self.message, tag("p", _NOT_SHOWN.format(why), class_="ww-reason", role="alert"))


_NOT_SHOWN = "This is not shown: {}."
