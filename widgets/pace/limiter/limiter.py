"""Take the turn to send one request to a target. IO.

The invariant: **between the moment at which one request has been handed to the operating system and the moment at
which the next one begins to be, at least the pace passes**, on the clock of whoever sends the next one.

It is held by a lock per target that a sender keeps from its last look at the store until it has recorded that it sent:

1. wait, without the lock, until shortly before the request is due;
2. take the lock, look again, and store that a request is about to be sent (`open`);
3. wait for the due moment, look at the clock once more, send, and store when it *had been* sent;
4. give the lock back.

- A process that is **stopped** anywhere keeps the lock: the others wait for it. When it goes on, it sends late; the
  next one is counted from then.
- A process that is **killed** loses the lock at its death, not before, and leaves `open` behind: it may have sent, at
  the latest just before the lock was free, so the next holder counts the pace from the moment at which it got the lock.
- A **clock that is stepped** is not looked at: only monotonic clocks are, and a stamp of another machine or an earlier
  boot counts from when it was first seen (`schedule`).
- A **store that goes away** ends step 2, or leaves `open` behind in step 3: either nothing is sent, or the next one
  waits longer.

What is left: with PostgreSQL the lock belongs to a session. Should the server drop the session of a process while it
is stopped, after its last look and before its send, another can be sent in between. `held()` is asked again whenever
the process was on deck for longer than `STALE`, so that only microseconds remain open to that.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from widgets.pace.errors import NotDue, PaceError

from .schedule import Schedule, lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Turns
    from widgets.pace.store.send_lock import SendLock

STALE = 1.0
"""Seconds on deck after which the lock is asked for again."""
POLL = (0.001, 0.1)
"""The least and the most seconds between two tries to take a lock that another sender has."""
RECHECK = 5.0
"""Seconds after which one who waits looks at the store again: the pace may have been changed or forgotten."""


class Limiter:
    """Takes turns for one target, in one process; several threads may use one.

    Args:
        store: Where the turns are shared.
        key: Of the target.
    """

    def __init__(self, store: PaceStore, key: str) -> None:
        self._store, self._key = store, key
        self._schedule = Schedule(store.clock.id)
        self._looking = threading.Lock()

    def due_in(self) -> float:
        """Seconds until a request may be sent, as things stand; 0 when it is due, or when no pace is kept."""
        due = self._due()
        return 0.0 if due is None else max(0.0, due[0] - self._store.clock.now())

    def wait_now(self) -> float:
        """Seconds between the starts of two requests, stretched after refusals; 0 where no pace is kept."""
        due = self._due()
        return 0.0 if due is None else due[1]

    def stamp(self) -> None:
        """Record a request that a person had sent out of turn: the next one is due a whole pace after now."""
        self._store.kept.open_turn(self._key)
        self._store.kept.close_turn(self._key)

    def note(self, *, refused: bool, hold: float | None = None) -> None:
        """Count an answer; send nothing for `hold` seconds.

        Raises:
            StoreError: When the store cannot be used; this process keeps away all the same.
        """
        if hold is not None:
            with self._looking:
                self._schedule.keep_away(self._store.clock.now() + hold)
        self._store.kept.note(self._key, refused=refused, hold=hold)

    def approach(self, patience: float, stop: threading.Event) -> tuple[float, float] | None:
        """Return shortly before the turn: what takes time and sends nothing, such as connecting, can be done then.

        Returns:
            When the request is due, on the store's clock, and the pace; `None` where no pace is kept.

        Raises:
            NotDue: When it lies more than `patience` seconds ahead.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        clock = self._store.clock
        end = clock.now() + patience
        while (due := self._due()) is not None:
            moment, wait = due
            ahead = moment - clock.now()
            if moment > end:
                raise NotDue(
                    f"The next request is due in {ahead:.3g} s, later than the {patience:.3g} s that this session "
                    "waits at most; nothing was sent. Wait, or give the session more patience.",
                    ahead,
                )
            if ahead <= lead(wait):
                break
            self._pause(min(ahead - lead(wait), RECHECK), stop)
        return due

    @contextmanager
    def sending(self, patience: float, stop: threading.Event) -> Iterator[None]:
        """The turn itself: what is sent inside is sent no sooner than the pace allows.

        Raises:
            NotDue: When it lies more than `patience` seconds ahead.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        lock = self._store.send_lock(self._key)
        if not self._on_deck(lock, patience, stop):
            yield  # the pace was forgotten meanwhile
            return
        try:
            yield
        finally:
            try:
                self._store.kept.close_turn(self._key)
            finally:
                lock.release()

    def _on_deck(self, lock: SendLock, patience: float, stop: threading.Event) -> bool:
        """Hold the lock, with the request stored as open and due; `False` where no pace is kept."""
        clock = self._store.clock
        end = clock.now() + patience
        while True:
            due = self.approach(end - clock.now(), stop)
            if due is None:
                return False
            if not lock.acquire():
                # Whoever has it sends at the due moment: until then there is nothing to see.
                tick = min(max(due[1] / 20, POLL[0]), POLL[1])
                self._pause(max(due[0] - clock.now(), 0.0) + tick, stop)
                continue
            ready = False
            try:
                ready = self._settle(lock, stop)
            finally:
                if not ready:
                    lock.release()
            if ready:
                return True

    def _settle(self, lock: SendLock, stop: threading.Event) -> bool:
        """With the lock held: look again, store the request as open, and wait until it is due."""
        store, clock = self._store, self._store.clock
        turns = store.kept.turns(self._key)
        if turns is None:
            return False
        if turns.open:
            # Whoever opened it is dead, since the lock was free: it may have sent just before.
            store.kept.close_turn(self._key)
            return False
        due = self._moment(turns)
        if due - clock.now() > lead(turns.wait):
            return False
        store.kept.open_turn(self._key)
        opened = clock.now()
        try:
            while (left := due - clock.now()) > 0:
                self._pause(left, stop)
        except PaceError:
            # Nothing was sent: the stamp of now is later than the true one, and so only slower.
            store.kept.close_turn(self._key)
            raise
        return clock.now() - opened <= STALE or lock.held()

    def _due(self) -> tuple[float, float] | None:
        """When the next request is due, and the pace; `None` where none is kept."""
        turns = self._store.kept.turns(self._key)
        return None if turns is None else (self._moment(turns), turns.wait)

    def _moment(self, turns: Turns) -> float:
        with self._looking:
            return self._schedule.due(turns, self._store.clock.now())

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        self._store.clock.wait(seconds, stop)
        if stop.is_set():
            raise PaceError("Stopped by you before the request was due; nothing was sent.")
