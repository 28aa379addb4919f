"""Whatever comes back, every strategy gives a verdict, keeps its budgets, and does the same again from its log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from tests.probe.conftest import drive
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import STRATEGIES

if TYPE_CHECKING:
    Given = tuple[int | None, float, dict[str, str]]

    from widgets.model.attempt import Step, Verdict

EVERY = pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "identify"])
"""`identify` fits its candidates after every few attempts; it has fewer examples of its own."""

SMALL = Budget(requests=120, refusals=25, seconds=900)

STATUSES = st.sampled_from([200, 200, 200, 204, 301, 429, 429, 503, 403, 404, 500, 502, 100, 999, None])
PAUSES = st.sampled_from(["0", "1", "7", "600", "99999999999", "-3", "soon", "", "Wed, 21 Oct 2015 07:28:00 GMT"])
HEADERS = st.one_of(
    st.just({}),
    st.builds(lambda pause: {"Retry-After": pause}, PAUSES),
    st.sampled_from(
        [
            {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3"},
            {"RateLimit-Policy": '"a";q=10;w=5', "RateLimit": '"a";r=0;t=2'},
            {"RateLimit-Policy": '"a";q=0;w=0'},
            {"RateLimit-Policy": "rubbish", "X-RateLimit-Limit": "many"},
        ]
    ),
)
LATENCIES = st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(1, 100))
ANSWERS = st.lists(st.tuples(STATUSES, LATENCIES, HEADERS), min_size=1, max_size=40)


@EVERY
@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=ANSWERS)
def test_any_answers_lead_to_a_verdict_within_the_budget(name: str, answers: list[Given]) -> None:
    left = iter(answers * 200)
    steps, attempts, verdict = drive(STRATEGIES[name](Goal(), SMALL), lambda _: next(left))
    assert len(attempts) <= SMALL.requests
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in attempts) <= SMALL.refusals
    assert attempts[-1].started <= SMALL.seconds
    assert all(math.isfinite(step.wait) and step.wait >= 0 for step in steps)
    sound(verdict, attempts)


@EVERY
@settings(max_examples=examples(200), deadline=None)
@given(statuses=st.lists(STATUSES, min_size=1, max_size=30), latency=LATENCIES)
def test_a_clock_that_stands_still_does_not_hold_a_probe_up(
    name: str, statuses: list[int | None], latency: float
) -> None:
    plan = STRATEGIES[name](Goal(), SMALL)
    next(plan)
    attempts: list[Attempt] = []
    for number in range(1, SMALL.requests + 2):
        first = number == 1
        status = statuses[(number - 1) % len(statuses)]
        attempt = Attempt(number, None if first else 1.0, None if first else 0.0, 0.0, latency, status)
        attempts.append(attempt)
        try:
            plan.send(attempt)
        except StopIteration as end:
            sound(end.value, attempts)
            return
    pytest.fail("no verdict within the budget")


@EVERY
@settings(max_examples=examples(100), deadline=None)
@given(answers=ANSWERS)
def test_a_replayed_log_leads_to_the_same_steps(name: str, answers: list[Given]) -> None:
    left = iter(answers * 200)
    steps, attempts, verdict = drive(STRATEGIES[name](Goal(), SMALL), lambda _: next(left))
    again, replayed = replay(name, attempts)
    assert again == steps
    assert replayed == verdict


@settings(max_examples=examples(40), deadline=None)
@given(answers=ANSWERS)
def test_identify_too_gives_a_verdict_and_does_the_same_again(answers: list[Given]) -> None:
    budget = Budget(requests=45, refusals=12, seconds=900)
    left = iter(answers * 200)
    steps, attempts, verdict = drive(STRATEGIES["identify"](Goal(), budget), lambda _: next(left))
    assert len(attempts) <= budget.requests
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in attempts) <= budget.refusals
    assert attempts[-1].started <= budget.seconds
    sound(verdict, attempts)
    again, replayed = replay("identify", attempts, budget)
    assert again == steps
    assert replayed is not None
    assert replayed.statement == verdict.statement


def replay(name: str, attempts: list[Attempt], budget: Budget = SMALL) -> tuple[list[Step], Verdict | None]:
    plan = STRATEGIES[name](Goal(), budget)
    steps = [next(plan)]
    for attempt in attempts:
        try:
            steps.append(plan.send(attempt))
        except StopIteration as end:
            return steps, end.value
    return steps, None


def sound(verdict: Verdict, attempts: list[Attempt]) -> None:
    """What every verdict must be."""
    assert verdict.requests == len(attempts)
    assert verdict.statement.endswith(".")
    assert 0 <= verdict.refusal_bound <= 1
    assert verdict.accepted + verdict.refused <= len(attempts)
    if verdict.kind in ("certified", "estimated"):
        assert verdict.wait is not None
        assert verdict.tested is not None
        assert verdict.accepted > 0
        assert "not excluded" in verdict.statement.lower()
        assert verdict.wait * 1.05 >= verdict.tested or "slower" in verdict.statement
    if verdict.kind == "certified":
        assert verdict.refusal_bound <= Goal().refusal_rate
