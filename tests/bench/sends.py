"""Sends a second through one store of paces: 1,000 targets, up to 32 workers, on SQLite and on PostgreSQL.

`python -m tests.bench.sends [SECONDS]`. A worker takes the turn of one target after the other, as a session does, and
in place of a request it looks at the clock: what is measured is the store and nothing else. Each target is every
worker's, and is drawn whether it is due or not. In the same run it is checked that no send was early: between the end
of one and the begin of the next one to the same target the pace must have passed.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tests.pace.databases import postgresql
from widgets.model.pace import Target
from widgets.pace import PaceStore
from widgets.pace.errors import NotDue
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.limiter.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
TARGETS, PACE = 1000, 1.0
CROWDS = ((1, 1), (2, 1), (4, 2), (8, 4))
"""Processes, and threads of each."""

Sent = tuple[int, float, float]
"""The number of a target, and between which moments of the machine's clock a request was handed over."""


class Part(TypedDict):
    """What one process prints."""

    sent: list[Sent]
    statements: int
    processor: float


def target(number: int) -> Target:
    return Target.of(f"https://api.example.org/{number}")


def kept(store: PaceStore) -> PaceStore:
    """A pace for each target: the rows of one that is kept as ever, copied, since each is otherwise a commit."""
    from widgets.pace.store.schema import paces, turns  # noqa: PLC0415 - loads SQLAlchemy

    store.keep(target(0).url, PACE, scope="path")
    with store.database.write() as connection:
        for table in (paces, turns):
            row = dict(connection.execute(table.select()).mappings().one())
            others = [row | {"target": target(number).key} for number in range(1, TARGETS)]
            if table is paces:
                others = [each | {"path": f"/{number}"} for number, each in enumerate(others, 1)]
            connection.execute(table.insert(), others)
    return store


def walk(store: PaceStore, seed: int, until: float, sent: list[Sent], schedule: Schedule) -> None:
    """Send to one target after the other, drawn anew each time; one that is not due soon is passed over."""
    never, draws = threading.Event(), random.Random(seed)  # noqa: S311 - which target comes next
    while time.monotonic() < until:
        number = draws.randrange(TARGETS)
        with suppress(NotDue), Limiter(store, target(number), schedule).sending(PACE / 10, never) as turn:
            began = time.monotonic()
            sent.append((number, began, time.monotonic()))
            turn.sent()


def worker(url: str, process: int, threads: int, seconds: float) -> None:
    """One process; prints what it sent and what it cost."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    with PaceStore(url) as store:
        from sqlalchemy import event  # noqa: PLC0415 - the store loads it

        store.pace(target(process).url)
        event.listen(store.database._engine, "before_cursor_execute", count)
        schedule, sent = Schedule(store.clock.id), [list[Sent]() for _ in range(threads)]
        seeds = [process * threads + each for each in range(threads)]
        print("ready", flush=True)
        begin = float(sys.stdin.readline())
        running = [
            threading.Thread(target=walk, args=(store, seed, begin + seconds, mine, schedule))
            for seed, mine in zip(seeds, sent, strict=True)
        ]
        for each in running:
            each.start()
        for each in running:
            each.join()
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"statements": statements, "processor": used.ru_utime + used.ru_stime}
    json.dump(cost | {"sent": [each for mine in sent for each in mine]}, sys.stdout)


def crowd(url: str, processes: int, threads: int, seconds: float) -> Iterator[Part]:
    """Run so many at once."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sends", "worker", url, str(number), str(threads), str(seconds)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()  # it has loaded, and waits
    begin = time.monotonic() + 0.5
    for process in running:
        assert process.stdin is not None
        process.stdin.write(f"{begin}\n")
        process.stdin.flush()
    for process in running:
        out, _ = process.communicate(timeout=seconds + 120)
        part: Part = json.loads(out)
        yield part


def gaps(sent: Sequence[Sent]) -> list[float]:
    """Seconds between one request and the next one to the same target."""
    of: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for number, began, ended in sent:
        of[number].append((began, ended))
    found = []
    for times in of.values():
        times.sort()
        found += [after[0] - before[1] for before, after in pairwise(times)]
    return found


def measured(url: str, processes: int, threads: int, seconds: float) -> None:
    """One line of the table."""
    found = list(crowd(url, processes, threads, seconds))
    sent = [each for part in found for each in part["sent"]]
    between = gaps(sent)
    early = sum(gap < PACE for gap in between)
    per = len(sent) or 1
    statements = sum(part["statements"] for part in found) / per
    processor = sum(part["processor"] for part in found) / per * 1000
    nearest = f"{min(between):.4f} s" if between else "none"
    print(
        f"  {processes * threads:>3} workers in {processes} processes: {len(sent) / seconds:5.0f} sends a second; for "
        f"each, with looks at targets that were not due, {statements:.1f} statements and {processor:.1f} ms of the "
        f"workers' processors; {len(between):,} gaps, smallest {nearest}, early: {early}; "
        f"load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    if early:
        raise SystemExit(f"{early} requests were sent earlier than {PACE} s after the one before")


def main(seconds: float = 8.0) -> None:
    """Print the table."""
    print(f"  {TARGETS:,} targets with a pace of {PACE} s each: at most {TARGETS / PACE:,.0f} sends a second are due")
    for name in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = stack.enter_context(postgresql()) if name == "PostgreSQL" else f"sqlite:///{folder}/p.sqlite"
            with kept(PaceStore(url)):
                print(f"  {name}", flush=True)
                for processes, threads in CROWDS:
                    measured(url, processes, threads, seconds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        place, *rest = sys.argv[2:]
        worker(place, int(rest[0]), int(rest[1]), float(rest[2]))
    else:
        main(*map(float, sys.argv[1:]))
