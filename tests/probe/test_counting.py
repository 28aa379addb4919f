"""The page counts attempts as the verdict does: checked in worlds that refuse in every way that was reported."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from tests.probe.worlds import BODIES, Bucket, World, drive_world
from widgets.model.attempt import Attempt, Budget, Outcome
from widgets.probe.chart.attempts import Kind, answer_of
from widgets.probe.counting import Counting, counted
from widgets.probe.panel.live_view import legend
from widgets.probe.panel.table import cells
from widgets.probe.panel.tally import Tally


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


def a_first_walk() -> list[Attempt]:
    """As a service of many media answers: two pictures, two refusals, and after a rest a document."""
    kinds = [(200, "image/gif"), (200, "image/gif"), (503, "text/plain"), (503, "text/plain"), (200, "application/pdf")]
    waits = [None, 9.0, 1.0, 3.0, 9.0]
    return [
        Attempt(i, wait, wait, float(i * i), 0.01, status, media_type=kind, size=90_000)
        for i, (wait, (status, kind)) in enumerate(zip(waits, kinds, strict=True), 1)
    ]


def test_what_is_good_by_its_status_is_set_aside_and_is_not_called_failed() -> None:
    counting = Counting()
    for attempt in a_first_walk():
        counting.add(attempt)
    shown = legend(Counter(map(Kind.of, counting.attempts)), truth=False)
    assert "<b>0</b> failed" in shown
    assert "<b>1</b> set aside" in shown
    assert cells(counting.attempts[-1])[-1] == "set aside"
    assert answer_of(counting.attempts[-1]) == "200 set aside"


def test_a_stopped_probe_counts_on_the_page_as_in_its_sentence() -> None:
    counting = Counting()
    for attempt in a_first_walk():
        counting.add(attempt)
    assert counting.conclude("Stopped by you after 5 requests (3 accepted, 2 refused).")
    tally = Tally.of(counting.attempts, counting.learned)
    assert (tally.accepted, tally.refused, tally.failed) == (3, 2, 0)
    assert [each.outcome for each in counted(a_first_walk())] == [each.outcome for each in counting.attempts]
    assert "set aside" not in legend(Counter(map(Kind.of, counting.attempts)), truth=False)


def test_a_status_that_was_found_to_refuse_is_a_refusal_in_the_sentence_of_a_stopped_probe_too() -> None:
    row = [*[200] * 8, 403, 403, *[200] * 8, 403, 403]
    attempts = [Attempt(i, 1.0, 1.0, float(i), 0.1, status) for i, status in enumerate(row, 1)]
    assert [each.outcome for each in counted(attempts)].count(Outcome.REFUSED) == 4


def test_what_is_refused_while_refusals_go_on_is_not_said_to_be_too_short() -> None:
    waits = [(None, 200), (0.3, 200), (0.1, 403), (1.0, 403), (3.0, 200), (0.2, 403)]
    attempts = [Attempt(i, wait, wait, float(i * 4), 0.01, status) for i, (wait, status) in enumerate(waits, 1)]
    refused = [replace(each, judged=Outcome.REFUSED) if each.status == 403 else each for each in attempts]
    assert Tally.of(refused).refused_at == 0.2, "neither the second of a row, nor what was accepted"
