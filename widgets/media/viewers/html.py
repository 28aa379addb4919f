"""HTML: in a frame where nothing runs and nothing is asked for."""

from __future__ import annotations

import ipywidgets

from widgets.media.blob import Shown
from widgets.media.registry import renderer
from widgets.media.sandbox import frame, show
from widgets.media.viewers.text import read_text, source_of

_LONGEST = 5_000_000


@renderer("text/html", "application/xhtml+xml", kind="a page without its scripts")
def show_page(reply: Shown) -> ipywidgets.Widget:
    """Show a page without its scripts, and its source below."""
    decoded, _ = read_text(reply, _LONGEST)
    title = reply.description or f"Page from {reply.url}"
    return ipywidgets.VBox([frame(decoded.text, title), show(source_of(reply))])
