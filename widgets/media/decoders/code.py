"""Program text and markup, cut into what a reader tells apart by colour. Pygments reads it."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

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
