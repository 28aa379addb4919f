"""Fetches an address: redirects, cookies and turns on the way, and the body at its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from widgets.http.address import Guard, Mode, Resolver, resolve
from widgets.http.agent import contact, user_agent
from widgets.http.connection import Deadline
from widgets.http.errors import FetchError, explained
from widgets.http.message import Headers, Hop, Request
from widgets.http.redirects import Cookies, onward, told_apart
from widgets.http.transport import Response, Transport, Turn, Turns
from widgets.model.reply import Reply

from .body import receive
from .ends import MOST, Ends
from .noting import BRIEF, Noting

if TYPE_CHECKING:
    import threading

Progress: TypeAlias = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches one address at a time; any number of threads may share it.

    >>> Fetcher(mode="public").fetch("http://example.org:8080/")
    Traceback (most recent call last):
        ...
    widgets.http.errors.BlockedError: http://example.org:8080/ is on port 8080: this page is in public mode, which asks only ports 80 and 443. Run it in local mode to ask others.

    Args:
        mode: `"local"` asks any http or https address, `"public"` only those of the open internet.
        exceptions: Host and port pairs that public mode asks nevertheless.
        patience: Seconds without a byte after which a fetch ends, unless it is told otherwise.
        deadline: Seconds after which it ends in any case.
        cap: Decoded bytes of a body that are kept, at most.
        contact: Where the owner of a service can complain; sent in the User-Agent. What `WAITWISE_CONTACT` says unless given.
        resolver: Gives the IP addresses of a name.
    """  # noqa: E501 - a doctest's error stands in one line

    mode: Mode = "local"
    exceptions: Collection[tuple[str, int]] = ()
    patience: float = Ends().silence
    deadline: float = Ends().seconds
    cap: int = Ends().size
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
        ends: Ends | None = None,
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
            ends: Where this fetch ends; what the mode allows at most is in `MOST`.
            stop: Set it to end the fetch within 0.3 s; what came is returned as an incomplete reply.

        Raises:
            FetchError: No reply came; nothing else is raised.
        """
        if ends is None:
            ends = Ends(self.deadline, self.patience, self.cap)
        else:
            ends.check(MOST[self.mode])
        with Deadline(ends.seconds, stop) as deadline, ExitStack() as cleanup:
            transport = cleanup.enter_context(Transport(self.guard, patience=ends.silence))
            try:
                first = Request(method, self.guard.check(url), self._headers(headers or {}))
                response, hops, turn = self._follow(first, transport, deadline, turns)
                noting = Noting(response, turn, deadline)
                cleanup.callback(noting.note)
                return self._receive(response, hops, deadline, ends.size, on_progress, on_part, noting)
            except FetchError:
                raise
            except Exception as error:  # a hostile reply or a callback may raise anything
                raise explained(error, url, deadline.reason, deadline.now) from error

    @property
    def guard(self) -> Guard:
        """Checks every address that is asked."""
        return Guard(self.mode, self.exceptions, self.resolver)

    def _headers(self, headers: Mapping[str, str]) -> Headers:
        """The headers to send: the caller's, and ours where it has none of that name."""
        # Only gzip is asked for: a few kB of brotli can unfold to a GB within one step of its decoder.
        ours = {"User-Agent": user_agent(self.contact), "Accept": "*/*", "Accept-Encoding": "gzip"}
        named = {name.lower() for name in headers}
        return Headers([*((k, v) for k, v in ours.items() if k.lower() not in named), *headers.items()])

    def _follow(
        self, request: Request, transport: Transport, deadline: Deadline, turns: Turns | None
    ) -> tuple[Response, list[Hop], Turn | None]:
        """Ask, follow redirects, and return the answer whose body is still to be read, and whose turn it was."""
        hops: list[Hop] = []
        cookies = Cookies()
        dropped: tuple[str, ...] = ()
        while True:
            asked = cookies.given_to(request)
            try:
                turn = turns(asked.method, asked.url, dict(asked.headers)) if turns else None
                sending = turn.sending(deadline.left, deadline.stop) if turn else None
                response = transport.send(asked, deadline, sending)
            except FetchError as error:
                raise told_apart(error, hops, asked) from error
            hop = replace(response.hop, dropped=dropped)
            hops.append(hop)
            cookies.take(hop)
            found = onward(request, hops, self.guard)
            if found is None:
                return response, hops, turn
            if turn:
                turn.note(hop.status, dict(hop.headers))
            response.close()
            request = found.request
            dropped = found.dropped + (cookies.withheld(request) if "Cookie" not in found.dropped else ())

    def _receive(
        self,
        response: Response,
        hops: list[Hop],
        deadline: Deadline,
        cap: int,
        on_progress: Progress | None,
        on_part: Callable[[Reply], None] | None,
        noting: Noting,
    ) -> Reply:
        last = hops[-1]
        head = Reply(
            last.request.url, last.status, last.reason, last.headers, hops=tuple(hops), request=last.request,
            complete=False, why_incomplete="It is still coming.", note=" ".join(last.notes),
        )  # fmt: skip

        def part(body: bytes) -> None:
            if on_part is not None:
                on_part(replace(head, body=body, wire_size=response.tell(), elapsed=deadline.now))

        got = receive(response, deadline, cap=cap, on_progress=noting.progress(on_progress), on_part=part)
        noting.note(got.body[:BRIEF])
        return replace(
            head, body=got.body, complete=got.complete, why_incomplete=got.why_incomplete,
            note=" ".join(filter(None, (head.note, got.note))), wire_size=got.wire_size, elapsed=deadline.now,
            received=got.received, trailers=got.trailers,
        )  # fmt: skip
