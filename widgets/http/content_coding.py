"""Content codings (RFC 9110, section 8.4): undone piece by piece, so that a bomb never unfolds whole. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import webencodings

PIECE = 65_536
"""Bytes that are asked of a decoder at once; brotli and Zstandard give out whole blocks, together at most 2 MB."""

_LONGEST_SILENCE = 1_000_000
"""Bytes that are kept while a decoder has given out nothing: a gzip header may claim a name without end."""

_MOST_CODINGS = 4
_WINDOW = 8 << 20
_BITE = 64
_STEP = 256
_GZIP_MAGIC = b"\x1f"
_DAMAGED = "its data are damaged"

Coding: TypeAlias = Callable[[Iterable[bytes]], Iterator[bytes]]


class CodingError(ValueError):
    """The bytes are not what the coding says, or end too early."""


class ChecksumError(CodingError):
    """All of it came out, and does not have the checksum or the length that stands at its end."""


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


def unbrotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo brotli (RFC 7932); nobody asks for it, but some send it all the same."""
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415 - for the few that send it; it ships no types

    machine = brotli.Decompressor()
    fed = False
    for piece in pieces:
        rest, fed, full = piece, True, False
        while rest or full:
            try:
                out = machine.process(rest, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise CodingError(_DAMAGED) from error
            rest, full = b"", bool(out)
            if out:
                yield out
            if machine.is_finished():
                return
    if fed:
        raise CodingError("the compressed data end too early")


def unzstd(pieces: Iterable[bytes], window: int = _WINDOW) -> Iterator[bytes]:
    """Undo Zstandard (RFC 8878), any number of frames; as a coding with a `window` of at most 8 MB (RFC 9659)."""
    import zstandard  # noqa: PLC0415 - for the few that send it

    machine, frame, fed = zstandard.ZstdDecompressor(max_window_size=window), None, False
    for piece in pieces:
        rest = piece
        while rest:
            frame = frame or machine.decompressobj(write_size=PIECE)
            fed = True
            # A few bytes at a time: what comes out of them is at most a few of the blocks of 128 kB.
            now, rest = rest[:_BITE], rest[_BITE:]
            try:
                out = frame.decompress(now)
            except zstandard.ZstdError as error:
                raise CodingError(_DAMAGED) from error
            if frame.eof:
                rest, frame, fed = frame.unused_data + rest, None, False
            if out:
                yield out
    if fed:
        raise CodingError("the compressed data end too early")


CODINGS: dict[str, Coding] = {
    "gzip": gunzip,
    "x-gzip": gunzip,
    "deflate": undeflate,
    "br": unbrotli,
    "zstd": unzstd,
}
_NONE = frozenset({"", "identity", "none", "null", "binary", "8bit", "7bit", "base64", "chunked", "aws-chunked"})
"""What stands there where nothing is coded: the standard's word, and what services write for it. Two mean how it was
carried, and stay in the head of what some stores keep; base64 is a word of mail, whose bytes say so themselves."""


def named(content_encoding: str) -> list[str]:
    """Return the codings that a header names, without the words that services write where nothing is coded.

    >>> named("GZIP, br"), named("utf-8"), named("identity")
    (['gzip', 'br'], [], [])
    """
    names = (part.strip().strip("\"'") for part in content_encoding.lower().split(","))
    return [name for name in names if name not in _NONE and not _is_something_else(name)]


def _is_something_else(name: str) -> bool:
    """Whether a charset or a media type was put where a coding is named."""
    return "/" in name or webencodings.lookup(name.removeprefix("charset=")) is not None


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
        self._names = named(content_encoding)

    def __iter__(self) -> Iterator[bytes]:
        unknown = [name for name in self._names if name not in CODINGS]
        if unknown or len(self._names) > _MOST_CODINGS:
            names = ", ".join(self._names)[:80]
            self.note = f"Its Content-Encoding, {names}, is not known here: these are the bytes as sent."
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
            pieces = _undone(name, pieces)
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


def _undone(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo one coding; where it fails, say whether its data begin as such data do.

    A text, a part from the middle, or what is coded once less than declared is not damaged.
    """
    head, theirs, came = bytearray(), False, False

    def tee() -> Iterator[bytes]:
        nonlocal theirs
        try:
            for piece in pieces:
                head.extend(piece[: max(0, _LONGEST_HEAD - len(head))])
                yield piece
        except CodingError:
            theirs = True
            raise

    try:
        for piece in CODINGS[name](tee()):
            came = True
            yield piece
    except CodingError as error:
        if theirs or came or str(error) != _DAMAGED:
            raise
        raise CodingError(_why_damaged(name, bytes(head))) from error


def _why_damaged(name: str, head: bytes) -> str:
    """Say what is wrong with data by their first bytes (RFC 1952, 2.3.1; RFC 8878, 3.1).

    Bare deflate and brotli have none that tell.
    """
    match name:
        case "gzip" | "x-gzip":
            fits = head.startswith(b"\x1f\x8b")
        case "zstd":
            fits = head.startswith(b"\x28\xb5\x2f\xfd") or (head[:1].hex()[:1] == "5" and head[1:4] == b"\x2a\x4d\x18")
        case _:
            return "these are no such data, or damaged ones"
    return _DAMAGED if fits else "it does not begin as such data do"


_LONGEST_HEAD = 4


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
            before = machine.copy()
            try:
                out = machine.decompress(rest, PIECE)
            except zlib.error as error:
                yield from _salvaged(before, rest)
                if re.search("incorrect (?:data|length) check", str(error)):
                    raise ChecksumError("its checksum is wrong") from error
                raise CodingError(_DAMAGED) from error
            full = len(out) == PIECE
            rest = machine.unused_data if machine.eof else machine.unconsumed_tail
            if out:
                yield out
    if fed and not machine.eof:
        raise CodingError("the compressed data end too early")


def _salvaged(machine: Any, piece: bytes) -> Iterator[bytes]:
    """Yield what comes out of a piece before the place where it is damaged."""
    for step in (_STEP, 1):
        while piece:
            before = machine.copy()
            try:
                out = machine.decompress(piece[:step], PIECE)
                while out:
                    yield out
                    out = machine.decompress(machine.unconsumed_tail, PIECE) if machine.unconsumed_tail else b""
            except zlib.error:
                machine = before
                break
            piece = piece[step:]
