"""What is known of a fetch, and the two lines that say it: chips and words, then a caption or a bar. PURE.

`facts` is a function from one to the other; a table of tests says what every state looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from urllib.parse import unquote, urlsplit, urlunsplit

from widgets.http.errors import (
    AddressError,
    BlockedError,
    CertificateError,
    DeadlineError,
    FetchError,
    FieldError,
    HeldBackError,
    RedirectError,
    Stopped,
    UnreachableError,
)
from widgets.http.limits import read
from widgets.http.limits.times import EPOCH
from widgets.http.message import named, readable
from widgets.http.secrets import masked_address
from widgets.model.quantity import as_count, as_duration, as_rest, as_roughly, as_size, as_wait

from .hints import hint
from .refused import told

if TYPE_CHECKING:
    from widgets.model.reply import Reply

Action: TypeAlias = Literal["", "anyway", "probe", "again", "declared"]
NAMES: dict[Action, str] = {
    "anyway": "Fetch now anyway",
    "probe": "Probe this address",
    "again": "Try again",
    "declared": "Show as declared",
}
ERRORS = 400
_LONGEST_PLACE = 32
"""Characters of a chip that says where a redirect has led."""

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", re.ASCII | re.IGNORECASE)
EMPTY = "Whatever comes is shown here by its type. Nothing that a service sends can run on this page."


class Chip(NamedTuple):
    """A small fact, in which `**` sets bold."""

    words: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says of a fetch.

    Attributes:
        chips: Of the first line.
        words: Behind them.
        action: What the one button does; empty where there is none.
        caption: The second line.
        share: How far it is, 0 to 1: a bar in place of the caption; -1 where that is not known.
        loud: Whether the caption is the reply's own description.
        alert: Whether it is to be announced at once.
    """

    chips: tuple[Chip, ...] = ()
    words: str = ""
    action: Action = ""
    caption: str = ""
    share: float | None = None
    loud: bool = False
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing was asked yet."""


@dataclass(frozen=True, slots=True)
class Due:
    """The request waits for its turn.

    Attributes:
        seconds: Until then.
        whole: Of which so many were to be waited for.
        pace: That is kept, in seconds; 0 where the service itself asked for the pause.
        why: In place of what these two say: `learning its pace: 3 sent`.
    """

    seconds: float
    whole: float
    pace: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """The request is made, and nothing of its answer has come.

    Attributes:
        shown: What still stands below meanwhile, as `reply 2, of 21:05`; empty where there is nothing.
    """

    shown: str = ""


@dataclass(frozen=True, slots=True)
class Receiving:
    """The body is coming."""

    received: int
    total: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Arrived:
    """A reply is shown.

    Attributes:
        reply: It.
        number: Counted from 1.
        newest: The number of the newest one.
        chips: What the media room says of it: its type, and what else is worth a chip.
        mismatch: Whether its bytes are not what they are declared to be.
        moment: When it came, as `21:05`.
        faults: How many were found when it was looked over.
    """

    reply: Reply
    number: int
    newest: int
    chips: tuple[Chip, ...] = ()
    mismatch: bool = False
    moment: str = ""
    faults: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """No reply came.

    Attributes:
        error: Why.
        shown: What still stands below, as `reply 2, of 21:05`; empty where there is nothing.
    """

    error: BaseException
    shown: str = ""


Known: TypeAlias = Nothing | Due | Asking | Receiving | Arrived | Failed


def facts(known: Known, *, may_insist: bool = True) -> Facts:
    """What the page says where that is known; `may_insist` is whether a person can send out of turn.

    >>> facts(Due(5.7, 6.52, 6.52)).chips[0].words, facts(Due(5.7, 6.52, 6.52)).words
    ('in 5.7 s', 'to keep the pace of 6.52 s')
    """
    match known:
        case Nothing():
            return Facts()
        case Due(seconds, whole, pace, said):
            why = f"to keep the pace of {as_wait(pace)}" if pace else said or "as the service said"
            share = 1 - seconds / whole if whole else 0.0
            chip = Chip(f"in {as_rest(seconds)}", "busy", "clock-o")
            return Facts((chip,), why, "anyway" if may_insist else "", share=max(0.0, share))
        case Asking(shown):
            words = "nothing has come yet" + (f"; below still {shown}" if shown else "")
            return Facts((Chip("Asking", "busy", "clock-o"),), words, share=-1)
        case Receiving(received, total, seconds):
            return _receiving(received, total, seconds)
        case Arrived():
            return _arrived(known)
        case Failed(error, shown):
            return _failed(error, shown, may_insist=may_insist)


def _receiving(received: int, total: int | None, seconds: float) -> Facts:
    rate = received / seconds if seconds > 0 else 0.0
    words = [as_size(received) + (f" of {as_size(total)}" if total else "")]
    if rate:
        words.append(f"{as_size(round(rate))}/s")
    if total and rate and total > received:
        words.append(f"about {as_roughly((total - received) / rate)} to go")
    share = received / total if total else -1
    if total and received >= total:
        return Facts((Chip("Received", "busy", "download"),), f"{as_size(received)}, and now made ready", share=1.0)
    return Facts((Chip("Receiving", "busy", "download"),), ", ".join(words), share=min(1.0, share))


def _arrived(known: Arrived) -> Facts:
    reply = known.reply
    limits = read(reply.status, reply.headers, 0.0)
    good = reply.status < ERRORS
    status = f"{reply.status} {readable(reply.reason, reply.charset) or phrase(reply.status)}".strip()
    chips = [Chip(status, "good" if good else "warn", "check" if good else "exclamation-triangle")]
    if reply.complete:
        if part := _part(reply):  # First: there is not room for all of them, and of a part all else is to be read so.
            chips.append(Chip(part, "warn"))
        chips += known.chips or (Chip(f"**{readable(reply.media_type) or 'no type'}**"),)
        chips.append(Chip(as_size(len(reply.body))))
    else:
        size = as_size(len(reply.body)) + (f" of {length}" if (length := _promised(reply)) else "")
        chips.append(Chip(f"part only, {size}", "warn", "exclamation-triangle"))
    if to := _redirected(reply):
        chips.append(Chip(to))
    chips.append(Chip(as_duration(reply.elapsed)))
    if limits.remaining is not None:
        chips.append(_left(limits.remaining, limits.size, limits.reset))
    if known.faults:
        chips.append(Chip(f"{known.faults} fault{'' if known.faults == 1 else 's'} found"))
    if known.number != known.newest:
        chips.append(Chip(f"reply {known.number} of {known.newest}" + (f", {known.moment}" if known.moment else "")))
    refusal, paced = told(reply, limits) if limits.refused else ("", False)
    action: Action = "probe" if paced else "declared" if known.mismatch else ""
    caption, loud = _caption(reply, refusal)
    return Facts(tuple(chips), "", action, caption, loud=loud)


def _caption(reply: Reply, refusal: str) -> tuple[str, bool]:
    """What is worth a line, and whether it is the reply's own description."""
    if not reply.complete:
        return f"{reply.why_incomplete} {reply.note}".strip(), False
    if refusal:
        return refusal, False
    said = f"{reply.note} {hint(reply)}".strip()
    if said and reply.description:
        return f"{said} Described as: {reply.description}", True
    return (reply.description, True) if reply.description else (said or "No description was sent.", False)


