"""One resource as an HTTP answer: what it is, whose it is, and the part of it that was asked for (RFC 9110)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response, request, send_file
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from .header_text import header_fields
from .preconditions import FIELDS, failed_precondition

if TYPE_CHECKING:
    from pathlib import Path

    from .catalogue import Resource

# A page or a drawing from a folder of one's own must not act as a page of this service.
_SANDBOX: Final = "sandbox; default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
_ACTIVE: Final = {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"}


def deliver(resource: Resource) -> Response:
    """The answer to the present request for `resource`: 200, 206, 304, 412 or 416.

    Raises:
        NotFound: If the file has gone since the service started.
    """
    try:
        path = resource.locate()
        state = path.stat()
        tag = _digest(path, state.st_mtime_ns, state.st_size)
        response = send_file(path, mimetype=resource.essence, conditional=False, etag=tag)
    except OSError as error:
        raise NotFound(f"The file of {resource.name} is no longer there.") from error
    response.headers["Content-Type"] = resource.media_type
    response.headers["Content-Location"] = f"/NASA/{quote(resource.name)}"
    response.headers["Cache-Control"] = "no-cache"
    response.headers.extend(header_fields("X-Description", resource.description))
    response.headers.extend(header_fields("X-Credit", resource.credit))
    response.headers.extend(header_fields("X-Origin", resource.origin))
    if resource.essence in _ACTIVE:
        response.headers["Content-Security-Policy"] = _SANDBOX
    return _conditional(response, tag, state.st_size)


def etag(resource: Resource) -> str:
    """The strong entity tag of the file as it is now, without quotes.

    Raises:
        OSError: If the file has gone.
    """
    path = resource.locate()
    state = path.stat()
    return _digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1024)
def _digest(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _conditional(response: Response, tag: str, size: int) -> Response:
    """Apply the request's preconditions, then its range."""
    conditional = any(field in request.headers for field in FIELDS)
    failed = failed_precondition(request.headers, tag, response.last_modified) if conditional else None
    if failed is not None:
        response.close()
        response.set_data(b"")
        response.status_code = failed
        return response
    environ = {**request.environ}
    for field in FIELDS:
        environ.pop(f"HTTP_{field.upper().replace('-', '_')}", None)
    if not _one_range_of_bytes():
        # Werkzeug answers 416 to a range that RFC 9110, section 14.2, says to ignore.
        environ.pop("HTTP_RANGE", None)
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    # The server states the date; Werkzeug's own does so even where this is set, and the field would come twice.
    response.headers.pop("Date", None)
    return response


def _one_range_of_bytes() -> bool:
    wanted = parse_range_header(request.headers.get("Range"))
    return request.method == "GET" and wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1
