from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from widgets.media import child
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from pathlib import Path

    from tests.media.conftest import Shows

SQLITE = "application/vnd.sqlite3"


def database(*statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(";".join(statements))
        return made.serialize()


COUNT = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2500)"
PLANETS = (
    'CREATE TABLE "pla""nets" (name TEXT, radius REAL, raw BLOB)',
    "INSERT INTO \"pla\"\"nets\" VALUES ('<b>Mars', 3389.5, x'00ff'), ('Venus', NULL, NULL)",
    "CREATE TABLE many (n INTEGER)",
    f"INSERT INTO many {COUNT} SELECT x FROM n",  # noqa: S608 - literals
    "CREATE VIEW large AS SELECT n FROM many WHERE n > 2000",
)


def rows_in(seen: Any) -> list[list[str]]:
    html = seen.one(TableView)._grid.value
    return [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in html.split("<tr>")[1:]]


def choose(seen: Any, **wanted: Any) -> None:
    chosen = seen.one(Chosen)
    for name, value in wanted.items():
        chosen.choices[name].value = value
    chosen.join(20)


@pytest.mark.parametrize("declared", [SQLITE, "application/x-sqlite3", "", "application/octet-stream"])
def test_tables_of_a_database_are_shown_a_page_at_a_time(declared: str, shows: Shows) -> None:
    seen = shows(database(*PLANETS), declared)
    assert "SQLite, 3 tables and views" in seen.html
    assert rows_in(seen) == [
        ["name", "radius", "raw"],
        ["&lt;b&gt;Mars", "3389.5", "00 ff (2 bytes)"],
        ["Venus", "", ""],
    ]
    choose(seen, table="many", page=3)
    assert (len(rows_in(seen)), rows_in(seen)[-1]) == (501, ["2500"])
    choose(seen, table="large")
    assert rows_in(seen)[1] == ["2001"]


def test_a_database_in_wal_mode_is_read_too(tmp_path: Path, shows: Shows) -> None:
    path = tmp_path / "wal.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE t AS SELECT 42 AS answer")
        made.commit()
    assert rows_in(shows(path.read_bytes(), SQLITE)) == [["answer"], ["42"]]


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


@pytest.mark.parametrize(
    "view",
    [
        f"CREATE VIEW bomb AS {ENDLESS} SELECT count(*) FROM n",  # noqa: S608 - literals
        "CREATE VIEW bomb AS WITH RECURSIVE n(x) AS (SELECT 'x' UNION ALL SELECT x || x FROM n) SELECT x FROM n",
        "CREATE VIEW bomb AS SELECT hex(zeroblob(400000000))",
        "CREATE VIEW bomb AS SELECT load_extension('x')",
    ],
)
def test_a_view_that_never_ends_or_reaches_out_costs_its_decoder_only(
    view: str, shows: Shows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "SECONDS", 8.0)
    seen = shows(database("CREATE TABLE fine AS SELECT 1 AS one", view), SQLITE)
    assert rows_in(seen) == [["one"], ["1"]]
    choose(seen, table="bomb")
    assert "This is not shown: " in seen.html


def test_a_database_that_broke_off_is_bytes_with_the_reason_or_what_came(shows: Shows) -> None:
    body = database(*PLANETS)
    html = shows(body[: len(body) // 2], SQLITE).html
    assert "Shown as bytes: it cannot be decoded: " in html or "This is not shown: " in html


def test_what_only_begins_like_one_is_bytes_with_the_reason(shows: Shows) -> None:
    assert "Shown as bytes: it cannot be decoded: " in shows(b"SQLite format 3\0" + b"\xff" * 5000, SQLITE).html
