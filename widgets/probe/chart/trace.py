"""The left half of the chart as attempts are added: what each of them changes, and nothing else, is built anew. Pure.

Where there are more marks than can be told apart, those that would lie on another of their kind are left out.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import SET_ASIDE, Outcome
from widgets.model.quantity import as_wait

from . import attempts as drawing
from .growing import Growing
from .theme import Option, Span, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .attempts import Marker, Row

WORDS = (*(each.value for each in Outcome), SET_ASIDE)
MANY, TEN = 200, 10
"""From so many attempts on, ten that were accepted in a row while one wait was on trial are drawn as one bar."""
MOST = 1200
"""Marks that are drawn at most; with more of them they hide each other, and the browser has long to draw them."""
CELLS = (96.0, 48.0)
"""Columns and rows of cells, in each of which one mark of a kind is drawn where there would be more than `MOST`."""


class Grain(NamedTuple):
    """The size of a cell: attempts wide, and parts of a decade high."""

    attempts: int
    places: float


class Trace:
    """The attempts on a given axis of waits, each taken in once.

    Args:
        span: Of the waits.
        barred: Whether ten of a long trial are one bar.
        grain: The cells in which one mark of each kind is drawn; `None` draws all of them.
    """

    def __init__(self, span: Span, *, barred: bool = False, grain: Grain | None = None) -> None:
        self._span, self._barred, self._grain = span, barred, grain
        self.length = self.marks = 0
        self._taken: set[tuple[object, ...]] = set()
        self._outcomes: Counter[str] = Counter()
        self._waits: tuple[float, float] | None = None
        self._points: dict[Marker, Growing] = {}
        self._run: list[Row] = []
        self._bracket: tuple[float | None, float | None, int, int] | None = None
        self._phase: tuple[str, int, int] | None = None
        self._roomy: list[tuple[str, int, int]] = []
        self._policies: object = ()
        self._between = Growing("between", drawing.between)
        self._blocked = Growing("blocked", drawing.blocked)
        self._phases = Growing("phases", drawing.phases)
        self._bars = Growing("bars", drawing.bars)
        self._stated = Growing("stated", drawing.stated)

    @classmethod
    def of(cls, rows: Sequence[Row], span: Span) -> Trace:
        """The trace of these rows, with cells as large as they must be."""
        barred = len(rows) >= MANY
        trace, (columns, lines) = cls._filled(rows, span, barred=barred), CELLS
        most = MOST
        while trace.marks > most and columns > 1:
            # Wider than now, so that they serve for half as many attempts again.
            grain = Grain(math.ceil(len(rows) * 1.5 / columns), (place(span.high) - place(span.low)) / lines)
            trace = cls._filled(rows, span, barred=barred, grain=grain)
            most = MOST * 3 // 4
            # Were every cell taken, so many fewer of them would do.
            fewer = min(0.9, math.sqrt(most / max(1, trace.marks)) * 0.95)
            columns, lines = columns * fewer, lines * fewer
        return trace

    @classmethod
    def _filled(cls, rows: Sequence[Row], span: Span, *, barred: bool, grain: Grain | None = None) -> Trace:
        trace = cls(span, barred=barred, grain=grain)
        for row in rows:
            trace.add(row)
        return trace

    def serves(self, count: int, span: Span) -> bool:
        """Whether so many rows on this axis can be had by adding to it; if not, it must be made anew."""
        same = (self._span.low, self._span.high) == (span.low, span.high)
        return same and self.length <= count and self._barred == (count >= MANY) and self.marks <= MOST

    def add(self, row: Row) -> None:
        """Take in the next row."""
        self.length += 1
        self._outcomes[row.attempt.word] += 1
        if row.attempt.wait is not None:
            low, high = self._waits or (row.wait, row.wait)
            self._waits = min(low, row.wait), max(high, row.wait)
        self._narrow(row)
        self._enter(row)
        self._forbid(row)
        self._state(row)
        self._place(row)

    def changed(self) -> Iterator[Option]:
        """The series that changed since this was last asked."""
        self._between.leave_open(self._band())
        self._phases.leave_open([] if self._phase is None else [self._piece(self._phase)])
        for marker, points in self._points.items():
            points.leave_open(row.at(self._span) for row in self._run if row.marker == marker)
        for each in (self._between, self._blocked, self._phases, self._bars, *self._points.values(), self._stated):
            yield from each.changed()
        yield self._words()

    @property
    def described(self) -> str:
        """The view in a sentence, for those who do not see it."""
        if not self.length:
            return "An empty chart: no attempt is shown yet."
        counts = ", ".join(f"{self._outcomes[each]} {each}" for each in WORDS if self._outcomes[each])
        span = "from {} to {}".format(*map(as_wait, self._waits)) if self._waits else drawing.FIRST
        some = " Of marks that are alike and crowd one another the chart draws the first." if self._grain else ""
        return (
            f"The wait before each attempt ({self.length} so far), {span}: "
            f"{counts}. The same attempts stand in the table under Attempts.{some}"
        )

    def _room(self, what: object, number: int, height: float) -> bool:
        """Whether there is room for one more mark of a kind; it is taken."""
        if self._grain is not None:
            cell = (what, number // self._grain.attempts, round(height / self._grain.places))
            if cell in self._taken:
                return False
            self._taken.add(cell)
        self.marks += 1
        return True

    def _place(self, row: Row) -> None:
        trial = self._barred and row.step.phase == "verify" and row.attempt.outcome is Outcome.ACCEPTED
        if not trial or (self._run and self._run[0].wait != row.wait):
            for each in self._run:
                self._point(each)
            self._run = []
        if not trial:
            self._point(row)
            return
        self._run.append(row)
        self._of(row.marker)
        if len(self._run) == TEN:
            first, last, height = self._run[0].attempt.number, row.attempt.number, float(row.at(self._span)[1])
            if self._room("bar", first, height):
                self._bars.add([{"coord": [first - 0.3, height]}, {"coord": [last + 0.3, height]}])
            self._run = []

    def _of(self, marker: Marker) -> Growing:
        return self._points.setdefault(marker, Growing(marker.name, drawing.scatter(marker)))

    def _point(self, row: Row) -> None:
        point = row.at(self._span)
        if self._room(row.marker, row.attempt.number, float(point[1])):
            self._of(row.marker).add(point)

    def _narrow(self, row: Row) -> None:
        low, high, number = row.step.low, row.step.high, row.attempt.number
        if self._bracket is not None and self._bracket[:2] == (low, high):
            self._bracket = (low, high, self._bracket[2], number)
            return
        for band in self._band():
            self._between.add(band)
        self._bracket = (low, high, number, number)

    def _band(self) -> list[list[Option]]:
        """From the longest refused to the shortest accepted wait, as the last attempts had them."""
        low, high, first, last = self._bracket or (None, None, 0, 0)
        if high is None or high <= self._span.low:
            return []
        return [drawing.rectangle(first - 0.5, max(low or 0.0, self._span.low), last + 0.5, high)]

    def _enter(self, row: Row) -> None:
        phase, number = row.step.phase, row.attempt.number
        if self._phase is not None and self._phase[0] == phase:
            self._phase = (phase, self._phase[1], number)
            return
        if self._phase is not None:
            self._phases.add(self._piece(self._phase))
            self._roomy.append(self._phase)
        self._phase = (phase, number, number)

    def _piece(self, phase: tuple[str, int, int]) -> list[Option]:
        return drawing.phase_line(*phase, self._span)

    def _words(self) -> Option:
        """The words of the phases that have the room for theirs."""
        least = max(self.length, drawing.SHORT)
        self._roomy = [each for each in self._roomy if _size(each) > least]
        now = [self._phase] if self._phase is not None and _size(self._phase) > least else []
        return drawing.phase_words([*self._roomy, *now], self._span)

    def _forbid(self, row: Row) -> None:
        """What a Retry-After forbade: every wait below it, for the attempt that followed."""
        wait, after, low = row.limits.retry_after, row.attempt.number + 0.5, self._span.low
        if wait is not None and low < wait < math.inf:
            high = min(wait, self._span.high)
            if self._room("blocked", row.attempt.number, place(high)):
                self._blocked.add(drawing.rectangle(after, low, after + 1, high))

    def _state(self, row: Row) -> None:
        """A mark where the stated policies change."""
        policies = row.limits.policies
        if policies and policies != self._policies:
            self._policies = policies
            if self._room("stated", row.attempt.number, 0.0):
                self._stated.add([row.attempt.number, place(self._span.high), "a limit is stated here"])


def _size(phase: tuple[str, int, int]) -> int:
    return (phase[2] - phase[1] + 1) * 7
