"""How often a name with such an evidence is right: from likelihoods to a support that can be said. Pure.

A likelihood takes for granted that one of the compared rules is the service's; two buckets in a row look like one,
several nodes like a window, a breaker like a bucket. So the support is what was measured: a multinomial logistic
regression on the evidence (vector scaling: Guo et al. 2017, 'On Calibration of Modern Neural Networks'), and a map that
never falls over its results.

What an evidence is worth depends on the question that the attempts were made for: `identify` asks where the rules
differ, `quick` and `careful` look for a wait, and what they have seen of a rule they have seen by the way. Each of the
two has its own figures (`ASKED`, `SEARCHED`). Attempts of anything else are not calibrated: no support is told of them.

All were fitted to probes of 46 families (`tests.bench.identified`, a third of them with a rule that is not compared):
`ASKED` to 1,108 that met a refusal, seeds 55000000 to 55000029 of each; `SEARCHED` to 572 by `quick` and 566 by
`careful`, seeds 71000000 to 71000007, 72000000 to 72000003 and 72000010 to 72000012. `tests.bench.identified` prints
the table on seeds that nothing was fitted to, by tenths of the support with intervals. Other services than these may
be named less well.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Scale(NamedTuple):
    """What a name's log odds are made of: its evidence, how often it is met, how many answers and blocks there are.

    `evidence` is counted from the best named rule's, `answers` by the log of their number over `TYPICAL`, `blocks` by
    the log of one more than their number over `USUAL`.
    """

    evidence: float
    lean: float
    answers: float
    blocks: float = 0.0


class Calibration(NamedTuple):
    """The figures for the attempts of one question.

    Attributes:
        scales: Of each named rule.
        unknown: Of a rule that is not compared: what the predictor that knows no rule does better, how often it is met.
        unlike: What one answer that contradicts the best named rule adds to the log odds of one that is not compared.
        contradicted: What one answer that contradicts a rule takes from its log odds; more of them take no more.
        many: Nineteen of twenty probes of the sample had no more answers: what more would mean was not measured.
        becomes: What 0, 10, … 100 % of the regression became on probes that it was not fitted to; empty for the same.
    """

    scales: Mapping[str, Scale]
    unknown: Scale
    unlike: float
    contradicted: float
    many: int
    becomes: tuple[float, ...] = ()


ASKED = Calibration(
    {
        "minimum gap": Scale(1.52, 1.75, -2.25),
        "minimum gap without reset": Scale(1.28, -0.13, -2.25),
        "token bucket": Scale(0.59, 1.12, 0.72),
        "fixed window": Scale(0.22, 0.85, 0.11),
        "sliding window": Scale(1.01, 0.97, 0.11),
        "penalty box": Scale(1.35, 0.13, -1.33),
        "ban that doubles": Scale(1.35, 0.13, -1.33),
        "circuit breaker": Scale(1.35, 0.13, -1.33),
        # No service of the sample has this rule: it is believed as a penalty box is.
        "refusals at random": Scale(1.02, 0.13, 0.0),
    },
    unknown=Scale(0.21, 1.1, 0.0),
    unlike=0.0,
    contradicted=1.97,
    many=163,
    # Three parts in turn.
    becomes=(0.0, 0.099, 0.223, 0.253, 0.326, 0.504, 0.68, 0.772, 0.785, 0.865, 1.0),
)
"""Of `identify`."""

SEARCHED = Calibration(
    {
        "minimum gap": Scale(1.20, 2.28, -0.49, -0.59),
        "minimum gap without reset": Scale(1.28, 0.88, -0.69, -0.22),
        "token bucket": Scale(0.84, 0.47, -0.06, -0.76),
        "fixed window": Scale(0.26, -0.56, 0.25, 1.12),
        "sliding window": Scale(0.88, 0.28, -0.37, 0.49),
        "penalty box": Scale(0.74, 0.57, -1.03, 0.89),
        "ban that doubles": Scale(0.74, 0.57, -1.03, 0.89),
        "circuit breaker": Scale(0.74, 0.57, -1.03, 0.89),
        "refusals at random": Scale(0.69, -3.39, -0.38, -0.33),
    },
    unknown=Scale(0.071, -0.18, 0.0, -0.89),
    unlike=0.11,
    contradicted=2.39,
    many=300,
    # Four parts in turn, twice.
    becomes=(0.0, 0.114, 0.197, 0.227, 0.42, 0.525, 0.674, 0.757, 0.757, 0.877, 0.975),
)
"""Of `quick` and `careful`."""

QUESTIONS = {"identify": ASKED, "quick": SEARCHED, "careful": SEARCHED}
"""By the strategy that made the attempts."""

ANOTHER = "another rule"

TYPICAL = math.exp(4)
"""Answers."""

USUAL, MOST_BLOCKS = 4, 9
"""Blocks of refusals and one more; and the most that are told apart."""

UNLIKE = 3.0
"""So many answers that contradict the best named rule count for one that is not compared; more count no more."""

FAR, NEAR = -30.0, -10.0
"""Evidence further below the best is not told apart, of a named rule and of the predictor."""

TOLD = 0.5
"""Where the best supported name has less, the attempts of a search do not tell the rules apart."""


def told_apart(best: float, strategy: str) -> bool:
    """Whether supports may be said: they were measured for such attempts, and one rule is likelier than all others.

    >>> told_apart(0.7, "careful"), told_apart(0.4, "careful"), told_apart(0.4, "identify"), told_apart(0.9, "doubling")
    (True, False, True, False)
    """
    return strategy in QUESTIONS and (best >= TOLD or QUESTIONS[strategy] is ASKED)


def calibrated(
    evidence: Mapping[str, float],
    guessed: float,
    against: Mapping[str, float],
    answers: int,
    blocks: int = 0,
    strategy: str = "identify",
) -> dict[str, float]:
    """Return the support of each name and of another rule, 1 in all.

    Args:
        evidence: The log of each named rule's marginal likelihood.
        guessed: The log likelihood of a predictor that knows no rule.
        against: Answers that contradict each, beyond what faults explain.
        answers: Those that say something about pace.
        blocks: Runs of refusals that ended.
        strategy: Which made the attempts; of one without figures of its own those of a search are taken, for an order.

    >>> names = {"token bucket": -20.0, "fixed window": -28.0}
    >>> {name: round(share, 2) for name, share in calibrated(names, -24.0, {}, 60).items()}
    {'token bucket': 0.7, 'fixed window': 0.08, 'another rule': 0.23}
    >>> {name: round(share, 2) for name, share in calibrated(names, -24.0, {}, 60, 3, "quick").items()}
    {'token bucket': 0.75, 'fixed window': 0.04, 'another rule': 0.22}
    """
    figures = QUESTIONS.get(strategy, SEARCHED)
    first = max(evidence, key=lambda name: evidence[name])
    best = evidence[first]
    many = math.log(min(figures.many, answers) / TYPICAL)
    shut = math.log((1 + min(MOST_BLOCKS, blocks)) / USUAL)
    odds = {}
    for name, each in evidence.items():
        scale = figures.scales[name]
        odds[name] = scale.evidence * max(FAR, each - best) + scale.lean + scale.answers * many + scale.blocks * shut
        odds[name] -= figures.contradicted * min(1.0, against.get(name, 0.0))
    unknown = figures.unknown
    odds[ANOTHER] = unknown.evidence * min(-FAR, max(NEAR, guessed - best)) + unknown.lean
    odds[ANOTHER] += unknown.answers * many + unknown.blocks * shut
    odds[ANOTHER] += figures.unlike * min(UNLIKE, against.get(first, 0.0))
    most = max(odds.values())
    raw = {name: math.exp(each - most) for name, each in odds.items()}
    total = sum(raw.values())
    if not figures.becomes:
        return {name: each / total for name, each in raw.items()}
    mapped = {name: _mapped(each / total, figures.becomes) for name, each in raw.items()}
    total = sum(mapped.values())
    return {name: each / total for name, each in mapped.items()}


def _mapped(share: float, becomes: tuple[float, ...]) -> float:
    """Between the values of the map, a straight line."""
    place = min(len(becomes) - 2, int(share * (len(becomes) - 1)))
    low, high = tuple(pairwise(becomes))[place]
    return low + (high - low) * (share * (len(becomes) - 1) - place)
