"""Take the turn to send one request to a target. IO.

The invariant: **between the moment at which one request has been handed to the operating system and the moment at
which the next one begins to be, at least the pace passes**, on the clock of whoever sends the next one.

It is held by a lock per target that a sender keeps from its last look at the store until it has recorded that it sent:

1. wait, without the lock, until shortly before the request is due;
2. take the lock, look again, and store that a request is about to be sent (`open`);
3. wait for the due moment, look at the clock once more, send, and store when it *had been* sent;
4. give the lock back, as soon as the request has been sent: nobody waits for its answer.

A request counts for every pace that its target is a part of: it takes the locks of all of them, in one order, and
stamps all; only the narrowest says how long to wait.

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

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.pace.errors import NotDue, PaceError, StoreError

from .schedule import Schedule, lead

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from widgets.model.pace import Target
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Turns
    from widgets.pace.store.send_lock import SendLock

STALE = 1.0
"""Seconds on deck after which the lock is asked for again."""
POLL = (0.001, 0.1)
"""The least and the most seconds between two tries to take a lock that another sender has."""
RECHECK = 5.0
"""Seconds after which one who waits looks at the store again: the pace may have been changed or forgotten."""
LONGEST_AWAY = 86_400.0
"""Seconds that one keeps away at most when the store cannot be told."""


@dataclass(frozen=True, slots=True)
class Due:
    """When the next request may be sent.

    Attributes:
        moment: On the store's clock.
        wait: The pace; 0 where none is kept.
        keys: Of the paces for which the request counts.
    """

    moment: float
    wait: float
    keys: tuple[str, ...]


class Turn:
    """The right to send one request, now. Call `sent` when it has been handed to the operating system."""

    def __init__(self, store: PaceStore, keys: tuple[str, ...], lock: SendLock | None) -> None:
        self._store, self._keys, self._lock = store, keys, lock

    def sent(self) -> None:
        """Record that it has been sent by now, and let the next one come; once is enough.

        Raises:
            StoreError: When it cannot be recorded: then the next one waits longer.
        """
        lock, self._lock = self._lock, None
        if lock is None:
            return
        try:
            self._store.kept.close_turn(self._keys)
        finally:
            lock.release()


class Limiter:
    """Takes turns for one target; several threads may use one.

    Args:
        store: Where the turns are shared.
        target: What is asked, and by whom.
        schedule: Of the process, or the session; its own unless given.
    """

    def __init__(self, store: PaceStore, target: Target, schedule: Schedule | None = None) -> None:
        self._store, self._target = store, target
        self._service = target.service.key
        self._schedule = schedule or Schedule(store.clock.id)
        self._last: tuple[Turns, ...] | None = None

    @property
    def governed(self) -> bool:
        """Whether anything holds a request back: a pace, or a service that said to stay away."""
        return self._due() is not None

    def due_in(self) -> float:
        """Seconds until a request may be sent, as things stand; 0 when it is due, or when nothing governs it."""
        due = self._due()
        return 0.0 if due is None else max(0.0, due.moment - self._store.clock.now())

    def wait_now(self) -> float:
        """Seconds between the starts of two requests, stretched after refusals; 0 where no pace is kept."""
        due = self._due()
        return 0.0 if due is None else due.wait

    def stamp(self) -> None:
        """Record a request that a person had sent out of turn: the next one is due a whole pace after now."""
        due = self._due()
        if due is not None and due.keys:
            self._store.kept.open_turn(due.keys)
            self._store.kept.close_turn(due.keys)

    def note(self, *, refused: bool, hold: float | None = None) -> None:
        """Count an answer; send nothing for `hold` seconds, or for a day where that is longer.

        Where no pace is kept for what was asked, a `hold` is of the whole service.

        Raises:
            StoreError: When the store cannot be used; this process keeps away all the same.
        """
        try:
            kept = self._store.kept
            found = self._look() if self._last is None else self._last
            governing = next((each for each in found if each.paced), None)
            theirs = governing is not None and governing.fits
            if governing is not None:
                kept.note(governing.key, refused=refused, hold=hold if theirs else None)
            if hold is not None and not theirs:
                kept.hold(self._target, hold)
        except StoreError:
            if hold is not None:
                until = self._store.clock.now() + min(hold, LONGEST_AWAY)
                self._schedule.keep_away(self._service, until)
            raise

    def approach(self, patience: float, stop: threading.Event) -> Due | None:
        """Return shortly before the turn: what takes time and sends nothing, such as connecting, can be done then.

        Returns:
            When the request is due; `None` where nothing governs it.

        Raises:
            NotDue: When it lies more than `patience` seconds ahead.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        clock = self._store.clock
        end = clock.now() + patience
        while (due := self._due()) is not None:
            ahead = due.moment - clock.now()
            if due.moment > end:
                raise NotDue(
                    f"The next request is due in {ahead:.3g} s, later than the {patience:.3g} s that this session "
                    "waits at most; nothing was sent. Wait, or give the session more patience.",
                    ahead,
                )
            # What is only held has no turns that others wait for.
            early = lead(due.wait) if due.keys else 0.0
            if ahead <= early:
                break
            self._pause(min(ahead - early, RECHECK), stop)
        return due

    @contextmanager
    def sending(self, patience: float, stop: threading.Event) -> Iterator[Turn]:
        """The turn itself: what is sent inside is sent no sooner than the pace allows.

        Raises:
            NotDue: When it lies more than `patience` seconds ahead.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        turn = self._on_deck(patience, stop)
        try:
            yield turn
        finally:
            turn.sent()

    def _on_deck(self, patience: float, stop: threading.Event) -> Turn:
        """Hold the lock, with the request stored as open and due."""
        clock = self._store.clock
        end = clock.now() + patience
        while True:
            due = self.approach(end - clock.now(), stop)
            if due is None or not due.keys:
                return Turn(self._store, (), None)
            lock = self._store.send_lock(due.keys)
            if not lock.acquire():
                # Whoever has it sends at the due moment: until then there is nothing to see.
                tick = min(max(due.wait / 20, POLL[0]), POLL[1])
                self._pause(max(due.moment - clock.now(), 0.0) + tick, stop)
                continue
            ready = False
            try:
                ready = self._settle(lock, due.keys, stop)
            finally:
                if not ready:
                    lock.release()
            if ready:
                return Turn(self._store, due.keys, lock)

    def _settle(self, lock: SendLock, keys: tuple[str, ...], stop: threading.Event) -> bool:
        """With the lock held: look again, store the request as open, and wait until it is due."""
        kept, clock = self._store.kept, self._store.clock
        found = self._look()
        if counted(found) != keys:
            return False  # a pace was kept, forgotten or given another scope meanwhile
        if left := [each.key for each in found if each.open]:
            # Whoever opened it is dead, since the lock was free: it may have sent just before.
            kept.close_turn(left)
            return False
        due = self._schedule.due(found, clock.now(), self._service)
        if due - clock.now() > lead(found[0].wait):
            return False
        kept.open_turn(keys)
        opened = clock.now()
        try:
            while (wait := due - clock.now()) > 0:
                self._pause(wait, stop)
        except PaceError:
            # Nothing was sent: the stamp of now is later than the true one, and so only slower.
            kept.close_turn(keys)
            raise
        return clock.now() - opened <= STALE or lock.held()

    def _due(self) -> Due | None:
        """When the next request is due; `None` where nothing governs it."""
        found = self._look()
        moment = self._schedule.due(found, self._store.clock.now(), self._service)
        if not found and moment == float("-inf"):
            return None
        return Due(moment, found[0].wait if found else 0.0, counted(found))

    def _look(self) -> tuple[Turns, ...]:
        self._last = found = self._store.kept.governing(self._target)
        return found

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        self._store.clock.wait(seconds, stop)
        if stop.is_set():
            raise PaceError("Stopped by you before the request was due; nothing was sent.")


def counted(found: tuple[Turns, ...]) -> tuple[str, ...]:
    """The keys of the paces for which a request counts."""
    return tuple(each.key for each in found if each.paced)
