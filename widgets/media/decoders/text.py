"""Program text cut into what is told apart by colour (Pygments), the links of a page, and Markdown as a page."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby

import mistune
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # Pygments ships no types
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
)

MOST_LINKS = 500
_LONGEST = 300
_KINDS = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Name.Tag, "name"),
    (Name.Attribute, "name"),
    (Name.Class, "name"),
    (Name.Decorator, "name"),
    (Name.Function, "name"),
    (Name.Property, "name"),
    (Generic.Inserted, "string"),
    (Generic.Deleted, "keyword"),
    (Generic.Subheading, "number"),
)


def coloured(text: str, language: str) -> tuple[tuple[str, str], ...]:
    r"""Return the text in pieces, each with `comment`, `keyword`, `string`, `number`, `name`, or an empty string.

    Args:
        text: With `\n` between its lines; the pieces, one after the other, are the same text again.
        language: A name that Pygments knows, such as `"python"`.

    Raises:
        pygments.util.ClassNotFound: There is no such language.
        ValueError: The lexer lost or added something.
    """
    read = [(_kind(token), piece) for _, token, piece in get_lexer_by_name(language).get_tokens_unprocessed(text)]
    pieces = tuple(("".join(piece for _, piece in run), kind) for kind, run in groupby(read, key=lambda one: one[0]))
    if "".join(piece for piece, _ in pieces) != text:
        raise ValueError(f"the {language} lexer changed the text")
    return pieces


@lru_cache(1000)
def _kind(token: object) -> str:
    return next((kind for parent, kind in _KINDS if token in parent), "")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._address: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href")
            self._words = []

    def handle_data(self, data: str) -> None:
        if self._address is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address is not None and len(self.found) < MOST_LINKS:
            words = " ".join("".join(self._words).split())
            self.found.append((words[:_LONGEST], self._address[:_LONGEST]))
            self._address = None


def links(text: str) -> list[tuple[str, str]]:
    """Return the words and the address of each link of a page."""
    parser = _Links()
    parser.feed(text)
    parser.close()
    return parser.found


def markdown_page(text: str) -> str:
    """Return Markdown as an HTML document; it is as little to be trusted as the text is."""
    turn = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "task_lists"])
    return f"<!doctype html><body>{turn(text)}</body>"
