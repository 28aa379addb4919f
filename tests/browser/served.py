"""A service on the loopback address that answers each path with what a test made, and counts who asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Answer:
    """What a path answers; `length` is what the head claims, where that is not the truth."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200
    length: int | None = None


class Files(ThreadingHTTPServer):
    """Answers from `answers`; any other path is a picture of nothing, so that a beacon needs no list."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, answer: Answer) -> str:
        """Answer a path from now on; gives its address."""
        self.answers[path] = answer
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        files = cast("Files", self.server)
        files.asked.append(self.path)
        answer = files.answers.get(self.path, Answer(b"", status=204))
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: what was asked is in `asked`."""


@contextmanager
def files_served() -> Iterator[Files]:
    """Serve on a free port."""
    with Files() as files:
        thread = threading.Thread(target=files.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield files
        finally:
            files.shutdown()
            thread.join(30)
