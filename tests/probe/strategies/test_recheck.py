from __future__ import annotations

import pytest

from server.limiters import MinimumGap
from tests.bench.arena_world import Clock, Run, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.settings import Settings
from widgets.probe.strategies.recheck import STRAIGHT, recheck


def again(wait: float, gap: float, seed: int = 0, budget: Budget | None = None) -> Run:
    limiter = MinimumGap(gap=gap, noise=0.0, seed=seed)
    return run(recheck(Goal(), budget or Budget(), wait), Service(limiter, seed=seed), Clock())


def test_a_wait_that_still_holds_costs_nine_requests() -> None:
    verdict = again(6.6, gap=6.5).verdict
    assert (verdict.kind, verdict.wait, verdict.tested) == ("estimated", 6.6, 6.6)
    assert verdict.requests == STRAIGHT + 1
    assert "still holds: 8 of 8" in verdict.statement
    assert "at most 31%" in verdict.statement, "eight answers alone show little, and that must be said"


@pytest.mark.parametrize("slower", [1.2, 2.0, 5.0])
def test_a_service_that_has_become_slower_is_followed(slower: float) -> None:
    outcome = again(6.6, gap=6.5 * slower)
    assert outcome.verdict.kind == "estimated"
    assert 6.5 * slower <= (outcome.verdict.wait or 0) <= 6.5 * slower * 1.4
    assert "no longer holds" in outcome.verdict.statement
    assert outcome.verdict.requests <= 30


def test_another_service_altogether_is_said_to_be_one() -> None:
    verdict = again(6.6, gap=200).verdict
    assert verdict.kind == "inconclusive"
    assert "probe it anew" in verdict.statement
    assert verdict.requests <= 20


def test_one_refusal_that_the_promise_allows_is_no_change() -> None:
    outcome = again(6.6, gap=6.5)
    plan = recheck(Goal(), Budget(), 6.6)
    step = next(plan)
    for attempt in outcome.attempts[:3]:
        step = plan.send(attempt)
    assert step.wait == 6.6
    refused = outcome.attempts[3].__class__(4, 6.6, 6.6, 19.8, 0.1, 503)
    assert plan.send(refused).wait == 6.6


def test_the_budget_is_kept() -> None:
    verdict = again(6.6, gap=6.5, budget=Budget(requests=5)).verdict
    assert verdict.kind == "inconclusive"
    assert verdict.requests == 5


def test_its_settings_are_stored_and_read_back_with_the_wait() -> None:
    settings = Settings("recheck", Goal(), Budget(), wait=6.6)
    assert Settings.of_plain(settings.plain()) == settings
    with pytest.raises(ValueError, match="more than 0"):
        Settings("recheck", Goal(), Budget()).plan()
