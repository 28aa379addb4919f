"""How strongly the attempts support each rule, and which of its parameters. Pure.

A rule that remains is a `Candidate`: never told without its support, and with a range for each parameter.

The support is a rule's marginal likelihood, its likelihood averaged over what its parameters might have been, as a
share of all (MacKay 2003, 'Information Theory', chapter 28). A share of the answers may have another reason, and is
averaged over too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from widgets.probe.evidence import told

from .families import FAMILIES, VARIANTS
from .features import Features
from .likelihood import Weight, another_rule, log_sum, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from widgets.model.attempt import Attempt

    from .families import Family
    from .features import Seen
    from .grid import Point
    from .rules import Rule


BORNE = {
    "minimum gap": 0.97,
    "minimum gap without reset": 0.9,
    "fixed window": 0.8,
    "token bucket": 0.77,
    "sliding window": 0.7,
    "penalty box": 0.55,
    "refusals at random": 0.6,
}
"""How much of a support its name bears: the rest is for rules that are not compared and look alike to a polite probe.

Two buckets in a row look like one, several nodes like a window, a ban that grows like a penalty box. Measured as the
share of right names among those that are likeliest by far, over 560 services of which a third have a rule that is none
of those compared (seeds from 46000000 and 47000000 on): right were 99 of 99, 35 of 37, 38 of 47, 58 of 74, 34 of 48 and
13 of 25, in the order of the names.
"""

NONE_SEEN = "none seen"

ANOTHER = "another rule"


class Parameter(NamedTuple):
    """A parameter of a rule: its best value, and the range that is consistent with the attempts."""

    name: str
    value: float
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        """'rate 0.48 to 0.52/s': the best value alone would say more than is known."""
        low, high = told(self.low), told(self.high)
        return f"{self.name} {low}{self.unit}" if low == high else f"{self.name} {low} to {high}{self.unit}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that may be the service's.

    Attributes:
        name: `minimum gap`, `minimum gap without reset`, `token bucket`, `fixed window`, `sliding window`,
            `penalty box`, `refusals at random`, `another rule` or `none seen`.
        parameters: Their values, where there are any.
        support: Its weight among all the rules that were compared, 0 to 1.
        explained: Attempts that it predicts, of `attempts`.
        attempts: Attempts that say something about pace.
        rules: Some of the rules within the ranges, the likelier ones more often, having seen all of the attempts.
    """

    name: str
    parameters: tuple[Parameter, ...]
    support: float
    explained: int
    attempts: int
    rules: tuple[Rule, ...] = ()

    @property
    def likeness(self) -> float:
        """The support among the named rules alone, 0 to 1: what more requests could still raise."""
        return self.support / BORNE.get(self.name, 1.0)

    def __str__(self) -> str:
        """'token bucket, burst 20, rate 0.48 to 0.52/s: support 93 %'."""
        if self.name == NONE_SEEN:
            return f"{NONE_SEEN}: all {self.attempts} were accepted, and nothing is known beyond them"
        if self.name == ANOTHER:
            return f"{ANOTHER}, none of those compared: {said(self.support)}"
        details = "".join(f", {each}" for each in self.parameters)
        return f"{self.name}{details}: {said(self.support)}, {self.explained} of {self.attempts} answers explained"


WORDED = 0.9
"""In words no more than this."""


def said(support: float) -> str:
    """The support in words, no more than its calibration bears.

    >>> said(0.42), said(0.999)
    ('support 42 %', 'support about 90 %')
    """
    if support >= WORDED:
        return f"support about {WORDED:.0%}".replace("%", " %")
    return f"support {max(1.0, support * 100):.0f} %"


UNLISTED = 0.2
"""How likely a rule that is none of the named ones was thought to be, for each of them."""

DOUBT = 0.35
"""What each answer that contradicts a rule takes from the log of its support, beyond what the likelihood took."""

FAULTY = 0.01
"""The share of refusals that have no reason, as services break down: these contradict no rule."""

CLOSE = 4.0
"""Parameters whose log likelihood is at most so much below the best are consistent with the attempts.

One answer more that is left unexplained costs about as much: a range allows for one.
"""

WORTH = 0.01
"""Support below this is not worth a mention."""

NEAR = 8.0
"""Points whose log likelihood is at most so much below the best may hide a better one nearby."""

FINER = 16
"""So many of them are cut finer, each time."""

TIMES = 2

SAMPLES = 6
"""Rules of a candidate that are asked what they expect next."""


class Tried(NamedTuple):
    """A point, what it explains, and the variant that it belongs to."""

    variant: Family
    point: Point
    weight: Weight

    @property
    def evidence(self) -> float:
        """The log of its part in the marginal likelihood."""
        return self.weight.log_likelihood + sum(math.log(cell.mass) for cell in self.point)

    def rule(self) -> Rule:
        """The rule at this point, which has seen nothing."""
        return self.variant.rule(*(cell.value for cell in self.point))


