"""Take the turn to send one request to a target. IO.

The invariant: **between the moment at which one request has been handed to the operating system and the moment at
which the next one begins to be, at least the pace passes**, on the clock of whoever sends the next one.

It is held by a lock per target that a sender keeps from its last look at the store until it has recorded that it sent:

1. wait, without the lock, until shortly before the request is due;
2. take the lock, look again, and shortly before the due moment store that a request is about to be sent (`open`);
3. wait for the due moment, look at the clock once more, send, and store when it *had been* sent;
4. give the lock back, as soon as the request has been sent: nobody waits for its answer.

Who wants the lock and finds others before it takes a place in the store's queue, and asks again when those who came
before have sent. The queue is for fairness alone: it lets nobody send whom the lock and the clock do not.

A request counts for every pace that its target is a part of: it takes the locks of all of them, in one order, and
stamps all; only the narrowest says how long to wait.

- A process that is **stopped** anywhere keeps the lock: the others wait for it. When it goes on, it sends late; the
  next one is counted from then.
- A process that is **killed** loses the lock at its death, not before, and leaves `open` behind: it may have sent, at
  the latest just before the lock was free, so the next holder counts the pace from the moment at which it got the lock.
  If it was waiting, it leaves its places in the queue behind: whoever comes next passes them over after a moment.
- A **clock that is stepped** is not looked at: only monotonic clocks are, and a stamp of another machine or an earlier
  boot counts from when it was first seen (`schedule`).
- A **store that goes away** ends step 2, or leaves `open` behind in step 3: either nothing is sent, or the next one
  waits longer.

- A **session that the server drops** (PostgreSQL; its restart too) gives its lock to another while its process lives.
  Only one of the two can record its request as open. Who finds one open waits until it has been sent, or its sender
  asks for its lock again and finds it lost: whoever is on deck for longer than planned does. What is recorded late
  changes nothing of another's turn. Of one user on one machine nobody else gets the lock: they hold one of the
  operating system too (`send_lock`).

What is left: a process that is stopped between its last look and the first byte that it sends, and whose session is
dropped meanwhile, sends when it goes on, whatever another machine does. No client can close that: the service knows
nothing of turns.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from widgets.model.quantity import as_span, as_wait
from widgets.pace.errors import AT_MOST, PATIENTLY, NotDue, PaceError, StoreError

from .schedule import SLACK, Schedule, lead
from .waiting import POLL, Due, Line, starving, tick

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from widgets.model.pace import Target
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Turns
    from widgets.pace.store.send_lock import SendLock

STALE = 1.25
"""How many times as long as planned one is on deck before the lock is asked for again."""
ASKS = 3
"""How often it is asked for at most: one whose store takes longer than that for each answer would never send."""
RECHECK = 5.0
"""Seconds after which one who waits looks at the store again: the pace may have been changed or forgotten."""
LONGEST_AWAY = 86_400.0
"""Seconds that one keeps away at most when the store cannot be told."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a service said once of staying away.

    Attributes:
        key: Of the row of turns where it is kept.
        clock: The id of the clock of `since`; empty where it is kept in this process alone.
        since: When it said so; where it is kept in this process alone, when it ends.
        seconds: For how long.
    """

    key: str
    clock: str
    since: float
    seconds: float


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

    def held(self, but: Collection[Hold] = ()) -> tuple[float, tuple[str, ...]]:
        """For how long the service said to stay away, whatever the pace, and where that is kept.

        Args:
            but: What is left out, as `keep_away` gave it.

        Returns:
            Seconds, 0 where nothing is held, and the keys of the rows of turns that may hold it.
        """
        now = self._store.clock.now()
        found = [each for each in self._look() if _hold(each) not in but]
        away = Hold(self._service, "", self._schedule.away(self._service), 0.0)
        moments = [self._schedule.free(each, now) for each in found]
        if away not in but:
            moments.append(away.since)
        return max(0.0, *(each - now for each in moments)) if moments else 0.0, tuple(each.key for each in found)

    def keep_away(self, hold: float) -> frozenset[Hold]:
        """Send nothing for `hold` seconds, and count nothing; see `note`.

        Returns:
            What is held by that, for `held`; nothing where what others were told meanwhile ends later.
        """
        since, away = self._store.clock.now(), self._schedule.away(self._service)
        try:
            before = {_hold(each) for each in self._look()}
            self.note(refused=None, hold=hold)
            rows = {_hold(each) for each in self._look()} - before
        except StoreError:
            until = self._schedule.away(self._service)
            return frozenset({Hold(self._service, "", until, 0.0)} if until != away else ())
        here, now = self._store.clock.id, self._store.clock.now()
        return frozenset(each for each in rows if each.clock == here and since <= each.since <= now)

    def wait_now(self) -> float:
        """Seconds between the starts of two requests, stretched after refusals; 0 where no pace is kept."""
        due = self._due()
        return 0.0 if due is None else due.wait

    def stamp(self) -> None:
        """Record a request that a person had sent out of turn: the next one is due a whole pace after now."""
        due = self._due()
        if due is not None and due.keys:
            self._store.kept.stamp(due.keys)

    def note(self, *, refused: bool | None, hold: float | None = None, shortens: bool = False) -> None:
        """Count an answer; send nothing for `hold` seconds, or for a day where that is longer.

        `refused` is `None` where the answer says nothing about pace. An answer is noted in the thread that sent.
        With `shortens` a learnt pace that is kept for what was asked may be tried shorter (see `shortening`).

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
                told: dict[str, Any] = (
                    {"hold": hold, "spacing": spacing, "shortens": shortens} if theirs else {"hold": None}
                )
                kept.note(governing.key, refused=refused, known=governing.holds, **told)
            if hold is not None and not theirs:
                kept.hold(self.target, hold, sum(each.holds for each in found if each.key == self._service))
        except StoreError:
            if hold is not None:
                until = self._store.clock.now() + min(hold, LONGEST_AWAY)
                self._schedule.keep_away(self._service, until)
            raise

    def approach(self, patience: float, stop: threading.Event, line: Line | None = None) -> Due | None:
        """Return shortly before the turn: what takes time and sends nothing, such as connecting, can be done then.

        Args:
            patience: The most seconds to wait for it.
            stop: Ends the wait.
            line: Of those who wait, where all of them are let go first who came before.

        Returns:
            When the request is due; `None` where nothing governs it.

        Raises:
            NotDue: When it lies more than `patience` seconds ahead.
            PaceError: When `stop` was set, or the store cannot be used.
        """
        clock = self._store.clock
        end = clock.now() + patience
        while (due := self._due(line)) is not None:
            ahead = due.moment - clock.now()
            if due.moment > end:
                raise NotDue(
                    f"The next request is due in {as_wait(round(ahead, 3))}, later than the {as_span(patience)} "
                    f"{AT_MOST}; nothing was sent. Wait, or {PATIENTLY}.",
                    ahead,
                )
            if line is not None and line.join(due):
                continue
            if line is not None and due.ahead and (pause := line.pause(due)) > 0:
                self._pause(min(pause, look_again(due)), stop)
                continue
            # What is only held has no turns that others wait for.
            before = lead(due.wait) if due.keys else 0.0
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
        clock, line = self._store.clock, Line(self._store, self._store.queue.place())
        end, turn = clock.now() + patience, None
        try:
            while turn is None:
                due = self.approach(end - clock.now(), stop, line)
                turn = self._begun(due, line, stop) if due is not None and due.keys else self._unpaced(line)
        except BaseException:
            line.leave()
            raise
        return turn

    def _unpaced(self, line: Line) -> Turn:
        """The turn where no pace is kept, or none any more."""
        line.leave()
        return Turn(self._store, {}, None)

    def _begun(self, due: Due, line: Line, stop: threading.Event) -> Turn | None:
        """The turn; `None` where it is another's first."""
        lock = self._store.send_lock(due.keys)
        if not lock.acquire():
            line.join(due, lost=True)
            # Whoever has it sends at the due moment: until then there is nothing to see. On another machine it may
            # be due sooner, and who sees it late is late the next time too.
            until = max(due.moment - self._store.clock.now(), 0.0) if due.exact else 0.0
            self._pause(until + line.tick(due), stop)
            return None
        opened = None
        try:
            opened = self._settle(lock, due, line, stop)
        finally:
            if opened is None:
                lock.release()
        return None if opened is None else Turn(self._store, opened, lock)

    def _settle(self, lock: SendLock, seen: Due, line: Line, stop: threading.Event) -> dict[str, int] | None:
        """With the lock held: look again, store the request as open, and wait until it is due.

        Returns:
            For each key how many requests had been begun with this one; `None` where it is not its turn.
        """
        kept, clock = self._store.kept, self._store.clock
        found = self._look(line)
        due = self._as_due(found)
        if due.keys != seen.keys:
            return None  # a pace was kept, forgotten or given another scope meanwhile
        if left := {each.key: each.sends for each in found if each.open}:
            if not lock.held():
                return None  # the lock was lost before that, and whoever has it has begun
            # Whoever opened it is dead, or has lost its session and will have sent it by then.
            self._pause(SLACK, stop)
            kept.close_turn(left)
            return None
        if due.moment - clock.now() > lead(due.wait) or (due.ahead and line.pause(due) > 0):
            return None  # another was first, or is
        opened, since = {each.key: each.sends + 1 for each in found if each.paced}, clock.now()
        if not kept.open_turn(opened, line.place):
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
        return opened if self._still_held(lock, since, STALE * lead(due.wait)) else None

    def _still_held(self, lock: SendLock, since: float, late: float) -> bool:
        """Whether the lock is: asked for again where more than `late` seconds have passed since it was seen to be."""
        clock = self._store.clock
        for _ in range(ASKS):
            if clock.now() - since <= late:
                break
            since, late = clock.now(), SLACK  # while it asks it can be stopped too
            if not lock.held():
                return False
        return True

    def _due(self, line: Line | None = None) -> Due | None:
        """When the next request is due; `None` where nothing governs it."""
        due = self._as_due(self._look(line))
        if line is not None:
            line.look(due)
        return None if not due.keys and due.moment == float("-inf") else due

    def _as_due(self, found: tuple[Turns, ...]) -> Due:
        moment = self._schedule.due(found, self._store.clock.now(), self._service)
        exact = all(each.clock == self._store.clock.id for each in found if each.paced)
        due = Due(moment, 0.0, counted(found), open=any(each.open for each in found), exact=exact)
        if not found:
            return due
        first = found[0]
        hungry = starving(first)
        standing = replace(due, ahead=first.ahead, starving=hungry, queued=first.queued)
        return replace(standing, wait=first.wait, begun=first.sends)

    def _look(self, line: Line | None = None) -> tuple[Turns, ...]:
        place = None if line is None else line.place
        self._last = found = self._store.kept.governing(self.target, place)
        return found

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        self._store.clock.wait(seconds, stop)
        if stop.is_set():
            raise PaceError("Stopped by you before the request was due; nothing was sent.")


def _hold(turns: Turns) -> Hold:
    return Hold(turns.key, turns.held_clock, turns.held, turns.hold)


def look_again(due: Due) -> float:
    """Seconds after which one who waits looks at the store again.

    A request from another machine counts from when it was seen here to have been sent: whoever looks seldom sees it
    late. One that is open will have been sent soon.
    """
    if due.exact:
        return RECHECK
    return tick(due.wait) if due.open or due.ahead == 1 else min(max(due.wait / 8, POLL[1]), RECHECK)


def counted(found: tuple[Turns, ...]) -> tuple[str, ...]:
    """The keys of the paces for which a request counts."""
    return tuple(each.key for each in found if each.paced)
