from __future__ import annotations

import json
import re
import threading
import time
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.pace.conftest import URL
from tests.pace.store.test_probes import SETTINGS, write
from widgets.model.attempt import Attempt, Step
from widgets.model.pace import DAY, Pace
from widgets.pace import PaceStore
from widgets.pace.panel import PacesPanel
from widgets.pace.panel.formatting import MORE, MOST, moment
from widgets.pace.panel.snapshot import LESSONS, Snapshot
from widgets.pace.panel.snapshot import read as read_at_one_go
from widgets.probe import Planner

if TYPE_CHECKING:
    from pathlib import Path

    from widgets.probe import Verdict


@pytest.fixture
def lab(tmp_path: Path) -> PaceStore:
    return PaceStore(f"sqlite:///{tmp_path}/p.sqlite")


def shown(panel: PacesPanel) -> PacesPanel:
    panel.refresh()
    panel.join(30)
    return panel


def test_nothing_is_read_before_it_is_asked_for(lab: PaceStore) -> None:
    PacesPanel(lab)
    assert lab._opened is None


def test_an_empty_store_says_how_to_fill_it(lab: PaceStore) -> None:
    panel = shown(PacesPanel(lab))
    assert "No pace is kept yet" in panel.message.value
    assert panel._one not in panel.children
    assert panel._list not in panel.children


def test_a_pace_is_shown_with_its_evidence_code_and_files(lab: PaceStore, verdict: Verdict) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    log.finish(verdict)
    lab.keep(URL, 6.6, verdict, probe=log.id)
    panel = shown(PacesPanel(lab))
    assert "certified" in panel.table.value
    assert verdict.statement in panel.card.value
    panel.exports.tool.value = "curl"
    assert "curl --globoff --rate" in panel.exports.code.value
    assert 'download="paced.sh"' in panel.exports.links.value
    assert "waitwise.har" not in panel.exports.links.value, "a probe of thousands is sent to who wants it"
    panel.exports.probe_button.click()
    panel.join(30)
    assert "ww-hidden" in panel.exports.probe_button._dom_classes
    for name in ("paced.sh", "waitwise.html", "waitwise.har", "waitwise.csv", "waitwise.json", "waitwise.parquet"):
        assert f'download="{name}"' in panel.exports.links.value


def test_the_probe_of_a_pace_is_read_when_somebody_wants_to_see_it(lab: PaceStore, verdict: Verdict) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    log.finish(verdict)
    lab.keep(URL, 6.6, verdict, probe=log.id)
    seen: list[tuple[str, int]] = []
    panel = shown(PacesPanel(lab, show=lambda probe, past: seen.append((probe.id, len(past)))))
    assert panel._known.chosen
    assert panel._known.chosen.attempts is None
    panel.show_button.click()
    panel.join(30)
    assert seen == [(log.id, 3)]
    panel.show_button.click()  # they are there now
    assert seen == [(log.id, 3)] * 2
    panel.refresh()
    panel.join(30)
    assert len(seen) == 2, "what was wanted once is not done again"


def test_buttons_call_what_the_app_gave_them(lab: PaceStore) -> None:
    lab.keep(URL, 1.0)
    lab.keep(f"{URL}/2", 2.0, scope="path")
    used: list[Pace] = []
    checked: list[Pace] = []
    panel = shown(PacesPanel(lab, use=used.append, recheck=checked.append))
    panel.choice.value = lab.target(URL).service.key
    panel.join(30)
    panel.use_button.click()
    panel.recheck_button.click()
    assert [pace.wait for pace in used + checked] == [1.0, 1.0]


def test_the_pace_of_an_address_is_looked_at_and_its_code_shown(lab: PaceStore) -> None:
    lab.keep(URL, 6.5134)
    lab.keep("http://other.example/x", 2.0)
    counts: list[int] = []
    panel = PacesPanel(lab)
    panel.on_count = counts.append
    panel.look_at("http://other.example/y")
    panel.join(30)
    assert "at most one request every 2 s to http://other.example" in panel.exports.text.lower()
    panel.look_at(URL)
    panel.join(30)
    assert "At most one request every 6.52 s to" in panel.exports.text
    assert "6.52 s" in panel.table.value
    assert panel.exports.text.startswith("from widgets.pace import"), "the code comes before its comments"
    assert counts == [2, 2]


