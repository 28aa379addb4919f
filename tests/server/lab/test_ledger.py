"""A service that is started again still knows what learners did with their puzzles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server import create_app
from server.lab import play
from server.lab.ledger import Ledger
from server.lab.play import GuessedAlreadyError, Sessions
from server.lab.puzzles import make_puzzle
from server.lab.score import Cost, Guess
from server.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

PUZZLE, OTHER = make_puzzle(1, 7), make_puzzle(2, 7)
GUESS = Guess(PUZZLE.choice.rule.limiter, 1.0)


def started(file: Path) -> Sessions:
    now = iter(float(number) for number in range(1, 1000))
    return Sessions(time_scale=1.0, clock=lambda: next(now), ledger=Ledger(file))


def test_cost_guess_and_score_are_those_of_before(tmp_path: Path) -> None:
    before = started(tmp_path / "state")
    for _ in range(5):
        before.ask(PUZZLE, "ada")
    before.ask(OTHER, "ada")
    told = before.commit(PUZZLE, "ada", GUESS)
    after = started(tmp_path / "state")
    assert after.standing(PUZZLE, "ada") == told
    assert after.standing(OTHER, "ada") == before.standing(OTHER, "ada")
    assert told.cost.requests == 5
    assert [each.puzzle for each in after.latest(9)] == [each.puzzle for each in before.latest(9)]


def test_a_guess_cannot_be_made_again_after_a_restart(tmp_path: Path) -> None:
    started(tmp_path / "state").commit(PUZZLE, "ada", GUESS)
    with pytest.raises(GuessedAlreadyError):
        started(tmp_path / "state").commit(PUZZLE, "ada", GUESS)


def test_what_was_reset_or_has_been_pushed_out_is_forgotten_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "MOST_SESSIONS", 2)
    sessions = started(tmp_path / "state")
    for learner in ("ada", "grace", "katherine"):
        sessions.ask(PUZZLE, learner)
    assert [each.client for each in started(tmp_path / "state").latest(9)] == ["katherine", "grace"]
    sessions.reset()
    assert started(tmp_path / "state").latest(9) == []


def test_a_puzzle_that_there_is_no_more_is_passed_over(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "state")
    ledger.keep("9-none", "ada", Cost(requests=1), None)
    ledger.keep("1-7", "ada", Cost(requests=2), None)
    assert [each.cost.requests for each in started(tmp_path / "state").latest(9)] == [2]


def test_a_service_with_a_state_knows_a_learner_again(tmp_path: Path) -> None:
    config = {"STATE": str(tmp_path / "state"), "SEED": 1}
    for requests in (1, 2):
        client = create_app(config).test_client()
        client.get("/puzzle/1-7")
        told = client.get("/puzzle/1-7/about", headers={"Accept": "application/json"}).get_json()
        assert told["cost"]["requests"] == requests


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"no database" * 100)
    with pytest.raises(SettingsError, match="state"):
        create_app({"STATE": str(tmp_path / "state")})
