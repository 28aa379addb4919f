"""Whatever a rule answers, its own parameters lie between the edges of its answers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limiters import FixedWindow, PenaltyBox, SlidingLog, TokenBucket
from tests.bench.arena_rules import DoublingBan, LateCount, Stepwise, Tiers
from tests.bench.arena_wild import Ban
from tests.conftest import examples
from widgets.model.attempt import Attempt
from widgets.probe.identify.edges import (
    MOST,
    SLACK,
    Edge,
    Part,
    of_bans,
    of_delays,
    of_intervals,
    of_lengths,
    parts,
    unbanned,
)
from widgets.probe.identify.families import VARIANTS
from widgets.probe.identify.features import Features, Seen
from widgets.probe.identify.fit import tried
from widgets.probe.identify.late import late_wait
from widgets.probe.identify.rules import Steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.limiters import Limiter

WAITS = st.lists(st.one_of(st.floats(0.01, 0.5), st.floats(0.5, 20)), min_size=4, max_size=80)


def answered(limiter: Limiter, waits: Sequence[float]) -> Features:
    """What is seen of a rule that is asked after these waits; it is asked in the moment that the request is sent."""
    now, attempts = 1000.0, []
    for number, wait in enumerate(waits, 1):
        now += wait
        status = 200 if limiter.ask(now).accepted else 429
        attempts.append(Attempt(number, wait, wait, now, 0.0, status))
    return Features.of(attempts)


def contradicted(edges: Sequence[Edge], value: float) -> int:
    """How many of the answers a value does not explain, but for those within a millionth of it."""
    return sum(edge.at < value * (1 - 1e-5) if edge.accepted else edge.at >= value * (1 + 1e-5) for edge in edges)


@settings(max_examples=examples(100), deadline=None)
@given(st.floats(0.1, 10), st.integers(1, 12), WAITS)
def test_no_answer_of_a_bucket_contradicts_the_seconds_of_a_token(
    interval: float, burst: int, waits: list[float]
) -> None:
    marks = answered(TokenBucket(1 / interval, burst), waits)
    assert contradicted(of_intervals(marks.seen, burst), interval) == 0


@settings(max_examples=examples(100), deadline=None)
@given(st.floats(0.5, 60), st.integers(1, 12), st.booleans(), WAITS)
def test_no_answer_of_a_sliding_window_contradicts_its_length(
    window: float,
    limit: int,
    counts_refused: bool,
    waits: list[float],
) -> None:
    marks = answered(SlidingLog(limit, window, counts_refused), waits)
    assert contradicted(of_lengths(marks.seen, limit, counts_refused=counts_refused), window) == 0


@settings(max_examples=examples(100), deadline=None)
@given(st.floats(0.1, 5), st.integers(1, 8), st.floats(1, 30), WAITS)
def test_no_answer_of_a_penalty_box_contradicts_its_bucket_or_its_ban(
    interval: float, burst: int, ban: float, waits: list[float]
) -> None:
    marks = answered(PenaltyBox(1 / interval, burst, ban), waits)
    assert contradicted(of_intervals(unbanned(marks.seen), burst, anew=True), interval) == 0
    assert contradicted(of_bans(marks.blocks), ban) == 0


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(2, 30), st.floats(1, 60), st.floats(0.01, 0.9), WAITS)
def test_no_answer_of_a_count_that_comes_late_contradicts_its_window(
    limit: int, window: float, share: float, waits: list[float]
) -> None:
    late = share * window
    marks = answered(LateCount(limit, window, late), waits)
    assert contradicted(of_lengths(marks.seen, limit, late=late), window) == 0
    assert contradicted(of_delays(marks.seen, limit, window), 1 / late) == 0


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(2, 60), st.floats(1, 60), st.floats(0.01, 0.9), st.floats(0.2, 5))
def test_a_count_that_comes_late_serves_all_at_the_wait_that_it_sustains(
    limit: int, window: float, share: float, rest: float
) -> None:
    limiter = LateCount(limit, window, share * window)
    wait = late_wait(limit, window, share * window) * (1 + 1e-6)
    assert all(limiter.ask(rest + i * wait).accepted for i in range(3 * limit))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(2, 20), st.floats(1, 60), WAITS)
def test_a_refill_in_steps_foretells_every_answer(gained: int, window: float, waits: list[float]) -> None:
    marks = answered(Stepwise(gained, window), waits)
    rule = Steps(gained, window, 2 * gained, phase=0.0)
    for at, accepted, _ in marks.seen:
        assert rule.chance(at) == accepted
        rule.saw(at, accepted=bool(accepted))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9), st.booleans()), max_size=60), st.integers(1, 8))
def test_a_bucket_gains_in_no_part_of_the_run_less_than_what_it_served(
    steps: list[tuple[float, bool]], burst: int
) -> None:
    """The same as to look at every part, which takes the square of a run's length."""
    now = 0.0
    seen: list[Seen] = []
    expected: list[float] = []
    served: list[float] = []
    for step, accepted in steps:
        at = now = now + step
        seen.append(Seen(at, accepted))
        gained = served[: len(served) - burst + 1] if len(served) >= burst else []
        if gained or not accepted:
            expected.append(min([(at - since) / (len(gained) - i) for i, since in enumerate(gained)], default=math.inf))
        if accepted:
            served.append(at)
    assert [edge.at for edge in of_intervals(seen, burst)] == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(1, 50), st.booleans()), max_size=20))
