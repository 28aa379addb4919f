"""What is declared in other words than the registered ones is no quarrel, and what is declared falsely still is one."""

from __future__ import annotations

import gzip

import pytest

from tests.media.test_wild_kinds import fetched
from widgets.media.registry import kind_of
from widgets.media.sniff import SIGNED, sniff
from widgets.media.verdict import judge

REST = bytes(range(256))


def mpeg4(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0isom" + REST


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/x-rar-compressed", b"Rar!\x1a\7\0"),
        ("application/x-7z", b"7z\xbc\xaf\x27\x1c"),
        ("application/font-woff", b"wOFF\0\1\0\0"),
        ("application/x-font-ttf", b"\0\1\0\0\0\x0f"),
        ("font/sfnt", b"OTTO\0"),
        ("image/ico", b"\0\0\1\0\1\0"),
        ("image/x-bmp", b"BM6\0\0\0\0\0\0\0"),
        ("image/psd", b"8BPS\0\1"),
        ("image/jpeg2000", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("image/tif", b"II*\0"),
        ("image/heif-sequence", mpeg4(b"msf1")),
        ("audio/x-mp3", b"\xff\xfb\x90\0"),
        ("audio/x-mpeg-3", b"ID3\3"),
        ("audio/mid", b"MThd\0"),
        ("audio/x-vorbis+ogg", b"OggS\0"),
        ("audio/x-m4b", mpeg4(b"M4B ")),
        ("audio/x-matroska", b"\x1a\x45\xdf\xa3"),
        ("video/avi", b"RIFF\0\0\0\0AVI "),
        ("video/mpeg4", mpeg4(b"mp42")),
        ("application/sqlite", b"SQLite format 3\0"),
        ("application/x-arrow", b"ARROW1\0\0"),
        ("application/x-netcdf3", b"CDF\1"),
        ("application/vnd.avro", b"Obj\1"),
        ("application/x-fits-image", b"SIMPLE  =                    T" + b" " * 50),
        ("application/gz", gzip.compress(b"words", mtime=0)),
        ("application/vnd.nuget.package", b"PK\3\4" + bytes(30)),
        ("application/x-pcap", b"\xd4\xc3\xb2\xa1"),
        ("application/acrobat", b"%PDF-1.4\n\0"),
        ("video/mpeg", (b"G\x40\x11\x10" + bytes(184)) * 4),
        ("application/x-msmetafile", b"\xd7\xcd\xc6\x9a\0\0"),
        ("application/x-orc", b"ORC\x0a\x0b\0"),
        ("application/laszip", b"LASF" + bytes(20) + b"\1\2"),
        ("application/x-wmo-bufr", b"BUFR\0\0\xe7\4\0"),
        ("application/x-executable", b"\x7fELF\2"),
    ],
)
def test_another_name_of_a_format_is_no_quarrel(declared: str, body: bytes) -> None:
    verdict = judge(declared, sniff(body + REST, declared=declared), kind_of)
    assert verdict.agreed
    assert verdict.said == f"Declared {declared}, and the bytes agree"


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("image/gif", b"\x89PNG\r\n\x1a\n"),
        ("image/jpeg", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("video/mpeg", b"ID3\3"),
        ("text/pdf-notes", b"\x89PNG\r\n\x1a\n"),
        ("application/x-rar", b"7z\xbc\xaf\x27\x1c"),
        ("font/woff", b"wOF2"),
        ("application/java-archive", b"\xca\xfe\xba\xbe"),
        ("application/x-grib", b"%PDF-1.4\n\0"),
    ],
)
def test_the_name_of_another_format_still_is_one(declared: str, body: bytes) -> None:
    verdict = judge(declared, sniff(body + REST, declared=declared), kind_of)
    assert not verdict.agreed
    assert verdict.shown in (verdict.found.media_type, "application/octet-stream")


def test_every_format_of_the_list_is_one_that_is_found() -> None:
    from widgets.media.called import _CALLED  # noqa: PLC0415 - no part of what the module offers

    others = {"image/bmp", "video/ogg", "application/x-grib", "application/msword"}
    compound = {"application/vnd.ms-powerpoint", "application/vnd.ms-outlook", "application/x-msi"}
    told_by_two_places = {"application/x-bufr", "application/vnd.las", "application/x-esri-shape", "video/mp2t"}
    assert set(_CALLED) <= SIGNED | others | compound | told_by_two_places


@pytest.mark.parametrize(
    ("declared", "body", "name"),
    [
        ("application/x-rar-compressed", b"Rar!\x1a\7\0", "export.rar"),
        ("image/geotiff", b"II*\0", "export.tif"),
        ("text/pdf", b"%PDF-1.4\n\0", "export.pdf"),
        ("application/pcap", b"\xd4\xc3\xb2\xa1", "export.pcap"),
        ("image/png", b"Rar!\x1a\7\0", "export.rar"),
        ("text/csv", b"Rar!\x1a\7\0", "export.rar"),
        ("application/x-research-info-systems", b"TY  - JOUR\nER  -\n", "export.ris"),
        ("application/x-unheard-of", b"\0\1\2", "export.bin"),
    ],
)
def test_the_saved_file_is_named_by_what_it_is(declared: str, body: bytes, name: str) -> None:
    rest = b"" if body.isascii() else REST
    assert fetched(body + rest, declared).whole._saves[0]._name == name
