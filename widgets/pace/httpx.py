"""Transports of httpx that obey and learn as a `PacedSession` does. IO; needs httpx, which this does not install.

httpcore tells of each step of a request: the turn is taken when everything but the request itself is done, and given on
as soon as it has been sent. In an event loop the requests of a service line up, and a thread waits for the turn of the
first one and holds it while the loop sends.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import httpx

from widgets.http.redirects import kept_back
from widgets.model.attempt import Outcome

from .errors import PaceError
from .limiter.learning import outcome
from .limiter.session import LOOKED_AT, SAFE, PacedSession, Seen, beginning, held_back
from .limiter.transport import Caller

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .limiter.learning import Wanted
    from .limiter.transport import Sender
    from .store import PaceStore

BEGINS, ENDS = ".send_request_headers.started", ".send_request_body.complete"
"""How the names of httpcore's events end just before a request is sent, and just after."""
FIRST = "waitwise_first"
"""Under which a request that a redirect led to carries the one that was sent first."""
WAITING = 64
"""Threads of an event loop that wait for turns, one for each service, or for answers to requests that need none."""


class NotSent(httpx.TransportError):
    """The request was not sent, or not again; `__cause__` is the `PaceError` that says why, as the message does."""


class PacedTransport(httpx.BaseTransport):
    """Sends through httpx's own transport, each request in its turn.

    >>> client = httpx.Client(transport=PacedTransport(PaceStore(), learn="careful"))  # doctest: +SKIP
    >>> pages = [client.get(f"https://api.example.org/items/{number}") for number in range(200)]  # doctest: +SKIP

    Args:
        store: Where paces and turns are.
        learn: As for `PacedSession`; refused requests that may be repeated are sent again then.
        options: The others of `PacedSession`.
    """

    def __init__(self, store: PaceStore, learn: str | None = None, **options: Any) -> None:
        self._session = PacedSession(store, learn, **options)
        self._transport = httpx.HTTPTransport()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
        self._session.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Returns:
            Its answer: a refused one also where it was to be sent again and was kept back, if it is short.

        Raises:
            NotSent: When it was kept back.
        """
        request.read()
        wanted = _wanted(self._session, request)
        refused: Seen | None = None
        for left in range(self._session.tries - 1, -1, -1):
            try:
                seen = self._session.conduct(
                    wanted, lambda sender: self._seen(self._send(request, sender)), httpx.HTTPError, bodies=True
                )
            except PaceError as error:
                return _refused(request, refused, error)
            if not (left and _again(self._session, request, seen)):
                break
            if seen.content is None:
                seen.response.close()
            refused = seen
        return _answered(request, seen)

    @staticmethod
    def _seen(response: httpx.Response) -> Seen:
        if not _short(response):
            return Seen(response.status_code, response.headers, response=response)
        body = b"".join(cast("httpx.SyncByteStream", response.stream))
        response.close()
        return _read(response, body)

    def _send(self, request: httpx.Request, sender: Sender | None) -> httpx.Response:
        if sender is None:
            return self._transport.handle_request(request)
        with ExitStack() as turn:

            def trace(event: str, _: Any) -> None:
                if event.endswith(BEGINS):
                    turn.enter_context(sender.sending())
                elif event.endswith(ENDS):
                    turn.close()

            request.extensions = {**request.extensions, "trace": trace}
            sender.approach()
            return self._transport.handle_request(request)


class AsyncPacedTransport(httpx.AsyncBaseTransport):
    """The same for an `httpx.AsyncClient`; works with asyncio.

    >>> client = httpx.AsyncClient(transport=AsyncPacedTransport(PaceStore(), learn="careful"))  # doctest: +SKIP
    >>> pages = await asyncio.gather(  # doctest: +SKIP
    ...     *(client.get(f"https://api.example.org/items/{number}") for number in range(200))
    ... )

    Args:
        store: Where paces and turns are.
        learn: As for `PacedSession`; refused requests that may be repeated are sent again then.
        options: The others of `PacedSession`.
    """

    def __init__(self, store: PaceStore, learn: str | None = None, **options: Any) -> None:
        self._session = PacedSession(store, learn, **options)
        self._transport = httpx.AsyncHTTPTransport()
        self._waiting = ThreadPoolExecutor(WAITING, "waitwise-turn")
        self._lines: dict[str, asyncio.Lock] = {}

    async def aclose(self) -> None:
        """Close the connections; what waits for its turn is not sent any more."""
        self._session.stop.set()
        await self._transport.aclose()
        await asyncio.to_thread(self._waiting.shutdown)
        self._session.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Returns:
            Its answer: a refused one also where it was to be sent again and was kept back, if it is short.

        Raises:
            NotSent: When it was kept back.
        """
        await request.aread()
        loop, wanted = asyncio.get_running_loop(), _wanted(self._session, request)
        refused: Seen | None = None
        line = self._lines.setdefault(wanted.target.service.key, asyncio.Lock())
        for left in range(self._session.tries - 1, -1, -1):
            await line.acquire()
            turn = _AsyncTurn(loop, self._session, wanted, line)
            try:
                seen = await loop.run_in_executor(self._waiting, turn.run, self._transport, request)
            except PaceError as error:
                return _refused(request, refused, error)
            finally:
                turn.give_up()
            if not (left and _again(self._session, request, seen)):
                break
            if seen.content is None:
                await seen.response.aclose()
            refused = seen
        return _answered(request, seen)


