"""/puzzle/<id>: a hidden rule to find out; a guess, once; then the truth and the score.

`Sessions` keeps who plays which puzzle, and how: bounded, and safe under threads.
"""

from __future__ import annotations

import math
import secrets
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import BadRequest, Conflict

from server.delivery import deliver
from server.gate import in_real_seconds
from server.headers import write
from server.home import POLICY
from server.nasa import choose as choose_resource
from server.problems import NoSuchResource, wants_page

from .puzzles import LEVELS, PuzzleError, make_puzzle, puzzle_of
from .score import REFUSAL_RATE, Cost, Guess, Score, judge
from .slow import answer, client
from .truth import tell_truth, truth_as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.catalogue import Catalogue
    from server.latency import Holding
    from server.limiters import Decision, Limiter
    from server.nasa import Picker

    from .ledger import Ledger
    from .puzzles import Puzzle

MOST_SESSIONS: Final = 10_000


class GuessedAlreadyError(Exception):
    """The learner has committed a guess for this puzzle; the truth is out."""


@dataclass(slots=True)
class _Session:
    limiter: Limiter
    cost: Cost = field(default_factory=Cost)
    not_before: float = 0.0
    guess: Guess | None = None
    score: Score | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one learner stands with one puzzle; guess and score come together."""

    puzzle: Puzzle
    client: str
    cost: Cost
    guess: Guess | None
    score: Score | None


class Sessions:
    """One session for each learner and puzzle; the one that was not used for longest is forgotten first.

    Args:
        time_scale: Factor on all times of the rules.
        clock: Epoch seconds that never go back.
        ledger: Where costs and guesses outlive this process; nowhere unless given.
    """

    def __init__(self, *, time_scale: float, clock: Callable[[], float], ledger: Ledger | None = None) -> None:
        self._time_scale = time_scale
        self._clock = clock
        self._ledger = ledger
        self._sessions: OrderedDict[tuple[Puzzle, str], _Session] = OrderedDict()
        self._lock = threading.Lock()
        for name, learner, cost, guess in ledger.played() if ledger is not None else ():
            with suppress(PuzzleError):  # A file that another version wrote.
                session = self._session(puzzle_of(name), learner)
                session.cost, session.guess = cost, guess
                session.score = self._judged(puzzle_of(name), guess, cost) if guess else None

    def ask(self, puzzle: Puzzle, client: str) -> tuple[Decision, dict[str, str]]:
        """Decide on a request that comes now; gives the decision, in real seconds, and the headers that state it."""
        with self._lock:
            session, now = self._session(puzzle, client), self._clock()
            decision = in_real_seconds(session.limiter.ask(now / self._time_scale), self._time_scale)
            stated = write(puzzle.choice.dialect, decision, now)
            cost = session.cost
            session.cost = replace(
                cost,
                requests=cost.requests + 1,
                refused=cost.refused + (not decision.accepted and not decision.failed),
                early=cost.early + (now < session.not_before),
            )
            session.not_before = now + float(stated.get("Retry-After", "0"))
            self._keep(puzzle, client, session)
        return decision, stated

    def commit(self, puzzle: Puzzle, client: str, guess: Guess) -> Standing:
        """Take a guess, once, and judge it.

        Raises:
            GuessedAlreadyError: If there is one already.
        """
        with self._lock:
            session = self._session(puzzle, client)
            if session.guess is not None:
                raise GuessedAlreadyError
            session.guess = guess
            session.score = self._judged(puzzle, guess, session.cost)
            self._keep(puzzle, client, session)
            return _standing(puzzle, client, session)

    def standing(self, puzzle: Puzzle, client: str) -> Standing:
        """Where `client` stands with `puzzle`."""
        with self._lock:
            session = self._sessions.get((puzzle, client))
            return (
                Standing(puzzle, client, Cost(), None, None) if session is None else _standing(puzzle, client, session)
            )

    def latest(self, most: int) -> list[Standing]:
        """Where the latest `most` learners stand, the latest first."""
        with self._lock:
            latest = list(reversed(self._sessions.items()))[:most]
            return [_standing(puzzle, client, session) for (puzzle, client), session in latest]

    def reset(self) -> int:
        """Forget every session; gives how many there were."""
        with self._lock:
            sessions = len(self._sessions)
            self._sessions.clear()
            if self._ledger is not None:
                self._ledger.clear()
        return sessions

    def _judged(self, puzzle: Puzzle, guess: Guess, cost: Cost) -> Score:
        wait = puzzle.choice.rule.build().steady_wait(REFUSAL_RATE) * self._time_scale
        return judge(guess, puzzle.choice.rule.limiter, wait, cost)

    def _keep(self, puzzle: Puzzle, client: str, session: _Session) -> None:
        if self._ledger is not None:
            self._ledger.keep(puzzle.id, client, session.cost, session.guess)

    def _session(self, puzzle: Puzzle, client: str) -> _Session:
        session = self._sessions.get((puzzle, client))
        if session is None:
            session = self._sessions[puzzle, client] = _Session(puzzle.choice.rule.build())
            if len(self._sessions) > MOST_SESSIONS:
                (oldest, learner), _ = self._sessions.popitem(last=False)
                if self._ledger is not None:
                    self._ledger.forget(oldest.id, learner)
        self._sessions.move_to_end((puzzle, client))
        return session


def _standing(puzzle: Puzzle, client: str, session: _Session) -> Standing:
    return Standing(puzzle, client, session.cost, session.guess, session.score)


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
    response = make_response(render_template("puzzle.html", time_scale=time_scale, **known))
    response.headers["Content-Security-Policy"] = POLICY
    response.vary.add("Accept")
    return response
