"""To the moment: when a turn comes, how it is waited for, and what is left behind. All on a clock that is passed in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.pace.conftest import URL, FakeClock
from tests.pace.target import logging_target
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.errors import NotDue, PaceError, StoreUnreachable
from widgets.pace.limiter.limiter import LONGEST_AWAY, RECHECK, Limiter
from widgets.pace.limiter.schedule import ON_DECK, lead
from widgets.pace.limiter.session import PacedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = threading.Event()


class Watched(FakeClock):
    """A clock that writes down what was waited for, and lets something happen after each wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.then: Callable[[], object] = lambda: None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        super().wait(seconds, stop)
        self.waits.append(seconds)
        self.then()


@pytest.fixture
def clock() -> Watched:
    return Watched()


@pytest.fixture
def limiter(lab: PaceStore) -> Limiter:
    return Limiter(lab, lab.target(URL))


@pytest.mark.parametrize("wait", [1e-6, 0.1, 2.0, 10.0, 60.0])
def test_a_turn_comes_when_it_is_due_and_no_later(
    lab: PaceStore, limiter: Limiter, clock: FakeClock, wait: float
) -> None:
    lab.keep(URL, wait)
    began = clock.now()
    for turn in range(1, 4):
        with limiter.sending(100, NEVER):
            assert clock.now() - began == pytest.approx(turn * wait, abs=1e-4)


def test_the_lock_is_taken_a_moment_before_and_a_quarter_of_a_short_pace() -> None:
    assert [lead(wait) for wait in (0.0, 0.1, 0.2, 0.4, 3600.0)] == [0.0, 0.025, ON_DECK, ON_DECK, ON_DECK]
    assert ON_DECK == 0.05


def test_a_sender_comes_back_shortly_before_its_turn_to_connect(
    lab: PaceStore, limiter: Limiter, clock: FakeClock
) -> None:
    lab.keep(URL, 10.0)
    due = limiter.approach(10.0, NEVER)  # as patient as is needed, and no more
    assert due is not None
    assert due.moment - clock.now() == pytest.approx(ON_DECK)
    assert due.wait == 10


def test_a_turn_that_is_not_waited_for_says_how_far_it_is(lab: PaceStore, limiter: Limiter) -> None:
    lab.keep(URL, 10.0)
    with pytest.raises(NotDue, match=r"due in 10 s, later than the 9\.5 s") as told, limiter.sending(9.5, NEVER):
        raise AssertionError("it was sent")
    assert told.value.seconds == pytest.approx(10)


def test_a_turn_hours_ahead_is_said_in_hours(lab: PaceStore, limiter: Limiter) -> None:
    lab.keep(URL, 90_000.0)
    with pytest.raises(NotDue, match="due in 25 h, later than the 1 h that"), limiter.sending(3600.0, NEVER):
        raise AssertionError("it was sent")


def test_patience_is_counted_from_the_call_and_not_from_each_look(
    lab: PaceStore, limiter: Limiter, clock: Watched
) -> None:
    lab.keep(URL, 10.0)
    clock.then = lambda: lab.keep(URL, 10.0)  # each look finds it a whole pace ahead again
    began = clock.now()
    with pytest.raises(NotDue), limiter.sending(12, NEVER):
        raise AssertionError("it was sent")
    assert clock.now() - began <= 12


def test_one_who_waits_long_looks_again_every_five_seconds(lab: PaceStore, limiter: Limiter, clock: Watched) -> None:
    pace = lab.keep(URL, 3600.0)
    clock.then = lambda: lab.forget(pace)
    began = clock.now()
    with limiter.sending(3600, NEVER):
        assert clock.now() - began == RECHECK == 5


def test_a_service_without_a_pace_that_said_to_stay_away_is_asked_at_the_end_of_it_and_not_before(
    limiter: Limiter, clock: FakeClock
) -> None:
    limiter.note(refused=True, hold=30)
    began = clock.now()
    with limiter.sending(30, NEVER):
        assert clock.now() - began == pytest.approx(30, abs=1e-4)
        assert clock.now() - began >= 30


class Busy:
    """A lock that another sender has, so many times."""

    def __init__(self, times: int) -> None:
        self.left, self.released = times, 0

    def acquire(self) -> bool:
        self.left -= 1
        return self.left < 0

    def held(self) -> NoReturn:
        raise AssertionError("it was not on deck for long")

    def release(self) -> None:
        self.released += 1


@pytest.mark.parametrize(
    ("wait", "late", "tick"),
    [(1e-6, 1.0, 0.001), (0.01, 1.0, 0.001), (1.0, 9.0, 0.05), (2.0, 0.0, 0.1), (60.0, 9.0, 0.1)],
)
def test_a_lock_that_another_has_is_tried_again_after_a_twentieth_of_the_pace_within_bounds(
    lab: PaceStore,
    limiter: Limiter,
    clock: Watched,
    monkeypatch: pytest.MonkeyPatch,
    wait: float,
    late: float,
    tick: float,
) -> None:
    lab.keep(URL, wait)
    clock.advance(wait + late)
    lock = Busy(3)
    monkeypatch.setattr(lab, "send_lock", lambda _: lock)
    with limiter.sending(100, NEVER):
        assert clock.waits == pytest.approx([tick] * 3)
        assert lock.released == 0
    assert lock.released == 1


