"""Learn the pace of a service from requests that somebody wants anyway. `Course` is PURE; the rest is IO.

A strategy does not mind who wants its requests: it says when the next one may be sent, and is told what came of it. So
a request waits for the strategy's step in place of a pace, and its answer is the strategy's next attempt. Nothing is
asked that was not wanted.

Every attempt is stored before the next request is sent, as those of a probe are, and a strategy is a function of its
attempts: whoever takes the next turn, in this thread, another process or after a restart, replays what it has not seen
and goes on. A lock of the service, held from the look at the attempts until the answer is stored, lets one learn while
the others wait for their turn; the death of its holder releases it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from widgets.http.secrets import secrets_in
from widgets.model.attempt import OTHER_PATHS, Attempt, Budget, Goal, Outcome, Step, Verdict
from widgets.model.pace import DAY, Target
from widgets.model.quantity import as_span, as_wait
from widgets.model.strategies import named
from widgets.pace.errors import AT_MOST, PATIENTLY, NotDue, PaceError
from widgets.pace.shortening import Trying

from .following import Redirects

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from widgets.model.attempt import Strategy
    from widgets.pace.store import PaceStore
    from widgets.pace.store.probes import ProbeLog
    from widgets.pace.store.send_lock import SendLock

    from .limiter import Limiter, Turn

LEARN = ("quick", "careful")
"""The strategies that learn from wanted requests: both end in a wait that can be kept."""
SPEND = Budget(requests=20_000, refusals=200, seconds=30 * DAY, left=1.0)
"""What may be spent: the requests are wanted, and so is all that a service says is left."""
AT_THE_DOOR = 1.0
"""Seconds between two requests of a service whose answers say nothing about pace yet."""
LATE = 0.05
"""Seconds before a request is due at which everything but the request itself is done."""
POLL = 0.02
"""Seconds between two tries to take the lock of a service."""


class Course:
    """A strategy, and what it has been told so far. PURE.

    Args:
        plan: The strategy, not started yet.
        origin: Of the service.

    Attributes:
        attempts: In order, redirects that were followed among them (see `following`).
        step: What it waits for; of no meaning once there is a verdict.
        verdict: What it learned, or `None`.

    >>> course = Course(named("quick")(Goal(), Budget()))
    >>> course.step.phase
    'hello'
    >>> while course.verdict is None:
    ...     last = course.attempts[-1] if course.attempts else None
    ...     wait = course.step.wait if last else None
    ...     started = last.started + wait if last else 0.0
    ...     status = 200 if wait is None or wait >= 2 else 429
    ...     course.take(Attempt(len(course.attempts) + 1, wait, wait, started, 0.01, status))
    >>> course.verdict.kind, 2 <= course.verdict.wait < 3
    ('estimated', True)
    """

    def __init__(self, plan: Strategy, origin: str = "") -> None:
        self.attempts: list[Attempt] = []
        self._redirects = Redirects(origin)
        self.step = Step(0.0, "hello")
        self.verdict: Verdict | None = None
        self._plan = plan
        try:
            self.step = next(plan)
        except StopIteration as end:
            self.verdict = end.value

    def take(self, attempt: Attempt) -> None:
        """Tell it the attempt that followed, unless that was a redirect that is followed."""
        self.attempts.append(attempt)
        if self._redirects.follows(attempt):
            return
        try:
            self.step = self._plan.send(self._redirects.told(attempt))
        except StopIteration as end:
            self.verdict = self._redirects.said(_learned(end.value))

    @property
    def due(self) -> float:
        """Seconds from its begin to the moment from which the next request may be sent."""
        if not self.attempts:
            return 0.0
        untold = len(self.attempts) == self._redirects.count  # then the strategy asks for its first request still
        return self.attempts[-1].started + (AT_THE_DOOR if untold else self.step.wait)


def _learned(verdict: Verdict) -> Verdict:
    """The verdict in the words of a lesson: a strategy takes for granted that it asks one address."""
    anything = "it was learned from what was wanted of the service, whatever the path"
    return replace(verdict, statement=verdict.statement.replace(OTHER_PATHS, anything))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that somebody wants.

    Attributes:
        url: Its address.
        headers: As they are sent.
        secret: By which the service knows the caller.
        target: What it asks.
    """

    url: str
    headers: Mapping[str, str]
    secret: str
    target: Target


@dataclass(slots=True)
class Lesson:
    """What is being learned of one service, as far as this session has seen it.

    Attributes:
        log: Where it is written.
        course: The strategy.
        clock: The id of the clock on which it began.
        origin: When it began, on that clock.
    """

    log: ProbeLog
    course: Course
    clock: str
    origin: float
    began: float
    started: float | None = field(default=None)

    def now(self, store: PaceStore) -> float:
        """Seconds since it began. On another clock, or after another boot, the wall clocks must do."""
        if self.clock == store.clock.id:
            return store.clock.now() - self.origin
        last = self.course.attempts[-1] if self.course.attempts else None
        return max(store.clock.today() - self.began, last.started + last.latency if last else 0.0)


