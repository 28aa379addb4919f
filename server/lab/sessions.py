"""Who plays which puzzle, and how: bounded, and safe under threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from server.gate import in_real_seconds
from server.headers import write

from .score import REFUSAL_RATE, Cost, Guess, Score, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.limiters import Decision, Limiter

    from .puzzles import Puzzle

MOST: Final = 10_000


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
    """

    def __init__(self, *, time_scale: float, clock: Callable[[], float]) -> None:
        self._time_scale = time_scale
        self._clock = clock
        self._sessions: OrderedDict[tuple[Puzzle, str], _Session] = OrderedDict()
        self._lock = threading.Lock()

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
            wait = puzzle.choice.rule.build().steady_wait(REFUSAL_RATE) * self._time_scale
            session.guess = guess
            session.score = judge(guess, puzzle.choice.rule.limiter, wait, session.cost)
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
        return sessions

    def _session(self, puzzle: Puzzle, client: str) -> _Session:
        session = self._sessions.get((puzzle, client))
        if session is None:
            session = self._sessions[puzzle, client] = _Session(puzzle.choice.rule.build())
            if len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        self._sessions.move_to_end((puzzle, client))
        return session


def _standing(puzzle: Puzzle, client: str, session: _Session) -> Standing:
    return Standing(puzzle, client, session.cost, session.guess, session.score)
