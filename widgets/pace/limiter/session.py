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
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from widgets.http.content_coding import CodingError, Decoding
from widgets.http.errors import FAULT, FieldError, explained
from widgets.http.fields import checked
from widgets.http.limits import Limits, Resets, read
from widgets.http.limits.words import READ, come_back_in, pause_in, refuses, wait_vaguely
from widgets.http.redirects import kept_back
from widgets.http.secrets import credential_of, without_userinfo
from widgets.model.attempt import Outcome
from widgets.model.refused import CountsAsRefused
from widgets.pace.errors import PaceError, StoreError
from widgets.pace.store import PaceStore

from .learning import Learner, Wanted, outcome
from .limiter import Limiter
from .schedule import Schedule
from .transport import CALLER, POOLS, Caller, Noticed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from widgets.model.pace import Target

    from .limiter import Hold
    from .transport import Sender


logger = logging.getLogger(__name__)

PATIENCE = 3600.0
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOKED_AT = 2 * READ
"""Bytes of a body that are looked at for words."""
NOTHING, AGAIN = "nothing was sent", "it was not sent again"
"""As errors say it of a request that was kept back, and of one that had been sent before."""
TRIES = 50
"""How often one request is sent at most while a pace is learned: a strategy's search meets fewer refusals in a row."""


class Answer(Protocol):
    """What came back, of whatever client."""

    @property
    def status_code(self) -> int: ...  # noqa: D102 - the status
    @property
    def headers(self) -> Any: ...  # noqa: D102 - a mapping of texts


Answered = TypeVar("Answered", bound=Answer)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of an answer that another client than requests brought.

    Attributes:
        status_code: Of the answer.
        headers: By name.
        content: The body, decoded; `None` where it was not read.
        response: The answer itself.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes | None = None
    response: Any = None

    @property
    def _content(self) -> bytes | bool:
        return False if self.content is None else self.content


class NotSent(requests.RequestException):
    """The request was not sent, or not again; `__cause__` is the `PaceError` that says why, as the message does."""


