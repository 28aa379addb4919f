"""What a server gives back when visitors have left: the objects that were theirs, and their memory.

Python looks for objects that nobody can reach when a quarter of all are new, which takes a server of some 300,000
dozens of visitors; and glibc keeps what was freed for whoever asks next. Both are right where memory is soon used
again. A server that had forty visitors at ten has one at eleven.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import TYPE_CHECKING

from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    from collections.abc import Callable

SETTLES = 2.0
"""Seconds from when a visitor has left until memory is given back: by then its connections are closed, and others may
have left too."""


def trimmer(library: str | None = None) -> Callable[[], object]:
    """What has glibc return free memory to the system; where there is another C library it does nothing.

    >>> trim = trimmer()
    >>> _ = trim()

    Args:
        library: The file of a library to look in; what this process has loaded unless given.
    """
    try:
        trim = ctypes.CDLL(library).malloc_trim if sys.platform == "linux" else None
    except (OSError, AttributeError):  # musl has none, and keeps little.
        trim = None
    if trim is None:
        return lambda: None
    trim.argtypes = [ctypes.c_size_t]
    return lambda: trim(0)


_trim = trimmer()


def settle_in() -> None:
    """Leave what is there now, most of which stays as long as the server, out of every later `give_back`."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Free what nobody can reach, and return to the system what is free."""
    gc.collect()
    _trim()


class Leftovers:
    """Gives memory back after visitors have left, once for all who leave within a moment."""

    def __init__(self) -> None:
        self._expected = False

    def left(self) -> None:
        """Somebody has left; to be called where the server's loop runs."""
        if not self._expected:
            self._expected = True
            IOLoop.current().call_later(SETTLES, self._settled)

    def _settled(self) -> None:
        self._expected = False
        give_back()


__all__ = ["SETTLES", "Leftovers", "give_back", "settle_in", "trimmer"]