def test_a_job_is_planned_at_the_pace_that_is_chosen(lab: PaceStore) -> None:
    lab.keep(URL, 2.0)
    panel = PacesPanel(lab, planner=Planner)
    assert "planner" not in panel.__dict__, "it is made when there is a pace"
    shown(panel)
    planner = panel.planner
    assert isinstance(planner, Planner)
    assert planner in panel._one.children
    planner.count.value = "301"
    assert "10 min" in planner.said.value
    lab.keep("http://other.example/x", 4.0)
    panel.look_at("http://other.example/x")
    panel.join(30)
    assert "20 min" in planner.said.value, "as many, at the other pace"
    assert "not certified" in planner.said.value


def test_a_row_is_chosen_by_the_button_that_lies_over_it(lab: PaceStore) -> None:
    for number in range(3):
        lab.keep(f"http://{number}.example/", float(number + 1))
    panel = shown(PacesPanel(lab))
    names = [name for name, _ in panel.choice.options]
    rows = panel.table.value.split("<tr>")[2:]
    assert all(name in row for name, row in zip(names, rows, strict=True)), "one order in both"
    for name, key in panel.choice.options:
        panel.choice.value = key
        panel.join(30)
        assert name.partition("://")[2] in panel._named.value
    assert panel.refresh_button.description == "Refresh"


def test_a_pace_is_forgotten_after_a_second_click_only(lab: PaceStore) -> None:
    lab.keep(URL, 1.0)
    panel = shown(PacesPanel(lab))
    panel.forget_button.click()
    assert lab.pace(URL)
    panel.forget_button.click()
    panel.join(30)
    assert lab.pace(URL) is None
    assert panel.table.value == ""


def test_a_probe_that_broke_off_is_offered_to_go_on(lab: PaceStore) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    resumed: list[str] = []
    panel = shown(PacesPanel(lab, resume=lambda probe: resumed.append(probe.id)))
    panel.interrupted.resume_button.click()
    assert resumed == [log.id]


def test_only_what_broke_off_is_offered_with_how_far_it_came(lab: PaceStore, verdict: Verdict) -> None:
    write(lab.begin(f"{URL}/cut", SETTINGS), 3)
    lab.begin(f"{URL}/nothing-measured", SETTINGS)
    done = lab.begin(f"{URL}/done", SETTINGS)
    write(done, 2)
    done.finish(verdict)
    panel = PacesPanel(lab, resume=lambda _: None)
    target = lab.target(f"{URL}/running")
    with lab.lease(target, "another tab") as lease:
        write(lab.begin(f"{URL}/running", SETTINGS, lease=lease), 4)
        shown(panel)
        (label,) = [label for label, _ in panel.interrupted.choice.options]
        assert label.startswith(f"{URL}/cut, 3 attempts, begun ")
    shown(panel)
    assert [label.split(",")[0] for label, _ in panel.interrupted.choice.options] == [f"{URL}/running", f"{URL}/cut"]


def test_a_lesson_that_has_not_ended_says_how_far_it_has_come_and_is_gone_with_its_end(
    lab: PaceStore, verdict: Verdict
) -> None:
    panel = shown(PacesPanel(lab, resume=lambda _: None))
    assert "lessons" not in panel.__dict__
    service = lab.target(URL, credential="k").service
    log = lab.probes.begin(service, URL, json.dumps(SETTINGS))
    assert "lessons" not in shown(panel).__dict__  # nothing was asked yet

    def said(step: Step, number: int, status: int) -> str:
        log.add(step, Attempt(number, 2.0, None if number == 1 else 2.0, 2.0 * number, 0.1, status))
        assert shown(panel).lessons in panel.children
        return str(panel.lessons.value)

    of = f"the pace of {service.origin} as {service.credential[:6]}. "
    assert f"{of}1 request so far, none of them refused.<" in said(Step(0.0, "hello"), 1, 200)
    assert f"{of}2 requests so far, none of them refused; the closest two came 2 s apart.<" in said(
        Step(2.0, "search"), 2, 200
    )
    assert "3 requests so far, 1 of them refused; 1 s to 3 s is still possible.<" in said(
        Step(2.0, "search", 1.0, 3.0), 3, 429
    )
    assert "4 requests so far, 1 of them refused; 2.5 s is on trial.<" in said(Step(2.5, "verify", 1.0), 4, 200)
    assert "interrupted" not in panel.__dict__
    kept = lab.keep(URL, 3.0, credential="k", scope="path")
    assert shown(panel).lessons.value == "", "where a pace is kept nothing is learned"
    lab.forget(kept)
    assert "4 requests so far" in shown(panel).lessons.value
    log.finish(verdict)
    assert shown(panel).lessons.value == ""


