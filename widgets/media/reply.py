"""What a viewer needs to know of a reply. Pure; the room that fetches has a type that fits, and so has any other."""

from __future__ import annotations

from dataclasses import dataclass
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
