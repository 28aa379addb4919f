"""What a reply wants of the person who asked is said, and nothing that it does not want."""

from __future__ import annotations

import pytest

from widgets.fetch import Reply
from widgets.fetch.panel.hints import hint
from widgets.http.message import Headers


def said(status: int, *headers: tuple[str, str], body: bytes = b"", media_type: str = "text/html") -> str:
    return hint(Reply("http://x/", status, headers=Headers([("Content-Type", media_type), *headers]), body=body))


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (
            'Basic realm="a"',
            "It wants a name and a password for “a”: to be given under “Method, headers, login”.",
        ),
        (
            'Bearer error="invalid_token", error_description="The token expired"',
            "It wants a token: to be given under “Method, headers, login”. It says: The token expired",
        ),
        ('Bearer realm="x", Basic realm="y"', "It wants a token or a name and a password for “x”: to"),
        ('Digest realm="x", qop="auth", nonce="abc"', "a login by Digest for “x”, which this page cannot give."),
        ("Negotiate, NTLM", "a login by Negotiate or NTLM, which this page cannot give."),
        ("", "a login, and does not say of which kind"),
    ],
)
def test_a_login_that_is_wanted_is_named(challenge: str, words: str) -> None:
    headers = [("WWW-Authenticate", challenge)] if challenge else []
    assert words in said(401, *headers)


def test_what_is_answered_instead_is_named() -> None:
    assert said(405, ("Allow", "POST, OPTIONS")).startswith("It answers only POST and OPTIONS here, and this page")
    assert said(405, ("Allow", "GET, POST")) == "It answers GET and POST here."
    assert said(405) == said(405, ("Allow", "<b>")) == ""


def test_a_part_that_there_is_not_tells_how_long_the_whole_is() -> None:
    assert said(416, ("Content-Range", "bytes */5000")) == "It has no such part: the whole is 5,000 bytes long."
    assert said(416) == said(416, ("Content-Range", "bytes 0-4/5000")) == said(416, ("Content-Range", "rows */5")) == ""


def test_a_redirect_that_leads_nowhere_is_told() -> None:
    assert said(302) == said(308) == "It says to go on elsewhere, and not where."
    assert said(302, ("Location", "/a")) == said(300) == said(304) == ""
    assert "go on to /a after 0 s" in said(302, ("Refresh", "0; url=/a"))


@pytest.mark.parametrize(
    ("headers", "body", "target"),
    [
        ([("Refresh", "0; url=/login")], b"", "/login after 0 s"),
        ([("Refresh", "5;URL='http://y.example/'")], b"", "http://y.example/ after 5 s"),
        ([], b'<meta http-equiv="refresh" content="0;url=\'http://y.example/a?b&amp;c\'" />', "http://y.example/a?b&c"),
        ([], b"<META HTTP-EQUIV=Refresh CONTENT='3; URL=next.html'>", "next.html after 3 s"),
    ],
)
def test_where_a_page_would_go_on_is_said(headers: list[tuple[str, str]], body: bytes, target: str) -> None:
    assert f"It asks browsers to go on to {target}" in said(200, *headers, body=body)


@pytest.mark.parametrize(
    ("headers", "body", "media_type"),
    [
        ([("Refresh", "30")], b"", "text/html"),
        ([], b'<meta http-equiv="refresh" content="300">', "text/html"),
        ([], b'<meta http-equiv="refresh" content="0;url=/x">', "text/plain"),
        ([], b'<meta name="refresh" content="0;url=/x"><p http-equiv="refresh">', "text/html"),
        ([], b"<meta " * 600, "text/html"),
    ],
)
def test_a_page_that_stays_where_it_is_is_not_said_to_go_on(
    headers: list[tuple[str, str]], body: bytes, media_type: str
) -> None:
    assert said(200, *headers, body=body, media_type=media_type) == ""
