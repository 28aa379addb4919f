from __future__ import annotations

import pytest

from server.limiters import MinimumGap, TokenBucket
from tests.bench.arena_world import Clock, Service, run
from tests.probe.conftest import drive, scripted
from widgets.model.attempt import Budget, Goal, Outcome
from widgets.probe.strategies import doubling


def test_on_the_reference_service_it_ends_at_the_notebooks_6_5536_seconds_rounded_up() -> None:
    outcome = run(doubling(Goal(), Budget()), Service(MinimumGap(seed=3), latency=0.01), Clock())
    assert outcome.verdict.wait == pytest.approx(6.5536)
    assert outcome.refused == 16
    assert outcome.verdict.statement.startswith("Empirically, waiting 6.56 seconds between requests seems safe.")
    assert "at most 53 % are refused" in outcome.verdict.statement


def test_each_refusal_doubles_the_wait_and_starts_the_count_again() -> None:
    steps, _, verdict = drive(doubling(Goal(), Budget(), start=1, needed=3), scripted(200, 429, 200, 200, 429, 200))
    assert [step.wait for step in steps] == [1, 1, 2, 2, 2, 4, 4, 4]
    assert (verdict.accepted, verdict.wait, verdict.kind) == (3, 4, "estimated")


def test_four_requests_that_fit_into_a_burst_are_no_estimate() -> None:
    verdict = run(doubling(Goal(), Budget()), Service(TokenBucket(rate=0.1, burst=10)), Clock()).verdict
    assert verdict.kind == "no limit seen"
    assert "burst" in verdict.statement
    assert "The pace tested was slower" in verdict.statement


def test_a_wait_that_was_asked_for_and_did_not_come_about_is_not_recommended() -> None:
    """Four requests three seconds apart do not show that two are enough, whoever was slow."""
    steps, _, verdict = drive(doubling(Goal(), Budget(), start=1), scripted(200, 429, 200, latency=3.0))
    assert steps[-1].wait == 2
    assert (verdict.kind, verdict.wait, verdict.tested) == ("estimated", 3, 3)
    assert "waiting 3 seconds between requests seems safe. The pace tested was slower" in verdict.statement
    assert "where 2 s was asked for: that was not tried" in verdict.statement


def test_a_fault_counts_neither_way() -> None:
    steps, attempts, verdict = drive(doubling(Goal(), Budget(), start=1, needed=2), scripted(200, 429, 200, 500, 200))
    assert attempts[3].outcome is Outcome.FAILED
    assert [step.wait for step in steps] == [1, 1, 2, 2, 2]
    assert verdict.wait == 2


@pytest.mark.parametrize(("start", "needed"), [(0, 4), (-1, 4), (1, 0)])
def test_a_rule_without_meaning_is_refused_at_once(start: float, needed: int) -> None:
    with pytest.raises(ValueError, match="must be more than 0"):
        doubling(Goal(), Budget(), start=start, needed=needed)
