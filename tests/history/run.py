"""One run: stores, workers and faults, from the first request to the findings."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.history.arena import AHEAD, Crew, Disk, NotHereError, Receiver, Server, disk, folder_of_its_own, now, server
from tests.history.checker import SECOND, Asked, Episode, Findings, History, Hold, Send, Target, check
from tests.history.nemesis import FAULTS
from widgets.pace import PaceStore
from widgets.pace.store.schema import turns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

SETTLED = 1.5
"""Seconds after a fault that count for none: whoever waits for a lost session finds a new one."""
HOLDING = 0.05
"""The target with this pace refuses now and then, and says for how long to stay away."""


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    Attributes:
        sends: It ends with the first round after which there were so many; 0 for one round.
        seconds: Or with the first round that ends after so many.
        phase: Seconds for each kind of fault in each round.
        paces: Of the targets, in seconds; each store has one target for each.
        threads: Of each worker for each target.
        stores: Their names.
        faults: Which; all unless given.
        planted: What is wrong with the workers, on purpose.
    """

    sends: int = 0
    seconds: float = math.inf
    phase: float = 20.0
    paces: Sequence[float] = (0.005, 0.005, 0.005, 0.02, HOLDING, 0.2, 1.0)
    threads: int = 1
    stores: Collection[str] = ("SQLite", "PostgreSQL")
    faults: Collection[str] = ()
    hold_every: int = 150
    planted: str = ""
    seed: int = 1


@dataclass
class Outcome:
    """A run, and what was found in it.

    Attributes:
        source: Where the moments of the sends come from.
        dropped: Packets that the capture missed.
        drift: By how much the clock of the stamps ran away from the monotonic one, as a share.
    """

    plan: Plan
    history: History
    findings: Findings
    seconds: float
    source: str
    dropped: int
    drift: float


@dataclass
class Front:
    """One store with its crew, and what is done to it."""

    crew: Crew
    targets: list[int]
    draw: random.Random
    plan: Plan
    episodes: list[Episode] = field(default_factory=list)
    failed: BaseException | None = None

    def round(self) -> None:
        """Every fault, one after the other."""
        try:
            for fault in FAULTS[self.crew.store.name]:
                if not self.plan.faults or fault in self.plan.faults:
                    self.episodes.append(self._episode(fault))
                    time.sleep(SETTLED if self.plan.phase > SETTLED else 0.3)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for this one
            self.failed = error

    def _episode(self, fault: str) -> Episode:
        begin, injected, note = now(), 0, ""
        end = begin + round(self.plan.phase * SECOND)
        while now() < end and not note:
            try:
                FAULTS[self.crew.store.name][fault](self.crew, self.draw)
                injected += 1
            except NotHereError as error:
                note = f"not injected: {error}"
            self.crew.look()
            time.sleep(max(0.0, min(self.draw.uniform(0.2, 1.2), (end - now()) / SECOND)))
        return Episode(fault, self.crew.store.name, begin, max(end, now()), injected if fault != "calm" else 0, note)


