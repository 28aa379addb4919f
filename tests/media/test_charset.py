from __future__ import annotations

import pytest

from widgets.media.charset import decode


@pytest.mark.parametrize(
    ("data", "declared", "text", "used"),
    [
        ("größer".encode(), "utf-8", "größer", "utf-8"),
        ("größer".encode(), "", "größer", "utf-8"),
        ("größer".encode("latin-1"), "", "größer", "cp1252"),
        ("größer".encode("latin-1"), "iso-8859-1", "größer", "cp1252"),
        ("größer".encode("latin-1"), "us-ascii", "größer", "cp1252"),
        ("größer".encode(), "utf-16", "größer", "utf-8"),
        ("größer".encode("utf-16"), "", "größer", "utf-16"),
        (b"\xef\xbb\xbfa", "latin-1", "a", "utf-8"),
        ("漢字".encode("shift_jis"), "shift_jis", "漢字", "shift_jis"),
        ("привет".encode("koi8-r"), "koi8-r", "привет", "koi8-r"),
        (b"abc", "undefined", "abc", "utf-8"),
        (b"abc", "idna", "abc", "utf-8"),
        (b"abc", "hex", "abc", "utf-8"),
        (b"abc", "x" * 10_000, "abc", "utf-8"),
        (b"abc", "\0", "abc", "utf-8"),
    ],
)
def test_text_is_read_by_what_fits(data: bytes, declared: str, text: str, used: str) -> None:
    decoded = decode(data, declared)
    assert (decoded.text, decoded.used) == (text, used)


def test_the_reason_names_a_declaration_that_does_not_fit() -> None:
    assert decode("größer".encode("latin-1"), "utf-8").text == "gr\ufffd\ufffder"
    assert decode(b"abc", "klingon").why == "declared klingon, which does not fit; valid UTF-8"


def test_what_cannot_be_read_is_marked_and_said() -> None:
    decoded = decode(b"a\x81b")
    assert (decoded.text, decoded.faithful) == ("a\ufffdb", False)


def test_a_character_that_is_cut_at_the_end_is_no_fault() -> None:
    decoded = decode("größer".encode()[:3], cut=True)
    assert (decoded.text, decoded.used, decoded.faithful) == ("gr", "utf-8", True)
