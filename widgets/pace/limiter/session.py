"""A `requests.Session` that obeys what a store knows. IO.

pyrate-limiter 4.5 and requests-ratelimiter 0.10 were looked at first, and are what `export` writes for one's own code
in one process. They do not hold the invariant of `taking` across processes: their SQLite bucket stamps with the wall
clock (a step back of an hour admits everything at once or nothing for an hour), and counts and inserts in two
statements unless a file lock is asked for; the PostgreSQL bucket falls back to the local clock when the server does
not answer; and none looks again between taking a permit and sending, so that two processes of which one was stopped in
between send together. Redis would need a server of its own.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from widgets.http.limits import read
from widgets.http.secrets import credential_of, without_userinfo
from widgets.pace.errors import PaceError, StoreError

from .limiter import Limiter
from .schedule import Schedule
from .transport import CALLER, POOLS, Caller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.pace.store import PaceStore


logger = logging.getLogger(__name__)

PATIENCE = 3600.0


class NotSent(requests.RequestException):
    """The request was not sent; `__cause__` is the `PaceError` that says why, and the message repeats it."""


class PacedAdapter(HTTPAdapter):
    """The only kind of adapter that a `PacedSession` takes; it accepts what `HTTPAdapter` does.

    With `max_retries` each retry takes a turn of its own; only the last answer is counted.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.session: PacedSession | None = None
        super().__init__(*args, **options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make pools of connections that take turns."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """The same through a proxy."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send one request, without its redirects, in its turn.

        Raises:
            NotSent: When it was kept back.
            requests.RequestException: As `HTTPAdapter.send` does.
        """
        session = self.session
        if session is None:
            raise NotSent(
                "This adapter belongs to no PacedSession; nothing was sent. Mount it on one.", request=request
            )
        try:
            limiter = session.limiter_of(request)
            caller = Caller(limiter, session.patience, session.stop) if limiter.governed else None
            token = CALLER.set(caller)
            try:
                response = super().send(request, *args, **options)
            finally:
                CALLER.reset(token)
        except PaceError as error:
            raise NotSent(str(error), request=request) from error
        session.note(limiter, response)
        return response


class PacedSession(requests.Session):
    """A session that may be slower than the paces in the store, and is never faster.

    Each request to a known target, redirects included, waits for its turn; turns are shared by all who use the store.
    After a refusal the target is asked more slowly, and not before a `Retry-After` has passed. A service without a pace
    is asked at once, unless it said to stay away. Where the store cannot be reached nothing is sent: the call raises
    `NotSent`.

    Args:
        store: Where paces and turns are.
        patience: The most seconds that a request waits for its turn; beyond them it raises `NotSent`.
        stop: Ends every wait when set; the call raises `NotSent`.

    Here a clock stands still, so that a turn an hour ahead can be seen:

    >>> from tempfile import TemporaryDirectory
    >>> from widgets.pace import PaceStore
    >>> class StandingStill:
    ...     id, shared = "a clock", True
    ...     def now(self): return 1000.0
    ...     def today(self): return 1.8e9
    ...     def wait(self, seconds, stop): raise AssertionError("nobody waits here")
    >>> folder = TemporaryDirectory()
    >>> store = PaceStore(f"sqlite:///{folder.name}/paces.sqlite", clock=StandingStill())
    >>> pace = store.keep("http://api.example.org/", wait=3600)
    >>> session = PacedSession(store, patience=60)
    >>> session.due_in("http://api.example.org/v1/items")
    3600.0
    >>> session.due_in("https://elsewhere.example/")
    0.0
    >>> session.get("http://api.example.org/v1/items")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    NotSent: The next request is due in 3.6e+03 s, later than the 60 s that this session waits at most; …
    >>> store.close()
    >>> folder.cleanup()
    """

    def __init__(self, store: PaceStore, *, patience: float = PATIENCE, stop: threading.Event | None = None) -> None:
        self.store, self.patience, self.stop = store, patience, stop or threading.Event()
        self._schedule = Schedule(store.clock.id)
        self._ready = False
        super().__init__()
        self._ready = True
        for prefix in ("https://", "http://"):
            self.mount(prefix, PacedAdapter())

    def mount(self, prefix: str | bytes, adapter: Any) -> None:
        """Use another adapter for some addresses; it must be a `PacedAdapter`, since any other would send at once.

        Raises:
            TypeError: When it is not.
        """
        if isinstance(adapter, PacedAdapter):
            adapter.session = self
        elif self._ready:
            raise TypeError(f"a PacedSession sends through a PacedAdapter, not through a {type(adapter).__name__}")
        super().mount(prefix, adapter)

    def due_in(self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> float:
        """Seconds until a request to `url` may be sent; 0 when it is due or no pace is kept.

        Raises:
            StoreError: When the store cannot be used.
            requests.RequestException: When it is no address that can be asked.
        """
        return self.limiter_of(self.prepare_request(requests.Request(method, url, headers=headers))).due_in()

    def limiter_of(self, request: requests.PreparedRequest) -> Limiter:
        """Whoever takes turns for a request that is ready to be sent; see `limiter`.

        Its headers say who asks: a password of the address is among them by now, unless another one took its place.
        """
        return self.limiter(without_userinfo(request.url or ""), request.method or "GET", request.headers)

    def limiter(self, url: str, method: str, headers: Mapping[str, str | bytes]) -> Limiter:
        """Whoever takes turns for the target of a request."""
        texts = {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()}
        return Limiter(self.store, self.store.target(url, method, credential_of(url, texts)), self._schedule)

    def note(self, limiter: Limiter, response: requests.Response) -> None:
        """Count an answer, and keep away for as long as it says, be it by a limit of which nothing is left."""
        limits = read(response.status_code, response.headers, self.store.clock.today())
        try:
            limiter.note(refused=limits.refused, hold=limits.hold)
        except StoreError as error:
            # The answer is here and is the caller's; the next request finds the store as it is then.
            logger.warning("An answer could not be counted: %s", error)
