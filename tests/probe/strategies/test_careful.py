from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limiters import (
    FixedWindow,
    LeakyBucket,
    MinimumGap,
    PenaltyBox,
    RandomFailures,
    SlidingCounter,
    SlidingLog,
    TokenBucket,
)
from tests.bench.arena import quantile
from tests.bench.arena_families import FAMILIES
from tests.bench.arena_world import Clock, Lateness, Run, Service, run
from tests.conftest import examples, seeds
from tests.probe.conftest import drive
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.model.quantity import as_percent
from widgets.probe.evidence import EProcess
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies.bets import Bets
from widgets.probe.strategies.careful import _doubted, _until_then
from widgets.probe.strategies.closer import Shown, lasting
from widgets.probe.strategies.history import Cycle
from widgets.probe.strategies.manners import Manners, ProbeEndedError
from widgets.probe.strategies.quick import Count
from widgets.probe.strategies.search import Search
from widgets.probe.strategies.trial import Trial
from widgets.probe.strategies.verify import _take, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Limiter
    from widgets.model.attempt import Strategy

WAITS = st.floats(0.2, 8)
WHOLE = st.integers(3, 60)
EXACT: st.SearchStrategy[Limiter] = st.one_of(
    st.builds(lambda wait, reset: MinimumGap(wait, 0, reset=reset), WAITS, st.booleans()),
    st.builds(lambda wait, burst: TokenBucket(1 / wait, burst), WAITS, st.integers(1, 100)),
    st.builds(lambda wait, n, on_clock: FixedWindow(n, n * wait, aligned=on_clock), WAITS, WHOLE, st.booleans()),
    st.builds(lambda wait, n, all_: SlidingLog(n, n * wait, count_refused=all_), WAITS, WHOLE, st.booleans()),
    st.builds(lambda wait, n: SlidingCounter(n, n * wait), WAITS, WHOLE),
    st.builds(lambda rate, burst: LeakyBucket(rate, 60, burst, None), st.integers(8, 200), st.integers(0, 40)),
)
"""Rules without chance: what is certified about them must be true, not just probable."""


def probe(limiter: Limiter, *, hour: float = 0.0, told: float = 0.0, seed: int = 0, goal: Goal | None = None) -> Run:
    return run(careful(goal or Goal(), Budget()), Service(limiter, told=told, seed=seed), Clock(hour))


@settings(max_examples=examples(250), deadline=None, derandomize=True)
@given(limiter=EXACT, hour=st.floats(0, 1e6), told=st.sampled_from([0.0, 0.4, 1.0]), seed=st.integers(0, 10**6))
def test_a_certified_wait_is_long_enough_for_every_exact_rule(
    limiter: Limiter, hour: float, told: float, seed: int
) -> None:
    outcome = probe(limiter, hour=hour, told=told, seed=seed)
    verdict = outcome.verdict
    if verdict.kind == "certified":
        assert verdict.wait is not None
        assert verdict.wait >= limiter.steady_wait(0.05) * 0.999
    assert outcome.early == 0


def test_hardly_any_noisy_service_is_certified_too_fast() -> None:
    runs = [(limiter, probe(limiter, seed=limiter.seed).verdict) for limiter in map(noisy, range(300))]
    unsafe = [verdict for limiter, verdict in runs if (verdict.wait or 0) < limiter.steady_wait(0.05) * 0.999]
    assert all(verdict.kind == "certified" for _, verdict in runs)
    assert len(unsafe) <= 3


def noisy(seed: int) -> MinimumGap:
    gap = 0.5 * 1.008**seed
    return MinimumGap(gap, gap * (0.1 + seed % 7 / 8), reset=seed % 3 > 0, seed=seed)


def test_the_reference_service_is_certified_politely_and_closely() -> None:
    runs = [probe(MinimumGap(seed=seed), seed=seed) for seed in range(examples(400))]
    assert all(outcome.verdict.kind == "certified" for outcome in runs)
    waits = [outcome.verdict.wait or 0 for outcome in runs]
    assert min(waits) >= 6.375
    assert quantile(waits, 0.5) / 6.375 <= 1.08
    assert quantile([outcome.refused for outcome in runs], 0.5) <= 4
    assert quantile([outcome.verdict.seconds for outcome in runs], 0.5) <= 520


