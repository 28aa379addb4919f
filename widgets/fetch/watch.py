"""Ends a fetch from outside, at its deadline or when the person stops it.

The timeout of `requests` starts again with every byte, so that a service which drips never meets it. Here another
thread shuts the socket down, which wakes whatever is reading from it. What was cut may look like a normal end of the
body, so whoever reads asks `reason` afterwards.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

T = TypeVar("T")
Reason: TypeAlias = Literal["", "stopped", "late"]

_LOOK = 0.1
"""Seconds between two looks at the clock: the Stop of a person acts within 0.3 s."""


class CutError(Exception):
    """The fetch was cut before what was asked for came."""


class Watch:
    """Watches over one fetch, as a context manager.

    Args:
        seconds: The deadline, counted from entering.
        stop: Set by whoever wants the fetch to end now.

    Attributes:
        stop: The same, or one that nobody sets.
    """

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.reason: Reason = ""
        self._seconds = seconds
        self.stop = stop or threading.Event()
        self._started = time.monotonic()
        self._handles: list[socket.socket] = []
        self._mailboxes: list[queue.SimpleQueue[None]] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="fetch-watch")

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    @property
    def now(self) -> float:
        """Seconds since the fetch began."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Seconds until the deadline, never below a millisecond: a timeout of 0 would mean none."""
        return max(0.001, self._seconds - self.now)

    def check(self) -> None:
        """Raise `CutError` when the fetch was cut."""
        if self.reason:
            raise CutError(self.reason)

    def hold(self, sock: socket.socket) -> None:
        """Shut `sock` down when the fetch is cut; a duplicate is kept, since TLS takes the original over."""
        with self._lock:
            self._handles.append(sock.dup())
            if self.reason:
                _shut(self._handles[-1])

    def wait_for(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise `CutError`: for a name lookup, which nothing can interrupt."""
        results: list[T] = []
        errors: list[Exception] = []
        mailbox: queue.SimpleQueue[None] = queue.SimpleQueue()

        def run() -> None:
            try:
                results.append(work())
            except Exception as error:  # noqa: BLE001 - raised again below, in the thread that waits
                errors.append(error)
            mailbox.put(None)

        with self._lock:
            self._mailboxes.append(mailbox)
        threading.Thread(target=run, daemon=True, name="fetch-lookup").start()
        if not self.reason:
            mailbox.get()
        self.check()
        if errors:
            raise errors[0]
        return results[0]

    def _run(self) -> None:
        while not self._over.wait(min(_LOOK, self.left)):
            if self.stop.is_set():
                return self._cut("stopped")
            if self.now >= self._seconds:
                return self._cut("late")
        return None

    def _cut(self, reason: Reason) -> None:
        with self._lock:
            self.reason = reason
            for handle in self._handles:
                _shut(handle)
            for mailbox in self._mailboxes:
                mailbox.put(None)


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # It may be closed by the other side already, which is as good.
        handle.shutdown(socket.SHUT_RDWR)
