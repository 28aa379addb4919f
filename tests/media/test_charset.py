from __future__ import annotations

import pytest
import webencodings

from tests.media.held_out import SENTENCES as HELD_OUT
from widgets.media.charset import Chosen, _has_words_in_utf8, decode, known_as
from widgets.media.sniff import sniff


@pytest.mark.parametrize(
    ("data", "declared", "text", "used"),
    [
        ("größer".encode(), "utf-8", "größer", "utf-8"),
        ("größer".encode(), "", "größer", "utf-8"),
        ("größer".encode("latin-1"), "", "größer", "windows-1252"),
        ("größer".encode("latin-1"), "iso-8859-1", "größer", "windows-1252"),
        ("größer".encode("latin-1"), "us-ascii", "größer", "windows-1252"),
        ("größer".encode(), "utf-16", "größer", "utf-8"),
        ("größer".encode("utf-16"), "", "größer", "utf-16le"),
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
    decoded = decode("größer".encode("latin-1"), "utf-8")
    assert (decoded.text, decoded.why) == ("größer", "declared utf-8, which does not fit; not UTF-8 either")
    assert decode(b"abc", "klingon").why == "declared klingon, which is not known here; valid UTF-8"


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "gb18030", "shift_jis", "euc-kr", "ibm866"])
def test_a_page_that_names_its_charset_is_read_by_it_where_the_header_is_wrong(charset: str) -> None:
    words = {"gb18030": "火星天气零下六十度", "shift_jis": "火星の天気、気温", "euc-kr": "화성의 날씨"}.get(
        charset, "Погода на Марсе: ветер западный, Ростов"
    )
    decoded = decode(words.encode(charset), "utf-8", stated=charset)
    assert (decoded.text, decoded.why) == (words, "declared utf-8, which does not fit; as it says itself")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("größer, schöner\n".encode() + b"stra\xdfe", "größer, schöner\nstra\ufffde"),
        ("größ".encode() + b"\xc3", "größ\ufffd"),
        (b"plain \xe2\x82", "plain \ufffd"),
        ("lost \ufffd\ufffd\ufffd ".encode() + b"\xff", "lost \ufffd\ufffd\ufffd \ufffd"),
    ],
)
def test_utf8_of_which_little_is_spoilt_stays_utf8(data: bytes, text: str) -> None:
    assert decode(data, "utf-8", stated="koi8-r").text == text


MIXED = {
    "a line of UTF-8 among more of Latin-1": ("2024 größe\n".encode() * 3 + b"2024 gr\xf6\xdfe\n" * 5, ""),
    "a header in UTF-8 over cells in Latin-1": ("t;°C\n".encode() + b"0;21\xb0C\n1;22\xb0C\n", ""),
    "values by two programs": ('{"a":"20°C"'.encode() + b',"b":"21\xb0C","c":"22\xb0C"}', ""),
    "a range that begins within a sign": ("€ 5, café".encode()[1:], ""),
    "one sign and two bytes of no charset": ("café ".encode() + b"\xff\xfe", ""),
    "a sign without its first byte": ("ok 👍 done ".encode() + "🎉 …".encode()[1:], ""),
    "words of which the page says that they are GBK": ("<p>你好".encode() + b"\xff\xff\xff", "gbk"),
}


@pytest.mark.parametrize("what", MIXED)
def test_what_is_utf8_in_part_is_read_as_declared(what: str) -> None:
    data, stated = MIXED[what]
    decoded = decode(data, "utf-8", stated=stated)
    assert (decoded.text, decoded.used) == (data.decode("utf-8", "replace"), "utf-8")
    assert not decoded.faithful


@pytest.mark.parametrize("declared", ["utf-8", ""])
@pytest.mark.parametrize(
    "text",
    [
        "t;T\n0;20°C\n1;21°C\n2;22°C\n3;23°C\n",
        "a;p\nx;£5\ny;£6\nz;£7\nw;£8\n",
        "<a><b>§ 1</b><b>§ 2</b><b>§ 3</b><b>§ 4</b></a>",
        "<p>\xa0\xa0£5 £6 £7 £8</p>",
        "© 2024 Foo® Bar™ § 5\n",
        "x = 3 ± 1; 1º; 5 µm; 2 m²",
        "Müller;20°C;21°C;22°C;23°C",
    ],
)
def test_a_sign_that_stands_alone_takes_no_letter_with_it(text: str, declared: str) -> None:
    assert decode(text.encode("cp1252"), declared).text == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [("gb18030", "很好的日子"), ("big5", "看電影"), ("shift_jis", "テスト結果"), ("euc-kr", "우리는 오늘")],
)
def test_a_few_signs_of_two_bytes_are_no_utf8(codec: str, text: str) -> None:
    assert not _has_words_in_utf8(f"t;x\n{text}\n".encode(codec))


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "big5"])
def test_a_chosen_charset_is_not_doubted(charset: str) -> None:
    data = b"\xef\xbb\xbfgr\xf6\xdfe \xff 20\xb0C"
    decoded = decode(data, Chosen(charset), stated="koi8-r")
    plain = data[3:] if charset == "utf-8" else data
    codec = "cp1252" if charset == "windows-1252" else charset
    assert (decoded.text, decoded.used, decoded.why) == (plain.decode(codec, "replace"), charset, "chosen")


