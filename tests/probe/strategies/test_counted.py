"""What a service counts down: what each request takes of it, how long it really lasts, and parts of a hundred."""

from __future__ import annotations

import re
from email.utils import formatdate
from math import ceil
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.probe.worlds import GOOD, JSON, Bucket, Clocked, Gap, Window, World, drive_world
from widgets.http.limits import Limits, Policy, Resets, read
from widgets.model.attempt import Attempt, Budget
from widgets.model.quantity import as_wait
from widgets.probe.evidence import told
from widgets.probe.strategies.costs import Cost, weighed
from widgets.probe.strategies.gains import Gains
from widgets.probe.strategies.heard import Heard
from widgets.probe.strategies.stated import Spending
from widgets.probe.strategies.trial import Trial, slower_stated
from widgets.probe.strategies.untimed import Untimed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.probe.worlds import Said

EVERY = pytest.mark.parametrize("strategy", ["quick", "careful"])


def world_of(answer: Callable[[float], Said]) -> World:
    world = World("counted", lambda _: True, (429, {}, ""))
    world.answer = answer  # type: ignore[assignment, method-assign]
    return world


@EVERY
def test_a_request_that_takes_ten_points_is_paced_by_its_points(strategy: str) -> None:
    """'5,000 an hour: 0.72 s' was stated, and certified, where 500 requests an hour are allowed."""
    used = [0]

    def answer(t: float) -> Said:
        used[0] += 10
        said = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": f"{5000 - used[0]}"}
        return 200, JSON | said | {"X-RateLimit-Reset": f"{3000 - int(t)}"}, GOOD

    verdict, attempts = drive_world(world_of(answer), strategy)
    assert verdict.kind == {"quick": "stated", "careful": "certified"}[strategy]
    assert 7.2 <= (verdict.wait or 0) < 7.5
    assert (verdict.tested or 0) >= 7.2
    assert len(attempts) <= {"quick": 20, "careful": 70}[strategy]
    if strategy == "quick":
        assert "taken as 5,000 an hour, of which each request takes 10: 7.2 s between requests" in verdict.statement


@EVERY
@pytest.mark.parametrize(("cheapest", "dearest"), [(3, 11), (1, 3)])
def test_requests_of_varied_cost_are_paced_by_what_they_take_on_average(
    strategy: str, cheapest: int, dearest: int
) -> None:
    """'0.72 s' was stated where points are counted, and each request takes another number of them."""
    draw, left = Random(994400002), [5000]  # noqa: S311 - a simulation, not a secret

    def answer(t: float) -> Said:
        left[0] -= draw.randint(cheapest, dearest)
        said = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": f"{left[0]}"}
        return 200, JSON | said | {"X-RateLimit-Reset": f"{3600 - int(t)}"}, GOOD

    verdict, attempts = drive_world(world_of(answer), strategy)
    truth = 0.72 * (cheapest + dearest) / 2
    assert verdict.kind == {"quick": "stated", "careful": "certified"}[strategy]
    assert 0.97 * truth <= (verdict.wait or 0) < 1.5 * truth
    assert len(attempts) <= {"quick": 40, "careful": 110}[strategy]
    if strategy == "quick":
        assert ", of which up to " in verdict.statement
        assert " are gone with each request on average: " in verdict.statement
        assert "each request takes" not in verdict.statement


@pytest.mark.parametrize(
    ("falls", "each"),
    [
        ((3, 11, 5, 9, 4, 8, 6), 1),  # seven may be chance
        ((3, 11, 5, 9, 4, 8, 6, 10), 8.04),  # 7, and the standard error
        ((1, 1, 1, 60, 1, 1, 1, 1), 1),  # somebody else asked while this probe rested
        ((2, 1, 3, 3, 3), 1),  # as many agree by chance
        ((3, 11, 5, 9, 0, 4, 8, 6, 10), 1),  # what takes nothing begins anew
    ],
)
def test_an_average_cost_is_believed_where_eight_answers_in_a_row_count_down(
    falls: tuple[int, ...], each: float
) -> None:
    cost, left = Cost(), 1000
    cost.hear(Limits(remaining=left))
    for fall in falls:
        left -= fall
        cost.hear(Limits(remaining=left))
    assert cost.each == pytest.approx(each, abs=0.01)


@pytest.mark.parametrize(
    ("falls", "each", "varied"),
    [
        ((3, 3, 3, 1, 2, 1, 3, 2), 3, True),  # alike by chance: 'of which each request takes 3' was said
        ((2, 2, 2, 1, 1, 1, 1, 1), 2, True),
        ((10, 10, 10, 10, 10, 10, 10, 11), 10, False),  # somebody else asks now and then
        ((10,) * 12, 10, False),
        ((1,) * 12, 1, False),
    ],
)
def test_what_a_few_took_alike_is_no_cost_of_each_where_the_next_take_less(
    falls: tuple[int, ...], each: float, varied: bool
) -> None:
    cost, left = Cost(), 1000
    cost.hear(Limits(remaining=left))
    for fall in falls:
        left -= fall
        cost.hear(Limits(remaining=left))
    assert (cost.each, cost.varied) == (each, varied)


def test_costs_that_differ_do_so_still_where_another_quota_is_told_of() -> None:
    cost, left = Cost(), 1000.0
    for fall in (0, 3, 11, 5, 9, 4, 8, 6, 10):
        left -= fall
        cost.hear(Limits(remaining=left, lefts=((left, 3600.0),)))
    cost.hear(Limits(remaining=left - 7, lefts=((left - 7, 3600.0), (99.0, 60.0))))
    assert cost.each == pytest.approx(8.04, abs=0.01)
    assert cost.varied


def test_a_certificate_that_its_cost_makes_too_dear_is_not_waited_for() -> None:
    used = [0]

    def answer(t: float) -> Said:
        used[0] += 10
        said = {"X-RateLimit-Limit": "10000", "X-RateLimit-Remaining": f"{10_000 - used[0]}"}
        return 200, JSON | said | {"X-RateLimit-Reset": f"{35_199 - int(t)}"}, GOOD

    verdict, attempts = drive_world(world_of(answer), "careful")
    assert verdict.kind == "stated"
    assert 86.4 <= (verdict.wait or 0) < 90
    assert len(attempts) < 12
    assert "A certificate would take more" in verdict.statement


@pytest.mark.parametrize(
    ("lefts", "each"),
    [
        ((100, 99, 98, 97, 96), 1),
        ((100, 90, 80, 70), 10),
        ((100, 90, 85, 60, 55), 1),  # others spend it too
        ((100, 60, 98, 58, 96, 56), 1),  # two nodes, each with a count of its own
        ((100, 90, 80, 100, 90, 80), 1),
    ],
)
def test_a_cost_is_believed_where_three_answers_in_a_row_agree(lefts: tuple[int, ...], each: float) -> None:
    cost = Cost()
    for left in lefts:
        cost.hear(Limits(remaining=left))
    assert cost.each == each


@EVERY
@pytest.mark.parametrize("into", [0.0, 22.0, 50.0])
def test_a_window_that_had_begun_before_is_not_taken_for_a_shorter_one(strategy: str, into: float) -> None:
    """60 a minute of which 38 s were left: 'nothing is left of 60 requests in 39 s: 0.651 s' is a third too fast."""
    window, early = Clocked(60, 60.0, into), [0, 0.0]

    def answer(t: float) -> Said:
        early[0] += t < early[1]
        served = window.take(t)
        said = {"X-Rate-Limit-Limit": "60", "X-Rate-Limit-Remaining": f"{window.left(t)}"}
        said["X-Rate-Limit-Reset"] = f"{int(window.reset(t)) + 1}"
        early[1] = 0.0 if window.left(t) else t + window.reset(t)
        return (200, JSON | said, GOOD) if served else (429, JSON | said, "{}")

    verdict, _ = drive_world(world_of(answer), strategy)
    assert early[0] == 0
    assert 0.99 <= (verdict.wait or 0) < 1.15


