"""How SQLite is told to write: what may be lost in a power cut, and what not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.pace.conftest import URL
from widgets.model.attempt import Attempt, Step
from widgets.pace import PaceStore
from widgets.pace.store import engine
from widgets.pace.store.engine import BUSY_SECONDS, CROWDED_SECONDS, Database, begin_writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from widgets.probe import Verdict

ROOT = Path(__file__).parents[3]
NORMAL, FULL = 1, 2
"""What SQLite answers to `PRAGMA synchronous`: FULL waits for the disk at each commit, NORMAL does not."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/p.sqlite")
    yield opened
    opened.close()


def test_a_durable_write_waits_for_the_disk_and_a_stamp_of_a_turn_does_not(database: Database) -> None:
    # Each comes after each, since both use the same connection of the pool.
    for _ in range(2):
        with database.write() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
        with database.write(durable=False) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == NORMAL
        with database.write_one() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == NORMAL


def test_writers_and_readers_do_not_keep_each_other_waiting(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_new_store_that_another_is_making_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "p.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # SQLite itself refuses at once to change the journal beside it
    ending = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    ending.start()
    database = Database(f"sqlite:///{tmp_path}/p.sqlite")
    ending.join()
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
    other.close()


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """How SQLite committed, in the order of the transactions."""
    found: list[int | None] = []
    write = Database.write

    @contextmanager
    def seen(self: Database, *, durable: bool = True) -> Iterator[Connection]:
        with write(self, durable=durable) as connection:
            yield connection
            found.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())

    monkeypatch.setattr(Database, "write", seen)
    return found


def test_an_attempt_a_verdict_and_a_pace_outlive_a_power_cut(
    tmp_path: Path, committed: list[int | None], verdict: Verdict
) -> None:
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        log = store.begin(URL, {})
        log.asking(Step(1.0, "hello"), 1)
        committed.clear()
        log.add(Step(1.0, "hello"), Attempt(1, None, None, 0.0, 0.1, 200))
        log.finish(verdict)
        store.forget(store.keep(URL, 6.6, verdict))
    assert len(committed) >= 4
    assert set(committed) == {FULL}


class Crowded:
    """A connection that is told so many times that another one writes, after `BUSY_SECONDS` each time."""

    def __init__(self, busy: int, *, others_end: bool) -> None:
        self.busy, self._others_end, self.time, self.version = busy, others_end, 0.0, 7

    def monotonic(self) -> float:
        return self.time

    def execute(self, statement: str) -> Crowded:
        if statement == "BEGIN IMMEDIATE" and self.busy:
            self.busy -= 1
            self.time += BUSY_SECONDS / 2
            self.version += self._others_end
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return self

    def fetchone(self) -> tuple[int]:
        return (self.version,)


@pytest.mark.parametrize(
    ("busy", "others_end", "waits"),
    [(20, True, True), (int(2 * CROWDED_SECONDS / BUSY_SECONDS) + 2, True, False), (3, False, True), (5, False, False)],
)
def test_who_writes_waits_for_a_crowd_that_goes_on_for_longer_than_for_one_who_stands_still(
    monkeypatch: pytest.MonkeyPatch, busy: int, others_end: bool, waits: bool
) -> None:
    crowd: Any = Crowded(busy, others_end=others_end)
    monkeypatch.setattr(engine, "time", crowd)
    if waits:
        begin_writing(crowd)
    else:
        with pytest.raises(sqlite3.OperationalError):
            begin_writing(crowd)
    assert (crowd.busy == 0) == waits


def test_threads_of_one_process_write_one_after_the_other(database: Database) -> None:
    inside, most = set[int](), list[int]()

    def write(number: int) -> None:
        for _ in range(5):
            with database.write_one() as connection:
                inside.add(number)
                most.append(len(inside))
                connection.exec_driver_sql("UPDATE ww_meta SET value = value")
                inside.discard(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1] * 30


PAUSELESS = """import sys, time
from widgets.pace import PaceStore
from widgets.probe import Attempt, Step
step, number, end = Step(1.0, "search"), 0, time.monotonic() + 8
with PaceStore(sys.argv[1]) as store:
    log = store.begin(sys.argv[2], {})
    while time.monotonic() < end:
        number += 1
        log.asking(step, number)
        log.add(step, Attempt(number, 1.0, 1.0, float(number), 0.1, 200))
print(log.id, number)"""


@pytest.mark.long
def test_nine_probers_that_never_pause_share_one_file_and_none_is_locked_out(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/p.sqlite"
    with PaceStore(place) as store:
        assert store.paces() == []
        command = [sys.executable, "-c", PAUSELESS, place]
        running = [
            subprocess.Popen([*command, f"http://{number}.example/"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for number in range(9)
        ]
        ended = [each.communicate(timeout=120)[0].split() for each in running]
        assert [each.returncode for each in running] == [0] * 9
        assert [store.probes.count(probe) for probe, _ in ended] == [int(number) for _, number in ended]