@pytest.mark.parametrize(
    ("lateness", "most"), [(Lateness(0.005, 0.01, 0.5), 1.25), (Lateness(0.02), 1.2)], ids=["stalls", "jitter"]
)
def test_late_requests_do_not_lengthen_the_wait_by_much(lateness: Lateness, most: float) -> None:
    """Stalls of half a wait in 1 % of the requests; or all of them 2 % of a wait late, which makes the truth 1.05."""
    gaps = [0.8 * 1.004**seed for seed in range(150)]
    waits = [
        run(
            careful(Goal(), Budget()), Service(MinimumGap(gap, 0), 0.004, seed=i, lateness=lateness), Clock()
        ).verdict.wait
        for i, gap in enumerate(gaps)
    ]
    assert all(wait is not None for wait in waits)
    assert quantile([(wait or 0) / gap for wait, gap in zip(waits, gaps, strict=True)], 0.9) <= most


def test_the_certificate_counts_only_requests_at_exactly_the_tested_spacing() -> None:
    outcome = probe(MinimumGap(seed=1))
    verdict = outcome.verdict
    evidence = outcome.attempts[-verdict.accepted :]
    assert verdict.refused == 0
    assert verdict.accepted >= 59
    assert all(attempt.spacing == pytest.approx(verdict.tested) for attempt in evidence)
    assert verdict.refusal_bound <= 0.05
    assert verdict.span == pytest.approx(evidence[-1].started - evidence[0].started)


def test_the_certificate_says_what_it_does_not_exclude() -> None:
    statement = probe(MinimumGap(seed=1)).verdict.statement
    assert "at most 5 % are refused, with 95 % confidence" in statement
    for words in ("Not excluded", "a quota over a cycle longer than", "a slower quota behind", "changes later"):
        assert words in statement


def test_random_faults_neither_end_a_search_nor_lengthen_the_wait() -> None:
    verdict = probe(RandomFailures(MinimumGap(1, 0), share=0.02)).verdict
    assert verdict.kind == "certified"
    assert verdict.wait == pytest.approx(1, rel=0.2)


def test_the_first_acceptance_after_a_ban_is_no_proof_of_a_pace() -> None:
    limiter = PenaltyBox(rate=1, burst=8, penalty=20)
    verdict = probe(limiter).verdict
    assert verdict.kind == "certified"
    assert (verdict.wait or 0) >= limiter.steady_wait(0.05) * 0.999


def test_a_looser_goal_costs_less() -> None:
    strict, loose = probe(MinimumGap(1, 0)).verdict, probe(MinimumGap(1, 0), goal=Goal(0.1, 0.8)).verdict
    assert loose.accepted < strict.accepted / 2
    assert "at most 10 % are refused, with 80 % confidence" in loose.statement


def test_made_certain_from_a_quick_run_it_keeps_the_search_and_counts_none_of_it_as_evidence() -> None:
    service, clock = Service(MinimumGap(seed=5)), Clock()
    first = run(quick(Goal(), Budget()), service, clock)
    plan = careful(Goal(), Budget(), known=first.attempts)
    second = run(plan, service, clock, known=first.attempts)
    verdict = second.verdict
    assert verdict.kind == "certified"
    assert verdict.requests == len(second.attempts) > len(first.attempts)
    assert verdict.accepted + verdict.refused <= len(second.attempts) - len(first.attempts)
    news = second.attempts[len(first.attempts) :]
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in news) <= 3


def test_a_budget_that_ends_while_a_wait_holds_leaves_an_estimate_and_the_reason() -> None:
    verdict = run(careful(Goal(), Budget(seconds=300)), Service(MinimumGap(seed=3), 0.03), Clock(0)).verdict
    assert verdict.kind == "estimated"
    assert verdict.wait is not None
    assert verdict.wait >= MinimumGap().steady_wait(0.05)
    assert verdict.refused == 0
    assert verdict.refusal_bound > 0.05
    assert "beyond the budget of 5 min" in verdict.statement
    assert "Until then: Waiting" in verdict.statement
    assert "only that at most" in verdict.statement


@pytest.mark.parametrize("budget", [Budget(seconds=45), Budget(refusals=2)], ids=str)
def test_a_budget_that_ends_before_anything_holds_leaves_no_estimate(budget: Budget) -> None:
    verdict = run(careful(Goal(), budget), Service(MinimumGap(seed=3), 0.03), Clock(0)).verdict
    assert verdict.kind == "inconclusive"
    assert "Until then" not in verdict.statement


def straight(n: int, wait: float = 1.0) -> list[Attempt]:
    """So many accepted requests at one wait."""
    return [Attempt(i, wait, wait, i * wait, 0.01, 200) for i in range(1, n + 1)]


def searched(*cycles: Cycle) -> Search:
    """A search that has seen these cycles."""
    search = Search(Manners(Goal(), Budget()), 1.15, 300)
    search.ledger.cycles += cycles
    return search


