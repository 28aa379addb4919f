"""What is believed of the steady wait, after a probe, of rules that no name is given to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, PenaltyBox, SlidingLog, TokenBucket
from tests.bench.arena_rules import Stepwise, Tiers
from tests.bench.arena_world import Clock, Service, run
from widgets.model.attempt import Budget, Goal
from widgets.probe.identify import believed
from widgets.probe.identify.features import Features, Seen
from widgets.probe.identify.tiers import near_points, unexplained
from widgets.probe.strategies import careful, quick

if TYPE_CHECKING:
    from server.limiters import Limiter

UNNAMED: list[Limiter] = [
    Stepwise(7, 11.3),
    Stepwise(19, 25.2),
    Tiers([TokenBucket(2.4, 10), SlidingLog(19, 15.3)]),
    Tiers([TokenBucket(1.3, 1), SlidingLog(9, 25.4)]),
    Tiers([TokenBucket(1.3, 2), FixedWindow(12, 31.0, aligned=False)]),
]


@pytest.mark.parametrize("rule", UNNAMED, ids=lambda rule: rule.describe())
def test_what_such_a_rule_sustains_is_believed_before_it_is_shown(rule: Limiter) -> None:
    outcome = run(quick(Goal(), Budget()), Service(rule, latency=0.03), Clock(1000))
    ends = next(i for i, each in enumerate(outcome.attempts) if each.number > len(outcome.attempts) - 20)
    belief = believed(outcome.attempts[:ends])
    assert belief is not None
    truth = rule.steady_wait(0.0)
    assert 0.9 * truth <= belief.quantile(0.5) <= 1.6 * truth
    assert belief.doubt < 0.1


@pytest.mark.parametrize(("rate", "burst", "penalty"), [(1.555, 2, 21.1), (0.26, 3, 26.0), (0.7, 5, 40.0)])
def test_the_bound_covers_what_the_answers_tell_no_more_apart(rate: float, burst: int, penalty: float) -> None:
    """After bans the rate lies between two edges: what is believed stands for all between them."""
    rule = PenaltyBox(rate=rate, burst=burst, penalty=penalty)
    belief = believed(run(careful(Goal(), Budget()), Service(rule, latency=0.03), Clock(1000)).attempts)
    assert belief is not None
    assert belief.bound(0.999) >= belief.quantile(0.999)
    assert belief.bound(0.999) >= 0.999 / rate


def test_a_near_count_is_told_by_the_first_refusals_and_the_far_one_by_what_it_leaves() -> None:
    rule, now, seen = Tiers([TokenBucket(2.0, 3), SlidingLog(8, 20.0)]), 0.0, []
    for wait in (*[0.1] * 4, 1.0, *[0.1] * 3, *[0.7] * 9, 12.0, *[0.7] * 9):
        now += wait
        seen.append(Seen(now, rule.ask(now).accepted))
    marks = Features((), (), ([], []), ([], [])).of_these(seen)
    assert any(low <= 0.5 <= high and burst.value == 3 for (_, low, high, _), burst in near_points(marks))
    rest = marks.of_these(unexplained(seen, 0.5, 3))
    assert 0 < len(rest.blocks) < len(marks.blocks)
    assert all(block.shut - block.served[0] < 20.0 for block in rest.blocks)
