"""HTTP messages as they went over the wire: header fields, requests, and one exchange of a chain. Pure."""

from __future__ import annotations

import codecs
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

import ada_url
import webencodings

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Headers(tuple[tuple[str, str], ...]):
    """Header fields as they came: in order, repeated ones apart (RFC 9110, section 5.3).

    >>> headers = Headers([("Vary", "Accept"), ("ETag", '"1"'), ("vary", "Cookie")])
    >>> headers.get("VARY")
    'Accept, Cookie'
    >>> headers.all("etag")
    ['"1"']
    """

    __slots__ = ()

    def get(self, name: str, default: str = "") -> str:
        """Return the value of `name`, whatever its case; repeated fields are joined with commas."""
        values = self.all(name)
        return ", ".join(values) if values else default

    def all(self, name: str) -> list[str]:
        """Return every value of `name` in order."""
        return [value for key, value in self if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Request:
    """A request, to be sent or as it was sent; then `headers` are those that went over the wire.

    >>> Request("GET", "http://x.example/", Headers([("Accept", "image/*")])).headers.get("accept")
    'image/*'
    """

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Hop:
    """One question and the head of its answer; every redirect is one, the last hop is the reply.

    Attributes:
        request: As it was sent.
        status: Of the answer.
        reason: The words beside the status.
        headers: Of the answer.
        moments: What happened when, in seconds since the fetch began: looked up, connected, secured, first byte.
        peer: The address that was dialled, with its port.
        security: TLS version and what the certificate says, or empty for plain http.
        dropped: Names of the caller's headers that this hop's origin did not get.
        notes: What browsers would not take in the answer, as sentences.
    """

    request: Request
    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    moments: tuple[tuple[str, float], ...] = ()
    peer: str = ""
    security: str = ""
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def readable(value: str, charset: str = "") -> str:
    """Return a header value as one line without controls and bidirectional marks, in the letters that were `meant`."""
    return in_one_line(meant(value, charset))


def named(host: str) -> str:
    r"""A host as a message names it: one with letters beyond ASCII as it is typed, and as it is asked.

    >>> named("xn--mnchen-3ya.example:81"), named("x.example"), named("xn--\xff")
    ('münchen.example:81 (xn--mnchen-3ya.example:81)', 'x.example', 'xn--ÿ')
    """
    asked = readable(host)
    name, colon, port = asked.partition(":")
    typed = readable(ada_url.idna_to_unicode(name)) if "xn--" in name and name.isascii() else name
    return asked if typed == name or not typed else f"{typed}{colon}{port} ({asked})"


def in_one_line(text: str) -> str:
    """Return a text as one line without controls, bidirectional marks and other signs that nobody sees."""
    return " ".join("".join(" " if unicodedata.category(char) in _HIDDEN else char for char in text).split())


def meant(value: str, charset: str = "") -> str:
    """Return a header value in the letters in which it was written.

    Header bytes come in as Latin-1 (RFC 9112, section 2.2 leaves no better choice), but services send what they have:
    UTF-8, where the bytes are valid UTF-8 but for their end or one sign in ten; else the charset that the body
    declares; else Chinese or Korean, where all bytes beyond ASCII are such pairs; else windows-1252, which is what
    browsers take for Latin-1.

    >>> meant("отчёт".encode("cp1251").decode("latin-1"), "windows-1251"), meant("größer")
    ('отчёт', 'größer')

    Args:
        value: As it came, or decoded before: then it stays as it is.
        charset: Declared with the body, or empty.
    """
    if value.isascii():
        return value
    try:
        data = value.encode("latin-1")
    except UnicodeError:  # It was decoded before.
        return value
    known = webencodings.lookup(charset) if charset else None
    # What is cut or spoilt in UTF-8 is hardly ever a text without an error in a charset that few texts fit.
    telling = known.codec_info.name if known and known.name in _TELLING else ""
    if text := _as_utf8(data, but_for=False) or _fitting(data, telling) or _as_utf8(data, but_for=True):
        return text
    names = [known.codec_info.name if known and known.name not in _WIDE else "", _paired(data), "cp1252"]
    for name in filter(None, names):
        with suppress(UnicodeError, LookupError):
            return data.decode(name)
    return value


def _fitting(data: bytes, codec: str) -> str:
    with suppress(UnicodeError):
        return data.decode(codec) if codec else ""
    return ""


def _as_utf8(data: bytes, *, but_for: bool) -> str:
    """Return a text that is UTF-8, or was `but_for` its end or a sign that was spoilt on the way; else nothing."""
    with suppress(UnicodeError):
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
        if text.encode() == data:
            return text
        return f"{text}\ufffd" if but_for and _beyond(text) >= _FEWEST_PAIRS else ""
    text = data.decode("utf-8", "replace")
    return text if but_for and text.count("\ufffd") * _MOSTLY <= _beyond(text) else ""


def _beyond(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


_MOSTLY = 10
"""Of so many signs beyond ASCII one may be unreadable before a text is held for another charset than UTF-8."""

_TELLING = frozenset({"shift_jis", "euc-jp", "iso-2022-jp", "big5", "euc-kr", "gbk", "gb18030"})
"""Charsets in which few other texts are without an error."""

_WIDE = frozenset({"utf-16le", "utf-16be", "replacement", "x-user-defined"})
"""No header is written in these."""

_RUNS = re.compile(rb"[\x80-\xff]+")
_COMMON_HANZI = range(0xB0, 0xD8)
_HANGUL = range(0xB0, 0xC9)
_SMALL_OR_GREAT = range(0xC0, 0xE0)
_FEWEST_PAIRS = 2


def _paired(data: bytes) -> str:
    """The codec of a short text in which every byte beyond ASCII is half of a common Chinese or Korean sign; or empty.

    Words in Latin-1 have single ones, and those in Cyrillic all lie in one third of the table.
    """
    runs = _RUNS.findall(data)
    if any(len(run) % 2 for run in runs) or all(byte in _SMALL_OR_GREAT for run in runs for byte in run):
        return ""
    pairs = [run[start : start + 2] for run in runs for start in range(0, len(run), 2)]
    signs = [lead for lead, trail in pairs if lead in _COMMON_HANZI and trail > 0xA0]  # noqa: PLR2004 - their table
    marks = [lead for lead, trail in pairs if lead in (0xA1, 0xA3) and trail > 0xA0]  # noqa: PLR2004
    if len(signs) < _FEWEST_PAIRS or len(signs) + len(marks) < len(pairs):
        return ""
    return "cp949" if len(signs) > _FEWEST_PAIRS and all(lead in _HANGUL for lead in signs) else "gb18030"


_WORDED = re.compile(r"=\?[\w.-]{2,40}\?[BbQq]\?[^?\s]*\?=")
_PERCENTS = re.compile(r"(?:[!-$&-~]|%[0-9A-Fa-f]{2})+")
TAGGED = re.compile(r"(?i)\s*(utf-8|iso-8859-1|us-ascii)\s*'[\w-]*'(.*)", re.DOTALL)
"""A text as RFC 5987 spells it: its charset (those that the standard names, of which RFC 8187 kept the first), its
language, its letters with percent signs."""


def spelled(value: str) -> str:
    """Return a text that was spelled in ASCII, as mail or an address spell it, in the letters that are meant.

    >>> spelled("=?utf-8?q?M=C3=A4rz?="), spelled("Mars%20Express"), spelled("UTF-8''%E2%82%AC%20rates"), spelled("50% off")
    ('März', 'Mars Express', '€ rates', '50% off')
    """  # noqa: E501 - one example each
    if _WORDED.search(value):
        return worded(value)
    tagged = TAGGED.fullmatch(value)
    if tagged or ("%" in value and _PERCENTS.fullmatch(value)):  # What was spelled so holds no blanks.
        with suppress(UnicodeError):
            return unquote(tagged[2] if tagged else value, tagged[1] if tagged else "utf-8", "strict")
    return value


def worded(text: str) -> str:
    """Return a text with its encoded words (RFC 2047) undone, as far as they can be, whatever stands between them.

    >>> worded("=?utf-8?q?M=C3=A4rz?= größe, =?klingon?q?x?=")
    'März größe, =?klingon?q?x?='
    """
    from email.errors import HeaderParseError  # noqa: PLC0415 - for the few that need it
    from email.header import decode_header, make_header  # noqa: PLC0415

    def undone(run: re.Match[str]) -> str:
        try:
            return str(make_header(decode_header(run[0])))
        except (LookupError, ValueError, HeaderParseError):
            return run[0]

    return _RUN_OF_WORDS.sub(undone, text)


_RUN_OF_WORDS = re.compile(r"{0}(?:\s*{0})*".format(r"=\?[^?\s]{1,60}\?[BbQq]\?[^?]*\??\?="))
"""Blanks between words are none of the text, and a letter may begin in one and end in the next."""
