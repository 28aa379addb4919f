"""Whatever comes over the wire: a reply or a `FetchError`, and nothing else."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from widgets.fetch import Fetcher, FetchError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

FETCHER = Fetcher(patience=0.2, deadline=0.5, cap=100_000)
SETTINGS = settings(
    max_examples=examples(250),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # one service serves every example
)
VALUES = st.binary(max_size=60).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b""))
NAMES = st.sampled_from(
    b"Content-Type Content-Length Content-Encoding Transfer-Encoding Location Set-Cookie X-Description X".split()
)
KNOWN = st.sampled_from(
    b"gzip deflate chunked identity 0 5 -1 99999999999 text/html;charset=utf-16 / //x http://[ close".split()
)


@dataclass
class Wire:
    """A service that says what it is told to say next."""

    url: str = ""
    says: bytes = b""

    def talk(self, connection: socket.socket, _: bytes) -> None:
        connection.sendall(self.says)


@pytest.fixture
def wire(service: Callable[..., Any]) -> Wire:
    one = Wire()
    one.url = service(one.talk).url
    return one


def asked(url: str) -> Reply | None:
    try:
        return FETCHER.fetch(url)
    except FetchError:
        return None


@SETTINGS
@given(
    status=st.integers(0, 999),
    headers=st.lists(st.tuples(NAMES, KNOWN | VALUES), max_size=6),
    body=st.binary(max_size=300),
)
def test_any_answer_is_a_reply_or_a_fetch_error(
    wire: Wire, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    lines = b"".join(b"%s: %s\r\n" % pair for pair in headers)
    wire.says = b"HTTP/1.1 %d Whatever\r\n%s\r\n%s" % (status, lines, body)
    reply = asked(wire.url)
    if reply is not None:
        assert reply.facts
        assert isinstance(reply.media_type + reply.charset + reply.description, str)
        assert len(bytes(reply.body)) == len(reply.body) <= 100_000


@SETTINGS
@given(says=st.binary(max_size=300))
def test_any_bytes_are_a_reply_or_a_fetch_error(wire: Wire, says: bytes) -> None:
    wire.says = says
    asked(wire.url)


@SETTINGS
@given(address=st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"http://{text}"))
def test_any_address_is_a_fetch_error_or_leads_somewhere(address: str) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError):
        Fetcher(resolver=nowhere).fetch(address)
