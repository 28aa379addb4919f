"""While a decoder is busy with a bomb the page answers, the kernel stays small, and the next reply is shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.board import Board, opened
from tests.browser.conftest import Voila, children_of
from tests.browser.served import Answer
from tests.browser.test_media import natural_size
from tests.media import files
from tests.media.test_bombs import BOMBS

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1_000_000
LONG = 30


@pytest.fixture(scope="module")
def board(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    with opened(dashboard, chromium) as board:
        yield board


def peak(pid: int) -> int:
    """Bytes that a process has held at most; none for one that has ended."""
    try:
        found = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()
    except OSError:
        return 0
    return int(found[0]) * 1024 if found else 0


def family(pid: int) -> list[int]:
    """Return a process and all that it started, the decoders among them."""
    return [pid, *(each for child in children_of(pid) for each in family(child))]


def ask(board: Board, answer: Answer) -> Locator:
    """Fetch without waiting for it; gives the button, which can be clicked again once the reply is there."""
    address = board.panel.get_by_label("Address")
    address.fill(board.files.put(f"/{len(board.files.answers)}/bomb", answer))
    address.press("Tab")
    button = board.panel.get_by_role("button", name="Fetch", exact=True)
    button.click()
    return button


def assert_answers(board: Board) -> None:
    """Let the kernel unfold the editor of the request, and fold it again."""
    for there in (True, False):
        board.panel.get_by_role("button", name="Method, headers, login").click()
        expect(board.panel.get_by_label("Method")).to_be_visible(visible=there, timeout=5000)


def is_drawing(board: Board) -> bool:
    """Whether there is a PDF of which no page and no reason is shown yet."""
    page = board.view.locator(".ww-page")
    return page.count() > 0 and page.locator("img, p").count() == 0


@pytest.mark.parametrize("name", BOMBS)
def test_the_page_answers_during_and_after(board: Board, name: str) -> None:
    media_type, make = BOMBS[name]
    fetch = ask(board, Answer(make(), (("Content-Type", media_type),)))
    assert_answers(board)
    most, end = 0, time.monotonic() + LONG
    while (fetch.is_disabled() or is_drawing(board)) and time.monotonic() < end:
        assert_answers(board)
        most = max(most, *map(peak, family(board.kernel)))
    assert max(most, *map(peak, family(board.kernel))) < 600 * MEGABYTE
    expect(fetch).to_be_enabled()
    expect(board.view.locator(".ww-verdict").last).to_contain_text("bytes, SHA-256")


def test_the_next_reply_is_shown_after_all_of_them(board: Board) -> None:
    assert natural_size(board.shows(files.picture(), "image/png").locator("img")) == [60, 40]
