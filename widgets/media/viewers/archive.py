"""A reply that holds other things: a list of them, each opened in the viewer that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.http.message import in_one_line, meant
from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import (
    MOST_BYTES,
    Entry,
    Listing,
    Part,
    letter,
    multipart,
    tar_entries,
    tar_entry,
    unpacked,
    zip_entries,
    zip_entry,
)
from widgets.media.decoders.archive import MOST_ENTRIES
from widgets.media.names import file_name, harmless
from widgets.media.registry import View, renderer
from widgets.media.reply import Piece, Reply, parameter
from widgets.media.sandbox import Text, change, show, tag
from widgets.media.source import Source, source_of
from widgets.media.verdict import SAYS_NOTHING
from widgets.media.view import MediaView
from widgets.media.viewers.text import source_of as text_source_of
from widgets.model.quantity import counted

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence


DEEPEST = 3
"""How many archives may lie within each other."""

_SIGNS = {
    b"\x1f\x8b": "application/gzip",
    b"BZ": "application/x-bzip2",
    b"\xfd7": "application/x-xz",
    b"]\0": "application/x-xz",  # what came before it, which its reader reads too
    b"\x28\xb5": "application/zstd",
}


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
        self._job: Job[tuple[int, ipywidgets.Widget]] = Job(self._work, self._paint)
        self._wanted = 0
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
            self._wanted = self.choice.value or 0
            self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the piece is there, at most `timeout` seconds."""
        self._job.join(timeout)
        if self._job.running:  # on what was asked for meanwhile
            self._job.join(timeout)

    def _work(self, _: threading.Event) -> tuple[int, ipywidgets.Widget]:
        wanted = self._wanted
        return wanted, MediaView(replace(self._takers[wanted](), depth=self._depth))

    def _paint(self, state: State[tuple[int, ipywidgets.Widget]]) -> None:
        if not self.is_closed:
            self.button.disabled = isinstance(state, Running)
        match state:
            case Idle():
                pass
            case Running():
                change(self.message, tag("p", "Opening …", role="status"))
            case Finished((number, made)):
                self.swap(self.view, made)
                change(self.message, "")
                if number != self._wanted and not self.is_closed:  # Another one was asked for meanwhile.
                    self._job.start()
            case Failed(DecoderError() | ValueError() as error):
                change(
                    self.message, tag("p", f"This entry cannot be opened: {error}.", class_="ww-reason", role="alert")
                )
            case Failed(error):
                change(
                    self.message, tag("p", f"Opening it failed: {in_words(error)}.", class_="ww-reason", role="alert")
                )


def _label(number: int, name: str) -> str:
    return f"{number + 1}. {in_one_line(name)[:80]}"


def _list(places: Sequence[Place], words: str) -> ipywidgets.HTML:
    rows: list[Text] = [tag("tr", tag("td", place.name), tag("td", place.facts)) for place in places]
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label="What is inside")
    return show(tag("p", words, class_="ww-facts"), box)


@renderer(
    "application/zip",
    "application/java-archive",
    "application/vnd.android.package-archive",
    "application/x-zip-compressed",
    "*/*+zip",
    kind="a list",
)
def show_zip(reply: Reply) -> ipywidgets.Widget:
    """Show what is in a ZIP archive."""
    return _Archive(reply, zip_entries, zip_entry)


@renderer("application/x-tar", "application/x-gtar", "application/x-tgz", kind="a list of files")
def show_tar(reply: Reply) -> ipywidgets.Widget:
    """Show what is in a TAR archive, compressed or not."""
    return _Archive(reply, tar_entries, tar_entry)


@renderer(
    "application/gzip",
    "application/x-gzip",
    "application/x-bzip2",
    "application/x-xz",
    "application/x-lzma",
    "application/zstd",
    "application/x-zstd",
    kind="what is packed in it",
)
def show_packed(reply: Reply) -> ipywidgets.Widget:
    """Show what gzip, bzip2, xz or Zstandard hold: the files of a TAR archive, else the one thing, or its beginning."""
    media_type = _SIGNS.get(reply.body[:2], "application/gzip")
    head, _ = in_child(unpacked, source_of(reply.body), media_type, _TAR_SIGN[0] + len(_TAR_SIGN[1]))
    if head[_TAR_SIGN[0] :] == _TAR_SIGN[1]:
        return show_tar(reply)
    name = _PACKED.sub(lambda found: _SHORTER.get(found[0].lower(), ""), file_name(reply, media_type)) or "unpacked"
    if "." not in name:
        name = harmless(_name_inside(reply.body[:_LONGEST_HEAD])) or name
    body, whole = in_child(unpacked, source_of(reply.body), media_type, _PREVIEW)
    if not whole:
        body, whole = in_child(unpacked, source_of(reply.body), media_type)
    cut = ""
    if not whole:
        broken, came, body = len(body) < MOST_BYTES, len(body), body[:_PREVIEW]
        cut = "; what it holds is broken off or damaged" if broken else ""
        if broken and came == len(body):
            cut += f"; what came out of it, {counted(came, 'byte')}, is opened here"
        else:
            cut += f"; only the first {counted(len(body), 'byte')} of what it holds are opened here"
    inner = _BY_ENDING.get(name[-4:], "") or _inner(reply.media_type)
    place = Place(name, f"from {len(reply.body):,} bytes{cut}", lambda: Piece(name, body, inner))
    return Pieces([place], f"packed{cut}", deeper(reply), opened=True)


