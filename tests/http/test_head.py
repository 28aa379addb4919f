"""Heads as services send them: what browsers take is taken, and what they would not take is told."""

from __future__ import annotations

import io

import pytest

from widgets.http.errors import CutHeadError, NotHTTPError
from widgets.http.head import MOST_BYTES, Framing, Head, framing, read_head

OK = b"HTTP/1.1 200 OK\r\n"


def head(fields: bytes, first: bytes = OK) -> Head:
    return read_head(io.BytesIO(first + fields + b"\r\n").readline)


def framed(fields: bytes, method: str = "GET", first: bytes = OK) -> Framing:
    return framing(head(fields, first), method)


def test_a_thousand_fields_and_a_quarter_of_a_megabyte_are_read() -> None:
    assert len(head(b"X: y\r\n" * 1000).headers) == 1000
    long = head(b"X: " + b"y" * 250_000 + b"\r\n")
    assert len(long.headers.get("X")) == 250_000


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (b"X: y\r\n" * 1001, "more than 1,000 header fields"),
        (b"X: " + b"y" * MOST_BYTES + b"\r\n", "longer than 256 kB"),
    ],
)
def test_more_is_not_read_and_said(fields: bytes, why: str) -> None:
    with pytest.raises(NotHTTPError, match=why):
        head(fields)


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\n", b"HTTP/1.1 200\r\n", b"HTTP/1.1  200   OK\r\n", b"HTTP/1.0 200 \r\n"]
)
def test_a_status_line_may_be_a_little_off(first: bytes) -> None:
    assert head(b"A: b\r\n", first).status == 200


@pytest.mark.parametrize(
    "first",
    [
        b"220 ftp\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 000 Zero\r\n",
        b"HTTP/1.1 -200 x\r\n",
        b"HTTP/1.1 2000 x\r\n",
        b"\r\n",
    ],
)
def test_what_is_no_status_line_is_not_http(first: bytes) -> None:
    with pytest.raises(NotHTTPError, match="it begins with"):
        head(b"", first)


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (b"http/1.1 200 ok\r\n", ()),
        (b"\r\n" + OK, ()),
        (b"\n\r\n" + OK, ()),
        (b"ICY 200 OK\r\n", ("as old radio streams do",)),
        (b"HTTP/2.0 200 OK\r\n", ("calls itself HTTP/2.0",)),
        (b"HTTP/2 200 \r\n", ("calls itself HTTP/2,",)),
    ],
)
def test_a_status_line_that_some_refuse_is_read_and_said(first: bytes, told: tuple[str, ...]) -> None:
    found = head(b"A: b\r\n", first)
    assert (found.status, found.headers.get("A"), len(found.notes)) == (200, "b", len(told))
    assert all(words in note for words, note in zip(told, found.notes, strict=True))


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (b"\x15\x03\x01\x00\x02\x02\x16", "begins as TLS does, which is what https speaks"),
        (b"\x05\x00", "begins with the bytes 05 00"),
        (b"\r\n\r\n", "begins with an empty line"),
        (b"\r\n" * 9 + OK, "begins with an empty line"),
    ],
)
def test_what_is_no_head_says_what_it_looks_like(came: bytes, why: str) -> None:
    with pytest.raises(NotHTTPError, match=why):
        read_head(io.BytesIO(came).readline)


@pytest.mark.parametrize("cut", [b"HTTP/1.1 200 O", b"http/1.1 200 OK\r\nA: b\r\n", b"\r\nHTTP/1.1 2"])
def test_a_head_that_broke_off_is_told_from_none(cut: bytes) -> None:
    with pytest.raises(CutHeadError):
        read_head(io.BytesIO(cut).readline)


@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 200 O", OK + b"A: b\r\n", OK + b"A: b"])
def test_a_head_that_was_cut_is_no_head(cut: bytes) -> None:
    with pytest.raises(ConnectionResetError):
        read_head(io.BytesIO(cut).readline)


def test_interim_answers_are_passed_over_except_the_change_of_protocols() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
    found = head(b"A: b\r\n", early + OK)
    assert (found.status, list(found.headers)) == (200, [("A", "b")])
    assert head(b"", b"HTTP/1.1 101 Switching Protocols\r\n").status == 101
    with pytest.raises(NotHTTPError, match="no final one"):
        head(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 200 + OK)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"words words", "'words words' is malformed and was left out"),
        (b"My Param: None", "'My Param: None' is malformed and was left out"),
        (b": empty", "': empty' is malformed and was left out"),
        (b"N\xc3\xa4me: x", "'N\u00e4me: x' is malformed and was left out"),
    ],
)
def test_a_malformed_line_costs_only_itself_and_is_named(line: bytes, told: str) -> None:
    found = head(b"A: b\r\n" + line + b"\r\nC: d\r\n")
    assert list(found.headers) == [("A", "b"), ("C", "d")]
    assert told in found.notes[0]


