"""Which limiter is it? The rules that remain consistent with the attempts, and how strongly each is supported. Pure.

Each rule is fitted by its likelihood over a grid that the attempts suggest, every answer being wrong with a small
probability (a fault, another client). The support is the Bayesian information criterion's weight (Schwarz 1978): a rule
with more parameters must explain more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from widgets.probe.attempt import Outcome

from .guesses import FAMILIES, Landmarks, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.probe.attempt import Attempt

    from .rules import Rule

RANDOM = "refusals at random"

WRONG = 0.01
"""The probability that a rule's certain prediction fails nevertheless."""

SPREAD = 4
"""Steps over the consistent parameters at which a candidate's other rules are taken."""

CLOSE = 2.0
"""Parameters whose log likelihood is at most so much below the best are consistent with the attempts."""

MOST = 0.99
"""Beyond this the rules that were not compared are the greater doubt."""

WORTH = 0.01
"""Support below this is not worth a mention."""


class Parameter(NamedTuple):
    """A parameter of a rule: its best value, and the range that is consistent with the attempts."""

    name: str
    value: float
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        """'rate 0.48 to 0.52/s': the best value alone would say more than is known."""
        low, high = f"{self.low:.3g}", f"{self.high:.3g}"
        return f"{self.name} {low}{self.unit}" if low == high else f"{self.name} {low} to {high}{self.unit}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that may be the service's.

    Attributes:
        name: `minimum gap`, `minimum gap without reset`, `token bucket`, `fixed window`, `sliding window`,
            `penalty box`, `refusals at random` or `none seen`.
        parameters: Their values, where there are any.
        support: Its weight among all the rules that were compared, 0 to 1.
        explained: Attempts that it predicts, of `attempts`.
        attempts: Attempts that say something about pace.
        rules: The fitted rule and others over the consistent ranges, having seen all of them.
    """

    name: str
    parameters: tuple[Parameter, ...]
    support: float
    explained: int
    attempts: int
    rules: tuple[Rule, ...]

    def __str__(self) -> str:
        """'token bucket, burst 20, rate 0.48 to 0.52/s: support 93 %'."""
        details = "".join(f", {each}" for each in self.parameters)
        return f"{self.name}{details}: {said(self.support)}, {self.explained} of {self.attempts} answers explained"


def said(support: float) -> str:
    """The support in words: only the rules that were compared are in it, so that it is never all or nothing."""
    return "support over 99 %" if support > MOST else f"support {support * 100:.0f} %"


def identify(attempts: Iterable[Attempt]) -> tuple[Candidate, ...]:
    """Return the rules that remain, the best supported first; only those with a support of 1 % or more.

    Without a refusal there is one candidate, `none seen`, which says no more than that.
    """
    seen = tuple(
        Seen(attempt.started, attempt.outcome is Outcome.ACCEPTED)
        for attempt in attempts
        if attempt.outcome is not Outcome.FAILED
    )
    if all(each.accepted for each in seen):
        return (Candidate("none seen", (), 1.0, len(seen), len(seen), ()),)
    landmarks = Landmarks.of(seen)
    fits = [_fit(name, landmarks) for name in FAMILIES]
    best = max(score for score, _ in fits)
    weights = [math.exp(score - best) for score, _ in fits]
    total = sum(weights)
    found = [
        _supported(candidate, weight / total)
        for weight, (_, candidate) in zip(weights, fits, strict=True)
        if weight / total >= WORTH
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.support))


def _fit(name: str, landmarks: Landmarks) -> tuple[float, Candidate]:
    """The best of one family: its score, and the candidate without its support."""
    family = FAMILIES[name]
    grid = list(dict.fromkeys(family.grid(landmarks)))
    if not grid:
        return -math.inf, Candidate(name, (), 0.0, 0, len(landmarks.seen), ())
    tried = [(_log_likelihood(family.rule(*values), landmarks.seen), values) for values in grid]
    best, values = max(tried, key=lambda each: each[0])
    near = [close for score, close in tried if score >= best - CLOSE]
    parameters = tuple(
        _parameter(label, unit, values[i], [each[i] for each in near], [each[i] for each in grid])
        for i, (label, unit) in enumerate(family.labels)
    )
    spread = sorted(near, key=lambda each: tuple(value or 0.0 for value in each))
    rules = tuple(
        family.rule(*each) for each in (values, *(spread[i * (len(spread) - 1) // SPREAD] for i in range(SPREAD + 1)))
    )
    explained, *_ = [sum(_replay(rule, landmarks.seen)) for rule in rules]
    score = best - 0.5 * len(family.labels) * math.log(len(landmarks.seen))
    return score, Candidate(name, parameters, 0.0, explained, len(landmarks.seen), rules)


def _parameter(
    name: str, unit: str, value: float | None, near: list[float | None], grid: list[float | None]
) -> Parameter:
    """A parameter and its range; one that is `None` is left free, and has no label.

    What lies between the last value of the grid that fits and the first that does not was not tried: the range goes up
    to that one.
    """
    known = [each for each in (value, *near) if each is not None]
    least, most = min(known), max(known)
    tried = sorted({each for each in grid if each is not None})
    low = max((each for each in tried if each < least), default=least)
    high = min((each for each in tried if each > most), default=most)
    return Parameter(name, known[0], low, high, unit)


def _supported(candidate: Candidate, support: float) -> Candidate:
    return replace(candidate, support=support)


def _log_likelihood(rule: Rule, seen: tuple[Seen, ...]) -> float:
    total = 0.0
    for at, accepted in seen:
        chance = min(1 - WRONG, max(WRONG, rule.chance(at)))
        total += math.log(chance if accepted else 1 - chance)
        rule.saw(at, accepted=accepted)
    return total


def _replay(rule: Rule, seen: tuple[Seen, ...]) -> Iterable[bool]:
    """Show the rule what was seen; yields whether it would have guessed each."""
    for at, accepted in seen:
        yield (rule.chance(at) >= 0.5) == accepted  # noqa: PLR2004 - more likely than not
        rule.saw(at, accepted=accepted)
