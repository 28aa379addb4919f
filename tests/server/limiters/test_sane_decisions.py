"""Absurd times, equal seeds and long lives: decisions stay sane, and memory stays bounded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limiters import LIMITERS, Concurrency, Decision, FixedWindow, MinimumGap, RandomFailures, Shared, SlidingLog
from server.limiters.compound import MOST_ARRIVALS

EPOCH = 1.8e9

absurd = st.lists(
    st.one_of(st.floats(0, 1e15), st.sampled_from([0.0, 5e-324, 1e-9, 60.0, 86_400.0, 1e12])), min_size=1, max_size=15
)


@pytest.mark.parametrize("slug", LIMITERS)
@settings(deadline=None)
@given(start=st.sampled_from([0.0, 1e-9, EPOCH, 1e15]), gaps=absurd)
def test_absurd_gaps_and_huge_times_leave_every_decision_sane(slug: str, start: float, gaps: list[float]) -> None:
    limiter, now = LIMITERS[slug](), start
    for gap in gaps:
        now += gap
        assert_sane(limiter.ask(now))


@pytest.mark.parametrize("slug", LIMITERS)
def test_clock_that_stands_still_or_goes_back_raises_nothing(slug: str) -> None:
    limiter = LIMITERS[slug]()
    for now in (5.0, 5.0, 4.0, 5.0, 0.0, 5.0, 5.0):
        assert_sane(limiter.ask(now))


def assert_sane(decision: Decision) -> None:
    assert 0 <= decision.retry_after < math.inf
    assert 0 <= decision.delay < math.inf
    assert not (decision.accepted and (decision.failed or decision.retry_after))
    for policy in decision.policies:
        assert 0 <= policy.remaining <= policy.quota
        assert 0 <= policy.reset < math.inf
        assert policy.window > 0


@pytest.mark.parametrize("slug", LIMITERS)
@settings(deadline=None)
@given(gaps=st.lists(st.floats(0, 10), max_size=30))
def test_same_seed_and_times_give_the_same_decisions(slug: str, gaps: list[float]) -> None:
    one, two, now = LIMITERS[slug](), LIMITERS[slug](), 50.0
    for gap in gaps:
        now += gap
        assert one.ask(now) == two.ask(now)


def test_failure_that_looks_like_a_refusal_says_when_the_rule_would_serve_again() -> None:
    overloaded = RandomFailures(rule=FixedWindow(limit=1, window=60), share=1.0, as_refusals=True)
    assert [overloaded.ask(now).retry_after for now in (5.0, 6.0)] == [55.0, 54.0]
    assert [RandomFailures(rule=FixedWindow(), share=1.0).ask(5.0).retry_after] == [0.0]


def test_another_seed_draws_other_gaps() -> None:
    decisions = {
        seed: [limiter.ask(5.2 * number).accepted for number in range(50)]
        for seed in (1, 2)
        for limiter in [MinimumGap(seed=seed)]
    }
    assert decisions[1] != decisions[2]


def test_sliding_log_remembers_no_more_times_than_its_limit() -> None:
    for count_refused in (False, True):
        limiter = SlidingLog(limit=5, window=1e9, count_refused=count_refused)
        for number in range(10_000):
            limiter.ask(float(number))
        assert len(limiter._log) == 5


def test_concurrency_remembers_no_more_jobs_than_its_limit() -> None:
    limiter = Concurrency(limit=4, service=1e9, varied=True)
    for number in range(10_000):
        limiter.ask(float(number))
    assert len(limiter._ends) <= 4


@pytest.mark.parametrize("times", [(0.0, 1e9), (1e15, 1e15 + 1e-3, 1e15 + 1)], ids=["long silence", "no grain left"])
def test_crowd_of_others_is_played_out_in_bounded_work(times: tuple[float, ...]) -> None:
    limiter = Shared(others=1e6)
    for now in times:
        limiter.ask(now)
    assert limiter._draws <= len(times) * (2 * MOST_ARRIVALS + 2)
