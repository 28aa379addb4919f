"""How often a name with such an evidence is right: from likelihoods to a support that can be said. Pure.

A likelihood takes for granted that one of the compared rules is the service's; two buckets in a row look like one,
several nodes like a window, a breaker like a bucket. So the support is what was measured: a multinomial logistic
regression on the evidence (vector scaling: Guo et al. 2017, 'On Calibration of Modern Neural Networks'), and a map that
never falls over its results.

What an evidence is worth depends on the question that the attempts were made for: `identify` asks where the rules
differ, `quick` and `careful` look for a wait, and what they have seen of a rule they have seen by the way. Each of the
two has its own figures (`ASKED`, `SEARCHED`). Attempts of anything else are not calibrated: no support is told of them.

All were fitted to probes of 46 families (`tests.bench.identified`, which tells their seeds; a quarter of the families
have a rule that is not compared): `ASKED` to 1,217 that met a refusal, `SEARCHED` to 1,146 by `quick` and `careful`.
`tests.bench.identified` prints the table on seeds that nothing was fitted to, by tenths of the support with intervals.
Other services than these may be named less well.
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
        becomes: What 0, 10, … 100 % of the regression became on probes that it was not fitted to, four parts in turn,
            before all are made 1 together.
        most_unknown: No more than that is said of a rule that is not compared: the named ones share the rest.
        kept: For a rule that looks just like the best, as a second, slower quota does that was never met.
    """

    scales: Mapping[str, Scale]
    unknown: Scale
    unlike: float
    contradicted: float
    many: int
    becomes: tuple[float, ...]
    most_unknown: float = 1.0
    kept: float = 0.0


ASKED = Calibration(
    {
        "minimum gap": Scale(2.01, 1.39, -0.48, 0.68),
        "minimum gap without reset": Scale(1.53, -0.04, -0.64, -0.60),
        "token bucket": Scale(0.75, 0.77, 1.03, 0.25),
        "fixed window": Scale(0.20, 1.12, 0.80, 1.80),
        "sliding window": Scale(0.85, 0.78, 0.30, 0.08),
        "penalty box": Scale(1.70, 0.22, -1.10, -0.02),
        "ban that doubles": Scale(1.27, -0.43, -1.06, -1.62),
        # No service of the sample has this rule: it is thought as rare as the rest allows.
        "refusals at random": Scale(1.00, -3.0, 0.38, -0.20),
    },
    unknown=Scale(0.257, 0.48, 0.77, -0.38),
    unlike=0.00,
    contradicted=3.08,
    many=164,
    becomes=(0.000, 0.100, 0.147, 0.31, 0.448, 0.534, 0.650, 0.772, 0.841, 0.875, 1.000),
    kept=0.025,
)
"""Of `identify`."""

SEARCHED = Calibration(
    {
        "minimum gap": Scale(1.47, 2.43, -0.29, -0.06),
        "minimum gap without reset": Scale(1.59, 0.98, -0.32, -0.15),
        "token bucket": Scale(0.58, 0.50, 0.14, -0.16),
        "fixed window": Scale(0.20, -0.75, 0.93, 1.52),
        "sliding window": Scale(0.75, 0.02, 0.48, -0.10),
        "penalty box": Scale(1.22, 0.54, -1.01, -0.04),
        "ban that doubles": Scale(1.39, 0.17, -0.16, -0.42),
        "refusals at random": Scale(0.99, -3.80, -0.17, -0.25),
    },
    unknown=Scale(0.172, -0.10, 0.39, -0.34),
    unlike=0.00,
    contradicted=2.10,
    many=310,
    becomes=(0.000, 0.105, 0.165, 0.290, 0.370, 0.470, 0.700, 0.770, 0.810, 0.860, 0.980),
    most_unknown=0.75,
    kept=0.02,
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

FAR, NEAR = -60.0, -10.0
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
    {'token bucket': 0.58, 'fixed window': 0.02, 'another rule': 0.4}
    >>> {name: round(share, 2) for name, share in calibrated(names, -24.0, {}, 60, 3, "quick").items()}
    {'token bucket': 0.76, 'fixed window': 0.05, 'another rule': 0.19}
    """
    figures = QUESTIONS.get(strategy, SEARCHED)
    first = max(evidence, key=lambda name: evidence[name])
    best = evidence[first]
    many = math.log(min(figures.many, answers) / TYPICAL)
    shut = math.log((1 + min(MOST_BLOCKS, blocks)) / USUAL)
    odds = {}
    for name, each in evidence.items():
        if each == -math.inf:  # no parameters of this rule are worth a look
            continue
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
    mapped = {name: _mapped(each / total, figures.becomes) for name, each in raw.items()}
    total = sum(mapped.values())
    unnamed = min(figures.most_unknown, mapped[ANOTHER] / total)
    named = (1 - unnamed) / (total - mapped[ANOTHER]) if total > mapped[ANOTHER] else 0.0
    unnamed = unnamed if named else 1.0
    share = {name: mapped.get(name, 0.0) * named for name in evidence} | {ANOTHER: unnamed}
    return {name: each * (1 - figures.kept) + figures.kept * (name == ANOTHER) for name, each in share.items()}


def _mapped(share: float, becomes: tuple[float, ...]) -> float:
    """Between the values of the map, a straight line."""
    place = min(len(becomes) - 2, int(share * (len(becomes) - 1)))
    low, high = tuple(pairwise(becomes))[place]
    return low + (high - low) * (share * (len(becomes) - 1) - place)
