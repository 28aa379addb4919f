from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

import widgets
from widgets.http.address import Guard
from widgets.kernels.visitors import LONELY
from widgets.probe import Budget, Goal, ProbePanel, Verdict
from widgets.probe.panel.probe_panel import PAUSE
from widgets.probe.panel.prompts import Consent
from widgets.probe.panel.results import can_grow
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from widgets.model.attempt import Kind
    from widgets.probe.asker import Hide


def say(panel: ProbePanel) -> str:
    return str(panel.live.hero.said.value)


def run(panel: ProbePanel, address: str, seconds: float = 30) -> ProbePanel:
    panel.form.address.value = address
    panel.form.strategy.value = "doubling"  # the quickest where a service is fast
    panel.probe()
    panel.join(seconds)
    assert not panel.running
    return panel


def test_a_probe_ends_in_a_verdict_with_the_attempts_that_led_to_it(start_service: Callable[..., str]) -> None:
    panel = run(ProbePanel(), start_service(TIME_SCALE=0.02) + "/Slow-NASA")
    assert "seems safe" in panel.live.card.value
    assert "at most 53\N{NO-BREAK SPACE}% are refused at 95\N{NO-BREAK SPACE}% confidence" in panel.live.card.value
    assert len(panel.live.chart._rows) == len(panel.live.attempts)
    assert 'download="waitwise-attempts.csv"' in panel.live.table._link.value


def test_stop_in_a_wait_is_felt_at_once_and_the_next_probe_works(start_service: Callable[..., str]) -> None:
    panel = ProbePanel([start_service() + "/slow/token-bucket?burst=1&rate=0.004&dialect=retry-after"])
    panel.probe()
    while not any(attempt.status == 503 for attempt in panel.live.attempts):
        time.sleep(0.02)
    panel.stop()
    panel.join(30)  # It was asked to come back in 250 s.
    assert "Stopped by you" in panel.live.card.value
    assert not panel.running
    first = list(panel.live.attempts)
    panel.probe()
    assert panel.live.attempts != first
    panel.stop()
    panel.join(30)


@pytest.mark.parametrize("address", ["", "abc", "ftp://x", "http://"])
def test_nonsense_is_answered_on_the_page_and_starts_nothing(address: str) -> None:
    panel = run(ProbePanel(), address)
    assert 'role="alert"' in say(panel)
    assert panel.live.attempts == []


