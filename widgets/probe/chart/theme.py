"""Colours, axes and legends that the charts share. A canvas knows no CSS variables, so each theme has its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable


Theme: TypeAlias = Literal["light", "dark", "auto"]
Option: TypeAlias = dict[str, Any]

ACCEPTED, REFUSED, FAILED, GOAL = "#1a9e77", "#d55e00", "#8a8f98", "#3d7fc4"
PARTLY = "#e69f00"
"""After Okabe and Ito (2008): told apart by people with any kind of colour vision, on light and on dark."""
TRUTH = "#aa4499"
"""After Tol's muted scheme; it is drawn as a curve, where all else are points."""

INK = {"light": "#4d5259", "dark": "#c8ccd2", "auto": "#7a7f87"}
PAPER = {"light": "#ffffff", "dark": "#111111", "auto": "#ffffff"}
RULE = {"light": "#e3e5e8", "dark": "#33373d", "auto": "#7a7f8744"}
"""`auto` is for JupyterLab, where the theme may change under the chart: greys that can be read on either paper."""


def theme_of(name: str) -> Theme:
    """The theme of that name, `auto` where there is none."""
    return cast("Theme", name) if name in INK else "auto"


def number(value: float) -> float:
    """`value` with the digits that can be seen, since every one of them travels with every repaint."""
    return float(f"{value:.6g}")


def frame(
    theme: Theme,
    series: list[Option],
    x_axis: Option,
    y_axis: Option,
    *,
    right: int = 20,
    bands: dict[str, str] | None = None,
) -> Option:
    """A whole option: the axes dressed, a legend, a tooltip, and a button that saves the picture.

    Args:
        theme: Of the page.
        series: What is drawn; each that has a name is in the legend.
        x_axis: What is particular to it.
        y_axis: The same.
        right: Pixels beside the plot, where lines may have their names.
        bands: Names of series that are areas, with their colours: the legend shows these as areas too.
    """
    names = [each["name"] for each in series if each.get("name")]
    ink = INK[theme]
    return {
        "backgroundColor": "transparent",
        "animation": False,
        "textStyle": {"fontFamily": "system-ui, sans-serif"},
        "grid": {"left": 64, "right": right, "top": 64, "bottom": 48},
        "legend": {
            "top": 8,
            "left": 8,
            # ECharts heeds no "right" beside a "left" here, and the button that saves stands there.
            "width": "78%",
            "type": "scroll",
            "itemWidth": 14,
            "textStyle": {"color": ink},
            "pageTextStyle": {"color": ink},
            "pageIconColor": ink,
            "pageIconInactiveColor": RULE[theme],
            "data": [_entry(name, (bands or {}).get(name)) for name in names],
        },
        "tooltip": {"trigger": "item", "confine": True},
        "toolbox": {"right": 8, "top": 4, "feature": {"saveAsImage": _save(theme)}},
        "xAxis": {"nameGap": 28, **_axis(theme), **x_axis},
        "yAxis": {"nameGap": 48, **_axis(theme), **y_axis},
        "series": series,
    }


def decades(values: Iterable[float]) -> Option:
    """A logarithmic axis over whole decades, so that it holds still while points arrive."""
    waits = [value for value in values if value > 0] or [0.001, 1.0]
    low, high = math.floor(math.log10(min(waits))), math.floor(math.log10(max(waits))) + 1
    return {"type": "log", "min": 10.0**low, "max": 10.0**high}


def _entry(name: str, band: str | None) -> str | Option:
    return name if band is None else {"name": name, "icon": "rect", "itemStyle": {"color": band, "opacity": 1}}


def _axis(theme: Theme) -> Option:
    ink = INK[theme]
    return {
        "nameLocation": "middle",
        "nameTextStyle": {"color": ink},
        "axisLabel": {"color": ink},
        "axisLine": {"lineStyle": {"color": ink}},
        "splitLine": {"lineStyle": {"color": RULE[theme]}},
    }


def _save(theme: Theme) -> Option:
    return {
        "title": "Save as PNG",
        "name": "waitwise-probe",
        "type": "png",
        "pixelRatio": 2,
        "backgroundColor": PAPER[theme],
        "iconStyle": {"borderColor": INK[theme]},
    }