def test_many_malformed_lines_are_counted() -> None:
    found = head(b"".join(b"bad %d\r\n" % number for number in range(100)))
    assert len(found.notes) == 6
    assert found.notes[-1] == "95 more of its header lines are malformed."


@pytest.mark.parametrize(
    ("line", "value", "told"),
    [
        (b"X : y", "y", "blank before its colon"),
        (b"X: a\0b", "a\0b", "holds a NUL: browsers and curl refuse"),
        (b"X: a\rSet-Cookie: b", "a\rSet-Cookie: b", "bare carriage return"),
    ],
)
def test_a_field_that_browsers_would_not_take_is_kept_and_told(line: bytes, value: str, told: str) -> None:
    found = head(line + b"\r\n")
    assert found.headers.get("X") == value
    assert told in found.notes[0]


def test_a_folded_line_belongs_to_the_one_before() -> None:
    assert list(head(b"A: b\r\n  c\r\n\td\r\n").headers) == [("A", "b c d")]


@pytest.mark.parametrize(
    ("fields", "length", "kept"),
    [
        (b"Content-Length: 5\r\n", 5, True),
        (b"Content-Length: 5, 5\r\n", 5, True),
        (b"Content-Length: 5\r\nContent-Length: 5\r\n", 5, True),
        (b"Content-Length: 5\r\nConnection: close\r\n", 5, False),
        (b"", None, False),
    ],
)
def test_a_length_says_where_the_body_ends(fields: bytes, length: int | None, kept: bool) -> None:
    found = framed(fields)
    assert (found.length, found.kept, found.notes) == (length, kept, ())


@pytest.mark.parametrize(
    ("fields", "length", "told"),
    [
        (b"Content-Length: 3\r\nContent-Length: 5\r\n", 5, "lengths that differ (3 and 5 bytes): browsers refuse"),
        (b"Content-Length: -5\r\n", None, "'-5' is no length"),
        (b"Content-Length: many\r\n", None, "'many' is no length"),
        (b"Content-Length: +5\r\n", None, "'+5' is no length"),
        (b"Content-Length:\r\n", None, "'' is no length"),
    ],
)
def test_a_length_that_browsers_refuse_is_told(fields: bytes, length: int | None, told: str) -> None:
    found = framed(fields)
    assert (found.length, found.chunked, found.kept) == (length, False, False)
    assert told in found.notes[0]


def test_chunks_overrule_a_length_and_such_a_connection_is_not_kept() -> None:
    found = framed(b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")
    assert (found.length, found.chunked, found.kept) == (None, True, False)
    assert framed(b"Transfer-Encoding: Chunked\r\n").kept


@pytest.mark.parametrize(
    ("codings", "chunked", "rest", "told"),
    [
        (b"gzip, chunked", True, "gzip", "transfer coding gzip was undone"),
        (b"chunked, gzip", False, "", "an order that cannot be"),
        (b"chunked, chunked", False, "", "an order that cannot be"),
        (b"gzip", False, "gzip", "was undone"),
        (b"pigeon", False, "", "'pigeon' is not known"),
        (b"identity", False, "", ""),
    ],
)
def test_transfer_codings_are_undone_or_told(codings: bytes, chunked: bool, rest: str, told: str) -> None:
    found = framed(b"Transfer-Encoding: " + codings + b"\r\n")
    assert (found.chunked, found.codings) == (chunked, rest)
    assert told in " ".join(found.notes)
    assert bool(found.notes) is bool(told)


@pytest.mark.parametrize(("method", "status"), [("HEAD", b"200"), ("GET", b"204"), ("GET", b"304")])
def test_some_answers_have_no_body_whatever_they_state(method: str, status: bytes) -> None:
    found = framed(b"Content-Length: 5\r\n", method, b"HTTP/1.1 " + status + b" x\r\n")
    assert (found.length, found.kept) == (0, True)


def test_an_older_version_keeps_a_connection_only_where_it_says_so() -> None:
    old = b"HTTP/1.0 200 OK\r\n"
    assert not framed(b"Content-Length: 5\r\n", first=old).kept
    assert framed(b"Content-Length: 5\r\nConnection: Keep-Alive\r\n", first=old).kept


@pytest.mark.parametrize("first", [b'{"a": 1}', b"220 mail.example ESMTP"])
def test_what_comes_without_a_head_is_said_even_where_no_line_ends(first: bytes) -> None:
    with pytest.raises(NotHTTPError, match="it begins with"):
        read_head(io.BytesIO(first).readline)


def test_a_head_that_breaks_off_is_no_other_protocol() -> None:
    for came in (b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nA: b\r\n"):
        with pytest.raises(ConnectionResetError):
            read_head(io.BytesIO(came).readline)
