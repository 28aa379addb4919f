"""What came back from one fetch. Pure: no clock, no network, no widget."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Protocol
from urllib.parse import unquote

from .quantity import as_duration, as_size

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LONGEST_DESCRIPTION = 2000


class Blob(Protocol):
    """Bytes that may lie in memory or in a file: `bytes` is one, `Body` the other."""

    def __len__(self) -> int:
        """How many bytes there are."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Read a part; the step must be 1."""

    def __bytes__(self) -> bytes:
        """Read all of it into memory."""


class Headers(tuple[tuple[str, str], ...]):
    """Header fields as they came: in order, repeated ones apart (RFC 9110, section 5.3)."""

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
    """A request as it was sent; `headers` as they went over the wire."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)


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
    """

    request: Request
    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    moments: tuple[tuple[str, float], ...] = ()
    peer: str = ""
    security: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        url: The address that gave this reply, after redirects.
        status: The HTTP status.
        reason: The words beside the status.
        headers: As they came.
        body: Decoded bytes, or the bytes as sent where `note` says that they could not be decoded.
        complete: Whether the whole body came.
        why_incomplete: If not, a sentence.
        elapsed: Seconds from the start of the fetch to the last byte.
        hops: Every question and answer, redirects included, in order.
        wire_size: Bytes of the body on the wire, before decoding.
        request: The last request as it was sent.
        note: What else is worth knowing about the body, or empty.
    """

    url: str
    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: Blob = b""
    complete: bool = True
    why_incomplete: str = ""
    elapsed: float = 0.0
    hops: tuple[Hop, ...] = ()
    wire_size: int = 0
    request: Request = field(default_factory=lambda: Request("GET", ""))
    note: str = ""

    @property
    def media_type(self) -> str:
        """The declared media type in lower case without parameters, such as `text/html`; empty when none is."""
        return self.headers.get("Content-Type").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The declared charset in lower case, or empty."""
        message = Message()
        message["Content-Type"] = self.headers.get("Content-Type").replace("\r", " ").replace("\n", " ")
        return str(message.get_param("charset", "") or "").lower()

    @property
    def description(self) -> str:
        """X-Description as one readable line, or empty; its form with other letters (RFC 8187) is taken first."""
        charset, _, spelled = self.headers.get("X-Description*").partition("'")
        whole = unquote(spelled.partition("'")[2]) if charset.lower() == "utf-8" else ""
        return readable(whole or self.headers.get("X-Description"))[:_LONGEST_DESCRIPTION]

    @property
    def facts(self) -> str:
        """Status, type, size and time in one line."""
        words = f"{self.status} {readable(self.reason)}".strip()
        size = as_size(len(self.body)) + ("" if self.complete else ", incomplete")
        return " · ".join([words, readable(self.media_type) or "no type declared", size, as_duration(self.elapsed)])


def readable(value: str) -> str:
    """Return a header value as one line without controls and bidirectional marks.

    Header bytes are read as Latin-1 (RFC 9112, section 2.2 leaves no better choice), but many services send UTF-8:
    where the bytes are valid UTF-8, they are taken for it.
    """
    with suppress(UnicodeError):  # Real Latin-1, or text that was decoded before, stays as it is.
        value = value.encode("latin-1").decode("utf-8")
    shown = "".join(" " if unicodedata.category(char) in _HIDDEN else char for char in value)
    return " ".join(shown.split())
