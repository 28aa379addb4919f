"""What a guess is worth, against the truth and against what it cost the service. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

REFUSAL_RATE: Final = 0.05
"""A wait is safe when at most this share is refused at it."""

FOR_KIND: Final = 25
FOR_WAIT: Final = 50
FOR_MANNERS: Final = 25
LOST_AT: Final = 3.0
"""A wait wrong by this factor is worth nothing."""

TOLERANCE: Final = 0.01
MOST_OFFENCES: Final = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """What a learner says: the kind of the rule, and a wait in seconds that is safe."""

    kind: str
    wait: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What finding out took: requests in all, refused ones, and those sent before a stated Retry-After had passed."""

    requests: int = 0
    refused: int = 0
    early: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A guess, judged.

    Attributes:
        kind_right: Whether the kind was right.
        wait_ratio: The guessed wait over the true one; 1 is perfect, below it too fast.
        safe: Whether the guessed wait is safe.
        points: Of 100.
        cost: What finding out took.
    """

    kind_right: bool
    wait_ratio: float
    safe: bool
    points: int
    cost: Cost


def judge(guess: Guess, kind: str, steady_wait: float, cost: Cost) -> Score:
    """Score a guess against the true `kind` and `steady_wait` in seconds (above 0).

    25 points are for the kind; 50 for the wait, falling with the logarithm of its error to none at a factor of 3, and
    halved where the wait is not safe; 25 for manners, less a twentieth for each refusal and three for an early request.
    """
    ratio = guess.wait / steady_wait
    safe = ratio >= 1 - TOLERANCE
    error = math.inf if ratio <= 0 else abs(math.log(ratio)) / math.log(LOST_AT)
    for_wait = FOR_WAIT * max(0.0, 1 - error) * (1 if safe else 0.5)
    # Whoever never asked has troubled nobody, but has found out nothing either.
    offences = (cost.refused + 3 * cost.early) / MOST_OFFENCES if cost.requests else 1.0
    for_manners = FOR_MANNERS * max(0.0, 1 - offences)
    points = FOR_KIND * (guess.kind == kind) + for_wait + for_manners
    return Score(guess.kind == kind, ratio, safe, round(points), cost)
