from __future__ import annotations

import math
from dataclasses import replace

import pytest

from server.limiters import FixedWindow, MinimumGap, RandomFailures, SlidingLog, TokenBucket, Unlimited
from tests.bench.arena import quantile
from tests.bench.arena_rules import Tiers
from tests.bench.arena_wild import SCALES
from tests.bench.arena_world import Clock, Run, Service, run
from tests.probe.worlds import Bucket, World, drive_world
from widgets.model.attempt import Attempt, Budget, Goal
from widgets.probe.identify.steady import Belief
from widgets.probe.strategies import quick
from widgets.probe.strategies.manners import Manners
from widgets.probe.strategies.quick import RAPID, RATIO, Count, believed, compared, unpaced
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.statements import LEANING
from widgets.probe.strategies.trial import Trial


def probe(limiter: MinimumGap | TokenBucket | Unlimited | RandomFailures | Tiers, seed: int = 0) -> Run:
    return run(quick(Goal(), Budget()), Service(limiter, seed=seed), Clock())


def test_on_the_reference_service_twenty_three_waits_and_four_refusals_are_enough() -> None:
    runs = [probe(MinimumGap(seed=seed), seed) for seed in range(1000)]
    waits = [outcome.verdict.wait or 0 for outcome in runs]
    assert quantile([outcome.verdict.seconds for outcome in runs], 0.5) <= 23 * 6.375
    assert quantile([outcome.refused for outcome in runs], 0.5) <= 4
    assert quantile(waits, 0.5) / 6.375 <= 1.20
    assert sum(wait >= 6.375 for wait in waits) >= 990


@pytest.mark.parametrize("factor", SCALES[1:14:2])
def test_at_no_scale_of_the_reference_rule_more_than_a_few_estimates_are_unsafe(factor: float) -> None:
    """One scale alone is luck: where the last step lands just below what is safe, straight answers must tell."""
    runs = [probe(MinimumGap(4 * factor, 2.5 * factor, seed=seed), seed) for seed in range(60)]
    assert sum((outcome.verdict.wait or math.inf) < 6.375 * factor * 0.999 for outcome in runs) <= 2
    assert all(outcome.verdict.kind == "estimated" for outcome in runs)


def test_an_estimate_says_that_it_leans_on_a_margin_and_what_it_does_not_exclude() -> None:
    verdict = probe(MinimumGap(seed=1)).verdict
    assert verdict.kind == "estimated"
    assert verdict.tested is not None
    assert verdict.wait == verdict.tested * 1.1
    for words in ("if there is no rare long tail", "10 % was added as a margin", "Not excluded", "changes later"):
        assert words in verdict.statement
    assert verdict.refusal_bound > 0.05


def test_a_burst_does_not_pass_for_a_pace() -> None:
    limiter = TokenBucket(rate=0.5, burst=20)
    verdict = probe(limiter).verdict
    assert verdict.kind == "estimated"
    assert (verdict.wait or 0) >= limiter.steady_wait(0.05)


@pytest.mark.parametrize(("quickest", "refused", "wanted"), [(0.1, 1, 24), (0.49, 1, 24), (0.51, 1, 13), (0.1, 0, 13)])
def test_where_a_burst_was_served_more_straight_answers_are_wanted(quickest: float, refused: int, wanted: int) -> None:
    """Behind one count there may be another: no gap makes a wait necessary that was cut by half, and served."""
    times = [0.0, quickest, 9.0, *range(20, 80)]
    attempts = [
        Attempt(number, 1.0, at - times[number - 2] if number > 1 else None, at, 0.01, 200)
        for number, at in enumerate(times, 1)
    ]
    attempts[2] = replace(attempts[2], status=429 if refused else 200)
    count = Count(Search(Manners(Goal(), Budget(), attempts), RATIO, RAPID))
    enough = [n for n in range(1, 60) if count.content(Trial(1.0, evidence=attempts[-n:]))]
    assert enough == list(range(wanted, 60))


@pytest.mark.parametrize("rate", [0.7, 2.0])
def test_a_second_count_behind_the_first_is_met_before_an_estimate(rate: float) -> None:
    limiter = Tiers([TokenBucket(rate, 4), SlidingLog(29, 29 * 2.5 / rate)])
    verdict = probe(limiter).verdict
    assert verdict.kind == "estimated"
    assert limiter.steady_wait(0.05) <= (verdict.wait or 0) <= 1.5 * limiter.steady_wait(0.05)


class Costly(Bucket):
    """A bucket of which what is refused takes tokens as well, down to as many below none as it holds twice."""

    cost = 3.0

    def take(self, t: float) -> bool:
        served = super().take(t)
        self.level = self.level if served else max(-2 * self.size, self.level - self.cost)
        return served


