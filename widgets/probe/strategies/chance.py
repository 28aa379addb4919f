"""May refusals have come by chance in time, and not because of the pace? Pure.

A service that sheds load refuses for a while, at any pace. Whoever then asks more slowly, and meets no such spell, has
shown nothing. If spells begin at one rate whatever the pace, then of all that began each falls into the time of the
slow requests with that time's share of the whole (Przyborowski and Wilenski 1940): how probable so few of them are is
what speaks for chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, comb
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome, lateness
from widgets.probe.evidence import told

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from widgets.model.attempt import Attempt

QUICKER = (0.9, 0.3)
SLOWER = 0.97
"""A spacing below one of the first parts of the tested one is quicker, from the last part on it is as slow.

What lies between tells neither way: a limit just above it refuses there, and so does chance.
"""

PLAUSIBLE = 0.03
NEGLIGIBLE = 1e-3
"""Above this probability chance forbids a certificate, and below this one it is not worth a word."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How often refusals began, after quicker spacings and after slower ones, and in how much time of each.

    Where none began after a quicker one (`hasty` is false), what is compared is the time before the evidence, at its
    pace or slower, and that of the evidence.

    >>> Chance(1, 20.0, 0, 75.0).probability
    0.21052631578947367
    >>> Chance(1, 0.5, 0, 75.0).probability < 0.01
    True
    """

    quick: int
    quick_seconds: float
    slow: int
    slow_seconds: float
    hasty: bool = True

    @property
    def plausible(self) -> bool:
        """Whether it may have been chance."""
        return self.probability > PLAUSIBLE

    def after(self, seconds: float) -> Chance:
        """What would be known if nothing were refused for so many more seconds of slow requests."""
        return replace(self, slow_seconds=self.slow_seconds + seconds)

    @property
    def probability(self) -> float:
        """Of so few or fewer in the time of the slow ones, if the pace had nothing to do with it.

        It is 0 where quicker ones met none: then there is nothing that could have been chance.
        """
        n, whole = self.quick + self.slow, self.quick_seconds + self.slow_seconds
        if not self.quick or not whole:
            return 0.0
        share = self.slow_seconds / whole
        return sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(self.slow + 1))

    @property
    def met(self) -> str:
        """The probability in words, where it is worth a word; else empty."""
        if self.probability < NEGLIGIBLE:
            return ""
        return f"{max(1, ceil(self.probability * 100))} of 100 cases"

    def __str__(self) -> str:
        """The sentence on it, where chance is not excluded."""
        return (
            f"{self.began}: if the pace had nothing to do with it, that would be no surprise (so few come in "
            f"{self.probability * 100:.0f} of 100 cases), and they would come again."
        )

    @property
    def began(self) -> str:
        """How often refusals began in how much time, in words."""
        sooner, later = "quicker requests", "at this pace or slower ones"
        if not self.hasty:
            sooner, later = "requests at this pace or slower ones before", "in which it was tested"
        return (
            f"Refusals began {_times(self.quick)} in {told(self.quick_seconds)} s of {sooner}, and "
            f"{_times(self.slow)} in {told(self.slow_seconds)} s {later}"
        )


def by_chance(attempts: Sequence[Attempt], evidence: Sequence[Attempt], tested: float) -> Chance:
    """What speaks for chance, at the split of spacings where it is least probable.

    A request is a quick one by its own spacing or by the pace of its run, whose sum a service may have counted late;
    those that are `evidence` are slow. Where no quicker one was refused, one that was nearly as slow counts for quick;
    and where all were as slow, there were refusals that no haste brought about: then it is the evidence that may have
    met none by chance.
    """
    paced = list(_open(attempts, {attempt.number for attempt in evidence}))
    chances = [_split(paced, part * tested, SLOWER * tested) for part in QUICKER]
    if hasty := [chance for chance in chances if chance.quick]:
        return min(hasty, key=lambda each: each.probability)
    nearly = _split(paced, SLOWER * tested, SLOWER * tested)
    if nearly.quick or not nearly.slow:
        return nearly if nearly.quick else chances[0]
    steady = [each for each in paced if each.steady]
    before = [each for each in paced if not each.steady and each.pace >= SLOWER * tested]
    return Chance(*_began(before), *_began(steady), hasty=False)


def _began(spacings: Iterable[_Paced]) -> tuple[int, float]:
    """How often refusals began in them, and how long they took together."""
    pairs = [(paced.refused, paced.spacing) for paced in spacings]
    return sum(refused for refused, _ in pairs), sum(seconds for _, seconds in pairs)


def _split(spacings: Iterable[_Paced], quicker: float, slower: float) -> Chance:
    paced = list(spacings)
    quick, slow = ([p for p in paced if p.pace < quicker], [p for p in paced if p.pace >= slower])
    return Chance(*_began(quick), *_began(slow))


class _Paced(NamedTuple):
    """A request that came while the service was not known to be shut: its spacing, and how quick that was.

    Attributes:
        spacing: Seconds since the one before.
        pace: The same, or those of its run on the whole, where that was quicker.
        refused: Whether it was.
        steady: Whether it is evidence.
    """

    spacing: float
    pace: float
    refused: bool
    steady: bool


def _open(attempts: Sequence[Attempt], steady: Container[int]) -> Iterator[_Paced]:
    """The requests after accepted ones."""
    began, run = 0.0, 0
    answered = ((each, outcome) for each in attempts if (outcome := each.outcome) is not Outcome.FAILED)
    for (before, last), (attempt, outcome) in pairwise(answered):
        if last is not Outcome.ACCEPTED or lateness(before, attempt):
            run = 0
            continue
        began, run = before.started if not run else began, run + 1
        spacing = attempt.started - before.started
        counts = attempt.number in steady
        pace = spacing if counts else min(spacing, (attempt.started - began) / run)
        yield _Paced(spacing, pace, outcome is Outcome.REFUSED, counts)


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
