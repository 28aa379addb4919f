from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import pytest
from werkzeug.wrappers import Request, Response

from tests.conftest import served
from tests.pace.conftest import URL, FakeClock
from tests.pace.many import measure
from tests.pace.target import logging_target
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.errors import NotDue, StoreUnreachable
from widgets.pace.limiter.limiter import STALE, Limiter
from widgets.pace.limiter.schedule import SLACK, Schedule
from widgets.pace.store.paces import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

NEVER = threading.Event()


def test_a_stamp_of_ones_own_clock_is_exact_and_any_other_counts_from_when_it_was_seen() -> None:
    own, foreign = Schedule("a"), Schedule("b")
    turns = Turns(wait=5, sends=3, clock="a", sent=100)
    assert own.due([turns], 102) == 105
    assert foreign.due([turns], 7) == 12
    assert foreign.due([turns], 11) == 12
    assert foreign.due([Turns(wait=5, sends=4, clock="a", sent=100)], 11) == 16


def test_a_foreign_request_that_was_seen_open_counts_from_when_it_was_seen_to_have_been_sent() -> None:
    foreign = Schedule("b")
    assert foreign.due([Turns(wait=5, sends=3, open=True, clock="a", sent=95)], 7) == 12
    assert foreign.due([Turns(wait=5, sends=3, clock="a", sent=100)], 9) == 14


def test_a_stamp_from_the_future_is_not_believed() -> None:
    assert Schedule("a").due([Turns(wait=5, sends=1, clock="a", sent=9e9)], 100) == 105


def test_a_hold_is_kept_although_requests_are_stamped_meanwhile() -> None:
    turns = Turns(wait=1, sends=9, clock="a", sent=100, holds=1, held_clock="a", held=90, hold=30)
    assert Schedule("a").due([turns], 101) == 120


@pytest.mark.parametrize(
    ("pace", "workers", "sends", "faults"), [(0.03, 3, 10, 1), pytest.param(0.1, 8, 8, 2, marks=pytest.mark.long)]
)
def test_many_processes_some_stopped_killed_or_with_a_wrong_clock_never_send_closer_than_the_pace(
    store_url: str, pace: float, workers: int, sends: int, faults: int
) -> None:
    gaps = measure(store_url, pace, workers, sends, stops=faults, stopped=0.15, kills=faults)
    assert len(gaps) + 1 >= workers * sends
    assert min(gaps) >= pace


