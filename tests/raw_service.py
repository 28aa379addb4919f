"""A service on a real socket that says exactly what a test tells it to, well-formed or not."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest

Talk = Callable[[socket.socket, bytes], None]
"""What a service does with a connection, given the head of the request."""

Serve = Callable[[Talk], str]
Answer = Callable[..., Talk]


class RawService:
    """Listens on a free loopback port; each connection is talked to in a thread of its own."""

    def __init__(self, talk: Talk) -> None:
        self.heads: list[bytes] = []
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening and cut every connection."""
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # Closing the listener ends the loop.
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # The client may hang up whenever it likes.
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                head += piece
            self.heads.append(head)
            self._talk(connection, head)


@pytest.fixture
def service() -> Iterator[Callable[[Talk], RawService]]:
    """Start services; they end with the test."""
    started: list[RawService] = []

    def start(talk: Talk) -> RawService:
        started.append(RawService(talk))
        return started[-1]

    yield start
    for one in started:
        one.close()


def reply_bytes(body: bytes = b"", headers: Mapping[str, str] | None = None, status: str = "200 OK") -> bytes:
    """Return a well-formed answer."""
    fields = {"Content-Length": str(len(body)), "Connection": "close"} | dict(headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


@pytest.fixture
def answer() -> Answer:
    """Make a service that gives the same answer to everybody."""

    def make(body: bytes = b"", headers: Mapping[str, str] | None = None, status: str = "200 OK") -> Talk:
        return lambda connection, _: connection.sendall(reply_bytes(body, headers, status))

    return make
