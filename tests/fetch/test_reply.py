from __future__ import annotations

import pytest

from widgets.fetch import Reply
from widgets.fetch.panel.fetch_panel import Throttle
from widgets.fetch.panel.states import Arrived, facts
from widgets.http.message import Headers, readable
from widgets.model.quantity import as_duration, as_progress, as_size


def reply(*headers: tuple[str, str], body: bytes = b"") -> Reply:
    return Reply("http://x/", 200, "OK", Headers(headers), body)


def test_headers_are_found_whatever_their_case_and_keep_their_order() -> None:
    headers = Headers([("Set-Cookie", "a"), ("X", "1"), ("set-cookie", "b")])
    assert headers.get("SET-COOKIE") == "a, b"
    assert headers.all("Set-cookie") == ["a", "b"]
    assert headers.get("Missing", "none") == "none"
    assert [name for name, _ in headers] == ["Set-Cookie", "X", "set-cookie"]


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('Text/HTML;charset="latin-1"', "text/html", "latin-1"),
        ("image/png", "image/png", ""),
        ("", "", ""),
        ("text/plain; charset=", "text/plain", ""),
        (";;;=", "", ""),
    ],
)
def test_media_type_and_charset_are_read_from_content_type(value: str, media_type: str, charset: str) -> None:
    one = reply(("Content-Type", value))
    assert (one.media_type, one.charset) == (media_type, charset)


@pytest.mark.parametrize("value", ["," * 250_000, 'a/b;"' * 60_000, "a/b " + "x=" * 120_000])
def test_a_type_without_end_is_looked_at_in_no_time_worth_counting(value: str) -> None:
    one = reply(("Content-Type", value))
    assert len(one.media_types) <= 1
    assert one.charset == ""


def test_a_description_sent_as_utf8_bytes_is_read_as_such() -> None:
    one = reply(("X-Description", "Mond – größer".encode().decode("latin-1")))
    assert one.description == "Mond – größer"


def test_a_description_in_its_form_for_other_letters_is_taken_first() -> None:
    one = reply(("X-Description", "Sun (193 A)"), ("X-Description*", "UTF-8''Sun%20%28193%20%C3%85%29"))
    assert one.description == "Sun (193 Å)"
    assert reply(("X-Description", "plain"), ("X-Description*", "nonsense")).description == "plain"


def test_the_older_form_for_other_letters_is_read_too() -> None:
    assert reply(("X-Description*", "iso-8859-1'en'%A3%20rates")).description == "£ rates"
    assert reply(("X-Description*", "klingon''x"), ("X-Description", "plain")).description == "plain"


@pytest.mark.parametrize("before", ["", "x"])
def test_a_long_description_is_cut_between_letters_and_that_is_seen(before: str) -> None:
    one = reply(("X-Description", (before + "марс " * 2000).encode().decode("latin-1")))
    assert one.description.startswith(f"{before}марс марс")
    assert one.description.endswith("м …") or one.description.endswith(" …")
    assert "Ð" not in one.description


@pytest.mark.parametrize(
    ("said", "media_type", "charset"),
    [
        ("Content-Type: text/csv; charset=utf-8", "text/csv", "utf-8"),
        ("content-type:text/html", "text/html", ""),
        ("text/html; charset:windows-1251", "text/html", "windows-1251"),
        ("text/html;charset : UTF-8", "text/html", "utf-8"),
    ],
)
def test_what_programs_write_into_the_type_by_mistake_is_understood(said: str, media_type: str, charset: str) -> None:
    one = reply(("Content-Type", said))
    assert (one.media_type, one.charset) == (media_type, charset)


def test_a_description_that_is_latin1_stays_so() -> None:
    assert reply(("X-Description", "größer")).description == "größer"


