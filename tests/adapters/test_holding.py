"""Probes that stay away for as long as a service said to others, and tell others what it says to them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

from tests.conftest import served
from tests.pace.conftest import FakeClock
from widgets.adapters import HeldTurns, StoreJournals, StoreTurns, keeper
from widgets.adapters.writing import AT_ONCE
from widgets.http.errors import HeldBackError, Stopped
from widgets.pace import PacedSession, PaceStore
from widgets.pace.panel.scope import sentence
from widgets.probe import Budget, Goal, ProbePanel
from widgets.probe.recorder import Hindrance
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = Settings("quick", Goal(), Budget())
API = "http://api.example.org/v1/items"


class Service:
    """A service that notes when it is asked, and answers as it is told; `answers` come first."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.answers: list[Response] = []
        self.usual = Response("hello", 200)
        self.app = Flask("service")
        self.app.add_url_rule("/<path:path>", view_func=self.told)

    def told(self, path: str) -> Response:
        del path
        self.asked.append(time.monotonic())
        answer = self.answers.pop(0) if self.answers else self.usual
        return Response(answer.get_data(), answer.status_code, dict(answer.headers))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with served(service.app) as base:
        yield base + "/thing"


@pytest.fixture
def store() -> Iterator[PaceStore]:
    with PaceStore() as store:
        yield store


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lab(tmp_path: Path, clock: FakeClock) -> PaceStore:
    return PaceStore(f"sqlite:///{tmp_path}/p.sqlite", clock=clock)


class Page:
    """What a page has for its probes; `said` is what it was told that they wait for."""

    def __init__(self, store: PaceStore, url: str = "") -> None:
        self.said: list[str] = []
        self.turns = HeldTurns(store, StoreTurns(store), self.tell)
        self.panel = ProbePanel(
            [url], turns=self.turns, journals=StoreJournals(store, self.turns.begin), keep=keeper(store)
        )
        self.panel.form.strategy.value = "doubling"

    def tell(self, sentence: str) -> None:
        self.said.append(sentence)
        self.panel.hold(sentence)


def due_in(turns: HeldTurns | StoreTurns, url: str = API) -> float:
    turn = turns("GET", url, {})
    assert turn is not None
    return turn.due_in()


