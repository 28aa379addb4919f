"""How SQLite is told to write: what may be lost in a power cut, and what not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.pace.conftest import URL
from widgets.model.attempt import Attempt, Step
from widgets.pace import PaceStore
from widgets.pace.store.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from widgets.probe import Verdict

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
