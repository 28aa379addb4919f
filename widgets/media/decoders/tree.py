"""Nested data as a tree of bounded size: JSON, JSON lines, XML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

MOST_BRANCHES = 3000
_MOST_CHILDREN = 300
_DEEPEST = 60
_LONGEST = 1000


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
    for line in text.splitlines():
        if line.strip():
            try:
                values.append(json.loads(line))
            except ValueError as error:
                values.append(f"not JSON ({error}): {line[:200]}")
    return value_tree(values)


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
