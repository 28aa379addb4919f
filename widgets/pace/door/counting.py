"""Counts the answers that pass a door, and keeps away for as long as they say.

By the rule of a `PacedSession`: accepted means served, a fault says nothing of pace, and many services refuse in words
alone. So of a short body the beginning is read as it passes; nothing waits for it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.http.limits.words import come_back_in, refuses, wait_vaguely
from widgets.model.attempt import Outcome
from widgets.pace.errors import StoreError
from widgets.pace.limiter.learning import outcome
from widgets.pace.limiter.session import LOOKED_AT, beginning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.pace.limiter.limiter import Limiter
    from widgets.pace.store import PaceStore

logger = logging.getLogger(__name__)

LIVE = ("text/event-stream", "multipart/x-mixed-replace")
"""What goes on and on, and is counted at once."""


class Counting:
    """Counts one answer, once: at once where its head says all, else as soon as its body has begun.

    Args:
        limiter: Whoever took the turn.
        store: Whose clock is asked.
        status: Of the answer.
        headers: Of it, by name.
        total: Bytes of its body; `None` where that is not known.
    """

    def __init__(
        self, limiter: Limiter, store: PaceStore, status: int, headers: Mapping[str, str], total: int | None
    ) -> None:
        self._limiter, self._store = limiter, store
        self._status, self._headers = status, headers
        self._body, self._counted, self._total = b"", False, total
        self._limits = read(status, headers, store.clock.today())
        kind = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
        told = self._limits.refused and self._limits.hold is not None
        if told or total == 0 or (total or 0) > LOOKED_AT or kind.lower().startswith(LIVE):
            self.count()

    def passes(self, piece: bytes) -> None:
        """A piece of the body is about to pass; after the last one a client may ask again: it is counted before."""
        if self._counted:
            return
        self._body += piece
        if len(self._body) > LOOKED_AT or len(self._body) == self._total:
            self.count()

    def count(self) -> None:
        """Count it, if it is not counted yet: its body is at its end, or ends here."""
        if self._counted:
            return
        self._counted = True
        text = beginning(self._body, self._headers).decode(errors="replace")
        why = refuses(self._status, text, {name.lower(): said for name, said in self._headers.items()})
        said = outcome(self._status, self._headers, why)
        hold = self._limits.hold
        if hold is None and said is Outcome.REFUSED:
            hold = come_back_in(text, self._store.clock.today()) or self._limits.back_in
            hold = hold or wait_vaguely(text)[0] or None  # 'a few minutes' are one at least
        try:
            self._limiter.note(refused=None if said is Outcome.FAILED else said is Outcome.REFUSED, hold=hold)
        except StoreError as error:
            logger.warning("An answer could not be counted: %s", error)
