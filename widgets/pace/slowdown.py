"""How a pace in use slows down after refusals, and when it is called doubtful. PURE.

Slowing down is a weighted up-down staircase (Kaernbach 1991, Perception & Psychophysics 49): each refusal stretches
the wait by `UP`, each acceptance shrinks the stretch by so little that the two balance where half of the promised
refusals happen. So a service that has become slower is followed, one that refuses now and then at any pace is not
held against it, and the wait never falls below the pace itself.

Doubt is a Shiryaev-Roberts statistic M ← (M + 1)·L on the likelihood ratio L of 'four times the promise' against the
promise: an e-detector (Shin, Ramdas & Rinaldo 2024), so that at a pace that keeps its promise the mean time to a false
alarm is at least `ALARM` requests, whatever came before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PROMISE = 0.05
"""The share of requests that may be refused, where nobody says otherwise."""
UP = 1.25
"""The stretch after one refusal: a doubled limit is followed after four."""
MOST = 256.0
"""The longest stretch; a service that refuses even then is not refusing because of pace."""
ALARM = 1000.0
CEILING = 1e100
"""Of the statistic: beyond it nothing changes any more."""
STUCK = 1500
"""So many requests in a row with a stretched wait: more than half of what is promised is being refused, or would be at
the pace itself. After one refusal in a hundred an excursion lasts some sixty."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one answer does to a pace with a given promise.

    Attributes:
        down: The factor on the stretch after an acceptance, below 1.
        refused: The likelihood ratio of a refusal.
        accepted: The likelihood ratio of an acceptance.
    """

    down: float
    refused: float
    accepted: float


def rule(promise: float) -> Rule:
    """The rule for a promised refusal rate, between 0 and 1."""
    half = promise / 2
    worse = min(4 * promise, (1 + promise) / 2)
    return Rule(math.exp(-math.log(UP) * half / (1 - half)), worse / promise, (1 - worse) / (1 - promise))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pace is doing.

    Attributes:
        factor: The stretch of the wait, 1 or more.
        alarm: The Shiryaev-Roberts statistic.
        slowed: Requests in a row with a stretched wait.
    """

    factor: float = 1.0
    alarm: float = 0.0
    slowed: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether refusals have risen above the promise."""
        return self.alarm >= ALARM or self.slowed >= STUCK

    def after(self, *, refused: bool, promise: float) -> Standing:
        """The standing after one more answer."""
        how = rule(promise)
        factor = min(MOST, self.factor * UP) if refused else max(1.0, self.factor * how.down)
        ratio = how.refused if refused else how.accepted
        alarm = CEILING if self.alarm > CEILING else (self.alarm + 1) * ratio
        return Standing(factor, alarm, self.slowed + 1 if factor > 1 else 0)
