"""What is believed of the rule leads the search, and tells a used-up count from a ban that fills a bucket again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, PenaltyBox, SlidingLog
from tests.bench.arena_rules import DoublingBan, LateCount, Nodes
from tests.bench.arena_wild import Ban
from tests.bench.arena_world import Clock, Run, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.identify import believed
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


COUNTS: dict[str, Limiter] = {
    "late": LateCount(9, 14.3, 1.1),
    "nodes by turns": Nodes([FixedWindow(5, 9.0) for _ in range(3)]),
    "window with a ban": Ban(SlidingLog(6, 7.0), 20.0),
}
BUCKETS: dict[str, Limiter] = {
    "penalty box": PenaltyBox(0.8, 6, 25.0),
    "ban that doubles": DoublingBan(0.8, 6, 5.0),
}


@pytest.mark.parametrize("name", COUNTS)
def test_no_bucket_is_believed_to_be_filled_again_where_a_count_was_used_up(name: str) -> None:
    outcome = probed(COUNTS[name])
    belief = believed(outcome.attempts)
    assert belief is not None
    assert belief.refilled < 0.1
    assert (outcome.verdict.wait or 0.0) <= 1.1 * (outcome.verdict.tested or 0.0)


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_that_a_ban_fills_again_is_not_taken_for_a_count(name: str) -> None:
    belief = believed(probed(BUCKETS[name]).attempts)
    assert belief is not None
    assert belief.refilled > 0.5