class Learner:
    """Learns of each service whose pace is unknown; several threads may use one.

    Args:
        store: Where attempts and paces are kept.
        strategy: One of `LEARN`.
        patience: The most seconds that a request waits for its turn.
        stop: Ends every wait.

    Raises:
        ValueError: When it is no such strategy.
    """

    def __init__(self, store: PaceStore, strategy: str, patience: float, stop: threading.Event) -> None:
        if strategy not in LEARN:
            raise ValueError(f"learn must be one of {', '.join(LEARN)}, got {strategy!r}")
        self._store, self._strategy = store, strategy
        self.patience, self.stop = patience, stop
        self._lessons: dict[str, Lesson] = {}
        self._free: set[str] = set()
        self._not_before: dict[str, float] = {}

    def free(self, target: Target) -> bool:
        """Whether no limit was seen: then requests are sent at once, until one is refused."""
        return target.service.key in self._free

    def refused(self, target: Target) -> None:
        """Learn anew of a service where no limit had been seen: there is one."""
        self._free.discard(target.service.key)

    @contextmanager
    def turn(
        self, wanted: Wanted, limiter: Limiter, patience: float | None = None, stop: threading.Event | None = None
    ) -> Iterator[LessonTurn | None]:
        """The turn of one request; `None` where a pace has been found meanwhile, or no limit.

        Args:
            wanted: The request.
            limiter: Of its target.
            patience: In place of the learner's own.
            stop: In place of the learner's own.

        Raises:
            NotDue: When others learn for longer than `patience`.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        patience, stop = self.patience if patience is None else patience, stop or self.stop
        lock = self._lock(wanted)
        end = self._store.clock.now() + patience
        while not lock.acquire():
            if self._store.clock.now() > end:
                raise NotDue(
                    f"Others have been learning the pace of {wanted.target.origin} for {as_span(patience)}; nothing "
                    f"was sent. Wait, or {PATIENTLY}.",
                    AT_THE_DOOR,
                )
            self.pause(POLL, stop)
        try:
            lesson = None if limiter.paced else self._lesson(wanted)
            yield None if lesson is None else LessonTurn(self, wanted, limiter, lesson, patience, stop)
        finally:
            lock.release()

    def due_in(self, wanted: Wanted, limiter: Limiter) -> float | None:
        """Seconds until that request may be sent, as far as can be seen now; `None` where nothing is to be learned.

        That is so where a pace is kept, and where no limit was seen.

        Raises:
            StoreError: When the store cannot be used.
        """
        if self.free(wanted.target) or limiter.paced:
            return None
        lock, lesson = self._lock(wanted), self._lessons.get(wanted.target.service.key)
        if lock.acquire():
            try:
                lesson = self._lesson(wanted)
            finally:
                lock.release()
            if lesson is None:
                return None
        asked = 0.0 if lesson is None else self.ahead(lesson, wanted.target.service)
        return max(0.0, asked, limiter.due_in())

    def seen_of(self, target: Target) -> tuple[int, int]:
        """How many requests have taught the lesson that is under way, and how many of them were refused.

        As far as is known here; one that was refused and made again counts each time.
        """
        lesson = self._lessons.get(target.service.key)
        attempts = () if lesson is None else lesson.course.attempts
        return len(attempts), sum(each.outcome is Outcome.REFUSED for each in attempts)

    def _lock(self, wanted: Wanted) -> SendLock:
        service = wanted.target.service
        return self._store.send_lock([Target(service.origin, "*", "LEARN", service.credential).key])

    def pause(self, seconds: float, stop: threading.Event) -> None:
        """Wait.

        Raises:
            PaceError: When `stop` was set.
        """
        self._store.clock.wait(seconds, stop)
        if stop.is_set():
            raise PaceError("Stopped by you before the request was due; nothing was sent.")

    def ahead(self, lesson: Lesson, service: Target) -> float:
        """Seconds until the strategy wants its next request."""
        door = self._not_before.get(service.key, 0.0) - self._store.clock.now()
        return max(door, lesson.course.due - lesson.now(self._store))

    def asking(self, lesson: Lesson) -> None:
        """Store that the request is about to be sent."""
        number = len(lesson.course.attempts) + 1
        lesson.started = lesson.now(self._store)
        self._store.probes.asking(lesson.log.id, lesson.course.step, number, lesson.started, None)

    def heard(self, lesson: Lesson, wanted: Wanted, status: int | None, headers: Mapping[str, str], error: str) -> None:
        """Store what came of it, tell the strategy, and keep what it has learned by now.

        What the bodies are says nothing of pace here, since each request may want another page.
        """
        if lesson.started is None:
            return  # nothing was sent
        course, step, started = lesson.course, lesson.course.step, lesson.started
        last = course.attempts[-1] if course.attempts else None
        latency = max(0.0, lesson.now(self._store) - started)
        attempt = Attempt(
            number=len(course.attempts) + 1,
            wait=step.wait if last else None,
            spacing=started - last.started if last else None,
            started=started,
            latency=latency,
            status=status,
            headers=seen(headers),
            error=error,
        )
        lesson.started = None
        lesson.log.add(step, attempt)
        course.take(attempt)
        if course.verdict is not None:
            lesson.log.finish(course.verdict)
            self._conclude(wanted, course.verdict, lesson)

    def _conclude(self, wanted: Wanted, verdict: Verdict, lesson: Lesson) -> None:
        service = wanted.target.service
        self._lessons.pop(service.key, None)
        if verdict.kind == "no limit seen":
            self._free.add(service.key)
        elif verdict.wait:
            trying = Trying.of(verdict, lesson.course.attempts)
            self._store.keep(
                wanted.url, verdict.wait, verdict, credential=wanted.secret, probe=lesson.log.id, trying=trying
            )
        else:
            self._not_before[service.key] = self._store.clock.now() + AT_THE_DOOR

    def _lesson(self, wanted: Wanted) -> Lesson | None:
        """What is being learned of the service, with all that others have seen of it meanwhile."""
        key = wanted.target.service.key
        lesson = self._lessons.get(key)
        if lesson is None:
            lesson = self._lessons[key] = self._opened(wanted)
        self._store.probes.give_up(lesson.log.id)
        for _, attempt in self._store.probes.attempts(lesson.log.id, after=len(lesson.course.attempts)):
            lesson.course.take(attempt)
        if (verdict := lesson.course.verdict) is None:
            return lesson
        # It ended where another process asked; or it broke off between its last answer and its end.
        if self._store.probes.get(lesson.log.id).finished is None:
            lesson.log.finish(verdict)
            self._conclude(wanted, verdict, lesson)
        self._lessons.pop(key, None)
        if verdict.kind == "no limit seen":
            self._free.add(key)
        return None if verdict.wait or key in self._free else self._lesson(wanted)

    def _opened(self, wanted: Wanted) -> Lesson:
        """The lesson that was begun and has no verdict, or a new one."""
        store, service = self._store, wanted.target.service
        secrets = (wanted.secret, *secrets_in(wanted.url, wanted.headers))
        begun = store.probes.unfinished(service)
        if begun:
            settings, log = begun[0].settings, store.probes.resume(begun[0].id, secrets)
            began = begun[0].began
        else:
            settings = {"strategy": self._strategy, "clock": store.clock.id, "origin": store.clock.now()}
            began = store.clock.today()
            log = store.probes.begin(service, wanted.url, json.dumps(settings), secrets)
        plan = named(settings["strategy"])(Goal(), SPEND)
        return Lesson(log, Course(plan, service.origin), settings["clock"], settings["origin"], began)


class LessonTurn:
    """The turn of one wanted request; what a connection asks for as it sends (see `transport.Caller`)."""

    def __init__(
        self,
        learner: Learner,
        wanted: Wanted,
        limiter: Limiter,
        lesson: Lesson,
        patience: float,
        stop: threading.Event,
    ) -> None:
        self._learner, self._wanted, self._limiter, self._lesson = learner, wanted, limiter, lesson
        self._patience, self._stop = patience, stop

    def approach(self) -> None:
        """Wait until shortly before the turn.

        Raises:
            NotDue: When it lies further ahead than the patience of the session.
        """
        learner = self._learner
        self._limiter.approach(self._patience, self._stop)  # the service may have said to stay away
        ahead = learner.ahead(self._lesson, self._wanted.target.service)
        if ahead > self._patience:
            raise NotDue(
                f"The pace of this service is being learned, and its next request is due in {as_wait(round(ahead, 3))},"
                f" later than the {as_span(self._patience)} {AT_MOST}; nothing was sent. Wait, or {PATIENTLY}.",
                ahead,
            )
        if ahead > LATE:
            learner.pause(ahead - LATE, self._stop)

    @contextmanager
    def sending(self) -> Iterator[Turn]:
        """The turn: what is sent inside is sent no sooner than the strategy wants it."""
        learner, lesson = self._learner, self._lesson
        with self._limiter.sending(self._patience, self._stop) as turn:
            while (ahead := learner.ahead(lesson, self._wanted.target.service)) > 0:
                learner.pause(ahead, self._stop)
            learner.asking(lesson)
            yield turn

    def heard(self, status: int | None, headers: Mapping[str, str], error: str = "") -> None:
        """What came of it; `status` is `None` where no answer came."""
        self._learner.heard(self._lesson, self._wanted, status, headers, error)


def outcome(status: int | None, headers: Mapping[str, str], why: str = "") -> Outcome:
    """What an answer says about pace, by the rule of the probe; `why` it counts as refused by somebody's own word.

    >>> [outcome(*each).value for each in ((200, {}), (503, {}), (403, {"Retry-After": "9"}), (404, {}))]
    ['accepted', 'refused', 'refused', 'failed']
    """
    return Attempt(1, None, None, 0.0, 0.0, status, headers, why).outcome


def seen(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer without cookies."""
    return {name: text for name, text in headers.items() if name.lower() not in {"set-cookie", "set-cookie2"}}