@EVERY
def test_a_share_that_is_used_ends_a_probe_before_it_is_spent(strategy: str) -> None:
    """Parts of a hundred were not read, and 200 requests of an hour were spent in seconds."""
    window = Window(200, 3600.0)

    def answer(t: float) -> Said:
        served = window.take(t)
        used = 100 * len(window.times) // 200
        said: Mapping[str, str] = {"x-app-usage": f'{{"call_count": {used}, "total_time": 1}}'}
        return (200, {**JSON, **said}, GOOD) if served else (400, {**JSON, **said}, "{}")

    verdict, attempts = drive_world(world_of(answer), strategy)
    assert verdict.kind == "inconclusive"
    assert 90 <= len(attempts) <= 104
    assert 16 < (verdict.wait or 0) < 20
    assert "% of a quota is used, of which" in verdict.statement


@EVERY
def test_a_share_that_rises_again_is_no_quota_to_be_saved(strategy: str) -> None:
    window = Window(5, 1.0)

    def answer(t: float) -> Said:
        served = window.take(t)
        said = {"X-Throttling-Control": f"Request Count status: Green ({20 * len(window.times)}%)"}
        return (200, JSON | said, GOOD) if served else (503, said, "Server too busy")

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 0.19 <= (verdict.wait or 0) < 0.34


@EVERY
def test_a_month_in_seconds_is_a_pace_of_hours(strategy: str) -> None:
    """It was read as milliseconds: 500 a month became 500 an hour."""
    left = [500]

    def answer(t: float) -> Said:
        left[0] -= 1
        said = {"X-RateLimit-Requests-Limit": "500", "X-RateLimit-Requests-Remaining": f"{left[0]}"}
        return 200, JSON | said | {"X-RateLimit-Requests-Reset": f"{2_500_000 - int(t)}"}, GOOD

    verdict, attempts = drive_world(world_of(answer), strategy)
    assert verdict.kind == "stated"
    assert (verdict.wait or 0) > 5000
    assert len(attempts) == 1


def test_a_count_that_is_refilled_says_what_it_sustains_before_it_is_spent() -> None:
    """Of a bucket of 250 at 25 a second the pace of the burst, 0.03 s, was recommended."""
    bucket = Bucket(250, 25.0)

    def answer(t: float) -> Said:
        served = bucket.take(t)
        said = {"x-ms-ratelimit-remaining-subscription-reads": f"{int(bucket.level)}"}
        return (200, JSON | said, GOOD) if served else (429, JSON | said, "{}")

    world = world_of(answer)
    world.latency = 0.03
    verdict, _ = drive_world(world, "quick")
    assert verdict.kind == "stated"
    assert 0.04 <= (verdict.wait or 0) < 0.043
    assert "the service adds one request to it each 0.0401 s" in verdict.statement


@EVERY
def test_answers_from_a_cache_are_said_to_be_such(strategy: str) -> None:
    """'No limit seen' of a cache says nothing of the service behind it."""
    bucket, last = Bucket(5, 1.0), [0.0]

    def answer(t: float) -> Said:
        if bucket.take(t):
            last[0] = t
            return 200, JSON | {"X-Cache": "MISS", "Age": "0"}, GOOD
        return 200, JSON | {"X-Cache": "HIT", "Age": f"{int(t - last[0])}"}, GOOD

    verdict, attempts = drive_world(world_of(answer), strategy)
    kept = sum("HIT" in each.headers["X-Cache"] for each in attempts)
    assert f"{kept} of {len(attempts)} accepted answers came from a cache" in verdict.statement


@EVERY
def test_what_a_cache_repeats_of_a_count_is_not_heard_again(strategy: str) -> None:
    """4 a minute behind a cache of 20 s: 2.48 s was 'stated', since the count fell by less than was served."""
    rule, kept = Clocked(4, 60.0, 5.0), [-99.0]
    said: dict[str, str] = {}

    def answer(t: float) -> Said:
        if t - kept[0] < 20:
            return 200, JSON | said | {"Age": f"{int(t - kept[0])}", "X-Cache": "HIT"}, GOOD
        rule.take(t)
        kept[0] = t
        said["X-RateLimit-Limit"], said["X-RateLimit-Remaining"] = "4", f"{rule.left(t)}"
        said["X-RateLimit-Reset"] = f"{ceil(rule.reset(t))}"
        return 200, JSON | said | {"X-Cache": "MISS"}, GOOD

    world = world_of(answer)
    world.latency = 0.097
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert 15 <= (verdict.wait or 0) < 16
    assert "the count falls by less" not in verdict.statement
    assert "accepted answers came from a cache" in verdict.statement


@EVERY
def test_a_cache_that_counts_what_it_gives_is_heard_each_time(strategy: str) -> None:
    """Where the limit is that of the edge, what is kept is counted there as well."""
    rule = Clocked(60, 60.0, 5.0)

    def answer(t: float) -> Said:
        served = rule.take(t)
        said = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": f"{rule.left(t)}", "X-Cache": "HIT", "Age": "9"}
        said["X-RateLimit-Reset"] = f"{ceil(rule.reset(t))}"
        return (200, JSON | said, GOOD) if served else (429, JSON | said, "{}")

    verdict, _ = drive_world(world_of(answer), strategy)
    assert 0.98 <= (verdict.wait or 0) < 1.2


@EVERY
def test_refusals_that_a_cache_gives_again_are_said_to_be_such(strategy: str) -> None:
    """The service gains one a second; what it refused is kept for 20 s, and refused to whoever asks meanwhile."""
    bucket, kept = Bucket(8, 1.0), [-99.0]

    def answer(t: float) -> Said:
        if t - kept[0] < 20:
            return 429, JSON | {"X-Cache": "Hit from edge", "Age": f"{int(t - kept[0])}"}, "{}"
        if bucket.take(t):
            return 200, JSON | {"X-Cache": "Miss from edge"}, GOOD
        kept[0] = t
        return 429, JSON | {"X-Cache": "Miss from edge"}, "{}"

    verdict, attempts = drive_world(world_of(answer), strategy)
    refused = [each for each in attempts if each.status == 429]
    hits = sum("Hit" in each.headers["X-Cache"] for each in refused)
    assert f"{hits} of {len(refused)} refusals came from a cache" in verdict.statement


@EVERY
def test_a_service_that_holds_up_who_asks_quickly_is_no_service_without_a_limit(strategy: str) -> None:
    """Of answers that took 25 s each after ten quick ones, 'most of them as fast as answers came' was said."""
    window = Window(10, 10.0)
    world = World("held up", lambda _: True, (429, {}, ""), latency=0.1)

    def answer(t: float) -> Said:
        world.latency = 0.1 if window.take(t) else 25.0
        return 200, JSON, GOOD

    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    slow = sum(each.latency > 1 for each in attempts)
    assert verdict.kind == "inconclusive"
    assert f"but {slow} answers took some 25 s (the median), and the first one 0.1 s" in verdict.statement
    assert 1 < (verdict.wait or 0) < 3


