"""VOTable (IVOA 1.5) by astropy: its tables, with their units, a page of rows at a time.

A table may lie elsewhere, by an address, which astropy would fetch, be it a file of this machine: that is refused.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from widgets.media.reply import Unreadable

from .arrays import records
from .extra import extra
from .table import MOST_COLUMNS, MOST_ROWS, Table
from .tree import own_entities


@dataclass(frozen=True, slots=True)
class VotTable:
    """One table of a VOTable: its name or number, how many rows it has, and what its columns mean."""

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...]


def votables(data: bytes) -> tuple[tuple[VotTable, ...], Table | None]:
    """Return the tables of a VOTable, and the first rows of the first one, so that it is parsed once to be shown.

    `None` where these rows cannot be read, though other tables may be: whoever asks for them is told why.

    Raises:
        ValueError: There is no table, or it lies elsewhere.
    """
    tables = _tables(data)[:200]
    found = []
    for number, table in enumerate(tables, start=1):
        columns = tuple(
            (
                str(field.name or field.ID),
                "; ".join(filter(None, (str(field.unit or ""), field.datatype, field.description))),
            )
            for field in table.fields
        )
        found.append(VotTable(str(table.name or table.ID or f"table {number}"), len(table.array), columns))
    if not found:
        raise Unreadable("it has no tables")
    first = None
    with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        first = _page(tables[0], 0)
    return tuple(found), first


def votable_rows(data: bytes, number: int, start: int = 0) -> Table:
    """Return `MOST_ROWS` rows of a table, counted from 0, from `start` on."""
    return _page(_tables(data)[number], start)


def _page(table: Any, start: int) -> Table:
    part = table.array[start : start + MOST_ROWS]
    fields = table.fields[:MOST_COLUMNS]
    found = records(part[list(part.dtype.names)[:MOST_COLUMNS]], start, len(table.array))
    columns = tuple(
        f"{field.name or field.ID} ({field.unit})" if field.unit else str(field.name or field.ID) for field in fields
    )
    more = f"the first {MOST_COLUMNS} of {len(table.fields):,} columns" if len(table.fields) > MOST_COLUMNS else ""
    return replace(found, columns=columns, cut=" and ".join(filter(None, (found.cut, more))))


def _tables(data: bytes) -> list[Any]:
    _refuse(data)
    votable = extra("astropy.io.votable", "astropy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Most services break a rule or two of the format.
        return list(votable.parse(io.BytesIO(data), verify="ignore").iter_tables())


def _refuse(data: bytes) -> None:
    try:
        root = ElementTree.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except ElementTree.ParseError as error:
        raise ValueError(f"it is not well-formed: {error}") from error
    except DefusedXmlException as error:
        raise ValueError(own_entities(error)) from error
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "STREAM" and element.get("href"):
            raise ValueError(f"its rows lie elsewhere, at {element.get('href', '')[:200]}, and are not fetched")
