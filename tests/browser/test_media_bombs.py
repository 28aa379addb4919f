"""While a decoder is busy with a bomb the page answers, and afterwards everything still works."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.board import Board, opened
from tests.browser.conftest import Voila
from tests.browser.served import Answer
from tests.browser.test_media import natural_size
from tests.browser.test_probe import panel, start
from tests.media import bombs, files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000
LONG = 30_000
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a picture of 169 million pixels": ("image/png", bombs.huge_png),
    "a PDF of forms within forms": ("application/pdf", bombs.pdf_of_forms),
    "JSON of five million objects": ("application/json", bombs.broad_json),
    "a gigabyte in gzip": ("application/gzip", bombs.gzip_of_blanks),
}


@pytest.fixture(scope="module")
def board(service: str, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with opened(service, chromium, tmp_path_factory.mktemp("home")) as board:
        yield board


def kernel_memory(board: Board) -> int:
    """Bytes that the kernel has held at most."""
    (kernel,) = Voila(board.page.url, board.pid).kernels()
    return int(Path(f"/proc/{kernel}/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024


def ask(board: Board, answer: Answer) -> Locator:
    """Fetch without waiting for it; gives the button, which can be clicked again once the reply is there."""
    address = board.panel.get_by_label("Address")
    address.fill(board.files.put(f"/{len(board.files.answers)}/bomb", answer))
    address.press("Tab")
    button = board.panel.get_by_role("button", name="Fetch", exact=True)
    button.click()
    return button


@pytest.mark.parametrize("name", BOMBS)
def test_the_page_answers_during_and_after(board: Board, name: str) -> None:
    media_type, make = BOMBS[name]
    start(board.page, successes=1000)  # It would take minutes.
    fetch = ask(board, Answer(make(), (("Content-Type", media_type),)))
    stop = panel(board.page).get_by_role("button", name="Stop")
    asked = time.monotonic()
    stop.click()
    expect(stop).to_be_disabled()
    assert time.monotonic() - asked < 3
    expect(fetch).to_be_enabled(timeout=LONG)
    assert natural_size(board.shows(files.picture(), "image/png").locator("img")) == [60, 40]
    assert kernel_memory(board) < 600 * MEGABYTE
