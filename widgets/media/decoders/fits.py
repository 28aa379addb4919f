"""FITS (standard 4.0): header cards, an image as a stretched picture, a table as rows (sections 3.3, 4, 5 and 7)."""

from __future__ import annotations

import array
import io
import math
import re
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from .table import MOST_ROWS, Table, kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.media.reply import Blob


_CARD = 80
_BLOCK = 2880
_MOST_CARDS = 2000
_MOST_UNITS = 100
_VALUE = re.compile(r"\s*(?P<value>'(?:[^']|'')*'|[^/]*)\s*(?:/(?P<comment>.*))?")
_LONGEST_SIDE = 800
_SAMPLES = 20_000
_CODES = {8: "B", 16: "h", 32: "i", 64: "q", -32: "f", -64: "d"}
"""Of `array`, by BITPIX."""

_FORMS = {"L": "c", "B": "B", "I": "h", "J": "i", "K": "q", "E": "f", "D": "d"}
"""Of `struct`, by the letter of TFORM."""

_FORM = re.compile(r"(\d*)([A-Z])")
_ASCII_FORM = re.compile(r"([AIFED])(\d{1,4})(?:\.\d+)?")
_MOST_FIELDS = 200
_MOST_OF_A_CELL = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a header."""

    keyword: str
    value: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FitsUnit:
    """A header with the data behind it.

    Attributes:
        cards: In order, without `END`.
        data_start: Offset of its data in bytes.
        data_size: Bytes of its data, without padding.
    """

    cards: tuple[Card, ...]
    data_start: int
    data_size: int

    def value(self, keyword: str, default: str = "") -> str:
        """Return the value of the first card with `keyword`."""
        return next((card.value for card in self.cards if card.keyword == keyword), default)

    def number(self, keyword: str, default: int = 0) -> int:
        """Return a whole number from a card, or `default` where there is none."""
        value = self.value(keyword)
        return int(value) if re.fullmatch(r"[+-]?\d{1,15}", value) else default

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes, the fastest first."""
        return tuple(self.number(f"NAXIS{axis}") for axis in range(1, min(self.number("NAXIS"), 99) + 1))

    @property
    def summary(self) -> str:
        """What the unit holds, in words."""
        name = self.value("EXTNAME")
        kind = self.value("XTENSION") or "primary"
        shape = " × ".join(map(str, self.shape)) or "no data"
        return f"{name + ', ' if name else ''}{kind}, {shape}, {self.data_size:,} bytes of data"


