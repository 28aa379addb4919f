"""The time of day that never goes back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def epoch_clock() -> Callable[[], float]:
    """A clock in epoch seconds that starts right and then follows the monotonic clock, whatever is set meanwhile."""
    offset = time.time() - time.monotonic()
    return lambda: offset + time.monotonic()
