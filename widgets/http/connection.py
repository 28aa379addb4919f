"""A connection to one host, and the deadline that can cut it.

A timeout of a socket starts again with every byte, so that a service which drips never meets it. Here another thread
shuts the socket down, which wakes whatever waits for it: the lookup of the name, the connecting, the handshake of TLS,
the head, the body. What was cut may look like a normal end, so whoever reads asks `reason` afterwards.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self, TypeVar

import certifi

from .errors import DeadlineError, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader
    from types import TracebackType

    from .address import Address, Guard

T = TypeVar("T")

_LOOK = 0.1
"""Seconds between two looks at the clock: the Stop of a person acts within 0.3 s."""


class CutError(Exception):
    """What was under way was cut before it ended."""


class Deadline:
    """Watches over one exchange, as a context manager.

    >>> stop = threading.Event()
    >>> with Deadline(60, stop) as deadline:
    ...     stop.set()
    ...     deadline.wait_for(lambda: time.sleep(5))
    Traceback (most recent call last):
        ...
    widgets.http.connection.CutError: stopped

    Args:
        seconds: Counted from entering.
        stop: Set by whoever wants it to end now.

    Attributes:
        stop: The same, or one that nobody sets.
        reason: Why it was cut; empty while it was not.
    """

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self.reason: Reason = ""
        self.seconds = seconds
        self.stop = stop or threading.Event()
        self._started = time.monotonic()
        self._handles: list[socket.socket] = []
        self._waiting: list[Future[Any]] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="http-deadline")

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
        """Seconds since it was entered."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Seconds until the deadline, never below a millisecond: a timeout of 0 would mean none."""
        return max(0.001, self.seconds - self.now)

    def check(self) -> None:
        """Raise `CutError` when it was cut."""
        if self.reason:
            raise CutError(self.reason)

    def hold(self, sock: socket.socket) -> None:
        """Shut `sock` down when the deadline cuts; a duplicate is kept, since TLS takes the original over."""
        with self._lock:
            self._handles.append(sock.dup())
            if self.reason:
                _shut(self._handles[-1])

    def wait_for(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise `CutError`: for a name lookup, which nothing can interrupt."""
        future: Future[T] = Future()

        def run() -> None:
            with suppress(InvalidStateError):  # it was cut meanwhile: nobody waits for this any more
                try:
                    future.set_result(work())
                except InvalidStateError:
                    raise
                except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
                    future.set_exception(error)

        with self._lock:
            self.check()
            self._waiting.append(future)
        threading.Thread(target=run, daemon=True, name="http-lookup").start()
        return future.result()

    def _run(self) -> None:
        while not self._over.wait(min(_LOOK, self.left)):
            if self.stop.is_set():
                return self._cut("stopped")
            if self.now >= self.seconds:
                return self._cut("late")
        return None

    def _cut(self, reason: Reason) -> None:
        with self._lock:
            self.reason = reason
            for handle in self._handles:
                _shut(handle)
            for future in self._waiting:
                with suppress(InvalidStateError):
                    future.set_exception(CutError(reason))


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # It may be closed by the other side already, which is as good.
        handle.shutdown(socket.SHUT_RDWR)


class Connection:
    """An open connection to one origin: what is known of it, and how it is read.

    Attributes:
        origin: Scheme, host and port.
        peer: The address that was dialled, with its port.
        security: TLS version and what the certificate says, or empty for plain http.
        file: What comes from the other side.
    """

    def __init__(self, address: Address, sock: socket.socket, peer: str, security: str) -> None:
        self.origin = address.origin
        self.sock = sock
        self.peer = f"[{peer}]:{address.port}" if ":" in peer else f"{peer}:{address.port}"
        self.security = security
        self.file: BufferedReader = sock.makefile("rb")

    @property
    def closed(self) -> bool:
        """Whether it was closed here."""
        return self.file.closed

    @property
    def dead(self) -> bool:
        """Whether it cannot be used for another request.

        An idle connection has nothing to say before it is asked: an end, an error and words out of turn all spoil it.
        What TLS says to itself does not.
        """
        patience = self.sock.gettimeout()
        try:
            self.sock.settimeout(0)
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        else:
            return True
        finally:
            with suppress(OSError):
                self.sock.settimeout(patience)

    def renew(self) -> None:
        """Forget what came beyond the end of the last answer."""
        self.file.close()
        self.file = self.sock.makefile("rb")

    def close(self) -> None:
        """Close it."""
        with suppress(OSError):  # a flush of what was never read can fail; it is closed all the same
            self.file.close()
        self.sock.close()


def _in_digits(host: str) -> bool:
    """Whether a host is an IP address, of which no name is looked up."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def dial(
    address: Address, guard: Guard, deadline: Deadline, patience: float, note: Callable[[str], None]
) -> Connection:
    """Connect to the first IP address of the host that answers, each checked before; the name is looked up once.

    Args:
        address: Where.
        guard: Says which IP addresses may be dialled.
        deadline: Cuts each step.
        patience: Seconds after which an IP address counts as silent.
        note: Told each step that was taken.

    Raises:
        FetchError: The name is unknown or not to be asked, or the host does not take the connection.
        CutError: The deadline has cut it.
        OSError: Of the last IP address, where none answers; also of TLS.
    """
    found = deadline.wait_for(lambda: guard.addresses(address.host, address.port))
    if not _in_digits(address.host):
        note("name looked up")
    failure: OSError = OSError(0, "its name has no address")
    for peer in found:
        try:
            sock = _connected(peer, address.port, deadline, patience)
        except OSError as error:
            deadline.check()
            failure = error
            continue
        note("connected")
        try:
            secured, security = _secured(sock, address) if address.scheme == "https" else (sock, "")
        except OSError:
            sock.close()
            deadline.check()
            raise
        if security:
            note("secured")
        return Connection(address, secured, peer, security)
    if isinstance(failure, TimeoutError):
        raise DeadlineError(
            f"{address.netloc} does not take the connection. It may be off or behind a firewall.",
            "the host does not take the connection",
        ) from failure
    raise failure


def _connected(peer: str, port: int, deadline: Deadline, patience: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in peer else socket.AF_INET, socket.SOCK_STREAM)
    try:
        deadline.hold(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(patience, deadline.left))
        sock.connect((peer, port))
        sock.settimeout(patience)
    except OSError:
        sock.close()
        raise
    return sock


def _secured(sock: socket.socket, address: Address) -> tuple[socket.socket, str]:
    secured = tls().wrap_socket(sock, server_hostname=address.host.rstrip("."))
    return secured, f"{secured.version()}; {describe_certificate(secured.getpeercert() or {})}"


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """How a secure connection is made: certificates are always verified, against the list that `certifi` brings."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def describe_certificate(certificate: dict[str, Any]) -> str:
    """Return names, issuer and dates of a certificate as `ssl.SSLSocket.getpeercert` gives it.

    >>> describe_certificate({"subjectAltName": (("DNS", "x.example"),), "notBefore": "a", "notAfter": "b"})
    'certificate for x.example, by an unnamed issuer, valid from a to b'
    """
    names = [str(value) for kind, value in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    issuer = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    by = issuer.get("organizationName") or issuer.get("commonName") or "an unnamed issuer"
    valid = f"valid from {certificate.get('notBefore', '?')} to {certificate.get('notAfter', '?')}"
    return f"certificate for {', '.join(names[:5]) or 'no name'}, by {by}, {valid}"
