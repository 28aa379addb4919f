"""When a quota's window ends, by what all of its answers say together. Pure.

Most services tell a reset in whole seconds, rounded up: one answer says when its window ends to a second, which is long
beside a window of two. Answers of one window speak of the same end at different fractions of a second, so that the
earliest end that any of them names is the nearest to the true one. It is the service's own word, and no guess.

How a plain number falls from one answer to the next says in what it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from . import Limits

WHOLE = 1.0
"""Seconds by which a reset in whole seconds may be later than it is."""

DATED = 2.0
"""The same of a moment that is counted from the answer's `Date`, which has whole seconds too."""

GRAIN = 1e-3
"""Seconds by which times that are counted from answers may be off."""

FALLS = 2
"""So many falls in a row by a thousand a second: the number is one of milliseconds."""

SPARE = 500
"""So many requests have to be left, that two of them are next to nothing, to look how the number falls."""

UNEVEN = 0.05
"""The part of the time between two answers by which a fall may differ from it."""

USUAL = (60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 43_200.0, 86_400.0, 604_800.0)
"""Seconds of a whole window: where a reset begins with one of them, seconds are meant."""


MACHINES = 16
"""Windows of so many counters are kept."""


class _Window(NamedTuple):
    """What is known of a window of another counter than the last answer's, and what was left of it."""

    begun: float
    since: float
    least: float
    ends: float
    served: int
    whole: bool
    left: float


def is_dated(reading: str) -> bool:
    """Whether a reset that was read so is a moment in whole seconds, counted from the answer's `Date`.

    >>> is_dated("epoch seconds"), is_dated("HTTP date"), is_dated("seconds left"), is_dated("epoch milliseconds")
    (True, True, False, False)
    """
    return reading.startswith("epoch seconds") or "date" in reading.lower()


