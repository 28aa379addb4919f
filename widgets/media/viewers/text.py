"""Text as it is, code in colours, the source of anything that is text, and any bytes in hexadecimal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.kit.widgetry import bare, box, lean
from widgets.media.charset import LOOKED_AT, decode_beginning, reread_as
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import coloured
from widgets.media.registry import View, renderer
from widgets.media.sandbox import Markup, Text, change, show, tag, unseen, visible
from widgets.media.verdict import BYTES

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from widgets.media.encoding import Decoded
    from widgets.media.reply import Blob, Reply


LONGEST = 400_000
"""Bytes of text that are shown at once; the rest is on other pages."""


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
    "audio/mpegurl",
    "audio/x-mpegurl",
    "audio/x-scpls",
    kind="text",
)
def show_text(reply: Reply) -> ipywidgets.Widget:
    """Show text as it is, in a box that scrolls; code in colours."""
    return TextView(reply)


def read_text(reply: Reply, longest: int = LONGEST) -> tuple[Decoded, bool]:
    """Return the text of the first `longest` bytes, and whether there is more."""
    cut = len(reply.body) > longest
    decoded = decode_beginning(reply.body, reply.charset, reply.media_type)
    if not cut and len(reply.body) <= LOOKED_AT:
        return decoded, False
    return reread_as(reply.body[:longest], decoded, cut=cut), cut


def text_box(reply: Reply, name: str) -> Markup:
    """Return the text of a reply in a box that scrolls and can be reached by keyboard."""
    decoded, cut = read_text(reply)
    note = f"The first {LONGEST:,} of {len(reply.body):,} bytes; Show as text has all of them." if cut else ""
    return tag("div", tag("p", note, class_="ww-facts") if note else "", _box(decoded.text, language_of(reply), name))


def _box(text: str, language: str, name: str) -> Markup:
    plain, codes = for_a_page(text)
    parts = code(plain, language) if plain else ["There is no text."]
    box = lines_box(plain, name, parts)
    kept = "are left out here; the file that you save has them."
    said = [f"It is written for a terminal: its codes for colour, weight and place {kept}"] if codes else []
    if signs := unseen(marked("".join(set(plain)))):
        said.append(f"Signs that nobody sees or that turn words round ({signs}) {kept}")
    return tag("div", *[tag("p", words, class_="ww-facts") for words in said], box) if said else box


def lines_box(text: str, name: str, parts: Sequence[Text] = ()) -> Markup:
    """Return lines of text in a box that scrolls; columns stay beneath each other, anything else wraps at its words.

    Args:
        text: All lines.
        name: What it is, for those who do not see it.
        parts: The same in pieces, where these are coloured.
    """
    css = "ww-pre ww-aligned" if is_in_columns(text) else "ww-pre"
    return tag("pre", *(parts or [text]), class_=css, tabindex="0", role="region", aria_label=name)


def is_in_columns(text: str) -> bool:
    r"""Whether most lines are parted into three columns or more by tabs, or by blanks that are not one of a sentence.

    Notes that begin with `#`, as they stand above such tables, are passed over.

    >>> is_in_columns("a  1.5   x\nb  2.25  y\nc  3     z"), is_in_columns("Yes.  No.\n" * 9)
    (True, False)
    """
    lines = [line for line in text[:_LOOKED_AT_FOR_COLUMNS].split("\n") if line.strip() and not line.startswith("#")]
    parted = sum(len(_GAP.findall(line)) >= _FEWEST_GAPS for line in lines)
    return parted >= _FEWEST_LINES and parted > _MOSTLY * len(lines)


_GAP = re.compile(r"(?<=[^\s.!?:;]) {2,}(?=\S)|(?<=\S)\t")
_LOOKED_AT_FOR_COLUMNS = 200_000
_FEWEST_GAPS, _FEWEST_LINES, _MOSTLY = 2, 3, 0.6


def for_a_page(text: str) -> tuple[str, bool]:
    r"""Return a text without what only a terminal or a printer obeys, and whether there was any.

    >>> for_a_page("\x1b[38;5;226msun\x1b[0m N\bNA\bA _\bx"), for_a_page("8=FIX\x019=65")
    (('sun NA x', True), ('8=FIX\x019=65', False))
    """
    if "\x1b" not in text and "\b" not in text:
        return text, False
    plain = _OVERSTRUCK.sub(r"\2", _CODES.sub("", text))
    return plain, plain != text


_CODES = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>78cDEHMZ])"
)
"""Of ECMA-48, titles and links of windows, and the older ones of the VT100."""

_OVERSTRUCK = re.compile(r"(?:([^\n\x08])\x08(?=\1)|_\x08)+([^\n\x08])")
"""Bold and underlined, as typewriters and manual pages write them: a sign, a step back, the sign again."""


class TextView(View):
    """Text, a page at a time where it is long, and a search through all of it."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._language = language_of(reply)
        decoded, cut = read_text(reply)
        self._decoded = decoded
        count = -(-len(reply.body) // LONGEST)
        self.page = lean(ipywidgets.BoundedIntText, value=1, min=1, max=max(1, count), description=f"Page of {count:,}")
        self.search = lean(ipywidgets.Text, description="Search", placeholder="in all lines", continuous_update=False)
        self._job: Job[Markup] = Job(self._work, self._paint)
        self._text = show(self._drawn(1, decoded.text if not cut else None))
        self._hits = show()
        tools = [self.page] if cut else []
        tools += [self.search] if len(reply.body) > _LONG else []
        row = [box(tools, "ww-form")] if tools else []
        super().__init__([*row, self._hits, self._text], layout=bare())
        self.page.observe(lambda _: change(self._text, self._drawn(self.page.value)), "value")
        self.search.observe(lambda _: self._job.start(), "value")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the search is done, at most `timeout` seconds."""
        self._job.join(timeout)

    def _drawn(self, page: int, text: str | None = None) -> Markup:
        note = ""
        if text is None:
            start, end = _edge(self._reply.body, page - 1), _edge(self._reply.body, page)
            text = reread_as(self._reply.body[start:end], self._decoded, cut=page < self.page.max).text
            note = f"Bytes {start + 1:,} to {end:,} of {len(self._reply.body):,}."
        return tag("div", tag("p", note, class_="ww-facts") if note else "", _box(text, self._language, "Text"))

    def _work(self, stop: threading.Event) -> Markup:
        words = self.search.value[:_LONGEST_QUERY]
        return found_lines(self._reply.body, self._decoded, words, stop) if words else tag("span")

    def _paint(self, state: State[Markup]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished(found):
                change(self._hits, found)
            case Failed(error):
                change(self._hits, tag("p", f"The search failed: {in_words(error)}.", class_="ww-reason", role="alert"))


def found_lines(body: Blob, decoded: Decoded, words: str, stop: threading.Event) -> Markup:
    """Return the lines that hold some words, whatever their case, with their numbers; the first 200."""
    rows: list[Text] = []
    count = number = 0
    folded = words.casefold()
    for page in range(-(-len(body) // LONGEST)):
        if stop.is_set():
            break
        text = reread_as(body[_edge(body, page) : _edge(body, page + 1)], decoded, cut=True).text
        for line in text.splitlines():
            number += 1
            if folded in line.casefold():
                count += 1
                if count <= _MOST_HITS:
                    rows.append(
                        tag("tr", tag("th", f"{number:,}", scope="row"), tag("td", marked(line[:_LONGEST_LINE])))
                    )
    more = f", the first {_MOST_HITS} are shown" if count > _MOST_HITS else ""
    table = tag("table", tag("tbody", *rows), class_="ww-table")
    box = tag("div", table, class_="ww-scroll", tabindex="0", role="region", aria_label="Lines that were found")
    return tag("div", tag("p", f"{count:,} of {number:,} lines hold it{more}", class_="ww-facts"), box if rows else "")


def _edge(body: Blob, page: int) -> int:
    """Return where a page begins: at the beginning of a line, where there is one near."""
    start = page * LONGEST
    if not 0 < start < len(body):
        return min(max(0, start), len(body))
    near = body[start : start + _NEAR]
    place = near.find(b"\n")
    if place >= 0 and near[place + 1 : place + 2] != b"\0":
        return start + place + 1
    while near[:1] and near[0] & 0xC0 == 0x80:  # noqa: PLR2004 - inside of a character of UTF-8
        start, near = start + 1, near[1:]
    return start


_LONG = 4000
_NEAR = 4096
_MOST_HITS = 200
_LONGEST_LINE = 1000
_LONGEST_QUERY = 1000


def marked(text: str) -> str:
    r"""Return text in which controls can be seen, by their signs of Unicode.

    >>> marked("8=FIX\x019=65\tend\n")
    '8=FIX␁9=65\tend\n'
    """
    return text.translate(_MARKS)


_MARKS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {127: 0x2421}


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
    shown = visible(marked(text))
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
        self.page = lean(ipywidgets.BoundedIntText, value=1, min=1, max=max(1, -(-len(body) // _PAGE)))
        self.page.description = f"Page of {self.page.max:,}"
        self._draw()
        super().__init__([self.page, self._dump] if self.page.max > 1 else [self._dump], layout=bare())
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
