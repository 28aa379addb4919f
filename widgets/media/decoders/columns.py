"""Tables by columns: Parquet, Arrow and Feather, by pyarrow: their schema, and a page of rows at a time."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .arrays import cell, rows_said
from .extra import extra
from .table import MOST_COLUMNS, MOST_ROWS, Table, kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Columnar:
    """What a file of columns holds.

    Attributes:
        kind: Such as `"Parquet"`.
        rows: How many there are, or came.
        columns: Name and type of each.
        notes: What the file says of itself.
        broken: Why not all of it can be read, or empty.
    """

    kind: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...] = ()
    broken: str = ""


def columnar_facts(data: bytes) -> Columnar:
    """Return the schema of a Parquet, Arrow or Feather file, and how many rows it has."""
    if data[:4] == b"PAR1":
        file = _parquet(data)
        return Columnar("Parquet", file.metadata.num_rows, _fields(file.schema_arrow), _parquet_notes(file))
    kind, schema, batches = _arrow(data)
    rows, broken = 0, ""
    try:
        for batch in batches:
            rows += batch.num_rows
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - what came before the fault is shown
        broken = " ".join(str(error).split())[:200] or type(error).__name__
    return Columnar(kind, rows, _fields(schema), _metadata(schema.metadata), broken)


def columnar_rows(data: bytes, start: int = 0) -> Table:
    """Return `MOST_ROWS` rows, from `start` on."""
    if data[:4] == b"PAR1":
        file = _parquet(data)
        names, total = file.schema_arrow.names, file.metadata.num_rows
        batches = _parquet_batches(file, start)
    else:
        _, schema, every = _arrow(data)
        names, total = schema.names, 0
        batches = _skipped(every, start)
    rows: list[tuple[str, ...]] = []
    with contextlib.suppress(StopIteration):
        while len(rows) < MOST_ROWS:
            batch = _next(batches, begun=bool(rows))
            part = batch.slice(0, MOST_ROWS - len(rows))
            rows += zip(*(_cells(column) for column in part.columns[:MOST_COLUMNS]), strict=True)
    columns = tuple(names[:MOST_COLUMNS])
    cut = [rows_said(start, len(rows), total)] if total > len(rows) else []
    cut += [f"rows from {start + 1:,} on"] if not total and start else []
    cut += [f"the first {MOST_COLUMNS} of {len(names):,} columns"] if len(names) > MOST_COLUMNS else []
    return Table(columns, tuple(rows), kinds_of(columns, rows), "", " and ".join(filter(None, cut)))


def _next(batches: Iterator[Any], *, begun: bool) -> Any:
    """Return the next batch; where what follows is broken, what came before it is enough."""
    try:
        return next(batches)
    except (StopIteration, MemoryError):
        raise
    except Exception:
        if not begun:
            raise
        raise StopIteration from None


def _parquet(data: bytes) -> Any:
    parquet, arrow = extra("pyarrow.parquet", "pyarrow"), extra("pyarrow")
    # A column of a few long texts, each used many times, stays as small as it is in the file.
    schema = parquet.read_schema(arrow.BufferReader(data))
    texts = [
        name for name, kind in zip(schema.names, schema.types, strict=True) if kind in {arrow.string(), arrow.binary()}
    ]
    return parquet.ParquetFile(arrow.BufferReader(data), pre_buffer=False, read_dictionary=texts)


def _parquet_batches(file: Any, start: int) -> Iterator[Any]:
    """Yield batches from a row on; groups of rows before it are stepped over without being read."""
    groups: list[int] = []
    for number in range(file.num_row_groups):
        count = file.metadata.row_group(number).num_rows
        if start >= count and not groups:
            start -= count
        else:
            groups.append(number)
    names = [file.metadata.schema.column(0).path] if file.schema_arrow.names == [] else file.schema_arrow.names
    if groups:
        reader = file.iter_batches(
            batch_size=MOST_ROWS, row_groups=groups, columns=names[:MOST_COLUMNS], use_threads=False
        )
        yield from _skipped(reader, start)


def _skipped(batches: Iterator[Any], start: int) -> Iterator[Any]:
    for batch in batches:
        if start >= batch.num_rows:
            start -= batch.num_rows
        else:
            yield batch.slice(start)
            start = 0


def _arrow(data: bytes) -> tuple[str, Any, Iterator[Any]]:
    """Return what it is, its schema, and its batches one after the other."""
    arrow, ipc = extra("pyarrow"), extra("pyarrow.ipc", "pyarrow")
    options = ipc.IpcReadOptions(use_threads=False)
    source = arrow.BufferReader(data)
    if data[:4] == b"FEA1":
        table = extra("pyarrow.feather", "pyarrow").read_table(source, use_threads=False)
        return "Feather 1", table.schema, iter(table.to_batches())
    if data[:6] == b"ARROW1":
        file = ipc.open_file(source, options=options)
        return "Arrow file", file.schema, (file.get_batch(number) for number in range(file.num_record_batches))
    stream = ipc.open_stream(source, options=options)
    return "Arrow stream", stream.schema, iter(stream)


def _fields(schema: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(field.name), str(field.type)[:_LONGEST]) for field in list(schema)[: 4 * MOST_COLUMNS])


def _parquet_notes(file: Any) -> tuple[tuple[str, str], ...]:
    metadata = file.metadata
    packed = ""
    if metadata.num_row_groups and metadata.row_group(0).num_columns:
        packed = str(metadata.row_group(0).column(0).compression).lower()
    notes = [("Groups of rows", f"{metadata.num_row_groups:,}"), ("Written by", str(metadata.created_by or ""))]
    notes += [("Compression of the first column", packed)] if packed else []
    return (*notes, *_metadata(metadata.metadata))


def _metadata(pairs: dict[bytes, bytes] | None) -> tuple[tuple[str, str], ...]:
    shown = [(key, value) for key, value in (pairs or {}).items() if key != b"ARROW:schema"][:50]
    return tuple((key.decode("utf-8", "replace"), value[:_LONGEST].decode("utf-8", "replace")) for key, value in shown)


def _cells(column: Any) -> list[str]:
    arrow = extra("pyarrow")
    kind = column.type
    if arrow.types.is_temporal(kind) or arrow.types.is_boolean(kind):
        column = column.cast(arrow.string())  # A time of nanoseconds is none of Python's own.
    elif arrow.types.is_dictionary(kind):
        return _looked_up(column)
    return [cell(value) if not isinstance(value, dict | list) else str(value)[:2000] for value in column.to_pylist()]


def _looked_up(column: Any) -> list[str]:
    """Return the texts of a dictionary's column, each made once, however often it is used."""
    used = {number: "" for number in column.indices.to_pylist() if number is not None}
    for number in used:
        used[number] = cell(column.dictionary[number].as_py())
    return ["" if number is None else used[number] for number in column.indices.to_pylist()]
