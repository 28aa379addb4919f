from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from server.limiters import MinimumGap
from tests.pace.slow import slow
from widgets.adapters import StoreLessons, StoreTurns
from widgets.adapters.obeying import unread
from widgets.fetch import Fetcher, FetchPanel
from widgets.fetch.panel.states import Failed, facts
from widgets.http.errors import HeldBackError, Stopped
from widgets.media import render
from widgets.pace import PaceStore
from widgets.pace.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreReadOnly
from widgets.pace.limiter.limiter import Limiter, Turn
from widgets.pace.store.faults import ADVICE, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from widgets.adapters.obeying import StoreTurn


@pytest.fixture
def store() -> Iterator[PaceStore]:
    with PaceStore() as store:
        yield store


@pytest.fixture
def url(start_service: Callable[..., str]) -> str:
    return start_service() + "/NASA?type=text/plain"


def page(store: PaceStore, url: str) -> FetchPanel:
    return FetchPanel(Fetcher(), render, [url], turns=StoreTurns(store))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def hidden(panel: FetchPanel) -> bool:
    return "ww-hidden" in panel.act_button._dom_classes or panel.act_button.description != "Fetch now anyway"


def test_a_fetch_counts_down_to_its_turn_and_no_two_come_closer_than_the_pace(store: PaceStore, url: str) -> None:
    began = time.monotonic()  # before the pace is kept: its first turn is counted from then
    store.keep(url, 2.0)
    panel = page(store, url)
    panel.fetch()
    until(lambda: "to keep the pace of" in panel.said.value)
    assert "to keep the pace of 2 s" in panel.said.value
    until(lambda: not hidden(panel))  # the button comes by a message of its own
    panel.join(30)
    assert panel.reply is not None
    assert time.monotonic() - began >= 2.0
    assert hidden(panel)
    panel.fetch()
    panel.join(30)
    assert time.monotonic() - began >= 4.0


def test_what_is_kept_for_another_address_holds_nothing_back(store: PaceStore, url: str) -> None:
    store.keep("http://elsewhere.example/", 60)
    panel = page(store, url)
    panel.fetch()
    panel.join(30)
    assert panel.reply is not None


def test_a_person_may_insist_and_the_next_one_keeps_the_pace_again(store: PaceStore, url: str) -> None:
    store.keep(url, 60)
    panel = page(store, url)
    panel.fetch()
    until(lambda: not hidden(panel))
    panel.insist()
    panel.join(30)
    assert panel.reply is not None
    turn = StoreTurns(store)("GET", url, {})
    assert turn is not None
    assert turn.due_in() > 55
    (pace,) = store.paces()
    assert pace.accepted == 1


def test_stop_ends_the_countdown_and_nothing_is_sent(store: PaceStore, url: str) -> None:
    store.keep(url, 60)
    panel = page(store, url)
    panel.fetch()
    until(lambda: not hidden(panel))
    panel.stop()
    panel.join(30)
    assert "nothing was sent" in panel.said.value
    assert panel.reply is None
    assert hidden(panel)


def test_a_refusal_is_counted_and_its_retry_after_is_obeyed(
    store: PaceStore, start_service: Callable[..., str]
) -> None:
    url = start_service() + "/slow/token-bucket?rate=0.02&burst=2&dialect=retry-after&status=429"
    page(store, url).fetch()  # opens the rule's clock
    panel = page(store, url)
    panel.fetch()
    panel.join(30)
    store.keep(url, 0.01)
    panel.fetch()
    panel.join(30)
    assert panel.reply is not None
    assert panel.reply.status in {429, 503}
    (pace,) = store.paces()
    assert pace.refused == 1
    turn = StoreTurns(store)("GET", url, {})
    assert turn is not None
    assert turn.due_in() > 5


def test_where_the_paces_cannot_be_read_nothing_is_sent_unless_a_person_insists(url: str) -> None:
    panel = page(PaceStore("sqlite:////dev/null/paces.sqlite"), url)
    panel.fetch()
    panel.join(30)
    assert "Nothing was sent" in panel.said.value
    assert panel.reply is None
    until(lambda: not hidden(panel))  # the button comes by a message of its own
    panel.insist()
    panel.join(30)
    assert panel.reply is not None


