"""The page counts attempts as the verdict does: checked in worlds that refuse in every way that was reported."""

from __future__ import annotations

import re

import pytest

from tests.probe.worlds import BODIES, Bucket, World, drive_world
from widgets.model.attempt import Budget, Outcome
from widgets.probe.panel.counting import Counting
from widgets.probe.panel.states import Tally


@pytest.mark.parametrize("strategy", ["quick", pytest.param("careful", marks=pytest.mark.long)])
@pytest.mark.parametrize("sign", BODIES)
def test_what_the_verdict_counts_as_refused_the_page_counts_as_refused(sign: str, strategy: str) -> None:
    world = World(sign, Bucket(5, 0.7).take, BODIES[sign])
    verdict, attempts = drive_world(world, strategy, Budget(seconds=7200))
    counting = Counting()
    for attempt in attempts:
        counting.add(attempt)
    counting.conclude(verdict.statement)
    tally = Tally.of(counting.attempts, counting.learned)
    said = re.findall(r"(?:An answer |N)(o answer|[^:]+?) counts as refused: it came (\d+) times", verdict.statement)
    assert {name.replace("o answer", "no answer") for name, _ in said} == set(counting.learned)
    if said:
        assert tally.accepted == sum(served for _, served, _ in world.log)
        assert tally.refused == sum(int(count) for _, count in said) == len(world.log) - tally.accepted
        assert not tally.failed
    assert tally.requests == len(attempts)


def test_what_was_found_is_found_again_where_a_probe_is_gone_on_with() -> None:
    world = World("403", Bucket(5, 0.7).take, (403, {}, "no"))
    verdict, attempts = drive_world(world, "quick", Budget(seconds=7200))
    assert "403 counts as refused" in verdict.statement
    first, second = Counting(), Counting()
    for attempt in attempts:
        first.add(attempt)
    first.conclude(verdict.statement)
    assert not first.conclude(verdict.statement), "it counts so already"
    for attempt in attempts:
        second.add(attempt)
    second.conclude(verdict.statement)
    assert [each.outcome for each in first.attempts] == [each.outcome for each in second.attempts]
    assert Outcome.FAILED not in {each.outcome for each in first.attempts}
