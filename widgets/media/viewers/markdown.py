"""Markdown: as a page, in the sandboxed frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import markdown_page
from widgets.media.registry import renderer
from widgets.media.sandbox import frame, show
from widgets.media.viewers.text import read_text, source_of

if TYPE_CHECKING:
    from widgets.media.blob import Shown


@renderer("text/markdown", "text/x-markdown", kind="a page made from Markdown")
def show_markdown(reply: Shown) -> ipywidgets.Widget:
    """Show Markdown as the page that it means, and its source below."""
    decoded, _ = read_text(reply)
    page = in_child(markdown_page, decoded.text)
    return ipywidgets.VBox([frame(page, reply.description or "Markdown"), show(source_of(reply))])
