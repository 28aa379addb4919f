"""What was seen that forbids a certificate, however many requests were accepted: each has its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.http.limits import read, sustained_wait

from ._conduct import pause_after
from ._longer import FALLING
from ._sentences import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from widgets.model.attempt import Attempt

    from ._trial import Trial

SLOWER = 1.05
"""From this ratio on a stated pace is slower than the one that was tested."""

RUNG = 6
"""Requests that a wait held for, and was refused then: neither far too short nor long enough."""

LADDER = 4
HELD = 48
"""So many such waits, one longer than the other, and so many requests in all: the limit may be rising."""

RISE = 1.1
"""What the last of them is in parts of the first one, at least."""


def doubts(attempts: Sequence[Attempt], trial: Trial) -> str:
    """The sentences on all that was seen against a certificate; empty where nothing was."""
    return " ".join(sentence for sentence in (*_longer_pause(attempts, trial), *_rising(trial.before)))


def slower_stated(attempts: Sequence[Attempt], trial: Trial) -> float | None:
    """The seconds between requests that the service itself states, where they are more than were tested."""
    for attempt in reversed(attempts):
        wait = sustained_wait(read(attempt.status, attempt.headers, now=0.0), trial.span)
        if wait is not None:
            return wait if wait > SLOWER * trial.tested else None
    return None


def _longer_pause(attempts: Sequence[Attempt], trial: Trial) -> Iterator[str]:
    """The service has asked for a pause that the evidence does not span."""
    pause = max(map(pause_after, attempts))
    if pause > trial.span:
        yield (
            f"It once asked to be left alone for {told(pause)} s (Retry-After), longer than this evidence "
            "spans: a quota over such a time may exist."
        )


def _rising(before: Sequence[Trial]) -> Iterator[str]:
    """Refusals went on, as often as before, while the wait grew: the limit itself may have been rising."""
    rungs = [trial for trial in before if trial.sent >= RUNG]
    if len(rungs) < LADDER or sum(trial.sent for trial in rungs) < HELD or rungs[-1].wait < RISE * rungs[0].wait:
        return
    half = len(rungs) // 2
    first, last = (len(part) / sum(trial.sent for trial in part) for part in (rungs[:half], rungs[half:]))
    if last >= FALLING * first:
        yield (
            f"Refusals did not get rarer while the wait grew from {rungs[0].wait:.3g} to {rungs[-1].wait:.3g} s: the "
            "limit was rising meanwhile, or something else than this pace causes some of them."
        )
