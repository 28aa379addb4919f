"""Puzzles and scores, without a server."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.lab.play import KINDS, GuessedAlreadyError, Sessions
from server.lab.puzzles import LEVELS, PuzzleError, make_puzzle, puzzle_of
from server.lab.rules import Choice, Rule
from server.lab.score import REFUSAL_RATE, Cost, Guess, judge

POLITE = Cost(requests=60)


def test_one_seed_is_one_puzzle_on_every_machine() -> None:
    assert make_puzzle(1, 2024) == make_puzzle(1, 2024)
    # Written down: another draw on another version of Python would give two learners two puzzles.
    assert make_puzzle(1, 2024).choice == Choice(
        Rule("fixed-window", (("limit", 4), ("seed", 610517), ("window", 6.56))), dialect="retry-after", status=429
    )


@given(st.sampled_from(list(LEVELS)), st.integers(0, 10**12))
def test_every_puzzle_can_be_solved_in_a_lesson(level: int, seed: int) -> None:
    puzzle = make_puzzle(level, seed)
    assert puzzle_of(puzzle.id) == puzzle
    assert puzzle.choice.rule.limiter in KINDS
    assert 0.2 < puzzle.choice.rule.build().steady_wait(REFUSAL_RATE) < 6


def test_every_kind_that_can_be_guessed_is_hidden_somewhere() -> None:
    assert {make_puzzle(3, seed).choice.rule.limiter for seed in range(300)} == set(KINDS)


@pytest.mark.parametrize(
    "identifier", ["", "1", "4-1", "1-", "1--1", "1-01", "1-1e3", "1-99999999999999", "x-1", "1-１"]
)
def test_what_is_no_puzzle_says_what_is(identifier: str) -> None:
    with pytest.raises(PuzzleError):
        puzzle_of(identifier)


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


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def polite_puzzle() -> int:
    """A seed of level 1 with a token bucket that says Retry-After."""
    return next(
        seed
        for seed in range(100)
        if make_puzzle(1, seed).choice.rule.limiter == "token-bucket"
        and make_puzzle(1, seed).choice.dialect == "retry-after"
    )


def test_requests_refusals_and_early_requests_are_counted() -> None:
    clock = Clock()
    sessions = Sessions(time_scale=1.0, clock=clock)
    puzzle = make_puzzle(1, polite_puzzle())
    while sessions.ask(puzzle, "ann")[0].accepted:
        pass
    cost = sessions.standing(puzzle, "ann").cost
    assert (cost.refused, cost.early) == (1, 0)
    _, stated = sessions.ask(puzzle, "ann")
    assert sessions.standing(puzzle, "ann").cost.early == 1
    clock.now += float(stated["Retry-After"])
    assert sessions.ask(puzzle, "ann")[0].accepted
    assert sessions.standing(puzzle, "ann").cost.early == 1
    assert sessions.standing(puzzle, "bob").cost == Cost()


def test_a_guess_is_taken_once_and_judged_by_the_requests_before_it() -> None:
    sessions = Sessions(time_scale=0.5, clock=Clock())
    puzzle = make_puzzle(1, polite_puzzle())
    sessions.ask(puzzle, "ann")
    truth = puzzle.choice.rule.build().steady_wait(REFUSAL_RATE)
    standing = sessions.commit(puzzle, "ann", Guess("token-bucket", truth * 0.5))
    assert standing.score is not None
    assert standing.score.points == 100
    for _ in range(50):
        sessions.ask(puzzle, "ann")
    assert sessions.standing(puzzle, "ann").score == standing.score
    with pytest.raises(GuessedAlreadyError):
        sessions.commit(puzzle, "ann", Guess("token-bucket", 1.0))


def test_a_flood_of_learners_cannot_fill_the_memory() -> None:
    sessions = Sessions(time_scale=1.0, clock=Clock())
    puzzle = make_puzzle(1, 1)
    for number in range(10_500):
        sessions.ask(puzzle, str(number))
    assert len(sessions.latest(20_000)) == 10_000
    assert sessions.reset() == 10_000
