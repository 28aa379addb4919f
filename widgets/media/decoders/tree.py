"""Nested data as a tree of bounded size: JSON in all its forms, and XML; a page, a search or a filter of it.

Every part that is left out is named with its place, and can be asked for.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from widgets.media.reply import Misasked, Unreadable
from widgets.media.sniff import HEAD, SIGNATURES, sniff

from .dialect import as_number
from .table import MOST_ROWS, Table, kinds_of
from .values import Doubled, Kept, NotJson, read_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


MOST_BRANCHES = 3000
MOST_CHILDREN = 300
MOST_HITS = 100
_DEEPEST = 60
_SHORT = 200
_SECONDS = 3.0
_MOST_WHOLE = 300_000
_PAGE = 50_000
_MOST_CUT = 60
_FEWEST_EACH = 16
_MOST_COLUMNS = 50
_MOST_TABLES = 4
_FEW = 3
_MOST_INSIDE = 20
_MOST_BYTES = 5_000_000
_SHORTEST = 64
_SURE = 4
_DATA = re.compile(r"data:([\w.+/-]*)(?:;[\w=.-]+)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")
_HEX = re.compile(r"(?i)(?:[0-9a-f]{2})+")
_SURE_STARTS = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb", b"\x1f\x8b\x08")

Path: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One node.

    Attributes:
        label: Its key, index or name.
        value: Its text when it is a leaf, else what it is, such as `"3 items"`.
        kind: `"object"`, `"array"`, `"string"`, `"number"`, `"true"` and so on.
        size: Characters of its compact form, for leaves and branches alike.
        children: Some of them.
        more: How many children were left out.
        whole: The text of a leaf with its line ends, where `value` does not show it as it is.
    """

    label: str
    value: str
    kind: str
    size: int = 0
    children: tuple[Branch, ...] = ()
    more: int = 0
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of which something was left out.

    Attributes:
        path: Places from the root, by which it is asked for.
        words: Where it is and how much of it is shown.
        pages: In how many pages it can be shown.
    """

    path: Path
    words: str
    pages: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a page of a part, or what holds some words.

    Attributes:
        path: The part, by places from the root.
        page: From 0.
        search: Words to be found in names and values, whatever their case; empty for no search.
    """

    path: Path = ()
    page: int = 0
    search: str = ""


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
    """What is to be seen in JSON or XML.

    Attributes:
        tree: What was asked for.
        cut: The parts of which something was left out.
        tables: Lists of alike objects, and fields with their data, each with where it is.
        inside: Coded bytes.
        said: Sentences on how it was read.
        pages: In how many pages what was asked for can be shown.
        strict: Whether strict readers take it.
    """

    tree: Branch
    cut: tuple[Cut, ...] = ()
    tables: tuple[tuple[str, Table], ...] = ()
    inside: tuple[Inside, ...] = ()
    said: tuple[str, ...] = ()
    pages: int = 1
    strict: bool = True


def json_insight(
    text: str, query: str = "", wanted: Wanted = Wanted(), *, lines: bool = False, more: bool = False
) -> Insight:
    """Read JSON, or the part of it that a JMESPath expression chooses.

    Raises:
        Unreadable: It is not JSON; the message says where.
        Misasked: The expression is not right, or cannot be asked of these values; the message says what is wrong.
    """
    begun = time.monotonic()  # What is read is drawn as well, which takes about as long: both have to end in time.
    read = read_values(text, lines=lines, more=more, enough=lambda: time.monotonic() - begun > _SECONDS)
    value = _filtered(read.value, query) if query else read.value
    read = replace(read, value=value)
    if wanted != Wanted():
        return _part(_JsonNode("", value), wanted, read.said)
    tree, cut = grown(_JsonNode("", value))
    return Insight(tree, cut, tuple(_tables(value)), tuple(_coded(value)), read.said, strict=read.strict)


