from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.media.test_wild_more import compound
from widgets.media.sniff import sniff

if TYPE_CHECKING:
    from tests.media.conftest import Shows


def grib(edition: int) -> bytes:
    length = 40
    head = b"GRIB" + (length.to_bytes(3, "big") + b"\1" if edition == 1 else b"\0\0\0\2" + length.to_bytes(8, "big"))
    return head.ljust(length - 4, b"\0") + b"7777"


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("declared", ["application/x-grib", "application/grib", "", "application/octet-stream"])
def test_grib_says_how_many_messages_it_has_and_what_reads_it(edition: int, declared: str, shows: Shows) -> None:
    seen = shows(grib(edition) * 3 + grib(edition)[:20], declared)
    assert f"GRIB edition {edition}, 3 messages: fields of a weather model. It is not drawn here" in seen.html
    assert "47 52 49 42" in seen.html


def test_a_text_that_begins_like_grib_is_text() -> None:
    assert sniff(b"GRIB is a format").media_type == "text/plain"


@pytest.mark.parametrize("declared", ["application/dicom", ""])
def test_dicom_is_known_and_said_not_to_be_drawn(declared: str, shows: Shows) -> None:
    seen = shows(bytes(128) + b"DICM" + bytes(40), declared)
    assert "DICOM: a medical picture" in seen.html
    assert "It is not drawn here" in seen.html


STATA = b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>\2\0</K>"
TRANSPORT = (b"G\x40\x11\x10" + bytes(184)) * 4
EMF = b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF\0\0\1\0" + bytes(60)
SHAPES = b"\0\0\x27\x0a" + bytes(20) + b"\0\0\0\x40\xe8\3\0\0\1\0\0\0" + bytes(64)
KNOWN = [
    ("application/x-bufr", b"BUFR\0\0\xe7\4" + bytes(60), "BUFR: observations of the weather"),
    ("application/vnd.apache.orc", b"ORC\x0a\x0b\0\0" + bytes(60), "ORC: a table by columns"),
    ("application/x-stata", STATA, "Data of Stata"),
    ("application/x-spss-sav", b"$FL2@(#) SPSS DATA FILE".ljust(64) + b"\2\0\0\0", "Data of SPSS"),
    (
        "application/x-sas-xport",
        b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + bytes(60),
        "A transport file of SAS",
    ),
    ("application/x-sas7bdat", bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf" + bytes(60), "Data of SAS"),
    ("application/vnd.las", b"LASF" + bytes(20) + b"\1\2" + bytes(60), "LAS: a cloud of points"),
    ("application/flatgeobuf", b"fgb\3fgb\0" + bytes(60), "FlatGeobuf"),
    ("application/x-esri-shape", SHAPES, "A part of a shapefile: its shapes, or the index of them"),
    ("model/gltf-binary", b"glTF\2\0\0\0" + bytes(60), "Binary glTF"),
    ("image/x-exr", b"v/1\1\2\0\0\0channels\0" + bytes(60), "OpenEXR"),
    ("image/vnd.djvu", b"AT&TFORM\0\0\1\x2cDJVUINFO" + bytes(60), "DjVu: scanned pages"),
    ("image/emf", EMF, "An enhanced metafile of Windows"),
    ("avro/binary", b"Obj\1\4\x14avro.codec" + bytes(60), "Avro: rows and their schema"),
]


@pytest.mark.parametrize(("declared", "body", "words"), KNOWN)
def test_what_is_not_drawn_is_called_by_its_name(declared: str, body: bytes, words: str, shows: Shows) -> None:
    typed = shows(body, declared)
    assert words in typed.html
    assert "drawn here; " in typed.html
    assert f"Declared {declared}, and the bytes agree" in typed.whole.strip.value
    assert words in shows(body, "application/octet-stream").html


def test_data_under_the_type_of_others_are_called_what_they_are(shows: Shows) -> None:
    html = shows(KNOWN[6][1], "application/avro").html
    assert "LAS: a cloud of points" in html
    assert "Avro" not in html


@pytest.mark.parametrize("error", [b"<!DOCTYPE html><p>no such file</p>", b'{"error":"no such file"}', b"no such file"])
@pytest.mark.parametrize("declared", sorted({each[0] for each in KNOWN} | {"application/vnd.apache.avro"}))
def test_an_error_in_words_is_not_called_data_of_the_kind_that_was_asked_for(
    error: bytes, declared: str, shows: Shows
) -> None:
    seen = shows(error, declared)
    assert "drawn here; " not in seen.html
    assert seen.whole.verdict.shown in ("text/html", "application/json", "text/plain")


def test_what_only_the_header_says_is_not_said_of_the_bytes(shows: Shows) -> None:
    assert "its first bytes do not tell it" in shows(bytes(range(256)), "application/flatgeobuf").html
    assert "its first bytes do not tell it" not in shows(b"fgb\3fgb\0" + bytes(60), "application/flatgeobuf").html


def test_no_picture_of_a_kind_is_made_of_what_is_none(shows: Shows) -> None:
    html = shows(bytes(range(256)), "image/vnd.djvu").html
    assert "Shown as bytes: it does not begin as such data do." in html
    assert "DjVu: scanned pages" not in html


@pytest.mark.parametrize(
    "text",
    [
        b"ORC is a format",
        b"BUFR is another",
        b"LASF and more of it ..\n",
        b"AC10 is its sign",
        b"HEADER RECORD*******LIB",
    ],
)
def test_a_text_that_begins_with_such_a_sign_is_text(text: bytes) -> None:
    assert sniff(text).media_type == "text/plain"


@pytest.mark.parametrize("charset", ["windows-1252", "windows-1251", "koi8-r", "cp866", "shift_jis", "big5", "gb18030"])
@pytest.mark.parametrize(
    "sign", sorted({body[:4] for _, body, _ in KNOWN if body[:4].strip().isalnum()} | {b"AC10", b"ORC"})
)
def test_a_text_in_an_older_charset_that_begins_with_such_a_sign_is_text(sign: bytes, charset: str) -> None:
    words = "Größe, Файл, état: all is well\n" * 3
    for told in ("", charset, "utf-8"):
        body = words.encode(charset, "ignore")
        assert sniff(sign + body, told).media_type == sniff(b"Note" + body, told).media_type


def test_a_transport_stream_is_known_by_its_packets_and_a_text_is_none(shows: Shows) -> None:
    html = shows(TRANSPORT, "application/octet-stream").html
    assert "Browsers do not play an MPEG transport stream" in html
    assert sniff((b"G" + b"a" * 187) * 4).media_type == "text/plain"


@pytest.mark.parametrize("declared", ["", "application/octet-stream"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(60), "7-Zip archive: it is not drawn here; these are its bytes."),
        (compound("WordDocument"), "Old Word document: it is not drawn here; these are its bytes."),
        (b"wOF2\0\1\0\0" + bytes(60), "WOFF2 font: it is not drawn here; these are its bytes."),
    ],
)
def test_what_has_no_viewer_is_named_above_its_bytes(declared: str, body: bytes, words: str, shows: Shows) -> None:
    seen = shows(body, declared)
    assert words in seen.html
    seen.whole.choice.value = "text/plain"
    seen.whole.join(30)
    assert words not in seen.html


def test_bytes_of_which_nothing_is_known_are_given_no_name(shows: Shows) -> None:
    assert "not drawn here" not in shows(bytes(range(256)), "application/x-7z-compressed").html