def test_of_many_probes_that_broke_off_the_newest_are_offered_and_how_many_there_are_is_said(lab: PaceStore) -> None:
    for number in range(50):
        write(lab.begin(f"{URL}/{number}", SETTINGS), 1)
    panel = shown(PacesPanel(lab, resume=lambda _: None))
    assert (len(panel.interrupted.choice.options), panel.interrupted.said.value) == (50, "")
    for number in range(50, 52):
        write(lab.begin(f"{URL}/{number}", SETTINGS), 1)
    assert len(shown(panel).interrupted.choice.options) == 50
    assert panel.interrupted.said.value == "The newest 50 of 52"
    panel.interrupted.discard_button.click()
    panel.join(30)
    assert panel.interrupted.said.value == "The newest 50 of 51"


def test_of_many_lessons_the_newest_are_told_and_how_many_there_are_beside_them(
    lab: PaceStore,
) -> None:
    def begin(number: int) -> None:
        service = lab.target(f"http://s{number}.example/").service
        log = lab.probes.begin(service, service.origin, json.dumps(SETTINGS))
        log.add(Step(0.0, "hello"), Attempt(1, 2.0, None, 2.0, 0.1, 200))

    panel = PacesPanel(lab)
    for number in range(1, 9):
        begin(number)
        told = shown(panel).lessons.value
        assert told.count("Being learned from what is asked anyway") == min(number, LESSONS)
        assert f"http://s{number}.example. 1 request so far" in told
        assert (f"… and {number - LESSONS} more, begun before these." in told) == (number > LESSONS)
    lab.keep("http://s1.example/", 2.0)
    assert "… and 4 more, begun before these." in shown(panel).lessons.value, "what has a pace is not learned"


def test_a_long_address_leaves_room_for_how_far_its_probe_came_and_is_whole_in_the_tooltip(lab: PaceStore) -> None:
    address = f"{URL}?q={'x' * 300}&page=7"
    for number, method in enumerate(("GET", "HEAD")):
        write(lab.begin(address, SETTINGS, method=method), number + 1)
    choice = shown(PacesPanel(lab, resume=lambda _: None)).interrupted.choice
    labels = [label for label, _ in choice.options]
    assert all(len(label) <= 100 and label.startswith(("http://", "HEAD http://")) for label in labels)
    assert ["&page=7, 2 attempts, begun " in label for label in labels] == [True, False]
    assert choice.tooltip == f"HEAD {address}"
    choice.value = choice.options[1][1]
    assert choice.tooltip == address


def test_what_is_discarded_is_offered_no_more_and_keeps_its_attempts(lab: PaceStore) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    panel = shown(PacesPanel(lab, resume=lambda _: None))
    told: list[str] = []
    panel.on_discard = lambda probe: told.append(probe.id)
    panel.interrupted.discard_button.click()
    panel.join(30)
    assert told == [log.id], "who offers it elsewhere is told"
    assert panel.interrupted not in panel.children
    assert len(lab.probes.attempts(log.id)) == 3


def test_the_waits_of_earlier_probes_are_a_trend(lab: PaceStore, verdict: Verdict) -> None:
    for wait in (4.0, 5.0, 6.6):
        found = replace(verdict, wait=wait)
        log = lab.begin(URL, SETTINGS)
        log.finish(found)
        lab.keep(URL, wait, found, probe=log.id)
    log = lab.begin(URL, SETTINGS)
    log.finish(replace(verdict, kind="inconclusive", wait=99.0))
    panel = shown(PacesPanel(lab))
    assert "Found by 3 probes, slower by 65 % since the first: 4 s (" in panel.card.value
    assert "99 s" not in panel.card.value


