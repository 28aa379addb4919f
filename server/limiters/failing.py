"""Random failures, mixed into any rule."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from . import _checks
from ._draws import uniform
from .decision import Decision, Limiter
from .gap import MinimumGap
from .steady import fresh


@dataclass(slots=True)
class RandomFailures:
    """Ask a rule, and lose its answer at random: the request counts, but the service breaks down over it.

    Args:
        rule: What decides.
        share: How many of the answers are lost, 0 to 1.
        as_refusals: Whether a lost answer looks like a refusal (an overloaded backend's 503) and not like a failure
            (its 500): refusals that no pace can avoid.
        seed: Of the failures.

    Raises:
        ValueError: When `share` does not lie between 0 and 1.
    """

    rule: Limiter = field(default_factory=MinimumGap)
    share: float = 0.01
    as_refusals: bool = False
    seed: int = 0
    kind: ClassVar[str] = "random failures"
    _draws: int = field(init=False, default=0, repr=False)

    def __post_init__(self) -> None:
        _checks.share(share=self.share)
        self.rule = fresh(self.rule)

    def ask(self, now: float) -> Decision:
        """Decide on one request at `now` seconds."""
        decision = self.rule.ask(now)
        self._draws += 1
        if uniform(self.seed, self._draws) >= self.share:
            return decision
        return Decision(accepted=False, failed=not self.as_refusals, policies=decision.policies)

    def acceptance(self, wait: float) -> float:
        """Of the answers that are not failures: failures strike any request alike, so it is the rule's own.

        Failures that look like refusals take their share of it.
        """
        return self.rule.acceptance(wait) * (1 - self.share if self.as_refusals else 1)

    def steady_wait(self, refusal_rate: float) -> float:
        """The rule's own, at what the failures that look like refusals leave of `refusal_rate`; else infinite."""
        _checks.share(refusal_rate=refusal_rate)
        if refusal_rate == 1 or not self.as_refusals:
            return self.rule.steady_wait(refusal_rate)
        if refusal_rate < self.share:
            return math.inf
        return self.rule.steady_wait(1 - (1 - refusal_rate) / (1 - self.share))

    def describe(self) -> str:
        """The rule in one sentence."""
        what = "are refused" if self.as_refusals else "fail"
        return f"{self.share:.3g} of all requests {what} at any pace. {self.rule.describe()}"
