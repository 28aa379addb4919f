"""Every hostile reply, fetched and shown as the dashboard does it, a batch at a click. For a notebook of a test."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import comm
import ipywidgets
from requests.utils import requote_uri

from tests.media import attacks
from widgets.app import STYLESHEETS
from widgets.app import __file__ as app_file
from widgets.fetch import Fetcher
from widgets.fetch.panel.history_panel import HistoryPanel
from widgets.fetch.panel.reply_view import ReplyView
from widgets.kit import markup
from widgets.kit.widgetry import lean
from widgets.media import render
from widgets.media.viewers.archive import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from widgets.fetch import Reply

BATCH = 110
"""Replies at a click. A Jupyter server drops messages, without a word, once more than 3,000 that are no `comm_open`
came within 3 s: all replies at one click might never be shown."""

LIVE = 10
"""One page or drawing of so many is shown in the dashboard's own widgets, and so is everything else. Of the others all
that is markup is there too, from the same code, but in one widget: sixty for each would take minutes. What is left out
of those are fields and buttons, whose text no browser takes for markup."""

HERE = Path(app_file).parent
CONTROLS = ("event handlers", "loads")


class Parade(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Buttons that show the next batch, one attack, and many attacks, the latter two without protection.

    Args:
        service: Where the replies are served.
        beacon: Where an attack that succeeds is seen.
    """

    def __init__(self, service: str, beacon: str) -> None:
        self._service = service
        self._beacon = beacon
        self._left = [path_of(reply) for reply in attacks.replies(beacon)]
        self._fetched = 0
        (
            lean(ipywidgets.HTML),
            lean(ipywidgets.ToggleButtons),
            lean(ipywidgets.Dropdown),
            lean(ipywidgets.Button),
        )  # what is shared
        with _unseen():
            self._mould = ReplyView()
        self.done = ipywidgets.Label(_dom_classes=["ww-done"])
        self.stage = ipywidgets.Box(_dom_classes=["ww-parade"])
        self.history = HistoryPanel(lambda _: None)
        deeds = {"Onward": self.march, "First": self.undress_one, "Bare": self.undress}
        buttons = [ipywidgets.Button(description=name, _dom_classes=["ww-deed"]) for name in deeds]
        styles = markup.stylesheet(*((HERE / name).read_text("utf-8") for name in STYLESHEETS))
        super().__init__([styles, *buttons, self.done, self.stage, self.history], _dom_classes=["ww-dashboard"])
        for button in buttons:
            button.on_click(lambda pressed: self._do(deeds[pressed.description]))

    def _do(self, deed: Callable[[], None]) -> None:
        """Do it, and say what went wrong where the test looks: Voila shows no error of a click."""
        try:
            deed()
        except Exception as error:
            self.done.value = f"{type(error).__name__}: {error}"
            raise

    def march(self) -> None:
        """Fetch and show the next batch."""
        paths, self._left = self._left[:BATCH], self._left[BATCH:]
        self._show([self._shown(path) for path in paths])
        self.history.add(self._last)

    def undress_one(self) -> None:
        """Show one string that runs and one that asks in `ipywidgets.HTML`, which protects from nothing."""
        self._show([ipywidgets.HTML(texts[0]) for texts in self._controls()])

    def undress(self) -> None:
        """Show all of those techniques so: they must be seen to work."""
        bare = [text for texts in self._controls() for text in texts]
        self._show([ipywidgets.HTML(text.encode("utf-8", "replace").decode()) for text in bare])

    def _controls(self) -> list[list[str]]:
        armed = iter(attacks.armed(self._beacon))
        every = {name: [next(armed) for _ in texts] for name, texts in attacks.TECHNIQUES.items()}
        return [every[name] for name in CONTROLS]

    def _show(self, widgets: Sequence[ipywidgets.Widget]) -> None:
        old, self.stage.children = self.stage.children, widgets
        for widget in old:
            widget.close()
        self.done.value = f"{len(widgets)} shown, {len(self._left)} left"

    def _shown(self, path: str) -> ipywidgets.Widget:
        self._fetched += 1
        reply = self._last = Fetcher().fetch(self._service + path)
        if reply.media_type in ("text/html", "image/svg+xml") and self._fetched % LIVE:
            return ipywidgets.HTML(self._markup(reply), _dom_classes=["ww-hostile"])
        view = ReplyView()
        _put(view, reply)
        for pieces in _of_kind(view, Pieces):
            pieces.take_out()
            pieces.join(30)
        return ipywidgets.Box([view], _dom_classes=["ww-hostile"])

    def _markup(self, reply: Reply) -> str:
        """Return all markup of what the dashboard shows of a reply."""
        with _unseen():
            _put(self._mould, reply)
        return "".join(widget.value for widget in _of_kind(self._mould, ipywidgets.HTML))


def _put(view: ReplyView, reply: Reply) -> None:
    """Show all that the dashboard shows of a reply."""
    view.put(reply, render(reply), render(reply, shown_as="application/octet-stream"))


@contextmanager
def _unseen() -> Iterator[None]:
    """Make widgets of which the browser is told nothing."""
    with patch.object(comm, "create_comm", comm.DummyComm):
        yield


def path_of(reply: attacks.Hostile) -> str:
    """Return the path of a reply as it is asked for."""
    return requote_uri(re.sub("%.?$", "", reply.path))  # A path that was cut may end within an escape.


def _of_kind(widget: ipywidgets.Widget, kind: type[ipywidgets.Widget]) -> Iterator[ipywidgets.Widget]:
    if isinstance(widget, kind):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _of_kind(child, kind)