def test_paces_are_saved_and_taken_in_by_another_store_but_no_newer_one_is_replaced(
    lab: PaceStore, verdict: Verdict, tmp_path: Path
) -> None:
    lab.keep(URL, 6.6, verdict)
    lab.keep(f"{URL}/2", 2.0, credential="hush")
    panel = shown(PacesPanel(lab))
    panel.transfer.save_button.click()
    panel.join(30)
    assert "2 paces ready to be saved." in panel.message.value
    saved = b64decode(panel.transfer.link.value.partition("base64,")[2].partition('"')[0])
    assert b"hush" not in saved
    other = PaceStore(f"sqlite:///{tmp_path}/other.sqlite")
    there = shown(PacesPanel(other))
    upload(there, saved)
    assert "1 pace imported. 1 pace passed over: the keys" in there.message.value
    pace = other.pace(URL)
    assert pace is not None
    assert (pace.wait, pace.kind, pace.found) == (6.6, "certified", lab.paces()[1].found)
    assert pace.evidence is not None
    assert pace.evidence.statement.endswith(f"not measured here. {verdict.statement}")
    upload(there, saved)
    assert "0 paces imported. 1 pace passed over: what is kept here is as new." in there.message.value


def test_a_file_that_is_none_of_ours_is_refused_in_words_and_changes_nothing(lab: PaceStore) -> None:
    panel = shown(PacesPanel(lab))
    upload(panel, b"\x89PNG")
    assert "That is no JSON" in panel.message.value
    assert 'role="alert"' in panel.message.value
    assert lab.paces() == []


def upload(panel: PacesPanel, content: bytes) -> None:
    """As the browser does."""
    file = {"name": "x.json", "type": "application/json", "size": len(content), "content": memoryview(content)}
    panel.transfer.upload.value = [file | {"last_modified": datetime.now(UTC)}]
    panel.join(30)


def test_of_many_targets_a_few_are_listed_more_at_a_click_and_any_is_found(lab: PaceStore) -> None:
    for number in range(110):
        lab.kept.keep(Pace(lab.target(f"http://a/{number}"), 1.0, "x", float(number), scope="path"))
    counts: list[int] = []
    panel = PacesPanel(lab)
    panel.on_count = counts.append
    shown(panel)
    assert counts == [110]
    assert panel.table.value.count("<tr>") == 1 + MOST
    assert f"{MOST} of 110" in panel.table.value
    assert "http://a/109" in panel.table.value
    panel.more_button.click()
    panel.join(30)
    assert panel.table.value.count("<tr>") == 1 + MOST + MORE
    assert len(panel.choice.options) == MOST + MORE
    panel.more_button.click()
    panel.join(30)
    assert panel.table.value.count("<tr>") == 1 + 110
    assert panel.more_button not in panel._list.children
    panel.find.value = "http://a/7"
    panel.join(30)
    assert panel.table.value.count("<tr>") == 12
    panel.find.value = "HTTP://A/1"
    panel.join(30)
    assert f"{MOST} of 21" in panel.table.value
    panel.find.value = ""
    panel.join(30)
    assert f"{MOST} of 110" in panel.table.value


def test_a_pace_that_is_not_listed_can_be_looked_at(lab: PaceStore) -> None:
    for number in range(60):
        lab.kept.keep(Pace(lab.target(f"http://a/{number}"), 1.0 + number, "x", float(number), scope="path"))
    panel = shown(PacesPanel(lab))
    panel.look_at("http://a/3")
    panel.join(30)
    assert "http://a/3" in panel._named.value
    assert panel.choice.value is None


def test_text_from_a_service_is_shown_as_text(lab: PaceStore) -> None:
    lab.keep("http://a/<img src=x onerror=alert(1)>", 1.0)
    panel = shown(PacesPanel(lab))
    assert "<img" not in panel.table.value + panel.card.value


def test_a_store_that_cannot_be_read_is_told_on_the_page() -> None:
    panel = shown(PacesPanel(PaceStore("postgresql+psycopg://me:hush@127.0.0.1:9/x")))
    assert "cannot be reached" in panel.message.value
    assert 'role="alert"' in panel.message.value
    assert "hush" not in panel.message.value


def test_an_unknown_tool_from_a_browser_is_passed_over(lab: PaceStore) -> None:
    lab.keep(URL, 1.0)
    panel = shown(PacesPanel(lab))
    before = panel.exports.code.value
    panel.exports.tool.options = ["rm -rf"]
    assert panel.exports.code.value == before


