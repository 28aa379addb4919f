from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher
from widgets.http.errors import RedirectError, ReplyError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path


def path_of(head: bytes) -> str:
    return head.split(b" ")[1].decode()


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
    with pytest.raises(RedirectError, match="more than 20 times"):
        Fetcher().fetch(one.url)
    assert len(one.heads) == 21


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("ftp://example.org/x", "; only http and https are asked."),
        ("javascript:alert(1)", "; only http and https are asked."),
        ("file:///etc/passwd", "; only http and https are asked."),
        ("FILE:/etc/passwd", "; only http and https are asked."),
        ("tel:112", "; only http and https are asked."),
        ("http://[::1", ", which is no address."),
        ("//x.example:99999/", ", which is no address."),
        ("http://x:0/", ", which is no address."),
        ("http://ab\x7fcd/", ", which is no address."),
    ],
)
def test_a_redirect_to_what_is_not_asked_says_so_once_and_advises_nobody_who_did_not_type_it(
    service: Callable[..., Any], answer: Callable[..., Any], target: str, why: str
) -> None:
    one = service(answer(headers={"Location": target}, status="302 Found"))
    with pytest.raises(RedirectError) as caught:
        Fetcher().fetch(f"{one.url}/a")
    assert str(caught.value) == f"{one.url}/a redirects to {' '.join(target.replace(chr(127), ' ').split())}{why}"


def test_a_redirect_with_a_password_does_not_repeat_it(service: Callable[..., Any], answer: Callable[..., Any]) -> None:
    one = service(answer(headers={"Location": "http://me:sesame@x.example/?token=sesame"}, status="302 Found"))
    with pytest.raises(RedirectError, match="; an address with a user name or a password is not asked") as caught:
        Fetcher().fetch(one.url)
    assert "sesame" not in str(caught.value)


def test_a_failure_behind_a_redirect_within_a_service_names_both_paths(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/a":
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(ReplyError) as caught:
        Fetcher().fetch(f"{service(talk).url}/a")
    assert str(caught.value).startswith(
        "The connection was closed before an answer came (at /b, to which /a redirects). It may be overloaded"
    )


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
