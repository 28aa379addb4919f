"""The clocks of this room. IO.

A wall clock can be stepped by an hour in a second; it only dates what is kept. What is waited for is counted on the
machine's monotonic clock, which all processes of one boot share and nobody can set.
"""

from __future__ import annotations

import time
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

BOOT = Path("/proc/sys/kernel/random/boot_id")
TIME_NAMESPACE = Path("/proc/self/ns/time")


class Clock(Protocol):
    """Time as an argument, so that a day is tested in a minute."""

    @property
    def id(self) -> str:
        """Two clocks of one id show the same time, whatever the process."""

    @property
    def shared(self) -> bool:
        """Whether other processes of this machine have the same clock."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def today(self) -> float:
        """Epoch seconds, for dates; may jump."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return after `seconds`, or at once when `stop` is set."""


class MachineClock:
    """The clocks of this machine."""

    @property
    def id(self) -> str:
        """The boot whose monotonic clock this is."""
        return machine_clock()

    @property
    def shared(self) -> bool:
        """Whether the boot has a name by which its processes know that they share a clock."""
        return "/" in machine_clock()

    def now(self) -> float:
        """Seconds on the monotonic clock."""
        return time.monotonic()

    def today(self) -> float:
        """Epoch seconds on the wall clock."""
        return time.time()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait on the Event, so that it is felt at once."""
        stop.wait(max(0.0, seconds))


@cache
def machine_clock() -> str:
    """The id of this machine's monotonic clock.

    Linux names each boot, and each time namespace has a clock of its own. Where the boot has no name each process is
    taken to have its own clock: its paces are then kept by observation (see `turn`), which is slower and as safe.
    """
    try:
        return f"{BOOT.read_text('ascii').strip()}/{TIME_NAMESPACE.readlink()}"
    except OSError:
        return uuid.uuid4().hex
