"""Answers that are late: those that ask for it with `?latency=0.5`, and those that a queue holds back.

Never for long, and never so many at once that no thread is left.
"""

from __future__ import annotations

import math
import random
import threading
import time
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_HOLD: Final = 30.0
"""Seconds."""

MOST_HELD: Final = 32


class Holding:
    """Waits on behalf of requests.

    Args:
        most: Requests that wait at the same time.
        sleep: Waits for seconds.
    """

    def __init__(self, most: int = MOST_HELD, sleep: Callable[[float], None] = time.sleep) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._sleep = sleep

    def hold(self, seconds: float) -> None:
        """Wait `seconds`, or `LONGEST_HOLD` where that is less.

        Raises:
            ServiceUnavailable: If too many requests wait already.
        """
        if seconds <= 0:
            return
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable("Too many answers are being held back at once. Please try again later.")
        try:
            self._sleep(min(seconds, LONGEST_HOLD))
        finally:
            self._places.release()


LATENCY: Final = ("latency", "latency_sigma")
LONGEST_LATENCY: Final = 10.0
WIDEST_SIGMA: Final = 3.0


def answer_with_latency(app: Flask, holding: Holding, *, seed: int) -> None:
    """Let every request of `app` ask for a latency: `latency` seconds in the median, `latency_sigma` of the logarithm.

    The decision of a limiter is made when the request comes; it is its answer that is late.
    """
    draws = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    lock = threading.Lock()

    @app.before_request
    def read_latency() -> None:
        # Looked for in the bytes first: most requests have no query, and reading one takes time.
        if b"latency" not in request.query_string or not any(name in request.args for name in LATENCY):
            return
        g.latency = _number("latency", LONGEST_LATENCY), _number("latency_sigma", WIDEST_SIGMA)

    @app.after_request
    def be_late(response: Response) -> Response:
        if "latency" not in g:
            return response
        median, sigma = g.pop("latency")
        with lock:
            factor = math.exp(draws.gauss(0.0, sigma)) if sigma else 1.0
        try:
            holding.hold(min(LONGEST_LATENCY, median * factor))
        except ServiceUnavailable as error:
            # Flask makes a 500 of whatever is raised after a request.
            response.close()
            return app.make_response(app.handle_http_exception(error))
        return response


def _number(name: str, most: float) -> float:
    text = request.args.get(name, "0")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise BadRequest(f"{name} must be a number from 0 to {most:g}, got {text!r}.")
    return value
