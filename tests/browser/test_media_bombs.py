"""While a decoder is busy with a bomb the page answers, and afterwards everything still works."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.board import Board, opened
from tests.browser.conftest import Voila
from tests.browser.test_media import natural_size
from tests.browser.test_probe import panel, start
from tests.media import bombs, files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000
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


@pytest.mark.parametrize("name", BOMBS)
def test_the_page_answers_during_and_after(board: Board, name: str) -> None:
    media_type, make = BOMBS[name]
    start(board.page, successes=1000)  # It would take minutes.
    board.shows(make(), media_type)
    stop = panel(board.page).get_by_role("button", name="Stop")
    expect(stop).to_be_enabled()
    asked = time.monotonic()
    stop.click()
    expect(stop).to_be_disabled()
    assert time.monotonic() - asked < 3
    assert natural_size(board.shows(files.picture(), "image/png").locator("img")) == [60, 40]
    assert kernel_memory(board) < 600 * MEGABYTE
