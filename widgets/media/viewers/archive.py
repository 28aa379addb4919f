"""A reply that holds other things: a list of them, each opened in the viewer that fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import Message
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import Entry, Part, multipart, tar_entries, tar_entry, unpacked, zip_entries, zip_entry
from widgets.media.registry import View, renderer
from widgets.media.reply import Piece, Reply
from widgets.media.sandbox import Text, change, show, tag
from widgets.media.view import MediaView

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence


DEEPEST = 3
"""How many archives may lie within each other."""

_SIGNS = {b"\x1f\x8b": "application/gzip", b"BZ": "application/x-bzip2", b"\xfd7": "application/x-xz"}


@dataclass(frozen=True, slots=True)
class Place:
    """One thing in the list: its name, what is known of it, and how it is taken out; None where it cannot be."""

    name: str
    facts: str
    take: Callable[[], Piece] | None


def deeper(reply: Reply) -> int:
    """Return how deep the pieces of `reply` lie; raise `ValueError` beyond `DEEPEST`."""
    depth = reply.depth + 1 if isinstance(reply, Piece) else 1
    if depth > DEEPEST:
        raise ValueError(f"it lies {DEEPEST} deep in other archives, and no deeper one is opened")
    return depth


class Pieces(View):
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
        self.view = ipywidgets.VBox(_dom_classes=["ww-piece"])
        row = ipywidgets.Box([self.choice, self.button], _dom_classes=["ww-form"])
        super().__init__([_list(places, words), row, self.message, self.view])
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
        return MediaView(replace(piece, depth=self._depth))

    def _paint(self, state: State[ipywidgets.Widget]) -> None:
        if not self.is_closed:
            self.button.disabled = isinstance(state, Running)
        match state:
            case Idle():
                pass
            case Running():
                change(self.message, tag("p", "Opening …", role="status"))
            case Finished(made):
                self.swap(self.view, made)
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


@renderer("application/zip", "application/java-archive", "application/vnd.android.package-archive", kind="a list")
def show_zip(reply: Reply) -> ipywidgets.Widget:
    """Show what is in a ZIP archive."""
    data = bytes(reply.body)
    return _listed(reply, *in_child(zip_entries, data), lambda number: in_child(zip_entry, data, number))


@renderer("application/x-tar", kind="a list of files")
def show_tar(reply: Reply) -> ipywidgets.Widget:
    """Show what is in a TAR archive."""
    data = bytes(reply.body)
    return _listed(reply, *in_child(tar_entries, data), lambda number: in_child(tar_entry, data, number))


@renderer("application/gzip", "application/x-bzip2", "application/x-xz", kind="what is packed in it")
def show_packed(reply: Reply) -> ipywidgets.Widget:
    """Show what gzip, bzip2 or xz hold."""
    data = bytes(reply.body)
    media_type = _SIGNS.get(data[:2], "application/gzip")
    name = reply.url.rstrip("/").rpartition("/")[2].removesuffix(".gz") or "unpacked"
    place = Place(name, f"from {len(data):,} bytes", lambda: Piece(name, in_child(unpacked, data, media_type)))
    return Pieces([place], "packed", deeper(reply), opened=True)


def _listed(reply: Reply, entries: list[Entry], total: int, take: Callable[[int], bytes]) -> ipywidgets.Widget:
    def opened(number: int, name: str) -> Piece:
        return Piece(name, take(number))

    places = [
        Place(
            entry.name,
            entry.note or (f"{entry.size:,} bytes" + (f", packed {entry.packed:,}" if entry.packed else "")),
            None if entry.note else partial(opened, number, entry.name),
        )
        for number, entry in enumerate(entries)
    ]
    words = f"{total:,} entries" + (f", the first {len(entries):,} are listed" if total > len(entries) else "")
    return Pieces(places, words, deeper(reply))


@renderer("multipart/mixed", "multipart/*", kind="parts")
def show_parts(reply: Reply) -> ipywidgets.Widget:
    """Show the parts of a multipart body."""
    found = in_child(multipart, bytes(reply.body), _boundary(reply))
    places = [Place(part.name, f"{part.media_type}, {len(part.body):,} bytes", partial(_piece, part)) for part in found]
    return Pieces(places, f"{len(found)} parts", deeper(reply))


def _boundary(reply: Reply) -> str:
    """Return what the header says parts are cut by, where the reply has its headers with it, as a fetched one has."""
    declared = Message()
    for name, value in getattr(reply, "headers", ()):
        if name.lower() == "content-type":
            declared["Content-Type"] = " ".join(value.split())
    return declared.get_boundary("")


def _piece(part: Part) -> Piece:
    return Piece(part.name, part.body, part.media_type, part.charset)