def test_an_address_where_nothing_listens_gets_its_sentence_and_the_next_click_works(
    start_service: Callable[..., str],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    panel = run(ProbePanel(), nobody)
    assert "nothing listens there" in panel.live.card.value
    run(panel, start_service(TIME_SCALE=0.001) + "/Slow-NASA")
    assert "seems safe" in panel.live.card.value


def test_a_404_ends_the_probe_at_once_with_advice(start_service: Callable[..., str]) -> None:
    panel = run(ProbePanel(), start_service() + "/nowhere")
    assert len(panel.live.attempts) == 1
    assert "404" in panel.live.card.value


def test_values_from_a_browser_are_checked_again() -> None:
    panel = ProbePanel(["http://127.0.0.1:9/"])
    panel.form.strategy.value = "doubling"
    panel.form.fields.needed.value = 10**9
    panel.probe()
    assert "successes" in say(panel).lower()
    assert panel.live.attempts == []


def test_an_error_in_the_thread_is_seen_on_the_page(start_service: Callable[..., str]) -> None:
    def hide(*_: object) -> Hide:
        raise RuntimeError("the cable is cut")

    panel = run(ProbePanel(hide=hide), start_service() + "/NASA")
    assert "The probe broke off</p>" in say(panel)
    assert 'role="alert"' in say(panel)


def test_the_button_for_a_certificate_is_there_after_every_probe(start_service: Callable[..., str]) -> None:
    panel = ProbePanel([start_service(TIME_SCALE=0.02) + "/Slow-NASA"])
    panel.form.strategy.value = "doubling"
    for _ in range(2):
        panel.probe()
        panel.join(20)
        assert panel.live.face.actions[0] == "certain"
        assert panel.live.hero.first.description == "Make it certain"


@pytest.mark.parametrize(
    ("kind", "strategy", "seconds", "grows"),
    [
        ("estimated", "quick", 50.0, True),
        ("inconclusive", "careful", 50.0, True),
        ("estimated", "careful", 50.0, False),
        ("estimated", "careful", 95.0, True),
        ("certified", "careful", 95.0, False),
        ("inconclusive", "quick", 50.0, True),
    ],
)
def test_what_the_budget_cut_short_may_be_made_certain(
    kind: Kind, strategy: str, seconds: float, *, grows: bool
) -> None:
    verdict = Verdict(kind, 6.5, 6.5, 0.1, 0.95, 20, 0, 60, seconds, 40.0, 40.0, "Waiting 6.5 s …")
    assert can_grow(verdict, Settings(strategy, Goal(), Budget(seconds=100))) is grows


class Holding(ThreadingHTTPServer):
    """Answers while a page has fewer than `most` attempts, and refuses each second one, so that no probe of it ends.

    How busy the machine is has no say in how many there are when somebody stops it.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Held)
        self.most = 0
        self.made: Callable[[], int] = lambda: 0
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Held(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast("Holding", self.server)
        while server.made() >= server.most:
            if server.ended.wait(0.01):
                return
        with suppress(ConnectionError):  # whoever was stopped meanwhile has gone
            self.send_response(429 if server.made() % 2 else 200)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def holding() -> Iterator[Holding]:
    with Holding() as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server
        server.ended.set()
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("strategy", ["quick", "doubling", "identify", "careful"])
def test_a_probe_that_a_person_stopped_early_goes_on_as_it_was(
    strategy: str, holding: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = holding.url
    panel = ProbePanel([url])
    panel.form.strategy.value = strategy
    holding.made, holding.most = lambda: len(panel.live.attempts), 2
    panel.probe()
    while len(panel.live.attempts) < 2:
        time.sleep(0.005)
    panel.stop()
    panel.join(30)
    before = list(panel.live.attempts)
    assert panel.live.face.actions == ("go on", "again")
    assert [panel.live.hero.first.description, panel.live.hero.second.description] == ["Go on", "Start anew"]
    panel.form.address.value, panel.form.strategy.value = "http://127.0.0.1:9/", "careful"
    focused: list[object] = []
    monkeypatch.setattr(panel.button, "send", focused.append)
    holding.most = len(before) + 2
    panel.live.hero.first.click()
    assert focused == [{"do": "focus"}], "the button that was pressed is gone"
    while len(panel.live.attempts) < len(before) + 2:
        time.sleep(0.005)
    panel.stop()
    panel.join(30)
    assert panel.live.attempts[: len(before)] == before
    assert panel.live.strategy == panel.form.strategy.value == strategy
    assert panel.form.address.value == url, "the address that is asked"
    panel.live.hero.second.click()
    while not panel.live.attempts:
        time.sleep(0.005)
    assert panel.live.attempts[0] != before[0]
    panel.stop()
    panel.join(30)


def test_leave_holds_for_the_host_and_the_budget_that_were_named_and_no_further() -> None:
    consent, gone = Consent(), []
    consent.ask("http://a.example/", Budget(requests=5), lambda: gone.append("a"), "me")
    consent.ask("http://127.0.0.1/", Budget(requests=5), lambda: gone.append("own"), "me")
    consent.allow()
    assert gone == ["own"], "a question that was put aside came back to life"
    consent.ask("http://a.example/", Budget(requests=5), lambda: gone.append("a"), "me")
    consent.allow()
    consent.ask("http://a.example/x", Budget(requests=5), lambda: gone.append("again"), "me")
    consent.ask("http://a.example/", Budget(requests=6), lambda: gone.append("more"), "me")
    consent.ask("http://a.example/", Budget(requests=5, left=0.9), lambda: gone.append("more of a quota"), "me")
    assert gone == ["own", "a", "again"]


def test_what_is_typed_while_a_question_stands_changes_nothing_about_it(start_service: Callable[..., str]) -> None:
    url = start_service(TIME_SCALE=0.02).replace("127.0.0.1", "0.0.0.0") + "/Slow-NASA"  # noqa: S104 - asked
    panel = ProbePanel([url])
    panel.form.fields.requests.value = 5
    panel.probe()
    panel.form.fields.requests.value = 1000
    panel.consent.allow()
    panel.join(20)
    assert "The budget of 5 requests is spent" in panel.live.card.value


def test_a_first_answer_that_does_not_come_is_waited_for_in_words(silent_address: str) -> None:
    panel = ProbePanel([silent_address])
    panel.probe()
    end = time.monotonic() + 5
    while "attempt 1<" not in panel.live.hero.timer.value and time.monotonic() < end:
        time.sleep(0.01)
    assert "attempt 1<" in panel.live.hero.timer.value
    panel.stop()
    panel.join(30)
    assert "1 request" in panel.live.card.value


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_two_enters_at_once_start_the_probe_that_the_page_shows(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each Enter comes in a thread of its own: the second one used to put another probe on the page."""
    address = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    both = threading.Barrier(2)

    class Gate(Guard):
        def check(self, address: str, base: str = "") -> str:
            with suppress(threading.BrokenBarrierError):
                both.wait(0.3)  # where one does not wait for the other, both are past the look whether one runs
            return Guard.check(self, address, base)

    panel = ProbePanel([address], guard=Gate())
    panel.form.strategy.value = "doubling"
    put, puts = panel._put, itertools.count()

    def later(*what: Any, **how: Any) -> None:
        if next(puts):  # the second one, a few milliseconds later: the first is under way
            while not panel._job.running:
                time.sleep(0.001)
        put(*what, **how)

    monkeypatch.setattr(panel, "_put", later)
    enters = [threading.Thread(target=panel.probe) for _ in range(2)]
    for enter in enters:
        enter.start()
    for enter in enters:
        enter.join()
    panel.join(30)
    assert "seems safe" in panel.live.card.value
    assert len(panel.live.attempts) > 4


def test_an_address_whose_wait_is_known_is_not_said_to_be_unmeasured() -> None:
    panel = ProbePanel(["http://127.0.0.1:9/known"], expect=lambda url, _: 7.5 if url.endswith("known") else None)
    assert panel.live.face.large == "Not measured yet"
    panel.look_ahead()
    assert panel.live.face.large == "Not probed on this page"
    assert "**7.5 s is known from before.**" in panel.live.face.sentence
    for other in ("http://127.0.0.1:9/other", "none"):
        panel.form.address.value = "http://127.0.0.1:9/known"
        panel.look_ahead()
        panel.form.address.value = other
        panel.look_ahead()
        assert panel.live.face.large == "Not measured yet"


def test_where_nobody_shows_code_no_button_offers_it(start_service: Callable[..., str]) -> None:
    shown: list[str] = []
    alone, joined = ProbePanel(), ProbePanel()
    joined.acts["code"] = lambda: shown.append("code")
    url = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    for panel in (alone, joined):
        assert run(panel, url).live.face.actions == ("certain", "code")
        assert panel.live.hero.first.description == "Make it certain"
    assert "ww-hidden" in alone.live.hero.second._dom_classes
    assert "ww-hidden" not in joined.live.hero.second._dom_classes
    alone.live.hero.second.click()
    joined.live.hero.second.click()
    assert shown == ["code"]


def test_a_page_whose_probe_is_not_stored_does_not_say_that_it_may_be_closed(start_service: Callable[..., str]) -> None:
    panel = ProbePanel([start_service() + "/slow/token-bucket?burst=1&rate=0.004&dialect=retry-after"])
    panel.probe()
    while not panel.live.attempts:
        time.sleep(0.01)
    said = str(panel.live.replay.note.value)
    panel.stop()
    panel.join(30)
    assert "Leave this page open" in said
    assert "may close" not in said


def test_what_becomes_of_a_probe_whose_page_is_closed_is_said_as_it_is_where_the_page_stands() -> None:
    """Voila ends the kernel of a page that is gone, JupyterLab does not."""
    panel = ProbePanel(["http://127.0.0.1:9/x"])
    for ends, words in ((False, "goes on while its kernel runs"), (True, "ends within a minute")):
        panel.live.say_whether_stored(stored=True, ends=ends)
        assert "You may close this page" in panel.live.replay.note.value
        assert words in panel.live.replay.note.value
    settings = json.loads((Path(widgets.__file__).parents[1] / "voila.json").read_text("utf-8"))
    looks = next(each["cull_interval"] for each in settings.values() if "cull_interval" in each)
    assert LONELY + looks < 60


def test_no_leave_is_asked_for_what_will_not_be_asked() -> None:
    panel = ProbePanel(["http://192.168.0.1/"], guard=Guard("public"))
    panel.probe()
    assert panel.consent.asked is None
    assert "is not a public address" in say(panel)


def test_who_declines_to_ask_an_address_more_often_is_not_told_that_it_was_not_probed(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = run(ProbePanel(), start_service(TIME_SCALE=0.02) + "/Slow-NASA")
    monkeypatch.setattr("widgets.probe.panel.prompts.is_own", lambda _: False)
    panel.probe()
    assert panel.consent.asked
    panel.live.hero.second.click()
    assert panel.live.face.large == "Not probed again yet"
    assert "is known from before" in panel.live.face.sentence


def test_what_is_wrong_with_the_settings_is_said_too_where_a_lesson_is_to_be_made_certain() -> None:
    panel = ProbePanel()
    panel.show("http://127.0.0.1:9/x", Settings("quick", Goal(), Budget()), (), None, alone=True)
    panel.form.fields.header_lines.value = "nonsense"
    panel.make_certain()
    assert "A header must read" in say(panel)


def test_what_is_found_of_an_address_is_not_said_of_another_one_that_was_typed_meanwhile() -> None:
    quick = Settings("quick", Goal(), Budget())

    def expect(url: str, _: object) -> None:
        if url.endswith("/one"):
            panel.form.address.value = "http://127.0.0.1:9/two"

    panel = ProbePanel(
        ["http://127.0.0.1:9/one"], expect=expect, others=lambda url, _: quick if url.endswith("/one") else None
    )
    panel.look_ahead()
    assert "under way" not in say(panel)
    soon = panel._soon
    assert soon
    assert soon.interval == PAUSE, "the one that was typed is looked at when that has ended, and not later"
    soon.cancel()


def test_a_probe_of_this_page_is_not_taken_for_one_of_another(start_service: Callable[..., str]) -> None:
    panel = ProbePanel(
        [start_service() + "/Slow-NASA"], others=lambda *_: panel._course.settings if panel.running else None
    )
    panel._start(panel.form.address.value, Settings("quick", Goal(), Budget()))
    panel.look_ahead(quiet=True)  # as when a pace is forgotten meanwhile
    assert panel.running
    assert panel._idle().elsewhere == ""
    panel.stop()
    panel.join(30)


def test_the_times_of_the_strategies_go_by_the_wait_that_was_found_also_where_none_is_kept(
    start_service: Callable[..., str],
) -> None:
    panel = ProbePanel()
    before = panel.form.likely
    address = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    run(panel, address)
    found = panel.form.likely
    assert found < before
    panel.form.address.value = "http://b.example/"
    panel.look_ahead()
    assert panel.form.likely == before
    panel.form.address.value = address
    panel.look_ahead()
    assert panel.form.likely == found


def test_a_password_in_an_address_is_refused_in_a_sentence_with_room_and_says_what_to_do() -> None:
    panel = ProbePanel(["http://me:sesame@127.0.0.1:9/"], guard=Guard())
    panel.probe()
    face = panel.live.face
    assert (face.label, face.large) == ("Not probed", "The address holds a user name or password")
    assert face.sentence.startswith("Leave it out, since addresses are shown and kept. Send it as a login, or as the")
    assert "sesame" not in face.sentence
