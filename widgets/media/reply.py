"""What a viewer needs to know of a reply. Pure; the room that fetches has a type that fits, and so has any other."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from typing import Protocol


class Blob(Protocol):
    """Bytes in memory or in a file; `bytes` is one."""

    def __len__(self) -> int:
        """How many bytes there are."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Read a part, with step 1."""

    def __bytes__(self) -> bytes:
        """Read all of it into memory."""


class Reply(Protocol):
    """What is shown: a reply, or a piece of one."""

    @property
    def url(self) -> str:
        """Where it came from, or its name inside an archive."""

    @property
    def body(self) -> Blob:
        """Its bytes."""

    @property
    def media_type(self) -> str:
        """The declared type in lower case without parameters, or empty."""

    @property
    def charset(self) -> str:
        """The declared charset, or empty."""

    @property
    def description(self) -> str:
        """What it shows, in words, or empty."""


class Unreadable(ValueError):  # noqa: N818 - not a fault of the program
    """What came is not what its viewer reads; the message says so for the page: 'not JSON: line 3, column 1'."""


class Misasked(ValueError):  # noqa: N818 - not a fault of the program either
    """What a person asks of a reply cannot be answered; the message says why: 'JMESPath has no function size()'."""


class Inert(str):
    """An HTML document without anything that opens a connection, shown or clicked; `decoders.inert_page` makes it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a reply that is shown by itself: an entry of an archive, a data: address inside JSON."""

    url: str
    body: Blob
    media_type: str = ""
    charset: str = ""
    description: str = ""
    depth: int = 0
    headers: tuple[tuple[str, str], ...] = ()


def reread(reply: Reply, *, body: Blob | None = None, charset: str = "") -> Reply:
    """Return a reply with another body, or as if it had declared another charset; its headers stay."""
    depth = reply.depth if isinstance(reply, Piece) else 0
    return Piece(
        reply.url,
        reply.body if body is None else body,
        reply.media_type,
        charset or reply.charset,
        reply.description,
        depth,
        tuple(getattr(reply, "headers", ())),
    )


def parameter(reply: Reply, name: str) -> str:
    """Return a parameter of the declared type, such as `boundary`; empty where there is none, or no header at all.

    >>> parameter(Piece("", b"", headers=(("Content-Type", 'text/csv; header="absent"'),)), "header")
    'absent'
    """
    declared = Message()
    for field, value in getattr(reply, "headers", ()):
        if field.lower() == "content-type":
            declared["Content-Type"] = " ".join(value.split())
    return str(declared.get_param(name, "") or "")


class Tail:
    """What is left of a blob behind its first bytes."""

    def __init__(self, blob: Blob, first: int) -> None:
        self._blob = blob
        self._first = min(first, len(blob))

    def __len__(self) -> int:
        return len(self._blob) - self._first

    def __getitem__(self, part: slice, /) -> bytes:
        start, stop, _ = part.indices(len(self))
        return self._blob[self._first + start : self._first + max(start, stop)]

    def __bytes__(self) -> bytes:
        return self[:]
