from __future__ import annotations

from fractions import Fraction
from math import comb, exp, fsum, lgamma, log, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.limiters import MinimumGap
from tests.bench.arena_families import FAMILIES
from tests.bench.arena_world import Clock, Service, run
from widgets.model.attempt import Attempt, Budget, Goal
from widgets.probe.evidence import estimate, interval, intervals, refusal_bound, remaining, straight_needed
from widgets.probe.strategies import STRATEGIES

COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CONFIDENCES = st.sampled_from([0.5, 0.77, 0.9, 0.95, 0.99])


def at_most(k: int, n: int, p: float) -> float:
    """P(X ≤ k) in exact arithmetic: no rounding can agree with a mistake."""
    share = Fraction(p)
    return float(sum((comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1)), Fraction(0)))


@pytest.mark.parametrize(("rate", "confidence", "needed"), [(0.05, 0.95, 59), (0.1, 0.95, 29), (0.1, 0.77, 14)])
def test_straight_successes_needed_are_those_of_the_literature(rate: float, confidence: float, needed: int) -> None:
    assert straight_needed(Goal(rate, confidence)) == needed


@given(st.floats(0.001, 0.9), st.floats(0.05, 0.999))
def test_straight_successes_needed_are_enough_and_no_more(rate: float, confidence: float) -> None:
    needed = straight_needed(Goal(rate, confidence))
    assert (1 - rate) ** needed <= (1 - confidence) * (1 + 1e-6)
    assert (1 - rate) ** (needed - 1) > (1 - confidence) * (1 - 1e-6) or needed == 1


@pytest.mark.parametrize(
    ("accepted", "n", "low", "high"), [(8, 10, 0.44390, 0.97479), (0, 5, 0.0, 0.52182), (59, 59, 0.93940, 1.0)]
)
def test_intervals_are_those_of_clopper_and_pearson(accepted: int, n: int, low: float, high: float) -> None:
    assert interval(accepted, n, 0.95) == pytest.approx((low, high), abs=2e-5)


def test_four_straight_successes_exclude_no_more_than_a_refusal_rate_of_53_per_cent() -> None:
    assert refusal_bound(4, 0, 0.95) == pytest.approx(0.5271, abs=1e-4)


@given(COUNTS, CONFIDENCES)
def test_the_bound_is_where_so_few_refusals_become_too_unlikely(counts: tuple[int, int], confidence: float) -> None:
    refused, n = counts
    bound = refusal_bound(n - refused, refused, confidence)
    if refused == n:
        assert bound == 1
    else:
        assert at_most(refused, n, bound) == pytest.approx(1 - confidence, abs=1e-9)


@given(COUNTS, CONFIDENCES)
def test_an_interval_holds_the_share_that_was_seen(counts: tuple[int, int], confidence: float) -> None:
    accepted, n = counts
    low, high = interval(accepted, n, confidence)
    assert 0 <= low <= (accepted / n if n else 0.5) <= high <= 1


def test_no_evidence_excludes_nothing() -> None:
    assert refusal_bound(0, 0, 0.95) == 1
    assert interval(0, 0, 0.95) == (0, 1)


def test_a_thousand_requests_are_counted_without_overflow() -> None:
    assert refusal_bound(1440, 60, 0.95) == pytest.approx(0.0497, abs=2e-3)


@pytest.mark.parametrize(
    "call", [lambda: interval(3, 2, 0.95), lambda: interval(1, 2, 1.0), lambda: refusal_bound(-1, 2, 0.9)]
)
def test_impossible_counts_are_named(call: object) -> None:
    with pytest.raises(ValueError, match="got"):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("name", ["careful", "quick", "doubling"])
def test_the_estimate_before_the_click_holds_what_the_reference_service_costs(name: str) -> None:
    least, most = estimate(name, Goal(), Budget(), 6.5)
    runs = [run(STRATEGIES[name](Goal(), Budget()), Service(MinimumGap(seed=seed)), Clock()) for seed in range(21)]
    seconds = sorted(outcome.verdict.seconds for outcome in runs)[10]
    refused = sorted(outcome.refused for outcome in runs)[10]
    requests = sorted(outcome.verdict.requests for outcome in runs)[10]
    assert least.seconds <= seconds <= most.seconds
    assert least.refusals <= refused <= most.refusals
    assert least.requests <= requests <= most.requests


@pytest.mark.parametrize("name", ["quick", "careful", "identify"])
def test_as_many_probes_cost_more_or_less_than_is_said_as_is_said(name: str) -> None:
    families = [family for family in FAMILIES if family.decidable][::6]
    outside = 0
    for family in families:
        service, clock = family.service(992000400)
        wait = service.steady_wait(0.05)
        least, most = estimate(name, Goal(), Budget(), wait)
        verdict = run(STRATEGIES[name](Goal(), Budget()), service, clock).verdict
        outside += not least.requests <= verdict.requests <= most.requests
    assert outside <= len(families) // 3, "mostly: one in ten below it, and one above"


def test_no_estimate_exceeds_the_budget() -> None:
    budget = Budget(requests=20, refusals=2, seconds=30)
    assert estimate("careful", Goal(), budget, 60) == ((30, 0, 20), (30, 2, 20))


def test_what_cannot_be_estimated_is_named() -> None:
    with pytest.raises(ValueError, match="there is no strategy 'hasty'"):
        estimate("hasty", Goal(), Budget(), 1)
    with pytest.raises(ValueError, match="guess_wait must be more than 0"):
        estimate("quick", Goal(), Budget(), 0)


def test_the_time_that_remains_shrinks_with_each_straight_answer() -> None:
    attempts = [Attempt(1, None, None, 0, 0.1, 200)]
    assert remaining(attempts, Goal()) is None
    attempts += [Attempt(number, 2.0, 2.0, 2.0 * number, 0.1, 200) for number in range(2, 12)]
    assert remaining(attempts, Goal()) == pytest.approx((63 - 10) * 2)
    assert remaining([*attempts, Attempt(12, 2.0, 2.0, 24, 0.1, 429)], Goal()) is None
    assert remaining([], Goal()) is None


def log_terms(ks: range, n: int, p: float) -> float:
    """P(X in ks) for X binomial(n, p), summed term by term: slow, and another way than the one that is tested."""
    whole = lgamma(n + 1)
    return fsum(exp(whole - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p)) for k in ks)


@pytest.mark.parametrize("n", [1_500, 100_000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 0.95, 1.0])
def test_an_interval_of_many_is_exact_too(n: int, share: float) -> None:
    refused = round(n * share)
    low, high = interval(n - refused, n, 0.95)
    if refused < n:
        assert log_terms(range(refused + 1), n, 1 - low) == pytest.approx(0.025, rel=1e-6)
    if refused:
        assert log_terms(range(n - refused + 1), n, high) == pytest.approx(0.025, rel=1e-6)
    assert low <= 1 - refused / n <= high


@pytest.mark.parametrize("refused", [1, 50, 5_000, 50_000, 99_999])
def test_the_ends_of_an_interval_take_a_few_steps_of_newton(refused: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It took 60 sums of up to 100,000 terms each, 8.5 s; a step is a fraction of a millisecond."""
    steps: list[float] = []
    tail = intervals._at_most

    def counted(k: int, n: int, p: float) -> float:
        steps.append(p)
        return tail(k, n, p)

    monkeypatch.setattr(intervals, "_at_most", counted)
    intervals._upper.__wrapped__(refused, 100_000, 0.025)
    assert 1 <= len(steps) <= 20
