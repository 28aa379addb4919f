"""From bytes to text: by what the header says, else by what the text says of itself, else by how it looks. Pure."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from .charset_detection import guess, has_words_in_utf8, is_utf8_for_most, wide_charset
from .encoding import NOT_TEXT, Decoded, known_as, nearly, read, whole_but_its_end

if TYPE_CHECKING:
    from .reply import Blob

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)

LOOKED_AT = 5_000_000
"""Bytes by which the charset of a text is found: the same ones for all that is said and shown of it."""

_UNKNOWN = "is not known here"


class Chosen(str):
    """A charset that a person chose: text is read by it whatever it looks like."""

    __slots__ = ()


def decode(  # noqa: C901, PLR0911, PLR0912 - the order in which what is said counts, one after the other
    data: bytes, declared: str = "", *, stated: str = "", cut: bool = False
) -> Decoded:
    """Read `data` by its byte order mark, else as declared, else as it says itself, else by what it looks most like.

    >>> decode("größer".encode("latin-1"), "iso-8859-1")
    Decoded(text='größer', used='windows-1252', why='declared', faithful=True)
    >>> decode("Вчера вечером мы долго гуляли по набережной.".encode("koi8-r")).used
    'koi8-r'

    Args:
        data: Bytes of text.
        declared: What the header says, or empty: one of the 228 labels of the Encoding standard, or of a few more.
            One that is `Chosen` is not doubted.
        stated: What the text says of itself, or empty; see `stated_in`.
        cut: Whether `data` may end in the middle of a character.
    """
    known = known_as(declared)
    if known and isinstance(declared, Chosen):
        bom = next((bom for bom, name in _BOMS if name == known and data.startswith(bom)), b"")
        return read(data[len(bom) :], known, "chosen", cut=cut)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return read(data[len(bom) :], name, "byte order mark", cut=cut)
    inner = known_as(stated)
    doubted = inner == "utf-8" or (known == "windows-1252" and _by_default(declared))
    if known and known != "utf-8" and doubted and not data.isascii() and _is_utf8(data, cut=cut):
        which = f"its first {len(data):,} bytes are" if cut else "all of it is"
        return read(data, "utf-8", f"declared {declared}, but {which} valid UTF-8", cut=cut)
    wide = wide_charset(data) if known and b"\0" in data[:_PRESCAN] else ""
    if wide and wide != known:
        but = ";" if wide.startswith(known) else ", but"
        decoded = read(data, wide, f"declared {declared}{but} its NULs stand as in {wide}", cut=cut)
        in_part = _LINES_OF_ASCII.search(data) is not None
        if (wide[:6], known[:6]) == ("utf-16", "utf-16") or (_is_plain(decoded, data) and not in_part):
            return decoded
    if known and not (known.startswith("utf-16") and _is_rather_utf8(data, cut=cut)):
        decoded = read(data, known, "declared", cut=cut)
        if (
            decoded.faithful
            or (wide == known and is_whole(decoded, data))
            or nearly(decoded)
            or (known == "utf-8" and is_utf8_for_most(data))
        ):
            return decoded
    wrong = (
        f"declared {declared[:40]}, which {'does not fit' if known else _UNKNOWN}" if declared else "none is declared"
    )
    if inner:
        own = "as it says itself"
        decoded = read(data, inner, f"{wrong}; {own}" if declared else own, cut=cut)
        mostly = inner == "utf-8" and is_utf8_for_most(data) and has_words_in_utf8(data)
        if decoded.faithful or nearly(decoded) or mostly:
            return decoded
    if known == "utf-8" and has_words_in_utf8(data):
        return read(data, known, "declared", cut=cut)
    if wide := wide_charset(data):
        decoded = read(data, wide, f"{wrong}; its NULs stand as in {wide}", cut=cut)
        if _is_plain(decoded, data):
            return decoded
    if stated:
        wrong += f"; it says itself {stated[:40]}, which {'does not fit' if inner else _UNKNOWN}"
    # The one byte is found twenty times as fast as both.
    if b"\x1b" in data and b"\x1b$" in data and data.isascii():
        decoded = read(data, "iso-2022-jp", f"{wrong}; its escapes are those of ISO-2022-JP", cut=cut)
        if decoded.faithful:
            return decoded
    decoded = read(data, "utf-8", f"{wrong}; valid UTF-8", cut=cut)
    if decoded.faithful:
        return decoded
    if nearly(decoded):
        return Decoded(decoded.text, "utf-8", f"{wrong}; UTF-8 but for a few bytes", faithful=False)
    return guess(data, wrong, cut=cut)


def decode_beginning(body: Blob, declared: str, media_type: str) -> Decoded:
    """Read the first `LOOKED_AT` bytes of a body, which decide by which charset all of it is read.

    Args:
        body: All of it.
        declared: The charset that the header says, or empty.
        media_type: The type that it says, or empty.
    """
    data = body[:LOOKED_AT]
    return decode(data, declared, stated=stated_in(data[:_PRESCAN], media_type), cut=len(body) > LOOKED_AT)


def reread_as(data: bytes, decoded: Decoded, *, cut: bool = False) -> Decoded:
    """Read another part of a text by the charset by which its beginning was read, whatever that part looks like.

    Args:
        data: Bytes of the same text.
        decoded: Its first `LOOKED_AT` bytes, as `decode` read them.
        cut: Whether `data` may end in the middle of a character.
    """
    bom = next((bom for bom, name in _BOMS if name == decoded.used and data.startswith(bom)), b"")
    return read(data[len(bom) :], decoded.used, decoded.why, cut=cut)


def stated_in(head: bytes, media_type: str = "") -> str:
    """Return the charset that a text says of itself that it is written in, or an empty string.

    As browsers read it: HTML in a `meta` element near its beginning (WHATWG HTML, 13.2.3.2), XML in its
    declaration, CSS in its first rule.

    >>> stated_in(b'<meta charset="Shift_JIS">', "text/html"), stated_in(b"<?xml version='1.0' encoding='koi8-r'?>")
    ('Shift_JIS', 'koi8-r')

    Args:
        head: The first bytes.
        media_type: As declared; where it says nothing, the first bytes tell which rule holds.
    """
    if wide := _WIDE.get(head[:4]) or _WIDE.get(head[:2]):  # As JSON (RFC 4627, section 3) and XML (appendix F) begin.
        return wide
    said = head.removeprefix(codecs.BOM_UTF8)
    rule: tuple[re.Pattern[bytes], ...] = _STATED_ANYWHERE
    if media_type in _HTML or (not media_type.startswith("text/") and _LIKE_HTML.match(said)):
        rule, said = (*rule, _META), _COMMENT.sub(b"", said[:_PRESCAN])
    found = next((match for pattern in rule if (match := pattern.search(said))), None)
    label = found[1].decode("ascii", "ignore") if found else ""
    if known_as(label).startswith("utf-16"):  # It could not be read here if it were.
        return "utf-8"
    return "windows-1252" if label.lower() == "x-user-defined" else label


_HTML = frozenset({"text/html", "application/xhtml+xml"})
_PRESCAN = 4096
"""Bytes; browsers look at 1,024 first, and begin anew when they come upon a `meta` later."""
_WIDE = {
    **dict.fromkeys((b"{\0\0\0", b"[\0\0\0", b"<\0\0\0", b'"\0\0\0'), "utf-32le"),
    **dict.fromkeys((b"\0\0\0{", b"\0\0\0[", b"\0\0\0<", b'\0\0\0"'), "utf-32be"),
    **dict.fromkeys((b"{\0", b"[\0", b"<\0"), "utf-16le"),
    **dict.fromkeys((b"\0{", b"\0[", b"\0<"), "utf-16be"),
}
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_LIKE_HTML = re.compile(rb"(?i)\s*<(?:!doctype html|html|head|meta)")
_META = re.compile(rb"""(?i)<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)""")
_STATED_ANYWHERE = (
    re.compile(rb"""\A\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']"""),
    re.compile(rb"""\A@charset "([^"]{1,40})";"""),
)