def xml_insight(text: str, wanted: Wanted = Wanted()) -> Insight:
    """Read XML; raise `Unreadable` where it is not well-formed, or has entities of its own."""
    found, said = xml_read(text)
    root = _XmlNode(found)
    if wanted != Wanted():
        return _part(root, wanted, said)
    tree, cut = grown(root)
    return Insight(tree, cut, said=said, strict=not said)


def xml_read(text: str) -> tuple[Element, tuple[str, ...]]:
    """Return the root of XML, and what was said of what stands around it: programs print blanks and warnings there."""
    try:
        return xml_root(text), ()
    except Unreadable:
        start = text.find("<?xml ", 0, _LONGEST_BEFORE)
        end = _END.search(text)
        if start <= 0 and not (end and end[2].strip()):
            raise
        inner = text[max(start, 0) : end.end(1) if end else None]
        try:
            root = xml_root(inner)
        except Unreadable:
            root = None
    if root is None:
        return xml_root(text), ()
    around = (("Before", text[: max(start, 0)]), ("After", end[2] if end else ""))
    return root, tuple(_around(place, words) for place, words in around if words.strip("\ufeff") and words)


_LONGEST_BEFORE = 4096
_END = re.compile(r"\A.*(</[\w:.-]+\s*>)(.*)\Z", re.DOTALL)


def _around(place: str, words: str) -> str:
    shown = " ".join(words.replace("\0", " ").split())[:_SHORT]
    what = f"what is not XML: {shown}" if shown else "NULs" if "\0" in words else "blanks"
    verb = "stand" if not shown else "stands"
    return f"{place} it {verb} {what}; strict readers refuse that."


def xml_root(text: str) -> Element:
    """Return the root of XML; raise `Unreadable` where it is not well-formed, or has entities of its own."""
    try:
        root: Element = ElementTree.fromstring(
            text.lstrip("\ufeff"), forbid_dtd=False, forbid_entities=True, forbid_external=True
        )
    except ParseError as error:
        line, column = error.position
        words = str(error).partition(":")[0].removeprefix("not well-formed").strip(" ()")
        more = f": {words}" if words else ""
        what = "it says XML 1.1 and is read here as 1.0" if _XML_11.match(text) else "not well-formed"
        raise Unreadable(f"{what}: line {line:,}, column {column + 1:,}{more}") from error
    except DefusedXmlException as error:
        raise Unreadable(own_entities(error)) from error
    return root


_XML_11 = re.compile(r"""\ufeff?<\?xml\s+version\s*=\s*["']1\.1""")


def own_entities(error: DefusedXmlException) -> str:
    """What is said of XML that is not read, since it could unfold without end or lead elsewhere."""
    name = getattr(error, "name", "")
    return f"it has entities of its own{f' ({name[:40]})' if name else ''}, which can unfold without end"


def svg_drawing(text: str) -> bytes:
    """Return a drawing in UTF-8, whatever it was written in; raise `Unreadable` where it is not well-formed.

    Entities of its own are let be, as many editors write them: it is the browser that reads the drawing, as a picture,
    and there it may ask for nothing.
    """
    plain = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n").rstrip("\0"), count=1)
    if "<!ENTITY" not in plain:
        root = xml_root(plain)
        if _local(root.tag) != "svg":
            raise Unreadable(f"not a drawing: its root is {_local(root.tag)}, not svg")
        if root.tag == "svg":  # Browsers draw none without its namespace.
            plain = plain.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return plain.encode("utf-8", "replace")


_DECLARATION = re.compile(r"<\?xml[^>]*\?>")


_NAMELESS = '""'


