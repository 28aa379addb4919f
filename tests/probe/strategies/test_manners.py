"""What holds for every strategy: budgets, Retry-After, faults, and a first answer that leaves nothing to pace."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.probe.conftest import drive, scripted
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import STRATEGIES
from widgets.probe.strategies.door import at_the_door

EVERY = pytest.mark.parametrize("name", STRATEGIES)


@EVERY
@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "credentials"), (410, "gone"), (405, "method"), (None, "network")],
)
def test_a_first_answer_with_nothing_to_pace_ends_the_probe_with_advice(
    name: str, status: int | None, advice: str
) -> None:
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), scripted(status))
    assert len(attempts) == 1
    assert (verdict.kind, verdict.wait, verdict.requests) == ("inconclusive", None, 1)
    assert advice in verdict.statement


def test_a_first_404_that_says_what_is_missing_ends_the_probe_at_once() -> None:
    """One without a word may be a ban as well, and is asked again; in neither case is more said than is known."""
    missing = Attempt(1, None, None, 0.0, 0.1, 404, {"Content-Length": "9"})
    for each in (missing, replace(missing, headers={}, size=9, excerpt="Not Found")):
        assert "nothing is at this address, or nothing for this client" in at_the_door([each]).end
    assert at_the_door([replace(missing, headers={"Content-Length": "0"})]).rest == 60


@EVERY
@pytest.mark.parametrize(
    ("status", "advice"),
    [(403, "forbids"), (418, "shut this client out"), (422, "rejects"), (404, "Check it for typing errors")],
)
def test_a_first_answer_that_may_be_an_old_ban_is_asked_again_once_after_a_rest(
    name: str, status: int, advice: str
) -> None:
    steps, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), scripted(status))
    assert len(attempts) == 2
    assert steps[1].wait == 60
    assert verdict.kind == "inconclusive"
    assert f"answers {status}, and again after 60 s of rest" in verdict.statement
    assert advice in verdict.statement


@EVERY
def test_a_first_500_is_asked_again(name: str) -> None:
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), scripted(500, 200))
    assert len(attempts) > 4
    assert verdict.kind != "inconclusive"


@EVERY
def test_faults_in_a_row_end_the_probe_and_are_named(name: str) -> None:
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), scripted(200, 429, 200, 502))
    assert [attempt.outcome for attempt in attempts[-5:]] == [Outcome.FAILED] * 5
    assert verdict.kind == "inconclusive"
    assert "502" in verdict.statement


@EVERY
def test_a_lost_connection_is_asked_again_at_the_same_wait(name: str) -> None:
    steps, attempts, _ = drive(STRATEGIES[name](Goal(), Budget(requests=20)), scripted(200, None, 200))
    assert attempts[1].status is None
    assert steps[2].wait == steps[1].wait


@EVERY
@pytest.mark.parametrize("budget", [Budget(requests=7), Budget(refusals=3), Budget(seconds=5)])
def test_budgets_are_never_exceeded(name: str, budget: Budget) -> None:
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), budget), scripted(200, 429))
    assert len(attempts) <= budget.requests
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in attempts) <= budget.refusals
    assert attempts[-1].started <= budget.seconds
    assert verdict.kind == "inconclusive"
    assert "beyond the budget" in verdict.statement or "is spent" in verdict.statement


@EVERY
def test_no_request_comes_before_a_retry_after_has_passed(name: str) -> None:
    _, attempts, _ = drive(STRATEGIES[name](Goal(), Budget()), scripted(200, 429, 429, 200, 429, 200, Retry_After="17"))
    refused = [pair for pair in pairwise(attempts) if pair[0].outcome is Outcome.REFUSED]
    assert len(refused) >= 3
    assert all(later.started >= sooner.started + sooner.latency + 17 for sooner, later in refused)


@EVERY
def test_a_retry_after_on_an_accepted_answer_is_no_order_to_stay_away(name: str) -> None:
    plan = STRATEGIES[name](Goal(), Budget())
    _, attempts, _ = drive(plan, lambda _: (200, 0.01, {"Retry-After": "60"}))
    assert attempts[-1].started < 60


@EVERY
def test_an_absurd_retry_after_ends_the_probe_with_a_sentence(name: str) -> None:
    _, attempts, verdict = drive(STRATEGIES[name](Goal(), Budget()), scripted(200, 429, Retry_After="86400"))
    assert attempts[-1].outcome is Outcome.REFUSED
    assert len(attempts) < 12
    assert verdict.kind == "inconclusive"
    assert "left alone for 24 h" in verdict.statement
    assert "Retry-After" in verdict.statement
