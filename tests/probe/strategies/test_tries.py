"""A bound at 95 % is false in at most 5 % of the probes, however many waits were tried before one held."""

from __future__ import annotations

import pytest

from server.limiters import RandomFailures, Unlimited
from tests.bench.arena_world import Clock, Service, run
from tests.probe.conftest import drive, scripted
from widgets.model.attempt import Budget, Goal, Verdict
from widgets.model.quantity import as_percent
from widgets.probe.evidence import refusal_bound
from widgets.probe.strategies import doubling, quick, recheck
from widgets.probe.strategies.statements import shown
from widgets.probe.strategies.trial import Trial

PROBES = 400
MAKE = {
    "doubling": lambda: doubling(Goal(), Budget(requests=20_000, refusals=20_000, seconds=1e9)),
    "recheck": lambda: recheck(Goal(), Budget(requests=20_000, refusals=20_000, seconds=1e9), 1.0),
    "quick": lambda: quick(Goal(), Budget(requests=20_000, refusals=20_000, seconds=1e9)),
}


def ended(strategy: str, share: float, seed: int) -> Verdict:
    """What a strategy ends in where `share` of the requests are refused whatever the pace."""
    limiter = RandomFailures(Unlimited(), share=share, as_refusals=True, seed=seed)
    return run(MAKE[strategy](), Service(limiter, 0.001, seed=seed), Clock()).verdict


@pytest.mark.parametrize("strategy", MAKE)
@pytest.mark.parametrize("share", [0.3, 0.56])
def test_the_bound_that_is_said_is_rarely_false(strategy: str, share: float) -> None:
    """At a truth of 56 % it was false in 62 % of the doubling probes, where the tries were not counted."""
    verdicts = [ended(strategy, share, seed) for seed in range(PROBES)]
    false = sum(verdict.refusal_bound < share for verdict in verdicts)
    assert false <= 0.05 * PROBES + 3 * (0.05 * 0.95 * PROBES) ** 0.5


def test_the_sentence_says_the_bound_over_the_tries_and_the_verdict_the_same() -> None:
    _, _, verdict = drive(doubling(Goal(), Budget(), start=1), scripted(200, 429, 429, 200))
    bound = refusal_bound(4, 0, 0.95, tries=3)
    assert verdict.refusal_bound == bound
    said = f"over all that was tried until they came, they show only that at most {as_percent(bound)} are"
    assert said in verdict.statement


def test_a_single_try_is_told_without_ifs() -> None:
    _, _, verdict = drive(doubling(Goal(), Budget(), start=1), scripted(200))
    assert shown(4, 1, Goal()) in verdict.statement
    assert "only try" not in verdict.statement


def test_more_tries_show_less_and_one_is_the_exact_bound() -> None:
    bounds = [refusal_bound(8, 0, 0.95, tries) for tries in (1, 2, 5, 20)]
    assert bounds == sorted(bounds)
    assert bounds[0] == pytest.approx(1 - 0.05 ** (1 / 8))
    with pytest.raises(ValueError, match="tries"):
        refusal_bound(8, 0, 0.95, 0)


def test_waits_that_did_not_rise_cost_more_of_the_confidence() -> None:
    assert Trial(3.0, before=[Trial(1.0), Trial(2.0)]).tries == 3
    assert Trial(1.5, before=[Trial(1.0), Trial(2.0)]).tries == 12
    assert Trial(1.0).tries == 1
