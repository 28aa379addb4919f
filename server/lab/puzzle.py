"""/puzzle/<id>: a hidden rule to find out; a guess, once; then the truth and the score."""

from __future__ import annotations

import math
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Conflict

from server.delivery import deliver
from server.home import POLICY
from server.nasa import choose as choose_resource
from server.problems import NoSuchResource, wants_page

from .answering import answer, client
from .puzzles import LEVELS, PuzzleError, make_puzzle, puzzle_of
from .score import Guess
from .sessions import GuessedAlreadyError
from .telling import truth_as_json
from .truth import tell_truth

if TYPE_CHECKING:
    from server.catalogue import Catalogue
    from server.holding import Holding
    from server.nasa import Picker

    from .puzzles import Puzzle
    from .sessions import Sessions, Standing

KINDS: Final = (
    "minimum-gap",
    "token-bucket",
    "leaky-bucket",
    "fixed-window",
    "sliding-log",
    "sliding-counter",
    "concurrency",
    "daily-quota",
    "penalty-box",
    "random-failures",
)
LONGEST_WAIT: Final = 86_400.0
MOST_DRAWN_SEED: Final = 1_000_000
"""A seed that nobody chose is short enough to be read out."""


def puzzle_routes(
    catalogue: Catalogue, picker: Picker, sessions: Sessions, holding: Holding, *, time_scale: float
) -> Blueprint:
    """The routes below /puzzle, and POST /lab/puzzles."""
    routes = Blueprint("puzzle", __name__)

    @routes.post("/lab/puzzles")
    def new_puzzle() -> Response:
        level, seed = _level_and_seed(_body())
        try:
            puzzle = make_puzzle(level, seed)
        except PuzzleError as error:
            raise BadRequest(str(error)) from error
        response = jsonify(_about(sessions.standing(puzzle, client()), time_scale))
        response.status_code = 201
        response.headers["Location"] = url_for("puzzle.about", identifier=puzzle.id)
        return response

    @routes.get("/puzzle/<identifier>")
    def hidden(identifier: str) -> Response:
        puzzle = _find(identifier)
        decision, stated = sessions.ask(puzzle, client())
        serve = lambda: deliver(choose_resource(catalogue, picker))  # noqa: E731 - one line says it
        return answer(decision, stated, puzzle.choice.status, holding, serve)

    @routes.get("/puzzle/<identifier>/about")
    def about(identifier: str) -> Response:
        return _show(sessions.standing(_find(identifier), client()), time_scale)

    @routes.post("/puzzle/<identifier>/guess")
    def guess(identifier: str) -> Response:
        puzzle = _find(identifier)
        body = request.form.to_dict() if request.mimetype == "application/x-www-form-urlencoded" else _body()
        try:
            return _show(sessions.commit(puzzle, client(), _guess(body)), time_scale)
        except GuessedAlreadyError as error:
            raise Conflict("You have guessed already: the truth is out. Try another puzzle.") from error

    return routes


def _find(identifier: str) -> Puzzle:
    try:
        return puzzle_of(identifier)
    except PuzzleError as error:
        raise NoSuchResource(str(error), available=[f"{level}-<seed>" for level in LEVELS]) from error


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("Send a JSON object.")
    return body


def _level_and_seed(body: dict[str, Any]) -> tuple[int, int]:
    level, seed = body.get("level", 1), body.get("seed", secrets.randbelow(MOST_DRAWN_SEED))
    if not (_is_whole(level) and _is_whole(seed)):
        raise BadRequest(f"level and seed must be whole numbers, got {level!r} and {seed!r}.")
    return level, seed


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _guess(body: dict[str, Any]) -> Guess:
    kind, wait = body.get("kind"), body.get("wait")
    if kind not in KINDS:
        raise BadRequest(f"kind must be one of {', '.join(KINDS)}, got {kind!r}.")
    try:
        seconds = float(wait) if isinstance(wait, str | int | float) and not isinstance(wait, bool) else math.nan
    except (ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_WAIT:
        raise BadRequest(f"wait must be a number of seconds from 0 to {LONGEST_WAIT:.0f}, got {wait!r}.")
    return Guess(kind, seconds)


def _about(standing: Standing, time_scale: float) -> dict[str, Any]:
    """What the learner may know: the truth only with the score, once a guess is committed."""
    puzzle = standing.puzzle
    known: dict[str, Any] = {
        "id": puzzle.id,
        "level": puzzle.level,
        "seed": puzzle.seed,
        "sentence": LEVELS[puzzle.level],
        "link": url_for("puzzle.hidden", identifier=puzzle.id, _external=True),
        "kinds": list(KINDS),
        "cost": asdict(standing.cost),
    }
    if standing.score is None or standing.guess is None:
        return known
    rule = puzzle.choice.rule
    truth = tell_truth(rule.build(), time_scale=time_scale)
    return {
        **known,
        "guess": asdict(standing.guess),
        "score": asdict(standing.score),
        "truth": {"limiter": rule.limiter, "dialect": puzzle.choice.dialect, **truth_as_json(truth)},
    }


def _show(standing: Standing, time_scale: float) -> Response:
    known = _about(standing, time_scale)
    if not wants_page():
        return jsonify(known)
    response = make_response(render_template("puzzle.html", **known))
    response.headers["Content-Security-Policy"] = POLICY
    response.vary.add("Accept")
    return response
