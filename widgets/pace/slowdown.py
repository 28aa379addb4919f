"""How a pace in use slows down after refusals, and when it is called doubtful. PURE.

Slowing down is a weighted up-down staircase (Kaernbach 1991, Perception & Psychophysics 49): a refusal stretches the
wait by `UP`, one that follows another by `AGAIN`, since two in a row are a ban or a changed limit rather than chance;
each acceptance shrinks the stretch by so little that the two balance where half of the promised refusals happen. So a
service that has become slower is followed, one that refuses now and then at any pace is not held against it, and the
wait never falls below the pace itself. After `DOUBLED` refusals in a row the next stretch it by `UP` again, up to
`LONG` seconds: what lasts so long, a quota of the day or an hour of maintenance, is met again after a quarter more than
it has lasted by then, and is not asked a thousand times. Several refusals in a row that end are a block, a ban or a
spent quota: the wait that it took to get out of it is not the pace, and most of that stretch is taken back at once.
Where the next refusals come within `SOON` answers it was no block, but a slower limit, and the stretch stays. After
`RETRY` requests with a stretched wait a large part of it is taken back too: what made it so long has ended by then, or
is met again.

Doubt is an e-detector (Shin, Ramdas & Rinaldo 2023, 'E-detectors: a nonparametric framework for sequential change
detection'): a mixture of Shiryaev-Roberts statistics M ← (M + 1)·L, each on the likelihood ratio L of a higher refusal
rate against the promise. One of them takes every answer: a service that refuses many at any wait. Two take those at the
pace itself, and those in a row with a refusal of one that was taken: a service that is followed to a longer wait.
Whether an answer is taken is known before it comes, and a longer wait is not refused more often; so at a pace that
keeps its promise M - n is a supermartingale, and the mean time to a false alarm is at least `ALARM` requests, whatever
came before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROMISE = 0.05
"""The share of requests that may be refused, where nobody says otherwise."""
UP = 1.25
"""The stretch after one refusal."""
AGAIN = 2.0
"""The stretch after one that follows a refusal: a limit that became four times slower is followed after three."""
MOST = 256.0
"""The longest stretch, unless the wait is shorter than `LONG` even then."""
LONG = 1800.0
"""Seconds between two requests to which a row of refusals stretches a short pace, however long it lasts."""
ALARM = 1e5
CEILING = 1e100
"""Of a statistic: beyond it nothing changes any more."""
RETRY = 150
"""So many requests in a row with a stretched wait, and a part of the stretch is taken back. After one refusal in a
hundred an excursion lasts some forty."""
BACK = 8.0
"""What of the stretch is taken back then, at most."""
SOON = 3
"""So few answers between two rows of refusals, and it was not a block that ended."""
DOUBLED = 9
"""Refusals in a row from which on a stretch is doubled no more: such a service is not refusing because of pace."""
LONGEST = 60
"""Refusals in a row that are told apart: as many as it takes from a pace of a tenth of a millisecond to `LONG`."""
WEIGHTS = (0.4, 0.4, 0.2)
"""Of four times the promise in all answers; of nearly all, and of four times the promise, in those at the pace."""
EVERY = (True, False, False)
"""Which of these take every answer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one answer does to a pace with a given promise.

    Attributes:
        down: The factor on the stretch after an acceptance, below 1.
        refused: The likelihood ratios of a refusal, by `WEIGHTS`.
        accepted: The likelihood ratios of an acceptance.
    """

    down: float
    refused: tuple[float, ...]
    accepted: tuple[float, ...]


def most(wait: float) -> float:
    """The longest stretch of a pace.

    >>> most(1.0), most(60.0)
    (1800.0, 256.0)
    """
    return max(MOST, LONG / wait) if wait > 0 else MOST


def grown(row: int) -> float:
    """By what so many refusals in a row stretch a wait, where nothing limits it.

    >>> grown(0), grown(1), grown(3), grown(DOUBLED), grown(DOUBLED + 1) / grown(DOUBLED)
    (1.0, 1.25, 5.0, 320.0, 1.25)
    """
    doubled = min(DOUBLED, row)
    return UP * AGAIN ** (doubled - 1) * UP ** (min(LONGEST, row) - doubled) if row else 1.0


def rule(promise: float) -> Rule:
    """The rule for a promised refusal rate, between 0 and 1."""
    half = promise / 2
    middle = (1 + promise) / 2
    worse = (min(4 * promise, middle), (9 + promise) / 10, min(4 * promise, middle))
    down = math.exp(-math.log(UP) * half / (1 - half))
    return Rule(down, tuple(rate / promise for rate in worse), tuple((1 - rate) / (1 - promise) for rate in worse))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pace is doing.

    Attributes:
        factor: The stretch of the wait, 1 or more.
        alarms: The Shiryaev-Roberts statistics, by `WEIGHTS`.
        slowed: Requests in a row with a stretched wait, since a part of it was last taken back; -1 just after a retry.
        row: Refusals in a row; less than 0 where they are not counted.
    """

    factor: float = 1.0
    alarms: Sequence[float] = (0.0, 0.0, 0.0)
    slowed: int = 0
    row: int = 0

    @property
    def doubtful(self) -> bool:
        """Whether refusals have risen above the promise."""
        return sum(weight * alarm for weight, alarm in zip(WEIGHTS, self.alarms, strict=True)) >= ALARM

    @property
    def counted(self) -> bool:
        """Whether the next answer counts for the pace itself."""
        return self.factor <= 1 or self.row > 0

    @property
    def _before_row(self) -> float:
        """The stretch at which the row of refusals began."""
        return max(1.0, self.factor / grown(abs(self.row)))

    @property
    def _left_block(self) -> bool:
        """Whether an acceptance now ends a block: the first one, or one that came after more than a few answers."""
        run = self.slowed - abs(self.row)
        return abs(self.row) > 1 and (run > SOON or (self._before_row <= 1 and run >= 0))

    def after(self, *, refused: bool, promise: float, longest: float = MOST) -> Standing:
        """The standing after one more answer; `longest` is the longest stretch, see `most`.

        >>> standing = Standing()
        >>> for _ in range(3):
        ...     standing = standing.after(refused=True, promise=0.05)
        >>> standing.factor, standing.doubtful
        (5.0, False)
        """
        how = rule(promise)
        ended = not refused and self._left_block
        if refused:
            factor = min(longest, self.factor * (AGAIN if 0 < abs(self.row) < DOUBLED else UP))
        elif ended:
            factor = min(self.factor, self._before_row * UP * UP)
        else:
            factor = max(1.0, self.factor * (1 / BACK if self.slowed >= RETRY else how.down))
        alarms = tuple(
            alarm if not (every or self.counted) else CEILING if alarm > CEILING else (alarm + 1) * ratio
            for alarm, ratio, every in zip(self.alarms, how.refused if refused else how.accepted, EVERY, strict=True)
        )
        if ended or (not refused and self.slowed >= RETRY):
            slowed = 0 if ended else -1
        else:
            slowed = self.slowed + 1 if factor > 1 else 0
        row = (self.row + 1 if self.counted else self.row - 1) if refused else 0
        return Standing(factor, alarms, slowed, row)