def test_threads_of_one_session_share_its_turns(store: PaceStore) -> None:
    with logging_target() as target, PacedSession(store) as session:
        store.keep(target.url, 0.03)
        threads = [threading.Thread(target=lambda: [session.get(target.url) for _ in range(3)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(target.arrivals) == 12
        assert min(target.gaps) >= 0.03


def test_a_sender_that_died_on_its_turn_is_counted_from_when_its_lock_was_free(store: PaceStore) -> None:
    key = store.keep(URL, wait=0.1).key
    time.sleep(0.1)
    [turns] = store.kept.governing(store.target(URL))
    assert store.kept.open_turn({key: turns.sends + 1})  # … and dies: nobody has its lock
    began = time.monotonic()
    with Limiter(store, store.target(URL)).sending(5, NEVER):
        assert time.monotonic() - began >= 0.1


def test_a_stopped_sender_keeps_everybody_waiting(store: PaceStore) -> None:
    key = store.keep(URL, wait=0.02).key
    lock = store.send_lock([key])
    assert lock.acquire()
    sent = threading.Event()

    def send() -> None:
        with Limiter(store, store.target(URL)).sending(5, NEVER):
            sent.set()

    thread = threading.Thread(target=send)
    thread.start()
    assert not sent.wait(0.3)
    lock.release()
    assert sent.wait(5)
    thread.join()


def test_a_wall_clock_that_is_stepped_changes_nothing(tmp_path: Path) -> None:
    clock = FakeClock()
    store = PaceStore(f"sqlite:///{tmp_path}/p", clock=clock)
    store.keep(URL, wait=10)
    limiter = Limiter(store, store.target(URL))
    for step in (3600, -7200, 3600):
        clock.wall += step
        assert limiter.due_in() == pytest.approx(10)
        with limiter.sending(100, NEVER):
            sent = clock.now()
        assert clock.now() == sent


def test_another_machine_waits_the_whole_pace_from_what_it_sees(tmp_path: Path) -> None:
    first, second = FakeClock("one/boot"), FakeClock("two/boot")
    store = PaceStore(f"sqlite:///{tmp_path}/p", clock=first)
    store.keep(URL, wait=10)
    there = PaceStore(f"sqlite:///{tmp_path}/p", clock=second)
    limiter = Limiter(there, there.target(URL))
    assert limiter.due_in() == 10
    second.advance(4)
    assert limiter.due_in() == 6


def test_a_turn_too_far_ahead_is_not_waited_for(tmp_path: Path) -> None:
    store = PaceStore(f"sqlite:///{tmp_path}/p", clock=FakeClock())
    store.keep(URL, wait=10)
    with pytest.raises(NotDue, match="due in 10 s"):
        Limiter(store, store.target(URL)).approach(9, NEVER)


def test_where_the_store_has_gone_nothing_is_sent_and_the_reason_is_said(tmp_path: Path) -> None:
    with logging_target() as target, PacedSession(PaceStore(f"sqlite:///{tmp_path}/p.sqlite")) as session:
        session.store.keep(target.url, 0.01)
        session.get(target.url)
        session.store.close()
        session.store.url = "postgresql+psycopg://127.0.0.1:9/gone"
        with pytest.raises(NotSent, match="cannot be reached") as told:
            session.get(target.url)
        assert isinstance(told.value.__cause__, StoreUnreachable)
        assert len(target.arrivals) == 1


def test_stop_ends_a_wait_and_nothing_is_sent(tmp_path: Path) -> None:
    stop = threading.Event()
    with logging_target() as target, PacedSession(PaceStore(f"sqlite:///{tmp_path}/p.sqlite"), stop=stop) as session:
        session.store.keep(target.url, 30)
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(NotSent, match="Stopped by you"):
            session.get(target.url)
        assert target.arrivals == []


def test_a_connection_that_the_service_closed_while_the_turn_was_waited_for_is_opened_anew(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                peer, _ = listener.accept()
                with peer:
                    peer.recv(65536)
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        with PacedSession(PaceStore(f"sqlite:///{tmp_path}/p.sqlite")) as session:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            session.store.keep(url, 0.05)
            assert [session.get(url).status_code for _ in range(2)] == [200, 200]
        thread.join(30)


def test_this_machine_has_a_clock_that_its_processes_share(store: PaceStore) -> None:
    assert store.clock.shared == (sys.platform == "linux")


class Lost:
    """A lock that was lost, once, while its holder was stopped."""

    def __init__(self) -> None:
        self.answers = [False]
        self.taken = self.released = 0

    def acquire(self) -> bool:
        self.taken += 1
        return True

    def held(self) -> bool:
        return self.answers.pop() if self.answers else True

    def release(self) -> None:
        self.released += 1


class Stopping(FakeClock):
    """The clock of a process that is stopped for a while whenever it waits on deck."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        super().wait(seconds + 2 * STALE, stop)


def test_one_that_was_stopped_on_deck_asks_for_its_lock_again_and_sends_nothing_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lock = PaceStore(f"sqlite:///{tmp_path}/p", clock=FakeClock()), Lost()
    store.keep(URL, wait=1.0)
    monkeypatch.setattr(store, "send_lock", lambda keys: lock)
    clock = Stopping()
    clock.time += 1.0 - 0.01  # on deck, and not yet due
    store.clock = store.kept._clock = clock
    with Limiter(store, store.target(URL)).sending(60, NEVER):
        assert lock.answers == [], "asked, and it was lost"
        assert lock.taken - lock.released == 1
    assert lock.taken >= 2


class Slow(Lost):
    """A lock that is ours, and says so only after a while, for each answer that is left."""

    def __init__(self, clock: FakeClock, pauses: Sequence[float]) -> None:
        super().__init__()
        self.clock, self.pauses = clock, list(pauses)

    def held(self) -> bool:
        self.clock.advance(self.pauses.pop(0))
        return True


@pytest.mark.parametrize(
    ("pauses", "left"), [([0.01, 9], 1), ([2 * SLACK, 0.01, 9], 1), ([2 * SLACK] * 2 + [0.01, 9], 1), ([1.0] * 4, 1)]
)
def test_one_that_was_stopped_while_it_asked_for_its_lock_asks_again_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: Sequence[float], left: int
) -> None:
    clock = Stopping()
    store, lock = PaceStore(f"sqlite:///{tmp_path}/p", clock=clock), Slow(clock, pauses)
    store.keep(URL, wait=1.0)
    monkeypatch.setattr(store, "send_lock", lambda keys: lock)
    clock.time += 1.0 - 0.01
    with Limiter(store, store.target(URL)).sending(60, NEVER):
        assert len(lock.pauses) == left


def test_the_next_one_may_send_as_soon_as_a_request_has_been_sent_whenever_its_answer_comes(store: PaceStore) -> None:
    store.keep(URL, wait=1e-6)
    first, second = (Limiter(store, store.target(URL)) for _ in range(2))
    given_up = threading.Event()
    timer = threading.Timer(20, given_up.set)
    timer.start()
    with first.sending(5, NEVER) as turn:
        turn.sent()  # … and now it waits for the answer
        with second.sending(20, given_up):
            timer.cancel()
        turn.sent()  # once is enough: it is the other's lock by now


def test_a_service_that_answers_the_first_only_after_the_second_serves_a_session_of_two(store: PaceStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, PacedSession(store) as session:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        store.keep(url, 0.01)
        threads = [threading.Thread(target=session.get, args=(url,), kwargs={"timeout": 30}) for _ in range(2)]
        for thread in threads:
            thread.start()
        peers = [listener.accept()[0] for _ in range(2)]
        for peer in peers:
            assert peer.recv(65536)
        for peer in peers:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        for thread in threads:
            thread.join(30)
        for peer in peers:
            peer.close()


def test_a_refusal_without_a_pace_is_obeyed_by_the_session_on_every_path(tmp_path: Path) -> None:
    clock = FakeClock()
    with refusing() as url, PacedSession(PaceStore(f"sqlite:///{tmp_path}/p", clock=clock), patience=10) as session:
        assert session.get(f"{url}a").status_code == 429
        with pytest.raises(NotSent, match="due in 30 s"):
            session.get(f"{url}b")
        clock.advance(25)
        assert session.get(f"{url}b").status_code == 429


def test_an_accepted_answer_after_which_nothing_is_left_holds_the_service_until_its_reset(tmp_path: Path) -> None:
    clock, spent = FakeClock(), {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
    store = PaceStore(f"sqlite:///{tmp_path}/p", clock=clock)
    with refusing(200, spent) as url, PacedSession(store, patience=10) as session:
        store.keep(url, 1.0)
        assert session.get(f"{url}a").status_code == 200
        with pytest.raises(NotSent, match="due in 30 s"):
            session.get(f"{url}b")
        assert (pace := store.pace(url))
        assert (pace.accepted, pace.refused) == (1, 0)


def test_a_reset_in_whole_seconds_is_read_together_with_what_came_before_of_its_window(tmp_path: Path) -> None:
    """2 s after the first: the last answer alone says 'in a second', 0.64 s too late for every tenth page of a job."""
    clock, told = FakeClock(), dict[str, str]()
    store = PaceStore(f"sqlite:///{tmp_path}/p", clock=clock)
    with refusing(200, told) as url, PacedSession(store, patience=10) as session:
        store.keep(url, 0.1)
        first = 0.0
        for number in range(10):
            told |= {"RateLimit-Remaining": f"{9 - number}", "RateLimit-Reset": "2" if number < 6 else "1"}
            assert session.get(url).status_code == 200
            first = clock.now() if number == 0 else first
            clock.advance(first + (number + 1) * 0.182 - clock.now())
        assert session.due_in(url) == pytest.approx(first + 2 - clock.now(), abs=1e-3)


@contextmanager
def refusing(status: int = 429, headers: Mapping[str, str] = MappingProxyType({"Retry-After": "30"})) -> Iterator[str]:
    """A service that says to come back in half a minute."""

    @Request.application
    def app(_: Request) -> Response:
        return Response(status=status, headers=dict(headers))

    with served(app) as base:
        yield f"{base}/"


def test_a_session_whose_store_failed_keeps_away_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    with refusing() as url, PacedSession(PaceStore(f"sqlite:///{tmp_path}/p", clock=clock), patience=10) as session:

        def gone(*_: object) -> NoReturn:
            raise StoreUnreachable("The store cannot be reached.")

        with monkeypatch.context() as patch:
            patch.setattr(session.store.kept, "hold", gone)
            assert session.get(f"{url}a").status_code == 429
        with pytest.raises(NotSent, match="due in 30 s"):
            session.get(f"{url}b")
