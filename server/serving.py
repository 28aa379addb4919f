"""Serve an application with threads on a port already claimed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    import socket

    from flask import Flask

_log = logging.getLogger(__name__)


class QuietHandler(WSGIRequestHandler):
    """Logs for whoever listens to `server.serving`, and writes nothing by itself: a kernel's output is a page."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's own name
        """Log one line at the level of debugging, errors included: those are logged by Flask, with their traceback."""
        _log.debug("%s: %s", type, message % args)


def threaded_server(
    app: Flask, listener: socket.socket, handler: type[WSGIRequestHandler] = WSGIRequestHandler
) -> BaseWSGIServer:
    """A server with a thread for each connection on `listener`, which it takes over; `serve_forever` runs it."""
    host, port = listener.getsockname()[:2]
    with listener:
        return make_server(host, port, app, threaded=True, request_handler=handler, fd=listener.fileno())
