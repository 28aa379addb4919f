"""The left half of the chart: the attempts one after the other, each at the wait before it.

Behind them stands the band between refused and accepted waits, and what a Retry-After forbade; above them the phases;
across them the wait that is recommended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from widgets.http.limits import Limits, read
from widgets.model.attempt import SET_ASIDE, Attempt, Outcome, Step
from widgets.model.quantity import as_count, as_duration, as_wait

from .growing import CLOSE
from .theme import Option, Span, colour, mark_series, number, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Point: TypeAlias = list[float | str]
"""An attempt, its place on the axis of waits, and what is said of it."""
CROSS = "path://M-5,-5L5,5M-5,5L5,-5"
DOWN = "path://M-5,-4L5,-4L0,5Z"
"""A triangle that stands on its tip."""
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


CROWDED = 200
"""Attempts from which on marks have no outline."""


class Marker(NamedTuple):
    """How the attempts of one status are drawn; hollow where there was no wait before them."""

    name: str
    symbol: str
    token: str
    hollow: bool = False


def marker(attempt: Attempt) -> Marker:
    """By its status, within the shape and colour of its outcome."""
    symbol, token = BY_OUTCOME[attempt.outcome]
    symbol = DOWN if attempt.word == SET_ASIDE else SYMBOLS.get(attempt.status, symbol)
    name = answer_of(attempt)
    first = attempt.wait is None
    return Marker(f"first: {name}" if first else name, symbol, token, first)


USUAL = {each.value: symbol for each, (symbol, _) in BY_OUTCOME.items()} | {SET_ASIDE: DOWN}
"""The shape of each word for what became of an attempt, unless its status has one of its own."""


class Kind(NamedTuple):
    """A kind of mark: what became of its attempts, its shape, and what is told of a shape that is not the usual one."""

    word: str
    symbol: str
    told: str = ""

    @classmethod
    def of(cls, attempt: Attempt) -> Kind:
        """The kind of an attempt."""
        word, symbol, status = attempt.word, marker(attempt).symbol, attempt.status
        if symbol == USUAL[word]:
            return cls(word, symbol)
        return cls(word, symbol, "without an answer" if status is None else f"with {status}")


def named(kinds: Mapping[Kind, int]) -> list[tuple[str, str, str, int]]:
    """Of each kind of mark its word, its shape, its name in a legend and how many there are, in the order of outcomes.

    >>> named({Kind("refused", "rect", "with 429"): 2, Kind("accepted", "circle"): 5})
    [('accepted', 'circle', 'accepted', 5), ('refused', 'rect', 'refused', 2)]
    >>> [name for *_, name, _ in named({Kind("refused", "rect", "with 429"): 2, Kind("refused", "diamond"): 1})]
    ['refused', 'refused with 429']
    """
    found = []
    for word in USUAL:
        same = sorted((each for each in kinds if each.word == word), key=lambda each: each.told)
        for kind in same:
            name = f"{word} {kind.told}" if kind.told and len(same) > 1 else word
            found.append((word, kind.symbol, name, kinds[kind]))
    return found


def answer_of(attempt: Attempt) -> str:
    """`503 refused`, or `no answer`."""
    return "no answer" if attempt.status is None else f"{attempt.status} {attempt.word}"


def told(attempt: Attempt) -> str:
    """An attempt in a line: `15 · after 6.1 s · 503 refused · 9 ms`."""
    wait = FIRST if attempt.wait is None else f"after {as_wait(attempt.wait)}"
    milliseconds = attempt.latency * 1000
    latency = f"{as_count(milliseconds, 3)} ms" if milliseconds < 999.5 else as_duration(attempt.latency)  # noqa: PLR2004
    return f"{attempt.number} · {wait} · {answer_of(attempt)} · {latency}"


class Row(NamedTuple):
    """An attempt with the step that led to it, and what is drawn of it: worked out once, and not at every repaint."""

    step: Step
    attempt: Attempt
    wait: float
    marker: Marker
    point: Point
    limits: Limits

    @classmethod
    def of(cls, step: Step, attempt: Attempt) -> Row:
        """The row of an attempt; it stands at its wait, the first one, which had none, at the foot of the chart."""
        wait = number(attempt.wait or 0.0)
        shown: Point = [attempt.number, place(wait) if wait > 0 else 0.0, told(attempt)]
        limits = read(attempt.status, attempt.headers, 0.0) if attempt.headers else Limits()
        return cls(step, attempt, wait, marker(attempt), shown, limits)

    def at(self, span: Span) -> Point:
        """Where it is drawn; no wait at all stands on the axis, since a log axis has no zero."""
        return self.point if self.wait >= span.low else [self.point[0], place(span.low), self.point[2]]


def _area(ident: str, spans: list[list[Option]], token: str, opacity: float) -> Option:
    """Rectangles behind everything else."""
    style = {"color": colour(token), "opacity": opacity}
    area = {"silent": True, "animation": False, "data": spans, "itemStyle": style, "label": {"show": False}}
    return {"id": ident, "type": "scatter", "data": [], "silent": True, "z": 0, "markArea": area | {"z": 0}}


def between(ident: str, spans: list[list[Option]]) -> Option:
    """From the longest wait that was refused to the shortest one that was accepted."""
    return _area(ident, spans, "accent", 0.11)


def blocked(ident: str, spans: list[list[Option]]) -> Option:
    """What a Retry-After forbade."""
    return _area(ident, spans, "bad", 0.10)


def rectangle(left: float, low: float, right: float, high: float) -> list[Option]:
    """From one attempt and wait to another."""
    return [{"coord": [left, place(low)]}, {"coord": [right, place(high)]}]


def phases(ident: str, pieces: list[list[Option]]) -> Option:
    """A line above the plot, in pieces."""
    return mark_series(ident, 0, pieces, lineStyle={"width": 3, "type": "solid"})


def phase_line(phase: str, first: int, last: int, span: Span) -> list[Option]:
    """The piece of one phase."""
    start = {"coord": [first - 0.4, place(span.high)], "lineStyle": {"color": colour(PHASES[phase])}}
    return [start, {"coord": [last + 0.4, place(span.high)]}]


def phase_words(named: Sequence[tuple[str, int, int]], span: Span) -> Option:
    """The word of each piece, over its middle."""
    labels: list[Option] = [
        {
            "value": [(first + last) / 2, place(span.high), ""],
            "label": {"formatter": phase, "color": colour(PHASES[phase])},
        }
        for phase, first, last in named
    ]
    label = {"show": True, "position": "top", "distance": 7, "fontSize": 12, "fontWeight": 600}
    # At the very top of the plot, where a rounding would decide whether they are still in it.
    return _points("phase-words", labels, "circle", {}, silent=True, symbolSize=0, label=label, clip=False)


def line(wait: float | None, ident: str, half: int, *, labelled: bool) -> Option:
    """The recommended wait, across one half."""
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


def bars(ident: str, pieces: list[list[Option]]) -> Option:
    """Ten attempts each."""
    return mark_series(ident, 0, pieces, lineStyle={"color": colour("dot-good"), "width": 8, "type": "solid"})


def stated(ident: str, points: list[Point]) -> Option:
    """Where a limit is stated."""
    return _points(ident, points, "arrow", {"color": colour("accent")}, symbolRotate=180, symbolSize=9)


def _points(ident: str, data: Sequence[Point | Option], symbol: str, style: Option, **more: object) -> Option:
    return {
        "id": ident,
        "type": "scatter",
        "z": 6,
        "dimensions": ["attempt", "place", "told"],
        "encode": {"x": 0, "y": 1, "itemName": 2, "tooltip": [2]},
        "emphasis": {"disabled": True},
        "symbol": symbol,
        "symbolSize": 9,
        "itemStyle": {"opacity": 1, **style},
        "data": list(data),
        **more,
    }


def scatter(kind: Marker) -> Callable[[str, list[Point]], Option]:
    """How the points of a kind are drawn; many of them as one shape, which those with an outline cannot be."""
    outlined = kind.hollow or kind.symbol == CROSS
    style = {
        "color": colour("surface") if kind.hollow else colour(kind.token),
        "borderColor": colour(kind.token) if outlined else colour("surface"),
        "borderWidth": 2 if outlined else 0.5,
    }
    tip = {"formatter": "Attempt {b}"}

    def build(ident: str, points: list[Point]) -> Option:
        shape = {"large": True, "largeThreshold": CLOSE} if len(points) >= CLOSE and not outlined else {}
        # Where marks lie on one another, the outlines of all would hide the insides of most.
        crowded = bool(points) and not outlined and (bool(shape) or float(points[-1][0]) >= CROWDED)
        worn = {**style, "borderWidth": 0} if crowded else style
        return _points(ident, points, kind.symbol, worn, name=kind.name, tooltip=tip, **shape)

    return build


def ring(points: list[Point]) -> Option:
    """Around the attempt that is chosen."""
    style = {"color": "transparent", "borderColor": colour("accent"), "borderWidth": 2}
    return _points("chosen", points, "circle", style, symbolSize=18, silent=True)


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


def ghosts(*, shown: bool) -> Option:
    """Hollow marks with a word to each kind; gone with the first attempt."""
    words = {
        (3.5, 3.0): "too soon: refused",
        (14.6, 7.0): "a wait that keeps\nbeing accepted",
    }  # a phone has half a line
    data: list[Option] = []
    for x, wait, symbol in GHOSTS if shown else ():
        said = words.get((x, wait), "")
        label = {
            "show": bool(said),
            "formatter": said,
            "position": "bottom",
            "distance": 8,
            "color": colour("ink-3"),
            "opacity": 1,  # else it would be that of its mark, and too faint to read
            "fontSize": 12,
            "lineHeight": 14,
        }
        data.append({"value": [x, place(wait), ""], "symbol": symbol, "label": label})
    style = {"color": "transparent", "borderColor": colour("ink-3"), "borderWidth": 1, "opacity": 0.7}
    return _points("ghost", data, "circle", style, silent=True)
