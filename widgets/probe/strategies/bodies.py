"""Which answers that are good by their status look as those did that came at rest, and what passes for as good. Pure.

Bodies are compared as `looks` says. A refusal looks one way: where bodies differ from those at rest in two ways, they
are a matter of chance, and are compared no more. What is shorter, longer or has lost something only once, and not
before in a row, passes for as good as any other; unless half of the answers look so later, since a bucket that is
nearly empty refuses one by one at first: then slow requests show what it is. A body of another kind that comes between
others at slow paces too is the other of two that the address has, unless it is empty or begins with an error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome

from .looks import Look, mild

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from widgets.model.attempt import Attempt

PENDING = 202
"""The status of an answer that what was asked for is being made."""

AT_REST = 0.9
"""Seconds since the request before, from which on a body is one that came at rest."""

TITLED = 4
"""So many pages with one title: it is that of all of them."""

TROUBLED = frozenset({"error", "errors", "fault", "note", "information", "message", "detail", "reason"})
"""Where a JSON object begins with one of these, it may say that nothing is served."""


@dataclass(slots=True)
class Bodies:
    """The bodies of one probe. A *sign* says in words how one differs from those at rest, after its status.

    Attributes:
        varied: Whether they are of so many kinds that they tell nothing.
        begun: The number of the first answer that held what was asked for, where it was being made before (202); or 0.
        served: How many were good, from that one on.
    """

    varied: bool = False
    begun: int = 0
    served: int = 0
    _looks: list[Look] = field(default_factory=list)
    _other: list[Look] = field(default_factory=list)
    _usual: set[str] = field(default_factory=set)
    _passed: dict[str, list[Look]] = field(default_factory=dict)
    _doubts: set[str] = field(default_factory=set)
    _kinds: set[str] = field(default_factory=set)
    _size: int | None = None
    _titles: Counter[str] = field(default_factory=Counter)
    _pending: bool = True
    _hasty: bool = False
    _refused: float = 0.0

    def sign(self, attempt: Attempt) -> str:
        """The sign of an accepted answer; empty where it looks as at rest, or where that tells nothing."""
        if self.varied:
            return ""
        sign = _signed(attempt, Look.of(attempt).unlike(self._looks, self._title, self._size))
        return "" if sign in self._usual or sign in self._passed else sign

    def meet(self, attempt: Attempt) -> None:
        """Take note of when an answer came, before it is compared."""
        if self._pending and attempt.outcome is Outcome.ACCEPTED and attempt.status != PENDING:
            self._pending = False
            self._begin_with(attempt)
        self._hasty = self._hasty or (attempt.spacing is not None and attempt.spacing < AT_REST)
        if attempt.outcome is Outcome.REFUSED:
            self._refused = max(self._refused, attempt.spacing or 0.0)

    def told_apart(self, sign: str, spacing: float, learned: AbstractSet[str]) -> str:
        """The sign of an answer that came after so many seconds; empty where what was seen so far does not tell.

        `learned` are the signs that are known to be refusals.
        """
        if sign.endswith("er body") and not self._hasty:
            return ""  # before any haste pages are as long as they are
        if self.served <= len(self._looks) and 0 < self._refused < spacing:
            return ""  # it refuses by status, this came more slowly, and no two answers have looked alike yet
        self._kinds.add(sign)
        if len(self._kinds) > 1 and not learned & self._kinds:
            self.varied, sign = True, ""
        return sign

    def _begin_with(self, attempt: Attempt) -> None:
        """This is the first answer that holds what was asked for: those before only said that it was being made.

        It is of their kind, and no smaller; else 202 may be what is served, and this what is not.
        """
        look = Look.of(attempt)
        alike = all(each.media_type == look.media_type and each.size <= look.size for each in self._looks)
        if self.served and alike:
            self.begun = attempt.number
            self._looks, self.served, self._size = [look], 0, None
            self._kinds.clear()
            self._titles.clear()
            self._passed.clear()

    def measure(self, attempt: Attempt) -> None:
        """This one is as good as any, and a measure of the next ones."""
        self._size = attempt.size
        self._titles[Look.of(attempt).title] += 1

    def keep(self, attempt: Attempt) -> None:
        """This one was served: where it came at rest, the next ones may look like it."""
        look = Look.of(attempt)
        if (attempt.spacing is None or attempt.spacing >= AT_REST) and look not in self._looks:
            if _signed(attempt, look.unlike(self._at_rest, self._title)) in self._usual:
                self._other.append(look)
            self._looks.append(look)

    def knows(self, attempt: Attempt) -> bool:
        """Whether one that looked so was served at rest, or passed for ordinary."""
        return Look.of(attempt) in self._looks

    def excusable(self, sign: str) -> bool:
        """Whether one alone with this sign passes for ordinary."""
        return mild(sign) and sign not in self._doubts

    def pass_over(self, sign: str, look: Look) -> None:
        """One with this sign came alone: it passes for ordinary."""
        self._looks.append(look)
        self._kinds.discard(sign)
        self._passed.setdefault(sign, []).append(look)

    def excuse(self, sign: str, *, for_good: bool) -> None:
        """Slower requests have this sign as well: it is one of ordinary answers, for good or until it is frequent."""
        if for_good:
            self._usual.add(sign)
        else:
            self._passed.setdefault(sign, [])

    def doubt(self, sign: str) -> bool:
        """What passed for ordinary with this sign is a suspect again, and one alone is no more excused; if any did."""
        passed = sign in self._passed
        self._doubts.add(sign)
        for look in self._passed.pop(sign, []):
            self._looks.remove(look)
        return passed

    def passes(self, sign: str) -> bool:
        """Whether this sign passes for ordinary, until it is frequent."""
        return sign in self._passed

    @property
    def excuses(self) -> bool:
        """Whether any sign is one of ordinary answers."""
        return bool(self._usual or self._passed)

    def passed_over(self, attempt: Attempt) -> str:
        """The sign that an answer would have if none with it had passed for ordinary; empty where it has none."""
        if not self._passed or self.varied or attempt.outcome is not Outcome.ACCEPTED:
            return ""
        sign = _signed(attempt, Look.of(attempt).unlike(self._at_rest, self._title))
        return sign if sign in self._passed else ""

    def ordinary(self, attempts: Sequence[Attempt]) -> Counter[str]:
        """How many accepted answers had a sign that passed for ordinary, by these signs."""
        known = self._at_rest
        accepted = [each for each in attempts if each.outcome is Outcome.ACCEPTED and not self.varied]
        signs = Counter(_signed(each, Look.of(each).unlike(known, self._title)) for each in accepted)
        return Counter({sign: count for sign, count in signs.items() if sign in self._usual or sign in self._passed})

    @property
    def _at_rest(self) -> list[Look]:
        """The looks of what was served at rest, without those that only passed for ordinary."""
        passed = [*self._other, *(look for looks in self._passed.values() for look in looks)]
        return [look for look in self._looks if look not in passed]

    @property
    def _title(self) -> str:
        """The title of all pages that were served, where there were enough of them to say so; else empty."""
        title, count = next(iter(self._titles.items()), ("", 0))
        return title if len(self._titles) == 1 and count >= TITLED else ""


def _signed(attempt: Attempt, unlike: str) -> str:
    return f"{attempt.status} with {unlike}" if unlike else ""


def hollow(attempts: Sequence[Attempt]) -> int:
    """Accepted answers that may serve nothing, being empty or of an error, where others were neither; else 0.

    >>> from dataclasses import replace
    >>> from widgets.model.attempt import Attempt
    >>> full = Attempt(1, None, None, 0, 0.1, 200, size=9, excerpt='{"data": ')
    >>> hollow([full, replace(full, size=0, excerpt=""), replace(full, excerpt='{"error":')]), hollow([full])
    (2, 0)
    """
    looks = [Look.of(attempt) for attempt in attempts if attempt.outcome is Outcome.ACCEPTED]
    count = sum(not look.size or look.first.lower() in TROUBLED for look in looks)
    return count if count < len(looks) else 0
