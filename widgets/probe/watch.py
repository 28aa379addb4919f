"""What a runner is given: time, and a spectator. Both are arguments, so that an hour is tested in a millisecond."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.model.attempt import Attempt, Step


class Clock(Protocol):
    """Time as an argument, so that a probe of an hour is tested in a millisecond."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return after `seconds`, or at once when `stop` is set."""


class MonotonicClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.perf_counter()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait on the Event, so that Stop is felt at once."""
        stop.wait(seconds)


class Watch(Protocol):
    """A spectator of a probe, called in the thread of the probe."""

    def on_step(self, step: Step) -> None:
        """The step that was chosen, before it is waited for."""

    def on_tick(self, remaining: float) -> None:
        """Seconds that remain until the next request, about five times a second."""

    def on_asking(self, number: int) -> None:
        """The number of the attempt whose request is being sent."""

    def on_attempt(self, attempt: Attempt) -> None:
        """The attempt, before the strategy is asked for the next step."""


class Listener:
    """A spectator that only hears of attempts."""

    def __init__(self, on_attempt: Callable[[Attempt], None] | None = None) -> None:
        self._on_attempt = on_attempt

    def on_step(self, step: Step) -> None:
        """Nothing."""

    def on_tick(self, remaining: float) -> None:
        """Nothing."""

    def on_asking(self, number: int) -> None:
        """Nothing."""

    def on_attempt(self, attempt: Attempt) -> None:
        """Pass it on."""
        if self._on_attempt is not None:
            self._on_attempt(attempt)
