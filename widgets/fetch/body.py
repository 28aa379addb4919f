"""A body as it is read: counted, decoded, capped, kept as far as it came; a large one in a file that has no name."""

from __future__ import annotations

import tempfile
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, repeat
from math import inf
from typing import IO, TYPE_CHECKING

from widgets.http.content_coding import PIECE, ChecksumError, CodingError, Decoding, named
from widgets.http.errors import broken_off
from widgets.http.message import Headers
from widgets.model.quantity import as_size, as_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from widgets.http.connection import Deadline
    from widgets.http.transport import Response
    from widgets.model.reply import Blob

IN_MEMORY = 8_000_000
"""Bytes up to which a body stays in memory."""

AT_FIRST = 24_000_000
"""Bytes up to which it is in memory while it comes and is shown for the first time: to write it takes as long as to
fetch it. It goes to its file soon after."""

_SOON = 1.0
_AT_ONCE = 262_144
"""Bytes that are read at once where nothing is coded; a decoder is given less, so that it gives out less."""

_PART = 1_000_000
_WHERE = "under “Method, headers, login” to see more"
_FIRST_LOOK = 0.4
LIVE = ("text/event-stream", "application/x-ndjson", "application/jsonl")
_LIVE_EVERY = 1.0


class Body:
    """Bytes that are appended by one thread and read by others.

    Up to `in_memory` bytes are kept in memory, more in a temporary file, which vanishes with the object. The file never
    lies under the served folder, and has no name by which a browser or another program could open it.

    Args:
        in_memory: Bytes that stay in memory.
        at_first: Bytes that are in memory until a second after it was settled.
    """

    def __init__(self, in_memory: int = IN_MEMORY, at_first: int = 0) -> None:
        self._in_memory = in_memory
        self._at_first = max(in_memory, at_first)
        self._head = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self._lock = threading.Lock()

    def append(self, piece: bytes) -> None:
        """Add bytes at the end."""
        with self._lock:
            if self._file is None and self._size + len(piece) > self._at_first:
                self._write_head()
            if self._file is None:
                self._head += piece
            else:
                # At once: others may read it by its number.
                _write(self._file, piece, self._size)
            self._size += len(piece)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice, /) -> bytes:
        start, stop, step = part.indices(self._size)
        if step != 1:
            raise ValueError(f"a body is read in order, got step {step}")
        with self._lock:
            if self._file is None:
                return bytes(memoryview(self._head)[start:stop])
            return _read(self._file, start, stop)

    def __bytes__(self) -> bytes:
        return self[:]

    @property
    def file_number(self) -> int | None:
        """The number of the file that holds it, for reading at any place; None where it stays in memory."""
        if self._size > self._in_memory:
            self.to_file()
        return None if self._file is None else self._file.fileno()

    def settled(self) -> Blob:
        """Return the body as it will stay: plain `bytes` when they stay in memory anyway."""
        if self._file is not None:
            return self
        if self._size <= self._in_memory:
            return bytes(self)
        _soon(self)
        return self

    def to_file(self) -> None:
        """Write it to its file now, where it is not there yet."""
        with self._lock:
            if self._file is None:
                self._write_head()

    def _write_head(self) -> None:
        file = _nameless_file(self)
        _write(file, self._head, 0)
        self._file, self._head = file, bytearray()


def _soon(body: Body) -> None:
    """Write a body to its file a little later, unless nobody wants it any more by then."""
    known = weakref.ref(body)

    def write() -> None:
        kept = known()
        if kept is not None:
            with suppress(OSError):  # as where the disk is full: then it stays where it is
                kept.to_file()

    timer = threading.Timer(_SOON, write)
    timer.daemon, timer.name = True, "body-to-file"
    timer.start()


def _nameless_file(owner: Body) -> IO[bytes]:
    file: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as the body
    weakref.finalize(owner, file.close)
    return file


def _write(file: IO[bytes], data: bytes | bytearray, place: int) -> None:
    file.seek(place)  # `os.pwrite` would do both, where there is one
    with memoryview(data) as left:
        written = 0
        while written < len(left):
            written += file.write(left[written:])


