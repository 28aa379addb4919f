"""Whether this page is for its owner alone (local) or for visitors too (public)."""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Mode: TypeAlias = Literal["local", "public"]

VARIABLE = "WAITWISE_MODE"

SHARED = ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_API_URL", "BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST")
"""Set where others run this kernel for somebody whom they do not know."""

SERVED = ("VOILA_REQUEST_URL", "JPY_PARENT_PID")
"""Set for a kernel by Voila, and by whatever of Jupyter starts kernels."""


class ModeError(ValueError):
    """`WAITWISE_MODE` says something that is no mode; the message says what it may be."""


def chosen(environ: Mapping[str, str] = os.environ) -> str:
    """What `WAITWISE_MODE` says: `public`, `local`, or nothing.

    Whoever serves others behind a proxy relies on it: a word that is not understood must not pass for none.

    >>> chosen({"WAITWISE_MODE": " Public "}), chosen({"WAITWISE_MODE": ""}), chosen({})
    ('public', '', '')

    Raises:
        ModeError: It says something else.
    """
    said = environ.get(VARIABLE, "")
    word = said.strip().lower()
    if word not in {"", "local", "public"}:
        raise ModeError(
            f"{VARIABLE} must be public, or local or unset where the page itself sees who can reach it, got {said!r}."
        )
    return word


def mode(environ: Mapping[str, str] = os.environ, listening: Iterable[str] | None = None) -> Mode:
    """The mode of this kernel: public under JupyterHub and Binder, and when its server can be reached from elsewhere.

    The server is Voila, JupyterLab or another one of Jupyter; without any, the mode is local. A `Host` header is a
    visitor's word, so it is the sockets of the processes that had this kernel started which are looked at. What cannot
    be looked at counts as public. `WAITWISE_MODE=public` chooses it by hand; there is no way to choose local where it
    is not.

    Args:
        environ: The environment of the kernel.
        listening: The IP addresses on which the server's process listens; looked up unless given.

    Raises:
        ModeError: `WAITWISE_MODE` says something that is no mode.
    """
    if chosen(environ) == "public" or any(name in environ for name in SHARED):
        return "public"
    if not any(name in environ for name in SERVED):
        return "local"
    try:
        addresses = server_listens_on(environ) if listening is None else list(listening)
    except (psutil.Error, ValueError):
        return "public"
    return "local" if all(is_loopback(address) for address in addresses) else "public"


def server_listens_on(environ: Mapping[str, str]) -> list[str]:
    """The IP addresses on which the processes that had this one started accept connections.

    They are its parent, and the one that Jupyter names: a kernel's parent may be another than the server, from which
    kernels are forked. Where the named one has ended nobody comes through it.

    Raises:
        psutil.Error: When one of them cannot be looked at.
        ValueError: When what names it is no number.
    """
    found = psutil.Process(os.getppid()).net_connections(kind="inet")
    with suppress(psutil.NoSuchProcess):
        found += psutil.Process(int(environ.get("JPY_PARENT_PID") or os.getppid())).net_connections(kind="inet")
    return [connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN]


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)
