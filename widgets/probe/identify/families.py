"""The kinds of rules that are compared, in all their variants, and how their parameters are told. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from .features import Features, Seen
from .grid import (
    banned_points,
    box_points,
    bucket_points,
    counter_points,
    doubling_points,
    gaps_points,
    log_points,
    shares_points,
    window_points,
)
from .late import late_banned_points, late_points, late_wait
from .rules import Banned, Bucket, Chance, Counter, Gap, Late, Log, Steps, Tiers, Window
from .steps import step_points
from .tiers import tier_points, window_tier_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .grid import Cell, Point
    from .rules import Rule


Range = tuple[float, float, float]
"""A value, and between which others it lies."""


def _noisy(least: Cell, most: Cell) -> tuple[Range, Range]:
    if not most.high:
        return (least.value, least.low, least.high), (0.0, 0.0, 0.0)
    noise = max(0.0, most.value - least.value), max(0.0, most.low - least.high), most.high - least.low
    return (least.value, least.low, least.high), noise


def _as_they_are(*cells: Cell) -> tuple[Range, ...]:
    return tuple((cell.value, cell.low, cell.high) for cell in cells)


def _per_second(interval: Cell, *rest: Cell) -> tuple[Range, ...]:
    return (1 / interval.value, 1 / interval.high, 1 / interval.low), *_as_they_are(*rest)


class Family(NamedTuple):
    """A kind of rule in one of its variants.

    Attributes:
        name: Of the kind.
        rule: Builds one, which has seen nothing, from the values of a point's cells.
        points: Where to look.
        labels: The names and units of its parameters.
        ranges: The value and the range of each, from a point's cells.
        spacings: All that such a rule sees of the attempts, where it knows spacings alone.
        steady: The wait in seconds that it sustains, from the cells' values; `None` where no search asks for it.
        named: Whether it is one of those that are told by name, or only helps to say what wait is sustained.
        finer: How often the likely points are cut finer; 0 where they lie between the edges of the answers anyway.
    """

    name: str
    rule: Callable[..., Rule]
    points: Callable[[Features], Iterable[Point]]
    labels: tuple[tuple[str, str], ...]
    ranges: Callable[..., Sequence[Range]] = _as_they_are
    spacings: Callable[[Features], list[Seen]] | None = None
    steady: Callable[..., float] | None = None
    finer: int = 0
    named: bool = True


def _window(limit: float, window: float, phase: float) -> Window:
    return Window(int(limit), window, None if math.isnan(phase) else phase)


def _log(limit: float, window: float, counts_refused: float) -> Log:
    return Log(int(limit), window, counts_refused=bool(counts_refused))


def _two_counts(far: Callable[..., Rule], points: Callable[[Features], Iterable[Point]]) -> Family:
    """A bucket that is met first, and a far count behind it."""
    return Family(
        "two counts",
        lambda interval, burst, *rest: Tiers(Bucket(1 / interval, burst), far(*rest)),
        points,
        (("rate", "/s"), ("burst", ""), ("limit", ""), ("window", " s")),
        _per_second,
        steady=lambda interval, _, limit, window, *__: max(interval, window / limit),
        named=False,
    )


DRAWN = " s, drawn anew each time"

VARIANTS = (
    Family(
        "minimum gap",
        lambda least, most: Gap(least, max(0.0, most - least), reset=True),
        lambda marks: gaps_points(marks.gaps),
        (("gap", " s"), ("noise", DRAWN)),
        _noisy,
        lambda marks: Features.alike(marks.gaps),
        max,
        finer=2,
    ),
    Family(
        "minimum gap without reset",
        lambda least, most: Gap(least, max(0.0, most - least), reset=False),
        lambda marks: gaps_points(marks.open_gaps),
        (("gap", " s"), ("noise", DRAWN)),
        _noisy,
        lambda marks: Features.alike(marks.open_gaps),
        max,
        finer=2,
    ),
    Family(
        "token bucket",
        lambda interval, burst: Bucket(1 / interval, burst),
        bucket_points,
        (("rate", "/s"), ("burst", "")),
        _per_second,
        steady=lambda interval, *_: interval,
    ),
    Family(
        "fixed window",
        _window,
        window_points,
        (("limit", ""), ("window", " s")),
        steady=lambda limit, window, *_: window / limit,
        finer=2,
    ),
    Family(
        "sliding window",
        _log,
        log_points,
        (("limit", ""), ("window", " s")),
        steady=lambda limit, window, *_: window / limit,
    ),
    Family(
        "sliding window",
        lambda limit, *rest: Counter(int(limit), *rest),
        counter_points,
        (("limit", ""), ("window", " s")),
        steady=lambda limit, window, *_: window / limit,
        finer=2,
    ),
    Family(
        "penalty box",
        lambda interval, burst, penalty, extends: Bucket(1 / interval, burst, penalty, extends=bool(extends)),
        box_points,
        (("rate", "/s"), ("burst", ""), ("penalty", " s")),
        _per_second,
        steady=lambda interval, *_: interval,
    ),
    Family(
        "sliding window with a ban",
        lambda limit, window, penalty: Banned(Log(int(limit), window), penalty),
        banned_points,
        (("limit", ""), ("window", " s"), ("penalty", " s")),
        steady=lambda limit, window, *_: window / limit,
        named=False,  # how often that name would be right was not measured
    ),
    Family(
        "counts that come late",
        lambda limit, *rest: Late(int(limit), *rest),
        late_points,
        (("limit", ""), ("window", " s"), ("late", " s")),
        steady=late_wait,
        named=False,
    ),
    Family(
        "counts that come late, with a ban",
        lambda limit, window, late, ban: Banned(Late(int(limit), window, late), ban),
        late_banned_points,
        (("limit", ""), ("window", " s"), ("late", " s"), ("penalty", " s")),
        steady=late_wait,
        named=False,
    ),
    Family(
        "refill in steps",
        lambda gained, window, most, phase: Steps(int(gained), window, int(most), phase),
        step_points,
        (("step", " tokens"), ("window", " s"), ("burst", "")),
        steady=lambda gained, window, *_: window / gained,
        finer=2,
        named=False,
    ),
    _two_counts(_log, tier_points),
    _two_counts(_window, window_tier_points),
    Family(
        "ban that doubles",
        lambda interval, burst, ban: Banned(Bucket(1 / interval, burst), ban, growth=2.0),
        doubling_points,
        (("rate", "/s"), ("burst", ""), ("first ban", " s")),
        _per_second,
        steady=lambda interval, *_: interval,
    ),
    Family(
        "refusals at random",
        Chance,
        shares_points,
        (("accepted share", ""),),
        spacings=lambda marks: [Seen(0.0, answer, marks.answered(accepted=answer)) for answer in (False, True)],
    ),
)

FAMILIES = tuple(dict.fromkeys(variant.name for variant in VARIANTS if variant.named))
"""The names of the kinds, each in one variant or more."""
