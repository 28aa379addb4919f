"""Fetches that teach the pace of a service: nothing is asked that was not wanted. Joins fetch and pace."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from widgets.http.errors import FetchError
from widgets.model.attempt import Goal
from widgets.model.quantity import as_wait
from widgets.pace.errors import StoreError
from widgets.pace.limiter.learning import SPEND, Learner
from widgets.probe.settings import Settings

from .obeying import Answer, StoreTurns, sent_anyway, translated, turn_or_none

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from widgets.http.transport import Turn
    from widgets.model.pace import StoredProbe
    from widgets.pace import PacedSession, PaceStore
    from widgets.pace.limiter.learning import LessonTurn, Wanted
    from widgets.pace.limiter.limiter import Limiter


def settings_of(probe: StoredProbe) -> Settings:
    """What a stored probe was begun with, without its headers: of a lesson all but the strategy goes without saying.

    Raises:
        ValueError: When a newer version, or something else, stored it.
    """
    if probe.lesson:
        return Settings(str(probe.settings.get("strategy")), Goal(), SPEND)
    return Settings.of_plain(probe.settings)


class StoreLessons:
    """Learns the pace of each service that has none from what is fetched of it, as a `PacedSession` does.

    Args:
        store: Where attempts and paces are kept.
        strategy: `quick` or `careful`: it says when each request is sent.
        told: Called when a lesson has ended.
    """

    def __init__(self, store: PaceStore, strategy: str = "quick", told: Callable[[], None] = lambda: None) -> None:
        self._store, self._strategy = store, strategy
        self._turns, self._told = StoreTurns(store), told

    @property
    def _session(self) -> PacedSession:
        return self._turns.session

    @cached_property
    def _learner(self) -> Learner:
        learner = Learner(self._store, self._strategy, self._session.patience, self._session.stop)
        self._session.learner = learner  # which hears of refusals where no limit had been seen
        return learner

    @contextmanager
    def taking(self) -> Iterator[Lesson]:
        """The turns of one fetch, redirects included; at its end what was sent and not answered counts as that."""
        lesson = Lesson(self._session, self._learner, self._turns, self._told)
        try:
            yield lesson
        except BaseException as error:
            lesson.close(error.brief if isinstance(error, FetchError) else "no answer")
            raise
        lesson.close("no answer")

    def said(self, method: str, url: str, headers: Mapping[str, str]) -> str:
        """What is known by now of the pace of that request, in a few words."""
        try:
            wanted = self._session.wanted_by(url, method, headers)
            pace = self._session.store.pace_of(wanted.target)
        except (StoreError, ValueError):
            return ""
        if pace is not None:
            return f"its pace: {as_wait(pace.wait_now)}, {pace.kind}"
        if self._learner.free(wanted.target):
            return "no limit seen yet"
        count, refused = self._learner.seen_of(wanted.target)
        if not count:
            return "its pace is not known yet"
        # What was refused is asked again by itself: more is sent than was clicked for.
        return f"learning its pace: {f'{refused} of {count} refused' if refused else f'{count} sent'}"


class Lesson:
    """The turns of one fetch that teaches."""

    def __init__(self, session: PacedSession, learner: Learner, turns: StoreTurns, told: Callable[[], None]) -> None:
        self._session, self._learner, self._turns, self._told = session, learner, turns, told
        self._taken: list[LearningTurn] = []

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> Turn | None:
        """The turn of a request: when the strategy wants it, where the pace of its service is not known."""

        def found() -> Turn | None:
            wanted = self._session.wanted_by(url, method, headers)
            limiter = self._session.limiter(url, method, headers)
            if anyway or limiter.paced:
                return self._turns(method, url, headers, anyway=anyway)
            turn = LearningTurn(self._session, self._learner, wanted, limiter, self._told)
            self._taken.append(turn)
            return turn

        return turn_or_none(found, anyway=anyway)

    def close(self, why: str) -> None:
        """Let the next one learn; a request without an answer counts as one, and says nothing about pace."""
        for turn in self._taken:
            turn.close(why)


class LearningTurn:
    """The turn of one request that teaches: it is over when its answer has been noted."""

    pace = 0.0
    """None is kept yet."""

    def __init__(
        self,
        session: PacedSession,
        learner: Learner,
        wanted: Wanted,
        limiter: Limiter,
        told: Callable[[], None],
    ) -> None:
        self._session, self._learner, self._wanted, self._limiter, self._told = session, learner, wanted, limiter, told
        self._holding = ExitStack()
        self._turn: LessonTurn | None = None

    def due_in(self) -> float:
        """Seconds until the strategy wants the request."""
        with translated():
            due = self._learner.due_in(self._wanted, self._limiter)
            return self._limiter.due_in() if due is None else due

    @contextmanager
    def sending(self, patience: float, stop: threading.Event) -> Iterator[None]:
        """The turn itself. Nobody else learns of this service until the answer is noted, or the fetch is over."""
        with translated(stop), ExitStack() as stack:
            free = self._learner.free(self._wanted.target)
            learning = nullcontext() if free else self._learner.turn(self._wanted, self._limiter, patience, stop)
            turn = stack.enter_context(learning)
            if turn is None:  # no limit was seen, or a pace was found while it waited
                with sent_anyway(self._limiter.sending(patience, stop)):
                    yield
                return
            turn.approach()
            with sent_anyway(turn.sending()):
                self._turn, self._holding = turn, stack.pop_all()
                yield

    def note(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Count the answer, and tell the strategy."""
        answer = Answer(status, headers, body)
        why = self._session.why_refused(answer)
        self._session.note(self._limiter, answer, why)
        self._end(status, headers, why)

    def close(self, why: str) -> None:
        """No answer came, if none was noted."""
        self._end(None, {}, why)

    def _end(self, status: int | None, headers: Mapping[str, str], why: str) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        # What cannot be stored withholds no reply: the next request finds the store as it is then, and says so.
        with suppress(StoreError):
            with self._holding:
                turn.heard(status, headers, why)
            if self._limiter.paced:
                self._told()
