from __future__ import annotations

from dataclasses import replace
from random import Random
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
    SlidingLog,
    TokenBucket,
    Unlimited,
    fresh,
)
from tests.bench.arena_world import Clock, Run, Service, run
from tests.conftest import examples
from widgets.model.attempt import Attempt, Budget, Goal
from widgets.probe.identify import Candidate, Parameter, doubts, identify, judged, said
from widgets.probe.identify.calibration import calibrated
from widgets.probe.identify.families import FAMILIES
from widgets.probe.strategies import careful, quick
from widgets.probe.strategies import identify as asking

if TYPE_CHECKING:
    from server.limiters import Limiter

KNOWN: list[tuple[Limiter, str]] = [
    (MinimumGap(seed=2), "minimum gap"),
    (MinimumGap(2, 0), "minimum gap"),
    (MinimumGap(2, 0, reset=False), "minimum gap without reset"),
    (TokenBucket(0.5, 20), "token bucket"),
    (LeakyBucket(30, 60, 5, None), "token bucket"),
    (FixedWindow(20, 40), "fixed window"),
    (FixedWindow(12, 30, aligned=False), "fixed window"),
    (SlidingLog(15, 30), "sliding window"),
    (PenaltyBox(0.5, 5, 30), "penalty box"),
]


def asked(limiter: Limiter) -> Run:
    return run(asking(Goal(), Budget()), Service(fresh(limiter), latency=0.03), Clock(1000))


@pytest.mark.parametrize(("limiter", "name"), KNOWN, ids=lambda value: getattr(value, "kind", value))
def test_the_services_own_rule_remains_among_the_candidates(limiter: Limiter, name: str) -> None:
    outcome = asked(limiter)
    found: tuple[Candidate, ...] = outcome.verdict.limiter
    assert name in [candidate.name for candidate in found]
    assert found[0].support >= 0.4
    assert sum(candidate.support for candidate in found) == pytest.approx(1, abs=0.07)


@pytest.mark.parametrize(
    ("limiter", "name"), [case for case in KNOWN if "gap" in case[1] or "bucket" in case[1]], ids=str
)
def test_the_requests_spent_tell_gap_and_bucket_apart(limiter: Limiter, name: str) -> None:
    assert asked(limiter).verdict.limiter[0].name == name


def test_the_parameters_of_a_bucket_are_found_with_their_range() -> None:
    outcome = run(careful(Goal(), Budget()), Service(TokenBucket(0.5, 20), latency=0.03), Clock())
    best = identify(outcome.attempts)[0]
    rate, burst = best.parameters
    assert best.name == "token bucket"
    assert (rate.name, burst.name, rate.unit) == ("rate", "burst", "/s")
    assert rate.low * 0.98 <= 0.5 <= rate.high * 1.02
    assert rate.value == pytest.approx(0.5, rel=0.05)
    assert burst.value == pytest.approx(20, abs=2)
    assert best.explained >= 0.97 * best.attempts


def test_refusals_by_chance_are_not_taken_for_a_rule() -> None:
    limiter = RandomFailures(MinimumGap(0.01, 0), share=0.25, as_refusals=True, seed=4)
    outcome = run(careful(Goal(), Budget(requests=80)), Service(limiter), Clock())
    found = [each.name for each in identify(outcome.attempts)]
    assert next(name for name in found if name != "another rule") == "refusals at random"
    assert found[0] in {"refusals at random", "another rule"}


def test_without_a_refusal_nothing_is_named() -> None:
    (only,) = asked(Unlimited()).verdict.limiter
    assert (only.name, only.parameters) == ("none seen", ())


def test_the_question_costs_no_more_than_stated() -> None:
    service, clock = Service(TokenBucket(0.5, 20)), Clock()
    first = run(quick(Goal(), Budget()), service, clock)
    second = run(asking(Goal(), Budget(), known=first.attempts, requests=15), service, clock, known=first.attempts)
    news = second.attempts[len(first.attempts) :]
    searched = sum(attempt.number <= len(first.attempts) for attempt in second.attempts)
    assert searched == len(first.attempts)
    assert len(news) <= 15 + 8
    assert second.verdict.kind == "inconclusive"
    assert "support" in second.verdict.statement


