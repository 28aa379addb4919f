"""The one door to the network of this room."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

import requests

from widgets.http.address import Guard, Mode, Resolver, resolve
from widgets.http.connection import Line, LineAdapter, Watch
from widgets.http.errors import FetchError, explained
from widgets.http.message import Headers, Hop, Request
from widgets.http.redirects import following, origin_of, target_of
from widgets.model.reply import Reply

from .receive import receive

if TYPE_CHECKING:
    import threading

    from urllib3.response import BaseHTTPResponse

    from .turns import Turns

Progress: TypeAlias = Callable[[int, int | None], None]

USER_AGENT = "Waitwise/0.1"
CONTACT = "WAITWISE_CONTACT"
"""The environment variable that says where the owner of a service can complain, such as `mailto:me@example.org`."""


def contact() -> str:
    """Return who answers for this program, as its environment says, or an empty string."""
    return os.environ.get(CONTACT, "").strip()


class _Session(requests.Session):
    """Never follows a redirect by itself: `requests` would read and decode the whole body of each one first."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches one address at a time; any number of threads may share it.

    Args:
        mode: `"local"` asks any http or https address, `"public"` only those of the open internet.
        exceptions: Host and port pairs that public mode asks nevertheless.
        patience: Seconds without a byte after which a fetch ends.
        deadline: Seconds after which it ends in any case.
        cap: Decoded bytes of a body that are kept, at most.
        contact: Where the owner of a service can complain; sent in the User-Agent. What `CONTACT` says unless given.
        resolver: Gives the IP addresses of a name.
    """

    mode: Mode = "local"
    exceptions: Collection[tuple[str, int]] = ()
    patience: float = 10.0
    deadline: float = 60.0
    cap: int = 100_000_000
    contact: str = field(default_factory=contact)
    resolver: Resolver = resolve

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        on_progress: Progress | None = None,
        on_part: Callable[[Reply], None] | None = None,
        turns: Turns | None = None,
        stop: threading.Event | None = None,
    ) -> Reply:
        """Ask `url` and return what came, whatever its status.

        Args:
            url: An http or https address.
            method: `"GET"` or `"HEAD"`.
            headers: Sent with the request, but not to another origin to which a redirect leads.
            on_progress: Told bytes of the body so far on the wire, and how many there will be, or None.
            on_part: Told the reply so far, with the first MB of its body, once when the body takes longer than 0.4 s,
                and each second for a body of live events or lines.
            turns: Gives the turn of each request, redirects included; without them each is sent at once.
            stop: Set it to end the fetch within 0.3 s; what came is returned as an incomplete reply.

        Raises:
            FetchError: No reply came; nothing else is raised.
        """
        first = Request(method, url, Headers((headers or {}).items()))
        with Watch(self.deadline, stop) as watch, ExitStack() as cleanup:
            try:
                raw, hops = self._follow(first, watch, cleanup, turns)
                return self._receive(raw, hops, watch, on_progress, on_part)
            except FetchError:
                raise
            except Exception as error:  # Hostile replies raise more than the libraries admit to.
                raise explained(error, url, watch.reason, watch.now) from error

    def _follow(
        self, request: Request, watch: Watch, cleanup: ExitStack, turns: Turns | None
    ) -> tuple[BaseHTTPResponse, list[Hop]]:
        """Ask, follow redirects, and return the answer whose body is still to be read."""
        guard = Guard(self.mode, self.exceptions, self.resolver)
        request = replace(request, url=guard.check(request.url))
        session = cleanup.enter_context(_Session())
        session.trust_env = False
        hops: list[Hop] = []
        dropped: tuple[str, ...] = ()
        while True:
            line = cleanup.enter_context(closing(Line(guard, watch, self.patience)))
            headers = dict(request.headers)
            turn = turns(request.method, request.url, headers) if turns else None
            with turn.sending(watch.left, watch.stop) if turn else nullcontext():
                response, hop = self._ask(session, line, request, dropped)
            if turn:
                turn.note(hop.status, dict(hop.headers))
            watch.check()  # A head that was cut short by the watch looks like a whole one.
            hops.append(hop)
            target = target_of(hop)
            if target is None:
                return response.raw, hops
            response.close()
            request = replace(request, url=following(guard, hops, target))
            if origin_of(request.url) != origin_of(hop.request.url):
                dropped = tuple(name for name, _ in request.headers) + (("Cookie",) if session.cookies else ())
                request = replace(request, headers=Headers())
                session.cookies.clear()

    def _receive(
        self,
        raw: BaseHTTPResponse,
        hops: list[Hop],
        watch: Watch,
        on_progress: Progress | None,
        on_part: Callable[[Reply], None] | None,
    ) -> Reply:
        last = hops[-1]
        head = Reply(
            last.request.url, last.status, last.reason, last.headers, hops=tuple(hops), request=last.request,
            complete=False, why_incomplete="It is still coming.",
        )  # fmt: skip

        def part(body: bytes) -> None:
            if on_part is not None:
                on_part(replace(head, body=body, wire_size=raw.tell(), elapsed=watch.now))

        got = receive(raw, last.headers, watch, cap=self.cap, on_progress=on_progress, on_part=part)
        return replace(
            head, body=got.body, complete=got.complete, why_incomplete=got.why_incomplete, note=got.note,
            wire_size=got.wire_size, elapsed=watch.now,
        )  # fmt: skip

    def _ask(
        self, session: requests.Session, line: Line, request: Request, dropped: tuple[str, ...]
    ) -> tuple[requests.Response, Hop]:
        session.adapters.clear()
        for scheme in ("http://", "https://"):
            session.mount(scheme, LineAdapter(line))
        own = {"User-Agent": user_agent(self.contact), "Accept": "*/*"}
        # Only gzip is asked for: a few kB of brotli can unfold to a GB within one step of its decoder.
        session.headers = requests.structures.CaseInsensitiveDict(own | {"Accept-Encoding": "gzip"})
        prepared = session.prepare_request(requests.Request(request.method, request.url, headers=dict(request.headers)))
        response = session.send(
            prepared, stream=True, allow_redirects=False, timeout=(self.patience, self.patience), proxies={}
        )
        line.note("answered")
        sent = [("Host", urlsplit(prepared.url or "").netloc), *prepared.headers.items()]
        return response, Hop(
            request=Request(request.method, prepared.url or request.url, Headers(sent)),
            status=response.status_code,
            reason=str(response.reason or ""),
            headers=Headers((str(name), str(value)) for name, value in response.raw.headers.iteritems()),
            moments=tuple(line.moments),
            peer=line.peer,
            security=line.security,
            dropped=dropped,
        )


def user_agent(who: str) -> str:
    """Return the name of this program, with who answers for it as a comment (RFC 9110, 10.1.5)."""
    comment = re.sub(r"[^ !-'*-\[\]-~]", "", who)
    return f"{USER_AGENT} ({comment})" if comment else USER_AGENT
