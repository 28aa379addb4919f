"""The faults: each is done to a crew once, for a moment, and undone."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from tests.history.arena import FAKED, LIBRARY, Crew, Disk, NotHereError, Server, Worker
from tests.history.checker import CALM

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

BIRTH = 30.0
"""Seconds until a new worker has sent something, at most."""

Fault = "Callable[[Crew, random.Random], None]"


def calm(crew: Crew, draw: random.Random) -> None:
    """Nothing."""


def stopped(crew: Crew, draw: random.Random) -> None:
    """SIGSTOP, and SIGCONT after up to half a second."""
    worker = draw.choice(crew.workers)
    _stop(worker)
    time.sleep(draw.uniform(0.005, 0.5))
    _go_on(worker)


def all_stopped(crew: Crew, draw: random.Random) -> None:
    """As when the machine sleeps: all at once; they wake one after the other."""
    for worker in crew.workers:
        _stop(worker)
    time.sleep(draw.uniform(0.1, 1.2))
    for worker in draw.sample(crew.workers, len(crew.workers)):
        _go_on(worker)
        time.sleep(draw.choice([0, 0.002]))


def killed(crew: Crew, draw: random.Random) -> None:
    """SIGKILL; the next one is killed when whoever took its place sends."""
    born = crew.replace(draw.choice(crew.workers))
    end = time.monotonic() + BIRTH
    while not born.log.exists() or not born.log.stat().st_size:
        if time.monotonic() > end or born.process.poll() is not None:
            return
        time.sleep(0.02)


def clock_stepped(crew: Crew, draw: random.Random) -> None:
    """The wall clock of one worker leaps by up to an hour, there and back."""
    _faked(crew).step(f"{draw.choice('+-')}{draw.randrange(1, 3600)}")
    time.sleep(draw.uniform(0.1, 0.6))
    _faked(crew).step("+0")


def clock_slewed(crew: Crew, draw: random.Random) -> None:
    """The wall clock of one worker runs at half or at twice its speed."""
    _faked(crew).step(draw.choice(["+0 x0.5", "+0 x2", "+0 x10"]))
    time.sleep(draw.uniform(0.3, 1))
    _faked(crew).step("+0")


def session_dropped(crew: Crew, draw: random.Random) -> None:
    """The server ends every session, those with a lock too."""
    _server(crew).drop_sessions()


def stopped_and_dropped(crew: Crew, draw: random.Random) -> None:
    """The server ends the sessions of a worker that is stopped, which may be on deck."""
    worker = draw.choice(crew.workers)
    _stop(worker)
    try:
        time.sleep(draw.uniform(0, 0.02))
        _server(crew).drop_sessions()
        time.sleep(draw.uniform(0, 0.7))
    finally:
        _go_on(worker)


def restarted(crew: Crew, draw: random.Random) -> None:
    """The server is stopped and started."""
    _server(crew).restart("fast")


def crashed(crew: Crew, draw: random.Random) -> None:
    """The server ends without a word, and recovers from its log."""
    _server(crew).restart("immediate")


def network_cut(crew: Crew, draw: random.Random) -> None:
    """One worker's connections to the store end at once, and no new one can be made."""
    line = _server(crew).line
    line.cut()
    time.sleep(draw.uniform(0.05, 1))
    line.mend()


def network_silent(crew: Crew, draw: random.Random) -> None:
    """One worker's connections to the store stay, and nothing comes through."""
    line = _server(crew).line
    line.silence()
    time.sleep(draw.uniform(0.05, 1.5))
    line.mend()


def read_only(crew: Crew, draw: random.Random) -> None:
    """The store can be read, and not written."""
    try:
        crew.store.protect(on=True)
        time.sleep(draw.uniform(0.1, 0.7))
    finally:
        crew.store.protect(on=False)


def disk_full(crew: Crew, draw: random.Random) -> None:
    """There is no room left for the store."""
    store = _disk(crew)
    try:
        store.fill()
        time.sleep(draw.uniform(0.1, 0.7))
    finally:
        store.make_room()


def writer_blocked(crew: Crew, draw: random.Random) -> None:
    """Another program keeps writing to the store."""
    with _disk(crew).writing():
        time.sleep(draw.uniform(0.1, 0.7))


FAULTS: dict[str, dict[str, Callable[[Crew, random.Random], None]]] = {
    "SQLite": {
        CALM: calm,
        "a process stopped and continued": stopped,
        "all processes stopped and continued": all_stopped,
        "a process killed": killed,
        "a wall clock stepped": clock_stepped,
        "a wall clock slewed": clock_slewed,
        "another writer": writer_blocked,
        "disk full": disk_full,
        "store read-only": read_only,
    },
    "PostgreSQL": {
        CALM: calm,
        "a process stopped and continued": stopped,
        "all processes stopped and continued": all_stopped,
        "a process killed": killed,
        "a wall clock stepped": clock_stepped,
        "a wall clock slewed": clock_slewed,
        "sessions dropped": session_dropped,
        "a process stopped, its session dropped": stopped_and_dropped,
        "server restarted": restarted,
        "server crashed": crashed,
        "network cut": network_cut,
        "network silent": network_silent,
        "store read-only": read_only,
    },
}
"""By store and name. In each a third of PostgreSQL's workers live on a monotonic clock of their own."""


def _stop(worker: Worker) -> None:
    os.kill(worker.process.pid, signal.SIGSTOP)


def _go_on(worker: Worker) -> None:
    os.kill(worker.process.pid, signal.SIGCONT)


def _faked(crew: Crew) -> Worker:
    if LIBRARY is None:
        raise NotHereError("libfaketime is not here (Debian: libfaketime)")
    return next(worker for worker in crew.workers if worker.place == FAKED)


def _server(crew: Crew) -> Server:
    assert isinstance(crew.store, Server)
    return crew.store


def _disk(crew: Crew) -> Disk:
    assert isinstance(crew.store, Disk)
    return crew.store
