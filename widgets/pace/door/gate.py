"""Who may come through the door, what is asked behind it, and what is changed on the way. PURE.

The door listens on this machine only, but a browser on this machine opens pages from everywhere. So:

- the host of a request must be this machine's own name, with the port: a name of somebody else that leads here (DNS
  rebinding) is refused;
- a page of another origin is refused, whether it says so in `Origin` or the browser in `Sec-Fetch-Site`; only origins
  that were named when the door was opened may ask;
- no page may be opened through the door: its scripts would be of the door's own origin, and see the token;
- the first part of the path is a token that only who opened the door knows.

Headers and bodies pass as they are, but for what belongs to one connection (RFC 9110, section 7.6.1), `Host`, and where
a redirect leads.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from widgets.http.address import own
from widgets.http.message import Headers

if TYPE_CHECKING:
    from collections.abc import Collection

HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
OURS = frozenset({"host", "expect"})
"""Of a request: the host is another one behind the door, and what is expected is answered here."""
NAMES = ("127.0.0.1", "localhost", "[::1]")
COLLAPSED = re.compile(r"(https?):/+", re.IGNORECASE)
"""Some clients and proxies make one slash of two."""
PAGES = frozenset({"document", "iframe", "frame", "embed", "object"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of the door itself."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """The page that shows what is paced."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An address to ask."""

    url: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a browser asks before it lets a page of an allowed origin ask."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of one door.

    >>> gate = Gate(8899, "s3cret")
    >>> gate.enter("GET", "/s3cret/https://api.example.org/items?page=2", Headers([("Host", "127.0.0.1:8899")]))
    Asked(url='https://api.example.org/items?page=2')
    >>> gate.enter("GET", "/s3cret/https://api.example.org/", Headers([("Host", "evil.example")])).status
    403

    Args:
        port: Where it listens.
        token: The first part of every path; empty for none.
        origins: Of the pages that may ask from a browser, such as `http://localhost:3000`.
    """

    port: int
    token: str = ""
    origins: Collection[str] = field(default=())

    @property
    def base(self) -> str:
        """What is put before an address."""
        return f"http://127.0.0.1:{self.port}/" + (f"{self.token}/" if self.token else "")

    def enter(self, method: str, target: str, headers: Headers) -> Asked | Status | Preflight | Refusal:
        """Say what a request is for, or why it is refused."""
        refused = self._foreign(method, headers)
        if refused is not None:
            return refused
        rest = self._behind_token(target)
        if rest is None:
            return Refusal(403, "The address must begin with the token that the door has printed when it was opened.")
        if not rest.partition("?")[0]:
            return Status() if method in {"GET", "HEAD"} else Refusal(405, "This page can only be read.")
        if method == "OPTIONS" and headers.get("Origin") and headers.get("Access-Control-Request-Method"):
            return Preflight()
        return self._asked(rest, headers)

    def _foreign(self, method: str, headers: Headers) -> Refusal | None:
        hosts = headers.all("Host")
        if len(hosts) != 1 or hosts[0].strip().lower() not in {f"{name}:{self.port}" for name in NAMES}:
            return Refusal(403, f"This door is asked as 127.0.0.1:{self.port}, and under no other name.")
        if method == "CONNECT":
            return Refusal(405, "This door is no proxy: write the address behind it.")
        origins = headers.all("Origin")
        if origins:
            known = set(origins) <= set(self.origins)
            return None if known else Refusal(403, "Pages of other origins may not ask through this door.")
        if headers.get("Sec-Fetch-Site").strip().lower() in {"cross-site", "same-site"}:
            return Refusal(403, "Pages of other origins may not ask through this door.")
        return None

    def _behind_token(self, target: str) -> str | None:
        if not target.startswith("/"):
            return None
        if not self.token:
            return target[1:]
        given, slash, rest = target[1:].partition("/")
        known = hmac.compare_digest(given.encode("latin-1", "replace"), self.token.encode())
        return rest if known and slash else None

    def _asked(self, rest: str, headers: Headers) -> Asked | Refusal:
        if headers.get("Sec-Fetch-Dest").strip().lower() in PAGES:
            return Refusal(403, "No page is opened through this door: its scripts could ask for anything here.")
        match = COLLAPSED.match(rest)
        if match is None:
            return Refusal(404, f"Write a whole address behind the door, such as {self.base}https://api.example.org/.")
        url = f"{match[1].lower()}://{rest[match.end() :]}"
        host, port = own(url)
        if port == self.port and (host in {"127.0.0.1", "localhost", "::1"} or host.startswith("127.")):
            return Refusal(400, "This address leads to the door itself.")
        return Asked(url)

    def onward(self, headers: Headers) -> Headers:
        """The headers of a request as they are sent on."""
        passed = Headers(each for each in headers if each[0].lower() not in own_to_connection(headers) | OURS)
        # The address of the page that asked would carry the token away.
        return Headers(each for each in passed if each[0].lower() != "referer" or not self._is_here(each[1]))

    def back(self, url: str, headers: Headers, origin: str = "") -> Headers:
        """The headers of an answer of `url` as they are sent back to a client, or a page of `origin`."""
        dropped = own_to_connection(headers)
        changed = [(name, self.redirect(url, value) if name.lower() == "location" else value)
                   for name, value in headers if name.lower() not in dropped]  # fmt: skip
        if origin:
            changed = [each for each in changed if not each[0].lower().startswith("access-control-")]
            changed += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "*")]
        return Headers(changed)

    def redirect(self, url: str, location: str) -> str:
        """Where a redirect leads, through the door.

        >>> Gate(8899, "s").redirect("https://a.example/x/y", "../z?q=1")
        'http://127.0.0.1:8899/s/https://a.example/z?q=1'
        """
        there = urljoin(url, location.strip())
        return self.base + there if there.lower().startswith(("http://", "https://")) else location

    def _is_here(self, url: str) -> bool:
        host, port = own(url)
        return port == self.port and f"{host}" in {"127.0.0.1", "localhost", "::1"}


def own_to_connection(headers: Headers) -> frozenset[str]:
    """The names of what belongs to one connection, in lower case."""
    named = {each.strip().lower() for value in headers.all("Connection") for each in value.split(",")}
    return HOP_BY_HOP | named
