from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from widgets.fetch import Fetcher, FetchError, Reply
from widgets.fetch.errors import (
    AddressError,
    DeadlineError,
    RedirectError,
    ReplyError,
    Stopped,
    UnreachableError,
)


def until_hung_up(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def path_of(head: bytes) -> str:
    return head.split(b" ")[1].decode()


def test_a_reply_holds_everything_that_came(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    one = service(answer(b"hello", {"Content-Type": "Text/Plain; charset=UTF-8", "X-Description": "A greeting"}))
    reply = Fetcher().fetch(f"{one.url}/hello")
    assert (reply.status, reply.reason, bytes(reply.body), reply.complete) == (200, "OK", b"hello", True)
    assert (reply.media_type, reply.charset, reply.description) == ("text/plain", "utf-8", "A greeting")
    assert reply.url == f"{one.url}/hello"
    assert reply.wire_size == 5
    assert [hop.status for hop in reply.hops] == [200]
    assert [name for name, _ in reply.hops[0].moments] == ["name looked up", "connected", "answered"]


def test_the_request_is_kept_as_it_was_sent(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    one = service(answer())
    reply = Fetcher(contact="mailto:me@example.org").fetch(one.url, headers={"X-Mine": "7"})
    lines = one.heads[0].decode().split("\r\n")
    assert lines[0] == "GET / HTTP/1.1"
    sent = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines[1:] if line}
    assert {name.lower(): value for name, value in reply.request.headers} == sent
    assert sent["user-agent"] == "Waitwise/0.1 mailto:me@example.org"
    assert sent["accept-encoding"] == "gzip"


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


def test_a_body_wrongly_declared_as_gzip_is_shown_as_sent(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    reply = Fetcher().fetch(service(answer(b"plain words", {"Content-Encoding": "gzip"})).url)
    assert bytes(reply.body) == b"plain words"
    assert "declared as gzip, but cannot be decoded" in reply.note


def test_a_coding_that_nobody_asked_for_is_shown_as_sent(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    reply = Fetcher().fetch(service(answer(b"\x0b\x02\x80", {"Content-Encoding": "br"})).url)
    assert bytes(reply.body) == b"\x0b\x02\x80"
    assert "coded as br" in reply.note


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


def test_redirects_are_followed_and_kept(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/a":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b?x=1\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    one = service(talk)
    reply = Fetcher().fetch(f"{one.url}/a")
    assert reply.url == f"{one.url}/b?x=1"
    assert [hop.status for hop in reply.hops] == [302, 200]


def test_a_redirect_body_is_never_read(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert bytes(Fetcher().fetch(service(talk).url).body) == b"ok"


def test_redirects_without_end_are_an_error(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    one = service(talk)
    with pytest.raises(RedirectError, match="more than 5 times"):
        Fetcher().fetch(one.url)
    assert len(one.heads) == 6


@pytest.mark.parametrize("target", ["ftp://example.org/x", "javascript:alert(1)", "file:///etc/passwd", "http://[::1"])
def test_a_redirect_to_something_else_than_http_is_an_error(
    service: Callable[..., Any], answer: Callable[..., Any], target: str
) -> None:
    with pytest.raises(RedirectError, match="cannot be asked"):
        Fetcher().fetch(service(answer(headers={"Location": target}, status="302 Found")).url)


def test_headers_and_cookies_of_the_caller_do_not_reach_a_new_origin(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    other = service(answer(b"other"))
    first = service(answer(headers={"Location": f"{other.url}/x", "Set-Cookie": "a=b"}, status="302 Found"))
    reply = Fetcher().fetch(first.url, headers={"Authorization": "Bearer secret", "X-Api-Key": "secret"})
    assert b"secret" in first.heads[0]
    assert b"secret" not in other.heads[0]
    assert b"a=b" not in other.heads[0]
    assert set(reply.hops[1].dropped) == {"Authorization", "X-Api-Key", "Cookie"}


def test_headers_and_cookies_stay_within_an_origin(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    one = service(talk)
    Fetcher().fetch(one.url, headers={"X-Api-Key": "key"})
    assert b"X-Api-Key: key" in one.heads[1]
    assert b"a=b" in one.heads[1]


def test_netrc_and_proxies_of_the_machine_are_not_used(
    service: Callable[..., Any], answer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    one = service(answer(b"direct"))
    assert bytes(Fetcher().fetch(one.url).body) == b"direct"
    assert b"authorization" not in one.heads[0].lower()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "There is no address"),
        ("   ", "There is no address"),
        ("abc", "must begin with http://"),
        ("ftp://x", "only http:// and https://"),
        ("localhost:5009/NASA", "Did you mean http://localhost:5009/NASA"),
        ("127.0.0.1", "Did you mean http://127.0.0.1"),
        ("http://", "names no host"),
        ("http://x:99999/", "is not an address"),
        ("http://a b/", "blanks or control characters"),
        ("http://me:secret@example.org/", "user name or password"),
        ("javascript:alert(1)", "must begin with|Did you mean"),
    ],
)
def test_what_is_no_address_is_said_in_a_sentence(address: str, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        Fetcher().fetch(address)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(AddressError) as caught:
        Fetcher().fetch("http://me:secret@example.org/")
    assert "secret" not in str(caught.value)


def test_a_port_where_nobody_listens_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(UnreachableError, match="Check that the service runs there"):
        Fetcher().fetch(f"http://127.0.0.1:{port}/")


def test_an_unknown_name_is_said_in_a_sentence() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(UnreachableError, match=r"No address is known for the name nowhere\.example"):
        Fetcher(resolver=unknown).fetch("http://nowhere.example/")


def test_something_that_is_not_http_is_said_in_a_sentence(service: Callable[..., Any]) -> None:
    with pytest.raises(ReplyError, match="not an HTTP answer"):
        Fetcher().fetch(service(lambda connection, _: connection.sendall(b"220 ftp ready\r\n")).url)


def test_silence_ends_after_the_patience(service: Callable[..., Any]) -> None:
    one = service(until_hung_up)
    with pytest.raises(DeadlineError, match="sent nothing"):
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
    assert time.monotonic() - started < 1


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


def test_stop_in_a_silent_answer_acts_within_0_3_seconds(service: Callable[..., Any]) -> None:
    stop = threading.Event()
    one = service(until_hung_up)
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped, match="before anything came"):
        Fetcher().fetch(one.url, stop=stop)
    assert time.monotonic() - started < 0.4


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
    reply = Fetcher().fetch(service(talk).url, stop=stop, on_progress=progress)
    assert time.monotonic() - started < 0.3
    assert (bytes(reply.body), reply.complete, reply.why_incomplete) == (b"first part", False, "Stopped by you.")
    assert seen == [(10, 100)]


def test_stop_while_a_name_is_looked_up_does_not_wait_for_the_answer() -> None:
    stop, asked, release = threading.Event(), threading.Event(), threading.Event()

    def slow(host: str, port: int) -> list[str]:
        asked.set()
        release.wait(5)
        return ["127.0.0.1"]

    def stop_once_asked() -> None:
        if asked.wait(5):
            stop.set()

    threading.Thread(target=stop_once_asked, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        Fetcher(resolver=slow).fetch("http://slow.example/", stop=stop)
    release.set()
    assert time.monotonic() - started < 0.4


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
            Fetcher().fetch(f"http://127.0.0.1:{full.getsockname()[1]}/", stop=stop)
        assert time.monotonic() - started < 0.6
        for one in waiting:
            one.close()


def test_only_fetch_errors_escape_even_from_a_broken_callback(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    def broken(received: int, total: int | None) -> None:
        raise KeyError(received)

    reply = Fetcher().fetch(service(answer(b"abc")).url, on_progress=broken)
    assert not reply.complete

    def broken_resolver(host: str, port: int) -> list[str]:
        raise RuntimeError(host)

    with pytest.raises(FetchError):
        Fetcher(resolver=broken_resolver).fetch("http://x.example/")


def test_head_asks_for_no_body(service: Callable[..., Any]) -> None:
    one = service(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
    reply = Fetcher().fetch(one.url, method="HEAD")
    assert one.heads[0].startswith(b"HEAD / ")
    assert (reply.complete, len(reply.body), reply.headers.get("Content-Length")) == (True, 0, "1000")


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
