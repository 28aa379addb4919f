"""A probe that stores as it goes, resumes what broke off, and is killed at random moments until it has a verdict.

`python -m tests.pace.prober TIME LONGEST [STORE URL ACKNOWLEDGED KILLS]...` makes these probes at once. For each it
forks one life after the other from a process that has everything imported, so that a life costs milliseconds, kills
the first KILLS of them that it meets alive, and lets the last one end. Each is killed at a random moment of the LONGEST
seconds that follow its first step or one of its first two answers. It prints how many it killed in all. TIME is `real`,
or `virtual`: then waiting takes no time, and each request states when it is sent.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

import widgets.pace.store.paces
import widgets.pace.store.probes
import widgets.pace.store.send_lock  # noqa: F401 - so that no life has to load them
from widgets.pace import PaceStore
from widgets.pace.clock import MachineClock
from widgets.pace.errors import AlreadyProbed
from widgets.pace.store.schema import probes
from widgets.probe import Attempt, Budget, Goal, Step, Verdict
from widgets.probe.asker import Asker
from widgets.probe.recorder import Listener, replayed
from widgets.probe.run import follow
from widgets.probe.strategies import careful, quick

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.pace.store.lease import Lease
    from widgets.pace.store.probes import ProbeLog
    from widgets.probe.asker import Answer

LEASE = 0.1
"""Seconds for which the target stays with a life that was killed."""
LATENCY = 0.01
"""Seconds that an answer takes in virtual time."""
NOW = "X-Now"
"""The header by which the service in virtual time knows it."""
ATTEMPT = "X-Attempt"
"""The header by which the service's own log tells the attempts apart."""


class Recorder(Listener):
    """Stores everything, names each request to the service, and each stored attempt to a file that outlives it all."""

    def __init__(self, log: ProbeLog, asker: Asker, file: int, told: Callable[[], object]) -> None:
        super().__init__()
        self._log, self._asker, self._file, self._told = log, asker, file, told
        self._step = Step(0.0, "hello")

    def on_step(self, step: Step) -> None:
        self._step = step

    def on_asking(self, number: int) -> None:
        self._log.asking(self._step, number)
        self._asker._headers[ATTEMPT] = f"{self._log.id} {number}"

    def on_attempt(self, attempt: Attempt) -> None:
        self._log.add(self._step, attempt)
        os.write(self._file, f"{self._log.id} {attempt.number} {attempt.status}\n".encode())
        self._told()


STRATEGY = {"real": quick, "virtual": careful}
"""A certificate takes a hundred waits: that is for where waiting takes no time."""


def verdict_of_replay(time_: str, known: list[Attempt]) -> Verdict:
    """What the strategy says of these attempts when it is told them in one go."""
    plan = replayed(STRATEGY[time_](Goal(), Budget()), known)
    try:
        step = next(plan)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict
    raise AssertionError(f"the strategy wants another attempt: {step}")


class VirtualClock:
    """A clock that only waiting moves. Each life has its own, as after a restart of the machine."""

    def __init__(self) -> None:
        self.id, self.shared, self.time = f"life {os.getpid()}", True, 0.0

    def now(self) -> float:
        return self.time

    def today(self) -> float:
        return 1.8e9

    def wait(self, seconds: float, stop: threading.Event) -> None:
        self.time += max(seconds, 1e-9)  # a real clock goes on by itself, however little is waited for


def asking(asker: Asker, clock: VirtualClock | MachineClock, since: float) -> Callable[[threading.Event], Answer]:
    """How the prober asks; in virtual time it says when, and an answer takes always as long."""
    if isinstance(clock, MachineClock):
        return asker
    began = clock.time - since

    def ask(stop: threading.Event) -> Answer:
        asker._headers[NOW] = repr(clock.time - began)
        answer = asker(stop)
        clock.time += LATENCY
        return replace(answer, latency=LATENCY)

    return ask


def live(place: str, url: str, acknowledged: str, time_: str, told: Callable[[], object]) -> None:
    """One life: go on with the probe that broke off, or begin it; up to the verdict."""
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    clock = VirtualClock() if time_ == "virtual" else MachineClock()
    with PaceStore(place, clock=clock) as store, leased(store, url) as lease:
        if has_verdict(store, lease):  # the life before was killed after its last word
            return
        log = opened(store, url, lease)
        known = [attempt for _, attempt in log.known]
        with Asker(url) as asker:
            watch = Recorder(log, asker, file, told)
            plan, ask = replayed(STRATEGY[time_](Goal(), Budget()), known), asking(asker, clock, log.since)
            told()
            log.finish(follow(plan, ask, clock=clock, watch=watch, known=known, since=log.since))


def has_verdict(store: PaceStore, lease: Lease) -> bool:
    mine = (probes.c.target == lease.target.key) & probes.c.verdict.is_not(None)
    with store.database.read() as connection:
        return connection.scalar(select(probes.c.id).where(mine)) is not None


def opened(store: PaceStore, url: str, lease: Lease) -> ProbeLog:
    """As the page does it: a probe without an answer has nothing to go on with, and makes way for a new one."""
    for broken in store.probes.unfinished(lease.target):
        if store.probes.count(broken.id):
            return store.resume(broken.id, lease=lease)
    store.probes.close(lease.target, lease)
    return store.begin(url, {}, lease=lease)


def leased(store: PaceStore, url: str) -> Lease:
    """The lease, as soon as that of the killed life before has ended."""
    while True:
        try:
            return store.lease(store.target(url), "prober", seconds=LEASE)
        except AlreadyProbed:
            time.sleep(0.01)


def born(place: str, url: str, acknowledged: str, time_: str) -> tuple[int, int]:
    """Begin a life: its process, and where it says a byte when it begins to ask and after each stored attempt."""
    reading, writing = os.pipe()
    life = os.fork()
    if not life:
        live(place, url, acknowledged, time_, lambda: os.write(writing, b"!"))
        os._exit(0)
    os.close(writing)
    return life, reading


def lives(place: str, url: str, acknowledged: str, time_: str, kills: int, seed: int, longest: float) -> int:
    """One life after the other, until one ends by itself; how many were killed."""
    draw, killed = random.Random(seed), 0  # noqa: S311 - when a life ends
    while True:
        life, reading = born(place, url, acknowledged, time_)
        if killed < kills:
            for _ in range(draw.randrange(1, 4)):
                os.read(reading, 1)
            time.sleep(draw.uniform(0, longest))
            os.kill(life, signal.SIGKILL)  # of one that has ended already this is no kill
        code = os.waitstatus_to_exitcode(os.waitpid(life, 0)[1])
        os.close(reading)
        if code != -signal.SIGKILL:
            assert code == 0, f"a life ended with {code}"
            return killed
        killed += 1


def main(time_: str, longest: float, probes_: list[str]) -> int:
    """Make the probes, each in a process of its own; how many lives were killed in all."""
    reading, writing = os.pipe()
    made = []
    for seed, first in enumerate(range(0, len(probes_), 4)):
        place, url, acknowledged, kills = probes_[first : first + 4]
        made.append(os.fork())
        if not made[-1]:
            os.write(writing, b"!" * lives(place, url, acknowledged, time_, int(kills), seed, longest))
            os._exit(0)
    os.close(writing)
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in made]
    assert not any(codes), codes
    return len(os.read(reading, 65536))


if __name__ == "__main__":
    sys.stdout.write(str(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])))
