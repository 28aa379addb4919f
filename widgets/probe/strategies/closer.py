"""Once a wait is shown: how much longer it must be for what was saved up, and whether a shorter one can be shown too.

What the rules believe, or what happened to hold, may lead to a wait far above all that was refused. Then the middle
between them is put on trial. To test shorter waits in this order costs no confidence: each is tested only once the
longer one was shown, so that the first bad one of them is shown with the goal's error at most (a 'fixed sequence':
Maurer, Hothorn and Lehmacher 1995). Only what was lost on waits that were refused stays lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome, ProbeStoppedError
from widgets.model.quantity import as_wait, counted
from widgets.probe.evidence import BETS, EProcess, straight_needed

from .bets import Bets, longest_block, possible
from .history import QUOTA
from .manners import ProbeEndedError
from .pauses import ON_TIME, pause_after
from .raising import escalates
from .search import FIRM, SHORT
from .slowing import slowed
from .trial import Trial
from .verify import filled, outlasting, suspected, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from widgets.model.attempt import Attempt, Step

    from .search import Search

APART = 1.4
"""A shorter wait is tried where the shown one is so many times longer than all that is hardly long enough."""

TRIES = 3
"""So many shorter waits are tried at most: each halves what is left, on a log scale."""

GAIN = 1.1
"""By what factor what it would come to must be shorter, with what is added where a bucket may have saved up again."""

BELIEVED = 2.5
"""A shown wait so many times longer than all that was refused needs another reason than what is believed."""

HASTE = 0.9
"""A spacing shorter than this part of a wait was a quicker one."""

GROWS = 3
"""Where each block is longer than the last one the next may be so many times as long as the longest."""

FILLED = 1.1
"""A pause that would lengthen the wait by more than this was a ban, or the block of a window, which fills no bucket."""

SUSPICION = 1.05
"""By what factor the wait is lengthened at most where a ban may have filled a bucket again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A wait that was shown.

    Attributes:
        trial: What shows it.
        wait: Seconds: the tested wait, or a little longer, see `lasting`.
        by_rules: Whether it would be longer but for the rules that are compared.
        shorter: Shorter waits that were tried next, and are not shown, with what came of them; else empty.
        unmet: The suspects that it was too short to bring back, as a sentence; else empty.
    """

    trial: Trial
    wait: float
    by_rules: bool
    shorter: str = ""
    unmet: str = ""

    @property
    def words(self) -> str:
        """The sentences on shorter waits; empty where there are none."""
        return f" Of shorter waits {self.shorter}." if self.shorter else ""


def shown(search: Search, trial: Trial) -> Shown:
    """What a trial that was enough shows just when it ended: it depends on what came before the evidence."""
    unmet = search.manners.suspects.unmet(trial.evidence)
    return Shown(trial, *lasting(search, trial), unmet=str(unmet or ""))


def closer(search: Search, bets: Bets, held: Shown, stands: Callable[[Shown], bool]) -> Generator[Step, Attempt, Shown]:
    """Try waits between the shown one and what was refused, and return the shortest that is shown as well.

    What is `held` stays so whatever comes: a refusal, the end of the budget, a person who stops the probe. A shorter
    one takes its place only where that `stands`, with nothing that speaks against it.
    """
    manners, purse, seen = search.manners, bets.wealth.carried, list[str]()
    low = max((each.wait for each in held.trial.before), default=0.0)
    for _ in range(TRIES):
        low = _hardly(search, low, held.wait)
        shorter = sqrt(low * held.wait)
        saved = _saved(search, shorter)
        needed = max(ceil(BETS * straight_needed(manners.goal)), outlasting(saved))
        gains = held.wait > APART * low and held.wait > GAIN * shorter * needed / (needed - saved)
        if not gains or not _worth(search, held.trial, shorter, needed):
            break
        manners.kept, search.saved = held.trial.tested, saved
        bets = Bets(EProcess(manners.goal, purse, carried=purse), search)
        trial = Trial(shorter, sure=True, before=list(held.trial.before))
        try:
            if search.ledger.blocked and not (yield from _open_again(search)):
                break
            trial = yield from verify(search, bets, trial, below=held.trial.tested)
        except ProbeEndedError as end:
            met = "was on trial when the probe could not go on" if trial.sent else "could not be tried"
            seen.append(f"{as_wait(shorter)} {met}: {end}".removesuffix("."))
            break
        except ProbeStoppedError:
            seen.append(f"{as_wait(shorter)} was tried no further when you stopped it")
            break
        if search.ledger.blocked:  # not by what was won: a refusal late in a long trial leaves enough of that
            exact = trial.wait == shorter and not trial.resumed
            after = f" after {counted(trial.sent - 1, 'request')} at it" if trial.sent > 1 else " at once"
            seen.append(f"{as_wait(trial.wait)} was refused{after if exact else ''}")
            low, purse = max(low, trial.wait), bets.wealth.carried
            continue
        if trial.wait >= held.trial.tested:
            slow = manners.attempts[-1].latency > shorter
            why = "answers took longer" if slow else "this machine could not keep to it"
            seen.append(f"{as_wait(shorter)} was given up, since {why}")
            break
        found = shown(search, trial)
        if found.wait >= held.wait or not stands(found):
            seen.append(f"{as_wait(trial.wait)} held, and is not certified")
            break
        held = found
    manners.kept, search.saved = None, 0
    return replace(held, shorter="; ".join(seen))


def _open_again(search: Search) -> Generator[Step, Attempt, bool]:
    """Wait for the end of a block that a shorter wait brought about: as long as the longest one, and once more."""
    manners, longest = search.manners, longest_block(search)
    for _ in range(2 if longest else 0):
        attempt = yield from search.ask(max(longest, pause_after(manners.attempts[-1])), "recover")
        if attempt.outcome is Outcome.ACCEPTED:
            search.quota.learn(search.ledger.cycles)
            return True
    return False


def _hardly(search: Search, low: float, wait: float) -> float:
    """The longest wait in seconds that is hardly long enough, where `wait` is: `low` and more were refused.

    A firm belief holds off shorter waits than it leaves possible; or where it leads far up, those that are far shorter.
    So does the shortest pause that the service itself asked for, since pauses may grow, and a quota.
    """
    belief, quota, ledger = search.belief(), search.quota, search.ledger
    pauses = [cycle.shut - cycle.stopped for cycle in ledger.cycles if cycle.told]
    told = min(ledger.hint, *pauses) if pauses else 0.0
    low = max(low, ledger.low, told if told < wait else 0.0)
    if belief is not None and belief.doubt < FIRM:
        rules = belief.quantile(SHORT)
        return max(low, rules if wait < BELIEVED * low else min(rules, wait / BELIEVED))
    return max(low, quota.least / quota.accepted if quota else 0.0)


def _saved(search: Search, wait: float) -> int:
    """What a bucket may have saved up again at the longer wait, in requests: the longest run that was quicker."""
    longest = run = 0
    for attempt in search.manners.attempts:
        hasty = attempt.outcome is Outcome.ACCEPTED and (attempt.spacing or inf) < wait * HASTE
        run = run + 1 if hasty else 0
        longest = max(longest, run)
    return max(longest, search.ledger.burst)


def _worth(search: Search, trial: Trial, wait: float, needed: int) -> bool:
    """Whether a shorter `wait` may be tried: if it is refused, that is not dear, and there is room for all `needed`.

    Not where the service states its pace, nor where it slows down: what answers take there belongs to the wait.
    """
    manners, block = search.manners, longest_block(search)
    if not search.ledger.low or trial.stated or manners.stated or slowed(manners.attempts, trial.evidence):
        return False
    if search.dear(wait) or (escalates(search) and GROWS * block > trial.span):
        return False
    room = needed < manners.allowance and manners.refused + 1 < manners.budget.refusals
    return room and needed * wait + 2 * block < manners.budget.seconds - manners.seconds


def lasting(search: Search, trial: Trial) -> tuple[float, bool]:
    """The tested wait, or a little longer where the run may have lived on what a bucket gained in a pause before it.

    From the last refusal on, when the bucket was empty, it has given `run` requests, and so gained run - 1 at least.
    Where a ban or a pause fills it, a burst may be gone from it: n - burst is what is sure. Where there may have been a
    ban, that is worth no more than `SUSPICION`; a burst too small for a quota counts too. No more is added than the
    rules that are compared leave possible.

    Returns:
        The wait in seconds, and whether it would be longer but for those rules.
    """
    n, ledger, kept = len(trial.evidence), search.ledger, 1 - search.manners.goal.refusal_rate
    counted = search.manners.windows.lasts is not None  # what is left is told each time: nothing was saved up
    bucket = 0.0 if counted else kept * (trial.evidence[-1].started - ledger.shut) / max(1, ledger.run - 1)
    banned = trial.wait * n / (n - filled(search))
    doubted = trial.wait * min(SUSPICION, (1.0 if ledger.ban_seen else kept) * n / (n - suspected(search, trial)))
    if bucket >= FILLED * trial.wait:
        few = _saved(search, trial.wait)
        bucket = trial.wait * n / (n - few) if few < QUOTA else 0.0
    longest = max(trial.tested, banned, doubted, bucket)
    wait = max(trial.tested, min(longest, possible(search) if longest > trial.tested else inf))
    return wait, wait * ON_TIME < longest
