"""The line to one host: how it is opened, cut, and why it failed; and how an address is written. IO."""

from __future__ import annotations

import errno
import http.client
import re
import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias
from urllib.parse import urlsplit

import certifi
import requests

Connect: TypeAlias = Callable[[tuple[str, int], float], socket.socket]
"""Opens a connection to (host, port) within a number of seconds; raises `OSError`."""

CONNECT_SECONDS = 10.0
EXAMPLE = "http://localhost:5009/Slow-NASA"


def dial(address: tuple[str, int], timeout: float) -> socket.socket:
    """Connect to whatever the name resolves to."""
    return socket.create_connection(address, timeout)


def check_address(url: str) -> str:
    """Return `url` in its normal form.

    Raises:
        ValueError: When it is no http or https address; the message says what to do.
    """
    text = url.strip()
    if not text:
        raise ValueError(f"There is no address to probe: type one, for example {EXAMPLE}.")
    try:
        normal = requests.Request("GET", text).prepare().url or ""
        parts = urlsplit(normal)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (ValueError, requests.RequestException) as error:
        raise ValueError(f"'{text}' is not an address that can be probed: {_reason(text)}") from error
    if not usable:
        raise ValueError(f"'{text}' is not an address that can be probed: {_reason(text)}")
    return normal


HOST = re.compile(r"(localhost|[\w-]+(\.[\w-]+)+|\[[0-9a-fA-F:.]+\])(:\d+)?([/?#]\S*)?")
"""What may well have been meant for an address, but for its scheme."""


def _reason(text: str) -> str:
    """Why `text` is none, and what to do; the parsers of others say it in words for programmers."""
    if HOST.fullmatch(text):
        return f"it does not say how to ask. Write it whole, for example http://{text}."
    scheme, colon, _ = text.partition(":")
    if colon and scheme.lower() not in {"http", "https"}:
        return f"only http:// and https:// addresses can be asked. One looks like {EXAMPLE}."
    if not colon:
        return f"it does not say how to ask. Write it whole, for example {EXAMPLE}."
    return f"its host is missing or misspelt. One looks like {EXAMPLE}."


class Line(http.client.HTTPConnection):
    """A connection that is opened by a given function, so that an address can be checked before it is dialled."""

    def __init__(self, url: str, connect: Connect, deadline: float) -> None:
        parts = urlsplit(url)
        self._tls = ssl.create_default_context(cafile=certifi.where()) if parts.scheme == "https" else None
        if self._tls is not None:
            self.default_port = http.client.HTTPS_PORT
        super().__init__(parts.hostname or "", parts.port or self.default_port)
        self._open, self._deadline = connect, deadline

    def connect(self) -> None:
        """Open the connection."""
        sock = self._open((self.host, self.port), CONNECT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._tls.wrap_socket(sock, server_hostname=self.host) if self._tls else sock
        self.sock.settimeout(self._deadline)

    def drop_if_dead(self) -> None:
        """Close a kept connection that the service has closed while it was idle, so that no request is lost on it.

        A kept connection has nothing to say before it is asked: readable means closed.
        """
        if self.sock is not None and select.select([self.sock], [], [], 0)[0]:
            self.close()

    def cut(self) -> None:
        """End whatever is being read or written on the socket, from another thread."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):  # closed in the meantime: that is what is wanted
                sock.shutdown(socket.SHUT_RDWR)


REASONS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((socket.gaierror,), "the name of the host could not be found"),
    ((ConnectionRefusedError,), "nothing listens there: the connection was refused"),
    ((ConnectionResetError, BrokenPipeError), "the connection was closed before an answer came"),
    ((TimeoutError,), "no answer in time"),
    ((ssl.SSLError,), "the secure connection failed ({error})"),
    ((http.client.HTTPException, ValueError), "the answer is not HTTP ({name})"),
)
"""The first row that fits says why; `RemoteDisconnected` is a `ConnectionResetError`."""


NUMBERED = {
    errno.EHOSTUNREACH: "no way leads to that host: is it switched on, and is this machine in its network?",
    errno.ENETUNREACH: "no way leads to that network: is this machine connected?",
    errno.EADDRNOTAVAIL: "this machine has no free port to ask from, or no such address",
    errno.EMFILE: "this machine has too many connections open",
    errno.EACCES: "this machine does not allow that connection",
}
"""Errors that Python has no class for."""


def explain(error: Exception) -> str:
    """The reason in a few words, without a full stop, an address, a number of the system's or an object's repr."""
    for kinds, reason in REASONS:
        if isinstance(error, kinds):
            return reason.format(error=_spoken(error), name=type(error).__name__)
    number = getattr(error, "errno", None)
    return NUMBERED.get(number or 0) or _spoken(error)


def _spoken(error: Exception) -> str:
    """The error's own words: an `SSLError` has them as `CERTIFICATE_VERIFY_FAILED`, a system's as `strerror`."""
    words = getattr(error, "verify_message", "") or str(getattr(error, "reason", None) or "").replace("_", " ").lower()
    text = words or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return re.sub(r"^\[[^\]]*\]\s*", "", text).rstrip(". ")
