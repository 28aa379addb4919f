"""Which IP addresses are of the open internet, and not of the machine or network that serves the page. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

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
