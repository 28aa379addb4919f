"""Probes that stay away for as long as a service said to others, and tell others what it says to them.

A probe looks for a pace, so that it keeps none: what it may send, and when, its strategy says, which obeys each answer
that the probe itself was given. Joins probe and pace.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from widgets.http.errors import HeldBackError, Stopped
from widgets.model.quantity import as_wait
from widgets.pace.errors import StoreError
from widgets.pace.panel.formatting import moment
from widgets.pace.panel.scope import sentence

from .obeying import Answer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from widgets.model.pace import Target
    from widgets.pace import PaceStore
    from widgets.pace.limiter.limiter import Hold, Limiter

    from .obeying import StoreTurns

logger = logging.getLogger(__name__)

SEEN = 0.05
"""Seconds from which on it is said what is waited for."""
LOOK = 0.2
"""Seconds between two looks whether it is held still: a person may lift it."""
SAME = 0.5
"""Seconds by which two looks at one hold may differ in when it ends."""


class HeldTurns:
    """Gives the turns of the probes of one page, one at a time: due at once, unless the service is held.

    Where the store cannot be used a probe is made all the same; its journal says that.

    Args:
        store: Where it is kept who said to stay away.
        turns: Of the same store and page, which then obeys also what could not be stored.
        tell: Told what a probe waits for, in a sentence, and nothing when it does no more; in the probe's thread.

    Attributes:
        free_at: When it was seen last that nothing holds the probe, on the machine's monotonic clock.
    """

    def __init__(self, store: PaceStore, turns: StoreTurns, tell: Callable[[str], None] = lambda _: None) -> None:
        self._store, self._turns, self._tell = store, turns, tell
        self._own: frozenset[Hold] = frozenset()
        self._until: float | None = None
        self.free_at = float("-inf")

    def begin(self, target: Target, most: float) -> str:
        """A probe of that target is about to begin, and may be held for `most` seconds; says why it may not.

        Whatever the probe before it was told holds it like any other.

        Raises:
            StoreError: When the store cannot be used.
        """
        self._own, self._until = frozenset(), None
        limiter = self._turns.session.limiter_for(target)
        left, keys = limiter.held()
        return self._words(left, keys) if left > most else ""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> HeldTurn | None:
        """The turn of a request; none where it cannot be looked up."""
        del anyway
        try:
            return HeldTurn(self, self._turns.session.limiter(url, method, headers))
        except (StoreError, ValueError):
            return None

    def left(self, limiter: Limiter) -> float:
        """Seconds for which the service is held, but for what it said to this probe; says so."""
        try:
            left, keys = limiter.held(self._own)
            self._say(left, keys)
        except StoreError:
            left = 0.0
        if not left:
            self.free_at = time.monotonic()
        return left

    def note(self, limiter: Limiter, answer: Answer) -> None:
        """Keep away for as long as an answer says, for all but this probe."""
        try:
            self._own |= self._turns.session.keep_away(limiter, answer)
        except StoreError as error:
            logger.warning("What an answer says of staying away could not be kept: %s", error)

    def _say(self, left: float, keys: tuple[str, ...]) -> None:
        until = self._store.clock.now() + left
        if left > SEEN and (self._until is None or abs(until - self._until) > SAME):
            self._until = until
            self._tell(self._words(left, keys))
        elif not left and self._until is not None:
            self._until = None
            self._tell("")

    def _words(self, left: float, keys: tuple[str, ...]) -> str:
        now = self._store.clock.today()
        found = [each for each in self._store.held() if each.key in keys]
        if not found:  # it is kept in this process alone
            return f"This service said to stay away: nothing is sent before {moment(now + left, now, exact=True)}."
        held = min(found, key=lambda each: abs(each.left - left))
        said = sentence(dataclasses.replace(held, left=left), now)
        name = held.name.removesuffix(", all of it")
        return f"{name} is held: {said[0].lower()}{said[1:]} Lift that under *Paces* to ask sooner."


class HeldTurn:
    """The turn of one request of a probe."""

    pace = 0.0

    def __init__(self, turns: HeldTurns, limiter: Limiter) -> None:
        self._turns, self._limiter = turns, limiter

    def due_in(self) -> float:
        """Seconds until the request may be sent."""
        return self._turns.left(self._limiter)

    @contextmanager
    def sending(self, patience: float, stop: threading.Event) -> Iterator[None]:
        """Wait for the rest of what is held, at most `patience` seconds.

        Raises:
            HeldBackError: When it lies further ahead.
            Stopped: When `stop` was set.
        """
        end = time.monotonic() + patience
        if end - patience - self._turns.free_at < SEEN:  # it was looked at just before: to look again takes time too
            yield
            return
        while (left := self.due_in()) > 0:
            if time.monotonic() + left > end:
                raise HeldBackError(
                    f"The service said to stay away, and {as_wait(round(left, 3))} of that are left; nothing was sent."
                )
            if stop.wait(min(left, LOOK)):
                raise Stopped("Stopped before the request was due; nothing was sent.")
        yield

    def note(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Keep away for as long as the answer says; nothing of it counts as use of a pace."""
        self._turns.note(self._limiter, Answer(status, headers, body))
