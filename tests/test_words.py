"""No text of the machine reaches the page: every error of fetch, probe and store, through the panels that show it."""

from __future__ import annotations

import re
import sqlite3
import ssl
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import InvalidRequestError, OperationalError
from urllib3.exceptions import IncompleteRead, ProtocolError

from widgets.fetch import FetchPanel
from widgets.http import errors
from widgets.http.errors import BrokenOffError, FetchError, NotHTTPError, broken_off, explained
from widgets.kit import Failed, in_words, markup
from widgets.kit.presence import PageLostError
from widgets.model.attempt import Attempt, Budget, Goal
from widgets.pace import PaceStore
from widgets.pace import errors as pace_errors
from widgets.pace.errors import PaceError, StoreError
from widgets.pace.panel import PacesPanel
from widgets.pace.store.faults import ADVICE, told, translated
from widgets.probe import ProbePanel
from widgets.probe.chart.attempts import Kind
from widgets.probe.panel.faces import face
from widgets.probe.panel.live_view import legend
from widgets.probe.panel.states import Running
from widgets.probe.panel.table import attempts_csv, cells
from widgets.probe.panel.tally import Tally
from widgets.service.errand import Errand

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from widgets.pace.panel.snapshot import Snapshot

URL = "http://127.0.0.1:9/x"
MACHINE = re.compile(
    r"Errno|Traceback|object at 0x|\('|<class|\b[A-Z]\w*(?:Error|Exception|Warning)\b|ReadTimeout|IncompleteRead"
)
"""What a program says to programs; a name of a class ends like one."""
FOREIGN: list[Exception] = [
    ConnectionRefusedError(111, "Connection refused"),
    ConnectionResetError(104, "Connection reset by peer"),
    BrokenPipeError(32, "Broken pipe"),
    TimeoutError("timed out"),
    OSError(113, "No route to host"),
    OSError(24, "Too many open files"),
    OSError(5, "Input/output error"),
    OSError("no number at all"),
    ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
    ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
    ssl.SSLEOFError(8, "EOF occurred in violation of protocol"),
    ProtocolError("Connection broken: IncompleteRead(1020 bytes read)", IncompleteRead(1020, 1020)),
    NotHTTPError("its first line is no status line"),
    BrokenOffError("The connection ended before the promised length."),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    KeyError("rows"),
    RuntimeError(object()),
    ZeroDivisionError("division by zero"),
    RecursionError("maximum recursion depth exceeded"),
    sqlite3.OperationalError("database is locked"),
]
NAMES = [f"{type(each).__name__} {place}" for place, each in enumerate(FOREIGN)]
OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FetchError)]
KEPT = [kind for kind in vars(pace_errors).values() if isinstance(kind, type) and issubclass(kind, PaceError)]


def machine(*said: str) -> list[str]:
    """What of it is none for people."""
    return [found[0] for each in said for found in MACHINE.finditer(re.sub(r"<[^>]*>", " ", each))]


def test_what_is_looked_for_would_be_found() -> None:
    for words in ("[Errno 111] x", "KeyError: 'x'", "a Reader object at 0x7f", "('Connection broken: y', z)"):
        assert machine(words)
    assert machine("<p>Nothing listens there: the connection was refused.</p>") == []


def raising(error: Exception) -> FetchPanel:
    """A panel whose fetch has ended in an error."""

    class Fetcher:
        def fetch(self, *_: object, **__: object) -> object:
            raise error

    panel = FetchPanel(Fetcher(), lambda *_, **__: markup.line(), [URL])  # type: ignore[arg-type] # it only raises
    panel._settle = 0.0
    panel.fetch()
    panel.join(10)
    return panel


@pytest.mark.parametrize("error", FOREIGN, ids=NAMES)
def test_every_error_of_a_fetch_is_a_sentence(error: Exception) -> None:
    asked = explained(error, URL)
    assert machine(str(asked), asked.brief, broken_off(error), in_words(error)) == []
    for each in (error, asked):
        panel = raising(each)
        assert machine(panel.said.value, panel.caption.value) == []
        assert panel.said.value
        assert panel.facts.action == "again"


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_of_fetch_error_has_its_label(kind: type[FetchError]) -> None:
    panel = raising(kind("This happened, for that reason. Do this."))
    assert machine(panel.said.value, panel.caption.value) == []
    assert "Do this." in panel.caption.value


@pytest.mark.parametrize("error", [*FOREIGN, PageLostError("its page gave no sign of life for a minute")])
def test_every_error_that_ends_a_probe_is_a_sentence(error: Exception) -> None:
    live = ProbePanel([URL])
    live.probe()
    live.stop()
    live.join(30)
    live._paint(Failed(error))
    hero = live.live.hero
    assert machine(hero.said.value, hero.columns.value, live.live.replay.note.value, live.form.hint.value) == []
    assert "broke off" in hero.said.value
    live._done(Failed(error))
    assert machine(live.live.replay.note.value) == []
    assert "could not be kept" in live.live.replay.note.value


@pytest.mark.parametrize("error", FOREIGN, ids=NAMES)
def test_every_reason_why_an_attempt_has_no_answer_is_words(error: Exception) -> None:
    why = explained(error, URL).brief
    attempt = Attempt(1, None, None, 0.0, 0.1, None, error=why)
    tally = Tally.of([attempt] * 3)
    shown = face(Running("quick", Goal(), Budget(), tally))
    assert machine(shown.label, shown.large, shown.sentence) == []
    assert shown.tone == "bad"
    assert machine(attempts_csv([attempt]), *cells(attempt), legend({Kind.of(attempt): 3}, truth=False)) == []


@pytest.mark.parametrize("kind", KEPT)
def test_every_kind_of_store_error_is_shown_in_its_own_words(kind: type[PaceError], tmp_path: Path) -> None:
    error = told(kind, "paces.sqlite") if kind in ADVICE else kind.__new__(kind, "Nothing was kept: try again.")
    shows(error, tmp_path)


@pytest.mark.parametrize("error", FOREIGN, ids=NAMES)
def test_every_error_below_the_store_is_a_sentence(error: Exception, tmp_path: Path) -> None:
    shows(error, tmp_path)
    for below in (error, OperationalError("SELECT 1", {}, error), InvalidRequestError("a bug")):
        with pytest.raises((StoreError, type(below))) as caught, translated("paces.sqlite"):
            raise below
        shows(caught.value, tmp_path)
        assert machine(f"The pace could not be stored: {in_words(caught.value)}") == []


def shows(error: BaseException, tmp_path: Path) -> None:
    """The Paces panel with a store that fails so."""
    panel = PacesPanel(PaceStore(f"sqlite:///{tmp_path}/p.sqlite"))

    def fails(_: threading.Event) -> Snapshot:
        raise error

    panel._job._work = fails
    panel.refresh()
    panel.join(10)
    assert machine(panel.message.value) == []
    assert 'role="alert"' in panel.message.value


@pytest.mark.parametrize("error", FOREIGN, ids=NAMES)
def test_every_error_of_the_lab_is_a_sentence(error: Exception) -> None:
    errand, line = Errand(), markup.line()

    def fails() -> str:
        raise error

    errand.start(line, "Asking", fails)
    errand.join(10)
    assert machine(line.value) == []
    assert 'role="alert"' in line.value
