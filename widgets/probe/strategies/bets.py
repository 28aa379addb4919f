"""Bet on a wait while it is on trial: what is staked, what a refusal costs, and when what was seen is enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING

from widgets.probe.evidence import BETS, EProcess, straight_needed

from .haste import cheaper, in_doubt, outlasts_spells, soonest
from .quick import DOZEN, SPARE, suffices_in_number
from .search import ABOVE
from .suspects import OUTLAST
from .trial import missing_for_rising
from .verify import covers, filled, met_soon, outlasts, suspected

if TYPE_CHECKING:
    from .chance import Chance
    from .manners import Manners
    from .search import Search
    from .trial import Trial


@dataclass(frozen=True, slots=True)
class Stake:
    """When to bet on a wait, and how much.

    Attributes:
        unbet: Answers to see before betting: most bad waits are found out without a loss.
        share: What part of the purse to bet: the rest is kept for a longer wait.
    """

    unbet: int
    share: float


STATED, CLOSED, OPEN = Stake(1, 0.96), Stake(3, 0.9), Stake(7, 0.65)
"""For a wait that the service states, for one in a closed bracket, and for any other: from the likeliest to hold on."""

SMALL = Stake(0, 0.96)
"""For the few requests that are missing where the wait before nearly held."""

EPISODES = 2
"""Where chance is not excluded, the evidence is as long as so many of the longest blocks, if that many requests do."""

FEW = 2
"""So many refusals that began with haste may be chance, by what their number tells."""

CHANCES = 400
"""Requests at one wait that may be made to show that refusals came because of the pace, and not by chance."""

HASTY = 0.5
"""A run that took less than this part of its requests' waits was made in haste."""

TOLERATED = 2
LOST = 0.1
"""From the third refusal of a wait that holds long on, go on betting at it while this much of the wealth is left."""

SURELY, UNLIKELY = 0.999, 0.001
"""No more is added to a tested wait than makes it long enough with this probability by all rules that are compared, if
another one is so unlikely."""


def affords(manners: Manners, trial: Trial) -> bool:
    """Whether the budget, and what the service says is left, allow a certificate of this wait at all."""
    needed = ceil(BETS * straight_needed(manners.goal)) - len(trial.evidence)
    return needed <= manners.allowance and needed * trial.wait <= manners.budget.seconds - manners.seconds


@dataclass(slots=True)
class Bets:
    """Bets on a wait while it is on trial.

    Attributes:
        wealth: What is bet.
        search: Its log shows whether what was refused may have been chance, and what was served in haste.
        small: Whether the next bets are small ones, since a wait that nearly holds is on trial.
        holding: The trial that is under way, while nothing was refused in it.
        asked: The number of requests of which it was asked last whether all rules are content with them.
    """

    wealth: EProcess
    search: Search
    small: bool = False
    holding: Trial | None = None
    asked: int = 0

    def accepted(self, trial: Trial) -> None:
        """One more request that counts was accepted."""
        self._stake(trial, len(trial.evidence) - 1)
        self.wealth.accept()
        self.holding = trial if trial.clean == trial.sent else None

    def refused(self, trial: Trial) -> bool:
        """One more was refused; whether the trial may go on at the same wait."""
        self._stake(trial, len(trial.evidence))
        self.wealth.refuse()
        self.holding = None
        self.small = trial.holds
        if trial.missed > TOLERATED and self.wealth.value > LOST:
            return True
        self.wealth.fold()
        return False

    def _stake(self, trial: Trial, before: int) -> None:
        """Bet from the request on before which enough answers have been seen."""
        stake = SMALL if self.small else STATED if trial.stated else CLOSED if trial.sure else OPEN
        if not self.wealth.stakes and before >= stake.unbet:
            self.wealth.stake(stake.share)

    def cleared(self) -> None:
        """The evidence begins anew."""
        self.asked = 0
        self.wealth.forget()
        self.holding = None

    def content(self, trial: Trial) -> bool:
        """Whether enough was won, and chance is no explanation of what was refused."""
        if trial.stated and suffices_in_number(trial) and not affords(self.search.manners, trial):
            return True  # it was stated slower than it seemed, and a certificate has become too dear
        enough = bool(trial.evidence) and self.wealth.enough and not self._renewed_by_luck(trial)
        return enough and not self._unlikely_soon(trial) and not met_soon(self.search.manners, trial, OUTLAST)

    def covers(self, trial: Trial) -> bool:
        """Whether bursts and windows as seen are excluded, or all rules that are compared are kept."""
        return covers(self.search, trial) or self._possibly(trial)

    def _possibly(self, trial: Trial) -> bool:
        """Whether a cycle is outlasted, and bursts are as far as the rules that are compared leave them possible."""
        n = len(trial.evidence)
        if n < SPARE * max(filled(self.search), suspected(self.search, trial)) or not outlasts(self.search, trial):
            return False
        if self.asked < n < self.asked + DOZEN:
            return False
        self.asked = n
        return possible(self.search) <= trial.tested * ABOVE

    def _renewed_by_luck(self, trial: Trial) -> bool:
        """Whether a count that was spent in haste, and happened to be renewed just then, would have served as many."""
        cycles = self.search.ledger.cycles
        hasty = (cycle.accepted for cycle in cycles if cycle.lasted < HASTY * trial.wait * cycle.accepted)
        return len(trial.evidence) <= max(hasty, default=0) and not trial.stated

    def _unlikely_soon(self, trial: Trial) -> bool:
        """Whether refusals may have been chance, or the limit been rising, and some more requests would show it."""
        manners = self.search.manners
        chance = trial.chance(manners.attempts)
        left = min(CHANCES - len(trial.evidence), manners.allowance)
        if 0 < missing_for_rising(trial) < min(left * trial.wait, manners.budget.seconds - manners.seconds):
            return True
        if in_doubt(self.search, trial) and (haste := soonest(manners.attempts, trial.tested)):
            return 0 < cheaper(self.search, trial, haste) < left * trial.wait  # else it is done again
        if outlasts_spells(self.search, trial):
            return False
        if chance.plausible:
            return not chance.after(left * trial.wait).plausible
        missing = EPISODES * longest_block(self.search) - trial.span
        return rests_on_few(chance) and 0 < missing < left * trial.wait


def rests_on_few(chance: Chance) -> bool:
    """Whether few refusals are what speaks for it that the pace brings them about, and chance is not excluded."""
    return chance.quick <= FEW and bool(chance.met)


def longest_block(search: Search) -> float:
    """For how long nothing was accepted at most, seconds."""
    return max((cycle.ended - cycle.stopped for cycle in search.ledger.cycles), default=0.0)


def possible(search: Search) -> float:
    """The longest wait that the rules which are compared leave possible; infinite where what was seen may be another.

    It is where they would do with a wait that was refused.
    """
    belief = search.belief()
    if belief is None or belief.doubt > UNLIKELY:
        return inf
    sure = belief.bound(SURELY)
    return sure * ABOVE if sure > search.ledger.low else inf