def _left(remaining: float, size: float | None, reset: float | None) -> Chip:
    of = f" of {as_count(size)}" if size is not None else ""
    until = f", {as_roughly(reset)}" if reset and reset < EPOCH else ""  # a moment, and no `Date` to count it from
    return Chip(f"{as_count(remaining)}{of} left{until}", "" if remaining else "warn", "clock-o")


def _redirected(reply: Reply) -> str:
    """Where it came from, if not from the address that was asked: a path there, or another host; briefly.

    >>> from widgets.http.message import Hop, Request
    >>> from widgets.model.reply import Reply
    >>> there = [Hop(Request("GET", f"http://{url}"), 302) for url in ("x.example/a", "x.example/b?page=2")]
    >>> _redirected(Reply("http://x.example/b?page=2", 200, hops=tuple(there)))
    'redirected to /b?page=2'
    """
    if len(reply.hops) < 2:  # noqa: PLR2004 - one to be redirected by, one to be redirected to
        return ""
    first, last = (urlsplit(masked_address(reply.hops[at].request.url)) for at in (0, -1))
    if first.netloc != last.netloc:
        where = named(last.netloc.rpartition("@")[2])
    elif first.scheme != last.scheme:
        where = last.scheme
    else:
        where = readable(_in_letters(urlunsplit(("", "", last.path or "/", last.query, ""))))
    return f"redirected to {where if len(where) <= _LONGEST_PLACE else where[: _LONGEST_PLACE - 1] + '…'}"


