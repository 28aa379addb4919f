"""When the next request to a target is due, as one process sees it. IO."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from . import paces
from .turn import Observer

if TYPE_CHECKING:
    from .store import PaceStore
    from .turn import Turns

ON_DECK = 0.05
"""The lock is taken this many seconds before the request is due, or a quarter of the pace, whichever is less."""


class Outlook:
    """Looks at the turns of one target; several threads may use one.

    Args:
        store: Where they are.
        key: Of the target.
    """

    def __init__(self, store: PaceStore, key: str) -> None:
        self._store, self._key = store, key
        self._observer = Observer(store.clock.id)
        self._looking = threading.Lock()
        self._away = float("-inf")

    def due(self) -> tuple[float, float] | None:
        """When the next request is due, and the pace; `None` where none is kept.

        Raises:
            StoreError: When the store cannot be used.
        """
        turns = paces.read_turns(self._store.database, self._key)
        return None if turns is None else (self.moment(turns), turns.wait)

    def moment(self, turns: Turns) -> float:
        """When the next request is due, by turns that were read already."""
        with self._looking:
            return max(self._away, self._observer.due(turns, self._store.clock.now()))

    def keep_away(self, seconds: float) -> None:
        """Let nothing be due in the next `seconds`, whatever the store knows of that."""
        with self._looking:
            self._away = max(self._away, self._store.clock.now() + seconds)


def lead(wait: float) -> float:
    """How long before the due moment the lock is taken."""
    return min(ON_DECK, wait / 4)
