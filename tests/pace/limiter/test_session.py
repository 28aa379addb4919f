"""By what a `PacedSession` knows the caller: what is sent, and not what was entered."""

from __future__ import annotations

import base64
import socket
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from requests import Response
from requests.exceptions import (
    ConnectionError,  # noqa: A004
    ConnectTimeout,
    InvalidHeader,
    ReadTimeout,
    RequestException,
    RetryError,
)
from urllib3 import Retry
from werkzeug.utils import redirect
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as Served

from tests.conftest import served
from tests.pace.target import logging_target
from tests.raw_service import RawService
from widgets.http.secrets import Scrubber, credential_of, secrets_in
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.httpx import PacedTransport
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.limiter.session import PacedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BEARER = {"Authorization": "Bearer tok-1234"}
LATIN = base64.b64encode("mé:p ü".encode("latin-1")).decode()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[PacedSession]:
    with PacedSession(PaceStore(f"sqlite:///{tmp_path}/p.sqlite"), patience=0.0) as session:
        yield session
        session.store.close()


@pytest.mark.parametrize("patience", [-1.0, float("nan")])
def test_a_patience_that_is_no_time_is_said_at_once_since_by_nan_a_request_would_wait_for_ever(
    tmp_path: Path, patience: float
) -> None:
    with (
        PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store,
        pytest.raises(ValueError, match=f"patience must be a number of seconds, 0 or more, got {patience}"),
    ):
        PacedSession(store, patience=patience)


def test_an_address_in_place_of_a_store_is_said_at_once_and_not_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(TypeError, match=r"store must be a PaceStore, got a str: .*PacedSession\(PaceStore\(") as told:
        PacedSession("postgresql://me:s3same@db/paces")  # type: ignore[arg-type] # as people do
    assert "s3same" not in str(told.value)


@pytest.mark.parametrize(
    ("caller", "headers", "sent"),
    [
        ("me:p%20w", BEARER, "Basic bWU6cCB3"),
        ("me:p%20w", BEARER | {"X-Api-Key": "abc"}, "Basic bWU6cCB3"),
        ("m%C3%A9:p%20%C3%BC", {}, f"Basic {LATIN}"),
        ("me:", BEARER, "Basic bWU6"),
        ("me", BEARER, "Bearer tok-1234"),
        ("me", {}, None),
    ],
)
def test_the_pace_of_a_caller_is_found_however_the_caller_is_entered(
    session: PacedSession, caller: str, headers: dict[str, str], sent: str | None
) -> None:
    with logging_target() as target:
        url = target.url.replace("//", f"//{caller}@")
        session.store.keep(url, 0.01, credential=credential_of(url, headers))
        session.patience = 1.0
        assert session.get(url, headers=headers).request.headers.get("Authorization") == sent
        session.patience = 0.0
        session.store.keep(url, 60, credential=credential_of(url, headers))
        assert session.due_in(url, headers=headers) > 50
        with pytest.raises(NotSent, match="nothing was sent"):
            session.get(url, headers=headers)
        assert len(target.arrivals) == 1


def hanging_up(connection: socket.socket, _: bytes) -> None:
    connection.close()


