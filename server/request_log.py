"""One line of JSON for each request, on the logger `server.requests`."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from flask import g, request

if TYPE_CHECKING:
    from flask import Flask, Response

LONGEST_PATH: Final = 500
_log = logging.getLogger("server.requests")


def log_requests(app: Flask) -> None:
    """Log every request of `app` at level INFO, where anyone listens.

    A client can write nothing into the log but the values of its own line: JSON escapes line ends. An API key is logged
    as four bytes of its hash, enough to tell clients apart.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def log(response: Response) -> Response:
        if _log.isEnabledFor(logging.INFO):
            _log.info("%s", json.dumps(_line(response)))
        return response


def _line(response: Response) -> dict[str, object]:
    key = request.headers.get("X-API-Key")
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": request.remote_addr,
        "key": None if key is None else blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest(),
        "method": request.method,
        "path": request.full_path.rstrip("?")[:LONGEST_PATH],
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round(1000 * (time.perf_counter() - g.began), 2),
    }
