from __future__ import annotations

import base64
import io
import re
import struct
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


def test_fits_shows_the_cards_of_each_unit(shows: Callable[..., Any], fits: bytes) -> None:
    html = shows(fits, "application/fits").html
    assert "FITS, 2 units" in html
    assert "Unit 0: primary, 4 × 3, 24 bytes of data" in html
    assert '<th scope="row">OBJECT</th><td>M 31&#x27;s core</td><td>what was seen</td>' in html
    assert "<td>a free remark</td>" in html
    assert "Unit 1: IMAGE, no data" in html


def test_an_image_of_fits_is_stretched_and_upright(shows: Shows, fits: bytes) -> None:
    html = shows(fits, "application/fits").html
    found = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    assert found
    with Image.open(io.BytesIO(base64.b64decode(found[1]))) as picture:
        assert picture.size == (4, 3)
        assert (picture.getpixel((0, 2)), picture.getpixel((3, 0))) == (0, 255)


def unit(cards: list[str], data: bytes) -> bytes:
    head = "".join(card.ljust(80) for card in [*cards, "END"])
    return head.ljust(-(-len(head) // 2880) * 2880).encode() + data.ljust(-(-len(data) // 2880) * 2880, b"\0")


PRIMARY = ["SIMPLE  =                    T"]


def test_an_image_of_floats_with_holes_is_shown(shows: Shows) -> None:
    data = struct.pack(">4f", float("nan"), 1.0, 2.0, float("inf"))
    cards = [*PRIMARY, "BITPIX  = -32", "NAXIS   = 2", "NAXIS1  = 2", "NAXIS2  = 2"]
    assert "<img" in shows(unit(cards, data), "application/fits").html


def test_a_binary_table_of_fits_is_a_table(shows: Shows) -> None:
    cards = [
        "XTENSION= 'BINTABLE'",
        "BITPIX  = 8",
        "NAXIS   = 2",
        "NAXIS1  = 23",
        "NAXIS2  = 2",
        "PCOUNT  = 0",
        "GCOUNT  = 1",
    ]
    cards += ["TFIELDS = 4", "TTYPE1  = 'NAME'", "TFORM1  = '5A'", "TTYPE2  = 'TIME'", "TFORM2  = 'D'", "TUNIT2  = 's'"]
    cards += ["TTYPE3  = 'PAIR'", "TFORM3  = '2I'", "TTYPE4  = 'BITS'", "TFORM4  = '6B'"]
    rows = b"".join(
        struct.pack(">5sd2h6B", name, time, 1, -2, *range(6)) for name, time in ((b"one\0x", 1.5), (b"two  ", 2.0))
    )
    body = unit([*PRIMARY, "BITPIX  = 8", "NAXIS   = 0"], b"") + unit(cards, rows)
    html = shows(body, "application/fits").one(TableView)._grid.value
    assert '<th scope="col" class="ww-number">TIME (s)</th>' in html
    assert '<td class="ww-text">one</td><td class="ww-number">1.5</td><td class="ww-text">1, -2</td>' in html
    assert "2 rows, 4 columns" in html


ASCII_TABLE = [
    *(
        "XTENSION= 'TABLE   '",
        "BITPIX  = 8",
        "NAXIS   = 2",
        "NAXIS1  = 22",
        "NAXIS2  = 3",
        "PCOUNT  = 0",
        "GCOUNT  = 1",
    ),
    *("TFIELDS = 3", "TTYPE1  = 'NAME'", "TBCOL1  = 1", "TFORM1  = 'A5'"),
    *("TTYPE2  = 'MASS'", "TBCOL2  = 7", "TFORM2  = 'F6.2'", "TUNIT2  = 'kg'", "TNULL2  = '---'"),
    *("TTYPE3  = 'FLUX'", "TBCOL3  = 14", "TFORM3  = 'D9.2'"),
]


EMPTY = [*PRIMARY, "BITPIX  = 8", "NAXIS   = 0"]


def test_an_ascii_table_of_fits_is_a_table_of_numbers(shows: Shows) -> None:
    rows = b"one    12.50  1.50D+03two<b>   ---  2.00D-01three   7.00  3.00D+00"
    html = shows(unit(EMPTY, b"") + unit(ASCII_TABLE, rows), "application/fits").one(TableView)._grid.value
    assert '<th scope="col" class="ww-number">MASS (kg)</th>' in html
    assert '<td class="ww-text">one</td><td class="ww-number">12.50</td><td class="ww-number">1.50E+03</td>' in html
    assert '<td class="ww-text">two&lt;b</td><td class="ww-number"></td>' in html
    assert "3 rows, 3 columns" in html


@pytest.mark.parametrize(
    "broken", [{"TBCOL2  = 7": "TBCOL2  = 0"}, {"TFORM3  = 'D9.2'": "TFORM3  = 'what'"}, {"NAXIS   = 2": "NAXIS   = 1"}]
)
def test_an_ascii_table_without_its_places_says_so(shows: Shows, broken: dict[str, str]) -> None:
    cards = [broken.get(card, card) for card in ASCII_TABLE]
    html = shows(unit(EMPTY, b"") + unit(cards, b" " * 66), "application/fits").html
    assert "The data of unit 1 are not shown" in html


@pytest.mark.parametrize(
    "cards",
    [
        ["BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 100000", "NAXIS2  = 100000"],
        ["BITPIX  = 7", "NAXIS   = 2", "NAXIS1  = 2", "NAXIS2  = 2"],
        ["BITPIX  = 16", "NAXIS   = 1", "NAXIS1  = 4"],
        ["BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = -4", "NAXIS2  = 2"],
    ],
)
def test_fits_data_that_cannot_be_shown_cost_nothing_but_themselves(shows: Shows, cards: list[str]) -> None:
    html = shows(unit([*PRIMARY, *cards], b"\0" * 100), "application/fits").html
    assert "NAXIS1" in html
    assert "<img" not in html
