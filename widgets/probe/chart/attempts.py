"""The attempts one after the other: the wait before each on a log axis, one shape and colour per status.

Behind them stand the phase as a tint, the bracket as a narrowing band, and what a Retry-After forbade.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from widgets.http.limits import Limits, read
from widgets.model.attempt import Attempt, Outcome, Step

from .theme import ACCEPTED, FAILED, GOAL, INK, REFUSED, RULE, Option, Theme, decades, frame, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


SYMBOLS = {503: "diamond", 429: "rect", 403: "pin", None: "path://M-5,-5L5,5M-5,5L5,-5"}
COLOURS = {429: "#cc79a7", 403: "#b8860b", None: FAILED}
BY_OUTCOME = {
    Outcome.ACCEPTED: ("circle", ACCEPTED),
    Outcome.REFUSED: ("diamond", REFUSED),
    Outcome.FAILED: ("triangle", FAILED),
}
FIRST = "first, no wait"
"""What the chart says in place of the wait before the first attempt."""


class Marker(NamedTuple):
    """How the attempts of one status are drawn; hollow where there was no wait before them."""

    name: str
    symbol: str
    colour: str
    hollow: bool = False


def marker(attempt: Attempt) -> Marker:
    """By its status, within the shape and colour of its outcome."""
    outcome, status = attempt.outcome, attempt.status
    symbol, colour = BY_OUTCOME[outcome]
    name = "no answer" if status is None else f"{status} {outcome.value}"
    first = attempt.wait is None
    return Marker(
        f"first: {name.removesuffix(outcome.value).strip()}" if first else name,
        SYMBOLS.get(status, symbol),
        COLOURS.get(status, colour),
        first,
    )


DIMENSIONS = ["attempt", "wait (s)", "status", "latency (ms)", "time (s)"]
TINTS = {"hello": "#3d7fc411", "search": "#e69f0014", "recover": "#d55e0014", "verify": "#1a9e7714"}
BAND = "#3d7fc433"
BLOCKED = "#d55e0026"


class Row(NamedTuple):
    """An attempt with the step that led to it, and what is drawn of it: worked out once, and not at every repaint."""

    step: Step
    attempt: Attempt
    wait: float
    marker: Marker
    point: list[float | str]
    limits: Limits

    @classmethod
    def of(cls, step: Step, attempt: Attempt) -> Row:
        """The row of an attempt; it stands at its wait, the first one, which had none, at the foot of the chart."""
        wait = number(attempt.wait or 0.0)
        shown = [
            attempt.number,
            wait,
            "none" if attempt.status is None else attempt.status,
            round(attempt.latency * 1000, 1),
            round(attempt.started, 2),
            *([FIRST] if attempt.wait is None else []),
        ]
        limits = read(attempt.status, attempt.headers, 0.0) if attempt.headers else Limits()
        return cls(step, attempt, wait, marker(attempt), shown, limits)

    def place(self, least: float) -> list[float | str]:
        """The row of `DIMENSIONS`; no wait at all stands at the `least` one, since a log axis has no zero."""
        return self.point if self.wait >= least else [self.point[0], least, *self.point[2:]]


def attempts_view(rows: Sequence[Row], theme: Theme, whole: Sequence[Row] = ()) -> Option:
    """The option of the view.

    Args:
        rows: What is shown.
        theme: Of the page.
        whole: In a replay, all there is: ECharts merges options, so what is not there yet must be said to be empty.
    """
    brackets = {(row.step.low, row.step.high) for row in rows}
    axis = decades([*(row.wait for row in rows), *(each for ends in brackets for each in ends if each)])
    places = [row.place(axis["min"]) for row in rows]
    points: dict[Marker, list[list[float | str]]] = {row.marker: [] for row in whole}
    for row, place in zip(rows, places, strict=True):
        points.setdefault(row.marker, []).append(place)
    back = [_tints(rows, theme), _bracket(rows, axis["min"]), _blocked(rows, axis["min"]), _marks(rows, axis["max"])]
    course = [place[:2] for place in places]
    return frame(
        theme,
        [*back, _course(course, theme), *(_scatter(kind, data) for kind, data in points.items())],
        {"type": "value", "name": "attempt", "minInterval": 1, "min": 0, "max": max(10, len(rows) + 1)},
        {"name": "wait (seconds)", **axis},
        bands={"bracket": BAND, "Retry-After": BLOCKED},
    )


def described(rows: Sequence[Row]) -> str:
    """The view in a sentence, for those who do not see it."""
    if not rows:
        return "An empty chart: no attempt was made yet."
    tally = Counter(row.attempt.outcome for row in rows)
    counts = ", ".join(f"{tally[each]} {each.value}" for each in Outcome if tally[each])
    waits = [row.wait for row in rows if row.attempt.wait is not None]
    span = f"from {min(waits):g} to {max(waits):g} seconds" if waits else FIRST
    return (
        f"The wait before each attempt ({len(rows)} so far), {span}: "
        f"{counts}. The same attempts stand in the table below."
    )


def _area(ident: str, spans: Iterable[Option | list[Option]], **more: object) -> Option:
    """Rectangles behind everything else. Empty ones are kept: an option is merged into the one before."""
    area = {"silent": True, "data": list(spans), **more}
    return {"id": ident, "type": "line", "data": [], "silent": True, "z": 0, "markArea": area}


def _tints(rows: Sequence[Row], theme: Theme) -> Option:
    spans: list[Option | list[Option]] = []
    for phase, run in groupby(rows, key=lambda row: row.step.phase):
        numbers = [row.attempt.number for row in run]
        # A narrow span has no room for its name.
        start = {"xAxis": numbers[0] - 0.5, "name": phase if len(numbers) * 8 > len(rows) else ""}
        spans.append([start | {"itemStyle": {"color": TINTS[phase]}}, {"xAxis": numbers[-1] + 0.5}])
    return _area("phases", spans, label={"color": INK[theme], "fontSize": 10, "position": "insideTop"})


def _bracket(rows: Sequence[Row], floor: float) -> Option:
    spans: list[Option | list[Option]] = []
    for (low, high), run in groupby(rows, key=lambda row: (row.step.low, row.step.high)):
        numbers = [row.attempt.number for row in run]
        if high is not None:
            start = {"coord": [numbers[0] - 0.5, number(low or floor)]}
            spans.append([start, {"coord": [numbers[-1] + 0.5, number(high)]}])
    named = {"name": "bracket"} if spans else {}
    return _area("bracket", spans, itemStyle={"color": BAND}) | named


def _blocked(rows: Sequence[Row], floor: float) -> Option:
    """What a Retry-After forbade: every wait below it, for the attempt that followed."""
    spans: list[Option | list[Option]] = []
    for row in rows:
        wait, after = row.limits.retry_after, row.attempt.number + 0.5
        if wait is not None and floor < wait < float("inf"):
            spans.append([{"coord": [after, floor]}, {"coord": [after + 1, number(wait)]}])
    named = {"name": "Retry-After"} if spans else {}
    return _area("blocked", spans, itemStyle={"color": BLOCKED}) | named


def _marks(rows: Sequence[Row], top: float) -> Option:
    """A mark where the stated policies change."""
    changed = []
    before: object = ()
    for row in rows:
        policies = row.limits.policies
        if policies and policies != before:
            changed.append([row.attempt.number, top])
            before = policies
    named = {"name": "stated limit"} if changed else {}
    mark = {"symbol": "arrow", "symbolRotate": 180, "symbolSize": 10, "itemStyle": {"color": GOAL}}
    return {"id": "stated", "type": "scatter", "data": changed, "tooltip": {"show": False}, **mark} | named


def _course(course: list[list[float | str]], theme: Theme) -> Option:
    return {
        "id": "course",
        "type": "line",
        "data": course,
        "silent": True,
        "showSymbol": False,
        "z": 1,
        "lineStyle": {"color": RULE[theme], "width": 2},
        "tooltip": {"show": False},
    }


def _scatter(kind: Marker, data: list[list[float | str]]) -> Option:
    outlined = kind.hollow or kind.symbol.startswith("path")
    # The first one had no wait: its tooltip says so in words, and not the place where it stands.
    dimensions = [DIMENSIONS[0], "place", *DIMENSIONS[2:], DIMENSIONS[1]] if kind.hollow else DIMENSIONS
    return {
        "id": kind.name,
        "name": kind.name,
        "type": "scatter",
        "z": 3,
        "dimensions": dimensions,
        "encode": {"x": 0, "y": 1, "tooltip": [0, 5, 2, 3, 4] if kind.hollow else [0, 1, 2, 3, 4]},
        "symbol": kind.symbol,
        "symbolSize": 11,
        "itemStyle": {
            "opacity": 1,
            "color": "transparent" if kind.hollow else kind.colour,
            "borderColor": kind.colour,
            "borderWidth": 2 if outlined else 0,
        },
        "data": data,
    }
