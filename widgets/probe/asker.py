"""Send one request at a time to one address, and say what came back. IO.

Of the body only the beginning is kept, to tell one answer from another, and what the person counts as refused in it.
"""

from __future__ import annotations

import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import formatdate
from types import MappingProxyType
from typing import TYPE_CHECKING, Self, TypeAlias

from widgets.http.address import Guard, parse
from widgets.http.agent import contact, user_agent
from widgets.http.connection import Deadline
from widgets.http.content_coding import CodingError, Decoding
from widgets.http.errors import BrokenOffError, FetchError
from widgets.http.limits.words import pause_in
from widgets.http.message import Headers, Request
from widgets.http.redirects import onward
from widgets.http.transport import Transport, Turn, Turns
from widgets.model.refused import CountsAsRefused

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from widgets.http.message import Hop
    from widgets.http.transport import Response, Turn, Turns

PURPOSE = "finds a polite pace; run by a person who watches it"
USER_AGENT = user_agent("", PURPOSE)
"""Where the environment names nobody who answers for it."""
DEADLINE = 30.0
"""Seconds for one whole answer. A service that needs longer is not asking to be probed faster."""
BODY_LIMIT = 1_000_000
"""Bytes of a body that are read to keep the connection; beyond them a new connection is cheaper."""
LONG_BODY = 1.0
"""Seconds: a body that takes so long is a part of how long the answer took, and the time is spent like any other."""
SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization", "cookie"})
METHODS = ("GET", "HEAD")
_PIECE = 65_536
SERVED = frozenset({*range(200, 300), 304})
"""Statuses with which the address has been found that is asked from then on."""
EXCERPT = 2000
"""Characters of a body that are kept."""
SEARCHED = 65_536
"""Bytes of a body in which what the person counts as refused is looked for."""
DECODED = 4 * BODY_LIMIT
"""Bytes up to which a body's coding is undone: its end may ask for a pause."""
END = 400
"""Bytes of that end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one request: a status with its headers, or `None` and the reason.

    Attributes:
        status: The HTTP status, or `None`.
        headers: Of the answer, without cookies; repeated lines are joined (RFC 9110, section 5.3). Where the service
            sends no `Date`, it is that of its arrival (section 6.6.1), so that dates in it can be counted from it.
        latency: Seconds from the start of the request to the end of the headers; to the end of what was read of the
            body where that took `LONG_BODY` or longer.
        error: Why there is no status, or why the answer counts as refused by the person's own word; empty otherwise.
        size: Bytes of the body that were read.
        delay: Seconds from the call to the start of the request, where others who ask the same service came first.
        excerpt: How the body begins, at most `EXCERPT` characters, as text; where its end asks for a pause, that stands
            at the end of them, behind an ellipsis.
    """

    status: int | None
    headers: Mapping[str, str]
    latency: float
    error: str = ""
    size: int = 0
    delay: float = 0.0
    excerpt: str = ""


Hide: TypeAlias = "Callable[[Mapping[str, str]], Mapping[str, str]]"


