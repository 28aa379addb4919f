"""`?latency=0.5`: any answer of the service can be made to take its time, always the same or log-normal."""

from __future__ import annotations

import math
import random
import threading
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

if TYPE_CHECKING:
    from .holding import Holding

LATENCY: Final = ("latency", "latency_sigma")
LONGEST: Final = 10.0
WIDEST: Final = 3.0


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
        g.latency = _number("latency", LONGEST), _number("latency_sigma", WIDEST)

    @app.after_request
    def be_late(response: Response) -> Response:
        if "latency" not in g:
            return response
        median, sigma = g.pop("latency")
        with lock:
            factor = math.exp(draws.gauss(0.0, sigma)) if sigma else 1.0
        holding.hold(min(LONGEST, median * factor))
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
