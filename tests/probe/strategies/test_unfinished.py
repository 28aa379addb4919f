"""A probe that cannot go on says what it saw of a quota, and what it would take to see the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from math import ceil
from random import Random
from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow
from tests.bench.arena_families import FAMILIES
from tests.bench.arena_rules import LateCount, Nodes
from tests.bench.arena_wild import WILD, Ban
from tests.bench.arena_world import Clock, Run, Service, run
from tests.probe.worlds import Bucket, Clocked, Late, Window, World, drive_world
from widgets.http.limits import read
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies.careful import _until_then
from widgets.probe.strategies.manners import Manners, ProbeEndedError
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.trial import Trial, outspent
from widgets.probe.strategies.untimed import Untimed
from widgets.probe.strategies.verify import stood

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.attempt import Strategy


def counting(quota: int, seconds: float) -> World:
    """A service that says in each answer how much is left, and not in what time it is renewed."""
    rule = Clocked(quota, seconds)
    world = World("counting", rule.take, (429, {}, ""))
    world.states = lambda t: {"X-RateLimit-Limit": f"{quota}", "X-RateLimit-Remaining": f"{rule.left(t)}"}
    return world


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("quota", "into"), [(60, 1320.0), (50, 400.0)])
def test_a_block_that_was_over_once_is_told_and_bounds_the_guess(strategy: str, quota: int, into: float) -> None:
    """'The best guess is 8.1 s' was all, an hour's quota having come back in between: it sustains 60 s."""
    world = World("by the hour", Clocked(quota, 3600.0, into).take, (429, {}, "{}"))
    verdict, attempts = drive_world(world, strategy)
    refused = [attempt for attempt in attempts if attempt.status == 429]
    since = sum(attempt.started > refused[-1].started for attempt in attempts)
    assert verdict.kind == "inconclusive"
    assert f"Once {quota} requests had been accepted, and then none for" in verdict.statement
    assert f"Since then {since} were: a quota of {quota} over a time as long" in verdict.statement
    assert (verdict.wait or 0) * quota >= refused[-1].started - refused[0].started
    assert (verdict.wait or 0) == pytest.approx(3600 / quota)  # a usual time that the block allows, and no middle of it


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_that_is_spent_again_lasts_as_long_as_before(strategy: str) -> None:
    """'Once 101 were accepted, and then none for 1,093 s. The best guess is 2.98 s': it is that of an hour, 35.7 s."""
    world = World("by the hour", Clocked(101, 3600.0, 1600.0).take, (429, {}, ""))
    verdict, attempts = drive_world(world, strategy)
    refused = [attempt for attempt in attempts if attempt.status == 429]
    assert verdict.kind == "inconclusive"
    assert sum(attempt.started < refused[0].started for attempt in attempts) == 101
    assert sum(attempt.status == 200 for attempt in attempts) == 202  # both quotas were spent, and the probe ended
    assert "now it refuses again, and may for as long" in verdict.statement
    assert (verdict.wait or 0) * 101 == pytest.approx(3600)


def test_no_guess_is_longer_than_a_wait_that_held_for_far_more_than_such_a_quota_serves() -> None:
    """12 in 180 s, then 900 s shut: a long row was served at little more than 15 s, and the best guess was 86.1 s."""
    rule, shut = Window(12, 180.0), [-1.0]

    def takes(t: float) -> bool:
        served = t >= shut[0] and rule.take(t)
        shut[0] = t + 900 if not served and t >= shut[0] else shut[0]
        return served

    world = World("ban", takes, (429, {"Retry-After": "900"}, "{}"))
    verdict, attempts = drive_world(world, "careful")
    held = max(len(list(row)) for wait, row in groupby(attempts, key=lambda each: each.wait) if 15 < (wait or 0) < 20)
    assert held > 18
    assert verdict.kind == "inconclusive"
    assert 15 <= (verdict.wait or 0) < 20