def test_a_person_gives_a_pace_another_scope(lab: PaceStore) -> None:
    lab.keep("https://api.example.org/v1/items", 2.0)
    panel = shown(PacesPanel(lab))
    assert [scope for _, scope in panel.scope.choice.options] == ["origin", "/v1", "/v1/items", "path"]
    assert panel.scope.choice.value == "origin"
    panel.scope.choice.value = "/v1"
    panel.join(30)
    assert lab.paces()[0].scope == "/v1"
    assert "https://api.example.org/v1 and all below it, set at /v1/items" in panel.table.value
    assert panel.scope.choice.value == "/v1"
    lab.keep("https://api.example.org/", 5.0)
    shown(panel)
    panel.choice.value = next(pace.key for pace in lab.paces() if pace.scope == "/v1")
    panel.join(30)
    panel.scope.choice.value = "origin"
    panel.join(30)
    assert "Another pace is kept for https://api.example.org, all of it: forget it first." in panel.message.value
    shown(panel)
    assert {pace.scope for pace in lab.paces()} == {"/v1", "origin"}


def test_what_is_said_of_a_time_stays_true_while_it_is_on_the_page(lab: PaceStore) -> None:
    """An age was wrong a moment after it was read."""
    lab.keep(URL, 2.0)
    log = lab.begin(URL, SETTINGS)
    write(log, 1)
    panel = shown(PacesPanel(lab, resume=lambda _: None))
    kept = lab.paces()[0].found
    assert f"set {moment(kept, kept)}</span>" in panel.table.value
    assert f"Set by hand, {moment(kept, kept)}." in panel.card.value
    assert re.search(r"begun \d+ \w+, \d\d:\d\d$", panel.interrupted.choice.options[0][0])
    assert moment(kept - 400 * DAY, kept).split(",")[0].endswith(str(time.localtime(kept - 400 * DAY)[0]))


def test_what_was_fetched_at_a_pace_is_counted_in_its_row_and_nothing_is_said_of_reading(lab: PaceStore) -> None:
    lab.keep(URL, 2.0)
    panel = shown(PacesPanel(lab))
    lab.kept.note(lab.paces()[0].key, refused=None, hold=None)  # as of a redirect: it was used, and that says nothing
    assert "none accepted or refused yet" in shown(panel).table.value
    said: list[str] = []
    panel.message.observe(lambda change: said.append(change["new"]), "value")
    lab.kept.note(lab.paces()[0].key, refused=False, hold=None)
    panel.look_again()
    panel.join(30)
    assert "1 accepted, none refused" in panel.table.value
    assert said == []
    panel.refresh()
    panel.join(30)
    assert "Reading what is kept" in said[0]


