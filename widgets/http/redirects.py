"""Where an answer sends us, and whether we may go there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from requests.utils import requote_uri

from .errors import AddressError, RedirectError
from .message import Hop, readable

if TYPE_CHECKING:
    from .address import Guard


REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def target_of(hop: Hop) -> str | None:
    """Return where an answer sends us, or None when it is the reply."""
    location = hop.headers.all("Location")
    return readable(location[0]) if hop.status in REDIRECTS and location else None


def following(guard: Guard, hops: list[Hop], target: str) -> str:
    """Return the checked address of the next hop."""
    here = hops[-1].request.url
    if len(hops) > _MOST_REDIRECTS:
        raise RedirectError(
            f"{readable(hops[0].request.url)[:200]} redirects more than {_MOST_REDIRECTS} times, last to "
            f"{target[:200]}. It goes in a circle, or wants a cookie or a login: ask the last address itself."
        )
    try:
        return guard.check(requote_uri(urljoin(here, target)))
    except (AddressError, ValueError) as error:
        raise RedirectError(
            f"{readable(here)[:200]} redirects to {target[:200]!r}, which cannot be asked: {error}"
        ) from error