def held_back(error: Exception, *, sent: bool) -> str:
    """Why a request was kept back; of one that had been `sent` before, that it was.

    >>> held_back(PaceError("Stopped by you before the request was due; nothing was sent."), sent=True)
    'It was sent before, and not served. Stopped by you before the request was due; it was not sent again.'
    """
    words = str(error)
    return f"It was sent before, and not served. {words.replace(NOTHING, AGAIN)}" if sent else words


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

        Returns:
            Its answer: a refused one also where it was to be sent again and was kept back, if its body is here.

        Raises:
            NotSent: When it was kept back.
            requests.RequestException: As `HTTPAdapter.send` does.
        """
        session = self.session
        if session is None:
            raise NotSent(
                "This adapter belongs to no PacedSession; nothing was sent. Mount it on one.", request=request
            )
        refused: requests.Response | None = None
        for left in range(session.tries - 1, -1, -1):
            try:
                response = self._once(session, request, args, options)
            except NotSent as error:
                if refused is None:
                    raise
                if _loaded(refused):
                    return refused
                raise NotSent(held_back(error, sent=True), request=request) from error.__cause__
            if not (left and session.again(request, response)):
                break
            response.close()
            refused = response
        return response

    def _once(
        self, session: PacedSession, request: requests.PreparedRequest, args: Any, options: Any
    ) -> requests.Response:
        noticed: list[Noticed] = []  # with `max_retries` there may be several turns

        def send(sender: Sender | None) -> requests.Response:
            noticed.extend([Noticed(sender)] if sender is not None else [])
            token = CALLER.set(noticed[-1] if noticed else None)
            try:
                return super(PacedAdapter, self).send(request, *args, **options)
            finally:
                CALLER.reset(token)

        try:
            streams = bool(options.get("stream", args[0] if args else False))
            return session.conduct(session.wanted(request), send, requests.RequestException, bodies=not streams)
        except PaceError as error:
            words = held_back(error, sent=any(each.sent for each in noticed))
            raise NotSent(words, request=request) from error
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.RetryError) as error:
            raise type(error)(_no_answer(error, request, options.get("timeout")), request=request) from error


def _no_answer(error: Exception, request: requests.PreparedRequest, timeout: Any) -> str:
    """Why no answer came, with host and port; `requests` names classes of ours, and all of the address."""
    connecting = isinstance(error, requests.ConnectTimeout)
    patience = timeout[0 if connecting else -1] if isinstance(timeout, tuple) else timeout
    silence = float(patience) if isinstance(patience, int | float) else 0.0
    found = explained(_beneath(error), request.url or "", silence=silence)
    host = urlsplit(without_userinfo(request.url or "")).netloc
    if isinstance(error, requests.exceptions.ProxyError):
        return f"No connection to {host} through its proxy: {found.brief}."
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return str(found) if found.brief != FAULT else f"No answer of {host} can be used: {reason or 'nothing says why'}."


def _beneath(error: Exception) -> Exception:
    """What an error of `requests` was made from: itself it counts as one of the system, without saying which."""
    found = error.__cause__ or error.__context__
    return found if isinstance(error, requests.RequestException) and isinstance(found, Exception) else error


class PacedSession(requests.Session):
    """A session that may be slower than the paces in the store, and is never faster.

    Each request to a known target, redirects included, waits for its turn; turns are shared by all who use the store.
    After a refusal the target is asked more slowly, and not before a `Retry-After` has passed. A service without a pace
    is asked at once, unless it said to stay away, or its pace shall be learned. Where the store cannot be reached
    nothing is sent: the call raises `NotSent`.

    Args:
        store: Where paces and turns are.
        learn: How the pace of a service that has none is found while it is asked for what is wanted: by the strategy
            `quick`, which ends sooner, or `careful`, which ends in a certificate and costs a long job less time. The
            strategy says when each request is sent; nothing is asked that was not wanted. A refused request that may
            be repeated is sent again, and its last answer is given back, be it a refusal after which it was kept back.
            The verdict is kept in the store. One request of a service is under way at a time until then, whoever asks.
            An estimate is tried shorter as the job goes on; the first refusal brings the longer wait back, and what is
            refused too often is kept longer (see `shortening`).
        patience: The most seconds that a request waits for its turn; beyond them it raises `NotSent`, unless it was
            refused before while a pace is learned, and did not stream: then it gives that answer back.
        stop: Ends every wait when set; the call ends as where patience does.
        refused: What counts as refused besides what answers say of themselves: statuses, and a text or a JMESPath in
            the body of a request that does not stream.
        repeatable: Whether a refused request may be sent again while `learn` is given; GET, HEAD, OPTIONS and what
            carries an `Idempotency-Key` unless given.

    Raises:
        TypeError: When `store` is no store.
        ValueError: When `learn` is no such strategy, or `patience` no number of seconds.

    Two hundred pages of a service that nobody has asked before:

    >>> with PacedSession(PaceStore(), learn="careful") as session:  # doctest: +SKIP
    ...     pages = [session.get(f"https://api.example.org/items/{number}") for number in range(200)]

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
    NotSent: The next request is due in 3600 s, later than the 60 s that this session waits at most; …
    >>> store.close()
    >>> folder.cleanup()
    """

    def __init__(
        self,
        store: PaceStore,
        learn: str | None = None,
        *,
        patience: float = PATIENCE,
        stop: threading.Event | None = None,
        repeatable: Callable[[requests.PreparedRequest], bool] | None = None,
        refused: CountsAsRefused | None = None,
    ) -> None:
        if not isinstance(store, PaceStore):  # its address is not shown, since it may hold a password
            raise TypeError(
                f"store must be a PaceStore, got a {type(store).__name__}: give its address to one, as in "
                'PacedSession(PaceStore("sqlite:///paces.sqlite")).'
            )
        if not patience >= 0:  # so is NaN, with which a request would wait for ever
            raise ValueError(f"patience must be a number of seconds, 0 or more, got {patience!r}")
        self._refused = refused or CountsAsRefused()
        self.store, self.patience, self.stop = store, patience, stop or threading.Event()
        self.learner = Learner(store, learn, patience, self.stop) if learn is not None else None
        self.tries = TRIES if learn is not None else 1
        self._repeatable = repeatable or safe
        self._schedule = Schedule(store.clock.id)
        self._resets: dict[str, Resets] = {}
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

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """A request that is ready to be sent.

        Raises:
            requests.exceptions.InvalidHeader: When a header may not be sent; what it says is not repeated.
            requests.RequestException: When it is no address that can be asked.
        """
        try:
            for pair in {**self.headers, **(request.headers or {})}.items():
                name, value = (each.decode("latin-1") if isinstance(each, bytes) else each for each in pair)
                if isinstance(name, str) and isinstance(
                    value, str
                ):  # None is not sent, and `requests` says what is none
                    checked(name, value)
        except FieldError as error:
            raise requests.exceptions.InvalidHeader(str(error), request=request) from None
        return super().prepare_request(request)

    def resolve_redirects(
        self, resp: requests.Response, req: requests.PreparedRequest, *args: Any, **options: Any
    ) -> Iterator[requests.Response]:
        """Follow redirects, each in its turn.

        Raises:
            NotSent: When one was kept back; it says that what led there was sent.
        """
        try:
            yield from super().resolve_redirects(resp, req, *args, **options)
        except NotSent as error:
            asked: Any = error.request
            words = kept_back(str(error), resp.url, asked.url)
            raise NotSent(words, request=asked) from error.__cause__

    def due_in(self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> float:
        """Seconds until a request to `url` would be sent; 0 when it is due, or no pace is kept, sought or asked for.

        Raises:
            StoreError: When the store cannot be used.
            requests.RequestException: When it is no address that can be asked.
        """
        request = self.prepare_request(requests.Request(method, url, headers=headers))
        limiter = self.limiter_of(request)
        due = None if self.learner is None else self.learner.due_in(self.wanted(request), limiter)
        return limiter.due_in() if due is None else due

    def limiter_of(self, request: requests.PreparedRequest) -> Limiter:
        """Whoever takes turns for a request that is ready to be sent; see `limiter`.

        Its headers say who asks: a password of the address is among them by now, unless another one took its place.
        """
        return self.limiter(without_userinfo(request.url or ""), request.method or "GET", request.headers)

    def limiter(self, url: str, method: str, headers: Mapping[str, str | bytes]) -> Limiter:
        """Whoever takes turns for the target of a request."""
        secret = credential_of(url, texts_of(headers))
        return self.limiter_for(self.store.target(url, method, secret))

    def limiter_for(self, target: Target) -> Limiter:
        """Whoever takes turns for a target."""
        return Limiter(self.store, target, self._schedule)

    def wanted(self, request: requests.PreparedRequest) -> Wanted:
        """A request as one who learns sees it."""
        return self.wanted_by(without_userinfo(request.url or ""), request.method or "GET", request.headers)

    def wanted_by(self, url: str, method: str, headers: Mapping[str, str | bytes]) -> Wanted:
        """The same for any client."""
        texts = texts_of(headers)
        secret = credential_of(url, texts)
        return Wanted(url, texts, secret, self.store.target(url, method, secret))

    def conduct(
        self,
        wanted: Wanted,
        send: Callable[[Sender | None], Answered],
        failures: type[Exception],
        *,
        bodies: bool = False,
    ) -> Answered:
        """Send one wanted request in its turn, by whatever client, and count its answer.

        Args:
            wanted: The request.
            send: Sends it; asks the sender, where there is one, for the turn.
            failures: What `send` raises where no answer came.
            bodies: Whether the bodies of answers may be read here, for what counts as refused.

        Raises:
            PaceError: When it was kept back.
        """
        limiter, learner = Limiter(self.store, wanted.target, self._schedule), self.learner
        if learner is not None and not learner.free(wanted.target) and not limiter.paced:
            with learner.turn(wanted, limiter) as turn:
                if turn is not None:
                    try:
                        response = send(turn)
                    except failures as error:
                        brief = explained(_beneath(error), wanted.url).brief
                        turn.heard(None, {}, "no answer" if brief == FAULT else brief)
                        raise
                    why = self.why_refused(response, bodies=bodies)
                    self.note(limiter, response, why)
                    turn.heard(response.status_code, response.headers, why)
                    return response
        response = send(Caller(limiter, self.patience, self.stop) if limiter.governed else None)
        self.note(limiter, response, self.why_refused(response, bodies=bodies))
        return response

    def why_refused(self, response: Answer, *, bodies: bool = True) -> str:
        """Why an answer counts as refused, by the person's own word or by its own; empty where it does not."""
        body = _body(response) if bodies else b""
        named = {str(name).lower(): str(text) for name, text in response.headers.items()}
        return self._refused.why(response.status_code, body) or refuses(response.status_code, _text(body), named)

    def again(self, request: requests.PreparedRequest, response: requests.Response) -> bool:
        """Whether that answer was a refusal, and the request may be sent again."""
        why = self.why_refused(response, bodies=_loaded(response))
        again = outcome(response.status_code, response.headers, why) is Outcome.REFUSED
        return again and isinstance(request.body, bytes | str | None) and self._repeatable(request)

    def note(self, limiter: Limiter, response: Answer, why: str = "") -> None:
        """Count an answer, and keep away for as long as it says, be it by a limit of which nothing is left.

        `why` says why it counts as refused though its status does not say so. A body that was read already may say when
        to come back, at its beginning where it refuses, and at its end where it serves.
        """
        said = outcome(response.status_code, response.headers, why)
        if self.learner is not None and said is Outcome.REFUSED:
            self.learner.refused(limiter.target)
        try:
            hold = self.hold_of(limiter, response, said)
            refused = None if said is Outcome.FAILED else said is Outcome.REFUSED
            # What a try has refused is asked again here, and so nobody sees it.
            limiter.note(refused=refused, hold=hold, shortens=self.tries > 1)
        except StoreError as error:
            # The answer is here and is the caller's; the next request finds the store as it is then.
            logger.warning("An answer could not be counted: %s", error)

    def hold_of(self, limiter: Limiter, response: Answer, said: Outcome) -> float | None:
        """Seconds for which an answer with that outcome says to stay away; `None` where it does not say so."""
        limits = read(response.status_code, response.headers, self.store.clock.today())
        hold = self._hold(limiter, limits)
        if hold is None and said is Outcome.REFUSED and _loaded(response):
            hold = come_back_in(_text(_body(response)), self.store.clock.today())
        if hold is None and said is Outcome.REFUSED:
            hold = limits.back_in
        if hold is None and said is Outcome.REFUSED and _loaded(response):
            hold = wait_vaguely(_text(_body(response)))[0] or None  # 'a few minutes' are one at least
        if hold is None and said is Outcome.ACCEPTED and _loaded(response):
            hold = pause_in(_text(_body(response)[-LOOKED_AT:]))
        return hold

    def keep_away(self, limiter: Limiter, response: Answer) -> frozenset[Hold]:
        """Keep away for as long as an answer says, and count nothing of it as use of a pace.

        For who looks for a pace, and so asks at others than the one that is kept.

        Returns:
            What is held by it; see `Limiter.keep_away`.
        """
        said = outcome(response.status_code, response.headers, self.why_refused(response))
        hold = self.hold_of(limiter, response, said)
        return frozenset() if hold is None else limiter.keep_away(hold)

    def _hold(self, limiter: Limiter, limits: Limits) -> float | None:
        """Seconds to keep away; a reset in whole seconds is read together with what came before of the same window."""
        now = self.store.clock.now()
        until = self._resets.setdefault(limiter.target.service.key, Resets()).hear(limits, now, now)
        whole_word = limits.source == "reset" and limits.hold == limits.reset
        return until if whole_word and until is not None and not limits.refused else limits.hold