class _JsonNode:
    """A value of JSON in its place."""

    __slots__ = ("label", "value")
    noun = ""

    def __init__(self, label: str, value: Any) -> None:
        self.label = label
        self.value = value

    def inner(self) -> Sequence[_JsonNode]:
        match self.value:
            case Doubled() as doubled:
                return [_JsonNode(name[:_SHORT] or _NAMELESS, value) for name, value in doubled.pairs]
            case dict() as members:
                return [_JsonNode(name[:_SHORT] or _NAMELESS, value) for name, value in members.items()]
            case list() as items:
                return [_JsonNode(str(number), item) for number, item in enumerate(items)]
            case _:
                return ()

    def step(self) -> str:
        return self.label

    def described(self, count: int) -> tuple[str, str, int, str]:
        """Return what stands for it, its kind, its size, and its text where that is longer."""
        value = self.value
        if isinstance(value, (dict, list)):
            kind, noun = ("object", "member") if isinstance(value, dict) else ("array", "item")
            return f"{count:,} {noun}{'' if count == 1 else 's'}", kind, _size(value), ""
        words = value.text if isinstance(value, Kept) else json.dumps(value, ensure_ascii=False)
        if isinstance(value, NotJson):
            return str(value)[:_SHORT], "text", len(value), str(value) if len(value) > _SHORT else ""
        kind = {str: "string", bool: "true or false", type(None): "null"}.get(type(value), "number")
        whole = value if isinstance(value, str) and (len(value) > _SHORT or "\n" in value) else ""
        if kind == "number" and len(words) > _SHORT:
            whole = words
        return words, kind, len(words), whole

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""


class _XmlNode:
    """An element, an attribute or a text of XML."""

    __slots__ = ("element", "kind", "label", "value")

    def __init__(self, element: Element | None, label: str = "", value: str = "", kind: str = "element") -> None:
        self.element = element
        self.label = _local(element.tag) if element is not None else label
        self.value = value
        self.kind = kind

    def inner(self) -> Sequence[_XmlNode]:
        if self.element is None:
            return ()
        found = [_XmlNode(None, f"@{_local(name)}", value, "attribute") for name, value in self.element.items()]
        if not len(self.element) and not found:
            return ()
        if (self.element.text or "").strip():
            found.append(_XmlNode(None, "", self.element.text or "", "text"))
        for child in self.element:
            found.append(_XmlNode(child))
            if (child.tail or "").strip():
                found.append(_XmlNode(None, "", child.tail or "", "text"))
        return found

    def step(self) -> str:
        return self.label or "text"

    def described(self, count: int) -> tuple[str, str, int, str]:
        """Return what stands for it, its kind, its size, and its text where that is longer."""
        if count and self.element is not None:
            elements = len(self.element)
            words = f"{elements:,} element{'' if elements == 1 else 's'}"
            return words, "element", 0, ""
        text = self.text().strip("\r\n")
        words = " ".join(text.split())
        return words, self.kind, len(words), text if len(words) > _SHORT or "\n" in text.strip() else ""

    def text(self) -> str:
        return (self.element.text or "") if self.element is not None else self.value


class _Node(Protocol):
    """A place in nested data."""

    @property
    def label(self) -> str:
        """Its key, index or name."""

    def inner(self) -> Sequence[_Node]:
        """What lies in it."""

    def step(self) -> str:
        """What it is called in a path."""

    def described(self, count: int) -> tuple[str, str, int, str]:
        """Return what stands for it, its kind, its size, and its text where that is longer."""

    def text(self) -> str:
        """Its text, where it is one."""


def _local(name: object) -> str:
    """Return a name without its namespace; comments and instructions have no name of their own."""
    return str(name).rpartition("}")[2][:_SHORT] if isinstance(name, str) else "note"


@dataclass(slots=True)
class _Growth:
    """What growing a tree may still take, and what it left out."""

    whole: int = _MOST_WHOLE
    cut: list[Cut] = field(default_factory=list)


def grown(root: _Node, path: Path = (), first: int = 0, budget: int = MOST_BRANCHES) -> tuple[Branch, tuple[Cut, ...]]:
    """Return a tree of at most `budget` branches, and the parts of which something was left out."""
    growth = _Growth()
    tree = _grow(root, path, root.step(), budget, growth, first)
    return tree, tuple(growth.cut[:_MOST_CUT])


