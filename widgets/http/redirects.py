"""Where an answer sends its asker, whether that may be asked, and what goes along: one rule for all senders. Pure.

As browsers do it: at most 20 hops; a change from http to https on the same host changes nothing; to another origin only
what is harmless goes along. Cookies that the services set on the way are kept for the way.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.request import Request as CookieRequest

from .address import WEB_PORTS, Address, parse
from .errors import (
    AddressError,
    BlockedError,
    HeldBackError,
    RedirectError,
    ReplyError,
    Stopped,
    UnreachableError,
)
from .message import Headers, named, readable
from .secrets import goes_along, masked_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .address import Guard
    from .errors import FetchError
    from .message import Hop, Request

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 20
_WEB = frozenset({80, 443})
_SHOWN = 200
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Onward:
    """What is asked next.

    Attributes:
        request: With those headers that may go along.
        dropped: Names of the headers that may not.
    """

    request: Request
    dropped: tuple[str, ...] = ()


def target_of(hop: Hop) -> str | None:
    """Return where an answer sends its asker, or `None` when it is the reply.

    >>> from widgets.http.message import Hop, Request
    >>> target_of(Hop(Request("GET", "http://x.example/"), 302, headers=Headers([("Location", "/there")])))
    '/there'
    """
    location = hop.headers.all("Location")
    # An empty one would lead here again, in a circle: browsers and curl show what came.
    return (_as_written(location[0]) or None) if hop.status in REDIRECTS and location else None


def onward(request: Request, hops: Sequence[Hop], guard: Guard) -> Onward | None:
    """Return what the last hop of a chain asks for next, checked; `None` when it is the reply.

    >>> from widgets.http.address import Guard
    >>> from widgets.http.message import Hop, Request
    >>> asked = Request("GET", "http://x.example/a", Headers([("Accept", "image/*"), ("X-Api-Key", "s")]))
    >>> found = Hop(asked, 302, headers=Headers([("Location", "//y.example/b c")]))
    >>> next_one = onward(asked, [found], Guard())
    >>> next_one.request.url, next_one.request.headers, next_one.dropped
    ('http://y.example/b%20c', (('Accept', 'image/*'),), ('X-Api-Key',))

    Args:
        request: As its sender wanted the last hop asked.
        hops: The whole chain so far.
        guard: Checks the target.

    Raises:
        RedirectError: It cannot be asked, or there were too many.
        BlockedError: Public mode does not ask it.
    """
    target = target_of(hops[-1])
    if target is None:
        return None
    here, shown = hops[-1].request.url, readable(masked_address(target))[:_SHOWN]
    if len(hops) > MOST_REDIRECTS:
        raise RedirectError(
            f"{readable(hops[0].request.url)[:_SHOWN]} redirects more than {MOST_REDIRECTS} times, last to "
            f"{shown}. It goes in a circle, or wants a login: ask the last address itself."
        )
    try:
        url = guard.check(target, base=here)
    except BlockedError as error:
        raise BlockedError(f"{readable(here)[:_SHOWN]} redirects on. {error}", error.brief) from error
    except AddressError as error:
        raise RedirectError(f"{readable(here)[:_SHOWN]} redirects to {shown}{_why_not(target, here)}.") from error
    if same_service(parse(here), parse(url)):
        return Onward(replace(request, url=url))
    kept = Headers(field for field in request.headers if goes_along(field[0]))
    dropped = tuple(name for name, _ in request.headers if not goes_along(name))
    return Onward(replace(request, url=url, headers=kept), dropped)


def _why_not(target: str, here: str) -> str:
    """Why an address is not asked, for somebody who did not type it, and can do nothing about it."""
    try:
        found = parse(target, here)
    except AddressError:
        kind = _SCHEME.match(target)
        web = kind is None or kind[1].lower() in WEB_PORTS
        return ", which is no address" if web else "; only http and https are asked"
    if found.user or found.password:
        return "; an address with a user name or a password is not asked"
    return ", which is no address"


def told_apart(error: FetchError, hops: Sequence[Hop], request: Request) -> FetchError:
    """The error of a request that a redirect led to, which says so: whoever asked did not type its address.

    >>> from widgets.http.errors import UnreachableError
    >>> from widgets.http.message import Hop, Request
    >>> error = UnreachableError("No connection to y.example: nobody is there. Check the port.", "nobody is there")
    >>> print(told_apart(error, [Hop(Request("GET", "http://x.example/"), 302)], Request("GET", "http://y.example/")))
    Nobody is there (at y.example, to which x.example redirects). Ask whoever runs x.example where it should lead.

    Args:
        error: Of the request.
        hops: What was asked before, and answered; empty where nothing was.
        request: What was asked then.
    """
    if not hops:
        return error
    first, last = hops[0].request.url, request.url
    if isinstance(error, Stopped | HeldBackError):
        return type(error)(kept_back(str(error), first, last), error.brief)
    if isinstance(error, AddressError):
        return type(error)(f"{_shown(first)} redirects on. {error}", error.brief)
    of, at, elsewhere = _both(first, last)
    what = f"{error.brief} (at {at}, to which {of} redirects)"
    rest = str(error).partition(". ")[2]
    if elsewhere and isinstance(error, UnreachableError | ReplyError):
        rest = f"Ask whoever runs {of} where it should lead."
    return type(error)(f"{what[:1].upper()}{what[1:]}. {rest}".rstrip(), what)


def kept_back(words: str, first: str, last: str) -> str:
    """Why a request that a redirect led to was kept back, as it is said of one before which nothing was sent.

    >>> kept_back("It is due in 9 s; nothing was sent. Wait.", "http://x.example/a", "http://x.example/b")
    '/a was asked, and redirects to /b, which was not. It is due in 9 s; it was not sent. Wait.'
    >>> kept_back("It is due in 9 s; nothing was sent.", "http://x.example/a", "http://x.example/a")
    '/a was asked, and redirects to itself. It is due in 9 s; it was not sent again.'

    Args:
        words: That.
        first: The address that was asked first, and answered.
        last: Of the request that was kept back.
    """
    of, at, _ = _both(first, last)
    again, at = (" again", "itself") if at == of else ("", at)
    told = words.replace("nothing was sent", f"it was not sent{again}").replace(
        "Nothing was sent", f"It was not sent{again}"
    )
    if again:
        return f"{of} was asked, and redirects to {at}. {told}"
    if told == words:  # it may have been sent
        return f"{of} was asked, and redirects to {at}. {words.replace('anything came', 'anything came from there')}"
    return f"{of} was asked, and redirects to {at}, which was not. {told}"


def _both(first: str, last: str) -> tuple[str, str, bool]:
    """What two addresses are called beside each other: by their hosts where these differ, which is said too.

    >>> _both("http://x.example/a", "http://x.example/b"), _both("http://x.example/a", "https://x.example/a")
    (('/a', '/b', False), ('http://x.example/a', 'https://x.example/a', False))
    """
    old, new = parse(first), parse(last)
    if old.netloc != new.netloc:
        return named(_shown(old.netloc)), named(_shown(new.netloc)), True
    if old.target == new.target and old.origin != new.origin:
        return _shown(old.url), _shown(new.url), False
    return _shown(old.target), _shown(new.target), False


def _shown(address: str) -> str:
    return readable(masked_address(address))[:_SHOWN]


def same_service(old: Address, new: Address) -> bool:
    """Whether what is meant for one address may go to the other: one origin, or the same host made secure."""
    secured = (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443)
    return old.host == new.host and (old.origin == new.origin or secured)


class Cookies:
    """Cookies that services set within one fetch, so that a login by redirect works. Nothing is kept beyond it.

    They go where RFC 6265 sends them, but never to another port of a machine than the usual two.
    """

    def __init__(self) -> None:
        self._jars: dict[int, CookieJar] = {}

    def take(self, hop: Hop) -> None:
        """Keep what an answer sets."""
        address = parse(hop.request.url)
        with suppress(ValueError):  # a hostile date or port within a cookie: there is no cookie then
            self._jar(address).extract_cookies(_Setting(hop.headers), CookieRequest(address.url))  # type: ignore[arg-type]  # noqa: S310 - http(s) only; nothing is opened

    def given_to(self, request: Request) -> Request:
        """The request with the cookies that its address gets, beside the caller's own."""
        address = parse(request.url)
        asked = CookieRequest(address.url)  # noqa: S310 - http(s) only, and it is not opened
        self._jar(address).add_cookie_header(asked)
        found = asked.get_header("Cookie")
        if not found:
            return request
        own = request.headers.get("Cookie")
        others = [field for field in request.headers if field[0].lower() != "cookie"]
        return replace(request, headers=Headers([*others, ("Cookie", f"{own}; {found}" if own else found)]))

    def withheld(self, request: Request) -> tuple[str, ...]:
        """`("Cookie",)` where there are some that this request does not get."""
        held = any(len(jar) for jar in self._jars.values())
        return ("Cookie",) if held and self.given_to(request) == request else ()

    def _jar(self, address: Address) -> CookieJar:
        policy = DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrict)
        return self._jars.setdefault(0 if address.port in _WEB else address.port, CookieJar(policy))


class _Setting:
    """An answer, as `http.cookiejar` wants to see it."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def info(self) -> _Setting:
        """The headers."""
        return self

    def get_all(self, name: str, default: list[str] | None = None) -> list[str] | None:
        """Every value of a header."""
        return self._headers.all(name) or default


def _as_written(location: str) -> str:
    """A `Location` as it was meant: bytes beyond ASCII are UTF-8 where they can be; tabs and line ends are nothing.

    The latter as in browsers (WHATWG URL, 'basic URL parser'): templates leave whole columns of tabs in an address.
    """
    location = location.translate(_NOTHING)
    with suppress(UnicodeError):
        return location.encode("latin-1").decode("utf-8").strip()
    return location.strip()


_NOTHING = dict.fromkeys(map(ord, "\t\r\n"))