class Asker:
    """Calling it sends one request; use it as a context manager, so that its connection is closed.

    Args:
        url: An http or https address; a user and a password in it are sent as basic authentication (RFC 7617).
        method: One of `METHODS`.
        headers: Sent with each request.
        guard: Checks the address and every redirect, and says which IP addresses may be dialled.
        deadline: Seconds for one request.
        hide: Given the headers of an answer, returns what may be seen of them.
        turns: Gives the turn of each request, where others ask the same service; without them each is sent at once.
        refused: What counts as refused besides.

    Attributes:
        url: The address that is asked; a redirect within the host changes it, until something was served.

    Raises:
        ValueError: When the address or the method is none.
    """

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] = MappingProxyType({}),
        guard: Guard | None = None,
        deadline: float = DEADLINE,
        hide: Hide = dict,
        turns: Turns | None = None,
        refused: CountsAsRefused | None = None,
    ) -> None:
        if method not in METHODS:
            raise ValueError(f"a probe sends {' or '.join(METHODS)}, not {method!r}")
        self._guard, self._hide, self._deadline = guard or Guard(userinfo=True), hide, deadline
        self.url = self._guard.check(url)
        address = parse(self.url)
        sent = _with(headers)
        if address.user or address.password:  # As `requests` does it: a password of the address is what is sent.
            sent = {name: text for name, text in sent.items() if name.lower() != "authorization"}
            sent["Authorization"] = _basic(address.user, address.password)
        self._method, self._headers = method, sent
        self._hops: list[Hop] = []
        self._served = False
        self._turns = turns
        self._refused = refused or CountsAsRefused()
        self._transport = Transport(self._guard, keep=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def __call__(self, stop: threading.Event) -> Answer:
        """Send one request. Set `stop` to cut it short."""
        called = began = time.perf_counter()

        @contextmanager
        def sending(turn: Turn) -> Iterator[None]:
            nonlocal began
            with turn.sending(deadline.left, stop):
                began = time.perf_counter()
                yield

        with Deadline(self._deadline, stop) as deadline:
            try:
                turn = self._turn()
                response = self._transport.send(self._next(), deadline, sending(turn) if turn else None)
            except FetchError as error:
                why, delay = error.brief + self._redirected(), began - called
                return Answer(None, {}, time.perf_counter() - began, why, delay=delay)
            latency = time.perf_counter() - began
            size, body = _drain(response)
            whole = time.perf_counter() - began
            latency = whole if whole - latency >= LONG_BODY else latency
        text, end = _decoded(body, response.hop.headers)
        seen = _seen(response.hop.headers)
        if turn:
            turn.note(response.hop.status, seen, text if len(text) < SEARCHED else text + end)
        self._follow(response.hop)
        headers = self._hide(seen)
        return Answer(
            response.hop.status,
            headers,
            latency,
            error=self._refused.why(response.hop.status, text),
            size=size,
            delay=began - called,
            excerpt=_excerpt(text, end),
        )

    def due_in(self) -> float:
        """Seconds until the turn of the next request; 0 where nobody else asks, or what is kept cannot be read."""
        try:
            turn = self._turn()
            return turn.due_in() if turn else 0.0
        except FetchError:  # sending says it
            return 0.0

    def _turn(self) -> Turn | None:
        return self._turns(self._method, self.url, self._headers) if self._turns else None

    def _follow(self, hop: Hop) -> None:
        """Where the answer was a redirect within its host, ask its target from now on: one request stays one attempt.

        Another host is another service, with limits and an owner of its own: it is not asked. A redirect that begins
        after something was served is a sign, and leads to a login or a riddle: what was served there is asked on.
        """
        self._served = self._served or hop.status in SERVED
        if self._served:
            return
        try:
            found = onward(self._next(), [*self._hops, hop], self._guard)
        except FetchError:
            return
        if found is None or parse(found.request.url).host != parse(self.url).host:
            return
        self._hops.append(hop)
        self.url, self._headers = found.request.url, dict(found.request.headers)

    def _next(self) -> Request:
        return Request(self._method, self.url, Headers(self._headers.items()))

    def _redirected(self) -> str:
        """Which of the addresses a failure is about, where there were several."""
        if not self._hops:
            return ""
        return f" (at {parse(self.url).netloc}, to which {parse(self._hops[0].request.url).netloc} redirects)"


def _decoded(body: bytes, headers: Headers) -> tuple[bytes, bytes]:
    """How a body begins and how it ends, its coding undone as far as it can be: some are coded though nobody asks."""
    coding = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    read, end, size = b"", b"", 0
    with suppress(CodingError):
        for piece in Decoding([body], coding):
            read += piece[: SEARCHED - len(read)]
            end = (end + piece)[-END:]
            size += len(piece)
            if size > DECODED:
                break
    return read, end


def _excerpt(text: bytes, end: bytes) -> str:
    """How a body begins, and the pause that its end asks for."""
    begin = text[: 4 * EXCERPT].decode(errors="replace")[:EXCERPT]
    behind = end.decode(errors="replace")
    if pause_in(begin) or not pause_in(behind):
        return begin
    asked = " … " + behind[behind.rindex('"backoff"') :].rstrip("} \r\n")
    return begin[: EXCERPT - len(asked)] + asked


def _basic(user: str, password: str) -> str:
    """Basic authentication, in Latin-1 as `requests` writes it, else in UTF-8."""
    pair = f"{user}:{password}"
    try:
        return "Basic " + b64encode(pair.encode("latin-1")).decode()
    except UnicodeEncodeError:
        return "Basic " + b64encode(pair.encode()).decode()


def _seen(headers: Headers) -> dict[str, str]:
    """The headers without cookies, repeated ones joined, with a date."""
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in SECRET_HEADERS:
            continue
        known = names.setdefault(name.lower(), name)
        found[known] = f"{found[known]}, {value}" if known in found else value
    if "date" not in names:
        found["Date"] = formatdate(usegmt=True)
    return found


def _with(headers: Mapping[str, str]) -> dict[str, str]:
    """Our own headers, each unless the person gives one of that name in capital or small letters."""
    ours = {"User-Agent": user_agent(contact(), PURPOSE), "Accept": "*/*", "Accept-Encoding": "identity"}
    given = {name.lower() for name in headers}
    return {name: text for name, text in ours.items() if name.lower() not in given} | dict(headers)


def agent_of(headers: Mapping[str, str]) -> str:
    """By what name requests with these headers say who asks.

    >>> agent_of({"user-agent": "curl/8.5"}), agent_of({"Accept": "*/*"}) == USER_AGENT
    ('curl/8.5', True)

    Who answers for this program, as `WAITWISE_CONTACT` says, is in it.
    """
    return ", ".join(text for name, text in _with(headers).items() if name.lower() == "user-agent")


def _drain(response: Response) -> tuple[int, bytes]:
    """Read the body so that the connection can be used again; what breaks here takes nothing from the answer.

    Returns:
        How many bytes were read, and the bytes.
    """
    size, first = 0, list[bytes]()
    try:
        while (piece := response.read1(_PIECE)) and response.tell() <= BODY_LIMIT:
            size += len(piece)
            first.append(piece)
    except (OSError, BrokenOffError):
        pass  # it is closed, and the next request opens another one
    finally:
        response.close()
    return size, b"".join(first)
