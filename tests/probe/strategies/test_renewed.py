"""How long a count takes to be there again, where no answer states its window."""

from __future__ import annotations

from math import ceil

import pytest

from tests.probe.worlds import Bucket, Clocked, Window, World, drive_world
from widgets.http.limits import Limits
from widgets.model.attempt import Budget
from widgets.probe.strategies.untimed import Untimed

EVERY = pytest.mark.parametrize("strategy", ["quick", "careful"])


@EVERY
def test_a_count_that_was_seen_to_be_renewed_is_not_given_the_pace_of_the_haste(strategy: str) -> None:
    """'Stated: 0.08 s' was said of 240 a minute: it had spent half, rested a minute, and spent the rest in haste."""
    rule = Clocked(240, 60.0, 22.0)
    world = World("a minute", rule.take, (429, {}, ""), latency=0.08)
    world.states = lambda t: {"X-RateLimit-Limit": "240", "X-RateLimit-Remaining": f"{rule.left(t)}"}
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert 0.25 <= (verdict.wait or 0) < 0.26
    assert "All of it was there again" in verdict.statement
    assert "taken as 240 a minute" in verdict.statement


@EVERY
def test_a_limit_that_tells_of_an_end_and_never_counts_is_paced_by_both(strategy: str) -> None:
    """'A limit of 10 requests, and not over which time' was said beside a reset, and 0.03 s recommended."""
    world = World("never", lambda _: True, (429, {}, ""), latency=0.03)
    world.states = lambda _: {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "1"}
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert 0.1 <= (verdict.wait or 0) < 0.11


@pytest.mark.parametrize("fine", [True, False], ids=["fractions", "whole seconds"])
@pytest.mark.parametrize(("quota", "window", "each"), [(100, 30.0, 20), (60, 60.0, 5)])
@EVERY
def test_what_each_request_takes_counts_in_told_resets_too(
    strategy: str, quota: int, window: float, each: int, *, fine: bool
) -> None:
    """2,000 points in 30 s, of which each request takes 20, were certified at 0.08 s; 0.3 s is right."""
    rule = Clocked(quota, window, 7.0)
    world = World("points", rule.take, (429, {}, ""), latency=0.05)
    world.states = lambda t: {
        "X-RateLimit-Limit": f"{quota * each}",
        "X-RateLimit-Remaining": f"{rule.left(t) * each}",
        "X-RateLimit-Reset": f"{rule.reset(t):.2f}s" if fine else f"{ceil(rule.reset(t))}",
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"stated", "estimated", "certified"}
    assert 1.0 <= (verdict.wait or 0) / (window / quota) < 1.25


@pytest.mark.parametrize(("quota", "rate"), [(14_400, 1 / 6), (1000, 1.0), (60, 0.2)])
@EVERY
def test_a_reset_that_moves_away_as_more_is_used_is_no_windows_end(strategy: str, quota: int, rate: float) -> None:
    """14,400 a day, one back every six seconds, were taken as 14,400 in ten minutes, since 11 were back in 64 s."""
    rule = Bucket(quota, rate)
    world = World("refilled", rule.take, (429, {}, ""))
    world.states = lambda _: {
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{int(rule.level)}",
        "X-RateLimit-Reset": f"{(quota - rule.level) / rate:.2f}s",
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"stated", "certified"}
    assert 1.0 <= (verdict.wait or 0) * rate < 1.1
    assert all(served for _, served, _ in world.log)


def test_a_renewal_bounds_a_window_from_both_sides() -> None:
    """It holds all answers between two renewals, and lasts no longer than from one to the next."""
    count = Untimed()
    for seconds, left in ((None, 39), (1.0, 38), (1.0, 37), (1.0, 39), (1.0, 38), (1.0, 37), (2.0, 39)):
        count.hear(Limits(remaining=float(left), size=40.0), seconds)
    assert count.renewed
    assert (count.within, count.lasts) == (2.0, 5.0)


@EVERY
def test_a_moment_that_no_clock_explains_is_no_window(strategy: str) -> None:
    """'Stated: 365,160 s' was said of 5,000 an hour: the moment of its end, without a Date, was read as seconds."""
    world = World("an hour", lambda _: True, (429, {}, ""), latency=0.12)
    world.states = lambda t: {"X-RateLimit-Limit": "5000", "X-RateLimit-Reset": f"{1_790_000_000 + 3590 - t % 1:.0f}"}
    verdict, _ = drive_world(world, strategy)
    assert (verdict.wait or 0) < 1
    assert "tell of an end" not in verdict.statement


