"""A refusal is found by what it does: suspects that come with haste, end with rest, and come back with haste."""

from __future__ import annotations

from functools import partial
from itertools import cycle, groupby, pairwise, repeat
from random import Random
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.bench.arena_rules import LateCount
from tests.bench.arena_wild import WILD, Ban, Slowing
from tests.bench.arena_world import Clock, Service, run
from tests.probe.worlds import BODIES, GOOD, JSON, Bucket, Clocked, Gap, Window, World, drive_world
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.model.quantity import as_wait
from widgets.probe.evidence import told
from widgets.probe.strategies import STRATEGIES, careful, quick
from widgets.probe.strategies.careful import _doubted
from widgets.probe.strategies.closer import shown
from widgets.probe.strategies.looks import Look
from widgets.probe.strategies.manners import Manners
from widgets.probe.strategies.quick import estimate
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.suspects import OUTLAST, Suspects
from widgets.probe.strategies.trial import Trial
from widgets.probe.strategies.verify import met_soon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.probe.worlds import Said

EVERY = pytest.mark.parametrize("strategy", ["quick", "careful"])
SIGNS = pytest.mark.parametrize("refusal", BODIES.values(), ids=BODIES)


@EVERY
@SIGNS
def test_a_limit_is_found_whatever_its_refusals_look_like(strategy: str, refusal: Said) -> None:
    """Before, each ended in 'five in a row failed', and a 200 with a note in 'no limit seen'."""
    world = World("bucket", Bucket(10, 2.0).take, refusal)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.475 <= (verdict.wait or 0) < 1
    assert "counts as refused: it came" in verdict.statement


@EVERY
@SIGNS
def test_the_sentence_on_it_is_true_of_the_log(strategy: str, refusal: Said) -> None:
    world = World("window", Window(8, 20.0).take, refusal)
    verdict, attempts = drive_world(world, strategy)
    count = sum(not served for _, served, _ in world.log)
    assert f"counts as refused: it came {count} times" in verdict.statement
    assert (verdict.wait or 0) >= 2.3
    assert len(attempts) == len(world.log)


@EVERY
@SIGNS
def test_a_limit_just_below_what_answers_take_is_found_too(strategy: str, refusal: Said) -> None:
    """Its refusals come one by one: there is no row of them that a rest could end."""
    world = World("bucket", Bucket(5, 12.0).take, refusal)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.079 <= (verdict.wait or 0) < 0.2
    assert "counts as refused: it came" in verdict.statement


@EVERY
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_frequent_faults_at_any_pace_are_no_refusals(strategy: str, share: float) -> None:
    """By slow requests alone one in fifty would be taken for one."""
    found = 0
    for seed in range(8):
        world = World("faults", lambda _: True, BODIES["504"], faults=share, random=Random(seed))  # noqa: S311
        verdict, _ = drive_world(world, strategy)
        found += "counts as refused" in verdict.statement
    assert found <= 1


@pytest.mark.parametrize(("size", "rate", "slow"), [(8, 0.5, 10.6), (9, 0.7, 9.0), (6, 0.4, 13.1)])
def test_a_limit_is_found_by_failures_that_are_a_rest_themselves_and_come_nearly_alike(
    size: int, rate: float, slow: float
) -> None:
    """'No limit seen: 210 of 246 were accepted, 36 failed', each after five or six: what a stall of 10 s saves up."""
    world = World("stalls", Bucket(size, rate).take, (598, {}, "Network read timeout"), latency=0.09, slow=slow)
    verdict, attempts = drive_world(world, "quick")
    assert verdict.kind == "estimated"
    assert 0.98 <= (verdict.wait or 0) * rate < 1.3
    assert "An answer 598 counts as refused: it came" in verdict.statement
    assert sum(each.status == 598 for each in attempts) < 30


def test_faults_that_take_long_and_come_by_chance_are_not_regular() -> None:
    found = []
    for seed in range(400):
        random, suspects = Random(seed), Suspects()  # noqa: S311 - a simulation, not a secret
        failed = (random.random() < 0.15 for _ in range(250))
        for number, fails in enumerate(failed, 1):
            status = 504 if fails and number > 5 else 200
            suspects.judge(Attempt(number, 0.1, 0.1, 11.0 * number, 10.0 if status == 504 else 0.1, status))
        found.append(any(known.regular for known in suspects._signs.values()))
    assert sum(found) < 20