def _read(file: IO[bytes], start: int, stop: int) -> bytes:
    """What lies between two places; less where the file is shorter."""
    file.seek(start)
    pieces: list[bytes] = []
    while start < stop and (piece := file.read(stop - start)):
        pieces.append(piece)
        start += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a body; the fields are those of `Reply`."""

    body: Blob
    complete: bool
    why_incomplete: str
    note: str
    wire_size: int
    received: Blob | None = None
    trailers: Headers = field(default_factory=Headers)


def _when_parts_are_due(headers: Headers, now: float) -> Iterator[float]:
    """Yield the moments at which a part of the body is worth a look, in seconds on the watch."""
    if headers.get("Content-Type").lower().startswith(LIVE):
        yield from count(now, _LIVE_EVERY)
    yield now + _FIRST_LOOK
    yield from repeat(inf)


class _Enough(Exception):  # noqa: N818 - it ends a loop
    """The cap is reached."""


def receive(
    response: Response,
    deadline: Deadline,
    *,
    cap: int,
    on_progress: Callable[[int, int | None], None] | None = None,
    on_part: Callable[[bytes], None] | None = None,
) -> Received:
    """Read until the end, the cap, the deadline or Stop; what came of a body that breaks off is kept, with the reason.

    Args:
        response: The answer, of which only the head was read.
        deadline: Ends the reading.
        cap: Bytes that are kept, at most.
        on_progress: Told the bytes on the wire so far and their expected number.
        on_part: Told the beginning of a body that takes its time; again and again for one that never ends by itself.
    """
    headers = response.hop.headers
    coded = ", ".join(filter(None, (headers.get("Content-Encoding"), response.codings)))
    body = Body() if coded else _body_of(response.total)
    part_due = _when_parts_are_due(headers, deadline.now)
    due = next(part_due)
    wire = _wire(response, cap, on_progress, PIECE if coded else _AT_ONCE)
    kept = Body() if named(headers.get("Content-Encoding")) else None
    decoding = Decoding(wire if kept is None else _kept(wire, kept), coded)
    why, doubt = "", ""
    try:
        for piece in decoding:
            room = cap - len(body)
            body.append(piece[:room])
            if len(piece) > room:
                raise _Enough  # noqa: TRY301 - one place says what each end means
            if on_part is not None and deadline.now >= due:
                on_part(body[:_PART])
                due = next(part_due)
    except ChecksumError as error:  # where the other side was cut, its data end too early instead
        doubt = f"All of it came, but {error}: some of it may be damaged."
    except Exception as error:  # noqa: BLE001 - whatever broke it, the part that came is kept
        why = _reason(error, cap)
    finally:
        response.close()
    if deadline.reason:  # A socket that was shut looks like a normal end.
        late = f"The time was up after {as_span(round(deadline.now))}: raise the time limit {_WHERE}."
        why = "Stopped by you." if deadline.reason == "stopped" else late
    received = None if kept is None or decoding.note else kept.settled()
    note = " ".join(filter(None, (response.note, decoding.note, doubt)))
    return Received(body.settled(), not why, why, note, response.tell(), received, response.trailers)


def _kept(wire: Iterator[bytes], body: Body) -> Iterator[bytes]:
    """Yield the pieces, and keep them as they came: what is saved may be either form."""
    for piece in wire:
        body.append(piece)
        yield piece


def _body_of(size: int | None) -> Body:
    """Return the place for a body of which only one form comes: what is announced as large grows in its file."""
    return Body(at_first=0 if size is not None and size > AT_FIRST else AT_FIRST)


def _wire(
    response: Response, cap: int, on_progress: Callable[[int, int | None], None] | None, most: int
) -> Iterator[bytes]:
    """Yield the bytes as they come; at most the cap and one piece, since a coding may give out nothing."""
    while piece := response.read1(most):
        if on_progress is not None:
            on_progress(response.tell(), response.total)
        yield piece
        if response.tell() > cap:
            raise _Enough


def _reason(error: Exception, cap: int) -> str:
    match error:
        case _Enough():
            return f"Only the first {as_size(cap)} were kept: raise the size limit {_WHERE}."
        case CodingError():
            return f"The compression broke off: {error}."
        case _:
            return broken_off(error)
