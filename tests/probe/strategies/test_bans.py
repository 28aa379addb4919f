"""Bans, and what a service says of them: they end, and do not make a limit look slower than it is."""

from __future__ import annotations

from itertools import groupby, pairwise
from math import ceil
from statistics import median
from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, MinimumGap, PenaltyBox, SlidingLog, TokenBucket
from tests.bench.arena_rules import DoublingBan
from tests.bench.arena_wild import WILD, Ban
from tests.bench.arena_world import Clock, Run, Service, run
from tests.conftest import seeds
from tests.probe.worlds import Clocked, Window, World, drive_world
from widgets.model.attempt import Budget, Goal, Outcome
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies.history import Cycle, Ledger, Quota

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Limiter
    from widgets.model.attempt import Attempt, Strategy


def probe(
    limiter: Limiter,
    make: Callable[[Goal, Budget], Strategy] = quick,
    *,
    pause: Callable[[float, int], float] | None = None,
    told: float = 0.0,
) -> Run:
    service = Service(limiter, 0.04, told=told)
    service.pause = pause
    return run(make(Goal(), Budget()), service, Clock(100))


def over(outcome: Run, truth: float) -> float:
    assert outcome.verdict.wait is not None
    return outcome.verdict.wait / truth


def refused_in_a_row(outcome: Run) -> list[list[Attempt]]:
    rows = groupby(outcome.attempts, key=lambda attempt: attempt.outcome is Outcome.REFUSED)
    return [list(row) for refused, row in rows if refused]


BANS: dict[str, Callable[[], Limiter]] = {
    "3 at 1.1 s": lambda: PenaltyBox(1 / 1.1, 3, 49),
    "8 at 3.7 s": lambda: PenaltyBox(0.27, 8, 96),
    "19 at 1.4 s, extended": lambda: PenaltyBox(0.7, 19, 28, extend=True),
    "12 at 0.67 s": lambda: PenaltyBox(1.5, 12, 120),
    "8 in 3 s": lambda: Ban(SlidingLog(8, 3), 240),
}


@pytest.mark.parametrize("make", [quick, careful])
@pytest.mark.parametrize("name", BANS)
def test_a_ban_does_not_make_a_limit_look_more_than_about_twice_as_slow(
    name: str, make: Callable[[Goal, Budget], Strategy]
) -> None:
    limiter = BANS[name]()
    outcome = probe(limiter, make)
    assert outcome.verdict.kind in {"estimated", "certified"}
    assert 0.999 <= over(outcome, limiter.steady_wait(0.05)) <= 2.2


@pytest.mark.parametrize(("rate", "burst", "ban"), [(1.0, 4, 8.0), (2.0, 6, 3.0), (0.7, 12, 20.0), (1.5, 9, 5.0)])
@pytest.mark.parametrize(("told", "refused"), [(0.0, 26), (1.0, 5)])
def test_bans_that_double_are_answered_by_a_wait_that_is_long_enough(
    rate: float, burst: int, ban: float, told: float, refused: int
) -> None:
    outcome = probe(DoublingBan(rate, burst, ban), careful, told=told)
    assert outcome.verdict.kind == "certified"
    assert 0.999 <= over(outcome, 1 / rate) <= 1.5
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in outcome.attempts) <= refused


@pytest.mark.parametrize("make", [quick, careful])
def test_a_ban_that_was_seen_is_not_asked_again_before_it_may_be_over(make: Callable[[Goal, Budget], Strategy]) -> None:
    """The first one is found in steps of three: 1, 3, 9 s ...; of the later ones each is met by one refusal or two."""
    outcome = probe(PenaltyBox(0.7, 2, 50, extend=True), make)
    blocks = [len(block) for block in refused_in_a_row(outcome)]
    assert blocks[0] >= 4
    assert len(blocks) >= 3
    assert sum(blocks[1:]) <= 1.5 * len(blocks[1:])


@pytest.mark.parametrize(("limit", "window"), [(3, 9.3), (3, 4.1), (35, 19.9), (32, 13.8)])
def test_what_all_rules_agree_on_is_gone_to_where_refusals_alone_would_raise_by_little(
    limit: int, window: float
) -> None:
    outcome = probe(SlidingLog(limit, window), careful)
    assert outcome.verdict.kind == "certified"
    assert 0.949 <= over(outcome, window / limit) <= 1.25
    assert outcome.refused <= 20


def test_blocks_grow_where_each_was_surely_longer_than_the_last() -> None:
    bans = [cycle(5, 0, 1, 4, 9), cycle(5, 9, 10, 21, 30), cycle(5, 30, 31, 60, 80)]
    assert Ledger(cycles=bans).longer_and_longer
    assert not Ledger(cycles=[*bans[:2], cycle(5, 30, 31, 45, 80)]).longer_and_longer


def test_a_budget_that_ends_before_a_burst_must_have_run_dry_leaves_a_longer_estimate() -> None:
    limiter = PenaltyBox(0.25, 20, 60)
    outcome = run(careful(Goal(), Budget(seconds=1000)), Service(limiter, 0.04), Clock(100))
    verdict = outcome.verdict
    assert verdict.kind == "estimated"
    assert verdict.statement.startswith("The next request")
    assert verdict.accepted < 6 * 20
    assert "so that it holds where 20 requests had been saved up before" in verdict.statement
    assert verdict.wait is not None
    assert verdict.tested is not None
    assert verdict.wait >= verdict.tested * verdict.accepted / (verdict.accepted - 15)


