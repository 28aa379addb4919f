from __future__ import annotations

import math

import pytest

from server.limiters import MinimumGap, RandomFailures, TokenBucket, Unlimited
from tests.bench.arena import quantile
from tests.bench.arena_wild import SCALES
from tests.bench.arena_world import Clock, Run, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.strategies import quick


def probe(limiter: MinimumGap | TokenBucket | Unlimited | RandomFailures, seed: int = 0) -> Run:
    return run(quick(Goal(), Budget()), Service(limiter, seed=seed), Clock())


def test_on_the_reference_service_eighteen_waits_and_three_refusals_are_enough() -> None:
    runs = [probe(MinimumGap(seed=seed), seed) for seed in range(1000)]
    waits = [outcome.verdict.wait or 0 for outcome in runs]
    assert quantile([outcome.verdict.seconds for outcome in runs], 0.5) <= 18 * 6.375
    assert quantile([outcome.refused for outcome in runs], 0.5) <= 3
    assert quantile(waits, 0.5) / 6.375 <= 1.20
    assert sum(wait >= 6.375 for wait in waits) >= 990


@pytest.mark.parametrize("factor", SCALES[1:14:2])
def test_at_no_scale_of_the_reference_rule_more_than_a_few_estimates_are_unsafe(factor: float) -> None:
    """One scale alone is luck: where the last step lands just below what is safe, straight answers must tell."""
    runs = [probe(MinimumGap(4 * factor, 2.5 * factor, seed=seed), seed) for seed in range(60)]
    assert sum((outcome.verdict.wait or math.inf) < 6.375 * factor * 0.999 for outcome in runs) <= 2
    assert all(outcome.verdict.kind == "estimated" for outcome in runs)


def test_an_estimate_says_that_it_leans_on_a_margin_and_what_it_does_not_exclude() -> None:
    verdict = probe(MinimumGap(seed=1)).verdict
    assert verdict.kind == "estimated"
    assert verdict.tested is not None
    assert verdict.wait == verdict.tested * 1.1
    for words in ("if there is no rare long tail", "10% was added as a margin", "Not excluded", "changes later"):
        assert words in verdict.statement
    assert verdict.refusal_bound > 0.05


def test_a_burst_does_not_pass_for_a_pace() -> None:
    limiter = TokenBucket(rate=0.5, burst=20)
    verdict = probe(limiter).verdict
    assert verdict.kind == "estimated"
    assert (verdict.wait or 0) >= limiter.steady_wait(0.05)


def test_where_nothing_is_refused_it_says_how_much_was_sent() -> None:
    outcome = probe(Unlimited())
    assert outcome.verdict.kind == "no limit seen"
    assert len(outcome.attempts) <= 215
    assert f"more than {len(outcome.attempts)} requests" in outcome.verdict.statement
