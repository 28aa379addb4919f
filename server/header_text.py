"""Any text in a header field, readable by every client.

A field value is ASCII to most clients and Latin-1 at best (RFC 9110, section 5.5). So each text goes out twice when it
needs more than ASCII: under its name in the nearest ASCII (`193 A`), and under its name with a `*` in full, as an
RFC 8187 extended value (`X-Description*: UTF-8''193%20%C3%85`), just as `filename*` stands beside `filename`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEAREST: Final = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "→": "->", "ß": "ss", "ø": "o"}
)
# RFC 8187, section 3.2.1: attr-char, without letters and digits.
_ATTR_CHAR: Final = "!#$&+-.^_`|~"


@lru_cache(maxsize=1024)
def header_fields(name: str, text: str) -> Mapping[str, str]:
    """The field `name` for `text` and, where ASCII does not hold it, `name*` beside it; nothing for an empty text."""
    line = " ".join("".join(_visible(char) for char in text).split())
    if not line:
        return MappingProxyType({})
    nearest = unicodedata.normalize("NFKD", line.translate(_NEAREST))
    ascii_line = "".join(char if char.isascii() else "?" for char in nearest if not unicodedata.combining(char))
    if ascii_line == line:
        return MappingProxyType({name: line})
    extended = f"UTF-8''{quote(line, safe=_ATTR_CHAR, errors='replace')}"
    return MappingProxyType({name: ascii_line, f"{name}*": extended})


def _visible(char: str) -> str:
    """A space for control and line characters, so that no text can end its field and begin another."""
    return " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
