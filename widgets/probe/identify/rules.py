"""The rules by which services refuse, as guesses: what each would say next, given what was really said so far. Pure.

They are told the outcomes, and do not decide them: one answer that a guess gets wrong does not spoil the rest.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

GRAIN = 1e-6
"""Seconds that every rule forgives."""


DOUBT = 2.0
"""A bucket that is believed to hold so many tokens is not empty: its refusal had another reason."""


class Rule(Protocol):
    """A guess at the service's rule; times in seconds, never going back."""

    def chance(self, now: float) -> float:
        """The probability that a request at `now` is accepted."""

    def saw(self, now: float, *, accepted: bool) -> None:
        """What became of the request at `now`."""


@dataclass(slots=True)
class Gap:
    """Accepts when `gap + U(0, 1)·noise` seconds have passed since the last request, or since the last accepted one.

    `last` is when that was.
    """

    gap: float
    noise: float
    reset: bool
    last: float = -math.inf

    def chance(self, now: float) -> float:
        """See `Rule`."""
        past = now - self.last - self.gap + GRAIN
        return float(past >= 0) if self.noise <= 0 else min(1.0, max(0.0, past / self.noise))

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        if accepted or self.reset:
            self.last = now


@dataclass(slots=True)
class Bucket:
    """Accepts while a bucket of `burst` tokens, which gains `rate` each second, holds one.

    With a `penalty` the first refusal shuts the client out for as many seconds, and the bucket is full again then;
    a ban that `extends` is counted from the last request made meanwhile.
    """

    rate: float
    burst: float
    penalty: float = 0.0
    extends: bool = False
    _tokens: float = -1.0
    _at: float = 0.0
    _until: float = -math.inf

    def chance(self, now: float) -> float:
        """See `Rule`."""
        self._fill(now)
        return float(self._tokens >= 1 - GRAIN and now >= self._until - GRAIN)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        self._fill(now)
        if accepted:
            self._tokens = max(0.0, self._tokens - 1)
        elif self.penalty and (self.extends or now >= self._until - GRAIN):
            self._until, self._tokens = now + self.penalty, self.burst
        elif not self.penalty and self._tokens < DOUBT:
            self._tokens = min(self._tokens, 1 - 2 * GRAIN)

    def _fill(self, now: float) -> None:
        if self._tokens < 0:
            self._tokens, self._at = self.burst, now
        if now > self._at:
            filled = self._tokens + self.rate * (now - self._at)
            self._tokens, self._at = min(self.burst, filled), now


@dataclass(slots=True)
class Banned:
    """Another rule; a refusal of it shuts the client out for `ban` seconds, each time `growth` times as long."""

    within: Rule
    ban: float
    growth: float = 1.0
    _until: float = -math.inf

    def chance(self, now: float) -> float:
        """See `Rule`."""
        return self.within.chance(now) if now >= self._until - GRAIN else 0.0

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        if not accepted and now < self._until - GRAIN:
            return
        self.within.saw(now, accepted=accepted)
        if not accepted:
            self._until = now + self.ban
            self.ban *= self.growth


@dataclass(slots=True)
class Window:
    """Accepts `limit` requests in each window of `window` seconds; one begins at `phase`, or with a request."""

    limit: int
    window: float
    phase: float | None = None
    _start: float = -math.inf
    _used: int = 0

    def chance(self, now: float) -> float:
        """See `Rule`."""
        self._turn(now)
        return float(self._used < self.limit)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        self._turn(now)
        self._used += accepted

    def _turn(self, now: float) -> None:
        if now >= self._start + self.window - GRAIN:
            turns = 0.0 if self.phase is None else math.floor((now - self.phase + GRAIN) / self.window)
            self._start = now if self.phase is None else self.phase + turns * self.window
            self._used = 0


