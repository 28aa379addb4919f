"""A service that only keeps a log: when each request reached it, by the kernel's own clock."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SO_TIMESTAMPNS = 35
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class LoggingTarget:
    """Answers every request with 200; `arrivals` are epoch nanoseconds, as stamped when the packet came in.

    The stamp is taken within the sender's own system call, so that a busy test machine adds nothing to it.
    """

    def __init__(self) -> None:
        self.arrivals: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/log"

    @property
    def gaps(self) -> list[float]:
        """Seconds between one request and the next."""
        times = sorted(self.arrivals)
        return [(after - before) / 1e9 for before, after in pairwise(times)]

    def serve(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.1):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock is self._listener:
                    self._selector.register(sock.accept()[0], selectors.EVENT_READ)
                else:
                    self._answer(sock)

    def _answer(self, sock: socket.socket) -> None:
        try:
            data, notes, _, _ = sock.recvmsg(65536, 1024)
            if data:
                stamps = [struct.unpack("qq", value[:16]) for _, kind, value in notes if kind == SO_TIMESTAMPNS]
                self.arrivals += [seconds * 10**9 + nanos for seconds, nanos in stamps] or [time.time_ns()]
                sock.sendall(ANSWER)
                return
        except OSError:
            pass  # the client was killed: its request is in the log
        self._selector.unregister(sock)
        sock.close()

    def close(self) -> None:
        self._ended.set()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()


@contextmanager
def logging_target() -> Iterator[LoggingTarget]:
    """Serve one; it is warm, so that the kernel stamps from the first request on."""
    target = LoggingTarget()
    thread = threading.Thread(target=target.serve, daemon=True)
    thread.start()
    try:
        yield target
    finally:
        target._ended.set()
        thread.join(30)
        target.close()
