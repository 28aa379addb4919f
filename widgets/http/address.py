"""How an address is written, where it leads, and whether it may be asked.

One parser reads it for all: the guard checks the very host that is dialled afterwards. The parser is `ada_url`, which
follows the WHATWG's URL standard, as browsers do: it encodes blanks and letters, and knows `http://0x7f.1/` for what it
is. Which IP addresses are of the open internet is a table of our own.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, TypeAlias
from urllib.parse import unquote

import ada_url

from .errors import AddressError, BlockedError, unknown
from .message import named, readable
from .secrets import masked_address

Mode: TypeAlias = Literal["local", "public"]
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

WEB_PORTS = {"http": 80, "https": 443}
LOCALLY = "Run it in local mode to ask others."
"""What to do about an address that public mode does not ask; who runs it there in public mode can choose."""
_EXAMPLE = "http://127.0.0.1:5009/NASA"
_SHOWN = 200
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls, and halves of characters: nobody types them on purpose."""

_TURNING = re.compile("^[^/]*//[^/?#]*[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""A host with marks that turn the direction of writing, so that it reads as another; behind it they are encoded."""

_ENDS = re.compile("^[\\s\u200b\u2060\ufeff]+|[\\s\u200b\u2060\ufeff]+$")
"""What is copied along with an address without being seen."""

_WITHIN = re.compile(r"""(?i)\bhttps?://[^\s<>"'`\u2018-\u201f\u00ab\u00bb()\[\]{}]+""")
_TWICE = re.compile(r"(?i)https?:/{1,3}(https?):?//(.+)")

_HOST_ALONE = re.compile(r"(localhost|[\w-]+(\.[\w-]+)+|\[[0-9a-fA-F:.]+\]|[\w-]+:\d+)(:\d+)?([/?#]\S*)?")
"""What may well have been meant for an address, but for its scheme."""

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


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address, taken apart.

    >>> address = parse("http://Example.org/a b?q=ü#top")
    >>> address.origin, address.target
    (('http', 'example.org', 80), '/a%20b?q=%C3%BC')

    Attributes:
        url: As it is asked: in ASCII, in the normal form of browsers, with user, password and fragment where there are.
        scheme: `http` or `https`.
        host: A name in ASCII or an IP address in digits, without brackets.
        port: The usual one of the scheme where none is written.
        target: Path and query, as they go into the request.
        user: And `password`: as they are written, decoded; empty where there is none.
    """

    url: str
    scheme: str
    host: str
    port: int
    target: str
    user: str = ""
    password: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """The host as the header `Host` names it: in brackets where it is IPv6, with an unusual port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == WEB_PORTS[self.scheme] else f"{host}:{self.port}"


def parse(text: str, base: str = "") -> Address:
    """Read an address as browsers do, relative to `base` where it has one.

    Raises:
        AddressError: It is none, or none of http and https; the message says what to do.
    """
    shown = _as_shown(text)
    try:
        read = ada_url.URL(text, base=base) if base else ada_url.URL(text)
    except (ValueError, UnicodeError) as error:
        raise AddressError(_what_is_wrong(text, shown)) from error
    scheme = read.protocol.rstrip(":")
    if scheme not in WEB_PORTS:
        raise AddressError(
            f"{shown} is an address of the kind {readable(scheme)[:_SHOWN]}:, but only http:// and https:// addresses "
            f"can be asked. One looks like {_EXAMPLE}."
        )
    port = int(read.port) if read.port else WEB_PORTS[scheme]
    if port == 0:
        raise AddressError(f"{shown} is not an address: nothing can be asked at port 0. One looks like {_EXAMPLE}.")
    target = "/" + read.href.partition("#")[0].split("/", 3)[3]
    host = read.hostname.removeprefix("[").removesuffix("]")
    return Address(read.href, scheme, host, port, target, unquote(read.username), unquote(read.password))


def own(url: str) -> tuple[str, int]:
    """The host and port of an address; an address that is none has neither.

    >>> own("https://example.org/x"), own("http://[")
    (('example.org', 443), ('', 0))
    """
    try:
        address = parse(url)
    except AddressError:
        return "", 0
    return address.host, address.port


def is_public(address: str) -> bool:
    """Whether `address`, an IP address in digits, is one of the open internet.

    An IPv6 address that carries an IPv4 address is never public here: what it leads to depends on the network.

    >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("::ffff:8.8.8.8")
    (True, False, False)
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved or "%" in address:
        return False
    return not any(parsed.version == block.version and parsed in block for block in _EXTRA)


def resolve(host: str, port: int) -> list[str]:
    """Return every IP address of `host`, in the system's order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks addresses before they are asked, at every hop of every sender.

    >>> Guard().check(" http://example.org/a b ")
    'http://example.org/a%20b'
    >>> Guard("public").check("http://example.org:8080/")
    Traceback (most recent call last):
        ...
    widgets.http.errors.BlockedError: http://example.org:8080/ is on port 8080: this page is in public mode, which asks only ports 80 and 443. Run it in local mode to ask others.

    Args:
        mode: `"local"` asks any http or https address; `"public"` only public ones on ports 80 and 443.
        exceptions: Host and port pairs that public mode asks nevertheless: the bundled service.
        resolver: Gives the IP addresses of a name.
        userinfo: Whether an address may hold a user and a password.
    """  # noqa: E501 - a doctest's error stands in one line

    mode: Mode = "local"
    exceptions: Collection[tuple[str, int]] = ()
    resolver: Resolver = resolve
    userinfo: bool = False

    def check(self, address: str, base: str = "") -> str:
        """Return `address` as it will be asked.

        Args:
            address: As a person or a redirect writes it.
            base: What a redirect is relative to.

        Raises:
            AddressError: It is no address that can be asked; `BlockedError` where public mode does not ask it.
        """
        text = address.strip() if base else _ENDS.sub("", address)
        shown = _as_shown(text)
        if not text and not base:
            raise AddressError(f"There is no address to ask. Type one, such as {_EXAMPLE}.")
        if _UNSEEN.search(text) or _TURNING.search(text):
            raise AddressError(f"The address {shown!r} has control characters in it. Type it anew, without them.")
        if not base and (meant := _within(text)):
            raise AddressError(f"{shown} is more than an address. Did you mean “{_as_shown(meant)}”?")
        if "://" not in text and not base:
            raise AddressError(_what_is_wrong(text, shown))
        found = parse(text, base)
        if (found.user or found.password) and not self.userinfo:
            raise AddressError(
                "The address holds a user name or password: leave it out, since addresses are shown and kept. Send it "
                "as a login, or as the header 'Authorization: Basic …', where … is name:password in base64."
            )
        inside = self.mode == "public" and (found.host, found.port) not in self.exceptions
        if inside and found.port != WEB_PORTS[found.scheme]:
            raise BlockedError(
                f"{shown} is on port {found.port}: this page is in public mode, which asks only ports 80 and 443"
                f"{self._besides}. {LOCALLY}"
            )
        if inside and _is_inside(found.host):  # so that nobody is asked for leave first
            raise _blocked(found.host, besides=self._besides)
        return found.url

    @property
    def _besides(self) -> str:
        """What public mode asks besides, by the name under which it does: `localhost` is another one."""
        hosts = ((f"[{host}]" if ":" in host else host, port) for host, port in self.exceptions if host)
        named = " and ".join(f"http://{host}:{port}" for host, port in hosts)
        return f", and {named}" if named else ""

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
            raise unknown(host) from error
        if self.mode == "public" and (host, port) not in self.exceptions:
            for address in found:
                if not is_public(address):
                    raise _blocked(host, address, self._besides)
        return found


def _is_inside(host: str) -> bool:
    """Whether a host is no public one by how it is written, without looking its name up.

    >>> _is_inside("10.0.0.1"), _is_inside("[::1]"), _is_inside("a.localhost"), _is_inside("8.8.8.8"), _is_inside("a.b")
    (True, True, True, False, False)
    """
    bare = host.strip("[]").rstrip(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        ip_address(bare.partition("%")[0])
    except ValueError:
        return False
    return not is_public(bare)


def _blocked(host: str, address: str = "", besides: str = "") -> BlockedError:
    """That public mode does not ask a host: for itself, or for what its name leads to."""
    shown = named(host)[: 2 * _SHOWN]
    why = f"leads to {address}, which is not" if address not in ("", host.strip("[]")) else "is not"
    return BlockedError(
        f"{shown} {why} a public address: this page is in public mode, which asks only public ones{besides}. {LOCALLY}",
        f"{shown} {why} a public address",
    )


def _as_shown(text: str) -> str:
    """What was typed for an address, as a message may repeat it: without secrets, also where it is none.

    >>> _as_shown("http://me:word@a.example:x/"), _as_shown("me:word@a.example")
    ('http://***@a.example:x/', '***@a.example')
    """
    return readable(masked_address(text))[:_SHOWN]


def _within(text: str) -> str:
    """The address within a text that was pasted for one: a command, words around it, its scheme twice; or empty.

    >>> _within("curl -s 'http://a.example/x' | jq"), _within("https://http://a.example"), _within("http://a/?b=http://c")
    ('http://a.example/x', 'http://a.example', '')
    """
    if twice := _TWICE.match(text):
        return f"{twice[1].lower()}://{twice[2]}"
    found = _WITHIN.search(text)
    return found[0].rstrip(".,;:!") if found and found.start() else ""


def _what_is_wrong(text: str, shown: str) -> str:
    """Why `text` is no address, and what to do."""
    scheme, separator, rest = text.partition("://")
    looks = f"One looks like {_EXAMPLE}."
    if not separator:
        if _HOST_ALONE.fullmatch(text):
            return f"{shown} does not begin with http:// or https://. Did you mean “http://{shown}”?"
        return f"{shown!r} is not an address: it must begin with http:// or https://, for example {_EXAMPLE}."
    if scheme.lower() not in WEB_PORTS:
        return f"{shown} is not an address: only http:// and https:// addresses can be asked. {looks}"
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    if any(char.isspace() for char in host):
        return f"The host of {shown!r} has blanks or control characters in it. {looks}"
    if not host:
        return f"{shown} names no host. {looks}"
    return f"{shown} is not an address: its host or its port is misspelt. {looks}"