def identify(attempts: Iterable[Attempt]) -> tuple[Candidate, ...]:
    """Return the rules that remain, the best supported first; only those with a support of 1 % or more.

    Without a refusal there is one candidate, `none seen`, which says no more than that.

    >>> from widgets.model.attempt import Attempt
    >>> [str(each) for each in identify([Attempt(1, None, None, 0.0, 0.1, 200)])]
    ['none seen: all 1 were accepted, and nothing is known beyond them']
    """
    attempts = list(attempts)
    marks = Features.of(attempts)
    if all(each.accepted is not False for each in marks.seen):
        return (Candidate(NONE_SEEN, (), 1.0, marks.answers, marks.answers),)
    kinds: dict[str, list[Tried]] = defaultdict(list)
    for variant in VARIANTS:
        kinds[variant.name] += tried(variant, marks)
    evidence = {name: log_sum([each.evidence for each in kinds[name]]) for name in FAMILIES}
    evidence[ANOTHER] = another_rule(marks.seen) + math.log(UNLISTED)
    total = log_sum(evidence.values())
    support = _doubted({name: math.exp(each - total) for name, each in evidence.items()}, kinds, marks)
    found = [_candidate(kinds[name], support[name], marks) for name in FAMILIES if support[name] >= WORTH]
    if support[ANOTHER] >= WORTH:
        found.append(Candidate(ANOTHER, (), support[ANOTHER], 0, marks.answers))
    return tuple(sorted(found, key=lambda candidate: -candidate.support))


def _doubted(support: Mapping[str, float], kinds: Mapping[str, Sequence[Tried]], marks: Features) -> dict[str, float]:
    """The supports, with what contradicts a rule held for another one: a right rule is contradicted by faults alone.

    The likelihood takes each contradiction for a fault; where there are several, it is likelier that the rule is one
    that was not compared, and that the named one only resembles.
    """
    doubted = {}
    # A request that failed may have counted or not: what follows may be off by one.
    excused = FAULTY * marks.answers + len(marks.seen) - marks.answers
    for name, share in support.items():
        best = max((each.weight for each in kinds[name]), key=lambda each: each.log_likelihood, default=None)
        against = 0.0 if best is None else max(0.0, best.passed + best.refused - excused)
        doubted[name] = BORNE.get(name, 1.0) * share * math.exp(-DOUBT * against)
    doubted[ANOTHER] = 1.0 - sum(each for name, each in doubted.items() if name != ANOTHER)
    return doubted


def tried(variant: Family, marks: Features, times: int = TIMES) -> list[Tried]:
    """Weigh every point of a variant, and those near the best again in finer cells, so many `times`."""
    done = _weighed(variant, variant.points(marks), marks, -math.inf)
    for _ in range(times):
        best = max((each.weight.log_likelihood for each in done), default=0.0)
        done.sort(key=lambda each: -each.weight.log_likelihood)
        near = [each for each in done[:FINER] if each.weight.log_likelihood >= best - NEAR]
        finer = [point for each in near for point in product(*(cell.split() for cell in each.point))]
        done = done[len(near) :] + _weighed(variant, finer, marks, best)
    return done


def _weighed(variant: Family, points: Iterable[Point], marks: Features, best: float) -> list[Tried]:
    seen: Sequence[Seen] = variant.spacings(marks) if variant.spacings else marks.seen
    done = []
    for point in points:
        rule = variant.rule(*(cell.value for cell in point))
        if variant.spacings:
            rule.saw(0.0, accepted=True)
        weight = weigh(rule, seen, best, remembers=not variant.spacings)
        if weight is not None:
            best = max(best, weight.log_likelihood)
            done.append(Tried(variant, point, weight))
    return done


def _candidate(tried: Sequence[Tried], support: float, marks: Features) -> Candidate:
    best = max(tried, key=lambda each: each.weight.log_likelihood)
    near = [each for each in tried if each.weight.log_likelihood >= best.weight.log_likelihood - CLOSE]
    ranges = [each.variant.ranges(*each.point) for each in near]
    values = [value for value, *_ in best.variant.ranges(*best.point)]
    parameters = tuple(
        Parameter(name, values[i], min(each[i][1] for each in ranges), max(each[i][2] for each in ranges), unit)
        for i, (name, unit) in enumerate(best.variant.labels)
    )
    shown = weigh(best.rule(), marks.seen) or best.weight
    return Candidate(best.variant.name, parameters, support, shown.explained, marks.answers, _sample(tried, marks))


def _sample(tried: Sequence[Tried], marks: Features) -> tuple[Rule, ...]:
    """Rules at evenly spaced shares of the evidence, each having seen all of the attempts."""
    total = log_sum(each.evidence for each in tried)
    shares = [math.exp(each.evidence - total) for each in tried]
    rules, passed, place = [], 0.0, 0.5
    for each, share in zip(tried, shares, strict=True):
        passed += share * SAMPLES
        if passed > place:
            rule = each.rule()
            weigh(rule, marks.seen)
            rules.append(rule)
            place = math.floor(passed - 0.5) + 1.5
    return tuple(rules)
