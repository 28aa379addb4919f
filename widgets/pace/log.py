"""The log of a probe: every request before it is sent, every answer before the next one. IO.

A probe that broke off is resumed by replaying its attempts into a fresh strategy. The step whose answer was not stored
any more is not sent again: it was sent, and counts as an attempt that failed.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from widgets.http.secrets import Scrubber, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.model.attempt import Attempt, Step, Verdict
    from widgets.model.pace import Evidence, Target

    from .lease import Lease
    from .store import PaceStore

T = TypeVar("T")

LOST = "the answer was lost: the probe broke off before it was stored"


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt as it is stored, with the step that asked for it; the fields are those of `Attempt` and `Step`."""

    number: int
    wait: float | None
    spacing: float | None
    started: float
    latency: float
    status: int | None
    headers: Mapping[str, str]
    error: str
    step_wait: float
    phase: str
    low: float | None
    high: float | None

    def attempt(self, make: Callable[..., T]) -> T:
        """The attempt, made by the given class."""
        names = ("number", "wait", "spacing", "started", "latency", "status", "headers", "error")
        return make(**{name: getattr(self, name) for name in names})

    def step(self, make: Callable[..., T]) -> T:
        """The step, made by the given class."""
        return make(wait=self.step_wait, phase=self.phase, low=self.low, high=self.high)


@dataclass(frozen=True, slots=True)
class StoredProbe:
    """What is stored of a probe besides its attempts.

    Attributes:
        id: Of the probe.
        target: What it asked.
        url: The address with its query; secrets are hidden.
        settings: What was given to `PaceStore.begin`.
        began: Epoch seconds.
        finished: Epoch seconds, or `None` while it runs and where it broke off.
        verdict: What it learned, or `None`.
    """

    id: str
    target: Target
    url: str
    settings: Mapping[str, Any]
    began: float
    finished: float | None
    verdict: Evidence | None


class ProbeLog:
    """Where one probe is written to as it goes.

    Attributes:
        id: Of the probe.
        known: The attempts that were stored when it was begun or resumed.
        since: Seconds since the probe began, pauses included.
    """

    def __init__(
        self, store: PaceStore, probe: StoredProbe, known: Sequence[Entry], secrets: Sequence[str], lease: Lease | None
    ) -> None:
        self.id, self.known = probe.id, tuple(known)
        self._store, self._target, self._lease = store, probe.target, lease
        self._scrubber = Scrubber(secrets)
        last = known[-1] if known else None
        # A wall clock that was set back must not let the probe begin in its own future.
        least = last.started + last.latency if last else 0.0
        self.since = max(least, store.clock.today() - probe.began)
        self._origin = store.clock.now() - self.since
        if lease is not None:
            lease.follow(self.id)

    @classmethod
    def begin(
        cls, store: PaceStore, target: Target, url: str, settings: str, secrets: Sequence[str], lease: Lease | None
    ) -> ProbeLog:
        """Begin a log; see `PaceStore.begin`."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        shown, plain = Scrubber(secrets).text(without_secrets(url)), json.loads(settings)
        new = StoredProbe(uuid.uuid4().hex, target, shown, plain, store.clock.today(), None, None)
        probes.begin(store.database, new, lease)
        return cls(store, new, (), secrets, lease)

    @classmethod
    def resume(cls, store: PaceStore, probe: str, secrets: Sequence[str], lease: Lease | None) -> ProbeLog:
        """Go on with a log; only its own attempts are loaded.

        Raises:
            KeyError: When there is no such probe.
            ValueError: When it has a verdict already.
        """
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        stored = probes.get(store.database, probe)
        if stored.finished is not None:
            raise ValueError("this probe has its verdict: begin a new one to measure again")
        probes.give_up(store.database, probe, lease, LOST)
        return cls(store, stored, probes.entries(store.database, probe), secrets, lease)

    def asking(self, step: Step, number: int) -> None:
        """Store that request `number` is about to be sent.

        Raises:
            LeaseLost: When another prober has taken over; then it must not be sent.
        """
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        self.check()
        started = self._store.clock.now() - self._origin
        probes.asking(self._store.database, self.id, step, number, started, self._lease)

    def check(self) -> None:
        """Make sure that the target is still this prober's.

        Raises:
            LeaseLost: When another prober has taken over.
        """
        if self._lease is not None:
            self._lease.check()

    def add(self, step: Step, attempt: Attempt) -> None:
        """Store an attempt; when this returns, not even a power cut can take it away.

        Raises:
            LeaseLost: When another prober has taken over.
        """
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        headers = json.dumps(self._scrubber.headers(attempt.headers))
        error = self._scrubber.text(attempt.error)
        probes.add(self._store.database, self.id, step, attempt, headers, error, self._lease)

    def finish(self, verdict: Verdict) -> None:
        """Store the verdict; the probe is over."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        probes.finish(self._store.database, self.id, verdict, self._store.clock.today(), self._lease)
