"""The attempts one after the other: the wait before each on a log axis, one shape and colour per status.

Behind them stand the phase as a tint, the bracket as a narrowing band, and what a Retry-After forbade.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from widgets.probe.attempt import Attempt, Outcome, Step
from widgets.probe.limits import Limits, read_limits

from .ink import ACCEPTED, FAILED, GOAL, INK, REFUSED, RULE, Option, Theme, decades, frame, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row: TypeAlias = tuple[Step, Attempt]
"""A step and the attempt that followed it."""

SYMBOLS = {503: "diamond", 429: "rect", 403: "pin", None: "path://M-5,-5L5,5M-5,5L5,-5"}
COLOURS = {429: "#cc79a7", 403: "#b8860b", None: FAILED}
BY_OUTCOME = {
    Outcome.ACCEPTED: ("circle", ACCEPTED),
    Outcome.REFUSED: ("diamond", REFUSED),
    Outcome.FAILED: ("triangle", FAILED),
}
DIMENSIONS = ["attempt", "wait (s)", "status", "latency (ms)", "time (s)"]
TINTS = {"hello": "#3d7fc411", "search": "#e69f0014", "recover": "#d55e0014", "verify": "#1a9e7714"}
BAND = "#3d7fc433"
BLOCKED = "#d55e0026"


class Look(NamedTuple):
    """How the attempts of one status are drawn."""

    name: str
    symbol: str
    colour: str


def look(attempt: Attempt) -> Look:
    """By its status, within the shape and colour of its outcome."""
    outcome, status = attempt.outcome, attempt.status
    symbol, colour = BY_OUTCOME[outcome]
    name = "no answer" if status is None else f"{status} {outcome.value}"
    return Look(name, SYMBOLS.get(status, symbol), COLOURS.get(status, colour))


def wait_of(step: Step, attempt: Attempt) -> float:
    """Where an attempt is drawn: at its wait; the first one, which had none, at the wait that was planned."""
    return step.wait if attempt.wait is None else attempt.wait


def point(step: Step, attempt: Attempt, least: float = 0.0) -> list[float | str]:
    """One row of `DIMENSIONS`; no wait at all stands at the `least` one, since a log axis has no zero."""
    return [
        attempt.number,
        number(max(wait_of(step, attempt), least)),
        "none" if attempt.status is None else attempt.status,
        round(attempt.latency * 1000, 1),
        round(attempt.started, 2),
    ]


def attempts_view(rows: Sequence[Row], theme: Theme, whole: Sequence[Row] = ()) -> Option:
    """The option of the view.

    Args:
        rows: What is shown.
        theme: Of the page.
        whole: In a replay, all there is: ECharts merges options, so what is not there yet must be said to be empty.
    """
    shown = [wait_of(*row) for row in rows]
    axis = decades([*shown, *(each for step, _ in rows for each in (step.low, step.high) if each)])
    points: dict[Look, list[list[float | str]]] = {look(attempt): [] for _, attempt in whole}
    for step, attempt in rows:
        points.setdefault(look(attempt), []).append(point(step, attempt, axis["min"]))
    back = [_tints(rows, theme), _bracket(rows, axis["min"]), _blocked(rows, axis["min"]), _marks(rows, axis["max"])]
    course = [[attempt.number, number(max(wait, axis["min"]))] for (_, attempt), wait in zip(rows, shown, strict=True)]
    return frame(
        theme,
        [*back, _course(course, theme), *(_scatter(kind, data) for kind, data in points.items())],
        {"type": "value", "name": "attempt", "minInterval": 1, "min": 0, "max": max(10, len(rows) + 1)},
        {"name": "wait (seconds)", **axis},
    )


def described(rows: Sequence[Row]) -> str:
    """The view in a sentence, for those who do not see it."""
    if not rows:
        return "An empty chart: no attempt was made yet."
    tally = Counter(attempt.outcome for _, attempt in rows)
    counts = ", ".join(f"{tally[each]} {each.value}" for each in Outcome if tally[each])
    waits = [wait_of(*row) for row in rows]
    return (
        f"The wait before each attempt ({len(rows)} so far), from {min(waits):g} to {max(waits):g} seconds: "
        f"{counts}. The same attempts stand in the table below."
    )


def _area(ident: str, spans: Iterable[Option | list[Option]], **more: object) -> Option:
    """Rectangles behind everything else. Empty ones are kept: an option is merged into the one before."""
    area = {"silent": True, "data": list(spans), **more}
    return {"id": ident, "type": "line", "data": [], "silent": True, "z": 0, "markArea": area}


def _tints(rows: Sequence[Row], theme: Theme) -> Option:
    spans: list[Option | list[Option]] = []
    for phase, run in groupby(rows, key=lambda row: row[0].phase):
        numbers = [attempt.number for _, attempt in run]
        # A narrow span has no room for its name.
        start = {"xAxis": numbers[0] - 0.5, "name": phase if len(numbers) * 8 > len(rows) else ""}
        spans.append([start | {"itemStyle": {"color": TINTS[phase]}}, {"xAxis": numbers[-1] + 0.5}])
    return _area("phases", spans, label={"color": INK[theme], "fontSize": 10, "position": "insideTop"})


def _bracket(rows: Sequence[Row], floor: float) -> Option:
    spans: list[Option | list[Option]] = []
    for (low, high), run in groupby(rows, key=lambda row: (row[0].low, row[0].high)):
        numbers = [attempt.number for _, attempt in run]
        if high is not None:
            start = {"coord": [numbers[0] - 0.5, number(low or floor)]}
            spans.append([start, {"coord": [numbers[-1] + 0.5, number(high)]}])
    named = {"name": "bracket", "itemStyle": {"color": GOAL}} if spans else {}
    return _area("bracket", spans, itemStyle={"color": BAND}) | named


def _blocked(rows: Sequence[Row], floor: float) -> Option:
    """What a Retry-After forbade: every wait below it, for the attempt that followed."""
    spans: list[Option | list[Option]] = []
    for _, attempt in rows:
        wait = _limits(attempt).retry_after
        if wait is not None and floor < wait < float("inf"):
            spans.append([{"coord": [attempt.number + 0.5, floor]}, {"coord": [attempt.number + 1.5, number(wait)]}])
    named = {"name": "Retry-After", "itemStyle": {"color": REFUSED}} if spans else {}
    return _area("blocked", spans, itemStyle={"color": BLOCKED}) | named


def _marks(rows: Sequence[Row], top: float) -> Option:
    """A mark where the stated policies change."""
    changed = []
    before: object = ()
    for _, attempt in rows:
        policies = _limits(attempt).policies
        if policies and policies != before:
            changed.append([attempt.number, top])
            before = policies
    named = {"name": "stated limit"} if changed else {}
    mark = {"symbol": "arrow", "symbolRotate": 180, "symbolSize": 10, "itemStyle": {"color": GOAL}}
    return {"id": "stated", "type": "scatter", "data": changed, "tooltip": {"show": False}, **mark} | named


def _limits(attempt: Attempt) -> Limits:
    return read_limits(attempt.headers, 0.0) if attempt.headers else Limits()


def _course(course: list[list[float]], theme: Theme) -> Option:
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


def _scatter(kind: Look, data: list[list[float | str]]) -> Option:
    crossed = kind.symbol.startswith("path")
    return {
        "id": kind.name,
        "name": kind.name,
        "type": "scatter",
        "z": 3,
        "dimensions": DIMENSIONS,
        "encode": {"x": 0, "y": 1, "tooltip": [0, 1, 2, 3, 4]},
        "symbol": kind.symbol,
        "symbolSize": 11,
        "itemStyle": {
            "opacity": 1,
            "color": kind.colour,
            "borderColor": kind.colour,
            "borderWidth": 2 if crossed else 0,
        },
        "data": data,
    }
