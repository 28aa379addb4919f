"""Ends a fetch from outside, at its deadline or when the person stops it.

The timeout of `requests` starts again with every byte, so that a service which drips never meets it. Here another
thread shuts the socket down, which wakes whatever is reading from it. What was cut may look like a normal end of the
body, so whoever reads asks `reason` afterwards.

The line to a host: looks the name up once, dials the address that was checked, and notes what happened when.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.poolmanager import PoolManager

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from .address import Guard
    # REFACTOR-EMPTY


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


class Line:
    """One connection: how it is made, and what is known of it."""

    def __init__(self, guard: Guard, watch: Watch, patience: float) -> None:
        self.moments: list[tuple[str, float]] = []
        self.peer = ""
        self.security = ""
        self._guard = guard
        self._watch = watch
        self._patience = patience
        self._sockets: list[socket.socket] = []

    def close(self) -> None:
        """Close what is still open: after errors that urllib3 does not expect, it leaves connections behind."""
        for sock in self._sockets:
            handle = sock.detach()
            if handle >= 0:
                socket.close(handle)

    def note(self, moment: str) -> None:
        """Write down that something happened now."""
        self.moments.append((moment, self._watch.now))

    def dial(self, connection: HTTPConnection) -> socket.socket:
        """Connect to the first address of the host that answers, each checked before.

        Raises:
            FetchError: The name is unknown or not to be asked.
            NewConnectionError: No address answers.
        """
        # urllib3 keeps the brackets of an IPv6 address; `_dns_host` is the name as it is looked up.
        host, port = connection._dns_host.strip("[]"), connection.port or connection.default_port  # noqa: SLF001
        addresses = self._watch.wait_for(lambda: self._guard.addresses(host, port))
        self.note("name looked up")
        failure: OSError | None = None
        for address in addresses:
            try:
                sock = self._connect(address, port)
            except OSError as error:
                self._watch.check()
                failure = error
                continue
            self.peer = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            self.note("connected")
            return sock
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(connection, f"{host} port {port}") from failure
        raise NewConnectionError(connection, str(failure or "no address")) from failure

    def _connect(self, address: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._sockets.append(sock)
            self._watch.hold(sock)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(min(self._patience, self._watch.left))
            sock.connect((address, port))
        except OSError:
            sock.close()
            raise
        return sock

    def secured(self, sock: ssl.SSLSocket) -> None:
        """Write down what TLS agreed on and whom the certificate names."""
        self._sockets.append(sock)
        self.note("secured")
        self.security = f"{sock.version()}; {describe_certificate(sock.getpeercert() or {})}"


def describe_certificate(certificate: dict[str, Any]) -> str:
    """Return names, issuer and dates of a certificate as `ssl.SSLSocket.getpeercert` gives it."""
    names = [str(value) for kind, value in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    issuer = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    by = issuer.get("organizationName") or issuer.get("commonName") or "an unnamed issuer"
    valid = f"valid from {certificate.get('notBefore', '?')} to {certificate.get('notAfter', '?')}"
    return f"certificate for {', '.join(names[:5]) or 'no name'}, by {by}, {valid}"


class _Plain(HTTPConnection):
    line: ClassVar[Line]

    def _new_conn(self) -> socket.socket:
        return self.line.dial(self)


class _Secure(HTTPSConnection):
    line: ClassVar[Line]

    def _new_conn(self) -> socket.socket:
        return self.line.dial(self)

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, ssl.SSLSocket):
            self.line.secured(self.sock)


class LineAdapter(HTTPAdapter):
    """Makes `requests` use one line for everything it sends."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 - the signature of requests
        """Give the pools connections that dial through the line."""
        bound = {"line": self._line}
        plain = {"ConnectionCls": type("PlainLine", (_Plain,), bound)}
        secure = {"ConnectionCls": type("SecureLine", (_Secure,), bound)}
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), plain),
            "https": type("SecurePool", (HTTPSConnectionPool,), secure),
        }
