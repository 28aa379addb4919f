"""The share of accepted requests against the wait, with what is known of it at each."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.probe.attempt import Attempt, Goal, Outcome, Verdict
from widgets.probe.evidence import interval, rounded_up

from .ink import ACCEPTED, GOAL, INK, TRUTH, Option, Theme, decades, frame, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .attempts import Row

DIMENSIONS = ["wait (s)", "accepted share", "accepted", "asked", "low", "high"]
MOST = 300
"""Waits that are drawn; with more of them the intervals hide each other."""


@dataclass(frozen=True, slots=True)
class Share:
    """What was seen at one wait: `accepted` of `asked`, and the exact interval (low, high) for the share."""

    wait: float
    accepted: int
    asked: int
    low: float
    high: float


def shares(attempts: Sequence[Attempt], confidence: float) -> list[Share]:
    """The attempts by their wait, to three digits; those without a wait or without evidence are left out."""
    asked: Counter[float] = Counter()
    accepted: Counter[float] = Counter()
    for attempt in attempts:
        if attempt.wait and attempt.outcome is not Outcome.FAILED:
            wait = float(f"{attempt.wait:.3g}")
            asked[wait] += 1
            accepted[wait] += attempt.outcome is Outcome.ACCEPTED
    return [
        Share(wait, accepted[wait], count, *interval(accepted[wait], count, confidence))
        for wait, count in sorted(asked.items())
    ]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a service that tells it really does.

    Attributes:
        curve: Pairs of a wait in seconds and the share that is accepted at it, waits rising.
        steady_wait: The smallest safe wait in seconds; 0 where none is needed, `inf` where none is long enough.
    """

    curve: tuple[tuple[float, float], ...]
    steady_wait: float


def acceptance(
    rows: Sequence[Row], goal: Goal, verdict: Verdict | None, theme: Theme, truth: Truth | None = None
) -> Option:
    """The option of the view: a point and an exact interval per wait, the goal as a line, and the recommended wait.

    The truth, where it was revealed, is laid over them.
    """
    seen = shares([row.attempt for row in rows], goal.confidence)[-MOST:]
    lines: list[Option | list[Option]] = [
        [{"coord": [each.wait, number(each.low)]}, {"coord": [each.wait, number(each.high)]}] for each in seen
    ]
    percent = f"{(1 - goal.refusal_rate) * 100:.4g} %"
    goal_line = {"yAxis": 1 - goal.refusal_rate, "lineStyle": _dashes(GOAL), "label": _label(f"goal {percent}", theme)}
    lines.append(goal_line)
    waits = [each.wait for each in seen]
    if verdict is not None and verdict.wait:
        waits.append(verdict.wait)
        words = f"{rounded_up(verdict.wait, 4):.4g} s {verdict.kind}"
        lines.append({"xAxis": verdict.wait, "lineStyle": _dashes(INK[theme]), "label": _label(words, theme)})
    series = {
        "id": "shares",
        "name": "accepted share, with its exact interval",
        "type": "scatter",
        "dimensions": DIMENSIONS,
        "encode": {"x": 0, "y": 1, "tooltip": [0, 2, 3, 1, 4, 5]},
        "symbolSize": 9,
        "itemStyle": {"color": ACCEPTED, "opacity": 1},
        "data": [
            [
                each.wait,
                *map(number, (each.accepted / each.asked,)),
                each.accepted,
                each.asked,
                number(each.low),
                number(each.high),
            ]
            for each in seen
        ],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "animation": False,
            "label": {"show": False},
            "lineStyle": {"color": ACCEPTED, "type": "solid", "width": 2, "opacity": 0.55},
            "data": lines,
        },
    }
    true = [] if truth is None else [_true(truth, theme)]
    waits += [] if truth is None else [wait for wait, _ in truth.curve]
    return frame(
        theme,
        [series, *true],
        {"name": "wait (seconds)", **decades(waits)},
        {"type": "value", "name": "accepted share", "min": 0, "max": 1},
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


def _true(truth: Truth, theme: Theme) -> Option:
    wait = truth.steady_wait
    label = _label(f"{wait:.4g} s true", theme) | {"position": "insideStartTop"}
    # A log axis has neither zero nor infinity.
    line = [{"xAxis": wait, "lineStyle": _dashes(TRUTH), "label": label}] if 0 < wait < math.inf else []
    return {
        "id": "truth",
        "name": "the truth",
        "type": "line",
        "dimensions": ["wait (s)", "accepted share"],
        "data": [[number(wait), number(share)] for wait, share in truth.curve],
        "showSymbol": False,
        "silent": True,
        "z": 4,
        "itemStyle": {"color": TRUTH},
        "lineStyle": {"color": TRUTH, "width": 2},
        "markLine": {"silent": True, "symbol": "none", "animation": False, "data": line},
    }


def _dashes(colour: str) -> Option:
    return {"color": colour, "type": "dashed", "width": 1.5, "opacity": 1}


def _label(words: str, theme: Theme) -> Option:
    return {"show": True, "formatter": words, "color": INK[theme], "position": "insideEndTop"}