def test_every_name_comes_with_its_support() -> None:
    for candidate in asked(MinimumGap(2, 0)).verdict.limiter:
        assert f"{candidate.name}" in str(candidate)
        assert said(candidate.support) in str(candidate)


def test_no_more_support_is_said_than_was_right_on_hidden_services() -> None:
    """Of those that were named with over 99 %, 54 of 60 were right."""
    assert said(1.0) == said(0.999) == said(0.93) == "support about 90 %"
    assert said(0.42) == "support 42 %"


def test_a_range_is_said_and_not_the_best_value_alone() -> None:
    assert str(Parameter("rate", 0.5, 0.48, 0.52, "/s")) == "rate 0.48 to 0.52/s"
    assert str(Parameter("burst", 20, 20, 20, "")) == "burst 20"


def test_a_gap_whose_noise_has_not_shown_is_not_said_to_have_none() -> None:
    """Between the longest refused and the shortest accepted spacing anything may be drawn."""
    (noise,) = (each for each in asked(MinimumGap(2, 0)).verdict.limiter[0].parameters if each.name == "noise")
    assert noise.low == 0
    assert noise.high > 0.02


def test_a_noisy_gap_is_given_as_ranges_that_hold_both_of_its_ends() -> None:
    gap, noise = asked(MinimumGap(seed=2)).verdict.limiter[0].parameters
    assert gap.low <= 4 <= gap.high
    assert noise.low <= 2.5 <= noise.high
    assert noise.high > 0.5
    assert "drawn anew each time" in str(noise)


def test_a_fault_now_and_then_leaves_the_rule_its_name() -> None:
    limiter = RandomFailures(TokenBucket(0.5, 10), share=0.02, seed=3)
    outcome = run(careful(Goal(), Budget()), Service(limiter, latency=0.03), Clock(1000))
    assert identify(outcome.attempts)[0].name == "token bucket"


def test_answers_that_no_rule_explains_are_said_to_be_another_rules() -> None:
    """Refused in the middle of the spacings, as no rule that is compared does."""
    draw = Random(1)  # noqa: S311 - an example
    attempts, now = [], 0.0
    for number in range(1, 91):
        spacing = draw.choice((0.5, 2.0, 8.0))
        now += spacing
        attempts.append(
            Attempt(number, spacing, spacing if number > 1 else None, now, 0.01, 429 if spacing == 2 else 200)
        )
    best = identify(attempts)[0]
    assert best.name == "another rule"
    assert str(best) == "another rule, none of those compared: support about 90 %"


def test_what_was_spent_on_the_question_is_said() -> None:
    statement = asked(MinimumGap(2, 0)).verdict.statement
    assert "of the 40 requests meant for the question were spent: one rule is supported well enough." in statement


def test_the_question_ends_when_its_requests_are_used_up() -> None:
    outcome = run(asking(Goal(), Budget(), requests=3), Service(SlidingLog(3, 9), latency=0.03), Clock(1000))
    assert "3 of the 3 requests meant for the question were spent: they are used up." in outcome.verdict.statement


ATTEMPTS = st.lists(
    st.tuples(st.one_of(st.just(0.0), st.floats(0, 100)), st.sampled_from([200, 429, 503, 500, None])), max_size=40
)


@settings(max_examples=examples(150), deadline=None)
@given(ATTEMPTS)
def test_any_attempts_can_be_read(steps: list[tuple[float, int | None]]) -> None:
    attempts, now = [], 0.0
    for number, (spacing, status) in enumerate(steps, 1):
        now += spacing
        attempts.append(Attempt(number, spacing, spacing if number > 1 else None, now, 0.1, status))
    found = identify(attempts)
    assert found
    assert all(0.01 <= candidate.support <= 1 for candidate in found)
    assert [candidate.support for candidate in found] == sorted((each.support for each in found), reverse=True)


