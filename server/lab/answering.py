"""A limiter's decision as an HTTP answer: served, held back, refused in some dialect, or broken down."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from flask import Response, request
from werkzeug.exceptions import BadGateway, HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.holding import Holding
    from server.limiters import Decision

LONGEST_KEY: Final = 64
SENTENCES: Final = {
    503: "The service is overloaded. Please wait longer between requests, and try again.",
    429: "Too many requests. Please wait longer between requests, and try again.",
    403: "The rate limit is spent. Please wait longer between requests, and try again.",
}


class Refusal(HTTPException):
    """A request that a limiter refuses.

    Args:
        status: 503, 429 or 403.
        stated: The headers in which the service states its limits.
    """

    def __init__(self, status: int, stated: dict[str, str]) -> None:
        super().__init__(SENTENCES[status])
        self.code = status
        self._stated = stated

    def get_headers(self, *args: object, **options: object) -> list[tuple[str, str]]:
        """Werkzeug's headers and the stated limits."""
        return [*super().get_headers(*args, **options), *self._stated.items()]  # type: ignore[arg-type]


def client() -> str:
    """Who asks: the value of X-API-Key, else the address of the connection."""
    key = request.headers.get("X-API-Key", "").strip()
    if len(key) > LONGEST_KEY:
        # Kept in full, long keys would fill the memory.
        key = f"{key[:LONGEST_KEY]}… {blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
    return f"key {key}" if key else f"address {request.remote_addr}"


def answer(
    decision: Decision, stated: dict[str, str], status: int, holding: Holding, serve: Callable[[], Response]
) -> Response:
    """The answer to a request on which `decision` was made.

    Args:
        decision: Of the limiter.
        stated: The headers in which the service states it.
        status: Of a refusal.
        holding: Holds the answer of a limiter that queues.
        serve: Makes the answer of a request that is served.

    Raises:
        Refusal: If the rule refuses.
        BadGateway: If the rule lets the service break down.
    """
    if decision.failed:
        raise BadGateway("The service broke down over this request. That says nothing about its pace.")
    if not decision.accepted:
        raise Refusal(status, stated)
    holding.hold(decision.delay)
    response = serve()
    response.headers.update(stated)
    return response
