"""Nested data as a tree of bounded size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

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


def json_tree(text: str) -> Branch:
    """Return JSON (RFC 8259) as a tree; raise `ValueError` when it is not, `RecursionError` when it is too deep."""
    value = json.loads(text)
    return _grow("", value, 0, [MOST_BRANCHES])


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
