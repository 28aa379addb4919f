"""Where an answer sends its asker, and what goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher
from widgets.http.address import Guard
from widgets.http.errors import BlockedError, RedirectError
from widgets.http.message import Headers, Hop, Request
from widgets.http.redirects import MOST_REDIRECTS, Onward, onward, target_of
from widgets.http.secrets import goes_along, is_secret_name

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

CALLER = Headers([
    ("Accept", "image/*"), ("accept-language", "de"), ("Range", "bytes=0-9"), ("User-Agent", "me"),
    ("Authorization", "Bearer s"), ("X-Api-Key", "s"), ("Cookie", "s=1"), ("X-Whatever", "who knows"),
])  # fmt: skip
HARMLESS = CALLER[:4]


def found(here: str, location: str, status: int = 302, hops: int = 1, guard: Guard | None = None) -> Onward | None:
    asked = Request("GET", here, CALLER)
    hop = Hop(asked, status, headers=Headers([("Location", location)]))
    return onward(asked, [hop] * hops, guard or Guard())


def next_one(here: str, location: str, guard: Guard | None = None) -> Onward:
    one = found(here, location, guard=guard)
    assert one is not None
    return one


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_five_redirects_are_followed(status: int) -> None:
    assert found("http://x.example/", "/b", status) is not None


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_nothing_else_is_followed(status: int) -> None:
    assert found("http://x.example/", "/b", status) is None


@pytest.mark.parametrize("location", ["", "  "])
def test_an_empty_location_leads_nowhere(location: str) -> None:
    assert found("http://x.example/", location) is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "http://x.example/b"),
        ("b", "http://x.example/a/b"),
        ("?q=1", "http://x.example/a/c?q=1"),
        ("//y.example", "http://y.example/"),
        ("/a b/\u00fc", "http://x.example/a%20b/%C3%BC"),
        ("/gr\u00c3\u00b6\u00c3\u009fe", "http://x.example/gr%C3%B6%C3%9Fe"),
        (" /b ", "http://x.example/b"),
        ("/a%2Fb|c", "http://x.example/a%2Fb|c"),
        ("\\\\y.example\\b", "http://y.example/b"),
        ("\\b\\index.html", "http://x.example/b/index.html"),
        ("/b/\t\t\tfar\t", "http://x.example/b/far"),
        ("http:///\ty.example/b", "http://y.example/b"),
    ],
)
def test_a_location_is_read_as_browsers_read_it(location: str, url: str) -> None:
    assert next_one("http://x.example/a/c", location).request.url == url


@pytest.mark.parametrize(
    ("here", "location"),
    [
        ("http://x.example/", "/b"),
        ("http://x.example/", "http://x.example:80/b"),
        ("http://x.example/", "https://x.example/b"),
    ],
)
def test_within_a_service_and_from_http_to_https_everything_goes_along(here: str, location: str) -> None:
    one = next_one(here, location)
    assert (one.request.headers, one.dropped) == (CALLER, ())


@pytest.mark.parametrize(
    ("here", "location"),
    [
        ("http://x.example/", "http://y.example/"),
        ("http://x.example/", "http://x.example:8080/"),
        ("http://x.example:8080/", "https://x.example/"),
        ("http://x.example/", "https://x.example:8443/"),
        ("https://x.example/", "http://x.example/"),
        ("http://x.example/", "http://sub.x.example/"),
    ],
)
def test_to_another_origin_only_what_is_harmless_goes_along(here: str, location: str) -> None:
    one = next_one(here, location)
    assert tuple(one.request.headers) == HARMLESS
    assert one.dropped == ("Authorization", "X-Api-Key", "Cookie", "X-Whatever")


def test_nothing_that_sounds_like_a_secret_counts_as_harmless() -> None:
    assert not any(goes_along(name) and is_secret_name(name) for name, _ in CALLER)


def test_twenty_are_followed_and_one_more_is_an_error() -> None:
    assert found("http://x.example/", "/b", hops=MOST_REDIRECTS) is not None
    with pytest.raises(RedirectError, match="redirects more than 20 times"):
        found("http://x.example/", "/b", hops=MOST_REDIRECTS + 1)


def test_a_target_that_public_mode_does_not_ask_is_blocked_and_says_who_sent_us_there() -> None:
    with pytest.raises(BlockedError, match=r"http://x\.example/ redirects on.*port 8080"):
        found("http://x.example/", "http://x.example:8080/", guard=Guard("public"))


def test_an_answer_without_a_location_is_the_reply() -> None:
    assert target_of(Hop(Request("GET", "http://x/"), 302)) is None


def path_of(head: bytes) -> str:
    return head.split(b" ")[1].decode()


def cookies_in(head: bytes) -> list[bytes]:
    return [line for line in head.split(b"\r\n") if line.lower().startswith(b"cookie:")]


def moved(to: str, *cookies: str) -> bytes:
    fields = "".join(f"Set-Cookie: {cookie}\r\n" for cookie in cookies)
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n{fields}Content-Length: 0\r\n\r\n".encode()


def test_a_login_by_redirect_works(service: Callable[..., Any]) -> None:
    """As Earthdata does it: data, login at another host, back with a code, a cookie of its own, the data."""

    def data(connection: socket.socket, head: bytes) -> None:
        if path_of(head).startswith("/back?code=7"):
            connection.sendall(moved("/data", "session=abc; Path=/"))
        elif b"session=abc" in head:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndata")
        else:
            connection.sendall(moved(f"{login.url}/login?to={there.url}/back", "visit=1"))

    def at_login(connection: socket.socket, head: bytes) -> None:
        if b"known=me" in head:
            connection.sendall(moved(f"{there.url}/back?code=7"))
        else:
            connection.sendall(moved("/login?again", "known=me; Path=/; HttpOnly"))

    there, login = service(data), service(at_login)
    reply = Fetcher().fetch(f"{there.url}/data", headers={"Accept": "text/csv", "Authorization": "Bearer s3cret"})
    assert bytes(reply.body) == b"data"
    assert [hop.status for hop in reply.hops] == [302, 302, 302, 302, 200]
    assert not any(b"s3cret" in head or b"session" in head or b"visit" in head for head in login.heads)
    assert all(b"Accept: text/csv" in head for head in (*there.heads, *login.heads))
    assert cookies_in(there.heads[-1]) == [b"Cookie: visit=1; session=abc"]


def test_the_callers_own_cookie_stands_beside_those_of_the_way(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(ok if path_of(head) == "/b" else moved("/b", "a=b"))

    one = service(talk)
    Fetcher().fetch(f"{one.url}/a", headers={"Cookie": "mine=1"})
    assert cookies_in(one.heads[1]) == [b"Cookie: mine=1; a=b"]


def test_cookies_are_forgotten_with_the_fetch(service: Callable[..., Any]) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")

    one = service(talk)
    for _ in range(2):
        Fetcher().fetch(one.url)
    assert [cookies_in(head) for head in one.heads] == [[], []]


@pytest.mark.parametrize("cookie", ["a=b; Domain=.example", "a=b; Expires=never", "=;;;=", "a=b; Max-Age=x", "\0=\1"])
def test_a_hostile_cookie_breaks_nothing(service: Callable[..., Any], cookie: str) -> None:
    def talk(connection: socket.socket, head: bytes) -> None:
        ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(ok if path_of(head) == "/b" else moved("/b", cookie))

    assert Fetcher().fetch(f"{service(talk).url}/a").status == 200
