"""The door itself: reads requests with h11, takes their turns, and passes bytes both ways as they come. IO.

waitress, which is declared already, was looked at first: it takes a whole request in before anybody sees it, and what
it hands on has lost the case, the order and the repetition of headers. h11 reads and writes HTTP and nothing else; a
thread for each connection does the rest, since a request mostly waits.

The turn ends when the head of a request and the first piece of its body have been sent: whoever uploads slowly keeps
nobody waiting. A client that goes away while it waits is not sent for; one that goes away later ends the answer.
"""

from __future__ import annotations

import logging
import math
import secrets
import selectors
import socket
import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import h11

from widgets.http.address import Guard
from widgets.http.connection import Deadline
from widgets.http.errors import AddressError, BlockedError, DeadlineError, FetchError
from widgets.http.message import Headers, Request
from widgets.http.secrets import credential_of, without_secrets, without_userinfo
from widgets.http.transport import Transport
from widgets.pace.errors import NotDue, PaceError, StoreError
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.limiter.schedule import Schedule

from . import page
from .counting import Counting
from .gate import Asked, Gate, Preflight, Refusal, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from widgets.http.transport import Response
    from widgets.pace.store import PaceStore

logger = logging.getLogger(__name__)

PORT = 8899
PATIENCE = 3600.0
"""Seconds that a request waits for its turn, at most."""
SILENCE = 300.0
"""Seconds without a byte after which either side counts as gone."""
LONGEST = 86_400.0
"""Seconds for one exchange."""
PIECE = 65_536
LARGEST_HEAD = 262_144
MOST = 256
"""Connections at a time."""
LOOK = 0.2
"""Seconds between two looks whether those who wait are still there."""


class Gone(Exception):  # noqa: N818 - it says what is the case
    """The client has gone away, or does not speak HTTP any more."""


class Talk:
    """One connection of a client."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)

    def next(self) -> object:
        """The next event.

        Raises:
            Gone: There is none.
        """
        while True:
            try:
                event = self._http.next_event()
                if event is not h11.NEED_DATA:
                    return event
                if self._http.they_are_waiting_for_100_continue:
                    self.send(h11.InformationalResponse(status_code=100, headers=[]))
                self._http.receive_data(self.sock.recv(PIECE))
            except h11.RemoteProtocolError as error:
                with suppress(h11.LocalProtocolError):
                    self.answer(Refusal(error.error_status_hint, "This is no request that can be read."))
                raise Gone from error
            except OSError as error:
                raise Gone from error

    def body(self) -> Iterator[bytes]:
        """The pieces of the request's body, as they come."""
        while isinstance(event := self.next(), h11.Data):
            yield bytes(event.data)

    def send(self, event: h11.Event) -> None:
        """Send an event.

        Raises:
            Gone: Nobody takes it.
            h11.LocalProtocolError: It is none that HTTP can carry.
        """
        data = self._http.send(event)
        if data:
            try:
                self.sock.sendall(data)
            except OSError as error:
                raise Gone from error

    def answer(self, refusal: Refusal, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Answer as the door itself."""
        sort = ("Content-Type", "text/plain; charset=utf-8")
        self.say(refusal.status, [sort, *headers, ("Waitwise-Door", "this is the door's own answer")], refusal.text)

    def say(self, status: int, headers: Iterable[tuple[str, str]], text: str) -> None:
        """Send a whole answer."""
        data = (text + "\n").encode() if text else b""
        whole = [*headers, ("Content-Length", str(len(data)))]
        self.send(h11.Response(status_code=status, headers=whole))
        if data:
            self.send(h11.Data(data=data))
        self.send(h11.EndOfMessage())

    @property
    def begun(self) -> bool:
        """Whether an answer has been begun."""
        return self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}

    def renew(self) -> bool:
        """Whether another request can follow on this connection."""
        try:
            self._http.start_next_cycle()
        except h11.LocalProtocolError:
            return False
        return True


class Watcher:
    """Sets the `stop` of each request whose client has gone."""

    def __init__(self) -> None:
        self._watched: dict[socket.socket, threading.Event] = {}
        self._lock, self._over = threading.Lock(), threading.Event()
        threading.Thread(target=self._run, daemon=True, name="door-watcher").start()

    @contextmanager
    def watching(self, sock: socket.socket) -> Iterator[threading.Event]:
        """Watch a client from whom nothing is being read; gives its `stop`."""
        stop = threading.Event()
        with self._lock:
            self._watched[sock] = stop
        try:
            yield stop
        finally:
            with self._lock:
                self._watched.pop(sock, None)

    def close(self) -> None:
        """Let everybody stop."""
        self._over.set()
        with self._lock:
            for stop in self._watched.values():
                stop.set()

    def _run(self) -> None:
        while not self._over.wait(LOOK):
            with self._lock:
                for sock, stop in self._watched.items():
                    if gone(sock):
                        stop.set()


def gone(sock: socket.socket) -> bool:
    """Whether the other side has closed."""
    with selectors.DefaultSelector() as selector:
        try:
            selector.register(sock, selectors.EVENT_READ)
            # A socket with a timeout would wait for it, whatever flags it is given.
            return bool(selector.select(0)) and sock.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True


class Door(socketserver.ThreadingTCPServer):
    """Listens on this machine, and passes on at the pace.

    Args:
        store: Whose paces are kept.
        port: 0 for any that is free.
        token: The first part of every path; a new one unless given, empty for none.
        guard: Says which addresses may be asked.
        origins: Of pages that may ask from a browser.
        patience: Seconds that a request waits for its turn, at most.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        store: PaceStore,
        port: int = PORT,
        token: str | None = None,
        *,
        guard: Guard | None = None,
        origins: Iterable[str] = (),
        patience: float = PATIENCE,
    ) -> None:
        self.watcher = Watcher()  # which is closed too where the port cannot be had
        super().__init__(("127.0.0.1", port), Visit)
        secret = secrets.token_urlsafe(18) if token is None else token
        self.gate = Gate(int(self.server_address[1]), secret, frozenset(origins))
        self.store, self.guard, self.patience = store, guard or Guard(), patience
        self.schedule = Schedule(store.clock.id)
        self.waiting: dict[int, tuple[str, str, float]] = {}
        self.room = threading.BoundedSemaphore(MOST)

    def server_close(self) -> None:
        """Close it, and let nobody wait any more."""
        self.watcher.close()
        super().server_close()


