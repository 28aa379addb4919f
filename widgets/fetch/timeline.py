"""What happened between the click and the reply, as tables; and the request as code. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from widgets.http.message import Hop, Request, readable
from widgets.http.secrets import HIDDEN, Scrubber, is_secret_name, masked, masked_address, secrets_in
from widgets.model.quantity import as_duration, as_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from widgets.model.reply import Reply


Row = tuple[str, str]

SHORTEST = 4
"""Characters of a secret that is looked for where a service may have said it back."""

_ADDRESSES = frozenset({"location", "content-location"})
_NOT_OURS = frozenset({"host", "connection", "accept-encoding"})
"""What every client sends by itself."""


def timeline(reply: Reply) -> list[tuple[str, list[Row]]]:
    """Return one table for each hop, and one for the body: a title, and rows of what and how.

    >>> from widgets.model.reply import Reply
    >>> timeline(Reply("http://x.example/", 200, body=b"ok", wire_size=2, elapsed=0.5))
    [('The body', [('all done', 'after 500 ms'), ('on the wire', '2 bytes'), ('decoded', '2 bytes')])]
    """
    sent = [secrets_in(hop.request.url, dict(hop.request.headers)) for hop in reply.hops]
    # A service may say a secret back; one that is so short would be found everywhere.
    scrubber = Scrubber("\n".join(one for one in text.splitlines() if len(one) >= SHORTEST) for text in sent)
    tables = [(f"{number}. {_title(hop)}", list(_hop(hop, scrubber))) for number, hop in enumerate(reply.hops, 1)]
    return [*tables, ("The body", list(_body(reply, scrubber)))]


def _title(hop: Hop) -> str:
    address = readable(masked_address(hop.request.url))
    return f"{hop.request.method} {address} → {hop.status} {readable(hop.reason)}".rstrip()


def _hop(hop: Hop, scrubber: Scrubber) -> Iterator[Row]:
    before = None
    for moment, seconds in hop.moments:
        since = "" if before is None else f" (+{as_duration(seconds - before)})"
        yield moment, f"after {as_duration(seconds)}{since}"
        before = seconds
    if hop.peer:
        yield "address that was dialled", hop.peer
    if hop.security:
        yield "security", hop.security
    for name, value in masked(hop.request.headers):
        yield f"sent {name}", readable(value)
    if hop.dropped:
        yield "not sent to this new origin", ", ".join(hop.dropped)
    for name, value in _came(hop.headers, scrubber):
        yield f"came {name}", value
    for note in hop.notes:
        yield "browsers", note


def _came(headers: Iterable[Row], scrubber: Scrubber) -> Iterator[Row]:
    for name, value in headers:
        shown = masked_address(value) if name.lower() in _ADDRESSES else value
        yield readable(name), HIDDEN if is_secret_name(name) else readable(scrubber.text(shown))


def _body(reply: Reply, scrubber: Scrubber) -> Iterator[Row]:
    yield "all done", f"after {as_duration(reply.elapsed)}"
    yield "on the wire", as_size(reply.wire_size)
    yield "decoded", as_size(len(reply.body))
    for name, value in _came(reply.trailers, scrubber):
        yield f"came behind it {name}", value
    if not reply.complete:
        yield "only a part", reply.why_incomplete
    if reply.note:
        yield "note", reply.note


def as_curl(request: Request) -> str:
    """Return the request as a command for a shell; secrets are masked.

    >>> from widgets.http.message import Headers
    >>> as_curl(Request("GET", "http://x.example/?key=abc", Headers([("Accept", "*/*")])))
    "curl --include --header 'Accept: */*' 'http://x.example/?key=***'"
    """
    words = ["curl", "--include", *(["--head"] if request.method == "HEAD" else [])]
    for name, value in _own(request):
        words += ["--header", f"{name}: {value}"]
    return shlex.join([*words, masked_address(request.url)])


def as_requests(request: Request) -> str:
    """Return the request as Python for `requests`; secrets are masked."""
    return _python("requests", request, "stream=True, timeout=10")


def as_httpx(request: Request) -> str:
    """Return the request as Python for `httpx`; secrets are masked."""
    return _python("httpx", request, "follow_redirects=True, timeout=10")


COPIES: dict[str, Callable[[Request], str]] = {"curl": as_curl, "requests": as_requests, "httpx": as_httpx}
"""By the name of the tool."""


def _own(request: Request) -> list[Row]:
    return [(name, value) for name, value in masked(request.headers) if name.lower() not in _NOT_OURS]


def _python(library: str, request: Request, options: str) -> str:
    headers = "".join(f"    {name!r}: {value!r},\n" for name, value in _own(request))
    function = request.method.lower()
    return (
        f"import {library}\n\nheaders = {{\n{headers}}}\n"
        f"reply = {library}.{function}({masked_address(request.url)!r}, headers=headers, {options})\n"
        "print(reply.status_code, reply.headers)\n"
    )