def test_answers_that_no_named_rule_explains_well_are_held_for_another_rules() -> None:
    """Twenty answers that come by fives, whatever the clock."""
    attempts = [
        Attempt(i + 1, 1.0 if i else None, 1.0 if i else None, float(i), 0.01, 200 if sign == "A" else 429)
        for i, sign in enumerate("AARAR" * 4)
    ]
    best = identify(attempts)[0]
    assert best.name == "another rule"
    assert 0.6 < best.support <= 1


@pytest.mark.parametrize(("rate", "burst"), [(4.0, 8), (3.99, 7), (0.5, 20)])
def test_the_burst_is_what_the_ends_of_a_run_took_from_a_full_bucket(rate: float, burst: int) -> None:
    """The slow requests at the start of a search take nothing from a bucket that is full again each time."""
    limiter = TokenBucket(rate, burst)
    found = identify(run(quick(Goal(), Budget()), Service(limiter, latency=0.02), Clock(7)).attempts)
    assert found[0].name == "token bucket"
    named = {parameter.name: parameter for parameter in found[0].parameters}
    assert named["burst"].low <= burst <= named["burst"].high
    assert named["burst"].high - named["burst"].low <= 1


def test_what_contradicts_a_rule_is_held_for_another_rule() -> None:
    """A bucket explains all but some of the answers; the likelihood alone would take those for faults."""
    bucket = run(quick(Goal(), Budget()), Service(TokenBucket(2, 6), latency=0.02), Clock(7)).attempts
    clean = identify(bucket)[0]
    assert (clean.name, clean.likeness > 0.5) == ("token bucket", True)
    accepted = [i for i, attempt in enumerate(bucket) if attempt.status == 200]
    for i in accepted[3::6]:
        bucket[i] = replace(bucket[i], status=429)
    doubted = identify(bucket)
    assert all(each.likeness < 0.9 for each in doubted if each.name != "another rule")
    assert all(each.likeness < 0.5 * clean.likeness for each in doubted if each.name == "token bucket")
    assert any(each.name == "another rule" for each in doubted)


@pytest.mark.parametrize(
    ("name", "most"), [("token bucket", 0.9), ("fixed window", 0.9), ("sliding window", 0.9), ("penalty box", 0.9)]
)
def test_no_support_is_larger_than_its_calibration_bears(name: str, most: float) -> None:
    """Other rules that look alike were met, however much better than the compared ones it explains the answers."""
    evidence = {each: 0.0 if each == name else -1000.0 for each in FAMILIES}
    support = calibrated(evidence, -1000.0, {}, 60)
    assert support[name] == max(support.values())
    assert support[name] <= most
    assert sum(support.values()) == pytest.approx(1)


@given(
    st.lists(st.floats(-500, 0), min_size=len(FAMILIES), max_size=len(FAMILIES)),
    st.floats(-500, 0),
    st.integers(1, 300),
    st.integers(0, 40),
    st.sampled_from(["identify", "quick", "careful", "doubling"]),
)
def test_more_evidence_for_a_name_is_never_less_support(
    logs: list[float], guessed: float, answers: int, blocks: int, strategy: str
) -> None:
    evidence = dict(zip(FAMILIES, logs, strict=True))
    name = max(evidence, key=lambda each: evidence[each])
    less = calibrated(evidence, guessed, {}, answers, blocks, strategy)
    more = calibrated(evidence | {name: evidence[name] + 2}, guessed, {}, answers, blocks, strategy)
    # Where all others are too far below to be told apart, they lose nothing, and the map of shares is no straight line.
    assert more[name] >= less[name] - 1e-4
    assert sum(more.values()) == pytest.approx(1)


