"""The guard of fetching, in the words of probing: who may be asked, and how they are reached."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widgets.fetch import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.http.address import Guard


def own(url: str) -> tuple[str, int]:
    """The host and port of an address."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)


def checker(guard: Guard) -> Callable[[str], str]:
    """The guard's check of how an address is written, with the error that the probe's room knows."""

    def check(url: str) -> str:
        try:
            return guard.check(url)
        except FetchError as error:
            raise ValueError(str(error)) from error

    return check


def dialler(guard: Guard) -> Callable[[tuple[str, int], float], socket.socket]:
    """Opens connections only to addresses that the guard has checked: the name is not looked up a second time."""

    def dial(address: tuple[str, int], timeout: float) -> socket.socket:
        host, port = address
        try:
            found = guard.addresses(host, port)
        except FetchError as error:
            # What happened becomes a part of a sentence of the probe, which says itself what to do.
            raise OSError(str(error).partition(". ")[0]) from error
        failure: OSError | None = None
        for ip in found:
            try:
                return socket.create_connection((ip, port), timeout)
            except OSError as error:
                failure = error
        raise failure or OSError(f"{host} has no address")

    return dial
