"""Colours, axes and marks that the two halves of the chart share.

The chart is drawn as SVG, so that its colours are the page's own variables: it turns dark with the page, without being
drawn again. Behind each stands the light value, for a picture that is saved and opened where there is no page.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Option: TypeAlias = dict[str, Any]

LIGHT = {
    "surface": "#FFFFFF",
    "ink": "#171B21",
    "ink-2": "#47505E",
    "ink-3": "#616B7A",
    "accent": "#2C55D3",
    "good": "#0A7452",
    "warn": "#8F5300",
    "bad": "#B3341A",
    "dot-good": "#1A9A6C",
    "dot-bad": "#D2532F",
    "line": "#E1E4EA",
    "line-2": "#CCD2DB",
}
"""The light side of each token that the chart uses; a test holds it against the stylesheet."""
FAMILY = (
    '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, '
    '"DejaVu Sans Condensed", sans-serif'
)
MARK: Option = {"silent": True, "symbol": "none", "animation": False}
LEAST_ROOM = 56
"""Pixels left of the plot: the word "attempt" stands there."""
WIDE_DECADES = 2.2
"""From so many decades on, only whole ones are labelled."""


def colour(token: str) -> str:
    """A token of the stylesheet as ECharts takes it."""
    return f"var(--ww-{token}, {LIGHT[token]})"


def number(value: float) -> float:
    """`value` with the digits that can be seen, since every one of them travels with every repaint."""
    return float(f"{value:.6g}")


def place(wait: float) -> float:
    """Where a wait stands on the axis of waits: its logarithm, since ECharts labels whole decades only by itself.

    >>> place(0.1), place(20.0)
    (-1.0, 1.30103)
    """
    return number(math.log10(wait))


class Span:
    """The waits that the chart shows: from one of 1, 2, 5, 10, … to another, so that it holds still as points arrive.

    >>> span = Span([0.9, 6.52])
    >>> span.low, span.high, [wait for wait, _ in span.ticks()]
    (0.5, 10.0, [0.5, 1.0, 2.0, 5.0, 10.0])
    >>> [text for _, text in Span([0.0001, 6.55]).ticks()]
    ['0.0001 s', '0.001 s', '0.01 s', '0.1 s', '1 s', '10 s']
    """

    def __init__(self, waits: Iterable[float]) -> None:
        shown = [wait for wait in waits if 0 < wait < math.inf] or [1.0, 9.0]
        # Above the longest wait there is room for its counts, however many decades there are below.
        room = max(1.1, (max(shown) / min(shown)) ** 0.045)
        self.low, self.high = _below(min(shown) * 0.98), _above(max(shown) * room)
        if self.high / self.low < 10:  # noqa: PLR2004 - at least a decade, so that neighbours are not torn apart
            self.low = _below(self.high / 10)

    @property
    def axis(self) -> Option:
        """The axis of waits, whose lines and labels `rules` draws."""
        hidden = {"show": False}
        bare = {"axisLine": hidden, "axisTick": hidden, "axisLabel": hidden, "splitLine": hidden}
        return {"type": "value", "min": place(self.low), "max": place(self.high), **bare}

    def ticks(self) -> list[tuple[float, str]]:
        """The waits that are labelled, rising."""
        whole = math.log10(self.high / self.low) > WIDE_DECADES
        found, each = [], self.low
        while each <= self.high * 1.001:
            if not whole or _leading(each) == 1:
                found.append((each, f"{each:.6f}".rstrip("0").rstrip(".") + " s"))
            each = _above(each * 1.01)
        return found


def _leading(value: float) -> int:
    return round(value / 10.0 ** math.floor(math.log10(value) + 1e-9))


def _above(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    return next(number(step * decade) for step in (1, 2, 5, 10) if step * decade >= value * 0.999999)


def _below(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    return next(number(step * decade) for step in (5, 2, 1, 0.5) if step * decade <= value * 1.000001)


def rules(span: Span, half: int) -> Option:
    """The horizontal lines of the waits that are labelled; the left half has the labels."""
    label = {"position": "start", "distance": 8, "color": colour("ink-3"), "fontSize": 12}
    lines = [
        # The lowest of all would stand upon the name of the other axis.
        {"yAxis": place(wait), "label": {"show": half == 0 and wait > span.low * 1.01, "formatter": text, **label}}
        for wait, text in span.ticks()
    ]
    style = {"color": colour("line"), "type": "solid", "width": 1}
    return mark_series(f"rules-{half}", half, lines, lineStyle=style)


def mark_series(ident: str, half: int, lines: list[Any], **more: Any) -> Option:
    """Lines without points. Empty ones are kept: ECharts merges an option into the one before."""
    return {
        "id": ident,
        "type": "scatter",
        "data": [],
        "silent": True,
        "xAxisIndex": half,
        "yAxisIndex": half,
        "z": 1,
        "markLine": {**MARK, "z": 1, "label": {"show": False}, **more, "data": lines},
    }


def frame(x_axes: list[Option], span: Span, *, shares: bool) -> Option:
    """The option without its series: two plots side by side on one axis of waits; in a narrow card only one of them."""
    label = {"color": colour("ink-3"), "fontSize": 12}
    axis = {
        "type": "value",
        "axisLabel": label,
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": colour("line-2")}},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
        "nameTextStyle": {"color": colour("ink-3"), "fontSize": 12},
    }
    # The labels of the shortest waits are the longest.
    room = max(LEAST_ROOM, 16 + 7 * max(len(text) for _, text in span.ticks()))
    sides = [
        {"left": room, "right": "30%", "top": 30, "bottom": 26},
        {"left": "76%", "right": 44, "top": 30, "bottom": 26},
    ]
    away = {"left": "120%", "right": "-40%"}
    alone = [away, {"left": room, "right": 44}] if shares else [{"left": room, "right": 32}, away]
    return {
        "backgroundColor": "transparent",
        "animation": False,
        "textStyle": {"fontFamily": FAMILY},
        "grid": sides,
        "legend": {"show": False},
        "toolbox": {"right": 0, "bottom": 0, "itemSize": 12, "feature": {"saveAsImage": _save()}},
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "formatter": "{b}",
            "backgroundColor": colour("surface"),
            "borderColor": colour("line-2"),
            "padding": [4, 8],
            "textStyle": {"color": colour("ink"), "fontSize": 12},
        },
        "xAxis": [
            {"gridIndex": half, **axis, **each, "axisLabel": label | each.get("axisLabel", {})}
            for half, each in enumerate(x_axes)
        ],
        "yAxis": [{"gridIndex": half, **span.axis} for half in (0, 1)],
        "media": [{"option": {"grid": sides}}, {"query": {"maxWidth": 590}, "option": {"grid": alone}}],
    }


def _save() -> Option:
    """A picture to keep: SVG, in the light colours that stand behind the page's."""
    return {
        "title": "Save as SVG",
        "name": "waitwise-probe",
        "type": "svg",
        "backgroundColor": colour("surface"),
        "iconStyle": {"borderColor": colour("ink-3")},
    }
