"""SQLite: its tables and views, and their rows a page at a time. Read-only, in memory, and never for long.

The schema of a database is a program of whoever sent it: a view can count for ever. Nothing but reading is authorised,
functions that could reach outside are not there, and what takes too many steps is interrupted.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass

from .arrays import rows_said
from .table import MOST_COLUMNS, MOST_ROWS, Table, kinds_of

MOST_TABLES = 500
SECONDS = 4.0
_STEPS = 10_000
_LONGEST = 2000
_MOST_OF_BYTES = 20
_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_PRAGMA,
        sqlite3.SQLITE_FUNCTION,
    }
)
_REACHES_OUT = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "randomblob"}
)


@dataclass(frozen=True, slots=True)
class DatabaseTable:
    """A table or view: how many rows it has, -1 where counting takes too long or fails, and how it was made."""

    name: str
    kind: str
    rows: int
    sql: str


def database_tables(data: bytes) -> tuple[DatabaseTable, ...]:
    """Return the tables and views of a database; raise `ValueError` where it has none or is none."""
    with contextlib.closing(_opened(data, SECONDS)) as database:
        found = database.execute(
            "SELECT name, type, coalesce(sql, '') FROM sqlite_schema WHERE type IN ('table', 'view') LIMIT ?",
            (MOST_TABLES,),
        ).fetchall()
        if not found:
            raise ValueError("it has no tables")
        return tuple(
            DatabaseTable(name, kind, _count(database, name) if kind == "table" else -1, sql[:_LONGEST])
            for name, kind, sql in found
        )


def database_rows(data: bytes, name: str, start: int = 0, total: int = -1) -> Table:
    """Return `MOST_ROWS` rows of a table or view, from `start` on."""
    with contextlib.closing(_opened(data, SECONDS)) as database:
        try:
            cursor = database.execute(f"SELECT * FROM {_quoted(name)} LIMIT ? OFFSET ?", (MOST_ROWS + 1, start))  # noqa: S608 - the name is quoted
            head = [str(each[0]) for each in cursor.description]
            lines = [tuple(_cell(value) for value in line[:MOST_COLUMNS]) for line in cursor]
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise ValueError(f"it takes longer than {SECONDS:.0f} s to read, or never ends") from error
            raise
    rows, columns = tuple(lines[:MOST_ROWS]), tuple(head[:MOST_COLUMNS])
    cut = [rows_said(start, len(rows), total)] if total >= 0 else []
    if total < 0 and (start or len(lines) > MOST_ROWS):
        cut = [f"rows {start + 1:,} to {start + len(rows):,} of nobody knows how many"]
    cut += [f"the first {MOST_COLUMNS} of {len(head):,} columns"] if len(head) > MOST_COLUMNS else []
    return Table(columns, rows, kinds_of(columns, rows), "", " and ".join(filter(None, cut)))


def _opened(data: bytes, seconds: float) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    # A database in WAL mode cannot be opened from memory; what its file holds is the same in the older mode.
    database.deserialize(data[:18] + b"\1\1" + data[20:] if data[18:20] == b"\2\2" else data)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 50_000_000)
    database.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200)
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.set_authorizer(_allowed)
    until = time.monotonic() + seconds
    database.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    return database


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    reads = action in _READING and not (action == sqlite3.SQLITE_FUNCTION and second in _REACHES_OUT)
    reads = reads and (action != sqlite3.SQLITE_PRAGMA or first == "table_info")
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def _count(database: sqlite3.Connection, name: str) -> int:
    with contextlib.suppress(sqlite3.Error):
        return int(database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0])  # noqa: S608 - the name is quoted
    return -1


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return f"{value[:_MOST_OF_BYTES].hex(' ')}{' …' if len(value) > _MOST_OF_BYTES else ''} ({len(value):,} bytes)"
    return "" if value is None else str(value)[:_LONGEST]