@dataclass(slots=True)
class Log:
    """Accepts while fewer than `limit` requests were accepted in the last `window` seconds, or made, if all count."""

    limit: int
    window: float
    counts_refused: bool = False
    _times: deque[float] = field(default_factory=deque)

    def chance(self, now: float) -> float:
        """See `Rule`."""
        while self._times and now - self._times[0] >= self.window - GRAIN:
            self._times.popleft()
        return float(len(self._times) < self.limit)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        if accepted or self.counts_refused:
            self._times.append(now)


@dataclass(slots=True)
class Late:
    """A sliding window of `limit` requests in `window` seconds, each of which counts `late` seconds after it was made.

    So counts that are kept elsewhere do, and firewalls.
    """

    limit: int
    window: float
    late: float
    _new: deque[float] = field(default_factory=deque)
    _counted: deque[float] = field(default_factory=deque)

    def chance(self, now: float) -> float:
        """See `Rule`."""
        while self._new and now - self._new[0] >= self.late - GRAIN:
            self._counted.append(self._new.popleft())
        while self._counted and now - self._counted[0] >= self.window - GRAIN:
            self._counted.popleft()
        return float(len(self._counted) < self.limit)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        if accepted:
            self._new.append(now)


@dataclass(slots=True)
class Counter:
    """A sliding window kept as two counts: what is left of the last one, and this one, are below `limit` together."""

    limit: int
    window: float
    phase: float
    _turns: float = -math.inf
    _start: float = -math.inf
    _ends: float = -math.inf
    _current: int = 0
    _previous: int = 0

    def chance(self, now: float) -> float:
        """See `Rule`."""
        if now >= self._ends:
            self._turn(now)
        left = self._previous * (1 - (now - self._start) / self.window)
        return float(left + self._current < self.limit)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`."""
        if now >= self._ends:
            self._turn(now)
        self._current += accepted

    def _turn(self, now: float) -> None:
        """Begin the window that holds `now`; what the one before counted is kept."""
        turns = math.floor((now - self.phase + GRAIN) / self.window)
        if turns <= self._turns:  # the last digit of a float
            return
        self._previous = self._current if turns == self._turns + 1 else 0
        self._current, self._turns = 0, turns
        self._start = self.phase - GRAIN + turns * self.window
        self._ends = self._start + self.window


@dataclass(slots=True)
class Steps:
    """Accepts while a bucket of `most` tokens holds one; it gains `gained` at once, `window` seconds apart."""

    gained: int
    window: float
    most: int
    phase: float
    _left: int = -1
    _turns: int = 0
    _ends: float = -math.inf

    def chance(self, now: float) -> float:
        """See `Rule`."""
        if now >= self._ends:
            self._turn(now)
        return float(self._left > 0)

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`: a refusal says that none is left, if few were."""
        if now >= self._ends:
            self._turn(now)
        if accepted:
            self._left = max(0, self._left - 1)
        elif self._left < DOUBT:
            self._left = 0

    def _turn(self, now: float) -> None:
        turns = math.floor((now - self.phase + GRAIN) / self.window)
        if self._left < 0:
            self._left, self._turns = self.most, turns
        self._left = min(self.most, self._left + self.gained * (turns - self._turns))
        self._turns, self._ends = turns, self.phase - GRAIN + (turns + 1) * self.window


@dataclass(slots=True)
class Tiers:
    """A near and a far rule at once: both must serve a request; what the far one refuses has counted for the near."""

    near: Rule
    far: Rule

    def chance(self, now: float) -> float:
        """See `Rule`."""
        chance = self.near.chance(now)
        return chance * self.far.chance(now) if chance else chance

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`: what the near rule refuses does not reach the far one."""
        passed = accepted or self.near.chance(now) > 0
        self.near.saw(now, accepted=passed)
        if passed:
            self.far.saw(now, accepted=accepted)


@dataclass(slots=True)
class Chance:
    """Accepts a share of the requests, whatever their pace."""

    share: float

    def chance(self, now: float) -> float:  # noqa: ARG002 - the contract of every rule
        """See `Rule`."""
        return self.share

    def saw(self, now: float, *, accepted: bool) -> None:
        """See `Rule`: nothing is remembered."""
