"""In which letters header values are read."""

from __future__ import annotations

import pytest

from widgets.http.message import meant

WORDS = "Поверхность Марса у кратера Гусева, снятая марсоходом «Спирит» в 2004 году"


@pytest.mark.parametrize("size", range(4, len(WORDS.encode()) + 1))
def test_utf8_that_was_cut_after_so_many_bytes_is_still_utf8(size: int) -> None:
    data = WORDS.encode()[:size]
    text = data.decode("utf-8", "ignore")
    assert meant(data.decode("latin-1")) == (text if text.encode() == data else f"{text}\ufffd")


def test_a_byte_that_was_spoilt_costs_its_sign_only() -> None:
    data = bytearray(WORDS.encode())
    data[20] = 0xFF
    assert meant(bytes(data).decode("latin-1")).count("\ufffd") <= 2
    assert "марсоходом" in meant(bytes(data).decode("latin-1"))


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "iso8859-5"])
@pytest.mark.parametrize("word", [WORDS, "отчёт", "Ёж"])
def test_words_in_another_charset_are_not_held_for_utf8(codec: str, word: str) -> None:
    data = word.encode(codec, "ignore")
    assert meant(data.decode("latin-1"), codec) == data.decode(codec)


@pytest.mark.parametrize("word", ["café", "Größe é", "Ä", "naïve façade à côté"])
def test_words_in_latin_1_stay_so(word: str) -> None:
    assert meant(word) == word


@pytest.mark.parametrize("text", ["表計算の報告", "売上の集計データ", "ファイル一覧"])
@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp"])
def test_a_declared_charset_that_few_texts_fit_counts_more_than_utf_8_that_was_cut(text: str, charset: str) -> None:
    assert meant(text.encode(charset).decode("latin-1"), charset) == text


def test_bytes_that_begin_like_utf_8_and_fit_the_declared_charset_are_in_that() -> None:
    data = b"\xe7\xb8\xba\xe7\xb8\xba\xe3\x81"  # cut as UTF-8, and whole as Shift_JIS
    assert meant(data.decode("latin-1"), "shift_jis") == data.decode("shift_jis")
