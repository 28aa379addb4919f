"""What differs between two replies. Pure."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.http.message import readable
from widgets.model.quantity import as_duration

if TYPE_CHECKING:
    from widgets.model.reply import Blob, Reply

_LONGEST = 200_000
_MOST_LINES = 1500
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs.

    Attributes:
        facts: Name, in the first, in the second; only where they differ.
        headers: The same for the headers.
        body: One sentence.
        lines: A unified diff of text, or of JSON written out; empty for bytes.
    """

    facts: tuple[tuple[str, str, str], ...]
    headers: tuple[tuple[str, str, str], ...]
    body: str
    lines: tuple[str, ...] = ()


def compare(one: Reply, other: Reply) -> Difference:
    """Return what differs between two replies.

    >>> from widgets.model.reply import Reply
    >>> compare(Reply("http://x/", 200, body=b"ab"), Reply("http://x/", 200, body=b"ac")).body
    'The bodies differ from byte 1 on.'
    """
    facts = [
        ("address", one.url, other.url),
        ("status", f"{one.status} {one.reason}", f"{other.status} {other.reason}"),
        ("type", one.media_type, other.media_type),
        ("bytes", f"{len(one.body):,}", f"{len(other.body):,}"),
        ("time", as_duration(one.elapsed), as_duration(other.elapsed)),
    ]
    names = sorted({name.lower() for name, _ in (*one.headers, *other.headers)})
    headers = [(name, readable(one.headers.get(name)), readable(other.headers.get(name))) for name in names]
    body, lines = _bodies(one.body, other.body)
    return Difference(_differing(facts), _differing(headers), body, lines)


def _differing(rows: list[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(row for row in rows if row[1] != row[2])


def _bodies(one: Blob, other: Blob) -> tuple[str, tuple[str, ...]]:
    place = _first_difference(one, other)
    if place is None:
        return "The bodies are the same, byte for byte.", ()
    words = f"The bodies differ from byte {place:,} on."
    if max(len(one), len(other)) > _LONGEST:
        return f"{words} They are too long to be compared line by line.", ()
    texts = _texts(bytes(one), bytes(other))
    if texts is None:
        return f"{words} They are not text.", ()
    left, right = (text.splitlines()[:_MOST_LINES] for text in texts)
    found = list(difflib.unified_diff(left, right, "first", "second", lineterm="", n=2))
    return words if found else f"{words} As JSON, or in their first lines, they are the same.", tuple(found)


def _first_difference(one: Blob, other: Blob) -> int | None:
    """Return the first place where two bodies differ, reading a piece at a time."""
    for start in range(0, max(len(one), len(other)), _PIECE):
        left, right = one[start : start + _PIECE], other[start : start + _PIECE]
        if left != right:
            shared = zip(left, right, strict=False)
            return start + next((place for place, (a, b) in enumerate(shared) if a != b), min(len(left), len(right)))
    return None


def _texts(one: bytes, other: bytes) -> tuple[str, str] | None:
    """Return two bodies as text, written out evenly when both are JSON; None when one is not text."""
    try:
        left, right = one.decode("utf-8"), other.decode("utf-8")
    except UnicodeDecodeError:
        return None
    try:
        return _even(left), _even(right)
    except (ValueError, RecursionError):
        return left, right


def _even(text: str) -> str:
    return json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False)
