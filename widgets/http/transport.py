"""Sends one request and gives the raw answer: the one way to the network. IO.

No redirects, no cookies, no retries, no proxies, no `.netrc`: what is sent is what was asked for. The request is
written by `http.client`, which checks what it writes; the answer is read by `head` and `Response`, since `http.client`
gives up at 100 header fields and at the first bad line, and hides how a body was framed.
"""

from __future__ import annotations

import http.client
import re
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Protocol, Self, cast

from .address import Guard, parse
from .connection import Connection, Deadline, dial
from .errors import AddressError, BrokenOffError, FetchError, explained
from .head import MOST_FIELDS, Framing, framing, read_head, take
from .message import Headers, Hop, Request, readable

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from .address import Address

PATIENCE = 10.0
"""Seconds without a byte after which the other side counts as silent."""

_IDLE = 0.5
"""Seconds after which the other side may have closed a connection that was not asked anything."""

_LONGEST_LINE = 65_536
_MOST_TRAILERS = 262_144
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_NO_CHUNK = re.compile(rb"[0-9A-Za-z+-]*(?:[^0-9A-Za-z+;\s-]|(?<=\S) +[^;\s])")
"""How a body begins of which no chunks were made, though they were announced: neither a size nor meant as one."""


class Response:
    """An answer whose head was read, and whose body can be.

    Attributes:
        hop: The question and the head of the answer.
        codings: Transfer codings that are still to be undone, as in `Content-Encoding`.
        note: What its body turned out to be, against its head; a sentence, or empty.
        trailers: The fields that stood behind its chunks, once these were read (RFC 9112, section 7.1.2).
    """

    def __init__(self, hop: Hop, connection: Connection, framed: Framing, *, keep: bool) -> None:
        self.hop = hop
        self.codings = framed.codings
        self.note = ""
        self.trailers = Headers()
        self._connection = connection
        self._framed = framed
        self._left = 0 if framed.chunked else framed.length
        self._ended = framed.length == 0
        self._keep = keep and framed.kept
        self._size = 0
        self._unread = b""

    @property
    def total(self) -> int | None:
        """Bytes that the body will have on the wire, chunks' sizes left out; `None` where that is not known."""
        return self._framed.length

    def tell(self) -> int:
        """Bytes of the body that were read."""
        return self._size

    def read1(self, most: int) -> bytes:
        """Return the bytes that come next, at most `most`; none at the end of the body.

        Raises:
            BrokenOffError: It ended before its end.
            OSError: It cannot be read.
        """
        if self._ended:
            return b""
        if self._framed.chunked and not self._left:
            self._left = self._next_chunk()
            if self._left == 0:
                self.trailers = Headers(self._read_trailers())
                self._ended = True
                return b""
        if self._unread:
            piece, self._unread = self._unread[:most], self._unread[most:]
        else:
            piece = self._connection.file.read1(most if self._left is None else min(most, self._left))
        self._size += len(piece)
        if not piece:
            self._ended, self._keep = True, False
            if self._left is not None:
                raise BrokenOffError(self._too_short())
        elif self._left is not None:
            self._left -= len(piece)
            if self._framed.chunked and self._left == 0:
                self._end_of_chunk()
            self._ended = self._left == 0 and not self._framed.chunked
        return piece

    def close(self) -> None:
        """Close the connection, but for one that is kept and was read to the end of the body."""
        if not (self._keep and self._ended):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self) -> bytes:
        line = self._connection.file.readline(_LONGEST_LINE + 1)
        if not line.endswith(b"\n"):
            raise BrokenOffError(_torn(line))
        return line.strip()

    def _next_chunk(self) -> int | None:
        line = self._connection.file.readline(_LONGEST_LINE + 1)
        size = line.partition(b";")[0].strip()
        if not self._size and not self.codings and _NO_CHUNK.match(line):
            self._framed, self._unread, self._keep = Framing(), line, False
            self.note = (
                "Its head announces chunks and none came: this is the body as it was sent. Browsers and curl refuse "
                "such an answer."
            )
            return None
        if not line.endswith(b"\n"):
            raise BrokenOffError(_torn(line))
        if not _CHUNK_SIZE.fullmatch(size):
            shown = readable(size[:20].decode("latin-1"))
            raise BrokenOffError(f"Its chunks are malformed: {shown!r} is no size of one.")
        return int(size, 16)

    def _end_of_chunk(self) -> None:
        if self._line():
            raise BrokenOffError("Its chunks are malformed: one is longer than it says.")

    def _read_trailers(self) -> list[tuple[str, str]]:
        left, lines, fields = _MOST_TRAILERS, 0, list[tuple[str, str]]()
        while line := self._connection.file.readline(_LONGEST_LINE + 1):
            left, lines = left - len(line), lines + 1
            if left < 0:
                raise BrokenOffError("What follows its last chunk does not end.")
            if not line.strip():
                return fields
            if lines <= MOST_FIELDS:
                take(line.rstrip(b"\r\n"), fields, [])
        self._keep = False  # It ended here, with all of the body and without the empty line.
        return fields

    def _too_short(self) -> str:
        if self._framed.chunked:
            return "It ended without its last chunk: the connection broke off."
        return f"The connection broke off: {self._size:,} bytes came of the {self.total:,} that were announced."