@pytest.mark.parametrize(
    ("page", "maintained"),
    [
        ("<h1>Down for maintenance</h1>", True),
        ("<title>Scheduled maintenance</title>", True),
        ("<h1>Wartungsarbeiten</h1>", True),
        ("<h1>Too busy</h1> For the maintainer's address see below", False),
        ("<h1>Unavailable</h1><footer><a href='/status'>Scheduled maintenance</a></footer>", False),
        ("<p>Unable to serve this due to maintenance downtime or capacity problems.</p>", False),
        ("<h1>Too many requests</h1><p>The server is under maintenance on Sundays.</p>", False),
        ("<h1>Overloaded</h1><p>Next scheduled maintenance: 2026-12-01</p>", False),
        ("<nav><a href='/status'>Status page</a></nav><h1>We are under maintenance</h1>", True),
    ],
)
def test_maintenance_in_the_midst_is_no_quota_that_was_spent(page: str, maintained: bool) -> None:
    """'A quota of about 64 requests may be spent. The best guess is 114 s', where a bucket gains one a second."""
    rule, down = Bucket(5, 1.0), (503, {"Retry-After": "7200"}, page)
    world = World("down", lambda t: True, (429, {}, ""))
    world.answer = lambda t: down if t >= 60 else (200, {}, "ok") if rule.take(t) else (429, {}, "")  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, "careful")
    assert verdict.kind == "inconclusive"
    assert [attempt.status for attempt in attempts].count(503) == 1
    assert "come back in 2 h" in verdict.statement
    assert ("it says that it is being maintained" in verdict.statement) == maintained
    assert ("may be spent" in verdict.statement) != maintained
    assert ((verdict.wait or 0) < 2) == maintained


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_count_without_a_window_is_spent_by_half_and_no_further(strategy: str) -> None:
    verdict, attempts = drive_world(counting(60, 3600.0), strategy)
    assert verdict.kind == "inconclusive"
    assert len(attempts) == 30
    assert verdict.wait == 60
    assert "30 of 60 requests are left" in verdict.statement
    assert "60 an hour are 60 s between requests, 60 a day 1,440 s" in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_the_last_few_of_a_count_that_was_not_renewed_are_not_spent_in_haste(strategy: str) -> None:
    """NASA's demo key, 30 an hour: after eleven slow requests it sent four more at once, which could show no pace."""
    verdict, attempts = drive_world(counting(30, 3600.0), strategy)
    assert verdict.kind == "inconclusive"
    assert len(attempts) <= 13
    assert (attempts[-1].spacing or 0) > 60
    assert "nothing of what the service says is left came back meanwhile" in verdict.statement
    assert f"says that {30 - len(attempts)} of 30 requests are left" in verdict.statement
    assert "30 an hour are 120 s between requests" in verdict.statement


def test_a_large_count_without_a_window_is_never_called_no_limit() -> None:
    verdict, _ = drive_world(counting(5000, 3600.0), "quick")
    assert verdict.kind == "inconclusive"
    assert "No limit seen" not in verdict.statement
    assert verdict.wait == pytest.approx(0.72)


def test_a_count_that_is_renewed_within_a_minute_ends_nothing() -> None:
    verdict, _ = drive_world(counting(40, 20.0), "quick")
    assert verdict.kind == "estimated"
    assert verdict.wait is not None
    assert 0.475 <= verdict.wait <= 1.2
    assert "not in what time" not in verdict.statement


