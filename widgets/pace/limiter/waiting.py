"""How one who wants a turn waits for those who came before. IO: it reads the store's clock, and writes its queue.

Turns go round in the order of coming. Who is first and late is passed over for that turn, so that a slow process does
not slow down all; who was passed over often is waited for; who does not come at all is forgotten after a moment.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.pace.errors import StoreError

if TYPE_CHECKING:
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Turns
    from widgets.pace.store.queue import Place

POLL = (0.001, 0.1)
"""The least and the most seconds between two tries to take a lock that another sender has."""
STARVING = 1.5
"""For whoever was passed over by more than so many times as many as wait, everybody else waits."""
LATE = (0.002, 0.25)
"""The least and the most seconds that one waits for each who came before and is late for a turn."""
OVERDUE = 1.0
"""Seconds, or a quarter of a longer pace, after which nobody waits any more for one who does not take its turn."""
PATIENCE = 0.25
"""Who has waited in vain for others looks again after so many times as long: they need the machine more."""
LONGEST = 5.0
"""Seconds between two looks at most."""


@dataclass(frozen=True, slots=True)
class Due:
    """When the next request may be sent.

    Attributes:
        moment: On the store's clock.
        wait: The pace; 0 where none is kept.
        keys: Of the paces for which the request counts.
        begun: How many requests had been begun at the pace that governs it.
        open: Whether the last one is begun and not yet recorded as sent.
        exact: Whether the last one was sent on this machine, so that the moment is the same for all who wait here.
        ahead: How many wait who came before.
        starving: Whether one of these has been passed over so often that all others let it go first.
        queued: Whether one's own place is in the queue.
    """

    moment: float
    wait: float
    keys: tuple[str, ...]
    begun: int = 0
    open: bool = False
    exact: bool = True
    ahead: int = 0
    starving: bool = False
    queued: bool = False


class Line:
    """The queue of one target, as one who wants a turn sees it.

    Args:
        store: Where it is.
        place: Of the one who waits.
    """

    def __init__(self, store: PaceStore, place: Place) -> None:
        self._store, self.place = store, place
        self._seen: tuple[int, int] | None = None
        self._since = 0.0

    def look(self, due: Due) -> None:
        """Note how things stand."""
        if self.place.came is None:
            self.place.came = due.begun
        if (seen := (due.begun, due.ahead)) != self._seen:
            self._seen, self._since = seen, self._store.clock.now()

    def join(self, due: Due, *, lost: bool = False) -> bool:
        """Take the place once others are before, or another has gone first; whether it was taken now."""
        others = lost or due.ahead > 0 or (self.place.came is not None and due.begun > self.place.came)
        if due.queued or not due.keys or not others:
            return False
        self._store.queue.join(due.keys[0], self.place)
        return True

    def pause(self, due: Due) -> float:
        """Seconds for which those are let go first who came before; 0 or less where one need not wait for them."""
        now = self._store.clock.now()
        if now > max(due.moment, self._since) + due.ahead * max(OVERDUE, due.wait / 4):
            self._store.queue.pass_over(due.keys[0], self.place)
        if now < due.moment:
            return due.moment + (due.ahead - 1) * due.wait - now + tick(due.wait)
        return self.tick(due) if due.starving or due.open else due.moment + due.ahead * late(due.wait) - now

    def tick(self, due: Due) -> float:
        """Seconds between two looks at what somebody else is about to do."""
        vain = self._store.clock.now() - max(self._since, due.moment)
        return min(max(tick(due.wait), PATIENCE * vain), LONGEST)

    def leave(self) -> None:
        """Give the place up, where it was taken."""
        if self.place.taken:
            with suppress(StoreError):  # it is passed over
                self._store.queue.leave(self.place)


def starving(turns: Turns) -> bool:
    """Whether one who came before was passed over so often that all others let it go first."""
    return turns.ahead > 0 and turns.sends - turns.eldest > STARVING * turns.waiting


def tick(wait: float) -> float:
    """Seconds between two looks at what somebody else is about to do."""
    return min(max(wait / 20, POLL[0]), POLL[1])


def late(wait: float) -> float:
    """Seconds that one waits for each who came before and is late for a turn, unless it was passed over often."""
    return min(max(wait / 8, LATE[0]), LATE[1])