def test_time_in_which_a_bucket_was_full_is_none_in_which_it_gained() -> None:
    """'0.549 s is what the service itself states: its quota sustains no faster pace' was said of 2 a second."""
    bucket = Bucket(120, 2.0)

    def answer(t: float) -> Said:
        served = bucket.take(t)
        said = {"X-RateLimit-Limit": "120", "X-RateLimit-Remaining": f"{int(bucket.level)}"}
        said |= {"X-RateLimit-Reset": f"{int(1_790_000_000 + t + (120 - bucket.level) / 2)}"}
        said |= {"Date": formatdate(1_790_000_000 + t, usegmt=True)}
        return (200 if served else 429), JSON | said, GOOD if served else "{}"

    world = world_of(answer)
    world.latency = 0.097
    verdict, attempts = drive_world(world, "careful")
    assert verdict.kind == "certified"
    assert 0.5 <= (verdict.wait or 0) < 0.53
    spending = Spending()
    for attempt in attempts:
        spending.hear(attempt, read(attempt.status, attempt.headers, now=0.0), Resets())
        assert spending.refilled <= 0.5


def refilled(size: int, rate: float, *, cut: bool) -> World:
    """A bucket that says what is left of it, and in how many whole seconds all of it is back: rounded up, or cut."""
    bucket = Bucket(size, rate)

    def answer(t: float) -> Said:
        served = bucket.take(t)
        whole = (size - bucket.level) / rate
        said = JSON | {"X-RateLimit-Limit": f"{size}", "X-RateLimit-Remaining": f"{int(bucket.level)}"}
        said |= {"X-RateLimit-Reset": f"{int(whole) if cut else ceil(whole)}"}
        return 200 if served else 429, said, GOOD

    return world_of(answer)


REFILLED = [(6, 0.5, True), (6, 1.0, False), (10, 1.0, False), (10, 1.0, True), (25, 2.0, True)]


@pytest.mark.parametrize(("size", "rate", "cut"), REFILLED)
def test_whole_seconds_of_what_is_refilled_make_no_pace_seem_safe_that_is_not(
    size: int, rate: float, *, cut: bool
) -> None:
    """0.94 s was certified where one comes back a second: 6 of 100 are refused, and what is left fell all the time."""
    verdict, _ = drive_world(refilled(size, rate, cut=cut), "careful")
    assert verdict.kind == "certified"
    assert 0.99 / rate <= (verdict.wait or 0) < 1.1 / rate


@pytest.mark.parametrize(("size", "rate", "cut"), REFILLED)
def test_the_longest_pace_that_whole_seconds_leave_open_is_what_is_recommended(
    size: int, rate: float, *, cut: bool
) -> None:
    """The shortest was, after twelve requests that lived on what had been saved up."""
    verdict, _ = drive_world(refilled(size, rate, cut=cut), "quick")
    assert verdict.kind in {"stated", "estimated"}
    assert 0.95 / rate <= (verdict.wait or 0)
    assert as_wait(verdict.wait or 0) in verdict.statement
    if (verdict.tested or 0) < 0.98 * (verdict.wait or 0) and verdict.kind == "stated":
        assert "At that wait itself nothing was tested." in verdict.statement


@EVERY
def test_a_pace_that_lived_on_pauses_is_not_the_one_of_the_haste_between_them(strategy: str) -> None:
    """0.08 s was stated, at which each 15 requests were followed by 2 s in which nothing was left."""
    world = refilled(10, 5.0, cut=False)
    world.latency = 0.08
    verdict, attempts = drive_world(world, strategy)
    assert all(attempt.status == 200 for attempt in attempts)
    assert verdict.kind == "stated"
    assert (verdict.wait or 0) >= 0.19
    assert "times it said that nothing was left, and was left alone" in verdict.statement


@EVERY
def test_of_several_quotas_each_has_its_own_cost(strategy: str) -> None:
    """Each request takes one of the second's and two of the day's: 8.64 s was certified, the day's pace for one."""
    second, used = Clocked(10, 1.0, 0.3), [0]

    def answer(t: float) -> Said:
        good = second.take(t)
        used[0] += 2 * good
        said = {"X-Limit-Per-Second": "10", "X-Remaining-This-Second": f"{second.left(t)}"}
        said |= {"X-Limit-Per-Day": "10000", "X-Remaining-Today": f"{10_000 - used[0]}"}
        return 200 if good else 429, JSON | said, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind == {"quick": "stated", "careful": "certified"}[strategy]
    assert 17.28 <= (verdict.wait or 0) < 18
    if strategy == "quick":
        assert "10,000 a day, of which each request takes 2: 17.3 s between requests" in verdict.statement


def test_a_dear_quota_that_sustains_more_does_not_slow_down_the_other_one() -> None:
    """60 a minute are 6 points each, of 600; 100 in 15 minutes are one each, and slower."""
    cost = Cost()
    for left in range(4):
        told = {"X-RateLimit-Limit-Minute": "600", "X-RateLimit-Remaining-Minute": f"{600 - 6 * left}"}
        told |= {"X-RateLimit-Limit-Hour": "400", "X-RateLimit-Remaining-Hour": f"{400 - left}"}
        limits = read(200, told, 0.0)
        cost.hear(limits)
    assert [cost.of(quota) for quota in limits.policies] == [6.0, 1.0]
    assert weighed(limits, cost) is None


TWO = {"X-RateLimit-Limit-Minute": "100", "X-RateLimit-Limit-Hour": "6000"}


@pytest.mark.parametrize(
    ("fields", "name", "whole", "words", "wait"),
    [
        (TWO, "X-RateLimit-Remaining", 6000, "6,000 an hour, of which each request takes 10", 6.0),
        (TWO, "X-RateLimit-Remaining-Hour", 6000, "6,000 an hour, of which each request takes 10", 6.0),
        (TWO, "X-RateLimit-Remaining", 100, "100 a minute, of which each request takes 10", 6.0),
        (
            TWO | {"X-RateLimit-Limit-Hour": "1000"},
            "X-RateLimit-Remaining-Minute",
            100,
            "1,000 an hour, of which",
            36.0,
        ),
        (TWO | {"X-RateLimit-Limit-Minute": "10"}, "X-RateLimit-Remaining", 6000, "10 a minute", 6.0),
    ],
    ids=["it fits one", "it names one", "it fits both", "it names the quicker one", "the other one is slower"],
)
def test_a_lone_count_costs_the_quotas_that_it_fits_into(
    fields: dict[str, str], name: str, whole: int, words: str, wait: float
) -> None:
    """'100 a minute, of which each request takes 10' was said where 5,990 of 6,000 an hour were left.

    And 6 s were certified where the minute's points alone are told, and the hour's run out at that pace.
    """
    heard = Heard()
    for i in range(5):
        heard.hear(Attempt(i + 1, 0.7, 0.7, 0.7 * i, 0.1, 200, fields | {name: f"{whole - 10 * (i + 1)}"}))
    assert heard.stated is not None
    assert heard.stated.said().startswith(words)
    assert heard.stated.wait == wait


@EVERY
def test_the_minutes_in_the_name_of_a_resource_are_its_window(strategy: str) -> None:
    """'Not in what time they are renewed' was said of `GetVM3Min;199,GetVM30Min;1299` (Azure)."""
    quick, slow = Clocked(200, 180.0, 50.0), Clocked(1300, 1800.0, 300.0)

    def answer(t: float) -> Said:
        good = quick.take(t) and slow.take(t)
        left = f"Microsoft.Compute/GetVM3Min;{quick.left(t)},Microsoft.Compute/GetVM30Min;{slow.left(t)}"
        return 200 if good else 429, JSON | {"x-ms-ratelimit-remaining-resource": left}, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind == {"quick": "stated", "careful": "certified"}[strategy]
    assert 1800 / 1300 <= (verdict.wait or 0) < 1.5


