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
        ("text/csv", b"<html>", "text/csv"),
        ("application/json", b"<html>", "application/json"),
        ("text/html", b"plain words", "text/html"),
        ("application/octet-stream", b'{"a": 1}', "application/json"),
        ("", b"<html>", "text/html"),
        ("audio/x-wav", b"RIFF\0\0\0\0WAVE", "audio/x-wav"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\3\4", "application/zip"),
    ],
)
def test_text_stays_what_it_is_declared_to_be(declared: str, body: bytes, as_type: str) -> None:
    assert shown(declared, body) == as_type
