"""Connections that take their turn just before the first byte of a request. IO.

At this place nothing is missed (a retry of urllib3 is a request like any other), and neither a slow connect nor a slow
handshake nor the writing of the request comes between the turn and the send.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from .limiter import Limiter, Turn


class Sender(Protocol):
    """Who wants to send, and takes a turn for it."""

    def approach(self) -> None:
        """Wait until shortly before the turn."""

    def sending(self) -> AbstractContextManager[Turn]:
        """The turn."""


class Caller:
    """Who wants to send: by whose limiter, how patiently, and until when."""

    def __init__(self, limiter: Limiter, patience: float, stop: threading.Event) -> None:
        self._limiter, self._patience, self._stop = limiter, patience, stop

    def approach(self) -> None:
        """Wait until shortly before the turn."""
        self._limiter.approach(self._patience, self._stop)

    def sending(self) -> AbstractContextManager[Turn]:
        """The turn."""
        return self._limiter.sending(self._patience, self._stop)


class Noticed:
    """A sender of which is seen whether it has had a turn.

    Attributes:
        sent: Whether something may have been sent.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender, self.sent = sender, False

    def approach(self) -> None:
        """Wait until shortly before the turn."""
        self._sender.approach()

    @contextmanager
    def sending(self) -> Iterator[Turn]:
        """The turn."""
        with self._sender.sending() as turn:
            self.sent = True
            yield turn


CALLER: ContextVar[Sender | None] = ContextVar("CALLER", default=None)
"""Of the request that this thread is about to send, where something governs it."""


class _Paced(HTTPConnection):
    """A connection that takes its turn when everything but the sending itself is done."""

    _begin: Callable[[], object] | None = None
    """Takes the turn of the request that is being written; called before its first byte."""

    def request(self, *args: Any, **options: Any) -> None:
        """Send one request, in its turn."""
        caller = CALLER.get()
        if caller is None:
            super().request(*args, **options)
            return
        caller.approach()
        if not self.is_connected:
            # Kept from an earlier request, it may have been closed by the service while this one waited.
            self.close()
            self.connect()
        with ExitStack() as turn:
            self._begin = lambda: turn.enter_context(caller.sending())
            try:
                super().request(*args, **options)
            finally:
                self._begin = None

    def send(self, data: Any) -> None:
        """Hand bytes to the operating system; the first ones of a request in its turn."""
        begin, self._begin = self._begin, None
        if begin is not None:
            begin()
        super().send(data)


class _PacedTLS(_Paced, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Paced


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _PacedTLS


POOLS = {"http": _Pool, "https": _TLSPool}
"""By scheme, for `PoolManager.pool_classes_by_scheme`."""
