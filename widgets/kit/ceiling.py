"""A ceiling on what one page may take: in public mode a visitor can send any widget message, and as many as it likes.

The kernel of a page that goes beyond it ends; its page says so, and the pages of others go on.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
from ipywidgets.widgets import widget

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

MB = 1_000_000
LOOK = 0.5
"""Seconds between two looks: with the 10 MB that one message may have, little is missed."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a kernel may hold.

    >>> Ceiling(memory=600 * MB, widgets=4000).broken(memory=601 * MB, widgets=400)
    'its kernel took 601 MB of memory, more than the 600 MB that a page may'
    >>> Ceiling().broken(memory=100 * MB, widgets=400)
    ''

    Attributes:
        memory: Resident bytes of the process.
        widgets: Models, whoever opened them.
    """

    memory: int = 700 * MB
    widgets: int = 4000

    def broken(self, memory: int, widgets: int) -> str:
        """Why a page is beyond the ceiling, or an empty string."""
        if memory > self.memory:
            return f"its kernel took {memory // MB} MB of memory, more than the {self.memory // MB} MB that a page may"
        if widgets > self.widgets:
            return f"it opened {widgets:,} widgets, more than the {self.widgets:,} that a page may"
        return ""


def taken() -> tuple[int, int]:
    """Resident bytes of this process, and the widgets that are open in it."""
    return psutil.Process().memory_info().rss, len(widget._instances)  # noqa: SLF001 - the registry has no public name


def watch(
    ceiling: Ceiling,
    *,
    end: Callable[[int], object] = os._exit,
    stop: threading.Event | None = None,
    look: float = LOOK,
) -> threading.Thread:
    """Watch over this kernel from a daemon thread, and end it at once when it goes beyond the ceiling.

    Args:
        ceiling: What it may take.
        end: Ends the process with a status; nothing that could be made to wait by whoever fills the kernel.
        stop: Ends the watching.
        look: Seconds between two looks.
    """
    over = stop or threading.Event()

    def run() -> None:
        while not over.wait(look):
            if why := ceiling.broken(*taken()):
                logger.error("This page is ended: %s.", why)
                end(1)
                return

    thread = threading.Thread(target=run, daemon=True, name="ceiling")
    thread.start()
    return thread
