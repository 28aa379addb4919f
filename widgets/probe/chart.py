"""The live chart of a probe: attempt number against wait on a log axis, one shape and colour per status. UI.

Only numbers and this file's own words may enter the chart's option: ipecharts turns any string that begins with
`__ipecharts_jsfn__::` into a function in the browser, so a text that a service chose must never get there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ipywidgets
from ipecharts import EChartsRawWidget

from widgets.kit import markup

from .attempt import Attempt, Outcome

ACCEPTED, REFUSED, FAILED = "#1a9e77", "#d55e00", "#8a8f98"
"""After Okabe and Ito (2008): told apart by people with any kind of colour vision, on light and on dark."""

SYMBOLS = {503: "diamond", 429: "rect", 403: "pin", None: "path://M-5,-5L5,5M-5,5L5,-5"}
COLOURS = {429: "#cc79a7", 403: "#b8860b", None: FAILED}
BY_OUTCOME = {
    Outcome.ACCEPTED: ("circle", ACCEPTED),
    Outcome.REFUSED: ("diamond", REFUSED),
    Outcome.FAILED: ("triangle", FAILED),
}
DIMENSIONS = ["attempt", "wait (s)", "status", "latency (ms)", "time (s)"]
INK = {"light": "#4d5259", "dark": "#c8ccd2", "auto": "#7a7f87"}
PAPER = {"light": "#ffffff", "dark": "#111111", "auto": "#ffffff"}
RULE = {"light": "#e3e5e8", "dark": "#33373d", "auto": "#7a7f8744"}
"""A canvas knows no CSS variables. "auto" is for JupyterLab, where the theme may change: grey on either paper."""


@dataclass(frozen=True, slots=True)
class Series:
    """How the attempts of one status are drawn."""

    name: str
    symbol: str
    colour: str


def series_of(attempt: Attempt) -> Series:
    """The series of an attempt: by its status, within the shape and colour of its outcome."""
    outcome = attempt.outcome
    symbol, colour = BY_OUTCOME[outcome]
    status = attempt.status
    label = "no answer" if status is None else f"{status} {outcome.value}"
    return Series(label, SYMBOLS.get(status, symbol), COLOURS.get(status, colour))


def point(attempt: Attempt, wait: float) -> list[float | str]:
    """One row of `DIMENSIONS`; rounded to what can be seen, since every row travels with every repaint."""
    return [
        attempt.number,
        float(f"{wait:.6g}"),
        "none" if attempt.status is None else attempt.status,
        round(attempt.latency * 1000, 1),
        round(attempt.started, 2),
    ]


class AttemptChart(ipywidgets.VBox):
    """The chart of one probe; a new probe gets a new chart.

    `add` is cheap and shows nothing; `flush` sends what was added to the browser.

    Args:
        theme: `"light"`, `"dark"`, or `"auto"` where it is not known.
    """

    def __init__(self, theme: str = "auto") -> None:
        self._theme = theme if theme in INK else "auto"
        self._points: dict[Series, list[list[float | str]]] = {}
        self._course: list[list[float]] = []
        self._counts = dict.fromkeys(Outcome, 0)
        self._dirty = False
        self._chart = EChartsRawWidget(theme=None if self._theme == "auto" else self._theme, option=self._option())
        # ECharts would put its description on an element without a role, where it is not read.
        self._description = ipywidgets.HTML().add_class("ww-unseen")
        super().__init__([self._chart, self._description])
        self.add_class("ww-chart")

    def add(self, attempt: Attempt, wait: float) -> None:
        """Add an attempt at `wait` seconds (its own, or for the first one the wait that was planned)."""
        self._points.setdefault(series_of(attempt), []).append(point(attempt, wait))
        self._course.append([attempt.number, float(f"{wait:.6g}")])
        self._counts[attempt.outcome] += 1
        self._dirty = True

    def flush(self) -> None:
        """Show what was added since the last time."""
        if self._dirty:
            self._dirty = False
            self._chart.option = self._option()
            self._description.value = f"<p>{markup.plain(self._described())}</p>"

    def close(self) -> None:
        """Free the chart in the browser too."""
        self._chart.close()
        super().close()

    @property
    def option(self) -> dict[str, Any]:
        """What ECharts was told last."""
        option: dict[str, Any] = self._chart.option
        return option

    def _option(self) -> dict[str, Any]:
        ink, rule = INK[self._theme], RULE[self._theme]
        axis = {
            "nameLocation": "middle",
            "nameTextStyle": {"color": ink},
            "axisLabel": {"color": ink},
            "axisLine": {"lineStyle": {"color": ink}},
            "splitLine": {"lineStyle": {"color": rule}},
        }
        return {
            "backgroundColor": "transparent",
            "animation": False,
            "textStyle": {"fontFamily": "system-ui, sans-serif"},
            "grid": {"left": 64, "right": 20, "top": 64, "bottom": 48},
            "legend": {
                "top": 8,
                "left": 8,
                "right": 48,
                "type": "scroll",
                "itemWidth": 14,
                "textStyle": {"color": ink},
            },
            "tooltip": {"trigger": "item", "confine": True},
            "toolbox": {"right": 8, "top": 4, "feature": {"saveAsImage": self._save_button()}},
            "xAxis": {
                "type": "value",
                "name": "attempt",
                "nameGap": 28,
                "minInterval": 1,
                "min": 0,
                "max": max(10, len(self._course) + 1),
                **axis,
            },
            "yAxis": {"type": "log", "name": "wait (seconds)", "nameGap": 48, **self._range(), **axis},
            "series": [self._line(rule), *self._scatters()],
        }

    def _save_button(self) -> dict[str, Any]:
        return {
            "title": "Save as PNG",
            "name": "waitwise-probe",
            "type": "png",
            "pixelRatio": 2,
            "backgroundColor": PAPER[self._theme],
            "iconStyle": {"borderColor": INK[self._theme]},
        }

    def _range(self) -> dict[str, float]:
        """Whole decades, so that the axis holds still while points arrive."""
        waits = [wait for _, wait in self._course if wait > 0] or [0.001, 1.0]
        low, high = math.floor(math.log10(min(waits))), math.floor(math.log10(max(waits))) + 1
        return {"min": 10.0**low, "max": 10.0**high}

    def _line(self, colour: str) -> dict[str, Any]:
        return {
            "id": "course",
            "type": "line",
            "data": self._course,
            "silent": True,
            "z": 1,
            "showSymbol": False,
            "lineStyle": {"color": colour, "width": 2},
            "tooltip": {"show": False},
        }

    def _scatters(self) -> list[dict[str, Any]]:
        return [
            {
                "id": series.name,
                "name": series.name,
                "type": "scatter",
                "dimensions": DIMENSIONS,
                "encode": {"x": 0, "y": 1, "tooltip": [0, 1, 2, 3, 4]},
                "symbol": series.symbol,
                "symbolSize": 11,
                "z": 3,
                "itemStyle": {
                    "opacity": 1,
                    "color": series.colour,
                    "borderColor": series.colour,
                    "borderWidth": 2 if series.symbol.startswith("path") else 0,
                },
                "data": points,
            }
            for series, points in self._points.items()
        ]

    def _described(self) -> str:
        if not self._course:
            return "An empty chart: no attempt was made yet."
        counts = ", ".join(f"{count} {outcome.value}" for outcome, count in self._counts.items() if count)
        waits = [wait for _, wait in self._course]
        return (
            f"Wait before each of {len(self._course)} attempts, from {min(waits):g} to {max(waits):g} seconds: "
            f"{counts}. The same attempts stand in the table below."
        )