def test_a_count_binds_once_it_falls_and_until_it_rises() -> None:
    count = Untimed()
    for left, binds in ((9, False), (8, True), (10, False)):
        count.hear(read(200, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": f"{left}"}, 0.0))
        assert count.binds is binds
    timed = Untimed()
    for left in (9, 8, 7):
        timed.hear(read(200, {"X-RateLimit-Remaining": f"{left}", "X-RateLimit-Reset": "60"}, 0.0))
    assert not timed.binds


def hourly(*, told: float, aligned: bool = False) -> Run:
    service = Service(FixedWindow(60, 3600, aligned=aligned), 0.03, told=told)
    return run(quick(Goal(), Budget()), service, Clock(3600 * 100 - 40))


def test_an_hourly_quota_is_named_with_what_it_would_take_to_see_it() -> None:
    silent = hourly(told=0.0).verdict
    assert silent.kind == "inconclusive"
    assert "It fits 60 an hour, 60 s between requests: 5 more requests over" in silent.statement
    assert silent.wait == pytest.approx(60, rel=0.15)
    told = hourly(told=1.0).verdict
    assert "It fits 60 an hour, 60 s between requests: 5 more requests over 64 min would show" in told.statement
    assert told.wait == pytest.approx(60, rel=0.02)


def test_a_quota_that_was_spent_twice_is_counted_once() -> None:
    verdict = hourly(told=1.0, aligned=True).verdict
    assert re.search(r"120 requests had been accepted, the last 60 of them in a row, and then none", verdict.statement)
    assert "It fits 60 an hour" in verdict.statement


@pytest.mark.parametrize("make", [quick, careful])
def test_nodes_by_turns_that_serve_some_hundred_are_found(make: Callable[[Goal, Budget], Strategy]) -> None:
    nodes = Nodes([FixedWindow(30, 60) for _ in range(5)])
    outcome = run(make(Goal(), Budget()), Service(nodes, 0.03), Clock(5))
    assert outcome.verdict.kind in {"estimated", "certified"}
    assert outcome.verdict.wait is not None
    assert outcome.verdict.wait >= nodes.steady_wait(0.05)


def test_what_refuses_late_and_in_its_own_way_is_asked_again_with_haste() -> None:
    """Counted 5 s late, and shut out with 403 for a minute: the row of 403 after the burst is no accident."""
    world = World("firewall", Late(50, 60.0, 5.0).take, (403, {}, "Request blocked."), ban=60.0)
    verdict, _ = drive_world(world, "quick", Budget(seconds=7200, requests=4000))
    assert verdict.kind != "no limit seen"
    assert "An answer 403 counts as refused" in verdict.statement


def test_no_limit_names_counts_that_come_late() -> None:
    verdict, _ = drive_world(World("free", lambda _: True, (429, {}, "")), "quick")
    assert verdict.kind == "no limit seen"
    assert "6 more after 1, 2, 3, 5, 8, 13 s, for a count that comes late" in verdict.statement
    assert "one that counts a request only later, or in several places" in verdict.statement


def test_a_budget_that_ends_amid_a_trial_leaves_what_the_search_saw_of_a_longer_wait() -> None:
    """Before, it said that nothing had shown any wait, though 305 requests in a row had been accepted at one."""
    manners = Manners(Goal(), Budget())
    held = [Attempt(i, 1.0, 1.0, float(i), 0.1, 200) for i in range(2, 82)]
    refused = [Attempt(82, 0.5, 0.5, 81.5, 0.1, 429), Attempt(83, 9.0, 9.0, 90.5, 0.1, 200)]
    manners.attempts += [Attempt(1, None, None, 0.0, 0.1, 200), *held, *refused]
    trial = stood(Search(manners, 1.15, 300), 59)
    assert trial is not None
    assert (trial.wait, len(trial.evidence)) == (1.0, 80)
    assert stood(Search(manners, 1.15, 300), 81) is None
    manners.attempts[-1] = replace(manners.attempts[-1], status=429, spacing=1.2)
    manners.attempts[-2] = replace(manners.attempts[-2], status=200)
    assert stood(Search(manners, 1.15, 300), 59) is None, "a longer wait was refused"


def test_a_probe_whose_requests_are_spent_estimates_by_the_search() -> None:
    service = Service(Ban(LateCount(43, 42.3, 9.8), 168.3), 0.03, seed=1)
    verdict = run(careful(Goal(), Budget(requests=700)), service, Clock(1e6)).verdict
    assert verdict.kind == "estimated"
    assert verdict.statement.startswith("The budget of 700 requests is spent")
    assert verdict.accepted >= 59
    assert (verdict.wait or 0.0) >= service.steady_wait(0.05)


def test_what_speaks_against_a_wait_is_said_with_the_estimate_that_a_budget_leaves() -> None:
    """Refusals at random, as often as not at one in sixty: before, 147 straight answers at the end were 'nothing'."""
    family = next(each for each in FAMILIES if each.name == "random 503")
    service, clock = family.service(164000007)
    verdict = run(careful(Goal(), Budget()), service, clock).verdict
    assert verdict.kind == "estimated"
    assert "Refusals did not get rarer while the wait grew from" in verdict.statement
    assert verdict.accepted >= 59
    assert (verdict.wait or 0.0) >= service.steady_wait(0.05)


def test_before_a_probe_is_given_up_a_much_longer_wait_is_tried() -> None:
    """Several nodes, met at random: refusals are as frequent up to half of what they sustain, and then no more."""
    family = next(each for each in WILD if each.name == "nodes at random")
    service, clock = family.service(254100001)
    outcome = run(quick(Goal(), Budget()), service, clock)
    assert outcome.verdict.kind == "estimated"
    assert (outcome.verdict.wait or 0.0) >= service.steady_wait(0.05)


def points(*, each: int, back: float) -> World:
    """A service that counts points, of which each request takes so many, and so many come back a second."""
    rule = Bucket(1000 / each, back / each)
    world = World("points", rule.take, (429, {}, ""), latency=0.08)
    world.states = lambda _: {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": f"{int(rule.level * each)}"}
    return world


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("each", "back"), [(13, 50.0), (10, 20.0), (40, 100.0)])
def test_points_that_come_back_all_the_time_are_no_quota_that_is_saved_up(
    strategy: str, each: int, back: float
) -> None:
    """A slow request takes less of it than a quick one: a look after two seconds shows that it rises again."""
    verdict, _ = drive_world(points(each=each, back=back), strategy)
    assert verdict.kind in {"estimated", "certified", "stated"}
    assert 0.98 * each / back <= (verdict.wait or 0) <= 1.6 * each / back


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("body", ["limit of 60 requests per hour", '{"message": "You made 60+ calls. 60/hour"}'])
def test_a_quota_that_only_refusals_name_is_told_and_guessed(strategy: str, body: str) -> None:
    world = World("hour", Clocked(60, 3600.0, 600.0).take, (429, {}, body), latency=0.08)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert verdict.wait == 60
    assert "Its refusals name 60 an hour (60 s between requests), which was not tested." in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_what_asks_for_a_person_gives_no_guess_at_a_pace(strategy: str) -> None:
    page = "<html><title>Access denied</title><p>Please solve the captcha to continue.</p></html>"
    world = World("riddle", Window(40, 1e9).take, (403, {"Content-Type": "text/html"}, page))
    verdict, _ = drive_world(world, strategy)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert "40 requests had been accepted, and then none for" in verdict.statement
    assert "Answer it in a browser" in verdict.statement
    assert "It fits" not in verdict.statement


def test_a_pause_that_a_body_asks_for_is_said_to_be_its_word_and_no_spent_quota() -> None:
    world = World("banned", lambda _: False, (429, {}, '{"error": "You are banned for 2 days."}'))
    verdict, attempts = drive_world(world, "careful")
    assert len(attempts) == 1
    assert "left alone for 2 d (as its body says)" in verdict.statement
    assert "Nothing was accepted: the service" in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_service_that_is_maintained_from_the_first_request_on_has_shut_nobody_out(strategy: str) -> None:
    """It was said twice that it 'may have shut this client out', beside its own word that it is being maintained."""
    page = "<title>Maintenance</title><h1>Down for maintenance</h1>"
    verdict, _ = drive_world(World("down", lambda _: False, (503, {"Content-Type": "text/html"}, page)), strategy)
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)
    assert verdict.statement.count("it says that it is being maintained") == 1
    assert "shut this client out" not in verdict.statement


def test_what_is_said_of_the_door_is_not_said_again() -> None:
    verdict, _ = drive_world(World("shut", lambda _: False, (503, {}, "Try later.")), "quick", Budget(seconds=200))
    assert "Nothing has been served yet (503): the service may have shut this client out" in verdict.statement
    assert verdict.statement.count("shut this client out") == 1


def test_a_rest_that_is_told_for_the_first_time_is_not_doubled_for_refusals_that_told_none() -> None:
    """The 1,800 s of a ban became 3,600 s for the refusal before it, and the probe ended without having waited."""
    window, struck, until, early = Window(6, 12.0), [0], [0.0], [0]

    def answer(t: float) -> tuple[int, dict[str, str], str]:
        if t >= until[0] and window.take(t):
            return 200, {}, "good"
        early[0] += t < until[0]
        struck[0] += 1
        until[0] = max(until[0], t + 1800.0) if struck[0] % 5 == 0 else until[0]
        return (403, {"Retry-After": f"{ceil(until[0] - t)}"}, "") if t < until[0] else (429, {}, "")

    world = World("strikes", window.take, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    _, attempts = drive_world(world, "quick")
    assert 1800.0 <= max(each.wait or 0.0 for each in attempts) < 1900.0
    assert early[0] == 0


def test_words_that_are_no_text_are_not_repeated() -> None:
    world = World("coded", lambda _: False, (429, {}, "\x1f\ufffd\x08\x00\ufffdV*J-.\ufffd\x01"))
    verdict, _ = drive_world(world, "quick")
    assert "Its own words" not in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("quota", [60, 45])
def test_the_guess_is_that_of_the_usual_quota_which_is_named_with_it(strategy: str, quota: int) -> None:
    """'It fits 60 an hour, 60 s between requests', and then: 'the best guess so far is 54.8 s'."""
    verdict, _ = drive_world(World("by the hour", Window(quota, 3600.0).take, (429, {}, "Rate limited")), strategy)
    assert f"It fits {quota} an hour, {3600 / quota:.3g} s between requests" in verdict.statement
    assert verdict.wait == pytest.approx(3600 / quota)


@pytest.mark.parametrize("strategy", ["quick"])
def test_a_quota_that_came_again_and_names_its_hour_is_no_more_than_it_was_then(strategy: str) -> None:
    """200 an hour behind 60 a minute: the guess was 9 s, of 400, and that an hour's quota was spent was not said."""
    minute, hour = Clocked(60, 60.0, 17.0), Clocked(200, 3600.0, 1500.0)

    def answer(t: float) -> tuple[int, dict[str, str], str]:
        if not hour.left(t):
            return 429, {}, '{"reason": "Hourly API request limit exceeded. Please try again in the next hour."}'
        if not minute.take(t):
            return 429, {}, '{"reason": "Minutely API request limit exceeded. Please try again in one minute."}'
        hour.take(t)
        return 200, {}, "[]"

    world = World("two", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert verdict.wait == pytest.approx(18)
    assert sum(each.status == 200 for each in attempts) == 400
    assert "400 requests had been accepted, the last 200 of them" in verdict.statement
    assert "It fits 200 an hour, 18 s between requests" in verdict.statement


@pytest.mark.parametrize(("quota", "window", "ban"), [(60, 60.0, 600.0), (100, 60.0, 1800.0), (30, 60.0, 1200.0)])
def test_a_ban_that_was_seen_whole_is_told_where_the_budget_ends(quota: int, window: float, ban: float) -> None:
    """'The next request would come 1100 s after the last one' was all that was said of a service that bans."""
    world = World("ban", Window(quota, window).take, (429, {}, ""), ban=ban, latency=0.08)
    verdict, attempts = drive_world(world, "quick")
    assert verdict.kind == "inconclusive"
    told = re.search(
        r"Once (\d+) requests had been accepted, and then none for ([\d,]+) to ([\d,]+) s; ", verdict.statement
    )
    assert told is not None
    least, most = (float(each.replace(",", "")) for each in told.group(2, 3))
    assert int(told[1]) == quota
    assert 60 <= least <= ban <= most
    again = attempts[-1].outcome is not Outcome.ACCEPTED
    assert ("now it refuses again, and may for as long" in verdict.statement) is again


def test_what_takes_days_to_see_is_told_in_days() -> None:
    """'5 more requests over 13,323 min' was said of a service that asks to be left alone for days."""
    rule = Window(6, 1e9)
    world = World("days", rule.take, (429, {"Retry-After": "396156"}, ""))
    verdict, _ = drive_world(world, "quick")
    assert "5 more requests over 9 d 7 h would show whether it is that" in verdict.statement


@pytest.mark.parametrize("ban", [900.0, 1800.0, 86_400.0])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_ban_that_tells_its_end_is_not_said_to_be_a_quota_that_came_again_at_once(strategy: str, ban: float) -> None:
    """6 in 12 s with a ban for the fifth refusal: 'it fits 6 an hour', after 12 within 18 s."""
    rule, refused, until = Window(6, 12.0), [0], [-1.0]

    def answer(t: float) -> tuple[int, dict[str, str], str]:
        if t >= until[0] and rule.take(t):
            return 200, {}, "[]"
        if t >= until[0]:
            refused[0] += 1
            if refused[0] % 5 == 0:
                until[0] = t + ban
        return (403, {"Retry-After": f"{ceil(until[0] - t)}"}, "banned") if t < until[0] else (429, {}, "")

    world = World("strikes", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert any(each.status == 403 for each in attempts)
    assert " It fits " not in verdict.statement
    # 'The next request would come 3610 s after the last one' was all, where the service had named 30 minutes.
    named = re.search(r"It asks for a rest of|The service asks to be left alone for", verdict.statement)
    assert (named is not None) is (attempts[-1].status == 403)
    assert "a quota of about 6" not in verdict.statement


@pytest.mark.parametrize("gap", [600.0, 900.0, 1300.0])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_the_guess_is_no_shorter_than_each_refusal_says(strategy: str, gap: float) -> None:
    """One in 900 s, told each time: the rest after a refusal that came in the midst, 739 s, was the guess."""
    last = [-gap]

    def answer(t: float) -> tuple[int, dict[str, str], str]:
        if t - last[0] < gap:
            return 429, {"Retry-After": f"{ceil(gap - t + last[0])}"}, ""
        last[0] = t
        return 200, {}, "[]"

    world = World("a feed", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[method-assign]
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert gap <= (verdict.wait or 0) <= 1.05 * gap


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_that_is_stated_is_not_taken_for_one_of_what_was_left_of_it(strategy: str) -> None:
    """Where 29 of 30 had been spent before, 'a quota of about 1 request over a longer time' was said."""
    window = Clocked(30, 3600.0)
    assert all(window.take(0.0) for _ in range(29))
    world = World("demo", window.take, (429, {"Retry-After": "3600"}, ""))
    world.states = lambda t: {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": str(window.left(t))}
    verdict, _ = drive_world(world, strategy)
    assert "a quota of about" not in verdict.statement
    assert (
        "1 request had been accepted, and then none for 0.05 s: of the quota of 30 requests that it states nothing is "
        "left, and all but 1 may have been spent before this probe."
    ) in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_one_block_of_half_an_hour_is_not_taken_for_a_ban_that_quicker_requests_brought_about(strategy: str) -> None:
    """250 an hour, of which twelve were left: 0.13 s 'seemed safe' of 14.4 s, since one block may be a ban as well."""
    random = Random(7)  # noqa: S311 - a simulation, not a secret
    hour = Clocked(250, 3600.0, 1880.0)
    for _ in range(238):
        hour.take(0.0)
    world = World("hour", hour.take, (429, {}, "Too many requests"))

    def states(t: float) -> dict[str, str]:
        world.latency = 0.09 + 0.0135 * random.random()
        return {} if world.log[-1][1] else {"Retry-After": f"{ceil(hour.reset(t))}"}

    world.states = states
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert (verdict.wait or 0) > 14.4


@pytest.mark.parametrize(("pause", "spent"), [("3569", True), ("5", False), ("", False)])
def test_what_a_refusal_of_an_hour_has_just_ended_is_no_estimate(pause: str, spent: bool) -> None:
    """250 an hour, served at once: 0.117 s 'seem safe' was said with a refusal that named 59 minutes."""
    row = [Attempt(i, 0.1, 0.1, 0.1 * i, 0.05, 200) for i in range(1, 168)]
    refused = Attempt(168, 0.1, 0.1, 16.8, 0.05, 429, {"Retry-After": pause} if pause else {})
    assert outspent([*row, refused], Trial(0.1, evidence=row)) is spent
    assert not outspent(row, Trial(0.1, evidence=row))
    ends = ProbeEndedError("The budget ends.")
    search = Search(Manners(Goal(), Budget(), [*row, refused]), 1.15, 300)
    found = _until_then(search, Trial(0.1, evidence=row), ends)
    assert (found is None) is spent
