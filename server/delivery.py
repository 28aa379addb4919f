"""One resource as an HTTP answer: what it is, whose it is, and the part of it that was asked for (RFC 9110).

Flask's `send_file` does much of this and then has to be undone in parts: what stays is its way of sending a file.
"""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable
from werkzeug.http import http_date, parse_date, parse_etags, parse_range_header
from werkzeug.wsgi import wrap_file

from .headers import header_fields

if TYPE_CHECKING:
    from .catalogue import Resource

PRECONDITIONS: Final = ("If-Match", "If-Unmodified-Since", "If-None-Match", "If-Modified-Since")
# A page or a drawing from a folder of one's own must not act as a page of this service.
_SANDBOX: Final = "sandbox; default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
_ACTIVE: Final = {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"}
_PRECONDITIONS: Final = tuple(f"HTTP_{field.upper().replace('-', '_')}" for field in PRECONDITIONS)


class _File(io.FileIO):
    """A file that closes itself: Werkzeug's server may leave it open when a client goes away while it is sent."""

    def __del__(self) -> None:
        self.close()


def deliver(resource: Resource) -> Response:
    """The answer to the present request for `resource`: 200, 206, 304, 412 or 416.

    Raises:
        NotFound: If the file has gone since the service started.
    """
    try:
        path, state = resource.locate()
        tag = _digest(path, state.st_mtime_ns, state.st_size)
        # Unbuffered, since whoever reads it does so in blocks. The response closes it.
        file = _File(path)
    except OSError as error:
        raise NotFound(f"The file of {resource.name} is no longer there.") from error
    changed = int(state.st_mtime)
    fields = Headers(_fields(resource))
    fields["ETag"] = f'"{tag}"'
    fields["Last-Modified"] = _date(changed)
    failed = _failed(tag, changed)
    if failed is not None:
        file.close()
        return Response(b"", failed, fields)
    fields["Content-Length"] = str(state.st_size)
    fields["Accept-Ranges"] = "bytes"
    response = Response(wrap_file(request.environ, file), headers=fields, direct_passthrough=True)
    return _part(response, state.st_size) if "HTTP_RANGE" in request.environ else response


def etag(resource: Resource) -> str | None:
    """The strong entity tag of the file as it is now, without quotes; `None` when the file has gone."""
    try:
        path, state = resource.locate()
    except OSError:
        return None
    return _digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1024)
def _digest(path: str, _changed: int, _size: int) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - it is a text already
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


@lru_cache(maxsize=1024)
def _fields(resource: Resource) -> tuple[tuple[str, str], ...]:
    """The fields that say what a resource is; they stay the same while the service runs."""
    fields = Headers({"Content-Type": resource.media_type, "Content-Location": f"/NASA/{quote(resource.name)}"})
    # A name in two forms is here what it is in header_fields.
    fields.set("Content-Disposition", "inline", **header_fields("filename", resource.name.rpartition("/")[2]))
    fields["Cache-Control"] = "no-cache"
    for name in ("description", "credit", "origin"):
        fields.extend(header_fields(f"X-{name.title()}", getattr(resource, name)))
    if resource.essence in _ACTIVE:
        fields["Content-Security-Policy"] = _SANDBOX
    return tuple(fields)


@lru_cache(maxsize=1024)
def _date(seconds: int) -> str:
    return http_date(seconds)


def _failed(tag: str, changed: int) -> int | None:
    """The status of the precondition that the present request fails, if any."""
    if not any(field in request.environ for field in _PRECONDITIONS):
        return None
    return failed_precondition(request.headers, tag, datetime.fromtimestamp(changed, UTC))


def _part(response: Response, size: int) -> Response:
    """The range of `response` that the present request asks for; all of it where RFC 9110, section 14.2, allows so."""
    # Werkzeug answers 416 to a range that is to be ignored, and looks at the preconditions again.
    if _one_range_of_bytes():
        environ = {name: value for name, value in request.environ.items() if name not in _PRECONDITIONS}
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


def failed_precondition(headers: Headers, etag: str, modified: datetime | None) -> int | None:
    """The status that a GET or HEAD gets when a precondition fails, 412 or 304; `None` when it is to be answered.

    The preconditions of RFC 9110, section 13, in the order of 13.2.2.

    Args:
        headers: Of the request.
        etag: The strong entity tag of the answer, without quotes.
        modified: When the answer last changed, to the second.
    """
    # Werkzeug's own check lets a Range go before these, has no If-Unmodified-Since, and fails If-Match: *.
    if "If-Match" in headers:
        tags = parse_etags(headers["If-Match"])
        if not (tags.star_tag or tags.is_strong(etag)):
            return 412
    elif _is_after(modified, headers.get("If-Unmodified-Since")):
        return 412
    if "If-None-Match" in headers:
        return 304 if parse_etags(headers["If-None-Match"]).contains_weak(etag) else None
    since = parse_date(headers.get("If-Modified-Since"))
    return 304 if since is not None and modified is not None and modified <= since else None


def _is_after(modified: datetime | None, limit: str | None) -> bool:
    date = parse_date(limit)
    return modified is not None and date is not None and modified > date
