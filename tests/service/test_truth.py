from __future__ import annotations

import math
from dataclasses import astuple
from typing import Any

import pytest

from server.lab import score as service
from server.limiters import LIMITERS
from widgets.probe.identify.families import FAMILIES
from widgets.service.score import Cost, judge
from widgets.service.truth import Truth, kind_of, place, read_puzzle, read_truth
from widgets.service.words import compared, puzzle_link, truth_card

BASE = "http://127.0.0.1:5009"
TOLD: dict[str, Any] = {
    "limiter": "token-bucket",
    "sentence": "A bucket.",
    "steady_waits": [{"refusal_rate": 0.05, "wait": 1.9}, {"refusal_rate": 0.01, "wait": None}],
    "curve": [{"wait": 1.0, "accepted": 0.5}, {"wait": 2.0, "accepted": 1.0}],
}
PUZZLE: dict[str, Any] = {
    "id": "1-5",
    "sentence": "A rule without chance.",
    "kinds": ["minimum-gap", "token-bucket"],
    "guess": {"kind": "token-bucket", "wait": 2.0},
    "score": {"points": 96, "cost": {"requests": 30, "refused": 4, "early": 1}},
    "truth": TOLD,
}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"{BASE}/slow/token-bucket?rate=2", ("rule", "/lab/truth/token-bucket?rate=2")),
        (f"{BASE}/slow/none", ("rule", "/lab/truth/none")),
        (f"{BASE}/Slow-NASA?type=csv", ("rule", "/lab/truth/minimum-gap")),
        (f"{BASE}/puzzle/1-5", ("puzzle", "1-5")),
        (f" {BASE}/puzzle/1-5/about ", ("puzzle", "1-5")),
        ("http://localhost:5009/puzzle/1-5", ("puzzle", "1-5")),
        (f"{BASE}/NASA", None),
        (f"{BASE}/slow/", None),
        (f"{BASE}/slow/a/b", None),
        ("http://127.0.0.1:5010/puzzle/1-5", None),
        ("http://example.com:5009/puzzle/1-5", None),
        ("http://127.0.0.1:x/puzzle/1-5", None),
        ("", None),
    ],
)
def test_the_truth_is_told_of_rules_and_puzzles_of_this_service_only(
    address: str, found: tuple[str, str] | None
) -> None:
    assert place(BASE, address) == found


def test_a_service_below_a_path_is_known_too() -> None:
    assert place("https://hub.example/proxy/5009", "https://hub.example/proxy/5009/puzzle/1-5") == ("puzzle", "1-5")


def test_every_kind_that_the_probe_names_is_one_of_the_services() -> None:
    offered_by_others = {"ban that doubles"}
    named = {*FAMILIES, "none seen"} - offered_by_others
    assert {kind_of(name) for name in named} <= set(LIMITERS)
    assert not {kind_of(name) for name in offered_by_others} & set(LIMITERS)


def test_a_wait_that_does_not_exist_is_infinite() -> None:
    assert read_truth(TOLD).steady_waits == {0.05: 1.9, 0.01: math.inf}


@pytest.mark.parametrize("part", ["limiter", "sentence", "steady_waits", "curve"])
def test_a_truth_without_a_part_is_none(part: str) -> None:
    with pytest.raises(KeyError):
        read_truth({name: value for name, value in TOLD.items() if name != part})


@pytest.mark.parametrize("wait", [math.nan, math.inf, "soon"])
def test_only_finite_numbers_reach_the_chart(wait: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_truth(TOLD | {"curve": [{"wait": wait, "accepted": 1.0}]})


def test_a_puzzle_keeps_its_truth_until_the_guess_is_committed() -> None:
    open_one = read_puzzle({name: PUZZLE[name] for name in ("id", "sentence", "kinds")})
    assert (open_one.guess, open_one.score, open_one.truth) == (None, None, None)
    solved = read_puzzle(PUZZLE)
    assert solved.guess == ("token-bucket", 2.0)
    assert solved.truth == read_truth(TOLD)


@pytest.mark.parametrize("identifier", ["", "../lab/reset", "1-5?x", "1" * 41])
def test_a_puzzle_whose_id_is_no_word_of_an_address_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_puzzle(PUZZLE | {"id": identifier})


@pytest.mark.parametrize(
    ("wait", "true", "words"),
    [
        (1.0, 2.0, "50 % too short"),
        (1.99, 2.0, "safe, and right to 1 %"),
        (3.0, 2.0, "safe; 50 % longer than needed"),
        (14.0, 2.0, "safe; 7 times as long as needed"),
        (2469.0, 2.0, "safe; 1,234 times as long as needed"),
        (3.0, 0.0, "no wait is needed"),
        (3.0, math.inf, "no wait is safe"),
    ],
)
def test_a_wait_is_judged_by_the_true_one(wait: float, true: float, words: str) -> None:
    assert words in compared(wait, true)


def test_the_card_says_what_is_true_what_was_found_and_what_it_was_worth() -> None:
    puzzle = read_puzzle(PUZZLE)
    assert puzzle.truth is not None
    card = truth_card(puzzle.truth, puzzle.guess, puzzle.score)
    for words in (
        "96 of 100 points",
        "A bucket.",
        "<td>right</td>",
        "1.9 s",
        "none is long enough",
        "4 of them refused",
    ):
        assert words in card
    assert "a quarter for manners" in card
    assert "ww-good" in card
    assert "ww-warn" in truth_card(puzzle.truth, ("token bucket", 1.0), puzzle.score), "a wait too short is no success"
    without = truth_card(puzzle.truth, None)
    assert "The truth" in without
    assert "points" not in without
    assert "nan" not in without


@pytest.mark.parametrize("wait", [0.3, 1.0, 1.98, 2.0, 3.1, 5.9, 9.0])
@pytest.mark.parametrize("cost", [Cost(0, 0, 0), Cost(40, 0, 0), Cost(40, 7, 2), Cost(90, 60, 0)])
def test_a_chosen_rule_is_scored_as_the_service_scores_a_puzzle_less_the_points_for_its_name(
    wait: float, cost: Cost
) -> None:
    theirs = service.judge(service.Guess("none", wait), "token-bucket", 2.0, service.Cost(*astuple(cost)))
    assert abs(judge(wait, 2.0, cost).points - theirs.points * 100 / 75) <= 1


@pytest.mark.parametrize(("wait", "points"), [(0.0, 100), (0.01, 100), (0.1, 33)])
def test_a_rule_that_needs_no_wait_is_scored_too(wait: float, points: int) -> None:
    assert judge(wait, 0.0, Cost(40, 0, 0)).points == points


def test_no_wait_earns_anything_where_none_is_long_enough() -> None:
    assert judge(60.0, math.inf, Cost(40, 0, 0)).points == 33


def test_words_of_the_service_are_shown_as_text() -> None:
    evil = "<img src=x onerror=alert(1)>"
    truth = Truth(evil, evil, {0.05: 1.0}, ())
    assert "<img" not in truth_card(truth, (evil, 1.0))
    assert "<img" not in puzzle_link(f"http://{evil}", read_puzzle(PUZZLE | {"sentence": evil}))
