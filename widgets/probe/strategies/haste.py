"""Was it haste that was refused? What was refused is done once more, where chance is all but excluded and not quite.

A wait is certified by requests of which none is refused. If refusals come in spells that have nothing to do with the
pace, those requests are no independent proofs, and what they bound is how often a spell begins. Such a spell is told
from a limit by doing the same again: a limit refuses the same haste again, and within that short time a spell is rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.model.attempt import Outcome, lateness
from widgets.model.quantity import as_wait
from widgets.probe.evidence import straight_needed, told

from .chance import NEGLIGIBLE, SLOWER, Chance
from .manners import ProbeEndedError
from .pauses import pause_after

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from widgets.model.attempt import Attempt, Step

    from .history import Cycle
    from .search import Search
    from .trial import Trial


EASY = 0.5
"""A wait that is so much shorter than the tested one is refused again soon, if haste is what is refused."""

MORE = 40
"""Requests more than the first time after which it is not refused any more: a window may have begun meanwhile."""

REPEATS = 3
"""It is done again so often at most, until chance is negligible."""

UNLIKELY = 0.01
"""Above this probability chance forbids a certificate still when all of it has been done again."""

REOPENS = 3
"""So often it is seen at most whether the service is open again."""

SOONER = 0.7
"""A block so much shorter than the longest one is another one."""


@dataclass(frozen=True, slots=True)
class Haste:
    """What to do once more: a run of requests that was quicker than the tested pace, and was refused.

    Attributes:
        wait: The seconds to wait between them: those before the refusal, or fewer.
        run: Requests that were accepted until then.
        seconds: What it takes to send as many once more.
        block: For how long nothing was accepted then, seconds at most.
    """

    wait: float
    run: int
    seconds: float
    block: float

    @property
    def spacing(self) -> float:
        """Seconds from one of them to the next: the wait, or as long as answers take where that is longer."""
        return self.seconds / self.run

    @property
    def most(self) -> int:
        """Requests among which one would be refused if haste is what is refused; a window may turn meanwhile."""
        return min(2 * self.run, self.run + MORE) + 2


@dataclass(frozen=True, slots=True)
class Again:
    """What came of doing it again.

    Attributes:
        haste: What was done again.
        sent: Requests that were accepted or refused, the last time.
        refused: Whether one of them was refused.
        ended: Why it was not done, or not to its end; empty where it was.
        shut: For how many seconds nothing was accepted then, if that was not over after far longer than before; else 0.
    """

    haste: Haste
    sent: int = 0
    refused: bool = False
    ended: str = ""
    shut: float = 0.0

    def doubt(self, search: Search, trial: Trial) -> str:
        """The sentence on what speaks against a certificate; empty where nothing does."""
        attempts = search.manners.attempts
        if self.ended:
            return f"{seen(attempts)} Whether it is haste that is refused would be seen by doing it again. {self.ended}"
        pace = f"Asked once more each {as_wait(self.haste.spacing)}, at least as quickly as when it was refused after "
        if not self.refused:
            return (
                f"{seen(attempts)} {pace}{self.haste.run}, all of {self.sent} were accepted: so refusals may come in "
                "spells that have nothing to do with the pace, and come again."
            )
        if self.shut:
            return (
                f"{seen(attempts)} {pace}{self.haste.run}, it was refused again, and {told(self.shut)} s later still, "
                "longer than ever before: something else than the pace may be what refuses."
            )
        chance = trial.chance(attempts)
        return _not_excluded(chance) if chance.probability > UNLIKELY else ""


def _not_excluded(chance: Chance) -> str:
    return (
        f"{chance.began}: spells that have nothing to do with the pace would fall so in "
        f"{max(1, ceil(chance.probability * 100))} of 100 cases, so they are not excluded, and would come again."
    )


def seen(attempts: Sequence[Attempt]) -> str:
    """How many were refused, in how many spells, and how long those were at most.

    >>> from widgets.model.attempt import Attempt
    >>> status = [200, 429, 429, 200, 200, 429, 200]
    >>> seen([Attempt(i, 2.0, 2.0, 2.0 * i, 0.1, each) for i, each in enumerate(status)])
    'Of 7 requests 3 were refused, in 2 spells of up to 4 s.'
    """
    spells = list(_spells(attempts))
    refused = sum(attempt.outcome is Outcome.REFUSED for attempt in attempts)
    count = "one spell" if len(spells) == 1 else f"{len(spells)} spells"
    were = "was" if refused == 1 else "were"
    return f"Of {len(attempts)} requests {refused} {were} refused, in {count} of up to {told(max(spells))} s."


def _spells(attempts: Sequence[Attempt]) -> list[float]:
    """How long each row of refusals was, seconds: until a request was accepted again, or the last of the row."""
    spells: list[float] = []
    began: float | None = None
    for attempt in attempts:
        if attempt.outcome is Outcome.REFUSED:
            began = attempt.started if began is None else began
        elif attempt.outcome is Outcome.ACCEPTED and began is not None:
            spells.append(attempt.started - began)
            began = None
    return spells if began is None else [*spells, attempts[-1].started - began]


def in_doubt(search: Search, trial: Trial) -> bool:
    """Whether spells may explain all refusals, though improbably, and the evidence is short for them.

    Two runs that agree on a quota are no chance, nor is what the service's own count foretold.
    """
    attempts = search.manners.attempts
    if trial.stated or search.quota.confirmed or not trial.evidence:
        return False
    if trial.chance(attempts).probability <= NEGLIGIBLE or outlasts_spells(search, trial):
        return False
    return not foretold(attempts)  # headers are read for it: the dearest of these questions


def foretold(attempts: Sequence[Attempt]) -> bool:
    """Whether each row of refusals began where the service's own count of what is left had come to its end.

    It is enough that one answer of the row says so, or the one before it: some services tell it in every other answer.

    >>> from widgets.model.attempt import Attempt
    >>> def row(*left: int) -> list[Attempt]:
    ...     said = [{"X-RateLimit-Remaining": str(each)} for each in left]
    ...     return [Attempt(i, 1.0, 1.0, i, 0.1, 200 if i < 2 else 429, each) for i, each in enumerate(said)]
    >>> foretold(row(1, 0, 0)), foretold(row(9, 8, 7)), foretold(row(1, 0))
    (True, False, False)
    """
    ends: list[bool] = []
    before: Attempt | None = None
    for attempt in attempts:
        if attempt.outcome is Outcome.REFUSED:
            if before is None or before.outcome is not Outcome.REFUSED:
                ends.append(before is not None and _spent(before))
            ends[-1] = ends[-1] or _spent(attempt)
        before = attempt if attempt.outcome is not Outcome.FAILED else before
    return bool(ends) and all(ends)


def _spent(attempt: Attempt) -> bool:
    left = read(attempt.status, attempt.headers, now=0.0).remaining
    return left is not None and left < 1


def outlasts_spells(search: Search, trial: Trial) -> bool:
    """Whether as many spells of the usual length as requests would have been needed fit into the evidence.

    Then at most the goal's share of the time lies in spells, at its confidence, whatever brings them about: where they
    begin at a rate r and last L seconds each, none begins in S seconds with a probability of exp(-r·S).
    """
    return trial.span >= straight_needed(search.manners.goal) * usual_spell(search.ledger.cycles)


def usual_spell(cycles: Sequence[Cycle]) -> float:
    """How long a spell lasts on average, seconds: each to the middle between its last refusal and its end."""
    lengths = [(cycle.shut + cycle.ended) / 2 - cycle.stopped for cycle in cycles]
    return sum(lengths) / len(lengths) if lengths else 0.0


def soonest(attempts: Sequence[Attempt], tested: float) -> Haste | None:
    """The run that is soonest sent again, of those much quicker than the tested pace.

    Where none was so quick, the longest of those that were a little quicker, sent much quicker: a limit that refuses
    the one refuses the other.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 0.25, 0.25, 0.25 * i, 0.1, 429 if i == 5 else 200) for i in range(8)]
    >>> soonest(row, 1.0)
    Haste(wait=0.25, run=5, seconds=1.25, block=0.25)
    >>> soonest(row, 0.3)
    Haste(wait=0.15, run=5, seconds=0.75, block=0.25)
    """
    easy: list[Haste] = []
    others: list[Haste] = []
    run = 0
    answered = [attempt for attempt in attempts if attempt.outcome is not Outcome.FAILED]
    for i, (before, attempt) in enumerate(pairwise(answered), 1):
        run = run + 1 if before.outcome is Outcome.ACCEPTED and not lateness(before, attempt) else 0
        spacing = attempt.started - before.started
        if attempt.outcome is Outcome.REFUSED and run and spacing < SLOWER * tested:
            open_again = (each.started for each in answered[i:] if each.outcome is Outcome.ACCEPTED)
            block = next(open_again, answered[-1].started) - attempt.started
            wait, quick = attempt.wait or 0.0, EASY * tested
            (easy if wait <= quick else others).append(
                Haste(min(wait, quick), run, run * (spacing if wait <= quick else quick), block)
            )
    if easy:
        return min(easy, key=lambda each: each.seconds)
    return max(others, key=lambda each: each.run, default=None)


def _longest(search: Search) -> float:
    return max((cycle.ended - cycle.stopped for cycle in search.ledger.cycles), default=0.0)


def _rests(search: Search, haste: Haste) -> list[float]:
    """After how many seconds the service may be open again once it has refused such haste, each longer than the last.

    It was after this block, or after the longest; or after twice that, and then at once, where blocks grow.
    """
    longest = max(haste.block, _longest(search))
    if search.ledger.longer_and_longer:
        return [2 * longest]
    return [*([haste.block] if haste.block < SOONER * longest else []), longest, 2 * longest]


def again(search: Search, trial: Trial, haste: Haste) -> Generator[Step, Attempt, Again]:
    """Ask as quickly as when it was refused, until it is refused again and open again, and chance is negligible."""
    manners = search.manners
    for _ in range(REPEATS):
        needed = haste.most * haste.spacing + _rests(search, haste)[-1]
        if needed > manners.budget.seconds - manners.seconds:
            return Again(haste, ended=f"That may take {told(needed)} s, more than is left of this probe's time.")
        if haste.most + REOPENS > manners.allowance or manners.refused + REOPENS >= manners.budget.refusals:
            return Again(haste, ended=f"That may take {haste.most} requests, more than this probe may spend.")
        try:
            found = yield from _once(search, haste)
        except ProbeEndedError as end:
            return Again(haste, ended=str(end))
        if not found.refused or found.shut or trial.chance(manners.attempts).probability <= NEGLIGIBLE:
            break
    return found


def _once(search: Search, haste: Haste) -> Generator[Step, Attempt, Again]:
    sent, refusal = 1, (yield from search.ask(haste.wait, "search"))
    while refusal.outcome is Outcome.ACCEPTED:
        if sent == haste.most:
            return Again(haste, sent)
        sent, refusal = sent + 1, (yield from search.ask(haste.wait, "search"))
    last = refusal
    for rest in _rests(search, haste):
        last = yield from search.ask(max(rest - (last.started - refusal.started), pause_after(last)), "recover")
        if last.outcome is Outcome.ACCEPTED:
            return Again(haste, sent, refused=True)
    return Again(haste, sent, refused=True, shut=last.started - refusal.started)


def cheaper(search: Search, trial: Trial, haste: Haste) -> float:
    """Seconds of more evidence that make chance negligible, where they are fewer than to do it again takes; else 0."""
    chance = trial.chance(search.manners.attempts)
    # (q / (q + s))^k = p, where of k none began in the s slow seconds
    missing = chance.quick_seconds * (NEGLIGIBLE ** (-1 / max(1, chance.quick)) - 1) - chance.slow_seconds
    again_takes = haste.seconds + max(_longest(search), _rests(search, haste)[0])
    return missing if chance.hasty and not chance.slow and 0 < missing < again_takes else 0.0
