from __future__ import annotations

import json

import pytest

from widgets.fetch import Reply
from widgets.fetch.compare import compare
from widgets.fetch.history import KEPT, MOST_PINNED, History
from widgets.fetch.panel.history_panel import HistoryPanel
from widgets.http.message import Headers


def reply(body: bytes = b"", *headers: tuple[str, str], url: str = "http://x/") -> Reply:
    return Reply(url, 200, "OK", Headers(headers), body)


def filled(count: int) -> History:
    history = History()
    for number in range(count):
        history = history.add(reply(b"%d" % number))
    return history


def test_the_oldest_replies_go_first() -> None:
    assert [card.number for card in filled(KEPT + 3).cards] == list(range(4, KEPT + 4))


def test_a_pinned_reply_stays() -> None:
    history = filled(2).pin(1)
    for _ in range(KEPT + 5):
        history = history.add(reply())
    assert history.card(1) is not None
    assert history.card(2) is None
    assert len(history.cards) == KEPT + 1


def test_a_reply_that_is_let_go_goes_in_its_turn() -> None:
    history = filled(KEPT).pin(1)
    history = history.add(reply()).pin(1, on=False).add(reply())
    assert history.card(1) is None


def test_pins_have_an_end() -> None:
    history = History()
    for number in range(1, MOST_PINNED + 5):
        history = history.add(reply()).pin(number)
    assert sum(card.pinned for card in history.cards) == MOST_PINNED


def test_equal_replies_are_equal() -> None:
    found = compare(reply(b"same"), reply(b"same"))
    assert (found.facts, found.headers, found.lines) == ((), (), ())
    assert found.body == "The bodies are the same, byte for byte."


def test_facts_and_headers_that_differ_are_told_and_no_others() -> None:
    one = reply(b"a", ("ETag", "1"), ("Server", "x"))
    other = reply(b"ab", ("etag", "2"), ("Server", "x"), ("X-New", "y"), url="http://y/")
    found = compare(one, other)
    assert found.headers == (("etag", "1", "2"), ("x-new", "", "y"))
    assert found.facts == (("address", "http://x/", "http://y/"), ("bytes", "1", "2"))


def test_text_is_compared_line_by_line() -> None:
    found = compare(reply(b"one\ntwo\n"), reply(b"one\n2\n"))
    assert found.body == "The bodies differ from byte 4 on."
    assert found.lines[2:] == ("@@ -1,2 +1,2 @@", " one", "-two", "+2")


def test_json_is_compared_by_what_it_means() -> None:
    one, other = json.dumps({"a": 1, "b": 2}), json.dumps({"b": 2, "a": 1}, indent=4)
    assert "they are the same" in compare(reply(one.encode()), reply(other.encode())).body
    found = compare(reply(one.encode()), reply(b'{"b": 3, "a": 1}'))
    assert [line for line in found.lines if line[0] in "+-"][2:] == ['- "b": 2', '+ "b": 3']


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (b"\xff\x00", b"\xff\x01", "from byte 1 on. They are not text."),
        (b"a" * 300_000, b"a" * 299_999, "from byte 299,999 on. They are too long"),
        (b"[" * 5000, b"[" * 4999, "from byte 4,999 on."),
    ],
)
def test_what_cannot_be_compared_by_lines_is_compared_by_bytes(one: bytes, other: bytes, words: str) -> None:
    assert words in compare(reply(one), reply(other)).body


def test_a_card_shows_its_reply_again() -> None:
    shown: list[Reply] = []
    panel = HistoryPanel(lambda card: shown.append(card.reply))
    first = reply(b"first")
    panel.add(first)
    panel.add(reply(b"second"))
    panel.cards.children[1].children[1].click()
    assert shown == [first]


def test_a_card_is_pinned_with_its_button() -> None:
    panel = HistoryPanel(lambda _: None)
    panel.add(reply())
    panel.pin_button.value = True
    card = panel.history.card(1)
    assert card
    assert card.pinned
    assert "ww-pin" in panel.cards.children[0].children[0].value


def test_a_card_that_is_shown_is_marked() -> None:
    panel = HistoryPanel(lambda _: None)
    panel.add(reply(b"first"))
    panel.add(reply(b"second"))
    panel.open_again(1)
    marked = ["ww-on" in place._dom_classes for place in panel.cards.children]
    assert marked == [False, True]


def test_two_replies_are_compared_on_the_stage_the_one_before_first() -> None:
    laid: list[object] = []
    panel = HistoryPanel(lambda _: None, laid.append)
    assert "ww-hidden" in panel.compare_button._dom_classes
    panel.add(reply(b"one", ("X", "<b>")))
    panel.add(reply(b"two"))
    assert "ww-hidden" not in panel.compare_button._dom_classes
    panel.compare_button.click()
    panel.join(30)
    sheet = panel.sheet
    assert sheet is not None
    assert laid == [sheet]
    assert sheet.chosen == (2, 1)
    assert "The bodies differ from byte 0 on." in sheet.message.value
    assert "&lt;b&gt;" in sheet.tables.value
    assert "+one" in sheet.lines.value
    sheet.close_button.click()
    assert laid == [sheet, None]


def test_another_choice_is_compared_at_once() -> None:
    panel = HistoryPanel(lambda _: None)
    for body in (b"1", b"2", b"1"):
        panel.add(reply(body))
    panel.compare()
    panel.join(30)
    assert panel.sheet is not None
    assert "differ" in panel.sheet.message.value
    panel.sheet.second.value = 1
    panel.join(30)
    assert "the same, byte for byte" in panel.sheet.message.value
