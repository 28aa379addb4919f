"""A body is never lost: whatever is wrong with it, it is there in full, it can be saved, and the reason stands by."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.board import Board, opened
from tests.browser.test_media import natural_size
from tests.media import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Voila

EVERY_BYTE = bytes(range(256))
TOO_LARGE_FOR_A_LINK = EVERY_BYTE * 2000
TOO_LARGE_FOR_A_PAGE = EVERY_BYTE * 371_094
"""95 MB: in a link they ended the tab."""


@pytest.fixture(scope="module")
def board(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    with opened(dashboard, chromium) as board:
        yield board


def test_the_verdict_says_what_was_declared_what_was_found_and_why(board: Board) -> None:
    view = board.shows(files.picture(), "text/plain")
    expect(view.locator(".ww-verdict")).to_contain_text("Declared text/plain; the bytes are")
    expect(view.locator(".ww-verdict")).to_contain_text("89 50 4E 47")
    assert natural_size(view.locator("img")) == [60, 40]


def test_another_viewer_and_another_charset_ask_the_service_nothing(board: Board) -> None:
    view = board.shows("größer".encode("cp1250"), "text/plain; charset=utf-8")
    asked = len(board.files.asked)
    board.show_as("bytes")
    expect(view.get_by_role("region", name="Bytes in hexadecimal")).to_contain_text("67 72 f6 df 65 72")
    board.show_as("text")
    view.get_by_label("Charset").select_option(label="windows-1251")
    expect(view.get_by_role("region", name="Text")).to_have_text("grцЯer")
    assert len(board.files.asked) == asked


@pytest.mark.parametrize(
    "body", [EVERY_BYTE, TOO_LARGE_FOR_A_LINK, TOO_LARGE_FOR_A_PAGE], ids=["small", "large", "95 MB"]
)
def test_what_is_saved_is_what_came_to_the_byte(board: Board, body: bytes) -> None:
    view = board.shows(body, "application/octet-stream")
    expect(view.get_by_text(hashlib.sha256(body).hexdigest())).to_be_attached()
    with board.page.expect_download() as saving:
        view.get_by_role("link", name="Save reply").click()
    assert Path(saving.value.path()).read_bytes() == body
    assert saving.value.suggested_filename == "reply.bin"


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "application/json", "application/fits"])
def test_bytes_that_cannot_be_decoded_are_shown_with_the_reason(board: Board, media_type: str) -> None:
    body = {"image/png": files.picture()[:20], "application/pdf": b"%PDF-1.7 nothing"}.get(media_type, b"\x9e{\x01\x02")
    view = board.shows(body, media_type)
    expect(view.locator(".ww-reason, .ww-verdict").first).to_be_visible()
    expect(view.get_by_role("region", name="Bytes in hexadecimal")).to_contain_text(body[:4].hex(" "))


def test_a_body_that_broke_off_is_shown_and_marked(board: Board) -> None:
    view = board.shows(b"half of the", "text/plain", length=1000)
    expect(view).to_contain_text("half of the")
    expect(board.panel.locator(".ww-chips")).to_contain_text("part only")


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_the_body_of_a_refusal_is_shown(board: Board, status: int) -> None:
    view = board.shows(b'{"detail": "not today"}', "application/problem+json", status=status)
    expect(view.locator(".ww-tree")).to_contain_text("not today")
    expect(board.message).to_contain_text(str(status))


@pytest.mark.parametrize("coding", ["gzip", "br", "rot13"])
def test_a_wrong_content_encoding_keeps_the_bytes_and_says_so(board: Board, coding: str) -> None:
    view = board.shows(b"as they were sent", "text/plain", ("Content-Encoding", coding))
    expect(view.get_by_role("region", name="Text")).to_have_text("as they were sent")
    expect(board.panel.locator(".ww-caption")).to_contain_text(coding)
