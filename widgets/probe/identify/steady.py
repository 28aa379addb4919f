"""How long to wait, by all the rules that are compared together: a distribution over the steady wait. Pure.

Each rule and each of its parameters that the attempts leave possible has a wait that it sustains; their shares of the
evidence are how likely each wait is (Bayesian model averaging: Hoeting et al. 1999).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from .families import VARIANTS
from .features import Features
from .fit import UNLISTED, tried
from .likelihood import another_rule, log_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from widgets.model.attempt import Attempt

    from .fit import Tried


FINER = 1
"""How often the likely parameters are cut finer: a search needs no third digit, and asks often."""


NOTHING = 1e-6
"""A rule with no more than this share may be any of those that it stands for."""

LATER = 0.8
"""With this probability the wait that follows one that was too short is long enough."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A distribution over the steady wait.

    Attributes:
        waits: Pairs of a wait in seconds and its share, the shortest first; the shares are 1 in all.
        doubt: How likely a rule is that is none of those compared, 0 to 1.
        longest: The same pairs with the longest wait of the rules that each of them stands for, the shortest first.

    >>> Belief(((1.0, 0.25), (2.0, 0.75)), 0.0).quantile(0.5)
    2.0
    """

    waits: tuple[tuple[float, float], ...]
    doubt: float
    longest: tuple[tuple[float, float], ...] = ()

    def quantile(self, share: float) -> float:
        """The shortest wait that is long enough with this probability, if one of the rules is the service's."""
        return _quantile(self.waits, share)

    def bound(self, share: float) -> float:
        """The same, where each rule may be any of those that one stands for: what the answers tell no more apart."""
        return _quantile(self.longest or self.waits, share)

    def beyond(self, low: float) -> Belief | None:
        """The same where waits up to `low` seconds were seen to be too short; `None` where nothing else was believed.

        Another rule than those compared is the likelier, the less of what they say is left.

        >>> rest = Belief(((1.0, 0.25), (2.0, 0.75)), 0.1).beyond(1.0)
        >>> rest.waits, round(rest.doubt, 3)
        (((2.0, 1.0),), 0.129)
        """
        waits, longest = (tuple(pair for pair in pairs if pair[0] > low) for pairs in (self.waits, self.longest))
        left = math.fsum(part for _, part in waits)
        if not left:
            return None
        doubt = self.doubt / (self.doubt + (1 - self.doubt) * left)
        also = math.fsum(part for _, part in longest)
        return Belief(
            tuple((wait, part / left) for wait, part in waits),
            doubt,
            tuple((wait, part / also) for wait, part in longest),
        )

    def cheapest(self, low: float, proof: float, lost: float, block: float) -> float:
        """The wait in seconds that is worth a try: what is expected to be spent by it until one is shown is least.

        Args:
            low: Seconds that are too short for certain.
            proof: Requests that show a wait.
            lost: Requests that are lost where the wait is too short.
            block: Seconds that such a refusal costs besides.

        A wait that is too short is taken to be followed by one that is long enough in four cases of five (a dynamic
        programme of one step; the newsvendor's problem, Arrow, Harris and Marschak 1951, with a price that grows).

        >>> either = Belief(((1.0, 0.5), (2.0, 0.5)), 0.0)
        >>> either.cheapest(0.0, 78, 20, block=0.0), either.cheapest(0.0, 78, 20, block=100.0)
        (1.0, 2.0)
        """
        rest = [(wait, part) for wait, part in self.waits if wait > low] or [self.waits[-1]]
        total = sum(part for _, part in rest)
        passed = reached = 0.0
        best, later = (math.inf, rest[-1][0]), -1
        for wait, part in rest:
            passed += part / total
            while later + 1 < len(rest) and reached < passed + LATER * (1 - passed):
                later += 1
                reached += rest[later][1] / total
            fails = max(0.0, 1 - passed)
            cost = proof * wait * passed + fails * (block + lost * wait + proof * rest[later][0])
            best = min(best, (cost, wait))
        return best[1]


def _quantile(waits: Sequence[tuple[float, float]], share: float) -> float:
    passed = 0.0
    for wait, part in waits:
        passed += part
        if passed >= share:
            return wait
    return waits[-1][0]


def believed(attempts: Iterable[Attempt]) -> Belief | None:
    """What the attempts say of the steady wait; `None` where nothing was refused and then accepted again.

    Two were served at once, then none for 1.9 s; so 2 in some 2 s, as a window or a bucket of two would have it:

    >>> from widgets.model.attempt import Attempt
    >>> starts = [(0.0, 200), (0.1, 200), (0.2, 429), (1.9, 429), (2.05, 200), (2.1, 200), (2.2, 429), (4.2, 200)]
    >>> belief = believed(Attempt(i, 0.1, 0.1, at, 0.0, status) for i, (at, status) in enumerate(starts, 1))
    >>> 0.9 < belief.quantile(0.9) < 1.2
    True
    """
    marks = Features.of(attempts)
    if not marks.blocks:
        return None
    found: list[tuple[float, float, Tried]] = []
    best = -math.inf
    for variant in VARIANTS:
        if variant.steady is None:
            continue
        for each in tried(variant, marks, FINER, best):
            evidence = each.evidence
            best = max(best, evidence)
            found.append((variant.steady(*(cell.value for cell in each.point)), evidence, each))
    if not found:
        return None
    total = log_sum(evidence for _, evidence, _ in found)
    another = another_rule(marks.seen) + math.log(UNLISTED)
    found.sort(key=lambda each: each[:2])
    waits = tuple((wait, math.exp(evidence - total)) for wait, evidence, _ in found)
    longest = (
        (_longest(each, wait) if share > NOTHING else wait, share)
        for (wait, share), (*_, each) in zip(waits, found, strict=True)
    )
    return Belief(waits, math.exp(another - log_sum([another, total])), tuple(sorted(longest)))


def _longest(each: Tried, wait: float) -> float:
    """The longest wait at the corners of a point's cells: `wait` is the one that it stands for."""
    steady = each.variant.steady
    corners = product(*({cell.low, cell.high} if cell.low < cell.high else {cell.value} for cell in each.point))
    return wait if steady is None else max(wait, *(steady(*corner) for corner in corners))
