"""/broken/<fault>: answers that are broken on purpose; /broken says which there are."""

from __future__ import annotations

import inspect
import math
import threading
from typing import Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from server.header_text import header_fields
from server.problems import NoSuchResource

from .faults import FAULTS, LONGEST, MOST_BYTES, STREAMS

MOST_STREAMS: Final = 4
"""Streams at the same time: each holds a thread."""

USUAL_BYTES: Final = 5_000_000


def broken_routes() -> Blueprint:
    """The routes /broken and /broken/<fault>."""
    routes = Blueprint("broken", __name__)
    places = threading.BoundedSemaphore(MOST_STREAMS)

    @routes.get("/broken")
    def faults() -> Response:
        return jsonify(faults=[{"name": name, "sentence": inspect.getdoc(make)} for name, make in FAULTS.items()])

    @routes.get("/broken/<fault>")
    def broken(fault: str) -> Response:
        if fault not in FAULTS:
            names = list(FAULTS)
            raise NoSuchResource(f"There is no fault {fault!r}. There are: {', '.join(names)}.", available=names)
        seconds, most = _bound("seconds", 10.0, LONGEST), _bound("bytes", USUAL_BYTES, MOST_BYTES)
        streams = fault in STREAMS
        if streams and not places.acquire(blocking=False):
            raise ServiceUnavailable("Too many streams run at once. Please try again later.")
        response = FAULTS[fault](seconds, int(most))
        if streams:
            response.call_on_close(places.release)
        response.headers.update(header_fields("X-Description", inspect.getdoc(FAULTS[fault]) or ""))
        return response

    return routes


def _bound(name: str, usual: float, most: float) -> float:
    text = request.args.get(name)
    if text is None:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise BadRequest(f"{name} must be a number from 0 to {most:g}, got {text!r}.")
    return value