class _AsyncTurn:
    """One request: a thread waits for its turn and holds it, while the event loop sends.

    Its place in the line is given on when it has been sent, and while a pace is learned when its answer is here.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, session: PacedSession, wanted: Wanted, line: asyncio.Lock
    ) -> None:
        self._loop, self._session, self._wanted = loop, session, wanted
        self._line: asyncio.Lock | None = line
        self._steps: SimpleQueue[tuple[str, Future[None]]] = SimpleQueue()
        self._left = False
        self._sent: Future[Seen] | None = None

    def give_up(self) -> None:
        """Send it no more: nobody waits for it. Where its answer is here only its place in the line is given on."""
        self._left = True
        if self._sent is not None:
            self._sent.cancel()
        self._give_on()

    def _give_on(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.release()

    def run(self, transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> Seen:
        """Take the turn; in the thread."""
        return self._session.conduct(
            self._wanted, lambda sender: self._send(transport, request, sender), Exception, bodies=True
        )

    def _send(self, transport: httpx.AsyncHTTPTransport, request: httpx.Request, sender: Sender | None) -> Seen:
        if sender is None:
            self._loop.call_soon_threadsafe(self._give_on)
            return self._begun(self._answer(transport, request)).result()
        request.extensions = {**request.extensions, "trace": self._trace}
        sender.approach()
        sent = self._begun(self._answer(transport, request))
        sent.add_done_callback(lambda _: self._steps.put(("", Future())))
        with ExitStack() as turn:
            if isinstance(sender, Caller):
                turn.callback(self._loop.call_soon_threadsafe, self._give_on)
            while (step := self._steps.get())[0]:
                event, told = step
                try:
                    turn.enter_context(sender.sending()) if event.endswith(BEGINS) else turn.close()
                except BaseException as error:  # noqa: BLE001 - raised where the request is being sent
                    told.set_exception(error)
                else:
                    told.set_result(None)
        return sent.result()

    @staticmethod
    async def _answer(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> Seen:
        response = await transport.handle_async_request(request)
        if not _short(response):
            return Seen(response.status_code, response.headers, response=response)
        body = b"".join([piece async for piece in cast("httpx.AsyncByteStream", response.stream)])
        await response.aclose()
        return _read(response, body)

    def _begun(self, sending: Coroutine[Any, Any, Seen]) -> Future[Seen]:
        if self._left:
            sending.close()
            raise PaceError("The request was given up before it was due; nothing was sent.")
        self._sent = asyncio.run_coroutine_threadsafe(sending, self._loop)
        return self._sent

    async def _trace(self, event: str, _: Any) -> None:
        if event.endswith((BEGINS, ENDS)):
            told: Future[None] = Future()
            self._steps.put((event, told))
            await asyncio.wrap_future(told)


def _wanted(session: PacedSession, request: httpx.Request) -> Wanted:
    return session.wanted_by(str(request.url), request.method, dict(request.headers))


def _again(session: PacedSession, request: httpx.Request, seen: Seen) -> bool:
    """Whether that answer was a refusal, and the request may be sent again."""
    refused = outcome(seen.status_code, seen.headers, session.why_refused(seen)) is Outcome.REFUSED
    return refused and (request.method in SAFE or "Idempotency-Key" in request.headers)


def _refused(request: httpx.Request, before: Seen | None, error: PaceError) -> httpx.Response:
    """What is given back of a request that was kept back: the answer that refused it `before`, if its body is here.

    Raises:
        NotSent: Where there is none.
    """
    if before is not None and before.content is not None:
        return cast("httpx.Response", before.response)
    words, first = held_back(error, sent=before is not None), request.extensions.get(FIRST, request)
    led = first is not request  # else it is sent a second time, and nothing led to it
    raise NotSent(kept_back(words, str(first.url), str(request.url)) if led else words, request=request) from error


def _answered(request: httpx.Request, seen: Seen) -> httpx.Response:
    """The answer; where it leads on, whatever follows is told that this was asked: a client hands extensions on."""
    response = cast("httpx.Response", seen.response)
    if response.has_redirect_location:
        request.extensions = {FIRST: request, **request.extensions}
    return response


def _short(response: httpx.Response) -> bool:
    """Whether its body may be read here for what it says in words, though the caller may want a stream."""
    length = response.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) <= LOOKED_AT


def _read(response: httpx.Response, body: bytes) -> Seen:
    """The same answer, whose body was read, as if it had not been."""
    whole = httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=httpx.ByteStream(body),
        extensions=response.extensions,
    )
    return Seen(response.status_code, response.headers, beginning(body, response.headers), whole)
