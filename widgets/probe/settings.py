"""What a probe was started with: fixed at the click, whatever is typed into the form while it runs. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .strategies import STRATEGIES, careful, doubling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .attempt import Attempt, Budget, Goal, Strategy

NEEDED = (1, 1000)
"""The least and the most successes in a row that may be asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one probe.

    Attributes:
        strategy: A name in `STRATEGIES`.
        goal: What the wait must achieve.
        budget: What may be spent.
        needed: Successes in a row, for `doubling`.
        method: Of the requests.
        headers: Of the requests; they are shown in no representation, since they may hold secrets.
    """

    strategy: str
    goal: Goal
    budget: Budget
    needed: int = 4
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise ValueError(f"There is no strategy {self.strategy!r}: choose one of {', '.join(STRATEGIES)}.")
        if not NEEDED[0] <= self.needed <= NEEDED[1]:
            raise ValueError(f"Successes must lie between {NEEDED[0]} and {NEEDED[1]}, got {self.needed}.")

    def to_certify(self) -> Settings:
        """The same, with the strategy that ends in a certificate."""
        return replace(self, strategy="careful")

    def plan(self, known: Sequence[Attempt] = ()) -> Strategy:
        """The strategy, starting from the attempts that are known where it can."""
        if self.strategy == "doubling":
            return doubling(self.goal, self.budget, needed=self.needed)
        if self.strategy == "careful":
            return careful(self.goal, self.budget, known)
        return STRATEGIES[self.strategy](self.goal, self.budget)
