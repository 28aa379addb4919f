"""What was refused is done once more before a certificate, where refusals may have come in spells whatever the pace."""

from __future__ import annotations

from dataclasses import astuple
from itertools import accumulate

import pytest

from tests.bench.arena_families import FAMILIES
from tests.bench.arena_wild import WILD
from tests.bench.arena_world import Run, run
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import careful
from widgets.probe.strategies.chance import NEGLIGIBLE
from widgets.probe.strategies.haste import MORE, Again, Haste, again, cheaper, in_doubt, seen, soonest, usual_spell
from widgets.probe.strategies.history import Cycle
from widgets.probe.strategies.manners import Manners
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.trial import Trial

FAMILY = {family.name: family for family in (*FAMILIES, *WILD)}
HASTE = Haste(wait=0.1, run=5, seconds=0.5, block=8.0)


def probed(family: str, seed: int, **budget: int) -> Run:
    return run(careful(Goal(), Budget(**budget)), *FAMILY[family].service(seed))


def log(*rows: tuple[float, str]) -> list[Attempt]:
    """Attempts by their spacing and whether each was accepted (`+`) or refused (`-`)."""
    flat = [(spacing, each) for spacing, answers in rows for each in answers]
    times = list(accumulate(spacing for spacing, _ in flat))
    return [
        Attempt(i, spacing if i > 1 else None, spacing if i > 1 else None, at, 0.01, 200 if each == "+" else 429)
        for i, ((spacing, each), at) in enumerate(zip(flat, times, strict=True), 1)
    ]


def on_trial(*rows: tuple[float, str]) -> tuple[Search, Trial]:
    """A search that knows this log, and its last 60 attempts on trial."""
    attempts = log(*rows)
    return Search(Manners(Goal(), Budget(), attempts), 1.15, 300), Trial(
        attempts[-1].wait or 0, evidence=attempts[-60:]
    )


@pytest.mark.parametrize(
    ("family", "seed"),
    [("spells, heavy", 187000111), ("spells, mild", 187000039), ("spells, heavy", 187000095)],
)
def test_spells_that_fell_into_haste_by_chance_are_not_certified(family: str, seed: int) -> None:
    verdict = probed(family, seed).verdict
    assert verdict.kind == "estimated"
    assert "so refusals may come in spells that have nothing to do with the pace, and come again." in verdict.statement
    assert "in one spell of up to" in verdict.statement


@pytest.mark.parametrize("seed", [187100012, 189300003])
def test_a_refill_in_steps_whose_reserve_outlasts_the_evidence_is_not_certified_too_fast(seed: int) -> None:
    """Runs of one window's count, between those of two: what is not used is kept, and must be outlasted."""
    service, clock = FAMILY["stepwise refill"].service(seed)
    verdict = run(careful(Goal(), Budget()), service, clock).verdict
    assert (verdict.wait or 0) >= service.steady_wait(0.05)


def test_a_limit_refuses_the_same_haste_again_and_is_certified() -> None:
    """One request more was refused after the evidence, and the next one saw the service open again."""
    outcome = probed("circuit breaker", 188000003)
    verdict, attempts = outcome.verdict, outcome.attempts
    assert verdict.kind == "certified"
    assert [attempt.outcome for attempt in attempts[-2:]] == [Outcome.REFUSED, Outcome.ACCEPTED]
    evidence = attempts[-2 - verdict.accepted : -2]
    assert all(attempt.spacing == pytest.approx(verdict.tested) for attempt in evidence)
    assert "spells" not in verdict.statement


@pytest.mark.parametrize("family", ["random 503", "reference", "fixed window"])
def test_what_chance_does_not_explain_is_certified_as_before(family: str) -> None:
    outcome = probed(family, 188000000)
    verdict = outcome.verdict
    assert verdict.kind == "certified"
    assert outcome.attempts[-1].spacing == pytest.approx(verdict.tested)


def test_where_the_budget_allows_no_second_time_it_is_an_estimate_that_says_so() -> None:
    verdict = probed("spells, heavy", 187000111, requests=89).verdict
    assert verdict.kind == "estimated"
    assert "Of 87 requests 3 were refused, in one spell of up to 13 s." in verdict.statement
    assert "would be seen by doing it again. That may take 6 requests, more than this probe may spend." in (
        verdict.statement
    )


@pytest.mark.parametrize(("block", "doubted"), [(8.0, True), (1.0, False)])
def test_evidence_as_long_as_a_certificate_counted_in_spells_needs_no_second_time(
    block: float, *, doubted: bool
) -> None:
    """At 59 spells' time without one at most the goal's share of the time lies in them: half a second here, or four."""
    search, trial = on_trial((0.1, "+" * 4 + "-"), (block, "+"), (1.0, "+" * 60))
    assert usual_spell(search.ledger.cycles) == pytest.approx(block / 2)
    assert in_doubt(search, trial) is doubted


def test_chance_forbids_no_certificate_that_outlasts_as_many_spells_as_requests_would_be_needed() -> None:
    """One refusal that ended a long run, and hundreds of straight answers: before, only an estimate."""
    verdict = probed("GCRA, jittered latency", 172000000).verdict
    assert verdict.kind == "certified"
    assert "refusals in spells that come whatever the pace, of which so few are met in" in verdict.statement


def test_a_quota_that_two_runs_agree_on_is_no_chance() -> None:
    search, trial = on_trial((0.1, "+" * 4 + "-"), (8.0, "+"), (1.0, "+" * 60))
    search.quota.confirmed = True
    assert not in_doubt(search, trial)