@dataclass(slots=True)
class Resets:
    """The window that the last answers belong to: of one are those that say that as much less is left each time.

    Attributes:
        begun: When the first of them was answered, seconds: a window that was seen to begin had begun by then.
        since: When that one began at the earliest: with this request, or, if it goes by the clock, once the window
            before it was over, and after the answer before.
        least: The window ends no sooner than this.
        ends: The earliest end that any of them names.
        served: How many of them there were.
        whole: Whether the first of them began the window, as far as is known: more was left than just before, all
            but one, or nothing is known of before nor of how much there is.
        milliseconds: Whether the plain numbers were seen to fall as milliseconds do.
        several: Whether answers of one window came between those of another: there are several counters, as where
            each of several machines counts by itself. Then all this is of the window of the last answer.

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
    milliseconds: bool = False
    several: bool = False
    _left: float | None = None
    _sent: float = 0.0
    _cut: float = 0.0
    _fractions: bool = False
    _own: float = 0.0
    _others: list[_Window] = field(default_factory=list)
    _number: tuple[float, float, float] | None = None
    _falls: int = 0
    _sure: bool = False
    _numbers: int = 0

    def doubtful(self, limits: Limits) -> bool:
        """Whether a plain number may turn out to be one of milliseconds, once two more answers show how it falls.

        Only where enough is left to look.

        >>> from widgets.http.limits import read
        >>> resets, told = Resets(), {"X-RateLimit-Remaining": "9999", "X-RateLimit-Reset": "2018034"}
        >>> for sent in (0.0, 1.0, 2.0):
        ...     limits = read(200, told | {"X-RateLimit-Reset": str(2018034 - int(1000 * sent))}, 0.0)
        ...     limits = resets.in_seconds(limits, sent, sent + 0.1)
        ...     print(resets.doubtful(limits), limits.reset)
        True 2018034.0
        True 2017034.0
        False 2016.034
        """
        return self.unsure(limits) and (limits.remaining or 0.0) >= SPARE and self._numbers <= FALLS

    def unsure(self, limits: Limits) -> bool:
        """Whether a reset is a plain number of which nothing shows that it is one of seconds: as those it is hours.

        >>> from widgets.http.limits import read
        >>> told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "50838"}
        >>> Resets().unsure(read(429, told, 0.0)), Resets().unsure(read(429, told | {"X-RateLimit-Reset": "60"}, 0.0))
        (True, False)
        """
        plain = limits.reading == "seconds left" and (limits.reset or 0.0) > USUAL[5] + DATED
        return plain and not self._sure

    @property
    def lasts(self) -> tuple[float, float]:
        """For how many seconds a window that was seen to begin lasts, at least and at most.

        Some services cut the fraction of a second off: then the end is later than they tell.
        """
        return self.least - self.begun, self.ends - self.since + self._cut

    def hear(self, limits: Limits, sent: float, heard: float, each: float = 1.0) -> float | None:
        """Take in an answer; the seconds from `heard` on until the window ends, `None` where that is not said.

        Args:
            limits: What the answer says.
            sent: When it was asked for, seconds on any clock.
            heard: When it came.
            each: What a request takes of what is left, as far as is known.
        """
        limits = self.in_seconds(limits, sent, heard)
        before, self._left = self._left, None if limits.refused else limits.remaining
        asked, self._sent = self._sent, sent
        if self._left is None or limits.reset is None:
            self.served, self.whole = 0, False
            return None
        self._fractions = self._fractions or (limits.reading == "seconds left" and limits.reset % 1 > 0)
        late = self._late(limits.reading)
        self._cut = min(WHOLE, late)
        least, ends = sent + limits.reset - late, heard + limits.reset
        same = before == self._left + each and self._agrees(least, ends)
        if not same and self._turn_to(self._left + each, least, ends, sent):
            same = self.several = True
        if same:
            self.least, self.ends = max(least, self.least), min(ends, self.ends)
            self.served += 1
        else:
            full = any(policy.quota == self._left + each for policy in limits.policies)
            more = before is not None and self._left > before and not self.several
            self.whole = full or more or (before is None and not limits.policies)
            self.renewed = more
            self.since = min(sent, max(asked, self.least)) if self.renewed and self.served else sent
            self.begun, self.least, self.ends, self.served = heard, least, ends, 1
        self._own = self._left
        return max(0.0, self.ends - heard)

    def _agrees(self, least: float, ends: float) -> bool:
        return self.served > 0 and max(least, self.least) <= min(ends, self.ends) + GRAIN

    def _turn_to(self, left: float, least: float, ends: float, sent: float) -> bool:
        """Keep the window of the last answers, and turn to another one of which so many were left, if there is one."""
        live = [each for each in self._others if each.ends > sent]
        found = next(
            (each for each in live if each.left == left and max(least, each.least) <= min(ends, each.ends) + GRAIN),
            None,
        )
        if self.served and self.ends > sent:
            live.append(_Window(self.begun, self.since, self.least, self.ends, self.served, self.whole, self._own))
        self._others = [each for each in live if each is not found][-MACHINES:]
        if found is None:
            return False
        self.begun, self.since, self.least, self.ends, self.served, self.whole, self._own = found
        return True

    def in_seconds(self, limits: Limits, sent: float, heard: float) -> Limits:
        """What an answer says, its reset in seconds also where the numbers were seen to fall as milliseconds do.

        One number alone does not say it: 8930 may be two hours and a half, or nine seconds.

        >>> from widgets.http.limits import read
        >>> resets = Resets()
        >>> for number, left in enumerate(("8930", "8729", "8531")):
        ...     told = read(200, {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": left}, 0.0)
        ...     said = resets.in_seconds(told, 0.2 * number, 0.2 * number + 0.01)
        >>> said.reset, said.reading
        (8.531, 'milliseconds left')
        """
        if limits.reading != "seconds left" or limits.reset is None:
            return limits
        before, self._number = self._number, (limits.reset, sent, heard)
        self._numbers += 1
        if before is None or limits.reset > before[0]:  # a window begins
            self._sure = self._sure or any(whole - DATED <= limits.reset <= whole for whole in USUAL)
        if before is not None and sent > before[1]:
            fall, between = before[0] - limits.reset, sent - before[1]
            off = UNEVEN * between + (heard - sent) / 2 + GRAIN
            as_seconds = fall <= between + off + WHOLE
            self._falls = self._falls + 1 if not as_seconds and abs(fall / 1000 - between) <= off else 0
            self._sure = self._sure or (as_seconds and 0 <= fall < 1000 * (between - off) - WHOLE)
            if not self.milliseconds and not self._sure and self._falls >= FALLS:
                self.milliseconds, self.served, self._others = True, 0, []
        return self.told(limits)

    def told(self, limits: Limits) -> Limits:
        """What any answer of this service says, by what is known by now of how its numbers are counted."""
        return _thousandth(limits) if self.milliseconds and limits.reading == "seconds left" else limits

    def _late(self, reading: str) -> float:
        """Seconds by which a told reset may be later than the true one; a service that tells fractions is exact."""
        if reading == "seconds left":
            return 0.0 if self._fractions else WHOLE
        if is_dated(reading):
            return DATED
        return WHOLE if reading.startswith("epoch") else 0.0  # counted from the answer's `Date`


def _thousandth(limits: Limits) -> Limits:
    """The same answer, its reset read as milliseconds."""
    if limits.reset is None:
        return limits
    reset = limits.reset / 1000
    return replace(
        limits,
        reset=reset,
        hold=reset if limits.source == "reset" and limits.hold == limits.reset else limits.hold,
        reading="milliseconds left",
        lefts=tuple((left, reset if within == limits.reset else within) for left, within in limits.lefts),
    )
