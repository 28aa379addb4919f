"""What offices send: sheets by calamine (XLSX, XLSB, XLS, ODS), and Word documents as a page by mammoth."""

from __future__ import annotations

import base64
import io
import itertools
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from .arrays import rows_said
from .extra import extra
from .table import MOST_COLUMNS, MOST_ROWS, Table, kinds_of
from .text import inert_page

if TYPE_CHECKING:
    from widgets.media.reply import Inert

_LONGEST_CELL = 2000
_MOST_OF_PICTURES = 3_000_000
_MOST_OF_PAGE = 4_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, and how many rows and columns it has with its head."""

    name: str
    rows: int
    columns: int


def sheets(data: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook; raise `ValueError` where there is none."""
    book = _book(data)
    found = []
    for name in book.sheet_names[:200]:
        sheet = book.get_sheet_by_name(name)
        found.append(Sheet(name, sheet.height, sheet.width))
    if not found:
        raise ValueError("it has no sheets")
    return tuple(found)


def has_lost_cells(data: bytes) -> bool:
    """Whether a workbook (ECMA-376, 18.3.1.4) has cells that are empty here: errors, and formulas without a value.

    Of workbooks of other kinds nothing can be told.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets_in_it = [name for name in archive.namelist() if _SHEET.match(name)][:_MOST_LOOKED_AT]
            return any(_LOST.search(_beginning(archive, name)) for name in sheets_in_it)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return False  # Calamine reads more kinds, and what is a little damaged.


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_LONGEST_LOOKED_AT)


_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_LOST = re.compile(rb'<c [^<>]*\bt="e"|</f>(?:<v ?/>|<v></v>)?</c>|<f [^<>]*/>(?:<v ?/>|<v></v>)?</c>')
_MOST_LOOKED_AT = 20
_LONGEST_LOOKED_AT = 5_000_000


def sheet_rows(data: bytes, name: str, start: int = 0) -> Table:
    """Return `MOST_ROWS` rows of a sheet below its first one, which is taken for the head, from `start` on."""
    sheet = _book(data).get_sheet_by_name(name)
    lines = itertools.islice(sheet.iter_rows(), sheet.start[0] if sheet.start else 0, None)
    head = [_cell(value) for value in next(lines, [])]
    width = len(head)
    rows = tuple(
        tuple(_cell(value) for value in line[:MOST_COLUMNS])
        for line in itertools.islice(lines, start, start + MOST_ROWS)
    )
    columns = tuple(head[:MOST_COLUMNS])
    total = max(0, sheet.height - 1)
    cut = [rows_said(start, len(rows), total)] if len(rows) < total else []
    cut += [f"the first {MOST_COLUMNS} of {width:,} columns"] if width > MOST_COLUMNS else []
    return Table(columns, rows, kinds_of(columns, rows), "", " and ".join(cut))


def word_page(data: bytes) -> tuple[Inert, str]:
    """Return a Word document as a page with its pictures inside, and what was left out, in words."""
    mammoth = extra("mammoth")
    left, skipped = [_MOST_OF_PICTURES], [0]

    def inlined(image: Any) -> dict[str, str]:
        with image.open() as file:
            body = file.read(left[0] + 1)
        if len(body) > left[0]:
            skipped[0] += 1
            return {"alt": "A picture that is not shown"}
        left[0] -= len(body)
        return {"src": f"data:{image.content_type};base64,{base64.b64encode(body).decode('ascii')}"}

    made = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(inlined)).value
    words = [f"{skipped[0]} large pictures are left out"] if skipped[0] else []
    if len(made) > _MOST_OF_PAGE + _MOST_OF_PICTURES * 4 // 3:
        made = made[:_MOST_OF_PAGE]
        words.append(f"the page is cut at {_MOST_OF_PAGE // 1_000_000} million characters")
    return inert_page(made), "; ".join(words)


def _book(data: bytes) -> Any:
    return extra("python_calamine", "python-calamine").CalamineWorkbook.from_filelike(io.BytesIO(data))


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond it a float skips numbers
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)[:_LONGEST_CELL]
