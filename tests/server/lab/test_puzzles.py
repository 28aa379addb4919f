"""Which rule a level and a seed hide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.lab.play import KINDS
from server.lab.puzzles import LEVELS, PuzzleError, make_puzzle, puzzle_of
from server.lab.rules import Choice, Rule
from server.lab.score import REFUSAL_RATE


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
