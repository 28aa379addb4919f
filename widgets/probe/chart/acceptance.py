"""The share of accepted requests against the wait, with what is known of it at each."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Attempt, Goal, Outcome, Verdict
from widgets.probe.evidence import interval, rounded_up

from .theme import ACCEPTED, GOAL, INK, PARTLY, REFUSED, TRUTH, Option, Theme, decades, frame, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .attempts import Row


DIMENSIONS = ["wait (s)", "accepted share", "accepted", "asked", "low", "high", "counts"]
NEAR = 0.01
"""Waits that differ by less, in parts of the shorter, are one wait."""
MOST = 300
"""Waits that are drawn; with more of them the intervals hide each other."""
_MARK: Option = {"silent": True, "symbol": "none", "animation": False}


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
    name: str
    symbol: str
    colour: str


KINDS = (
    Kind("enough", "accepted share meets the goal", "circle", ACCEPTED),
    Kind("partly", "below the goal", "diamond", PARTLY),
    Kind("none", "none accepted", "triangle", REFUSED),
)


def kind_of(share: Share, enough: float) -> Kind:
    """Whether the share itself meets the goal; how sure that is, the interval says."""
    rate = share.accepted / share.asked
    return KINDS[0] if rate >= enough else KINDS[1 if rate else 2]


def acceptance(
    rows: Sequence[Row], goal: Goal, verdict: Verdict | None, theme: Theme, truth: Truth | None = None
) -> Option:
    """The option of the view: a point and an exact interval per wait, the goal as a line, and the recommended wait.

    The truth, where it was revealed, is laid over them.
    """
    seen = shares([row.attempt for row in rows], goal.confidence)[-MOST:]
    enough = 1 - goal.refusal_rate
    lines: list[Option] = [
        {"yAxis": enough, "lineStyle": _dashes(GOAL), "label": _label(f"goal {enough * 100:.4g}\xa0%", theme)}
    ]
    waits = [each.wait for each in seen]
    if verdict is not None and verdict.wait:
        waits.append(verdict.wait)
        words = f"{rounded_up(verdict.wait, 4):.4g} s {verdict.kind}"
        lines.append({"xAxis": verdict.wait, "lineStyle": _dashes(INK[theme]), "label": _label(words, theme)})
    true = [] if truth is None else [_true(truth, theme)]
    waits += [] if truth is None else [wait for wait, _ in truth.curve]
    parts = [_points(kind, [each for each in seen if kind_of(each, enough) is kind], theme) for kind in KINDS]
    marks = {"id": "lines", "type": "scatter", "data": [], "markLine": _MARK | {"data": lines}}
    named = f"accepted share, with its {goal.confidence * 100:.4g}\xa0% interval"
    return frame(
        theme,
        [*parts, marks, *true],
        {"name": "wait (seconds)", **decades(waits)},
        {"type": "value", "name": named, "min": 0, "max": 1},
        right=84,
    )


def described_shares(rows: Sequence[Row], goal: Goal, truth: Truth | None = None) -> str:
    """The view in a sentence, for those who do not see it."""
    true = (
        "" if truth is None else f" The true curve is drawn over them; the true steady wait: {truth.steady_wait:.4g} s."
    )
    seen = shares([row.attempt for row in rows], goal.confidence)
    if not seen:
        return f"An empty chart: nothing was asked yet.{true}"
    parts = ", ".join(f"{each.accepted} of {each.asked} at {each.wait:g} s" for each in seen[-12:])
    return f"Accepted requests by wait, the longest waits last: {parts}.{true}"


def _point(share: Share) -> list[float | str]:
    """The row of `DIMENSIONS`; a single request is told by the shape alone."""
    accepted, asked = share.accepted, share.asked
    counts = f"{accepted}/{asked}" if asked > 1 else ""
    return [share.wait, number(accepted / asked), accepted, asked, number(share.low), number(share.high), counts]


def _points(kind: Kind, seen: Sequence[Share], theme: Theme) -> Option:
    data = [_point(each) for each in seen]
    bars = [[{"coord": [each.wait, number(each.low)]}, {"coord": [each.wait, number(each.high)]}] for each in seen]
    # What was accepted crowds at and above the wait that was found: its words have room before it.
    side = "left" if kind is KINDS[0] else "right"
    counts = {"show": True, "position": side, "formatter": "{@counts}", "color": INK[theme]}
    style = {"color": kind.colour, "type": "solid", "width": 2, "opacity": 0.55}
    return {
        "id": kind.ident,
        "type": "scatter",
        "dimensions": DIMENSIONS,
        "encode": {"x": 0, "y": 1, "tooltip": [0, 2, 3, 1, 4, 5]},
        "symbol": kind.symbol,
        "symbolSize": 10,
        "itemStyle": {"color": kind.colour, "opacity": 1},
        "label": counts,
        "labelLayout": {"hideOverlap": True},
        "data": data,
        "markLine": _MARK | {"label": {"show": False}, "lineStyle": style, "data": bars},
    } | ({"name": kind.name} if seen else {})


def _true(truth: Truth, theme: Theme) -> Option:
    wait = truth.steady_wait
    label = _label(f"{wait:.4g} s true", theme) | {"distance": 26}
    # A log axis has neither zero nor infinity.
    line = [{"xAxis": wait, "lineStyle": _dashes(TRUTH), "label": label}] if 0 < wait < math.inf else []
    return {
        "id": "truth",
        "name": "the truth",
        "type": "line",
        "dimensions": ["wait (s)", "accepted share"],
        "data": [[number(wait), number(share)] for wait, share in truth.curve],
        "symbol": "none",
        "silent": True,
        "z": 4,
        "itemStyle": {"color": TRUTH},
        "lineStyle": {"color": TRUTH, "width": 2},
        "markLine": _MARK | {"data": line},
    }


def _dashes(colour: str) -> Option:
    return {"color": colour, "type": "dashed", "width": 1.5, "opacity": 1}


def _label(words: str, theme: Theme) -> Option:
    """Beside the plot or above it: within, it would lie over what was found."""
    return {"show": True, "formatter": words, "color": INK[theme], "position": "end", "distance": 13}