def _torn(line: bytes) -> str:
    return "Its chunks are malformed." if len(line) > _LONGEST_LINE else "It ended without its last chunk."


class Turn(Protocol):
    """The turn of one request. Its methods raise only `FetchError`."""

    @property
    def pace(self) -> float:
        """Seconds that are kept between the starts of two requests, as things stand."""

    def due_in(self) -> float:
        """Seconds until the request may be sent; 0 when it is due."""

    def sending(self, patience: float, stop: threading.Event) -> AbstractContextManager[None]:
        """Wait, at most `patience` seconds, until it is due; what is sent inside is sent no sooner."""

    def note(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Count the answer, which may say in its body that it refuses, and keep away for as long as it says."""


class Turns(Protocol):
    """Gives turns."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> Turn | None:
        """The turn of a request, or `None` where no pace is kept for it; with `anyway` it is due at once.

        Raises:
            FetchError: When what is kept cannot be read; then nothing is sent, except with `anyway`.
        """


class Transport:
    """Sends requests, one at a time.

    Args:
        guard: Checks each address, and says which IP addresses may be dialled.
        patience: Seconds without a byte after which a request ends.
        keep: Whether a connection is kept for the next request to the same origin.
    """

    def __init__(self, guard: Guard | None = None, *, patience: float = PATIENCE, keep: bool = False) -> None:
        self._guard = guard or Guard()
        self._patience = patience
        self._keep = keep
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection that is kept."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(
        self,
        request: Request,
        deadline: Deadline,
        sending: AbstractContextManager[object] | None = None,
        rest: Iterable[bytes] = (),
    ) -> Response:
        """Send a request and read the head of its answer.

        Args:
            request: Its address is checked by the guard; headers that it lacks and HTTP needs are added.
            deadline: Cuts it; the body is to be read under the same one.
            sending: Entered when the connection is there, left as soon as the request is sent, but for its `rest`.
            rest: What follows the body that the request has, as its headers say; sent as it comes.

        Raises:
            FetchError: No answer came; nothing else is raised.
        """
        try:
            return self._send(request, deadline, sending, rest)
        except FetchError:
            self.close()
            raise
        except Exception as error:  # Hostile answers raise more than the libraries admit to.
            self.close()
            raise explained(error, request.url, deadline.reason, deadline.seconds, self._patience) from error

    def _send(
        self,
        request: Request,
        deadline: Deadline,
        sending: AbstractContextManager[object] | None,
        rest: Iterable[bytes],
    ) -> Response:
        address = parse(self._guard.check(request.url))
        moments: list[tuple[str, float]] = []

        def note(moment: str) -> None:
            moments.append((moment, deadline.now))

        connection = self._connected(address, deadline, note)
        headers = Headers([("Host", address.netloc), *((k, v) for k, v in request.headers if k.lower() != "host")])
        written = _written(request, address, headers)
        opened = deadline.now
        # What is done between the turn and the first byte is time in which a turn can be lost: as little as can be.
        with sending or nullcontext():
            if deadline.now - opened > _IDLE and connection.dead:  # its turn was long in coming
                connection = self._connected(address, deadline, note)
            deadline.check()
            connection.sock.sendall(written)
            if request.body:
                connection.sock.sendall(request.body)
        # A service may answer, and close, before it has taken all.
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in rest:
                connection.sock.sendall(piece)
        head = read_head(connection.file.readline)
        deadline.check()
        note("answered")
        framed = framing(head, request.method)
        hop = Hop(
            Request(request.method, address.url, headers, request.body),
            head.status,
            head.reason,
            head.headers,
            tuple(moments),
            connection.peer,
            connection.security,
            notes=head.notes + framed.notes,
        )
        return Response(hop, connection, framed, keep=self._keep)

    def _connected(self, address: Address, deadline: Deadline, note: Callable[[str], None]) -> Connection:
        """The kept connection where it is one to that origin and still open, else a new one."""
        kept = self._connection
        if self._keep and kept is not None and kept.origin == address.origin and not kept.closed and not kept.dead:
            deadline.hold(kept.sock)
            kept.renew()
            return kept
        self.close()
        self._connection = dial(address, self._guard, deadline, self._patience, note)
        return self._connection


class _Paper:
    """What `http.client` takes for a socket, to write on."""

    def __init__(self) -> None:
        self.written = b""

    def sendall(self, data: bytes) -> None:
        """Keep it."""
        self.written += data


def _written(request: Request, address: Address, headers: Headers) -> bytes:
    """The head of a request as it is sent; `http.client` refuses what would be read as more than one."""
    writer, paper = http.client.HTTPConnection(address.host, address.port), _Paper()
    writer.sock = cast("socket.socket", paper)
    try:
        writer.putrequest(request.method, address.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            writer.putheader(name, value)
        if request.body and not (headers.get("Content-Length") or headers.get("Transfer-Encoding")):
            writer.putheader("Content-Length", str(len(request.body)))
    except (ValueError, UnicodeError, http.client.HTTPException) as error:
        raise AddressError(
            "The request cannot be sent as it stands: a header or the address holds a character that HTTP does not "
            "carry. Take it out, or encode it.",
            "the request holds a character that HTTP does not carry",
        ) from error
    writer.endheaders()
    return paper.written
