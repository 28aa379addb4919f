from __future__ import annotations

from time import process_time

import pytest

from tests.bench.arena_families import FAMILIES, Family
from tests.bench.arena_wild import WILD
from tests.bench.arena_world import run
from tests.bench.identified import Tally, tally
from widgets.model.attempt import Budget, Goal
from widgets.probe.identify import identify
from widgets.probe.strategies import STRATEGIES, careful

BY_NAME = {family.name: family for family in FAMILIES}

ASKED = ("gap, noisy", "gap, no reset", "token bucket", "sliding log", "penalty box")


def test_names_are_right_as_often_as_they_say_and_ranges_mostly_hold_the_truth() -> None:
    """Of services that nothing was fitted to; the whole table is `python -m tests.bench.identified`."""
    whole = Tally()
    for name in ASKED:
        whole.merge(tally(BY_NAME[name], range(4_000_000, 4_000_002)))
    assert whole.first >= 7
    assert whole.right == whole.sure, whole.missed
    assert sum(support for support, _ in whole.said) == pytest.approx(10, abs=0.5)
    assert sum(support for support, right in whole.said if right) >= 0.6 * 10
    assert whole.held >= 0.9 * whole.ranges, whole.missed


@pytest.mark.long
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_names_after_a_search_are_right_as_often_as_they_say(strategy: str) -> None:
    """Of services that nothing was fitted to, half of them with a rule that is not compared."""
    whole = Tally()
    for name in (*ASKED, "ban that doubles", "nodes by turns", "stepwise refill", "circuit breaker", "two tiers, near"):
        whole.merge(
            tally({**BY_NAME, **{each.name: each for each in WILD}}[name], range(4_000_000, 4_000_003), strategy)
        )
    likely = [right for support, right in whole.said if support >= 0.7]
    assert whole.right == whole.sure, whole.missed
    assert len(likely) >= 8
    assert sum(likely) >= 0.6 * len(likely)
    assert sum(right for support, right in whole.said if support < 0.2) <= 0.2 * len(whole.said)


@pytest.mark.parametrize("name", ["gap, Retry-After", "fixed window, headers", "token bucket, headers"])
def test_the_question_never_comes_before_an_honest_retry_after(name: str) -> None:
    service, clock = BY_NAME[name].service(7)
    outcome = run(STRATEGIES["identify"](Goal(), Budget()), service, clock)
    assert outcome.refused or "wherever it says that nothing is left" in outcome.verdict.statement
    assert outcome.early == 0


@pytest.mark.parametrize("budget", [Budget(requests=20), Budget(refusals=5), Budget(seconds=60)], ids=str)
@pytest.mark.parametrize("name", ["gap, noisy", "fixed window"])
def test_the_question_keeps_the_budget(name: str, budget: Budget) -> None:
    service, clock = BY_NAME[name].service(3)
    outcome = run(STRATEGIES["identify"](Goal(), budget), service, clock)
    assert outcome.attempts
    assert len(outcome.attempts) <= budget.requests
    assert outcome.refused <= budget.refusals
    assert outcome.attempts[-1].started <= budget.seconds


@pytest.mark.parametrize("family", [BY_NAME["gap, noisy"], BY_NAME["sliding log"]], ids=lambda family: family.name)
def test_two_hundred_attempts_are_identified_while_nobody_notices(family: Family) -> None:
    """A quarter of a second where a million squares take a tenth."""
    service, clock = family.service(1)
    attempts = run(careful(Goal(), Budget()), service, clock).attempts[:200]
    began = process_time()
    sum(number * number for number in range(1_000_000))
    counted = process_time()
    identify(attempts)
    assert len(attempts) == 200
    assert process_time() - counted < 12 * (counted - began)
