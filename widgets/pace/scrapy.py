"""A downloader middleware of Scrapy that obeys and learns as a `PacedSession` does. IO; needs Scrapy.

    DOWNLOADER_MIDDLEWARES = {"widgets.pace.scrapy.PacedMiddleware": 999}
    WAITWISE_STORE = "sqlite:///paces.sqlite"  # the default store unless given
    WAITWISE_LEARN = "careful"  # or "quick"; None only obeys

It takes the place of AutoThrottle, nearest to the downloader: leave AUTOTHROTTLE_ENABLED and DOWNLOAD_DELAY out. That
follows the latency and takes no refusal as a reason to ask less often. Nothing of Scrapy says when a request has been
handed to the network, so a turn lasts until its answer is there: a service is asked one at a time, later than its pace
by an answer's time, and never sooner. What is refused and may be repeated is asked again, before the spider sees it.
"""

from __future__ import annotations

import logging
import threading
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, DeferredLock

from widgets.http.redirects import kept_back
from widgets.model.attempt import Outcome

from .errors import PaceError
from .limiter.learning import Wanted, outcome
from .limiter.session import SAFE, TRIES, PacedSession, Seen, beginning, held_back
from .store import PaceStore

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from .limiter.transport import Sender

logger = logging.getLogger(__name__)

TURN, AGAIN = "waitwise_turn", "waitwise_again"
"""Under which a request carries its turn, and how often it was asked again."""
LOOK = 0.5
"""Seconds between two looks whether the crawl has ended without an answer."""


class NoAnswerError(Exception):
    """No answer came."""


@dataclass(eq=False, slots=True)
class Turn:
    """One request: a thread of its own waits for its turn, and for its answer.

    Attributes:
        session: What obeys and learns.
        wanted: The request.
        lock: Of its service, in this process.
        due: Called in the reactor when it may be sent.
        answer: What came back, or `None`.
        over: Set when that is known.
    """

    session: PacedSession
    wanted: Wanted
    lock: DeferredLock
    due: Deferred[None]
    answer: Seen | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Take the turn; in the thread."""
        from twisted.internet import reactor  # noqa: PLC0415 - installed by now, and not by an import

        calls: Any = reactor
        try:
            self.session.conduct(self.wanted, self._send, NoAnswerError, bodies=True)
        except NoAnswerError:
            pass
        except PaceError as error:
            if not self.over.is_set():
                calls.callFromThread(self.due.errback, error)
        finally:
            calls.callFromThread(self.lock.release)

    def _send(self, sender: Sender | None) -> Seen:
        from twisted.internet import reactor  # noqa: PLC0415 - as above

        calls: Any = reactor
        if sender is not None:
            sender.approach()
        with sender.sending() if sender is not None else nullcontext():
            calls.callFromThread(self.due.callback, None)
            while not self.over.wait(LOOK):
                if self.session.stop.is_set():
                    break
        if self.answer is None:
            raise NoAnswerError
        return self.answer


class PacedMiddleware:
    """See above.

    Args:
        store: Where paces and turns are.
        learn: As for `PacedSession`.
    """

    def __init__(self, store: PaceStore, learn: str | None = "careful") -> None:
        self._session = PacedSession(store, learn)
        self._learns = learn is not None
        self._locks: dict[str, DeferredLock] = {}
        self._refused: WeakKeyDictionary[Request, Response] = WeakKeyDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As the settings of the crawler say."""
        settings = crawler.settings
        if settings.getbool("AUTOTHROTTLE_ENABLED"):
            logger.warning("AutoThrottle is on beside PacedMiddleware: it only slows the crawl. Turn it off.")
        told = "WAITWISE_LEARN" in settings  # `get` would take its None for no word at all
        learn = settings["WAITWISE_LEARN"] if told else "careful"
        middleware = cls(PaceStore(settings.get("WAITWISE_STORE")), learn or None)
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        return middleware

    def close(self) -> None:
        """End what still waits."""
        self._session.stop.set()

    async def process_request(self, request: Request, spider: Any = None) -> Response | None:  # noqa: ARG002 - Scrapy's contract
        """Wait until the request may be sent.

        Returns:
            The answer that refused it, where it was to be sent again and was kept back; else `None`.

        Raises:
            IgnoreRequest: When it was kept back.
        """
        if not request.url.startswith(("http://", "https://")):
            return None
        headers = {
            name.decode("latin-1"): b", ".join(texts).decode("latin-1") for name, texts in request.headers.items()
        }
        wanted = self._session.wanted_by(request.url, request.method, headers)
        lock = self._locks.setdefault(wanted.target.service.key, DeferredLock())
        await maybe_deferred_to_future(lock.acquire())
        due: Deferred[None] = Deferred()
        turn = Turn(self._session, wanted, lock, due)
        request.meta[TURN] = turn
        threading.Thread(target=turn.run, name="waitwise-turn", daemon=True).start()
        try:
            await maybe_deferred_to_future(due)
        except PaceError as error:
            del request.meta[TURN]
            if (refused := self._refused.pop(request, None)) is not None:
                request.meta["dont_retry"] = True  # it would be kept back again
                return refused
            # It may have waited in a queue on a disk, where its answer is not.
            words, led = held_back(error, sent=AGAIN in request.meta), request.meta.get("redirect_urls")
            raise IgnoreRequest(kept_back(words, led[0], request.url) if led else words) from error
        return None

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:  # noqa: ARG002
        """Count the answer; ask again where it was a refusal."""
        turn = request.meta.pop(TURN, None)
        if turn is None:
            return response
        raw: Any = response.headers or {}
        headers = {name.decode("latin-1"): b", ".join(texts).decode("latin-1") for name, texts in raw.items()}
        turn.answer = Seen(response.status, headers, beginning(response.body, headers))
        turn.over.set()
        why = self._session.why_refused(turn.answer)
        asked = request.meta.get(AGAIN, 1)
        safe = request.method in SAFE or b"Idempotency-Key" in request.headers
        if self._learns and safe and asked < TRIES and outcome(response.status, headers, why) is Outcome.REFUSED:
            again = request.replace(dont_filter=True, meta={**request.meta, AGAIN: asked + 1})
            self._refused[again] = response
            return again
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Any = None) -> None:  # noqa: ARG002
        """No answer came."""
        turn = request.meta.pop(TURN, None)
        if turn is not None:
            turn.over.set()
