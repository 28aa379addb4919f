from __future__ import annotations

import gzip
import hashlib
import json
import socket
import threading
import time
import zlib
from base64 import b64encode
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from werkzeug import Request, Response

from tests.conftest import served
from widgets.http.limits.words import pause_in
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.model.refused import CountsAsRefused
from widgets.probe.asker import LONG_BODY, USER_AGENT, Answer, Asker, agent_of
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection just what it is told."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def serve(connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            talk(connection)
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x?y=1"
    finally:
        # A listener that another thread accepts from is only woken by a shutdown.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in held:
            connection.close()


def ask(url: str, *, deadline: float = 5.0, refused: CountsAsRefused | None = None) -> Answer:
    with Asker(url, deadline=deadline, refused=refused) as asker:
        return asker(threading.Event())


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Drip: 1\r\n")
        time.sleep(0.02)


def test_status_and_headers_come_back_without_cookies() -> None:
    reply = b"HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nSet-Cookie: a=secret\r\nContent-Length: 2\r\n\r\nno"
    with raw_server(lambda c: c.sendall(reply)) as url:
        answer = ask(url)
    assert answer.status == 429
    assert {**answer.headers, "Date": ""} == {"Retry-After": "7", "Content-Length": "2", "Date": ""}
    assert answer.latency > 0


def test_a_kept_connection_is_used_again_and_a_closed_one_is_opened_anew(
    start_service: Callable[..., str],
) -> None:
    with Asker(start_service(TIME_SCALE=0.0001) + "/NASA", method="HEAD") as asker:
        assert [asker(threading.Event()).status for _ in range(3)] == [200, 200, 200]


def test_an_address_where_nothing_listens_says_so() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    answer = ask(f"http://127.0.0.1:{port}/")
    assert answer.status is None
    assert answer.error == "nothing listens there: the connection was refused"


def test_dripping_headers_end_at_the_deadline() -> None:
    with raw_server(drip) as url:
        answer = ask(url, deadline=0.3)
    assert answer.status is None
    assert answer.error == "no whole answer within 0.3 s"
    assert answer.latency < 20


