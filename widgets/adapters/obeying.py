"""Fetches that obey the paces that are kept. Joins fetch and pace."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from widgets.http.errors import HeldBackError, Stopped
from widgets.pace.errors import AT_MOST, PATIENTLY, PaceError, StoreError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from widgets.pace import PacedSession, PaceStore
    from widgets.pace.limiter.limiter import Limiter

logger = logging.getLogger(__name__)
T = TypeVar("T")


class StoreTurns:
    """Gives the turns of a store, shared with all who use it.

    Args:
        store: Where paces and turns are.
    """

    def __init__(self, store: PaceStore) -> None:
        self._store = store

    @cached_property
    def session(self) -> PacedSession:
        """Whoever knows the limiters of the store."""
        from widgets.pace import PacedSession  # noqa: PLC0415 - loads requests: with the first fetch

        return PacedSession(self._store)

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> StoreTurn | None:
        """The turn of a request; where no pace is kept it is due at once, and a refusal is obeyed all the same."""
        return turn_or_none(
            lambda: StoreTurn(self.session, self.session.limiter(url, method, headers), anyway=anyway),
            anyway=anyway,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a session notes of an answer; of its body how it begins, as far as that is known.

    The same as the session's own `Seen`, whose module loads requests: a page that only opens does without.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def _content(self) -> bytes:
        return self.content


class StoreTurn:
    """The turn of one request."""

    def __init__(self, session: PacedSession, limiter: Limiter, *, anyway: bool) -> None:
        self._session, self._limiter, self._anyway = session, limiter, anyway

    @property
    def pace(self) -> float:
        """Seconds between the starts of two requests, stretched after refusals."""
        with translated():
            return self._limiter.wait_now()

    def due_in(self) -> float:
        """Seconds until the request may be sent."""
        with translated():
            return 0.0 if self._anyway else self._limiter.due_in()

    @contextmanager
    def sending(self, patience: float, stop: threading.Event) -> Iterator[None]:
        """The turn itself; a request that is sent anyway is counted, so that the next one keeps the pace."""
        if self._anyway:
            try:
                yield
            finally:  # it may have been sent, whatever came of it; and a store that fails now withholds no reply
                with suppress(StoreError):
                    self._limiter.stamp()
            return
        with translated(stop), sent_anyway(self._limiter.sending(patience, stop)):
            yield

    def note(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Count the answer. It is here: that it cannot be counted is no reason to withhold it."""
        answer = Answer(status, headers, body)
        self._session.note(self._limiter, answer, self._session.why_refused(answer))


def turn_or_none(find: Callable[[], T | None], *, anyway: bool) -> T | None:
    """The turn that is found; none where there is none to find, unless that would send what nobody insisted on."""
    try:
        return find()
    except StoreError as error:
        if anyway:
            return None
        raise unread(error) from error
    except ValueError:
        return None  # no http address: fetching says so better


@contextmanager
def sent_anyway(turn: AbstractContextManager[object]) -> Iterator[None]:
    """A turn in which it was sent: that this could not be noted withholds no reply, and makes the next one later."""
    taken = ExitStack()
    taken.enter_context(turn)
    try:
        yield
    finally:
        try:
            taken.close()
        except StoreError as error:
            logger.warning("That a request was sent could not be noted: %s", error)


@contextmanager
def translated(stop: threading.Event | None = None) -> Iterator[None]:
    """Errors of paces, in the words of fetching."""
    try:
        yield
    except StoreError as error:
        raise unread(error) from error
    except PaceError as error:
        if stop is not None and stop.is_set():
            raise Stopped("Stopped before the request was due; nothing was sent.") from error
        words = str(error).replace(AT_MOST, "left of the time limit of this fetch")
        raise HeldBackError(words.replace(PATIENTLY, "allow it more time under Method, headers, login")) from error


def unread(error: StoreError) -> HeldBackError:
    """What a person reads where no pace can be looked up; the first sentence stands in a line of its own."""
    return HeldBackError(f"Nothing was sent: its pace cannot be looked up. {error}")
