"""What a fetch obeys where a pace is kept for what it asks. The app says which; this room knows no store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


class Turn(Protocol):
    """The turn of one request. Its methods raise only `FetchError`."""

    @property
    def pace(self) -> float:
        """Seconds that are kept between the starts of two requests, as things stand."""

    def due_in(self) -> float:
        """Seconds until the request may be sent; 0 when it is due."""

    def sending(self, patience: float, stop: threading.Event) -> AbstractContextManager[None]:
        """Wait, at most `patience` seconds, until it is due; what is sent inside is sent no sooner."""

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Count the answer, and keep away for as long as it says."""


class Turns(Protocol):
    """Gives turns."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> Turn | None:
        """The turn of a request, or `None` where no pace is kept for it; with `anyway` it is due at once.

        Raises:
            FetchError: When what is kept cannot be read; then nothing is sent, except with `anyway`.
        """
