"""How strongly the attempts support each rule, and which of its parameters. Pure.

A rule that remains is a `Candidate`: never told without its support, and with a range for each parameter.

What speaks for a rule is its marginal likelihood, its likelihood averaged over what its parameters might have been
(MacKay 2003, 'Information Theory', chapter 28). A share of the answers may have another reason, and is averaged over
too. How much support that is, `calibration` has measured.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from widgets.model.quantity import as_percent, counted
from widgets.probe.evidence import told

from .calibration import ANOTHER, QUESTIONS, calibrated, told_apart
from .families import FAMILIES, VARIANTS
from .features import Features
from .likelihood import Weight, another_rule, log_sum, weigh, weigh_certain, weigh_spacings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.model.attempt import Attempt

    from .families import Family
    from .grid import Cell, Point
    from .rules import Rule


NONE_SEEN = "none seen"


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
            `penalty box`, `ban that doubles`, `refusals at random`, `another rule` or `none seen`.
        parameters: Their values, where there are any.
        support: Its weight among all the rules that were compared, 0 to 1.
        explained: Attempts that it predicts, of `attempts`.
        attempts: Attempts that say something about pace.
        rules: Some of the rules within the ranges, the likelier ones more often, having seen all of the attempts.
        likeness: The share of the marginal likelihood, less what contradicts it: what more requests could still raise.
        told: Whether the support may be said: else the attempts do not tell the rules apart, or nobody has measured how
            often such a name is right.
    """

    name: str
    parameters: tuple[Parameter, ...]
    support: float
    explained: int
    attempts: int
    rules: tuple[Rule, ...] = ()
    likeness: float = 0.0
    told: bool = True

    def __str__(self) -> str:
        """'token bucket, burst 20, rate 0.48 to 0.52/s: support 93 %'."""
        if self.name == NONE_SEEN:
            were = "was" if self.attempts == 1 else "were"
            return f"{NONE_SEEN}: of {counted(self.attempts, 'answer')} that {were} compared none was a refusal"
        support = f": {said(self.support)}" if self.told else ""
        if self.name == ANOTHER:
            return f"{ANOTHER}, none of those compared{support}"
        details = "".join(f", {each}" for each in self.parameters)
        explained = f"{self.explained} of {self.attempts} answers explained"
        return f"{self.name}{details}{support}{',' if self.told else ':'} {explained}"


WORDED = 0.9
"""In words no more than this."""


def said(support: float) -> str:
    """The support in words, no more than its calibration bears.

    >>> said(0.42), said(0.999)
    ('support 42 %', 'support about 90 %')
    """
    if support >= WORDED:
        return f"support about {as_percent(WORDED)}"
    return f"support {max(1.0, support * 100):.0f} %"


UNLISTED = 0.2
"""How likely a rule that is none of the named ones was thought to be, for each of them, before anything is calibrated.
"""

DOUBT = 0.35
"""What each answer that contradicts a rule takes from the log of its likeness, beyond what the likelihood took."""

FAULTY = 0.01
"""The share of refusals that have no reason, as services break down: these contradict no rule."""

CLOSE = 4.0
"""Parameters whose log likelihood is at most so much below the best are consistent with the attempts.

One answer more that is left unexplained costs about as much: a range allows for one.
"""

WORTH = 0.01
"""Support below this is not worth a mention."""

FEWEST = 8
"""Answers of which supports are said: how often they are right was measured on longer records than that."""

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
        return self.weight.log_likelihood + prior(self.point)

    def rule(self) -> Rule:
        """The rule at this point, which has seen nothing."""
        return self.variant.rule(*(cell.value for cell in self.point))


def identify(attempts: Iterable[Attempt], strategy: str = "identify") -> tuple[Candidate, ...]:
    """Return the rules that remain, the best supported first; only those with a support of 1 % or more.

    Without a refusal there is one candidate, `none seen`, which says no more than that. What a support is worth depends
    on what the attempts were made for: `strategy` names who made them.

    >>> from widgets.model.attempt import Attempt
    >>> [str(each) for each in identify([Attempt(1, None, None, 0.0, 0.1, 200)])]
    ['none seen: of 1 answer that was compared none was a refusal']
    """
    attempts = list(attempts)
    marks = Features.of(attempts)
    if all(each.accepted is not False for each in marks.seen):
        return (Candidate(NONE_SEEN, (), 1.0, marks.answers, marks.answers),)
    kinds: dict[str, list[Tried]] = defaultdict(list)
    for variant in VARIANTS:
        if variant.named:
            kinds[variant.name] += tried(variant, marks)
    evidence = {name: log_sum([each.evidence for each in kinds[name]]) for name in FAMILIES}
    guessed = another_rule(marks.seen)
    against = {name: _against(kinds[name], marks) for name in FAMILIES}
    support = calibrated(evidence, guessed, against, marks.answers, len(marks.blocks), strategy)
    total = log_sum([*evidence.values(), guessed + math.log(UNLISTED)])
    found = [
        replace(
            _candidate(kinds[name], support[name], marks),
            likeness=math.exp(evidence[name] - total - DOUBT * against[name]),
        )
        for name in FAMILIES
        if support[name] >= WORTH
    ]
    if support[ANOTHER] >= WORTH:
        found.append(Candidate(ANOTHER, (), support[ANOTHER], 0, marks.answers, likeness=support[ANOTHER]))
    return judged(sorted(found, key=lambda candidate: -candidate.support), strategy)


