"""Content codings (RFC 9110, section 8.4): undone piece by piece, so that a bomb never unfolds whole. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

PIECE = 65_536
"""Bytes that a decoder gives out at once, at most."""

_LONGEST_SILENCE = 1_000_000
"""Bytes that are kept while a decoder has given out nothing: a gzip header may claim a name without end."""

_MOST_CODINGS = 4
_GZIP_MAGIC = b"\x1f"

Coding: TypeAlias = Callable[[Iterable[bytes]], Iterator[bytes]]


class CodingError(ValueError):
    """The bytes are not what the coding says, or end too early."""


def gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip (RFC 1952), with several members one after the other; what follows the last is padding."""
    return _inflate(pieces, 16 + zlib.MAX_WBITS)


def undeflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo deflate: zlib (RFC 1950), or the bare deflate (RFC 1951) that some services send under that name."""
    source = iter(pieces)
    first = b""
    while len(first) < 2 and (piece := next(source, b"")):  # noqa: PLR2004 - the zlib header has two bytes
        first += piece
    zlib_like = len(first) > 1 and first[0] & 15 == zlib.DEFLATED and int.from_bytes(first[:2]) % 31 == 0
    return _inflate(_again(first, source), zlib.MAX_WBITS if zlib_like else -zlib.MAX_WBITS)


CODINGS: dict[str, Coding] = {"gzip": gunzip, "x-gzip": gunzip, "deflate": undeflate}


class Decoding:
    """Iterates over the decoded pieces of a body.

    Bytes that were never in the declared coding, or in one that is not known, come out as they were sent, and `note`
    says so.

    Raises:
        CodingError: While iterating: the coding broke off in the middle.
    """

    def __init__(self, wire: Iterable[bytes], content_encoding: str) -> None:
        self.note = ""
        self._wire = iter(wire)
        self._names = [
            name for part in content_encoding.lower().split(",") if (name := part.strip()) and name != "identity"
        ]

    def __iter__(self) -> Iterator[bytes]:
        unknown = [name for name in self._names if name not in CODINGS]
        if unknown or len(self._names) > _MOST_CODINGS:
            names = ", ".join(self._names)[:80]
            self.note = f"The body is coded as {names}, which is not undone here: these are the bytes as sent."
            return self._wire
        return self._decoded() if self._names else self._wire

    def _decoded(self) -> Iterator[bytes]:
        seen = bytearray()
        started = False

        def tee() -> Iterator[bytes]:
            for piece in self._wire:
                if not started:
                    seen.extend(piece)
                    if len(seen) > _LONGEST_SILENCE:
                        raise CodingError("nothing comes out of it")
                yield piece

        pieces: Iterable[bytes] = tee()
        for name in reversed(self._names):
            pieces = CODINGS[name](pieces)
        try:
            for piece in pieces:
                started = True
                seen.clear()
                yield piece
        except CodingError as error:
            if started or not seen:
                raise
            names = ", ".join(self._names)
            self.note = (
                f"The body is declared as {names}, but cannot be decoded ({error}): these are the bytes as sent."
            )
            yield bytes(seen)
            yield from self._wire


def _again(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _inflate(pieces: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    machine = zlib.decompressobj(wbits)
    fed = False
    for piece in pieces:
        rest = piece
        full = False
        while rest or full:
            if machine.eof:
                if not rest.startswith(_GZIP_MAGIC):
                    return
                machine = zlib.decompressobj(wbits)
            fed = fed or bool(rest)
            try:
                out = machine.decompress(rest, PIECE)
            except zlib.error as error:
                raise CodingError("its data are damaged") from error
            full = len(out) == PIECE
            rest = machine.unused_data if machine.eof else machine.unconsumed_tail
            if out:
                yield out
    if fed and not machine.eof:
        raise CodingError("the compressed data end too early")
