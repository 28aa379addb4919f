"""Answers that are held back on purpose: never for long, and never so many that no thread is left."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 30.0
"""Seconds."""

MOST: Final = 32


class Holding:
    """Waits on behalf of requests.

    Args:
        most: Requests that wait at the same time.
        sleep: Waits for seconds.
    """

    def __init__(self, most: int = MOST, sleep: Callable[[float], None] = time.sleep) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._sleep = sleep

    def hold(self, seconds: float) -> None:
        """Wait `seconds`, or `LONGEST` where that is less.

        Raises:
            ServiceUnavailable: If too many requests wait already.
        """
        if seconds <= 0:
            return
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable("Too many answers are being held back at once. Please try again later.")
        try:
            self._sleep(min(seconds, LONGEST))
        finally:
            self._places.release()
