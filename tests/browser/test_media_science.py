"""Data in a real browser: pixels of a ramp, a large photograph, a variable of netCDF, a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.board import Board, opened
from tests.browser.test_media import natural_size
from tests.media.viewers import test_hdf, test_office, test_raster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Voila

GREYS = """(picture, places) => {
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const y = Math.floor(canvas.height / 2);
  return places.map(x => pen.getImageData(Math.floor(x * (canvas.width - 1)), y, 1, 1).data[0]);
}"""


@pytest.fixture(scope="module")
def board(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    with opened(dashboard, chromium) as board:
        yield board


def greys(picture: Locator) -> list[int]:
    """Return what a picture shows at its left end, a quarter on, in the middle, and so on, once it is decoded."""
    picture.evaluate("element => element.decode()")
    found: list[int] = picture.evaluate(GREYS, [0, 0.25, 0.5, 0.75, 1])
    return found


def test_a_geotiff_of_16_bits_looks_like_a_ramp(board: Board) -> None:
    tags = [(33550, "d", 3, (0.5, 0.5, 0.0), True), (33922, "d", 6, (0.0, 0.0, 0.0, -120.0, 40.0, 0.0), True),
            (34735, "H", 4, (1, 1, 0, 0), True)]  # fmt: skip
    view = board.shows(test_raster.tiff(test_raster.RAMP * 100, extratags=tags), "image/tiff")
    assert greys(view.locator(".ww-zoom img")) == pytest.approx([0, 64, 128, 191, 255], abs=4)
    expect(view).to_contain_text("the 1st and 99th percentile of values from 0 to 31900")


def test_a_photograph_of_63_megapixels_is_shown_reduced(board: Board) -> None:
    view = board.shows(test_raster.large("JPEG"), "image/jpeg")
    expect(view).to_contain_text("reduced from 9,000 × 7,000")
    picture = view.locator(".ww-zoom img")
    assert max(natural_size(picture)) == 1600
    assert greys(picture) == pytest.approx([0, 64, 128, 191, 255], abs=3)


def test_a_variable_of_netcdf_is_drawn_and_another_plane_can_be_chosen(board: Board) -> None:
    view = board.shows(test_hdf.netcdf(), "application/x-netcdf")
    expect(view).to_contain_text("plane 1 of 3")
    view.get_by_label("Plane of 3").fill("3")
    view.get_by_label("Plane of 3").press("Enter")
    expect(view).to_contain_text("plane 3 of 3")
    shown = greys(view.locator(".ww-zoom img"))
    assert np.all(np.diff(shown) > 0)


def test_a_sheet_of_a_workbook_is_a_table(board: Board) -> None:
    view = board.shows(test_office.workbook(), test_office.XLSX)
    expect(view.get_by_role("columnheader")).to_have_text(["name", "radius", "seen"])
    expect(view.get_by_role("cell").first).to_have_text("<b>0")


def test_a_page_of_shift_jis_with_only_a_meta_is_read(board: Board) -> None:
    words = "火星の夕焼けは青い。"
    page = f'<!doctype html><meta charset="Shift_JIS"><title>火星</title><p>{words}</p>'.encode("shift_jis")
    view = board.shows(page, "text/html")
    frame = view.locator("iframe").first
    expect(frame.content_frame.locator("p")).to_have_text(words)
    expect(view.locator(".ww-verdict")).to_contain_text("shift_jis")
