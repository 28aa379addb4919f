"""Multipart bodies and server-sent events."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from widgets.media.blob import Piece, Shown
from widgets.media.child import in_child
from widgets.media.decoders import Part, events, multipart
from widgets.media.registry import renderer
from widgets.media.sandbox import show
from widgets.media.viewers.pieces import Pieces, Place, deeper
from widgets.media.viewers.table import grid
from widgets.media.viewers.text import read_text

if TYPE_CHECKING:
    import ipywidgets

_LONGEST = 2_000_000


@renderer("multipart/mixed", "multipart/*", kind="parts")
def show_parts(reply: Shown) -> ipywidgets.Widget:
    """Show the parts of a multipart body."""
    found = in_child(multipart, bytes(reply.body))
    places = [Place(part.name, f"{part.media_type}, {len(part.body):,} bytes", partial(_piece, part)) for part in found]
    return Pieces(places, f"{len(found)} parts", deeper(reply))


@renderer("text/event-stream", kind="a list of events")
def show_events(reply: Shown) -> ipywidgets.Widget:
    """Show server-sent events, as far as they came."""
    decoded, _ = read_text(reply, _LONGEST)
    return show(grid(in_child(events, decoded.text), reply.description or "Events"))


def _piece(part: Part) -> Piece:
    return Piece(part.name, part.body, part.media_type, part.charset)