def test_while_another_sender_is_on_deck_its_moment_is_waited_for_first(
    lab: PaceStore, limiter: Limiter, clock: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.keep(URL, 1.0)
    clock.advance(1.0 - ON_DECK)
    lock = Busy(1)
    monkeypatch.setattr(lab, "send_lock", lambda _: lock)
    with limiter.sending(100, NEVER):
        assert clock.waits[0] == pytest.approx(ON_DECK + 0.05)


def test_one_that_is_stopped_on_deck_sends_nothing_gives_the_lock_back_and_leaves_a_whole_pace(
    lab: PaceStore, limiter: Limiter, clock: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.keep(URL, 1.0)
    clock.advance(1.0 - ON_DECK / 2)
    lock, stop = Busy(0), threading.Event()
    monkeypatch.setattr(lab, "send_lock", lambda _: lock)
    clock.then = stop.set
    with pytest.raises(PaceError, match="Stopped by you"), limiter.sending(100, stop):
        raise AssertionError("it was sent")
    assert lock.released == 1
    assert limiter.due_in() == pytest.approx(1.0)


def test_a_turn_whose_request_failed_counts_and_gives_the_lock_back(lab: PaceStore, limiter: Limiter) -> None:
    lab.keep(URL, 1.0)
    with pytest.raises(OSError, match="gone"), limiter.sending(100, NEVER):
        raise OSError("gone")
    assert limiter.due_in() == pytest.approx(1.0)
    with limiter.sending(100, NEVER):
        pass


@pytest.mark.parametrize(("asked", "kept"), [(30.0, 30.0), (1e9, LONGEST_AWAY), (float("inf"), LONGEST_AWAY)])
def test_where_a_hold_cannot_be_stored_this_process_keeps_away_for_a_day_at_most(
    lab: PaceStore, limiter: Limiter, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, asked: float, kept: float
) -> None:
    def gone(*_: object) -> NoReturn:
        raise StoreUnreachable("The store cannot be reached.")

    with monkeypatch.context() as patch:
        patch.setattr(lab.kept, "hold", gone)
        with pytest.raises(StoreUnreachable):
            limiter.note(refused=True, hold=asked)
    assert limiter.due_in() == kept
    clock.advance(kept)
    assert limiter.due_in() == 0


def test_where_nothing_is_kept_nothing_is_due_and_a_stamp_changes_nothing(lab: PaceStore, limiter: Limiter) -> None:
    limiter.stamp()
    limiter.note(refused=False)
    assert (limiter.due_in(), limiter.wait_now(), limiter.governed) == (0, 0, False)
    assert limiter.approach(0, NEVER) is None
    lab.keep(URL, 7.0)
    assert (limiter.due_in(), limiter.wait_now(), limiter.governed) == (7, 7, True)


def test_no_other_adapter_sends_for_a_paced_session(lab: PaceStore) -> None:
    with PacedSession(lab) as session:
        with pytest.raises(TypeError, match="sends through a PacedAdapter, not through a HTTPAdapter"):
            session.mount("http://", HTTPAdapter())
        assert isinstance(session.get_adapter("http://a.example/"), PacedAdapter)
        assert isinstance(session.get_adapter("https://a.example/"), PacedAdapter)
        session.mount("http://special.example/", PacedAdapter())
        lab.keep("http://special.example/", 60)
        session.patience = 1
        with pytest.raises(NotSent, match="due in 60 s"):
            session.get("http://special.example/")


def test_an_adapter_that_belongs_to_no_session_sends_nothing() -> None:
    with logging_target() as target:
        plain = requests.Session()
        plain.mount("http://", PacedAdapter())
        with pytest.raises(NotSent, match="belongs to no PacedSession"):
            plain.get(target.url)
        assert target.arrivals == []


def test_a_session_takes_its_turns_through_a_proxy_too(lab: PaceStore, clock: Watched) -> None:
    with logging_target() as target, PacedSession(lab) as session:
        lab.keep("http://a.example/", 5.0)
        began = clock.now()
        for turn in (1, 2):
            session.get("http://a.example/x", proxies={"http": target.url})
            assert clock.now() - began == pytest.approx(5.0 * turn, abs=1e-3)
        assert len(target.arrivals) == 2


def test_an_answer_that_could_not_be_counted_is_the_callers_all_the_same(
    lab: PaceStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object, **__: object) -> NoReturn:
        raise StoreUnreachable("The store cannot be reached.")

    with logging_target() as target, PacedSession(lab) as session:
        lab.keep(target.url, 1.0)
        monkeypatch.setattr(lab.kept, "note", gone)
        assert session.get(target.url).status_code == 200
        assert "An answer could not be counted: The store cannot be reached." in caplog.text


def test_a_session_is_stopped_by_its_own_event_where_none_is_given(lab: PaceStore, clock: Watched) -> None:
    with PacedSession(lab) as session, PacedSession(lab) as other:
        lab.keep(URL, 60)
        clock.then = session.stop.set
        with pytest.raises(NotSent, match="Stopped by you"):
            session.get(URL)
        assert not other.stop.is_set()
        assert session.patience == 3600
