"""Kinds of replies that were shown wrongly before they were found in public reports: each is one kind, not one case."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.media import files
from tests.media.test_wild_kinds import fetched
from widgets.media.charset import decode, known_as

if TYPE_CHECKING:
    from tests.media.conftest import Shows

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
SOURCE = b'import Alpine from "https://esm.sh/alpinejs";\nexport const a: number = 1;\n'
PLAYERS = ("<audio", "<video")


@pytest.mark.parametrize(
    ("declared", "body", "kind"),
    [
        ("video/mp2t", SOURCE, "text"),
        ("audio/opus", b'{"error": "voice not found"}', "a tree"),
        ("audio/x-ms-wma", b"Not found.", "text"),
        ("video/3gpp", b"<!doctype html><h1>Expired</h1>", "a page without its scripts"),
        ("image/svg", SVG, "a drawing"),
        ("image/vnd.jpeg-png8", b"<!DOCTYPE html><h1>Layer not defined</h1>", "a page without its scripts"),
    ],
)
def test_text_under_the_type_of_a_sound_a_film_or_a_picture_is_text(declared: str, body: bytes, kind: str) -> None:
    seen = fetched(body, declared)
    assert seen.whole._shown_now.kind == kind
    assert not seen.whole.verdict.agreed
    assert not any(player in seen.html for player in PLAYERS)


def test_a_picture_that_is_text_of_its_own_kind_is_still_drawn(shows: Shows) -> None:
    assert "XBM, 8 × 2 pixels" in shows(files.picture("XBM", (8, 2), "1"), "image/x-xbitmap").html


def test_samples_without_a_head_say_why_they_do_not_play(shows: Shows) -> None:
    html = shows(struct.pack("<4h", 0, 900, 0, -900) * 100, "audio/l16").html
    assert "Browsers do not play samples without a head" in html
    assert not any(player in html for player in PLAYERS)


@pytest.mark.parametrize(
    ("declared", "body", "said"),
    [
        ("audio/mpeg", b"\0\1\2\3" * 100, True),
        ("video/mp4", b"\0\1\2\3" * 100, True),
        ("audio/mpeg", b"\xff\xfb\x90\0" * 100, False),
    ],
)
def test_a_player_of_what_nobody_knows_says_that_it_may_stay_dead(
    declared: str, body: bytes, said: bool, shows: Shows
) -> None:
    html = shows(body, declared, shown_as=declared).html
    assert any(player in html for player in PLAYERS)
    assert ("save it" in html) == said


def test_wav_beyond_four_gigabytes_is_wav_that_not_every_browser_plays(shows: Shows) -> None:
    seen = shows(b"RF64\xff\xff\xff\xffWAVEds64" + bytes(60), "")
    assert seen.whole.verdict.found.media_type == "audio/wav"
    assert "Not every browser plays RF64" in seen.html


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"type":"stream","token":"Hello"}\n{"type":"end"}\n', "a tree", "Hello"),
        (b'{"error": {"message": "quota exceeded"}}', "a tree", "quota exceeded"),
        (b"<!doctype html><title>502</title>Bad gateway", "a page without its scripts", "Bad gateway"),
        (b"upstream connect error\n", "text", "upstream connect error"),
        (b": keep-alive\n\n", "a list of events", "0 rows"),
        (b"data\n\n", "a list of events", "1 row"),
        (b"event: a\ndata: 1\n\nand words\n", "a list of events", "1 row"),
    ],
)
def test_what_is_no_stream_of_events_is_no_empty_list(body: bytes, kind: str, words: str) -> None:
    seen = fetched(body, "text/event-stream")
    assert seen.whole._shown_now.kind == kind
    assert words in seen.html


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "latin1"])
@pytest.mark.parametrize("media_type", ["application/json", "text/csv", "text/plain"])
def test_utf8_under_the_charset_that_servers_declare_by_themselves_is_read(label: str, media_type: str) -> None:
    seen = fetched('{"ort": "Québec, Zürich"}\n'.encode(), f"{media_type};charset={label.upper()}")
    assert "Québec, Zürich" in seen.html
    assert f"Charset utf-8 (declared {label}, but all of it is valid UTF-8)." in seen.whole.strip.value


def test_latin_1_that_is_it_and_a_charset_that_a_person_chose_are_obeyed() -> None:
    assert decode("größer".encode("latin-1"), "iso-8859-1").why == "declared"
    assert decode("größer".encode(), "windows-1252").text == "grÃ¶ÃŸer"


@pytest.mark.parametrize("declared", ["", "utf-8"])
def test_signs_in_halves_are_joined_and_that_is_said(declared: str) -> None:
    body = "Café 😀, ".encode() + b"\xed\xa0\xbd\xed\xb8\x80!"
    read = decode(body, declared)
    assert (read.text, read.used, read.faithful) == ("Café 😀, 😀!", "utf-8", True)
    assert read.why.endswith("its signs beyond U+FFFF come in halves (CESU-8)")


def test_half_a_sign_alone_is_no_sign() -> None:
    assert decode(b"a\xed\xa0\xbd", "utf-8").text == "a\ufffd\ufffd\ufffd"


@pytest.mark.parametrize("label", ["macintosh", "cp437", "cp850", "windows-1258"])
def test_older_charsets_can_be_chosen(label: str) -> None:
    seen = fetched(b"ab", "text/csv")
    assert label in [value for _, value in seen.whole.charset.options]
    assert known_as(label)


@pytest.mark.parametrize(
    "text",
    [
        "Die Bäckerei öffnet früh, und süße Brötchen gibt es für jeden Gast.",
        "Le garçon a oublié son goûter à l'école, près de la fenêtre.",
        "Mañana lloverá en toda la región y bajarán las temperaturas.",
        "city,word\nZürich,Café\nMálaga,mañana\nOrléans,déjà vu\nKöln,Größe\n",
    ],
)
def test_western_words_of_older_macintoshes_are_found_and_those_of_windows_still_are(text: str) -> None:
    assert decode(text.encode("mac_roman")).text == text
    assert decode(text.encode("cp1252")).used == "windows-1252"