def _grow(node: _Node, path: Path, where: str, budget: int, growth: _Growth, first: int = 0) -> Branch:
    inner = node.inner()
    words, kind, size, whole = node.described(len(inner))
    if not inner:
        return _leaf(node, path, where, (words, kind, size, whole), growth)
    offered = inner[first : first + MOST_CHILDREN]
    shares = _shares([_need(child, budget) for child in offered], budget - 1) if len(path) < _DEEPEST else []
    children = tuple(
        _grow(child, (*path, first + number), f"{where} › {child.step()}".lstrip(" ›"), share, growth)
        for number, (child, share) in enumerate(zip(offered, shares, strict=False))
    )
    more = len(inner) - first - len(children)
    if more or first:
        note = f"{where or 'the whole'}: {len(children):,} of {len(inner):,}"
        growth.cut.append(Cut(path, note, -(-len(inner) // MOST_CHILDREN)))
    return Branch(node.label, words, kind, size, children, more)


def _leaf(node: _Node, path: Path, where: str, described: tuple[str, str, int, str], growth: _Growth) -> Branch:
    words, kind, size, whole = described
    shown = words if len(words) <= _SHORT else f"{words[:_SHORT]} …"
    kept = whole[: min(_PAGE, growth.whole)]
    growth.whole -= len(kept)
    if len(kept) < len(whole):
        growth.cut.append(
            Cut(path, f"{where or 'the text'}: {len(kept):,} of {len(whole):,} characters", -(-len(whole) // _PAGE))
        )
    return Branch(node.label, shown, kind, size, whole=kept)


def _need(node: _Node, most: int) -> int:
    """Return how many branches a node and all below it are; no more than `most` are counted."""
    count, waiting = 0, [node]
    while waiting and count < most:
        one = waiting.pop()
        count += 1
        waiting.extend(one.inner()[: most - count])
    return count


def _shares(needs: list[int], budget: int) -> list[int]:
    """Return the share of each sibling: small ones get all they need, what is left is for the large ones.

    Where there are too many, the last get none, rather than each a useless crumb.
    """
    if sum(needs) <= budget:
        return needs
    usual = sorted(needs)[len(needs) // 2]
    needs = needs[: max(1, budget // min(usual, _FEWEST_EACH))]
    shares = [0] * len(needs)
    left = budget
    order = sorted(range(len(needs)), key=needs.__getitem__)
    for done, number in enumerate(order):
        shares[number] = min(needs[number], left // (len(order) - done))
        left -= shares[number]
    return [share for share in shares if share]


def _part(root: _Node, wanted: Wanted, said: tuple[str, ...]) -> Insight:
    """Return a page of a part, or of what was found."""
    if wanted.search:
        return _found(root, wanted, said)
    node, where = root, root.step()
    for number in wanted.path:
        inner = node.inner()
        if not 0 <= number < len(inner):
            raise ValueError("there is no such part")
        node = inner[number]
        where = f"{where} › {node.step()}".lstrip(" ›")
    inner = node.inner()
    if inner:
        pages = -(-len(inner) // MOST_CHILDREN)
        first = min(max(0, wanted.page), pages - 1) * MOST_CHILDREN
        tree, cut = grown(node, wanted.path, first)
        own = Cut(wanted.path, f"{where or 'the whole'}: {len(inner):,}", pages)
        return Insight(tree, (own, *(one for one in cut if one.path != wanted.path)), said=said, pages=pages)
    text = node.text()
    pages = max(1, -(-len(text) // _PAGE))
    page = min(max(0, wanted.page), pages - 1)
    piece = text[page * _PAGE : (page + 1) * _PAGE]
    words = f"characters {page * _PAGE + 1:,} to {page * _PAGE + len(piece):,} of {len(text):,}"
    return Insight(
        Branch(node.label, words, "string", len(text), whole=piece),
        (Cut(wanted.path, where, pages),),
        said=said,
        pages=pages,
    )


def _found(root: _Node, wanted: Wanted, said: tuple[str, ...]) -> Insight:
    """Return what holds the words, each with its place; a page of a hundred."""
    words = wanted.search.casefold()
    hits: list[Branch] = []
    count = 0
    first = max(0, wanted.page) * MOST_HITS
    waiting: list[tuple[_Node, str]] = [(root, root.step())]
    while waiting:
        node, where = waiting.pop()
        inner = node.inner()
        if words in node.label.casefold() or (not inner and words in _said_by(node).casefold()):
            if first <= count < first + MOST_HITS:
                tree, _ = grown(node, budget=_FEWEST_EACH)
                hits.append(Branch(where, tree.value, tree.kind, tree.size, tree.children, tree.more, tree.whole))
            count += 1
        waiting.extend((child, f"{where} › {child.step()}".lstrip(" ›")) for child in reversed(inner))
    pages = max(1, -(-count // MOST_HITS))
    shown = f"{count:,} found" + (f", {first + 1:,} to {first + len(hits):,} are shown" if pages > 1 else "")
    return Insight(Branch("", shown, "array", 0, tuple(hits)), said=said, pages=pages)


def _said_by(node: _Node) -> str:
    return node.described(0)[0] if not node.text() else node.text()


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _filtered(value: Any, query: str) -> Any:
    # Loaded here only: the page offers no filter where the library is not installed.
    from widgets.model.query import Query  # noqa: PLC0415 - see above

    try:
        return Query(query).of(value)
    except ValueError as error:
        raise Misasked(str(error).rstrip(".")) from error


def _tables(value: Any) -> Iterator[tuple[str, Table]]:
    """Yield what is a table in JSON, and where: the whole, or what lies up to two levels down."""
    waiting, left = [("", value)], _MOST_TABLES
    while waiting and left:
        where, one = waiting.pop(0)
        table = _as_table(one)
        if table is not None and len(table.rows) > 1 < len(table.columns):
            yield where, table
            left -= 1
        elif isinstance(one, dict) and where.count(".") < 2:  # noqa: PLR2004 - levels
            waiting.extend((f"{where}.{name}".lstrip("."), inner) for name, inner in list(one.items())[:MOST_ROWS])
        elif isinstance(one, list) and not where and len(one) <= _FEW:  # what is said of the rows, and the rows
            waiting.extend((f"[{place}]", inner) for place, inner in enumerate(one) if isinstance(inner, list))


def _as_table(value: Any) -> Table | None:
    """Return a list of objects as a table of their members, or fields with their data."""
    if isinstance(value, dict):
        return _with_fields(value) or _by_columns(value)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return _with_head(value) if isinstance(value, list) else None
    names: dict[str, None] = {}
    for item in value[:MOST_ROWS]:
        names.update(dict.fromkeys(map(str, item)))
    if not names:
        return None
    return _table(tuple(names), [[item.get(name, "") for name in names] for item in value[:MOST_ROWS]], len(value))


def _with_fields(value: dict[str, Any]) -> Table | None:
    """Return a table of names in one member and rows in another, as `fields` and `data` of SBDB and others."""
    rows = next((value[name] for name in _ROWS if _are_rows(value.get(name))), None)
    names = next((value[name] for name in _NAMES if isinstance(value.get(name), list)), None)
    if rows is None or not names:
        return None
    heads = [_head(name) for name in names]
    if not all(heads) or any(len(row) != len(heads) for row in rows[:MOST_ROWS]):
        return None
    return _table(tuple(heads), rows[:MOST_ROWS], len(rows))


def _by_columns(value: dict[str, Any]) -> Table | None:
    """Return a table of members that are lists of the same length, as forecasts and data frames send their columns."""
    columns = list(value.values())
    alike = len(columns) > 1 and all(isinstance(column, list) and len(column) > 1 for column in columns)
    if not alike or len({len(column) for column in columns}) > 1:
        return None
    rows = list(zip(*(column[:MOST_ROWS] for column in columns), strict=True))
    if any(isinstance(cell, (dict, list)) for row in rows[:50] for cell in row):
        return None
    return _table(tuple(map(str, value)), rows, len(columns[0]))


_ROWS = ("data", "rows", "values", "records", "results", "Data")
_NAMES = ("fields", "columns", "header", "headers", "names", "metadata", "schema", "columnNames")


def _head(name: Any) -> str:
    if isinstance(name, dict):
        name = next((name[key] for key in ("name", "id", "field", "label", "title") if key in name), "")
    return name if isinstance(name, str) else ""


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, list) for row in value)


_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
"""A number as programs write it: names may be `nan`, too."""


def _with_head(rows: list[Any]) -> Table | None:
    """Return a list of rows whose first one holds names, as the census and others send it, numbers as texts too."""
    if not _are_rows(rows) or len(rows) < 2 or not all(isinstance(name, str) and name for name in rows[0]):  # noqa: PLR2004
        return None
    width = len(rows[0])
    alike = width > 1 and all(len(row) == width for row in rows[: MOST_ROWS + 1])
    named = alike and (
        any(not isinstance(cell, str) for row in rows[1:50] for cell in row)
        or (
            all(as_number(name) is None for name in rows[0])
            and sum(all(_PLAIN.fullmatch(row[place]) for row in rows[1:50]) for place in range(width)) > 1
        )
    )
    if not named:
        return None
    return _table(tuple(rows[0]), rows[1 : MOST_ROWS + 1], len(rows) - 1)


def _table(names: tuple[str, ...], rows: Sequence[Sequence[Any]], count: int) -> Table:
    columns = names[:_MOST_COLUMNS]
    cells = tuple(tuple(_cell(cell) for cell in row[:_MOST_COLUMNS]) for row in rows)
    cut = [f"the first {MOST_ROWS:,} of {count:,} rows"] if count > MOST_ROWS else []
    if len(names) > _MOST_COLUMNS:
        cut.append(f"the first {_MOST_COLUMNS} of {len(names):,} columns")
    return Table(columns, cells, kinds_of(columns, cells), "", " and ".join(cut))


def _cell(value: Any) -> str:
    if isinstance(value, Kept):
        return value.text[:2000]
    return value[:2000] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:2000]


def _coded(value: Any) -> Iterator[Inside]:
    """Yield what strings hold in base64: data: addresses, and long strings that are a known kind beyond doubt."""
    left = _MOST_INSIDE
    for path, text in _strings(value, ""):
        found = _decoded(text)
        if found is not None:
            yield Inside(path, *found)
            left -= 1
        if not left:
            return


def _decoded(text: str) -> tuple[str, bytes] | None:
    if text[:1] in ("{", "[") and text[-1:] in ("}", "]") and _SHORTEST_JSON <= len(text) <= _MOST_BYTES:
        return ("application/json", text.encode("utf-8", "replace")) if _is_json(text) else None
    start = _DATA.match(text)
    coded = text[start.end() :] if start else text
    if len(coded) > _MOST_BYTES or (not start and (len(coded) < _SHORTEST or not _BASE64.fullmatch(coded))):
        return None
    if not start and (_HEX.fullmatch(coded) or not _begins_like_a_kind(coded)):
        return None  # A digest, by chance, may begin like anything.
    try:
        body = base64.b64decode("".join(coded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if start:
        return start[1].lower(), body
    found = sniff(body[:HEAD], cut=True)
    sure = found.strong and not found.offset and len(bytes.fromhex(found.evidence)) >= _SURE
    return ("", body) if sure or body.startswith(_SURE_STARTS) else None


_SHORTEST_JSON = 8


def _is_json(text: str) -> bool:
    """Whether a string holds an object or a list, as queues and gateways put one into another."""
    try:
        return bool(json.loads(text)) and '"' in text
    except (ValueError, RecursionError):
        return False


def _begins_like_a_kind(coded: str) -> bool:
    """Whether the first bytes are those of a known kind: most strings that look coded are none, and are many."""
    try:
        head = base64.b64decode("".join(coded[:800].split())[:400])
    except (binascii.Error, ValueError):
        return False
    return head.startswith(_SURE_STARTS) or any(
        len(signature) >= _SURE and head[place : place + len(signature)] == signature
        for place, signature, *_ in SIGNATURES
    )


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
