"""A margin that has a price tag: less is tested, more is recommended, and the assumption is named."""

from __future__ import annotations

import pytest

from server.limiters import MinimumGap
from tests.bench.arena_world import Clock, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.settings import Settings
from widgets.probe.strategies.careful import FALLING, MARGINS, at_tested, careful


@pytest.mark.parametrize(("margin", "rate"), [(1.0, 0.05), (1.1, 0.0656), (1.2, 0.0824), (1.5, 0.1357)])
def test_what_is_tested_is_the_power_of_the_goal_that_the_assumption_gives(margin: float, rate: float) -> None:
    assert at_tested(Goal(), margin).refusal_rate == pytest.approx(rate, abs=1e-4)


def test_a_margin_costs_fewer_requests_and_recommends_so_many_times_what_was_tested() -> None:
    found = {}
    for margin in MARGINS:
        verdict = run(careful(Goal(), Budget(), margin=margin), Service(MinimumGap(seed=3), seed=3), Clock(0.0)).verdict
        assert verdict.kind == "certified"
        assert verdict.wait == pytest.approx((verdict.tested or 0.0) * margin, rel=0.06)
        assert (verdict.wait or 0.0) >= (verdict.tested or 0.0) * margin * 0.999
        assert verdict.refusal_bound == 0.05
        assert (FALLING in verdict.statement) == (margin > 1)
        found[margin] = verdict.accepted
    assert found[1.0] > found[1.1] > found[1.2] > found[1.5]


@pytest.mark.parametrize("margin", MARGINS[1:])
def test_where_its_assumption_is_true_a_certificate_with_a_margin_is_true(margin: float) -> None:
    wrong = 0
    for seed in range(20):
        limiter = MinimumGap(seed=seed)
        verdict = run(careful(Goal(), Budget(), margin=margin), Service(limiter, seed=seed), Clock(0.0)).verdict
        assert verdict.kind == "certified"
        wrong += (verdict.wait or 0.0) < limiter.steady_wait(0.05)
    assert wrong <= 1


def test_a_margin_is_kept_with_the_settings_and_is_none_where_none_was_kept() -> None:
    settings = Settings("careful", Goal(), Budget(), margin=1.2)
    assert Settings.of_plain(settings.plain()) == settings
    before = settings.plain()
    del before["margin"]
    assert Settings.of_plain(before).margin == 1.0
    assert Settings("quick", Goal(), Budget(), margin=1.2).on_trial == Goal()
    with pytest.raises(ValueError, match=r"margin must lie between 1\.0 and 1\.5, got 3"):
        Settings("careful", Goal(), Budget(), margin=3)
