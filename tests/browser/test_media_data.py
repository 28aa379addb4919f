"""Trees, tables, archives and what lies inside others: each viewer in a real browser."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.board import Board, opened
from tests.browser.test_media import natural_size
from tests.media import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import Voila

CODED = base64.b64encode(files.picture()).decode()
PARTS = (
    b"--cut\r\nContent-Type: text/plain\r\n\r\nthe words\r\n--cut\r\nContent-Type: image/png\r\n\r\n%s\r\n--cut--\r\n"
)
HOLDERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ZIP": ("application/zip", lambda: files.zipped({"a.txt": b"the words", "b.png": files.picture()})),
    "TAR": ("application/x-tar", lambda: files.tarred({"a.txt": b"the words", "b.png": files.picture()})),
    "multipart": ("multipart/mixed; boundary=cut", lambda: PARTS % files.picture()),
    "JSON": (
        "application/json",
        lambda: json.dumps({"note": "data:text/plain;base64,dGhlIHdvcmRz", "photo": [CODED]}).encode(),
    ),
}


@pytest.fixture(scope="module")
def board(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    with opened(dashboard, chromium) as board:
        yield board


def column(view: Locator, number: int) -> list[str]:
    return view.locator(f"table tbody td:nth-child({number})").all_inner_texts()


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'{"a": {"b": {"c": {"deep": "treasure"}}}}'),
        ("application/problem+json", b'{"a": {"b": {"c": {"deep": "treasure"}}}}'),
        ("application/x-ndjson", b'{"a": {"b": {"deep": "treasure"}}}\n{"a": 1}\n'),
        ("application/xml", b"<a><b><c><d><e><deep>treasure</deep></e></d></c></b></a>"),
    ],
)
def test_a_tree_opens_branch_by_branch(board: Board, media_type: str, body: bytes) -> None:
    tree = board.shows(body, media_type).locator(".ww-tree")
    leaf = tree.locator("code:not(.ww-preview)", has_text="treasure")
    expect(leaf).to_be_hidden()
    while tree.locator("details:not([open]) > summary").count():
        tree.locator("details:not([open]) > summary").first.click()
    expect(leaf).to_be_visible()


def test_a_filter_leaves_what_was_asked_for(board: Board) -> None:
    view = board.shows(b'{"planets": [{"name": "Mars"}, {"name": "Venus"}]}', "application/json")
    field = view.get_by_label("Filter")
    field.fill("planets[0]")
    field.press("Enter")
    expect(view.locator(".ww-tree")).not_to_contain_text("Venus")
    expect(view.locator(".ww-tree")).to_contain_text("Mars")


def test_a_list_of_objects_is_a_table_too(board: Board) -> None:
    view = board.shows(b'[{"name": "Mars", "moons": 2}, {"name": "Venus", "moons": 0}]', "application/json")
    assert column(view, 1) == ["Mars", "Venus"]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/csv", b"name,mass\nb,10\na,9\nc,30\n"),
        ("text/tab-separated-values", b"name\tmass\nb\t10\na\t9\nc\t30\n"),
    ],
)
def test_a_table_is_sorted_and_drawn(board: Board, media_type: str, body: bytes) -> None:
    view = board.shows(body, media_type)
    assert column(view, 1) == ["b", "a", "c"]
    view.get_by_label("Sort by").select_option(label="2. mass")
    expect(view.locator("table tbody td").first).to_have_text("a")
    view.get_by_label("Largest first").check()
    expect(view.locator("table tbody td").first).to_have_text("c")
    assert column(view, 2) == ["30", "10", "9"]
    view.get_by_label("Draw").select_option(label="2. mass")
    assert natural_size(view.get_by_role("img", name="Line of mass: from 9 to 30, 3 rows")) == [505, 160]


READ = """([plot]) => {
    const numbers = [...plot.querySelectorAll('span')], drawn = plot.querySelector('img')
    const sizes = numbers.map(each => parseFloat(getComputedStyle(each).fontSize))
    const off = numbers[0].getBoundingClientRect().top - drawn.getBoundingClientRect().top
    const inside = atob(drawn.src.split(',')[1]).includes('<text')
    return [...numbers.map(each => each.textContent), Math.min(...sizes), inside, Math.abs(off)]
}"""


def test_the_numbers_of_a_drawing_can_be_read_on_a_phone(board: Board) -> None:
    """They stood in the drawing, and shrank with it to 6 px."""
    board.page.set_viewport_size({"width": 390, "height": 844})
    view = board.shows(b"name,mass\nb,10\na,-9.25\nc,123456\n", "text/csv")
    drawn = view.get_by_role("img", name="Line of mass")
    expect(drawn).to_be_visible()
    most, least, size, inside, off = view.locator(".ww-scaled").evaluate_all(READ)
    assert (most, least, inside) == ("123456", "-9.25", False)
    assert size >= 11
    assert off <= 2, "the largest number stands at its line"
    box = drawn.bounding_box()
    assert box is not None
    assert box["width"] > 200
    board.page.set_viewport_size({"width": 1280, "height": 1400})


def test_fits_shows_its_cards_and_its_image(board: Board) -> None:
    view = board.shows(files.fits(), "application/fits")
    view.get_by_text("Unit 0: primary").click()
    expect(view.get_by_role("row", name="OBJECT M 31's core what was seen")).to_be_visible()
    assert natural_size(view.get_by_role("img", name="Image of unit 0")) == [4, 3]


def test_the_events_of_a_stream_are_rows(board: Board) -> None:
    view = board.shows(b"event: tick\ndata: one\n\ndata: two\n\n", "text/event-stream")
    assert [text for text in column(view, 3) if text] == ["one", "two"]


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_lies_inside_opens_in_its_viewer(board: Board, holder: str) -> None:
    media_type, make = HOLDERS[holder]
    view = board.shows(make(), media_type)
    inside = view.locator(".ww-piece")
    view.get_by_role("button", name="Open", exact=True).click()
    expect(inside.get_by_text("the words").first).to_be_visible()
    view.get_by_label("Entry").select_option(index=1)
    view.get_by_role("button", name="Open", exact=True).click()
    assert natural_size(inside.locator("img")) == [60, 40]


def test_what_gzip_holds_is_shown_at_once(board: Board) -> None:
    view = board.shows(gzip.compress(files.tarred({"inside.txt": b"words"})), "application/gzip")
    expect(view.get_by_role("cell", name="inside.txt")).to_be_visible()


def test_unknown_bytes_are_shown_with_offsets_and_letters_page_by_page(board: Board) -> None:
    view = board.shows(b"\0" * 4096 + b"second page", "application/x-unheard-of")
    dump = view.get_by_role("region", name="Bytes in hexadecimal")
    expect(dump).to_contain_text("00000010  00 00")
    view.get_by_label("Page of 2").fill("2")
    view.get_by_label("Page of 2").press("Enter")
    expect(dump).to_contain_text("00001000  73 65 63 6f 6e 64 20 70 61 67 65")
    expect(dump).to_contain_text("second page")
