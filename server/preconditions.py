"""Whether a request still wants its answer: the preconditions of RFC 9110, section 13, in the order of 13.2.2. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from werkzeug.http import parse_date, parse_etags

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.datastructures import Headers

FIELDS: Final = ("If-Match", "If-Unmodified-Since", "If-None-Match", "If-Modified-Since")


def failed_precondition(headers: Headers, etag: str, modified: datetime | None) -> int | None:
    """The status that a GET or HEAD gets when a precondition fails, 412 or 304; `None` when it is to be answered.

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
