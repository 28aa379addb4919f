"""How long a quota is counted over, by what is left of it with each request of this probe. Pure.

Resets are told in whole seconds, rounded up, and some services add one more: beside a window of two seconds that is far
too long, and whoever obeys never learns it, since each window then begins just when the rounded end is over. But what
is left tells more: when it rises, and how many of the last requests it still holds. Two rules are held against it: each
request counts for as long as the window lasts (a log), or all of them are forgotten at once, so long after the first
one (a fixed window). A rule that one answer contradicts is given up, and where none fits nothing is said.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

from .stated import Stated

if TYPE_CHECKING:
    from widgets.http.limits import Limits
    from widgets.model.attempt import Attempt

NARROW = 1.25
"""A window is known where it lasts at most so many times what it lasts at least."""

TWICE = 2
"""For so many quotas a log has answered, since one was spent, before it is believed."""

FEWEST = 20
"""And so often at least: a quota of three that is counted otherwise keeps to it by chance."""

LATER = 1e-3
"""Seconds by which a renewal comes before the told end, so that the told one is not the true one."""

FINER = 1.03
"""A pace is replaced by one that is shorter by more than this; a window that is known so nearly is known."""

TIMES = 2
"""So often it may be: a pace that was raised again had its reasons."""

FULL = 0.7
"""Answers speak for a log where it holds this part of a quota: near none, what is refilled is told alike."""

RUNS = 8
"""So many windows are held against such that go by the clock, and begin whatever is requested."""

ROW = 3
"""So many of them in a row, without a pause, tell how long one lasts on average."""

GRID = 100
"""Their lengths are tried in so many steps, from what was seen of one to a spacing more, and less."""

LOOSE = 0.01
"""The part of a window by which such a length may be off, over all of them."""

LONG = 10_000
"""Quotas of more requests are not kept in mind."""


class Counted(NamedTuple):
    """When a request was counted, between these seconds."""

    sent: float
    heard: float


@dataclass(slots=True)
class Log:
    """Each request counts for as long as the window lasts."""

    least: float = 0.0
    most: float = inf
    broken: bool = False
    emptied: bool = False
    answers: int = 0
    times: deque[Counted] = field(default_factory=deque)

    def hear(self, quota: int, left: int, time: Counted) -> None:
        """So many are left with this one: the window holds the last `quota - left`, and not the one before them."""
        self.times.append(time)
        if len(self.times) > quota + 1:
            self.times.popleft()
        held = quota - left
        self.emptied = self.emptied or not left
        self.answers += self.emptied and FULL * quota <= held < len(self.times)
        if not 0 < held <= len(self.times):
            self.broken = True
            return
        self.least = max(self.least, time.sent - self.times[-held].heard)
        if held < len(self.times):
            self.most = min(self.most, time.heard - self.times[-held - 1].sent)
        self.broken = self.broken or self.least > self.most

    def sure(self, quota: int) -> bool:
        """Whether it has answered for long enough since the quota was spent: other rules do not keep to it so long."""
        enough = self.answers > max(FEWEST, TWICE * quota)
        return enough and not self.broken and self.most <= NARROW * self.least

    def room(self, quota: int) -> float:
        """When the next request has room, at the latest: the earliest one of a whole quota counts no longer then."""
        return self.times[-quota].heard + self.most if len(self.times) >= quota else 0.0


@dataclass(slots=True)
class _Fixed:
    """All requests are forgotten at once, so long after the first of them.

    A window that goes by the clock looks alike at a steady pace, and what is seen between first requests may be less
    than all of it: where it is not excluded (`anchored`), it counts what several such windows in a row last on average
    (`steady`). The told end must have been seen to be `late`.
    """

    least: float = 0.0
    most: float = inf
    broken: bool = False
    late: bool = False
    begun: Counted | None = None
    seen: float = inf
    steady: float = inf
    anchored: bool = False
    _left: int | None = None
    _last: Counted | None = None
    _runs: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=RUNS))
    _gap: float = 0.0
    _row: list[float] = field(default_factory=list)

    def hear(self, quota: int, left: int, time: Counted, until: float) -> None:
        """So many are left with this one, after the service had told that the window lasts `until` then."""
        last, self._left = self._left, left
        if left == quota - 1:
            if self.begun is not None:
                # Of two in a row the longer one: a window that goes by the clock is met at any time of it.
                before, self.seen = self.seen, time.heard - self.begun.sent
                self.most = min(self.most, max(before, self.seen))
                self.late = self.late or time.heard + LATER < until
                self._run_over(self.begun, time)
            self.begun = time
        elif self.begun is not None:
            self.broken = self.broken or last is None or left != last - 1
            self.least = max(self.least, time.sent - self.begun.heard)
        self._last = time

    def _run_over(self, begun: Counted, time: Counted) -> None:
        """A window was renewed: no end of one lay between its first request and its last."""
        last = self._last or begun
        self._gap = time.heard - last.sent
        self._runs.append((begun.heard, last.sent))
        # Between two requests there was one end at most, if they came sooner than a window after each other.
        self._row = [*self._row, last.sent] if self._gap < self.least else []
        for i, before in enumerate(self._row[:-ROW]):
            self.steady = min(self.steady, (time.heard - before) / (len(self._row) - 1 - i))
        if self.known and not self.anchored:
            lengths = (self.most + self._gap * i / GRID for i in range(-GRID, GRID + 1))
            self.anchored = not any(length > 0 and self._by_the_clock(length) for length in lengths)

    def _by_the_clock(self, window: float) -> bool:
        """Whether windows of this length may follow each other without a pause, whatever is requested."""
        off = window * LOOSE
        free, arcs = 0.0, []
        for start, end in self._runs:
            if end - start > window + off:
                return False
            first = (start + off) % window
            arcs += [(first - turn, first - turn + end - start - 2 * off) for turn in (0.0, window)]
        for start, end in sorted(arcs):
            if start > free:
                return True
            free = max(free, end)
        return free < window

    @property
    def sure(self) -> bool:
        """Whether it was seen to be renewed again and again, and sooner than was told."""
        return not self.broken and self.late and self.known and self.longest <= NARROW * self.least

    @property
    def longest(self) -> float:
        """Seconds that it lasts at most, also where it may go by the clock."""
        return self.most if self.anchored else max(self.most, self.steady)

    @property
    def known(self) -> bool:
        """Whether its length is known nearly enough."""
        return self.least <= self.most <= NARROW * self.least

    @property
    def room(self) -> float:
        """When it is renewed, at the latest."""
        return 0.0 if self.begun is None else self.begun.heard + self.longest


@dataclass(slots=True)
class Windows:
    """What is left of a quota, answer by answer, and how long it is counted over by that.

    A rule must have foretold what was left for so long that another would have shown itself, and no answer may speak
    against it: a refusal does, and so does a request that takes more than one, or one that somebody else made.

    >>> from widgets.http.limits import read
    >>> from widgets.model.attempt import Attempt
    >>> windows, rule = Windows(), []
    >>> for number in range(40):
    ...     at = 0.26 * number + (1.3 if number > 6 else 0)
    ...     rule = [*rule, at] if rule and at < rule[0] + 2 else [at]  # 10 in 2 s; told is a second more
    ...     fields = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": str(10 - len(rule)),
    ...               "X-RateLimit-Reset": str(rule[0] + 3 - at)}
    ...     attempt = Attempt(number + 1, 0.26, 0.26, at, 0.01, 200, fields)
    ...     windows.hear(attempt, read(200, fields, 0.0), rule[0] + 3)
    >>> round(windows.lasts[1], 2), windows.stated.words
    (2.09, 'what is left of 10 requests, by which all are there again 1.81 to 2.09 s after the first')
    """

    quota: int = 0
    refined: int = 0
    _log: Log = field(default_factory=Log)
    _fixed: _Fixed = field(default_factory=_Fixed)
    _until: float = 0.0

    def hear(self, attempt: Attempt, limits: Limits, until: float | None) -> None:
        """Take in an answer, which tells, together with those before it, that its window lasts `until` then, seconds.

        A window that is stated needs no such reading.
        """
        before, self._until = self._until, until or 0.0
        stated = any(policy.window for policy in limits.policies)
        left = limits.remaining
        if attempt.outcome is not Outcome.ACCEPTED or left is None or left % 1 or stated or until is None:
            self._log.broken = self._fixed.broken = True
            return
        quota = max([self.quota, int(left) + 1, *map(int, limits.sizes)])
        if quota > LONG:
            return
        if quota > self.quota:
            self.quota, self._log, self._fixed = quota, Log(), _Fixed()
        time = Counted(attempt.started, attempt.started + attempt.latency)
        if not self._log.broken:
            self._log.hear(quota, int(left), time)
        if not self._fixed.broken:
            self._fixed.hear(quota, int(left), time, before)

    @property
    def lasts(self) -> tuple[float, float] | None:
        """For how many seconds a quota is counted, at least and at most; `None` where no rule is sure."""
        known = [(self._log.least, self._log.most)] if self._log.sure(self.quota) else []
        known += [(self._fixed.least, self._fixed.longest)] if self._fixed.sure else []
        return max(known, key=lambda each: each[1], default=None)

    @property
    def room(self) -> float | None:
        """When the next request has room at the latest, seconds; `None` where no rule is sure."""
        rooms = [self._log.room(self.quota)] if self._log.sure(self.quota) else []
        rooms += [self._fixed.room] if self._fixed.sure else []
        return max(rooms, default=None)

    @property
    def stated(self) -> Stated | None:
        """The pace that is sustained by that; `None` where no rule is sure."""
        if self.lasts is None:
            return None
        (least, most), left = self.lasts, f"what is left of {told(self.quota, 6)} requests"
        if self._fixed.sure:
            words = f"{left}, by which all are there again {told(least)} to {told(most)} s after the first"
        else:
            words = f"{left}, by which each counts for {told(least)} to {told(most)} s"
        return Stated(most / self.quota, words)

    def instead_of(self, coarse: Stated | None) -> Stated | None:
        """What is to be believed instead of told times, where these are beyond what is known; else `None`."""
        if self.lasts is None or coarse is None:
            return None
        (least, most), stated = self.lasts, self.stated
        if stated is None or least <= coarse.wait * self.quota <= most:
            return None
        if coarse.wait < stated.wait and most > FINER * least:  # no longer than must be: more will be seen
            return Stated(least / self.quota, stated.words, stated.wait)
        return stated

    def finer(self, wait: float, above: float) -> float | None:
        """A pace to go on with instead of `wait`, where that came of a coarser reading; `None` where it did not.

        Args:
            wait: What is on trial, seconds.
            above: By what factor it is tried more slowly than it is stated.
        """
        stated = self.stated
        if stated is None or self.refined >= TIMES or stated.wait * above * FINER >= wait:
            return None
        self.refined += 1
        return stated.wait * above
