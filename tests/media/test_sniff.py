from __future__ import annotations

import io
import tarfile
import time
import zipfile

import pytest

from widgets.media.sniff import SIGNATURES, sniff


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
