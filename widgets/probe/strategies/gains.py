"""What a count gains while it is asked: it is refilled all the time, and falls more slowly than requests come. Pure.

Such a service (a GCRA, or a bucket) says in whole seconds when all of it is back; for a small count that leaves its
pace open by a fifth and more. What is left tells it better: what was served and did not make it fall was gained.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from widgets.http.limits.resets import WHOLE
from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

from .stated import Stated, timed

if TYPE_CHECKING:
    from widgets.http.limits import Limits
    from widgets.model.attempt import Attempt

GAINED = 20
"""So many requests are gained before they say a pace: a count that is told late seems to gain some as well."""

ROUGHLY = 0.3
"""What is told of when all is back is rounded, and what is left as well."""

FELL = 8.0
"""A count falls by so much at least where nothing is told of when all is back, so that nothing else speaks for it."""

EACH_HALF = 4
"""So many of them in each half of the time, and twice as many in all, before they say anything.

The count falls in both halves, since one that falls at first alone has a window.
"""

RESTED = 0.9
"""Seconds without a request, after which a count that is refilled has risen."""

SURELY = 3.0
"""So many more would be left after a rest, if the count was refilled: then it does not look as if it were not."""


class _Told(NamedTuple):
    """When it was told, seconds; what is left; and in how many seconds all of it is back, where that is told."""

    at: float
    left: float
    back: float | None


@dataclass(slots=True)
class Gains:
    """The rows of answers in which a count never rose, and what they say of the pace.

    A count whose end comes nearer may be that of a window, of which not every request counts. A rest tells the two
    apart: before the window ends its count cannot rise, and what is refilled rises meanwhile.

    >>> from widgets.http.limits import Limits
    >>> from widgets.model.attempt import Attempt
    >>> gains = Gains()
    >>> for number in range(41):
    ...     served = Attempt(number + 1, 0.9, 0.9, 0.9 * number, 0.1, 200)
    ...     found = gains.hear(served, Limits(remaining=9.0 - number // 10, reset=3.0 + number // 10))
    >>> round(found.wait, 3), found.words
    (0.996, 'that 4 fewer are left after 31 more requests in 27.9 s')
    >>> round(gains.each, 2)
    1.01
    """

    _pace: float | None = None
    _ends_nearer: bool = False
    _rises: bool | None = None
    _row: list[_Told] = field(default_factory=list)
    _longest: int = 0

    @property
    def each(self) -> float | None:
        """Seconds in which it gains one request, by the longest row that says so; `None` where none does."""
        return None if self._ends_nearer and self._rises is False else self._pace

    @property
    def unsure(self) -> bool:
        """Whether it may as well be a window's, of which not every request counts."""
        return self._ends_nearer and self._rises is None

    def hear(self, attempt: Attempt, limits: Limits, *, refilled: bool = False) -> Stated | None:
        """Take in one answer; the pace that its row says to be too fast, at least so many seconds between requests.

        Where nothing is told of when all is back, only a count says so that was seen to be `refilled` by parts.
        """
        if attempt.outcome is not Outcome.ACCEPTED or limits.remaining is None or timed(limits):
            self._row = []
            return None
        now = _Told(attempt.started, limits.remaining, limits.reset)
        if self._row:
            self._rest(self._row[-1], now)
        begins = len(self._row) == 1 and now.left == self._row[0].left  # it may be full, and then gains nothing
        if begins or (self._row and now.left > self._row[-1].left):
            self._row = []
        self._row.append(now)
        end = len(self._row) - 1
        first, middle, last = self._row[0], self._row[end // 2], self._row[end]
        halves = [(end // 2, first.left - middle.left), (end - end // 2, middle.left - last.left)]
        if first.left - last.left > end - 2 * EACH_HALF or not all(fell for _, fell in halves):
            return None
        fell, seconds = first.left - last.left, last.at - first.at
        gained = end - fell
        ends_nearer = last.back is not None and last.back < (first.back or 0.0) - WHOLE
        if limits.reset is None and fell < FELL:
            return None
        if len(self._row) >= self._longest:  # whole numbers may hide one
            self._pace, self._longest, self._ends_nearer = seconds / (gained + 0.5), len(self._row), ends_nearer
        if gained < GAINED or any(served - fell < EACH_HALF for served, fell in halves):
            return None
        by_parts = limits.reset is None and refilled
        if not (by_parts or all(_refills(first, then, seconds / gained) for then in (middle, last))):
            return None
        words = f"that {told(fell, 6)} fewer are left after {end} more requests in {told(seconds)} s"
        return Stated(seconds / (gained + 1), words)

    def _rest(self, before: _Told, now: _Told) -> None:
        """Whether a count rises in a rest, before what is told of its end has come."""
        rested = now.at - before.at
        if before.back is None or not RESTED < rested < before.back - WHOLE:
            return
        if now.left > before.left:
            self._rises = True
        elif self._pace is not None and rested > SURELY * self._pace:
            self._rises = bool(self._rises)


def _refills(first: _Told, then: _Told, wait: float) -> bool:
    """Whether all of it is back so much later as less is left, at that many seconds for each; a window's end is not."""
    if first.back is None or then.back is None:
        return False
    later, lost = then.back - first.back, (first.left - then.left) * wait
    return later > 0 and abs(later - lost) <= WHOLE + ROUGHLY * lost
