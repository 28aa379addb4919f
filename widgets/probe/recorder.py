"""Who is told of a probe as it goes, how it is written down, and how one that broke off is gone on with.

The app says where it is written. A strategy is a function of its attempts, so that whoever has the attempts has the
probe.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from widgets.model.attempt import ProbeStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from widgets.model.attempt import Attempt, Step, Strategy, Verdict
    from widgets.model.pace import Past

    from .settings import Settings


class Watch(Protocol):
    """A spectator of a probe, called in the thread of the probe."""

    def on_step(self, step: Step) -> None:
        """The step that was chosen, before it is waited for."""

    def on_tick(self, remaining: float) -> None:
        """Seconds that remain until the next request, about five times a second."""

    def on_asking(self, number: int) -> None:
        """The number of the attempt whose request is being sent."""

    def on_attempt(self, attempt: Attempt) -> None:
        """The attempt, before the strategy is asked for the next step."""


class Listener:
    """A spectator that only hears of attempts."""

    def __init__(self, on_attempt: Callable[[Attempt], None] | None = None) -> None:
        self._on_attempt = on_attempt

    def on_step(self, step: Step) -> None:
        """Nothing."""

    def on_tick(self, remaining: float) -> None:
        """Nothing."""

    def on_asking(self, number: int) -> None:
        """Nothing."""

    def on_attempt(self, attempt: Attempt) -> None:
        """Pass it on."""
        if self._on_attempt is not None:
            self._on_attempt(attempt)


class Journal(Protocol):
    """Where one probe is written.

    Attributes:
        id: By which the probe is found again; empty where it is not written anywhere.
        known: What was written before.
        since: Seconds since the probe began, pauses included.
        trouble: A sentence on what could not be written, or nothing.
    """

    @property
    def id(self) -> str: ...  # noqa: D102 - said above
    @property
    def known(self) -> Past: ...  # noqa: D102
    @property
    def since(self) -> float: ...  # noqa: D102
    @property
    def trouble(self) -> str: ...  # noqa: D102

    def asking(self, step: Step, number: int) -> None:
        """Write that request `number` is about to be sent; raise what ends the probe."""

    def add(self, step: Step, attempt: Attempt) -> None:
        """Write an attempt; the next request is sent only after this has returned."""

    def finish(self, verdict: Verdict) -> None:
        """Write the verdict."""


class Feed(Protocol):
    """A probe that somebody else makes, to read."""

    def more(self, after: int) -> Past:
        """What came after attempt number `after`."""

    def verdict(self) -> Verdict | None:
        """What it ended in, or `None`."""

    def broken_off(self) -> BrokenOff | None:
        """What can be gone on with, where nobody makes that probe any more."""


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """An earlier probe of the same target that has no verdict.

    Attributes:
        id: Of that probe.
        settings: What it was started with; headers are not written anywhere, so they are those of now.
        count: Of its attempts.
        when: Its last request was sent, as a moment in words: `27 November, 07:31`.
    """

    id: str
    settings: Settings
    count: int
    when: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The newest probe of a target, where a person has stopped it.

    Attributes:
        id: Of that probe.
        settings: What it was started with, and the headers of now.
        count: Of its attempts.
        when: It was stopped, as a moment in words: `27 November, 07:31`.
    """

    id: str
    settings: Settings
    count: int
    when: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody else probes the same target now.

    Attributes:
        who: They are.
        feed: Of their probe.
        end: Ends their probe before its next request: a page that was lost may go on with one that nobody sees.
    """

    who: str
    feed: Feed
    end: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why the probe cannot be made as it was asked for, and what to do, in a sentence."""

    sentence: str


Opened: TypeAlias = "Journal | BrokenOff | Elsewhere | Hindrance"


class Journals(Protocol):
    """Opens journals."""

    def open(
        self, url: str, settings: Settings, *, probe: str = "", anew: bool = False, known: Past = (), since: float = 0.0
    ) -> AbstractContextManager[Opened]:
        """Open the journal of a probe, or say why not.

        Args:
            url: The address.
            settings: What the probe is started with.
            probe: The id of the probe that is gone on with; empty for a new one.
            anew: Whether a new one shall be begun although an earlier one broke off.
            known: What is known of an earlier probe that was not written anywhere, and gone on with.
            since: Seconds since that one began.
        """

    def earlier(self, url: str, settings: Settings) -> BrokenOff | Stopped | None:
        """A probe of that target that has not come to its end, and that can be gone on with; nothing is asked."""


@dataclass(slots=True)
class Unwritten:
    """The journal of a probe that is not written anywhere."""

    known: Past = ()
    since: float = 0.0
    trouble: str = ""
    id: str = field(default="", init=False)

    def asking(self, step: Step, number: int) -> None:
        """Nothing."""

    def add(self, step: Step, attempt: Attempt) -> None:
        """Nothing."""

    def finish(self, verdict: Verdict) -> None:
        """Nothing."""


class NoJournals:
    """Writes nothing: for public mode, where visitors do not know each other."""

    def open(
        self, url: str, settings: Settings, *, probe: str = "", anew: bool = False, known: Past = (), since: float = 0.0
    ) -> AbstractContextManager[Opened]:
        """A journal that is not written."""
        del url, settings, probe, anew
        return nullcontext(Unwritten(known, since))

    def earlier(self, url: str, settings: Settings) -> None:
        """None: it is not known what was probed before."""
        del url, settings


class Recorder:
    """A `Watch` that writes down what happens before anything else is told or done.

    Args:
        journal: Where it is written.
        watch: Told after it was written.
        tell: Told once, and as soon as it is known, why something could not be written.
    """

    def __init__(self, journal: Journal, watch: Watch, tell: Callable[[str], None] = lambda _: None) -> None:
        self._journal, self._watch, self._tell = journal, watch, tell
        self._told = ""
        self._step: Step

    def on_step(self, step: Step) -> None:
        """Pass it on."""
        self._step = step
        self._watch.on_step(step)

    def on_tick(self, remaining: float) -> None:
        """Pass it on."""
        self._watch.on_tick(remaining)

    def on_asking(self, number: int) -> None:
        """Write that a request is about to be sent."""
        self._journal.asking(self._step, number)
        self._tell_trouble()
        self._watch.on_asking(number)

    def on_attempt(self, attempt: Attempt) -> None:
        """Write it down."""
        self._journal.add(self._step, attempt)
        self._tell_trouble()
        self._watch.on_attempt(attempt)

    def _tell_trouble(self) -> None:
        if self._journal.trouble != self._told:
            self._told = self._journal.trouble
            self._tell(self._told)


def replayed(plan: Strategy, known: Sequence[Attempt]) -> Strategy:
    """A strategy that has been told what is known, and goes on from there."""
    try:
        step = next(plan)
        for attempt in known:
            step = plan.send(attempt)
        while True:
            try:
                attempt = yield step
            except ProbeStoppedError:
                step = plan.throw(ProbeStoppedError)  # a verdict that stands ends it
            else:
                step = plan.send(attempt)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict
    finally:
        plan.close()
