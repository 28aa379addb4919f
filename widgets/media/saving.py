"""Saving a body to a file, byte for byte, however large it is.

A small one lies in its link. A large one would double what the page holds, and 95 MB end the tab: it comes from an
address of this machine that only the page knows and that holds once, piece by piece, and the browser writes it to the
disk as it comes. Where the browser is on another machine, it comes in parts.
"""

from __future__ import annotations

import secrets
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote

import ipywidgets

from widgets.kit.mode import mode
from widgets.kit.widgetry import bare, lean

from .registry import View
from .sandbox import change, loopback_link, save_link, show, tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from .reply import Blob

AT_ONCE = 300_000
"""Bytes up to which the link holds the body at once; more would double what every fetch sends to the browser."""

PART = 8_000_000
"""Bytes of a part, where the body comes in parts."""

_PIECE = 1 << 20
_OFTEN = 0.25
_PATIENCE = 60.0
_MOST_OFFERS = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A body that may be had once.

    Attributes:
        body: What is sent.
        name: Under which it is saved.
        told: Called with the bytes that were sent so far.
    """

    body: Blob
    name: str
    told: Callable[[int], None]


class Counter:
    """Hands out bodies at addresses of this machine, each of which cannot be guessed and holds once.

    It listens on the loopback address alone, begins to listen when the first body is offered, and answers nobody who
    calls it by another name than its own, as a page that had its own name point here would.
    """

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def offer(self, offer: Offer) -> str:
        """Return the address of a body."""
        with self._lock:
            if self._server is None:
                self._server = _Server(self)
                threading.Thread(target=self._server.serve_forever, name="saving", daemon=True).start()
            while len(self._offers) >= _MOST_OFFERS:
                del self._offers[next(iter(self._offers))]
            secret = secrets.token_urlsafe(32)
            self._offers[secret] = offer
            return f"http://127.0.0.1:{self._server.server_address[1]}/{secret}/{quote(offer.name)}"

    def withdraw(self, address: str) -> None:
        """Forget an address."""
        with self._lock:
            self._offers.pop(_secret_in(address), None)

    def taken(self, path: str) -> Offer | None:
        """Return what is offered at a path, and offer it no more."""
        with self._lock:
            return self._offers.pop(_secret_in(path), None)


def _secret_in(address: str) -> str:
    return address.rstrip("/").rpartition("/")[0].rpartition("/")[2]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, counter: Counter) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.counter = counter


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send what is offered at the path."""
        self.close_connection = True
        named = self.headers.get("Host", "") == f"127.0.0.1:{self.server.server_address[1]}"
        offer = self.server.counter.taken(self.path) if named else None
        if offer is None:
            self.send_error(404, "Nothing is offered here")
            return
        self.send_response(200)
        for name, value in (
            ("Content-Type", "application/octet-stream"),
            ("Content-Length", str(len(offer.body))),
            ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(offer.name, safe='')}"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "sandbox; default-src 'none'"),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # The person has thought better of it.
            for start in range(0, len(offer.body), _PIECE):
                self.wfile.write(offer.body[start : start + _PIECE])
                offer.told(min(start + _PIECE, len(offer.body)))
            return
        offer.told(-1)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing: the address is a secret."""


COUNTER = Counter()


class Save(View):
    """A link that saves the body; where it is large the body comes piece by piece when asked for."""

    def __init__(self, body: Blob, name: str, form: str = "", *, near: bool | None = None) -> None:
        self._body = body
        self._name = name
        self._form = f" {form}" if form else ""
        self._told = 0.0
        self._part = 0
        super().__init__(layout=bare(), _dom_classes=["ww-save"])
        label = f"Save {name}{self._form}"
        if len(body) <= AT_ONCE:
            self.children = (show(save_link(label, name, body)),)
            return
        self._label = label
        self._link = show()
        self._progress = show()
        self.parts = lean(
            ipywidgets.Button,
            description=f"Save{self._form} in parts",
            tooltip=f"{name} in parts of {PART // 1_000_000} MB",
        )
        self.parts.on_click(lambda _: self.next_part())
        is_near = mode() == "local" if near is None else near
        self.children = (*([self._link] if is_near else []), self.parts, self._progress)
        if is_near:
            self._renew()

    def _renew(self) -> None:
        """Put an address in place that was not used yet."""
        if self.is_closed:
            return
        address = COUNTER.offer(Offer(self._body, self._name, self._tell))
        self._open: Future[None] = Future()  # A view that is closed cancels it, and the address is forgotten.
        self._open.add_done_callback(lambda _: COUNTER.withdraw(address))
        change(self._link, loopback_link(self._label, address))

    def _tell(self, sent: int) -> None:
        """Say how far it is; another address takes the place of the one that was used."""
        now, size = time.monotonic(), len(self._body)
        if 0 <= sent < size and now - self._told < _OFTEN:
            return
        self._told = now
        if not self.is_closed:
            words = f"{sent / 1e6:,.1f} of {size / 1e6:,.1f} MB sent" if sent >= 0 else "It was broken off."
            words = f"All {size:,} bytes were sent." if sent == size else words
            change(self._progress, tag("p", words, class_="ww-facts", role="status"))
        if sent < 0 or sent == size:
            self._renew()

    def next_part(self) -> None:
        """Put the link of the next part in place; one lies in the page at a time."""
        count = -(-len(self._body) // PART)
        number = self._part % count
        piece = self._body[number * PART : (number + 1) * PART]
        self._part = number + 1
        label = f"Save part {number + 1} of {count} ({len(piece):,} bytes)"
        words = "Joined in their order the parts are the file."
        change(
            self._progress, save_link(label, f"{self._name}.{number + 1:03}", piece), tag("p", words, class_="ww-facts")
        )
        self.parts.description = "Next part" if number + 1 < count else "First part again"
