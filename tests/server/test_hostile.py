"""Requests that no client sends by accident, as bytes on a socket, to both servers that `python -m server` uses."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
import waitress  # type: ignore[import-untyped] # it ships no types

from server import create_app
from server.ports import claim
from server.settings import LARGEST_BODY
from tests.server.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

POST = b"POST /lab/puzzles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HOSTILE = {
    "a header of 1 MB": b"GET /NASA HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "a hundred thousand headers": b"GET /NASA HTTP/1.1\r\nHost: x\r\n" + b"X-A: a\r\n" * 100_000 + b"\r\n",
    "a path of 1 MB": b"GET /NASA/" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET /nothing HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "zero bytes": b"\0" * 1000 + b"\r\n\r\n",
    "the start of a TLS connection": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a version that does not exist": b"GET /nothing HTTP/9.9\r\nHost: x\r\n\r\n",
    "a length that is no number": POST + b"Content-Length: ten\r\n\r\n{}",
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n{}",
    "a length beyond all bounds": POST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "a body that breaks off": POST + b"Content-Length: 50\r\n\r\n{",
    "a chunk whose length is no number": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "a chunk whose length is beyond all bounds": CHUNKED + b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"1\r\n{}}}}}\r\n0\r\n\r\n",
    "chunks that break off": CHUNKED + b"5\r\n{",
    "chunks that are too many": CHUNKED + (b"400\r\n" + b" " * 1024 + b"\r\n") * (LARGEST_BODY // 512),
    "two lengths": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@contextmanager
def waiting() -> Iterator[str]:
    """The service under Waitress, as `--serve` has it, in this process."""
    sockets: dict[int, object] = {}
    with claim("127.0.0.1", 0) as listener:
        server = waitress.create_server(
            create_app(), sockets=[listener], threads=4, map=sockets, max_request_body_size=LARGEST_BODY
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        with suppress(OSError):  # a worker that pulls just now has it run at once, and then the trigger is closed
            server.trigger.pull_trigger(lambda: [each.close() for each in list(sockets.values())])  # type: ignore[attr-defined]
        thread.join(30)


@pytest.fixture(scope="module", params=["werkzeug", "waitress"])
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    with waiting() if request.param == "waitress" else serving(create_app()) as base:
        yield base


def answers(base: str, sent: bytes) -> bytes:
    """Everything that comes back until the connection ends."""
    parts = urlsplit(base)
    received = b""
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        try:
            connection.sendall(sent)
            with suppress(OSError):  # it has hung up already
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
        except ConnectionError:
            return received  # hanging up is an answer too
    return received


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_it_is_refused_or_hung_up_on_and_the_next_request_is_served(
    service: str, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        received = answers(service, sent)
    status = int(received.split(maxsplit=2)[1]) if received.startswith(b"HTTP/") else None
    assert status is None or 400 <= status < 500 or status in {501, 505}, received[:300]
    assert "Traceback" not in caplog.text + received.decode("latin-1")
    assert requests.get(f"{service}/health", timeout=20).status_code == 200
