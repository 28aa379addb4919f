"""FITS by astropy's rules: header cards, planes of images (compressed ones too), rows of tables.

A file that broke off shows what came: astropy is asked for no more than is there.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .arrays import Array, Drawn, Stretch, cell, drawn, place_of, planes_of, rows_said
from .extra import extra
from .table import MOST_ROWS, Table, kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNITS = 100
_MOST_CARDS = 2000
_MOST_FIELDS = 200
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a header."""

    keyword: str
    value: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FitsUnit:
    """A header, and what the data behind it are.

    Attributes:
        cards: In order, without `END`.
        summary: What the unit holds, in words.
        kind: `"image"`, `"table"`, or empty where there are no data to show.
        planes: Of an image.
        rows: Of a table, as many as came.
    """

    cards: tuple[Card, ...]
    summary: str
    kind: str = ""
    planes: int = 1
    rows: int = 0


def fits_units(data: bytes) -> tuple[tuple[FitsUnit, ...], str]:
    """Return the units of a FITS file, and what is wrong with it, in words, or an empty string."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Whatever astropy warns of is looked at below, or harmless.
        units, why = [], ""
        try:
            for unit in _units(data):
                units.append(_described(data, unit))
                if len(units) == MOST_UNITS:
                    why = f"only the first {MOST_UNITS} units are listed"
                    break
        except Exception as error:
            if not units:
                raise
            why = f"behind unit {len(units) - 1} it cannot be read: {' '.join(str(error).split())[:200]}"
    return tuple(units), why


def fits_picture(data: bytes, number: int, plane: int = 1, stretch: Stretch = "percentile") -> Drawn:
    """Return one plane of an image, as far as it came.

    Args:
        data: The file.
        number: Of the unit, from 0.
        plane: From 1; the last two axes of NumPy, the first two of FITS, are one plane.
        stretch: Between which values it goes from black to white.

    Raises:
        ValueError: The unit is no image, or nothing of this plane came.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        unit = _unit(data, number)
        if not unit.is_image:
            raise ValueError("it is no image")
        shape = tuple(unit.shape)
        place = place_of(shape, plane)
        _, came = _sizes(data, unit)
        if _is_compressed(unit):
            values = unit.section[place or ...]  # `data` would take the scale out of the header.
        else:
            rows = _rows_that_came(unit, shape, plane, came)
            values = unit.section[(*place, slice(0, rows))] if shape else None
        if values is None:
            raise ValueError("it has no data")
        return drawn(_blanked(unit, values), stretch, upwards=True)


