"""Text as services really send it: declared by the header, by itself, wrongly, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import webencodings

from widgets.media.charset import decode, stated_in

if TYPE_CHECKING:
    from tests.media.conftest import Shows

PAGE = "<!DOCTYPE html><html><head>{0}<title>{1}</title></head><body><p>{1}</p></body></html>"
WORDS = {
    "shift_jis": "火星の天気、気温は氷点下六十度です。",
    "euc-jp": "火星の天気、気温は氷点下六十度です。",
    "windows-1251": "Погода на Марсе: минус шестьдесят градусов.",
    "koi8-r": "Погода на Марсе: минус шестьдесят градусов.",
    "gb2312": "火星天气：零下六十度，西风。",
    "big5": "火星天氣：零下六十度，西風。",
    "euc-kr": "화성의 날씨는 영하 육십 도입니다.",
}


@pytest.mark.parametrize("charset", WORDS)
@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="{0}">',
        "<meta charset={0}>",
        '<meta http-equiv="Content-Type" content="text/html; charset={0}" />',
        "<!-- <meta charset=utf-16> --><meta name='a' content='b'><META CHARSET='{0}'>",
    ],
)
def test_a_page_is_read_by_its_meta(meta: str, charset: str, shows: Shows) -> None:
    body = webencodings.encode(PAGE.format(meta.format(charset), WORDS[charset]), charset)
    seen = shows(body, "text/html")
    assert WORDS[charset] in seen.html
    assert "(as it says itself)" in seen.whole.strip.value


@pytest.mark.parametrize("charset", WORDS)
@pytest.mark.parametrize("media_type", ["application/xml", "text/xml", "application/rss+xml"])
def test_xml_is_read_by_its_declaration(media_type: str, charset: str, shows: Shows) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><r><t>{WORDS[charset]}</t></r>'
    html = shows(webencodings.encode(text, charset), media_type).html
    assert f'<strong>t</strong> <code class="ww-element">{WORDS[charset]}</code>' in html
    assert WORDS[charset] in html.partition("Source")[2]


def test_the_header_counts_more_than_the_meta_and_a_mark_more_than_both() -> None:
    body = PAGE.format("<meta charset=koi8-r>", "größer").encode("cp1252")
    assert decode(body, "windows-1252", stated=stated_in(body, "text/html")).used == "windows-1252"
    assert decode(b"\xef\xbb\xbfa", "koi8-r", stated="big5").used == "utf-8"


def test_a_style_sheet_is_read_by_its_first_rule(shows: Shows) -> None:
    body = '@charset "windows-1251"; a::before { content: "Погода" }'.encode("cp1251")
    assert "Погода" in shows(body, "text/css").html


def test_a_meta_that_does_not_fit_is_said_and_not_followed() -> None:
    body = PAGE.format("<meta charset=utf-8>", WORDS["koi8-r"]).encode("koi8-r")
    read = decode(body, stated=stated_in(body, "text/html"))
    assert read.used == "koi8-r"
    assert "it says itself utf-8, which does not fit" in read.why


@pytest.mark.parametrize("said", ["win-1251", "cp-1251", "CP1251", "'windows-1251'", "windows_1251"])
def test_a_misspelled_label_is_understood(said: str) -> None:
    read = decode(WORDS["windows-1251"].encode("cp1251"), said)
    assert (read.used, read.why) == ("windows-1251", "declared")


@pytest.mark.parametrize("declared", ["", "iso-8859-1"])
def test_a_drawing_is_recoded(declared: str, shows: Shows) -> None:
    import base64  # noqa: PLC0415
    import re  # noqa: PLC0415

    head = '<?xml version="1.0"?>' if declared else '<?xml version="1.0" encoding="iso-8859-1"?>'
    body = f'{head}<svg xmlns="http://www.w3.org/2000/svg"><text>Größe</text></svg>'.encode("latin-1")
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', shows(body, "image/svg+xml", charset=declared).html)
    assert found
    assert "Größe" in base64.b64decode(found[1]).decode("utf-8")


@pytest.mark.parametrize(
    "media_type", ["text/html", "application/json", "application/xml", "image/svg+xml", "text/csv"]
)
def test_every_textual_view_offers_charsets(media_type: str, shows: Shows) -> None:
    stage = shows(b'<svg xmlns="http://www.w3.org/2000/svg"/>', media_type).whole
    assert stage.charset in stage.children[-1].children


def test_one_bad_byte_late_in_a_text_is_one_sign(shows: Shows) -> None:
    body = ("Größe 数据 Погода " * 600).encode() + b"\xff" + "Größe".encode()
    stage = shows(body, "text/plain").whole
    assert "Charset utf-8 (none is declared; UTF-8 but for a few bytes)." in stage.strip.value


def test_text_of_a_wrongly_declared_charset_is_no_hexadecimal_and_offers_charsets(shows: Shows) -> None:
    stage = shows("größer".encode("cp1250"), "text/plain", charset="utf-8").whole
    assert "shown as text" in stage.strip.value
    assert stage.charset in stage.children[-1].children


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("text", "media_type"), [('{"name": "Größe"}', "application/json"), ("<r><t>Größe</t></r>", "text/xml")]
)
def test_json_and_xml_in_utf_16_need_no_mark(text: str, media_type: str, codec: str, shows: Shows) -> None:
    html = shows(text.encode(codec), media_type).html
    assert "ww-tree" in html
    assert "Größe" in html


FRESH = {
    "de": ("Die Bäckerei an der Ecke öffnet früh; süße Brötchen gibt es für jeden Gast.", "cp1252 iso-8859-15"),
    "fr": ("La forêt était déjà dorée, et les élèves cherchaient des châtaignes près du pré.", "cp1252 iso-8859-15"),
    "es": ("Mañana el pequeño camión llevará el maíz y el jamón a la montaña del señor.", "cp1252 iso-8859-15"),
    "pt": ("Amanhã não haverá pão; a irmã e o irmão irão à praça buscar maçãs e açúcar.", "cp1252"),
    "sv": ("På ön växer björkar, och pojken går över ängen för att hämta mjölk åt sin mor.", "cp1252"),
    "pl": ("Książka leżała na półce, a mały chłopiec próbował sięgnąć po nią rękę i śmiał się.", "cp1250 iso-8859-2"),
    "cs": ("Děvče přineslo čerstvé mléko, žluté květiny a řeklo, že vítr je dnes příliš silný.", "cp1250 iso-8859-2"),
    "hu": ("A kisfiú gyümölcsöt vitt a nagyanyjának, de útközben elesett, és sírva fakadt.", "cp1250 iso-8859-2"),
    "ru": (
        "Старый мельник проснулся рано утром и вышел посмотреть на широкую реку.",
        "cp1251 koi8-r iso-8859-5 cp866",
    ),
    "bg": ("Учителят влезе в стаята и каза на децата да отворят учебниците си.", "cp1251 iso-8859-5"),
    "el": ("Το μικρό καράβι έφυγε νωρίς από το λιμάνι και γύρισε το βράδυ με ψάρια.", "cp1253 iso-8859-7"),
    "tr": ("Küçük çocuk ağacın gölgesinde oturmuş, kardeşine güzel bir şarkı söylüyordu.", "cp1254 iso-8859-9"),
    "he": ("הילד הקטן קרא ספר ארוך על כוכבים רחוקים ועל מסעות בחלל.", "cp1255"),
    "ar": ("قرأ الولد الصغير كتابا طويلا عن النجوم البعيدة وعن الرحلات في الفضاء.", "cp1256 iso-8859-6"),
    "ja": ("小さな男の子は、遠い星と宇宙の旅についての長い本を読みました。", "shift_jis euc-jp iso-2022-jp"),
    "zh": ("小男孩读了一本关于遥远星星和太空旅行的长书，然后睡着了。", "gb18030 gbk"),
    "zh-tw": ("小男孩讀了一本關於遙遠星星和太空旅行的長書，然後睡著了。", "big5"),
    "ko": ("어린 소년은 먼 별과 우주 여행에 관한 긴 책을 읽고 잠이 들었습니다.", "euc-kr"),
}
SHAPES = ("{0}", "{0}\n\nSee also: page 3 of 12.\n", '{{"message": "{0}", "code": 17}}')


def test_fresh_text_that_declares_nothing_is_read_right_in_85_of_a_hundred() -> None:
    texts = [
        (shape.format(sentence), codec)
        for sentence, codecs in FRESH.values()
        for codec in codecs.split()
        for shape in SHAPES
    ]
    assert len(texts) >= 100
    assert len(FRESH) >= 15
    wrong = [(codec, text) for text, codec in texts if decode(text.encode(codec)).text != text]
    assert len(wrong) <= 0.15 * len(texts), wrong
