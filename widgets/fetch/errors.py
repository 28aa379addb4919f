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
"""

from __future__ import annotations


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