def _in_letters(target: str) -> str:
    """A target as a person would write it: letters beyond ASCII in place of their bytes, where these are UTF-8.

    >>> _in_letters("/M%C3%BCnchen%2Fa%20b?q=%FF")
    '/München%2Fa%20b?q=%FF'
    """
    return _BEYOND_ASCII.sub(lambda found: _decoded(found[0]), target)


def _decoded(coded: str) -> str:
    try:
        return unquote(coded, errors="strict")
    except UnicodeDecodeError:
        return coded


_BEYOND_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")


def _part(reply: Reply) -> str:
    """Which part of the whole a reply is that says to be one (RFC 9110, section 14.4); empty where it is all of it."""
    if reply.status != HTTPStatus.PARTIAL_CONTENT:
        return ""
    found = _RANGE.fullmatch((reply.headers.get("content-range") or "").strip())
    if found is None:
        return "a part of the whole"
    first, last = int(found[1]), int(found[2])
    if found[3] == "*":
        return f"a part: bytes {first:,} to {last:,}"
    total = int(found[3])
    return "" if (first, last + 1) == (0, total) else f"a part: bytes {first:,} to {last:,} of {total:,}"


def _promised(reply: Reply) -> str:
    """How long the whole was to be; empty where that is not known, as of what was coded on the way."""
    if reply.received is not None:
        return ""
    length = reply.headers.get("content-length") or ""
    return as_size(int(length)) if length.isascii() and length.isdigit() and len(length) < 16 else ""  # noqa: PLR2004


def phrase(status: int) -> str:
    """The usual words beside a status; empty where there are none.

    >>> phrase(404), phrase(522), phrase(799)
    ('Not Found', 'Connection Timed Out (Cloudflare)', '')
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _OWN.get(status, "")


_OWN = {
    419: "Page Expired (Laravel)",
    440: "Login Time-out (IIS)",
    444: "No Response (nginx)",
    460: "Client Closed Connection (AWS)",
    494: "Request Header Too Large (nginx)",
    495: "TLS Certificate Error (nginx)",
    496: "TLS Certificate Required (nginx)",
    497: "Plain HTTP Sent to HTTPS Port (nginx)",
    498: "Invalid Token (Esri)",
    499: "Client Closed Request (nginx) or Token Required (Esri)",
    509: "Bandwidth Limit Exceeded",
    520: "Unknown Error (Cloudflare)",
    521: "Web Server Is Down (Cloudflare)",
    522: "Connection Timed Out (Cloudflare)",
    523: "Origin Is Unreachable (Cloudflare)",
    524: "A Timeout Occurred (Cloudflare)",
    525: "TLS Handshake Failed (Cloudflare)",
    526: "Invalid TLS Certificate (Cloudflare)",
    527: "Railgun Error (Cloudflare)",
    529: "Site Is Overloaded",
    530: "Error 1XXX, see the page (Cloudflare)",
    598: "Network Read Timeout",
    599: "Network Connect Timeout",
    999: "Request Denied (LinkedIn)",
}
"""Of status codes that no standard has, who sends them and as what."""


LABELS: tuple[tuple[type[FetchError], str], ...] = (
    (BlockedError, "Not asked"),
    (FieldError, "Not sent"),
    (AddressError, "No such address"),
    (UnreachableError, "No connection"),
    (CertificateError, "Not secure"),
    (DeadlineError, "No answer in time"),
    (HeldBackError, "Not sent"),
    (Stopped, "Stopped"),
    (RedirectError, "Not followed"),
    (FetchError, "No reply"),
)
"""The first row that fits names the error."""


def _failed(error: BaseException, shown: str, *, may_insist: bool) -> Facts:
    below = f"Below: {shown}." if shown else ""
    if not isinstance(error, FetchError):
        words = "This is a fault of the dashboard, not of the service; its log says more."
        caption = f"Try again. {below}".strip()
        return Facts((Chip("Not shown", "bad", "exclamation-triangle"),), words, "again", caption, alert=True)
    label = next(label for kind, label in LABELS if isinstance(error, kind))
    first, _, rest = str(error).partition(". ")
    held = may_insist and isinstance(error, HeldBackError)
    action: Action = "anyway" if held else "" if isinstance(error, RedirectError) else "again"
    # The label begins the sentence where that would begin with it.
    return Facts(
        (Chip(label, "bad" if not isinstance(error, Stopped) else "warn", "exclamation-triangle"),),
        first.removeprefix(f"{label} ").rstrip(".") + ".",
        action,
        f"{rest} {below}".strip(),
        alert=True,
    )
