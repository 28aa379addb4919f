"""A probe as an HTTP Archive, HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). PURE.

Bodies are not kept, and secrets were hidden before anything was stored.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.pace.log import Entry, StoredProbe

VERSION = "0.1"


def to_har(probe: StoredProbe, entries: Iterable[Entry]) -> str:
    """The whole probe as HAR 1.2 in JSON; the step and the reason of a failure are `_waitwise` fields."""
    log = {
        "version": "1.2",
        "creator": {"name": "Waitwise", "version": VERSION},
        "pages": [],
        "entries": [_entry(probe, entry) for entry in entries],
        "comment": probe.verdict.statement if probe.verdict else "This probe has no verdict.",
    }
    return json.dumps({"log": log}, indent=1, allow_nan=False)


def _entry(probe: StoredProbe, entry: Entry) -> dict[str, Any]:
    spent = entry.latency * 1000
    return {
        "startedDateTime": datetime.fromtimestamp(probe.began + entry.started, UTC).isoformat(timespec="milliseconds"),
        "time": spent,
        "request": _request(probe),
        "response": _response(entry),
        "cache": {},
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": 0, "wait": spent, "receive": 0, "ssl": -1},
        "_waitwise": {"phase": entry.phase, "wait": entry.wait, "spacing": entry.spacing, "error": entry.error},
    }


def _request(probe: StoredProbe) -> dict[str, Any]:
    query = parse_qsl(urlsplit(probe.url).query, keep_blank_values=True)
    return {
        "method": probe.target.method,
        "url": probe.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": 0,
    }


def _response(entry: Entry) -> dict[str, Any]:
    """Status 0 is what browsers write where no answer came."""
    status = entry.status or 0
    fields = {name.lower(): value for name, value in entry.headers.items()}
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1" if status else "",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in entry.headers.items()],
        "content": {"size": 0, "mimeType": fields.get("content-type", "")},
        "redirectURL": fields.get("location", ""),
        "headersSize": -1,
        "bodySize": -1,
    }