@pytest.mark.parametrize(
    ("n", "known"), [(58, None), (59, "may take 80 s"), (70, "up to 30 requests may have been saved up")]
)
def test_as_many_as_a_certificate_needs_are_worth_an_estimate_though_a_burst_is_not_outlasted(
    n: int, known: str | None
) -> None:
    """A ban may have filled a bucket of 30 again, so that a certificate takes 200."""
    search = searched(Cycle(30, 2, 0.0, 10.0, 79.0, 80.0, told=False))
    search.manners.attempts += straight(n)
    verdict = _until_then(search, Trial(1.0, evidence=straight(n)), ProbeEndedError("The budget is spent."))
    assert (verdict.kind if verdict else None) == ("estimated" if known else None)
    if verdict and known:
        assert verdict.wait == pytest.approx(1.1)
        assert known in verdict.statement
        assert f"Until then: Waiting 1.1 s between requests seems safe, if there is no rare long tail: {n} of {n}" in (
            verdict.statement
        )


@pytest.mark.parametrize(
    ("cycle", "content"),
    [
        (Cycle(152, 1, 0.0, 4.0, 4.0, 5.0, told=False), False),
        (Cycle(99, 1, 0.0, 4.0, 4.0, 5.0, told=False), True),
        (Cycle(152, 1, 0.0, 100.0, 100.0, 101.0, told=False), True),
    ],
    ids=["as many in haste", "fewer", "slowly"],
)
def test_a_count_that_was_renewed_by_luck_after_haste_is_outlasted(cycle: Cycle, content: bool) -> None:
    """Nodes with a window on the clock served 152, and from its end on 152 again: 100 at any pace show nothing."""
    bets = Bets(EProcess(Goal()), searched(cycle))
    trial = Trial(1.0, sure=True)
    for attempt in straight(100):
        trial.evidence.append(attempt)
        trial.clean = trial.sent = trial.sent + 1
        bets.accepted(trial)
    assert bets.wealth.enough
    assert bets.content(trial) is content


def block(seconds: float) -> Search:
    """Ten requests in haste, a late refusal, a block of so many seconds, and 100 at a pace of one second."""
    starts = [*(0.05 * i for i in range(10)), 1.45]
    starts += [starts[-1] + seconds + i for i in range(101)]
    attempts = [
        Attempt(i + 1, at - starts[i - 1] if i else 0.0, at - starts[i - 1] if i else None, at, 0.01, status)
        for i, (at, status) in enumerate(zip(starts, [*[200] * 10, 429, *[200] * 101], strict=True))
    ]
    return Search(Manners(Goal(), Budget(), attempts), 1.15, 300)


@pytest.mark.parametrize(("seconds", "asks", "kind"), [(40, False, None), (60, True, None), (120, True, "estimated")])
def test_a_certificate_spans_two_blocks_where_chance_is_not_excluded(
    seconds: float, asks: bool, kind: str | None
) -> None:
    search = block(seconds)
    trial = Trial(1.0, evidence=search.manners.attempts[-100:])
    assert trial.chance(search.manners.attempts).met == "2 of 100 cases"
    assert Bets(EProcess(Goal()), search)._unlikely_soon(trial) is asks
    verdict = _doubted(search, Shown(trial, trial.wait, by_rules=False))
    assert (verdict.kind if verdict else None) == kind
    if verdict:
        assert "Nothing was accepted for up to 120 s once, longer than the 99 s of this evidence" in verdict.statement


def test_a_block_by_chance_does_not_make_a_window_look_tenfold_slower() -> None:
    """The rest of its window was 13 s, then one refusal by chance hid what the window serves."""
    limiter = RandomFailures(FixedWindow(27, 26.3, aligned=False), share=0.0123, as_refusals=True, seed=1697928397)
    verdict = run(careful(Goal(), Budget()), Service(limiter, 0.02), Clock(0)).verdict
    assert verdict.kind == "certified"
    assert 1 <= (verdict.wait or 0) / limiter.steady_wait(0.05) < 2.5


