from __future__ import annotations

import pytest

from widgets.adapters.scoring import cost_of, scored_of
from widgets.probe import Attempt
from widgets.service import Cost
from widgets.service.truth import Truth


def attempt(number: int, started: float, status: int = 200, **headers: str) -> Attempt:
    return Attempt(number, None, None, started, 0.01, status, {key.replace("_", "-"): headers[key] for key in headers})


@pytest.mark.parametrize(("second", "early"), [(4.9, 1), (5.0, 0), (9.0, 0)])
def test_a_request_before_a_stated_retry_after_is_early(second: float, early: int) -> None:
    attempts = [attempt(1, 0.0, 429, Retry_After="5"), attempt(2, second)]
    assert cost_of(attempts) == Cost(requests=2, refused=1, early=early)


def test_only_the_latest_answer_says_when_to_come_back() -> None:
    attempts = [attempt(1, 0.0, 503, Retry_After="60"), attempt(2, 1.0, 503, Retry_After="2"), attempt(3, 3.5)]
    assert cost_of(attempts) == Cost(requests=3, refused=2, early=1)


def test_a_service_that_broke_down_has_not_refused() -> None:
    assert cost_of([attempt(1, 0.0, 502), attempt(2, 0.1)]) == Cost(requests=2, refused=0, early=0)


def test_no_attempt_costs_nothing() -> None:
    assert cost_of([]) == Cost(0, 0, 0)


@pytest.mark.parametrize(
    ("guess", "words"),
    [("minimum gap", "**minimum gap**: right"), ("token-bucket", "you token bucket, true **minimum gap**")],
)
def test_a_guess_that_is_wrong_stands_beside_the_true_rule(guess: str, words: str) -> None:
    truth = Truth("minimum-gap", "A gap.", {0.05: 1.0}, ())
    scored = scored_of(None, truth, (guess, 1.2), None)
    assert scored is not None
    assert scored.columns[0].lines == (words,)