@pytest.mark.parametrize(
    ("limiter", "most"),
    [(TokenBucket(1.35, 6), 1.6), (MinimumGap(0.55, 0), 2.0), (FixedWindow(18, 10.2), 2.4)],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_a_padded_retry_after_is_no_wait_untested(limiter: Limiter, most: float) -> None:
    outcome = probe(limiter, pause=lambda pause, _: pause + 12)
    assert 0.999 <= over(outcome, limiter.steady_wait(0.05)) <= most
    assert outcome.early == 0


def test_pauses_that_grow_cost_few_refusals() -> None:
    outcome = probe(MinimumGap(0.22, 0), careful, pause=lambda _, number: 2.0**number)
    assert outcome.verdict.kind == "certified"
    assert over(outcome, 0.22) <= 4
    assert outcome.refused <= 5


def test_where_pauses_grow_a_wait_that_held_is_gone_to() -> None:
    family = next(each for each in WILD if each.name == "Retry-After escalating")
    ratios = []
    for seed in seeds(135000000, 9, 4):
        service, clock = family.service(seed)
        ratios.append(over(run(careful(Goal(), Budget()), service, clock), service.steady_wait(0.05)))
    assert min(ratios) >= 0.999
    assert median(ratios) <= 1.25


def test_once_a_cycle_is_known_no_pause_is_much_longer_than_it() -> None:
    outcome = probe(Ban(SlidingLog(26, 46), 92), careful)
    served = [attempt.started for attempt in outcome.attempts if attempt.outcome is Outcome.ACCEPTED]
    blocks = [later - sooner for sooner, later in pairwise(served) if later - sooner > 46]
    assert len(blocks) > 2
    assert max(blocks[1:]) <= 1.2 * blocks[0]


@pytest.mark.parametrize("gap", [0.03, 0.053, 0.09])
def test_a_small_gap_is_no_quota(gap: float) -> None:
    limiter = MinimumGap(0.8 * gap, 0.2 * gap, seed=5)
    service = Service(limiter, 0.012)
    outcome = run(quick(Goal(), Budget()), service, Clock(100))
    assert 0.99 <= over(outcome, limiter.steady_wait(0.05)) <= 1.5


def cycle(accepted: int, began: float, stopped: float, shut: float, ended: float) -> Cycle:
    return Cycle(accepted, 3, began, stopped, shut, ended, told=False)


def test_equal_quick_runs_agree_on_no_quota_and_a_slow_one_does() -> None:
    quota = Quota()
    first, again = cycle(10, 0, 0.5, 40, 60), cycle(10, 60, 60.5, 100, 120)
    quota.learn([first])
    quota.learn([first, again])
    assert not quota.confirmed
    wait = quota.suspect(0.1)
    assert wait == pytest.approx(20 / 11)
    quota.learn([first, again, cycle(10, 120, 120 + 10 * wait, 160, 180)])
    assert (quota.confirmed, quota.suspect(0.1)) == (True, 0)


def test_a_run_that_outlasts_a_quota_leaves_a_burst_in_doubt() -> None:
    quota = Quota()
    first = cycle(10, 0, 0.5, 40, 60)
    quota.learn([first])
    quota.learn([first, cycle(14, 60, 80, 100, 120)])
    assert (quota.accepted, quota.confirmed, quota.doubtful) == (10, False, 10)
    quota.refute()
    assert (quota.accepted, quota.burst) == (0, 10)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_time_to_come_back_that_is_too_short_is_told(strategy: str) -> None:
    """A block that each request begins anew, and 10 s are told: whoever comes back so is refused for ever."""
    window, shut = Window(40, 30.0), [-1.0]

    def takes(t: float) -> bool:
        if t >= shut[0] and window.take(t):
            return True
        shut[0] = t + 90
        return False

    verdict, _ = drive_world(World("renewed", takes, (429, {"Retry-After": "10"}, "Too Many Requests")), strategy)
    assert "told too short a time: what came then, or later, was refused again." in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_time_to_come_back_that_is_kept_is_not_called_too_short(strategy: str) -> None:
    rule = Clocked(20, 60.0, 17.3)
    world = World("kept", rule.take, (429, {}, "Too Many Requests"))
    world.states = lambda t: {} if world.log[-1][1] else {"Retry-After": str(ceil(rule.reset(t)))}
    verdict, _ = drive_world(world, strategy)
    assert "told too short" not in verdict.statement


@pytest.mark.parametrize("latency", [0.003, 0.05])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_window_that_blocks_for_longer_than_it_lasts_is_not_paced_by_its_block(strategy: str, latency: float) -> None:
    """As rate-limiter-flexible does: of 10 in 2 s with a block of 6 s, 0.73 s was certified, where 0.2 s are enough."""
    window, until = [0.0, 0.0], [-1.0]

    def take(t: float) -> bool:
        if t < until[0]:
            return False
        began, served = window if t < window[0] + 2.0 and window[1] else (t, 0)
        window[:] = began, served + 1
        if window[1] > 10:
            until[0], window[1] = t + 6.0, 0
        return t >= until[0]

    world = World("block", take, (429, {}, "Too Many Requests"), latency=latency)
    world.states = lambda t: {"Retry-After": f"{ceil(until[0] - t)}"} if t < until[0] else {}
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 0.2 <= (verdict.wait or 0) < 0.3