def test_after_a_ban_filled_the_bucket_the_wait_is_lengthened_by_what_it_may_have_given() -> None:
    """Some of a run was served from the burst: without the lengthening some of the waits would be too short."""
    family = next(family for family in FAMILIES if family.name == "penalty box")
    short = others = spared = 0
    for seed in seeds(7, 93, 3):  # of the first ones, a wait is too short at the second and the third
        service, clock = family.service(seed)
        truth = service.steady_wait(0.05)
        verdict = run(careful(Goal(), Budget()), service, clock).verdict
        if verdict.kind != "certified":
            others += 1
            continue
        assert truth * 0.999 <= (verdict.wait or 0)
        more = (verdict.wait or 0) / (verdict.tested or 1) - 1
        said = f"and {as_percent(more)} was added, since some may have been served"
        assert (said in verdict.statement) == (more >= 0.005)  # less comes of rounding
        short += (verdict.tested or 0) < truth * 0.999
        spared += (
            "Nothing more was added, though some may have been served from what was saved up, because the rules"
            in (verdict.statement)
        )
    assert short
    assert spared
    assert others <= 0.03 * examples(100)


def tried_after_a_rest(rest: float) -> float:
    """The wait that is recommended for a run of 60 at 1 s, `rest` seconds after a bucket was seen to be dry."""
    starts = [0.01 * i for i in range(11)]  # ten from the burst, and one refused
    starts += [starts[-1] + rest + i for i in range(60)]
    attempts = [
        Attempt(i + 1, 1.0 if i > 11 else None, at - starts[i - 1] if i else None, at, 0.01, 429 if i == 10 else 200)
        for i, at in enumerate(starts)
    ]
    search = Search(Manners(Goal(), Budget(), attempts), 1.15, 150)
    return lasting(search, Trial(1.0, evidence=attempts[-60:]))[0]


def test_what_a_bucket_gained_in_a_rest_lengthens_the_wait() -> None:
    assert tried_after_a_rest(1) == 1
    assert tried_after_a_rest(6) == pytest.approx(0.95 * 65 / 59)
    assert tried_after_a_rest(60) == 1, "so long a rest was the block of a window, and filled no bucket"


@pytest.mark.parametrize("burst", [2, 3])
def test_a_burst_of_few_that_a_ban_filled_again_lengthens_the_wait(burst: int) -> None:
    """At 0.99 s it outlives sixty requests at a gain of one in 1 s: what it had saved up is not sustained."""
    spacings = [0.0, *[0.1] * burst, 20.0, *[0.99] * 59]  # the last one of the burst is refused
    starts = list(accumulate(spacings))
    attempts = [
        Attempt(i + 1, spacing, spacing if i else None, at, 0.01, 429 if i == burst else 200)
        for i, (spacing, at) in enumerate(zip(spacings, starts, strict=True))
    ]
    search = Search(Manners(Goal(), Budget(), attempts), 1.15, 150)
    wait, _ = lasting(search, Trial(0.99, evidence=attempts[-60:]))
    assert wait == pytest.approx(0.99 * 60 / (60 - (burst - 1)))
    assert wait > 1


def test_a_certificate_tells_of_all_the_requests_that_it_rests_on() -> None:
    """Answers that become slower than the wait stretch it: what was shown at the shorter one is not told any more."""
    latencies = iter([*[0.01] * 45, *[3.0] * 200])
    gap = MinimumGap(1, 0)

    def answer(started: float) -> tuple[int, float, dict[str, str]]:
        return (200 if gap.ask(started).accepted else 429), next(latencies), {}

    _, attempts, verdict = drive(careful(Goal(), Budget()), answer)
    assert verdict.kind == "certified"
    assert verdict.tested == pytest.approx(3, rel=0.05)
    evidence = [attempt for attempt in attempts if (attempt.spacing or 0) >= 2.9]
    assert 59 <= verdict.accepted <= len(evidence)


def test_neither_a_rest_nor_a_hiccup_is_evidence() -> None:
    """Only requests after exactly one wait count, none after a pause that the service ordered."""
    search = Search(Manners(Goal(), Budget()), 1.15, 150)
    trial, told = Trial(1.0), []

    class Judge:
        def accepted(self, trial: Trial) -> None:
            told.append(len(trial.evidence))

        def refused(self, trial: Trial) -> bool:
            raise AssertionError(trial)

        def cleared(self) -> None:
            raise AssertionError(trial)

        def content(self, trial: Trial) -> bool:
            return bool(trial)

        def covers(self, trial: Trial) -> bool:
            return bool(trial)

    for spacing, before in [(1.0, 200), (1.5, 200), (1.0, 429), (1.0, 500), (1.0, 200)]:
        pause = {"Retry-After": "1"} if before == 429 else {}
        number = len(search.manners.attempts) + 1
        search.manners.attempts.append(Attempt(number, 1.0, 1.0, number, 0.01, before, pause))
        attempt = Attempt(number + 1, 1.0, spacing, number + spacing, 0.01, 200)
        search.manners.attempts.append(attempt)
        _take(search, Judge(), trial, attempt)
    assert told == [1, 2]
    assert [attempt.spacing for attempt in trial.evidence] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("latency", "late", "wait"), [(0.01, 11, 1.0), (0.01, 12, 1.428), (1.3, 3, 1.0), (1.3, 4, 1.428)]
)
def test_a_machine_that_was_busy_for_a_moment_does_not_lengthen_the_wait_and_slow_answers_do(
    latency: float, late: int, wait: float
) -> None:
    search, trial = Search(Manners(Goal(), Budget()), 1.15, 300), Trial(1.0)
    for number in range(late + 1):
        attempt = Attempt(number + 1, 1.0, 1.4, 1.4 * number, latency, 200)
        search.manners.attempts.append(attempt)
        if number:
            _take(search, Count(search), trial, attempt)
    assert trial.wait == pytest.approx(wait)
    assert trial.evidence == []


