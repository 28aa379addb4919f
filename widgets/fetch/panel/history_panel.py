"""The last replies as small cards: shown again, pinned, or two compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.fetch.compare import Difference, compare
from widgets.fetch.history import Card, History
from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import close, visible

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.model.reply import Reply


class HistoryPanel(ipywidgets.VBox):
    """Cards of the last replies.

    Args:
        show: Called with the reply of a card that is clicked.
    """

    def __init__(self, show: Callable[[Reply], None]) -> None:
        self._show = show
        self.history = History()
        self._job: Job[Difference] = Job(self._differences, self._paint)
        self.cards = ipywidgets.Box().add_class("ww-cards")
        self.first = ipywidgets.Dropdown(description="Compare")
        self.second = ipywidgets.Dropdown(description="with")
        self.button = ipywidgets.Button(description="Compare")
        self.message = markup.line()
        self.tables = ipywidgets.HTML()
        self.lines = ipywidgets.Textarea(rows=12, description="Lines").add_class("ww-code")
        self._comparison = ipywidgets.Box([self.first, self.second, self.button]).add_class("ww-form")
        visible(self._comparison, on=False)
        visible(self.lines, on=False)
        super().__init__([self.cards, self._comparison, self.message, self.tables, self.lines])
        self.button.on_click(lambda _: self._job.start())

    def add(self, reply: Reply) -> int:
        """Put a reply among the others and return its number."""
        self.history = self.history.add(reply)
        self._lay_out(first=self.history.count)
        return self.history.count

    def pin(self, number: int, *, on: bool) -> None:
        """Keep a reply for good, or let it go in its turn."""
        self.history = self.history.pin(number, on=on)
        self._lay_out(first=self.first.value)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the comparison is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _lay_out(self, first: int) -> None:
        """Lay the cards out, with reply `first` chosen to be compared with the one that was chosen before."""
        old = self.cards.children
        cards = self.history.cards[::-1]
        self.cards.children = tuple(self._card(card) for card in cards)
        for widget in old:
            close(widget)
        options = [(card.title, card.number) for card in cards]
        for field, chosen in ((self.first, first), (self.second, self.second.value)):
            field.options = options
            field.value = chosen if self.history.card(chosen or 0) else cards[-1].number
        visible(self._comparison, on=len(cards) > 1)

    def _card(self, card: Card) -> ipywidgets.Widget:
        open_it = ipywidgets.Button(description=card.title, tooltip=card.reply.url).add_class("ww-reply")
        pin = ipywidgets.ToggleButton(value=card.pinned, description="Pin", tooltip=f"Keep reply {card.number}")
        open_it.on_click(lambda _: self._show(card.reply))
        pin.observe(lambda change: self.pin(card.number, on=bool(change["new"])), "value")
        return ipywidgets.Box([open_it, pin]).add_class("ww-form")

    def _differences(self, _: threading.Event) -> Difference:
        first, second = self.history.card(self.first.value), self.history.card(self.second.value)
        if first is None or second is None:
            raise LookupError("one of the two replies is gone")
        return compare(first.reply, second.reply)

    def _paint(self, state: State[Difference]) -> None:
        match state:
            case Idle():
                pass
            case Running():
                markup.say(self.message, "Comparing …", tone="busy")
            case Finished(found):
                markup.say(self.message, found.body)
                columns = ("Name", "First", "Second")
                facts = markup.table("What differs", columns, found.facts)
                self.tables.value = facts + markup.table("Headers that differ", columns, found.headers)
                self.lines.value = "\n".join(found.lines)
                visible(self.lines, on=bool(found.lines))
            case Failed(error):
                markup.say(self.message, f"They cannot be compared: {error}.", tone="bad", role="alert")
