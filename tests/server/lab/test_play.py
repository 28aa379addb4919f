"""Who plays which puzzle, on a clock that is passed in; and the game over a real socket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from server import create_app
from server.lab.play import GuessedAlreadyError, Sessions
from server.lab.puzzles import make_puzzle
from server.lab.score import REFUSAL_RATE, Cost, Guess

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flask import Flask


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


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def service(serve: Callable[[Flask], str]) -> str:
    return serve(create_app({"SEED": 1, "TIME_SCALE": 0.02}))


def post(url: str, body: Any, **headers: str) -> requests.Response:
    return requests.post(url, json=body, headers=headers, timeout=20)


def new(service: str, level: int = 1, seed: int = 5) -> dict[str, Any]:
    reply = post(f"{service}/lab/puzzles", {"level": level, "seed": seed})
    assert reply.status_code == 201
    made: dict[str, Any] = reply.json()
    return made


def test_a_puzzle_is_made_and_its_link_leads_to_a_resource_behind_the_rule(service: str) -> None:
    puzzle = new(service)
    assert puzzle["link"] == f"{service}/puzzle/1-5"
    assert "truth" not in puzzle
    assert "score" not in puzzle
    statuses = {requests.get(puzzle["link"], timeout=20).status_code for _ in range(40)}
    assert statuses == {200, make_puzzle(1, 5).choice.status}


def test_without_a_seed_one_is_drawn(service: str) -> None:
    drawn = {post(f"{service}/lab/puzzles", {}).json()["id"] for _ in range(5)}
    assert len(drawn) == 5


def test_from_link_to_score(service: str) -> None:
    link = new(service)["link"]
    requests.get(link, timeout=20)
    rule = make_puzzle(1, 5).choice.rule
    wait = rule.build().steady_wait(0.05) * 0.02
    revealed = post(f"{link}/guess", {"kind": rule.limiter, "wait": wait}).json()
    assert revealed["score"]["points"] == 100
    assert revealed["cost"] == {"requests": 1, "refused": 0, "early": 0}
    assert revealed["truth"]["limiter"] == rule.limiter
    assert {"refusal_rate": 0.05, "wait": wait} in revealed["truth"]["steady_waits"]
    shares = [point["accepted"] for point in revealed["truth"]["curve"]]
    assert shares == sorted(shares)
    assert requests.get(f"{link}/about", timeout=20).json()["score"] == revealed["score"]


def test_the_truth_is_told_to_no_one_before_a_guess(service: str) -> None:
    link = new(service)["link"]
    rule = make_puzzle(1, 5).choice.rule
    told = "".join(
        requests.get(f"{link}/about", headers=headers, timeout=20).text for headers in (BROWSER, {"Accept": "*/*"})
    )
    assert "steady" not in told
    assert rule.build().describe() not in told


def test_a_second_guess_is_a_conflict(service: str) -> None:
    link = new(service)["link"]
    assert post(f"{link}/guess", {"kind": "token-bucket", "wait": 1}).status_code == 200
    assert post(f"{link}/guess", {"kind": "fixed-window", "wait": 2}).status_code == 409


def test_each_learner_has_a_game_of_their_own(service: str) -> None:
    link = new(service)["link"]
    post(f"{link}/guess", {"kind": "token-bucket", "wait": 1}, **{"X-API-Key": "ann"})
    assert "score" in requests.get(f"{link}/about", headers={"X-API-Key": "ann"}, timeout=20).json()
    assert "score" not in requests.get(f"{link}/about", headers={"X-API-Key": "bob"}, timeout=20).json()


def test_a_browser_gets_a_page_with_a_form_and_then_the_score(service: str) -> None:
    link = new(service)["link"]
    page = requests.get(f"{link}/about", headers=BROWSER, timeout=20)
    assert page.headers["Content-Type"].startswith("text/html")
    assert '<label for="wait">' in page.text
    revealed = requests.post(f"{link}/guess", data={"kind": "token-bucket", "wait": "1.5"}, headers=BROWSER, timeout=20)
    assert re.search(r"\d+ of 100 points", revealed.text)
    assert "all times of this service are multiplied by 0.02" in revealed.text
    assert "<form" not in revealed.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "magic", "wait": 1}, "kind must be one of minimum-gap"),
        ({"kind": ["token-bucket"], "wait": 1}, "kind must be one of"),
        ({"kind": "token-bucket"}, "wait must be a number of seconds"),
        ({"kind": "token-bucket", "wait": -1}, "wait must be a number of seconds from 0"),
        ({"kind": "token-bucket", "wait": "NaN"}, "wait must be a number"),
        ({"kind": "token-bucket", "wait": True}, "wait must be a number"),
        ([], "Send a JSON object"),
    ],
)
def test_a_guess_that_makes_no_sense_is_a_400_and_does_not_count(service: str, body: Any, said: str) -> None:
    link = new(service)["link"]
    reply = post(f"{link}/guess", body)
    assert reply.status_code == 400
    assert said in reply.text
    assert "score" not in requests.get(f"{link}/about", timeout=20).json()


@pytest.mark.parametrize(
    "body", [{"level": 4, "seed": 1}, {"level": "1"}, {"seed": -1}, {"seed": 1.5}, {"level": True}, 3]
)
def test_a_puzzle_that_cannot_be_made_is_a_400(service: str, body: Any) -> None:
    assert post(f"{service}/lab/puzzles", body).status_code == 400


def test_what_is_no_json_or_too_long_is_refused_before_it_is_read(service: str) -> None:
    url = f"{service}/lab/puzzles"
    assert requests.post(url, data=b"{", headers={"Content-Type": "application/json"}, timeout=20).status_code == 400
    assert requests.post(url, data=b"level=1", timeout=20).status_code == 415
    assert post(url, {"level": "x" * 100_000}).status_code == 413


def test_an_unknown_puzzle_is_a_404(service: str) -> None:
    for path in ("", "/about"):
        assert requests.get(f"{service}/puzzle/9-9{path}", timeout=20).status_code == 404
