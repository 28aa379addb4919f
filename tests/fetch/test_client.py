from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


def test_a_reply_holds_everything_that_came(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    one = service(answer(b"hello", {"Content-Type": "Text/Plain; charset=UTF-8", "X-Description": "A greeting"}))
    reply = Fetcher().fetch(f"{one.url}/hello")
    assert (reply.status, reply.reason, bytes(reply.body), reply.complete) == (200, "OK", b"hello", True)
    assert (reply.media_type, reply.charset, reply.description) == ("text/plain", "utf-8", "A greeting")
    assert reply.url == f"{one.url}/hello"
    assert reply.wire_size == 5
    assert [hop.status for hop in reply.hops] == [200]
    assert [name for name, _ in reply.hops[0].moments] == ["connected", "answered"]


@pytest.mark.parametrize(("host", "looked_up"), [("127.0.0.1", False), ("0x7f.1", False), ("localhost", True)])
def test_a_name_is_looked_up_where_there_is_one(
    service: Callable[..., Any], answer: Callable[..., Any], host: str, looked_up: bool
) -> None:
    port = service(answer()).port
    fetcher = Fetcher(resolver=lambda _, __: ["127.0.0.1"])
    moments = [name for name, _ in fetcher.fetch(f"http://{host}:{port}/").hops[0].moments]
    assert moments == (["name looked up"] if looked_up else []) + ["connected", "answered"]


def test_the_request_is_kept_as_it_was_sent(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    one = service(answer())
    reply = Fetcher(contact="mailto:me@example.org").fetch(one.url, headers={"X-Mine": "7"})
    lines = one.heads[0].decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    sent = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines[1:] if line}
    assert {name.lower(): value for name, value in reply.request.headers} == sent
    assert sent["user-agent"] == "Waitwise/0.1 (mailto:me@example.org)"
    assert sent["accept-encoding"] == "gzip"


def test_the_environment_says_who_answers_for_what_is_asked(
    service: Callable[..., Any], answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_CONTACT", " https://example.org/(us)\r\nX-Evil: 1 ")
    one = service(answer())
    Fetcher().fetch(one.url)
    lines = one.heads[0].decode().split("\r\n")
    assert "User-Agent: Waitwise/0.1 (https://example.org/usX-Evil: 1)" in lines
    assert not [line for line in lines if line.startswith("X-Evil")]
    monkeypatch.delenv("WAITWISE_CONTACT")
    assert Fetcher().contact == ""


@pytest.mark.parametrize("status", ["404 Not Found", "429 Too Many Requests", "503 Busy"])
def test_an_error_status_is_a_reply_with_its_body(
    service: Callable[..., Any], answer: Callable[..., Any], status: str
) -> None:
    reply = Fetcher().fetch(service(answer(b"sorry", status=status)).url)
    assert f"{reply.status} {reply.reason}" == status
    assert bytes(reply.body) == b"sorry"


def test_a_gzip_body_is_decoded_and_its_wire_size_kept(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    packed = gzip.compress(b"x" * 100_000)
    reply = Fetcher().fetch(service(answer(packed, {"Content-Encoding": "gzip"})).url)
    assert bytes(reply.body) == b"x" * 100_000
    assert reply.wire_size == len(packed)


def test_a_wrong_checksum_is_said_of_a_body_that_came_whole(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    packed = gzip.compress(b"x" * 9000)
    reply = Fetcher().fetch(service(answer(packed[:-8] + bytes(8), {"Content-Encoding": "gzip"})).url)
    assert (bytes(reply.body), reply.complete) == (b"x" * 9000, True)
    assert "its checksum is wrong: some of it may be damaged" in reply.note


def test_a_body_wrongly_declared_as_gzip_is_shown_as_sent(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    reply = Fetcher().fetch(service(answer(b"plain words", {"Content-Encoding": "gzip"})).url)
    assert bytes(reply.body) == b"plain words"
    assert "declared as gzip, but cannot be decoded" in reply.note


def test_a_coding_that_nobody_knows_is_shown_as_sent(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    reply = Fetcher().fetch(service(answer(b"\x0b\x02\x80", {"Content-Encoding": "rot13"})).url)
    assert bytes(reply.body) == b"\x0b\x02\x80"
    assert "Its Content-Encoding, rot13, is not known here: these are the bytes as sent." in reply.note


def test_brotli_that_nobody_asked_for_is_undone_and_kept_as_received_too(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    reply = Fetcher().fetch(service(answer(b"\x0b\x02\x80words\x03", {"Content-Encoding": "br"})).url)
    assert (bytes(reply.body), reply.note, reply.complete) == (b"words", "", True)
    assert reply.received == b"\x0b\x02\x80words\x03"


def test_a_body_that_breaks_off_is_kept_as_a_part(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

    reply = Fetcher().fetch(service(talk).url)
    assert bytes(reply.body) == b"only this"
    assert not reply.complete
    assert "broke off" in reply.why_incomplete


def test_a_body_beyond_the_cap_is_kept_up_to_the_cap(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    reply = Fetcher(cap=1000).fetch(service(answer(b"x" * 5000)).url)
    assert len(reply.body) == 1000
    assert "Only the first 1 kB" in reply.why_incomplete


def test_a_body_of_exactly_the_cap_is_complete(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    reply = Fetcher(cap=1000).fetch(service(answer(b"x" * 1000)).url)
    assert reply.complete
    assert len(reply.body) == 1000


def test_a_large_body_lies_in_a_file_not_in_memory(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n")
        for _part in range(60):
            connection.sendall(b"x" * 1_000_000)

    tracemalloc.start()
    reply = Fetcher().fetch(service(talk).url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(reply.body), reply.body[59_999_998:], reply.complete) == (60_000_000, b"xx", True)
    assert peak < 20_000_000


def test_head_asks_for_no_body(service: Callable[..., Any]) -> None:
    one = service(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
    reply = Fetcher().fetch(one.url, method="HEAD")
    assert one.heads[0].startswith(b"HEAD / ")
    assert (reply.complete, len(reply.body), reply.headers.get("Content-Length")) == (True, 0, "1000")
