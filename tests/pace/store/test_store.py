from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from tests.pace.conftest import URL, FakeClock, clear
from widgets.adapters.strangers import public_store
from widgets.model.pace import DAY
from widgets.pace import PaceStore
from widgets.pace.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNotOurs,
    StoreReadOnly,
    StoreUnreachable,
)
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.store import schema
from widgets.pace.store.engine import IDLE

if TYPE_CHECKING:
    from pathlib import Path

    from widgets.probe import Verdict


def test_a_kept_pace_comes_back_with_its_evidence_from_another_opening(
    store: PaceStore, store_url: str, verdict: Verdict
) -> None:
    kept = store.keep(URL, wait=6.6, verdict=verdict)
    with PaceStore(store_url) as other:
        again = other.pace(URL)
    assert again == kept
    assert again
    assert again.evidence
    assert again.evidence.statement == verdict.statement
    assert (again.kind, again.evidence.horizon) == ("certified", 400.0)


def test_a_second_pace_replaces_the_first_and_forgetting_ends_it(store: PaceStore) -> None:
    store.keep(URL, wait=6.6)
    second = store.keep(URL, wait=7.0)
    assert [pace.wait for pace in store.paces()] == [7.0]
    store.forget(second)
    assert store.pace(URL) is None
    assert store.paces() == []


def test_a_pace_governs_origin_and_caller_whatever_the_path_the_method_and_the_query(store: PaceStore) -> None:
    store.keep("HTTP://LocalHost:5009/Slow-NASA?type=image#top", wait=1)
    assert store.pace(URL)
    assert store.pace(URL, method="HEAD")
    assert store.pace("http://localhost:5009/elsewhere")
    assert store.pace("http://localhost:5010/Slow-NASA") is None
    store.keep(URL, wait=2, credential="abc")
    assert [store.pace(URL, credential=each).wait for each in ("", "abc", "xyz")] == [1, 2, 1]  # type: ignore[union-attr]


@pytest.mark.parametrize("wait", [-1, float("nan"), float("inf"), 1e9])
def test_a_wait_that_is_none_is_not_kept(store: PaceStore, wait: float) -> None:
    with pytest.raises(ValueError, match="wait must be seconds"):
        store.keep(URL, wait=wait)
    assert store.pace(URL) is None


@pytest.mark.parametrize("url", ["", "localhost", "ftp://x/y", "http://"])
def test_an_address_that_is_none_has_no_pace(store: PaceStore, url: str) -> None:
    with pytest.raises(ValueError, match="http or https address"):
        store.keep(url, wait=1)


def test_a_pace_ages_by_the_calendar_and_wants_its_recheck(tmp_path: Path, verdict: Verdict) -> None:
    clock = FakeClock()
    pace = PaceStore(f"sqlite:///{tmp_path}/p", clock=clock).keep(URL, wait=1, verdict=verdict)
    assert not pace.wants_recheck(clock.today() + 29 * DAY)
    assert pace.wants_recheck(clock.today() + 30 * DAY)
    assert pace.age(clock.today() - 3600) == 0


def test_a_store_of_the_first_version_becomes_this_one_without_loss(store_url: str, verdict: Verdict) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        schema.meta.create(connection)
        for name, value in {"format": "waitwise", "version": "1", "key": "00" * 16}.items():
            connection.execute(schema.meta.insert().values(name=name, value=value))
        for statement in schema.MIGRATIONS[0]:
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO ww_paces (target, origin, path, method, credential, kind, probe, wait, found, promise, "
                "recheck_after) VALUES ('x', 'http://a', '/', 'GET', '', 'certified', '', 6.6, 5, 0.05, 7)"
            )
        )
    engine.dispose()
    with PaceStore(store_url) as store:
        [pace] = store.paces()
        assert Limiter(store, pace.target).due_in() == pytest.approx(6.6, abs=0.5)
    assert (pace.wait, pace.found, pace.refused, pace.factor) == (6.6, 5, 0, 1)


def test_a_store_of_a_newer_version_is_left_as_it_is(store: PaceStore, store_url: str) -> None:
    store.keep(URL, wait=1)
    store.close()
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ww_meta SET value = '99' WHERE name = 'version'"))
    engine.dispose()
    with pytest.raises(StoreNotOurs, match="newer Waitwise"):
        store.paces()
    store.close()


