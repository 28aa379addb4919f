"""The traps that a search must not fall into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pytest

from server.limiters import Decision, FixedWindow, LeakyBucket, MinimumGap, TokenBucket
from tests.bench.arena_world import Clock, Run, Service, run
from tests.probe.conftest import drive
from tests.probe.worlds import Gap, Window, World, drive_world
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies.history import Ledger, Quota
from widgets.probe.strategies.raising import hopeless
from widgets.probe.strategies.search import CLEAN, Choice
from widgets.probe.strategies.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.limiters import Limiter


def probe(limiter: Limiter, *, told: float = 0.0, states: bool = False, latency: float = 0.03) -> Run:
    return run(careful(Goal(), Budget()), Service(limiter, latency, told, states), Clock(17))


def read(*answers: tuple[float, int]) -> Ledger:
    """A ledger that has read (spacing, status) one after the other."""
    ledger, now = Ledger(), 0.0
    for number, (spacing, status) in enumerate(answers, 1):
        now += spacing
        ledger.read(Attempt(number, spacing, spacing if number > 1 else None, now, 0.01, status))
    return ledger


def test_a_refusal_after_an_acceptance_proves_its_wait_too_fast() -> None:
    assert read((0, 200), (1, 429)).low == 1


def test_a_refusal_while_shut_out_proves_nothing() -> None:
    ledger = read((0, 200), (1, 429), (3, 429), (9, 200))
    assert ledger.low == 1
    assert ledger.hint == 3
    assert ledger.high == 9


def test_what_a_burst_has_spent_is_not_held_against_a_slow_request() -> None:
    """30 rapid requests and one after 5 s: the quota was spent by the rapid ones."""
    ledger = read((0, 200), *[(0.1, 200)] * 29, (5, 429))
    assert ledger.low == pytest.approx(7.9 / 30)


def late(*answers: tuple[float, int, float]) -> Ledger:
    """A ledger that has read (spacing, status, latency), after ten answers that took 0.01 s."""
    ledger, now = Ledger(), 0.0
    for number, (spacing, status, latency) in enumerate([*[(3.0, 200, 0.01)] * 10, *answers], 1):
        now += spacing
        ledger.read(Attempt(number, spacing, spacing if number > 1 else None, now, latency, status))
    return ledger


def test_a_refusal_after_a_late_request_shows_only_the_spacing_that_it_may_have_met() -> None:
    ledger = late((1, 200, 0.41), (1, 429, 0.01))
    assert ledger.doubtful
    assert ledger.low == pytest.approx(0.6)


def test_a_second_one_at_such_a_spacing_shows_all_of_it() -> None:
    ledger = late((1, 200, 0.41), (1, 429, 0.01), (2, 200, 0.01), (1, 200, 0.41), (1, 429, 0.01))
    assert ledger.low == pytest.approx(1)


def test_latencies_as_usual_cast_no_doubt() -> None:
    ledger = late((1, 200, 0.03), (1, 429, 2.0))
    assert not ledger.doubtful
    assert ledger.low == pytest.approx(1)


def test_the_waits_within_a_first_burst_are_not_believed_to_be_long_enough() -> None:
    assert read((0, 200), (2, 200), *[(0.3, 200)] * 5, *[(0.1, 200)] * 9, (0.05, 429), (3, 200)).high == 2
    assert read((0, 200), (2, 200), (0.3, 200), (0.05, 429), (1, 200)).high == 0.3


def test_a_run_at_such_a_wait_outlives_a_short_one_after_it() -> None:
    ledger = read((0, 200), *[(1, 200)] * 30, (1, 429), (2, 200), (1.1, 429))
    assert ledger.stood(1.1, 1) == 31
    assert ledger.stood(1.6, 1) == 1


def test_what_a_ban_refused_before_it_was_seen_to_be_one_is_believed_again() -> None:
    before = [(0, 200), (1, 429), (9, 200), (2.2, 200), (2.2, 200), (1.5, 429), (2.2, 429)]
    assert read(*before).hint == pytest.approx(2.2)
    ledger = read(*before, (6.6, 429), (60, 200))
    assert (ledger.low, ledger.high, ledger.hint) == (1.5, 2.2, 0)


def test_a_wait_that_was_long_enough_before_a_block_is_tried_again_before_its_hint_is_believed() -> None:
    plain = read((0, 200), (1, 429), (3, 429), (9, 200))
    assert not plain.contested
    assert Choice(plain, Quota(), 1.15).next(1000)[0] != plain.hint
    ledger = read((0, 200), (3, 200), (1, 429), (3, 429), (9, 200))
    assert (ledger.low, ledger.high, ledger.hint, ledger.contested) == (1, 9, 3, True)
    assert Choice(ledger, Quota(), 1.15).next(1000) == (3, CLEAN)


def test_what_a_slow_run_gained_is_not_taken_for_the_burst_of_the_next() -> None:
    """Two runs of 6, one at 1 s and one at 1.2 s: 1.2 s were too quick, and of a wait of 7.2 s nothing is known."""
    ledger = read((0, 200), *[(1, 200)] * 5, (1, 429), (1, 429), (8, 200), *[(1.2, 200)] * 5, (1.2, 429))
    ledger.drained(6, 1.2)
    assert ledger.low == pytest.approx(1.2)
    quick = read((0, 200), *[(0.01, 200)] * 5, (0.01, 429), (1, 429), (8, 200), *[(1.2, 200)] * 7, (1.2, 429))
    quick.drained(6, 1.2)
    assert quick.low == pytest.approx((8 * 1.2 - 0.06) / 3)


def test_a_fault_is_passed_over() -> None:
    assert read((0, 200), (1, 500), (1, 200)).clean == read((0, 200), (1, 200)).clean


def quota(answers: Iterable[tuple[float, int]]) -> Quota:
    found, ledger = Quota(), read(*answers)
    for i in range(len(ledger.cycles)):
        found.learn(ledger.cycles[: i + 1])
    return found


def test_a_block_tells_the_quota_and_the_length_of_its_cycle() -> None:
    found = quota([(0, 200), *[(1, 200)] * 9, (1, 429), (20, 429), (40, 200)])
    assert (found.accepted, found.least, found.most, found.confirmed) == (10, 30, 70, False)


def test_two_cycles_that_agree_confirm_a_quota_and_narrow_its_length() -> None:
    cycle = [*[(2.0, 200)] * 9, (2, 429), (26, 429), (17, 200)]
    found = quota([(0, 200), *cycle, *cycle])
    assert found.confirmed
    assert (found.least, found.most) == (46, 63)


def test_a_first_run_that_began_slowly_and_a_quick_one_agree_on_no_quota() -> None:
    """A bucket that bans fill again gives both: it was full while the first requests came slowly."""
    first = [(1.0, 200), (0.3, 200), *[(0.03, 200)] * 7, (0.03, 429), (1, 429), (3, 200)]
    second = [*[(0.12, 200)] * 9, (0.12, 429), (2.7, 429), (7.8, 200)]
    assert not quota([(0, 200), *first, *second]).confirmed


def test_a_ban_fills_the_bucket_and_so_a_longer_run_gives_more() -> None:
    burst = [(0, 200), *[(0.01, 200)] * 9, (0.01, 429), (20, 429), (20, 200)]
    assert quota([*burst, *[(0.5, 200)] * 60, (0.5, 429), (0.5, 429), (40, 200)]).burst == 10


def test_a_run_over_several_windows_gives_more_too_and_is_no_ban() -> None:
    """10 each 40 s: after windows that sustained their pace, one was too fast."""
    burst = [(0, 200), *[(0.01, 200)] * 9, (0.01, 429), (20, 429), (20, 200)]
    assert quota([*burst, *[(4, 200)] * 20, *[(3, 200)] * 9, (3, 429), (3, 429), (40, 200)]).burst == 0


def test_one_refusal_by_chance_is_no_spent_quota() -> None:
    assert not quota([(0, 200), *[(1, 200)] * 9, (1, 429), (1, 200)])


def test_a_stated_policy_is_gone_to_at_once_and_verified() -> None:
    outcome = probe(FixedWindow(60, 30), told=1, states=True)
    assert outcome.refused == 0
    assert all((attempt.spacing or 1) >= 0.5 for attempt in outcome.attempts), "no burst where a pace is stated"
    assert outcome.verdict.wait == pytest.approx(0.5, rel=0.1)
    assert outcome.verdict.kind == "certified"


@dataclass
class Boasting:
    """A rule that states ten times what it serves."""

    rule: TokenBucket

    seed: int = 0
    kind: ClassVar[str] = "token bucket"

    def ask(self, now: float) -> Decision:
        decision = self.rule.ask(now)
        (policy,) = decision.policies
        return Decision(decision.accepted, decision.retry_after, policies=(policy._replace(quota=10 * policy.quota),))

    def acceptance(self, wait: float) -> float:
        return self.rule.acceptance(wait)

    def steady_wait(self, refusal_rate: float) -> float:
        return self.rule.steady_wait(refusal_rate)

    def describe(self) -> str:
        return self.rule.describe()


def test_a_stated_policy_that_does_not_hold_is_not_believed() -> None:
    limiter = Boasting(TokenBucket(0.5, 10))
    verdict = probe(limiter, states=True).verdict
    assert verdict.kind == "certified"
    assert (verdict.wait or 0) >= limiter.steady_wait(0.05)


def test_a_retry_after_that_is_too_short_is_found_out_with_few_refusals() -> None:
    outcome = probe(FixedWindow(20, 60), told=0.4)
    assert outcome.verdict.kind == "certified"
    assert outcome.refused <= 10
    assert (outcome.verdict.wait or 0) >= 0.95 * 3


def test_a_service_that_queues_is_certified_at_its_own_pace_without_a_refusal() -> None:
    limiter = LeakyBucket(rate=30, per=60, burst=10, delay=0)
    outcome = probe(limiter)
    assert outcome.refused == 0
    assert outcome.verdict.kind == "certified"
    assert outcome.verdict.wait == pytest.approx(2, rel=0.1)


def test_the_rest_after_a_refusal_is_no_evidence() -> None:
    outcome = probe(MinimumGap(1, 0.2), told=1)
    tested = outcome.verdict.tested or 0.0
    at_it = [attempt for attempt in outcome.attempts if (attempt.wait or 0.0) == pytest.approx(tested, rel=1e-3)]
    evidence = at_it[-outcome.verdict.accepted :]
    before = outcome.attempts[evidence[0].number - 2]
    assert [attempt.number for attempt in evidence] == list(range(evidence[0].number, evidence[-1].number + 1))
    assert all(attempt.outcome is Outcome.ACCEPTED for attempt in evidence)
    assert (evidence[0].spacing or 0) <= tested * 1.02
    assert before.outcome is Outcome.ACCEPTED


def test_a_run_that_a_hint_does_not_allow_refutes_it() -> None:
    burst = [(0.1, 200)] * 30 + [(0.1, 503), (4.0, 503), (9.0, 503), (27.0, 200)]
    assert read(*burst).hint == pytest.approx(13)
    assert read(*burst, *[(13.5, 200)] * 2, (13.5, 503)).hint == pytest.approx(13)
    assert read(*burst, *[(0.5, 200)] * 28, (0.5, 503)).hint == 0


@pytest.mark.parametrize(("spread", "given_up"), [(2.0, False), (3.9, False), (4.0, True)])
def test_the_pace_is_called_unrelated_only_after_waits_over_a_fourfold_range(spread: float, *, given_up: bool) -> None:
    tried = [Trial(1 + (spread - 1) * step / 7, sent=5 + step % 3) for step in range(8)]
    assert (hopeless(tried, 0.05) is not None) is given_up


@pytest.mark.parametrize("strategy", [careful, quick])
def test_slowing_answers_and_then_two_refusals_do_not_crash_the_first_rest(strategy: type) -> None:
    """Slow-down before refusal is usual, and once ended in `max() arg is an empty sequence`."""
    slowing = [(200, 0.2), *[(200, 2.0)] * 12, *[(429, 2.0)] * 3]
    left = iter(slowing)

    def answer(_: float) -> tuple[int, float, dict[str, str]]:
        return (*next(left, (200, 0.2)), {})

    _, attempts, verdict = drive(strategy(Goal(), Budget()), answer)
    assert sum(attempt.outcome is Outcome.REFUSED for attempt in attempts) == 3
    assert verdict.kind in {"certified", "estimated"}
    assert (verdict.wait or 0) > 2


@pytest.mark.parametrize("strategy", ["careful", "quick"])
@pytest.mark.parametrize("gap", [21.0, 47.0, 70.0])
def test_what_a_long_block_refused_is_not_asked_for_far_below_that_again(strategy: str, gap: float) -> None:
    """A gap of 47 s had refused 27 s, and then 5 and 12 s were asked for to see whether that was a ban."""
    _, attempts = drive_world(World("gap", Gap(gap).take, (429, {}, "")), strategy, Budget(requests=40))
    first = next(i for i, each in enumerate(attempts[1:], 1) if each.outcome is Outcome.ACCEPTED)
    seen = max(each.spacing or 0.0 for each in attempts[:first])
    assert min(each.spacing or 0.0 for each in attempts[first:]) >= 0.99 * seen


@pytest.mark.parametrize("strategy", ["careful", "quick"])
def test_a_ban_after_the_second_request_is_not_taken_for_a_gap_as_long(strategy: str) -> None:
    """What is asked at first lies above the time that the block lasted: what is believed comes down to the limit."""
    world = World("ban", Gap(2.0).take, (429, {}, ""), ban=40.0)
    verdict, _ = drive_world(world, strategy)
    assert 2 <= (verdict.wait or 0) < 3


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(
    ("quota", "window", "pause"), [(30, 120.0, 120), (40, 60.0, 60), (10, 60.0, 60), (20, 60.0, 90)]
)
def test_a_pause_that_is_the_same_whenever_it_refuses_does_not_lengthen_the_window(
    quota: int, window: float, pause: int, strategy: str
) -> None:
    """'Try again in 2 minutes', whatever is still to go: the longest cycle was the window, 6.4 s for 4 s."""
    world = World("padded", Window(quota, window).take, (429, {"Retry-After": str(pause)}, "Try again later"))
    verdict, _ = drive_world(world, strategy)
    padded = max(1.0, pause / window)
    assert 0.97 <= (verdict.wait or 0) * quota / window < 1.3 * padded
    assert sum(not served for _, served, _ in world.log) <= 4