@pytest.mark.parametrize(("strategy", "begins"), [(careful, 10.0), (quick, 4.5)], ids=["careful", "quick"])
def test_a_stall_in_the_middle_of_a_trial_does_not_lengthen_the_wait(
    strategy: Callable[..., Strategy], begins: float
) -> None:
    """For some seconds each answer takes longer than the wait on trial, whoever is busy: then the wait is resumed."""
    served = [0.0]

    def answer(started: float) -> tuple[int, float, dict[str, str]]:
        status = 200 if started - served[-1] >= 0.2 or started == 0 else 429
        served.append(started)
        return status, 0.9 if begins <= started < begins + 12 else 0.01, {}

    steps, _, verdict = drive(strategy(Goal(), Budget()), answer)
    assert any(step.phase == "verify" and step.wait > 0.8 for step in steps)  # it was the pace that could be had
    assert 0.2 <= (verdict.wait or 0) < 0.3


def test_a_service_that_haste_makes_slow_is_not_gone_back_to_for_ever() -> None:
    """Asked quickly it takes a second for each answer, asked slowly it is quick; it serves one in 0.2 s."""
    last = [-9.0, -9.0]

    def answer(started: float) -> tuple[int, float, dict[str, str]]:
        gap, before = started - last[-1], last[-1] - last[-2]
        last.append(started)
        return (200 if gap >= 0.2 else 429), 1.0 if min(gap, before) < 0.5 else 0.01, {}

    steps, _, verdict = drive(careful(Goal(), Budget()), answer)
    assert verdict.kind in {"certified", "estimated"}
    assert len(steps) < 300


def test_what_is_found_to_be_refused_when_the_evidence_has_ended_forbids_a_certificate() -> None:
    """A sign was convicted later: two answers among the evidence that did not count are refusals now."""
    attempts = straight(63)
    search, trial = searched(), Trial(1.0, evidence=[*attempts[:20], *attempts[21:40], *attempts[41:]])
    search.manners.attempts += attempts
    assert _doubted(search, Shown(trial, 1.0, by_rules=False)) is None
    for i in (20, 40):
        search.manners.attempts[i] = replace(attempts[i], status=500, judged=Outcome.REFUSED)
    verdict = _doubted(search, Shown(trial, 1.0, by_rules=False))
    assert verdict is not None
    assert verdict.kind == "estimated"
    assert "2 requests that were made meanwhile were found to be refused by what came later." in verdict.statement


def test_a_service_that_stays_shut_longer_than_the_evidence_took_forbids_a_certificate() -> None:
    attempts = straight(63)
    search, trial = searched(), Trial(1.0, evidence=attempts)
    search.manners.attempts += attempts
    ledger = search.ledger
    ledger.blocked, ledger.stopped, ledger.shut = 3, 64.0, 126.0
    assert _doubted(search, Shown(trial, 1.0, by_rules=False)) is None
    ledger.shut = 127.0
    verdict = _doubted(search, Shown(trial, 1.0, by_rules=False))
    assert verdict is not None
    assert "Nothing was accepted in the last 63 s of the probe, longer than the 62 s of this evidence" in (
        verdict.statement
    )


@pytest.mark.parametrize(("first", "kept"), [(94, 47), (93, 0), (95, 0)])
def test_a_run_of_just_twice_another_had_a_step_in_reserve(first: int, kept: int) -> None:
    """A refill in steps keeps what is not used: so many are there again when a slower pace is on trial."""
    runs = Cycle(first, 2, 0.0, 4.0, 8.0, 8.1, told=False), Cycle(47, 3, 8.1, 12.0, 60.0, 64.0, told=False)
    assert filled(searched(*runs)) == kept
