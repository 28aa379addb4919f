"""One probe from opening to verdict: drive a strategy against a live address, and write down what came of it. IO."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from widgets.http.limits.words import refuses
from widgets.model.attempt import (
    LATE,
    Attempt,
    Budget,
    Goal,
    Outcome,
    ProbeStoppedError,
    Step,
    Strategy,
    Verdict,
    absence,
)
from widgets.model.quantity import as_wait
from widgets.model.refused import CountsAsRefused

from .asker import Answer, Asker
from .counting import counted
from .identify import identify, judged
from .recorder import (
    BrokenOff,
    Elsewhere,
    Hindrance,
    Journal,
    Journals,
    Listener,
    Recorder,
    Watch,
    replayed,
)
from .strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.http.address import Guard
    from widgets.http.transport import Turns
    from widgets.kit import markup
    from widgets.model.pace import JobPlan

    from .asker import Hide
    from .settings import Settings


TICK = 0.2
"""Seconds between two repaints of a countdown: five a second are seen as steady and cost next to nothing."""

FROZEN = 15.0
"""Seconds: a probe that is due back from a wait, and comes so much later, was not slow but did not run: its process was
stopped, or the whole machine slept. Busy machines stall for seconds."""

NOTICE = 0.05
"""Seconds before a request is due at which it is announced: who writes it down first shall not delay it."""


class Clock(Protocol):
    """Time as an argument, so that a probe of an hour is tested in a millisecond."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return after `seconds`, or at once when `stop` is set."""


class MonotonicClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.perf_counter()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait on the Event, so that Stop is felt at once."""
        stop.wait(seconds)


@dataclass(slots=True)
class _Run:
    """One probe under way: the times and the attempts that its next step is counted from."""

    ask: Callable[[threading.Event], Answer]
    clock: Clock
    watch: Watch
    stop: threading.Event
    attempts: list[Attempt] = field(default_factory=list)
    floor: float = 0.0
    due_in: Callable[[], float] = float
    began: float = 0.0
    strategy: str = ""
    _seen: float = 0.0
    _away: float = 0.0

    def follow(self, plan: Strategy, since: float) -> Verdict:
        self._seen = self.clock.now()
        self.began = self._seen - since
        self._away = max(0.0, since - self._answered)
        try:
            step = next(plan)
        except StopIteration as end:  # what is known already is enough, or the budget is spent
            return named(end.value, self.attempts, self.strategy)
        while True:
            self.watch.on_step(step)
            self._pause(step)
            if self.stop.is_set():
                return self._stopped(plan, step)
            attempt = self._attempt(step)
            if self.stop.is_set() and attempt.status is None:
                # The request that Stop cut short says nothing about the service: it is not an attempt, but it was sent.
                return self._stopped(plan, step, cut=1)
            self.attempts.append(attempt)
            self._away = 0.0
            self.watch.on_attempt(attempt)
            try:
                step = plan.send(attempt)
            except StopIteration as end:
                return named(end.value, self.attempts, self.strategy)

    @property
    def _answered(self) -> float:
        """Seconds from the start of the probe to its last answer."""
        return self.attempts[-1].started + self.attempts[-1].latency if self.attempts else 0.0

    def _due(self, step: Step) -> float:
        """When the next request is due, on the clock."""
        if not self.attempts:
            return self.clock.now()
        return self.began + self.attempts[-1].started + max(step.wait, self.floor)

    def _runs(self, waited: float = 0.0) -> None:
        """Note that the probe runs, and whether it did since that was noted last, but for what was `waited`."""
        now = self.clock.now()
        missing = now - self._seen - waited
        self._away += missing if missing > FROZEN else 0.0
        self._seen = now

    def _absent(self, step: Step) -> float:
        """Seconds since the next request was due in which the probe did not run; 0 where it is hardly late for it."""
        since_due = self.clock.now() - max(self._due(step), self.began + self._answered)
        absent = min(self._away, since_due)
        return absent if absent > LATE else 0.0

    def _wait(self, seconds: float) -> None:
        self._runs()
        self.clock.wait(seconds, self.stop)
        self._runs(seconds)

    def _pause(self, step: Step) -> None:
        """Wait until the request is due, and announce it shortly before."""
        number = len(self.attempts) + 1
        due = self._due(step)
        self._count_down(due)
        if not self.stop.is_set():
            announced = self.clock.now()
            self.watch.on_asking(number)
            if self.clock.now() - announced > NOTICE:  # others may have been told meanwhile to stay away
                self._count_down(due)
            self._wait(max(0.0, due - self.clock.now()))

    def _count_down(self, due: float) -> None:
        while not self.stop.is_set():
            turn, looked = self.due_in(), self.clock.now()  # a turn may be read from a store: once for each tick
            if (remaining := max(due - looked, turn)) <= NOTICE:
                return
            self.watch.on_tick(remaining)
            # What the spectator took is not waited for again.
            self._wait(min(remaining - (self.clock.now() - looked) - NOTICE, TICK))

    def _attempt(self, step: Step) -> Attempt:
        number = len(self.attempts) + 1
        absent, called = self._absent(step), self.clock.now()
        answer = self.ask(self.stop)
        self._seen = self.clock.now()
        started = called + answer.delay - self.began
        previous = self.attempts[-1] if self.attempts else None
        attempt = Attempt(
            number=number,
            wait=step.wait if previous else None,
            spacing=started - previous.started if previous else None,
            started=started,
            latency=answer.latency,
            status=answer.status,
            headers=answer.headers,
            error=answer.error,
            absent=absent,
            media_type=_media_type(answer.headers),
            size=answer.size,
            excerpt=answer.excerpt,
        )
        return in_its_words(attempt)

    def _stopped(self, plan: Strategy, step: Step, cut: int = 0) -> Verdict:
        """What stands without another request; `cut` is for how many were sent and are no attempts."""
        try:
            with suppress(ProbeStoppedError):
                plan.throw(ProbeStoppedError)
        except StopIteration as end:
            stands = replace(end.value, requests=end.value.requests + cut)
            return named(stands, self.attempts, self.strategy)
        plan.close()  # where it asked for more
        return self._broken_off(step, cut)

    def _broken_off(self, step: Step, cut: int) -> Verdict:
        counts = Counter(attempt.outcome for attempt in counted(self.attempts))
        accepted, refused, failed = (counts[each] for each in Outcome)
        guess = step.high if step.low else None  # before a refusal what was accepted may have been a burst
        known = (
            f" So far a wait of {as_wait(guess)} seems long enough; that is a guess, not a result."
            if guess is not None
            else " Too little was seen to recommend a wait."
        )
        count = len(self.attempts) + cut
        absent = sum(absence(previous, attempt) for previous, attempt in pairwise(self.attempts)) + self._absent(step)
        sent = "1 request" if count == 1 else f"{count} requests"
        came = f"{accepted} accepted, {refused} refused" + (f", {failed} failed" if failed else "")
        unanswered = ", the last one unanswered" if cut else ""
        return named(
            Verdict(
                kind="inconclusive",
                wait=guess,
                tested=None,
                refusal_bound=1.0,
                confidence=0.0,
                accepted=accepted,
                refused=refused,
                requests=count,
                seconds=self.clock.now() - self.began - absent,
                span=0.0,
                horizon=0.0,
                statement=f"Stopped by you after {sent} ({came}{unanswered}).{known}",
            ),
            self.attempts,
            self.strategy,
        )


def in_its_words(attempt: Attempt) -> Attempt:
    """The attempt, refused where its answer says so in words though its status does not.

    >>> note = Attempt(9, 0.1, 0.1, 0.8, 0.1, 200, size=40, excerpt='{"error": "Too many requests per second"}')
    >>> in_its_words(note).outcome, in_its_words(note).error
    (<Outcome.REFUSED: 'refused'>, "it says 'Too many requests'")
    """
    if attempt.outcome is Outcome.REFUSED or attempt.error:
        return attempt
    why = refuses(attempt.status, attempt.excerpt, {name.lower(): text for name, text in attempt.headers.items()})
    return replace(attempt, error=why) if why else attempt


def _media_type(headers: Mapping[str, str]) -> str:
    """What the answer says it is, without parameters."""
    named = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
    return named.partition(";")[0].strip().lower()


def named(verdict: Verdict, attempts: Sequence[Attempt], strategy: str = "") -> Verdict:
    """The verdict with the limiters that remain possible, from the attempts that a strategy made anyway."""
    seen = any(attempt.outcome is not Outcome.FAILED for attempt in attempts)
    if verdict.limiter is None:
        return replace(verdict, limiter=identify(attempts, strategy)) if seen else verdict
    return replace(verdict, limiter=judged(verdict.limiter, strategy))


def by_your_word(verdict: Verdict, refused: CountsAsRefused) -> Verdict:
    """The verdict with what counted as refused by the person's own word."""
    return replace(verdict, statement=f"{verdict.statement} {refused.sentence}") if refused else verdict


