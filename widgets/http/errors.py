"""Everything that can go wrong between a request and its answer, as a tree; nothing else leaves this package.

FetchError
├── AddressError       the address cannot be asked: not http or https, no host, a port out of range; also a ValueError
│   ├── BlockedError   public mode does not ask such an address
│   └── FieldError     what is to be sent with it, or its limits, cannot be as they stand
├── UnreachableError   no connection: the name is unknown, or nobody listens there
├── CertificateError   the host could not prove who it is
├── DeadlineError      no answer in time
├── RedirectError      too many redirects, or one that leads nowhere
├── ReplyError         what came back is not HTTP, or was cut off within its head
├── HeldBackError      nothing was sent: the pace that is kept says so, or cannot be read
└── Stopped            stopped by the person before anything came

A reply with status 4xx or 5xx is a `Reply`. A body that broke off is a `Reply` too, with `complete=False`.

Each has a message for a person (what happened, why, what to do) and a `brief` one, a few words within a sentence of
others. `explained` is the one border where errors of the system, of TLS and of the libraries become ours; their own
words, numbers and object names go no further.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

from .message import named, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

Reason: TypeAlias = Literal["", "stopped", "late"]
"""Why a request was cut from outside: by the person, by its deadline, or not at all."""

FAULT = "a fault of this program"
"""As `explained` says briefly what it does not know."""
_LONGEST = 200
_BEGIN = 60


class FetchError(Exception):
    """No reply came. The message says what happened, why, and what to do.

    Attributes:
        brief: What happened, in a few words without a full stop.
    """

    def __init__(self, message: str, brief: str = "") -> None:
        super().__init__(message)
        self.brief = brief or message.partition(". ")[0].rstrip(".")


class AddressError(FetchError, ValueError):
    """The address cannot be asked as it stands."""


class BlockedError(AddressError):
    """Public mode does not ask this address."""


class FieldError(AddressError):
    """What a person wrote beside the address cannot be taken as it stands."""


class UnreachableError(FetchError):
    """No connection came about."""


class CertificateError(FetchError):
    """TLS failed: the certificate does not show that this is the host."""


class DeadlineError(FetchError):
    """No answer came in time."""


class RedirectError(FetchError):
    """The redirects do not end in a reply."""


class ReplyError(FetchError):
    """What came back cannot be read as HTTP."""


class HeldBackError(FetchError):
    """Nothing was sent, for the sake of a pace; a person may send it anyway."""


class Stopped(FetchError):  # noqa: N818 - a wish of the person, not an error
    """Stopped before anything came."""


class NotHTTPError(Exception):
    """What came is no head of an answer. The words say why, within a sentence."""


class CutHeadError(ConnectionResetError):
    """The connection was closed within the head of an answer."""


class BrokenOffError(Exception):
    """A body ended before its end. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a foreign error means: the words may hold `{host}` and `{silence}`, and `{why}` where the error has some."""

    kind: type[FetchError]
    message: str
    brief: str


_GONE = _Meaning(
    ReplyError,
    "{host} closed the connection before an answer came. It may be overloaded, or want https instead of http: try "
    "again, or check the port.",
    "the connection was closed before an answer came",
)
_BORDER: tuple[tuple[tuple[type[BaseException], ...], _Meaning], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        _Meaning(
            CertificateError,
            "{host} could not prove who it is: {why}. Somebody may be listening in, or its certificate is out of "
            "date or made by itself. Nothing was sent to it.",
            "the secure connection failed: {why}",
        ),
    ),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), _GONE),
    (
        (ssl.SSLError,),
        _Meaning(
            CertificateError,
            "No secure connection to {host}: {why}. Check whether this port wants http instead of https.",
            "the secure connection failed: {why}",
        ),
    ),
    (
        (TimeoutError,),
        _Meaning(
            DeadlineError,
            "{host} sent nothing for {silence}. It may be overloaded or gone: try again later.",
            "no answer in time",
        ),
    ),
    (
        (CutHeadError,),
        _Meaning(
            ReplyError,
            "{host} closed the connection in the middle of the head of its answer. It may be overloaded or faulty: "
            "try again.",
            "the connection was closed within the head of the answer",
        ),
    ),
    ((ConnectionResetError, ConnectionAbortedError, BrokenPipeError), _GONE),
    (
        (NotHTTPError, http.client.BadStatusLine),
        _Meaning(
            ReplyError,
            "What {host} sent is not an HTTP answer that can be read: {why}. "
            "Check that this port speaks HTTP, and whether it wants https instead of http.",
            "the answer is not HTTP: {why}",
        ),
    ),
    (
        (OSError,),
        _Meaning(
            UnreachableError,
            "No connection to {host}: {why}. Check that the service runs there and that the port is right.",
            "{why}",
        ),
    ),
)
"""Which foreign errors mean what; the first line that fits decides."""

_SYSTEM = {
    errno.ECONNREFUSED: "nothing listens there: the connection was refused",
    errno.EHOSTUNREACH: "no way leads to that host: is it switched on, and is this machine in its network?",
    errno.ENETUNREACH: "no way leads to that network: is this machine connected?",
    errno.EADDRNOTAVAIL: "this machine has no free port to ask from, or no such address",
    errno.EMFILE: "this machine has too many connections open",
    errno.EACCES: "this machine does not allow that connection",
    errno.EPERM: "this machine does not allow that connection",
}
"""What the numbers of the system mean."""

_UNTRUSTED = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "it has a self-signed certificate, for which nobody else vouches",
    19: "its certificate is vouched for by an authority that nobody here knows",
    20: "its certificate is vouched for by an authority that nobody here knows",
    23: "its certificate was revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
"""What the verification of a certificate says, by OpenSSL's number."""

