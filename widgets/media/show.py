"""`render`: shows any reply, and never raises."""

from __future__ import annotations

import logging

import ipywidgets

from .blob import Shown
from .registry import BYTES, view, viewer_of
from .sandbox import show, tag

logger = logging.getLogger(__name__)


def render(reply: Shown, *, shown_as: str = "") -> ipywidgets.Widget:
    """Return a widget that shows `reply` and runs nothing of it; never raises.

    What cannot be shown is shown as bytes, with the reason.

    Args:
        reply: What came.
        shown_as: A media type to show it as, whatever it is declared to be.
    """
    try:
        media_type = shown_as or reply.media_type
        widget, why = view(reply, media_type if viewer_of(media_type) else BYTES)
        reason = tag("p", f"Shown as bytes: {why}.", class_="ww-reason") if why else ""
        return ipywidgets.VBox([widget, *([show(reason)] if why else [])]).add_class("ww-media")
    except Exception:
        logger.exception("A reply could not be shown, not even as bytes")
        return show(tag("p", "This reply cannot be shown."))