def follow(
    plan: Strategy,
    ask: Callable[[threading.Event], Answer],
    *,
    clock: Clock | None = None,
    watch: Watch | None = None,
    stop: threading.Event | None = None,
    floor: float = 0.0,
    due_in: Callable[[], float] = float,
    known: Sequence[Attempt] = (),
    since: float = 0.0,
    strategy: str = "",
) -> Verdict:
    """Follow `plan` to its verdict: wait for each step, ask, and tell the plan what followed.

    Requests never overlap. A slow answer stretches the spacing, and the attempt records the true one.

    Args:
        plan: A strategy that has not been started.
        ask: Sends one request and returns its answer; returns early when the Event it is given is set.
        clock: The machine's own unless given.
        watch: Told what happens, in this thread.
        stop: Ends the probe, also within a wait or within a request.
        floor: The least seconds between the starts of two requests, whatever the plan asks for.
        due_in: Seconds until others who ask the same service let this one have its turn.
        known: Attempts of an earlier probe that this one goes on from; the plan was given them too.
        since: Seconds that have passed since the start of the earlier probe, the pause between included.
        strategy: Which strategy the plan is, for how often names of limiters are right after it.

    Returns:
        The plan's verdict, or one of kind 'inconclusive' when it was stopped.
    """
    run = _Run(
        ask, clock or MonotonicClock(), watch or Listener(), stop or threading.Event(), list(known), floor, due_in
    )
    run.strategy = strategy
    return run.follow(plan, since)


