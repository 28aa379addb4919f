"""Which IP addresses are of the open internet, and not of the machine or network that serves the page. Pure.

Which addresses may be asked: by how they are written, and in public mode by where they lead.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from .errors import AddressError, BlockedError, UnreachableError
from .message import readable

# `is_global` of Python lets these through; each would lead to somewhere that is not the open internet.
_EXTRA = tuple(
    ip_network(block)
    for block in (
        "100.64.0.0/10",  # shared address space of carriers, RFC 6598
        "168.63.129.16/32",  # the host of an Azure machine
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relay anycast, RFC 7526
        "224.0.0.0/4",  # multicast: `is_global` holds for some of it
        "64:ff9b::/96",  # NAT64, RFC 6052: the IPv4 address inside is dialled
        "64:ff9b:1::/48",  # local NAT64, RFC 8215
        "100::/64",  # discard, RFC 6666
        "2001::/23",  # protocol assignments with Teredo, RFC 4380, and benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, RFC 3056: the IPv4 address inside is dialled
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
        "fec0::/10",  # site-local, RFC 3879
        "::/96",  # IPv4-compatible, RFC 4291
        "::ffff:0:0/96",  # IPv4-mapped: the IPv4 address inside is dialled
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "ff00::/8",  # multicast
    )
)


def is_public(address: str) -> bool:
    """Whether `address`, an IP address in digits, is one of the open internet.

    An IPv6 address that carries an IPv4 address is never public here: what it leads to depends on the network.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved or "%" in address:
        return False
    return not any(parsed.version == block.version and parsed in block for block in _EXTRA)


Mode: TypeAlias = Literal["local", "public"]
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

_WEB_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "http://127.0.0.1:5009/NASA"
_SHOWN = 200


def resolve(host: str, port: int) -> list[str]:
    """Return every IP address of `host`, in the system's order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks addresses before they are asked.

    Args:
        mode: `"local"` asks any http or https address; `"public"` only public ones on ports 80 and 443.
        exceptions: Host and port pairs that public mode asks nevertheless: the bundled service.
        resolver: Gives the IP addresses of a name.
    """

    mode: Mode = "local"
    exceptions: Collection[tuple[str, int]] = ()
    resolver: Resolver = resolve

    def check(self, address: str) -> str:
        """Return `address` as it will be asked; raise `AddressError` or `BlockedError` where it will not be."""
        url = address.strip()
        shown = readable(url)[:_SHOWN]
        if not url:
            raise AddressError(f"There is no address to ask. Type one, such as {_EXAMPLE}.")
        scheme, host, port = _parts(url, shown)
        if self.mode == "public" and (host, port) not in self.exceptions and port != _WEB_PORTS[scheme]:
            raise BlockedError(
                f"{shown} is on port {port}: this page is in public mode, which asks only ports 80 and 443. "
                "Run the dashboard on your own machine to ask other ports."
            )
        return url

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses that may be dialled for `host`, resolved once.

        Raises:
            UnreachableError: The name is unknown.
            BlockedError: Public mode, and any one of the answers is not a public address. One is enough: a name that
                answers with both would lead inside at the next question.
        """
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError(
                f"No address is known for the name {readable(host)[:_SHOWN]}. "
                "Check the spelling, and that this machine is online."
            ) from error
        if self.mode == "public" and (host, port) not in self.exceptions:
            for address in found:
                if not is_public(address):
                    raise BlockedError(
                        f"{readable(host)[:_SHOWN]} leads to {address}, which is not a public address: this page is "
                        "in public mode, which asks only public ones. Run the dashboard on your own machine instead."
                    )
        return found


def _parts(url: str, shown: str) -> tuple[str, str, int]:
    """Return scheme, host and port of `url`, or raise `AddressError`."""
    if any(char.isspace() or not char.isprintable() for char in url):
        raise AddressError(f"The address {shown!r} has blanks or control characters in it. Write a blank as %20.")
    if "://" not in url:
        raise AddressError(_without_scheme(url, shown))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError(f"{shown} is not an address: {error}. One looks like {_EXAMPLE}.") from error
    if parts.scheme not in _WEB_PORTS:
        raise AddressError(
            f"{shown} begins with {readable(parts.scheme)[:_SHOWN]}://, but only http:// and https:// addresses can "
            f"be asked. One looks like {_EXAMPLE}."
        )
    if not host:
        raise AddressError(f"{shown} names no host. An address looks like {_EXAMPLE}.")
    if parts.username is not None:
        raise AddressError(
            "The address holds a user name or password, which would be kept in the list of addresses. "
            "Leave it out here and give it as a header of the request."
        )
    return parts.scheme, host, _WEB_PORTS[parts.scheme] if port is None else port


def _without_scheme(url: str, shown: str) -> str:
    host = url.partition("/")[0]
    port = host.rpartition(":")[2] if ":" in host else ""
    if port.isdigit() or (not port and ("." in host or host == "localhost")) or host.startswith("["):
        return f"{shown} does not begin with http:// or https://. Did you mean http://{shown} ?"
    return f"{shown!r} is not an address: it must begin with http:// or https://, for example {_EXAMPLE}."
