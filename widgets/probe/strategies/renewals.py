"""When all of a quota is there again, by what is left of it alone: for whoever asks slowly enough to see that. Pure.

Many services say how large a quota is and how much of it is left, and not when it is renewed. What is left falls by one
with each request, and then is all there again: two such times tell how long it takes, to within the spacing of the
requests around them, and nothing need be refused for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

from .stated import MOST, REQUESTS, Stated
from .untimed import FEW, tells_time
from .windows import Counted, Log

if TYPE_CHECKING:
    from widgets.http.limits import Limits
    from widgets.model.attempt import Attempt

START = 1.0
"""Seconds to the second request: what is all there again by then is a quick one, and is not watched."""

SHORTER = 3.0
"""After a renewal the next requests come so many times sooner."""

LATER = 0.9
"""The next request comes after this part of the time that was watched: then no log of requests, and no bucket, can give
back at once what it gave nothing of before."""

RISE = 3.0
"""So much comes back at once at least: a bucket that gave nothing in the time before gives one or two."""

CLOSER = 1.25
"""From one request to the next, in parts of the time since a renewal, or of what it lasts at least."""

STEPS = 5
"""Requests in the time in which the next renewal must come, where two were seen."""

NARROW = 1.12
"""A window is known where it lasts at most so many times what it lasts at least."""

ENOUGH = 4
"""So many renewals are enough, however wide that is."""

LOOKS = 16
"""So many requests at most show how long each counts in a log: one more of them must be seen to count no longer."""

KEPT = 2.0
"""So many requests are left to others."""

OTHERS = 0.05
"""What others may use from one renewal to the next, in parts of it, and `KEPT` at least: it is one count still."""

PATIENCE = 960.0
"""Seconds without a renewal after which none is awaited: a little more than a quarter of an hour."""

HURRIED = 330.0
"""The same for whoever wants an answer soon: a little more than five minutes."""


class Seen(NamedTuple):
    """A request that was served: when it was sent, and when answered, seconds, and what was left with it."""

    sent: float
    heard: float
    left: float


class Renewal(NamedTuple):
    """All was there again between these seconds."""

    after: float
    by: float


@dataclass(slots=True)
class Renewals:
    """When all of a quota was there again, or each request counted no longer, and how long that takes.

    Whatever does not fit a count of this probe's requests alone, all of which is there again at once, ends it: a fall
    by another number, a refusal, an answer that tells nothing or more, and a part that comes back, but for as many as
    were asked for in some time before: then each of them counts for so long, as in a log, if that foretells when more
    comes back. Where others used some of a quota that was renewed just before, it does not.

    >>> from widgets.http.limits import Limits
    >>> from widgets.model.attempt import Attempt
    >>> renewals, at, used, turn = Renewals(), 0.0, 0, 0
    >>> for number in range(1, 40):
    ...     used, turn = (used + 1 if (at + 11) // 60 == turn else 1), (at + 11) // 60
    ...     found = renewals.hear(Attempt(number, 1.0, 1.0, at, 0.1, 200), Limits(remaining=30.0 - used, size=30.0))
    ...     if renewals.rest is None:
    ...         break
    ...     at += renewals.rest
    >>> number, [round(each) for each in renewals.lasts], round(renewals.stated.wait, 2)
    (30, [57, 64], 2.12)

    Attributes:
        quota: How many they are, as far as is told.
        over: Whether nothing more is to be seen.
        taken: Whether a pace was taken from it: then what comes back is held against that.
        refuted: Whether what came then does not fit it, as where several machines count, each by itself.
        patience: Seconds without a renewal after which none is awaited.
    """

    quota: float = 0.0
    over: bool = False
    taken: bool = False
    refuted: bool = False
    patience: float = PATIENCE
    _sized: bool = False
    _full: float = inf
    _row: list[Seen] = field(default_factory=list)
    _seen: list[Renewal] = field(default_factory=list)
    _least: float = 0.0
    _since: float = 0.0
    _others: float = 0.0
    _log: Log = field(default_factory=Log)
    _by_log: bool = False
    _foretold: int = 0
    _looks: int = 0

    def hear(self, attempt: Attempt, limits: Limits) -> Stated | None:
        """Take in one answer; a slower pace, where one was taken and only a part of what it takes is there again."""
        left = limits.remaining
        several = len(limits.lefts) > 1
        if left is None or left % 1 or several or tells_time(limits) or attempt.outcome is not Outcome.ACCEPTED:
            self.over = True
        if self.over or left is None:
            return None
        now = Seen(attempt.started, attempt.started + attempt.latency, left)
        size = max(limits.sizes, default=0.0)
        if not self._row:
            self._sized, self.quota, self._full = size > 0, size, size - 1 if size else inf
            self._row = [now]
            self._enter(now)
            return None
        if size != self.quota * self._sized:
            self.over = True
            return None
        gained = left - self._row[-1].left + 1
        if self.taken:
            return self._held_against(gained, now)
        self._enter(now)
        self._watch(gained, now)
        return None

    def _enter(self, now: Seen) -> None:
        """One more request of a log, as long as all of it that is used may be this probe's requests."""
        if self._sized and not self._log.broken:
            self._log.hear(int(self.quota), int(now.left), Counted(now.sent, now.heard))

    def _watch(self, gained: float, now: Seen) -> None:
        """One more answer, with which so much was gained since the one before."""
        if self._by_log:
            self._row = [now]
            self._looks += 1
            self._foretold += gained > 0
            in_vain = self._looks >= LOOKS and not self._foretold
            self.over = self._log.broken or now.left < KEPT or in_vain
        elif gained == 0:
            self._row.append(now)
            self.over = now.left < KEPT or self._overdue(now)
        else:
            self._rises(gained, now)

    def _rises(self, gained: float, now: Seen) -> None:
        """Some of it is there again, or all."""
        begun, last = self._row[0], self._row[-1]
        if not self._sized and gained >= RISE and not self._seen:
            self._full = now.left  # where nothing is told of the whole, it is what is there then
            self.quota = now.left
        full = now.left == self._full or (self._sized and now.left == self.quota)
        if gained > 0 and (full or not self._sized) and not self._seen and gained < RISE:
            self.over = True  # what was used is back, and too little was for telling how: it is a quick one
        elif gained < RISE or now.sent - last.sent > max(last.sent - begun.sent, self._least):
            self.over = True
        elif full:
            self._least = max(self._least, last.sent - begun.heard)
            self._seen.append(Renewal(last.sent, now.heard))
            self._since = last.sent
            self._row = [now]
            least, most = self.lasts
            self.over = least > most
        else:
            self._row = [now]
            self._by_log = not self._seen and self._sized and not self._log.broken and self._log.most < inf
            self.over = not self._by_log

    def _held_against(self, gained: float, now: Seen) -> Stated | None:
        """What comes back after a pace was taken: less than was used, and not all, is all that is renewed each time."""
        self._enter(now)
        if self._by_log:
            self._row = [now]
            fits = not self._log.broken
        else:
            self.refuted = self._contradicts(gained, now)
            fits = now.left >= self._full
            self._since = self._row[-1].sent if gained >= RISE else self._since
            again = self._again(gained, now)
            self._row, self._others = ([now], 0.0) if again else ([self._row[0], now], self._others)
        self.taken, self.over = not self.refuted, self.refuted
        if self.refuted or gained < RISE or fits:
            return None
        words = f"{self._words}, and {told(gained)} of them once"
        return Stated(self.lasts[1] / gained, words)

    def _contradicts(self, gained: float, now: Seen) -> bool:
        """Whether this is no count of this probe's requests alone that is renewed as it was seen to be.

        A count of which others use much, or of another machine, falls by more than these; and it is renewed too soon,
        or not when it must be.
        """
        self._others -= min(gained, 0.0)
        if self._others > max(KEPT, OTHERS * self.quota) or (self._overdue(now) and not self._again(gained, now)):
            return True
        return now.left >= self._full and gained >= RISE and now.heard - self._since < self.lasts[0]

    def _again(self, gained: float, now: Seen) -> bool:
        """Whether some of it is there again: where few were asked for, that is less than tells a first renewal."""
        return gained >= RISE or (gained > 0 and now.left >= self._full)

    def _overdue(self, now: Seen) -> bool:
        """Whether it was not renewed, though two renewals tell that it must be by then."""
        return bool(self._seen) and now.sent - self._row[0].heard > self.lasts[1]

    @property
    def lasts(self) -> tuple[float, float]:
        """Seconds from one renewal to the next, at least and at most; the most is infinite where two were not seen.

        Of several in a row it is what they last on average at most: a window that begins with a request is no longer.
        """
        if self._by_log:
            return self._log.least, self._log.most
        pairs = self._pairs
        most = min(((later.by - sooner.after) / count for sooner, later, count in pairs), default=inf)
        apart = max((later.after - sooner.by for sooner, later, count in pairs if count == 1), default=0.0)
        return max(self._least, apart), most

    @property
    def known(self) -> bool:
        """Whether it is known nearly enough."""
        least, most = self.lasts
        if self._by_log:
            return self._foretold > 0 and (most <= NARROW * least or self._looks >= LOOKS)
        return most <= NARROW * least or len(self._seen) >= ENOUGH

    @property
    def rest(self) -> float | None:
        """Seconds from the last request to the next that tells more; `None` where none does, or enough is known."""
        if self.over or self.taken or not self._row or not self._many or self.known:
            return None
        if self._by_log:
            return self._to_halve
        begun, last = self._row[0], self._row[-1]
        since = last.sent - begun.sent
        if not self._seen:
            rest = min(max(START, LATER * since), self.patience - since)
            return rest if rest > 0 else None
        before = self._seen[-1]
        least, most = self.lasts
        sooner = max(least - (before.by - before.after), 0.0)
        if since < sooner * LATER:
            return sooner / RISE
        if most < inf:
            return (most - sooner) / STEPS if since <= most else None
        return max(START / SHORTER, max(since, least) * (CLOSER - 1))

    @property
    def _to_halve(self) -> float:
        """Seconds to the next request, at which one is as old as the middle of what a log may last.

        Where that is narrow, the oldest that counts is older than all of it by then: it counts no longer, or is no log.
        """
        times, last = self._log.times, self._log.times[-1].sent
        least, most = self.lasts
        if most <= NARROW * least:
            return NARROW * most - (last - times[-int(self.quota - self._row[-1].left)].sent)
        middle = (least + most) / 2
        return min(wait for each in times if (wait := middle - (last - each.sent)) > 0)

    @property
    def _many(self) -> bool:
        """Whether there are enough for being watched, and not too many for seeing all of them used."""
        return FEW < max(self.quota, self._row[0].left) <= MOST

    @property
    def _words(self) -> str:
        many = f"{told(self.quota, 6)} {REQUESTS}"
        if self._by_log:
            least, most = self.lasts
            return f"what is left of {many}, by which each counts for {told(least)} to {told(most)} s"
        what = f"left of {many}, by which all" if self._sized else f"left, by which {many}"
        # A window that a request begins is renewed later where none came: what all of them took may be more than these.
        sooner, later, count = min(self._pairs, key=lambda each: (each[1].by - each[0].after) / each[2])
        least, most = max(later.after - sooner.by, 0.0), later.by - sooner.after
        took = f"from the first to the last of them in {told(least)} to {told(most)} s"
        return f"what is {what} were there again {count + 1} times, {took}"

    @property
    def _pairs(self) -> list[tuple[Renewal, Renewal, int]]:
        """Of each two renewals, the earlier and the later one, and how many came from one to the other."""
        return [(sooner, later, j - i) for j, later in enumerate(self._seen) for i, sooner in enumerate(self._seen[:j])]

    @property
    def stated(self) -> Stated | None:
        """The pace by that, at most; `None` where two renewals were not seen."""
        most = self.lasts[1]
        shown = most < inf and (self._foretold > 0 or not self._by_log)
        return Stated(most / self.quota, self._words) if shown and not self.over else None