def judged(found: Iterable[Candidate], strategy: str) -> tuple[Candidate, ...]:
    """The candidates, the best first, with their supports only where these say something after that strategy."""
    found = tuple(found)
    best = max((each.support for each in found), default=0.0)
    enough = max((each.attempts for each in found), default=0) >= FEWEST
    return tuple(replace(each, told=each.told and enough and told_apart(best, strategy)) for each in found)


def doubts(found: Sequence[object], strategy: str) -> str:
    """Why no support is said of candidates, in words; empty where it is."""
    if all(getattr(each, "told", True) or getattr(each, "name", "") == NONE_SEEN for each in found):
        return ""
    if strategy in QUESTIONS:
        return "the answers do not tell them apart"
    return "how often such names are right was not measured for this strategy"


def _against(tried: Sequence[Tried], marks: Features) -> float:
    """How many answers contradict the best of them, beyond what faults explain: a right rule is contradicted by none.

    The likelihood takes each contradiction for a fault; where there are several, it is likelier that the rule is one
    that was not compared, and that the named one only resembles.
    """
    best = max((each.weight for each in tried), key=lambda each: each.log_likelihood, default=None)
    # A request that failed may have counted or not: what follows may be off by one.
    excused = FAULTY * marks.answers + len(marks.seen) - marks.answers
    return 0.0 if best is None else max(0.0, best.passed + best.refused - excused)


_MASS = attrgetter("mass")


def prior(point: Point) -> float:
    """The log of a point's share of what was thought possible before anything was seen."""
    return sum(map(math.log, map(_MASS, point)))


def tried(variant: Family, marks: Features, times: int = TIMES, known: float = -math.inf) -> list[Tried]:
    """Weigh every point of a variant, and those near the best again in finer cells, so many `times`.

    Points that explain hopelessly less than the best are left out, and those whose evidence is hopelessly below what is
    `known` to be reached elsewhere.
    """
    done = _weighed(variant, variant.points(marks), marks, -math.inf, known)
    for _ in range(min(times, variant.finer)):
        best = max((each.weight.log_likelihood for each in done), default=-math.inf)
        done.sort(key=lambda each: -each.weight.log_likelihood)
        near = [each for each in done[:FINER] if each.weight.log_likelihood >= best - NEAR]
        finer = [point for each in near for point in product(*(cell.split() for cell in each.point))]
        done = done[len(near) :] + _weighed(variant, finer, marks, best, known)
    return done


def _weighed(variant: Family, points: Iterable[Point], marks: Features, best: float, known: float) -> list[Tried]:
    spacings = variant.spacings(marks) if variant.spacings else ()
    answers = marks.answered(accepted=False), marks.answered(accepted=True)
    done = []
    for point in points:
        rule = variant.rule(*(cell.value for cell in point))
        reached = max(best, known - prior(point))
        if variant.spacings:
            rule.saw(0.0, accepted=True)
            weight = weigh_spacings(rule, spacings, reached)
        else:
            weight = weigh_certain(rule, marks.seen, answers, reached)
        if weight is not None:
            best = max(best, weight.log_likelihood)
            done.append(Tried(variant, point, weight))
    return done


def _candidate(tried: Sequence[Tried], support: float, marks: Features) -> Candidate:
    best = max(tried, key=lambda each: each.weight.log_likelihood)
    near = [each for each in tried if each.weight.log_likelihood >= best.weight.log_likelihood - CLOSE]
    ranges = [each.variant.ranges(*(map(_around, each.point) if each.variant.finer else each.point)) for each in near]
    values = [value for value, *_ in best.variant.ranges(*best.point)]
    parameters = tuple(
        Parameter(name, values[i], min(each[i][1] for each in ranges), max(each[i][2] for each in ranges), unit)
        for i, (name, unit) in enumerate(best.variant.labels)
    )
    shown = weigh(best.rule(), marks.seen)
    return Candidate(best.variant.name, parameters, support, shown.explained, marks.answers, _sample(tried, marks))


def _around(cell: Cell) -> Cell:
    """A cell and what is beside it: where it was cut out of a grid, a neighbour may fit in part."""
    width = cell.high - cell.low
    return cell._replace(low=max(0.0, cell.low - width), high=cell.high + width)


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
