"""Closing what is no longer shown."""

from __future__ import annotations

import ipywidgets


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget with all inside: a closed box leaves its children, and their bytes, in kernel and browser."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("layout", "style"):
        if isinstance(inner := getattr(widget, part, None), ipywidgets.Widget):
            inner.close()
    widget.close()