def note(turns: HeldTurns | StoreTurns, status: int, url: str = API, body: bytes = b"", **headers: str) -> None:
    turn = turns("GET", url, {})
    assert turn is not None
    turn.note(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def test_a_probe_of_a_service_that_a_session_was_told_to_leave_alone_is_not_made_and_the_page_says_until_when(
    store: PaceStore, service: Service, url: str
) -> None:
    """It sent 20 requests within 7 s, while Fetch counted down and Paces said that nothing is sent."""
    service.answers = [Response("no", 503, {"Retry-After": "3600"})]
    with PacedSession(store) as session:
        assert session.get(url).status_code == 503
    page = Page(store, url)
    page.panel.probe()
    page.panel.join(30)
    assert len(service.asked) == 1
    (held,) = store.held()
    said = sentence(held, store.clock.today())[1:].rpartition(":")[0]  # but for its second
    shown = page.panel.live.face
    assert (shown.label, shown.large) == ("Not probed", f"{url.removesuffix('/thing')} is held")
    assert said in shown.sentence
    assert shown.sentence.endswith("Lift that under *Paces* to ask sooner.")
    page.panel.recheck(url, Settings("recheck", Goal(), Budget(requests=2), wait=0.01))
    page.panel.join(30)
    assert len(service.asked) == 1
    assert store.probes.interrupted() == []
    store.lift(held)
    page.panel.probe()
    page.panel.join(30)
    assert len(service.asked) > 1


def test_a_short_hold_is_waited_for_and_the_page_says_for_what(store: PaceStore, service: Service, url: str) -> None:
    note(StoreTurns(store), 503, url, Retry_After="1")
    began = time.monotonic()
    page = Page(store, url)
    page.panel.probe()
    while not page.said:
        time.sleep(0.005)
    assert "is held: the service said to stay away; nothing is sent before" in page.said[0]
    assert "is held" in page.panel.live.replay.note.value
    assert 'role="alert"' in page.panel.live.replay.note.value
    page.panel.join(30)
    assert page.said[1:] == [""]
    assert "is held" not in page.panel.live.replay.note.value
    assert service.asked[0] - began > 0.9
    assert len(service.asked) == len(page.panel.live.attempts)


def test_a_hold_that_others_are_told_amid_a_probe_is_waited_for_and_stop_ends_it(
    store: PaceStore, service: Service, url: str
) -> None:
    page = Page(store, url)
    page.panel.form.strategy.value = "careful"
    page.panel.probe()
    while len(service.asked) < 3:
        time.sleep(0.005)
    note(StoreTurns(store), 429, url, Retry_After="1")
    told = time.monotonic()
    while not page.said or page.said[-1]:
        time.sleep(0.005)
    note(StoreTurns(store), 429, url, Retry_After="3000")
    count = len(service.asked)
    while len(page.said) < 3:
        time.sleep(0.005)
    assert "stay away; nothing is sent before" in page.panel.live.replay.note.value
    page.panel.stop()
    page.panel.join(30)
    assert len(service.asked) <= count + 1
    assert not [each for each in service.asked if told + 0.1 < each < told + 0.95]
    assert "Stopped by you" in page.panel.live.hero.said.value


def test_what_a_probe_is_told_holds_all_others_and_counts_nothing_of_the_pace_that_is_kept(
    store: PaceStore, service: Service, url: str
) -> None:
    pace = store.keep(url, 0.001)
    service.usual = Response("no", 429, {"Retry-After": "3600"})
    service.answers = [Response("hello", 200)]
    page = Page(store, url)
    page.panel.probe()
    page.panel.join(30)
    assert "left alone" in page.panel.live.hero.said.value
    assert page.said == [], "its own it obeys by its strategy"
    assert due_in(StoreTurns(store), url) > 3590
    (after,) = store.paces()
    assert (after.accepted, after.refused, after.factor, after.doubtful) == (0, 0, 1.0, False)
    assert after.key == pace.key
    sent = len(service.asked)
    page.panel.probe()
    page.panel.join(30)
    assert "is held" in page.panel.live.face.large, "another probe obeys it"
    assert len(service.asked) == sent


def test_a_probe_is_held_by_what_others_were_told_and_not_by_what_it_was_told_itself(
    lab: PaceStore, clock: FakeClock
) -> None:
    probe, fetch, other = HeldTurns(lab, StoreTurns(lab)), StoreTurns(lab), HeldTurns(lab, StoreTurns(lab))
    note(probe, 429, Retry_After="60")
    assert [due_in(each) for each in (probe, fetch, other)] == [0, 60, 60]
    clock.advance(10)
    note(fetch, 429, Retry_After="20")
    assert [due_in(each) for each in (probe, fetch, other)] == [0, 50, 50], "that ends sooner"
    note(fetch, 429, Retry_After="120")
    assert [due_in(each) for each in (probe, fetch, other)] == [120, 120, 120]
    note(probe, 429, Retry_After="30")
    assert [due_in(each) for each in (probe, fetch, other)] == [120, 120, 120], "what others were told ends later"
    clock.advance(120)
    note(probe, 429, Retry_After="30")
    assert [due_in(each) for each in (probe, fetch, other)] == [0, 30, 30]
    assert other.begin(lab.target(API), 30) == ""
    assert "is held: the service said to stay away; nothing is sent before 15 January, 08:02:40." in probe.begin(
        lab.target(API), 29
    )
    assert due_in(probe) == 30, "it is another probe now"


@pytest.mark.parametrize("scope", ["origin", "path", "/v1", ""])
def test_a_probe_keeps_no_pace_and_is_held_whatever_pace_is_kept(lab: PaceStore, clock: FakeClock, scope: str) -> None:
    if scope:
        lab.keep(API, 50.0, scope=scope)
    probe, fetch = HeldTurns(lab, StoreTurns(lab)), StoreTurns(lab)
    assert due_in(probe) == 0
    note(fetch, 503, Retry_After="90")
    assert due_in(probe) == 90
    assert "to stay away; nothing is sent before 15 January, 08:01:30." in probe.begin(lab.target(API), 60)
    clock.advance(90)
    assert due_in(probe) == 0
    note(probe, 200, RateLimit_Limit="5", RateLimit_Remaining="0", RateLimit_Reset="70")
    assert (due_in(probe), due_in(fetch)) == (0, 70)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (429, {"Retry_After": "60"}, b""),
        (503, {}, b"Too many requests. Please try again in 40 seconds."),
        (429, {"RateLimit_Remaining": "0", "RateLimit_Reset": "33"}, b""),
        (200, {"X_RateLimit_Remaining": "0", "X_RateLimit_Limit": "9", "X_RateLimit_Reset": "45"}, b"{}"),
        (200, {}, b'{"items": [], "backoff": 25}'),
        (429, {}, b""),
        (500, {}, b"oops"),
        (200, {"Retry_After": "60"}, b"fine"),
    ],
)
def test_a_probe_reads_an_answer_as_a_session_does(
    tmp_path: Path, clock: FakeClock, status: int, headers: dict[str, str], body: bytes
) -> None:
    found: list[list[float]] = []
    for make in (StoreTurns, lambda store: HeldTurns(store, StoreTurns(store))):
        with PaceStore(f"sqlite:///{tmp_path}/{len(found)}", clock=clock) as store:
            note(make(store), status, body=body, **headers)
            found.append([due_in(StoreTurns(store)), due_in(StoreTurns(store), "http://api.example.org/else")])
    assert found[0] == found[1]


