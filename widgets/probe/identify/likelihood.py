"""How well one guess explains what was seen, whatever share of the answers had another reason; and how well none. Pure.

What no named rule explains is left to a predictor that knows no rule: it is the measure that each of them must beat.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .records import chances, contradictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .features import Seen
    from .rules import Rule


FAULTS = ((0.002, 0.002), (0.01, 0.005), (0.03, 0.01), (0.12, 0.02))
"""Shares of the requests that a rule lets pass and are refused (a fault, other clients), and the other way round.

Each pair is as likely as the others: a share that is estimated would favour the rule that it is estimated for.
"""

LEAST = -math.log(max(max(pair) for pair in FAULTS))
"""What an answer that a rule excludes takes from the log likelihood at least."""

HOPELESS = 15.0
"""A log likelihood so much below the best is not worth its computation."""


LIKELY = 0.5


class Weight(NamedTuple):
    """The log likelihood of a guess, how many of the answers it would have guessed, and what contradicts it.

    `refused` and `passed` are answers that it excludes: refusals of what it lets pass, and the other way round.
    """

    log_likelihood: float
    explained: int
    refused: int = 0
    passed: int = 0


def weigh(rule: Rule, seen: Iterable[Seen]) -> Weight:
    """Show the rule what was seen, and weigh it."""
    allowed, forbidden = [0, 0], [0, 0]
    unsure: list[tuple[float, bool, int]] = []
    for at, accepted, times in seen:
        chance = rule.chance(at)
        if accepted is None:
            rule.saw(at, accepted=chance >= LIKELY)
            continue
        if chance >= 1:
            allowed[accepted] += times
        elif chance <= 0:
            forbidden[accepted] += times
        else:
            unsure.append((chance, accepted, times))
        rule.saw(at, accepted=accepted)
    return _weight(allowed, forbidden, unsure)


def weigh_spacings(rule: Rule, spacings: Iterable[Seen], best: float = -math.inf) -> Weight | None:
    """Weigh a rule that is asked about each time alike; `None` once it must end `HOPELESS` below `best`."""
    allowed, forbidden = [0, 0], [0, 0]
    unsure: list[tuple[float, bool, int]] = []
    left = HOPELESS - best
    for (_, served, times), chance in zip(spacings, chances(rule, spacings), strict=True):
        accepted = bool(served)
        if chance >= 1:
            allowed[accepted] += times
            left -= 0 if accepted else LEAST * times
        elif chance <= 0:
            forbidden[accepted] += times
            left -= LEAST * times if accepted else 0
        else:
            unsure.append((chance, accepted, times))
            left -= min(LEAST, -math.log(chance if accepted else 1 - chance)) * times
        if left < 0:
            return None
    return _weight(allowed, forbidden, unsure)


def weigh_certain(rule: Rule, seen: Sequence[Seen], answers: tuple[int, int], best: float) -> Weight | None:
    """Weigh a rule that is certain of each answer; `None` once it must end `HOPELESS` below `best`.

    Args:
        rule: It has seen nothing, and is used up by this.
        seen: One request an entry.
        answers: How many of them were refused, and accepted.
        best: A log likelihood.
    """
    left = HOPELESS - best
    if left < 0:
        return None
    against = [0, 0]
    for accepted in contradictions(rule, seen):
        left -= LEAST
        if left < 0:
            return None
        against[accepted] += 1
    return _certain(answers[0] - against[0], answers[1] - against[1], *against)


@lru_cache(4096)
def _certain(refused: int, accepted: int, allowed: int, forbidden: int) -> Weight:
    """By how many refusals and acceptances it explains, and how many it does not: few of these differ in a search."""
    return _weight((allowed, accepted), (refused, forbidden), ())


def _weight(allowed: Sequence[int], forbidden: Sequence[int], unsure: Sequence[tuple[float, bool, int]]) -> Weight:
    guessed = sum(times for chance, accepted, times in unsure if (chance >= LIKELY) == accepted)
    return Weight(_mixed(allowed, forbidden, unsure), allowed[1] + forbidden[0] + guessed, allowed[0], forbidden[1])


def _mixed(allowed: Sequence[int], forbidden: Sequence[int], unsure: Sequence[tuple[float, bool, int]]) -> float:
    each = []
    for refused, passed in FAULTS:
        total = allowed[1] * math.log1p(-refused) + allowed[0] * math.log(refused)
        total += forbidden[0] * math.log1p(-passed) + forbidden[1] * math.log(passed)
        for chance, accepted, times in unsure:
            served = chance * (1 - refused) + (1 - chance) * passed
            total += math.log(served if accepted else 1 - served) * times
        each.append(total)
    return log_sum(each) - math.log(len(FAULTS))


def log_sum(logs: Iterable[float]) -> float:
    """The log of a sum whose terms are given as logs."""
    logs = list(logs)
    most = max(logs, default=-math.inf)
    if most == -math.inf:
        return most
    return most + math.log(sum(math.exp(each - most) for each in logs))


def another_rule(seen: Sequence[Seen]) -> float:
    """The log likelihood of a predictor that learns an acceptance for each last outcome and octave of the spacing.

    By the rule of Krichevsky and Trofimov (1981): half an acceptance and half a refusal are known of each before. Where
    it does better than every named rule, none of them is the service's.
    """
    answers = [each for each in seen if each.accepted is not None]
    counts: defaultdict[tuple[bool | None, int], list[float]] = defaultdict(lambda: [0.5, 0.5])
    total = 0.0
    for last, this in pairwise(answers):
        count = counts[last.accepted, math.floor(math.log2(max(1e-4, this.at - last.at)))]
        total += math.log(count[bool(this.accepted)] / sum(count))
        count[bool(this.accepted)] += 1
    return total
