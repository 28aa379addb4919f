from __future__ import annotations

import math
import subprocess
import sys

import pytest

from server.limiters import MinimumGap, RandomFailures, TokenBucket
from tests.bench.arena import HEAD, Score, fight, quantile, strategies
from tests.bench.arena_families import FAMILIES
from tests.bench.arena_world import Clock, Service, run
from widgets.model.attempt import Budget, Goal, Outcome
from widgets.probe.strategies import doubling


def test_the_clock_moves_only_when_somebody_sleeps_and_never_back() -> None:
    clock = Clock(5)
    clock.sleep(2)
    clock.sleep(-3)
    assert clock.now() == 7


def test_a_run_is_spaced_as_its_steps_say() -> None:
    outcome = run(doubling(Goal(), Budget(), start=1), Service(MinimumGap(3, 0), latency=0.05), Clock(100))
    for attempt in outcome.attempts[1:]:
        assert attempt.spacing == pytest.approx(attempt.wait)
    assert outcome.attempts[0].started == 0
    assert outcome.refused == 2


def test_requests_do_not_overlap() -> None:
    outcome = run(doubling(Goal(), Budget(), start=0.001), Service(TokenBucket(1, 100), latency=0.5), Clock())
    spacings = [attempt.spacing or 0 for attempt in outcome.attempts[1:]]
    latencies = [attempt.latency for attempt in outcome.attempts]
    assert all(spacing >= latency for spacing, latency in zip(spacings, latencies, strict=False))


def test_retry_after_is_told_as_honestly_as_the_service_is() -> None:
    told = {}
    for part in (0.0, 0.4, 1.0):
        outcome = run(doubling(Goal(), Budget(requests=2)), Service(MinimumGap(10, 0), told=part), Clock())
        told[part] = outcome.attempts[-1].headers.get("Retry-After")
    assert told == {0.0: None, 0.4: "4", 1.0: "10"}


def test_a_broken_service_fails_and_does_not_refuse() -> None:
    outcome = run(doubling(Goal(), Budget()), Service(RandomFailures(MinimumGap(0.01, 0), share=0.9)), Clock())
    assert any(attempt.outcome is Outcome.FAILED for attempt in outcome.attempts)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_draws_the_same_service_from_the_same_seed_and_knows_its_truth(family: object) -> None:
    service, clock = family.service(3)  # type: ignore[attr-defined]
    again, _ = family.service(3)  # type: ignore[attr-defined]
    other, _ = family.service(4)  # type: ignore[attr-defined]
    assert service.limiter.describe() == again.limiter.describe()
    assert (service.latency, service.seed) == (again.latency, again.seed) != (other.latency, other.seed)
    assert 0 <= service.limiter.steady_wait(0.05) <= math.inf
    assert clock.now() > 0


@pytest.mark.parametrize("name", strategies())
def test_every_strategy_ends_on_every_family(name: str) -> None:
    for family in FAMILIES:
        score = fight(strategies()[name], family, range(2), Goal(), Budget())
        assert score.waits + score.inconclusive + score.unlimited == 2
        assert score.early == 0


def test_an_unsafe_wait_is_counted_as_one() -> None:
    family = next(family for family in FAMILIES if family.name == "gap, exact")
    safe = fight(strategies()["doubling"], family, range(20), Goal(), Budget())
    assert (safe.unsafe, safe.waits) == (0, 20)
    assert min(safe.overshoot) >= 1
    burst = next(family for family in FAMILIES if family.name == "token bucket")
    fooled = fight(strategies()["AIMD"], burst, range(20), Goal(), Budget())
    assert fooled.unsafe >= 10


def test_scores_add_up() -> None:
    family, both = FAMILIES[2], Score()
    for seeds in (range(3), range(3, 6)):
        both.merge(fight(strategies()["quick"], family, seeds, Goal(), Budget()))
    assert len(both.requests) == both.waits == 6
    assert len(both.line()) == len(HEAD) - 34


def test_a_quantile_is_a_value_that_was_seen() -> None:
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([1, 2], 0.99) == 2
    assert math.isnan(quantile([], 0.5))


def test_the_table_is_printed_by_the_command() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.bench.arena",
        "--per-family",
        "1",
        "--strategy",
        "quick",
        "--family",
        "none",
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "seeds 7000000-7000000" in printed
    assert "none" in printed
