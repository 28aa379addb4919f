"""Nested data as a tree of bounded size: JSON, JSON lines, XML; and what else JSON holds: a table, coded bytes."""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from widgets.media.sniff import HEAD, sniff

from .table import MOST_ROWS, Table, kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


MOST_BRANCHES = 3000
_MOST_CHILDREN = 300
_DEEPEST = 60
_LONGEST = 1000
_MOST_COLUMNS = 50
_MOST_INSIDE = 20
_MOST_BYTES = 5_000_000
_SHORTEST = 64
_DATA = re.compile(r"data:([\w.+/-]*)(?:;[\w=.-]+)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")


@dataclass(frozen=True, slots=True)
class Branch:
    """One node.

    Attributes:
        label: Its key, index or name.
        value: Its text when it is a leaf, else what it is, such as `"3 items"`.
        kind: `"object"`, `"array"`, `"string"`, `"number"`, `"true"` and so on.
        size: Characters of its compact form, for leaves and branches alike.
        children: The first ones.
        more: How many children were left out.
    """

    label: str
    value: str
    kind: str
    size: int = 0
    children: tuple[Branch, ...] = ()
    more: int = 0


def value_tree(value: Any) -> Branch:
    """Return what JSON holds as a tree."""
    return _grow("", value, 0, [MOST_BRANCHES])


def ndjson_tree(text: str) -> Branch:
    """Return JSON lines as the tree of a list; a line that is not JSON stands there as text."""
    values = []
    not_json: dict[str, None] = {}
    for line in text.splitlines():
        if line.strip():
            try:
                value, found = _loaded(line)
            except ValueError as error:
                values.append(f"not JSON ({error}): {line[:200]}")
            else:
                values.append(value)
                not_json.update(dict.fromkeys(found))
    tree = value_tree(values)
    return replace(tree, value=f"{tree.value}, {said_of(not_json)}") if not_json else tree


def said_of(not_json: Iterable[str]) -> str:
    """Return the words for values that are not JSON.

    >>> said_of(["NaN", "Infinity"])
    'with NaN and Infinity, which JSON does not have: strict readers refuse it'
    """
    return f"with {' and '.join(not_json)}, which JSON does not have: strict readers refuse it"


def xml_tree(data: bytes) -> Branch:
    """Return XML as a tree; raise `ValueError` where it is not XML, or has entities of its own."""
    try:
        root = ElementTree.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except ParseError as error:
        raise ValueError(f"it is not well-formed: {error}") from error
    except DefusedXmlException as error:
        raise ValueError(f"it has entities, which can unfold without end: {error}") from error
    return _grow_element(root, 0, [MOST_BRANCHES])


def _grow_element(element: Element, depth: int, left: list[int]) -> Branch:
    left[0] -= 1
    attributes = [
        Branch(f"@{_local(name)}", _short(value), "attribute", len(value))
        for name, value in list(element.attrib.items())[:50]
    ]
    text = " ".join((element.text or "").split())
    if not len(element) and not attributes:
        return Branch(_local(element.tag), _short(text), "element", len(text))
    children = [*attributes, *([Branch("", _short(text), "text", len(text))] if text else [])]
    seen = 0
    for child in element:
        if left[0] <= 0 or depth >= _DEEPEST or seen >= _MOST_CHILDREN:
            break
        seen += 1
        children.append(_grow_element(child, depth + 1, left))
    words = f"{len(element):,} element{'' if len(element) == 1 else 's'}"
    size = sum(branch.size for branch in children)
    return Branch(_local(element.tag), words, "element", size, tuple(children), len(element) - seen)


def _local(name: object) -> str:
    """Return a name without its namespace; comments and instructions have no name of their own."""
    return str(name).rpartition("}")[2][:200] if isinstance(name, str) else "note"


def _grow(label: str, value: Any, depth: int, left: list[int]) -> Branch:
    left[0] -= 1
    if not isinstance(value, (dict, list)):
        words = json.dumps(value, ensure_ascii=False)
        kind = {str: "string", bool: "true or false", type(None): "null"}.get(type(value), "number")
        return Branch(label, _short(words), kind, len(words))
    pairs: list[tuple[str, Any]] = (
        list(value.items()) if isinstance(value, dict) else [(str(n), item) for n, item in enumerate(value)]
    )
    children = []
    for key, item in pairs[:_MOST_CHILDREN]:
        if left[0] <= 0 or depth >= _DEEPEST:
            break
        children.append(_grow(str(key)[:200], item, depth + 1, left))
    kind, noun = ("object", "member") if isinstance(value, dict) else ("array", "item")
    words = f"{len(pairs):,} {noun}{'' if len(pairs) == 1 else 's'}"
    return Branch(label, words, kind, _size(value), tuple(children), len(pairs) - len(children))


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} … ({len(words):,} characters)"


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
    not_json: tuple[str, ...] = ()
    """Values that JSON does not have and was read all the same: `NaN`, `Infinity`, `-Infinity`."""


def json_insight(text: str, query: str = "") -> Insight:
    """Read JSON, or the part of it that a JMESPath expression chooses; raise `ValueError` when either is not right."""
    value, not_json = _loaded(text)
    if query:
        value = _filtered(value, query)
    return Insight(value_tree(value), _as_table(value), tuple(_coded(value)), not_json)


def _loaded(text: str) -> tuple[Any, tuple[str, ...]]:
    """Return what JSON holds, and the values in it that are not JSON (RFC 8259, section 6), each once."""
    found: dict[str, None] = {}

    def constant(name: str) -> float:
        found[name] = None
        return float(name)

    return json.loads(text, parse_constant=constant), tuple(found)


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
