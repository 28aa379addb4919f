"""Counts that come late: the search is led by what is believed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.arena_rules import LateCount
from tests.bench.arena_world import Clock, Run, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.identify.late import late_wait
from widgets.probe.strategies import careful

if TYPE_CHECKING:
    from server.limiters import Limiter


def probed(limiter: Limiter) -> Run:
    return run(careful(Goal(), Budget()), Service(limiter, latency=0.04, seed=3), Clock(1_000_007))


def test_a_count_that_comes_late_is_certified_near_the_wait_that_it_sustains() -> None:
    """A quick run goes on until its first requests are known, so that it is far longer than the limit."""
    verdict = probed(LateCount(9, 14.3, 1.1)).verdict
    sustained = late_wait(9, 14.3, 1.1)
    assert verdict.kind == "certified"
    assert 0.9 * sustained <= (verdict.wait or 0.0) <= 1.25 * sustained
