"""The share of accepted requests against the wait, with what is known of it at each."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Attempt, Goal, Outcome
from widgets.model.quantity import as_wait, wait_number
from widgets.probe.evidence import interval

from .theme import MARK, Option, colour, mark_series, number, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .attempts import Row
    from .theme import Span


NEAR = 0.01
"""Waits that differ by less, in parts of the shorter, are one wait."""
MOST = 300
"""Waits that are drawn; with more of them the intervals hide each other."""


@dataclass(frozen=True, slots=True)
class Share:
    """What was seen at about one wait: `accepted` of `asked`, and the exact interval (low, high) for the share."""

    wait: float
    accepted: int
    asked: int
    low: float
    high: float


def shares(attempts: Sequence[Attempt], confidence: float) -> list[Share]:
    """The attempts by their wait; those without a wait or without evidence are left out.

    Waits within `NEAR` of the shortest of them are one bin: its counts are pooled, and the interval is that of the
    pooled counts. It stands at the mean of its waits, to three digits.
    """
    asked: Counter[float] = Counter()
    accepted: Counter[float] = Counter()
    for attempt in attempts:
        if attempt.wait and attempt.outcome is not Outcome.FAILED:
            asked[attempt.wait] += 1
            accepted[attempt.wait] += attempt.outcome is Outcome.ACCEPTED
    bins: list[list[float]] = []
    for wait in sorted(asked):
        if not bins or wait > bins[-1][0] * (1 + NEAR):
            bins.append([])
        bins[-1].append(wait)
    return [_pooled(waits, accepted, asked, confidence) for waits in bins]


def _pooled(waits: Sequence[float], accepted: Counter[float], asked: Counter[float], confidence: float) -> Share:
    good, n = sum(accepted[wait] for wait in waits), sum(asked[wait] for wait in waits)
    mean = sum(wait * asked[wait] for wait in waits) / n
    return Share(float(f"{mean:.3g}"), good, n, *interval(good, n, confidence))


@dataclass(frozen=True, slots=True)
class Truth:
    """What a service that tells it really does.

    Attributes:
        curve: Pairs of a wait in seconds and the share that is accepted at it, waits rising.
        steady_wait: The smallest safe wait in seconds; 0 where none is needed, `inf` where none is long enough.
    """

    curve: tuple[tuple[float, float], ...]
    steady_wait: float


class Kind(NamedTuple):
    """How a share is drawn: told by its shape and its counts, and not by its colour alone."""

    ident: str
    symbol: str
    token: str


KINDS = (
    Kind("enough", "circle", "dot-good"),
    Kind("partly", "diamond", "warn"),
    Kind("none", "triangle", "dot-bad"),
)


def kind_of(share: Share, enough: float) -> Kind:
    """Whether the share itself meets the goal; how sure that is, the interval says."""
    rate = share.accepted / share.asked
    return KINDS[0] if rate >= enough else KINDS[1 if rate else 2]


def seen_shares(rows: Sequence[Row], goal: Goal) -> list[Share]:
    """The shares that are drawn."""
    return shares([row.attempt for row in rows], goal.confidence)[-MOST:]


def acceptance_series(seen: Sequence[Share], goal: Goal, span: Span, truth: Truth | None = None) -> list[Option]:
    """What the right half holds: a point and an exact interval per wait, the goal as a line.

    The truth, where it was revealed, is laid over them.
    """
    enough = 1 - goal.refusal_rate
    most = max(seen, key=lambda share: share.asked, default=None)
    groups = [(kind, [each for each in seen if kind_of(each, enough) is kind]) for kind in KINDS]
    words = f"goal {enough * 100:.4g}\xa0%"
    label = {
        "show": True,
        "formatter": words,
        "position": "end",
        "distance": 6,
        "color": colour("accent"),
        "fontWeight": 600,
    }
    line = {"xAxis": enough * 100, "label": label}
    goal_line = mark_series("goal", 1, [line], lineStyle={"color": colour("accent"), "type": "dotted", "width": 1.5})
    return [goal_line, *(_points(kind, group, most) for kind, group in groups), _true(truth, span), _true_wait(truth)]


def described_shares(rows: Sequence[Row], goal: Goal, truth: Truth | None = None) -> str:
    """The view in a sentence, for those who do not see it."""
    true = (
        ""
        if truth is None
        else f" The true curve is drawn over them; the true steady wait: {wait_number(truth.steady_wait)} s."
        if truth.steady_wait < math.inf
        else " The true curve is drawn over them; no wait is long enough."
    )
    seen = shares([row.attempt for row in rows], goal.confidence)
    if not seen:
        return f"Nothing was asked at any wait yet.{true}"
    parts = ", ".join(f"{each.accepted} of {each.asked} at {as_wait(each.wait)}" for each in seen[-12:])
    return f"Accepted requests by wait, the longest waits last: {parts}.{true}"


def _points(kind: Kind, seen: Sequence[Share], most: Share | None) -> Option:
    data = []
    for each in seen:
        counts = f"{each.accepted}/{each.asked}"
        between = f"{each.low * 100:.3g} to {each.high * 100:.3g} %"
        told = f"{each.accepted} of {each.asked} accepted at {as_wait(each.wait)}; {between}"
        label = {"show": each is most and each.asked > 1, "formatter": counts}
        data.append({"value": [number(each.accepted / each.asked * 100), place(each.wait), told], "label": label})
    bars = [
        [{"coord": [number(each.low * 100), place(each.wait)]}, {"coord": [number(each.high * 100), place(each.wait)]}]
        for each in seen
    ]
    style = {"color": colour(kind.token), "type": "solid", "width": 3, "opacity": 0.4}
    return {
        "id": kind.ident,
        "type": "scatter",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "z": 3,
        "dimensions": ["share", "place", "told"],
        "encode": {"x": 0, "y": 1, "itemName": 2, "tooltip": [2]},
        "emphasis": {"disabled": True},
        "symbol": kind.symbol,
        "symbolSize": 8,
        "itemStyle": {"color": colour(kind.token), "opacity": 1},
        # What was accepted crowds at the goal: its words have room before it.
        "label": {
            "show": False,
            "position": "top",
            "color": colour("ink"),
            "fontSize": 12,
            "fontWeight": 600,
            "align": "right",
            "backgroundColor": colour("surface"),
            "borderRadius": 4,
            "padding": [1, 4],
        },
        "data": data,
        "markLine": MARK | {"z": 2, "label": {"show": False}, "lineStyle": style, "data": bars},
    }


def _true(truth: Truth | None, span: Span) -> Option:
    curve = [] if truth is None else [pair for pair in truth.curve if span.low <= pair[0] <= span.high]
    return {
        "id": "truth",
        "type": "line",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "data": [[number(share * 100), place(wait)] for wait, share in curve],
        "symbol": "none",
        "silent": True,
        "z": 4,
        "itemStyle": {"color": colour("warn")},
        "lineStyle": {"color": colour("warn"), "width": 2},
    }


def _true_wait(truth: Truth | None) -> Option:
    """The true steady wait, across the attempts; a log axis has neither zero nor infinity."""
    wait = 0.0 if truth is None else truth.steady_wait
    label = {
        "show": True,
        "formatter": f"true {as_wait(wait)}" if wait < math.inf else "",
        "position": "insideStartBottom",
        "color": colour("warn"),
        "fontWeight": 600,
    }
    lines = [{"yAxis": place(wait), "label": label}] if 0 < wait < math.inf else []
    return mark_series("true-wait", 0, lines, lineStyle={"color": colour("warn"), "type": "dotted", "width": 1.5})