def silent(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def shouting(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


@pytest.mark.parametrize("learn", [None, "quick"])
@pytest.mark.parametrize(
    ("talk", "kind", "said"),
    [
        (None, ConnectionError, "No connection to {host}: nothing listens there: the connection was refused."),
        (hanging_up, ConnectionError, "{host} closed the connection before an answer came."),
        (silent, ReadTimeout, "{host} sent nothing for 0.2 s."),
        (shouting, ConnectionError, "it begins with 'SSH-2.0-OpenSSH_9.6'."),
    ],
)
def test_where_no_answer_came_the_session_says_of_whom_and_why_and_names_nothing_of_its_own(
    tmp_path: Path,
    talk: Callable[[socket.socket, bytes], None] | None,
    kind: type[RequestException],
    said: str,
    learn: str | None,
) -> None:
    """`_Pool(host=…): Max retries exceeded with url: /?key=… (Caused by NewConnectionError("_Paced(…` was said."""
    one = RawService(talk or hanging_up)
    if talk is None:
        one._listener.shutdown(socket.SHUT_RDWR)
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store, PacedSession(store, learn=learn) as session:
        with pytest.raises(kind) as told:
            session.get(f"{one.url}/x?q=s3same", timeout=0.2)
        assert told.value.request is not None
        assert str(told.value.request.url).endswith("/x?q=s3same")
        words = str(told.value)
        assert said.format(host=f"127.0.0.1:{one.port}") in words
        for never in ("_Pool", "_Paced", "object at", "0x", "Errno", "s3same", "Caused by"):
            assert never not in words
        probe = store.probes.newest(store.target(one.url).service)
        kept = store.probes.attempts(probe.id) if probe else []
        assert len(kept) == (learn is not None and talk is not None)  # where nobody listens nothing is sent
        assert all(attempt.error and "Error" not in attempt.error for _, attempt in kept)
    one.close()


def test_what_is_tried_again_by_the_adapter_and_refused_each_time_is_said_without_its_pool(tmp_path: Path) -> None:
    app = Request.application(lambda _: Served("no", 503))
    with served(app) as base, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store, PacedSession(store) as session:
        session.mount("http://", PacedAdapter(max_retries=Retry(1, status_forcelist=[503])))
        with pytest.raises(RetryError) as told:
            session.get(base)
    assert str(told.value) == f"No answer of {base[7:]} can be used: too many 503 error responses."


def test_a_name_that_nobody_has_is_said(session: PacedSession, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConnectionError) as told:
        session.get("http://nobody.example/")
    assert str(told.value).startswith("No address is known for the name nobody.example. Check the spelling")


@pytest.mark.parametrize("value", ["s3same\u6771", "s3same\nX: y", " s3same", "s3\x00same"])
def test_a_header_that_may_not_be_sent_is_said_without_what_it_says_and_nothing_is_sent(
    session: PacedSession, value: str
) -> None:
    with logging_target() as target:
        with pytest.raises(InvalidHeader, match="The value of the header X-Key cannot be sent: it") as told:
            session.get(target.url, headers={"X-Key": value})
        assert "same" not in str(told.value)
        assert target.arrivals == []


def test_what_a_requests_session_sends_or_refuses_a_paced_one_does_too(session: PacedSession) -> None:
    """A name in bytes ended in a TypeError, a number in an AttributeError, and a long ticket was not sent."""
    sent: list[Any] = [{"X-Ticket": "y" * 9000}, {b"X-Key": b"\xe6 1"}, {"User-Agent": None}]
    number: Any = {"X-Count": 5}
    with logging_target() as target:
        for headers in sent:
            session.get(target.url, headers=headers)
        assert len(target.arrivals) == 3
        with pytest.raises(InvalidHeader, match="must be of type str or bytes"):
            session.get(target.url, headers=number)
        answered = session.get(target.url)
        assert list(session.resolve_redirects(resp=answered, req=answered.request)) == []


def test_of_a_connection_that_is_not_made_in_time_its_own_time_is_said(
    session: PacedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'Sent nothing for 30 s' was said after a fifth of a second."""

    def lost(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", lost)
    with pytest.raises(ConnectTimeout) as told:
        session.get("http://127.0.0.1:9/", timeout=(0.2, 30))
    assert str(told.value).startswith("127.0.0.1:9 sent nothing for 0.2 s.")


def test_a_request_of_httpx_that_is_sent_again_is_not_said_to_have_been_led_to(tmp_path: Path) -> None:
    """'/a was asked, and redirects to itself' was said where it redirects to /b."""
    app = Request.application(lambda _: redirect("/b"))
    with served(app) as base, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        transport, asked = PacedTransport(store, patience=5.0), httpx.Request("GET", f"{base}/a")
        assert transport.handle_request(asked).status_code == 302
        store.keep(f"{base}/a", 90, scope="path")
        with transport, pytest.raises(httpx.TransportError, match=r"^The next request is due in"):
            transport.handle_request(asked)


def test_a_redirect_that_is_kept_back_says_what_was_sent(tmp_path: Path) -> None:
    """'Nothing was sent' was said although what led there had been."""
    app = Request.application(lambda request: redirect("/b") if request.path == "/a" else Served("b"))
    with served(app) as base, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        store.keep(f"{base}/b", 90, scope="path")
        store.keep(f"{base}/a", 0.01, scope="path")
        with PacedSession(store, patience=5.0) as session, pytest.raises(NotSent) as told:
            session.get(f"{base}/a")
        client = httpx.Client(transport=PacedTransport(store, patience=5.0), follow_redirects=True)
        with client, pytest.raises(httpx.TransportError) as told_by_httpx:
            client.get(f"{base}/a")
    for error in (told, told_by_httpx):
        assert str(error.value).startswith("/a was asked, and redirects to /b, which was not. The next request is due")
        assert "later than the 5 s that this session waits at most; it was not sent." in str(error.value)


def test_what_is_sent_in_place_of_the_password_of_an_address_is_the_caller(session: PacedSession) -> None:
    with logging_target() as target:
        url = target.url.replace("//", "//me:pw@")
        session.store.keep(target.url, 60, credential="other:secret")
        assert session.get(url).status_code == 200
        session.auth = ("other", "secret")
        with pytest.raises(NotSent):
            session.get(url)
        assert len(target.arrivals) == 1


def test_the_password_of_a_proxy_names_no_caller() -> None:
    assert credential_of("http://a/", {"Proxy-Authorization": "Basic bWU6cCB3"}) == ""


def test_what_is_not_sent_is_a_secret_all_the_same() -> None:
    headers = BEARER | {"Proxy-Authorization": "Basic bWU6cCB3", "Cookie": "sid=c00kie77; theme=dark"}
    scrubber = Scrubber([secrets_in("http://me:pw@a/", headers), secrets_in("http://lone-t0ken@a/")])
    assert scrubber.text("tok-1234 and p w, c00kie77 in dark, pw, lone-t0ken") == "*** and ***, *** in dark, ***, ***"
    assert scrubber.text("bWU6cCB3") == "***"
    assert Scrubber(["mé:p ü"]).text(LATIN) == "***"


@pytest.mark.parametrize("body", [None, b"x" * 100_000])
def test_a_request_has_been_written_when_its_turn_begins(
    session: PacedSession, monkeypatch: pytest.MonkeyPatch, body: bytes | None
) -> None:
    told: list[str] = []

    def noting(owner: type, name: str) -> None:
        was = getattr(owner, name)

        def noted(*args: Any, **options: Any) -> Any:
            told.append(name)
            return was(*args, **options)

        monkeypatch.setattr(owner, name, noted)

    for owner, name in ((HTTPConnection, "putrequest"), (HTTPConnection, "putheader"), (Limiter, "sending")):
        noting(owner, name)
    with logging_target() as target:
        session.store.keep(target.url, 0.01)
        session.patience = 1.0
        session.post(target.url, data=body)
        assert told.count("sending") == 1
        assert told.count("putheader") >= 3
        assert told[-1] == "sending"
        assert target.arrivals


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", 60.0),
        (b"You have exceeded a secondary rate limit. Please wait 90 seconds before you try again.", 90.0),
        (b"Too many requests: you were blocked a few minutes ago.", 0.0),
    ],
)
def test_a_refusal_that_names_no_number_is_obeyed_for_the_least_that_it_can_mean(
    session: PacedSession, body: bytes, seconds: float
) -> None:
    """GitHub's 'a few minutes' (at least one, as it explains): the next request went after the pace alone."""
    url = "http://127.0.0.1:9/search"
    response = Response()
    response.status_code, response._content = 403, body
    session.store.keep(url, 0.001)
    session.note(session.limiter(url, "GET", {}), response, session.why_refused(response))
    assert session.due_in(url) == pytest.approx(seconds, abs=2.0)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"items": [' + b'"x", ' * 3000 + b'"x"], "backoff": 10, "quota_max": 300, "quota_remaining": 9}', 10.0),
        (b'{"items": [], "backoff": 10}', 0.0),
        (b'{"items": [], "quota_max": 300, "quota_remaining": 9}', 0.0),
    ],
)
def test_a_pause_that_the_end_of_a_body_asks_for_is_kept(session: PacedSession, body: bytes, seconds: float) -> None:
    """As Stack Exchange asks for it, behind all that it serves."""
    url = "http://127.0.0.1:9/questions"
    response = Response()
    response.status_code, response._content = 200, body
    response.headers["Content-Type"] = "application/json"
    session.store.keep(url, 0.001)
    session.note(session.limiter(url, "GET", {}), response)
    assert session.due_in(url) == pytest.approx(seconds, abs=2.0)
