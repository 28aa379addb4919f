"""A small world in virtual time, in which the real `Limiter` takes turns one step at a time.

Every call of the store, of the lock and of the clock is a point at which a sender stops until it is told to go on: what
another sender, the passing of time, a death or a fault can do between two steps, it can do here.

What is assumed, and nothing else: a lock is lost at the death of its holder, and where sessions can be dropped at any
moment but one: between the last look of a sender at its clock and its send it is not stopped. That moment lasts some
microseconds; no client can close it, since the service that is asked knows nothing of turns.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import greenlet

from widgets.model.pace import Target
from widgets.pace.errors import StoreUnreachable
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.store.paces import Turns
from widgets.pace.store.queue import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TARGET = Target("http://a.example", "/")
NEVER = threading.Event()
TINY = 1e-6
NUMBERS = count(10**6)
"""Of the places: texts of one length, in order."""


class DeadError(BaseException):
    """This process has ended: whatever it still tries has no effect."""


@dataclass(frozen=True)
class Sent:
    """A request on the wire; `looked` is when its sender last looked at the store."""

    moment: float
    sender: int
    looked: float


class World:
    """Time, the store, the lock, and what was sent.

    Args:
        wait: The pace.
        machines: For each the offset of its monotonic clock.
        sessions: Whether the lock belongs to a session that can be dropped (PostgreSQL), not to the process (SQLite).
    """

    def __init__(self, wait: float, machines: tuple[float, ...], *, sessions: bool) -> None:
        self.time, self.wait, self.sessions = 1000.0, wait, sessions
        self.machines = machines
        self.row = Turns(wait=wait, sends=1, clock="m0", sent=self.time + machines[0], key=TARGET.service.key)
        self.holder: object | None = None
        self.waiting: dict[str, Place] = {}
        self.sent: list[Sent] = []
        self.holds: list[tuple[float, float]] = []
        """When each became known, and when it is over."""


class FakeClock:
    """Of one machine; waiting on it is a step."""

    shared = True

    def __init__(self, sender: Sender) -> None:
        self._sender, self.id = sender, f"m{sender.machine}"

    def now(self) -> float:
        return self._sender.world.time + self._sender.world.machines[self._sender.machine]

    def today(self) -> float:
        return self.now()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        self._sender.wake = self._sender.world.time + max(seconds, TINY)
        self._sender.step()


class FakeKept:
    """The rows of the turns: each call is one transaction, before and after which anything can happen."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self._clock = sender, sender.clock

    def governing(self, target: Target, place: Place | None = None) -> tuple[Turns, ...]:
        self._sender.step()
        self._sender.looked = self._sender.world.time
        found = self._sender.world.row
        if place is not None:
            waiting = self._sender.world.waiting
            ahead = sum(older(each, place) for each in waiting.values())
            eldest = min((each.bound["came"] for each in waiting.values()), default=0)
            found = replace(found, ahead=ahead, waiting=len(waiting), eldest=eldest, queued=place.id in waiting)
        self._sender.step()
        return (found,)

    def open_turn(self, opened: Mapping[str, int], place: Place | None = None) -> bool:
        done = False

        def begun(row: Turns) -> Turns:
            nonlocal done
            done = row.sends + 1 == opened[row.key] and not row.open
            if place is not None:
                self._sender.world.waiting.pop(place.id, None)
            return replace(row, sends=row.sends + 1, open=True) if done else row

        self._change(begun)
        return done

    def close_turn(self, opened: Mapping[str, int]) -> None:
        now = self._clock.now()

        def closed(row: Turns) -> Turns:
            if row.sends != opened[row.key]:
                return row
            later = row.clock == self._clock.id and row.sent > now
            return replace(row, open=False, clock=self._clock.id, sent=row.sent if later else now)

        self._change(closed)

    def note(
        self,
        key: str,
        *,
        refused: bool | None,
        hold: float | None,
        spacing: float | None = None,
        known: int = 0,
        shortens: bool = False,
    ) -> None:
        if hold is None:
            return
        now, here = self._clock.now(), self._clock.id

        def told(row: Turns) -> Turns:
            row = replace(row, holds=row.holds + 1)
            if row.held_clock == here and row.held + row.hold > now + hold:
                return row
            longer = row.held_clock != here and row.holds - 1 != known and row.hold > hold
            return replace(row, held_clock=here, held=now, hold=row.hold if longer else hold)

        self._change(told)

    def _change(self, change: Callable[[Turns], Turns]) -> None:
        self._sender.step()
        self._sender.world.row = change(self._sender.world.row)
        self._sender.step()


