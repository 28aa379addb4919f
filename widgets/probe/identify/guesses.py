"""Which parameters of each rule are worth a look: a grid around what the attempts themselves suggest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .rules import Bucket, Chance, Gap, Log, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .rules import Rule

SHORTEST = 1e-3
"""Seconds: no window and no ban is taken to be shorter."""

FINE = 24
"""Steps of a grid between two landmarks."""


class Seen(NamedTuple):
    """When a request was made, seconds, and whether it was accepted."""

    at: float
    accepted: bool


class Block(NamedTuple):
    """A run and the block after it: its start and length, the first and the last refusal, the next acceptance."""

    began: float
    accepted: int
    refused: float
    shut: float
    ended: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What the attempts suggest.

    Attributes:
        seen: All of them, in order.
        blocks: Where they were refused and accepted again.
        gaps: Sorted spacings since the last request at which one was refused, and at which one was accepted.
        open_gaps: The same since the last accepted request.
    """

    seen: tuple[Seen, ...]
    blocks: tuple[Block, ...]
    gaps: tuple[list[float], list[float]]
    open_gaps: tuple[list[float], list[float]]

    @classmethod
    def of(cls, seen: tuple[Seen, ...]) -> Landmarks:
        """Read them from what was seen."""
        gaps: tuple[list[float], list[float]] = ([], [])
        open_gaps: tuple[list[float], list[float]] = ([], [])
        served: float | None = None
        for last, this in pairwise(seen):
            served = last.at if last.accepted else served
            gaps[this.accepted].append(this.at - last.at)
            if served is not None:
                open_gaps[this.accepted].append(this.at - served)
        for each in (*gaps, *open_gaps):
            each.sort()
        return cls(seen, tuple(_blocks(seen)), gaps, open_gaps)


def _blocks(seen: Iterable[Seen]) -> Iterator[Block]:
    began, accepted, refused, shut = 0.0, 0, None, 0.0
    for at, ok in seen:
        if ok and refused is not None:
            yield Block(began, accepted, refused, shut, at)
            began, accepted, refused = at, 0, None
        if ok:
            began = began if accepted else at
            accepted += 1
        else:
            refused, shut = at if refused is None else refused, at


def _between(low: float, high: float, steps: int = FINE) -> list[float]:
    """A log grid from `low` to `high`, both included."""
    low = max(low, 1e-4)
    ratio = max(high, low * 1.0001) / low
    return [low * ratio ** (i / steps) for i in range(steps + 1)]


def _gap_grid(gaps: tuple[list[float], list[float]]) -> Iterator[tuple[float, float]]:
    """Gap and noise: exact just below each accepted spacing, and drawn anew between a low and a high bound.

    Where every accepted spacing is longer than every refused one, noise is possible all the same: it has not shown.
    """
    refused, accepted = gaps
    if not refused or not accepted:
        return
    yield from ((spacing, 0.0) for spacing in _between(refused[-1], max(accepted[0], refused[-1]), 4))
    yield from ((spacing, 0.0) for spacing in [spacing for spacing in accepted if spacing > refused[0]][:40])
    longest = max(accepted[0], refused[-1])
    for low in _between(0.4 * accepted[0], accepted[0], 16):
        for high in _between(max(low, refused[-1]), 1.6 * longest, 10):
            yield low, high - low


def _bucket_grid(marks: Landmarks) -> Iterator[tuple[float, float]]:
    """Rate and burst: the pace between two refusals is the rate's, and the first run tells the burst then.

    A bucket of one token is a minimum gap without reset, and no candidate of its own.
    """
    if not marks.blocks:
        return
    first = marks.blocks[0]
    paces = [(block.ended - block.refused) for block in marks.blocks]
    runs = [
        (later.refused - sooner.refused) / later.accepted for sooner, later in pairwise(marks.blocks) if later.accepted
    ]
    low, high = min(paces + runs), max(paces + runs)
    for interval in _between(0.5 * low, 1.5 * high, 3 * FINE):
        spent = first.accepted - (first.refused - first.began) / interval
        yield from ((1 / interval, max(2.0, round(spent) + extra)) for extra in (0.0, 1.0))


