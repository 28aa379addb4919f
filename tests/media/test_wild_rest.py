"""Kinds of replies that were shown wrongly before they were found among siblings of public reports."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.media import files
from tests.media.test_wild_kinds import fetched
from widgets.media.beyond import looked_into
from widgets.media.decoders.archive import zip_entries
from widgets.media.sniff import HEAD, sniff

if TYPE_CHECKING:
    from tests.media.conftest import Shows

MATROSKA = b"\x1a\x45\xdf\xa3" + bytes(100)
AS_ON_WINDOWS = [
    "O‘zbekiston.txt",
    "Brand™Guide.pdf",
    "wait…what.txt",
    "L‘été",
    "Prüfung™neu.txt",
    "a€b•c‹d.txt",
    "a£b¥c",
]
MP3, AAC, FLAC = b"\xff\xfb\x90\x44", b"\xff\xf1\x50\x80", b"fLaC\0\0\0\x22"


def test_a_png_that_is_damaged_does_not_miss_its_end(shows: Shows) -> None:
    data = bytearray(files.picture(size=(400, 300)))
    data[-20] ^= 1
    html = shows(bytes(data), "image/png").html
    assert "; it is damaged, and what browsers can read of it is drawn" in html
    assert "its end is missing" not in html
    assert "damaged" not in shows(files.picture(size=(400, 300)) + b"more", "image/png").html


def test_signs_that_are_left_out_of_a_text_are_told(shows: Shows) -> None:
    html = shows("user\u202e \u2066// admin\u2069, \x01 and größer\r\n".encode(), "text/plain").html
    assert "turn words round (U+202E, U+2066, U+2069) are left out here; the file that you save has them." in html
    assert "U+2" not in shows("ordinary, größer\r\n\tand \x01".encode(), "text/plain").html


@pytest.mark.parametrize(
    ("declared", "body", "source"),
    [
        ("", MATROSKA, "data:video/webm"),
        ("video/x-matroska", MATROSKA, "data:video/webm"),
        ("", FLAC + bytes(99), "data:audio/flac"),
        ("audio/x-unheard-of", b"OggS" + bytes(99), "data:audio/ogg"),
        ("audio/flac", b"ID3\4\0\0\0\0\0\0" + FLAC + bytes(99), "data:audio/flac"),
    ],
)
def test_a_player_is_told_what_it_plays(declared: str, body: bytes, source: str) -> None:
    assert source in fetched(body, declared).html


@pytest.mark.parametrize("length", [3, 300, 9000])
@pytest.mark.parametrize(
    ("sound", "media_type"), [(MP3, "audio/mpeg"), (AAC, "audio/aac"), (FLAC, "audio/flac"), (b"", "audio/mpeg")]
)
def test_tags_of_mp3_may_stand_before_other_sounds(length: int, sound: bytes, media_type: str) -> None:
    body = b"ID3\4\0\0\0\0" + bytes((length >> 7, length & 127)) + bytes(length) + sound
    assert looked_into(sniff(body[:HEAD]), body).media_type == media_type


@pytest.mark.parametrize(
    ("address", "name"), [("http://a.example/get?id=7", "Größe.csv"), ("http://a.example/set.json.gz", "set.json")]
)
def test_the_name_inside_of_gzip_is_used_where_the_reply_has_none(address: str, name: str) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile("../Gr\xf6\xdfe.csv", "wb", fileobj=packed) as file:
        file.write(b"a,b\n1,2\n")
    html = fetched(packed.getvalue(), "application/octet-stream", url=address).html
    assert f"<td>{name}</td>" in html


@pytest.mark.parametrize("declared", ["text/x-opml", "text/rss", "text/xsl"])
def test_xml_is_a_tree_by_its_other_names_too(declared: str) -> None:
    assert fetched(b'<?xml version="1.0"?><opml><head/></opml>', declared).whole._shown_now.kind == "a tree of elements"
    assert fetched(b"no XML", declared).whole._shown_now.kind == "text"


@pytest.mark.parametrize(
    ("names", "codec", "used"),
    [
        (["München.txt"], "cp437", "cp437"),
        (["Übersicht für München.txt", "façade.csv"], "cp850", "cp437"),
        (["Größe.txt"], "cp1252", "windows-1252"),
        (["a’b.txt", "Preis – 5 €.txt"], "cp1252", "windows-1252"),
        (["naïve “quotes”.txt"], "cp1252", "windows-1252"),
        (["данные за год.csv"], "cp866", "ibm866"),
        *(([name], "cp1252", "windows-1252") for name in AS_ON_WINDOWS),
    ],
)
def test_names_in_a_zip_are_read_as_its_makers_write_them(names: list[str], codec: str, used: str) -> None:
    raw = [name.encode(codec) for name in names]
    places = [f"@{number}".ljust(len(each), "_").encode() for number, each in enumerate(raw)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place in places:
            archive.writestr(place.decode(), "x")
    data = packed.getvalue()
    for place, each in zip(places, raw, strict=True):
        data = data.replace(place, each)
    found = zip_entries(data)
    assert [entry.name for entry in found.entries] == names
    assert f"are read as {used} (" in found.said


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/no.xml"),
        ("", "xl/none.xml"),
        ("application/vnd.google-earth.kmz", "none.kml"),
    ],
)
def test_a_document_that_is_none_is_a_list_of_what_is_in_it(declared: str, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "x")
    seen = fetched(packed.getvalue(), declared)
    assert f"<td>{name}</td>" in seen.html
    assert "Shown as a list: " in seen.html
    assert f"<td>{name}</td>" in fetched(packed.getvalue()[:-30], declared).html  # Without the list at its end.
    assert "Shown as bytes: " in fetched(packed.getvalue()[:20], declared).html


def test_blanks_are_said_to_be_blanks_where_json_is_declared() -> None:
    assert "not JSON: there is nothing but blanks" in fetched(b" \n", "application/json").html


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/document.xml"),
        ("application/epub+zip", "META-INF/container.xml"),
        ("application/vnd.google-earth.kmz", "doc.kml"),
    ],
)
def test_a_document_without_its_end_is_not_said_to_be_no_archive(declared: str, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "x" * 999)
    html = fetched(packed.getvalue()[:500], declared).html
    assert "not a zip" not in html
    assert "no list of entries stands at its end" in html
    assert f"<td>{name}</td>" in html
