"""/broken/<fault>: answers that are broken on purpose, for practising; /broken says which there are.

Each lies or misbehaves in one way, within bounds.
"""

from __future__ import annotations

import gzip
import inspect
import math
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from server.headers import header_fields
from server.problems import NoSuchResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOMB: Final = 10_000_000
"""Bytes of the bomb when it is unpacked."""

LONGEST_STREAM: Final = 30.0
MOST_BYTES: Final = 50_000_000
_CHUNK: Final = 16 * 1024
_DRIP: Final = 0.1
_PAGE: Final = "<!doctype html><title>Ångström</title><p>One Ångström is 0.1 nm — about the size of an atom.</p>"
# A PNG of one red pixel.
_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def mislabelled(_seconds: float, _most: int) -> Response:
    """A PNG that says it is plain text."""
    return Response(_PNG, content_type="text/plain; charset=utf-8")


def wrong_json(_seconds: float, _most: int) -> Response:
    """An HTML page that says it is JSON, as error pages of proxies do."""
    return Response(_PAGE.encode(), content_type="application/json")


def truncated(_seconds: float, _most: int) -> Response:
    """A body that breaks off halfway through the length it promised."""
    body = _PAGE.encode() * 20
    response = Response(iter([body[: len(body) // 2]]), content_type="text/html; charset=utf-8")
    response.headers["Content-Length"] = str(len(body))
    return response


def wrong_length(_seconds: float, _most: int) -> Response:
    """A Content-Length of ten bytes less than the body."""
    body = _PAGE.encode()
    response = Response(iter([body]), content_type="text/html; charset=utf-8")
    response.headers["Content-Length"] = str(len(body) - 10)
    return response


def bad_charset(_seconds: float, _most: int) -> Response:
    """A charset that does not exist."""
    return Response(_PAGE.encode(), content_type="text/html; charset=klingon-8")


def wrong_charset(_seconds: float, _most: int) -> Response:
    """Latin-1 bytes that say they are UTF-8."""
    return Response(_PAGE.replace("—", "-").encode("latin-1"), content_type="text/html; charset=utf-8")


def missing_type(_seconds: float, _most: int) -> Response:
    """A PNG without a Content-Type."""
    response = Response(_PNG)
    del response.headers["Content-Type"]
    # The client must be free to look at the bytes.
    response.headers["X-Content-Type-Options"] = ""
    return response


def wrong_encoding(_seconds: float, _most: int) -> Response:
    """A plain body that says it is gzip."""
    response = Response(_PAGE.encode(), content_type="text/html; charset=utf-8")
    response.headers["Content-Encoding"] = "gzip"
    return response


def empty_picture(_seconds: float, _most: int) -> Response:
    """A picture of no bytes."""
    return Response(b"", content_type="image/png")


def redirect_loop(_seconds: float, _most: int) -> Response:
    """A redirect to itself."""
    return Response(
        "Over there.\n", 302, {"Location": "/broken/redirect-loop"}, content_type="text/plain; charset=utf-8"
    )


def bomb(_seconds: float, _most: int) -> Response:
    """Ten kilobytes of gzip that unpack to ten megabytes."""
    response = Response(_packed_bomb(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Encoding"] = "gzip"
    return response


def endless(seconds: float, most: int) -> Response:
    """A stream that does not say when it ends; it does so after `seconds` or `bytes`."""

    def stream() -> Iterator[bytes]:
        end, sent = time.monotonic() + seconds, 0
        while sent < most and time.monotonic() < end:
            chunk = (b"and on and on " * (_CHUNK // 14 + 1))[: min(_CHUNK, most - sent)]
            sent += len(chunk)
            yield chunk

    return Response(stream(), content_type="text/plain; charset=utf-8")


def dripping(seconds: float, most: int) -> Response:
    """One byte each tenth of a second; no pause is long enough for a timeout."""

    def stream() -> Iterator[bytes]:
        for _ in range(min(most, int(seconds / _DRIP))):
            yield b"."
            time.sleep(_DRIP)

    return Response(stream(), content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=1)
def _packed_bomb() -> bytes:
    return gzip.compress(bytes(BOMB), mtime=0)


FAULTS: Final[dict[str, Callable[[float, int], Response]]] = {
    "mislabelled": mislabelled,
    "wrong-json": wrong_json,
    "truncated": truncated,
    "wrong-length": wrong_length,
    "bad-charset": bad_charset,
    "wrong-charset": wrong_charset,
    "missing-type": missing_type,
    "wrong-encoding": wrong_encoding,
    "empty-picture": empty_picture,
    "redirect-loop": redirect_loop,
    "bomb": bomb,
    "endless": endless,
    "dripping": dripping,
}
"""Each is given the seconds and the bytes after which a stream must end."""

STREAMS: Final = frozenset({"endless", "dripping"})


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
        seconds, most = _bound("seconds", 10.0, LONGEST_STREAM), _bound("bytes", USUAL_BYTES, MOST_BYTES)
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
