"""A limiter on the real clock, shared by the threads of one service."""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .limiters import fresh

if TYPE_CHECKING:
    from collections.abc import Callable

    from .limiters import Decision, Limiter


def epoch_clock() -> Callable[[], float]:
    """A clock in epoch seconds that starts right and then follows the monotonic clock, whatever is set meanwhile."""
    offset = time.time() - time.monotonic()
    return lambda: offset + time.monotonic()


class Gate:
    """Ask a limiter, one thread at a time.

    Args:
        limiter: The rule. It is not thread-safe, and its clock must never go back: the gate sees to both.
        time_scale: Factor on all times of the rule; 0.02 makes it 50 times faster.
        clock: Seconds, monotonic.

    Attributes:
        asked: How many requests there were.
        refused: How many of them were refused.
    """

    def __init__(
        self, limiter: Limiter, *, time_scale: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limiter = limiter
        self._time_scale = time_scale
        self._clock = clock
        self._lock = threading.Lock()
        self.asked = 0
        self.refused = 0

    def ask(self) -> Decision:
        """Decide on a request that comes now; the times of the decision are real seconds."""
        with self._lock:
            # Read inside the lock: read before it, two threads could present their times in the wrong order.
            decision = self.limiter.ask(self._clock() / self._time_scale)
            self.asked += 1
            self.refused += not decision.accepted
        return in_real_seconds(decision, self._time_scale)

    def look(self) -> Decision:
        """What a request would get now, without one."""
        with self._lock:
            decision = copy.deepcopy(self.limiter).ask(self._clock() / self._time_scale)
        return in_real_seconds(decision, self._time_scale)

    def reset(self) -> None:
        """Forget every request."""
        with self._lock:
            self.limiter = fresh(self.limiter)
            self.asked = self.refused = 0


def in_real_seconds(decision: Decision, time_scale: float) -> Decision:
    """The decision with every time of it multiplied by `time_scale`."""
    return replace(
        decision,
        retry_after=decision.retry_after * time_scale,
        delay=decision.delay * time_scale,
        policies=tuple(
            policy._replace(window=policy.window * time_scale, reset=policy.reset * time_scale)
            for policy in decision.policies
        ),
    )