def test_a_fetch_that_a_person_insisted_on_is_counted_although_no_answer_comes(store: PaceStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        store.keep(url, 60)
        panel = page(store, url)
        panel.fetch()
        until(lambda: not hidden(panel))
        (before,) = store.kept.governing(store.target(url))
        panel.insist()
        peer = listener.accept()[0]
        assert peer.recv(65536)
        peer.close()
        panel.join(30)
        assert panel.reply is None
        (after,) = store.kept.governing(store.target(url))
        assert after.sent > before.sent, "the next one is due a whole pace after it"


def test_a_script_may_send_while_a_fetch_waits_for_its_answer(store: PaceStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        store.keep(url, 0.05)
        panel = page(store, url)
        panel.fetch()
        peer = listener.accept()[0]
        assert peer.recv(65536)
        with Limiter(store, store.target(url)).sending(20, threading.Event()):
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        panel.join(30)
        assert panel.reply is not None
        peer.close()


def test_a_fetch_without_a_pace_that_is_refused_holds_the_service(
    store: PaceStore, start_service: Callable[..., str]
) -> None:
    base = start_service()
    url = base + "/slow/token-bucket?rate=0.02&burst=2&dialect=retry-after&status=429"
    panel = page(store, url)
    for _ in range(3):
        panel.fetch()
        panel.join(30)
    assert panel.reply is not None
    assert panel.reply.status == 429
    panel.address.value = f"{base}/NASA"
    panel.fetch()
    until(lambda: "as the service said" in panel.said.value)
    panel.stop()
    panel.join(30)


@pytest.mark.parametrize("kind", [StoreReadOnly, StoreFull, StoreCorrupt, StoreLocked])
def test_why_a_store_keeps_a_fetch_back_has_the_room_that_is_there(kind: type[StoreError]) -> None:
    """The line of chips holds the first sentence beside its button; what to do stands below it, in whole."""
    error = unread(told(kind, "/home/somebody/.local/share/waitwise/waitwise.sqlite3"))
    shown = facts(Failed(error))
    assert shown.words == "Nothing was sent: its pace cannot be looked up."
    assert (
        shown.caption
        == f"The store /home/somebody/.local/share/waitwise/waitwise.sqlite3 cannot be used: {ADVICE[kind]}."
    )
    assert len(shown.caption) < 3 * 75, "three lines at the width of a laptop"


@pytest.mark.parametrize("learns", [False, True])
def test_that_a_request_was_sent_is_not_denied_where_it_cannot_be_noted_and_its_answer_is_shown(
    store: PaceStore, url: str, monkeypatch: pytest.MonkeyPatch, *, learns: bool
) -> None:
    """'Nothing was sent' was said of a request that was, when the store failed after it."""

    def failing(*_: object) -> None:
        raise StoreError("The store is full.")

    if not learns:
        store.keep(url, 0.01)
    panel = FetchPanel(Fetcher(), render, [url], turns=StoreTurns(store), lessons=StoreLessons(store))
    panel.learn.value = learns
    monkeypatch.setattr(Turn, "sent", failing)
    panel.fetch()
    panel.join(30)
    assert panel.reply is not None
    assert panel.reply.status == 200


def redirecting(request: Request, _: int) -> Response | None:
    return Response(status=302, headers={"Location": "/b"}) if request.path == "/a" else None


@pytest.mark.parametrize("learns", [False, True])
def test_a_redirect_that_the_pace_keeps_back_says_what_was_sent(tmp_path: Path, *, learns: bool) -> None:
    """'Nothing was sent' was said although what led there had been."""
    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=redirecting) as service:
        service.clock.advance(service.store.keep(f"{service.url}/a", 0.01, scope="path").wait)
        service.store.keep(f"{service.url}/b", 90, scope="path")
        lessons = StoreLessons(service.store)
        panel = FetchPanel(Fetcher(), render, [f"{service.url}/a"], turns=StoreTurns(service.store), lessons=lessons)
        panel.learn.value = learns
        panel.fetch()
        panel.join(30)
        assert [path for _, path, _ in service.asked] == ["/a"]
        assert panel.facts.words == "/a was asked, and redirects to /b, which was not."
        caption = panel.facts.caption
        assert caption.startswith("The next request is due in 90 s, later than the ")
        assert caption.endswith(
            " left of the time limit of this fetch; it was not sent. "
            "Wait, or allow it more time under Method, headers, login."
        )
        assert panel.facts.action == "anyway"


def test_a_redirect_whose_pace_cannot_be_read_says_what_was_sent(tmp_path: Path) -> None:
    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=redirecting) as service:
        turns = StoreTurns(service.store)

        def failing(method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> StoreTurn | None:
            if url.endswith("/b"):
                raise unread(StoreError("The store is full."))
            return turns(method, url, headers, anyway=anyway)

        with pytest.raises(HeldBackError) as told:
            Fetcher().fetch(f"{service.url}/a", turns=failing)
        assert str(told.value) == (
            "/a was asked, and redirects to /b, which was not. It was not sent: its pace cannot be looked up. The "
            "store is full."
        )


def test_who_stops_after_a_redirect_is_not_told_that_nothing_came(tmp_path: Path) -> None:
    stop = threading.Event()

    def stopping(request: Request, status: int) -> Response | None:
        if request.path == "/b":
            stop.set()
            time.sleep(1)
        return redirecting(request, status)

    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=stopping) as service, pytest.raises(Stopped) as told:
        Fetcher().fetch(f"{service.url}/a", stop=stop)
    assert str(told.value) == "/a was asked, and redirects to /b. Stopped before anything came from there."