def _limits(marks: Landmarks) -> list[int]:
    """The longest runs, two requests or more: a window of one request is a minimum gap without reset."""
    return sorted({block.accepted for block in marks.blocks if block.accepted > 1}, reverse=True)[:4]


def _window_grid(marks: Landmarks) -> Iterator[tuple[int, float, float | None]]:
    """Limit, length and phase: cycles tell the length, and ends of blocks the phase."""
    limits = _limits(marks)
    for block in marks.blocks[:6]:
        for window in _between(max(block.shut - block.began, SHORTEST), block.ended - block.began, 8):
            yield from ((limit, window, None) for limit in limits)
            for end in _between(max(block.shut, SHORTEST), block.ended, 4):
                yield from ((limit, window, end) for limit in limits[:2])
    for sooner, later in pairwise(marks.blocks[:8]):
        for times in (1, 2):
            window = max((later.ended - sooner.ended) / times, SHORTEST)
            yield from ((limit, window, end) for limit in limits[:2] for end in _between(later.shut, later.ended, 4))


def _log_grid(marks: Landmarks) -> Iterator[tuple[int, float]]:
    """Limit and length: the oldest of `limit` requests leaves when a block ends."""
    limits = _limits(marks)
    for limit in limits:
        for block in marks.blocks[:8]:
            served = [at for at, ok in marks.seen if ok and at < block.refused]
            if len(served) >= limit:
                oldest = served[-limit]
                yield from (
                    (limit, window) for window in _between(max(block.shut - oldest, SHORTEST), block.ended - oldest, 8)
                )


def _box_grid(marks: Landmarks) -> Iterator[tuple[float, float, float]]:
    """Rate, burst and penalty: the longest blocks are the ban."""
    if not marks.blocks:
        return
    longest = max(marks.blocks, key=lambda block: block.ended - block.refused)
    bans = _between(max(longest.shut - longest.refused, SHORTEST), longest.ended - longest.refused, 6)
    accepted = marks.gaps[1]
    for interval in _between(0.5 * min(accepted, default=0.01), max(accepted, default=10.0), FINE):
        for block in marks.blocks[:2]:
            burst = max(1.0, round(block.accepted - (block.refused - block.began) / interval))
            yield from ((1 / interval, burst, ban) for ban in bans if ban > 2 * interval)


def _share_grid(marks: Landmarks) -> Iterator[tuple[float]]:
    yield (sum(accepted for _, accepted in marks.seen) / len(marks.seen),)


class Family(NamedTuple):
    """A kind of rule: how to build one, where to look, and what its parameters are called."""

    rule: Callable[..., Rule]
    grid: Callable[[Landmarks], Iterable[tuple[float | None, ...]]]
    labels: tuple[tuple[str, str], ...]


FAMILIES: dict[str, Family] = {
    "minimum gap": Family(
        lambda gap, noise: Gap(gap, noise, reset=True),
        lambda marks: _gap_grid(marks.gaps),
        (("gap", " s"), ("noise", " s")),
    ),
    "minimum gap without reset": Family(
        lambda gap, noise: Gap(gap, noise, reset=False),
        lambda marks: _gap_grid(marks.open_gaps),
        (("gap", " s"), ("noise", " s")),
    ),
    "token bucket": Family(Bucket, _bucket_grid, (("rate", "/s"), ("burst", ""))),
    "fixed window": Family(Window, _window_grid, (("limit", ""), ("window", " s"))),
    "sliding window": Family(Log, _log_grid, (("limit", ""), ("window", " s"))),
    "penalty box": Family(Bucket, _box_grid, (("rate", "/s"), ("burst", ""), ("penalty", " s"))),
    "refusals at random": Family(Chance, _share_grid, (("accepted share", ""),)),
}
