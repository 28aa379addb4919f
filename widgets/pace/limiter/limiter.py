"""Take the turn to send one request to a target. IO.

The invariant: **between the moment at which one request has been handed to the operating system and the moment at
which the next one begins to be, at least the pace passes**, on the clock of whoever sends the next one.

It is held by a lock per target that a sender keeps from its last look at the store until it has recorded that it sent:

1. wait, without the lock, until shortly before the request is due;
2. take the lock, look again, and shortly before the due moment store that a request is about to be sent (`open`);
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

- A **session that the server drops** (PostgreSQL; its restart too) gives its lock to another while its process lives.
  Only one of the two can record its request as open. Who finds one open waits until it has been sent, or its sender
  asks for its lock again and finds it lost: whoever is on deck for longer than planned does. What is recorded late
  changes nothing of another's turn.

What is left: a process that is stopped between its last look and its send, which are some microseconds apart, and whose
session is dropped meanwhile, sends when it goes on. No client can close that: the service knows nothing of turns.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.pace.errors import NotDue, PaceError, StoreError

from .schedule import SLACK, Schedule, early, lead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from widgets.model.pace import Target
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Turns
    from widgets.pace.store.send_lock import SendLock

STALE = 1.25
"""How many times as long as planned one is on deck before the lock is asked for again."""
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
        begun: How many requests had been begun at the pace that governs it.
        open: Whether the last one is begun and not yet recorded as sent.
        exact: Whether the last one was sent on this machine, so that the moment is the same for all who wait here.
    """

    moment: float
    wait: float
    keys: tuple[str, ...]
    begun: int = 0
    open: bool = False
    exact: bool = True