def test_one_that_goes_on_may_wait_as_long_as_it_may_last_and_another_says_why_it_does_not_begin(
    lab: PaceStore, clock: FakeClock
) -> None:
    turns = HeldTurns(lab, StoreTurns(lab))
    journals = StoreJournals(lab, turns.begin)
    with journals.open(API, SETTINGS) as opened:
        assert not isinstance(opened, Hindrance)
        probe = getattr(opened, "id", "")
    note(StoreTurns(lab), 429, Retry_After=str(2 * AT_ONCE))
    with journals.open(API, SETTINGS, anew=True) as opened:
        assert isinstance(opened, Hindrance)
    with journals.open(API, SETTINGS, probe=probe) as opened:
        assert not isinstance(opened, Hindrance)
    brief = Settings("quick", Goal(), Budget(seconds=AT_ONCE))
    with journals.open(API, brief, probe=probe) as opened:
        assert isinstance(opened, Hindrance)
    clock.advance(AT_ONCE)
    with journals.open(API, SETTINGS, anew=True) as opened:
        assert not isinstance(opened, Hindrance)


def test_where_the_store_cannot_be_used_a_probe_is_made_all_the_same(service: Service, url: str) -> None:
    page = Page(PaceStore("sqlite:////dev/null/paces.sqlite"), url)
    page.panel.probe()
    page.panel.join(30)
    assert len(service.asked) == len(page.panel.live.attempts) > 1
    assert page.said == []


def test_where_a_hold_cannot_be_stored_the_page_obeys_it_and_the_probe_that_was_told_does_not_stumble(
    lab: PaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from widgets.pace.errors import StoreReadOnly  # noqa: PLC0415 - for this test alone

    fetch = StoreTurns(lab)
    probe = HeldTurns(lab, fetch)

    def hold(*_: object) -> None:
        raise StoreReadOnly("The store may be read only.")

    assert due_in(probe) == 0
    monkeypatch.setattr(lab.kept, "hold", hold)
    note(probe, 503, Retry_After="60")
    assert (due_in(probe), due_in(fetch)) == (0, 60)
    assert "said to stay away: nothing is sent before" in probe.begin(lab.target(API), 10)
    assert due_in(probe) == 60


def test_the_turn_itself_waits_for_the_rest_of_a_hold_and_for_no_longer_than_it_may(
    lab: PaceStore, clock: FakeClock
) -> None:
    turns, never = HeldTurns(lab, StoreTurns(lab)), threading.Event()
    note(StoreTurns(lab), 503, Retry_After="5")
    turn = turns("GET", API, {})
    assert turn is not None
    with pytest.raises(HeldBackError, match="nothing was sent"), turn.sending(4.0, never):
        raise AssertionError("sent")
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Stopped), turn.sending(9.0, stopped):
        raise AssertionError("sent")

    class Passing(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock.advance(timeout or 0.0)
            return False

    before = clock.now()
    with turn.sending(9.0, Passing()):
        assert clock.now() - before == pytest.approx(5)
