from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pytest
from ipywidgets.widgets import widget as registry

from server.limiters import MinimumGap
from tests.adapters.test_fetch_learning import fetch
from tests.pace.conftest import FakeClock
from tests.pace.slow import slow
from widgets import Dashboard, app
from widgets.adapters import StoreLessons
from widgets.adapters.writing import LEASE
from widgets.app import voila_theme
from widgets.fetch.panel.states import Due
from widgets.kit import widgetry
from widgets.model.attempt import Attempt, Step
from widgets.model.quantity import as_wait
from widgets.pace import PaceStore
from widgets.pace.panel import PacesPanel
from widgets.probe import Budget, Goal, run
from widgets.probe.asker import Answer
from widgets.probe.chart.canvas import Canvas
from widgets.probe.panel.probe_panel import UNTIL
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import ipywidgets


def test_both_panels_work_on_the_service_that_is_given(start_service: Callable[..., str]) -> None:
    dashboard = Dashboard(start_service(TIME_SCALE=0.02) + "/")
    dashboard.fetch.fetch()
    dashboard.fetch.join(20)
    assert dashboard.fetch.reply is not None
    assert dashboard.fetch.reply.status == 200
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    assert "seems safe" in dashboard.probe.live.card.value
    assert dashboard.paces is not None
    end = time.monotonic() + 20
    while "/Slow-NASA" not in dashboard.paces.table.value and time.monotonic() < end:  # it is read beside the panel
        dashboard.paces.join(20)
        time.sleep(0.05)
    assert "/Slow-NASA" in dashboard.paces.table.value


def text_of(widget: ipywidgets.Widget) -> str:
    """All that a widget and what is in it say."""
    return "".join([str(getattr(widget, "value", "")), *map(text_of, getattr(widget, "children", ()))])


class NoneThereError(Exception):
    """No service answers."""


def none_there() -> str:
    raise NoneThereError("WAITWISE_SERVICE says <here>, but none answers there. Start one.")


def test_a_dashboard_without_a_service_says_why_and_nothing_else() -> None:
    said = text_of(Dashboard(none_there))
    assert "The dashboard could not be made. WAITWISE_SERVICE says &lt;here&gt;, but none answers there." in said
    assert 'role="alert"' in said
    assert "Fetch" not in said.partition("</style>")[2].replace("Fetch anything.", "")


def test_a_visitor_is_told_nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_MODE", "public")
    with pytest.raises(NoneThereError):
        Dashboard(none_there)


def test_a_dashboard_is_not_made_for_a_mode_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_MODE", "publik")
    dashboard = Dashboard("http://127.0.0.1:1")
    assert "WAITWISE_MODE must be public" in text_of(dashboard)
    assert not hasattr(dashboard, "fetch")


