"""Every hostile reply, fetched and shown as the dashboard does it, a batch at a click. For a notebook of a test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ipywidgets
from requests.utils import requote_uri

from tests.media import attacks
from widgets.fetch import Fetcher
from widgets.fetch.shelf import Shelf
from widgets.fetch.view import ReplyView
from widgets.media import render
from widgets.media.viewers.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from widgets.fetch import Reply

BATCH = 120
"""Replies at a click. A Jupyter server drops messages, without a word, once more than 3,000 that are no `comm_open`
came within 3 s: all replies at one click would never be shown."""

WHOLE = 10
"""One page of so many is shown with all that the dashboard puts around it, and so is everything that is no page."""

CONTROLS = ("event handlers", "loads")


class Parade(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A button that shows the next batch, one that shows some attacks without protection, and what is shown.

    Args:
        service: Where the replies are served.
        beacon: Where an attack that succeeds is seen.
    """

    def __init__(self, service: str, beacon: str) -> None:
        self._service = service
        self._beacon = beacon
        self._left = [path_of(reply) for reply in attacks.replies(beacon)]
        self._count = self._fetched = 0
        self._mould = ReplyView()
        self.done = ipywidgets.Label("batch 0")
        self.stage = ipywidgets.VBox()
        self.shelf = Shelf(lambda _: None)
        onward, bare = ipywidgets.Button(description="Onward"), ipywidgets.Button(description="Bare")
        super().__init__([onward, bare, self.done, self.stage, self.shelf])
        onward.on_click(lambda _: self.march())
        bare.on_click(lambda _: self.undress())

    def march(self) -> None:
        """Fetch and show the next batch."""
        paths, self._left = self._left[:BATCH], self._left[BATCH:]
        self._show([self._shown(path) for path in paths])
        self.shelf.add(self._last)

    def undress(self) -> None:
        """Show some attacks in `ipywidgets.HTML`, which protects from nothing: they must be seen to work."""
        armed = iter(attacks.armed(self._beacon))
        bare = [text for name, texts in attacks.TECHNIQUES.items() for text in _take(armed, texts) if name in CONTROLS]
        self._show([ipywidgets.HTML(text.encode("utf-8", "replace").decode()) for text in bare])

    def _show(self, widgets: list[ipywidgets.Widget]) -> None:
        self._count += 1
        old, self.stage.children = self.stage.children, widgets
        for widget in old:
            widget.close()
        self.done.value = f"batch {self._count}: {len(widgets)} shown, {len(self._left)} left"

    def _shown(self, path: str) -> ipywidgets.Widget:
        self._fetched += 1
        reply = self._last = Fetcher().fetch(self._service + path)
        bare = reply.media_type in ("text/html", "image/svg+xml") and self._fetched % WHOLE
        return (self._view(reply) if bare else _whole(reply)).add_class("ww-hostile")

    def _view(self, reply: Reply) -> ipywidgets.Widget:
        """Return the view and all text around it, in few widgets."""
        mould = self._mould
        mould.put(reply, ipywidgets.Box(), ipywidgets.Box())
        words = [part.value for part in (mould.caption, mould.facts, mould.headers, mould.happened)]
        return ipywidgets.VBox([ipywidgets.HTML("".join(words)), render(reply, shown_as=reply.media_type)])


def _whole(reply: Reply) -> ipywidgets.Widget:
    """Return all that the dashboard shows, with the first entry of an archive opened."""
    view = ReplyView()
    view.put(reply, render(reply), render(reply, shown_as="application/octet-stream"))
    for pieces in _within(view):
        pieces.take_out()
        pieces.join(10)
    return view


def path_of(reply: attacks.Hostile) -> str:
    """Return the path of a reply as it is asked for."""
    return requote_uri(re.sub("%.?$", "", reply.path))  # A path that was cut may end within an escape.


def _take(armed: Iterator[str], texts: list[str]) -> list[str]:
    return [next(armed) for _ in texts]


def _within(widget: ipywidgets.Widget) -> Iterator[Pieces]:
    if isinstance(widget, Pieces):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _within(child)
