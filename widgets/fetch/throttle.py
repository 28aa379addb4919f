"""No more repaints than a browser can follow. Pure: the clock is passed in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Throttle:
    """Says yes at most once in `interval` seconds.

    Args:
        interval: In seconds.
        clock: Gives seconds, never going back.
    """

    def __init__(self, interval: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval
        self._clock = clock
        self._last = float("-inf")

    def ready(self) -> bool:
        """Whether it is time again; a yes starts the next interval."""
        now = self._clock()
        if now - self._last < self._interval:
            return False
        self._last = now
        return True
