"""What came back from one fetch. Pure: no clock, no network, no widget."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Protocol
from urllib.parse import unquote

from widgets.http.message import TAGGED, Headers, Hop, Request, readable, spelled

from .quantity import as_duration, as_size

_LONGEST_DESCRIPTION = 2000
_LONGEST_SPELLED = 12 * _LONGEST_DESCRIPTION
"""Characters of which so many signs may be made: four bytes each, each with a percent sign and two digits."""

_LONGEST_TYPE = 1000
"""Characters of Content-Type that are looked at: to part it by commas takes time with the square of its length."""

_NAMED_AGAIN = re.compile(r"(?i)(?:^|(?<=,))\s*content-type\s*:")
_COLON = re.compile(r"(?i)(;\s*charset\s*):")
"""What programs write into the header by mistake: its own name once more, and a colon in place of the equals sign."""

_COMMA = re.compile(r""",(?=(?:[^"]|"[^"]*")*$)""")


class Blob(Protocol):
    """Bytes that may lie in memory or in a file: `bytes` is one, `Body` the other."""

    def __len__(self) -> int:
        """How many bytes there are."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Read a part; the step must be 1."""

    def __bytes__(self) -> bytes:
        """Read all of it into memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    >>> reply = Reply("http://x.example/", 200, "OK", Headers([("Content-Type", "Text/CSV; charset=UTF-8")]), b"a,b")
    >>> reply.media_type, reply.charset, reply.facts
    ('text/csv', 'utf-8', '200 OK · text/csv · 3 bytes · 0 ms')

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
        received: The body as it came, where a Content-Encoding was undone; else None.
        trailers: The header fields that came behind the body.
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
    received: Blob | None = None
    trailers: Headers = field(default_factory=Headers)

    @property
    def media_type(self) -> str:
        """The declared media type in lower case without parameters, such as `text/html`; empty when none is.

        Where several are declared the last one counts, as in browsers (WHATWG Fetch, 'extract a MIME type').
        """
        declared = self.media_types
        return declared[-1] if declared else ""

    @property
    def media_types(self) -> tuple[str, ...]:
        """All that are declared, each once; hardly ever more than one."""
        return tuple(dict.fromkeys(name for name, _ in self._declared()))

    @property
    def charset(self) -> str:
        """The declared charset in lower case, or empty; one that was declared with another type does not count."""
        charset = ""
        for name, said in self._declared():
            charset = said or (charset if name == self.media_type else "")
        return charset

    def _declared(self) -> list[tuple[str, str]]:
        """Return type and charset of each value of Content-Type; commas part them too."""
        found: list[tuple[str, str]] = []
        said_twice = _NAMED_AGAIN.sub("", self.headers.get("Content-Type")[:_LONGEST_TYPE])
        for value in _COMMA.split(_COLON.sub(r"\1=", said_twice)):
            name, _, rest = value.partition(";")[0].strip("\"' \t").lower().partition(" ")
            message = Message()
            message["Content-Type"] = " ".join(value.split())
            if "=" in rest:  # A semicolon is missing behind the type.
                message.replace_header("Content-Type", f"{name}; {rest}; {value.partition(';')[2]}")
            if name and name != "*/*" and (not found or "/" in name):
                found.append((name, str(message.get_param("charset", "") or "").lower()))
        return found

    @property
    def description(self) -> str:
        """X-Description as one readable line, or empty; its form with other letters (RFC 8187) is taken first.

        Services also spell it as mail does (RFC 2047) or with percent signs, and send it in the charset of the body.
        """
        tagged = TAGGED.fullmatch(self.headers.get("X-Description*"))
        whole = unquote(tagged[2], tagged[1]) if tagged else ""
        said = self.headers.get("X-Description")
        plain = readable(said[:_LONGEST_SPELLED], self.charset)
        words = readable(whole or spelled(plain))
        if len(words) <= _LONGEST_DESCRIPTION and (whole or len(said) <= _LONGEST_SPELLED):
            return words
        return f"{words[:_LONGEST_DESCRIPTION]} …"

    @property
    def facts(self) -> str:
        """Status, type, size and time in one line."""
        words = f"{self.status} {readable(self.reason, self.charset)}".strip()
        size = as_size(len(self.body)) + ("" if self.complete else ", incomplete")
        return " · ".join([words, readable(self.media_type) or "no type declared", size, as_duration(self.elapsed)])
