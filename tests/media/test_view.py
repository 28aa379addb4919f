from __future__ import annotations

import gzip
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from ipywidgets.widgets import widget as registry

from widgets.media import Piece
from widgets.media.names import file_name
from widgets.media.saving import Save
from widgets.media.view import sha256

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shows


def test_a_reply_can_be_shown_as_another_type(shows: Callable[..., Any]) -> None:
    assert "61 62 63" in shows(b"abc", "text/plain", shown_as="application/octet-stream").html


def test_the_strip_tells_type_charset_size_and_digest(shows: Shows) -> None:
    stage = shows("gr\u00f6\u00dfer".encode("latin-1"), "text/plain", charset="klingon").whole
    digest = hashlib.sha256("gr\u00f6\u00dfer".encode("latin-1")).hexdigest()
    assert "Declared text/plain, and the bytes agree; shown as text." in stage.strip.value
    assert "Charset windows-1252 (declared klingon, which is not known here; not UTF-8 either)." in stage.strip.value
    assert f"6 bytes, SHA-256 <code>{digest}</code>" in stage.strip.value


def test_a_declared_type_is_shown_as_text_in_the_strip(shows: Shows) -> None:
    assert "Declared &lt;b&gt;x&lt;/b&gt;" in shows(b"\0", "<b>x</b>").whole.strip.value


def test_a_reply_can_be_shown_as_declared_with_one_click(shows: Shows, picture: Callable[..., bytes]) -> None:
    seen = shows(picture(), "text/plain")
    assert "<img" in seen.html
    seen.whole.as_declared.click()
    seen.whole.join(30)
    assert "<img" not in seen.html
    assert "PNG" in seen.html


def test_any_type_can_be_chosen_and_the_first_view_comes_back(shows: Shows) -> None:
    seen = shows(b"a,b\n1,2\n", "text/csv")
    for chosen, there in (
        ("application/octet-stream", "61 2c 62"),
        ("text/plain", "a,b"),
        ("", "<table"),
    ):
        seen.whole.choice.value = chosen
        seen.whole.join(30)
        assert there in seen.html


@pytest.mark.parametrize("chosen", ["application/json", "image/png"])
def test_what_cannot_be_read_as_chosen_is_not_said_of_what_is_declared(shows: Shows, chosen: str) -> None:
    seen = shows(b"hello words", "text/plain")
    seen.whole.choice.value = chosen
    seen.whole.join(30)
    assert "Shown as " in seen.html
    assert "could not be read as that" not in seen.whole.strip.value


@pytest.mark.parametrize(
    ("body", "declared", "chosen", "chip"),
    [
        (b"hello words", "text/plain", "application/json", ("**text/plain** bytes agree", "")),
        (b'{"a": 1, "b', "application/json", "", ("said application/json, shown as text", "warn")),
        (
            b'{"a": 1, "b',
            "application/json",
            "application/octet-stream",
            ("said application/json, shown as bytes", "warn"),
        ),
    ],
)
def test_what_a_person_chooses_says_nothing_against_the_reply(
    shows: Shows, body: bytes, declared: str, chosen: str, chip: tuple[str, str]
) -> None:
    stage = shows(body, declared).whole
    stage.show_as(chosen or stage.verdict.shown)
    stage.join(30)
    assert stage.chips == (chip,)


@pytest.mark.parametrize(
    ("declared", "body", "chip"),
    [
        ("", b'{"a": 1}', "**no type**, is JSON"),
        ("", b"\0\1\2", "**no type**"),
        ("application/octet-stream", gzip.compress(b"words", mtime=0), "**application/octet-stream**, is gzip"),
        ("application/x-ofx", b"OFXHEADER:100", "**application/x-ofx**, is text"),
        ("application/vnd.ms-excel", b"a\tb\n1\t2\n", "**application/vnd.ms-excel**, is text"),
        ("application/json", b'{"a": 1}', "**application/json** bytes agree"),
        ("x-application/hl7-v2+er7", b"MSH|^~\\&|SEND\rEVN|A01\r", "**x-application/hl7-v2+er7**, is text"),
    ],
)
def test_the_bytes_are_said_to_agree_only_where_they_do(shows: Shows, declared: str, body: bytes, chip: str) -> None:
    stage = shows(body, declared).whole
    assert stage.chips == ((chip, ""),)
    assert not stage.mismatch