class Visit(socketserver.BaseRequestHandler):
    """One connection of a client, and the requests that come over it."""

    server: Door

    def handle(self) -> None:
        """Answer one request after the other."""
        talk = Talk(self.request)
        talk.sock.settimeout(SILENCE)
        talk.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.server.room.acquire(blocking=False):
            return
        try:
            with Transport(self.server.guard, patience=SILENCE, keep=True) as transport, suppress(Gone):
                while isinstance(event := talk.next(), h11.Request):
                    self._answer(talk, transport, event)
                    if not talk.renew():
                        return
        finally:
            self.server.room.release()

    def _answer(self, talk: Talk, transport: Transport, event: h11.Request) -> None:
        headers = Headers(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
        )
        method, gate = event.method.decode("latin-1"), self.server.gate
        match gate.enter(method, event.target.decode("latin-1"), headers):
            case Refusal() as refusal:
                talk.answer(refusal)
            case Preflight():
                talk.say(204, preflight(headers), "")
            case Status():
                self._show(talk)
            case Asked(url):
                self._pass(talk, transport, Request(method, url, headers))

    def _show(self, talk: Talk) -> None:
        try:
            shown = page.status(self.server.store, self.server.gate.base, list(self.server.waiting.values()))
        except StoreError as error:
            talk.answer(Refusal(503, str(error)))
        else:
            talk.say(200, page.HEADERS, shown)

    def _pass(self, talk: Talk, transport: Transport, request: Request) -> None:
        try:
            self._exchange(talk, transport, request)
        except Gone:
            raise
        except (PaceError, FetchError, OSError, ValueError, h11.LocalProtocolError) as error:
            if talk.begun:  # an answer that breaks off must not look whole
                raise Gone from error
            refusal, more = explained(error)
            talk.answer(refusal, more)

    def _exchange(self, talk: Talk, transport: Transport, request: Request) -> None:
        server, gate = self.server, self.server.gate
        body = talk.body()
        first, more = beginning(body)
        url = server.guard.check(request.url)
        target = server.store.target(without_userinfo(url), request.method, credential_of(url, dict(request.headers)))
        limiter = Limiter(server.store, target, server.schedule)
        headers, rest = framed(gate.onward(request.headers), request.headers, body if more else ())
        sent = Request(request.method, url, headers, chunk(first) if chunked(request.headers) else first)
        with server.watcher.watching(talk.sock) as stop, self._waits(request.method, url):
            limiter.approach(server.patience, stop)
        with Deadline(LONGEST) as deadline:
            with self._waits(request.method, url), self._watched(talk, deadline, follows=more) as stop:
                response = transport.send(sent, deadline, limiter.sending(server.patience, stop), rest)
            with response:
                hop = response.hop
                counting = Counting(limiter, server.store, hop.status, dict(hop.headers), response.total)
                try:
                    answer(talk, gate, response, request.headers.get("Origin"), counting)
                finally:
                    counting.count()

    @contextmanager
    def _waits(self, method: str, url: str) -> Iterator[None]:
        waiting, me = self.server.waiting, id(self)
        waiting[me] = (method, without_secrets(url), time.monotonic())
        try:
            yield
        finally:
            waiting.pop(me, None)

    @contextmanager
    def _watched(self, talk: Talk, deadline: Deadline, *, follows: bool) -> Iterator[threading.Event]:
        """A client that still sends is seen to be there, or not, by who reads what it sends."""
        if follows:
            yield deadline.stop
            return
        with self.server.watcher.watching(talk.sock) as stop:
            deadline.stop = stop
            yield stop


