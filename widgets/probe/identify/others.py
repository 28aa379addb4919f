"""A rule that is none of those compared: what a predictor that knows no rule would make of the same answers. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .landmarks import Seen


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
