"""Numbers in rows, planes and cubes, as something to look at: a stretched picture, a line, a table, or words.

What is drawn is said with its range: a picture whose black is 271.3 and whose white is 302.8 is no photograph.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from PIL import Image

from widgets.media.reply import Unreadable
from widgets.model.quantity import as_value

from .extra import extra
from .table import MOST_ROWS, Table, kinds_of

Array: TypeAlias = Any
"""A NumPy array, masked or not. NumPy is loaded in the limited process only, so its types are not named here."""

Stretch: TypeAlias = Literal["percentile", "range", "none"]
"""Between which values a picture goes from black to white; `"none"`: from 0 to the largest that its type can hold."""

LONGEST_SIDE = 1000
MOST_POINTS = 2000
MOST_OF_A_CELL = 20
_LONGEST_WORDS = 2000
_PERCENTILE = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A plane of numbers as a PNG, and what its greys mean."""

    png: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of numbers, thinned to what can be drawn; None where there is none, or no finite one."""

    values: tuple[float | None, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """A value, or why there is nothing to draw."""

    text: str


Drawn: TypeAlias = Picture | Line | Table | Words


def planes_of(shape: tuple[int, ...]) -> int:
    """Return how many planes there are: the last two axes are one plane."""
    return math.prod(shape[:-2]) if len(shape) > 2 else 1  # noqa: PLR2004 - a plane has two axes


def place_of(shape: tuple[int, ...], plane: int) -> tuple[int, ...]:
    """Return the indices of a plane, counted from 1, along the axes before the last two.

    >>> place_of((2, 3, 100, 100), 6)
    (1, 2)
    """
    if not 1 <= plane <= planes_of(shape):
        raise ValueError(f"there is no plane {plane:,} of {planes_of(shape):,}")
    left, place = plane - 1, []
    for length in reversed(shape[:-2]):
        left, index = divmod(left, length)
        place.append(index)
    return tuple(reversed(place))


def drawn(values: Array, stretch: Stretch = "percentile", *, upwards: bool = False) -> Drawn:
    """Return numbers of no, one or two axes as what they are seen best.

    Args:
        values: A masked value, like one that is not finite, is left out.
        stretch: Between which values a picture goes from black to white.
        upwards: Whether the first row is the lowest one.

    Raises:
        ValueError: Nothing is there to be drawn.
    """
    np = extra("numpy")
    values = np.ma.asanyarray(values)
    if values.size == 0:
        raise ValueError("it holds no values")
    if values.dtype.names:
        return records(values)
    if values.dtype.kind == "c":
        values = np.abs(values)
    if values.dtype.kind not in "biuf" or values.ndim == 0:
        return _texts(values)
    if values.ndim == 1 or 1 in values.shape[-2:]:
        return line(values.reshape(-1))
    return picture(values, stretch, upwards=upwards)


def picture(values: Array, stretch: Stretch = "percentile", *, upwards: bool = False) -> Picture:
    """Return a plane, or three planes behind each other as red, green and blue, stretched to what a screen shows."""
    np = extra("numpy")
    height, width = values.shape[:2]
    step = max(1, math.ceil(max(height, width) / LONGEST_SIDE))
    part = np.ma.asanyarray(values[::step, ::step])
    numbers = part.filled(0).astype(np.float64)
    known = np.isfinite(numbers) & ~np.ma.getmaskarray(part)
    if not known.any():
        raise Unreadable("it holds no numbers, only missing ones")
    low, high = (
        (0.0, 1.0 if values.dtype.kind == "b" else float(np.iinfo(values.dtype).max))
        if (stretch == "none" and values.dtype.kind in "bu")
        else _ends(numbers[known], stretch)
    )
    with np.errstate(all="ignore"):  # A range near the largest float overflows; the picture is white there.
        grey = np.clip((numbers / 2 - low / 2) * (510 / ((high - low) or 1.0)), 0, 255)
    grey = np.rint(np.where(known, np.nan_to_num(grey), 0)).astype(np.uint8)
    png = _png(grey[::-1] if upwards else grey, known[::-1] if upwards else known)
    words = [f"{values.dtype.name}, {width:,} × {height:,}", _meaning(numbers[known], low, high, stretch)]
    words += ["missing values are transparent"] if not known.all() else []
    words += [f"every {nth(step)} row and column is shown, and meant by these numbers"] if step > 1 else []
    return Picture(png, "; ".join(words))


def line(values: Array) -> Line:
    """Return numbers as a line of at most `MOST_POINTS` points."""
    np = extra("numpy")
    values = np.ma.asanyarray(values)
    step = max(1, math.ceil(len(values) / MOST_POINTS))
    part = values[::step]
    numbers = part.filled(0).astype(np.float64)
    known = np.isfinite(numbers) & ~np.ma.getmaskarray(part)
    points = tuple(float(number) if told else None for number, told in zip(numbers, known, strict=True))
    words = f"{values.dtype.name}, {len(values):,} values"
    if known.any():
        words += f", from {as_value(numbers[known].min())} to {as_value(numbers[known].max())}"
    words += f"; every {nth(step)} is drawn, and meant by this range" if step > 1 else ""
    return Line(points, words)


def records(values: Array, start: int = 0, total: int = 0) -> Table:
    """Return the first rows of an array of records as a table.

    Args:
        values: Of one axis, with named fields.
        start: The number of its first row, from 0, where it is a part.
        total: How many rows there are in all, where it is a part.
    """
    rows = values.reshape(-1)
    total = total or len(rows)
    names = tuple(map(str, rows.dtype.names))
    cells = [tuple(cell(row[name]) for name in rows.dtype.names) for row in rows[:MOST_ROWS]]
    return Table(names, tuple(cells), kinds_of(names, cells), "", rows_said(start, len(cells), total))


def rows_said(start: int, count: int, total: int) -> str:
    """Return which rows of how many are shown, or an empty string where that is all of them.

    >>> rows_said(1000, 500, 7000)
    'rows 1,001 to 1,500 of 7,000'
    """
    return f"rows {start + 1:,} to {start + count:,} of {total:,}" if count < total else ""


def cell(value: Any) -> str:
    """Return one value as text: numbers as short as they can be read back, text as it is, the first of many."""
    np = extra("numpy")
    if value is np.ma.masked or value is None:
        return ""
    if isinstance(value, np.ndarray):
        flat = value.reshape(-1)
        more = f", … ({len(flat):,} values)" if len(flat) > MOST_OF_A_CELL else ""
        return ", ".join(cell(one) for one in flat[:MOST_OF_A_CELL]) + more
    if isinstance(value, bytes):
        return _letters(bytes(value).rstrip(b"\0"))
    if isinstance(value, np.void):
        return ", ".join(cell(one) for one in value.item()) if value.dtype.names else value.tobytes()[:20].hex(" ")
    if isinstance(value, np.float64 | float):
        return str(float(f"{value:.15g}"))
    return str(value)[:_LONGEST_WORDS].partition("\0")[0]


def _letters(raw: bytes) -> str:
    text = raw[:_LONGEST_WORDS].decode("utf-8", "replace")
    return raw[:MOST_OF_A_CELL].hex(" ") if "\ufffd" in text else text


def _texts(values: Array) -> Drawn:
    if values.ndim == 0:
        return Words(cell(values[()]) or "no value")
    rows = [tuple(map(cell, row if values.ndim > 1 else [row])) for row in values[:MOST_ROWS]]
    names = tuple(str(place) for place in range(len(rows[0])))[:MOST_OF_A_CELL] if values.ndim > 1 else ("value",)
    rows = [row[: len(names)] for row in rows]
    cut = [rows_said(0, len(rows), len(values))] if len(values) > len(rows) else []
    if values.ndim > 1 and values.shape[1] > len(names):
        cut.append(f"the first {len(names)} of {values.shape[1]:,} columns")
    return Table(names, tuple(rows), kinds_of(names, rows), "", " and ".join(cut))


def _ends(numbers: Array, stretch: Stretch) -> tuple[float, float]:
    np = extra("numpy")
    if stretch == "percentile":
        low, high = (float(end) for end in np.percentile(numbers, (_PERCENTILE, 100 - _PERCENTILE), method="nearest"))
        if low < high:
            return low, high
    return float(numbers.min()), float(numbers.max())


def _meaning(numbers: Array, low: float, high: float, stretch: Stretch) -> str:
    least, most = float(numbers.min()), float(numbers.max())
    if stretch == "none":
        return f"as it is, black is {as_value(low)} and white {as_value(high)}"
    if least == most:
        return f"every value is {as_value(least)}"
    if stretch == "percentile" and (low, high) != (least, most):
        return (
            f"black is {as_value(low)} and white {as_value(high)}, the 1st and 99th percentile of values "
            f"from {as_value(least)} to {as_value(most)}"
        )
    return f"black is {as_value(low)} and white {as_value(high)}, the smallest and the largest value"


def _png(grey: Array, known: Array) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(grey)
    if not known.all():
        whole = known if known.ndim == 2 else known.any(axis=2)  # noqa: PLR2004 - a plane, or three behind each other
        image.putalpha(Image.fromarray((whole * 255).astype("uint8")))
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def nth(step: int) -> str:
    """Return the ordinal of a step.

    >>> [nth(step) for step in (2, 3, 4, 11, 22)]
    ['2nd', '3rd', '4th', '11th', '22nd']
    """
    ending = "th" if 10 <= step % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(step % 10, "th")  # noqa: PLR2004 - 11th, 12th, 13th
    return f"{step}{ending}"
