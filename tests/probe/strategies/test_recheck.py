from __future__ import annotations

import pytest

from server.limiters import MinimumGap
from tests.bench.arena_world import Clock, Run, Service, run
from tests.probe.worlds import Bucket, Window, World, drive_world
from widgets.model.attempt import Attempt, Budget, Goal, Verdict
from widgets.probe.settings import Settings
from widgets.probe.strategies.recheck import STRAIGHT, recheck


def again(wait: float, gap: float, seed: int = 0, budget: Budget | None = None) -> Run:
    limiter = MinimumGap(gap=gap, noise=0.0, seed=seed)
    return run(recheck(Goal(), budget or Budget(), wait), Service(limiter, seed=seed), Clock())


def _look(world: World, wait: float) -> tuple[Verdict, list[Attempt]]:
    return drive_world(world, "recheck", wait=wait)


def test_a_wait_that_still_holds_costs_nine_requests() -> None:
    verdict = again(6.6, gap=6.5).verdict
    assert (verdict.kind, verdict.wait, verdict.tested) == ("estimated", 6.6, 6.6)
    assert verdict.requests == STRAIGHT + 1
    assert "still holds: 8 of 8" in verdict.statement
    assert "at most 31 %" in verdict.statement, "eight answers alone show little, and that must be said"


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


def test_a_ban_from_earlier_is_waited_for_and_says_nothing_of_the_wait() -> None:
    """Eleven requests were sent into it within 18 s, and 'a wait of 0.55 s no longer holds' was said of it."""
    bucket = Bucket(10, 2.0)
    world = World("banned", lambda t: t >= 100 and bucket.take(t), (429, {}, ""))
    verdict, attempts = _look(world, 0.55)
    assert (verdict.kind, verdict.wait) == ("estimated", 0.55)
    assert sum(not served for _, served, _ in world.log) <= 5
    assert [round(each.spacing or 0) for each in attempts[1:6]] == [1, 3, 9, 27, 81]


def test_who_is_never_served_is_told_so_and_no_wait_is_said_to_be_too_short() -> None:
    verdict, attempts = _look(World("shut", lambda _: False, (429, {}, "no")), 0.55)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert f"Each of {len(attempts)} requests" in verdict.statement
    assert len(attempts) <= 7


def test_refusals_in_one_row_are_told_as_one_row() -> None:
    verdict, _ = _look(World("spent", Window(6, 1e9).take, (503, {}, "")), 0.55)
    assert verdict.kind == "inconclusive"
    assert "6 of 16 requests were accepted, and then 10 in a row refused, up to 4.49 s apart" in verdict.statement
    assert "nor does any" not in verdict.statement
