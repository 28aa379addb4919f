"""The last replies as a strip of small pictures: shown again, pinned, or two compared on the stage. UI."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

import ipywidgets

from widgets.fetch.compare import Difference, compare
from widgets.fetch.history import Card, History
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import bare, box, close, html, lean, marked, put, visible

from .states import ERRORS

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.model.reply import Reply

SHOWN = 8
"""Small pictures that have room; pinned ones come first to be kept, not to be shown."""
SIGNS = (
    ("image/", "picture-o"),
    ("audio/", "music"),
    ("video/", "film"),
    ("application/pdf", "file-pdf-o"),
    ("text/csv", "table"),
    ("text/html", "globe"),
    ("application/fits", "rocket"),
    ("application/json", "code"),
    ("text/", "file-text-o"),
)
LATER = "The last replies stand here, to open again or to compare."


class HistoryPanel(ipywidgets.Box):
    """The strip.

    Args:
        show: Called with the card that is clicked.
        lay: Puts something else on the stage while two replies are compared; called with `None` to take it away.
        thumb: Makes a small PNG of a reply, or nothing.
    """

    def __init__(
        self,
        show: Callable[[Card], None],
        lay: Callable[[ipywidgets.Widget | None], None] = lambda _: None,
        thumb: Callable[[Reply], bytes] = lambda _: b"",
    ) -> None:
        self._show, self._lay, self._thumb = show, lay, thumb
        self.history = History()
        self.current = 0
        self.moments: dict[int, str] = {}
        self._small: dict[int, bytes] = {}
        self._places: dict[int, ipywidgets.Box] = {}
        self._job: Job[Difference] = Job(self._differences, self._paint)
        self.note = html(f"<p>{LATER}</p>", css="ww-later")
        self.cards = box(css="ww-cards")
        self.compare_button = lean(ipywidgets.Button, description="Compare", icon="exchange")
        self.compare_button.tooltip = "Compare the reply that is shown with another one"
        self.pin_button = lean(ipywidgets.ToggleButton, icon="thumb-tack", tooltip="Keep this reply", css="ww-icon")
        super().__init__(
            [self.note, self.cards, self.pin_button, self.compare_button], layout=bare(), _dom_classes=["ww-strip"]
        )
        visible(self.cards, on=False)
        visible(self.compare_button, on=False)
        visible(self.pin_button, on=False)
        self.sheet: Comparison | None = None
        self.compare_button.on_click(lambda _: self.compare())
        self.pin_button.observe(lambda change: self._pin(on=bool(change["new"])), "value")

    def add(self, reply: Reply) -> int:
        """Put a reply in the strip and return its number."""
        self.history = self.history.add(reply)
        number = self.current = self.history.count
        self.moments[number] = time.strftime("%H:%M")
        self._small[number] = self._thumb(reply)
        self._lay_out()
        return number

    def pin(self, number: int, *, on: bool) -> None:
        """Keep a reply for good, or let it go in its turn."""
        self.history = self.history.pin(number, on=on)
        self._lay_out()

    def _pin(self, *, on: bool) -> None:
        card = self.history.card(self.current)
        if card is not None and card.pinned != on:
            self.pin(self.current, on=on)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the comparison is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _lay_out(self) -> None:
        """Only what is new is made: the pictures of the others stay where they are."""
        cards = self.history.cards[::-1][:SHOWN]
        for card in cards:
            if card.number not in self._places:
                self._places[card.number] = self._place(card)
            place = self._places[card.number]
            put(place.children[0], picture_of(card, self._small.get(card.number, b"")))
            marked(place, "ww-on", on=card.number == self.current)
        wanted = tuple(self._places[card.number] for card in cards)
        if self.cards.children != wanted:
            self.cards.children = wanted
        kept = {card.number for card in self.history.cards}
        for number in [number for number in self._places if number not in {card.number for card in cards}]:
            close(self._places.pop(number))
        for known in (self._small, self.moments):
            for number in [number for number in known if number not in kept]:
                del known[number]
        visible(self.note, on=not cards)
        visible(self.cards, on=bool(cards))
        visible(self.compare_button, on=len(self.history.cards) > 1)
        visible(self.pin_button, on=bool(cards))
        shown = self.history.card(self.current)
        self.pin_button.value = bool(shown and shown.pinned)

    def _place(self, card: Card) -> ipywidgets.Box:
        name = f"Reply {card.number}: {card.reply.facts}"
        button = lean(ipywidgets.Button, description=name, tooltip=card.reply.url)
        button.on_click(lambda _: self.open_again(card.number))
        return box([html(), button], "ww-thumb")

    def open_again(self, number: int) -> None:
        """Show an earlier reply again."""
        card = self.history.card(number)
        if card is not None:
            self.current = number
            self._lay_out()
            self._show(card)

    def compare(self) -> None:
        """Fill the stage with what differs between the reply that is shown and the one before."""
        if self.sheet is None:
            self.sheet = Comparison(lambda: self._lay(None), self._job.start)
        cards = self.history.cards[::-1]
        options = [(f"{card.number}: {card.reply.facts}", card.number) for card in cards]
        others = [card.number for card in cards if card.number < self.current] or [
            card.number for card in cards if card.number != self.current
        ]
        self.sheet.offer(options, self.current, others[0] if others else self.current)
        self._lay(self.sheet)
        self._job.start()

    def _differences(self, _: threading.Event) -> Difference:
        first, second = map(self.history.card, self.sheet.chosen if self.sheet else (0, 0))
        if first is None or second is None:
            raise LookupError("one of the two replies is gone")
        return compare(first.reply, second.reply)

    def _paint(self, state: State[Difference]) -> None:
        if self.sheet is not None:
            self.sheet.paint(state)


class Comparison(ipywidgets.VBox):
    """Two replies side by side.

    Args:
        done: Called when a person has seen enough.
        again: Called when another one is chosen.
    """

    def __init__(self, done: Callable[[], None], again: Callable[[], object]) -> None:
        self.first = lean(ipywidgets.Dropdown, description="Compare")
        self.second = lean(ipywidgets.Dropdown, description="with")
        self.close_button = lean(ipywidgets.Button, description="Close", tooltip="Back to the reply", css="ww-quiet")
        self.message, self.tables, self.lines = markup.line(), html(css="ww-two"), html()
        self._offering = False
        head = box([self.first, self.second, self.close_button], "ww-buttons")
        super().__init__([head, self.message, self.tables, self.lines], _dom_classes=["ww-comparison"])
        self.close_button.on_click(lambda _: done())
        for field in (self.first, self.second):
            field.observe(lambda _: None if self._offering else again(), "value")

    @property
    def chosen(self) -> tuple[int, int]:
        """The numbers of the two."""
        return self.first.value or 0, self.second.value or 0

    def offer(self, options: list[tuple[str, int]], first: int, second: int) -> None:
        """Offer replies, and choose two of them."""
        self._offering = True  # what is chosen here was not chosen by a person
        for field, chosen in ((self.first, first), (self.second, second)):
            field.options = options
            field.value = chosen
        self._offering = False

    def paint(self, state: State[Difference]) -> None:
        """Show what differs, or why that cannot be said."""
        match state:
            case Idle():
                pass
            case Running():
                markup.say(self.message, "Comparing …", tone="busy")
            case Finished(found):
                markup.say(self.message, found.body)
                columns = ("Name", f"Reply {self.first.value}", f"Reply {self.second.value}")
                facts = markup.table("What differs", columns, found.facts)
                put(self.tables, facts + markup.table("Headers that differ", columns, found.headers))
                put(self.lines, markup.code("\n".join(found.lines), "Lines that differ") if found.lines else "")
            case Failed(error):
                words = str(error) if isinstance(error, LookupError) else "this is a fault of the dashboard"
                markup.say(self.message, f"They cannot be compared: {words}.", tone="bad", role="alert")


def picture_of(card: Card, small: bytes) -> str:
    """The HTML of one small picture: what it shows, its number, and a pin."""
    reply = card.reply
    if small:
        address = f"data:image/png;base64,{base64.b64encode(small).decode('ascii')}"
        inside = f'<img alt="" src="{address}">'
    elif reply.status >= ERRORS:
        inside = f'<b class="ww-status">{reply.status}</b>'
    else:
        inside = markup.icon(next((sign for kind, sign in SIGNS if reply.media_type.startswith(kind)), "file-o"))
    pin = f'<span class="ww-pin">{markup.icon("thumb-tack")}</span>' if card.pinned else ""
    return f"{inside}<em>{card.number}</em>{pin}"