class Turn:
    """The right to send one request, now. Call `sent` when it has been handed to the operating system."""

    def __init__(self, store: PaceStore, opened: Mapping[str, int], lock: SendLock | None) -> None:
        self._store, self._opened, self._lock = store, opened, lock

    def sent(self) -> None:
        """Record that it has been sent by now, and let the next one come; once is enough.

        Raises:
            StoreError: When it cannot be recorded: then the next one waits longer.
        """
        lock, self._lock = self._lock, None
        if lock is None:
            return
        try:
            self._store.kept.close_turn(self._opened)
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
        self._store, self.target = store, target
        self._service = target.service.key
        self._schedule = schedule or Schedule(store.clock.id)
        self._last: tuple[Turns, ...] | None = None
        self._sent = threading.local()  # how long after the one before it the request of a thread was sent

    @property
    def governed(self) -> bool:
        """Whether anything holds a request back: a pace, or a service that said to stay away."""
        return self._due() is not None

    @property
    def paced(self) -> bool:
        """Whether a pace is kept for what is asked, or for the rest of its service."""
        due = self._due()
        return due is not None and bool(due.keys)

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
            self._store.kept.stamp(due.keys)

    def note(self, *, refused: bool | None, hold: float | None = None) -> None:
        """Count an answer; send nothing for `hold` seconds, or for a day where that is longer.

        `refused` is `None` where the answer says nothing about pace. An answer is noted in the thread that sent.

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
                spacing, self._sent.spacing = getattr(self._sent, "spacing", None), None
                told = hold if theirs else None
                kept.note(governing.key, refused=refused, hold=told, spacing=spacing if theirs else None)
            if hold is not None and not theirs:
                kept.hold(self.target, hold)
        except StoreError:
            if hold is not None:
                until = self._store.clock.now() + min(hold, LONGEST_AWAY)
                self._schedule.keep_away(self._service, until)
            raise

    def approach(self, patience: float, stop: threading.Event, came: int | None = None) -> Due | None:
        """Return shortly before the turn: what takes time and sends nothing, such as connecting, can be done then.

        Args:
            patience: The most seconds to wait for it.
            stop: Ends the wait.
            came: How many requests had been begun when one came to wait for this turn, where one has already.

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
            before = early(due.wait, passed(due, came)) if due.keys else 0.0
            if ahead <= before:
                break
            self._pause(min(ahead - before, look_again(due)), stop)
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
        end, came = clock.now() + patience, None
        while True:
            due = self.approach(end - clock.now(), stop, came)
            if due is None or not due.keys:
                return Turn(self._store, {}, None)
            came = due.begun if came is None else came
            lock = self._store.send_lock(due.keys)
            if not lock.acquire():
                # Whoever has it sends at the due moment: until then there is nothing to see. On another machine it may
                # be due sooner, and who sees it late is late the next time too.
                until = max(due.moment - clock.now(), 0.0) if due.exact else 0.0
                self._pause(until + tick(due.wait), stop)
                continue
            opened = None
            try:
                opened = self._settle(lock, due, came, stop)
            finally:
                if opened is None:
                    lock.release()
            if opened is not None:
                return Turn(self._store, opened, lock)

    def _settle(self, lock: SendLock, seen: Due, came: int, stop: threading.Event) -> dict[str, int] | None:
        """With the lock held: look again, store the request as open, and wait until it is due.

        Returns:
            For each key how many requests had been begun with this one; `None` where it is not its turn.
        """
        kept, clock = self._store.kept, self._store.clock
        while True:
            found = self._look()
            if counted(found) != seen.keys:
                return None  # a pace was kept, forgotten or given another scope meanwhile
            if left := {each.key: each.sends for each in found if each.open}:
                # Whoever opened it is dead, or has lost its session and will have sent it by then.
                self._pause(SLACK, stop)
                kept.close_turn(left)
                return None
            due = self._as_due(found)
            ahead = due.moment - clock.now()
            if ahead <= lead(due.wait):
                break
            if ahead > early(due.wait, passed(due, came)):
                return None
            self._pause(ahead - lead(due.wait), stop)
        opened, since = {each.key: each.sends + 1 for each in found if each.paced}, clock.now()
        if not kept.open_turn(opened):
            return None  # the lock was lost before that, and another has begun
        try:
            while (wait := due.moment - clock.now()) > 0:
                self._pause(wait, stop)
        except PaceError:
            # Nothing was sent: the stamp of now is later than the true one, and so only slower.
            kept.close_turn(opened)
            raise
        before, now = found[0], clock.now()
        known = before.sends > 0 and before.clock == clock.id and before.sent <= now
        self._sent.spacing = now - before.sent if known else None
        return opened if clock.now() - since <= STALE * lead(due.wait) or lock.held() else None

    def _due(self) -> Due | None:
        """When the next request is due; `None` where nothing governs it."""
        due = self._as_due(self._look())
        return None if not due.keys and due.moment == float("-inf") else due

    def _as_due(self, found: tuple[Turns, ...]) -> Due:
        moment = self._schedule.due(found, self._store.clock.now(), self._service)
        wait, begun = (found[0].wait, found[0].sends) if found else (0.0, 0)
        exact = all(each.clock == self._store.clock.id for each in found if each.paced)
        return Due(moment, wait, counted(found), begun, any(each.open for each in found), exact)

    def _look(self) -> tuple[Turns, ...]:
        self._last = found = self._store.kept.governing(self.target)
        return found

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        self._store.clock.wait(seconds, stop)
        if stop.is_set():
            raise PaceError("Stopped by you before the request was due; nothing was sent.")


def tick(wait: float) -> float:
    """Seconds between two looks at what somebody else is about to do."""
    return min(max(wait / 20, POLL[0]), POLL[1])


def look_again(due: Due) -> float:
    """Seconds after which one who waits looks at the store again.

    A request from another machine counts from when it was seen here to have been sent: whoever looks seldom sees it
    late. One that is open will have been sent soon.
    """
    if due.exact:
        return RECHECK
    return tick(due.wait) if due.open else min(max(due.wait / 8, POLL[1]), RECHECK)


def passed(due: Due, came: int | None) -> int:
    """By how many others one was passed over that came when so many requests had been begun."""
    return 0 if came is None else max(0, due.begun - came)


def counted(found: tuple[Turns, ...]) -> tuple[str, ...]:
    """The keys of the paces for which a request counts."""
    return tuple(each.key for each in found if each.paced)
