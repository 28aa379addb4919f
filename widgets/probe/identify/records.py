"""What a rule says of a whole record at once, for speed. Pure.

A search weighs thousands of guesses by hundreds of answers. Asked and told one by one, as `rules` has it, most of that
time goes to calls; here the state of each rule is a few local numbers. Both say the same: a test compares them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .rules import DOUBT, GRAIN, Banned, Bucket, Counter, Gap, Late, Log, Steps, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .features import Seen
    from .rules import Rule

CERTAIN = 0.5
"""A rule that is certain says 0 or 1: what failed had been accepted where it says 1."""


def contradictions(rule: Rule, seen: Sequence[Seen]) -> Iterator[bool]:
    """Of each answer that a rule contradicts, in order, whether it was accepted.

    Args:
        rule: It says 0 or 1 of each request, has seen nothing, and is used up by this.
        seen: One request an entry; what failed counts as the rule would have it.

    >>> from .features import Seen
    >>> row = [Seen(0.0, True), Seen(0.5, True), Seen(1.0, None), Seen(1.2, False)]
    >>> list(contradictions(Bucket(rate=1.0, burst=1), row))
    [True]
    """
    return _WHOLE.get(type(rule), one_by_one)(rule, seen)


def one_by_one(rule: Rule, seen: Sequence[Seen]) -> Iterator[bool]:
    """The same of any such rule: it is asked of each request and told what became of it."""
    for now, accepted, _ in seen:
        serves = rule.chance(now) >= CERTAIN
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        rule.saw(now, accepted=served)


def chances(rule: Rule, seen: Iterable[Seen]) -> Iterator[float]:
    """How likely a rule finds each acceptance, where it remembers nothing more than it does now.

    >>> from .features import Seen
    >>> gap = Gap(1.0, 2.0, reset=True)
    >>> gap.saw(0.0, accepted=True)
    >>> [round(each, 3) for each in chances(gap, [Seen(0.5, False), Seen(2.0, False), Seen(4.0, True)])]
    [0.0, 0.5, 1.0]
    """
    if not isinstance(rule, Gap) or rule.noise <= 0:
        yield from (rule.chance(each.at) for each in seen)
        return
    last, gap, noise = rule.last, rule.gap, rule.noise
    for at, _, _ in seen:
        past = at - last - gap + GRAIN
        yield 0.0 if past <= 0 else min(1.0, past / noise)


def _bucket(rule: Bucket, seen: Sequence[Seen], ban: float = 0.0, growth: float = 1.0) -> Iterator[bool]:
    rate, burst, penalty, extends = rule.rate, rule.burst, rule.penalty, rule.extends
    tokens, at, until, opens = burst, seen[0].at if seen else 0.0, -math.inf, -math.inf
    one, less = 1 - GRAIN, 1 - 2 * GRAIN
    for now, accepted, _ in seen:
        shut = now < opens - GRAIN
        if shut and not accepted:
            continue
        if now > at:
            filled = tokens + rate * (now - at)
            tokens, at = burst if filled > burst else filled, now  # noqa: FURB136 - a call would cost as much as the rest
        serves = tokens >= one and now >= until - GRAIN and not shut
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served:
            tokens = tokens - 1 if tokens > 1 else 0.0
            continue
        if penalty and (extends or now >= until - GRAIN):
            until, tokens = now + penalty, burst
        elif not penalty and less < tokens < DOUBT:
            tokens = less
        if ban:
            opens = now + ban
            ban *= growth


def _banned(rule: Banned, seen: Sequence[Seen]) -> Iterator[bool]:
    whole = _BANNED.get(type(rule.within))
    return whole(rule.within, seen, rule.ban, rule.growth) if whole else one_by_one(rule, seen)


def _window(rule: Window, seen: Sequence[Seen]) -> Iterator[bool]:
    limit, window, phase = rule.limit, rule.window, rule.phase
    ends, used = -math.inf, 0
    for now, accepted, _ in seen:
        if now >= ends:
            start = now if phase is None else phase + math.floor((now - phase + GRAIN) / window) * window
            ends, used = start + window - GRAIN, 0
        serves = used < limit
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served:
            used += 1


def _log(rule: Log, seen: Sequence[Seen], ban: float = 0.0, growth: float = 1.0) -> Iterator[bool]:
    limit, window, counts_refused = rule.limit, rule.window - GRAIN, rule.counts_refused
    times: list[float] = []
    past = made = 0
    opens = -math.inf
    for now, accepted, _ in seen:
        shut = now < opens - GRAIN
        if shut and not accepted:
            continue
        while past < made and now - times[past] >= window:
            past += 1
        serves = made - past < limit and not shut
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served or counts_refused:
            times.append(now)
            made += 1
        if ban and not served:
            opens = now + ban
            ban *= growth


def _late(rule: Late, seen: Sequence[Seen], ban: float = 0.0, growth: float = 1.0) -> Iterator[bool]:
    limit, window, late = rule.limit, rule.window - GRAIN, rule.late - GRAIN
    times: list[float] = []
    past = counted = made = 0
    opens = -math.inf
    for now, accepted, _ in seen:
        shut = now < opens - GRAIN
        if shut and not accepted:
            continue
        while counted < made and now - times[counted] >= late:
            counted += 1
        while past < counted and now - times[past] >= window:
            past += 1
        serves = counted - past < limit and not shut
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served:
            times.append(now)
            made += 1
        if ban and not served:
            opens = now + ban
            ban *= growth


def _counter(rule: Counter, seen: Sequence[Seen]) -> Iterator[bool]:
    limit, window, phase = rule.limit, rule.window, rule.phase
    turns, start, ends = -math.inf, -math.inf, -math.inf
    current = previous = 0
    for now, accepted, _ in seen:
        if now >= ends and (turn := math.floor((now - phase + GRAIN) / window)) > turns:
            previous = current if turn == turns + 1 else 0
            current, turns = 0, turn
            start = phase - GRAIN + turn * window
            ends = start + window
        serves = previous * (1 - (now - start) / window) + current < limit
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served:
            current += 1


def _steps(rule: Steps, seen: Sequence[Seen]) -> Iterator[bool]:
    gained, window, most, phase = rule.gained, rule.window, rule.most, rule.phase
    left, turns, ends = -1, 0, -math.inf
    for now, accepted, _ in seen:
        if now >= ends:
            turn = math.floor((now - phase + GRAIN) / window)
            if left < 0:
                left, turns = most, turn
            left = min(most, left + gained * (turn - turns))
            turns, ends = turn, phase - GRAIN + (turn + 1) * window
        serves = left > 0
        served = serves if accepted is None else accepted
        if served is not serves:
            yield served
        if served:
            left = left - 1 if left > 0 else 0
        elif left < DOUBT:
            left = 0


_BANNED: dict[type, Callable[..., Iterator[bool]]] = {Bucket: _bucket, Log: _log, Late: _late}
"""Those that a ban may follow."""

_WHOLE = _BANNED | {Banned: _banned, Window: _window, Counter: _counter, Steps: _steps}
