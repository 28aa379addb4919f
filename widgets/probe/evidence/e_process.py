"""Evidence as money won in a fair game. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.attempt import Goal


STRAIGHT = 0.95
"""The part of a stake that is put on 'never refused': it grows fastest, and one refusal takes it all."""

HEDGES = {0.2: 0.6, 0.5: 0.4}
"""Where the rest goes: refusal rates in parts of the goal's, and their shares."""

SHIFT = 0.6
"""After each refusal that cost money, 'never refused' gets only this part of what it got before."""


@dataclass(slots=True)
class EProcess:
    """Evidence that a pace keeps a goal: an e-value, which may be looked at, and acted on, at any time.

    A stake on the refusal rate p is multiplied by (1 - p) / (1 - ε) on an acceptance and by p / ε on a refusal, ε the
    goal's `refusal_rate`. While more than ε of the requests are refused the wealth does not grow on average, so that it
    ever reaches 1 / (1 - confidence) with a probability of 1 - confidence at most (Ville 1939; Shafer 2021, 'Testing by
    betting', JRSS A 184). What is left may be staked on a longer wait, since a longer wait is not refused more often:
    if the last one breaks the goal, all those before it did, and the game was fair throughout.

    >>> from widgets.model.attempt import Goal
    >>> shown = EProcess(Goal(0.05, 0.95))
    >>> shown.stake(0.96)
    >>> for _ in range(62):
    ...     shown.accept()
    >>> shown.enough
    True

    Args:
        goal: What is to be shown.
        purse: What is not at stake.
        stakes: What is, by the refusal rate it is placed on, in parts of ε.
        losses: Refusals met while something was at stake.
        carried: The e-value that requests at other waits left, when those began that are at stake now.
    """

    goal: Goal
    purse: float = 1.0
    stakes: dict[float, float] = field(default_factory=dict)
    losses: int = 0
    carried: float = 1.0

    @property
    def value(self) -> float:
        """The e-value: 1 at the start."""
        return self.purse + sum(self.stakes.values())

    @property
    def enough(self) -> bool:
        """Whether the goal is shown at its confidence."""
        return self.value >= 1 / (1 - self.goal.confidence)

    def stake(self, share: float) -> None:
        """Stake `share` of the purse, between 0 and 1, on the requests to come."""
        amount, straight = self.purse * share, STRAIGHT * SHIFT**self.losses
        self.purse -= amount
        self.stakes = {0.0: amount * straight}
        self.stakes |= {part: amount * (1 - straight) * weight for part, weight in HEDGES.items()}

    def accept(self) -> None:
        """One more request was accepted."""
        rate = self.goal.refusal_rate
        self.stakes = {part: held * (1 - part * rate) / (1 - rate) for part, held in self.stakes.items()}

    def refuse(self) -> None:
        """One more request was refused."""
        self.losses += bool(self.stakes)
        self.stakes = {part: held * part for part, held in self.stakes.items()}

    def fold(self) -> None:
        """Take back what is at stake, to stake it on a longer wait."""
        self.purse, self.stakes = self.value, {}
        self.carried = self.purse

    def forget(self) -> None:
        """Give back what was won since the last fold: the requests that won it are no longer told of.

        What was lost stays lost, so that the game stays fair: money may be thrown away at any time.
        """
        self.purse, self.stakes = min(self.carried, self.value), {}
