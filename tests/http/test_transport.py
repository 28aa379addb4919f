"""One request on a real socket: what is sent, what is kept, and how it is cut."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher
from widgets.fetch.timeline import timeline
from widgets.http.address import Guard
from widgets.http.connection import CutError, Deadline
from widgets.http.errors import (
    AddressError,
    BlockedError,
    BrokenOffError,
    DeadlineError,
    ReplyError,
    Stopped,
    UnreachableError,
)
from widgets.http.message import Headers, Request
from widgets.http.transport import Transport
from widgets.probe.asker import Asker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from widgets.http.transport import Response


def body_of(response: Response) -> bytes:
    return b"".join(iter(lambda: response.read1(65_536), b""))


def asked(transport: Transport, url: str, seconds: float = 20, **headers: str) -> tuple[Response, bytes]:
    with (
        Deadline(seconds) as deadline,
        transport.send(Request("GET", url, Headers(headers.items())), deadline) as found,
    ):
        return found, body_of(found)


def says(*pieces: bytes) -> Callable[[socket.socket, bytes], None]:
    return lambda connection, _: connection.sendall(b"".join(pieces))


def until_hung_up(*pieces: bytes) -> Callable[[socket.socket, bytes], None]:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"".join(pieces))
        connection.recv(1)

    return talk


def dripping(head: bytes, piece: bytes) -> Callable[[socket.socket, bytes], None]:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return talk


def polite(connection: socket.socket, head: bytes) -> None:
    """Answer one request after the other on one connection."""
    while head:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        head = connection.recv(65_536)


@contextmanager
def soon(stop: threading.Event) -> Iterator[None]:
    timer = threading.Timer(0.5, stop.set)  # by then the answer has begun, on a busy machine too
    timer.start()
    yield
    timer.join()


def test_what_is_sent_is_what_was_asked_for_and_a_host(service: Callable[..., Any]) -> None:
    one = service(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    found, body = asked(Transport(), f"{one.url}/a b?c#d", Accept="text/x")
    assert one.heads[0].decode().split("\r\n") == [
        "GET /a%20b?c HTTP/1.1", f"Host: 127.0.0.1:{one.port}", "Accept: text/x", "", "",
    ]  # fmt: skip
    assert [f"{name}: {value}" for name, value in found.hop.request.headers] == one.heads[0].decode().split("\r\n")[1:3]
    assert (body, found.tell(), found.total) == (b"ok", 2, 2)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "\u20ac"])
def test_a_header_that_cannot_be_sent_is_an_error_and_nothing_is_sent(service: Callable[..., Any], value: str) -> None:
    one = service(polite)
    with pytest.raises(AddressError, match="does not carry"):
        asked(Transport(), one.url, X=value)
    assert b"X-Evil" not in b"".join(one.heads)


def test_a_body_is_sent_with_its_length(service: Callable[..., Any]) -> None:
    came: list[bytes] = []

    def talk(connection: socket.socket, head: bytes) -> None:
        came.append(head if head.endswith(b"{}") else head + connection.recv(2))  # in one packet, or in two
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with Deadline(20) as deadline, Transport() as transport:
        transport.send(Request("POST", service(talk).url, body=b"{}"), deadline).close()
    assert came[0].endswith(b"Content-Length: 2\r\n\r\n{}")


def test_a_connection_is_kept_only_where_it_is_asked_for(service: Callable[..., Any]) -> None:
    one = service(polite)
    with Transport(keep=True) as transport:
        for _ in range(3):
            assert asked(transport, one.url)[1] == b"ok"
    assert len(one.heads) == 1, "heads are counted once a connection"
    with Transport() as transport:
        for _ in range(3):
            asked(transport, one.url)
    assert len(one.heads) == 4


def test_what_came_beyond_the_end_of_an_answer_is_not_the_next_one(service: Callable[..., Any]) -> None:
    def talkative(connection: socket.socket, head: bytes) -> None:
        while head:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 Evil\r\n\r\n")
            head = connection.recv(65_536)

    with Transport(keep=True) as transport:
        url = service(talkative).url
        for _ in range(3):
            found, body = asked(transport, url)
            assert (found.hop.status, body) == (200, b"ok")


def test_a_kept_connection_goes_to_one_origin_only(service: Callable[..., Any]) -> None:
    one, other = service(polite), service(polite)
    with Transport(keep=True) as transport:
        asked(transport, one.url)
        asked(transport, other.url)
    assert len(one.heads) == len(other.heads) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"Content-Length: 9\r\n\r\nwords", "5 bytes came of the 9 that were announced"),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\nwords\r\n", "without its last chunk"),
        (b"Transfer-Encoding: chunked\r\n\r\nff\r\nwords", "without its last chunk"),
        (b"Transfer-Encoding: chunked\r\n\r\nfive\r\nwords", "'five' is no size of one"),
        (b"Transfer-Encoding: chunked\r\n\r\n-5\r\nwords", "'-5' is no size of one"),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nwords\r\n", "one is longer than it says"),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 100_000, "does not end"),
    ],
)
def test_a_body_that_ends_before_its_end_says_how(service: Callable[..., Any], body: bytes, why: str) -> None:
    with pytest.raises(BrokenOffError, match=why):
        asked(Transport(), service(says(b"HTTP/1.1 200 OK\r\n" + body)).url)


@pytest.mark.parametrize(
    "body", [b"<h1>Sorry</h1>", b'{"a": 1}\n{"b": 2}\n', b"Sorry, not now", b"\x89PNG\r\n" + bytes(99)]
)
def test_a_body_of_which_no_chunks_were_made_is_shown_as_sent(service: Callable[..., Any], body: bytes) -> None:
    head = b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n"
    reply = Fetcher().fetch(service(says(head + body)).url)
    assert (bytes(reply.body), reply.complete) == (body, True)
    assert "announces chunks and none came" in reply.note


def test_the_last_chunk_needs_no_empty_line_where_the_connection_ends(service: Callable[..., Any]) -> None:
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwords\r\n0\r\n"
    reply = Fetcher().fetch(service(says(sent)).url)
    assert (bytes(reply.body), reply.complete, reply.note) == (b"words", True, "")


def test_chunks_their_extensions_and_their_trailers_are_read(service: Callable[..., Any]) -> None:
    chunks = b"5;a=b\r\nwords\r\n6 \r\n, more\r\n0\r\nX: y\r\n\r\n"
    one = service(says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
    assert asked(Transport(), one.url)[1] == b"words, more"
    assert list(Fetcher().fetch(one.url).trailers) == [("X", "y")]


def test_trailers_are_told_and_what_is_malformed_in_them_does_no_harm(service: Callable[..., Any]) -> None:
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nDigest: sha-256=a\r\n\tb\r\nno field\r\n"
    for end in (b"\r\n", b""):  # some close in place of the empty line
        reply = Fetcher().fetch(service(says(sent + end)).url)
        assert (list(reply.trailers), reply.complete) == ([("Digest", "sha-256=a b")], True)
        assert ("came behind it Digest", "sha-256=a b") in timeline(reply)[-1][1]


def test_a_transfer_coding_under_the_chunks_is_undone_in_a_fetch(service: Callable[..., Any]) -> None:
    packed = gzip.compress(b"words" * 100)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    reply = Fetcher().fetch(service(says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", sent)).url)
    assert bytes(reply.body) == b"words" * 100
    assert "gzip was undone" in reply.note


def test_an_answer_that_browsers_refuse_is_shown_with_a_note(service: Callable[..., Any]) -> None:
    reply = Fetcher().fetch(
        service(says(b"HTTP/1.1 200 OK\r\nbad line\r\nX: \0\r\nContent-Length: -1\r\n\r\nwords")).url
    )
    assert (bytes(reply.body), reply.complete) == (b"words", True)
    for told in ("'bad line' is malformed", "holds a NUL", "'-1' is no length"):
        assert told in reply.note


ENDLESS = {
    "HTTP/1.0, a body that ends with the connection": until_hung_up(b"HTTP/1.0 200 OK\r\n\r\nx"),
    "Connection: close and no length": until_hung_up(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx"),
    "a dripping body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b"x"),
    "a dripping body without a length": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "endless chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_stop_and_the_deadline_end_a_probe_whose_answer_does_not_end(service: Callable[..., Any], name: str) -> None:
    one = service(ENDLESS[name])
    stop = threading.Event()
    began = time.monotonic()
    with soon(stop), Asker(one.url, deadline=60) as asker:
        assert asker(stop).status == 200
    with Asker(one.url, deadline=0.2) as asker:
        assert asker(threading.Event()).status == 200
    assert time.monotonic() - began < 30, "it would not end by itself"


@pytest.mark.parametrize("name", ENDLESS)
def test_stop_and_the_deadline_end_a_fetch_whose_answer_does_not_end(service: Callable[..., Any], name: str) -> None:
    one = service(ENDLESS[name])
    stop = threading.Event()
    with soon(stop):
        stopped = Fetcher(patience=60, deadline=60).fetch(one.url, stop=stop)
    late = Fetcher(patience=60, deadline=0.2).fetch(one.url)
    assert (stopped.complete, stopped.why_incomplete) == (False, "Stopped by you.")
    assert not late.complete
    assert "The time was up" in late.why_incomplete


def test_stop_and_the_deadline_end_a_silent_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        with Asker(url, deadline=0.2) as asker:
            assert asker(threading.Event()).error == "no whole answer within 0.2 s"
        stop = threading.Event()
        with soon(stop), Asker(url, deadline=60) as asker:
            assert asker(stop).error == "stopped"
        with pytest.raises(DeadlineError, match=r"within 0\.2 s"):
            Fetcher(patience=60, deadline=0.2).fetch(url)
        again = threading.Event()
        with soon(again), pytest.raises(Stopped):
            Fetcher(patience=60, deadline=60).fetch(url, stop=again)
        assert time.monotonic() - began < 30, "it would be silent for ever"


def test_the_deadline_ends_a_lookup_that_nothing_can_interrupt() -> None:
    release = threading.Event()

    def slow(*_: object) -> list[str]:
        release.wait(60)
        return []

    with Deadline(0.1) as deadline, pytest.raises(DeadlineError):
        Transport(Guard("local", (), slow)).send(Request("GET", "http://slow.example/"), deadline)
    release.set()
    with pytest.raises(CutError, match="late"):
        deadline.check()


def test_a_turn_begins_when_the_connection_is_there_and_ends_when_the_request_is_sent(
    service: Callable[..., Any],
) -> None:
    told: list[str] = []

    def talk(connection: socket.socket, _: bytes) -> None:
        told.append("asked")
        connection.sendall(b"HTTP/1.1 204 x\r\n\r\n")

    one = service(talk)

    def resolver(*_: object) -> list[str]:
        told.append("looked up")
        return ["127.0.0.1"]

    @contextmanager
    def turn() -> Iterator[None]:
        told.append("begins")
        yield
        told.append("ends")

    with Deadline(20) as deadline, Transport(Guard("local", (), resolver)) as transport:
        transport.send(Request("GET", one.url), deadline, turn()).close()
    assert told.index("looked up") < told.index("begins") < told.index("ends")
    assert "asked" in told


def test_a_request_has_been_written_when_its_turn_begins(
    service: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    putheader = HTTPConnection.putheader

    def written(*args: Any) -> None:
        told.append("written")
        putheader(*args)

    monkeypatch.setattr(HTTPConnection, "putheader", written)

    @contextmanager
    def turn() -> Iterator[None]:
        told.append("begins")
        yield

    with Deadline(20) as deadline, Transport() as transport:
        transport.send(Request("POST", service(polite).url, body=b"x"), deadline, turn()).close()
    assert told.count("written") == 2, "its host and its length"
    assert told[-1] == "begins"


def test_a_turn_is_over_before_a_slow_answer_comes(service: Callable[..., Any]) -> None:
    over = threading.Event()

    def talk(connection: socket.socket, _: bytes) -> None:
        assert over.wait(20)  # the head comes only after the turn has ended
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    @contextmanager
    def turn() -> Iterator[None]:
        yield
        over.set()

    with Deadline(20) as deadline, Transport() as transport:
        assert transport.send(Request("GET", service(talk).url), deadline, turn()).hop.status == 200


def test_a_connection_that_did_not_wait_for_the_turn_is_opened_anew(service: Callable[..., Any]) -> None:
    seen: list[int] = []

    def resolver(*_: object) -> list[str]:
        seen.append(1)
        return ["127.0.0.1"]

    class Impatient:
        """A turn that is long in coming, while the other side hangs up."""

        def __enter__(self) -> None:
            while not one._open:  # it is accepted in a thread of its own
                time.sleep(0.01)
            for connection in one._open:
                connection.shutdown(socket.SHUT_RDWR)
            time.sleep(0.6)

        def __exit__(self, *_: object) -> None:
            pass

    one = service(polite)
    with Deadline(20) as deadline, Transport(Guard("local", (), resolver)) as transport:
        assert transport.send(Request("GET", one.url), deadline, Impatient()).hop.status == 200
    assert len(seen) == 2


def test_a_service_that_hangs_up_is_said_to_have_done_so(service: Callable[..., Any]) -> None:
    with pytest.raises(ReplyError, match="closed the connection before an answer came"):
        asked(Transport(), service(says()).url)


def test_public_mode_blocks_a_port_at_the_first_address_and_at_a_redirect_of_a_probe(
    service: Callable[..., Any],
) -> None:
    inner = service(polite)
    there = b"HTTP/1.1 302 Found\r\nLocation: " + inner.url.encode() + b"/\r\n"
    one = service(says(there + b"Content-Length: 0\r\nConnection: close\r\n\r\n"))
    guard = Guard("public", [("127.0.0.1", one.port)])
    with pytest.raises(BlockedError):
        Asker(inner.url, guard=guard)
    with Asker(one.url, guard=guard) as asker:
        assert [asker(threading.Event()).status for _ in range(2)] == [302, 302]
        assert asker.url == f"{one.url}/"
    assert inner.heads == []


def test_a_failure_behind_a_redirect_names_the_host_that_failed(service: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n".encode()
    one = service(says(moved))
    with Asker(one.url) as asker:
        assert asker(threading.Event()).status == 302
        why = asker(threading.Event()).error
    told = f"(at 127.0.0.1:{port}, to which 127.0.0.1:{one.port} redirects)"
    assert why == f"nothing listens there: the connection was refused {told}"
    with pytest.raises(UnreachableError) as caught:
        Fetcher().fetch(one.url)
    asks = f"Ask whoever runs 127.0.0.1:{one.port} where it should lead."
    assert str(caught.value) == f"Nothing listens there: the connection was refused {told}. {asks}"
    assert caught.value.brief == why
