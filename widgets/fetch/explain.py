"""The one border where errors of requests, urllib3, http.client and the system become ours."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as urllib3_errors

from .errors import (
    AddressError,
    CertificateError,
    DeadlineError,
    FetchError,
    ReplyError,
    Stopped,
    UnreachableError,
)
from .reply import readable

_LONGEST = 200

_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)
_SLOW = (requests.exceptions.Timeout, urllib3_errors.TimeoutError, TimeoutError)


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
    for cause in causes:  # Ours may be wrapped by urllib3 on its way out.
        if isinstance(cause, FetchError):
            return cause
    words = readable(str(causes[-1]))[:_LONGEST] or type(causes[-1]).__name__
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return CertificateError(_about_tls(host, causes, words))
    if isinstance(error, _SLOW) or any(isinstance(cause, _SLOW) for cause in causes):
        return DeadlineError(
            f"{host} sent nothing for {seconds:.0f} s. It may be overloaded or gone: try again later."
        )
    if any(isinstance(cause, urllib3_errors.NewConnectionError) for cause in causes):
        return UnreachableError(
            f"No connection to {host}: {words}. Check that the service runs there and that the port is right."
        )
    if isinstance(error, _ADDRESS):
        return AddressError(f"The request cannot be sent as it stands: {words}.")
    return ReplyError(
        f"What {host} sent is not an HTTP answer that can be read: {words}. Check that this port speaks HTTP, "
        "and whether it wants https instead of http."
    )


def _about_tls(host: str, causes: list[BaseException], words: str) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"{host} could not prove who it is: {readable(cause.verify_message)[:_LONGEST]}. Somebody may be "
                "listening in, or its certificate is out of date or made by itself. Nothing was sent to it."
            )
    return f"No secure connection to {host}: {words}. Check whether this port wants http instead of https."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error` and what lies beneath it; urllib3 and requests keep it in `args` and `reason`, not only in `__cause__`."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [arg for arg in one.args if isinstance(arg, BaseException)]
        waiting += [
            *inner,
            getattr(one, "reason", None) if not isinstance(one, UnicodeError) else None,
            one.__cause__,
            one.__context__,
        ]
        waiting = [item for item in waiting if isinstance(item, BaseException)]
