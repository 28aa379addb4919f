"""HTTP messages as they went over the wire: header fields, requests, and one exchange of a chain. Pure."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field

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


def readable(value: str) -> str:
    """Return a header value as one line without controls and bidirectional marks.

    Header bytes are read as Latin-1 (RFC 9112, section 2.2 leaves no better choice), but many services send UTF-8:
    where the bytes are valid UTF-8, they are taken for it.
    """
    with suppress(UnicodeError):  # Real Latin-1, or text that was decoded before, stays as it is.
        value = value.encode("latin-1").decode("utf-8")
    shown = "".join(" " if unicodedata.category(char) in _HIDDEN else char for char in value)
    return " ".join(shown.split())
