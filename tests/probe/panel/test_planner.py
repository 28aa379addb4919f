from __future__ import annotations

import time
from html import unescape

import pytest

from widgets.model.attempt import Attempt, Budget, Goal, Verdict
from widgets.model.pace import JobPlan
from widgets.probe.panel.live_view import LiveView, planned
from widgets.probe.panel.planner import Planner, words
from widgets.probe.run import Kept
from widgets.probe.settings import Settings

FOUND = Verdict("certified", 2.0, 2.0, 0.05, 0.95, 59, 0, 70, 200.0, 118.0, 110.0, "Waiting 2 s … is safe.")


def shown(planner: Planner) -> str:
    return str(planner.said.value)


def test_a_job_says_how_long_it_takes_when_it_ends_and_that_it_is_certified() -> None:
    planner = Planner(clock=lambda: 0.0)
    planner.offer(lambda n: JobPlan(n, 1, 2.0, proven=True))
    until = time.strftime("%H:%M", time.localtime(998.0))
    assert f"<b>16 min 38 s, until {until}</b><span>all of it certified</span>" in shown(planner)
    assert "500 requests take 16 min 38 s: one each 2 s. All of it is certified." in shown(planner)
    planner.count.value = "100,000"
    day = time.strftime("%-d %B, %H:%M", time.localtime(199_998.0))
    assert f"2 d 7 h, until {day}" in shown(planner)


def test_a_burst_comes_first_and_is_not_said_to_be_certified() -> None:
    assert words(JobPlan(500, 5, 2.0, proven=True), 0.0)[1] == "495 certified; 5 at once, then one each 2 s"
    assert words(JobPlan(500, 5, 2.0, proven=False), 0.0)[1] == "not certified; 5 at once, then one each 2 s", (
        "what is cut where there is no room is not that"
    )
    assert words(JobPlan(3, 3, 2.0, proven=True), 0.0) == ("at once", "as was seen once; not certified")
    assert words(JobPlan(1, 1, 2.0, proven=False), 0.0) == ("at once", "not certified")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("-3", "-3 is less than 1"),
        ("0", "0 is less than 1"),
        ("", "There is no number"),
        ("many <b>", "'many <b>' is no number"),
        ("2.5", "2.5 is no whole number"),
        ("1e9", "1e9 is more than 1,000,000"),
        ("1e999", "'1e999' is more than 1,000,000"),
        ("nan", "'nan' is no number"),
    ],
)
def test_what_is_no_number_of_requests_is_said_and_no_other_is_taken_for_it(typed: str, wrong: str) -> None:
    planner = Planner(clock=lambda: 0.0)
    planner.offer(lambda n: JobPlan(n, 1, 2.0, proven=True))
    planner.count.value = typed
    assert planner.count.value == typed
    assert f"<b>{wrong}</b><span>Write 1 to 1,000,000.</span>" in unescape(shown(planner))
    assert 'role="alert"' in shown(planner)
    assert "<b>many" not in shown(planner)
    planner.count.value = "1 000"
    assert "1,000 requests take 33 min 18 s" in shown(planner)
    assert "alert" not in shown(planner)


def test_it_stands_beside_a_wait_that_was_found_and_nowhere_else() -> None:
    live = LiveView()
    assert getattr(live.hero, "planner") is None  # noqa: B009 - it changes
    settings = Settings("careful", Goal(), Budget())
    live.go(settings)
    live.finish(FOUND, Kept("Kept.", plan=lambda n: JobPlan(n, 1, 4.0, proven=False)))
    planner = live.hero.planner
    assert planner is not None
    assert "ww-hidden" not in planner._dom_classes
    assert "33 min 16 s" in shown(planner), "the pace that is in force, not the one that was found"
    assert "<span>not certified; one each 4 s</span>" in shown(planner), "which is not the one that it stands beside"
    live.finish(FOUND)
    assert "16 min 38 s" in shown(planner)
    assert "<span>all of it certified</span>" in shown(planner)
    live.go(settings)
    assert "ww-hidden" in planner._dom_classes


def test_no_job_is_planned_by_a_guess() -> None:
    stopped = Verdict("inconclusive", 2.0, None, 1.0, 0.0, 1, 1, 2, 3.0, 0.0, 0.0, "Stopped by you …")
    assert planned(stopped, [Attempt(1, None, None, 0.0, 0.1, 200)]) is None
