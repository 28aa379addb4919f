"""Who may see the teacher's view: a person at this machine, and no page of another site in that person's browser."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden

# Behind a proxy every connection comes from this machine.
_PROXIED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def for_this_machine_only() -> None:
    """Let the present request pass if it comes from this machine, under a name of this machine, and from its own pages.

    Raises:
        Forbidden: If not.
    """
    here = _is_loopback(request.remote_addr or "") and _is_name_of_loopback(request.host)
    proxied = any(name in request.headers for name in _PROXIED)
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if not here or proxied or foreign:
        raise Forbidden("The teacher's view is for a browser on the machine that runs the service.")


def _is_name_of_loopback(host: str) -> bool:
    # A name that another site made resolve to 127.0.0.1 would come with that name (DNS rebinding).
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
