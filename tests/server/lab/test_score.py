"""What a guess is worth."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from server.lab.score import Cost, Guess, judge

POLITE = Cost(requests=60)


def test_a_perfect_guess_is_worth_all_points() -> None:
    score = judge(Guess("token-bucket", 2.0), "token-bucket", 2.0, POLITE)
    assert (score.points, score.safe, score.kind_right, score.wait_ratio) == (100, True, True, 1.0)


def test_a_wait_too_short_is_worth_less_than_one_as_much_too_long() -> None:
    short = judge(Guess("token-bucket", 1.6), "token-bucket", 2.0, POLITE)
    long = judge(Guess("token-bucket", 2.5), "token-bucket", 2.0, POLITE)
    assert not short.safe
    assert long.safe
    assert short.points < long.points < 100


def test_refusals_and_early_requests_cost_points_and_early_ones_more() -> None:
    def points(cost: Cost) -> int:
        return judge(Guess("token-bucket", 2.0), "token-bucket", 2.0, cost).points

    assert points(Cost(60)) > points(Cost(60, refused=4)) > points(Cost(60, refused=4, early=4)) >= 75


def test_a_guess_without_a_request_gets_no_points_for_manners() -> None:
    assert judge(Guess("token-bucket", 2.0), "token-bucket", 2.0, Cost()).points == 75


@given(st.floats(0, 1e5), st.floats(0.1, 10), st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_points_lie_between_0_and_100(wait: float, truth: float, requests: int, refused: int, early: int) -> None:
    score = judge(Guess("x", wait), "y", truth, Cost(requests, refused, early))
    assert 0 <= score.points <= 75
    assert not math.isnan(score.wait_ratio)
