"""Long work in a daemon thread that can be stopped and whose failure is seen.

An exception in a thread of a kernel is invisible in Voila. A job turns it into a state like any other,
so that the panel which started it can show it, and logs it.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing has been started yet."""


@dataclass(frozen=True, slots=True)
class Running:
    """The work is under way."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The work raised `error`."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """The work returned `value`; a stopped job returns what it has."""

    value: T


State: TypeAlias = Idle | Running | Failed | Finished[T]


FAULT = "by a fault of the dashboard, of which its log says more"


def in_words(error: BaseException) -> str:
    """What an error says to people, within a sentence: its own words where it is one of ours, written for them.

    >>> in_words(KeyError("rows"))
    'by a fault of the dashboard, of which its log says more'
    """
    ours = type(error).__module__.partition(".")[0] == "widgets"
    return str(error).rstrip(".") if ours and str(error) else FAULT


class Job(Generic[T]):
    """One piece of work at a time, in a daemon thread.

    Args:
        work: Called in the thread with the Event that is set by `stop`. It waits with `event.wait(seconds)`, never
            with `sleep`, and returns what it has when the Event is set.
        on_state: Told each new state: `Running` in the thread of the caller of `start`, the last state in the
            thread of the work. When it raises, the error is logged.
    """

    def __init__(self, work: Callable[[threading.Event], T], on_state: Callable[[State[T]], None]) -> None:
        self.state: State[T] = Idle()
        self._work = work
        self._on_state = on_state
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether the work is under way."""
        return isinstance(self.state, Running)

    def start(self) -> bool:
        """Start the work and return at once; `False` when it is under way already (a second click)."""
        with self._lock:
            if self.running:
                return False
            # A new Event for each run: work of an earlier run that is slow to end must still see its own stop.
            self._stop = threading.Event()
            self.state = Running()
            told = threading.Event()
            thread = threading.Thread(target=self._run, args=(self._stop, told), daemon=True)
            thread.start()  # before anybody can see it, to whom a thread that is not started yet is an error
            self._thread = thread
        try:
            self._tell(self.state)
        finally:
            told.set()
        return True

    def stop(self) -> None:
        """Ask the work to end; returns at once."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the work has ended and its last state was told, at most `timeout` seconds.

        Where who was told has started it again, that is waited for as well, for as long again.
        """
        while (thread := self._thread) is not None:
            thread.join(timeout)
            if thread is self._thread:  # `running` does not say so: it is false until the last state was told
                return

    def _run(self, stop: threading.Event, told: threading.Event) -> None:
        told.wait()
        try:
            state: State[T] = Finished(self._work(stop))
        except BaseException as error:
            logger.exception("The job failed")
            state = Failed(error)
        self.state = state
        self._tell(state)

    def _tell(self, state: State[T]) -> None:
        try:
            self._on_state(state)
        except Exception:
            logger.exception("The job's state %r could not be shown", state)
