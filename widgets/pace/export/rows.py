"""The attempts of a probe as rows: CSV, JSON and Parquet. PURE."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.pace.log import Entry

COLUMNS = (
    *("number", "phase", "wait", "spacing", "started", "latency", "status", "error"),
    *("step_wait", "low", "high", "headers"),
)
"""Seconds throughout; `headers` is an object in JSON, and JSON text elsewhere."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(cell: object) -> object:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA) else cell


def to_csv(entries: Iterable[Entry]) -> str:
    """CSV (RFC 4180), one row per attempt; empty where there is no value."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([defused(cell) for cell in _cells(entry)] for entry in entries)
    return out.getvalue()


def to_json(entries: Iterable[Entry]) -> str:
    """A JSON array with one object per attempt."""
    rows = [{name: getattr(entry, name) for name in COLUMNS} for entry in entries]
    return json.dumps([row | {"headers": dict(row["headers"])} for row in rows], indent=1, allow_nan=False)


def to_parquet(entries: Sequence[Entry]) -> bytes:
    """Parquet, one row per attempt.

    Raises:
        ModuleNotFoundError: Without pyarrow, with what to install.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("Parquet needs pyarrow: pip install 'waitwise[parquet]'.") from error
    kinds = {"number": pa.int64(), "status": pa.int64(), "phase": pa.string(), "error": pa.string()}
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS[:-1]] + [("headers", pa.string())])
    rows = [dict(zip(COLUMNS, _cells(entry), strict=True)) for entry in entries]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema), out)
    return out.getvalue()


def _cells(entry: Entry) -> list[Any]:
    return [getattr(entry, name) for name in COLUMNS[:-1]] + [json.dumps(dict(entry.headers))]