def probe(
    url: str,
    strategy: str = "careful",
    goal: Goal | None = None,
    budget: Budget | None = None,
    on_attempt: Callable[[Attempt], None] | None = None,
    stop: threading.Event | None = None,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    guard: Guard | None = None,
    refused: CountsAsRefused | None = None,
) -> Verdict:
    """Find out how long to wait between requests to `url`.

    Args:
        url: An http or https address.
        strategy: A name in `STRATEGIES`.
        goal: What the wait must achieve; 5 % refused at 95 % confidence unless given.
        budget: What may be spent.
        on_attempt: Told each attempt as it happens, in this thread.
        stop: Ends the probe at once when set, with what is known.
        method: `GET` or `HEAD`.
        headers: Sent with each request, an API key for instance; they appear in no attempt.
        guard: Says which addresses may be asked; any http or https address unless given.
        refused: What counts as refused, besides what is found to be anyway.

    Raises:
        ValueError: When the address, the method or the strategy is none; the message says what to do.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"there is no strategy {strategy!r}: choose one of {', '.join(STRATEGIES)}")
    plan = STRATEGIES[strategy](goal or Goal(), budget or Budget())
    with Asker(url, method=method, headers=headers or {}, guard=guard, refused=refused) as ask:
        verdict = follow(plan, ask, watch=Listener(on_attempt), stop=stop, strategy=strategy)
        return by_your_word(verdict, refused or CountsAsRefused())


End: TypeAlias = Verdict | BrokenOff | Hindrance
"""What a probe ends in: a result, a question for the person, or a sentence."""


class Page(Watch, Protocol):
    """Where a probe is shown."""

    attempts: list[Attempt]
    strategy: str

    @property
    def past(self) -> list[tuple[Step, Attempt]]:
        """The attempts, each with the step that asked for it."""

    def recall(self, step: Step, attempt: Attempt) -> None:
        """Take in an attempt that was made earlier."""

    def look_on(self) -> None:
        """Say that somebody else makes this probe."""


LOOK = 0.5
"""Seconds between two looks at a probe that somebody else makes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the wait that a probe found.

    Attributes:
        said: A sentence; empty where there was nothing to keep.
        instead: What stays in use, in words, where that is stronger: `The certified 6.52 s`.
        replace: Uses the new one all the same, and says so; only where something else stays in use.
        plan: Plans jobs of so many requests by the pace that is in force; none where nothing is kept.
    """

    said: str = ""
    instead: str = ""
    replace: Callable[[], str] | None = field(default=None, compare=False)
    plan: Callable[[int], JobPlan] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Means:
    """What every probe of a panel is made with; see `ProbePanel`."""

    guard: Guard
    hide: Callable[[str, Mapping[str, str]], Hide]
    floor: Callable[[str], float]
    turns: Turns | None
    journals: Journals
    keep: Callable[[str, Settings, Verdict, str], Kept]


@dataclass(slots=True)
class ProbeRun:
    """One probe.

    Attributes:
        means: What it is made with.
        url: What is asked.
        settings: How.
        live: Where it is shown; its attempts are known to the probe.
        say: Writes a sentence beside it, in a tone.
        going_on: Told the settings, and how many attempts are known to the probe when it begins.
        id: Of the probe; empty until it has one, or that of the probe that it goes on with.
        anew: Whether one that broke off is passed over.
        since: Seconds since the attempts that are known began.
        closing: What is to be said at its end.
        end_other: Ends the probe that is looked on at.
        kept: What became of the wait that was found.
    """

    means: Means
    url: str
    settings: Settings
    live: Page
    say: Callable[[str, markup.Tone], None]
    going_on: Callable[[Settings, int], None]
    id: str = ""
    anew: bool = False
    since: float = 0.0
    closing: str = ""
    end_other: Callable[[], None] = lambda: None
    kept: Kept = field(default_factory=Kept)

    def run(self, stop: threading.Event) -> End:
        """Probe until the end, or until `stop` is set; look on where somebody else probes."""
        opening = self.means.journals.open(
            self.url, self.settings, probe=self.id, anew=self.anew, known=self.live.past, since=self.since
        )
        with opening as opened:
            match opened:
                case BrokenOff() | Hindrance():
                    return opened
                case Elsewhere():
                    return self._look_on(opened, stop)
                case _:
                    return self._probe(opened, stop)

    def _probe(self, journal: Journal, stop: threading.Event) -> Verdict:
        settings, live, self.id = self.settings, self.live, journal.id
        for step, attempt in journal.known[len(live.attempts) :]:
            live.recall(step, attempt)
        known = tuple(live.attempts)
        self.going_on(settings, len(known))
        plan = replayed(settings.plan(known[: settings.after]), known[settings.after :])
        asker = Asker(
            self.url,
            method=settings.method,
            headers=settings.headers,
            guard=self.means.guard,
            turns=self.means.turns,
            hide=self.means.hide(self.url, settings.headers),
            refused=settings.refused,
        )
        with asker as ask:
            watch = Recorder(journal, live, lambda trouble: self.say(trouble, "warn"))
            floor = self.means.floor(self.url)
            verdict = follow(
                plan,
                ask,
                watch=watch,
                stop=stop,
                floor=floor,
                due_in=ask.due_in,
                known=known,
                since=journal.since,
                strategy=settings.strategy,
            )
        verdict = by_your_word(verdict, settings.refused)
        journal.finish(verdict)
        self.kept = self.means.keep(self.url, settings, verdict, journal.id)
        self.closing = journal.trouble
        return verdict

    def _look_on(self, elsewhere: Elsewhere, stop: threading.Event) -> End:
        """Show what somebody else's probe does, until it ends or the person has seen enough."""
        self.closing, self.end_other = f"This probe was made by {elsewhere.who}.", elsewhere.end
        self.say(
            f"This address is being probed by {elsewhere.who}. Here are its attempts as they come; Stop ends the "
            "looking on, not that probe.",
            "busy",
        )
        self.live.look_on()
        while True:
            over = elsewhere.feed.verdict() or elsewhere.feed.broken_off()
            for step, attempt in elsewhere.feed.more(len(self.live.attempts)):
                self.live.on_step(step)
                self.live.on_attempt(attempt)
            if isinstance(over, Verdict):
                return named(over, self.live.attempts, self.live.strategy)
            if over:
                return over
            if stop.wait(LOOK):
                return Hindrance("You look on no longer; the other probe goes on.")
