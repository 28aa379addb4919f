from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from tests.bench.store import filled, opened
from widgets.pace import PaceStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def large(tmp_path: Path) -> Iterator[PaceStore]:
    with filled(PaceStore(f"sqlite:///{tmp_path}/p.sqlite"), targets=60, attempts=40) as store:
        yield store


@pytest.fixture
def asked(large: PaceStore) -> list[tuple[str, object]]:
    """Every statement that is sent to the store from now on."""
    seen: list[tuple[str, object]] = []

    @event.listens_for(large.database._engine, "before_cursor_execute")
    def see(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        if "ww_attempts" in statement and not statement.startswith("EXPLAIN"):
            seen.append((statement, parameters))

    return seen


def plan(store: PaceStore, statement: str, parameters: object) -> str:
    with store.database.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
    return "\n".join(str(row[-1]) for row in rows)


def test_a_resume_loads_only_its_own_attempts_and_finds_them_by_the_key(
    large: PaceStore, asked: list[tuple[str, object]]
) -> None:
    log = large.resume(f"{59:032x}")
    assert len(log.known) == 40
    assert asked
    for statement, parameters in list(asked):
        assert "SCAN" not in plan(large, statement, parameters), statement
        assert "SEARCH ww_attempts" in plan(large, statement, parameters), statement


def test_the_panel_reads_the_attempts_of_the_one_pace_that_it_shows(
    large: PaceStore, asked: list[tuple[str, object]]
) -> None:
    opened(large)
    assert asked
    for statement, parameters in list(asked):
        assert "SEARCH ww_attempts" in plan(large, statement, parameters), statement
    with large.database.read() as connection:
        reads = [call for call in asked if call[0].startswith("SELECT")]
        rows = [row for statement, given in reads for row in connection.exec_driver_sql(statement, given)]  # type: ignore[arg-type]
    assert len(rows) <= 40 + len(reads)
