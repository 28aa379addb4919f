from __future__ import annotations

import base64
import io
import re
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import fits as fits_of_astropy
from PIL import Image

from widgets.media.viewers.drawn import Chosen
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
    assert '<td class="ww-text">one</td><td class="ww-number">12.5</td><td class="ww-number">1500.0</td>' in html
    assert '<td class="ww-text">two&lt;b</td><td class="ww-number"></td>' in html
    assert "3 rows, 3 columns" in html


def test_a_unit_that_astropy_cannot_read_is_said_and_the_ones_before_it_are_shown(shows: Shows) -> None:
    cards = ["TFORM3  = 'what'" if card.startswith("TFORM3") else card for card in ASCII_TABLE]
    html = shows(unit(EMPTY, b"") + unit(cards, b" " * 66), "application/fits").html
    assert "FITS, 1 unit; behind unit 0 it cannot be read: Format &#x27;what&#x27;" in html


@pytest.mark.parametrize(
    "cards",
    [
        ["BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 100000", "NAXIS2  = 100000"],
        ["BITPIX  = 7", "NAXIS   = 2", "NAXIS1  = 2", "NAXIS2  = 2"],
        ["BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = -4", "NAXIS2  = 2"],
    ],
)
def test_fits_data_that_cannot_be_shown_cost_nothing_but_themselves(shows: Shows, cards: list[str]) -> None:
    html = shows(unit([*PRIMARY, *cards], b"\0" * 100), "application/fits").html
    assert "NAXIS1" in html
    assert "<img" not in html


def written(*units: Any) -> bytes:
    """A file as astropy writes it."""
    out = io.BytesIO()
    fits_of_astropy.HDUList([fits_of_astropy.PrimaryHDU(), *units]).writeto(out)
    return out.getvalue()


def picture_in(html: str) -> Image.Image:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    assert found
    return Image.open(io.BytesIO(base64.b64decode(found[1])))


def rows_in(seen: Any) -> list[list[str]]:
    html = seen.one(TableView)._grid.value
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in html.split("<tr>")[2:]]


def test_scaled_columns_and_their_missing_values_are_read_by_astropys_rules(shows: Shows) -> None:
    column = fits_of_astropy.Column
    unit = fits_of_astropy.BinTableHDU.from_columns(
        [
            column("temp", "I", array=np.array([0, 5, 10, 50])),
            column("flag", "J", null=-99, array=np.array([1, -99, 3, 4])),
            column("counts", "J", bzero=2**31, array=np.array([1, 2, 3, 4], np.uint32)),
        ]
    )
    unit.header["TSCAL1"], unit.header["TZERO1"] = 0.1, 20.0
    expected = [["20.0", "1", "1"], ["20.5", "", "2"], ["21.0", "3", "3"], ["25.0", "4", "4"]]
    assert rows_in(shows(written(unit), "application/fits")) == expected


def test_a_compressed_picture_is_undone(shows: Shows) -> None:
    ramp = np.tile(np.arange(160, dtype=np.int16), (120, 1))
    seen = shows(written(fits_of_astropy.CompImageHDU(ramp, compression_type="RICE_1")), "application/fits")
    assert "image compressed by RICE_1, 160 × 120" in seen.html
    grey = picture_in(seen.html)
    assert [grey.getpixel((place, 60)) for place in (0, 80, 159)] == [0, pytest.approx(128, abs=2), 255]


def test_a_cube_says_which_plane_is_shown_and_another_can_be_chosen(shows: Shows) -> None:
    cube = np.stack([np.arange(12.0).reshape(3, 4) + 100 * plane for plane in range(5)])
    seen = shows(written(fits_of_astropy.ImageHDU(cube)), "application/fits")
    assert "plane 1 of 5: float64, 4 × 3; black is 0 and white 11" in seen.html
    chosen = seen.one(Chosen)
    chosen.choices["plane"].value = 5
    chosen.join(20)
    assert "plane 5 of 5: float64, 4 × 3; black is 400 and white 411" in seen.html