def test_the_parts_between_edges_are_the_least_contradicted_first(drawn: list[tuple[float, bool]]) -> None:
    edges = [Edge(at, accepted) for at, accepted in drawn]
    found = parts(edges, 0.5, 100.0)
    assert found
    assert [part.against for part in found] == sorted(part.against for part in found)
    for low, high, against in found:
        inside = (low + high) / 2
        if not low < inside < high:
            continue  # no number lies between the two
        assert against == sum(edge.at < inside if edge.accepted else edge.at >= inside for edge in edges)


QUICK = [0.1] * 30
RESTS = [3.0, 5.0, 9.0, 20.0]
STEADY = [1.3] * 12

SERVICES: list[tuple[str, Limiter]] = [
    ("token bucket", TokenBucket(0.6471, 17)),
    ("fixed window", FixedWindow(10, 10.251)),
    ("fixed window", FixedWindow(7, 8.37, aligned=False)),
    ("sliding window", SlidingLog(9, 12.7)),
    ("sliding window", SlidingLog(6, 9.1, count_refused=True)),
    ("penalty box", PenaltyBox(1.675, 5, 7.1)),
    ("sliding window with a ban", Ban(SlidingLog(5, 4.7), 11.0)),
    ("counts that come late", LateCount(9, 12.7, 1.6)),
    ("counts that come late, with a ban", Ban(LateCount(5, 14.7, 0.9), 11.0)),
    ("refill in steps", Stepwise(4, 7.37)),
    ("two counts", Tiers([TokenBucket(1.0, 4), SlidingLog(9, 21.3)])),
    ("two counts", Tiers([TokenBucket(1.0, 4), FixedWindow(9, 21.3, aligned=False)])),
    ("ban that doubles", DoublingBan(1.45, 4, 6.0)),
]


@pytest.mark.parametrize(("name", "limiter"), SERVICES, ids=[f"{i} {name}" for i, (name, _) in enumerate(SERVICES, 1)])
def test_a_rule_is_found_that_explains_every_answer(name: str, limiter: Limiter) -> None:
    """A grid misses a window that turns between two requests of a run, or a rate that a long probe tells to 0.1 %."""
    marks = answered(limiter, [*QUICK, *RESTS, *STEADY, *QUICK[:14], *RESTS, *STEADY, *STEADY])
    assert marks.blocks
    best = max(
        point.weight.explained for variant in VARIANTS if variant.name == name for point in tried(variant, marks)
    )
    assert best == marks.answers


EDGES = st.lists(st.builds(Edge, st.sampled_from([0.0, 1.0, 2.0, 3.0, math.inf]) | st.floats(0, 20), st.booleans()))


@settings(max_examples=examples(300), deadline=None)
@given(EDGES, st.floats(0, 5), st.floats(5, 15))
def test_a_part_is_contradicted_by_as_many_answers_as_it_says_and_no_other_by_fewer(
    edges: list[Edge], low: float, high: float
) -> None:
    def against(value: float) -> int:
        return sum((edge.at < value) if edge.accepted else (edge.at >= value) for edge in edges)

    ends = sorted({low, high, *(edge.at for edge in edges if low < edge.at < high)})
    every = [Part(*ends, against(ends[1])) for ends in pairwise(ends)]
    fewest = min((part.against for part in every), default=0)
    likely = sorted((part for part in every if part.against <= fewest + SLACK), key=lambda part: part.against)
    assert parts(edges, low, high) == likely[:MOST]
