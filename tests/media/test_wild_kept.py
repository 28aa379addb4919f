"""What stays right beside the rules for replies under wrong types and charsets: the other side of each rule."""

from __future__ import annotations

import random
import time

import pytest

from tests.media.test_wild_kinds import fetched
from widgets.media import Piece
from widgets.media.charset import LOOKED_AT, decode, heeded
from widgets.media.viewers.text import TextView
from widgets.media.viewers.tree import recoded

PLAIN = ["the quick report says that our plan was late", "we don’t know", "it’s the user’s choice", "word—word", "10‰"]
SIGNS = ["“fine”", "‘so’", "– he said…", "€5", "• one\n", "Acme™", "note†", "© 2024", "§ 4", "90°"]
LETTERS = (["été", "garçon œuvre", "à côté"], ["größer", "Straße Öl"], ["año niño"], ["på fjället"], ["não são"])


def _words(seed: int, parts: list[str]) -> str:
    chosen = random.Random(seed)  # noqa: S311 - of tests
    return " ".join(chosen.choice(parts) for _ in range(chosen.randint(6, 60)))


@pytest.mark.parametrize("seed", range(14_000, 14_060))
def test_quotes_dashes_and_bullets_of_windows_are_not_letters_of_another_charset(seed: int) -> None:
    text = _words(seed, PLAIN + SIGNS[:7]) + " it’s “so” – or so…"
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("seed", range(14_060, 14_100))
def test_letters_of_the_west_stay_what_they_were(seed: int) -> None:
    letters = LETTERS[seed % len(LETTERS)]
    text = " ".join([_words(seed, PLAIN + letters), *letters])
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("declared", ["text/html", "text/plain", "text/csv", ""])
def test_smart_quotes_are_read_under_every_type(declared: str) -> None:
    text = "id,note\n1,It’s “fine”\n2,– she said…\n3,don’t\n"
    body = (f"<!doctype html><p>{text}" if declared == "text/html" else text).encode("cp1252")
    assert "It’s “fine”" in fetched(body, declared).html.replace("&#x27;", "'")


def test_a_text_of_blanks_without_a_declaration_takes_no_time() -> None:
    body = b"<VOTABLE>\xe9" + b" " * 1_000_000 + b"<![CDATA[<?xml a?>]]></VOTABLE>"
    begun = time.process_time()
    read = recoded(Piece("http://a.example/t", body, "application/x-votable+xml", "iso-8859-1"))
    assert time.process_time() - begun < 1  # With its square it would be hours.
    assert read == body.replace(b"\xe9", "é".encode())


def test_signs_in_halves_are_joined_also_where_they_are_cut_or_alone() -> None:
    sun = "☀😀".encode("utf-16-be").decode("utf-16-be")
    halves = "☀".encode() + b"\xed\xa0\xbd\xed\xb8\x80"
    assert decode(halves, "utf-8").text == sun
    assert decode(halves + halves[:-4], "utf-8", cut=True).text == f"{sun}☀"
    read = decode(halves + b"a\xed\xa0\xbdb", "utf-8")
    assert (read.text, read.faithful) == (f"{sun}a\ufffdb", False)


def test_many_signs_in_halves_take_about_as_long_as_others() -> None:
    begun = time.process_time()
    assert decode(b"\xed\xa0\xbd\xed\xb8\x80" * 100_000, "utf-8").text == "😀" * 100_000
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("label", ["iso_8859-1", "ISO88591", "l1", "cp819", "latin_1", "8859_1", "ansi_x3.4-1968"])
def test_a_default_of_servers_is_known_by_each_of_its_names(label: str) -> None:
    assert decode("Québec".encode(), label).text == "Québec"


@pytest.mark.parametrize("label", ["windows-1252", "cp1252", "ansi", "iso-8859-15"])
def test_what_no_server_says_by_default_is_heeded(label: str) -> None:
    assert heeded(label, "Québec".encode()) == label


@pytest.mark.parametrize("far", ["größer".encode(), "größer".encode("latin-1")])
def test_strip_and_text_decide_alike_however_far_the_letters_stand(far: bytes) -> None:
    body = b"a plain line of words\n" * 30_000 + far
    seen = fetched(body, "text/plain; charset=ISO-8859-1")
    view = TextView(Piece("http://a.example/t", body, "text/plain", "iso-8859-1"))
    view.page.value = view.page.max
    assert "größer" in view._text.value
    used = "utf-8" if far.isascii() or far == "größer".encode() else "windows-1252"
    assert f"Charset {used} " in seen.whole.strip.value


def test_what_was_not_looked_at_is_not_said_to_be_valid() -> None:
    body = "größer\n".encode() + b"x" * LOOKED_AT + "größer".encode("latin-1")
    strip = fetched(body, "text/plain; charset=ISO-8859-1").whole.strip.value
    assert "its first 5,000,000 bytes are valid UTF-8" in strip
    assert "all of it is" not in strip
