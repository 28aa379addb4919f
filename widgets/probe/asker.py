"""Send one request at a time to one address, and say what came back. IO.

Only the status and the headers matter to a probe, so the body is thrown away. The connection is `http.client`'s,
because its socket is at hand: a time-out of `requests` starts anew with every byte, so that a service which drips
its answer would hold a probe for ever, whereas shutting the socket down ends any read at once.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests

from .line import Connect, Line, check_address, dial, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USER_AGENT = "Waitwise/0.1 (finds a polite pace; run by a person who watches it)"
DEADLINE = 30.0
"""Seconds for one whole answer. A service that needs longer is not asking to be probed faster."""
BODY_LIMIT = 1_000_000
"""Bytes of a body that are read to keep the connection; beyond them a new connection is cheaper."""
SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization", "proxy-authorization", "cookie"})
METHODS = ("GET", "HEAD")
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5


def header_of(line: str) -> tuple[str, str]:
    """A header as people write it, `Name: value`.

    Raises:
        ValueError: When it is none; what it says is not repeated, since it may be a secret.
    """
    name, colon, value = (part.strip() for part in line.partition(":"))
    named = colon and name and name.isascii() and name.isprintable() and " " not in name
    try:
        sendable = named and value.isprintable() and bool(value.encode("latin-1") or not value)
    except UnicodeEncodeError as error:
        raise ValueError(
            "A header can hold letters of Latin-1 only: write others as the service asks for it."
        ) from error
    if not sendable:
        raise ValueError("A header must read 'Name: value', for example 'X-Api-Key: abc'.")
    return name, value


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one request: a status with its headers, or `None` and the reason.

    Attributes:
        status: The HTTP status, or `None`.
        headers: Of the answer, without cookies.
        latency: Seconds from the start of the request to the end of the headers.
        error: Why there is no status; empty otherwise.
    """

    status: int | None
    headers: Mapping[str, str]
    latency: float
    error: str = ""


Hide: TypeAlias = "Callable[[Mapping[str, str]], Mapping[str, str]]"


class Asker:
    """Calling it sends one request; use it as a context manager, so that its connection is closed.

    Args:
        url: An http or https address; a user and a password in it are sent as basic authentication (RFC 7617).
        method: One of `METHODS`.
        headers: Sent with each request.
        connect: Opens the connections.
        deadline: Seconds for one request.
        hide: Given the headers of an answer, returns what may be seen of them.

    Attributes:
        url: The address that is asked; a redirect within the host changes it.

    Raises:
        ValueError: When the address or the method is none.
    """

    def __init__(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] = MappingProxyType({}),
        connect: Connect = dial,
        deadline: float = DEADLINE,
        hide: Hide = dict,
    ) -> None:
        if method not in METHODS:
            raise ValueError(f"a probe sends {' or '.join(METHODS)}, not {method!r}")
        self._connect, self._hide = connect, hide
        self._method = method
        own = requests.Request("GET", check_address(url)).prepare().headers.get("Authorization")
        if own is not None:  # As `requests` does it: a password of the address is what is sent.
            headers = {name: text for name, text in headers.items() if name.lower() != "authorization"}
            headers["Authorization"] = own
        self._headers = {"User-Agent": USER_AGENT, "Accept": "*/*"} | dict(headers)
        self._deadline = deadline
        self._redirects = 0
        self._aim(check_address(url))

    def _aim(self, url: str) -> None:
        """Ask `url` from now on."""
        parts = urlsplit(url)
        self.url = url
        self._line = Line(url, self._connect, self._deadline)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _follow(self, location: str) -> None:
        """Where the answer was a redirect within its host, ask its target from now on: one request stays one attempt.

        Another host is another service, with limits and an owner of its own: it is not asked. A header of the caller
        goes along to the same origin and from http to https (RFC 9110, section 15.4), and nowhere else.
        """
        old = urlsplit(self.url)
        try:
            new = urlsplit(check_address(urljoin(self.url, location)))
        except ValueError:
            return
        if self._redirects == MOST_REDIRECTS or new.hostname != old.hostname:
            return
        self._redirects += 1
        upgraded = (old.scheme, old.port, new.scheme, new.port) == ("http", None, "https", None)
        if (old.scheme, old.port) != (new.scheme, new.port) and not upgraded:
            self._headers = {"User-Agent": USER_AGENT, "Accept": "*/*"}
        self._line.close()
        self._aim(new.geturl())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def __call__(self, stop: threading.Event) -> Answer:
        """Send one request. Set `stop` to cut it short."""
        began = time.perf_counter()
        answered, cut = threading.Event(), threading.Event()
        cutter = threading.Thread(target=self._cut_when_late, args=(stop, answered, cut), daemon=True)
        cutter.start()
        try:
            return self._ask(began, cut)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._line.close()
            why = f"no whole answer within {self._deadline:g} s" if cut.is_set() else explain(error)
            return Answer(None, {}, time.perf_counter() - began, why)
        finally:
            answered.set()
            cutter.join()

    def _ask(self, began: float, cut: threading.Event) -> Answer:
        self._line.drop_if_dead()
        self._line.request(self._method, self._target, headers=self._headers)
        response = self._line.getresponse()
        latency = time.perf_counter() - began
        if cut.is_set():
            # Headers that were cut off look like an answer with fewer of them: only the own flag tells.
            raise TimeoutError
        headers = {name: value for name, value in response.getheaders() if name.lower() not in SECRET_HEADERS}
        self._drain(response)
        if response.status in REDIRECTS and (location := response.getheader("Location")):
            self._follow(location)
        return Answer(response.status, self._hide(headers), latency)

    def _drain(self, response: http.client.HTTPResponse) -> None:
        """Read the body so that the connection can be used again; what breaks here takes nothing from the answer."""
        try:
            response.read(BODY_LIMIT)
        except (OSError, http.client.HTTPException, ValueError):
            self._line.close()
        else:
            if not response.isclosed():
                self._line.close()

    def _cut_when_late(self, stop: threading.Event, answered: threading.Event, cut: threading.Event) -> None:
        end = time.perf_counter() + self._deadline
        while not answered.wait(0.05):
            if stop.is_set() or time.perf_counter() >= end:
                cut.set()
                self._line.cut()
