"""Nothing that stands in a stored row can stop the page from being built, or its paces from being read."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.conftest import serve
from widgets import Dashboard
from widgets.adapters import StoreJournals, keeper
from widgets.kit import Failed, Finished
from widgets.pace import PaceStore
from widgets.pace.errors import PaceError
from widgets.pace.panel import PacesPanel
from widgets.probe import ProbePanel

if TYPE_CHECKING:
    from pathlib import Path

NASTY: tuple[object, ...] = ("", "http://[", "null", "\x00\u202e<b>", -1)
COLUMNS = {
    "ww_paces": ("origin", "path", "method", "kind", "evidence", "probe", "scope", "wait", "promise", "factor"),
    "ww_probes": ("url", "origin", "path", "method", "settings", "verdict", "began"),
    "ww_attempts": ("phase", "headers", "error", "media_type", "wait", "spacing", "status"),
    "ww_turns": ("sent_clock", "held_clock", "origin", "hold"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a pace, a finished probe and one that broke off."""
    path = tmp_path_factory.mktemp("filled") / "paces.sqlite"
    with serve(TIME_SCALE=0.02) as base, PaceStore(f"sqlite:///{path}") as store:
        panel = ProbePanel([f"{base}/Slow-NASA"], journals=StoreJournals(store), keep=keeper(store))
        panel.form.strategy.value = "doubling"
        panel.probe()
        panel.join(60)
        log = store.begin(f"{base}/NASA", {"strategy": "quick"})
        assert log.id
    return path


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, names in COLUMNS.items() for column in names])
def test_paces_are_read_whatever_a_row_holds(filled: Path, tmp_path: Path, table: str, column: str) -> None:
    path = tmp_path / "paces.sqlite"
    for nasty in NASTY:
        shutil.copy(filled, path)
        connection = sqlite3.connect(path)
        with connection:
            connection.execute(f"UPDATE {table} SET {column} = ?", (nasty,))  # noqa: S608 - names of our own
        connection.close()
        with PaceStore(f"sqlite:///{path}") as store:
            panel = PacesPanel(store)
            panel.refresh()
            panel.join(30)
            match panel._job.state:
                case Finished():
                    assert "cannot be read" not in panel.message.value
                case Failed(PaceError()):  # said in a sentence, and nothing is sent by what cannot be read
                    assert "A row of the store cannot be read" in panel.message.value
                case other:
                    pytest.fail(f"{column} = {nasty!r}: {other}")
            panel.close()


def test_the_page_is_built_over_a_store_of_nonsense(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paces.sqlite"
    shutil.copy(filled, path)
    connection = sqlite3.connect(path)
    with connection:
        for table, names in COLUMNS.items():
            for column in names:
                connection.execute(f"UPDATE {table} SET {column} = ?", ("http://[",))  # noqa: S608 - as above
    connection.close()
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{path}")
    with serve() as base:
        dashboard = Dashboard(base)
        dashboard.fetch.fetch()
        dashboard.fetch.join(30)
        assert dashboard.paces is not None
        dashboard.paces.refresh()
        dashboard.paces.join(30)
        assert dashboard.fetch.reply is not None or "Nothing was sent" in dashboard.fetch.said.value