def test_in_public_mode_a_probe_asks_no_private_address_but_the_bundled_service(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_MODE", "public")
    with socket.create_server(("127.0.0.1", 0)) as inside:
        dashboard = Dashboard(start_service(TIME_SCALE=0.001))
        dashboard.probe.form.address.value = f"http://127.0.0.1:{inside.getsockname()[1]}/"
        dashboard.probe.form.strategy.value = "doubling"
        dashboard.probe.probe()
        assert "only ports 80 and 443" in dashboard.probe.live.hero.said.value
        dashboard.probe.form.address.value = "http://localhost/"
        dashboard.probe.form.strategy.value = "doubling"
        dashboard.probe.probe()
        assert "not a public address" in dashboard.probe.live.hero.said.value
        inside.setblocking(False)
        with pytest.raises(BlockingIOError):
            inside.accept()
    dashboard = Dashboard(start_service(TIME_SCALE=0.001))
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    assert "seems safe" in dashboard.probe.live.card.value


@pytest.mark.parametrize(("mode", "stranger"), [("public", 1.0), ("local", 0.1)])
def test_in_public_mode_a_stranger_is_asked_at_most_once_a_second_however_short_the_wait(
    monkeypatch: pytest.MonkeyPatch, mode: str, stranger: float
) -> None:
    monkeypatch.setenv("WAITWISE_MODE", mode)
    monkeypatch.setattr(run, "Asker", Willing)
    monkeypatch.setattr(run, "MonotonicClock", FakeClock)
    dashboard = Dashboard("http://localhost:5000")
    found = []
    for url in ("http://93.184.215.14/", "http://localhost:5000/Slow-NASA"):
        # The pace of an earlier probe is looked at again: at a tenth of a second it holds.
        dashboard.probe.recheck(url, Settings("recheck", Goal(), Budget(requests=5), wait=0.1))
        dashboard.probe.consent.allow()
        dashboard.probe.join(20)
        assert dashboard.probe.url == url
        found.append([attempt.spacing for attempt in dashboard.probe.live.attempts[1:]])
    assert found == [pytest.approx([stranger] * 4), pytest.approx([0.1] * 4)]


class Willing:
    """Accepts every request at once, and sends none."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, _: threading.Event) -> Answer:
        return Answer(200, {}, 0.0)

    def due_in(self) -> float:
        return 0.0


def test_the_theme_is_voilas_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOILA_REQUEST_URL", raising=False)
    assert voila_theme() == "jupyter"
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost:8866/?theme=dark")
    monkeypatch.setenv("QUERY_STRING", "theme=dark")
    assert voila_theme() == "dark"


def test_a_pace_that_was_found_is_kept_and_shown_among_the_paces(start_service: Callable[..., str]) -> None:
    service = start_service(TIME_SCALE=0.02)
    dashboard = Dashboard(service)
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    assert "Kept: Fetch obeys it" in dashboard.probe.live.hero.said.value
    assert "ww-kept" in dashboard._dom_classes
    pace = PaceStore().pace(f"{service}/Slow-NASA")
    assert pace is not None
    assert as_wait(pace.wait) in dashboard.probe.live.card.value


def comes(known: Callable[[], bool]) -> bool:
    """Whether that comes to be so, in a while."""
    end = time.monotonic() + 30
    while not known() and time.monotonic() < end:
        time.sleep(0.05)
    return known()


def test_a_page_that_opens_beside_a_probe_says_so_and_lists_the_pace_that_it_looked_on_at(
    start_service: Callable[..., str],
) -> None:
    service = start_service(TIME_SCALE=0.05)
    first = Dashboard(service)
    first.probe.form.strategy.value = "doubling"
    first.probe.probe()
    assert comes(lambda: bool(first.probe.live.attempts))
    second = Dashboard(service)
    said, paces = second.probe.live.hero.said, second.paces
    assert paces is not None
    paces.join(20)
    assert "A doubling probe was under way on another page" in said.value
    second.probe.probe()
    second.probe.join(60)
    assert "made by another page" in second.probe.live.replay.note.value
    assert comes(lambda: bool(paces._known.paces))
    assert "under way" not in said.value


def test_a_probe_that_is_gone_on_with_is_no_longer_listed_as_unfinished(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start_service()
    monkeypatch.setattr(app, "AGAIN", 3600.0)  # it is not seen by a later look
    url, settings = f"{service}/Slow-NASA", Settings("doubling", Goal(), Budget())
    with PaceStore() as store:
        log = store.begin(url, settings.plain())
        log.add(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
    dashboard = Dashboard(service)
    paces = dashboard.paces
    assert paces is not None
    paces.join(20)
    assert len(paces._known.interrupted) == 1
    dashboard.probe.resume(url, settings, log.id)
    assert comes(lambda: not paces._known.interrupted)
    assert dashboard.probe.running
    dashboard.probe.stop()
    dashboard.probe.join(20)


def test_the_probe_goes_by_a_pace_that_fetches_have_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[StoreLessons] = []

    class Noted(StoreLessons):
        """Whatever a dashboard learns by."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(app, "StoreLessons", Noted)
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        monkeypatch.setattr(app, "PaceStore", lambda: service.store)
        dashboard = Dashboard(service.url)
        said = dashboard.probe.live.hero.said
        assert "Not measured yet" in said.value
        for number in range(30):
            fetch(service, made[0], f"/page/{number}")
        pace = service.store.pace(service.url)
        assert pace
        assert f"{as_wait(pace.wait)} is known from before" in said.value
        assert dashboard.paces
        dashboard.paces.join(20)


def test_a_pace_that_was_forgotten_is_no_longer_said_to_be_kept(start_service: Callable[..., str]) -> None:
    dashboard = Dashboard(start_service(TIME_SCALE=0.02))
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    paces, said = dashboard.paces, dashboard.probe.live.hero.said
    assert paces is not None
    paces.join(20)
    assert "Fetch obeys it" in said.value
    while not paces._known.paces:
        paces.refresh()
        paces.join(20)
    paces.forget()
    paces.forget()
    paces.join(20)
    assert not paces._known.paces
    assert "s between requests" in said.value
    assert "Fetch obeys it" not in said.value


def test_a_store_that_cannot_be_used_costs_no_verdict(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_STORE", "sqlite:////dev/null/paces.sqlite")
    dashboard = Dashboard(start_service(TIME_SCALE=0.02))
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    assert "seems safe" in dashboard.probe.live.card.value
    assert "The pace could not be stored" in dashboard.probe.live.hero.said.value
    assert "ww-kept" not in dashboard._dom_classes, "where its kernel is gone, attempts are not said to be kept"


MODELS = 120
"""What a browser must be sent before the page can be used; with a layout and a style for each widget it were twice,
and half as many again if what is seen later were made at once."""


def test_a_page_opens_with_few_models() -> None:
    Dashboard("http://127.0.0.1:9")  # what all share is made
    before = set(registry._instances)
    Dashboard("http://127.0.0.1:9")
    assert len(set(registry._instances) - before) + len(widgetry._shared) <= MODELS


def test_in_public_mode_no_visitor_sees_what_another_asked(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_MODE", "public")
    dashboard = Dashboard(start_service(TIME_SCALE=0.02))
    assert not any(isinstance(child, PacesPanel) for child in dashboard.lower.children)
    assert [name for name, _ in dashboard.nav.options] == ["Fetch", "Probe", "Attempts", "Lab"]
    dashboard.nav.value = "Paces"
    assert dashboard.lower.children[dashboard.lower.selected_index] is dashboard.probe.live.record
    dashboard.probe.form.strategy.value = "doubling"
    dashboard.probe.probe()
    dashboard.probe.join(20)
    assert "Kept" not in dashboard.probe.live.hero.said.value


def test_in_public_mode_an_address_that_is_not_asked_is_not_waited_for_and_nobody_is_offered_to_insist(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_MODE", "public")
    dashboard, said = Dashboard(start_service()), []
    monkeypatch.setattr(dashboard.fetch, "_await_turn", lambda *_: said.append(dashboard.fetch.address.value))
    dashboard.fetch.address.value = "http://127.0.0.1:9/"
    dashboard.fetch.fetch()
    dashboard.fetch.join(20)
    assert "only ports 80 and 443" in dashboard.fetch.said.value + dashboard.fetch.caption.value
    assert not said
    dashboard.fetch.say(Due(5.0, 5.0, 1.0))
    assert "ww-hidden" in dashboard.fetch.act_button._dom_classes


@pytest.mark.usefixtures("no_loop")
@pytest.mark.parametrize("says_so", [True, False])
def test_in_voila_the_store_is_read_when_the_page_stands_and_without_a_word_of_it_after_a_while(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says_so: bool
) -> None:
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost:8866/")
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{tmp_path}/paces.sqlite")
    monkeypatch.setattr(app, "mode", lambda: "local")
    monkeypatch.setattr(app, "WORDLESS", 3600.0 if says_so else 0.5)
    dashboard = Dashboard("http://localhost:5000")
    assert dashboard.paces is not None
    assert dashboard.paces._store._opened is None, "what opens the store waits"
    if says_so:
        dashboard.presence.answer.value = "1"
    end = time.monotonic() + 30
    while "No pace is kept yet" not in dashboard.paces.message.value and time.monotonic() < end:
        time.sleep(0.01)
    assert "No pace is kept yet" in dashboard.paces.message.value
    assert any(isinstance(each, Canvas) for each in dashboard.probe.live.chart.children)


@pytest.mark.usefixtures("no_loop")
def test_what_comes_without_a_word_of_the_page_comes_where_messages_are_handled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Made by a thread meanwhile, it changed the widgets that a page was asking for: the page stayed empty."""
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost:8866/")
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{tmp_path}/paces.sqlite")
    monkeypatch.setattr(app, "mode", lambda: "local")
    monkeypatch.setattr(app, "WORDLESS", 0.05)
    made: list[threading.Thread] = []
    monkeypatch.setattr(Dashboard, "_opened", lambda _: made.append(threading.current_thread()))

    async def kernel() -> threading.Thread:
        Dashboard("http://localhost:5000")
        for _ in range(200):
            await asyncio.sleep(0.01)
            if made:
                break
        return threading.current_thread()

    assert [asyncio.run(kernel())] == made


class Held:
    """A timer that rings when a test says so."""

    made: ClassVar[list[Held]] = []

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.seconds, self.call, self.daemon = seconds, call, False
        self.made.append(self)

    def start(self) -> None:
        pass

    def cancel(self) -> None:
        self.made.remove(self)


def test_a_probe_that_another_page_was_making_is_offered_when_that_one_is_heard_of_no_more(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start_service()
    url, settings = f"{service}/Slow-NASA", Settings("quick", Goal(), Budget()).plain()
    monkeypatch.setattr(Held, "made", [])
    monkeypatch.setattr(threading, "Timer", Held)
    with PaceStore() as store:
        with store.lease(store.target(url), "a page that was reloaded") as lease:
            log = store.begin(url, settings, lease=lease)
            log.add(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
            said = (probe := Dashboard(service).probe).live.hero.said
            assert "A quick probe was under way on another page" in said.value
            probe._look_again()
        (again,) = (timer for timer in Held.made if timer.seconds == UNTIL)
        assert again.seconds > LEASE
        again.call()
    assert "A quick probe was not finished: 1 attempt" in said.value
    assert [timer for timer in Held.made if timer.seconds == UNTIL] == [again], "nothing is left to be looked at"


def test_a_probe_whose_page_was_closed_just_before_is_offered_when_its_target_is_free(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start_service()
    monkeypatch.setattr(Held, "made", [])
    monkeypatch.setattr(threading, "Timer", Held)
    dashboard = Dashboard(service)
    panel = dashboard.paces
    assert panel is not None
    panel.join(20)
    assert not panel._known.interrupted
    log = panel._store.begin("http://127.0.0.1:9/", Settings("quick", Goal(), Budget()).plain())
    log.add(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
    (again,) = (timer for timer in Held.made if timer.seconds == app.AGAIN)
    assert again.seconds > LEASE
    again.call()
    panel.join(20)
    assert len(panel._known.interrupted) == 1
