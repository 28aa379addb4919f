"""Pictures and drawings: at most 500 pixels wide until clicked, with the description as alternative text."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import picture_as_png, svg_drawing
from widgets.media.decoders.picture import MOST_FRAMES
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, data_address, show, tag
from widgets.media.viewers.text import read_text, source_of

if TYPE_CHECKING:
    import ipywidgets

    from widgets.media.decoders import PictureFacts
    from widgets.media.reply import Blob, Reply


BROWSERS_SHOW = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "ICO": "image/x-icon",
}
"""By Pillow's name; anything else is turned into a PNG first."""


def show_picture(reply: Reply, data: bytes, facts: PictureFacts) -> ipywidgets.Widget:
    """Show a picture that browsers can show, byte for byte."""
    alternative = reply.description or f"Picture without a description, {facts.width} × {facts.height}"
    still = b""
    if facts.frames > 1:
        with suppress(DecoderError):  # it moves then, as the browser is told
            still = in_child(picture_as_png, data).png
    return show(zoomable(data, BROWSERS_SHOW[facts.kind], alternative, still), picture_words(facts))


def zoomable(body: Blob, media_type: str, alternative: str, still: bytes = b"") -> Markup:
    """Return a picture that a click, or the space key, shows in full size and back.

    A check box does it with the stylesheet alone, so that no script is needed.

    Args:
        body: The picture.
        media_type: Of it.
        alternative: What it shows, in words.
        still: The first frame of one that moves, as PNG: shown to those who have asked their system for less motion.
    """
    pictures = [tag("img", src=data_address(body, media_type), alt=alternative)]
    if still:
        pictures.append(tag("img", src=data_address(still, "image/png"), alt=alternative, class_="ww-still"))
    toggle = tag("input", type="checkbox", aria_label="Full size")
    return tag("label", toggle, *pictures, class_="ww-zoom", title="Click for full size")


def picture_words(facts: PictureFacts) -> Markup:
    """Return what the head of a picture says."""
    words = f"{facts.called}, {facts.width} × {facts.height} pixels, {facts.samples}"
    words += (
        f", {'at least ' if facts.frames >= MOST_FRAMES else ''}{facts.frames:,} frames" if facts.frames > 1 else ""
    )
    words += ", shown upright as its tag says" if facts.turned else ""
    words += "" if facts.whole else "; its end is missing, and what of it came is drawn"
    words += "; it is damaged, and what browsers can read of it is drawn" if facts.damaged else ""
    rows: list[Text] = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in facts.notes]
    more = tag(
        "details",
        tag("summary", "What its tags say"),
        tag("table", tag("tbody", *rows), class_="ww-table"),
    )
    return tag("div", tag("p", words), more if rows else "", class_="ww-facts")


@renderer("image/svg+xml", kind="a drawing")
def show_svg(reply: Reply) -> ipywidgets.Widget:
    """Show a drawing, and its source below; browsers draw none that is not well-formed, and do not say so."""
    decoded, _ = read_text(reply, len(reply.body))
    body = in_child(svg_drawing, decoded.text)
    drawing = zoomable(body, "image/svg+xml", reply.description or "Drawing without a description")
    return show(drawing, source_of(reply), css="ww-drawing")
