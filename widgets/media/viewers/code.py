"""Which program text is coloured, and how: by classes of the stylesheet, on text that is escaped like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import coloured
from widgets.media.sandbox import Text, tag, visible

if TYPE_CHECKING:
    from widgets.media.blob import Shown

MOST_COLOURED = 30_000
"""Characters: each piece of another colour is an element of the page, and ten times this would make it slow."""

_LANGUAGES = {
    "bash": ("application/x-sh text/x-sh text/x-shellscript", "sh bash"),
    "c": ("text/x-c text/x-csrc", "c h"),
    "cpp": ("text/x-c++ text/x-c++src", "cc cpp"),
    "css": ("text/css", "css"),
    "diff": ("text/x-diff text/x-patch", "diff patch"),
    "go": ("text/x-go", "go"),
    "html": ("text/html application/xhtml+xml", "html htm"),
    "java": ("text/x-java text/x-java-source", "java"),
    "javascript": ("application/javascript text/javascript application/x-javascript", "js mjs jsx"),
    "json": ("application/json text/json application/x-ndjson application/jsonl", "json"),
    "markdown": ("text/markdown text/x-markdown", "md"),
    "php": ("application/x-httpd-php text/x-php", "php"),
    "python": ("text/x-python text/x-script.python application/x-python-code", "py pyi"),
    "r": ("text/x-r text/x-r-source", "r"),
    "ruby": ("text/x-ruby", "rb"),
    "rust": ("text/x-rust", "rs"),
    "sql": ("application/sql text/x-sql", "sql"),
    "toml": ("application/toml", "toml"),
    "typescript": ("application/typescript", "ts tsx"),
    "xml": ("application/xml text/xml image/svg+xml", "xml svg"),
    "yaml": ("application/yaml text/yaml text/x-yaml application/x-yaml", "yaml yml"),
}
"""By Pygments' name: the media types, and how the names of such files end."""

_BY_TYPE = {each: language for language, (types, _) in _LANGUAGES.items() for each in types.split()}
_BY_ENDING = {each: language for language, (_, endings) in _LANGUAGES.items() for each in endings.split()}


def language_of(reply: Shown) -> str:
    """Return in which language a reply is written, in Pygments' words, or an empty string.

    By its type; where that says no more than text, as many hosts of sources do, by the end of its name.
    """
    if reply.media_type in _BY_TYPE:
        return _BY_TYPE[reply.media_type]
    if (suffix := reply.media_type.rpartition("+")[2]) in ("json", "xml"):
        return suffix
    if reply.media_type not in ("", "text/plain"):
        return ""
    name, dot, ending = reply.url.partition("?")[0].rpartition("/")[2].rpartition(".")
    return _BY_ENDING.get(ending.lower(), "") if name and dot else ""


def code(text: str, language: str) -> list[Text]:
    """Return the text in pieces of which the first `MOST_COLOURED` characters are coloured; plain where that fails."""
    shown = visible(text)
    if not language:
        return [shown]
    try:
        pieces = in_child(coloured, shown[:MOST_COLOURED], language)
    except DecoderError:  # Colour is a help to the eye: without it nothing is missing that must be told.
        return [shown]
    parts: list[Text] = [tag("span", piece, class_=f"ww-is-{kind}") if kind else piece for piece, kind in pieces]
    return [*parts, shown[MOST_COLOURED:]]
