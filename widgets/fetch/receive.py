"""Reads a body: counted, decoded, capped, and kept as far as it came."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, repeat
from math import inf
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError, ReadTimeoutError

from widgets.http.content_coding import PIECE, CodingError, Decoding
from widgets.http.message import Headers, readable
from widgets.model.quantity import as_size

from .body import Body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from urllib3.response import BaseHTTPResponse

    from widgets.http.connection import Watch
    from widgets.model.reply import Blob

_PART = 1_000_000
_FIRST_LOOK = 0.4
_LIVE = ("text/event-stream", "application/x-ndjson", "application/jsonl")
_LIVE_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a body; the fields are those of `Reply`."""

    body: Blob
    complete: bool
    why_incomplete: str
    note: str
    wire_size: int


def _when_parts_are_due(headers: Headers, now: float) -> Iterator[float]:
    """Yield the moments at which a part of the body is worth a look, in seconds on the watch."""
    if headers.get("Content-Type").lower().startswith(_LIVE):
        yield from count(now, _LIVE_EVERY)
    yield now + _FIRST_LOOK
    yield from repeat(inf)


class _Enough(Exception):  # noqa: N818 - it ends a loop
    """The cap is reached."""


def receive(
    raw: BaseHTTPResponse,
    headers: Headers,
    watch: Watch,
    *,
    cap: int,
    on_progress: Callable[[int, int | None], None] | None = None,
    on_part: Callable[[bytes], None] | None = None,
) -> Received:
    """Read until the end, the cap, the deadline or Stop; what came of a body that breaks off is kept, with the reason.

    Args:
        raw: The answer, of which only the head was read.
        headers: Of the answer.
        watch: Ends the reading.
        cap: Bytes that are kept, at most.
        on_progress: Told the bytes on the wire so far and their expected number.
        on_part: Told the beginning of a body that takes its time; again and again for one that never ends by itself.
    """
    total = _length(headers)
    body = Body()
    part_due = _when_parts_are_due(headers, watch.now)
    due = next(part_due)
    decoding = Decoding(_wire(raw, cap, total, on_progress), headers.get("Content-Encoding"))
    why = ""
    try:
        for piece in decoding:
            room = cap - len(body)
            body.append(piece[:room])
            if len(piece) > room:
                raise _Enough  # noqa: TRY301 - one place says what each end means
            if on_part is not None and watch.now >= due:
                on_part(body[:_PART])
                due = next(part_due)
    except Exception as error:  # noqa: BLE001 - whatever broke it, the part that came is kept
        why = _reason(error, cap)
    finally:
        raw.close()
    if watch.reason:  # A socket that was shut looks like a normal end.
        why = "Stopped by you." if watch.reason == "stopped" else f"The time was up after {watch.now:.0f} s."
    return Received(body.settled(), not why, why, decoding.note, raw.tell())


def _wire(
    raw: BaseHTTPResponse, cap: int, total: int | None, on_progress: Callable[[int, int | None], None] | None
) -> Iterator[bytes]:
    """Yield the bytes as they come; at most the cap and one piece, since a coding may give out nothing."""
    while piece := raw.read1(PIECE, decode_content=False):
        if on_progress is not None:
            on_progress(raw.tell(), total)
        yield piece
        if raw.tell() > cap:
            raise _Enough


def _reason(error: Exception, cap: int) -> str:
    match error:
        case _Enough():
            return f"Only the first {as_size(cap)} were kept: raise the limit to see more."
        case CodingError():
            return f"The compression broke off: {error}."
        case ReadTimeoutError() | TimeoutError():
            return "Nothing came any more: the service fell silent."
        case HTTPError() | OSError():
            return f"The connection broke off: {readable(str(error))[:200]}."
        case _:
            return f"The body could not be read further: {readable(str(error))[:200] or type(error).__name__}."


def _length(headers: Headers) -> int | None:
    """Return the declared length in bytes; None where there is none, or framing overrules it (RFC 9112, 6.3)."""
    value = headers.get("Content-Length").strip()
    if headers.all("Transfer-Encoding") or not (value.isascii() and value.isdigit()) or len(value) > 15:  # noqa: PLR2004 - more than a PB is a lie
        return None
    return int(value)