def _by_default(declared: str) -> bool:
    """Whether a label of Latin-1 or ASCII may be one that a server says of everything.

    Tomcat, Spring and Apache's AddDefaultCharset declare ISO-8859-1 or US-ASCII whatever programs write, and words in
    Latin-1 are hardly ever UTF-8 throughout. The standard's own name for both, windows-1252, is what a person chooses.
    """
    return "1252" not in declared and declared.lower() != "ansi"


def is_whole(decoded: Decoded, data: bytes, declared: str = "") -> bool:
    """Whether text of two or four bytes a sign is all there, but for bytes at its end that make no sign.

    Where a byte is lost or added within, what is behind it looks like the other order of bytes: such text is not whole
    in another order than is declared, or than its first signs have. Of what is not mostly ASCII none of it is told.

    Args:
        decoded: How it was read.
        data: Its first bytes, at least.
        declared: What the header says, or empty.
    """
    if decoded.faithful:
        return True
    known = known_as(declared)
    if known.startswith("utf-16") and known != decoded.used:
        return False
    told = wide_charset(data) == decoded.used and wide_charset(data[:16]) in ("", decoded.used)
    return told and whole_but_its_end(decoded) and not _LINES_OF_ASCII.search(data)


def _is_plain(decoded: Decoded, data: bytes) -> bool:
    """Whether text of wide signs is all there, and holds no controls: numbers in the order of bytes hold many."""
    return is_whole(decoded, data) and not _CONTROL.search(decoded.text)


_LINES_OF_ASCII = re.compile(rb"[\t\n\r\x20-\x7e]{16,}")
"""What is written behind text of another program; two bytes a sign hardly ever are ASCII for so long."""


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")


def _is_rather_utf8(data: bytes, *, cut: bool) -> bool:
    """Whether what is declared as UTF-16 is UTF-8 instead.

    A log may have holes of NULs, and a few words of Chinese look like letters with controls between them. NULs at the
    end tell nothing, and one word of many scripts looks like ASCII, with a hole in it or without.
    """
    words = _HOLE.sub(b"", data)
    if len(words) < min(len(data), _FEWEST_WORDS):
        return False
    return len(NOT_TEXT.findall(words)) <= len(words) * _FEW_CONTROLS and _is_utf8(words, cut=cut)


_FEW_CONTROLS = 0.1
_FEWEST_WORDS = 32
"""Bytes beside a hole."""

_HOLE = re.compile(rb"\0{3,}(?=[^\0])")
"""Of two signs of UTF-16 beside each other no more than two bytes in a row are NULs."""


def _is_utf8(data: bytes, *, cut: bool) -> bool:
    """Whether bytes are UTF-8 without a NUL, which text in UTF-16 hardly ever is."""
    return b"\0" not in data and read(data, "utf-8", "", cut=cut).faithful
