"""How often a name with such an evidence is right: from likelihoods to a support that can be said. Pure.

A likelihood takes for granted that one of the compared rules is the service's; two buckets in a row look like one,
several nodes like a window, a breaker like a bucket. So the support is what was measured: a multinomial logistic
regression on the evidence (vector scaling: Guo et al. 2017, 'On Calibration of Modern Neural Networks'), and a map that
never falls over its results.

Both were fitted to probes of 46 families (`tests.bench.identified`, a third of them with a rule that is not compared),
seeds 55000000 to 55000029 of each, 1,108 probes that met a refusal. On seeds 56000000 to 56000023, which nothing was
fitted to, 878 such probes: `tests.bench.identified --first 56000000 --per-family 24` prints the table, by tenths of the
support with intervals. Other services than these may be named less well, and so may the attempts of other
strategies, which were made for another question: of 37 probes by `careful` names said with 60 to 90 % were right in 5
of 17, with 90 % and more in 7 of 8.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Scale(NamedTuple):
    """What a name's log odds are made of: its evidence, how often it is met, and how many answers there are."""

    evidence: float
    lean: float
    answers: float


SCALES = {
    "minimum gap": Scale(1.52, 1.75, -2.25),
    "minimum gap without reset": Scale(1.28, -0.13, -2.25),
    "token bucket": Scale(0.59, 1.12, 0.72),
    "fixed window": Scale(0.22, 0.85, 0.11),
    "sliding window": Scale(1.01, 0.97, 0.11),
    "penalty box": Scale(1.35, 0.13, -1.33),
    # No service of the sample has this rule: it is believed as a penalty box is.
    "refusals at random": Scale(1.02, 0.13, 0.0),
}
"""`evidence` is counted from the best named rule's, `answers` by the log of their number over `TYPICAL`."""

ANOTHER = "another rule"

GUESSED, UNKNOWN = 0.21, 1.1
"""The same of a rule that is not compared: what the predictor that knows no rule does better, and how often it is met.
"""

CONTRADICTED = 1.97
"""What one answer that contradicts a rule takes from its log odds; more of them take no more."""

TYPICAL = math.exp(4)
"""Answers."""

MANY = 163
"""Nineteen of twenty probes of the sample had no more answers: what more of them would mean was not measured."""

FAR, NEAR = -30.0, -10.0
"""Evidence further below the best is not told apart, of a named rule and of the predictor."""

MAP = (0.0, 0.099, 0.223, 0.253, 0.326, 0.504, 0.68, 0.772, 0.785, 0.865, 1.0)
"""What 0, 10, … 100 % of the regression became on probes that it was not fitted to (three parts in turn)."""


def calibrated(
    evidence: Mapping[str, float], guessed: float, against: Mapping[str, float], answers: int
) -> dict[str, float]:
    """Return the support of each name and of another rule, 1 in all.

    Args:
        evidence: The log of each named rule's marginal likelihood.
        guessed: The log likelihood of a predictor that knows no rule.
        against: Answers that contradict each, beyond what faults explain.
        answers: Those that say something about pace.

    >>> names = {"token bucket": -20.0, "fixed window": -28.0}
    >>> {name: round(share, 2) for name, share in calibrated(names, -24.0, {}, 60).items()}
    {'token bucket': 0.7, 'fixed window': 0.08, 'another rule': 0.23}
    """
    best = max(evidence.values())
    many = math.log(min(MANY, answers) / TYPICAL)
    odds = {
        name: SCALES[name].evidence * max(FAR, each - best)
        + SCALES[name].lean
        + SCALES[name].answers * many
        - CONTRADICTED * min(1.0, against.get(name, 0.0))
        for name, each in evidence.items()
    }
    odds[ANOTHER] = UNKNOWN + GUESSED * min(-FAR, max(NEAR, guessed - best))
    most = max(odds.values())
    raw = {name: math.exp(each - most) for name, each in odds.items()}
    total = sum(raw.values())
    mapped = {name: _mapped(each / total) for name, each in raw.items()}
    total = sum(mapped.values())
    return {name: each / total for name, each in mapped.items()}


def _mapped(share: float) -> float:
    """Between the values of `MAP`, a straight line."""
    place = min(len(MAP) - 2, int(share * (len(MAP) - 1)))
    low, high = tuple(pairwise(MAP))[place]
    return low + (high - low) * (share * (len(MAP) - 1) - place)
