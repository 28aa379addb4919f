"""When the next request to a target is due. PURE.

The rule needs no clock that two machines agree on. A stamp made on the reader's own clock says exactly when the last
request was sent. Any other stamp (another machine, an earlier boot) only says that it was sent before it was first
seen here; so the wait is counted from that moment, on the reader's own clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.pace.store.paces import Turns

ON_DECK = 0.05
"""A request is stored as open so many seconds before it is due, or a quarter of the pace where that is less."""
SLACK = 1.25 * ON_DECK
"""Seconds after which a request that was stored as open has been sent, or whoever sends it asks again for its lock."""


class Schedule:
    """When requests are due. It remembers when this process first saw what it cannot date otherwise.

    Args:
        clock: The id of the clock that `now` is read from.
    """

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self._sends: dict[str, tuple[object, float]] = {}
        self._holds: dict[str, tuple[object, float]] = {}
        self._away: dict[str, float] = {}

    def keep_away(self, service: str, until: float) -> None:
        """Let nothing of the service with that key be due before then, whatever the store knows of that."""
        self._away[service] = max(self._away.get(service, until), until)

    def away(self, service: str) -> float:
        """Until when nothing of that service is due by `keep_away`; minus infinity where it says nothing of it."""
        return self._away.get(service, float("-inf"))

    def due(self, governing: Iterable[Turns], now: float, service: str = "") -> float:
        """The moment from which the next request may be sent, on the clock of `now`, by all that governs it.

        Where nothing does, it is minus infinity. `service` is the key of the whole service, for `keep_away`.

        An open request is counted before it is sent: what was seen of it while it was open says nothing of when it
        was sent, so it is seen anew when it has been recorded.
        """
        dues = [self._due(turns, now) for turns in governing]
        return max([self.away(service), *dues])

    def _due(self, turns: Turns, now: float) -> float:
        sends = self._seen(self._sends, turns.key, (turns.sends, turns.open, turns.clock, turns.sent), now)
        due = self.free(turns, now)
        if turns.sends:
            # A stamp from the future is no stamp of this clock, whatever its name.
            exact = turns.clock == self._clock and turns.sent <= now
            due = max(due, (turns.sent if exact else sends) + turns.wait)
        return due

    def free(self, turns: Turns, now: float) -> float:
        """The moment at which what was told to keep away ends, whatever the pace; minus infinity where nothing was."""
        holds = self._seen(self._holds, turns.key, turns.holds, now)
        if not turns.holds:
            return float("-inf")
        exact = turns.held_clock == self._clock and turns.held <= now
        return (turns.held if exact else holds) + turns.hold

    @staticmethod
    def _seen(known: dict[str, tuple[object, float]], key: str, count: object, now: float) -> float:
        """When that was first seen; several threads may ask, and each believes what it has in hand itself."""
        seen = known.get(key)
        if seen is None or seen[0] != count:
            seen = known[key] = (count, now)
        return seen[1]


def lead(wait: float) -> float:
    """How long before the due moment the request is stored as open."""
    return min(ON_DECK, wait / 4)
