from __future__ import annotations

import pytest

from widgets.media.sniff import sniff
from widgets.media.verdict import judge

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


KINDS = {"image/png": "a picture", "text/plain": "text", "text/html": "a page", "application/json": "a tree"}
KINDS |= {"application/octet-stream": "bytes", "text/csv": "a table", "application/pdf": "pages", "audio/wav": "sound"}
KINDS |= {"audio/x-wav": "sound", "application/x-mine": "something of mine", "application/zip": "a list"}


def why(declared: str, body: bytes) -> str:
    return judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, "")).why


@pytest.mark.parametrize(
    ("declared", "body", "sentence"),
    [
        ("text/plain", PNG, "Declared text/plain; the bytes are PNG (89 50 4E 47 0D 0A 1A 0A); shown as a picture."),
        ("image/png", PNG, "Declared image/png, and the bytes agree; shown as a picture."),
        ("", PNG, "No type is declared; the bytes are PNG (89 50 4E 47 0D 0A 1A 0A); shown as a picture."),
        ("image/png", b"Sorry!", "Declared image/png; the bytes are text (every byte is a character); shown as text."),
        ("text/plain", b"\0\1\2", "Declared text/plain; but the bytes are no text; shown as bytes."),
        (
            "application/x-mine",
            b"abc",
            "Declared application/x-mine; the bytes do not speak against it; shown as something of mine.",
        ),
        ("x/y", b"\0", "Declared x/y; the bytes tell nothing of themselves; shown as bytes."),
        (
            "",
            b"wOFF\0",
            (
                "No type is declared; the bytes are WOFF font (77 4F 46 46); "
                "shown as bytes, since there is no viewer for font/woff."
            ),
        ),
    ],
)
def test_the_verdict_says_why(declared: str, body: bytes, sentence: str) -> None:
    assert why(declared, body) == sentence


def shown(declared: str, body: bytes) -> str:
    return judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, "")).shown


@pytest.mark.parametrize(
    ("declared", "body", "as_type"),
    [
        ("text/plain", b"<script>alert(1)</script>", "text/plain"),
        ("text/csv", b"<p>1,2", "text/csv"),
        ("application/json", b"<div>Notice</div>{}", "application/json"),
        ("text/html", b"plain words", "text/html"),
        ("application/octet-stream", b'{"a": 1}', "application/json"),
        ("", b"<html>", "text/html"),
        ("audio/x-wav", b"RIFF\0\0\0\0WAVE", "audio/x-wav"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\3\4", "application/zip"),
    ],
)
def test_text_stays_what_it_is_declared_to_be(declared: str, body: bytes, as_type: str) -> None:
    assert shown(declared, body) == as_type


KINDS |= {"application/xml": "elements", "application/rss+xml": "elements", "application/geo+json": "an outline"}
KINDS |= {"application/gpx+xml": "an outline", "text/tab-separated-values": "a table", "application/yaml": "a tree"}
PAGE, OBJECT, FEED = (
    b"<!DOCTYPE html><h1>502</h1>",
    b'{"error": "bad key"}',
    b"<?xml version='1.0'?>\n<rss version='2.0'>",
)


@pytest.mark.parametrize(
    ("declared", "body", "as_type"),
    [
        ("text/csv", PAGE, "text/html"),
        ("text/csv", OBJECT, "application/json"),
        ("text/csv", b"[1,2],3\n", "text/csv"),
        ("application/json", PAGE, "text/html"),
        ("application/vnd.api+json", FEED, "application/rss+xml"),
        ("application/xml", PAGE, "text/html"),
        ("application/soap+xml", OBJECT, "application/json"),
        ("text/html", OBJECT, "application/json"),
        ("text/html", FEED, "application/rss+xml"),
        ("text/html", b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'>", "text/html"),
    ],
)
def test_another_kind_of_text_than_the_data_that_are_declared_is_shown_as_what_it_is(
    declared: str, body: bytes, as_type: str
) -> None:
    verdict = judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, ""))
    assert verdict.shown == as_type
    assert verdict.agreed == (as_type == declared)


@pytest.mark.parametrize(
    ("declared", "named", "body", "as_type"),
    [
        ("text/plain", "text/csv", b"name,mag\nVega,0.03\n", "text/csv"),
        ("application/octet-stream", "text/tab-separated-values", b"a\tb\n1\t2\n", "text/tab-separated-values"),
        ("", "application/yaml", b"a: 1\n", "application/yaml"),
        ("text/plain", "application/json", b'{"a": 1}', "application/json"),
        ("application/json", "application/geo+json", b'{"type": "Point"}', "application/geo+json"),
        ("application/json", "", b'{"type": "FeatureCollection"}', "application/geo+json"),
        ("text/xml", "", b"<gpx>", "application/gpx+xml"),
        ("application/vnd.ms-excel", "", b"a\tb\n1\t2\n", "text/csv"),
        ("text/plain", "text/csv", PAGE, "text/plain"),
        ("text/plain", "text/csv", PNG, "image/png"),
        ("text/html", "text/csv", b"words", "text/html"),
        ("application/json", "text/csv", b"{}", "application/json"),
    ],
)
def test_a_name_tells_the_kind_of_data_where_the_header_leaves_it_open_and_the_bytes_may_be_it(
    declared: str, named: str, body: bytes, as_type: str
) -> None:
    assert judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, ""), named).shown == as_type
