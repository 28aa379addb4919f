"""Every dialect that the service writes is read back by the probe, those that are wrong on purpose included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.headers import DIALECTS, write
from server.limiters import (
    LIMITERS,
    DailyQuota,
    Decision,
    FixedWindow,
    LeakyBucket,
    MinimumGap,
    Policy,
    SlidingLog,
    TokenBucket,
)
from widgets.http.limits import Limits, read
from widgets.model.attempt import Attempt, Outcome

if TYPE_CHECKING:
    from server.limiters import Limiter

NOW = 1_795_500_000.0
WRONG = {"short-retry-after", "long-retry-after", "wrong-limit"}
SILENT = {"none", "nasa", "github", "x", "brevo"}
"""Dialects that never say how long to stay away."""

WITH_REMAINING = set(DIALECTS) - {"none", "retry-after", "retry-after-date", "short-retry-after", "long-retry-after"}
WITH_RESET = WITH_REMAINING - {"nasa", "shopify", "mailerlite"}
WITH_WINDOW = {"ietf-06", "ietf-07", "ietf-10"}
READINGS = {
    "github": "epoch seconds",
    "x": "epoch seconds",
    "gitlab": "epoch seconds",
    "brevo": "seconds left",
    "ietf-06": "seconds left",
    "ietf-07": "seconds left",
    "ietf-10": "seconds left",
    "wrong-limit": "seconds left",
    "reset-milliseconds": "milliseconds left",
    "reset-iso": "ISO date",
    "reset-javascript": "JavaScript date",
}


def back(dialect: str, decision: Decision, now: float = NOW) -> Limits:
    return read(200 if decision.accepted else 403, write(dialect, decision, now), now)


def decisions(limiter: Limiter) -> list[Decision]:
    """From the first request to the first refusal, all at once."""
    found = [limiter.ask(NOW)]
    while found[-1].accepted and len(found) < 100:
        found.append(limiter.ask(NOW))
    return found


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - WRONG))
@pytest.mark.parametrize("slug", LIMITERS)
def test_honest_dialect_comes_back_as_the_limiter_decided(slug: str, dialect: str) -> None:
    for decision in decisions(LIMITERS[slug]()):
        limits = back(dialect, decision)
        if decision.accepted or dialect in SILENT:
            assert limits.retry_after is None
        else:
            assert limits.retry_after is not None
            assert decision.retry_after <= limits.retry_after < decision.retry_after + 1
        nearest = min(decision.policies, key=lambda policy: (policy.remaining, -policy.reset), default=None)
        if nearest is None or dialect not in WITH_REMAINING:
            assert limits.remaining is None
        else:
            assert limits.remaining == nearest.remaining
            assert read(403, write(dialect, decision, NOW), NOW).refused is (
                not decision.accepted or nearest.remaining == 0
            )


@pytest.mark.parametrize("dialect", sorted(WITH_RESET - WRONG))
@settings(deadline=None)
@given(left=st.floats(0.1, 59), remaining=st.integers(0, 10))
def test_reset_comes_back_in_the_meaning_in_which_it_was_written(dialect: str, left: float, remaining: int) -> None:
    limits = back(dialect, Decision(accepted=True, policies=(Policy("window", 10, 60.0, remaining, left),)))
    assert limits.reset is not None
    assert limits.reading == READINGS[dialect]
    assert left - 1e-6 <= limits.reset < left + 1.001
    assert limits.remaining == remaining


@settings(deadline=None)
@given(left=st.floats(0, 86_400), window=st.floats(1, 86_400))
def test_milliseconds_taken_for_seconds_only_ever_mean_a_longer_wait(left: float, window: float) -> None:
    limits = back("reset-milliseconds", Decision(accepted=True, policies=(Policy("window", 10, window, 3, left),)))
    assert limits.reset is not None
    assert limits.reset >= left


@pytest.mark.parametrize("dialect", sorted(WITH_WINDOW))
@pytest.mark.parametrize(
    "limiter",
    [
        MinimumGap(),
        MinimumGap(gap=0.31, noise=0),
        TokenBucket(),
        TokenBucket(rate=3.7, burst=1),
        LeakyBucket(),
        FixedWindow(),
        SlidingLog(limit=33, window=10),
        DailyQuota(),
        DailyQuota(quota=10**6),
    ],
    ids=repr,
)
def test_stated_pace_is_the_truth_or_up_to_a_hundredth_slower(limiter: Limiter, dialect: str) -> None:
    pace = back(dialect, limiter.ask(NOW)).sustained
    assert pace is not None
    assert 1 - 1e-6 <= pace / limiter.steady_wait(0) <= 1.01


def test_names_of_policies_come_back() -> None:
    limits = back("ietf-10", DailyQuota().ask(NOW))
    assert [policy.name for policy in limits.policies] == ["bucket", "day"]


def test_jobs_come_back_as_something_else_than_requests() -> None:
    limits = back("ietf-10", LIMITERS["concurrency"]().ask(NOW))
    assert [policy.unit for policy in limits.policies] == ["concurrent-requests"]
    assert limits.sustained is None


@pytest.mark.parametrize("slug", sorted(set(LIMITERS) - {"none"}))
def test_wrong_on_purpose_comes_back_wrong(slug: str) -> None:
    refusal = decisions(LIMITERS[slug]())[-1]
    assert not refusal.accepted
    short, long = back("short-retry-after", refusal), back("long-retry-after", refusal)
    assert short.retry_after is not None
    assert short.retry_after < refusal.retry_after
    assert long.retry_after == 10_000, "a third of a year cannot be meant; as milliseconds it can"
    assert long.notes
    wrong, honest = back("wrong-limit", refusal), back("ietf-10", refusal)
    assert [policy.quota for policy in wrong.policies] == [2 * policy.quota for policy in honest.policies] != []


@pytest.mark.parametrize("dialect", sorted(WITH_REMAINING - WRONG))
def test_forbidden_with_a_spent_limit_counts_as_refused(dialect: str) -> None:
    limiter = FixedWindow(limit=2)
    answers = decisions(limiter)
    attempts = [
        Attempt(number, None, None, 0.0, 0.0, 403, write(dialect, decision, NOW))
        for number, decision in enumerate(answers, 1)
    ]
    assert [attempt.outcome for attempt in attempts] == [Outcome.FAILED, Outcome.REFUSED, Outcome.REFUSED]