def test_what_stands_before_a_picture_is_told_whatever_is_declared(shows: Shows, picture: Callable[..., bytes]) -> None:
    stage = shows(b"\xef\xbb\xbf" + picture("PNG"), "application/octet-stream").whole
    assert stage.chips == (("said application/octet-stream, is PNG", "warn"),)
    assert "3 bytes that do not belong to it stand before the PNG" in stage.strip.value


def test_a_long_media_type_leaves_room_for_what_stands_behind_it(shows: Shows) -> None:
    declared = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    (chip,) = shows(b"words", declared).whole.chips
    assert chip == ("said application/…presentationml.presentation, is text", "warn")


def test_a_charset_that_a_person_tries_says_nothing_against_the_reply(shows: Shows) -> None:
    stage = shows(b'{"a": 1}', "application/json").whole
    before = stage.chips
    stage.show_as("application/json", "utf-16le")
    stage.join(30)
    assert "Shown as text" in stage._view.children[0].children[0].value
    assert stage.chips == before


def test_what_cannot_be_read_as_declared_is_said(shows: Shows) -> None:
    strip = shows(b'{"a": 1, ' + b" " * 70_000 + b"oops", "application/json").whole.strip.value
    assert "Declared application/json, but it could not be read as that; shown as text." in strip


def test_text_can_be_read_by_another_charset(shows: Shows) -> None:
    seen = shows("привет".encode("koi8-r"), "text/plain")
    assert "привет" not in seen.html
    seen.whole.charset.value = "koi8-r"
    seen.whole.join(30)
    assert "привет" in seen.html
    assert "Charset koi8-r (chosen)" in seen.whole.strip.value


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "euc-kr"])
def test_a_charset_that_is_chosen_is_not_doubted(shows: Shows, charset: str) -> None:
    body = "Größe, schöne Straße, Übung und Ärger".encode("latin-1")
    seen = shows(body, "text/plain", charset="utf-8")
    assert "Charset windows-1252 (declared utf-8, which does not fit" in seen.whole.strip.value
    seen.whole.charset.value = charset
    seen.whole.join(30)
    codec = "cp1251" if charset == "windows-1251" else charset
    assert body.decode(codec, "replace")[:12] in seen.html
    assert f"Charset {charset} (chosen)" in seen.whole.strip.value


def test_a_view_that_is_replaced_is_closed(shows: Shows) -> None:
    stage = shows(b"a,b\n1,2\n", "text/csv").whole
    old = stage._view.children[0]
    stage.show_as("text/plain")
    stage.join(30)
    assert old.comm is None


def test_a_body_is_saved_exactly(shows: Shows) -> None:
    link = shows(b"abc\0", "").one(Save).children[0].value
    found = re.fullmatch(
        r'<a class="ww-download" download="file.bin" href="data:application/octet-stream;base64,YWJjAA==">'
        r"Save file.bin</a>",
        link,
    )
    assert found


def test_a_large_body_is_put_into_the_page_only_when_asked_for(shows: Shows) -> None:
    save = shows(b"x" * 2_000_000, "text/plain").one(Save)
    assert all(len(str(getattr(child, "value", ""))) < 1000 for child in save.children)
    save.parts.click()
    assert "Save part 1 of 1 (2,000,000 bytes)" in save._progress.value


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("http://x/NASA/blue%20marble.jpg?x=1", "image/jpeg", "blue marble.jpg"),
        ("http://x/", "text/html", "reply.html"),
        ("http://x/data", "text/csv", "data.csv"),
        ("http://x/..%2f..%2fetc%2fpasswd", "text/plain", "passwd.txt"),
        ("http://x/%22%3E%3Cscript%3E", "text/plain", "script.txt"),
        ("http://x/\u202egnp.exe", "image/png", "gnp.exe"),
        ("http://[broken", "image/png", "reply.png"),
        ("http://x/" + "a" * 500, "image/png", "a" * 100 + ".png"),
        ("http://x/.htaccess", "", "htaccess.bin"),
    ],
)
def test_a_file_name_is_harmless(url: str, media_type: str, name: str) -> None:
    assert file_name(Piece(url, b""), media_type) == name


def test_a_digest_is_that_of_the_whole_body() -> None:
    body = bytes(range(256)) * 10_000
    assert sha256(body) == hashlib.sha256(body).hexdigest()


def test_a_long_text_costs_the_browser_few_models(shows: Shows) -> None:
    shows(b"a", "text/plain")  # what all widgets share is there then
    before = set(registry._instances)
    shows(b"word " * 200_000, "text/plain")
    assert len(set(registry._instances) - before) <= 18  # 26 while each had a layout and a style of its own
