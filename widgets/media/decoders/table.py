"""Tables of text: CSV and its kin (RFC 4180), and server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from .dialect import as_number, find_dialect, lines_of, steady_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 1000
MOST_COLUMNS = 500
MOST_EVENTS = 1000
_LONGEST_CELL = 2000


@dataclass(frozen=True, slots=True)
class Table:
    """The first part of a table.

    Attributes:
        columns: Names from the first row.
        rows: The rows below, each as wide as `columns`.
        kinds: `"number"` or `"text"` for each column.
        delimiter: The character between cells.
        cut: What was left out, in words, or empty.
        above: Comments and titles that stand above the table.
        said: What else is to be known of how it was read.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    delimiter: str = ","
    cut: str = ""
    above: tuple[str, ...] = ()
    said: str = ""


def read_table(
    text: str,
    delimiter: str = "",
    *,
    head: bool | None = None,
    page: int = 0,
    more: bool = False,
) -> Table:
    """Read a page of rows of CSV or its kin.

    Args:
        text: The beginning of the table, or all of it.
        delimiter: Between cells; found out from the first lines when empty.
        head: Whether its first row is the head, where that is declared.
        page: Which thousand of rows, from 0.
        more: Whether `text` stops in the middle; its last line is left out then.
    """
    csv.field_size_limit(1_000_000)
    lines = lines_of(text)
    if more and len(lines) > 1:
        lines.pop()
    dialect = find_dialect(lines[:200], delimiter, head=head)
    stray: list[int] = []
    reader = (row for row in steady_rows(lines[dialect.skip :], dialect, stray) if row)
    columns = dialect.names or (tuple(next(reader, ())) if dialect.head else ())
    first = page * MOST_ROWS
    found = list(islice(reader, first, first + MOST_ROWS + 1))
    unnamed = dialect.head and _are_wider(found, len(columns))
    if rows_named := unnamed and _is_of_r(lines[dialect.skip :], found, first):
        columns = ("", *columns)
    rest = more or len(found) > MOST_ROWS
    rows = [[cell[:_LONGEST_CELL] for cell in row[:MOST_COLUMNS]] for row in found[:MOST_ROWS]]
    widest = max([len(columns), *(len(row) for row in found)], default=0)
    width = min(MOST_COLUMNS, widest)
    names = [*(name.strip() for name in columns[:MOST_COLUMNS])]
    if not dialect.head and not dialect.names:
        names = [f"column {number + 1}" for number in range(width)]
    below = _below(rows) if not rest else []
    rows = rows[: len(rows) - len(below)]
    body = tuple(tuple(row + [""] * (width - len(row))) for row in rows)
    columns = tuple((names + [""] * width)[:width])
    cut = []
    if page:
        cut.append(f"rows {first + 1:,} to {first + len(body):,}")
    elif rest:
        cut.append(f"the first {len(body):,} rows")
    if widest > MOST_COLUMNS:
        cut.append(f"the first {MOST_COLUMNS} of {widest:,} columns")
    said = "" if dialect.head or dialect.names else "No names of columns stand above: the first row is data."
    if unnamed:
        over = "; its names stand over all but the first one" if rows_named else ""
        said = f"Its rows have one cell more than its head names{over}."
    if stray:
        said = f"{said} A quote that would take in the rows behind it is shown as it stands.".strip()
    if below:
        said = f"{said} Below it stands: {' · '.join(below)}".strip()
    kinds = kinds_of(columns, body, dialect.delimiter)
    return Table(columns, body, kinds, dialect.delimiter, " and ".join(cut), dialect.above, said)


def _are_wider(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether all rows have one cell more than the head names, and not only a delimiter at their end."""
    wider = all(len(row) == width + 1 for row in rows)
    return width > 1 and wider and 2 * sum(bool(row[-1].strip()) for row in rows) > len(rows)


def _is_of_r(lines: Sequence[str], rows: Sequence[Sequence[str]], before: int) -> bool:
    """Whether R wrote a table: it puts no name over those of rows, and quotes them though they but count the rows.

    Args:
        lines: From its head on.
        rows: Those of a page.
        before: How many rows stand before them.
    """
    quoted = len(lines) > 2 and all(line.startswith(f'"{number}"') for number, line in enumerate(lines[1:3], 1))  # noqa: PLR2004 - two rows
    counts = all(row[0] == str(number) for number, row in enumerate(rows, before + 1))
    return bool(quoted and counts and _HEAD_OF_R.match(lines[0]))


_HEAD_OF_R = re.compile(r'"[^"]*"(?:[,;\t]"[^"]*")+\s*$')


def _below(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the notes and sources that stand below a table: lines of words, in which nothing parts cells."""
    count = 0
    while count < len(rows) and len(rows[-count - 1]) == 1:
        count += 1
    full = rows[: len(rows) - count]
    if not 0 < count <= _MOST_BELOW or len(full) < max(count, _FEWEST_ROWS) or any(len(row) == 1 for row in full):
        return []
    notes = [row[0].strip() for row in rows[len(full) :]]
    return notes if all(" " in note for note in notes if note) else []


_MOST_BELOW = 10
_FEWEST_ROWS = 2


def kinds_of(columns: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> tuple[str, ...]:
    """Return `"number"` or `"text"` for each column: numbers when four of five filled cells are some."""
    return tuple(
        "number" if _numbers((row[place] for row in rows), delimiter) else "text" for place in range(len(columns))
    )


def _numbers(cells: Iterable[str], delimiter: str) -> bool:
    found = [as_number(cell, delimiter) for cell in cells if cell.strip()]
    return bool(found) and sum(number is not None for number in found) >= 0.8 * len(found)


@dataclass(slots=True)
class _Event:
    fields: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    def row(self, last_id: str) -> tuple[str, ...]:
        return (last_id, self.fields.get("event", "message"), "\n".join(self.data)[:2000], self.fields.get("retry", ""))


def events(text: str, page: int = -1) -> tuple[Table, int]:
    """Return server-sent events as a table of id, event, data and retry, and how many there are.

    Args:
        text: The stream; its last event may be unfinished.
        page: Which thousand of them, from 0; the last one where it is -1.
    """
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
    pages = max(1, -(-len(rows) // MOST_EVENTS))
    first = (page if 0 <= page < pages else pages - 1) * MOST_EVENTS
    shown = rows[first : first + MOST_EVENTS]
    cut = f"events {first + 1:,} to {first + len(shown):,} of {len(rows):,}" if pages > 1 else ""
    columns = ("id", "event", "data", "retry")
    return Table(columns, tuple(shown), ("text",) * 4, "", cut), len(rows)