def run(plan: Plan) -> Outcome:
    """Make the run; everything that it began has ended when this returns."""
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_its_own())
        stores: list[Disk | Server] = []
        if "SQLite" in plan.stores:
            stores.append(stack.enter_context(disk(folder)))
        if "PostgreSQL" in plan.stores:
            stores.append(stack.enter_context(server()))
        targets = [target for store in stores for target in _targets(store.name, plan.paces)]
        holding = [number for number, target in enumerate(targets) if target.wait == HOLDING]
        receiver = Receiver(folder, len(targets), plan.hold_every, holding)
        began, lives = (now(), time.monotonic_ns()), count(1)
        fronts, keys, base = list[Front](), dict[int, str](), dict[str, dict[str, int]]()
        for store in stores:
            mine = [number for number, target in enumerate(targets) if target.store == store.name]
            keys |= _kept(store, [(number, _url(receiver, number), targets[number].wait) for number in mine])
            asked = [(number, _url(receiver, number)) for number in mine]
            crew = Crew(store, asked, folder, plan.threads, lives, planted=plan.planted)
            stack.callback(crew.close)
            base[store.name] = _counts(store)
            crew.start()
            fronts.append(Front(crew, mine, random.Random(plan.seed), plan))  # noqa: S311 - what happens when
        _wait_for_first_sends(folder, fronts)
        _rounds(plan, fronts, folder)
        for front in fronts:
            front.crew.close()
        dropped, ended = receiver.close(), (now(), time.monotonic_ns())
        counts = {front.crew.store.name: _counts(front.crew.store) for front in fronts}
        taken = {
            number: counts[targets[number].store][key] - base[targets[number].store][key]
            for number, key in keys.items()
        }
        crews = [front.crew for front in fronts]
        waiters = plan.threads * crews[0].places
        history = History(
            targets=[Target(each.name, each.store, each.wait, waiters) for each in targets],
            sends=list(_sends(folder / "sends")),
            asked=list(_asked(crews, began[0] - began[1])),
            holds=list(_holds(folder / "holds")),
            episodes=[episode for front in fronts for episode in front.episodes],
            turns=taken,
        )
    passed = ended[1] - began[1]
    drift = abs((ended[0] - began[0]) - passed) / passed
    return Outcome(plan, history, check(history), passed / SECOND, receiver.source, dropped, drift)


def _targets(store: str, paces: Sequence[float]) -> list[Target]:
    """One for each pace; several of one pace have numbers."""
    numbers = Counter[float]()
    found = []
    for pace in paces:
        numbers[pace] += 1
        name = f"{store}, {pace:g} s" + (f" ({numbers[pace]})" if numbers[pace] > 1 else "")
        found.append(Target(name, store, pace, 0))
    return found


def _rounds(plan: Plan, fronts: Sequence[Front], folder: Path) -> None:
    end = time.monotonic() + plan.seconds
    while True:
        threads = [threading.Thread(target=front.round) for front in fronts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for front in fronts:
            if front.failed is not None:
                raise front.failed
        if _lines(folder / "sends") >= plan.sends or time.monotonic() > end:
            return


def _wait_for_first_sends(folder: Path, fronts: Sequence[Front]) -> None:
    """Until every worker has loaded what it needs; the receiver writes in blocks, so the workers' own lines tell."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        logs = list(folder.glob("worker-*"))
        if sum(log.stat().st_size > 0 for log in logs) >= sum(front.crew.places for front in fronts):
            return
        for front in fronts:
            front.crew.look()
        time.sleep(0.05)
    raise AssertionError("the workers did not begin to send")


def _url(receiver: Receiver, number: int) -> str:
    return f"http://127.0.0.1:{receiver.ports[number]}/history"


def _kept(store: Disk | Server, paces: Iterable[tuple[int, str, float]]) -> dict[int, str]:
    with PaceStore(store.url(1)) as opened:
        return {number: opened.keep(url, wait).key for number, url, wait in paces}


def _counts(store: Disk | Server) -> dict[str, int]:
    with PaceStore(store.url(1)) as opened, opened.database.read() as connection:
        return {row.target: row.sends for row in connection.execute(select(turns.c.target, turns.c.sends))}


def _lines(path: Path) -> int:
    with path.open() as file:
        return sum(1 for _ in file)


def _sends(path: Path) -> Iterable[Send]:
    with path.open() as file:
        for line in file:
            yield Send(*map(int, line.split()))


def _holds(path: Path) -> Iterable[Hold]:
    with path.open() as file:
        for line in file:
            *numbers, seconds = line.split()
            moment, target, life, number = map(int, numbers)
            yield Hold(moment, target, life, number, float(seconds))


def _asked(crews: Iterable[Crew], to_wall: int) -> Iterable[Asked]:
    """What the workers wrote, with their monotonic moments on the clock of the kernel's stamps."""
    for crew in crews:
        for log in crew.logs:
            if not log.exists():
                continue
            with log.open() as file:
                for line in file:
                    if not line.endswith("\n"):
                        continue
                    target, life, number, began, ended, status, looked = map(int, line.split())
                    by = to_wall - (AHEAD * SECOND if life in crew.elsewhere else 0)
                    yield Asked(target, life, number, began + by, ended + by, status, looked + by)