@EVERY
def test_no_more_than_two_suspects_come_at_once_and_five_never(strategy: str) -> None:
    world = World("firewall", Window(10, 1.0).take, BODIES["no answer"], ban=700, latency=0.03)
    verdict, attempts = drive_world(world, strategy)
    spacings = [attempt.spacing or 0 for attempt in attempts if attempt.outcome is Outcome.FAILED]
    assert spacings[2:] == pytest.approx([1, 3, 9, 27, 81, 243, 243], rel=0.01)
    assert "may have shut this client out because of the pace" in verdict.statement
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)


@EVERY
@pytest.mark.parametrize("kind", ["no answer", "504"])
def test_a_ban_of_ten_minutes_that_looks_like_faults_is_waited_out(strategy: str, kind: str) -> None:
    """It was given up after 364 s: 'this client may be shut out', and no wait."""
    world = World("firewall", Window(10, 1.0).take, BODIES[kind], ban=600, latency=0.03)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.098 <= (verdict.wait or 0) < 0.13


@EVERY
def test_after_bans_of_ten_minutes_it_asks_as_slowly_as_the_rules_need_and_not_in_minutes(strategy: str) -> None:
    """Ten in a second were accepted, and after two bans it asked every 304 s until its hour was over."""
    world = World("firewall", Window(10, 1.0).take, BODIES["no answer"], ban=600)
    plain = world.answer

    def answer(t: float) -> Said:
        got = plain(t)
        world.latency = 0.03 if got[0] == 200 else 0.001  # what a firewall refuses is refused at once
        return got

    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.098 <= (verdict.wait or 0) < 0.13
    assert sum(attempt.spacing == pytest.approx(304, rel=0.1) for attempt in attempts) == 0


@EVERY
def test_all_rests_are_made_where_only_the_third_other_body_is_a_suspect(strategy: str) -> None:
    """54 in each 5 min of the clock, and then a page of another shape: it was given up after 121 s."""
    refusal = 200, JSON, '{"trouble": {"code": "x17", "message": "Not now"}}'
    verdict, _ = drive_world(World("window", Clocked(54, 300.0, 20.0).take, refusal, latency=0.1), strategy)
    assert verdict.kind == "estimated"
    assert 5.3 < (verdict.wait or 0) < 9


@EVERY
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_faults_at_random_are_no_refusals(strategy: str, share: float) -> None:
    world = World("faults", lambda _: True, BODIES["504"], faults=share)
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "no limit seen"
    assert "counts as refused" not in verdict.statement
    served = sum(served for _, served, _ in world.log)
    count = f"{served} of {len(attempts)}" if served < len(attempts) else f"all of {served}"
    assert f"{count} requests" in verdict.statement


@EVERY
def test_faults_that_come_twice_running_by_chance_are_not_asked_for_again_and_again(strategy: str) -> None:
    """Most came alone: no number of quick requests shows that the few in rows never come again."""
    for seed in range(3):
        world = World("faults", lambda _: True, BODIES["504"], faults=0.1, fault=(504, {}, "oops"), latency=0.0075)
        world.random = Random(seed)  # noqa: S311
        verdict, attempts = drive_world(world, strategy)
        assert len(attempts) < 700
        failed = [each for each in attempts if each.outcome is Outcome.FAILED]
        told = f"{len(failed)} of {len(attempts)} answers were 504, and it was not seen whether" in verdict.statement
        slowly = any((each.spacing or 0.0) >= 1 for each in failed)
        assert verdict.kind != "no limit seen" or told or slowly


@EVERY
@pytest.mark.parametrize("share", [0.03, 0.1])
def test_a_quota_that_refuses_as_faults_look_is_not_taken_for_chance(strategy: str, share: float) -> None:
    """Faults come alone at any pace, refusals in rows that only rests end, and both are of one status."""
    for seed in range(2):
        world = World("window", Window(100, 60.0).take, BODIES["504"], faults=share, fault=BODIES["504"])
        world.random = Random(seed)  # noqa: S311
        verdict, _ = drive_world(world, strategy)
        assert verdict.kind == "inconclusive" or (verdict.wait or 0) >= 0.57, verdict.statement


