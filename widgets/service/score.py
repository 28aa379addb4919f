"""What a probe of a rule that was chosen is worth: its wait against the truth, and its manners. Pure.

The service judges guesses about puzzles itself, and so that the two can be compared this counts as it does; only the
points for naming the rule are left out, since whoever chose it knew it, and the others make up 100.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TOLERANCE = 0.01
"""A wait shorter than the true one by this share still counts as safe."""
FOR_WAIT, FOR_MANNERS = 200 / 3, 100 / 3
LOST_AT = 3.0
"""A wait wrong by this factor is worth nothing."""
MOST_OFFENCES = 20
RULE = "Two thirds of the points are for the wait, one third for manners; to name a rule that you chose earns none."
PUZZLE = "A quarter of the points is for the rule, half for the wait, and a quarter for manners."
GRAIN = 0.01
"""Seconds: shorter waits are all alike, so that a rule that needs none can be scored."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What finding out took: requests in all, refused ones, and those sent before a stated Retry-After had passed."""

    requests: int
    refused: int
    early: int


@dataclass(frozen=True, slots=True)
class Score:
    """What a guess was worth: points of 100, what finding out cost the service, and what the points are for."""

    points: int
    cost: Cost
    counted: str


def judge(wait: float, true: float, cost: Cost) -> Score:
    """Score a found wait in seconds against the true steady wait, which is `inf` where no wait is long enough.

    Two thirds of the points are for the wait, falling with the logarithm of its error to none at a factor of `LOST_AT`,
    and halved where it is too short; one third is for manners, less for each refusal and three times that for an early
    request.
    """
    ratio = max(wait, GRAIN) / max(true, GRAIN)
    error = math.inf if ratio <= 0 else abs(math.log(ratio)) / math.log(LOST_AT)
    for_wait = FOR_WAIT * max(0.0, 1 - error) * (1 if ratio >= 1 - TOLERANCE else 0.5)
    # Whoever never asked has troubled nobody, but has found out nothing either.
    offences = (cost.refused + 3 * cost.early) / MOST_OFFENCES if cost.requests else 1.0
    return Score(round(for_wait + FOR_MANNERS * max(0.0, 1 - offences)), cost, RULE)
