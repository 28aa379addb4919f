"""What one attempt says, and what a probe may aim at and spend."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import pytest

from widgets.model.attempt import NO_HEADERS, Attempt, Budget, Goal, Outcome, Step, absence, lateness

ROOMS = ["model.attempt", "model.pace", "model.reply", "http.limits", "http.limits.dialects", "pace.slowdown"]
MESSAGES = [
    value
    for room in ROOMS
    for value in vars(import_module(f"widgets.{room}")).values()
    if is_dataclass(value) and value.__module__ == f"widgets.{room}"
]


def attempt(status: int | None, **headers: str) -> Attempt:
    return Attempt(2, 1.0, 1.0, 1.0, 0.1, status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("message", MESSAGES)
def test_what_rooms_tell_each_other_cannot_be_changed_afterwards(message: Any) -> None:
    blank = object.__new__(message)
    with pytest.raises((AttributeError, TypeError)):
        setattr(blank, fields(message)[0].name, 1)
    with pytest.raises((AttributeError, TypeError)):
        blank.anything_else = 1


def test_the_headers_of_an_attempt_without_any_are_shared_and_frozen() -> None:
    assert attempt(None).headers == {}
    first, second = (Attempt(1, None, None, 0.0, 0.1, None) for _ in range(2))
    assert first.headers is second.headers is NO_HEADERS
    assert first.error == ""
    with pytest.raises(TypeError):
        first.headers["X"] = "1"  # type: ignore[index]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (None, Outcome.FAILED),
        (199, Outcome.FAILED),
        (200, Outcome.ACCEPTED),
        (299, Outcome.ACCEPTED),
        (300, Outcome.FAILED),
        (302, Outcome.FAILED),
        (303, Outcome.FAILED),
        (304, Outcome.ACCEPTED),
        (305, Outcome.FAILED),
        (400, Outcome.FAILED),
        (403, Outcome.FAILED),
        (428, Outcome.FAILED),
        (429, Outcome.REFUSED),
        (500, Outcome.FAILED),
        (503, Outcome.REFUSED),
        (504, Outcome.FAILED),
    ],
)
def test_the_outcome_of_a_status_alone(status: int | None, outcome: Outcome) -> None:
    assert attempt(status).outcome is outcome


def test_a_success_stays_one_whatever_its_headers_say_and_a_failure_with_a_time_to_return_is_a_refusal() -> None:
    assert attempt(200, Retry_After="9", X_RateLimit_Remaining="0").outcome is Outcome.ACCEPTED
    assert attempt(403, X_RateLimit_Remaining="0").outcome is Outcome.REFUSED
    assert attempt(500, Retry_After="9").outcome is Outcome.REFUSED


def test_a_step_says_no_more_than_it_was_told() -> None:
    step = Step(1.0, "search")
    assert (step.low, step.high) == (None, None)


@pytest.mark.parametrize("name", ["refusal_rate", "confidence"])
@pytest.mark.parametrize("value", [-0.1, 0, 1, 1.5, float("nan")])
def test_a_goal_outside_of_0_to_1_is_refused_in_words(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must lie between 0 and 1, got {value}"):
        Goal(**{name: value})


@pytest.mark.parametrize("name", ["requests", "refusals", "seconds"])
@pytest.mark.parametrize("value", [-1, 0, float("nan")])
def test_a_budget_of_nothing_is_refused_in_words(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be more than 0, got {value}"):
        Budget(**{name: value})


def test_the_extremes_that_are_allowed() -> None:
    assert Goal(1e-9, 1 - 1e-9).refusal_rate == 1e-9
    assert Budget(1, 1, 1e-9).seconds == 1e-9


def test_what_a_probe_aims_at_and_spends_unless_told_otherwise() -> None:
    """The panel, the command line and the README say these figures."""
    assert (Goal().refusal_rate, Goal().confidence) == (0.05, 0.95)
    assert (Budget().requests, Budget().refusals, Budget().seconds) == (1500, 60, 3600)


@pytest.mark.parametrize(
    ("wait", "latency", "spacing", "absent"),
    [
        (None, 0.1, None, 0.0),
        (10.0, 0.1, 20.0, 0.0),  # as late as it was to wait
        (10.0, 0.1, 20.5, 10.5),
        (1.0, 0.1, 3.0, 0.0),  # a wait of a second may come two seconds late
        (1.0, 0.1, 3.5, 2.5),
        (1.0, 50.0, 100.0, 0.0),  # the answer before took so long
        (1.0, 50.0, 101.0, 51.0),
        (None, 0.0, 2.0, 0.0),
        (None, 0.0, 2.5, 2.5),
    ],
)
def test_a_pause_is_what_lies_well_beyond_the_moment_at_which_a_request_was_due(
    wait: float | None, latency: float, spacing: float | None, absent: float
) -> None:
    previous = Attempt(1, None, None, 0.0, latency, 200)
    assert absence(previous, Attempt(2, wait, spacing, spacing or 0.0, 0.1, 200)) == pytest.approx(absent)
    assert absence(None, Attempt(1, wait, spacing, 0.0, 0.1, 200)) == 0
    slow = Attempt(2, wait, spacing, spacing or 0.0, 0.1, 200, absent=0.0)
    known = [absence(previous, slow), lateness(previous, slow)]
    assert known == pytest.approx([0, absent]), "it was noted that it ran"