@EVERY
def test_no_wait_is_recommended_while_the_service_is_shut_and_nobody_knows_why(strategy: str) -> None:
    world = World("shut", lambda now: now < 9.0, BODIES["504"], latency=0.0075)
    verdict, attempts = drive_world(world, strategy)
    assert [each.outcome for each in attempts[-5:]] == [Outcome.FAILED] * 5
    assert (verdict.kind, verdict.wait) == ("inconclusive", None)


@EVERY
@pytest.mark.parametrize("status", [403, 418, 420, 422, 430, 498, 509, 529, 999])
def test_a_ban_from_earlier_is_waited_for_and_says_nothing_of_the_pace(strategy: str, status: int) -> None:
    world = World("door", Bucket(10, 2.0).take, (status, {}, "not now"), first=40.0)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 0.475 <= (verdict.wait or 0) < 1


@pytest.mark.parametrize("status", [403, 420, 529])
def test_who_is_never_served_is_told_the_services_own_words_and_nothing_in_them_acts(status: int) -> None:
    world = World("door", lambda _: True, (status, {}, "You are\x1b[31m banned.\n" + "x" * 900), first=1e9)
    verdict, attempts = drive_world(world, "careful")
    assert verdict.kind == "inconclusive"
    assert "Its own words: 'You are [31m banned. xxx" in verdict.statement
    assert "\x1b" not in verdict.statement
    assert verdict.statement.count("x" * 150) == 1
    assert "x" * 201 not in verdict.statement
    assert len(attempts) <= 7


@EVERY
def test_a_pause_that_only_the_body_asks_for_is_obeyed(strategy: str) -> None:
    window = Window(10, 60.0)
    world = World("body", window.take, (429, JSON, '{"error": {"details": [{"retryDelay": "38.5s"}]}}'))
    verdict, attempts = drive_world(world, strategy)
    rests = [b.started - a.started - a.latency for a, b in pairwise(attempts) if a.status == 429]
    assert rests
    assert min(rests) >= 38.5
    assert (verdict.wait or 0) >= 5.7


@EVERY
def test_a_service_in_trouble_is_asked_after_growing_pauses(strategy: str) -> None:
    verdict, attempts = drive_world(World("down", lambda _: False, (500, {}, "")), strategy)
    assert [attempt.spacing for attempt in attempts[1:]] == pytest.approx([1, 3, 9, 27], rel=0.01)
    assert verdict.wait is None


@EVERY
def test_counts_that_come_late_are_waited_for(strategy: str) -> None:
    seen: list[float] = []

    def takes(t: float) -> bool:
        known = sum(t - 60 < each <= t - 12 for each in seen)  # twelve seconds pass until a request is counted
        seen.append(t)
        return known < 30

    verdict, _ = drive_world(World("late", takes, (429, {}, "")), strategy)
    assert verdict.kind != "no limit seen"


@EVERY
def test_a_service_that_slows_down_instead_of_refusing_is_told_as_such(strategy: str) -> None:
    times: list[float] = []
    world = World("slow", lambda _: True, (429, {}, ""))
    plain = world.answer

    def answer(t: float) -> Said:
        times[:] = [*(each for each in times if each > t - 60), t]
        world.latency = 0.08 + 0.5 * max(0, len(times) - 5)
        return plain(t)

    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert "the first one 0.08 s: the service may slow down instead of refusing" in verdict.statement
    assert verdict.kind != "no limit seen"
    longest = max(attempt.wait or 0 for attempt in attempts)
    quick = [attempt.latency for attempt in attempts if attempt.wait == longest][-2:]
    assert quick == pytest.approx([0.08, 0.08])
    assert f"asked every {as_wait(longest)} it answered in 0.08 s again, twice in a row" in verdict.statement
    assert longest < 13.5, "five in 60 s are answered quickly: 12 s, and what is named is at most a step longer"
    assert "still in 1.08 s" in verdict.statement
    assert median(attempt.latency for attempt in attempts if (attempt.wait or 0) < longest) > 0.24


