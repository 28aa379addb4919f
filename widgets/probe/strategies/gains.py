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

from .stated import Stated

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
"""So many of them in each half of the time; and it falls in both, since one that falls at first alone has a window."""


class _Told(NamedTuple):
    """When it was told, seconds; what is left; and in how many seconds all of it is back, where that is told."""

    at: float
    left: float
    back: float | None


@dataclass(slots=True)
class Gains:
    """The rows of answers in which a count never rose, and what they say of the pace.

    Attributes:
        each: Seconds in which it gains one request, by the longest row that says so; `None` where none does.

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

    each: float | None = None
    _row: list[_Told] = field(default_factory=list)
    _longest: int = 0

    def hear(self, attempt: Attempt, limits: Limits) -> Stated | None:
        """Take in one answer; the pace that its row says to be too fast, at least so many seconds between requests."""
        timed = any(policy.window for policy in limits.policies)
        if attempt.outcome is not Outcome.ACCEPTED or limits.remaining is None or timed:
            self._row = []
            return None
        begins = len(self._row) == 1 and limits.remaining == self._row[0].left  # it may be full, and then gains nothing
        if begins or (self._row and limits.remaining > self._row[-1].left):
            self._row = []
        self._row.append(_Told(attempt.started, limits.remaining, limits.reset))
        end = len(self._row) - 1
        first, middle, last = self._row[0], self._row[end // 2], self._row[end]
        halves = [(end // 2, first.left - middle.left), (end - end // 2, middle.left - last.left)]
        if any(served - fell < EACH_HALF or not fell for served, fell in halves):
            return None
        fell, seconds = first.left - last.left, last.at - first.at
        gained = end - fell
        ends_nearer = last.back is not None and last.back < (first.back or 0.0) - WHOLE
        if limits.reset is None and fell < FELL:
            return None
        if len(self._row) >= self._longest:  # whole numbers may hide one
            self.each, self._longest = None if ends_nearer else seconds / (gained + 0.5), len(self._row)
        if gained < GAINED or not all(_refills(first, then, seconds / gained) for then in (middle, last)):
            return None
        words = f"that {told(fell, 6)} fewer are left after {end} more requests in {told(seconds)} s"
        return Stated(seconds / (gained + 1), words)


def _refills(first: _Told, then: _Told, wait: float) -> bool:
    """Whether all of it is back so much later as less is left, at that many seconds for each; a window's end is not."""
    if first.back is None or then.back is None:
        return False
    later, lost = then.back - first.back, (first.left - then.left) * wait
    return later > 0 and abs(later - lost) <= WHOLE + ROUGHLY * lost
