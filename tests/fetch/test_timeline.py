from __future__ import annotations

import ast
import shlex

import pytest

from widgets.fetch import Reply
from widgets.fetch.timeline import COPIES, as_curl, timeline
from widgets.http.message import Headers, Hop, Request

REQUEST = Request(
    "GET",
    "http://x.example/a?b='c'",
    Headers([("Host", "x.example"), ("Accept", "*/*"), ("Authorization", "Bearer s3cret"), ("X-Quote", "a'b\"c")]),
)
HOPS = (
    Hop(
        Request("GET", "http://y.example/"),
        302,
        "Found",
        Headers([("Location", "http://x.example/"), ("Set-Cookie", "id=s3cret")]),
        (("name looked up", 0.001), ("connected", 0.01), ("answered", 0.5)),
        "192.0.2.1:80",
    ),
    Hop(REQUEST, 200, "OK", security="TLSv1.3; certificate for x.example", dropped=("X-Api-Key",)),
)
REPLY = Reply("http://x.example/", 200, hops=HOPS, request=REQUEST, body=b"x" * 10, wire_size=5, elapsed=1.5)


def test_each_hop_and_the_body_have_a_table() -> None:
    titles = [title for title, _ in timeline(REPLY)]
    assert titles == ["1. GET http://y.example/ → 302 Found", "2. GET http://x.example/a?b='c' → 200 OK", "The body"]


def test_the_timeline_tells_times_addresses_and_what_was_dropped() -> None:
    first, second, body = (dict(rows) for _, rows in timeline(REPLY))
    assert first["connected"] == "after 10 ms (+9 ms)"
    assert first["address that was dialled"] == "192.0.2.1:80"
    assert second["security"] == "TLSv1.3; certificate for x.example"
    assert second["not sent to this new origin"] == "X-Api-Key"
    assert body == {"all done": "after 1.50 s", "on the wire": "5 bytes", "decoded": "10 bytes"}


def test_secrets_are_in_no_table_and_no_copy() -> None:
    everything = str(timeline(REPLY)) + "".join(copy(REQUEST) for copy in COPIES.values())
    assert "s3cret" not in everything
    assert "***" in everything


SECRETS = [
    "Authorization", "proxy-authorization", "Cookie", "X-API-Key", "X-Auth-Token", "X-JWT", "X-Signature",
    "Ocp-Apim-Subscription-Key", "X-Amz-Security-Token", "api_key",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_what_the_store_hides_is_hidden_in_every_table_and_every_copy(name: str) -> None:
    asked = Request(
        "GET", "http://x.example/?page=2&api_key=s3cret-q#access_token=s3cret-f", Headers([(name, "s3cret-h")])
    )
    came = Headers([
        ("Set-Cookie", "id=s3cret-c"), ("X-Echo", "you sent s3cret-h"), ("Location", "http://y.example/?token=s3cret-l&a=1"),
    ])  # fmt: skip
    reply = Reply(asked.url, 302, hops=(Hop(asked, 302, "Found", came),), request=asked)
    everything = str(timeline(reply)) + "".join(copy(asked) for copy in COPIES.values())
    assert "s3cret" not in everything
    assert "page=2" in everything
    assert "y.example/?token=***&a=1" in everything


def test_curl_gets_every_word_as_one_word() -> None:
    words = shlex.split(as_curl(REQUEST))
    assert words[0] == "curl"
    assert words[-1] == REQUEST.url
    assert "X-Quote: a'b\"c" in words


@pytest.mark.parametrize("library", ["requests", "httpx"])
def test_python_copies_are_python_and_hold_the_request(library: str) -> None:
    source = COPIES[library](Request("HEAD", 'http://x/"; import os #', Headers([("X", "\\\n\u2028")])))
    tree = ast.parse(source)
    assert [type(node).__name__ for node in tree.body] == ["Import", "Assign", "Assign", "Expr"]
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    assert ast.literal_eval(call.args[0]) == 'http://x/"; import os #'
    assert ast.unparse(call.func) == f"{library}.head"


def test_a_part_says_why_it_is_one() -> None:
    reply = Reply("http://x/", 200, complete=False, why_incomplete="Stopped by you.", note="Sent as br.")
    _, rows = timeline(reply)[-1]
    assert ("only a part", "Stopped by you.") in rows
    assert ("note", "Sent as br.") in rows
