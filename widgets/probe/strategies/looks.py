"""What an answer that is good by its status looks like, and how it differs from those that came at rest. Pure.

Bodies are compared by media type, by size (less than half, or more than twice what came at rest), by the first key of a
JSON object, by the title of a page where that is always the same at rest, and by shape: which of its parts hold
anything. A JSON answer that refuses has lost its content. Where at rest there were always lists or objects with
something in them, none of them is there, or none has anything in it; where there never were, or its list is one of
objects, half of the keys or more are missing. Parts that come and go, pages that are shorter, values and keys that are
new are no loss. All of it is read from the first `EXCERPT` characters of a body, which a probe keeps anyway: it costs
some tenths of a millisecond an answer, no request and no byte, and it does not see a body that differs only further on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from widgets.model.attempt import Attempt

SPREAD = 2.0
"""A body so many times larger or smaller than all that came at rest is another one."""

GRAIN = 64
"""Bytes by which two bodies must differ besides."""

ITSELF = ""
"""The name of the body itself among its parts, where it is a list."""

NOTHING = "null"
"""What JSON has for nothing."""

FULL = frozenset({"object", "list"})
"""Kinds of parts that hold something."""

SHOWN = 40
"""Characters of a title that are told."""

MOST = 60
"""Parts that are compared."""

_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{1,200})<", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_KEY = re.compile(r'\s*\{\s*"((?:[^"\\]|\\.){0,80})"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class Shape(NamedTuple):
    """The parts of a JSON body by their names, each with its kind, and whether the whole body was read.

    A part is a `list` or an `object` where it holds something, else `empty`, or `plain`. Lists and objects within an
    object are parts as well, named `data.items`; those of the first object in a list that is the body itself `[].key`.
    """

    parts: Mapping[str, str]
    whole: bool

    def lost(self, known: Sequence[Shape]) -> str:
        """Which content of all of these it lacks, by the name of the first; empty where it has lost nothing.

        >>> rest = [shape_of('{"status": "ok", "data": [1, 2], "page": 1}')]
        >>> [shape_of(each).lost(rest) for each in ('{"status": "no", "text": "x"}', '{"data": null}', '{"data": [3]}')]
        ["without 'data'", "with nothing in 'data'", '']
        >>> shape_of('{"data": [1], "next": 2}').lost([*rest, shape_of('{"data": [4], "more": {"a": 1}}')])
        ''
        """
        always = [name for name in known[0].parts if all(name in each.parts for each in known)]
        full = [name for name in always if all(each.parts[name] in FULL for each in known)]
        around = {name.rpartition(".")[0] for name in full if "." in name}
        full = [name for name in full if name not in around]
        if gone := [name for name in full if self._lacks(name)]:
            return self._said(gone[0]) if len(gone) == len(full) else ""
        keys = (
            [name for name in always if name != ITSELF and "." not in name.removeprefix("[].")]
            if not full or full[0] == ITSELF
            else []
        )
        gone = [name for name in keys if name not in self.parts] if self.whole else []
        return self._said(gone[0]) if len(gone) > 1 and 2 * len(gone) >= len(keys) else ""

    def _lacks(self, name: str) -> bool:
        return self.parts[name] not in FULL if name in self.parts else self.whole

    def _said(self, name: str) -> str:
        if name == ITSELF and ITSELF in self.parts:
            return "that is an empty list"
        if name not in self.parts:
            return f"without {name!r}"
        return f"with {'nothing' if self.parts[name] == 'empty' else 'no list or object'} in {name!r}"


@lru_cache(maxsize=64)
def shape_of(text: str) -> Shape | None:
    """The shape of a JSON body, or of how one begins; `None` where it is none.

    >>> shape_of('{"a": {}, "b": [null], "c": 1.5, "d": {"e": ')
    Shape(parts={'a': 'empty', 'b': 'list', 'c': 'plain', 'd': 'object'}, whole=False)
    >>> shape_of('[{"id": 1, "name": "x"}]').parts
    {'': 'list', '[].id': 'plain', '[].name': 'plain'}
    >>> shape_of("[]").parts, shape_of("<html>")
    ({'': 'empty'}, None)
    """
    tokens = _TOKEN.findall(text)
    if not tokens or tokens[0] not in ("{", "["):
        return None
    parts: dict[str, str] = {}
    if tokens[0] == "[":
        parts[ITSELF] = _kind(tokens, 0)
    # The keys of the body itself, or of the first object in it.
    depth, deep = 0, 1 if tokens[0] == "{" else 2
    prefix, within = "" if deep == 1 else "[].", ""
    for at, each in enumerate(tokens):
        if each in ("{", "["):
            depth += 1
        elif each in ("}", "]"):
            depth -= 1
            if deep > 1 and depth == 1:
                deep = -1  # the first element has ended
        elif each == ":" and at and tokens[at - 1].startswith('"') and len(parts) < MOST:
            key, kind = tokens[at - 1][1:-1], _kind(tokens, at + 1)
            if depth == deep:
                within = prefix + key
                parts[within] = kind
            elif depth == deep + 1 and parts.get(within) == "object" and kind != "plain":
                parts[f"{within}.{key}"] = kind
    return Shape(parts, whole=depth == 0)


def _kind(tokens: Sequence[str], at: int) -> str:
    """The kind of the part that begins with this token."""
    first = tokens[at] if at < len(tokens) else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else "…"
    if first == "[":
        return "empty" if after == "]" else "list"
    if first == "{":
        return "empty" if after == "}" else "object"
    return "empty" if first in ("null", '""') else "plain"


@dataclass(frozen=True, slots=True)
class Look:
    """What an accepted answer looks like: type, bytes, first key or letter, shape of JSON, and title of a page."""

    media_type: str
    size: int
    first: str
    shape: Shape | None = None
    title: str = ""

    @classmethod
    def of(cls, attempt: Attempt) -> Look:
        """The look of an answer.

        >>> from widgets.model.attempt import Attempt
        >>> Look.of(Attempt(1, None, None, 0, 0.1, 200, size=31, excerpt='{"Note": "Too many calls"}')).first
        'Note'
        """
        key = _KEY.match(attempt.excerpt)
        begin = attempt.excerpt.strip()
        first = key[1] if key else begin if begin == NOTHING else begin[:1]
        title = _TITLE.search(attempt.excerpt) if first == "<" else None
        named = " ".join("".join(c if c.isprintable() else " " for c in title[1]).lower().split()) if title else ""
        return cls(attempt.media_type, attempt.size, first, shape_of(attempt.excerpt), named)

    def unlike(self, known: Sequence[Look], title: str = "", size: int | None = None) -> str:
        """In words how it differs from all of those that came at rest; empty where it does not.

        `title` is the one that their pages have; empty where it is not always the same, or not yet known to be. Another
        one has no word of it: where it tells the time or a price, it is the same. `size` is that of the last answer
        that was as good as any: what grows little by little is no other body.
        """
        if known and self.title and another_title(title, self.title):
            return f"a page titled {self.title[:SHOWN]!r}"
        if not known:
            return ""
        sizes = [each.size for each in known] + ([] if size is None else [size])
        return self._of_another_kind(known) or self._of_another_size(min(sizes), max(sizes))

    def _of_another_kind(self, known: Sequence[Look]) -> str:
        if not self.size and all(each.size for each in known):
            return "an empty body"
        if all(self.media_type != each.media_type for each in known):
            return f"a body of type {self.media_type or 'unknown'}"
        shapes = [shape for each in known if (shape := each.shape)]
        elsewhere = any(self.first in shape.parts for shape in shapes)
        if self.first and not elsewhere and all(each.first and self.first != each.first for each in known):
            return f"a body that begins with {self.first!r}"
        if self.shape and len(shapes) == len(known) and (lost := self.shape.lost(shapes)):
            return f"a body {lost}"
        return ""

    def _of_another_size(self, least: int, most: int) -> str:
        if self.size * SPREAD < least - GRAIN:
            return "a much shorter body"
        return "a much longer body" if self.size > SPREAD * most + GRAIN else ""


TELLING = 3
"""Letters of a word that tells what a page is, where its title has such words."""


def another_title(usual: str, title: str) -> bool:
    """Whether a title has no word of the usual one; where that has none, as `42`, no title tells anything.

    >>> another_title("prices at 10:00", "prices at 10:05"), another_title("prices", "just a moment")
    (False, True)
    >>> another_title("200 ok", "200 ok"), another_title("200 ok", "429 too many requests"), another_title("42", "busy")
    (False, True, False)
    """
    words = set(_WORD.findall(usual))
    words = {word for word in words if len(word) >= TELLING} or words
    return bool(words) and not words & set(_WORD.findall(title))


def mild(sign: str) -> bool:
    """Whether a sign is one that ordinary answers have now and then: of size, and of shape."""
    some = (" with a page titled ", " a body without ", " a body with nothing in ", " a body with no list ")
    return sign.endswith(("er body", "that is an empty list")) or any(each in sign for each in some)
