"""When the next request to a target is due. PURE.

The rule needs no clock that two machines agree on. A stamp made on the reader's own clock says exactly when the last
request was sent. Any other stamp (another machine, an earlier boot) only says that it was sent before it was first
seen here; so the wait is counted from that moment, on the reader's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turns:
    """What the store knows of the requests to one target.

    Attributes:
        wait: Seconds between the starts of two requests, as it is now.
        sends: How many requests were begun; grows with each.
        open: Whether the last one was begun and not yet recorded as sent.
        clock: The id of the clock of `sent`.
        sent: When the last request had been sent, seconds on that clock.
        holds: How often the service said when to come back.
        held_clock: The id of the clock of `held`.
        held: When it last said so.
        hold: For how many seconds from then on nothing may be sent.
    """

    wait: float
    sends: int = 0
    open: bool = False
    clock: str = ""
    sent: float = 0.0
    holds: int = 0
    held_clock: str = ""
    held: float = 0.0
    hold: float = 0.0


class Observer:
    """Remembers when this process first saw what it cannot date otherwise.

    Args:
        clock: The id of the clock that `now` is read from.
    """

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self._send = (0, 0.0)
        self._hold = (0, 0.0)

    def due(self, turns: Turns, now: float) -> float:
        """The moment from which the next request may be sent, on the clock of `now`.

        That an open request's stamp is missing does not matter here: it is only due after whoever holds the lock has
        recorded it.
        """
        if turns.sends != self._send[0]:
            self._send = (turns.sends, now)
        if turns.holds != self._hold[0]:
            self._hold = (turns.holds, now)
        due = float("-inf")
        if turns.sends:
            # A stamp from the future is no stamp of this clock, whatever its name.
            exact = turns.clock == self._clock and turns.sent <= now
            due = (turns.sent if exact else self._send[1]) + turns.wait
        if turns.holds:
            exact = turns.held_clock == self._clock and turns.held <= now
            due = max(due, (turns.held if exact else self._hold[1]) + turns.hold)
        return due
