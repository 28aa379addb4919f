"""When the next request to a target is due. PURE.

The rule needs no clock that two machines agree on. A stamp made on the reader's own clock says exactly when the last
request was sent. Any other stamp (another machine, an earlier boot) only says that it was sent before it was first
seen here; so the wait is counted from that moment, on the reader's own clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.pace.store.paces import Turns

ON_DECK = 0.05
"""The lock is taken this many seconds before the request is due, or a quarter of the pace, whichever is less."""


class Schedule:
    """When requests to one target are due. It remembers when this process first saw what it cannot date otherwise.

    Args:
        clock: The id of the clock that `now` is read from.
    """

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self._send = (0, 0.0)
        self._hold = (0, 0.0)
        self._away = float("-inf")

    def keep_away(self, until: float) -> None:
        """Let nothing be due before then, whatever the store knows of that."""
        self._away = max(self._away, until)

    def due(self, turns: Turns, now: float) -> float:
        """The moment from which the next request may be sent, on the clock of `now`.

        That an open request's stamp is missing does not matter here: it is only due after whoever holds the lock has
        recorded it.
        """
        if turns.sends != self._send[0]:
            self._send = (turns.sends, now)
        if turns.holds != self._hold[0]:
            self._hold = (turns.holds, now)
        due = self._away
        if turns.sends:
            # A stamp from the future is no stamp of this clock, whatever its name.
            exact = turns.clock == self._clock and turns.sent <= now
            due = max(due, (turns.sent if exact else self._send[1]) + turns.wait)
        if turns.holds:
            exact = turns.held_clock == self._clock and turns.held <= now
            due = max(due, (turns.held if exact else self._hold[1]) + turns.hold)
        return due


def lead(wait: float) -> float:
    """How long before the due moment the lock is taken."""
    return min(ON_DECK, wait / 4)
