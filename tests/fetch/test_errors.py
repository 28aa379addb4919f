from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher, FetchError
from widgets.http.errors import AddressError, ReplyError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "There is no address"),
        ("   ", "There is no address"),
        ("abc", "must begin with http://"),
        ("ftp://x", "only http:// and https://"),
        ("localhost:5009/NASA", "Did you mean “http://localhost:5009/NASA"),
        ("127.0.0.1", "Did you mean “http://127.0.0.1"),
        ("http://", "names no host"),
        ("http://x:99999/", "is not an address"),
        ("http://a b/", "blanks or control characters"),
        ("http://me:secret@example.org/", "user name or password"),
        ("javascript:alert(1)", r"'javascript:alert\(1\)' is not an address: it must begin with"),
        ("[::1]:5009/NASA", r"Did you mean “http://\[::1\]:5009/NASA"),
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
