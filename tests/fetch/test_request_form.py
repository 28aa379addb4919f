from __future__ import annotations

import base64

import pytest

from widgets.fetch import Fetcher
from widgets.fetch.ends import Ends
from widgets.fetch.panel.request_form import RequestFields
from widgets.http.errors import AddressError, FieldError


@pytest.mark.parametrize(
    ("address", "query", "url"),
    [
        ("http://x/a", "", "http://x/a"),
        ("http://x/a", "b=1", "http://x/a?b=1"),
        ("http://x/a?b=1", "c=2\n\nd", "http://x/a?b=1&c=2&d="),
        ("http://x/a#end", "b=&=?", "http://x/a?b=%26%3D%3F#end"),
    ],
)
def test_the_query_is_added_to_the_address(address: str, query: str, url: str) -> None:
    assert RequestFields(query=query).url(address) == url


def test_headers_are_read_line_by_line() -> None:
    fields = RequestFields(headers="Accept: text/html\n\n  X-Time:  10:30 ")
    assert fields.all_headers() == {"Accept": "text/html", "X-Time": "10:30"}


@pytest.mark.parametrize(
    ("login", "name", "headers"),
    [
        ("none", "", {}),
        ("bearer", "", {"Authorization": "Bearer key"}),
        ("basic", "me", {"Authorization": "Basic " + base64.b64encode(b"me:key").decode()}),
        ("API key", "", {"X-Api-Key": "key"}),
        ("API key", "X-Token", {"X-Token": "key"}),
    ],
)
def test_a_login_becomes_a_header(login: str, name: str, headers: dict[str, str]) -> None:
    assert RequestFields(login=login, name=name, key="key").all_headers() == headers


def test_a_login_without_a_secret_is_not_sent() -> None:
    assert RequestFields(login="bearer").all_headers() == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (RequestFields(headers="no colon here"), "has no colon"),
        (RequestFields(headers="Accept: text/csv\naccept: text/plain"), "The header accept is given twice"),
        (
            RequestFields(headers="authorization: Bearer x", login="bearer", key="k"),
            "authorization is given by the login too",
        ),
        (RequestFields(headers="Bad Name: x"), "no name of a header"),
        (RequestFields(headers=": x"), "no name of a header"),
        (RequestFields(headers="Host: evil.example"), "set by the program"),
        (RequestFields(headers="transfer-encoding: chunked"), "set by the program"),
        (RequestFields(headers="X: \u6771"), "header X cannot be sent: its character 1 is not in Latin-1"),
        (
            RequestFields(headers="X: a\x00b"),
            "its character 2 is a line end or another control",
        ),
        (RequestFields(headers="X: " + "y" * 8001), "it has 8,001 characters"),
        (RequestFields(headers="X: y\n" * 51), "more than 50 lines"),
        (RequestFields(login="API key", name="X Y", key="k"), "no name of a header"),
        (RequestFields(login="bearer", key="a\r\nX: b"), "its character 9 is a line end"),
        (RequestFields(headers="accept-encoding: br"), "which the dashboard knows"),
        (RequestFields(login="magic", key="k"), "is not known"),
    ],
)
def test_what_cannot_be_sent_is_said_in_a_sentence(fields: RequestFields, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        fields.all_headers()


@pytest.mark.parametrize("method", ["POST", "DELETE", "", "get", "GET / HTTP/1.1\r\nX:"])
def test_only_methods_that_change_nothing_are_asked(method: str) -> None:
    with pytest.raises(AddressError, match="choose GET or HEAD"):
        RequestFields(method=method).checked_method()


def test_a_secret_is_not_in_the_text_of_the_fields() -> None:
    assert "s3cret" not in repr(RequestFields(login="bearer", key="s3cret"))


def test_the_limits_are_numbers_of_seconds_and_megabytes_and_empty_ones_are_as_usual() -> None:
    assert RequestFields().ends() == Ends(60, 10, 100_000_000)
    assert RequestFields(seconds=" 300 ", silence="45", megabytes="1.5").ends() == Ends(300, 45, 1_500_000)


@pytest.mark.parametrize(
    ("field", "name"), [("seconds", "time limit"), ("silence", "longest silence"), ("megabytes", "size limit")]
)
@pytest.mark.parametrize("words", ["a minute", "0", "-1", "nan", "inf", "1e99", "1,5"])
def test_a_limit_that_is_no_number_is_named(field: str, name: str, words: str) -> None:
    with pytest.raises(FieldError, match=f"The {name} '{words}' is no number of .* above 0"):
        RequestFields(**{field: words}).ends()


def test_public_mode_allows_no_more_than_is_usual() -> None:
    for wanted, words in ((Ends(seconds=61), "61 s"), (Ends(silence=11), "11 s"), (Ends(size=100_000_001), "100 MB")):
        with pytest.raises(FieldError, match=f"of {words} is more than the .* that are allowed here"):
            Fetcher("public").fetch("http://93.184.215.14/", ends=wanted)
