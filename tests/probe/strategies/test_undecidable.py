"""What no polite probe can know: the kind is never `certified` where it was seen, and the statement names the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pytest

from server.limiters import (
    DailyQuota,
    Decision,
    Drifting,
    FixedWindow,
    MinimumGap,
    PenaltyBox,
    RandomFailures,
    Shared,
    TokenBucket,
    Unlimited,
)
from tests.bench.arena_world import Clock, Run, Service, run
from widgets.model.attempt import Attempt, Budget, Goal, Outcome
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies.trial import Trial, caveats, missing_for_rising

if TYPE_CHECKING:
    from server.limiters import Limiter


def probe(limiter: Limiter, *, told: float = 0.0, headers: dict[str, str] | None = None, seed: int = 0) -> Run:
    return run(careful(Goal(), Budget()), Stating(limiter, 0.03, told, seed=seed, fixed=headers or {}), Clock(17))


@dataclass(slots=True)
class Stating(Service):
    """A service that says the same of its limits in each answer."""

    fixed: dict[str, str] = field(default_factory=dict)

    def answer(self, clock: Clock) -> tuple[int, dict[str, str]]:
        status, headers = Service.answer(self, clock)
        return status, {**headers, **self.fixed}


def accepted(outcome: Run) -> int:
    return sum(attempt.outcome is Outcome.ACCEPTED for attempt in outcome.attempts)


# A burst larger than what was sent.


@pytest.mark.parametrize("limiter", [Unlimited(), TokenBucket(0.2, burst=5000)])
def test_a_burst_larger_than_what_was_sent_is_no_certificate(limiter: Limiter) -> None:
    outcome = probe(limiter)
    assert outcome.verdict.kind == "no limit seen"
    assert f"bursts of more than {len(outcome.attempts)} requests" in outcome.verdict.statement


# A second, slower quota behind a fast one.


def test_a_slower_quota_that_nothing_shows_is_named_with_its_numbers() -> None:
    outcome = probe(DailyQuota(quota=2000, rate=0.5, burst=10))
    verdict = outcome.verdict
    assert verdict.kind == "certified"
    assert f"unless its burst is below {verdict.accepted}·(1 - f) requests" in verdict.statement
    assert f"one of more than {accepted(outcome)} requests a day" in verdict.statement
    assert verdict.horizon < 86_400


@pytest.mark.parametrize("strategy", [careful, quick])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"RateLimit-Policy": '"day";q=1000;w=86400'}, 86.4),
        ({"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "400", "X-RateLimit-Reset": "20000"}, 172.8),
    ],
    ids=["a policy", "what remains"],
)
def test_a_slower_quota_that_the_service_states_is_no_certificate_and_sets_the_wait(
    strategy: type, headers: dict[str, str], wait: float
) -> None:
    """1000 a day is one each 86.4 s: no probe of an hour can show that with 59 requests."""
    service = Stating(DailyQuota(quota=1000, rate=1, burst=10), 0.03, fixed=headers)
    verdict = run(strategy(Goal(), Budget()), service, Clock()).verdict
    affordable = strategy is careful and wait * 1.02 * 63 < Budget().seconds
    assert verdict.kind == ("certified" if affordable else "stated")
    assert wait <= (verdict.wait or 0) <= wait * 1.03
    if not affordable:
        assert f": {wait:.3g} s between requests" in verdict.statement
        assert f"{verdict.accepted} of {verdict.accepted} that count were accepted" in verdict.statement


@pytest.mark.parametrize(
    "headers",
    [
        {"RateLimit-Policy": '"day";q=90000;w=86400'},
        {"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "3000"},
        {"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": "10"},
        {"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "1795512000"},
    ],
    ids=["a policy", "what remains", "a reset that the evidence has seen pass", "a moment that nothing dates"],
)
def test_a_stated_quota_that_sustains_the_pace_or_says_nothing_of_it_forbids_nothing(headers: dict[str, str]) -> None:
    assert probe(TokenBucket(1, 10), headers=headers).verdict.kind == "certified"


def test_a_daily_quota_that_cuts_the_probe_off_is_no_certificate_and_is_named() -> None:
    outcome = probe(DailyQuota(quota=60, rate=1, burst=5))
    assert outcome.verdict.kind == "inconclusive"
    assert "60 requests had been accepted, and then none for" in outcome.verdict.statement
    assert "a quota of about 60 requests" in outcome.verdict.statement


def test_a_pause_longer_than_the_evidence_is_no_certificate() -> None:
    """A ban of an hour, said to last so long, and an evidence of two minutes."""
    limiter = PenaltyBox(rate=1, burst=1, penalty=2500)
    verdict = run(careful(Goal(), Budget(seconds=20_000)), Service(limiter, 0.03, told=1), Clock()).verdict
    assert verdict.kind == "estimated"
    assert "asked to be left alone for 2,500 s" in verdict.statement


# A limit that changes: later, and within the probe.


def test_a_limit_that_changes_later_is_named() -> None:
    assert "a limit that changes later, by the hour or with what other" in probe(MinimumGap(1, 0)).verdict.statement


@pytest.mark.parametrize(("period", "swing"), [(600, 0.3), (600, 0.7), (1200, 0.5), (1800, 0.5), (2400, 0.7)])
def test_a_limit_that_is_seen_to_rise_is_certified_at_its_highest_alone(period: int, swing: float) -> None:
    """From a fifth of a swing after its least on: each wait that had held is refused after a while.

    What held for longer than the rise took was not risen above; what did not is no certificate.
    """
    limiter = Drifting(gap=1, swing=swing, period=period)
    least = min(range(period), key=limiter.gap_at)
    verdict = run(careful(Goal(), Budget()), Service(limiter, 0.03), Clock(least + 0.2 * period)).verdict
    assert (verdict.wait or 0) >= max(map(limiter.gap_at, range(period)))
    if verdict.kind == "estimated":
        assert "the limit was rising meanwhile" in verdict.statement


def test_a_limit_that_rises_further_than_a_probe_lasts_is_no_certificate() -> None:
    limiter = Drifting(gap=1, swing=0.7, period=2400)
    least = min(range(2400), key=limiter.gap_at)
    verdict = run(careful(Goal(), Budget()), Service(limiter, 0.03), Clock(least + 480)).verdict
    assert verdict.kind == "estimated"
    assert "the limit was rising meanwhile" in verdict.statement


def tried(*series: tuple[float, int], before: float = 300.0) -> Trial:
    """A trial of 100 acceptances, so long after those of (wait, requests) began, each ended by a refusal."""
    evidence = [Attempt(number, 2.0, 2.0, 2.0 * number, 0.01, 200) for number in range(1, 101)]
    began = [Attempt(1, 1.0, 1.0, 2.0 - before, 0.01, 200)]
    return Trial(2.0, evidence=evidence, before=[Trial(wait, sent=sent, evidence=began) for wait, sent in series])


def test_refusals_that_get_rarer_with_a_longer_wait_are_no_rising_limit() -> None:
    falling = tried((1.0, 13), (1.1, 20), (1.2, 40), (1.3, 60))
    level = tried((1.0, 30), (1.1, 25), (1.2, 30), (1.3, 28))
    assert caveats(falling.evidence, falling) == ""
    assert "while the wait grew from 1 s to 1.3 s" in caveats(level.evidence, level)


@pytest.mark.parametrize(("before", "missing"), [(198, 0), (199, 1), (300, 102)])
def test_what_held_for_as_long_as_the_rise_took_was_not_risen_above(before: float, missing: float) -> None:
    held = tried((1.0, 30), (1.1, 25), (1.2, 30), (1.3, 28), before=before)
    assert missing_for_rising(held) == pytest.approx(missing)
    assert bool(caveats(held.evidence, held)) is bool(missing)


# Failures at any pace.


def test_refusals_at_any_pace_are_recognised_and_end_the_probe() -> None:
    outcome = probe(RandomFailures(MinimumGap(1, 0), share=0.2, as_refusals=True))
    assert outcome.verdict.kind == "inconclusive"
    assert "Refusals did not get rarer" in outcome.verdict.statement
    assert outcome.refused <= 40


# A rare long tail.


@dataclass(slots=True)
class LongTail:
    """A gap of one second, and now and then one of three: rarely enough for a few answers to miss it."""

    share: float
    seed: int = 0
    kind: ClassVar[str] = "minimum gap"
    _count: int = 0
    _last: float = -9.0

    def ask(self, now: float) -> Decision:
        self._count += 1
        needed = 3.0 if (self._count * 0.618034 + self.seed * 0.37) % 1 < self.share else 1.0
        kept, self._last = now - self._last >= needed, now
        return Decision(kept, 0.0 if kept else needed)

    def acceptance(self, wait: float) -> float:
        return 0.0 if wait < 1 else 1.0 if wait >= 3 else 1 - self.share

    def steady_wait(self, refusal_rate: float) -> float:
        return 1.0 if refusal_rate >= self.share else 3.0

    def describe(self) -> str:
        return "one second, rarely three"


def test_an_estimate_names_the_rare_long_tail_and_a_certificate_holds_in_spite_of_it() -> None:
    service = LongTail(share=0.1)
    estimate = run(quick(Goal(), Budget()), Service(service, 0.01), Clock()).verdict
    assert estimate.kind == "estimated"
    assert "if there is no rare long tail" in estimate.statement
    for seed in range(10):
        limiter = LongTail(0.1, seed)
        verdict = probe(limiter, seed=seed).verdict
        assert verdict.kind != "certified" or (verdict.wait or 0) >= limiter.steady_wait(0.05)


# Shared with other clients.


def test_what_other_clients_ask_is_named() -> None:
    limiter = Shared(FixedWindow(limit=20, window=20), others=0.2, seed=3)
    verdict = probe(limiter).verdict
    assert verdict.kind in ("certified", "estimated")
    assert "with what other clients ask" in verdict.statement


# A penalty box that blocks once.


@pytest.mark.parametrize("burst", [3, 8, 14, 20])
@pytest.mark.parametrize("penalty", [20, 50])
def test_a_ban_that_comes_once_does_not_pass_for_a_spent_quota(burst: int, penalty: float) -> None:
    """Then the bucket is full again, and a pace a little too fast is served for long."""
    limiter = PenaltyBox(rate=1.1, burst=burst, penalty=penalty)
    verdict = probe(limiter).verdict
    assert verdict.kind != "certified" or (verdict.wait or 0) >= limiter.steady_wait(0.05) * 0.999