@pytest.mark.parametrize(
    ("quota", "window", "begun", "least", "most"),
    [
        (5000, 3600.0, 1900.0, 0.72, 0.76),
        (20_000, 86_400.0, 50_000.0, 4.32, 4.5),
        (50, 5.0, 1.0, 0.1, 0.16),
        (40, 4.0, 1.0, 0.1, 0.16),
    ],
)
@EVERY
def test_an_end_that_is_told_is_the_window_only_where_it_came_again(
    strategy: str, quota: int, window: float, begun: float, least: float, most: float
) -> None:
    """'5,000 in 1,700 s' was said of 5,000 an hour: it had begun before anybody asked."""
    rule = Clocked(quota, window, begun)
    world = World("told", lambda _: True, (429, {}, ""), latency=0.05 if window > 60 else 0.12)
    world.states = lambda t: {"X-RateLimit-Limit": f"{quota}", "X-RateLimit-Reset": f"{ceil(rule.reset(t))}"}
    verdict, _ = drive_world(world, strategy)
    assert least <= (verdict.wait or 0) < most


@pytest.mark.parametrize(("quota", "rate", "each"), [(1000, 1.0, 5), (2000, 5.0, 5), (500, 0.5, 2)])
@EVERY
def test_points_that_come_back_one_by_one_are_weighed_by_what_each_request_takes(
    strategy: str, quota: int, rate: float, each: int
) -> None:
    """1,000 points, one back each second, five for each request, were certified at 1 s; 5 s are right."""
    rule = Bucket(quota / each, rate / each)
    world = World("points", rule.take, (429, {}, ""), latency=0.05)
    world.states = lambda _: {
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{int(rule.level) * each}",
        "X-RateLimit-Reset": f"{ceil((quota / each - rule.level) * each / rate)}",
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"stated", "certified", "estimated"}
    # Where only whole seconds are told, the shortest time that they leave is tried first.
    assert 0.98 <= (verdict.wait or 0) * rate / each < 1.25


def _told_of_its_end(quota: int, window: float, left: float) -> World:
    rule = Clocked(quota, window, window - left)
    world = World("told of its end", rule.take, (429, {}, ""), latency=0.08)
    world.states = lambda t: {
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{rule.left(t)}",
        "X-RateLimit-Reset": f"{ceil(rule.reset(t))}",
    }
    return world


@pytest.mark.parametrize("left", [20.0, 54.0, 61.0, 108.0, 250.0, 590.0, 720.0, 890.0])
@pytest.mark.parametrize(("quota", "window"), [(60, 3600.0), (5000, 3600.0), (1000, 1800.0), (900, 900.0)])
@EVERY
def test_a_window_that_began_long_ago_is_as_long_as_the_next_one(
    strategy: str, quota: int, window: float, left: float
) -> None:
    """5,000 an hour with 108 s left were 'stated' as 5,000 in five minutes, and certified: 0.17 of the true wait."""
    verdict, attempts = drive_world(_told_of_its_end(quota, window, left), strategy)
    assert verdict.kind in {"stated", "certified"}
    assert 1.0 <= (verdict.wait or 0) / (window / quota) < 1.13
    assert all(attempt.status == 200 for attempt in attempts)


def test_where_requests_are_wanted_for_themselves_none_rests_for_minutes() -> None:
    """A job's requests go on at the pace that was told, and the verdict says what it rests on."""
    world = _told_of_its_end(5000, 3600.0, 250.0)
    verdict, attempts = drive_world(world, "quick", Budget(left=1.0, requests=5000))
    assert max(attempt.spacing or 0.0 for attempt in attempts) < 1
    assert "How long its window is was neither told nor seen" in verdict.statement


@pytest.mark.parametrize(("quota", "window", "left"), [(3000, 300.0, 30.0), (240, 120.0, 12.0), (60, 3600.0, 200.0)])
@EVERY
def test_a_log_of_which_a_few_requests_are_forgotten_is_no_new_window(
    strategy: str, quota: int, window: float, left: float
) -> None:
    """3,000 in 300 s, half of them used evenly before, were certified at 0.89 of the wait, 'as two resets tell'."""
    rule = Window(quota, window)
    for i in range(quota // 2):
        rule.take(left - window + i * (window - left) / (quota // 2))
    world = World("log", rule.take, (429, {}, ""), latency=0.05)
    world.states = lambda t: {
        "X-RateLimit-Limit": f"{quota}",
        "X-RateLimit-Remaining": f"{quota - len(rule.times)}",
        "X-RateLimit-Reset": f"{ceil(rule.times[0] + window - t)}",
    }
    verdict, attempts = drive_world(world, strategy)
    assert "as two resets tell" not in verdict.statement
    assert "will show it" not in verdict.statement or attempts[-1].started < left
    assert verdict.kind != "certified" or (verdict.wait or 0) >= 0.999 * window / quota


@pytest.mark.parametrize(("left", "seconds"), [(1500.0, 3600.0), (800.0, 700.0)])
@EVERY
def test_an_end_beyond_the_budget_or_far_off_is_not_awaited(strategy: str, left: float, seconds: float) -> None:
    verdict, attempts = drive_world(_told_of_its_end(5000, 3600.0, left), strategy, Budget(seconds=seconds))
    assert verdict.kind in {"stated", "certified"}
    assert "How long its window is" in verdict.statement
    assert attempts[-1].started < 200