def test_a_file_of_somebody_else_is_left_byte_for_byte(tmp_path: Path) -> None:
    text_file, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text_file.write_text("dear diary")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE music (name)")
    connection.close()
    before = other.read_bytes()
    for path in (text_file, other):
        with pytest.raises(StoreNotOurs, match="WAITWISE_STORE"):
            PaceStore(f"sqlite:///{path}").paces()
    assert text_file.read_text() == "dear diary"
    with sqlite3.connect(other) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("music",)]
    connection.close()
    assert len(before) == other.stat().st_size


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    path = tmp_path / "paces.sqlite"
    store = PaceStore(f"sqlite:///{path}")
    store.keep(URL, wait=1)
    store.close()
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)
    with pytest.raises(StoreCorrupt, match="damaged"):
        PaceStore(f"sqlite:///{path}").paces()


def test_a_store_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "paces.sqlite"
    PaceStore(f"sqlite:///{path}").keep(URL, wait=1)
    with pytest.raises(StoreReadOnly, match="may not be written"):
        PaceStore(f"sqlite:///file:{path}?mode=ro&uri=true").keep(URL, wait=2)


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (
            errno.EROFS,
            StoreReadOnly,
            "on a file system that may only be read; make that writable, or set",
        ),
        (errno.EACCES, StoreReadOnly, "may not be written; give this user the right to, or set WAITWISE_STORE"),
        (errno.EPERM, StoreReadOnly, "may not be written"),
        (errno.ENOSPC, StoreFull, "no room left"),
        (errno.EDQUOT, StoreFull, "no room left"),
        (errno.EIO, StoreUnreachable, "cannot be reached"),
    ],
)
def test_what_the_system_refuses_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[StoreError], words: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    store = PaceStore(f"sqlite:///{tmp_path}/p.sqlite")
    with monkeypatch.context() as patch:
        patch.setattr("widgets.pace.store.engine.os.open", refuse)
        with pytest.raises(kind, match=words):
            store.paces()
    assert store.paces() == []


@pytest.mark.parametrize(
    ("flag", "words"), [(os.ST_RDONLY, "on a file system that may only be read"), (0, "it may not be written")]
)
def test_a_store_that_sqlite_cannot_open_for_the_want_of_a_right_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int, words: str
) -> None:
    # As on a file system that may only be read, where SQLite cannot make what it writes beside the file.
    (tmp_path / "p.sqlite-wal").mkdir()
    path = tmp_path / "p.sqlite"
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        PaceStore(f"sqlite:///{path}").paces()
    monkeypatch.setattr("widgets.pace.store.faults.os.access", lambda *_: False)
    monkeypatch.setattr("widgets.pace.store.faults.os.statvfs", lambda _: SimpleNamespace(f_flag=flag))
    with pytest.raises(StoreReadOnly, match=words):
        PaceStore(f"sqlite:///{path}").paces()


def keep_many(store: PaceStore) -> None:
    for number in range(200):
        store.keep(f"{URL}/{number}", wait=2, scope="path")


def test_a_full_store_says_so_and_loses_nothing(tmp_path: Path) -> None:
    store = PaceStore(f"sqlite:///{tmp_path}/p.sqlite")
    store.keep(URL, wait=1)
    with store.database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreFull, match="no room left"):
        keep_many(store)
    assert store.pace(URL)


def test_a_store_that_another_holds_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widgets.pace.store.engine.BUSY_SECONDS", 0.05)
    store = PaceStore(f"sqlite:///{tmp_path}/p.sqlite")
    store.keep(URL, wait=1)
    other = sqlite3.connect(tmp_path / "p.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="somebody else"):
        store.keep(URL, wait=2)
    assert store.pace(URL)
    other.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "oracle+x://y"])
def test_an_address_of_no_store_says_what_to_write(url: str) -> None:
    with pytest.raises(StoreUnreachable, match="WAITWISE_STORE"):
        PaceStore(url).paces()


@pytest.mark.parametrize("said", ["", "  "])
def test_a_store_that_is_named_by_nothing_is_not_the_usual_one(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_STORE", said)
    for store in (PaceStore(), public_store(), PaceStore(said)):
        with pytest.raises(StoreUnreachable, match=r"is empty: write sqlite:////home.* leave WAITWISE_STORE unset"):
            store.paces()


def test_a_path_is_no_address_and_which_it_would_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match=f"For the file {tmp_path}/p: sqlite:///{tmp_path}/p."):
        PaceStore(f"{tmp_path}/p").paces()
    with pytest.raises(StoreUnreachable) as told:
        PaceStore("me:hush@host/database").paces()
    assert "hush" not in str(told.value)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as told:
        PaceStore("postgresql+psycopg://me:hush@127.0.0.1:9/x").paces()
    assert "cannot be reached" in str(told.value)
    assert "hush" not in str(told.value)


