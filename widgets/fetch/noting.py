"""Tells a pace what came of a request: with how a short body begins, since many services refuse in words alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .body import LIVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.http.connection import Deadline
    from widgets.http.transport import Response, Turn

BRIEF = 4000
"""Bytes: a body that refuses in words is no longer, and what is longer is counted as soon as that is known."""

PATIENCE = 1.0
"""Seconds that a body is waited for: others who ask the same service wait meanwhile."""


class Noting:
    """Notes one answer, once.

    Args:
        response: The answer, of which only the head was read.
        turn: Whose turn it was; none where no pace is kept.
        deadline: The watch of the fetch.
    """

    def __init__(self, response: Response, turn: Turn | None, deadline: Deadline) -> None:
        self._response, self._turn, self._deadline = response, turn, deadline
        self._began = deadline.now
        live = response.hop.headers.get("Content-Type").lower().startswith(LIVE)
        if live or (response.total or 0) > BRIEF:
            self.note()

    def note(self, body: bytes = b"") -> None:
        """Count the answer, if it is not counted yet."""
        turn, self._turn = self._turn, None
        if turn is not None:
            hop = self._response.hop
            turn.note(hop.status, dict(hop.headers), body[:BRIEF])

    def progress(self, told: Callable[[int, int | None], None] | None) -> Callable[[int, int | None], None]:
        """Who is to be told how much has come: besides, a body that is long, or takes long, is waited for no more."""

        def on_progress(size: int, total: int | None) -> None:
            if size > BRIEF or self._deadline.now - self._began > PATIENCE:
                self.note()
            if told is not None:
                told(size, total)

        return on_progress