def with_cards(body: bytes, cards: dict[str, str]) -> bytes:
    """Put cards at the end of the last header as they are: astropy itself would store other numbers for them."""
    added = "".join(f"{name:<8}= {value:>20}".ljust(80) for name, value in cards.items())
    end = body.rindex(b"END     ")
    return body[:end] + added.encode() + b"END".ljust(80) + body[end + len(added) + 80 :]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("cards", "words"),
    [
        ({}, "from 1 to 199"),
        ({"BSCALE": "0.5", "BZERO": "100.0"}, "from 100.5 to 199.5"),
        ({"BSCALE": "0.1", "BZERO": "0.3"}, "from 0.4 to 20.2"),
    ],
)
def test_a_blank_of_zero_is_none_too(shows: Shows, cards: dict[str, str], words: str, packed: bool) -> None:
    numbers = np.arange(200, dtype=np.int16).reshape(10, 20)
    unit = fits_of_astropy.CompImageHDU(numbers) if packed else fits_of_astropy.ImageHDU(numbers)
    html = shows(with_cards(written(unit), {**cards, "BLANK": "0"}), "application/fits").html
    assert words in html
    assert "missing values are transparent" in html


def test_a_blank_that_no_value_can_be_hides_none(shows: Shows) -> None:
    body = written(fits_of_astropy.ImageHDU(np.array([[-99, 1], [2, 3]], np.int16)))
    html = shows(with_cards(body, {"BSCALE": "1", "BZERO": "32768", "BLANK": "65535"}), "application/fits").html
    assert "black is 32669 and white 32771" in html
    assert "transparent" not in html


def test_blank_pixels_are_transparent_and_the_range_is_that_of_the_others(shows: Shows) -> None:
    unit = fits_of_astropy.ImageHDU(np.array([[-99, 1], [2, 3]], np.int16))
    unit.header["BLANK"] = -99
    html = shows(written(unit), "application/fits").html
    assert "black is 1 and white 3" in html
    assert "missing values are transparent" in html
    assert picture_in(html).getpixel((0, 1)) == (0, 0)


def test_a_file_that_broke_off_shows_the_rows_that_came(shows: Shows) -> None:
    image = fits_of_astropy.ImageHDU(np.arange(160 * 120, dtype=np.float32).reshape(120, 160))
    html = shows(written(image)[: 5760 + 160 * 4 * 26 + 99], "application/fits").html
    assert "76,800 bytes of data, of which only 16,739 came" in html
    assert picture_in(html).size == (160, 26)
    table = fits_of_astropy.BinTableHDU.from_columns([fits_of_astropy.Column("n", "J", array=np.arange(900))])
    seen = shows(written(table)[: 5760 + 4 * 10 + 3], "application/fits")
    assert rows_in(seen) == [[str(number)] for number in range(10)]
    assert "rows 1 to 10 of 900" in seen.html


def test_all_rows_of_a_long_table_can_be_reached(shows: Shows) -> None:
    table = fits_of_astropy.BinTableHDU.from_columns([fits_of_astropy.Column("n", "J", array=np.arange(2500))])
    seen = shows(written(table), "application/fits")
    chosen = seen.one(Chosen)
    assert chosen.choices["page"].max == 3
    chosen.choices["page"].value = 3
    chosen.join(20)
    assert rows_in(seen)[-1] == ["2499"]


@pytest.mark.parametrize("axes", [(1 << 40, 1), (1 << 20, 1 << 20), (30_000, 30_000)])
def test_a_picture_compressed_from_nothing_to_no_end_costs_its_decoder_only(
    shows: Shows, axes: tuple[int, int]
) -> None:
    unit = fits_of_astropy.CompImageHDU(np.zeros((8, 8), np.int16), compression_type="GZIP_1")
    body = written(unit)
    for number, length in enumerate(axes, start=1):
        for keyword in (f"ZNAXIS{number}", f"ZTILE{number}"):
            place = body.index(f"{keyword:8}= ".encode())
            body = body[: place + 10] + f"{length:>20}".encode() + body[place + 30 :]
    html = shows(body, "application/fits").html
    assert "This is not shown: " in html
    assert "ZNAXIS" in html or "NAXIS1" in html
