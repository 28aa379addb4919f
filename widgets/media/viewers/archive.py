"""Archives: a list, and each entry in the viewer that fits it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from widgets.media.blob import Piece, Shown
from widgets.media.child import in_child
from widgets.media.decoders import Entry, tar_entries, tar_entry, unpacked, zip_entries, zip_entry
from widgets.media.registry import renderer
from widgets.media.viewers.pieces import Pieces, Place, deeper

if TYPE_CHECKING:
    from collections.abc import Callable

    import ipywidgets


@renderer("application/zip", "application/epub+zip", "application/java-archive", kind="a list")
def show_zip(reply: Shown) -> ipywidgets.Widget:
    """Show what is in a ZIP archive."""
    data = bytes(reply.body)
    return _listed(reply, *in_child(zip_entries, data), lambda number: in_child(zip_entry, data, number))


@renderer("application/x-tar", kind="a list of files")
def show_tar(reply: Shown) -> ipywidgets.Widget:
    """Show what is in a TAR archive."""
    data = bytes(reply.body)
    return _listed(reply, *in_child(tar_entries, data), lambda number: in_child(tar_entry, data, number))


@renderer("application/gzip", "application/x-bzip2", "application/x-xz", kind="what is packed in it")
def show_packed(reply: Shown) -> ipywidgets.Widget:
    """Show what gzip, bzip2 or xz hold."""
    data = bytes(reply.body)
    media_type = _SIGNS.get(data[:2], "application/gzip")
    name = reply.url.rstrip("/").rpartition("/")[2].removesuffix(".gz") or "unpacked"
    place = Place(name, f"from {len(data):,} bytes", lambda: Piece(name, in_child(unpacked, data, media_type)))
    return Pieces([place], "packed", deeper(reply), opened=True)


_SIGNS = {b"\x1f\x8b": "application/gzip", b"BZ": "application/x-bzip2", b"\xfd7": "application/x-xz"}


def _listed(reply: Shown, entries: list[Entry], total: int, take: Callable[[int], bytes]) -> ipywidgets.Widget:
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
