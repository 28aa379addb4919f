"""Small deeds on widgets."""

from __future__ import annotations

import ipywidgets


def visible(widget: ipywidgets.DOMWidget, *, on: bool) -> None:
    """Show a widget or take it off the page, for screen readers too."""
    if on:
        widget.remove_class("ww-hidden")
    else:
        widget.add_class("ww-hidden")


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget with all inside: a closed box leaves its children, and their bytes, in kernel and browser."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("layout", "style"):
        if isinstance(inner := getattr(widget, part, None), ipywidgets.Widget):
            inner.close()
    widget.close()
