"""FITS data: an image as a stretched picture, a table as rows (FITS standard 4.0, sections 3.3, 5, 7.2 and 7.3)."""

from __future__ import annotations

import array
import io
import math
import re
import struct
import sys
from typing import TYPE_CHECKING

from PIL import Image

from .fits import FitsUnit, fits_units
from .table import MOST_ROWS, Table, kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
