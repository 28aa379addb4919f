"""What the attempts themselves suggest about a rule: runs, blocks, spacings. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from widgets.model.attempt import Attempt


MANY = 300
"""Attempts that are read; a rule that these have not shown, later ones of the same probe rarely do."""

AFTER = 240
"""So many of them come after the long runs at the beginning: these may have gone on until their requests were known."""

LONG = 60
"""Requests accepted in a row that are a long run."""


SAME = 1.002
"""Spacings whose ratio is less than this are one."""


class Seen(NamedTuple):
    """When a request reached the rule, seconds, and whether it was accepted; `None` for a fault, which tells nothing.

    A fault may have counted all the same. `times` such answers are one entry where their order does not matter.
    """

    at: float
    accepted: bool | None
    times: int = 1


class Block(NamedTuple):
    """A run and the block after it: its start and length, the first and the last refusal, the next acceptance.

    `served` are the times of the run's requests, of those that failed too: they may have counted.
    """

    began: float
    accepted: int
    refused: float
    shut: float
    ended: float
    served: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Features:
    """What the attempts suggest.

    Attributes:
        seen: The first of them, as many as are `readable`, in order.
        blocks: Where they were refused and accepted again.
        gaps: Sorted spacings since the last request at which one was refused, and at which one was accepted.
        open_gaps: The same since the last accepted request.
    """

    seen: tuple[Seen, ...]
    blocks: tuple[Block, ...]
    gaps: tuple[list[float], list[float]]
    open_gaps: tuple[list[float], list[float]]

    @classmethod
    def of(cls, attempts: Iterable[Attempt]) -> Features:
        """Read them from the attempts."""
        attempts = tuple(attempts)
        seen = tuple(_seen(attempts[: readable(attempts)]))
        gaps: tuple[list[float], list[float]] = ([], [])
        open_gaps: tuple[list[float], list[float]] = ([], [])
        served: float | None = None
        for last, this in pairwise(seen):
            served = last.at if last.accepted else served
            if this.accepted is None:
                continue
            gaps[this.accepted].append(this.at - last.at)
            if served is not None:
                open_gaps[this.accepted].append(this.at - served)
        for each in (*gaps, *open_gaps):
            each.sort()
        return cls(seen, tuple(_blocks(seen)), gaps, open_gaps)

    def of_these(self, seen: Iterable[Seen]) -> Features:
        """The same of a part of what was seen, but for the spacings."""
        seen = tuple(seen)
        return replace(self, seen=seen, blocks=tuple(_blocks(seen)))

    @staticmethod
    def alike(spacings: tuple[list[float], list[float]]) -> list[Seen]:
        """Spacings and what came after them, with those that hardly differ in one."""
        found: list[Seen] = []
        for accepted in (False, True):
            for each in spacings[accepted]:
                if found and found[-1].accepted is accepted and each <= found[-1].at * SAME:
                    found[-1] = found[-1]._replace(times=found[-1].times + 1)
                else:
                    found.append(Seen(each, accepted))
        return found

    @property
    def answers(self) -> int:
        """Attempts that say something about pace."""
        return sum(each.accepted is not None for each in self.seen)

    def answered(self, *, accepted: bool) -> int:
        """Attempts that were accepted, or that were refused."""
        return sum(each.accepted is accepted for each in self.seen)


def _seen(attempts: Iterable[Attempt]) -> Iterator[Seen]:
    """The rule saw a request somewhere between its start and its answer: half way, for all that is known."""
    at = 0.0
    for attempt in attempts:
        at = max(at, attempt.started + attempt.latency / 2)
        yield Seen(at, None if attempt.outcome is Outcome.FAILED else attempt.outcome is Outcome.ACCEPTED)


def readable(attempts: Iterable[Attempt]) -> int:
    """How many attempts are read, if so many were made: more where it began with long runs.

    >>> from widgets.model.attempt import Attempt
    >>> statuses = [200] * 200 + [429, 429] + [200] * 160 + [429] + [200] * 20 + [429]
    >>> readable(Attempt(i, 0.1, 0.1, i / 10, 0.1, status) for i, status in enumerate(statuses, 1))
    602
    """
    ended = run = 0
    for number, attempt in enumerate(attempts):
        if attempt.outcome is Outcome.ACCEPTED:
            run += 1
        elif attempt.outcome is Outcome.REFUSED and run >= LONG:
            ended, run = number, 0
        elif attempt.outcome is Outcome.REFUSED and run:
            break
    return max(MANY, ended + AFTER)


def _blocks(seen: Iterable[Seen]) -> Iterator[Block]:
    began, refused, shut = 0.0, None, 0.0
    served: list[float] = []
    for at, ok, _ in seen:
        if ok is None and refused is None:
            served.append(at)
        if ok is None:
            continue
        if ok and refused is not None:
            yield Block(began, len(served), refused, shut, at, tuple(served))
            began, served, refused = at, [], None
        if ok:
            began = began if served else at
            served.append(at)
        else:
            refused, shut = at if refused is None else refused, at
