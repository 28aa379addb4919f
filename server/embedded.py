"""Where a service answers: one that a person started, else one inside this process that ends with it."""

from __future__ import annotations

import http.client
import json
import os
import select
import socket
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from .ports import OTHERS, SERVICE, USUAL, claim_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

HOST: Final = "127.0.0.1"
_VARIABLE: Final = "WAITWISE_SERVICE"
# A program on the same machine answers within milliseconds; one that is silent must not delay a page.
_NEAR: Final = 0.3
_FAR: Final = 5.0
_MOST: Final = 4096
_OPENED: Final = 2.0
"""Seconds in which a page opens. A request that comes sooner waits while Flask is loaded."""

_lock = threading.Lock()
_found: ServiceURL | None = None


class ServiceURL(str):
    """The base URL of a service, without a slash at its end.

    Attributes:
        started_here: Whether this process runs the service.
    """

    __slots__ = ("started_here",)
    started_here: bool

    def __new__(cls, url: str, *, started_here: bool) -> Self:
        """Make one from a URL, with or without a slash at its end."""
        made = super().__new__(cls, url.rstrip("/"))
        made.started_here = started_here
        return made


class ServiceNotFoundError(RuntimeError):
    """The service that the environment names does not answer as one."""


def running() -> ServiceURL:
    """The base URL of the service; each call in one process returns the same.

    In this order: the one that the environment variable WAITWISE_SERVICE names; one that a person started on port 5009
    (never one inside another process, which would end with that process); one started here, on the first free port of
    5009, then 5000-5500, in a daemon thread.

    Raises:
        ServiceNotFoundError: If WAITWISE_SERVICE names an address where no such service answers.
        SettingsError: If a WAITWISE_… setting of the service cannot be used.
        PortError: If no port is free.

    Example:
        >>> import requests
        >>> from server import running
        >>> requests.get(f"{running()}/health", timeout=10).json()["service"]
        'waitwise'
        >>> running() is running()
        True
    """
    global _found  # noqa: PLW0603 - one service per process is what this function promises
    with _lock:
        if _found is None:
            _found = _named() or _started_by_a_person() or _start()
        return _found


def _named() -> ServiceURL | None:
    url = os.environ.get(_VARIABLE, "").strip()
    if not url:
        return None
    if ask_health(url, _FAR) is None:
        raise ServiceNotFoundError(f"{_VARIABLE} says {url!r}, but no Waitwise service answers there. {_advice(url)}")
    return ServiceURL(url, started_here=False)


def _advice(url: str) -> str:
    """What to do where no service answers: it is started at that address, where this machine can do so."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):
        return f"Write an address such as http://{HOST}:{USUAL}, or unset the variable."
    if parts.scheme == "http" and host in {HOST, "localhost"} and not parts.path.strip("/"):
        return f"Start one with `python -m server --port {port}`, or unset the variable."
    return "Look whether it runs and can be reached from this machine, or unset the variable."


def _started_by_a_person() -> ServiceURL | None:
    url = f"http://{HOST}:{USUAL}"
    health = ask_health(url, _NEAR)
    return None if health is None or health.get("embedded") else ServiceURL(url, started_here=False)


def ask_health(url: str, deadline: float) -> dict[str, object] | None:
    """What the service at `url` says of itself within `deadline` seconds; `None` when it is not one of ours."""
    try:
        parts = urlsplit(url)
        connect = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
        connection = connect(parts.hostname or "", parts.port, timeout=deadline)
        with closing(connection):
            connection.connect()
            with _shut_after(deadline, connection.sock):
                connection.request("GET", f"{parts.path.rstrip('/')}/health", headers={"Accept": "application/json"})
                answer = json.loads(connection.getresponse().read(_MOST))
    except (KeyError, ValueError, OSError, http.client.HTTPException, RecursionError):
        # Whatever another program sends: no connection, no HTTP, no JSON, or JSON that only wants to nest.
        return None
    return answer if isinstance(answer, dict) and answer.get("service") == SERVICE else None


@contextmanager
def _shut_after(seconds: float, sock: socket.socket) -> Iterator[None]:
    """End `sock` after `seconds`: a timeout is for each byte, and a program may send one now and then for ever."""

    def shut() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _start() -> ServiceURL:
    # A setting that cannot be used is told to whoever starts the service; without any there is nothing to be wrong.
    app = _application() if any(name.startswith("WAITWISE_") for name in os.environ) else None
    listener = claim_first(HOST, (USUAL, *OTHERS))
    port = listener.getsockname()[1]
    threading.Thread(target=_serve, args=(listener, app), name="waitwise-service", daemon=True).start()
    return ServiceURL(f"http://{HOST}:{port}", started_here=True)


def _serve(listener: socket.socket, app: Flask | None) -> None:
    """Serve for ever; the application is made for whoever comes first, or when the page that wants it has opened."""
    if app is None:
        select.select([listener], [], [], _OPENED)
    from .serving import threaded_server  # noqa: PLC0415 - loads Flask

    with listener:
        server = threaded_server(app or _application(), listener)
    server.serve_forever()


def _application() -> Flask:
    # Only here is Flask needed: it takes longer to import than to ask whether a service is there.
    from .factory import build  # noqa: PLC0415

    return build({"EMBEDDED": True})
