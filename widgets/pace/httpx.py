"""A transport of httpx that obeys and learns as a `PacedSession` does. IO; needs httpx, which this does not install.

httpcore tells of each step of a request: the turn is taken when everything but the request itself is done, and given on
as soon as it has been sent.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx

from widgets.model.attempt import Outcome

from .errors import PaceError
from .limiter.learning import outcome
from .limiter.session import SAFE, PacedSession

if TYPE_CHECKING:
    from .limiter.transport import Sender
    from .store import PaceStore

BEGINS, ENDS = ".send_request_headers.started", ".send_request_body.complete"
"""How the names of httpcore's events end just before a request is sent, and just after."""


class NotSent(httpx.TransportError):
    """The request was not sent; `__cause__` is the `PaceError` that says why, and the message repeats it."""


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

        Raises:
            NotSent: When it was kept back.
        """
        request.read()
        wanted = self._session.wanted_by(str(request.url), request.method, dict(request.headers))
        for left in range(self._session.tries - 1, -1, -1):
            try:
                response = self._session.conduct(wanted, lambda sender: self._send(request, sender), httpx.HTTPError)
            except PaceError as error:
                raise NotSent(str(error), request=request) from error
            refused = outcome(response.status_code, response.headers) is Outcome.REFUSED
            if not (left and refused and (request.method in SAFE or "Idempotency-Key" in request.headers)):
                break
            response.close()
        return response

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
