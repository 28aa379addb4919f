"""The head of an answer, read as browsers do: one bad line costs only itself, and is told. Pure.

What RFC 9112 wants refused and browsers show all the same is shown here too; what browsers would not show is shown with
a note that says so. A note is a whole sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import CutHeadError, NotHTTPError
from .message import Headers, readable

if TYPE_CHECKING:
    from collections.abc import Callable

    ReadLine = Callable[[int], bytes]
    """Returns the next line with its end, or as many bytes as it is given."""

MOST_FIELDS = 1000
MOST_BYTES = 262_144
"""Of a whole head, as in Chromium."""

_MOST_INTERIM = 100
"""Answers 1xx in front of one answer."""

_STATUS_LINE = re.compile(
    rb"(?:(?P<http>(?i:HTTP)/(?:1\.(?P<minor>[0-9])|[23](?:\.[0-9])?))|ICY)"
    rb" +(?P<status>[1-9][0-9]{2})(?: +(?P<reason>.*))?"
)
_MOST_BLANK = 4
"""Empty lines before an answer that are passed over: some services leave the end of the one before there."""

_TLS = (b"\x15\x03", b"\x16\x03")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MOST_NOTES = 5
_SHOWN = 60
_NO_BODY = frozenset({204, 304})
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_LENGTH = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Framing:
    """Where the body ends (RFC 9112, section 6.3).

    Attributes:
        length: Bytes of the body; `None` where it has chunks or ends with the connection.
        chunked: Whether it comes in chunks.
        codings: Transfer codings other than chunks, which are to be undone, as in `Content-Encoding`.
        kept: Whether the connection can be used again.
        notes: What browsers would not take.
    """

    length: int | None = None
    chunked: bool = False
    codings: str = ""
    kept: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and header fields."""

    minor: int
    status: int
    reason: str
    headers: Headers
    notes: tuple[str, ...] = ()


def read_head(read_line: ReadLine) -> Head:
    r"""Read the head of the final answer; interim ones (1xx) are passed over.

    >>> import io
    >>> head = read_head(io.BytesIO(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nMy Name: x\r\nA: b\r\n\r\n").readline)
    >>> head.status, head.headers
    (200, (('A', 'b'),))
    >>> head.notes
    ("The header line 'My Name: x' is malformed and was left out.",)

    Raises:
        NotHTTPError: What comes is no head.
        ConnectionResetError: Nothing came, or it ended within the head.
    """  # noqa: E501 - a head is one string
    for _ in range(_MOST_INTERIM):
        head = _one_head(_Lines(read_line))
        if head.status >= 200 or head.status == 101:  # noqa: PLR2004 - RFC 9110's classes
            return head
    raise NotHTTPError(f"more than {_MOST_INTERIM} interim answers came, and no final one")


def framing(head: Head, method: str) -> Framing:
    """Say where the body of an answer to `method` ends.

    >>> framing(Head(1, 200, "OK", Headers([("Content-Length", "5")])), "GET")
    Framing(length=5, chunked=False, codings='', kept=True, notes=())
    """
    stays = _stays(head)
    notes: list[str] = []
    codings = [each.strip().lower() for value in head.headers.all("Transfer-Encoding") for each in value.split(",")]
    codings = [each for each in codings if each not in {"", "identity"}]
    lengths = list(dict.fromkeys(
        each.strip() for value in head.headers.all("Content-Length") for each in value.split(",")
    ))  # fmt: skip
    good = [int(each[:30]) for each in lengths if _LENGTH.fullmatch(each)]
    if len(good) < len(lengths):
        bad = next(each for each in lengths if not _LENGTH.fullmatch(each))
        notes.append(f"Its Content-Length {readable(bad)[:_SHOWN]!r} is no length: browsers may refuse such an answer.")
    if len(set(good)) > 1:
        told = " and ".join(f"{each:,}" for each in sorted(set(good))[:5])
        notes.append(f"It states lengths that differ ({told} bytes): browsers refuse such an answer.")
        stays = False
    if method == "HEAD" or head.status in _NO_BODY or head.status < 200:  # noqa: PLR2004 - RFC 9110's classes
        return Framing(0, kept=stays and head.status >= 200, notes=tuple(notes))  # noqa: PLR2004
    if codings:
        return _by_codings(codings, stays=stays and not lengths, notes=notes)
    if good:
        return Framing(max(good), kept=stays and not notes, notes=tuple(notes))
    return Framing(notes=tuple(notes))


