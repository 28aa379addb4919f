"""Bodies of several parts: multipart (RFC 2046, section 5.1) and server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from .table import Table

if TYPE_CHECKING:
    from email.message import Message

MOST_PARTS = 200
MOST_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    media_type: str
    charset: str
    body: bytes


def multipart(data: bytes) -> list[Part]:
    """Return the parts of a body; its first line says where they are cut. Raise `ValueError` when there is none."""
    start = data.find(b"--")
    cut = data[start:].split(b"\n", 1)[0].rstrip(b"\r \t") if start >= 0 else b""
    if not 3 <= len(cut) <= 72:  # noqa: PLR2004 - RFC 2046: 1 to 70 characters after the two hyphens
        raise ValueError("it has no line that separates parts")
    found: list[Part] = []
    for piece in (b"\n" + data[start:]).split(b"\n" + cut)[1 : MOST_PARTS + 1]:
        if piece.startswith(b"--"):
            break
        found.append(_part(piece, len(found)))
    return found


def _part(piece: bytes, number: int) -> Part:
    piece = piece.partition(b"\n")[2]
    head, between, body = piece.partition(b"\r\n\r\n")
    if not between:
        head, _, body = piece.partition(b"\n\n")
    headers = BytesHeaderParser().parsebytes(head)
    name = _named(headers) or f"part {number + 1}"
    charset = str(headers.get_param("charset", "") or "")
    return Part(name, headers.get_content_type(), charset, body.removesuffix(b"\r"))


def _named(headers: Message) -> str:
    filename = headers.get_param("filename", "", "content-disposition")
    name = headers.get_param("name", "", "content-disposition")
    return str(filename or name or headers.get("Content-Location", "") or "")[:200]


@dataclass(slots=True)
class _Event:
    fields: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    def row(self, last_id: str) -> tuple[str, ...]:
        return (last_id, self.fields.get("event", "message"), "\n".join(self.data)[:2000], self.fields.get("retry", ""))


def events(text: str) -> Table:
    """Return server-sent events as a table of id, event, data and retry; the last one may be unfinished."""
    rows: list[tuple[str, ...]] = []
    event = _Event()
    last_id = ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in [*lines, ""]:
        if not line:
            if event.data:
                rows.append(event.row(last_id))
            event = _Event()
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            event.data.append(value)
        elif name == "id":
            last_id = value
        elif name:
            event.fields[name] = value
    cut = f"the last {MOST_EVENTS:,} of {len(rows):,} events" if len(rows) > MOST_EVENTS else ""
    columns = ("id", "event", "data", "retry")
    return Table(columns, tuple(rows[-MOST_EVENTS:]), ("text",) * 4, "", cut)
