"""A time in which nobody probed (a page lost and found again, a laptop asleep) is neither evidence nor spent budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.limiters import FixedWindow, MinimumGap, SlidingLog, TokenBucket, Unlimited
from tests.bench.arena_world import Clock, Service
from widgets.model.attempt import LATE, Attempt, Budget, Goal, absence
from widgets.probe.strategies import careful, doubling, quick, recheck
from widgets.probe.strategies.history import Ledger
from widgets.probe.strategies.pauses import span

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Limiter
    from widgets.model.attempt import Step, Strategy, Verdict

HOUR = 3600.0


def probe(
    plan: Strategy, limiter: Limiter, pause: Callable[[int, Step], float], known: tuple[Attempt, ...] = ()
) -> tuple[list[Attempt], Verdict]:
    """Follow a plan in virtual time; `pause(number, step)` are seconds in which nobody probes before an attempt."""
    service, clock, attempts = Service(limiter), Clock(), list(known)
    began = clock.now()
    if known:
        clock.sleep(known[-1].started + known[-1].latency)
    step = next(plan)
    while True:
        last = attempts[-1] if attempts else None
        clock.sleep(began + last.started + step.wait - clock.now() if last else 0.0)
        clock.sleep(pause(len(attempts) + 1, step))
        started = clock.now() - began
        status, headers = service.answer(clock)
        latency = clock.now() - began - started
        spacing = started - last.started if last else None
        wait = step.wait if last else None
        attempts.append(Attempt(len(attempts) + 1, wait, spacing, started, latency, status, headers))
        try:
            step = plan.send(attempts[-1])
        except StopIteration as end:
            return attempts, end.value


def once_in_a_trial(after: int, seconds: float = HOUR) -> Callable[[int, Step], float]:
    """One pause before a request of a trial, after so many of them."""
    seen = [0]

    def pause(_: int, step: Step) -> float:
        seen[0] += step.phase == "verify"
        return seconds if step.phase == "verify" and seen[0] == after else 0.0

    return pause


def at(number: int, seconds: float = HOUR) -> Callable[[int, Step], float]:
    return lambda each, _: seconds if each == number else 0.0


RULES: dict[str, Callable[[], Limiter]] = {
    "gap": lambda: MinimumGap(seed=4),
    "bucket": lambda: TokenBucket(1 / 7.1, 10),
    "window": lambda: FixedWindow(20, 142),
    "log": lambda: SlidingLog(20, 142),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("after", [5, 40])
def test_no_evidence_span_or_horizon_reaches_over_a_pause(name: str, after: int) -> None:
    rule = RULES[name]()
    attempts, verdict = probe(careful(Goal(), Budget(seconds=9000)), rule, once_in_a_trial(after))
    (paused,) = [i for i in range(1, len(attempts)) if absence(attempts[i - 1], attempts[i])]
    assert verdict.kind in {"certified", "estimated"}
    assert verdict.horizon <= verdict.span < HOUR
    assert verdict.span == pytest.approx((verdict.accepted + verdict.refused - 1) * (verdict.tested or 0), rel=0.05)
    assert verdict.accepted + verdict.refused <= len(attempts) - paused - 1, "the evidence lies on one side"
    assert (verdict.wait or 0) >= rule.steady_wait(0.05) * 0.999


@pytest.mark.parametrize("number", [3, 8, 15, 30, 60, 110])
def test_a_bucket_that_a_pause_filled_again_is_not_certified_too_fast(number: int) -> None:
    """With 100 tokens and one each 7.1 s, a pause within the search once led to a certificate of 0.33 s."""
    rule = TokenBucket(1 / 7.1, 100)
    _, verdict = probe(careful(Goal(), Budget(seconds=1e6)), rule, at(number))
    assert verdict.kind == "certified"
    assert (verdict.wait or 0) >= rule.steady_wait(0.05) * 0.999


def test_what_was_accepted_before_a_pause_is_not_part_of_an_unbroken_run() -> None:
    attempts, verdict = probe(careful(Goal(), Budget()), Unlimited(), at(100))
    assert verdict.kind == "no limit seen"
    after = [attempt for attempt in attempts if attempt.number >= 100]
    assert f"all of {len(after)} requests in {after[-1].started - after[0].started:.3g} s" in verdict.statement


def test_a_block_that_ended_in_a_pause_is_no_cycle_of_that_length() -> None:
    ledger = Ledger()
    for number, (spacing, status, absent) in enumerate(
        [(0, 200, False), *[(1, 200, False)] * 9, (1, 429, False), (3610, 200, True)], 1
    ):
        started = number - 1.0 + (3609 if absent else 0)
        wait = 10.0 if absent else 1.0
        ledger.read(Attempt(number, wait, spacing or None, started, 0.01, status), absent=HOUR if absent else 0)
    assert ledger.horizon == 20
    assert max(ledger.clean) == 1


def test_a_block_that_goes_on_after_a_pause_is_no_longer_for_it() -> None:
    """Else the next rest, never shorter than the block has lasted, would be an hour and beyond the budget."""
    ledger = Ledger()
    for number, (started, status, absent) in enumerate(
        [(0, 200, 0), (1, 429, 0), (4, 429, 0), (3604, 429, 3597), (3614, 200, 0)], 1
    ):
        ledger.read(Attempt(number, 3.0, 3.0, started, 0.01, status), absent=absent)
    assert ledger.horizon == pytest.approx(3614 - 3597)


def test_a_refusal_after_a_pause_shows_no_wait_too_fast() -> None:
    ledger = Ledger()
    ledger.read(Attempt(1, None, None, 0, 0.01, 200))
    ledger.read(Attempt(2, 1.0, 3600.0, 3600.0, 0.01, 429), absent=HOUR)
    assert ledger.low == 0


@pytest.mark.parametrize("strategy", [careful, quick])
@pytest.mark.parametrize("pause", [HOUR, 30 * HOUR])
def test_the_budget_counts_the_time_of_probing(strategy: type, pause: float) -> None:
    """A probe that is gone on with after an hour once asked a single time and ended."""
    attempts, verdict = probe(strategy(Goal(), Budget(seconds=900)), MinimumGap(seed=2), at(6, pause))
    assert verdict.kind in {"certified", "estimated"}
    assert verdict.seconds < 900
    assert verdict.seconds == pytest.approx(attempts[-1].started + attempts[-1].latency - pause, abs=60)


def test_made_certain_after_an_hour_it_goes_on() -> None:
    first, _ = probe(quick(Goal(), Budget()), MinimumGap(seed=2), at(0))
    known = tuple(first)
    attempts, verdict = probe(careful(Goal(), Budget(), known), MinimumGap(seed=2), at(len(known) + 1), known)
    assert verdict.kind == "certified"
    assert len(attempts) > len(known) + 59


def test_a_row_of_successes_does_not_reach_over_a_pause() -> None:
    attempts, verdict = probe(doubling(Goal(), Budget(), start=8), MinimumGap(6, 0), at(3))
    assert verdict.accepted == 4
    assert len(attempts) == 3 + 4
    attempts, verdict = probe(recheck(Goal(), Budget(), 8), MinimumGap(6, 0), at(5))
    assert verdict.accepted == 8
    assert len(attempts) == 5 + 8


def test_the_evidence_covers_no_more_than_the_spacings_that_were_asked_for() -> None:
    starts = [0.0, 1.0, 2.0, 4.5, 5.5]
    attempts = [Attempt(i, 1.0, 1.0, started, 0.1, 200) for i, started in enumerate(starts, 1)]
    assert span(attempts) == pytest.approx(3 + 1.02)
    assert span([attempt for attempt in attempts if attempt.number != 2]) == pytest.approx(2 + 1.02 + 1)
    assert span([]) == 0


@pytest.mark.parametrize(
    ("wait", "latency", "spacing", "pause"),
    [
        (6.0, 0.1, 6.0, 0.0),
        (6.0, 0.1, 11.9, 0.0),
        (6.0, 0.1, 3606.0, 3600.0),
        (0.1, 0.1, 0.1 + LATE, 0.0),
        (0.1, 25.0, 25.1, 0.0),
        (0.1, 25.0, 125.0, 100.0),
    ],
)
def test_late_is_not_absent(wait: float, latency: float, spacing: float, pause: float) -> None:
    first = Attempt(1, None, None, 0.0, latency, 200)
    assert absence(first, Attempt(2, wait, spacing, spacing, 0.1, 200)) == pytest.approx(pause)
    assert absence(None, first) == 0
