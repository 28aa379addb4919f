from __future__ import annotations

import base64
import io
import json
import re
import struct
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from widgets.media.decoders.insight import json_insight
from widgets.media.viewers.json import JsonView
from widgets.media.viewers.pieces import Pieces
from widgets.media.viewers.table import TableView

from .conftest import Seen, Shows

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_list_of_objects_is_a_table_too(shows: Shows) -> None:
    seen = shows(b'[{"a": 1, "b": "x"}, {"a": 2.5, "c": [1]}]', "application/json")
    html = seen.one(TableView)._grid.value
    assert '<th scope="col" class="ww-number">a</th>' in html
    assert '<td class="ww-number">2.5</td><td class="ww-text"></td><td class="ww-text">[1]</td>' in html
    assert "2 items" in seen.html


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '{"a": 1}', '[{"a": 1}, 2]'])
def test_other_json_is_no_table(text: str) -> None:
    assert json_insight(text).table is None


def test_a_filter_leaves_a_part(shows: Shows) -> None:
    seen = shows(b'{"planets": [{"name": "Mars", "moons": 2}, {"name": "Venus", "moons": 0}]}', "application/json")
    view = seen.one(JsonView)
    view.query.value = "planets[?moons > `0`].name"
    view.join(30)
    assert "Mars" in Seen(view._found).html
    assert "Venus" not in Seen(view._found).html
    view.query.value = ""
    view.join(30)
    assert "Venus" in Seen(view._found).html


def test_a_wrong_filter_is_said_and_the_view_stays(shows: Shows) -> None:
    view = shows(b'{"a": "still here"}', "application/json").one(JsonView)
    view.query.value = "a["
    view.join(30)
    assert "Nothing was filtered: it cannot be decoded: the filter is not JMESPath" in view._message.value
    assert "still here" in Seen(view._found).html


def test_coded_bytes_inside_json_open_in_their_viewers(shows: Shows, picture: Callable[..., bytes]) -> None:
    coded = base64.b64encode(picture()).decode()
    body = json.dumps({"photos": [{"data": f"data:image/png;base64,{coded}"}], "mail": coded})
    seen = shows(body.encode(), "application/json")
    pieces = seen.one(Pieces)
    assert [label for label, _ in pieces.choice.options] == ["1. photos[0].data", "2. mail"]
    for number in (0, 1):
        pieces.choice.value = number
        pieces.take_out()
        pieces.join(30)
        assert "PNG, 60 × 40 pixels" in Seen(pieces.stage).html


@pytest.mark.parametrize("text", ["data:image/png,plain", "data:;base64,!!!", "a" * 100, "not base64 at all " * 9])
def test_other_strings_are_only_strings(text: str) -> None:
    assert json_insight(json.dumps({"a": text})).inside == ()


def unit(cards: list[str], data: bytes) -> bytes:
    head = "".join(card.ljust(80) for card in [*cards, "END"])
    return head.ljust(-(-len(head) // 2880) * 2880).encode() + data.ljust(-(-len(data) // 2880) * 2880, b"\0")


PRIMARY = ["SIMPLE  =                    T"]


def test_an_image_of_fits_is_stretched_and_upright(shows: Shows, fits: bytes) -> None:
    html = shows(fits, "application/fits").html
    found = re.search(r'src="data:image/png;base64,([^"]+)"', html)
    assert found
    with Image.open(io.BytesIO(base64.b64decode(found[1]))) as picture:
        assert picture.size == (4, 3)
        assert (picture.getpixel((0, 2)), picture.getpixel((3, 0))) == (0, 255)


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
