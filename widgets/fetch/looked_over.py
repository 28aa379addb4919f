"""What `httplint` finds in a reply: plain sentences on its headers, its caching and the rest, by severity. Pure.

The library is loaded when the first reply is looked over, not before: it takes 24 MB and a third of a second.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from widgets.http.message import readable

if TYPE_CHECKING:
    from widgets.model.reply import Reply

Severity = Literal["bad", "warning", "good", "info"]
ORDER: tuple[Severity, ...] = ("bad", "warning", "good", "info")
WORDS: dict[Severity, str] = {"bad": "Wrong", "warning": "Questionable", "good": "Good", "info": "To know"}

_PIECE = 1 << 20
_MOST_READ = 8_000_000
_LONGEST = 300
_OF_TYPES = "httplint.content_type"
"""Where it says whether the bytes are of the declared type: by what browsers sniff, to whom `audio/wav` is another type
than `audio/wave`. The media room says so by far more kinds, and beside the status."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        severity: How much it matters.
        subject: What it is about, such as `Caching`.
        words: A sentence.
    """

    severity: Severity
    subject: str
    words: str


def look_over(reply: Reply) -> tuple[Finding, ...]:
    """Return what is to be said of a reply, what is wrong first.

    >>> from widgets.http.message import Headers
    >>> from widgets.model.reply import Reply
    >>> found = look_over(Reply("http://a.example/", 200, headers=Headers([("Date", "yesterday")])))
    >>> found[0].severity
    'bad'
    """
    httplint = importlib.import_module("httplint")
    asked = httplint.HttpRequestLinter()
    asked.process_request_topline(reply.request.method.encode() or b"GET", reply.url.encode(), b"HTTP/1.1")
    asked.process_headers(_raw(reply.request.headers))
    asked.finish_content(complete=True)
    body = reply.received if reply.received is not None else reply.body
    # What was not read whole has no true length and no true digest: nothing is said of them then.
    whole = reply.complete and len(body) <= _MOST_READ and reply.request.method != "HEAD"
    linter = httplint.HttpResponseLinter(no_content=not whole)
    linter.request = asked
    linter.process_response_topline(b"HTTP/1.1", str(reply.status).encode(), reply.reason.encode("latin-1", "replace"))
    linter.process_headers(_raw(reply.headers))
    for start in range(0, len(body) if whole else 0, _PIECE):
        linter.feed_content(body[start : start + _PIECE])
    linter.finish_content(complete=whole)
    found = {
        Finding(_severity(note), readable(str(note.category.value)), readable(str(note.summary))[:_LONGEST])
        for note in linter.notes
        if type(note).__module__ != _OF_TYPES
    }
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.severity), one.subject, one.words)))


def _severity(note: object) -> Severity:
    value = str(getattr(getattr(note, "level", None), "value", "info"))
    return next((each for each in ORDER if each == value), "info")


def _raw(headers: object) -> list[tuple[bytes, bytes]]:
    pairs: list[tuple[str, str]] = list(headers)  # type: ignore[call-overload]
    return [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in pairs]