@pytest.mark.parametrize(
    ("sent", "content_type", "shown"),
    [
        ("Погода на Марсе".encode("cp1251"), "text/html; charset=windows-1251", "Погода на Марсе"),
        ("火星の天気".encode("cp932"), "text/html; charset=Shift_JIS", "火星の天気"),
        ("火星今天的天气，有沙尘".encode("gbk"), "image/png", "火星今天的天气，有沙尘"),
        ("화성 날씨".encode("euc-kr"), "image/png", "화성 날씨"),
        ("ÄÖÜß größer".encode("latin-1"), "image/png", "ÄÖÜß größer"),
        ("Größe".encode("latin-1"), "text/html; charset=no-such", "Größe"),
        ("Größe".encode(), "text/html; charset=windows-1251", "Größe"),
        ("“Mars” – today".encode("cp1252"), "image/png", "“Mars” – today"),
        (b"=?UTF-8?B?TcOkcno=?=", "image/png", "März"),
        (b"=?no-such?q?x?=", "image/png", "=?no-such?q?x?="),
        (b"=?utf-8?b?abcde?= =?utf-8?q?=FF?=", "image/png", "=?utf-8?b?abcde?= =?utf-8?q?=FF?="),
        (b"Mars%20Express%20%E2%80%93%203", "image/png", "Mars Express – 3"),
        (b"UTF-8'en'Mars%20Express", "image/png", "Mars Express"),
        (b"50%25 off, or 20% more", "image/png", "50%25 off, or 20% more"),
        (b"%FF%FE", "image/png", "%FF%FE"),
        (b"a%0D%0Ab%E2%80%AEc", "image/png", "a b c"),
    ],
)
def test_a_description_is_read_in_the_letters_that_were_meant(sent: bytes, content_type: str, shown: str) -> None:
    one = reply(("Content-Type", content_type), ("X-Description", sent.decode("latin-1")))
    assert one.description == shown


def test_the_words_beside_the_status_are_read_in_the_charset_of_the_body() -> None:
    headers = Headers([("Content-Type", "text/plain; charset=gbk")])
    one = Reply("http://x/", 404, "找不到".encode("gbk").decode("latin-1"), headers)
    assert facts(Arrived(one, 1, 1)).chips[0].words == "404 找不到"
    assert one.facts.startswith("404 找不到 ·")


def test_a_description_loses_controls_and_direction_marks() -> None:
    assert readable("a\x00b\x1b[31m\u202egnp.exe\r\nX: y") == "a b [31m gnp.exe X: y"


def test_the_facts_say_status_type_size_and_time() -> None:
    one = Reply("http://x/", 404, "Not Found", Headers([("Content-Type", "text/html")]), b"x" * 1500, elapsed=0.25)
    assert one.facts == "404 Not Found · text/html · 1.5 kB · 250 ms"
    assert Reply("http://x/", 200, complete=False).facts == "200 · no type declared · 0 bytes, incomplete · 0 ms"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1234, "1.23 kB"),
        (999_999, "1000 kB"),
        (34_000_000, "34 MB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_sizes_are_in_decimal_units(count: int, words: str) -> None:
    assert as_size(count) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.012, "12 ms"), (1.25, "1.25 s"), (125, "2 min 5 s")])
def test_times_are_in_the_unit_that_suits(seconds: float, words: str) -> None:
    assert as_duration(seconds) == words


def test_progress_tells_rate_and_time_left() -> None:
    assert as_progress(500, 2000, 1) == "500 bytes of 2 kB · 500 bytes/s · 3.00 s left"
    assert as_progress(500, None, 1) == "500 bytes · 500 bytes/s"
    assert as_progress(0, None, 0) == "0 bytes"


def test_a_throttle_says_yes_once_in_an_interval() -> None:
    times = iter((0.0, 0.1, 0.19, 0.2, 0.3, 0.45))
    throttle = Throttle(0.2, lambda: next(times))
    answers = [throttle.ready() for _ in range(6)]
    assert answers == [True, False, False, True, False, True]


@pytest.mark.parametrize("said", ["😀" * 3000, "%F0%9F%98%80" * 3000, "x" * 9000])
def test_a_description_that_is_cut_ends_with_a_mark(said: str) -> None:
    reply = Reply("http://a.example/", 200, "OK", Headers([("X-Description", said.encode().decode("latin-1"))]))
    assert reply.description.endswith(f"{said[-1] if said.isascii() and '%' not in said else '😀'} …")
    assert len(reply.description) == 2002
