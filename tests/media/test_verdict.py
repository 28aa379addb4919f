from __future__ import annotations

import hashlib
import io
import re
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from widgets.media.save import Save, file_name, sha256
from widgets.media.sniff import SIGNATURES, sniff
from widgets.media.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shows

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
KINDS = {"image/png": "a picture", "text/plain": "text", "text/html": "a page", "application/json": "a tree"}
KINDS |= {"application/octet-stream": "bytes", "text/csv": "a table", "application/pdf": "pages", "audio/wav": "sound"}
KINDS |= {"audio/x-wav": "sound", "application/x-mine": "something of mine", "application/zip": "a list"}


def why(declared: str, body: bytes) -> str:
    return judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, "")).why


def shown(declared: str, body: bytes) -> str:
    return judge(declared, sniff(body), lambda media_type: KINDS.get(media_type, "")).shown


@pytest.mark.parametrize("entry", SIGNATURES, ids=lambda entry: f"{entry[3]} {entry[1]!r}")
def test_every_signature_is_found_where_it_belongs(entry: tuple[int, bytes, str, str]) -> None:
    offset, signature, media_type, name = entry
    container = {b"AIFF": b"FORM"}.get(signature, b"RIFF") if offset == 8 else b""
    body = (container.ljust(offset, b"\0") + signature).ljust(600, b"\0")
    found = sniff(body)
    assert (found.media_type, found.name, found.strong) == (media_type, name, True)
    assert bytes.fromhex(found.evidence) == signature[:8]


def test_there_are_signatures_enough() -> None:
    assert len({name for *_, name in SIGNATURES}) >= 40


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"\n  <html lang=en>", "text/html"),
        (b'<?xml version="1.0"?><feed/>', "application/xml"),
        (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="x">', "image/svg+xml"),
        (b"<svg>", "image/svg+xml"),
        (b'{"a": 1}', "application/json"),
        (b"[1, 2]", "application/json"),
        ('\ufeff{"a": 1}'.encode(), "application/json"),
        ('{"a": 1}'.encode("utf-16"), "application/json"),
        (b"hello", "text/plain"),
        ("gr\u00f6\u00dfer".encode("latin-1"), "text/plain"),
        (b"\x1b[31mred", "text/plain"),
        (b"BM stands for Beethoven", "text/plain"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp"),
        (b"\0\1\2\3", ""),
        (b"", ""),
        (b"  ", ""),
    ],
)
def test_text_is_told_from_bytes_and_from_each_other(body: bytes, media_type: str) -> None:
    assert sniff(body).media_type == media_type


@pytest.mark.parametrize("body", [b"<!---->" * 600, b"<!DOCTYPE svg>" * 300, b"<?xml" + b" " * 4000, b"[" * 4096])
def test_no_text_takes_long_to_be_told(body: bytes) -> None:
    started = time.thread_time()
    sniff(body)
    assert time.thread_time() - started < 0.5, "backtracking over 4,000 characters takes seconds"


def test_types_that_only_the_library_knows_are_found_too() -> None:
    found = sniff(b"LZIP\x01" + b"\0" * 100)
    assert not found.strong
    assert found.media_type == "application/x-lzip"


def test_archives_of_the_standard_library_are_found() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "b")
    assert sniff(out.getvalue()).media_type == "application/zip"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    assert sniff(out.getvalue()).media_type == "application/x-tar"


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
            b"wOFF",
            (
                "No type is declared; the bytes are WOFF font (77 4F 46 46); "
                "shown as bytes, since there is no viewer for font/woff."
            ),
        ),
    ],
)
def test_the_verdict_says_why(declared: str, body: bytes, sentence: str) -> None:
    assert why(declared, body) == sentence


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


def test_the_strip_tells_type_charset_size_and_digest(shows: Shows) -> None:
    stage = shows("gr\u00f6\u00dfer".encode("latin-1"), "text/plain", charset="klingon").stage
    digest = hashlib.sha256("gr\u00f6\u00dfer".encode("latin-1")).hexdigest()
    assert "Declared text/plain, and the bytes agree; shown as text." in stage.strip.value
    assert "Charset cp1252 (declared klingon, which does not fit; not UTF-8 either)." in stage.strip.value
    assert f"6 bytes, SHA-256 <code>{digest}</code>" in stage.strip.value


def test_a_declared_type_is_shown_as_text_in_the_strip(shows: Shows) -> None:
    assert "Declared &lt;b&gt;x&lt;/b&gt;" in shows(b"\0", "<b>x</b>").stage.strip.value


def test_a_reply_can_be_shown_as_declared_with_one_click(shows: Shows, picture: Callable[..., bytes]) -> None:
    seen = shows(picture(), "text/plain")
    assert "<img" in seen.html
    seen.stage.as_declared.click()
    seen.stage.join(30)
    assert "<img" not in seen.html
    assert "PNG" in seen.html


def test_any_type_can_be_chosen_and_the_first_view_comes_back(shows: Shows) -> None:
    seen = shows(b"a,b\n1,2\n", "text/csv")
    for chosen, there in (
        ("application/octet-stream", "61 2c 62"),
        ("text/plain", "a,b"),
        ("", "<table"),
    ):
        seen.stage.choice.value = chosen
        seen.stage.join(30)
        assert there in seen.html


def test_text_can_be_read_by_another_charset(shows: Shows) -> None:
    seen = shows("привет".encode("koi8-r"), "text/plain")
    assert "привет" not in seen.html
    seen.stage.charset.value = "koi8-r"
    seen.stage.join(30)
    assert "привет" in seen.html
    assert "Charset koi8-r (declared)" in seen.stage.strip.value


def test_a_view_that_is_replaced_is_closed(shows: Shows) -> None:
    stage = shows(b"a,b\n1,2\n", "text/csv").stage
    old = stage._view.children[0]
    stage.show_as("text/plain")
    stage.join(30)
    assert old.comm is None


def test_a_body_is_saved_exactly(shows: Shows) -> None:
    link = shows(b"abc\0", "").one(Save).children[0].value
    found = re.fullmatch(
        r'<a class="ww-download" download="file.bin" href="data:application/octet-stream;base64,YWJjAA==">'
        r"Save file.bin \(4 bytes\)</a>",
        link,
    )
    assert found


def test_a_large_body_is_put_into_the_page_only_when_asked_for(shows: Shows) -> None:
    save = shows(b"x" * 2_000_000, "text/plain").one(Save)
    (button,) = save.children
    button.click()
    assert "2,000,000 bytes" in save.children[0].value


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("http://x/NASA/blue%20marble.jpg?x=1", "image/jpeg", "blue_marble.jpg"),
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
    assert file_name(url, media_type) == name


def test_a_digest_is_that_of_the_whole_body() -> None:
    body = bytes(range(256)) * 10_000
    assert sha256(body) == hashlib.sha256(body).hexdigest()