@EVERY
@pytest.mark.parametrize("cost", [1, 5])
def test_what_is_left_of_a_long_window_at_first_is_taken_for_all_of_it_and_each_request_for_what_it_takes(
    strategy: str, cost: int
) -> None:
    """0.93 s was certified where 1,296 of 1,300 in 30 minutes were left, and 0.08 s was the best guess for 43."""
    used = [4]

    def answer(t: float) -> Said:
        used[0] += cost
        left = f"Microsoft.Compute/GetVM3Min;{max(0, 200 - used[0])},Microsoft.Compute/GetVM30Min;{1300 - used[0]}"
        return 200, JSON | {"x-ms-ratelimit-remaining-resource": left}, GOOD

    verdict, _ = drive_world(world_of(answer), strategy, Budget(seconds=150))
    assert verdict.kind == {1: {"quick": "stated", "careful": "certified"}[strategy], 5: "stated"}[cost]
    assert 1800 / 1300 * cost <= (verdict.wait or 0) < 1.5 * cost
    if cost > 1:
        assert "in 1,800 s, of which each request takes 5" in verdict.statement


def test_where_what_is_left_of_a_day_ends_a_probe_the_guess_is_no_faster_than_it_lasts() -> None:
    """'The best guess so far is 0.08 s' was said of 50 requests that were left of a day."""
    left = iter(range(49, -1, -1))
    verdict, attempts = drive_world(
        world_of(lambda _: (200, {"X-RateLimit-Remaining-Day": f"{next(left)}"}, GOOD)), "quick"
    )
    assert verdict.kind == "inconclusive"
    assert len(attempts) < 30
    assert verdict.wait == pytest.approx(1.02 * 86_400 / 49, rel=0.03)


@EVERY
def test_what_is_left_is_of_the_quota_that_says_it(strategy: str) -> None:
    """'400 requests in 60 s' was stated where the list that was asked for has 50, and says so (Zendesk)."""
    clock = Clocked(50, 60.0, 20.0)

    def answer(t: float) -> Said:
        good = clock.take(t)
        left, ends = clock.left(t), int(clock.reset(t)) + 1
        said = {"ratelimit-limit": "400", "ratelimit-remaining": f"{left + 350}", "ratelimit-reset": f"{ends}"}
        said |= {"zendesk-ratelimit-tickets-index": f"total=50; remaining={left}; resets={ends}"}
        return 200 if good else 429, JSON | said, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert 1.2 <= (verdict.wait or 0) < 1.7
    assert "400 requests" not in verdict.statement


@EVERY
def test_a_limit_that_is_stated_without_its_window_is_never_unseen(strategy: str) -> None:
    """Its bucket is refilled faster than anybody asks, so that nothing is counted down: 'no limit seen' was said."""
    said = JSON | {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "799", "Ratelimit-Reset": "1"}
    verdict, attempts = drive_world(world_of(lambda _: (200, said, GOOD)), strategy)
    assert verdict.kind == "stated"
    assert verdict.statement.startswith("The service states a limit of 800 requests, and not over which time")
    assert f"all of {len(attempts)} requests" in verdict.statement


@EVERY
def test_a_quota_is_no_faster_than_what_is_there_again_at_a_told_time(strategy: str) -> None:
    """600 of which all are there again within 45 s: 0.05 s was stated, the pace at which nobody was refused yet."""
    window = Clocked(600, 60.0, 15.0)

    def answer(t: float) -> Said:
        good = window.take(t)
        said = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": f"{window.left(t)}"}
        return 200 if good else 429, JSON | said | {"X-Rate-Limit-Reset": f"{int(window.reset(t)) + 1}"}, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind == "stated"
    assert 0.1 <= (verdict.wait or 0) < 0.12
    assert "600 a minute" in verdict.statement or "60 s" in verdict.statement


def test_what_was_refused_at_the_door_alone_leaves_what_is_stated() -> None:
    """'4 requests at that pace would take 249 s' was all that was said of 60 an hour."""

    def answer(t: float) -> Said:
        spent = t < 30
        left, reset = (0, 30 - int(t)) if spent else (59, 3630 - int(t))
        said = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": f"{left}", "X-RateLimit-Reset": f"{reset}"}
        return 403 if spent else 200, JSON | said, GOOD

    verdict, _ = drive_world(world_of(answer), "careful", Budget(seconds=60))
    assert verdict.kind == "stated"
    assert 60 <= (verdict.wait or 0) < 63
    assert "59 more requests within 3,600 s: 61.1 s between requests" in verdict.statement


def test_a_door_that_its_budget_does_not_wait_at_is_told() -> None:
    """'The next request would come beyond the budget' was all that was said of a 403."""
    verdict, _ = drive_world(world_of(lambda _: (403, {}, "blocked")), "quick", Budget(seconds=40))
    assert "Nothing has been served yet (403)" in verdict.statement
    assert "Its own words: 'blocked'" in verdict.statement


