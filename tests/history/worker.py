"""One of many senders: `python -m tests.history.worker SETTINGS`, which is JSON with the fields of `Settings`.

It asks each address from as many threads as are wanted, again and again, until it is ended, and writes a line for each
request: target, number, when it began to wait, when it was over, and the status; 0 where nothing was sent.

Two workers are wrong on purpose, to see whether the checker finds them: one keeps the pace alone, without the lock and
the turns of the others, and one believes its wall clock.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from tests.history.checker import UNTOLD
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.clock import MachineClock
from widgets.pace.store.paces import Paces, Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Target
    from widgets.pace.store.queue import Place

REST = 0.02
"""Seconds between two tries when the store cannot be used."""
TIMEOUT = 20


@dataclass(frozen=True)
class Settings:
    """What a worker is to do.

    Attributes:
        store: The URL of the store.
        urls: For each target its number and address.
        life: The number that names this process.
        threads: For each target.
        log: Where its lines go.
        planted: `alone` or `believed`, or nothing.
    """

    store: str
    urls: Sequence[tuple[int, str]]
    life: int
    threads: int
    log: str
    planted: str = ""


class BelievedClock(MachineClock):
    """Stamps with a clock that can be set."""

    @property
    def id(self) -> str:
        return "wall"

    def now(self) -> float:
        return time.time()


class Untold(logging.Handler):
    """Notes of which answer the store could not be told, so that what it said is known to this process only."""

    here = threading.local()

    @classmethod
    def watch(cls) -> None:
        """Note when each thread last looked at the store."""
        real = Paces.governing

        def governing(self: Paces, target: Target, place: Place | None = None) -> tuple[Turns, ...]:
            cls.here.looked = time.monotonic_ns()
            return real(self, target, place)

        Paces.governing = governing  # type: ignore[method-assign]

    def emit(self, record: logging.LogRecord) -> None:
        self.here.untold = True


def alone(store: PaceStore, settings: Settings) -> PaceStore:
    """A store of its own with the same paces."""
    own = PaceStore(f"sqlite:///{settings.log}.sqlite")
    for _, url in settings.urls:
        pace = store.pace(url)
        assert pace
        own.keep(url, pace.wait)
    return own


def ask(session: PacedSession, settings: Settings, target: int, url: str, numbers: Sequence[int], out: int) -> None:
    for number in numbers:
        began, Untold.here.untold, Untold.here.looked = time.monotonic_ns(), False, 0
        try:
            status = session.get(f"{url}?life={settings.life}&number={number}", timeout=TIMEOUT).status_code
        except NotSent:
            status = 0
        except requests.RequestException:
            status = -1
        status += UNTOLD * Untold.here.untold
        line = f"{target} {settings.life} {number} {began} {time.monotonic_ns()} {status} {Untold.here.looked}\n"
        os.write(out, line.encode())
        if status <= 0:
            # libfaketime makes `sleep` fail; this wait is on the clock that it leaves alone.
            threading.Event().wait(REST)


def asking(*arguments: Any) -> None:
    """Let no thread die unseen."""
    try:
        ask(*arguments)
    except BaseException:  # noqa: BLE001 - it is told, and ends the process
        traceback.print_exc()
        os._exit(1)


def main(settings: Settings) -> None:
    store = PaceStore(settings.store, clock=BelievedClock() if settings.planted == "believed" else None)
    if settings.planted == "alone":
        store = alone(store, settings)
    logging.getLogger("widgets.pace.limiter.session").addHandler(Untold())
    Untold.watch()
    out = os.open(settings.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    session = PacedSession(store)
    for target, url in settings.urls:
        for thread in range(settings.threads):
            numbers = range(thread, 10**9, settings.threads)
            arguments = (session, settings, target, url, numbers, out)
            threading.Thread(target=asking, args=arguments, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(Settings(**json.loads(sys.argv[1])))
