"""Older stores become this one; newer ones are told in words."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from widgets.model.pace import Target
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.errors import StoreNotOurs
from widgets.pace.limiter.limiter import Limiter
from widgets.pace.store import schema

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1000
NEVER = threading.Event()


def of_the_second_version(url: str) -> list[Target]:
    """A store as the version before wrote it, with many paces: each service has one, but the last has ten."""
    targets = [Target(f"http://s{number}", "/x", "GET") for number in range(COUNT - 10)]
    targets += [Target("http://many", f"/{number}", "GET") for number in range(10)]
    engine = create_engine(url)
    with engine.begin() as connection:
        schema.meta.create(connection)
        for name, value in {"format": "waitwise", "version": "2", "key": "00" * 16}.items():
            connection.execute(schema.meta.insert().values(name=name, value=value))
        for statements in schema.MIGRATIONS[:2]:
            for statement in statements:
                connection.execute(text(statement))
        rows: list[dict[str, Any]] = [
            {"target": target.key, "origin": target.origin, "path": target.path, "wait": 1.0 + number}
            for number, target in enumerate(targets)
        ]
        connection.execute(
            text(
                "INSERT INTO ww_paces (target, origin, path, method, credential, kind, probe, wait, found, promise, "
                "recheck_after) VALUES (:target, :origin, :path, 'GET', '', 'certified', '', :wait, 5, 0.05, 7)"
            ),
            rows,
        )
        connection.execute(
            text(
                "INSERT INTO ww_turns (target, sends, open, sent_clock, sent, holds, held_clock, held, hold) "
                "VALUES (:target, 3, 0, 'before', 1, 0, '', 0, 0)"
            ),
            rows,
        )
    engine.dispose()
    return targets


def test_a_thousand_paces_of_the_version_before_are_kept_and_a_lonely_one_governs_its_service(store_url: str) -> None:
    targets = of_the_second_version(store_url)
    with PaceStore(store_url) as store:
        kept = {pace.target: pace for pace in store.paces()}
        assert list(kept) == sorted(targets, key=lambda target: target.key)
        assert [kept[target].wait for target in targets] == [1.0 + number for number in range(COUNT)]
        assert {pace.key for pace in kept.values()} == {target.key for target in targets}
        assert (pace := store.pace("http://s7/elsewhere", "HEAD"))
        assert (pace.wait, pace.scope) == (8.0, "origin")
        assert (pace := store.pace("http://many/3"))
        assert (pace.wait, pace.scope) == (COUNT - 6.0, "path")
        assert (pace := store.pace("http://many/unknown"))
        assert pace.wait == COUNT
        # Its turns are those of before: what another version's process sends under that key is seen.
        limiter = Limiter(store, store.target("http://s7/elsewhere"))
        assert limiter.due_in() == pytest.approx(8.0, abs=0.5)
        again = store.keep("http://s7/other", 9.0)
        assert again.key == targets[7].key
        assert len(store.paces()) == COUNT


def test_one_who_has_the_store_open_while_a_newer_version_changes_it_sends_nothing_and_says_why(
    store: PaceStore, store_url: str
) -> None:
    store.keep("http://127.0.0.1:9/", 1e-6)
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ww_meta SET value = '99' WHERE name = 'version'"))
    engine.dispose()
    for url in ("http://127.0.0.1:9/", "http://127.0.0.1:10/"):
        with (
            PacedSession(store) as session,
            pytest.raises(NotSent, match=r"newer Waitwise \(version 99, here 7\)") as told,
        ):
            session.get(url)
        assert isinstance(told.value.__cause__, StoreNotOurs)


def test_the_file_of_a_store_and_the_folders_that_are_made_for_it_are_its_users_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("WAITWISE_STORE", raising=False)
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    for store in (
        PaceStore(),
        PaceStore(f"sqlite:///{shared}/p.sqlite"),
        PaceStore(f"sqlite:///{shared}/new/p.sqlite"),
    ):
        with store:
            store.keep("http://a/", 1e-6)
            with Limiter(store, store.target("http://a/")).sending(1, NEVER):
                pass
            store.keep("http://b/", 1.0)
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    files = {name: mode for name, mode in modes.items() if name.startswith(("paces.sqlite", "p.sqlite"))}
    assert {mode for name, mode in files.items() if not name.endswith("-turns")} == {0o600}
    assert {mode for name, mode in files.items() if name.endswith("-turns")} == {0o700}
    assert (modes["waitwise"], modes["new"], modes["shared"]) == (0o700, 0o700, 0o755)


def test_a_store_that_others_could_read_is_its_users_alone_from_the_next_opening_on(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite"
    with PaceStore(f"sqlite:///{path}") as store:
        store.keep("http://a/", 1.0)
    path.chmod(0o644)
    with PaceStore(f"sqlite:///{path}") as store:
        assert store.paces()
        assert path.stat().st_mode & 0o777 == 0o600