def test_a_count_of_a_window_is_not_taken_for_one_that_is_refilled() -> None:
    """Every second request counts: the count falls more slowly than requests come, and its end comes nearer."""
    gains = Gains()
    told = [
        gains.hear(Attempt(i + 1, 1.0, 1.0, float(i), 0.1, 200), Limits(remaining=900.0 - i // 2, reset=900.0 - i))
        for i in range(200)
    ]
    assert told == [None] * 200


def row_of(pace: float, left: Callable[[int], int], reset: Callable[[int], int] | None = None, rest: int = 0) -> Gains:
    """What 200 answers say that tell so much of what is left, and of a reset; and one more after so many seconds."""
    gains = Gains()
    for i in range(200 + (rest > 0)):
        then = pace * i + rest * (i == 200)
        ends = None if reset is None else float(reset(i)) - rest * (i == 200)
        gains.hear(Attempt(i + 1, pace, pace, then, 0.1, 200), Limits(remaining=float(left(i)), reset=ends))
    return gains


@pytest.mark.parametrize("reset", [None, lambda _: 1, lambda i: 5 + i // 20], ids=["untold", "at once", "later"])
def test_what_a_count_gains_is_read_where_its_end_comes_no_nearer(reset: Callable[[int], int] | None) -> None:
    row = row_of(0.1, lambda i: 900 - i // 2, reset)
    assert row.each == pytest.approx(0.2, rel=0.02)
    assert not row.unsure


@pytest.mark.parametrize(
    ("rest", "risen", "each", "unsure"),
    [(0, 0, 0.2, True), (3, 0, None, False), (3, 14, 0.2, False), (30, 100, 0.2, True)],
    ids=["no rest", "it stays", "it rises", "its end came meanwhile"],
)
def test_a_rest_tells_a_window_of_which_not_every_request_counts_from_what_is_refilled(
    rest: int, risen: int, each: float | None, unsure: bool
) -> None:
    """'The service adds one request to it each 0.2 s' was said of a window of which every second request counts.

    And 0.03 s of a bucket that gains one each 0.05 s, since it names the end of the clock's minute.
    """
    row = row_of(0.1, lambda i: 900 - i // 2 + risen * (i == 200), lambda i: 30 - i // 10, rest)
    assert row.each == (None if each is None else pytest.approx(each, rel=0.02))
    assert row.unsure is unsure


def test_what_is_refilled_slowly_is_seen_though_no_half_of_the_time_gains_much() -> None:
    """0.1 s was recommended where one is gained each 2.2 s."""
    assert row_of(0.1, lambda i: 1500 - i + int(i * 0.045)).each == pytest.approx(2.2, rel=0.1)


def test_a_window_of_something_else_hides_no_refill() -> None:
    gains = Gains()
    for i in range(200):
        limits = Limits(remaining=900.0 - i // 2, policies=(Policy(1e8, 60.0, "", "content-bytes"),))
        gains.hear(Attempt(i + 1, 0.1, 0.1, 0.1 * i, 0.1, 200), limits)
    assert gains.each == pytest.approx(0.2, rel=0.02)


@EVERY
def test_why_a_count_falls_by_less_than_was_served_is_not_said_where_no_rest_showed_it(strategy: str) -> None:
    """Of two readings the longer wait is recommended: its window ends before any rest does."""
    used = [0]

    def answer(t: float) -> Said:
        used[0] += 1
        said = {"X-RateLimit-Limit": "900", "X-RateLimit-Remaining": f"{800 - used[0] // 2}"}
        return 200, JSON | said | {"X-RateLimit-Reset": f"{max(1, 12 - int(t))}"}, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind == "stated"
    assert (verdict.wait or 0) > 1.5 * (verdict.tested or 1)
    assert "why was not seen: either not every request counts, or the service adds" in verdict.statement


@pytest.mark.parametrize(("grows", "gradual"), [(True, True), (False, False)], ids=["a bucket", "a sliding counter"])
def test_more_served_than_a_quota_tell_of_a_refill_only_where_all_of_it_is_back_later_as_less_is_left(
    grows: bool, gradual: bool
) -> None:
    """Of a sliding counter, too, more are served than it counts at once; but it names the end of its window."""
    spending, resets = Spending(), Resets()
    for i in range(31):
        left = float(max(0, 20 - i + i // 3))
        attempt = Attempt(i + 1, 0.5, 0.5, 0.5 * i, 0.1, 200)
        limits = Limits(remaining=left, reset=20.0 - left + 1 if grows else 60.0 - i // 2, policies=(Policy(20.0),))
        resets.hear(limits, attempt.started, attempt.started + attempt.latency)
        spending.hear(attempt, limits, resets)
    assert spending.gradual is gradual


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_share_of_which_another_count_is_the_larger_at_first_is_measured_from_where_it_moves(strategy: str) -> None:
    """5 % of another count hid the first ten requests: '102 requests took 46 %', and a guess a tenth too short."""
    window = Window(200, 3600.0)
    world = World("usage", window.take, (400, JSON, '{"error": {"message": "(#4) Application request limit reached"}}'))
    world.states = lambda _: {
        "X-App-Usage": f'{{"call_count": {len(window.times) // 2}, "total_cputime": 3, "total_time": 5}}'
    }
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert verdict.wait == pytest.approx(18, rel=0.03)
    assert "of which 90 requests took 45 %" in verdict.statement


@pytest.mark.parametrize(("step", "percent"), [(10, 1 / 2), (16, 1 / 2), (7, 1 / 7)])
def test_a_share_that_moves_in_steps_is_measured_from_one_to_another(step: int, percent: float) -> None:
    """'92 requests took 50 %' was said where a hundred had: the first step counted as if one request had taken it."""
    meter = Untimed()
    for served in range(1, 12 * step + 4):
        meter.hear(Limits(percent=100.0 - served // step * step * percent), 1.0)
    assert meter.binds
    assert meter.requests == pytest.approx(100 / percent)
    assert f"of which {11 * step} requests took {told(11 * step * percent)} %" in str(meter)


@EVERY
@pytest.mark.parametrize(("quota", "seconds", "into"), [(120, 60.0, 43.4), (60, 60.0, 50.0), (20, 10.0, 6.0)])
def test_a_service_that_is_silent_until_little_is_left_is_not_taken_for_a_quicker_one(
    strategy: str, quota: int, seconds: float, into: float
) -> None:
    """'Nothing is left of 120 requests in 16.6 s: 0.139 s' was certified of 120 a minute that had begun before."""
    window = Clocked(quota, seconds, into)

    def answer(t: float) -> Said:
        served = window.take(t)
        said = {"RateLimit-Limit": f"{quota}", "RateLimit-Remaining": f"{window.left(t)}"}
        said["RateLimit-Reset"] = f"{ceil(window.reset(t))}"
        told_now = said if window.left(t) <= quota / 5 else {}
        return (
            (200, JSON | told_now, GOOD)
            if served
            else (429, JSON | said | {"Retry-After": said["RateLimit-Reset"]}, "")
        )

    verdict, _ = drive_world(world_of(answer), strategy)
    assert (verdict.wait or 0) >= 0.99 * seconds / quota


def counting(rule: Clocked | Window | Bucket, quota: int, *, latency: float, pause: float = 0.0) -> World:
    """A service that tells its quota and what is left, and not in what time it is renewed."""
    world = World(
        "counts", rule.take, (429, JSON | ({"Retry-After": f"{pause:g}"} if pause else {}), ""), latency=latency
    )

    def left(t: float) -> int:
        if isinstance(rule, Clocked):
            return rule.left(t)
        if isinstance(rule, Window):
            return rule.quota - sum(each > t - rule.seconds for each in rule.times)
        return int(min(rule.size, rule.level + (t - rule.t) * rule.rate))

    world.states = lambda t: {"X-RateLimit-Limit": f"{quota}", "X-RateLimit-Remaining": f"{left(t)}"}
    return world


@EVERY
@pytest.mark.parametrize("rule", [Clocked(60, 3600.0, 900.0), Window(300, 900.0), Window(250, 600.0)])
def test_what_was_served_as_fast_as_answers_came_is_no_estimate_while_a_quota_is_being_spent(
    strategy: str, rule: Clocked | Window
) -> None:
    """'Waiting 0.022 s seems safe' was said of 60 an hour, by 24 quick answers before half of them was spent."""
    verdict, _ = drive_world(counting(rule, rule.quota, latency=0.02), strategy)
    assert verdict.kind == "inconclusive"
    assert (verdict.wait or 0) >= rule.seconds / rule.quota
    assert "seems safe" not in verdict.statement


@EVERY
@pytest.mark.parametrize("budget", [Budget(requests=60), Budget(seconds=5)])
def test_a_probe_that_ends_before_anything_was_refused_estimates_nothing(strategy: str, budget: Budget) -> None:
    """How fast is too fast was still being looked for: quick answers in a row are no estimate of it."""
    verdict, _ = drive_world(World("open", lambda _: True, (429, {}, ""), latency=0.02), strategy, budget)
    assert verdict.kind == "inconclusive"
    assert "nothing has shown it" in verdict.statement


@EVERY
@pytest.mark.parametrize(("size", "rate"), [(1000, 1000 / 3600), (300, 1 / 3), (600, 1.0)])
def test_a_count_that_comes_back_by_parts_says_what_it_sustains(strategy: str, size: int, rate: float) -> None:
    """'Stated: 0.02 s' was said of a bucket of which 0.3 requests a second came back."""
    verdict, _ = drive_world(counting(Bucket(size, rate), size, latency=0.02), strategy)
    assert verdict.kind == "stated"
    assert 1 <= (verdict.wait or 0) * rate < 1.4
    assert " came back in " in verdict.statement


@EVERY
@pytest.mark.parametrize(
    ("quota", "seconds", "latency"), [(5, 1.0, 0.3), (3, 1.0, 0.5), (20, 2.0, 0.3), (9, 2.5, 0.35)]
)
def test_a_small_quota_that_was_served_many_times_is_none_of_a_minute(
    strategy: str, quota: int, seconds: float, latency: float
) -> None:
    """5 a second were told to be 5 a minute, though 209 had been served in 95 s."""
    verdict, _ = drive_world(counting(Window(quota, seconds), quota, latency=latency), strategy)
    assert verdict.kind == "stated"
    assert seconds / quota <= (verdict.wait or 0) < 1.2 * latency


@pytest.mark.parametrize(("size", "seconds"), [(60, 60.0), (100, 30.0), (40, 20.0)])
def test_a_pace_at_which_the_count_falls_is_none_that_lasts(size: int, seconds: float) -> None:
    """0.87 s was estimated where 1 s is sustained: 228 answers came of what was saved up, as their count said."""
    world = counting(Bucket(size, size / seconds), size, latency=0.05, pause=seconds)
    verdict, _ = drive_world(world, "quick")
    assert (verdict.wait or 0) * size >= seconds


@EVERY
@pytest.mark.parametrize(("rule", "quota"), [(Bucket(30, 3.0), 30), (Clocked(100, 30.0, 12.0), 100)])
def test_a_service_that_is_silent_until_little_is_left_may_hold_what_was_saved_up_unseen(
    strategy: str, rule: Bucket | Clocked, quota: int
) -> None:
    """'Certified: 0.306 s' was said of three a second, by 61 answers of which the last were the first to tell."""
    world = counting(rule, quota, latency=0.08)
    told_always = world.states

    def states(t: float) -> Mapping[str, str]:
        said = dict(told_always(t)) if told_always else {}
        left = float(said["X-RateLimit-Remaining"])
        reset = rule.reset(t) if isinstance(rule, Clocked) else (quota - left) / rule.rate
        return said | {"X-RateLimit-Reset": f"{ceil(reset)}"} if left <= quota / 5 else {}

    world.states = states
    verdict, _ = drive_world(world, strategy)
    sustained = 1 / rule.rate if isinstance(rule, Bucket) else rule.seconds / rule.quota
    assert (verdict.wait or 0) >= 0.99 * sustained


@EVERY
@pytest.mark.parametrize(
    "says",
    [
        lambda n: {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "95" if n == 1 else "100"},
        lambda n: {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": f"{999 if n == 1 else 1002 - n}"},
        lambda n: {"X-RateLimit-Limit": "1000", "X-App-Usage": f'{{"call_count": {n % 7}, "total_time": 0}}'},
    ],
    ids=["never falls", "rises at once", "percent"],
)
def test_a_count_that_rises_without_telling_a_window_is_no_reason_to_fail(
    strategy: str, says: Callable[[int], dict[str, str]]
) -> None:
    """Nothing was counted down, or was seen to last: there was nothing to divide by, and the window was endless."""
    world = World("rises", lambda _: True, (429, {}, ""))
    world.states = lambda _: says(len(world.log))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert world.latency <= (verdict.wait or 0) < 2 * world.latency


@pytest.mark.parametrize(
    ("window", "each", "latency"), [(Window(5000, 3600.0), 0.3, 0.1), (Window(1000, 900.0), 0.6, 0.3)]
)
def test_what_was_asked_for_before_the_probe_comes_back_and_certifies_no_pace(
    window: Window, each: float, latency: float
) -> None:
    """'Certified: 0.305 s' was said of 5,000 an hour: so quickly came back what somebody had asked for an hour ago."""
    window.times.extend(each * i - window.seconds + 0.1 for i in range(int(0.25 * window.seconds / each)))
    verdict, _ = drive_world(counting(window, window.quota, latency=latency), "careful")
    assert verdict.kind != "certified"
    assert "The service states that" not in verdict.statement


def left_and_back(bucket: Bucket, t: float, cost: int = 1) -> dict[str, str]:
    """What is left of a bucket, and in how many whole seconds all of it is back."""
    left = min(bucket.size, bucket.level + (t - bucket.t) * bucket.rate)
    back = (bucket.size - left) / bucket.rate
    return {"RateLimit-Remaining": f"{int(left * cost)}", "RateLimit-Reset": f"{ceil(back)}"}


@EVERY
@pytest.mark.parametrize(
    ("size", "seconds", "cost"), [(5000, 3600.0, 1), (600, 600.0, 1), (1000, 3600.0, 1), (1000, 1000.0, 5)]
)
def test_what_is_left_until_all_of_it_is_back_is_no_quota_of_that_time(
    strategy: str, size: int, seconds: float, cost: int
) -> None:
    """'4,916 more requests within 61 s' was said of 5,000 an hour, and 0.084 s certified: all is back in 61 s."""
    rule = Bucket(size / cost, size / cost / seconds)
    world = counting(rule, size, latency=0.08)
    world.states = lambda t: left_and_back(rule, t, cost)
    verdict, _ = drive_world(world, strategy)
    assert 0.99 <= (verdict.wait or 0) * rule.rate < 1.05


@EVERY
@pytest.mark.parametrize("limit", ["RateLimit-Limit", ""])
@pytest.mark.parametrize("part", [1.0, 0.2])
@pytest.mark.parametrize(("size", "seconds"), [(100, 60.0), (100, 30.0), (60, 60.0)])
def test_what_is_left_of_a_bucket_has_not_to_last_until_all_of_it_is_back(
    strategy: str, size: int, seconds: float, part: float, limit: str
) -> None:
    """'Waiting 60 s between requests is what the service itself states' was said of 100 a minute: 1 was left."""
    rule = Bucket(size, size / seconds)
    world = counting(rule, size, latency=0.07)

    def states(t: float) -> Mapping[str, str]:
        if min(rule.size, rule.level + (t - rule.t) * rule.rate) > part * size:
            return {}
        return left_and_back(rule, t) | ({limit: f"{size}"} if limit else {})

    world.states = states
    verdict, _ = drive_world(world, strategy)
    assert 0.98 <= (verdict.wait or 0) * rule.rate < 2.1
    assert "itself states" not in verdict.statement


def test_all_of_a_window_is_back_at_its_end_whatever_is_left_of_it() -> None:
    window, bucket = Spending(), Spending()
    for used in range(1, 40):
        attempt = Attempt(used, 0.5, 0.5, 0.5 * used, 0.05, 200)
        window.hear(attempt, Limits(remaining=100.0 - used, reset=60.0 - used // 2), Resets())
        bucket.hear(attempt, Limits(remaining=100.0 - used, reset=float(ceil(0.6 * used))), Resets())
        assert window.refilled == 0.0
    assert 1.0 < bucket.refilled <= 1.1  # as much came back in each half a second as is not told of


class Stepped(Window):
    """A count of at most `size`, to which `quota` are added in each `seconds`."""

    def __init__(self, size: int, quota: int, seconds: float) -> None:
        super().__init__(quota, seconds)
        self.size, self.held, self.turn = size, size, 0

    def take(self, t: float) -> bool:
        turn = int(t // self.seconds)
        self.held, self.turn = min(self.size, self.held + self.quota * (turn - self.turn)), turn
        self.held -= (served := self.held > 0)
        return served


def counted(rule: Clocked | Window, size: int) -> World:
    """A service that tells its quota and what is left of it, and no time."""
    world = World("counted", rule.take, (429, JSON, "{}"))

    def states(t: float) -> dict[str, str]:
        left = size - len(rule.times) if isinstance(rule, Window) else rule.left(t)
        left = rule.held if isinstance(rule, Stepped) else left
        return {"X-RateLimit-Limit": str(size), "X-RateLimit-Remaining": str(left)}

    world.states = states
    return world


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    ("rule", "size", "truth"),
    [
        pytest.param(lambda: Clocked(60, 60.0, 13.0), 60, 1.0, id="clock"),
        pytest.param(lambda: Clocked(30, 10.0, 5.0), 30, 1 / 3, id="short"),
        pytest.param(lambda: Window(60, 60.0), 60, 1.0, id="log"),
        pytest.param(lambda: Stepped(100, 10, 6.0), 100, 0.6, id="steps"),
        pytest.param(lambda: Stepped(40, 25, 25.0), 40, 1.0, id="large steps"),
    ],
)
def test_a_count_that_tells_no_time_is_watched_until_it_is_renewed(
    strategy: str, rule: Callable[[], Clocked | Window], size: int, truth: float
) -> None:
    world = counted(rule(), size)
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "stated"
    assert ("a longer one of which nothing is told" in verdict.statement) == (strategy == "careful")
    assert truth <= (verdict.wait or 0.0) < 1.3 * truth
    assert all(served for _, served, _ in world.log)
    assert len(attempts) < 2 * size + 60


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_an_hour_that_is_renewed_just_then_is_taken_for_no_shorter_one(strategy: str) -> None:
    world = counted(Clocked(60, 3600.0, 3590.0), 60)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert (verdict.wait or 0.0) >= 60.0
    assert all(served for _, served, _ in world.log)


@EVERY
@pytest.mark.parametrize("limit", ["RateLimit-Limit", ""])
@pytest.mark.parametrize(("size", "seconds", "latency"), [(10, 60.0, 0.3), (20, 60.0, 0.05), (11, 30.0, 0.3)])
def test_less_than_one_is_told_as_none_of_a_bucket(
    strategy: str, size: int, seconds: float, latency: float, limit: str
) -> None:
    """'Nothing is left of 10 requests, which come back in 56 s, or up to 2 s more' was said of 10 a minute."""
    rule = Bucket(size, size / seconds)
    world = World("bucket", rule.take, (429, JSON, "{}"), latency=latency)

    def states(t: float) -> Mapping[str, str]:
        left = min(rule.size, rule.level + (t - rule.t) * rule.rate)
        back = {"RateLimit-Remaining": f"{int(left)}", "RateLimit-Reset": f"{ceil((rule.size - left) / rule.rate)}"}
        return {**back, **({limit: f"{size}"} if limit else {})}

    world.states = states
    verdict, _ = drive_world(world, strategy)
    assert 0.999 <= (verdict.wait or 0) * rule.rate < 1.3


def test_a_window_that_is_told_counts_beside_a_bucket() -> None:
    hourly = {"RateLimit-Policy": "300;w=3600", "RateLimit-Remaining": "99", "RateLimit-Reset": "1"}
    attempts = [
        Attempt(n, 1.0, 1.0, float(n), 0.05, 200, hourly if n == 1 else {"RateLimit-Remaining": "50"})
        for n in range(1, 20)
    ]
    trial = Trial(1.0, evidence=attempts)
    assert slower_stated(attempts, trial, 0.6) == 12.0
    assert slower_stated(attempts[1:], trial, 0.6) is None
    assert slower_stated(attempts[1:], trial, 1.2) == 1.2


class Shared(Clocked):
    """Somebody else asks too, at these seconds."""

    def __init__(self, quota: int, seconds: float, into: float, others: list[float]) -> None:
        super().__init__(quota, seconds, into)
        self.others = others

    def take(self, t: float) -> bool:
        while self.others and self.others[0] < t:
            super().take(self.others.pop(0))
        return super().take(t)


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    ("quota", "into", "others"), [(100, 20.0, [45.0]), (60, 54.0, [6.5]), (200, 40.0, [21.0, 22.0])]
)
def test_what_others_took_of_a_window_just_renewed_is_no_log_of_requests(
    strategy: str, quota: int, into: float, others: list[float]
) -> None:
    """'Each counts for 33.3 to 35.8 s' was said of a minute: of what was there again, somebody had taken one."""
    world = counted(Shared(quota, 60.0, into, others), quota)
    verdict, _ = drive_world(world, strategy)
    assert "counts for" not in verdict.statement
    assert (verdict.wait or 0.0) >= 60.0 / quota


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_log_is_watched_no_longer_where_answers_come_too_late_to_know_it_nearly(strategy: str) -> None:
    """Thousands of requests halved what two seconds of latency left open."""
    world = counted(Window(30, 10.0), 30)
    world.latency = 2.0
    _, attempts = drive_world(world, strategy)
    assert len(attempts) < 150


class Begun(Clocked):
    """A window that its first request begins."""

    def __init__(self, quota: int, seconds: float) -> None:
        super().__init__(quota, seconds)
        self.begun: list[float] = []

    def take(self, t: float) -> bool:
        if not self.begun or t >= self.begun[-1] + self.seconds:
            self.begun.append(t)
            self.used = 0
        self.used += (served := self.used < self.quota)
        return served

    def left(self, t: float) -> int:
        return self.quota - self.used * (t < self.begun[-1] + self.seconds)


@pytest.mark.parametrize("rule", [Begun(60, 60.0), Begun(100, 60.0), Begun(30, 10.0)])
def test_how_long_renewals_took_is_said_of_those_that_were_seen(rule: Begun) -> None:
    """'All were there again 4 times, each 57.3 to 74.4 s apart' was said where the first two were 94 s apart."""
    verdict, _ = drive_world(counted(rule, rule.quota), "quick")
    found = re.search(
        r"there again (\d+) times, from the first to the last of them in ([\d.]+) to ([\d.]+) s", verdict.statement
    )
    assert found is not None
    more, least, most = int(found[1]) - 1, float(found[2]), float(found[3])
    assert any(
        0.99 * least <= later - sooner <= 1.01 * most
        for sooner, later in zip(rule.begun, rule.begun[more:], strict=False)
    )
    assert (verdict.wait or 0.0) * rule.quota >= rule.seconds


def test_a_count_that_was_watched_in_vain_is_given_a_minute_to_be_renewed() -> None:
    """It ended after 9 s, half of what was left being spent, where a rest shows that all of it is there again."""
    world = counted(Clocked(100, 30.0, 28.5), 100)
    world.latency = 0.08
    verdict, _ = drive_world(world, "quick")
    assert verdict.kind in {"estimated", "stated"}
    assert 0.3 <= (verdict.wait or 0.0) < 0.4


def watched(lefts: Sequence[tuple[float, int]], size: int) -> Heard:
    """What is known of a count of which so many were left at these seconds."""
    heard = Heard()
    for number, (t, left) in enumerate(lefts, 1):
        told_of = {"X-RateLimit-Limit": str(size), "X-RateLimit-Remaining": str(left)}
        heard.hear(Attempt(number, 1.0, 1.0, t, 0.05, 200, told_of))
    return heard


RENEWED_TWICE = [(0.0, 29), (5.0, 28), (9.0, 27), (10.5, 29), (15.0, 28), (20.0, 27), (20.4, 29)]
"""All of 30 are there again after some ten seconds."""


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        pytest.param([(21.0, 28), (26.0, 27), (30.6, 29), (36.0, 28)], True, id="as before"),
        pytest.param([*((21.0 + n, 28 - n) for n in range(7)), (30.6, 25), (36.0, 24)], True, id="a part of it"),
        pytest.param([(24.0, 28), (34.0, 29), (44.0, 29), (54.0, 29), (56.0, 28)], True, id="seldom"),
        pytest.param([(21.0, 28), (26.0, 19)], False, id="less than was used"),
        pytest.param([(21.0, 28), (26.0, 25), (30.6, 29), (32.0, 27), (40.9, 29)], True, id="others use few"),
        pytest.param([(21.0, 27), (23.0, 25), (25.0, 23)], False, id="others use many"),
        pytest.param([(21.0, 28), (22.0, 27), (23.0, 26), (24.0, 29)], False, id="too soon"),
        pytest.param([(21.0, 28), (26.0, 27), (31.0, 26), (36.0, 25)], False, id="not in time"),
    ],
)
def test_a_pace_by_renewals_is_taken_back_where_the_count_is_not_one(
    later: list[tuple[float, int]], *, stands: bool
) -> None:
    """Several machines, each with a count of its own: 'by which all were there again 2 times' was 0.37 of the truth."""
    heard = watched(RENEWED_TWICE, 30)
    assert heard.take_renewals()
    assert heard.needed == 31
    for number, (t, left) in enumerate(later, 9):
        told_of = {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": str(left)}
        heard.hear(Attempt(number, 1.0, 1.0, t, 0.05, 200, told_of))
    assert (heard.stated is not None) == stands
    assert (heard.needed > 0) == stands


def test_no_pace_is_taken_from_renewals_of_which_one_is_missing() -> None:
    heard = watched([*RENEWED_TWICE, (24.0, 28), (28.0, 27), (33.0, 26)], 30)
    assert not heard.take_renewals()
    assert heard.stated is None


class Machines(Clocked):
    """Each of several machines counts by itself, and serves so many requests in a row."""

    def __init__(self, rules: Sequence[Clocked], row: int) -> None:
        super().__init__(rules[0].quota, rules[0].seconds)
        self.rules, self.row, self.asked = rules, row, 0

    def take(self, t: float) -> bool:
        self.asked += 1
        return self.rule.take(t)

    def left(self, t: float) -> int:
        return self.rule.left(t)

    @property
    def rule(self) -> Clocked:
        return self.rules[(self.asked - 1) // self.row % len(self.rules)]


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("row", [5, 9, 16])
def test_counts_of_several_machines_by_turns_are_no_renewals(strategy: str, row: int) -> None:
    world = counted(Machines([Clocked(60, 600.0, into) for into in (0.0, 200.0, 450.0)], row), 60)
    verdict, _ = drive_world(world, strategy, Budget(requests=90))
    assert "there again" not in verdict.statement
    assert verdict.kind != "stated"


def misled(count: Clocked, falls: Callable[[int], int], gap: float = 0.0) -> World:
    """A service that keeps a count, or a gap instead, and tells by so much less than the count with some requests."""
    kept = Gap(gap)

    def takes(t: float) -> bool:
        within = count.take(t)
        return kept.take(t) if gap else within

    world = World("misled", takes, (429, JSON, "{}"))

    def states(t: float) -> dict[str, str]:
        left = max(0, count.left(t) - falls(len(world.log)))
        return {"X-RateLimit-Limit": str(count.quota), "X-RateLimit-Remaining": str(left)}

    world.states = states
    return world


def test_what_was_won_at_a_pace_that_is_taken_back_is_no_evidence_for_a_shorter_one() -> None:
    """33 straight answers were certified, since those at three times that wait had won most of what it takes."""
    world = misled(Clocked(30, 30.0), lambda n: 9 * (n == 70), gap=0.3)
    verdict, _ = drive_world(world, "careful")
    assert verdict.kind == "certified"
    assert verdict.accepted >= 59
    assert 0.3 <= (verdict.wait or 0.0) < 0.36


def test_a_probe_that_ends_just_after_its_pace_is_taken_back_says_what_it_saw() -> None:
    """'no median for empty data' was raised of the trial of which nothing counts any more."""
    verdict, _ = drive_world(misled(Clocked(30, 30.0), lambda n: 7 * (n >= 50)), "careful")
    assert verdict.kind == "inconclusive"
    assert verdict.accepted == 0


def test_a_pace_that_is_taken_back_while_answers_are_seen_to_get_quicker_is_an_estimate() -> None:
    """'the service has stated no pace' was raised where slower requests, after the trial, did not fit the count."""
    world = misled(Clocked(60, 60.0), lambda n: 0 if n <= 80 or spacing() < 1.6 else 9)

    def spacing() -> float:
        return world.log[-1][0] - world.log[-2][0] if len(world.log) > 1 else 9.0

    def answer(t: float) -> Said:
        said = World.answer(world, t)
        world.latency = 0.05 if spacing() > 1.6 or len(world.log) <= 40 else 0.45
        return said

    world.answer = answer  # type: ignore[method-assign]
    verdict, _ = drive_world(world, "quick")
    assert verdict.kind == "estimated"
    assert 1.0 <= (verdict.wait or 0.0) < 1.25
    assert "The service states" not in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_reset_in_milliseconds_is_known_by_its_fall_before_it_is_waited_for(strategy: str) -> None:
    """10,000 an hour became a pace of 206 s: 33 min in milliseconds are 23 days in seconds."""
    clocked = Clocked(10_000, 3600, 1582.0)

    def answer(t: float) -> Said:
        served = clocked.take(t)
        said = {"X-Rate-Limit-Limit": "10000", "X-Rate-Limit-Remaining": f"{clocked.left(t)}"}
        said["X-Rate-Limit-Reset"] = f"{int(1000 * clocked.reset(t))}"
        return 200 if served else 429, JSON | said, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert 0.36 <= (verdict.wait or 0.0) < 0.4


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_an_extra_of_which_nothing_was_granted_hides_no_quota(strategy: str) -> None:
    """OpenAlex tells of 1,000 a day, and of 0 bought once: the day's was not seen, and the pace was 0.1 s."""
    left = [998]

    def answer(t: float) -> Said:
        left[0] -= 1
        said = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": f"{left[0]}"}
        said |= {"X-RateLimit-Reset": f"{11_987 - int(t)}", "X-RateLimit-OneTime-Remaining": "0"}
        return 200, JSON | said, GOOD

    verdict, _ = drive_world(world_of(answer), strategy)
    assert verdict.kind == "stated"
    assert "1,000 a day" in verdict.statement
    assert 86.4 <= (verdict.wait or 0.0) < 90


@pytest.mark.parametrize("into", [1900.0, 2300.0, 2800.0])
@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_a_quota_that_is_named_and_kept_the_client_out_is_not_passed_over_for_its_next_window(
    strategy: str, into: float
) -> None:
    """GeoNames: all but 4 of an hour's 1,000 were spent; after its rest 0.1 s seemed safe."""
    clocked = Clocked(1000, 3600, into)
    clocked.turn, clocked.used = 0, 996
    words = "the hourly limit of 1000 credits for demo has been exceeded. Please throttle your requests."

    def answer(t: float) -> Said:
        return (200, JSON, GOOD) if clocked.take(t) else (200, JSON, f'{{"status": {{"message": "{words}"}}}}')

    verdict, _ = drive_world(world_of(answer), strategy)
    assert 3.6 <= (verdict.wait or 0.0) < 1.2 * 3.6, "the pace that it names, tried where the budget has the time"
    assert verdict.kind == "inconclusive" or verdict.tested == pytest.approx(3.672, rel=0.01)
