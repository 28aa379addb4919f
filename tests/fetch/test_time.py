from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher, FetchError, Reply
from widgets.http.errors import DeadlineError, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable


def until_hung_up(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def test_silence_ends_after_the_patience(service: Callable[..., Any]) -> None:
    one = service(until_hung_up)
    with pytest.raises(DeadlineError, match=r"sent nothing for 0\.2 s\."):
        Fetcher(patience=0.2).fetch(one.url)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n", b""])
def test_a_dripping_head_ends_at_the_deadline(service: Callable[..., Any], head: bytes) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"X-Drip: 1\r\n" if head else b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.02)

    started = time.monotonic()
    with pytest.raises(DeadlineError, match="did not finish the head"):
        Fetcher(deadline=0.3).fetch(service(talk).url)
    assert time.monotonic() - started < 20, "it would drip for ever"


def test_a_dripping_body_ends_at_the_deadline_and_is_kept(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    reply = Fetcher(deadline=0.3).fetch(service(talk).url)
    assert not reply.complete
    assert "The time was up" in reply.why_incomplete
    assert bytes(reply.body).startswith(b"xxx")


def test_stop_in_a_silent_answer_does_not_wait_for_it(service: Callable[..., Any]) -> None:
    stop = threading.Event()
    one = service(until_hung_up)
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped, match="before anything came"):
        Fetcher(patience=60, deadline=60).fetch(one.url, stop=stop)
    assert time.monotonic() - started < 20


def test_stop_in_a_slow_body_keeps_what_came(service: Callable[..., Any]) -> None:
    stop = threading.Event()

    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst part")
        connection.recv(1)

    seen: list[tuple[int, int | None]] = []

    def progress(received: int, total: int | None) -> None:
        seen.append((received, total))
        stop.set()

    started = time.monotonic()
    reply = Fetcher(patience=60, deadline=60).fetch(service(talk).url, stop=stop, on_progress=progress)
    assert time.monotonic() - started < 20
    assert (bytes(reply.body), reply.complete, reply.why_incomplete) == (b"first part", False, "Stopped by you.")
    assert seen == [(10, 100)]


def test_stop_while_a_name_is_looked_up_does_not_wait_for_the_answer() -> None:
    stop, asked, release = threading.Event(), threading.Event(), threading.Event()

    def slow(host: str, port: int) -> list[str]:
        asked.set()
        release.wait(60)
        return ["127.0.0.1"]

    def stop_once_asked() -> None:
        if asked.wait(60):
            stop.set()

    threading.Thread(target=stop_once_asked, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        Fetcher(resolver=slow, deadline=60).fetch("http://slow.example/", stop=stop)
    release.set()
    assert time.monotonic() - started < 20


def test_stop_while_connecting_does_not_wait_for_the_host() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # A backlog that is full leaves the next caller without an answer, as a far host that is gone would.
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        stop = threading.Event()
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        with pytest.raises(FetchError):
            Fetcher(patience=60, deadline=60).fetch(f"http://127.0.0.1:{full.getsockname()[1]}/", stop=stop)
        assert time.monotonic() - started < 20
        for one in waiting:
            one.close()


def test_a_body_that_takes_its_time_is_told_in_part(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nfirst")
        time.sleep(0.5)
        connection.sendall(b"half")
        time.sleep(0.1)
        connection.sendall(b".")

    parts: list[Reply] = []
    reply = Fetcher().fetch(service(talk).url, on_part=parts.append)
    assert [bytes(part.body) for part in parts] == [b"firsthalf"]
    assert (parts[0].complete, parts[0].why_incomplete) == (False, "It is still coming.")
    assert bytes(reply.body) == b"firsthalf."


def test_live_events_are_told_at_once(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n")
        connection.recv(1)

    stop = threading.Event()
    parts: list[bytes] = []

    def look(part: Reply) -> None:
        parts.append(bytes(part.body))
        stop.set()

    Fetcher().fetch(service(talk).url, on_part=look, stop=stop)
    assert parts == [b"data: one\n\n"]
