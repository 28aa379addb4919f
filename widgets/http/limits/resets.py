"""When a quota's window ends, by what all of its answers say together. Pure.

Most services tell a reset in whole seconds, rounded up: one answer says when its window ends to a second, which is long
beside a window of two. Answers of one window speak of the same end at different fractions of a second, so that the
earliest end that any of them names is the nearest to the true one. It is the service's own word, and no guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Limits

WHOLE = 1.0
"""Seconds by which a reset in whole seconds may be later than it is."""

DATED = 2.0
"""The same of a moment that is counted from the answer's `Date`, which has whole seconds too."""

GRAIN = 1e-3
"""Seconds by which times that are counted from answers may be off."""


@dataclass(slots=True)
class Resets:
    """The window that the last answers belong to: of one are those that say that one less is left each time.

    Attributes:
        begun: When the first of them was answered, seconds: a window that was seen to begin had begun by then.
        since: When that one began at the earliest: with this request, or, if it goes by the clock, once the window
            before it was over, and after the answer before.
        least: The window ends no sooner than this.
        ends: The earliest end that any of them names.
        served: How many of them there were.
        whole: Whether the first of them began the window, as far as is known: more was left than just before, all
            but one, or nothing is known of before nor of how much there is.

    >>> from widgets.http.limits import read
    >>> resets = Resets()
    >>> for number in range(10):
    ...     told = {"RateLimit-Remaining": str(9 - number), "RateLimit-Reset": "2" if number < 5 else "1"}
    ...     hold = resets.hear(read(200, told, now=0.0), 0.2 * number, 0.2 * number + 0.01)
    >>> round(hold, 2), round(resets.least, 2), round(resets.ends, 2)
    (0.2, 1.8, 2.01)
    """

    begun: float = 0.0
    since: float = 0.0
    least: float = 0.0
    ends: float = 0.0
    served: int = 0
    whole: bool = False
    renewed: bool = False
    _left: float | None = None
    _sent: float = 0.0
    _cut: float = 0.0
    _fractions: bool = False

    @property
    def lasts(self) -> tuple[float, float]:
        """For how many seconds a window that was seen to begin lasts, at least and at most.

        Some services cut the fraction of a second off: then the end is later than they tell.
        """
        return self.least - self.begun, self.ends - self.since + self._cut

    def hear(self, limits: Limits, sent: float, heard: float) -> float | None:
        """Take in an answer; the seconds from `heard` on until the window ends, `None` where that is not said.

        Args:
            limits: What the answer says.
            sent: When it was asked for, seconds on any clock.
            heard: When it came.
        """
        before, self._left = self._left, None if limits.refused else limits.remaining
        asked, self._sent = self._sent, sent
        if self._left is None or limits.reset is None:
            self.served, self.whole = 0, False
            return None
        self._fractions = self._fractions or (limits.reading == "seconds left" and limits.reset % 1 > 0)
        late = self._late(limits.reading)
        self._cut = min(WHOLE, late)
        least, ends = sent + limits.reset - late, heard + limits.reset
        same = self.served > 0 and before == self._left + 1
        if same and max(least, self.least) <= min(ends, self.ends) + GRAIN:
            self.least, self.ends = max(least, self.least), min(ends, self.ends)
            self.served += 1
        else:
            full = any(policy.quota == self._left + 1 for policy in limits.policies)
            self.whole = full or (not limits.policies if before is None else self._left > before)
            self.renewed = before is not None and self._left > before
            self.since = min(sent, max(asked, self.least)) if self.renewed and self.served else sent
            self.begun, self.least, self.ends, self.served = heard, least, ends, 1
        return max(0.0, self.ends - heard)

    def _late(self, reading: str) -> float:
        """Seconds by which a told reset may be later than the true one; a service that tells fractions is exact."""
        if reading == "seconds left":
            return 0.0 if self._fractions else WHOLE
        if reading.startswith("epoch seconds") or "date" in reading.lower():
            return DATED
        return WHOLE if reading.startswith("epoch") else 0.0  # counted from the answer's `Date`