class Pausing:
    """A store that is read in two halves: what changes between them is not seen by that reading."""

    def __init__(self, panel: PacesPanel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on, self.reads = threading.Event(), threading.Event(), 0

        def read(*args: Any, **options: Any) -> Snapshot:
            known = read_at_one_go(*args, **options)
            self.reads += 1
            self.begun.set()
            assert self.go_on.wait(30)
            return known

        monkeypatch.setattr("widgets.pace.panel.read", read)
        panel.look_again()
        assert self.begun.wait(30)

    def end(self, panel: PacesPanel) -> None:
        self.go_on.set()
        panel.join(30)


def test_news_that_comes_while_the_store_is_read_is_read_afterwards(
    lab: PaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.keep(URL, 2.0)
    panel = shown(PacesPanel(lab))
    reading = Pausing(panel, monkeypatch)
    lab.keep(URL, 7.0)
    panel.look_again()
    panel.look_again()
    reading.end(panel)
    assert "7 s" in panel.table.value
    assert reading.reads == 2, "once for both"


def test_a_row_that_is_chosen_and_a_click_that_comes_while_the_store_is_read_are_not_lost(
    lab: PaceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.keep(URL, 2.0)
    lab.keep("http://other.example/x", 3.0)
    panel = shown(PacesPanel(lab))
    reading = Pausing(panel, monkeypatch)
    panel.choice.value = lab.target(URL).service.key
    reading.end(panel)
    assert panel.choice.value == lab.target(URL).service.key
    assert "2 s" in panel._named.value
    reading = Pausing(panel, monkeypatch)
    panel.forget()
    panel.forget()
    panel.transfer.save_button.click()
    reading.end(panel)
    assert [pace.wait for pace in lab.paces()] == [3.0]
    assert "ready to be saved" in panel.message.value


def test_what_waits_behind_a_click_that_fails_is_done(lab: PaceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waited until something else was clicked."""

    def failing() -> str:
        raise ValueError("This one cannot be done.")

    lab.keep(URL, 2.0)
    panel = shown(PacesPanel(lab))
    reading = Pausing(panel, monkeypatch)
    panel._later(failing)
    panel.forget()
    panel.forget()
    reading.end(panel)
    assert not lab.paces()


def test_what_was_said_stays_when_news_are_read(lab: PaceStore) -> None:
    panel = shown(PacesPanel(lab))
    assert "No pace is kept yet" in panel.message.value
    lab.keep(URL, 2.0)
    panel.look_again()
    panel.join(30)
    assert "No pace is kept yet" not in panel.message.value
    panel.transfer.save_button.click()
    panel.join(30)
    panel.look_again()
    panel.join(30)
    assert "1 pace ready to be saved." in panel.message.value


def test_a_scope_that_was_not_offered_is_passed_over(lab: PaceStore) -> None:
    lab.keep("https://api.example.org/v1/items", 2.0)
    panel = shown(PacesPanel(lab))
    panel.scope.choice.options = ["/elsewhere"]
    panel.join(30)
    assert lab.paces()[0].scope == "origin"


def test_a_hold_that_has_ended_does_not_stand_there_as_if_it_had_not(lab: PaceStore) -> None:
    lab.kept.hold(lab.target("https://api.example.org/x"), 1.5)
    panel = shown(PacesPanel(lab))
    assert "ww-hidden" not in panel.held._dom_classes
    end = time.monotonic() + 40
    while "ww-hidden" not in panel.held._dom_classes:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_service_that_said_to_stay_away_for_days_is_shown_and_a_person_decides(lab: PaceStore) -> None:
    panel = shown(PacesPanel(lab))
    assert "ww-hidden" in panel.held._dom_classes
    target = lab.target("https://api.example.org/x")
    lab.kept.hold(target, 3 * DAY)
    shown(panel)
    assert "ww-hidden" not in panel.held._dom_classes
    assert [name for name, _ in panel.held.choice.options] == ["https://api.example.org, all of it"]
    until = re.search(r"said to stay away for 3 d; nothing is sent before (.+?)\.", panel.held.said.value)
    assert until
    assert until[1] == moment(panel.held._now + DAY, panel.held._now, exact=True)
    assert "More than a day is obeyed only if you say so" in panel.held.said.value
    panel.held.obey_button.click()
    panel.join(30)
    (held,) = lab.held()
    assert held.left > 2 * DAY
    assert f"before {moment(time.time() + held.left, time.time()).partition(',')[0]}" in panel.held.said.value
    assert "only if you say so" not in panel.held.said.value
    assert "ww-hidden" in panel.held.obey_button._dom_classes
    panel.held.lift_button.click()
    panel.join(30)
    assert lab.held() == []
    assert "ww-hidden" in panel.held._dom_classes


def test_a_pace_that_was_set_by_hand_was_found_by_nothing(lab: PaceStore, verdict: Verdict) -> None:
    lab.keep(URL, 6.6)
    panel = shown(PacesPanel(lab, show=lambda *_: None))
    assert "Set by hand, " in panel.card.value
    assert "found" not in panel.card.value + panel.table.value
    panel.show_button.click()
    assert "It was set by hand: there are no charts of it." in panel.message.value
    lab.keep(URL, 6.6, verdict)  # as use finds one
    panel = shown(PacesPanel(lab, show=lambda *_: None))
    panel.show_button.click()
    assert "No probe is kept with this pace" in panel.message.value
    lab.keep(URL, 6.6, verdict, probe="gone")
    panel = shown(PacesPanel(lab, show=lambda *_: None))
    panel.show_button.click()
    assert "its charts are gone" in panel.message.value


def test_the_code_opens_the_store_of_the_page(lab: PaceStore) -> None:
    lab.keep(URL, 6.6)
    panel = shown(PacesPanel(lab))
    panel.exports.tool.value = "PacedSession"
    assert f"PacedSession(PaceStore({lab.url!r}))" in panel.exports.text


def test_a_pace_of_one_path_does_not_say_that_others_are_free(lab: PaceStore) -> None:
    lab.keep(URL, 6.6, scope="path")
    panel = shown(PacesPanel(lab))
    assert "is not asked freely: the slowest that is kept there governs it." in panel.card.value
    assert not [words for words, _ in panel.scope.choice.options if "only" in words]