def fits_units(body: Blob) -> tuple[FitsUnit, ...]:
    """Return the units of a FITS file, as many as are whole; raise `ValueError` when it is not one."""
    if body[:9] != b"SIMPLE  =":
        raise ValueError("a FITS file begins with SIMPLE  =")
    units: list[FitsUnit] = []
    offset = 0
    while offset < len(body) and len(units) < _MOST_UNITS:
        cards, offset = _cards(body, offset)
        if not cards:
            break
        unit = FitsUnit(tuple(cards), offset, 0)
        size = _data_size(unit)
        units.append(FitsUnit(unit.cards, offset, size))
        offset += -(-size // _BLOCK) * _BLOCK
    return tuple(units)


def _cards(body: Blob, offset: int) -> tuple[list[Card], int]:
    """Return the cards that begin at `offset`, and the offset behind their last block."""
    cards: list[Card] = []
    while offset < len(body) and len(cards) < _MOST_CARDS:
        block = body[offset : offset + _BLOCK].decode("ascii", errors="replace")
        offset += _BLOCK
        for start in range(0, len(block), _CARD):
            line = block[start : start + _CARD]
            if line.rstrip() == "END":
                return cards, offset
            if line.strip():
                cards.append(_card(line))
    return cards, offset


def _card(line: str) -> Card:
    keyword = line[:8].strip()
    if line[8:10] != "= ":
        return Card(keyword, line[8:].strip())
    found = _VALUE.match(line[10:])
    value = found["value"].strip() if found else line[10:].strip()
    if value.startswith("'"):
        value = value[1:-1].replace("''", "'").rstrip()
    return Card(keyword, value, (found["comment"] or "").strip() if found else "")


def _data_size(unit: FitsUnit) -> int:
    """Return the bytes of data: |BITPIX| / 8 × GCOUNT × (PCOUNT + product of the axes), section 4.4.1."""
    if not unit.shape:
        return 0
    count = 1
    for length in unit.shape:
        count *= max(0, length)
    size = abs(unit.number("BITPIX")) // 8 * unit.number("GCOUNT", 1) * (unit.number("PCOUNT") + count)
    return min(max(0, size), 1 << 50)


def fits_picture(data: bytes, number: int) -> bytes:
    """Return the first plane of an image unit as PNG, stretched between its 1st and 99th percentile.

    Raises:
        ValueError: The unit holds no image of two axes, or not all of it.
    """
    unit = fits_units(data)[number]
    code = _CODES.get(unit.number("BITPIX"))
    if code is None or len(unit.shape) < 2 or min(unit.shape) < 1:  # noqa: PLR2004 - an image has two axes
        raise ValueError("it is no image")
    width, height = unit.shape[:2]
    size = struct.calcsize(code)
    step = max(1, math.ceil(max(width, height) / _LONGEST_SIDE))
    rows: list[array.array[float]] = []
    for row in reversed(range(0, height, step)):  # The first row of FITS is the lowest one.
        start = unit.data_start + row * width * size
        values: array.array[float] = array.array(code, data[start : start + width * size])
        if sys.byteorder == "little":
            values.byteswap()
        rows.append(values[::step])
    return _stretched(rows)


def _stretched(rows: list[array.array[float]]) -> bytes:
    every = [value for row in rows for value in row]
    finite = sorted(value for value in every[:: max(1, len(every) // _SAMPLES)] if math.isfinite(value))
    if not finite:
        raise ValueError("it holds no numbers")
    low, high = finite[len(finite) // 100], finite[-1 - len(finite) // 100]
    scale = 255 / ((high - low) or 1)
    grey = bytes(min(255, max(0, int((value - low) * scale))) if math.isfinite(value) else 0 for value in every)
    out = io.BytesIO()
    Image.frombytes("L", (len(rows[0]), len(rows)), grey).save(out, "PNG")
    return out.getvalue()


def fits_table(data: bytes, number: int) -> Table:
    """Return the first rows of a unit that is a table, binary or ASCII; raise `ValueError` for any other unit."""
    unit = fits_units(data)[number]
    places = range(1, min(unit.number("TFIELDS"), _MOST_FIELDS) + 1)
    fields: Sequence[_Field | _AsciiField]
    match unit.value("XTENSION"):
        case "BINTABLE":
            fields = _side_by_side(unit, places)
        case "TABLE":
            fields = [_AsciiField(unit, place) for place in places]
        case _:
            raise ValueError("it is no table")
    if len(unit.shape) < 2:  # noqa: PLR2004 - a row, and how many
        raise ValueError("a table has two axes")
    width, height = unit.shape[:2]
    rows = []
    for row in range(min(height, MOST_ROWS)):
        start = unit.data_start + row * width
        line = data[start : start + width]
        if len(line) < width:
            break
        rows.append(tuple(field.cell(line[field.start : field.start + field.size]) for field in fields))
    names = tuple(field.name for field in fields)
    cut = f"the first {len(rows):,} of {height:,} rows" if len(rows) < height else ""
    return Table(names, tuple(rows), kinds_of(names, rows), "", cut)


def _side_by_side(unit: FitsUnit, places: Sequence[int]) -> list[_Field]:
    fields: list[_Field] = []
    for place in places:
        fields.append(_Field(unit, place, fields[-1].start + fields[-1].size if fields else 0))
    return fields


def _name(unit: FitsUnit, place: int) -> str:
    unit_name = unit.value(f"TUNIT{place}")
    return unit.value(f"TTYPE{place}", f"column {place}") + (f" ({unit_name})" if unit_name else "")


class _AsciiField:
    """One column of an ASCII table: where its letters stand; a value that is `TNULL` is none."""

    def __init__(self, unit: FitsUnit, place: int) -> None:
        form = _ASCII_FORM.fullmatch(unit.value(f"TFORM{place}"))
        start = unit.number(f"TBCOL{place}")
        if form is None or start < 1:
            raise ValueError(f"column {place} has no TFORM or no TBCOL")
        self.start = start - 1
        self.size = int(form[2])
        self.name = _name(unit, place)
        self._is_text = form[1] == "A"
        self._none = unit.value(f"TNULL{place}").strip()

    def cell(self, raw: bytes) -> str:
        """Return the text of one cell."""
        text = raw.decode("ascii", "replace").strip()
        if self._none and text == self._none:
            return ""
        return text if self._is_text else text.replace("D", "E")  # 1.5D+03, as Fortran has it, is a number too.


class _Field:
    """One column: its name, its bytes in a row, and how they are read."""

    def __init__(self, unit: FitsUnit, place: int, start: int) -> None:
        form = _FORM.match(unit.value(f"TFORM{place}"))
        if form is None:
            raise ValueError(f"column {place} has no TFORM")
        self.count = int(form[1] or 1)
        self.letter = form[2]
        self.start = start
        self.name = _name(unit, place)
        sizes = {"A": 1, "X": 1, "P": 8, "Q": 16, "C": 8, "M": 16}
        each = struct.calcsize(_FORMS[self.letter]) if self.letter in _FORMS else sizes.get(self.letter, 0)
        self.size = -(-self.count // 8) if self.letter == "X" else self.count * each

    def cell(self, raw: bytes) -> str:
        """Return the text of one cell."""
        if self.letter == "A":
            return raw.split(b"\0")[0].decode("ascii", "replace").rstrip()
        if self.letter not in _FORMS:
            return raw[:_MOST_OF_A_CELL].hex(" ")
        values = struct.unpack(f">{self.count}{_FORMS[self.letter]}", raw)[:_MOST_OF_A_CELL]
        if self.letter == "L":
            return ", ".join(value.decode("ascii", "replace") for value in values)
        return ", ".join(f"{value:.9g}" if isinstance(value, float) else str(value) for value in values)
