"""FITS data: an image as a stretched picture, a binary table as rows (FITS standard 4.0, sections 3.3, 5 and 7.3)."""

from __future__ import annotations

import array
import io
import math
import re
import struct
import sys

from PIL import Image

from .fits import FitsUnit, fits_units
from .table import MOST_ROWS, Table, kinds_of

_LONGEST_SIDE = 800
_SAMPLES = 20_000
_CODES = {8: "B", 16: "h", 32: "i", 64: "q", -32: "f", -64: "d"}
"""Of `array`, by BITPIX."""

_FORMS = {"L": "c", "B": "B", "I": "h", "J": "i", "K": "q", "E": "f", "D": "d"}
"""Of `struct`, by the letter of TFORM."""

_FORM = re.compile(r"(\d*)([A-Z])")
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
    """Return the first rows of a binary table unit; raise `ValueError` for any other unit."""
    unit = fits_units(data)[number]
    if unit.value("XTENSION") != "BINTABLE":
        raise ValueError("it is no binary table")
    width, height = unit.shape[:2]
    fields = [_Field(unit, place) for place in range(1, min(unit.number("TFIELDS"), _MOST_FIELDS) + 1)]
    rows = []
    for row in range(min(height, MOST_ROWS)):
        start = unit.data_start + row * width
        line = data[start : start + width]
        if len(line) < width:
            break
        cells, offset = [], 0
        for field in fields:
            cells.append(field.cell(line[offset : offset + field.size]))
            offset += field.size
        rows.append(tuple(cells))
    names = tuple(field.name for field in fields)
    cut = f"the first {len(rows):,} of {height:,} rows" if len(rows) < height else ""
    return Table(names, tuple(rows), kinds_of(names, rows), "", cut)


class _Field:
    """One column: its name, its bytes in a row, and how they are read."""

    def __init__(self, unit: FitsUnit, place: int) -> None:
        form = _FORM.match(unit.value(f"TFORM{place}"))
        if form is None:
            raise ValueError(f"column {place} has no TFORM")
        self.count = int(form[1] or 1)
        self.letter = form[2]
        unit_name = unit.value(f"TUNIT{place}")
        self.name = unit.value(f"TTYPE{place}", f"column {place}") + (f" ({unit_name})" if unit_name else "")
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