def test_a_service_that_stays_slow_is_not_asked_for_long_when_it_is_quick_again() -> None:
    """Its answers get slower with each request, whatever the pace: six steps to eight times the wait, and no more."""
    world = World("tired", lambda _: True, (429, {}, ""))
    plain, asked = world.answer, iter(range(10_000))

    def answer(t: float) -> Said:
        world.latency = 0.05 + 0.004 * next(asked)
        return plain(t)

    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, "quick")
    waits = [attempt.wait or 0 for attempt in attempts]
    assert "Answers took" in verdict.statement
    assert "again, twice in a row" not in verdict.statement
    assert waits[-48:] == pytest.approx([2 ** (step / 2) * waits[-49] for step in range(1, 7) for _ in range(8)])


def test_bodies_that_differ_in_size_alone_now_and_then_are_served_all_the_same() -> None:
    sizes = iter([900, 1000, *[1000] * 9, 300, *[1000] * 7, 2500] + [1000] * 400)
    world = World("feed", lambda _: True, BODIES["504"])
    plain = world.answer
    world.answer = lambda t: (200, JSON, "[" + "1" * next(sizes) + plain(t)[2][:0])  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, "quick")
    assert verdict.kind == "no limit seen"
    assert f"all of {len(attempts)} requests" in verdict.statement


@EVERY
def test_bodies_of_many_kinds_tell_nothing_and_are_served_all_the_same(strategy: str) -> None:
    """The bundled service sends pictures, tables and texts by turns: none of them is a refusal."""
    draw = Random(5)  # noqa: S311 - a simulation, not a secret
    world = World("gap", Bucket(1, 2.0).take, (429, {}, ""))
    plain = world.answer

    def answer(t: float) -> Said:
        status, _, _ = plain(t)
        kind = draw.choice(["image/png", "text/csv", "application/fits", "text/html"])
        return status, {"Content-Type": kind}, "x" * draw.randrange(10, 5000) if status == 200 else ""

    world.answer = answer  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind in {"estimated", "certified"}
    assert 0.475 <= (verdict.wait or 0) < 0.8
    assert "counts as refused" not in verdict.statement
    assert sum(attempt.status == 200 for attempt in attempts) == sum(served for _, served, _ in world.log)


OTHER: Said = (200, {"Content-Type": "text/csv"}, "year,temperature\n1880,-0.17\n1881,-0.09\n")


def two_kinds(which: Iterator[bool], limit: Callable[[float], bool]) -> World:
    """An address that has another body where `which` says so, and refuses with 429 beyond its limit."""
    world = World("two kinds", limit, (429, {}, ""))
    real = world.answer

    def answer(t: float) -> Said:
        said = real(t)
        return OTHER if said[0] == 200 and next(which) else said

    world.answer = answer  # type: ignore[method-assign]
    return world


def by_turns() -> Iterator[bool]:
    return cycle([False, True])


def by_chance(seed: int, share: float) -> Iterator[bool]:
    draws = Random(seed)  # noqa: S311 - no secret
    return (draws.random() < share for _ in repeat(None))


KINDS = pytest.mark.parametrize(
    "which", [by_turns, partial(by_chance, 994214600, 0.5), partial(by_chance, 994214601, 0.3)]
)


@EVERY
@KINDS
def test_two_kinds_of_bodies_at_any_pace_are_no_refusals(strategy: str, which: Callable[[], Iterator[bool]]) -> None:
    """All 1,500 requests were spent, and nothing was said of it, where two documents came by turns."""
    verdict, attempts = drive_world(two_kinds(which(), lambda _: True), strategy)
    assert verdict.kind == "no limit seen"
    other = sum(attempt.media_type == "text/csv" for attempt in attempts)
    assert f"{other} of {len(attempts)} accepted answers came with a body" in verdict.statement


