"""Any picture: what browsers show as it came; large ones reduced; data, such as 16 bits or many channels, stretched."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import (
    PictureFacts,
    deep_picture,
    picture_as_png,
    picture_facts,
    raster_facts,
    raster_picture,
)
from widgets.media.decoders.picture import MOST_PIXELS
from widgets.media.decoders.raster import COLOUR, RasterFacts
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.drawn import STRETCHES, Chosen, drawing, facts, number_choice, stretch_choice
from widgets.media.viewers.picture import BROWSERS_SHOW, picture_words, show_picture, zoomable

if TYPE_CHECKING:
    from widgets.media.reply import Reply

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@renderer("image/png", "image/*", kind="a picture")
def show_raster(reply: Reply) -> ipywidgets.Widget:
    """Show any picture, and what its samples mean."""
    data = bytes(reply.body)
    if data[:4] in _TIFF:
        return _tiff(reply, data)
    found = in_child(picture_facts, data)
    if found.deep:
        stretched = Chosen({"stretch": stretch_choice()}, partial(_deep, data, _name(reply, found)))
        return ipywidgets.VBox([stretched, show(picture_words(found))])
    if found.kind in BROWSERS_SHOW and found.pixels <= MOST_PIXELS and not found.rare:
        return show_picture(reply, data, found)
    return ipywidgets.VBox([_reduced(data, _name(reply, found), found), show(picture_words(found))])


def _name(reply: Reply, found: PictureFacts | RasterFacts) -> str:
    return reply.description or f"Picture without a description, {found.width} × {found.height}"


def _deep(data: bytes, name: str, *, stretch: str) -> ipywidgets.Widget:
    return drawing(in_child(deep_picture, data, stretch), name)


def _reduced(data: bytes, name: str, found: PictureFacts, page: int = 1) -> ipywidgets.Widget:
    """Return one frame as a picture that any browser shows."""
    made = in_child(picture_as_png, data, page - 1)
    words = [made.words] if made.words else []
    if found.frames > 1 and page == 1:
        words.append("only the first frame is shown")
    return show(
        zoomable(made.png, "image/png", name), *([tag("p", "; ".join(words), class_="ww-facts")] if words else [])
    )


def _tiff(reply: Reply, data: bytes) -> ipywidgets.Widget:
    """Show a TIFF: photographs and scans by Pillow, data and what Pillow cannot read by tifffile."""
    try:
        plain = in_child(picture_facts, data)
    except DecoderError:
        plain = None
    try:
        found = in_child(raster_facts, data)
    except DecoderError:
        if plain is None or plain.deep:
            raise
        found = None
    if plain is not None and not plain.deep and (found is None or _is_photo(found)):
        pages = Chosen(
            {"page": number_choice(plain.frames, "Page")},
            lambda page: _reduced(data, _name(reply, plain), PictureFacts("TIFF", plain.width, plain.height), page),
        )
        notes = facts(found.notes, "What its tags say") if found else ""
        return ipywidgets.VBox([pages, show(picture_words(plain), notes)])
    if found is None:
        raise ValueError("it is a TIFF that cannot be read")
    colour = [("colours", COLOUR)] if found.channels > 2 else []  # noqa: PLR2004 - red, green and blue
    each = [(str(number), number) for number in range(1, min(found.channels, 200) + 1)]
    channel = ipywidgets.Dropdown(
        options=[*colour, *each] if found.coloured else [*each, *colour], description="Channel"
    )
    if found.channels == 1:
        channel.add_class("ww-hidden")
    stretch = stretch_choice()
    if found.shallow:
        stretch.options = (("as it is", "none"), *STRETCHES)
        stretch.value = "none"
    choices = {"page": number_choice(found.pages, "Page"), "channel": channel, "stretch": stretch}
    words = show(tag("p", found.words, class_="ww-facts"), facts(found.notes, "What its tags say"))
    return ipywidgets.VBox([Chosen(choices, partial(_plane, data, _name(reply, found))), words])


def _is_photo(found: RasterFacts) -> bool:
    """Whether Pillow is the better reader: greys or colours of 8 bits, not too many pixels, or coded by a palette."""
    small = found.width * found.height <= MOST_PIXELS
    return found.shallow and (found.indirect or (small and found.channels in {1, 3, 4}))


def _plane(data: bytes, name: str, *, page: int, channel: int, stretch: str) -> ipywidgets.Widget:
    return drawing(in_child(raster_picture, data, page, channel, stretch), name)