def _loaded(response: Answer) -> bool:
    """Whether its body is here already, so that to look at it reads nothing."""
    return getattr(response, "_content", False) is not False


def _body(response: Answer) -> bytes:
    return bytes(getattr(response, "content", None) or b"")


def _text(body: bytes) -> str:
    """How it begins; what is cut off is not read, and shows that it is long."""
    return body[:LOOKED_AT].decode(errors="replace")


def beginning(body: bytes, headers: Mapping[str, str]) -> bytes:
    """How a body begins that came as it was sent, as far as words are looked for in it; decoded as far as it can be.

    >>> beginning(b"Too many requests", {}), len(beginning(bytes(10**6), {})) < 10**4
    (b'Too many requests', True)
    """
    coding = next((text for name, text in headers.items() if name.lower() == "content-encoding"), "")
    read = b""
    with suppress(CodingError):
        for piece in Decoding([body], coding):
            read += piece[: LOOKED_AT - len(read)]
            if len(read) >= LOOKED_AT:
                break
    return read


def safe(request: requests.PreparedRequest) -> bool:
    """Whether a request may be repeated: by its method (RFC 9110, section 9.2.1), or since it says so itself."""
    return request.method in SAFE or "Idempotency-Key" in request.headers


def texts_of(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """The headers as texts."""
    return {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()}
