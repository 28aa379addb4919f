"""The stated truth of every limiter against long simulations in virtual time."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from server.limiters import (
    Concurrency,
    DailyQuota,
    Drifting,
    FixedWindow,
    LeakyBucket,
    Limiter,
    MinimumGap,
    PenaltyBox,
    RandomFailures,
    Shared,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
    Unlimited,
    fresh,
)

RATES = (0.01, 0.05, 0.3)
START = 123_456.789  # no edge of any window
REQUESTS = 12_000
FEW = 4_000  # without chance a few cycles tell nearly as much as many, once a large bucket has run empty
LARGE = 50
CUT = 1e-3  # a run that ends in the middle of a cycle

SURE: list[Limiter] = [
    MinimumGap(noise=0),
    MinimumGap(gap=0.31, noise=0, reset=False),
    TokenBucket(),
    TokenBucket(rate=3.3, burst=1),
    TokenBucket(rate=0.01, burst=100),
    LeakyBucket(),
    LeakyBucket(burst=0),
    LeakyBucket(rate=7, burst=2, delay=None),
    LeakyBucket(rate=3, per=1, burst=4, delay=2),
    FixedWindow(),
    FixedWindow(limit=7, window=3.3),
    FixedWindow(limit=19, window=100, aligned=False),
    SlidingLog(),
    SlidingLog(limit=33, window=10),
    SlidingLog(count_refused=True),
    SlidingCounter(),
    SlidingCounter(limit=3, window=7),
    SlidingCounter(count_refused=True),
    SlidingCounter(limit=3, window=7, count_refused=True),
    Concurrency(),
    DailyQuota(quota=100, day=400, rate=0.5, burst=5),
    DailyQuota(quota=100, day=400, rate=0.2, burst=5),
    DailyQuota(quota=100, day=400, rate=0.25, burst=1),
    PenaltyBox(),
    PenaltyBox(extend=True),
    PenaltyBox(penalty=3, burst=50),
    PenaltyBox(penalty=1, rate=0.1, burst=10, extend=True),
    Drifting(period=300 * math.e, seed=7),
    RandomFailures(rule=TokenBucket(rate=2, burst=1), share=0.0),
]
CHANCY: list[Limiter] = [
    MinimumGap(),
    MinimumGap(seed=9, gap=0.5, noise=3, reset=False),
    MinimumGap(gap=0.0, noise=2.0, reset=False),
    Concurrency(varied=True),
    Concurrency(limit=10, varied=True, seed=3),
    Shared(),
    Shared(rule=FixedWindow(limit=200, window=60), others=2.0),
    RandomFailures(),
    RandomFailures(share=0.02, as_refusals=True),
    RandomFailures(rule=MinimumGap(reset=False), share=0.1),
]


def refused_share(limiter: Limiter, wait: float, requests: int) -> float:
    """Of the answers that are no failures, after a tenth as many to settle."""
    rule = fresh(limiter)
    for number in range(requests // 10):
        rule.ask(START + number * wait)
    answers = [rule.ask(START + number * wait) for number in range(requests // 10, requests + requests // 10)]
    decided = [answer for answer in answers if not answer.failed]
    return 1 - sum(answer.accepted for answer in decided) / len(decided)


@pytest.mark.parametrize("requests", [FEW, pytest.param(REQUESTS, marks=pytest.mark.long)])
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("limiter", SURE, ids=repr)
def test_stated_wait_is_the_shortest_within_one_per_cent(limiter: Limiter, rate: float, requests: int) -> None:
    wait = limiter.steady_wait(rate)
    if getattr(limiter, "burst", 0) >= LARGE:
        requests = REQUESTS
    assert refused_share(limiter, 1.01 * wait, requests) <= rate + CUT
    assert refused_share(limiter, 0.99 * wait, requests) > rate - CUT


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("limiter", CHANCY, ids=repr)
def test_stated_wait_of_a_rule_with_chance_in_it_agrees_with_the_simulation(limiter: Limiter, rate: float) -> None:
    wait = limiter.steady_wait(rate)
    if math.isinf(wait):
        assert refused_share(limiter, 1000 * limiter.steady_wait(0.5), 2_000) > rate
        return
    chance = 4 * math.sqrt(rate / REQUESTS)  # four standard errors, refusals in small clusters included
    assert refused_share(limiter, 1.01 * wait, REQUESTS) <= rate + chance
    assert refused_share(limiter, 0.99 * wait, REQUESTS) >= rate - chance


@pytest.mark.parametrize("limiter", SURE + CHANCY, ids=repr)
def test_acceptance_curve_agrees_with_the_simulation(limiter: Limiter) -> None:
    middle = limiter.steady_wait(0.3)
    for wait in (0.217 * middle, 0.613 * middle, 0.9573 * middle, 1.377 * middle):
        assert limiter.acceptance(wait) == pytest.approx(1 - refused_share(limiter, wait, 6_000), abs=0.02)


@pytest.mark.parametrize("limiter", SURE + CHANCY, ids=repr)
def test_more_refusals_tolerated_never_mean_a_longer_wait(limiter: Limiter) -> None:
    waits = [limiter.steady_wait(rate) for rate in (0.02, 0.05, 0.1, 0.3, 0.6, 1.0)]
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] == 0


def test_shared_rule_without_closed_form_agrees_with_other_arrivals_than_its_own() -> None:
    limiter = Shared(rule=TokenBucket(rate=1, burst=5), others=0.4)
    wait = limiter.steady_wait(0.05)
    elsewhere = replace(limiter, seed=77)
    assert refused_share(elsewhere, 1.03 * wait, 40_000) < 0.05 < refused_share(elsewhere, 0.97 * wait, 40_000)


def test_reference_service_states_its_quantiles() -> None:
    reference = MinimumGap()
    assert reference.steady_wait(0.05) == pytest.approx(6.375)
    assert reference.steady_wait(0) == 6.5
    assert reference.acceptance(4.0) == pytest.approx(0, abs=1e-6)


def test_exponential_jobs_block_as_erlang_loss_theory_says() -> None:
    # One server, exponential service: a request that comes `wait` after the last is refused while that job still runs.
    # D/M/1/1 gives exp(-wait/service).
    single = Concurrency(limit=1, service=2.0, varied=True)
    assert 1 - single.acceptance(3.0) == pytest.approx(math.exp(-1.5))


def test_shared_window_alone_is_the_window_itself() -> None:
    window = FixedWindow(limit=5, window=10)
    assert Shared(rule=window, others=0).steady_wait(0.1) == pytest.approx(window.steady_wait(0.1))
    assert Shared(rule=window, others=1e-9).acceptance(1.5) == pytest.approx(window.acceptance(1.5), abs=1e-6)


def test_unlimited_needs_no_wait() -> None:
    assert Unlimited().steady_wait(0.0) == 0
    assert Unlimited().acceptance(0.0) == 1


@pytest.mark.parametrize(("limit", "others"), [(400, 5.0), (600, 7.5), (300, 4.5)])
def test_crowd_of_others_is_reckoned_as_exactly_as_a_few(limit: int, others: float) -> None:
    crowded = Shared(rule=FixedWindow(limit=limit, window=60), others=others)
    for rate in (0.05, 0.3):
        wait = crowded.steady_wait(rate)
        assert crowded.acceptance(wait) == pytest.approx(1 - rate, abs=1e-3)
        assert refused_share(crowded, wait, round(30 * 60 / wait)) == pytest.approx(rate, abs=0.015)


def test_others_who_take_all_leave_no_wait_that_is_slow_enough() -> None:
    assert Shared(rule=FixedWindow(limit=10, window=60), others=10).steady_wait(0.05) == math.inf
    assert Shared(rule=TokenBucket(rate=1, burst=2), others=10).steady_wait(0.05) == math.inf
    assert Shared(rule=Unlimited(), others=10).steady_wait(0.05) == 0
