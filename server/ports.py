"""What the service is known by: its name, its version and its port, and how a port is claimed.

Without Flask, so that a program which only looks for a service need not load it.
"""

from __future__ import annotations

import errno
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION: Final = "0.1.0"
SERVICE: Final = "waitwise"


USUAL: Final = 5009
OTHERS: Final = range(5000, 5501)
_QUEUE: Final = 128


class PortError(OSError):
    """The port cannot be had; the message says why and, where one is free, which other can."""


def claim(host: str, port: int) -> socket.socket:
    """A socket that listens on `port` of `host`; port 0 takes any free one.

    Raises:
        PortError: If another program has the port, or the address cannot be used here.
    """
    try:
        return _listen(host, port)
    except (socket.gaierror, UnicodeError) as error:
        raise PortError(f"{host!r} is not an address of this machine: {error}.") from error
    except OSError as error:
        raise PortError(_reason(host, port, error)) from error


def claim_first(host: str, ports: Iterable[int]) -> socket.socket:
    """A socket that listens on the first port of `ports` that can be had.

    Raises:
        PortError: If none can.
    """
    for port in ports:
        with suppress(OSError):
            return _listen(host, port)
    raise PortError(f"No port of {OTHERS.start}-{OTHERS.stop - 1} is free on {host}.")


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    try:
        # SO_REUSEADDR skips the wait after a restart; but on Windows it would let two programs share the port.
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two programs may both have bound by now: it is listening that only one of them can.
        listener.listen(_QUEUE)
    except OSError:
        listener.close()
        raise
    return listener


def free_port(host: str) -> int | None:
    """The first port of 5000-5500 that is free now on `host`."""
    try:
        with claim_first(host, OTHERS) as listener:
            return int(listener.getsockname()[1])
    except PortError:
        return None


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = free_port(host)
        way_out = (
            f"port {other} is free: --port {other}"
            if other
            else f"no port of {OTHERS.start}-{OTHERS.stop - 1} is free either"
        )
        return f"Port {port} on {host} is taken by another program; {way_out}."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs more rights than this program has; choose one above 1023 with --port."
    return f"Port {port} on {host} cannot be used: {error.strerror or error}."