def test_importing_the_room_does_not_load_sqlalchemy() -> None:
    code = "import sys, widgets.pace; sys.exit('sqlalchemy' in sys.modules or 'pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_connection_that_was_cut_is_replaced_where_it_was_not_used_for_a_moment(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear(postgres)
    with PaceStore(postgres) as store:
        store.keep(URL, 1.0)
        cut_all(postgres)
        with pytest.raises(StoreUnreachable):
            store.paces()
        assert store.paces(), "the pool goes on with new ones"
        cut_all(postgres)
        monkeypatch.setattr("widgets.pace.store.engine.IDLE", 0.0)
        assert store.paces()


def test_a_lock_whose_taker_was_interrupted_is_nobodys(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clear(postgres)
    execute = Connection.exec_driver_sql

    def interrupted(*args: Any, **options: Any) -> Any:
        execute(*args, **options)
        raise KeyboardInterrupt

    with PaceStore(postgres) as store, PaceStore(postgres) as elsewhere:
        lock, other = (each.send_lock(["00112233445566ff"]) for each in (store, elsewhere))
        with monkeypatch.context() as patch:
            patch.setattr(Connection, "exec_driver_sql", interrupted)
            with pytest.raises(KeyboardInterrupt):
                lock.acquire()
        assert other.acquire()
        assert not lock.acquire(), "it is the other's"
        other.release()


def test_a_sender_whose_session_ended_keeps_its_turn_from_the_others_of_its_machine_until_it_has_sent(
    postgres: str,
) -> None:
    clear(postgres)
    with PaceStore(postgres) as store, PaceStore(postgres) as elsewhere:
        lock, other = (each.send_lock(["00112233445566ff"]) for each in (store, elsewhere))
        assert lock.acquire()
        assert not other.acquire()
        cut_all(postgres)
        assert not lock.held(), "it is known to be lost where it is asked for"
        time.sleep(IDLE)  # a connection that was not used for so long is looked at first, and replaced
        assert not other.acquire(), "the server gave it, and whoever had it lives"
        lock.release()
        assert other.acquire()
        other.release()


def test_where_no_lock_of_the_machine_can_be_made_the_servers_own_serves_and_it_is_said(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clear(postgres)
    (tmp_path / "no folder").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "no folder"))
    with PaceStore(postgres) as store, PaceStore(postgres) as elsewhere:
        lock, other = (each.send_lock(["00112233445566ff"]) for each in (store, elsewhere))
        assert lock.acquire()
        assert not other.acquire()
        assert lock.held()
        lock.release()
        assert other.acquire()
        other.release()
    assert "takes from one who lives" in caplog.text


def cut_all(url: str) -> None:
    """End every other session, as a server that restarts does."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND usename = user"
            )
        )
    engine.dispose()


def test_a_send_asks_postgresql_six_times_and_waits_for_its_disk_once(postgres: str) -> None:
    clear(postgres)
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement != "SELECT 1":  # one that was stopped on its turn asks whether it still has its lock
            asked.append(statement)

    with PaceStore(postgres) as store:
        store.keep(URL, 0.01)
        time.sleep(0.02)
        limiter = Limiter(store, store.target(URL))
        with limiter.sending(1.0, threading.Event()):
            pass  # both kinds of connections are there then
        time.sleep(0.02)
        for engine in (store.database._engine, store.database._locking):
            event.listen(engine, "before_cursor_execute", note)
        with limiter.sending(1.0, threading.Event()):
            pass
        kinds = [each.partition(" ")[0] for each in asked]
        begun, ended = (each for each in asked if each.startswith("UPDATE"))
        with store.database.read() as connection:
            assert connection.scalar(text("SHOW synchronous_commit")) == "on", "it was off for the one statement only"
    assert kinds == ["SELECT", "SELECT", "SELECT", "UPDATE", "UPDATE", "SELECT"], "look, lock, look, begin, end, unlock"
    # What a crash of the server takes away must not let the next request be early: the begin stays, the end may go.
    assert "set_config" not in begun
    assert "set_config" in ended
