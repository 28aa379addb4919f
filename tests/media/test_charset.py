from __future__ import annotations

import pytest

from widgets.media.charset import Chosen, decode
from widgets.media.encoding import known_as
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


def test_one_bad_byte_does_not_turn_a_page_into_another_charset() -> None:
    body = ("Привет, мир! " * 20).encode() + b"\xff" + "Größe".encode()
    read = decode(body)
    assert (read.used, read.faithful, read.text.count("\ufffd")) == ("utf-8", False, 1)
    assert "UTF-8 but for a few bytes" in read.why
    body = ("天気 " * 60).encode("shift_jis") + b"\xff" + "天気".encode("shift_jis")
    assert decode(body, "shift_jis").used == "shift_jis"


def test_utf_16_without_a_mark_is_text_where_it_is_declared() -> None:
    body = "größer\n".encode("utf-16-le")
    assert sniff(body, "utf-16").media_type == "text/plain"
    assert decode(body, "utf-16").text == "größer\n"


def test_a_log_with_a_hole_is_not_utf_16_though_it_is_declared_so() -> None:
    body = b"one line of a log\n" + bytes(200) + b"the next one is here.\n"
    assert len(body) % 2 == 0
    for declared in ("utf-16le", "utf-16be"):
        assert decode(body, declared).used == "utf-8"
    assert decode("xĀ中".encode("utf-16-le"), "utf-16le").text == "xĀ中"  # two NULs in a row


def test_a_few_words_of_chinese_in_utf_16_are_not_taken_for_letters_and_controls() -> None:
    body = "你好世界".encode("utf-16-le")
    assert body.decode("utf-8") == "`O}Y\x16NLu"
    assert decode(body, "utf-16le").text == "你好世界"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_a_byte_behind_text_of_wide_signs_does_not_make_it_bytes(codec: str, mark: str) -> None:
    body = f"{mark}Größer als früher".encode(codec) + b"\n"
    declared = "" if mark else codec.replace("6-", "6").replace("2-", "2")
    assert sniff(body, declared).media_type == "text/plain"
    assert decode(body, declared).text.lstrip("\ufeff") == "Größer als früher\ufffd"
    assert sniff(b"\xff\xfea").media_type == ""


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1251"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_nuls_beside_each_letter_count_more_than_what_is_declared(declared: str, codec: str) -> None:
    decoded = decode("Größer als früher\n".encode(codec), declared)
    assert decoded.text == "Größer als früher\n"
    assert decoded.why == f"declared {declared}, but its NULs stand as in {decoded.used}"


@pytest.mark.parametrize("text", ["one line\n\0", "one \0line\n", "one \1line \2of it"])
def test_one_odd_byte_does_not_make_utf_16_of_what_is_declared_so(text: str) -> None:
    body = text.encode()
    assert decode(body + b"." * (len(body) % 2 == 0), "utf-16le").used == "utf-8"
    assert decode("größer\n".encode("latin-1"), "utf-16le").used == "windows-1252"


def test_utf_16_that_lost_a_byte_within_is_no_text() -> None:
    body = "\ufeffGrößer als früher, und noch mehr".encode("utf-16-le")
    assert sniff(body[:20] + body[21:]).media_type == ""


def test_a_bad_byte_in_a_few_words_of_utf_8_spoils_only_itself_where_they_say_what_they_are() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><a>Größe '.encode() + b"\xff" + " und größer</a>".encode()
    decoded = decode(body, stated="utf-8")
    assert (decoded.used, decoded.text[-22:]) == ("utf-8", ">Größe \ufffd und größer</a>"[-22:])
    for text, codec in (("für Müller", "latin-1"), ("Погода на Марсе", "cp1251"), ("火星天气零下", "gb18030")):
        assert decode(text.encode(codec), stated="utf-8").used != "utf-8"


def test_lines_of_ascii_behind_utf_16_are_no_chinese() -> None:
    wide = "".join(f"line {number}\r\n" for number in range(80)).encode("utf-16-le")
    decoded = decode(wide + b"plain line\r\n" * 51, "utf-8")
    assert (decoded.used, decoded.text.endswith("\r\nplain line\r\n")) == ("utf-8", True)


@pytest.mark.parametrize("text", ["नमस्ते", "你好"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("nuls", [4, 64])
def test_a_word_in_utf_16_with_nuls_behind_it_is_read_as_declared(text: str, codec: str, nuls: int) -> None:
    declared = codec.replace("6-", "6")
    body = text.encode(codec)
    assert decode(body + bytes(nuls), declared).text.rstrip("\0") == text
    assert decode(body[:4] + bytes(nuls) + body[4:], declared).used == declared


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("how", ["mark", "declared", "none"])
@pytest.mark.parametrize("place", [1, 6, 20])
def test_a_byte_within_utf_16_does_not_turn_it_round(codec: str, how: str, place: int) -> None:
    body = ("\ufeff" * (how == "mark") + "Größer als früher, und noch mehr\n").encode(codec)
    place += 2 * (how == "mark")
    found = sniff(body[:place] + b"\xff" + body[place:], codec.replace("6-", "6") if how == "declared" else "")
    assert found.media_type == "" or (how, place) == ("none", 1)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_what_is_not_mostly_ascii_or_has_ascii_behind_it_is_no_text_where_a_byte_is_left(codec: str) -> None:
    assert sniff(b"\xff\xfe" + bytes(range(130, 201))).media_type == ""
    assert sniff("L’été à Paris, déjà vu\n".encode(codec)[:6] + b"\xff" + "té à Paris\n".encode(codec)).media_type == ""
    assert sniff("line one\r\n".encode(codec) * 9 + b"plain line of it\r\n" * 9 + b"x").media_type == ""


def test_utf_32_without_its_order_is_no_contradiction() -> None:
    decoded = decode("größer als\n".encode("utf-32-le"), "utf-32")
    assert (decoded.used, decoded.why) == ("utf-32le", "declared utf-32; its NULs stand as in utf-32le")