def beginning(body: Iterator[bytes]) -> tuple[bytes, bool]:
    """The whole of a small body, or the beginning of a large one; and whether more follows."""
    read = bytearray()
    for piece in body:
        read += piece
        if len(read) >= PIECE:
            return bytes(read), True
    return bytes(read), False


def answer(talk: Talk, gate: Gate, response: Response, origin: str, counting: Counting) -> None:
    """Pass an answer on, as it comes."""
    hop = response.hop
    if response.codings or hop.status < 200:  # noqa: PLR2004 - RFC 9110's classes
        raise AddressError("The service answered in a way that cannot be passed on.", "an answer of no use")
    headers = [(name.encode("latin-1"), value.encode("latin-1"))
               for name, value in gate.back(hop.request.url, hop.headers, origin)]  # fmt: skip
    talk.send(h11.Response(status_code=hop.status, headers=headers, reason=hop.reason.encode("latin-1")))
    while piece := response.read1(PIECE):
        counting.passes(piece)
        talk.send(h11.Data(data=piece))
    counting.count()
    talk.send(h11.EndOfMessage())


def chunked(headers: Headers) -> bool:
    """Whether a request's body has no length that is known beforehand."""
    return "chunked" in headers.get("Transfer-Encoding").lower()


def framed(headers: Headers, came: Headers, body: Iterable[bytes]) -> tuple[Headers, Iterable[bytes]]:
    """The headers of a request, and what follows its first piece, framed as it came."""
    if not chunked(came):
        return headers, body
    return Headers([*headers, ("Transfer-Encoding", "chunked")]), chunks(body)


def chunks(body: Iterable[bytes]) -> Iterator[bytes]:
    """A body in chunks, with the last one (RFC 9112, section 7.1)."""
    for piece in body:
        yield chunk(piece)
    yield b"0\r\n\r\n"


def chunk(piece: bytes) -> bytes:
    """One chunk."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


def preflight(headers: Headers) -> list[tuple[str, str]]:
    """What a page of an allowed origin may do: what it asks for."""
    return [
        ("Access-Control-Allow-Origin", headers.get("Origin")),
        ("Access-Control-Allow-Methods", headers.get("Access-Control-Request-Method")),
        ("Access-Control-Allow-Headers", headers.get("Access-Control-Request-Headers")),
        ("Vary", "Origin"),
    ]


STATUS: tuple[tuple[type[Exception], int], ...] = (
    (PaceError, 503), (BlockedError, 403), (DeadlineError, 504), (AddressError, 400), (FetchError, 502),
)  # fmt: skip
"""What an error is as a status; the first that fits."""


def explained(error: Exception) -> tuple[Refusal, list[tuple[str, str]]]:
    """What the client is told, with headers."""
    for kind, status in STATUS:
        if isinstance(error, kind):
            wait = [("Retry-After", str(math.ceil(error.seconds)))] if isinstance(error, NotDue) else []
            return Refusal(status, str(error)), wait
    return Refusal(502, "The answer of the service cannot be passed on: it is no HTTP that can be sent."), []


@contextmanager
def door(store: PaceStore, port: int = 0, token: str | None = None, **options: object) -> Iterator[Door]:
    """Keep a door open in a thread; closed at the end. See `Door` for what it takes."""
    opened = Door(store, port, token, **options)  # type: ignore[arg-type]
    thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True, name="door")
    thread.start()
    try:
        yield opened
    finally:
        opened.shutdown()
        opened.server_close()
        thread.join(10)