def test_the_time_of_a_long_body_belongs_to_its_answer() -> None:
    """Else it would pass for a time in which nobody probed, and no budget would count it."""

    def slowly(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nbegun")
        time.sleep(60)

    with raw_server(slowly) as url:
        answer = ask(url, deadline=LONG_BODY + 0.3)
    assert answer.status == 200
    assert LONG_BODY <= answer.latency < 20


def test_stop_cuts_a_slow_answer_short() -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    with raw_server(lambda _: time.sleep(60)) as url, Asker(url) as asker:
        answer = asker(stop)
    assert answer.status is None
    assert answer.latency < 20


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"", "the connection was closed before an answer came"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP: it begins with 'SSH-2.0-OpenSSH_9.2'"),
        (
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1001 + b"\r\n",
            "the answer is not HTTP: it has more than 1,000 header fields",
        ),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000, "the answer is not HTTP: its head is longer than 256 kB"),
    ],
)
def test_what_is_not_http_is_an_answer_without_a_status(reply: bytes, error: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(reply)
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server(talk) as url:
        answer = ask(url)
    assert (answer.status, answer.error) == (None, error)


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(talk) as url:
        assert ask(url).status == 200


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip", "br-of-a-kind", "identity"])
def test_a_body_that_is_coded_though_nobody_asked_is_read_all_the_same(coding: str) -> None:
    words = b'{"error": "Too many requests, slow down"}'
    body = {"gzip": gzip.compress(words), "x-gzip": gzip.compress(words), "deflate": zlib.compress(words)}
    sent = body.get(coding, words)

    def talk(connection: socket.socket) -> None:
        head = f"HTTP/1.1 403 No\r\nContent-Encoding: {coding}\r\nContent-Length: {len(sent)}\r\n\r\n"
        connection.sendall(head.encode() + sent)

    with raw_server(talk) as url:
        answer = ask(url)
        assert answer.excerpt == words.decode()
        assert answer.size == len(sent)
        told = ask(url, refused=CountsAsRefused(text="slow down")) if coding == "gzip" else None
    assert told is None or told.error


def test_a_coded_body_that_breaks_off_is_read_as_far_as_it_goes_and_a_bomb_not_to_its_end() -> None:
    packed = gzip.compress(b"Too many requests " + hashlib.shake_128(b"coded").digest(500))[:-40]
    bomb = gzip.compress(bytes(50_000_000))

    def talk(connection: socket.socket, *, sent: bytes) -> None:
        head = f"HTTP/1.1 429 No\r\nContent-Encoding: gzip\r\nContent-Length: {len(sent)}\r\n\r\n"
        connection.sendall(head.encode() + sent)

    with raw_server(partial(talk, sent=packed)) as url:
        assert ask(url).excerpt.startswith("Too many requests ")
    with raw_server(partial(talk, sent=bomb)) as url:
        assert len(ask(url).excerpt) == 2000


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("items", [3, 40, 9000])
def test_a_pause_that_a_body_asks_for_at_its_end_is_heard(coding: str, items: int) -> None:
    """Stack Exchange writes it behind the items, where nobody looked."""
    words = json.dumps({"items": ["x" * 60] * items, "has_more": True, "backoff": 10, "quota_remaining": 9}).encode()
    sent = gzip.compress(words) if coding == "gzip" else words

    def talk(connection: socket.socket, *, sent: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(sent)}\r\n\r\n"
        connection.sendall(head.encode() + sent)

    with raw_server(partial(talk, sent=sent)) as url:
        answer = ask(url)
    assert pause_in(answer.excerpt) == 10
    assert len(answer.excerpt) <= 2000
    assert answer.excerpt.startswith('{"items": ["xxx')
    plain = words.replace(b'"backoff": 10, ', b"")
    with raw_server(partial(talk, sent=gzip.compress(plain) if coding == "gzip" else plain)) as url:
        assert ask(url).excerpt == plain.decode()[:2000]


def test_a_key_is_sent_with_each_request_and_appears_in_no_answer() -> None:
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        asked.append(connection.recv(65536))
        talk(connection)
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    with Asker(f"http://127.0.0.1:{listener.getsockname()[1]}/", headers={"X-Api-Key": "sesame"}) as asker:
        answer = asker(threading.Event())
    thread.join(30)
    listener.close()
    assert b"X-Api-Key: sesame" in asked[0]
    assert "sesame" not in repr(answer)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer other"}])
def test_a_password_in_the_address_is_what_is_sent(headers: dict[str, str]) -> None:
    seen: list[str] = []

    @Request.application
    def service(request: Request) -> Response:
        seen.extend(request.headers.getlist("Authorization"))
        return Response("ok")

    with served(service) as base, Asker(base.replace("//", "//me:open%20sesame@"), headers=headers) as asker:
        assert asker(threading.Event()).status == 200
    assert seen == ["Basic " + b64encode(b"me:open sesame").decode()]


def redirecting(location: str) -> Callable[[socket.socket], None]:
    reply = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(reply.encode())


def test_a_redirect_within_the_host_is_asked_from_then_on_and_is_one_attempt() -> None:
    with raw_server(redirecting("/there?z=2")) as url, Asker(url) as asker:
        assert asker(threading.Event()).status == 302
        assert asker.url == urljoin(url, "/there?z=2")


def test_a_redirect_that_begins_after_something_was_served_is_not_followed() -> None:
    """It was, to a riddle for people, and the address was asked no more: each later answer was the riddle's."""
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"]

    def talk(connection: socket.socket) -> None:
        if answers:
            connection.sendall(answers.pop())
        else:
            redirecting("/captcha")(connection)

    with raw_server(talk) as url, Asker(url) as asker:
        assert [asker(threading.Event()).status for _ in range(3)] == [200, 302, 302]
        assert asker.url == url


def test_another_host_is_never_asked_by_redirect() -> None:
    for location in ("http://localhost:9/", "//example.com/", "ftp://127.0.0.1/", "http://[", ""):
        with raw_server(redirecting(location)) as url, Asker(url) as asker:
            asker(threading.Event())
            assert asker.url == url


def test_a_key_does_not_follow_to_another_port() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        location = f"http://127.0.0.1:{other.getsockname()[1]}/"

        def serve() -> None:
            connection, _ = other.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        with raw_server(redirecting(location)) as url, Asker(url, headers={"X-Api-Key": "sesame"}) as asker:
            assert [asker(threading.Event()).status for _ in range(2)] == [302, 200]
        thread.join(30)
    assert b"sesame" not in asked[0]


def test_redirects_without_end_are_followed_twenty_times() -> None:
    hops: list[int] = []

    def talk(connection: socket.socket) -> None:
        hops.append(1)
        redirecting(f"/{len(hops)}")(connection)

    with raw_server(talk) as url, Asker(url) as asker:
        for _ in range(23):
            asker(threading.Event())
        assert asker.url.endswith("/20")


def test_a_header_of_the_person_replaces_ours_in_capital_or_small_letters() -> None:
    seen: list[list[str]] = []

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        seen.append(Request(environ).headers.getlist("User-Agent"))
        return Response("{}")(environ, start)

    with served(application) as url, Asker(url, headers={"user-agent": "mine (me@example.org)"}) as ask:
        ask(threading.Event())
    assert seen == [["mine (me@example.org)"]]


def test_a_probe_says_who_answers_for_it_and_names_the_same_before(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        seen.append(Request(environ).headers["User-Agent"])
        return Response("{}")(environ, start)

    monkeypatch.setenv("WAITWISE_CONTACT", " mailto:me@example.org\r\nX-Evil: 1 ")
    with served(application) as url, Asker(url) as ask:
        ask(threading.Event())
    assert seen == [agent_of({})]
    assert seen[0].endswith("; mailto:me@example.orgX-Evil: 1)")
    monkeypatch.delenv("WAITWISE_CONTACT")
    assert agent_of({}) == USER_AGENT


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (CountsAsRefused(statuses=frozenset({200})), "200 counts as refused"),
        (CountsAsRefused(text="CALL FREQUENCY"), "its body holds 'CALL FREQUENCY', which counts as refused"),
        (CountsAsRefused(path="Note"), "its body fulfils Note, which counts as refused"),
        (CountsAsRefused(path="Data"), ""),
        (CountsAsRefused(text="quota"), ""),
        (CountsAsRefused(), ""),
    ],
)
def test_what_the_person_counts_as_refused_is_found_in_the_whole_answer(rule: CountsAsRefused, why: str) -> None:
    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return Response('{"Note": "Our call frequency is 5 a minute"}', content_type="application/json")(environ, start)

    with served(application) as url, Asker(url, refused=rule) as ask:
        answer = ask(threading.Event())
    assert answer.error == why
    assert answer.excerpt.startswith('{"Note"')
    outcome = Attempt(1, None, None, 0, 0.1, answer.status, error=answer.error).outcome
    assert outcome is (Outcome.REFUSED if why else Outcome.ACCEPTED)


def test_a_path_that_is_none_is_said_at_once_and_settings_keep_what_counts() -> None:
    with pytest.raises(ValueError, match="is no JMESPath"):
        CountsAsRefused(path="a[")
    rule = CountsAsRefused(frozenset({403, 200}), "note", "error.code")
    settings = Settings("quick", Goal(), Budget(), refused=rule)
    assert Settings.of_plain(json.loads(json.dumps(settings.plain()))).refused == rule
    assert "refused" not in Settings("quick", Goal(), Budget()).plain()
