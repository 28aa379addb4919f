"""Refusals that come in spells, whatever the pace, are not taken for a limit that a longer wait keeps."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest

from tests.bench.arena_wild import WILD
from tests.bench.arena_world import run
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import careful
from widgets.probe.strategies.chance import Chance, by_chance
from widgets.probe.strategies.trial import Trial, caveats

SPELLS = next(family for family in WILD if family.name == "spells, heavy")


def log(*rows: tuple[float, str]) -> list[Attempt]:
    """Attempts by their spacing and whether each was accepted (`+`), refused (`-`) or failed (`!`)."""
    flat = [(spacing, each) for spacing, answers in rows for each in answers]
    status = {"+": 200, "-": 429, "!": 500}
    times = list(accumulate(spacing for spacing, _ in flat))
    return [
        Attempt(i, spacing, spacing, at, 0.01, status[each])
        for i, ((spacing, each), at) in enumerate(zip(flat, times, strict=True), 1)
    ]


def test_a_refusal_after_long_haste_and_none_in_as_long_slowness_may_be_chance() -> None:
    attempts = log((0.1, "+" * 100 + "-"), (10.0, "+"), (0.2, "+" * 60))
    chance = by_chance(attempts, attempts[-60:], 0.2)
    assert (chance.quick, chance.slow) == (1, 0)
    assert chance.quick_seconds == pytest.approx(10.0)
    assert chance.slow_seconds == pytest.approx(12.0)
    assert chance.probability == pytest.approx(10 / 22)
    assert caveats(attempts, Trial(0.2, evidence=attempts[-60:])) == (
        "Refusals began once in 10 s of quicker requests, and never in 12 s at this pace or slower ones: if the pace "
        "had nothing to do with it, that would be no surprise (so few come in 45 of 100 cases), and they would come "
        "again."
    )


def test_a_refusal_after_short_haste_is_no_chance() -> None:
    attempts = log((0.1, "+++-"), (10.0, "+"), (2.0, "+" * 60))
    assert by_chance(attempts, attempts[-60:], 2.0).probability < 0.01
    assert caveats(attempts, Trial(2.0, evidence=attempts[-60:])) == ""


def test_what_a_late_count_may_refuse_is_laid_to_the_haste_before() -> None:
    attempts = log((0.1, "+" * 100), (5.0, "-"), (5.0, "+"), (0.3, "+" * 60))
    chance = by_chance(attempts, attempts[-60:], 0.3)
    assert (chance.quick, chance.slow) == (1, 0)
    assert chance.quick_seconds == pytest.approx(14.9)


def test_time_in_a_block_and_faults_are_not_counted() -> None:
    attempts = log((1.0, "+-"), (50.0, "-+"), (3.0, "+!+"))
    assert by_chance(attempts, [], 3.0) == Chance(1, 1.0, 0, 9.0)


def test_where_haste_met_no_refusal_there_is_nothing_to_doubt() -> None:
    assert not Chance(0, 100.0, 2, 10.0).plausible
    assert not Chance(0, 0.0, 0, 0.0).plausible


@pytest.mark.parametrize(("seconds", "said"), [(9.0, "10 of 100 cases"), (60.0, "2 of 100 cases"), (5000.0, "")])
def test_a_small_chance_is_told_with_the_certificate(seconds: float, said: str) -> None:
    assert Chance(1, 1.0, 0, seconds).met == said


def test_spells_of_refusals_are_hardly_ever_certified() -> None:
    """One of them may fall between quick requests by chance alone: what is as likely as 3 in 100 forbids nothing."""
    verdicts = [run(careful(Goal(), Budget()), *SPELLS.service(seed)).verdict for seed in range(44_000_001, 44_000_005)]
    assert sum(verdict.kind == "certified" for verdict in verdicts) <= 1
    assert any("if the pace had nothing to do with it" in verdict.statement for verdict in verdicts)


def test_what_is_nearly_as_slow_tells_neither_way() -> None:
    attempts = log((0.5, "+-"), (5.0, "+"), (1.9, "+" * 20 + "-"), (5.0, "+"), (2.0, "+" * 60))
    chance = by_chance(attempts, attempts[-60:], 2.0)
    assert (chance.quick, chance.slow) == (1, 0)
    assert (chance.quick_seconds, chance.slow_seconds) == pytest.approx((1.0, 120.0), abs=0.6)


def test_a_refusal_of_nearly_this_pace_counts_for_haste_where_no_quicker_one_was_refused() -> None:
    attempts = log((1.9, "+" * 20 + "-"), (5.0, "+"), (2.0, "+" * 60))
    chance = by_chance(attempts, attempts[-60:], 2.0)
    assert (chance.quick, chance.slow, chance.hasty) == (1, 0, True)
    assert chance.probability == pytest.approx(38 / 158, abs=0.01)


def test_refusals_that_no_haste_brought_about_are_weighed_against_the_time_of_the_evidence() -> None:
    """All that were refused came as slowly: so few in the evidence are what chance explains, or does not."""
    attempts = log((2.0, "+" * 20 + "-"), (5.0, "+"), (2.0, "+" * 60))
    trial = Trial(2.0, evidence=attempts[-60:])
    assert trial.chance(attempts) == Chance(1, 40.0, 0, 120.0, hasty=False)
    assert caveats(attempts, trial) == (
        "Refusals began once in 40 s of requests at this pace or slower ones before, and never in 120 s in which it "
        "was tested: if the pace had nothing to do with it, that would be no surprise (so few come in 25 of 100 "
        "cases), and they would come again."
    )


def test_what_is_known_of_chance_is_renewed_with_each_answer_each_judgement_and_each_wait() -> None:
    attempts = log((0.5, "+-"), (5.0, "+"), (2.0, "+" * 60))
    trial = Trial(2.0, evidence=attempts[-60:])
    assert trial.chance(attempts) is trial.chance(list(attempts))
    judged = [replace(each, judged=Outcome.FAILED) if each.outcome is Outcome.REFUSED else each for each in attempts]
    assert judged == attempts
    assert (trial.chance(attempts).quick, trial.chance(judged).quick) == (1, 0)
    trial.evidence = trial.evidence[:-1]
    assert trial.chance(attempts) == by_chance(attempts, attempts[-60:-1], 2.0)
    trial.wait = 9.0
    assert trial.chance(attempts) == by_chance(attempts, attempts[-60:-1], 9.0)


def test_a_service_that_never_refused_is_not_doubted() -> None:
    attempts = log((1.0, "+" * 20), (2.0, "+" * 60))
    assert not by_chance(attempts, attempts[-60:], 2.0).probability
