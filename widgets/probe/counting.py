"""The attempts of a probe as they count by what is known now: a suspect may be found to be a refusal. PURE.

A strategy judges its attempts by `strategies.suspects`, and reads its log anew where one was convicted. Whoever shows
the attempts must count them as it does, or the page would say 'none refused' beside a verdict that names refusals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from widgets.model.attempt import SET_ASIDE
from widgets.probe.strategies.suspects import Suspects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.model.attempt import Attempt, Verdict

COUNTS = "counts as refused"
STOPPED = "Stopped by you"
"""So begins what is said of a probe that a person has stopped."""


def was_stopped(verdict: Verdict) -> bool:
    """Whether a person has ended the probe."""
    return verdict.statement.startswith(STOPPED)


class Counting:
    """Counts one attempt after the other.

    >>> from widgets.model.attempt import Attempt
    >>> row = [*[200] * 8, 403, 403, *[200] * 8, 403, 403]
    >>> counting = Counting()
    >>> [counting.add(Attempt(i, 1.0, 1.0, float(i), 0.1, status)) for i, status in enumerate(row, 1)][-3:]
    [False, False, True]
    >>> counting.learned, [attempt.outcome.value for attempt in counting.attempts][7:10]
    (('403',), ['accepted', 'refused', 'refused'])
    """

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self._suspects = Suspects()

    @property
    def learned(self) -> tuple[str, ...]:
        """The signs that are refusals: `403`, `200 with an empty body`, `no answer`."""
        return tuple(sorted(self._suspects.learned))

    def add(self, attempt: Attempt) -> bool:
        """Count one more; whether earlier ones count otherwise from now on."""
        varied, before = self._suspects.bodies.varied, self.attempts[-1:]
        self.attempts.append(self._suspects.judge(attempt))
        if before and self._suspects.acquits(before[0]):
            self.attempts[-2] = replace(before[0], judged=None)
            return True
        if self._suspects.convicts() or self._suspects.bodies.varied != varied:
            return self._anew()
        return False

    def conclude(self, statement: str) -> bool:
        """Count as the verdict does, which may have made slow requests for a frequent sign."""
        if statement.startswith(STOPPED) and self._acquit():
            return True
        signs = {self._suspects.sign(replace(each, judged=None)) for each in self.attempts} - {""}
        said = {sign for sign in signs if f"{sign} {COUNTS}".casefold() in statement.casefold()}
        if said <= self._suspects.learned:
            return False
        self._suspects.learned |= said
        return self._anew()

    def _acquit(self) -> bool:
        """Count what is good by its status as accepted, where nothing more comes that would tell otherwise."""
        doubted = [at for at, each in enumerate(self.attempts) if each.word == SET_ASIDE]
        for at in doubted:
            self.attempts[at] = replace(self.attempts[at], judged=None)
        return bool(doubted)

    def _anew(self) -> bool:
        self.attempts[:] = self._suspects.rejudged(self.attempts)
        return True


def counted(attempts: Iterable[Attempt]) -> Sequence[Attempt]:
    """Attempts that a person has stopped, as they count.

    >>> from widgets.model.attempt import Attempt
    >>> kinds = ["image/gif", "application/pdf"]
    >>> made = [Attempt(i, 9.0, 9.0, 9.0 * i, 0.1, 200, media_type=kind) for i, kind in enumerate(kinds, 1)]
    >>> [attempt.word for attempt in counted(made)]
    ['accepted', 'accepted']
    """
    counting = Counting()
    for attempt in attempts:
        counting.add(attempt)
    counting.conclude(STOPPED)
    return counting.attempts
