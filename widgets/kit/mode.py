"""Whether this page is for its owner alone (local) or for visitors too (public)."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, Literal, TypeAlias

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Mode: TypeAlias = Literal["local", "public"]

SHARED = ("JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_API_URL", "BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST")
"""Set where others run this kernel for somebody whom they do not know."""

SERVED = ("VOILA_REQUEST_URL", "JPY_PARENT_PID")
"""Set for a kernel by Voila, and by whatever of Jupyter starts kernels."""


def mode(environ: Mapping[str, str] = os.environ, listening: Iterable[str] | None = None) -> Mode:
    """The mode of this kernel: public under JupyterHub and Binder, and when its server can be reached from elsewhere.

    The server is Voila, JupyterLab or another one of Jupyter; without any, the mode is local. A `Host` header is a
    visitor's word, so it is the sockets of the process that started this kernel which are looked at. What cannot be
    looked at counts as public. `WAITWISE_MODE=public` chooses it by hand; there is
    no way to choose local where it is not.

    Args:
        environ: The environment of the kernel.
        listening: The IP addresses on which the parent process listens; looked up unless given.
    """
    if environ.get("WAITWISE_MODE", "").strip().lower() == "public" or any(name in environ for name in SHARED):
        return "public"
    if not any(name in environ for name in SERVED):
        return "local"
    try:
        addresses = parent_listens_on() if listening is None else list(listening)
    except psutil.Error:
        return "public"
    return "local" if all(is_loopback(address) for address in addresses) else "public"


def parent_listens_on() -> list[str]:
    """The IP addresses on which the process that started this one accepts connections.

    Raises:
        psutil.Error: When that process cannot be looked at.
    """
    found = psutil.Process(os.getppid()).net_connections(kind="inet")
    return [connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN]


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)
