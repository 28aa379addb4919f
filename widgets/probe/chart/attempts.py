"""The left half of the chart: the attempts one after the other, each at the wait before it.

Behind them stand what is still possible as a narrowing band, and what a Retry-After forbade; above them the phases;
across them the wait that is recommended.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from widgets.http.limits import Limits, read
from widgets.model.attempt import Attempt, Outcome, Step
from widgets.model.quantity import as_wait

from .theme import Option, Span, colour, mark_series, number, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


CROSS = "path://M-5,-5L5,5M-5,5L5,-5"
SYMBOLS = {503: "diamond", 429: "rect", 403: "pin", None: CROSS}
BY_OUTCOME = {
    Outcome.ACCEPTED: ("circle", "dot-good"),
    Outcome.REFUSED: ("diamond", "dot-bad"),
    Outcome.FAILED: ("triangle", "ink-3"),
}
PHASES = {"hello": "ink-3", "search": "warn", "recover": "bad", "verify": "accent"}
FIRST = "first, no wait"
"""What the chart says in place of the wait before the first attempt."""
SHORT = 20
"""Attempts for which the plot has room at least: a phase of few has none for its word."""
MANY, TEN = 200, 10
"""From so many attempts on, ten that were accepted in a row while one wait was on trial are drawn as one bar."""


class Marker(NamedTuple):
    """How the attempts of one status are drawn; hollow where there was no wait before them."""

    name: str
    symbol: str
    token: str
    hollow: bool = False


def marker(attempt: Attempt) -> Marker:
    """By its status, within the shape and colour of its outcome."""
    outcome, status = attempt.outcome, attempt.status
    symbol, token = BY_OUTCOME[outcome]
    name = answer_of(attempt)
    first = attempt.wait is None
    return Marker(f"first: {name}" if first else name, SYMBOLS.get(status, symbol), token, first)


def answer_of(attempt: Attempt) -> str:
    """`503 refused`, or `no answer`."""
    return "no answer" if attempt.status is None else f"{attempt.status} {attempt.outcome.value}"


def told(attempt: Attempt) -> str:
    """An attempt in a line: `15 · after 6.1 s · 503 refused · 9 ms`."""
    wait = FIRST if attempt.wait is None else f"after {as_wait(attempt.wait)}"
    latency = attempt.latency * 1000
    return f"{attempt.number} · {wait} · {answer_of(attempt)} · {latency:.3g} ms"


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
        shown: list[float | str] = [attempt.number, place(wait) if wait > 0 else 0.0, told(attempt)]
        limits = read(attempt.status, attempt.headers, 0.0) if attempt.headers else Limits()
        return cls(step, attempt, wait, marker(attempt), shown, limits)

    def at(self, span: Span) -> list[float | str]:
        """Where it is drawn; no wait at all stands on the axis, since a log axis has no zero."""
        return self.point if self.wait >= span.low else [self.point[0], place(span.low), self.point[2]]


def attempts_series(
    rows: Sequence[Row], span: Span, whole: Sequence[Row], wait: float | None, chosen: int | None
) -> list[Option]:
    """What the left half holds.

    Args:
        rows: What is shown.
        span: Of the waits.
        whole: All there is, also in a replay: what is not there yet must be said to be empty.
        wait: The recommended one, in seconds.
        chosen: The number of the attempt that is ringed.
    """
    single, bars = barred(rows)
    points: dict[Marker, list[list[float | str]]] = {row.marker: [] for row in whole}
    for row in single:
        points.setdefault(row.marker, []).append(row.at(span))
    ring = [row.at(span) for row in rows if row.attempt.number == chosen]
    return [
        _area("possible", _brackets(rows, span), "accent", 0.11),
        _area("blocked", _blocked(rows, span), "bad", 0.10),
        _phases(rows, span),
        _line(wait, "wait", 0, labelled=True),
        _bars(bars, span),
        *(_scatter(kind, data) for kind, data in points.items()),
        _stated(rows, span),
        _ring(ring),
        _ghost([] if whole else GHOSTS, span),
    ]


def described(rows: Sequence[Row]) -> str:
    """The view in a sentence, for those who do not see it."""
    if not rows:
        return "An empty chart: no attempt was made yet."
    tally = Counter(row.attempt.outcome for row in rows)
    counts = ", ".join(f"{tally[each]} {each.value}" for each in Outcome if tally[each])
    waits = [row.wait for row in rows if row.attempt.wait is not None]
    span = f"from {as_wait(min(waits))} to {as_wait(max(waits))}" if waits else FIRST
    return (
        f"The wait before each attempt ({len(rows)} so far), {span}: "
        f"{counts}. The same attempts stand in the table under Attempts."
    )


def barred(rows: Sequence[Row]) -> tuple[list[Row], list[list[Row]]]:
    """The rows that are drawn one by one, and those that are drawn as a bar each ten."""
    if len(rows) < MANY:
        return list(rows), []
    single: list[Row] = []
    bars: list[list[Row]] = []

    def kind(row: Row) -> tuple[bool, float]:
        return row.step.phase == "verify" and row.attempt.outcome is Outcome.ACCEPTED, row.wait

    for (trial, _), run in groupby(rows, key=kind):
        each = list(run)
        full = len(each) // TEN * TEN if trial else 0
        bars += [each[start : start + TEN] for start in range(0, full, TEN)]
        single += each[full:]
    return single, bars


def _area(ident: str, spans: Iterable[list[Option]], token: str, opacity: float) -> Option:
    """Rectangles behind everything else."""
    style = {"color": colour(token), "opacity": opacity}
    area = {"silent": True, "animation": False, "data": list(spans), "itemStyle": style, "label": {"show": False}}
    return {"id": ident, "type": "scatter", "data": [], "silent": True, "z": 0, "markArea": area | {"z": 0}}


def _rectangle(left: float, low: float, right: float, high: float) -> list[Option]:
    return [{"coord": [left, place(low)]}, {"coord": [right, place(high)]}]


def _brackets(rows: Sequence[Row], span: Span) -> list[list[Option]]:
    spans = []
    for (low, high), run in groupby(rows, key=lambda row: (row.step.low, row.step.high)):
        numbers = [row.attempt.number for row in run]
        if high is not None and high > span.low:
            spans.append(_rectangle(numbers[0] - 0.5, max(low or 0.0, span.low), numbers[-1] + 0.5, high))
    return spans


def _blocked(rows: Sequence[Row], span: Span) -> list[list[Option]]:
    """What a Retry-After forbade: every wait below it, for the attempt that followed."""
    spans = []
    for row in rows:
        wait, after = row.limits.retry_after, row.attempt.number + 0.5
        if wait is not None and span.low < wait < float("inf"):
            spans.append(_rectangle(after, span.low, after + 1, min(wait, span.high)))
    return spans


def _phases(rows: Sequence[Row], span: Span) -> Option:
    """A line above the plot, in pieces, each with its word where it has the room."""
    pieces = []
    for phase, run in groupby(rows, key=lambda row: row.step.phase):
        numbers = [row.attempt.number for row in run]
        roomy = len(numbers) * 7 > max(len(rows), SHORT)
        style = {"color": colour(PHASES[phase]), "width": 3, "type": "solid"}
        words = {"show": roomy, "formatter": phase, "position": "middle", "distance": 4, "fontWeight": 600}
        start = {"coord": [numbers[0] - 0.4, place(span.high)], "lineStyle": style}
        pieces.append(
            [
                start | {"label": {**words, "color": colour(PHASES[phase])}},
                {"coord": [numbers[-1] + 0.4, place(span.high)]},
            ]
        )
    return mark_series("phases", 0, pieces)


def _line(wait: float | None, ident: str, half: int, *, labelled: bool) -> Option:
    label = {
        "show": labelled,
        "position": "insideEndTop",
        "formatter": as_wait(wait) if wait else "",
        "color": colour("surface"),
        "backgroundColor": colour("ink"),
        "borderRadius": 4,
        "padding": [4, 8],
        "fontSize": 12,
        "fontWeight": 600,
    }
    lines = [{"yAxis": place(wait), "label": label}] if wait else []
    return mark_series(ident, half, lines, lineStyle={"color": colour("ink-2"), "type": "dashed", "width": 1}, z=2)


def _bars(bars: Sequence[Sequence[Row]], span: Span) -> Option:
    pieces = [
        [
            {"coord": [bar[0].attempt.number - 0.3, bar[0].at(span)[1]]},
            {"coord": [bar[-1].attempt.number + 0.3, bar[0].at(span)[1]]},
        ]
        for bar in bars
    ]
    return mark_series("bars", 0, pieces, lineStyle={"color": colour("dot-good"), "width": 8, "type": "solid"})


def _stated(rows: Sequence[Row], span: Span) -> Option:
    """A mark where the stated policies change."""
    changed: list[list[float | str]] = []
    before: object = ()
    for row in rows:
        policies = row.limits.policies
        if policies and policies != before:
            changed.append([row.attempt.number, place(span.high), "a limit is stated here"])
            before = policies
    return _points("stated", changed, "arrow", {"color": colour("accent")}, symbolRotate=180, symbolSize=9)


def _points(ident: str, data: list[list[float | str]], symbol: str, style: Option, **more: object) -> Option:
    return {
        "id": ident,
        "type": "scatter",
        "z": 3,
        "dimensions": ["attempt", "place", "told"],
        "encode": {"x": 0, "y": 1, "itemName": 2, "tooltip": [2]},
        "emphasis": {"disabled": True},
        "symbol": symbol,
        "symbolSize": 9,
        "itemStyle": {"opacity": 1, **style},
        "data": data,
        **more,
    }


def _scatter(kind: Marker, data: list[list[float | str]]) -> Option:
    outlined = kind.hollow or kind.symbol == CROSS
    style = {
        "color": colour("surface") if kind.hollow else colour(kind.token),
        "borderColor": colour(kind.token) if outlined else colour("surface"),
        "borderWidth": 2 if outlined else 0.5,
    }
    tip = {"formatter": "Attempt {b}"}
    return _points(kind.name, data, kind.symbol, style, name=kind.name, tooltip=tip)


def _ring(data: list[list[float | str]]) -> Option:
    style = {"color": "transparent", "borderColor": colour("accent"), "borderWidth": 2}
    return _points("chosen", data, "circle", style, symbolSize=18, silent=True)


GHOSTS: tuple[tuple[float, float, str], ...] = (
    (2, 1.0, "diamond"),
    (3.5, 3.0, "diamond"),
    (5, 9.0, "circle"),
    (6.5, 5.4, "circle"),
    (8, 5.4, "diamond"),
    (9.5, 9.0, "circle"),
    *((at, 7.0, "circle") for at in (11, 12.2, 13.4, 14.6, 15.8, 17, 18.2)),
)
"""What the chart will hold, before anything was asked: attempt, wait, shape."""


def _ghost(marks: Sequence[tuple[float, float, str]], span: Span) -> Option:
    """Hollow marks with a word to each kind; gone with the first attempt."""
    del span
    words = {(3.5, 3.0): ("too soon: refused", "bottom"), (14.6, 7.0): ("a wait that keeps being accepted", "bottom")}
    data = []
    for x, wait, symbol in marks:
        said, side = words.get((x, wait), ("", "bottom"))
        label = {
            "show": bool(said),
            "formatter": said,
            "position": side,
            "distance": 8,
            "color": colour("ink-3"),
            "fontSize": 12,
        }
        data.append({"value": [x, place(wait), ""], "symbol": symbol, "label": label})
    style = {"color": "transparent", "borderColor": colour("ink-3"), "borderWidth": 1, "opacity": 0.7}
    return _points("ghost", data, "circle", style, silent=True)  # type: ignore[arg-type] # dressed one by one


def recommended(wait: float | None, half: int) -> Option:
    """The line of the recommended wait in the other half, where it has no label."""
    return _line(wait, "wait-1", half, labelled=False)
