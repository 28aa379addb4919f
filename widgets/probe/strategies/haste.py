"""Was it haste that was refused? What was refused is done once more, where chance is all but excluded and not quite.

A wait is certified by requests of which none is refused. If refusals come in spells that have nothing to do with the
pace, those requests are no independent proofs, and what they bound is how often a spell begins. Such a spell is told
from a limit by doing the same again: a limit refuses the same haste again, and within that short time a spell is rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait
from widgets.probe.evidence import straight_needed, told

from .chance import NEGLIGIBLE, QUICKER
from .manners import ProbeEndedError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from widgets.model.attempt import Attempt, Step

    from .history import Cycle
    from .search import Search
    from .trial import Trial


EASY = 0.5
"""A wait that is so much shorter than the tested one is refused again soon, if haste is what is refused."""

MOST = 40
"""Requests more than the first time after which it is not refused any more: a window may have begun meanwhile."""

SPARE = 10
"""Requests and refusals that must be left besides, to see the service open again."""

CERTAINLY = 0.01
"""How probable chance may be at most once it was refused again: that the spells fell so twice is a second throw."""


@dataclass(frozen=True, slots=True)
class Haste:
    """A run of requests that was quicker than the tested pace, and was refused.

    Attributes:
        wait: Its last spacing, seconds.
        run: Requests that were accepted until then.
        seconds: What it takes to send as many once more.
    """

    wait: float
    run: int
    seconds: float

    @property
    def most(self) -> int:
        """Requests after which it would have been refused again; a window may turn meanwhile."""
        return min(2 * self.run, self.run + MOST) + 2


@dataclass(frozen=True, slots=True)
class Again:
    """What came of doing it again.

    Attributes:
        haste: What was done again.
        sent: Requests that were accepted or refused.
        refused: Whether one of them was refused.
        ended: Why it was not done, or not to its end; empty where it was.
    """

    haste: Haste
    sent: int = 0
    refused: bool = False
    ended: str = ""

    def doubt(self, search: Search, trial: Trial) -> str:
        """The sentence on what speaks against a certificate; empty where nothing does."""
        if self.refused:
            chance = trial.chance(search.manners.attempts)
            return str(chance) if chance.probability > CERTAINLY else ""
        seen = seen_of_spells(search)
        if self.ended:
            return f"{seen} To tell whether haste is what is refused, it would have to be done again. {self.ended}"
        return (
            f"{seen} Asked once more each {as_wait(self.haste.wait)}, as quickly as when it was refused after "
            f"{self.haste.run}, all of {self.sent} were accepted: so refusals may come in spells that have nothing to "
            "do with the pace, and come again."
        )


def seen_of_spells(search: Search) -> str:
    """How many were refused, in how many spells of what length."""
    cycles, manners = search.ledger.cycles, search.manners
    longest = max((cycle.ended - cycle.stopped for cycle in cycles), default=0.0)
    spells = "one spell" if len(cycles) == 1 else f"{len(cycles)} spells"
    return (
        f"Of {len(manners.attempts)} requests {manners.refused} were refused, in {spells} of up to {told(longest)} s."
    )


def in_doubt(search: Search, trial: Trial) -> bool:
    """Whether spells may explain all refusals, though improbably, and the evidence is short for them.

    Two runs that agree on a quota are no chance. And where as many spells as requests would have been needed fit into
    the evidence, at most the goal's share of the time lies in them, whatever brings them about.
    """
    if trial.stated or search.quota.confirmed or not trial.evidence:
        return False
    if trial.chance(search.manners.attempts).probability <= NEGLIGIBLE:
        return False
    return trial.span < straight_needed(search.manners.goal) * spell(search.ledger.cycles)


def spell(cycles: Sequence[Cycle]) -> float:
    """How long a spell lasts on average, seconds: each to the middle between its last refusal and its end."""
    lengths = [(cycle.shut + cycle.ended) / 2 - cycle.stopped for cycle in cycles]
    return sum(lengths) / len(lengths) if lengths else 0.0


def soonest(attempts: Sequence[Attempt], tested: float) -> Haste | None:
    """The run that is soonest sent again, of those much quicker than the tested pace; else of all that were quicker.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 0.2, 0.2, 0.2 * i, 0.1, 200 if i < 5 else 429) for i in range(6)]
    >>> soonest(row, 1.0)
    Haste(wait=0.2, run=5, seconds=1.0)
    """
    found: list[Haste] = []
    run = 0
    for before, attempt in pairwise([None, *attempts]):
        if attempt.outcome is Outcome.FAILED:
            continue
        spacing = attempt.spacing or 0.0
        refused = attempt.outcome is Outcome.REFUSED
        if refused and run and before is not None and spacing < QUICKER[0] * tested:
            found.append(Haste(attempt.wait or 0.0, run, run * spacing))
        run = 0 if refused else run + 1
    easy = [each for each in found if each.wait <= EASY * tested]
    return min(easy or found, key=lambda each: each.seconds, default=None)


def again(search: Search, haste: Haste) -> Generator[Step, Attempt, Again]:
    """Ask as quickly as when it was refused, until it is refused again; then wait until the service is open again."""
    manners, sent = search.manners, 0
    needed = haste.most * haste.seconds / haste.run + 2 * max(c.ended - c.stopped for c in search.ledger.cycles)
    if needed > manners.budget.seconds - manners.seconds:
        return Again(haste, ended=f"That may take {told(needed)} s, more than is left of this probe's time.")
    if haste.most + SPARE > manners.allowance or manners.refused + SPARE > manners.budget.refusals:
        return Again(haste, ended=f"That may take {haste.most} requests, more than this probe may spend.")
    try:
        while sent < haste.most:
            attempt = yield from search.ask(haste.wait, "search")
            sent += 1
            if attempt.outcome is Outcome.REFUSED:
                break
        refused = search.ledger.blocked > 0
        if refused:
            yield from search.recover()
    except ProbeEndedError as end:
        return Again(haste, sent, refused=search.ledger.blocked > 0, ended=str(end))
    return Again(haste, sent, refused=refused)


def cheaper(search: Search, trial: Trial, haste: Haste) -> float:
    """Seconds of more evidence that exclude chance, where they are fewer than to do it again takes; else 0."""
    chance = trial.chance(search.manners.attempts)
    block = max((cycle.ended - cycle.stopped for cycle in search.ledger.cycles), default=0.0)
    dear = haste.seconds + block
    # (q / (q + s))^k = p, where none of k began in the s slow seconds
    missing = chance.quick_seconds * (NEGLIGIBLE ** (-1 / max(1, chance.quick)) - 1) - chance.slow_seconds
    return missing if chance.hasty and not chance.slow and 0 < missing < dear else 0.0