_INSECURE = {
    "WRONG_VERSION_NUMBER": "what answers there does not speak TLS",
    "HTTP_REQUEST": "what answers there does not speak TLS",
    "UNEXPECTED_MESSAGE": "what answers there does not speak TLS",
    "RECORD_LAYER_FAILURE": "what answers there does not speak TLS",
    "UNSUPPORTED_PROTOCOL": "it speaks only versions of TLS that are no longer safe",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it does not speak the versions of TLS that are safe",
}
"""What a failed handshake means, by OpenSSL's name for it."""


def explained(
    error: Exception, url: str, reason: Reason = "", seconds: float = 0.0, silence: float = 0.0
) -> FetchError:
    """Return the `FetchError` that says what `error` means to the person.

    >>> explained(ConnectionRefusedError(111, "Connection refused"), "http://x.example:81/").brief
    'nothing listens there: the connection was refused'

    Args:
        error: What was raised.
        url: What was asked at that moment: after a redirect its target.
        reason: Why the request was cut, if it was.
        seconds: How long it took until then.
        silence: After how long without a byte it was given up, where that is known.
    """
    host = named(urlsplit(url).netloc.rpartition("@")[2])[: 2 * _LONGEST]
    if reason == "stopped":
        return Stopped("Stopped before anything came.", "stopped")
    if reason == "late":
        return DeadlineError(
            f"{host} did not finish the head of its answer within {_lasting(seconds)}. Try again, or allow more time.",
            f"no whole answer within {_lasting(seconds)}",
        )
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, FetchError):
            return cause
        if isinstance(cause, socket.gaierror):
            return unknown(urlsplit(url).hostname or "")
    for kinds, meaning in _BORDER:
        for cause in causes:
            if isinstance(cause, kinds):
                why = _why(cause)
                long = _lasting(silence) if silence else "too long"
                words = meaning.message.format(host=host, why=why, silence=long)
                return meaning.kind(words, meaning.brief.format(why=why))
    return ReplyError(f"{host} could not be asked, by {FAULT}. Try again, and report what its log says.", FAULT)


def unknown(host: str) -> UnreachableError:
    """The error of a name that has no address."""
    return UnreachableError(
        f"No address is known for the name {named(host)[: 2 * _LONGEST]}. Check the spelling, and that this machine is "
        "online.",
        "the name of the host could not be found",
    )


def broken_off(error: Exception) -> str:
    """Say in a sentence why a body ended before its end.

    >>> broken_off(ConnectionResetError(104, "Connection reset by peer"))
    'The connection broke off: the other side reset it.'
    """
    match error:
        case BrokenOffError():
            return str(error)
        case TimeoutError():
            return "Nothing came any more: the service fell silent."
        case ConnectionResetError():
            return "The connection broke off: the other side reset it."
        case ssl.SSLError():
            return "The connection broke off: it was ended without the goodbye of TLS."
        case OSError():
            return f"The connection broke off: {_why(error)}."
        case _:
            return "The body could not be read further, by a fault of this program."


def _lasting(seconds: float) -> str:
    """Seconds without an exponent.

    >>> _lasting(10.0), _lasting(3600.0), _lasting(0.25), _lasting(60.0042)
    ('10 s', '3,600 s', '0.25 s', '60 s')
    """
    text = f"{seconds:,.2f}"
    return f"{text.rstrip('0').rstrip('.')} s"


def _why(error: BaseException) -> str:
    """The reason in words of ours, without a full stop."""
    match error:
        case ssl.SSLCertVerificationError():
            return _UNTRUSTED.get(getattr(error, "verify_code", 0), "its certificate does not hold")
        case ssl.SSLError():
            return _INSECURE.get(getattr(error, "reason", None) or "", "the two did not agree on a way to speak TLS")
        case NotHTTPError():
            return readable(str(error))[:_LONGEST]
        case http.client.BadStatusLine():
            return f"it begins with {readable(str(error))[:_BEGIN]!r}"
        case OSError():
            said = _SYSTEM.get(error.errno or 0) or (error.strerror or "").lower()
            return said or "the system does not say why"
        case _:
            return "nothing says why"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what lies beneath it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
