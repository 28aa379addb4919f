"""A reply that holds other things: a list of them, each opened in the viewer that fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State
from widgets.kit.widgetry import close
from widgets.media.blob import Piece, Shown
from widgets.media.child import DecoderError
from widgets.media.sandbox import Text, change, show, tag
from widgets.media.stage import Stage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

DEEPEST = 3
"""How many archives may lie within each other."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing in the list: its name, what is known of it, and how it is taken out; None where it cannot be."""

    name: str
    facts: str
    take: Callable[[], Piece] | None


def deeper(reply: Shown) -> int:
    """Return how deep the pieces of `reply` lie; raise `ValueError` beyond `DEEPEST`."""
    depth = reply.depth + 1 if isinstance(reply, Piece) else 1
    if depth > DEEPEST:
        raise ValueError(f"it lies {DEEPEST} deep in other archives, and no deeper one is opened")
    return depth


class Pieces(ipywidgets.VBox):
    """A list with a chooser below; the chosen piece is taken out in a thread of its own."""

    def __init__(self, places: Sequence[Place], words: str, depth: int, *, opened: bool = False) -> None:
        self._takers = [place.take for place in places if place.take is not None]
        self._depth = depth
        self._job: Job[ipywidgets.Widget] = Job(self._work, self._paint)
        names = [place.name for place in places if place.take is not None]
        options = [(_label(number, name), number) for number, name in enumerate(names)]
        self.choice = ipywidgets.Dropdown(options=options, description="Entry")
        self.button = ipywidgets.Button(description="Open", disabled=not options)
        self.message = show()
        self.stage = ipywidgets.VBox(_dom_classes=["ww-piece"])
        row = ipywidgets.Box([self.choice, self.button], _dom_classes=["ww-form"])
        super().__init__([_list(places, words), row, self.message, self.stage])
        self.button.on_click(lambda _: self.take_out())
        if opened:
            self.take_out()

    def take_out(self) -> None:
        """Take the chosen piece out and show it; returns at once."""
        if self._takers:
            self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the piece is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> ipywidgets.Widget:
        piece = self._takers[self.choice.value or 0]()
        return Stage(replace(piece, depth=self._depth))

    def _paint(self, state: State[ipywidgets.Widget]) -> None:
        self.button.disabled = isinstance(state, Running)
        match state:
            case Idle():
                pass
            case Running():
                change(self.message, tag("p", "Opening …", role="status"))
            case Finished(stage):
                old = self.stage.children
                self.stage.children = (stage,)
                for widget in old:
                    close(widget)
                change(self.message, "")
            case Failed(DecoderError() | ValueError() as error):
                change(
                    self.message, tag("p", f"This entry cannot be opened: {error}.", class_="ww-reason", role="alert")
                )
            case Failed(error):
                change(self.message, tag("p", f"Opening it failed: {error}.", class_="ww-reason", role="alert"))


def _label(number: int, name: str) -> str:
    return f"{number + 1}. {' '.join(name.split())[:80]}"


def _list(places: Sequence[Place], words: str) -> ipywidgets.HTML:
    rows: list[Text] = [tag("tr", tag("td", place.name), tag("td", place.facts)) for place in places]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label="What is inside")
    return show(tag("p", words, class_="ww-facts"), box)