def fits_table(data: bytes, number: int, start: int = 0) -> Table:
    """Return rows of a table, binary or ASCII, from `start` on; raise `ValueError` for any other unit."""
    np = extra("numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        unit = _unit(data, number)
        if _is_compressed(unit) or unit.is_image:
            raise ValueError("it is no table")
        total = int(unit.header["NAXIS2"])
        whole = _whole(data, unit)
        columns = list(whole.columns)[:_MOST_FIELDS]
        records = whole.data[start : start + MOST_ROWS]
        raw = whole.data.view(np.ndarray)[start : start + MOST_ROWS]
        cells = [_column(column, records, raw) for column in columns]
        rows = tuple(zip(*cells, strict=True))
    names = tuple(f"{column.name} ({column.unit})" if column.unit else str(column.name) for column in columns)
    cut = [rows_said(start, len(rows), total)] if len(rows) < total else []
    if len(whole.columns) > _MOST_FIELDS:
        cut.append(f"the first {_MOST_FIELDS} of {len(whole.columns):,} columns")
    return Table(names, rows, kinds_of(names, rows), "", " and ".join(cut))


def _units(data: bytes) -> Iterator[Any]:
    """Yield the units one by one, as `_unit` finds them."""
    for number in range(MOST_UNITS):
        try:
            unit = _unit(data, number)
        except IndexError:
            return
        yield unit


_last: list[tuple[bytes, Any]] = []


def _unit(data: bytes, number: int) -> Any:
    fits = extra("astropy.io.fits", "astropy")
    if not _last or _last[0][0] is not data:
        _last[:] = [(data, fits.open(io.BytesIO(data), memmap=False, lazy_load_hdus=True, ignore_missing_simple=True))]
    return _last[0][1][number]


def _described(data: bytes, unit: Any) -> FitsUnit:
    cards = tuple(_card(card) for card in unit.header.cards[:_MOST_CARDS])
    expected, came = _sizes(data, unit)
    missing = f", of which only {came:,} came" if came < expected else ""
    name = f"{unit.name}, " if unit.name and unit.name != "PRIMARY" else ""
    kind = str(unit.header.get("XTENSION", "primary")).strip()
    if _is_compressed(unit):
        kind = f"image compressed by {unit.compression_type}"
    if unit.is_image:
        shape = tuple(unit.shape)
        lengths = " × ".join(f"{length}" for length in reversed(shape)) or "no data"
        summary = f"{name}{kind}, {lengths}, {expected:,} bytes of data{missing}"
        shown = "image" if shape and min(shape) > 0 else ""
        return FitsUnit(cards, summary, shown, planes_of(shape) if shown else 1)
    rows, width = int(unit.header.get("NAXIS2", 0)), int(unit.header.get("NAXIS1", 0))
    there = min(rows, came // width) if width > 0 else 0
    summary = f"{name}{kind}, {rows:,} rows of {width:,} bytes, {expected:,} bytes of data{missing}"
    return FitsUnit(cards, summary, "table" if hasattr(unit, "columns") and rows > 0 else "", rows=there)


def _card(card: Any) -> Card:
    try:
        keyword, value, comment = card.keyword, card.value, card.comment
    except Exception:  # noqa: BLE001 - a card against the standard is shown as it stands
        return Card(str(card.image)[:8].strip(), str(card.image)[8:].strip())
    text = {True: "T", False: "F"}.get(value, "") if isinstance(value, bool) else str(value).strip()
    return Card(str(keyword)[:80], text[:_LONGEST], str(comment)[:_LONGEST])


def _sizes(data: bytes, unit: Any) -> tuple[int, int]:
    """Return how many bytes of data the header announces, and how many of them came."""
    info = unit.fileinfo() or {}
    behind = getattr(unit, "_bintable", None) or unit
    expected = int(behind.size)
    return expected, max(0, min(expected, len(data) - int(info.get("datLoc", 0))))


def _is_compressed(unit: Any) -> bool:
    return hasattr(unit, "compression_type")


def _rows_that_came(unit: Any, shape: tuple[int, ...], plane: int, came: int) -> int:
    """Return how many rows of a plane are there; a line is a plane whose rows are single values."""
    each = abs(int(unit.header["BITPIX"])) // 8
    row = each * (shape[-1] if len(shape) > 1 else 1)
    height = shape[-2] if len(shape) > 1 else shape[0]
    rows = min(height, (came - (plane - 1) * height * row) // row)
    if rows < 1:
        raise ValueError("its data broke off before this plane" if came else "none of its data came")
    return rows


def _blanked(unit: Any, values: Array) -> Array:
    """Return values with those masked that BLANK says are none, where astropy let them be: integers, and a BLANK of 0.

    BLANK is a number as it is stored (FITS 4.0, section 5.3).
    """
    np = extra("numpy")
    header = unit.header
    blank = header.get("BLANK")
    if not isinstance(blank, int) or header.get("BITPIX", 8) < 0 or (blank and values.dtype.kind not in "iu"):
        return values
    zero = header.get("BZERO", 0)
    # Scaled numbers have less precision than the header: there a BLANK of 0 has become the zero point, rounded as they.
    none = values.dtype.type(zero) if values.dtype.kind == "f" else zero + blank * header.get("BSCALE", 1)
    return np.ma.masked_where(values == none, values)


def _whole(data: bytes, unit: Any) -> Any:
    """Return a table as astropy reads it; of one that broke off, one with the rows that came."""
    expected, came = _sizes(data, unit)
    width, rows = int(unit.header["NAXIS1"]), int(unit.header["NAXIS2"])
    if came == expected:
        return unit
    there = min(rows, came // width) if width > 0 else 0
    if there < 1:
        raise ValueError("none of its rows came")
    header = unit.header.copy()
    header["NAXIS2"] = there
    start = int(unit.fileinfo()["datLoc"])
    body = data[start : start + (there * width if came < rows * width else came)]
    header["PCOUNT"] = max(0, len(body) - there * width)
    return type(unit).fromstring(header.tostring().encode("ascii") + body + b"\0" * (-len(body) % 2880))


def _column(column: Any, records: Any, raw: Array) -> list[str]:
    """Return the cells of a column; a whole number that is TNULL as it is stored is none."""
    try:
        values = [cell(value) for value in records.field(column.name)]
    except Exception as error:  # noqa: BLE001 - one column that cannot be read does not hide the others
        return [f"({' '.join(str(error).split())[:80]})"] * len(records)
    null = column.null
    if null in (None, ""):
        return values
    stored = raw[column.name]
    if stored.dtype.kind in "iu":
        return ["" if bool((one == int(null)).all()) else text for one, text in zip(stored, values, strict=True)]
    mark = str(null).strip().encode("ascii", "replace")
    return [
        "" if isinstance(one, bytes) and bytes(one).strip() == mark else text
        for one, text in zip(stored, values, strict=True)
    ]
