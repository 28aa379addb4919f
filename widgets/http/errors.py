"""Everything that can go wrong in a fetch, as a tree; nothing else leaves this room.

FetchError
├── AddressError       the address cannot be asked: not http or https, no host, a port out of range
├── BlockedError       public mode does not ask such an address
├── UnreachableError   no connection: the name is unknown, or nobody listens there
├── CertificateError   the host could not prove who it is
├── DeadlineError      no answer in time
├── RedirectError      too many redirects, or one that leads nowhere
├── ReplyError         what came back is not HTTP
├── HeldBackError      nothing was sent: the pace that is kept says so, or cannot be read
└── Stopped            stopped by the person before anything came

A reply with status 4xx or 5xx is a `Reply`. A body that broke off is a `Reply` too, with `complete=False`.

The one border where errors of requests, urllib3, http.client and the system become ours.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as urllib3_errors

from .message import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class FetchError(Exception):
    """A fetch gave no reply. The message says what happened, why, and what to do."""


class AddressError(FetchError):
    """The address cannot be asked as it stands."""


class BlockedError(FetchError):
    """Public mode does not ask this address."""


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


_LONGEST = 200


def explained(error: Exception, url: str, reason: str, seconds: float) -> FetchError:
    """Return the `FetchError` that says what `error` means to the person.

    Args:
        error: What was raised.
        url: What was asked.
        reason: Why the fetch was cut, if it was: `"stopped"`, `"late"` or empty.
        seconds: How long the fetch took until then.
    """
    host = readable(urlsplit(url).netloc)[:_LONGEST]
    if reason == "stopped":
        return Stopped("Stopped before anything came.")
    if reason == "late":
        return DeadlineError(
            f"{host} did not finish the head of its answer within {seconds:.0f} s. Try again, or allow more time."
        )
    causes = list(_causes(error))
    words = readable(str(causes[-1]))[:_LONGEST] or type(causes[-1]).__name__
    for kind, explain in _BORDER:
        for cause in causes:
            if isinstance(cause, kind):
                return explain(cause, host, words)
    return ReplyError(
        f"What {host} sent is not an HTTP answer that can be read: {words}. "
        "Check that this port speaks HTTP, and whether it wants https instead of http."
    )


def _ours(cause: BaseException, host: str, words: str) -> FetchError:
    """Ours may have been wrapped by urllib3 on its way out."""
    return cause if isinstance(cause, FetchError) else ReplyError(f"{host}: {words}")


def _untrusted(cause: BaseException, host: str, words: str) -> FetchError:
    why = readable(getattr(cause, "verify_message", ""))[:_LONGEST] or words
    return CertificateError(
        f"{host} could not prove who it is: {why}. Somebody may be listening in, or its certificate is out of "
        "date or made by itself. Nothing was sent to it."
    )


def _insecure(_: BaseException, host: str, words: str) -> FetchError:
    return CertificateError(
        f"No secure connection to {host}: {words}. Check whether this port wants http instead of https."
    )


def _slow_to_connect(_: BaseException, host: str, __: str) -> FetchError:
    return DeadlineError(f"{host} does not take the connection. It may be off or behind a firewall.")


def _refused(_: BaseException, host: str, words: str) -> FetchError:
    return UnreachableError(
        f"No connection to {host}: {words}. Check that the service runs there and that the port is right."
    )


def _silent(_: BaseException, host: str, __: str) -> FetchError:
    return DeadlineError(f"{host} sent nothing for too long. It may be overloaded or gone: try again later.")


def _unfit(_: BaseException, __: str, words: str) -> FetchError:
    return AddressError(f"The request cannot be sent as it stands: {words}.")


_BORDER: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException, str, str], FetchError]], ...] = (
    ((FetchError,), _ours),
    ((ssl.SSLCertVerificationError,), _untrusted),
    ((ssl.SSLError,), _insecure),
    # urllib3 calls a refused connection a kind of timeout: the order matters.
    ((urllib3_errors.NewConnectionError,), _refused),
    ((urllib3_errors.ConnectTimeoutError,), _slow_to_connect),
    ((requests.exceptions.Timeout, urllib3_errors.TimeoutError, TimeoutError), _silent),
    (
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
            requests.exceptions.InvalidHeader,
        ),
        _unfit,
    ),
)
"""Which foreign errors mean what; the first line that fits decides."""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what lies beneath; urllib3 and requests keep it in `args` and `reason` as well."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
