"""The share of accepted requests against the wait, with what is known of it at each."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Attempt, Goal, Outcome
from widgets.model.quantity import as_wait, percent_number, rounded_wait, wait_number
from widgets.probe.evidence import interval

from .theme import Option, colour, mark_series, number, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .theme import Span


NEAR = 0.01
"""Waits that differ by less, in parts of the shorter, are one wait."""
MOST = 40
"""Shares that are drawn; with more of them the marks hide each other, so that nearer waits are one."""
STEP = 1.25
"""By which the width of their bins grows."""
BLOCK = 3
"""Shares to a series: one attempt changes one share, and with it no more than these travel."""


@dataclass(frozen=True, slots=True)
class Share:
    """What was seen at about one wait: `accepted` of `asked`, and the exact interval (low, high) for the share.

    It was seen at waits from `low_wait` to `high_wait`, most often at `wait`.
    """

    wait: float
    accepted: int
    asked: int
    low: float
    high: float
    low_wait: float
    high_wait: float

    @property
    def words(self) -> str:
        """`9 of 10 at 0.5 s`; where waits that are told apart are one, from where to where."""
        low, high = as_wait(self.low_wait), as_wait(self.high_wait)
        apart = self.high_wait > self.low_wait * (1 + NEAR)
        return f"{self.accepted} of {self.asked} at {f'{low} to {high}' if apart else as_wait(self.wait)}"


def shares(attempts: Iterable[Attempt], confidence: float, near: float = NEAR) -> list[Share]:
    """The attempts by their wait; those without a wait or without evidence are left out.

    Waits within `near` of the shortest of them are one bin: its counts are pooled, and the interval is that of the
    pooled counts. It stands at the wait that was asked for most often, rounded as it is everywhere.
    """
    counted = Shares(confidence, near)
    counted.extend(attempts)
    return counted.all()


class Shares:
    """The same, as attempts are added: one more at a known wait changes one share, and only that is worked out.

    >>> counted = Shares(0.95)
    >>> counted.extend(Attempt(n, 0.5, 0.5, n * 0.5, 0.01, 200 if n > 1 else 503) for n in (1, 2, 3))
    >>> [(share.wait, share.accepted, share.asked) for share in counted.all()]
    [(0.5, 2, 3)]
    """

    def __init__(self, confidence: float, near: float = NEAR) -> None:
        self._confidence, self.near = confidence, near
        self._asked: Counter[float] = Counter()
        self._accepted: Counter[float] = Counter()
        self._firsts: list[float] = []
        self._bins: list[list[float]] = []
        self._shares: list[Share | None] = []
        self.length = 0

    def add(self, attempt: Attempt) -> None:
        """Take in an attempt."""
        known = self._count(attempt)
        if known is None:
            return
        at = bisect.bisect_right(self._firsts, known) - 1
        if at >= 0 and known <= self._firsts[at] * (1 + self.near):
            if self._asked[known] == 1:
                bisect.insort(self._bins[at], known)
            self._shares[at] = None
        else:
            self._sort()

    def extend(self, attempts: Iterable[Attempt]) -> None:
        """Take in many at once."""
        for attempt in attempts:
            self._count(attempt)
        self._sort()

    def all(self) -> list[Share]:
        """The shares, waits rising."""
        found = []
        for at, share in enumerate(self._shares):
            known = share or self._pooled(self._bins[at])
            self._shares[at] = known
            found.append(known)
        return found

    def _count(self, attempt: Attempt) -> float | None:
        self.length += 1
        if not attempt.wait or attempt.outcome is Outcome.FAILED:
            return None
        self._asked[attempt.wait] += 1
        self._accepted[attempt.wait] += attempt.outcome is Outcome.ACCEPTED
        return attempt.wait

    def _sort(self) -> None:
        """A wait that is in no bin begins one, and may shift those behind it."""
        bins: list[list[float]] = []
        for wait in sorted(self._asked):
            if not bins or wait > bins[-1][0] * (1 + self.near):
                bins.append([])
            bins[-1].append(wait)
        self._bins, self._firsts, self._shares = bins, [waits[0] for waits in bins], [None] * len(bins)

    def _pooled(self, waits: Sequence[float]) -> Share:
        good, n = sum(self._accepted[wait] for wait in waits), sum(self._asked[wait] for wait in waits)
        bounds = interval(good, n, self._confidence)
        usual = max(waits, key=lambda wait: self._asked[wait])
        return Share(rounded_wait(usual), good, n, *bounds, waits[0], waits[-1])


class Drawn:
    """The shares that are drawn: all of them, or, where they are too many, those of waits that are further apart."""

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence
        self._attempts: list[Attempt] = []
        self._fine = Shares(confidence)
        self._coarse: Shares | None = None

    @property
    def length(self) -> int:
        """Attempts that were taken in."""
        return len(self._attempts)

    def extend(self, attempts: Sequence[Attempt]) -> None:
        """Take in more attempts."""
        self._attempts += attempts
        for each in (self._fine, self._coarse):
            if each is not None and len(attempts) > MOST:
                each.extend(attempts)
            elif each is not None:
                for attempt in attempts:
                    each.add(attempt)

    def all(self) -> list[Share]:
        """Every share, waits rising."""
        return self._fine.all()

    def drawn(self) -> list[Share]:
        """No more than `MOST` of them."""
        found = self._fine.all()
        if len(found) <= MOST:
            return found
        # Bins of this width, one beside the other, reach from the shortest wait to the longest; it grows in steps, so
        # that one more wait seldom shifts them all.
        near = (found[-1].high_wait / found[0].low_wait) ** (1 / (MOST - 1)) - 1
        near = STEP ** math.ceil(math.log(near, STEP))
        if self._coarse is None or self._coarse.near != near:
            self._coarse = Shares(self._confidence, near)
            self._coarse.extend(self._attempts)
        return self._coarse.all()


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


def acceptance_series(seen: Sequence[Share], goal: Goal, span: Span, truth: Truth | None = None) -> list[Option]:
    """What the right half holds: a point and an exact interval per wait, the goal as a line.

    The truth, where it was revealed, is laid over them.
    """
    enough = 1 - goal.refusal_rate
    most = max(seen, key=lambda share: share.asked, default=None)
    words = f"goal {percent_number(enough)}\xa0%"
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
    blocks = [seen[start : start + BLOCK] for start in range(0, len(seen), BLOCK)]
    drawn = [part for at, block in enumerate(blocks) for part in _block(at, block, enough)]
    return [goal_line, *drawn, _counts(most), _true(truth, span), _true_wait(truth)]


def described_shares(seen: Sequence[Share], truth: Truth | None = None) -> str:
    """The view in a sentence, for those who do not see it."""
    true = (
        ""
        if truth is None
        else f" The true curve is drawn over them; the true steady wait: {wait_number(truth.steady_wait)} s."
        if truth.steady_wait < math.inf
        else " The true curve is drawn over them; no wait is long enough."
    )
    if not seen:
        return f"Nothing was asked at any wait yet.{true}"
    parts = ", ".join(_words(each) for each in seen[-12:])
    return f"Accepted requests by wait, the longest waits last: {parts}.{true}"


@lru_cache(maxsize=1024)
def _words(share: Share) -> str:
    return share.words


def _block(at: int, seen: Sequence[Share], enough: float) -> list[Option]:
    """Points with their intervals behind them."""
    right = {"xAxisIndex": 1, "yAxisIndex": 1}
    intervals = {
        "id": f"intervals/{at}",
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        **right,
        "silent": True,
        "z": 2,
        "symbol": "none",
        "lineStyle": {"width": 3, "opacity": 0.4, "type": "solid"},
        "data": [_interval(each, enough) for each in seen],
    }
    points = {
        "id": f"shares/{at}",
        "type": "scatter",
        **right,
        "z": 6,
        "dimensions": ["share", "place", "told"],
        "encode": {"x": 0, "y": 1, "itemName": 2, "tooltip": [2]},
        "emphasis": {"disabled": True},
        "symbolSize": 8,
        "itemStyle": {"opacity": 1},
        "data": [_point(each, enough) for each in seen],
    }
    return [intervals, points]


@lru_cache(maxsize=1024)
def _interval(each: Share, enough: float) -> Option:
    height = place(each.wait)
    ends = [[number(each.low * 100), height], [number(each.high * 100), height]]
    return {"coords": ends, "lineStyle": {"color": colour(kind_of(each, enough).token)}}


@lru_cache(maxsize=1024)
def _point(each: Share, enough: float) -> Option:
    kind = kind_of(each, enough)
    bounds = " to ".join(percent_number(share, 3) for share in (each.low, each.high))
    told = f"{each.words.replace(' at ', ' accepted at ', 1)}; {bounds} %"
    value = [number(each.accepted / each.asked * 100), place(each.wait), told]
    return {"value": value, "symbol": kind.symbol, "itemStyle": {"color": colour(kind.token)}}


def _counts(most: Share | None) -> Option:
    """The counts of the share that is known best, in words beside it."""
    shown = most is not None and most.asked > 1
    data = [[number(most.accepted / most.asked * 100), place(most.wait)]] if most and shown else []
    return {
        "id": "counts",
        "type": "scatter",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "z": 6,  # a line of a series, as that of the goal, lies at 5 whatever is said of it
        "silent": True,
        "symbol": "circle",
        "symbolSize": 0,
        # What was accepted crowds at the goal: its words have room before it.
        "label": {
            "show": True,
            "formatter": f"{most.accepted}/{most.asked}" if most else "",
            "position": "top",
            "distance": 9,
            "color": colour("ink"),
            "fontSize": 12,
            "fontWeight": 600,
            "align": "right",
            "backgroundColor": colour("surface"),
            "borderRadius": 4,
            "padding": [1, 4],
        },
        "data": data,
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
