"""Serve an application with threads on a port already claimed: by Werkzeug for one person, by Waitress for a class."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .latency import MOST_HELD
from .settings import LARGEST_BODY, SettingsError

if TYPE_CHECKING:
    import socket

    from flask import Flask

THREADS: Final = MOST_HELD + 16
"""More than can be held back at once, so that some are always left to answer."""

_log = logging.getLogger(__name__)


class QuietHandler(WSGIRequestHandler):
    """Leaves the log to `server.request_log`; a kernel's output is a page, and one line for each request is enough."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's own name
        """Log one line at the level of debugging, errors included: those are logged by Flask, with their traceback."""
        _log.debug("%s: %s", type, message % args)


def threaded_server(app: Flask, listener: socket.socket) -> BaseWSGIServer:
    """A server with a thread for each connection on `listener`, which it takes over; `serve_forever` runs it."""
    host, port = listener.getsockname()[:2]
    with listener:
        return make_server(host, port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())


def serve_many(app: Flask, listener: socket.socket) -> None:
    """Serve on `listener` under Waitress until interrupted.

    One process, since what the limiters remember lives in it: a second one would let each client through twice.

    Raises:
        SettingsError: If Waitress is not installed.
    """
    try:
        import waitress  # type: ignore[import-untyped] # noqa: PLC0415 - for a class only
    except ModuleNotFoundError as error:
        listener.close()
        raise SettingsError(
            "--serve needs Waitress: pip install waitress. Without --serve it is not needed."
        ) from error
    waitress.create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident="waitwise",
        # Stripped, they could no longer tell the teacher's view that the request came through a proxy.
        clear_untrusted_proxy_headers=False,
    ).run()
