"""What the use of a pace shows: counted by the store, as the pure rules say."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, MinimumGap, SlidingLog, TokenBucket
from tests.bench.arena_world import Clock, Service, run
from tests.pace.conftest import FakeClock
from tests.pace.slow import slow
from widgets.model.attempt import Budget, Goal
from widgets.model.pace import Pace, Target, burst_of
from widgets.model.quantity import rounded_wait
from widgets.model.strategies import named
from widgets.pace import PacedSession, PaceStore
from widgets.pace.slowdown import Standing, most
from widgets.pace.use import e_value, enough

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from server.limiters import Limiter
    from widgets.model.attempt import Verdict

URL = "http://a.example/x"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaceStore]:
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite", clock=FakeClock()) as opened:
        yield opened


@pytest.fixture
def estimate(verdict: Verdict) -> Verdict:
    return dataclasses.replace(verdict, kind="estimated", wait=2.0, tested=1.8, span=12.0)


def test_the_store_counts_as_the_pure_rule_does(store: PaceStore) -> None:
    key, standing, draw = store.keep(URL, 2.0).key, Standing(), random.Random(3)  # noqa: S311 - which are refused
    for number in range(600):
        refused = draw.random() < (0.02 if number < 300 else 0.2)
        store.kept.note(key, refused=refused, hold=None)
        standing = standing.after(refused=refused, promise=0.05, longest=most(2.0))
        if number % 25 == 0 or number > 590:
            pace = store.pace(URL)
            assert pace
            assert pace.factor == pytest.approx(standing.factor)
            assert pace.doubtful or not standing.doubtful
    assert standing.doubtful


@pytest.mark.parametrize("rows", [[(2, 8), (3, 1), (5, 40)], [(9, 200), (1, 1), (4, 2), (2, 9)], [(12, 5), (3, 30)]])
def test_the_store_leaves_a_block_as_the_pure_rule_does(store: PaceStore, rows: list[tuple[int, int]]) -> None:
    """Rows of refusals, and what was accepted after each."""
    key, standing = store.keep(URL, 2.0).key, Standing()
    for refusals, served in rows:
        for number in range(refusals + served):
            store.kept.note(key, refused=number < refusals, hold=None)
            standing = standing.after(refused=number < refusals, promise=0.05, longest=most(2.0))
            if number in {refusals - 1, refusals, refusals + served - 1}:
                pace = store.pace(URL)
                assert pace
                assert pace.factor == pytest.approx(standing.factor)


def test_what_says_nothing_about_pace_is_not_counted(store: PaceStore) -> None:
    key = store.keep(URL, 2.0).key
    store.kept.note(key, refused=None, hold=None, spacing=2.0)
    pace = store.pace(URL)
    assert pace
    assert (pace.accepted, pace.refused, pace.held) == (0, 0, 0)


def test_an_estimate_is_certified_by_its_use_over_days_and_machines(store: PaceStore, estimate: Verdict) -> None:
    key = store.keep(URL, 2.0, estimate).key
    other = PaceStore(store.url, clock=FakeClock("another machine"))
    clock = store.clock
    assert isinstance(clock, FakeClock)
    for number in range(61):
        pace = store.pace(URL)
        assert pace
        assert pace.kind == "estimated"
        (other if number % 2 else store).kept.note(key, refused=False, hold=None, spacing=2.01)
        clock.advance(3600)
    pace = store.pace(URL)
    other.close()
    assert pace
    assert pace.evidence
    assert (pace.kind, pace.held, pace.broke, pace.wait) == ("certified", 61, 0, 2.0)
    assert pace.evidence.statement.startswith("Certified by 61 sends between 15 and ")
    assert not pace.wants_recheck(clock.today())


def test_requests_that_came_later_than_the_pace_are_no_evidence(store: PaceStore, estimate: Verdict) -> None:
    key = store.keep(URL, 2.0, estimate).key
    for spacing in (2.2, None, 300.0) * 100:
        store.kept.note(key, refused=False, hold=None, spacing=spacing)
    pace = store.pace(URL)
    assert pace
    assert (pace.kind, pace.held, pace.accepted) == ("estimated", 0, 300)


def test_use_never_speaks_about_a_shorter_time_than_the_estimate_did(store: PaceStore, estimate: Verdict) -> None:
    key = store.keep(URL, 2.0, dataclasses.replace(estimate, span=120.0)).key
    for number in range(70):
        store.kept.note(key, refused=False, hold=None, spacing=2.0 if number != 35 else 50.0)
    assert store.paces()[0].kind == "estimated"
    for _ in range(30):
        store.kept.note(key, refused=False, hold=None, spacing=2.0)
    assert store.paces()[0].kind == "certified"


def test_a_pace_that_breaks_its_promise_is_certified_in_at_most_one_of_twenty_cases() -> None:
    draw, certified, cases = random.Random(11), 0, 2000  # noqa: S311 - which requests are refused
    for _ in range(cases):
        accepted = refused = 0
        while accepted + refused < 600 and not enough(accepted, refused, 0.05):
            missed = draw.random() < 0.0501
            accepted, refused = accepted + (not missed), refused + missed
        certified += enough(accepted, refused, 0.05)
    assert 0.02 * cases < certified <= 0.05 * cases + 3 * (0.05 * 0.95 * cases) ** 0.5
    assert e_value(0, 0, 0.05) == pytest.approx(1)


def test_a_session_counts_its_own_sends_at_exactly_the_pace(tmp_path: Path, estimate: Verdict) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store) as session:
        service.store.keep(service.url, 2.0, estimate)
        for number in range(64):
            if number == 20:
                service.clock.advance(86_400)  # a day later, and so no evidence
            session.get(service.url)
        pace = service.store.pace(service.url)
        assert pace
        assert pace.kind == "certified"
        assert 61 <= pace.held <= 63


def test_a_service_that_changed_is_followed_at_once_and_called_doubtful(tmp_path: Path, estimate: Verdict) -> None:
    with slow(FixedWindow(10, 60.0), tmp_path) as service, PacedSession(service.store) as session:
        service.store.keep(service.url, 2.0, estimate)
        refused = sum(session.get(service.url).status_code == 429 for _ in range(600))
        pace = service.store.pace(service.url)
        assert pace
        assert pace.doubtful
        assert refused < 90


@pytest.mark.parametrize(
    "make", [lambda: TokenBucket(0.5, 8), lambda: FixedWindow(8, 16.0), lambda: SlidingLog(8, 16.0)]
)
def test_a_burst_that_was_seen_is_planned_first_and_the_service_serves_the_whole_plan(
    make: Callable[[], Limiter],
) -> None:
    found = run(named("quick")(Goal(), Budget()), Service(make()), Clock())
    wait = found.verdict.wait
    assert wait
    pace = Pace(Target.of(URL), wait, "estimated", 0.0, burst=burst_of(found.attempts, wait))
    plan, fresh = pace.plan(60), make()
    assert 3 <= plan.burst <= 8
    assert plan.seconds == pytest.approx(59 * rounded_wait(wait))
    assert all(fresh.ask(1000.0 + moment).accepted for moment in plan.moments)
    assert not plan.certified


def test_a_plan_says_what_of_it_is_certified(store: PaceStore, verdict: Verdict) -> None:
    pace = store.keep(URL, 2.0, verdict)
    assert pace.plan(1).sentence == "1 request takes no longer than its answer. All of it is certified."
    assert pace.plan(31).sentence == "31 requests take 1 min 0 s: one each 2 s. All of it is certified."
    assert dataclasses.replace(pace, kind="estimated").plan(31).certified == 0
    burst = dataclasses.replace(pace, burst=10)
    assert burst.plan(5).sentence.startswith("5 requests take no longer than its answers: all at once. The burst was")
    assert (burst.plan(31).certified, burst.plan(31).seconds) == (21, 60.0)
    with pytest.raises(ValueError, match="a job has 1 request at least, got 0"):
        pace.plan(0)
    for none in (1.5, "3", None):
        with pytest.raises(TypeError, match="a job has a whole number of requests"):
            pace.plan(none)  # type: ignore[arg-type]


def test_a_plan_is_reckoned_with_the_wait_that_is_said_and_groups_all_its_digits(store: PaceStore) -> None:
    """1.5512 s is said as 1.56 s: '500 requests take 12 min 54 s' was said, which is 499 times less."""
    pace = store.keep(URL, 1.5512)
    plan = pace.plan(500)
    assert plan.seconds == pytest.approx(499 * 1.56)
    assert plan.moments[-1] == plan.seconds
    assert plan.sentence.startswith("500 requests take 12 min 58 s: one each 1.56 s.")
    week = dataclasses.replace(pace, wait=604_800.0).plan(3)  # is said as 7 d, and not rounded to three digits
    assert week.seconds == 2 * 604_800
    assert pace.plan(10**9).sentence.startswith("1,000,000,000 requests take 18,055 d")
    many = dataclasses.replace(pace, burst=2000, kind="certified").plan(4000).sentence
    assert ": 2,000 at once" in many
    assert "the 2,000 at the pace are" in many
    assert "one each" not in pace.plan(1).sentence