def test_an_answer_that_contradicts_a_name_takes_most_of_its_support() -> None:
    evidence = dict.fromkeys(FAMILIES, -20.0) | {"token bucket": 0.0}
    free = calibrated(evidence, -10.0, {}, 60)["token bucket"]
    assert calibrated(evidence, -10.0, {"token bucket": 1.0}, 60)["token bucket"] < 0.7 * free


def test_the_same_answers_say_less_of_the_rule_after_a_search_than_after_the_question_for_it() -> None:
    """Two short blocks by the way, and all but one of the rules fit: a search has not tried to tell them apart."""
    evidence = dict.fromkeys(FAMILIES, -3.0) | {"fixed window": 0.0}
    asked = calibrated(evidence, -10.0, {}, 60, 2)["fixed window"]
    searched = calibrated(evidence, -10.0, {}, 60, 2, "careful")["fixed window"]
    assert searched < 0.5 < asked


def test_no_support_is_told_where_a_search_does_not_tell_the_rules_apart() -> None:
    """A bucket whose refusals came three times: after `careful` a window is possible, too."""
    limiter = TokenBucket(2, 6)
    attempts = run(quick(Goal(), Budget()), Service(limiter, latency=0.02), Clock(7)).attempts
    found = {strategy: identify(attempts, strategy) for strategy in ("identify", "quick", "doubling")}
    assert all(each.told and "support" in str(each) for each in found["identify"])
    assert {each.told for each in found["quick"]} == {found["quick"][0].support >= 0.5}
    assert not any(each.told or "support" in str(each) for each in found["doubling"])
    assert [doubts(each, name) for name, each in found.items()][::2] == [
        "",
        "how often such names are right was not measured for this strategy",
    ]
    unsure = judged((replace(each, support=0.4) for each in found["quick"]), "quick")
    assert doubts(unsure, "quick") == "the answers do not tell them apart"
    assert not any("support" in str(each) for each in unsure)


def test_of_a_few_answers_no_support_is_told() -> None:
    """After a single 503 'another rule: support 76 %' was printed."""
    found = identify([Attempt(1, None, None, 0.0, 0.1, 503)], "quick")
    assert found
    assert not any(each.told or "support" in str(each) for each in found)
    assert doubts(found, "quick") == "the answers do not tell them apart"


@pytest.mark.parametrize(("began", "latency"), [(1.0, 0.05), (1.5, 0.05), (6.5, 0.3), (8.0, 0.3)])
def test_the_range_of_a_window_on_the_clock_holds_the_truth(began: float, latency: float) -> None:
    """Where its windows did not begin and end in turn at any length tried, 7.1 s or 133,329 s were said of 10 s."""
    attempts = run(
        asking(Goal(), Budget()), Service(FixedWindow(20, 10), latency=latency), Clock(1000 + began)
    ).attempts
    (window,) = (each for each in identify(attempts) if each.name == "fixed window")
    limit, length = window.parameters
    assert limit.low <= 20 <= limit.high
    assert length.low <= 10 <= length.high < 30
    assert window.explained == window.attempts


@pytest.mark.parametrize("began", [4.5, 7.5, 8.0])
def test_a_row_tells_rules_apart_of_which_two_requests_tell_nothing(began: float) -> None:
    """Where an answer takes 0.3 s, a bucket and a window of 20 both serve a dozen: it gave up after some 40."""
    attempts = run(asking(Goal(), Budget()), Service(FixedWindow(20, 10), latency=0.3), Clock(1000 + began)).attempts
    assert identify(attempts)[0].name == "fixed window"


def test_where_it_gives_up_it_says_what_it_weighed_and_not_that_no_request_would_tell() -> None:
    outcome = run(asking(Goal(), Budget()), Service(FixedWindow(20, 10), latency=0.3), Clock(1000))
    assert len(outcome.verdict.limiter) > 1
    assert (
        "were spent: none of the next steps that were weighed, one or two requests after some waits or a row as quick "
        "as answers come, is expected to tell the remaining rules apart."
    ) in outcome.verdict.statement
