from __future__ import annotations

import pytest

from widgets.http.message import Headers
from widgets.pace.door.gate import Asked, Gate, Preflight, Refusal, Status

GATE = Gate(8899, "t0ken", frozenset({"http://localhost:3000"}))
HOST = ("Host", "127.0.0.1:8899")


def enter(target: str, *headers: tuple[str, str], method: str = "GET") -> object:
    return GATE.enter(method, target, Headers([HOST, *headers]))


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/t0ken/https://api.example.org/items?page=2", "https://api.example.org/items?page=2"),
        ("/t0ken/http://a.example:81/a%2Fb//c?x=%20&y=a/b", "http://a.example:81/a%2Fb//c?x=%20&y=a/b"),
        ("/t0ken/https:/api.example.org/items", "https://api.example.org/items"),
        ("/t0ken/HTTPS://api.example.org", "https://api.example.org"),
    ],
)
def test_what_stands_behind_the_token_is_asked_as_it_is_written(target: str, url: str) -> None:
    assert enter(target) == Asked(url)


@pytest.mark.parametrize("target", ["/https://a.example/", "/wrong/https://a.example/", "/t0ken", "*", "/"])
def test_without_the_token_nothing_is_asked(target: str) -> None:
    refused = enter(target)
    assert isinstance(refused, Refusal)
    assert refused.status == 403


@pytest.mark.parametrize(
    "host", ["evil.example:8899", "127.0.0.1", "127.0.0.1:8898", "localhost.evil.example:8899", ""]
)
def test_a_name_of_somebody_else_that_leads_here_is_refused(host: str) -> None:
    refused = GATE.enter("GET", "/t0ken/https://a.example/", Headers([("Host", host)]))
    assert isinstance(refused, Refusal)
    assert refused.status == 403


def test_two_hosts_or_none_are_refused() -> None:
    for headers in (Headers(), Headers([HOST, HOST])):
        assert isinstance(GATE.enter("GET", "/t0ken/https://a.example/", headers), Refusal)


@pytest.mark.parametrize(
    "header",
    [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Dest", "document"),
        ("Sec-Fetch-Dest", "iframe"),
    ],
)
def test_other_pages_may_not_ask_and_no_page_is_opened_through_the_door(header: tuple[str, str]) -> None:
    refused = enter("/t0ken/https://a.example/", header)
    assert isinstance(refused, Refusal)
    assert refused.status == 403


def test_a_page_of_an_origin_that_was_named_may_ask() -> None:
    page = ("Origin", "http://localhost:3000")
    assert enter("/t0ken/https://a.example/", page, ("Sec-Fetch-Site", "cross-site")) == Asked("https://a.example/")
    asking = (page, ("Access-Control-Request-Method", "PUT"))
    assert enter("/t0ken/https://a.example/", *asking, method="OPTIONS") == Preflight()
    back = GATE.back("https://a.example/", Headers([("access-control-allow-origin", "*"), ("A", "b")]), page[1])
    assert back == (("A", "b"), ("Access-Control-Allow-Origin", page[1]), ("Access-Control-Expose-Headers", "*"))


def test_the_door_shows_itself_to_who_has_the_token_and_leads_not_to_itself() -> None:
    assert enter("/t0ken/") == Status()
    assert isinstance(enter("/t0ken/", method="POST"), Refusal)
    for address in (
        "http://127.0.0.1:8899/",
        "http://localhost:8899/t0ken/",
        "http://127.1:8899/",
        "http://[::1]:8899/",
    ):
        assert isinstance(enter(f"/t0ken/{address}"), Refusal)
    assert isinstance(enter("/t0ken/", method="CONNECT"), Refusal)
    assert isinstance(enter("/t0ken/ftp://a.example/"), Refusal)


def test_headers_pass_in_their_case_order_and_number_but_for_those_of_the_connection() -> None:
    came = Headers([HOST, ("X-b", "1"), ("x-A", "2"), ("X-b", "3"), ("Connection", "close, X-Gone"), ("X-Gone", "4"),
                    ("Upgrade", "h2c"), ("Expect", "100-continue"), ("Cookie", "a=b")])  # fmt: skip
    assert GATE.onward(came) == (("X-b", "1"), ("x-A", "2"), ("X-b", "3"), ("Cookie", "a=b"))


def test_the_token_is_not_carried_away_in_a_referer() -> None:
    headers = Headers([("Referer", "http://127.0.0.1:8899/t0ken/x"), ("Referer", "https://a.example/")])
    assert GATE.onward(headers) == (("Referer", "https://a.example/"),)


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/there", "https://a.example/there"),
        ("//b.example/c", "https://b.example/c"),
        ("http://c.example/?q=1#top", "http://c.example/?q=1#top"),
    ],
)
def test_a_redirect_leads_through_the_door(location: str, there: str) -> None:
    assert GATE.back("https://a.example/x", Headers([("Location", location)])) == (
        ("Location", f"http://127.0.0.1:8899/t0ken/{there}"),
    )


def test_a_redirect_to_another_scheme_stays_as_it_is() -> None:
    assert GATE.redirect("https://a.example/", "mailto:a@a.example") == "mailto:a@a.example"
