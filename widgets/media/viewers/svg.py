"""SVG: as a picture, where nothing in it can run or load; never as part of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.media.registry import renderer
from widgets.media.sandbox import show
from widgets.media.viewers.picture import zoomable
from widgets.media.viewers.text import source_of

if TYPE_CHECKING:
    import ipywidgets

    from widgets.media.blob import Shown


@renderer("image/svg+xml", kind="a drawing")
def show_svg(reply: Shown) -> ipywidgets.Widget:
    """Show a drawing, and its source below."""
    drawing = zoomable(reply.body, "image/svg+xml", reply.description or "Drawing without a description")
    return show(drawing, source_of(reply), css="ww-drawing")