def test_what_all_rules_say_is_not_leant_on_where_another_rule_is_likelier() -> None:
    """'0.72 s seems safe' was said where refusals cost as well, the likeliest rule being a ban that did not fit."""
    world = World("costly", Costly(20, 1.0).take, (429, {}, ""), latency=0.08)
    verdict, attempts = drive_world(world, "quick")
    assert verdict.kind == "estimated"
    assert LEANING not in verdict.statement
    assert 0.99 <= (verdict.wait or 0) < 1.3
    assert not compared(attempts)


@pytest.mark.parametrize("seed", range(12))
def test_a_dozen_answers_within_a_moment_are_no_pace(seed: int) -> None:
    """'0.026 s seems safe' was said of 0.9 s: two refusals by chance had led to a wait that answers take anyway."""
    rule = RandomFailures(FixedWindow(52, 48), 0.01, as_refusals=True, seed=seed)
    turns = iter(range(1, 10_000))

    def take(t: float) -> bool:
        return next(turns) not in {1, 9} and rule.ask(t).accepted

    verdict, attempts = drive_world(World("chance", take, (429, {}, ""), latency=0.025), "quick")
    assert (verdict.wait or math.inf) > 0.7 * rule.steady_wait(0.05)
    assert sum(attempt.status == 200 for attempt in attempts) > 52


def test_of_a_service_whose_answers_take_long_not_as_many_are_awaited_as_for_no_limit() -> None:
    """210 requests and 18 minutes it took for a gap of 5 s, of which 3 s were the answer."""
    rule = MinimumGap(5.0, 0.0)
    verdict, attempts = drive_world(World("slow", lambda t: rule.ask(t).accepted, (429, {}, ""), latency=3.0), "quick")
    assert verdict.wait
    assert 5.0 <= verdict.wait <= 6.5
    assert len(attempts) < 40


def test_answers_that_take_half_as_long_as_the_wait_are_unpaced() -> None:
    answers = [Attempt(number, 0.02, 0.02, number * 0.02, 0.01 * number, 200) for number in (1, 2, 3)]
    assert unpaced(Trial(0.04, evidence=answers))
    assert not unpaced(Trial(0.041, evidence=answers))
    assert not unpaced(Trial(0.0))


def test_where_nothing_is_refused_it_says_how_much_was_sent() -> None:
    outcome = probe(Unlimited())
    assert outcome.verdict.kind == "no limit seen"
    assert len(outcome.attempts) <= 215
    assert f"more than {len(outcome.attempts)} requests" in outcome.verdict.statement


@pytest.mark.parametrize(("limiter", "most"), [(SlidingLog(30, 60), 60), (MinimumGap(0.03, 0.01), 14)])
def test_where_all_rules_agree_an_estimate_need_not_outlast_what_they_exclude(
    limiter: SlidingLog | MinimumGap, most: int
) -> None:
    """It took 200 requests for a gap of 0.04 s, since ten steps down to it looked like a burst."""
    outcome = run(quick(Goal(), Budget()), Service(limiter, 0.01), Clock())
    verdict = outcome.verdict
    assert verdict.kind == "estimated"
    assert limiter.steady_wait(0.05) <= (verdict.wait or 0) <= 1.3 * limiter.steady_wait(0.05)
    assert verdict.accepted <= most
    assert LEANING in verdict.statement


@pytest.mark.parametrize(
    ("waits", "doubt", "low", "saved", "agreed"),
    [
        (((0.9, 1.0),), 0.0, 0.5, 0, True),
        (((0.9, 0.99), (1.2, 0.01)), 0.0, 0.5, 0, False),
        (((0.9, 1.0),), 0.02, 0.5, 0, False),
        (((0.9, 1.0),), 0.0, 0.95, 0, False),
        (((0.9, 1.0),), 0.0, 0.5, 12, True),
        (((0.9, 1.0),), 0.0, 0.5, 13, False),
    ],
)
def test_all_rules_are_believed_where_they_are_firm_and_nothing_refused_contradicts_them(
    waits: tuple[tuple[float, float], ...], doubt: float, low: float, saved: int, agreed: bool
) -> None:
    class Known(Search):
        def belief(self) -> Belief:
            return Belief(waits, doubt)

    attempts = [Attempt(i, 1.0, 1.0, float(i), 0.01, 200) for i in range(1, 25)]
    search = Known(Manners(Goal(), Budget(), attempts), RATIO, RAPID)
    search.ledger.low, search.quota.burst = low, saved
    assert believed(search, Trial(1.0, evidence=attempts)) is agreed
