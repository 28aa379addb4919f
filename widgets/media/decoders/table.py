"""Tables of text: CSV and its kin (RFC 4180), and server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 1000
MOST_COLUMNS = 500
MOST_EVENTS = 1000
_LONGEST_CELL = 2000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Table:
    """The first part of a table.

    Attributes:
        columns: Names from the first row.
        rows: The rows below, each as wide as `columns`.
        kinds: `"number"` or `"text"` for each column.
        delimiter: The character between cells.
        cut: What was left out, in words, or empty.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    delimiter: str = ","
    cut: str = ""


def read_table(text: str, delimiter: str = "", *, more: bool = False) -> Table:
    """Read the first rows of CSV.

    Args:
        text: The beginning of the table, or all of it.
        delimiter: Between cells; found out from the first lines when empty.
        more: Whether `text` stops in the middle; its last line is left out then.
    """
    csv.field_size_limit(1_000_000)
    delimiter = delimiter or _delimiter(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows: list[list[str]] = []
    widest = 0
    for row in reader:
        if len(rows) > MOST_ROWS:
            more = True
            break
        if row:
            widest = max(widest, len(row))
            rows.append([cell[:_LONGEST_CELL] for cell in row[:MOST_COLUMNS]])
    else:
        if more and len(rows) > 1:
            rows.pop()
    width = max((len(row) for row in rows), default=0)
    filled = [tuple(row + [""] * (width - len(row))) for row in rows]
    columns, body = (filled[0], tuple(filled[1:])) if filled else ((), ())
    cut = [f"the first {len(body):,} rows"] if more else []
    if widest > MOST_COLUMNS:
        cut.append(f"the first {MOST_COLUMNS} of {widest:,} columns")
    return Table(columns, body, kinds_of(columns, body), delimiter, " and ".join(cut))


def as_number(cell: str) -> float | None:
    """Return the number that a cell holds, or None."""
    try:
        return float(cell)
    except ValueError:
        return None


def kinds_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return `"number"` or `"text"` for each column: numbers when four of five filled cells are some."""
    return tuple("number" if _numbers(row[place] for row in rows) else "text" for place in range(len(columns)))


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into the same number of cells, and into most."""
    lines = text[:20_000].splitlines()[:20]
    best = (0, 0, ",")
    for candidate in _DELIMITERS:
        counts = [line.count(candidate) for line in lines if line.strip()]
        if any(counts):
            usual = max(set(counts), key=counts.count)
            if usual:
                best = max(best, (counts.count(usual), usual, candidate))
    return best[2]


def _numbers(cells: Iterable[str]) -> bool:
    found = [as_number(cell) for cell in cells if cell.strip()]
    return bool(found) and sum(number is not None for number in found) >= 0.8 * len(found)


@dataclass(slots=True)
class _Event:
    fields: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    def row(self, last_id: str) -> tuple[str, ...]:
        return (last_id, self.fields.get("event", "message"), "\n".join(self.data)[:2000], self.fields.get("retry", ""))


def events(text: str) -> Table:
    """Return server-sent events as a table of id, event, data and retry; the last one may be unfinished."""
    rows: list[tuple[str, ...]] = []
    event = _Event()
    last_id = ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in [*lines, ""]:
        if not line:
            if event.data:
                rows.append(event.row(last_id))
            event = _Event()
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            event.data.append(value)
        elif name == "id":
            last_id = value
        elif name:
            event.fields[name] = value
    cut = f"the last {MOST_EVENTS:,} of {len(rows):,} events" if len(rows) > MOST_EVENTS else ""
    columns = ("id", "event", "data", "retry")
    return Table(columns, tuple(rows[-MOST_EVENTS:]), ("text",) * 4, "", cut)