def _inner(declared: str) -> str:
    """As what a thing is declared that came packed though nothing says so; empty where the packing is declared."""
    packed = declared in SAYS_NOTHING or re.search(r"zip|zst|xz|lzma|compress|\btar\b|x-[gt]", declared)
    return "" if packed else declared


def _name_inside(head: bytes) -> str:
    """Return the name that gzip data tell of what they hold, which is in Latin-1; empty for none (RFC 1952, 2.3.1)."""
    if head[:3] != b"\x1f\x8b\x08" or not head[3] & _HAS_NAME:
        return ""
    start = 12 + int.from_bytes(head[10:12], "little") if head[3] & _HAS_MORE else 10
    name, end, _ = head[start:].partition(b"\0")
    return meant(name.decode("latin-1"), "") if end else ""


_LONGEST_HEAD = 4096
_HAS_MORE, _HAS_NAME = 4, 8
_PACKED = re.compile(r"(?i)\.(?:gz|bz2|xz|lzma|zst|svgz|emz|wmz)$")
_SHORTER = {".svgz": ".svg", ".emz": ".emf", ".wmz": ".wmf"}
_TAR_SIGN = (257, b"ustar")
_PREVIEW = 2_000_000
_BY_ENDING = {".csv": "text/csv", ".tsv": "text/tab-separated-values"}


class _Archive(View):
    """A list of entries, a page at a time where there are many."""

    def __init__(
        self,
        reply: Reply,
        listed: Callable[[Source, str, int], Listing],
        taken: Callable[[Source, int], bytes],
    ) -> None:
        self._reply = reply
        self._listed = listed
        self._taken = taken
        self._depth = deeper(reply)
        listing = in_child(listed, source_of(reply.body), reply.charset, 0)
        self.strict = listing.whole
        self._job: Job[Listing] = Job(self._work, self._paint)
        more = "There are more" in listing.said
        last = -(-listing.total // MOST_ENTRIES) + (_MORE_PAGES if more else 0)
        self.page = ipywidgets.BoundedIntText(value=1, min=1, max=max(1, last), description="Page")
        self._message = show()
        self._list = ipywidgets.VBox([self._drawn(listing)])
        super().__init__([*([self.page] if last > 1 else []), self._message, self._list])
        self.page.observe(lambda _: self._job.start(), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the page is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> Listing:
        return in_child(self._listed, source_of(self._reply.body), self._reply.charset, self.page.value - 1)

    def _paint(self, state: State[Listing]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished(listing):
                change(self._message, "")
                self.swap(self._list, self._drawn(listing))
            case Failed(error):
                change(
                    self._message,
                    tag("p", f"This page cannot be shown: {in_words(error)}.", class_="ww-reason", role="alert"),
                )

    def _drawn(self, listing: Listing) -> ipywidgets.Widget:
        places = [
            Place(
                entry.name,
                entry.note or entry.said or _sized(entry),
                None if entry.note else partial(self._opened, listing.first + number, entry.name),
            )
            for number, entry in enumerate(listing.entries)
        ]
        words = counted(listing.total, "entry", "entries")
        if listing.total > len(places):
            words += f", {listing.first + 1:,} to {listing.first + len(places):,} are listed"
        return Pieces(places, f"{words}. {listing.said}".strip() if listing.said else words, self._depth)

    def _opened(self, number: int, name: str) -> Piece:
        return Piece(name, in_child(self._taken, source_of(self._reply.body), number))


def _sized(entry: Entry) -> str:
    return counted(entry.size, "byte") + (f", packed {entry.packed:,}" if entry.packed else "")


_MORE_PAGES = 500
"""Pages that are offered beyond what was seen of an archive of which the end is not known."""


@renderer("multipart/mixed", "multipart/*", kind="parts")
def show_parts(reply: Reply) -> ipywidgets.Widget:
    """Show the parts of a multipart body."""
    found = in_child(multipart, bytes(reply.body), parameter(reply, "boundary"))
    places = [_place(part) for part in found]
    # Cameras send one picture behind the other, and none is the last.
    ends = reply.media_type.endswith("mixed-replace") or _LAST_LINE.search(reply.body[-_LONGEST_END:])
    words = counted(len(found), "part") + ("" if ends else "; no line closes the last one: more may be missing")
    return Pieces(places, words, deeper(reply), opened=True)


_LAST_LINE = re.compile(rb"(?m)^--[^\r\n]{1,72}--[ \t]*\r?$")
_LONGEST_END = 65_536


@renderer("message/rfc822", kind="a letter")
def show_letter(reply: Reply) -> ipywidgets.Widget:
    """Show who wrote a letter, to whom, of what and when; its text, and what is attached to it."""
    found = in_child(letter, bytes(reply.body))
    rows: list[Text] = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in found.fields]
    head = show(tag("table", tag("tbody", *rows), class_="ww-table"))
    places = [_place(part) for part in found.parts]
    pieces = Pieces(places, counted(len(places), "part"), deeper(reply), opened=True)
    return ipywidgets.VBox([head, pieces, show(text_source_of(reply))])


def _place(part: Part) -> Place:
    return Place(part.name, f"{part.media_type}, {counted(len(part.body), 'byte')}", partial(_piece, part))


def _piece(part: Part) -> Piece:
    return Piece(part.name, part.body, part.media_type, part.charset)
