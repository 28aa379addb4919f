"""`render`: shows any reply, and never raises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .sandbox import show, tag
from .stage import Stage, viewed

if TYPE_CHECKING:
    import ipywidgets

    from .blob import Shown

logger = logging.getLogger(__name__)


def render(reply: Shown, *, shown_as: str = "") -> ipywidgets.Widget:
    """Return a widget that shows `reply` and runs nothing of it; never raises.

    What cannot be shown is shown as bytes, with the reason. Beneath it stand what the reply is declared to be and what
    its bytes say, with a choice to show it as something else, its SHA-256, and a link that saves it.

    Args:
        reply: What came.
        shown_as: A media type: only the view as that type then, whatever the reply is declared to be.
    """
    try:
        return viewed(reply, shown_as) if shown_as else Stage(reply)
    except Exception:
        logger.exception("A reply could not be shown, not even as bytes")
        return show(tag("p", "This reply cannot be shown."))