def test_what_cannot_be_read_is_marked_and_said() -> None:
    decoded = decode(b"a\x81b")
    assert (decoded.text, decoded.faithful) == ("a\ufffdb", False)


@pytest.mark.parametrize("declared", ["windows-1252", "cp1252", "windows-1251", "gb2312", "shift_jis", "koi8-r"])
def test_what_says_itself_utf8_and_is_it_throughout_is_read_as_it(declared: str) -> None:
    decoded = decode("Größe, 5 €".encode(), declared, stated="UTF-8")
    assert decoded.text == "Größe, 5 €"
    assert decoded.why == f"declared {declared}, but all of it is valid UTF-8"
    assert decode("Größe".encode(), declared).used == known_as(declared)


@pytest.mark.parametrize("declared", ["", "utf-8", "klingon"])
@pytest.mark.parametrize("text", ["größer, schö", "日本語のテ", "Привет"])
def test_what_breaks_off_within_a_sign_is_utf8_all_the_same(text: str, declared: str) -> None:
    data = text.encode()[:-1]
    decoded = decode(data, declared)
    assert (decoded.text, decoded.used, decoded.faithful) == (f"{text[:-1]}\ufffd", "utf-8", False)
    assert sniff(data, declared).charset == "utf-8"


@pytest.mark.parametrize("text", ["café", "größe é", "Ã", "naïve à"])
def test_a_last_letter_of_latin1_is_no_sign_that_breaks_off(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


def test_a_character_that_is_cut_at_the_end_is_no_fault() -> None:
    decoded = decode("größer".encode()[:3], cut=True)
    assert (decoded.text, decoded.used, decoded.faithful) == ("gr", "utf-8", True)


NOT_READ = {"iso-2022-cn", "iso-2022-cn-ext", "replacement"}
"""What browsers show as a single sign, and Python has no codec for: read as if nothing were declared."""
READ_NEVERTHELESS = {"csiso2022kr": "iso2022_kr", "iso-2022-kr": "iso2022_kr", "hz-gb-2312": "hz"}
"""What browsers show as a single sign, since it could hide a script; here nothing runs, so it can be read."""


def test_the_table_is_that_of_the_standard() -> None:
    assert len(webencodings.LABELS) == 228


@pytest.mark.parametrize("label", sorted(webencodings.LABELS))
def test_every_label_of_the_encoding_standard_means_what_it_says_there(label: str) -> None:
    name = webencodings.LABELS[label]
    if name == "replacement":
        assert known_as(label) == ("" if label in NOT_READ else label)
        assert (label in NOT_READ) != (label in READ_NEVERTHELESS)
        return
    sign = "가" if name == "euc-kr" else "漢" if name in ("big5", "euc-jp", "gbk", "gb18030", "shift_jis") else "a"
    sign = "漢a" if name in ("iso-2022-jp", "utf-8", "utf-16le", "utf-16be") else sign
    read = decode(webencodings.encode(sign * 20, name), f" {label.upper()}\n")
    assert (read.text, read.used, read.why, read.faithful) == (sign * 20, name, "declared", True)


@pytest.mark.parametrize(("label", "codec"), READ_NEVERTHELESS.items())
def test_what_browsers_refuse_and_python_reads_is_read(label: str, codec: str) -> None:
    words = "汉字" if codec == "hz" else "가나 漢字"
    assert decode(words.encode(codec), label).text == words


@pytest.mark.parametrize("codec", ["cp437", "cp850", "utf-32-le", "utf-32-be"])
def test_a_few_labels_of_python_are_known_too(codec: str) -> None:
    label = {"utf-32-le": "utf-32le", "utf-32-be": "utf-32be"}.get(codec, codec)
    assert decode("größer".encode(codec), label).text == "größer"


SENTENCES = {
    "de": ("Über den Dächern der großen Stadt hängt früh am Morgen ein kühler Nebel.", "iso-8859-1 windows-1252 utf-8"),
    "fr": ("L'été dernier, nous avons visité un très vieux château près de la forêt.", "iso-8859-1 windows-1252 utf-8"),
    "es": ("El niño pequeño preguntó cuándo llegaría el próximo tren a la estación.", "iso-8859-1 windows-1252 utf-8"),
    "pl": ("Wczoraj późnym wieczorem żółw przeszedł przez ścieżkę i zniknął w trawie.", "iso-8859-2 windows-1250"),
    "cs": ("Příliš žluťoučký kůň úpěl ďábelské ódy, zatímco děti běžely k řece.", "iso-8859-2 windows-1250"),
    "hu": ("Az őszi erdőben sűrű köd ült, és a vándor hűvös szélben keresett szállást.", "iso-8859-2 windows-1250"),
    "ru": (
        "Вчера вечером мы долго гуляли по набережной и говорили о погоде и книгах.",
        "windows-1251 koi8-r iso-8859-5 ibm866 x-mac-cyrillic utf-8",
    ),
    "uk": ("Учора ввечері ми довго гуляли біля річки і розмовляли про їжу та погоду.", "windows-1251 koi8-u"),
    "el": ("Χθες το βράδυ περπατήσαμε δίπλα στη θάλασσα και μιλήσαμε για τον καιρό.", "windows-1253 iso-8859-7"),
    "he": ("אתמול בערב הלכנו לאורך הים ודיברנו על מזג האוויר ועל ספרים ישנים.", "windows-1255 iso-8859-8"),
    "ar": ("مشينا أمس على شاطئ البحر وتحدثنا عن الطقس وعن الكتب القديمة.", "windows-1256 iso-8859-6"),
    "tr": ("Dün akşam sahilde uzun süre yürüdük, ağaçların altında güzel şeyler konuştuk.", "windows-1254 utf-8"),
    "ja": (
        "昨日の夕方、私たちは海のそばを長い間歩いて、天気や古い本について話しました。",
        "shift_jis euc-jp iso-2022-jp utf-8",
    ),
    "zh": ("昨天晚上我们在海边散步了很久，谈论天气和旧书。", "gbk gb18030 utf-8"),
    "zh-tw": ("昨天晚上我們在海邊散步了很久，談論天氣和舊書。", "big5 utf-8"),
    "ko": ("어제 저녁 우리는 바닷가를 오래 걸으며 날씨와 오래된 책에 대해 이야기했습니다.", "euc-kr utf-8"),
    "th": ("เมื่อวานตอนเย็นเราเดินเล่นริมทะเลเป็นเวลานานและคุยกันเรื่องอากาศ", "windows-874 utf-8"),
}
SHAPES = ("{0}", "{0}\n{0}\nThe end, 2026-11-24.\n", '{{"text": "{0}", "count": 3}}')


def test_text_that_declares_nothing_is_read_right_in_nine_of_ten() -> None:
    texts = [
        (shape.format(sentence), name)
        for sentence, names in SENTENCES.values()
        for name in names.split()
        for shape in SHAPES
    ]
    assert len(texts) >= 100
    wrong = [(text, name) for text, name in texts if decode(webencodings.encode(text, name), cut=True).text != text]
    assert len(wrong) <= len(texts) * 0.1, wrong


def test_text_that_nothing_was_tuned_on_is_read_right_in_85_of_100() -> None:
    texts = [(webencodings.encode(text, name), text) for name, text in HELD_OUT]
    right = sum(decode(data).text == text for data, text in texts)
    assert len(texts) == 60
    assert right >= 0.85 * len(texts)  # At the first try 55; by charset-normalizer alone 50.


def test_text_that_declares_nothing_is_no_bytes() -> None:
    for sentence, names in SENTENCES.values():
        for name in names.split():
            assert sniff(webencodings.encode(sentence, name)).media_type == "text/plain", (sentence, name)


def test_one_bad_byte_does_not_turn_a_page_into_another_charset() -> None:
    body = ("Привет, мир! " * 20).encode() + b"\xff" + "Größe".encode()
    read = decode(body)
    assert (read.used, read.faithful, read.text.count("\ufffd")) == ("utf-8", False, 1)
    assert "UTF-8 but for a few bytes" in read.why
    body = ("天気 " * 60).encode("shift_jis") + b"\xff" + "天気".encode("shift_jis")
    assert decode(body, "shift_jis").used == "shift_jis"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_without_a_mark_are_text(charset: str) -> None:
    body = "größer\n".encode(charset)
    assert sniff(body).media_type == "text/plain"
    assert decode(body).text == "größer\n"
    assert "its NULs stand as in" in decode(body).why


@pytest.mark.parametrize("body", [b"\1\0\2\0\3\0\4\0", b"a\0\0\0\0\0\0\0b\0\0\0\0\0\0\0", bytes(64)])
def test_small_numbers_of_two_or_four_bytes_are_no_text(body: bytes) -> None:
    assert sniff(body).media_type == ""


def test_utf_16_without_a_mark_is_text_where_it_is_declared() -> None:
    body = "größer\n".encode("utf-16-le")
    assert sniff(body, "utf-16").media_type == "text/plain"
    assert decode(body, "utf-16").text == "größer\n"
