"""No limiter serves more than its rule allows, whatever the request times are and however many threads ask."""

from __future__ import annotations

import copy
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.limiters import (
    LIMITERS,
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
)

Times: TypeAlias = Sequence[float]
Rule: TypeAlias = Callable[[Times], bool]
"""Says whether these served times, in order, keep the rule."""

THREADS = 32
EPOCH = 1.8e9


def gaps_of(least: float) -> Rule:
    return lambda served: all(later - earlier >= least - 1e-5 for earlier, later in pairwise(served))


def drifting_gaps_of(limiter: Drifting) -> Rule:
    return lambda served: all(later - earlier >= limiter.gap_at(later) - 1e-5 for earlier, later in pairwise(served))


def bucket_of(rate: float, burst: int, grain: float = 1e-4) -> Rule:
    """The level of a bucket never falls below zero by more than what drips in one grain of the clock."""

    def keeps(served: Times) -> bool:
        level, last = float(burst), served[0] if served else 0.0
        for now in served:
            level = min(burst, level + (now - last) * rate) - 1
            last = now
            if level < -rate * grain:
                return False
        return True

    return keeps


def any_window_of(limit: int, window: float) -> Rule:
    return lambda served: all(
        later - earlier >= window - 1e-5 for earlier, later in zip(served, served[limit:], strict=False)
    )


def clock_windows_of(limit: int, window: float) -> Rule:
    return lambda served: all(
        count <= limit for count in Counter(math.floor((now + 1e-6) / window) for now in served).values()
    )


def both(*rules: Rule) -> Rule:
    return lambda served: all(rule(served) for rule in rules)


DRIFTING = Drifting(gap=0.01, swing=0.5, period=0.06)
RULES: list[tuple[Limiter, Rule]] = [
    (MinimumGap(gap=0.02, noise=0.01), gaps_of(0.02)),
    (MinimumGap(gap=0.02, noise=0, reset=False), gaps_of(0.02)),
    (TokenBucket(rate=100, burst=7), bucket_of(100, 7)),
    (LeakyBucket(rate=100, per=1, burst=6), bucket_of(100, 7, grain=1.2e-3)),
    (LeakyBucket(rate=100, per=1, burst=0, delay=None), gaps_of(0.009)),
    (FixedWindow(limit=5, window=0.05), clock_windows_of(5, 0.05)),
    (FixedWindow(limit=5, window=0.05, aligned=False), any_window_of(10, 0.05)),
    (SlidingLog(limit=5, window=0.05), any_window_of(5, 0.05)),
    (SlidingLog(limit=5, window=0.05, count_refused=True), any_window_of(5, 0.05)),
    (SlidingCounter(limit=5, window=0.05), clock_windows_of(5, 0.05)),
    (SlidingCounter(limit=5, window=0.05, count_refused=True), clock_windows_of(5, 0.05)),
    (Concurrency(limit=4, service=0.03), any_window_of(4, 0.03)),
    (DailyQuota(quota=9, day=0.1, rate=200, burst=3), both(bucket_of(200, 3), clock_windows_of(9, 0.1))),
    (PenaltyBox(rate=100, burst=3, penalty=0.03), bucket_of(100, 3)),
    (Shared(rule=FixedWindow(limit=9, window=0.05), others=60), clock_windows_of(9, 0.05)),
    (DRIFTING, drifting_gaps_of(DRIFTING)),
    (RandomFailures(rule=TokenBucket(rate=100, burst=7), share=0.1), bucket_of(100, 7)),
]


def test_every_limiter_that_has_a_rule_is_held_to_it() -> None:
    assert {template.kind for template, _ in RULES} == {limiter.kind for limiter in LIMITERS.values()} - {"none"}


@pytest.mark.parametrize(("template", "keeps"), RULES, ids=lambda value: repr(value) if hasattr(value, "ask") else "")
def test_thirty_two_threads_on_the_real_clock_get_no_more_than_one(template: Limiter, keeps: Rule) -> None:
    limiter, lock, together = copy.deepcopy(template), threading.Lock(), threading.Barrier(THREADS)
    served: list[float] = []
    refused = Counter[str]()

    def ask(name: str) -> None:
        together.wait()
        end = time.monotonic() + 0.15
        while (now := time.monotonic()) < end:
            with lock:
                now = time.monotonic()
                if limiter.ask(now).accepted:
                    served.append(now)
                else:
                    refused[name] += 1

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keeps(served)
    assert served
    assert sum(refused.values()) > len(served)


gaps = st.lists(
    st.one_of(st.sampled_from([0.0, 1e-9, 0.001, 0.01, 0.02, 0.03, 0.05, 0.1, 1e3, 1e6]), st.floats(0, 0.2)),
    max_size=60,
)


@pytest.mark.parametrize(("template", "keeps"), RULES, ids=lambda value: repr(value) if hasattr(value, "ask") else "")
@settings(deadline=None)
@given(gaps=gaps)
def test_no_request_times_get_more_than_the_rule_allows(template: Limiter, keeps: Rule, gaps: list[float]) -> None:
    limiter, now, served = copy.deepcopy(template), 1000.0, []
    for gap in gaps:
        now += gap
        if limiter.ask(now).accepted:
            served.append(now)
    assert keeps(served)


@pytest.mark.parametrize(
    ("extend", "served_at"), [(False, [0.0, 0.0, 10.0, 10.0, 21.0]), (True, [0.0, 0.0, 21.0])], ids=["ends", "extends"]
)
def test_penalty_box_that_extends_holds_whoever_keeps_asking(extend: bool, served_at: list[float]) -> None:
    limiter = PenaltyBox(rate=1, burst=2, penalty=10, extend=extend)
    times = [0.0, 0.0, 0.0, 5.0, 9.0, 10.0, 10.0, 10.0, 11.0, 21.0]
    assert [now for now in times if limiter.ask(now).accepted] == served_at


def test_minimum_gap_lets_refused_requests_restart_the_clock_only_with_reset() -> None:
    times = [0.0, 3.0, 6.0, 9.0]
    restarted, running = MinimumGap(noise=0), MinimumGap(noise=0, reset=False)
    assert [restarted.ask(now).accepted for now in times] == [True, False, False, False]
    assert [running.ask(now).accepted for now in times] == [True, False, True, False]


HONEST = [template for template, _ in RULES if not isinstance(template, Shared | RandomFailures)]


@pytest.mark.parametrize("template", HONEST, ids=repr)
@settings(deadline=None)
@given(gaps=st.lists(st.floats(0, 0.05), max_size=40), start=st.sampled_from([0.0, 77.7, EPOCH]))
@example(gaps=[1 / 32] * 16, start=0.0)
def test_whoever_waits_for_retry_after_is_served(template: Limiter, gaps: list[float], start: float) -> None:
    limiter, now = copy.deepcopy(template), start
    for gap in gaps:
        now += gap
        decision = limiter.ask(now)
        if not decision.accepted:
            assert copy.deepcopy(limiter).ask(now + decision.retry_after).accepted
