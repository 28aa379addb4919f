"""What a probe was started with: fixed at the click, whatever is typed into the form while it runs. PURE."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from widgets.model.attempt import Budget, Goal
from widgets.model.refused import CountsAsRefused

from .strategies import STRATEGIES, careful, doubling, recheck
from .strategies.careful import MARGINS, at_tested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from widgets.model.attempt import Attempt, Strategy

NEEDED = (1, 1000)
"""The least and the most successes in a row that may be asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one probe.

    Attributes:
        strategy: A name in `STRATEGIES`, or `recheck`.
        goal: What the wait must achieve.
        budget: What may be spent.
        needed: Successes in a row, for `doubling`.
        method: Of the requests.
        headers: Of the requests; they are shown in no representation, since they may hold secrets.
        wait: Seconds, of an earlier finding, for `recheck`.
        after: How many attempts of an earlier probe the strategy was given at its start.
        refused: What counts as refused, besides what is found to be anyway.
        margin: For `careful`, what the recommended wait is in parts of the tested one; see `widgets.probe.careful`.
    """

    strategy: str
    goal: Goal
    budget: Budget
    needed: int = 4
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    wait: float = 0.0
    after: int = 0
    refused: CountsAsRefused = field(default_factory=CountsAsRefused)
    margin: float = 1.0

    def __post_init__(self) -> None:
        if self.strategy not in {*STRATEGIES, "recheck"}:
            raise ValueError(f"There is no strategy {self.strategy!r}: choose one of {', '.join(STRATEGIES)}.")
        if not NEEDED[0] <= self.needed <= NEEDED[1]:
            raise ValueError(f"Successes must lie between {NEEDED[0]} and {NEEDED[1]}, got {self.needed}.")
        if not MARGINS[0] <= self.margin <= MARGINS[-1]:
            raise ValueError(f"margin must lie between {MARGINS[0]} and {MARGINS[-1]}, got {self.margin}.")

    @property
    def on_trial(self) -> Goal:
        """What is to be shown of the wait that is on trial: less than the goal where the margin does the rest."""
        return at_tested(self.goal, self.margin) if self.strategy == "careful" else self.goal

    def to_certify(self, after: int) -> Settings:
        """The same, with the strategy that ends in a certificate, given so many attempts that were made already."""
        return replace(self, strategy="careful", after=after)

    def plain(self) -> dict[str, Any]:
        """All but the headers, as plain values that can be stored."""
        plain = {name: value for name, value in asdict(self).items() if name not in {"headers", "refused"}}
        if self.refused:
            plain["refused"] = asdict(self.refused) | {"statuses": sorted(self.refused.statuses)}
        return plain

    @classmethod
    def of_plain(cls, stored: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Self:
        """What `plain` gave, with the headers of now.

        Raises:
            ValueError: When a newer version, or something else, stored it.
        """
        try:
            facts = {name: stored[name] for name in ("strategy", "needed", "method", "wait", "after")}
            goal, budget = Goal(**stored["goal"]), Budget(**stored["budget"])
            counted = dict(stored.get("refused") or {})
            refused = CountsAsRefused(**counted | {"statuses": frozenset(counted.get("statuses", ()))})
            margin = float(stored.get("margin", 1.0))
        except (KeyError, TypeError) as error:
            raise ValueError("The settings of that probe cannot be read by this version: start anew.") from error
        return cls(**facts, goal=goal, budget=budget, headers=headers or {}, refused=refused, margin=margin)

    def plan(self, known: Sequence[Attempt] = ()) -> Strategy:
        """The strategy, starting from the attempts that are known where it can."""
        if self.strategy == "doubling":
            return doubling(self.goal, self.budget, needed=self.needed)
        if self.strategy == "careful":
            return careful(self.goal, self.budget, known, self.margin)
        if self.strategy == "recheck":
            return recheck(self.goal, self.budget, self.wait)
        return STRATEGIES[self.strategy](self.goal, self.budget)