def older(one: Place, other: Place) -> bool:
    """Whether one came before the other."""
    return (one.bound["came"], one.id) < (other.bound["came"], other.id)


class FakeQueue:
    """The rows of those who wait."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting = sender.world.waiting

    def place(self) -> Place:
        return Place(f"{next(NUMBERS)}", str(self._sender.number))

    def join(self, key: str, place: Place) -> None:
        place.taken = True
        self._sender.step()
        self._waiting[place.id] = Place(place.id, place.holder, place.came)
        self._sender.step()

    def leave(self, place: Place) -> None:
        self._sender.step()
        self._waiting.pop(place.id, None)

    def pass_over(self, key: str, place: Place) -> None:
        self._sender.step()
        eldest = [each for each in self._waiting.values() if older(each, place)]
        first = min(eldest, key=lambda each: (each.bound["came"], each.id), default=None)
        for each in eldest:
            if first is not None and each.holder == first.holder:
                del self._waiting[each.id]
        self._sender.step()


class FakeLock:
    """Nobody else gets it while it is held by one who lives, unless its session is dropped."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def acquire(self) -> bool:
        self._sender.step()
        got = self._sender.world.holder is None
        if got:
            self._sender.world.holder = self._sender
        self._sender.step()
        return got

    def held(self) -> bool:
        self._sender.step()
        return self._sender.world.holder is self._sender

    def release(self) -> None:
        self._sender.step()
        if self._sender.world.holder is self._sender:
            self._sender.world.holder = None


class Sender:
    """A process that sends again and again; it has a `Limiter` of its own, as the real ones do."""

    def __init__(self, world: World, number: int, machine: int) -> None:
        self.world, self.number, self.machine = world, number, machine
        self.wake = self.looked = 0.0
        self.dead = self.aiming = False
        self.failing: str = ""
        self.hold: float | None = None
        self.clock = FakeClock(self)
        self.kept = FakeKept(self)
        self.queue = FakeQueue(self)
        self.limiter = Limiter(self, TARGET)  # type: ignore[arg-type]  # a store in so far as it is asked
        self._main = greenlet.getcurrent()
        self._life = greenlet.greenlet(self._live)

    def send_lock(self, keys: object) -> Any:
        return FakeLock(self)

    def step(self) -> None:
        """Let the world go on; what comes back may be death, or an error of the store."""
        if self.dead:
            raise DeadError
        self._main.switch()
        if self.dead:
            raise DeadError
        failing, self.failing = self.failing, ""
        if failing:
            raise StoreUnreachable(failing)

    def go(self) -> None:
        """Let it make its next step; time passes until it is awake."""
        self.world.time = max(self.world.time, self.wake)
        self._main = greenlet.getcurrent()
        self._life.switch()

    def die(self) -> None:
        """As by SIGKILL: nothing is tidied up but the lock, which the system frees."""
        self.dead = True
        if self.world.holder is self:
            self.world.holder = None
        self._main = greenlet.getcurrent()
        if self._life:
            with suppress(DeadError):
                self._life.switch()

    def drop(self) -> None:
        """Its session is ended by the server: the lock is free, and it does not know."""
        if self.world.sessions and self.world.holder is self and not self.aiming:
            self.world.holder = None

    def _live(self) -> None:
        while True:
            with suppress(StoreUnreachable):
                self._once()

    def _once(self) -> None:
        with self.limiter.sending(1e9, NEVER) as turn:
            self.aiming = True
            if self.world.holder is self:
                self.step()  # stopped here for ever so long, it still has the lock
            self.world.sent.append(Sent(self.world.time, self.number, self.looked))
            self.aiming = False
            self.step()
            turn.sent()
        hold, self.hold = self.hold, None
        if hold is not None:
            over = self.world.time + hold
            self.limiter.note(refused=True, hold=hold)
            self.world.holds.append((self.world.time, over))