def test_the_run_that_is_soonest_sent_again_is_chosen_among_quick_ones() -> None:
    attempts = log((0.1, "+" * 9 + "-"), (9.0, "+"), (0.4, "+" * 4 + "-"), (5.0, "+"), (0.9, "+-"), (9.0, "+"))
    found = soonest(attempts, 1.0)
    assert found
    assert astuple(found) == pytest.approx((0.1, 9, 0.9, 9.0))
    assert soonest(attempts, 0.1) is None


def test_a_wait_that_was_hardly_shorter_is_done_again_at_half_the_tested_one() -> None:
    attempts = log((0.9, "+" * 9 + "-"), (9.0, "+"), (0.95, "+" * 4 + "-"), (5.0, "+"))
    found = soonest(attempts, 1.0)
    assert found
    assert astuple(found) == pytest.approx((0.5, 9, 4.5, 9.0))


def test_a_window_may_turn_once_and_no_burst_is_sent_twice_in_full() -> None:
    assert Haste(0.1, 5, 0.5, 8.0).most == 12
    assert Haste(0.1, 200, 20.0, 8.0).most == 202 + MORE


def answered(search: Search, trial: Trial, *statuses: int) -> tuple[Again, list[float]]:
    """What comes of doing `HASTE` again where these are the answers, and which waits were asked for."""
    plan, waits, left = again(search, trial, HASTE), list[float](), list(statuses)
    step = next(plan)
    while True:
        waits.append(step.wait)
        last = search.manners.attempts[-1]
        spacing = max(step.wait, last.latency)
        attempt = Attempt(last.number + 1, step.wait, spacing, last.started + spacing, 0.01, left.pop(0))
        try:
            step = plan.send(attempt)
        except StopIteration as end:
            assert not left
            return end.value, waits


def test_it_rests_as_long_as_the_block_was_and_asks_once_whether_it_is_over() -> None:
    search, trial = on_trial((0.1, "+" * 5 + "-"), (8.0, "+"), (1.0, "+" * 60))
    found, waits = answered(search, trial, 200, 429, 200)
    assert found == Again(HASTE, 2, refused=True)
    assert waits == pytest.approx([0.1, 0.1, 8.0])
    assert found.doubt(search, trial) == ""
    assert trial.chance(search.manners.attempts).probability <= NEGLIGIBLE


def test_what_stays_shut_for_longer_than_ever_is_doubted() -> None:
    search, trial = on_trial((0.1, "+" * 5 + "-"), (8.0, "+"), (1.0, "+" * 60))
    found, waits = answered(search, trial, 429, 429, 429)
    assert waits == pytest.approx([0.1, 8.0, 8.0])
    assert found.shut == pytest.approx(16.0)
    assert found.doubt(search, trial) == (
        "Of 70 requests 4 were refused, in 2 spells of up to 16 s. Asked once more each 0.1 s, at least as quickly as "
        "when it was refused after 5, it was refused again, and 16 s later still, longer than ever before: something "
        "else than the pace may be what refuses."
    )


def test_where_it_is_refused_after_as_long_a_haste_each_time_chance_is_still_not_excluded() -> None:
    search, trial = on_trial((0.1, "+" * 250 + "-"), (8.0, "+"), (1.0, "+" * 60))
    chance = trial.chance(search.manners.attempts)
    assert Again(HASTE, 2, refused=True).doubt(search, trial) == (
        f"Refusals began once in {chance.quick_seconds:.0f} s of quicker requests, and never in 60 s at this pace or "
        "slower ones: spells that have nothing to do with the pace would fall so in 30 of 100 cases, so they are not "
        "excluded, and would come again."
    )


def test_a_little_more_evidence_is_preferred_to_a_long_ban() -> None:
    rows = (0.1, "+" * 3 + "-"), (200.0, "+"), (0.1, "++-"), (200.0, "+"), (1.0, "+" * 10)
    search, trial = on_trial(*rows)
    missing = cheaper(search, trial, HASTE)
    chance = trial.chance(search.manners.attempts)
    assert 0 < missing < 200
    assert chance.after(missing).probability == pytest.approx(NEGLIGIBLE)
    short, trial = on_trial((0.1, "+" * 5 + "-"), (8.0, "+"), (1.0, "+" * 60))
    assert cheaper(short, trial, HASTE) == 0


def test_what_was_refused_is_counted_in_spells() -> None:
    assert seen(log((1.0, "++-"), (9.0, "-+"), (1.0, "+++"), (0.1, "-"))) == (
        "Of 9 requests 3 were refused, in 2 spells of up to 18 s."
    )
    assert seen(log((1.0, "++-"), (9.0, "+"))) == "Of 4 requests 1 was refused, in one spell of up to 9 s."


def test_a_spell_lasts_to_the_middle_between_its_last_refusal_and_its_end() -> None:
    cycles = [Cycle(4, 2, 0.0, 10.0, 12.0, 20.0, told=False), Cycle(4, 1, 20.0, 30.0, 30.0, 32.0, told=False)]
    assert usual_spell(cycles) == pytest.approx((6 + 1) / 2)
    assert usual_spell([]) == 0


def test_a_pace_that_answers_are_slower_than_is_told_as_it_was() -> None:
    """'Asked once more each 0.0371 s', where no answer came before 0.1 s."""
    row = [Attempt(i, 0.04, 0.1, 0.1 * i, 0.1, 429 if i == 5 else 200) for i in range(8)]
    haste = soonest(row, 1.0)
    assert haste is not None
    assert haste.wait == 0.04
    assert haste.spacing == pytest.approx(0.1)
    search, trial = on_trial((0.1, "+" * 5 + "-"), (8.0, "+"), (1.0, "+" * 60))
    assert "Asked once more each 0.1 s" in Again(haste, 5).doubt(search, trial)