@EVERY
@KINDS
def test_a_limit_is_found_behind_two_kinds_of_bodies(strategy: str, which: Callable[[], Iterator[bool]]) -> None:
    verdict, _ = drive_world(two_kinds(which(), Bucket(5, 1.0).take), strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.99 <= (verdict.wait or 0) < 1.5


@EVERY
def test_errors_with_a_good_status_at_any_pace_do_not_pass_for_served(strategy: str) -> None:
    """Half of the answers begin with an error: which of the two kinds serves is not for the probe to say."""
    world = two_kinds(by_turns(), lambda _: True)
    real = world.answer
    failed: Said = (200, JSON, '{"error": "try again"}')
    world.answer = lambda t: failed if real(t) is OTHER else world.good  # type: ignore[method-assign]
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert "15 of 30 requests at this pace failed or were answered otherwise" in verdict.statement
    assert len(attempts) < 150


def test_a_look_is_compared_by_type_size_and_first_key() -> None:
    def look(body: str, media_type: str = "application/json") -> Look:
        return Look.of(Attempt(1, None, None, 0, 0.1, 200, media_type=media_type, size=len(body), excerpt=body))

    known = [look(GOOD)]
    assert not look(GOOD).unlike(known)
    assert not look(GOOD[:-400]).unlike(known)
    assert look(GOOD, "text/html").unlike(known) == "a body of type text/html"
    assert look('{"Note": 1}').unlike(known) == "a body that begins with 'Note'"
    assert look("").unlike(known) == "an empty body"
    assert look('{"Time Series": {"0": 1}}').unlike(known) == "a much shorter body"
    assert look('{"Time Series": 1}').unlike(known) == "a body with no list or object in 'Time Series'"
    assert look(GOOD * 3).unlike(known) == "a much longer body"
    assert not look("anything").unlike([])


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_where_most_good_statuses_carry_nothing_it_is_not_known_which_answers_serve(strategy: str) -> None:
    """The first answer was refused by an empty 200, which then passed for one that serves."""
    world = World("shut", lambda t: 0.5 < t < 1.5, BODIES["200 that is empty"])
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == "inconclusive"
    assert verdict.wait is None
    assert "were empty or began with an error, and the others did not" in verdict.statement


def test_where_bodies_alone_differ_it_is_not_said_that_those_at_rest_were_served() -> None:
    """The first answers were pages of a ban, and what served came later: the other way round looks the same."""
    world = World("late", lambda t: t > 5, BODIES["200 with a page"])
    verdict, _ = drive_world(world, "quick")
    assert "requests were answered as at rest, and then" in verdict.statement
    assert "were accepted" not in verdict.statement


@EVERY
def test_requests_that_hang_after_equally_many_are_refused(strategy: str) -> None:
    """Each took half a minute to fail, which is a rest: no two came in a row, and no limit was seen."""
    verdict, attempts = drive_world(World("hangs", Window(10, 10.0).take, BODIES["no answer"], slow=30.0), strategy)
    assert verdict.kind == "estimated"
    assert 1.0 <= (verdict.wait or 0) < 1.5
    assert "A request without an answer counts as refused" in verdict.statement
    assert sum(attempt.outcome is not Outcome.ACCEPTED for attempt in attempts) < 60


@EVERY
@pytest.mark.parametrize("took", [8.0, 12.0, 25.0])
def test_what_fails_slowly_and_one_by_one_is_asked_for_slowly(strategy: str, took: float) -> None:
    """'No limit seen' was said, and 0.08 s, where a third of all requests failed after 12 s of work each."""
    verdict, _ = drive_world(World("works", Window(6, 30.0).take, (500, {}, ""), slow=took), strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 4.9 <= (verdict.wait or 0) < 9.5
    assert "An answer 500 counts as refused" in verdict.statement


@EVERY
def test_a_bucket_that_fails_slowly_when_it_is_empty_is_found(strategy: str) -> None:
    """One comes back in 2.5 s: a fifth of all failed, and 'no limit seen' was the verdict."""
    verdict, attempts = drive_world(World("works", Bucket(12, 0.4).take, (500, {}, ""), slow=12.0), strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.95 * 2.5 <= (verdict.wait or 0) < 1.15 * 2.5
    assert "An answer 500 counts as refused" in verdict.statement
    assert sum(attempt.outcome is not Outcome.ACCEPTED for attempt in attempts) < 0.05 * len(attempts)


def test_a_small_bucket_that_fails_slowly_is_told_from_chance_by_how_evenly_it_fails() -> None:
    """Of a bucket of 4 each fifth failed after 10 s, after four good ones each time: 'no wait helps' was said."""
    verdict, _ = drive_world(World("gateway", Bucket(4, 0.5).take, (504, {}, ""), slow=10.0), "quick")
    assert verdict.kind == "estimated"
    assert 0.95 * 2.0 <= (verdict.wait or 0) < 1.2 * 2.0


def _served_by_chance(draws: Random, _: float) -> bool:
    return draws.random() > 0.15


def test_what_fails_slowly_by_chance_is_hardly_ever_taken_for_a_refusal() -> None:
    """It is asked for at several paces, from each of which it may stay away by chance."""
    taken = 0
    for seed in range(994200100, 994200112):
        draws = Random(seed)  # noqa: S311 - no secret
        world = World("by chance", partial(_served_by_chance, draws), (502, {}, ""), slow=9.0)
        verdict, _ = drive_world(world, "quick")
        taken += "502 counts as refused" in verdict.statement
    assert taken <= 1


def test_requests_that_hang_at_any_pace_are_faults() -> None:
    for seed in range(4):
        rare = World("hangs", lambda _: True, BODIES["no answer"], faults=0.06, slow=30.0, random=Random(seed))  # noqa: S311
        rare.fault = BODIES["no answer"]
        verdict, _ = drive_world(rare, "quick")
        assert "counts as refused" not in verdict.statement


@EVERY
def test_pages_that_are_longer_than_the_first_one_are_no_sign_before_any_haste(strategy: str) -> None:
    """The first answer happened to be short; all later ones were taken for those of a ban."""
    lengths = iter([40, *(Random(5).randrange(200, 900) for _ in range(5000))])  # noqa: S311
    world = World("pages", Bucket(10, 1.0).take, BODIES["403"])
    real = world.answer

    def answer(t: float) -> Said:
        status, headers, body = real(t)
        return (
            (status, headers, '{"id": 1, "text": "' + "x" * next(lengths) + '"}') if status == 200 else (403, {}, body)
        )

    world.answer = answer  # type: ignore[method-assign]
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.98 <= (verdict.wait or 0) < 1.6


@EVERY
def test_a_sign_that_haste_brings_back_each_time_is_found_though_the_first_slow_requests_met_it_too(
    strategy: str,
) -> None:
    """A bucket of seven gains one in three seconds: before, a certificate took all requests, and was none."""
    family = next(each for each in WILD if each.name == "200 with an error body")
    service, clock = family.service(164000001)
    outcome = run(STRATEGIES[strategy](Goal(), Budget()), service, clock)
    assert outcome.verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert (outcome.verdict.wait or 0.0) >= service.steady_wait(0.05)
    assert len(outcome.attempts) <= 250


def test_what_comes_late_after_haste_is_looked_for_as_soon_as_haste_was_repeated() -> None:
    """Before, the second run was twice as long, so that the sign came too late to be one."""
    service = Service(Ban(LateCount(23, 38.7, 16.3), 110.4), 0.04, seed=3, refusal=(403, "Request blocked."))
    outcome = run(quick(Goal(), Budget(requests=480)), service, Clock(1e6))
    assert "An answer 403 counts as refused" in outcome.verdict.statement
    runs = [len(list(group)) for status, group in groupby(each.status for each in outcome.attempts) if status == 200]
    assert runs[1] <= runs[0] + 4
    assert runs[0] + runs[1] <= 440


def test_answers_that_grow_are_no_queue_while_they_do() -> None:
    """A service that delays what comes beyond half of its window, and refuses what comes beyond it."""
    rule = Slowing(18, 5.5, 0.1)
    outcome = run(careful(Goal(), Budget()), Service(rule, 0.05, seed=1), Clock(100))
    slowest = max(each.latency for each in outcome.attempts)
    assert rule.steady_wait(0.05) <= (outcome.verdict.wait or 0.0) <= 1.2 * slowest


def test_where_answers_were_slow_and_none_was_refused_the_sentence_says_so() -> None:
    outcome = run(careful(Goal(), Budget()), Service(Slowing(46, 32.2, 0.367), 0.09, seed=4), Clock(100))
    assert outcome.refused == 0
    evidence = outcome.verdict.accepted
    before = [each.latency for each in outcome.attempts[1:-evidence]]
    first = outcome.attempts[0].latency
    slow = [each for each in before if each > max(3 * first, first + 0.1)]
    said = f"Nothing was refused; before that, {len(slow)} answers took up to {told(max(slow))} s"
    assert said in outcome.verdict.statement


@pytest.mark.parametrize("alike", [False, True], ids=["each another", "alike before"])
def test_where_no_two_answers_look_alike_none_is_set_aside_that_came_more_slowly_than_what_was_refused(
    alike: bool,
) -> None:
    """A service of random pictures and tables, which refuses by its status; and one whose answers were alike so far."""
    suspects = Suspects()
    types = ["a/json", "a/json", "b/csv", "c/png", "d/gif"] if alike else ["a/json", "b/csv", "c/png", "d/gif"]
    rows = [(None, 200, types[0]), (0.5, 503, ""), (1.0, 503, ""), *((2.0, 200, each) for each in types[1:])]
    judged = [
        suspects.judge(Attempt(i + 1, spacing, spacing, 2.0 * i, 0.1, status, media_type=kind, size=99))
        for i, (spacing, status, kind) in enumerate(rows)
    ]
    aside = [each.number for each in judged if each.outcome is Outcome.FAILED]
    assert aside == ([5] if alike else [])


@EVERY
def test_what_was_being_made_at_first_is_no_measure_of_what_is_served(strategy: str) -> None:
    """'The service may have shut this client out' was said when 202 had become 200 (GitHub's statistics)."""
    world = World("making", lambda t: t > 6, (202, JSON, "{}"))
    verdict, attempts = drive_world(world, strategy)
    assert verdict.kind == "no limit seen"
    assert attempts[0].status == 202
    assert f"all of {len(attempts)} requests" in verdict.statement


@EVERY
@pytest.mark.parametrize("made", [0.0, 4.0], ids=["served at once", "made at first"])
def test_what_is_put_off_when_it_is_asked_for_too_soon_is_refused(strategy: str, made: float) -> None:
    window = Window(10, 10.0)
    world = World("queue", lambda t: t >= made and window.take(t), (202, JSON, "{}"))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.95 <= (verdict.wait or 0) < 1.6
    assert "An answer 202 with a body" in verdict.statement


@EVERY
@pytest.mark.parametrize(
    "dropped",
    [(204, {}, ""), (200, {"Content-Type": "text/html"}, "<html><title>Busy</title><body>busy</body></html>")],
    ids=["nothing", "a page"],
)
def test_where_202_is_what_is_served_another_good_status_may_be_what_is_not(
    strategy: str, dropped: tuple[int, dict[str, str], str]
) -> None:
    """The measure was turned round: what was served counted as answered otherwise."""
    window = Window(10, 10.0)
    world = World("taken in", lambda _: True, dropped)
    world.answer = lambda t: (202, JSON, '{"id": "x", "accepted": true}') if window.take(t) else dropped  # type: ignore[method-assign]
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.95 <= (verdict.wait or 0) < 1.6
    assert f"An answer {dropped[0]} with" in verdict.statement


@EVERY
def test_no_limit_is_not_said_of_what_was_being_made_nearly_all_the_time(strategy: str) -> None:
    """'No limit seen' was said where one answer of 310 held what was asked for."""
    verdict, attempts = drive_world(World("making", lambda t: t > 28, (202, JSON, "{}")), strategy)
    assert verdict.kind == "inconclusive"
    assert f" of {len(attempts)} answers hold what was asked for" in verdict.statement


def shut_out(limit: Callable[[float], bool], most: int, seconds: float, ban: float) -> World:
    """A gentle limit by 429, and 403 for so long where more than `most` were served in so many seconds."""
    world = World("shut out", limit, (429, {}, ""))
    real, behind, until = world.answer, Window(most, seconds), [-1.0]

    def answer(t: float) -> Said:
        if t < until[0]:
            world.log.append((t, False, 403))
            return BODIES["403"]
        said = real(t)
        if said[0] != 200 or behind.take(t):
            return said
        behind.times.clear()
        until[0] = t + ban
        world.log[-1] = (t, False, 403)
        return BODIES["403"]

    world.answer = answer  # type: ignore[method-assign]
    return world


@pytest.mark.parametrize(
    ("wait", "most", "seconds", "ban"), [(0.4, 60, 120.0, 60.0), (0.2, 45, 40.0, 60.0), (0.1, 60, 30.0, 30.0)]
)
def test_no_wait_is_certified_before_it_would_have_brought_a_row_of_suspects_back(
    wait: float, most: int, seconds: float, ban: float
) -> None:
    """What shut out for haste came in the run-up, was rested out, and did not come back in 59 requests."""
    verdict, _ = drive_world(shut_out(Gap(wait).take, most, seconds, ban), "careful")
    assert verdict.kind == "certified"
    assert (verdict.wait or 0.0) >= 0.95 * seconds / most


def probed(*rows: tuple[int, int]) -> tuple[Manners, Trial]:
    """A probe that had so many answers of a status each, one a second, the last ones as evidence."""
    row = [status for count, status in rows for _ in range(count)]
    manners = Manners(Goal(), Budget(), [Attempt(i, 1.0, 1.0, float(i), 0.1, each) for i, each in enumerate(row, 1)])
    return manners, Trial(1.0, sent=rows[-1][0] - 1, evidence=manners.attempts[1 - rows[-1][0] :])


def test_what_is_missing_is_counted_from_the_last_row_and_waited_for_where_it_is_not_too_much() -> None:
    manners, trial = probed((60, 200), (2, 403), (50, 200))
    unmet = manners.suspects.unmet(trial.evidence)
    assert unmet is not None
    assert (unmet.before, unmet.since, unmet.missing) == (60, 49, 2 * 60 + 11 - 49)
    assert met_soon(manners, trial, 131)
    assert not met_soon(manners, trial, 130), "too many"
    manners.budget = Budget(seconds=manners.seconds + unmet.missing)
    assert not met_soon(manners, trial, 131), "too long"
    manners.suspects.learned.add("403")
    assert manners.suspects.unmet(trial.evidence) is None, "it is known what it is"
    enough, trial = probed((60, 200), (2, 403), (132, 200))
    assert enough.suspects.unmet(trial.evidence) is None


def test_a_row_that_would_take_too_much_to_bring_back_is_said_and_nothing_is_certified() -> None:
    manners, trial = probed((195, 200), (2, 403), (80, 200))
    assert not met_soon(manners, trial, OUTLAST)
    search = Search(manners, 1.15, 300)
    said = "403 came twice or more in a row, after 195 requests had been accepted: whether haste is why was not seen"
    assert said in estimate(search, trial).statement
    found = shown(search, trial)
    assert said in found.unmet
    verdict = _doubted(search, found)
    assert verdict is not None
    assert (verdict.kind, said in verdict.statement) == ("estimated", True)


@pytest.mark.parametrize("row", [[403], [200, 403], [200, 403, 200, 403, 200, 403, 403]])
def test_what_comes_alone_is_waited_for_no_longer(row: list[int]) -> None:
    suspects = Suspects()
    for i, status in enumerate([*[200] * 60, *row, 200, 200], 1):
        suspects.judge(Attempt(i, 1.0, 1.0, float(i), 0.1, status))
    assert suspects.unmet([]) is None


def test_failures_are_said_by_their_status() -> None:
    """'13 failed' named no status, which is what a person looks for in the service's log."""
    world = World("faults", lambda _: True, (429, {}, ""), faults=0.05)
    verdict, attempts = drive_world(world, "quick")
    failed = sum(each.status == 500 for each in attempts)
    assert failed
    assert f"were accepted, {failed} failed with 500, no answer refused" in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
def test_where_a_redirect_leads_that_is_a_refusal_is_told(strategy: str) -> None:
    """Asked too fast, a search engine sends on to a page for people: only '302' was said."""
    there = {"Location": "https://search.example/sorry/index?continue=x&q=EgQul"}
    verdict, _ = drive_world(World("sorry", Window(30, 60.0).take, (302, there, "")), strategy)
    assert "An answer 302 counts as refused" in verdict.statement
    assert " It sends on to https://search.example/sorry/index." in verdict.statement