def _by_codings(codings: list[str], *, stays: bool, notes: list[str]) -> Framing:
    """The framing where transfer codings are stated; they overrule a length (RFC 9112, section 6.3)."""
    chunked = codings[-1] == "chunked"
    rest = codings[:-1] if chunked else codings
    if "chunked" in rest:
        notes.append(
            f"Its transfer codings stand in an order that cannot be ({', '.join(codings)[:_SHOWN]}: chunked must come "
            "last, and once): browsers and curl refuse such an answer."
        )
        rest = [each for each in rest if each != "chunked"]
        # What was coded after the chunks has to be undone before them; nobody does.
        return Framing(notes=tuple(notes))
    unknown = [each for each in rest if each not in _CODINGS]
    if unknown:
        notes.append(
            f"Its transfer coding {readable(unknown[0])[:_SHOWN]!r} is not known and not undone: browsers and curl "
            "refuse such an answer."
        )
        rest = []
    elif rest:
        notes.append(f"Its transfer coding {', '.join(rest)} was undone; browsers do not know it.")
    return Framing(None, chunked, ", ".join(rest), kept=chunked and stays, notes=tuple(notes))


def _stays(head: Head) -> bool:
    """Whether the other side keeps the connection (RFC 9112, section 9.3)."""
    said = {each.strip().lower() for value in head.headers.all("Connection") for each in value.split(",")}
    return "close" not in said and (head.minor > 0 or "keep-alive" in said)


class _Lines:
    """The lines of one head, counted."""

    def __init__(self, read_line: ReadLine) -> None:
        self._read_line = read_line
        self._left = MOST_BYTES
        self._first = True

    def next(self) -> bytes:
        """The next line without its end; empty at the end of the head."""
        line = self._read_line(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise NotHTTPError(f"its head is longer than {MOST_BYTES // 1024} kB")
        if not line.endswith(b"\n"):
            if self._first and line and line[:5].upper() != b"HTTP/":  # It came whole, and is no head.
                return line
            raise CutHeadError if line or not self._first else ConnectionResetError
        line = line[:-1].removesuffix(b"\r")
        self._first = self._first and not line
        return line


def _one_head(lines: _Lines) -> Head:
    first = _first_line(lines)
    match = _STATUS_LINE.fullmatch(first)
    if match is None:
        raise NotHTTPError(_begins(first))
    notes: list[str] = []
    if match["http"] is None:
        notes.append("It begins with ICY in place of HTTP, as old radio streams do: browsers refuse such an answer.")
    elif match["minor"] is None:
        version = match["http"].decode("ascii")
        notes.append(f"It calls itself {version}, which has another form on the wire: browsers refuse such an answer.")
    fields: list[tuple[str, str]] = []
    while line := lines.next():
        if len(fields) == MOST_FIELDS:
            raise NotHTTPError(f"it has more than {MOST_FIELDS:,} header fields")
        take(line, fields, notes)
    reason = (match["reason"] or b"").decode("latin-1")
    told = list(dict.fromkeys(notes))
    if len(told) > _MOST_NOTES:
        told[_MOST_NOTES:] = [f"{len(told) - _MOST_NOTES} more of its header lines are malformed."]
    return Head(int(match["minor"] or 0), int(match["status"]), reason, Headers(fields), tuple(told))


def _first_line(lines: _Lines) -> bytes:
    """The first line that is not empty."""
    line = lines.next()
    for _ in range(_MOST_BLANK):
        if line:
            break
        try:
            line = lines.next()
        except CutHeadError:
            raise
        except ConnectionResetError as error:
            raise NotHTTPError(_begins(b"")) from error
    return line


def _begins(first: bytes) -> str:
    """Say how something begins that is no head, so that it may be recognised."""
    if first.startswith(_TLS):
        return "it begins as TLS does, which is what https speaks"
    begins = readable(first[:_SHOWN].decode("latin-1"))
    if begins:
        return f"it begins with {begins!r}"
    return f"it begins with the bytes {first[:8].hex(' ').upper()}" if first else "it begins with an empty line"


def take(line: bytes, fields: list[tuple[str, str]], notes: list[str]) -> None:
    """Add the field of one line to the others, or say why not."""
    shown = readable(line[: 2 * _SHOWN].decode("latin-1"))[:_SHOWN]
    if line[:1] in b" \t" and fields:  # RFC 9112, section 5.2: an obsolete folding
        name, value = fields.pop()
        fields.append((name, f"{value} {line.strip().decode('latin-1')}"))
        return
    name_bytes, colon, value_bytes = line.partition(b":")
    if not colon or not _NAME.fullmatch(name_bytes.rstrip(b" \t")):
        notes.append(f"The header line {shown!r} is malformed and was left out.")
        return
    name = name_bytes.rstrip(b" \t").decode("ascii")
    if name != name_bytes.decode("latin-1"):
        notes.append(f"The header {name[:_SHOWN]} has a blank before its colon, which is not allowed.")
    if b"\0" in value_bytes:
        notes.append(f"The header {name[:_SHOWN]} holds a NUL: browsers and curl refuse such an answer.")
    if b"\r" in value_bytes:
        notes.append(f"The header {name[:_SHOWN]} holds a bare carriage return: browsers may refuse such an answer.")
    fields.append((name, value_bytes.strip(b" \t").decode("latin-1")))
