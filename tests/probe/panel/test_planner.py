from __future__ import annotations

import time

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
    planner.count.value = 100_000
    day = time.strftime("%-d %B, %H:%M", time.localtime(199_998.0))
    assert f"55 h 33 min, until {day}" in shown(planner)


def test_a_burst_comes_first_and_is_not_said_to_be_certified() -> None:
    assert words(JobPlan(500, 5, 2.0, proven=True), 0.0)[1] == "5 at once, then one each 2 s; 495 certified"
    assert words(JobPlan(500, 5, 2.0, proven=False), 0.0)[1] == "5 at once, then one each 2 s; not certified"
    assert words(JobPlan(3, 3, 2.0, proven=True), 0.0) == ("at once", "as was seen once; not certified")


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
    live.finish(FOUND)
    assert "16 min 38 s" in shown(planner)
    live.go(settings)
    assert "ww-hidden" in planner._dom_classes


def test_no_job_is_planned_by_a_guess() -> None:
    stopped = Verdict("inconclusive", 2.0, None, 1.0, 0.0, 1, 1, 2, 3.0, 0.0, 0.0, "Stopped by you …")
    assert planned(stopped, [Attempt(1, None, None, 0.0, 0.1, 200)]) is None
