"""A probe that stores as it goes and resumes what broke off: `python -m tests.pace.prober STORE URL`.

It is killed at random moments by `test_kill`, and started again until there is a verdict.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from widgets.pace import PaceStore
from widgets.probe import Attempt, Budget, Goal, Step
from widgets.probe.asker import Asker
from widgets.probe.runner import follow
from widgets.probe.strategies import doubling
from widgets.probe.watch import Listener

if TYPE_CHECKING:
    from widgets.pace.log import ProbeLog
    from widgets.probe.attempt import Strategy


class Recorder(Listener):
    """The watch of a stored probe: what `app` puts in front of the page's own."""

    def __init__(self, log: ProbeLog) -> None:
        super().__init__()
        self._log, self._step = log, Step(0.0, "hello")

    def on_step(self, step: Step) -> None:
        self._step = step

    def on_asking(self, number: int) -> None:
        self._log.asking(self._step, number)

    def on_attempt(self, attempt: Attempt) -> None:
        self._log.add(self._step, attempt)


def replayed(plan: Strategy, known: list[Attempt]) -> Strategy:
    """A strategy that was told what is known, and goes on from there."""
    step = next(plan)
    for attempt in known:
        step = plan.send(attempt)
    answer = yield step
    while True:
        try:
            answer = yield plan.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def main(place: str, url: str) -> None:
    with PaceStore(place) as store:
        target = store.target(url)
        broken = store.probes.unfinished(target)
        with store.lease(target, "prober", seconds=0.2) as lease:
            log = store.resume(broken[0].id, lease=lease) if broken else store.begin(url, {}, lease=lease)
            known = [entry.attempt(Attempt) for entry in log.known]
            try:
                plan = replayed(doubling(Goal(), Budget(), needed=4), known)
                with Asker(url) as ask:
                    verdict = follow(
                        plan, ask, watch=Recorder(log), stop=threading.Event(), known=known, since=log.since
                    )
            except StopIteration as end:  # the verdict was reached, and not stored any more
                verdict = end.value
            log.finish(verdict)


if __name__ == "__main__":
    main(*sys.argv[1:])
