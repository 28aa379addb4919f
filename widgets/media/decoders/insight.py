"""JSON in three ways: as a tree, as a table where it is one, and what lies coded inside it."""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from widgets.media.sniff import HEAD, sniff

from .table import MOST_ROWS, Table, kinds_of
from .tree import Branch, value_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_COLUMNS = 50
_MOST_INSIDE = 20
_MOST_BYTES = 5_000_000
_SHORTEST = 64
_DATA = re.compile(r"data:([\w.+/-]*)(?:;[\w=.-]+)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")


@dataclass(frozen=True, slots=True)
class Inside:
    """Bytes that a string holds in base64.

    Attributes:
        path: Where the string is, such as `photos[0].data`.
        media_type: As a data: address says; empty where only the bytes tell.
        body: Decoded.
    """

    path: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Insight:
    """What is to be seen in JSON."""

    tree: Branch
    table: Table | None
    inside: tuple[Inside, ...]


def json_insight(text: str, query: str = "") -> Insight:
    """Read JSON, or the part of it that a JMESPath expression chooses; raise `ValueError` when either is not right."""
    value = json.loads(text)
    if query:
        value = _filtered(value, query)
    return Insight(value_tree(value), _as_table(value), tuple(_coded(value)))


def _filtered(value: Any, query: str) -> Any:
    # Loaded here only: the page offers no filter where the library is not installed.
    jmespath = importlib.import_module("jmespath")
    try:
        return jmespath.search(query, value)
    except jmespath.exceptions.JMESPathError as error:
        raise ValueError(f"the filter is not JMESPath: {error}") from error


def _as_table(value: Any) -> Table | None:
    """Return a list of objects as a table of their members."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return None
    names: dict[str, None] = {}
    for item in value[:MOST_ROWS]:
        names.update(dict.fromkeys(map(str, item)))
    columns = tuple(names)[:_MOST_COLUMNS]
    rows = tuple(tuple(_cell(item.get(name, "")) for name in columns) for item in value[:MOST_ROWS])
    cut = [f"the first {MOST_ROWS:,} of {len(value):,} rows"] if len(value) > MOST_ROWS else []
    if len(names) > _MOST_COLUMNS:
        cut.append(f"the first {_MOST_COLUMNS} of {len(names):,} columns")
    return Table(columns, rows, kinds_of(columns, rows), "", " and ".join(cut))


def _cell(value: Any) -> str:
    return value[:2000] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:2000]


def _coded(value: Any) -> Iterator[Inside]:
    """Yield what strings hold in base64: data: addresses, and long strings whose bytes have a signature."""
    left = _MOST_INSIDE
    for path, text in _strings(value, ""):
        found = _decoded(text)
        if found is not None:
            yield Inside(path, *found)
            left -= 1
        if not left:
            return


def _decoded(text: str) -> tuple[str, bytes] | None:
    start = _DATA.match(text)
    coded = text[start.end() :] if start else text
    if len(coded) > _MOST_BYTES or (not start and (len(coded) < _SHORTEST or not _BASE64.fullmatch(coded))):
        return None
    try:
        body = base64.b64decode("".join(coded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if start:
        return start[1].lower(), body
    return ("", body) if sniff(body[:HEAD], cut=True).strong and body else None


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from _strings(item, f"{path}.{key}" if path else str(key))
        case list():
            for place, item in enumerate(value):
                yield from _strings(item, f"{path}[{place}]")
