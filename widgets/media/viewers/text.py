"""Text as it is, code in colours, the source of anything that is text, and any bytes in hexadecimal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.charset import Decoded, decode
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import coloured
from widgets.media.registry import View, renderer
from widgets.media.sandbox import Markup, Text, change, show, tag, visible
from widgets.media.verdict import BYTES

if TYPE_CHECKING:
    from widgets.media.reply import Blob, Reply


LONGEST = 400_000
"""Bytes that are shown as text; the rest is in the hexadecimal view and in the saved file."""


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

_ROW = 16
_PAGE = 4096


@renderer(
    "text/plain",
    "text/*",
    "application/javascript",
    "application/x-sh",
    "application/yaml",
    "application/toml",
    "application/sql",
    "application/typescript",
    "application/x-python-code",
    kind="text",
)
def show_text(reply: Reply) -> ipywidgets.Widget:
    """Show text as it is, in a box that scrolls; code in colours."""
    return show(text_box(reply, "Text"))


def read_text(reply: Reply, longest: int = LONGEST) -> tuple[Decoded, bool]:
    """Return the text of the first `longest` bytes, and whether there is more."""
    cut = len(reply.body) > longest
    return decode(reply.body[:longest], reply.charset, cut=cut), cut


def text_box(reply: Reply, name: str) -> Markup:
    """Return the text of a reply in a box that scrolls and can be reached by keyboard."""
    decoded, cut = read_text(reply)
    note = f"The first {LONGEST:,} of {len(reply.body):,} bytes." if cut else ""
    box = tag(
        "pre",
        *(code(decoded.text, language_of(reply)) if decoded.text else ["There is no text."]),
        class_="ww-pre",
        tabindex="0",
        role="region",
        aria_label=name,
    )
    return tag("div", tag("p", note, class_="ww-facts") if note else "", box)


def source_of(reply: Reply) -> Markup:
    """Return the text of a reply, folded away."""
    return tag("details", tag("summary", "Source"), text_box(reply, "Source"))


def language_of(reply: Reply) -> str:
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


@renderer(BYTES, kind="bytes")
def show_bytes(reply: Reply) -> ipywidgets.Widget:
    """Show bytes a page of 4,096 at a time."""
    return HexView(reply.body)


class HexView(View):
    """Bytes in hexadecimal; a chooser where they are more than a page."""

    def __init__(self, body: Blob) -> None:
        self._body = body
        self._dump = show(css="ww-hex")
        self.page = ipywidgets.BoundedIntText(value=1, min=1, max=max(1, -(-len(body) // _PAGE)))
        self.page.description = f"Page of {self.page.max:,}"
        self._draw()
        super().__init__([self.page, self._dump] if self.page.max > 1 else [self._dump])
        self.page.observe(lambda _: self._draw(), "value")

    def _draw(self) -> None:
        first = (self.page.value - 1) * _PAGE
        rows = "\n".join(hex_rows(self._body, first, _PAGE)) or "There are no bytes."
        name = "Bytes in hexadecimal"
        change(self._dump, tag("pre", rows, class_="ww-pre", tabindex="0", role="region", aria_label=name))


def hex_rows(body: Blob, first: int, count: int) -> list[str]:
    """Return rows of 16 bytes: offset, hexadecimal, and ASCII with a dot for the rest."""
    data = body[first : first + count]
    rows = []
    for start in range(0, len(data), _ROW):
        row = data[start : start + _ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004 - printable ASCII
        rows.append(f"{first + start:08x}  {row.hex(' ', 1):<47}  {letters}")
    return rows
