"""What the answers of one probe state of limits, all of them together, and how much of it may be spent. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from widgets.http.limits import Limits, Resets, read
from widgets.http.limits.inside import told_in
from widgets.http.limits.resets import DATED
from widgets.http.limits.words import pause_in
from widgets.model.attempt import Outcome

from .caches import cached
from .costs import Cost, weighed
from .gains import Gains
from .renewals import Renewals
from .stated import RENEWED, REQUESTS, Alternating, Asked, Spending, Stated, Unquoted, open_for, renewed, timed
from .stated import stated as stated_pace
from .untimed import Untimed
from .windows import FINER, Windows

if TYPE_CHECKING:
    from widgets.model.attempt import Attempt

FALLEN = 2
"""So often in a row a count in a body has fallen with a request: it is that of who asks."""


@dataclass(slots=True)
class Heard:
    """What answers stated up to now.

    >>> from widgets.model.attempt import Attempt
    >>> heard = Heard()
    >>> heard.hear(Attempt(1, None, None, 0.0, 0.1, 200, {"X-RateLimit-Remaining-Day": "40"}))
    >>> heard.share(0.5)
    20

    Attributes:
        stated: The slowest pace that any answer has stated; `None` where none did.
        untimed: What is left of a quota, where the service does not say in what time it is renewed.
        spending: What was served since a quota was renewed, where the service does not state its window.
        cost: What each request takes of a quota that is counted in something else.
        alternating: Quotas of which each answer tells another one.
        unquoted: Quotas of which only what is left is told.
        asked: Pauses that were asked for beside answers that are served.
        resets: When the window of the last answers ends, by what all of them say.
        windows: How long a quota is counted over, by what is left of it with each request.
        gains: What a count gains while it is asked, that is refilled all the time.
        renewals: When all of a quota was there again, by what is left of it alone.
        counted: The quota, in requests, that the service was seen to count down; 0 where it counts none.
        named: The quota, in requests, that it states; 0 where it states none.
        wanted: Seconds of the pause for which the last answer asked in its body, though it served; 0 where it did not.
        open: When the window ends of which an answer told its end, and none how long it is; 0 where there is none.
        unseen: The same where the stated pace is taken from that, as long as the next window has not shown it.
        telling: The limits of the last answer that told what is left, and refused nothing.
    """

    stated: Stated | None = field(default=None, init=False)
    untimed: Untimed = field(default_factory=Untimed, init=False)
    spending: Spending = field(default_factory=Spending, init=False)
    cost: Cost = field(default_factory=Cost, init=False)
    asked: Asked = field(default_factory=Asked, init=False)
    alternating: Alternating = field(default_factory=Alternating, init=False)
    unquoted: Unquoted = field(default_factory=Unquoted, init=False)
    resets: Resets = field(default_factory=Resets, init=False)
    windows: Windows = field(default_factory=Windows, init=False)
    gains: Gains = field(default_factory=Gains, init=False)
    renewals: Renewals = field(default_factory=Renewals, init=False)
    counted: float = field(default=0.0, init=False)
    named: float = field(default=0.0, init=False)
    wanted: float = field(default=0.0, init=False)
    open: float = field(default=0.0, init=False)
    unseen: float = field(default=0.0, init=False)
    telling: Limits = field(default_factory=Limits, init=False)
    _told: Stated | None = field(default=None, init=False)
    _unquoted: Stated | None = field(default=None, init=False)
    _coarse: Stated | None = field(default=None, init=False)
    _others: Stated | None = field(default=None, init=False)
    _windowed: Stated | None = field(default=None, init=False)
    _counted: Stated | None = field(default=None, init=False)
    _left: float | None = field(default=None, init=False)
    _until_reset: tuple[float, float] = field(default=(0.0, 0.0), init=False)
    _seen_left: float = field(default=0.0, init=False)
    _spent: int = field(default=0, init=False)
    _counted_at: float = field(default=0.0, init=False)
    _refused: bool = field(default=False, init=False)
    _raw: tuple[tuple[str, str], ...] = field(default=(), init=False)
    _inside: float = field(default=0.0, init=False)
    _falls: int = field(default=0, init=False)

    def share(self, part: float) -> int | None:
        """Requests that may still be sent, where at most this part of what is left is spent; `None` where all may.

        A quota that is there again within minutes, as `RENEWED` says, is not saved: that of an hour, a day, or a month
        is.
        """
        return None if self._left is None else int(self._left * part / self.cost.scarce(RENEWED)) - self._spent

    def hear(self, attempt: Attempt) -> None:
        """Take in what an answer states of limits, unless a cache repeats what was told before."""
        limits = self._told_by(attempt)
        if self._repeats(attempt, limits):
            return
        self._spent += 1
        # Until then what comes back may be what was asked for before the probe: its pace is that of those requests.
        self._refused = self._refused or attempt.outcome is Outcome.REFUSED
        self.wanted = (pause_in(attempt.excerpt) if attempt.outcome is Outcome.ACCEPTED else None) or 0.0
        if self.wanted and limits.hold is None:
            limits = replace(limits, hold=self.wanted, source="Backoff")
        found = self._hear_resets(attempt, limits)
        limits = self.resets.told(limits)
        self.telling = limits if limits.lefts and not limits.refused else self.telling
        before = self._told if self.stated in (self._unquoted, self._windowed, self._counted) else self.stated
        again = self._hear_renewed(attempt, limits, before)
        first = before is None and again is None
        others = (
            again,
            self._in_requests(self.spending.refills(limits, self.cost.each), limits)
            or stated_pace(limits, first=first and not self.resets.doubtful(limits)),
            self.asked.hear(attempt, limits),
            self._hear_alternating(limits, before),
            self.gains.hear(attempt, limits, refilled=self._refused and self.untimed.refill > 0),
        )
        self._counted = _slowest(self._counted, self.renewals.hear(attempt, limits))
        self._counted = None if self.renewals.refuted else self._counted
        self._others = _slowest(self._others, *others)
        self._coarse = found if found is not None and _slowest(before, found) is found else self._coarse
        # What such a quota is taken for may turn out to be too small.
        self._told, self._unquoted = _slowest(again or before, found, *others), self.unquoted.hear(limits, self.cost.of)
        heard = attempt.started + attempt.latency
        if self._told is None:
            self.open = heard + ends if (ends := open_for(limits)) else self.open
        elif self._told is not before:
            self.open = self.unseen = heard + self._told.open if self._told.open else 0.0
        self._windowed = self.windows.instead_of(self._told) if self._told is self._coarse else None
        finer = self._told if self._windowed is None else _slowest(self._others, self._windowed)
        self.stated = _slowest(self._unquoted, self._counted, finer)
        if attempt.outcome is Outcome.ACCEPTED:
            self._weigh(limits)
        self.untimed.hear(limits, attempt.spacing)
        quotas = [policy.quota for policy in limits.policies if policy.unit == REQUESTS]
        self.named = max([self.named, *quotas])
        if limits.remaining is not None:
            if limits.remaining < self._counted_at:
                self.counted = max([self.counted, limits.remaining, *limits.sizes])
            self._counted_at = limits.remaining
        left = limits.scarce(RENEWED)
        if left is None:
            return
        if self._left is None or left > self._seen_left:
            self._left, self._spent = left, 0
        self._seen_left = left

    def _told_by(self, attempt: Attempt) -> Limits:
        """What an answer says of limits in its fields; where they say nothing, in its body.

        There it may be data, of somebody else's quota: it counts once it has fallen with one request after another.
        """
        limits = read(attempt.status, attempt.headers, now=0.0) if attempt.headers else Limits()
        inside = {} if limits.raw or attempt.outcome is not Outcome.ACCEPTED else told_in(attempt.excerpt)
        if not inside:
            return limits
        left = float(inside["X-RateLimit-Remaining"])
        if self._falls < FALLEN:
            self._falls = self._falls + 1 if left < self._inside else 0
        self._inside = left
        date = {name: value for name, value in attempt.headers.items() if name.lower() == "date"}
        return read(attempt.status, inside | date, now=0.0) if self._falls >= FALLEN else limits

    def _repeats(self, attempt: Attempt, limits: Limits) -> bool:
        """Whether an answer that was kept says of limits what the one before it said, word for word.

        It tells of the time when it was kept, and took nothing of any quota. A cache that has limits of its own says
        something else each time.
        """
        kept = attempt.outcome is Outcome.ACCEPTED and cached(attempt.headers)
        repeats = kept and bool(limits.raw) and limits.raw == self._raw
        self._raw = limits.raw
        return repeats

    def finer(self, wait: float, above: float) -> float | None:
        """A shorter wait to go on with, seconds, where `wait` came of told resets and more is known of the window now.

        It is `above` times what is stated by now; `None` where nothing is better known, or something else is slower.
        """
        known = self.windows.stated if self._told is self._coarse else None
        slower = known is None or _slowest(known, self._others, self._unquoted, self._counted) is not known
        return None if slower else self.windows.finer(wait, above)

    def take_renewals(self) -> bool:
        """Take the pace that renewals tell for what the service states; whether they tell any.

        Where they tell none, what requests so slow have shown of the count is left aside but for what they took.
        """
        found = self.renewals.stated
        if found is None:
            self.untimed = self.untimed.anew()
            return False
        self.renewals.taken = True
        self._counted = found
        self.stated = _slowest(self.stated, found)
        return True

    @property
    def needed(self) -> int:
        """Requests in a row that show a pace to sustain a quota of which the window was not told; 0 where it was.

        All of it must have been used, and be there again: what is renewed each time may be a part.
        """
        return max(self.spending.needed, (int(self.renewals.quota) + 1) * self.renewals.taken)

    def _hear_alternating(self, limits: Limits, before: Stated | None) -> Stated | None:
        """What quotas sustain that are told by turns with one that stated a pace."""
        found = self.alternating.hear(limits)
        return None if before is None else found

    def _hear_renewed(self, attempt: Attempt, limits: Limits, before: Stated | None) -> Stated | None:
        """What the window says that follows one whose length was not told, where it is no shorter than that was taken.

        What was taken for its length is forgotten then.
        """
        if not self.open or attempt.started <= self.open - DATED:
            return None
        left, quota = limits.remaining, max(limits.sizes, default=0.0)
        # Where only a part of it is there again, requests are forgotten one by one: that is no new window.
        again = left is not None and left >= self._counted_at and left + max(1.0, self.cost.each) >= quota
        since = attempt.started + attempt.latency - self.open + DATED
        self.open *= not again and attempt.started <= self.open  # a told end may be a little later than the true one
        found = self._in_requests(renewed(limits, since), limits) if again else None
        if found is None:
            return None
        self.unseen = 0.0
        return found if before is None or found.wait * FINER >= before.wait else None

    def _hear_resets(self, attempt: Attempt, limits: Limits) -> Stated | None:
        """When the window ends, by all answers, and what it says of the pace where nothing is left of its quota."""
        heard = attempt.started + attempt.latency
        until = self.resets.hear(limits, attempt.started, heard, self.cost.each)
        self.windows.hear(attempt, limits, None if until is None else heard + until)
        if until is not None and (room := self.windows.room) is not None:
            until = min(until, max(0.0, room - heard))
        self._until_reset = (limits.reset or 0.0, 0.0 if until is None else until)
        return self._in_requests(self.spending.hear(attempt, limits, self.resets), limits)

    def _in_requests(self, found: Stated | None, limits: Limits) -> Stated | None:
        """The pace of a quota in requests, where what is told of it may be counted in something else."""
        if found is None or not limits.sizes or self.cost.each <= 1:
            return found
        return found.costing(self.cost.each)

    def _weigh(self, limits: Limits) -> None:
        """A quota of which each request takes more than one sustains a slower pace than its number says."""
        before = self.cost.each
        self.cost.hear(limits)
        self.untimed.cost = self.cost.each
        if timed(limits):
            self.stated = _slowest(self.stated, weighed(limits, self.cost))
        elif self.cost.each > before and self.stated not in (None, self._unquoted, self._counted):
            self.stated = self.stated.costing(self.cost.each)


def _slowest(*each: Stated | None) -> Stated | None:
    """The slowest of those that are stated, the first of equals."""
    return max((one for one in each if one is not None), key=lambda one: one.wait, default=None)
