"""Which wait follows one that was refused: by what held, what all rules say, what a refusal costs; when to give up."""

from __future__ import annotations

from itertools import pairwise
from math import inf, sqrt
from typing import TYPE_CHECKING

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait

from .history import QUOTA
from .manners import ProbeEndedError
from .pauses import ON_TIME, pause_after
from .search import ABOVE, FACTOR, LONG, PROOF, SHORT
from .trial import FALLING, HELD

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from widgets.model.attempt import Attempt, Step

    from .history import Ledger
    from .search import Search
    from .trial import Trial


OPEN = 1.4
"""A wait that seems long enough, and is so many times longer, says nothing about where the limit lies."""

STALLED = 1.03
"""After a refusal that a late request may have brought about, the wait grows by this factor at most."""

EXCUSED = 2
"""So many such refusals in a row, and lateness belongs to what the wait must cover."""

BANNED = 20.0
"""A block so many times longer than the few requests before it is a ban."""

LEAST = 1.05
"""By what the wait is raised at least where refusals are dear."""

FIRMLY = 0.01
"""Where another rule than those compared is less likely than that, the belief is firm."""

EARLY = 2
"""A refusal among so many requests at a wait may be what requests before them have left."""

STAYS = 3
"""So often it is not believed again at one wait."""

SURELY = 0.95
"""A wait is long enough with this probability, where one that is not would cost much."""

CHANGED = 1.005
"""A wait this much longer is another one."""

GROWING = 3
GROWTH = 1.5
"""So many pauses in a row, each so many times the last, are a punishment that grows."""

CREEPING = 3
"""So many runs in a row that were long, and yet refused: small steps may lead nowhere soon."""

HOPELESS = 8
"""So many raises, and still refused as often: it is not the pace."""

SPREAD = 4
"""What the longest wait tried must be in parts of the shortest: some rules refuse no less often at twice the wait."""

RARER = 1 / 3
"""Nor is the last of them refused this much less often than those at first."""

TELLING = 20
"""Requests that can tell so."""


def longer(search: Search, trial: Trial, tried: Sequence[Trial]) -> Generator[Step, Attempt, Trial]:
    """The next trial after one that was refused, the last of those `tried`.

    Raises:
        ProbeEndedError: Where refusals do not fall with the pace, nor do at a much longer wait, which is tried first.
    """
    end = hopeless(tried, search.manners.goal.refusal_rate, search.ledger.settled)
    if end and any(each.last for each in tried):
        raise end
    following = yield from _following(search, trial)
    if end:
        following.last, following.wait = True, max(following.wait, FACTOR * trial.wait)
    return following


def _following(search: Search, trial: Trial) -> Generator[Step, Attempt, Trial]:
    following = _raised(search, trial)
    following.wait = _believed(search, trial, following.wait)
    if trial.sent <= EARLY and trial.stayed and following.wait <= trial.wait * ABOVE:
        # It stays at this wait: what is still counted of earlier haste is waited for, once the longest block passed.
        pause = max(following.wait, *(cycle.ended - cycle.stopped for cycle in search.ledger.cycles))
        yield from search.ask(pause, "recover")
    # The next request comes at the longer wait at once, with no extra rest.
    elif not search.ban_known and not search.quota.again(search.ledger.run):
        yield from search.ask(following.wait, "verify")
    if (yield from search.settle_block()) and not harsh(search):
        following = trial.anew(max((yield from search.locate()), _refilled(search.ledger, trial.wait)))
    return following


def _believed(search: Search, trial: Trial, wait: float) -> float:
    """The wait after one that was refused: what the known rules leave possible, where that is narrow; else `wait`."""
    belief = search.belief()
    if belief is None:
        return wait
    short, long, sure = (belief.quantile(share) for share in (SHORT, LONG, SURELY))
    narrow = long <= short * search.ratio
    firm = belief.doubt < FIRMLY
    stays = 1 if search.quota.burst else STAYS  # each time costs a ban
    if narrow and firm and long <= trial.wait * ABOVE and trial.sent <= EARLY and trial.stayed < stays:
        # What was refused is what earlier haste has left: the next request at this wait may be the one that fits.
        return max(long, trial.wait) * (ABOVE if search.dear(long) else 1.0)
    if firm and wait < short:
        return min(belief.quantile(0.5), short * OPEN)
    if firm:
        wait = min(wait, max(sure * ABOVE, trial.wait * LEAST))
    if harsh(search):
        if escalates(search):
            long = long if narrow else sure
        elif firm and search.dear(wait):
            long = sure * ABOVE
        return long if trial.wait * LEAST < long and (long < wait or narrow) else wait
    return long if trial.wait * CHANGED < long < trial.wait * FACTOR and narrow else wait


def _raised(search: Search, trial: Trial) -> Trial:
    ledger, choice, wait = search.ledger, search.choice, trial.wait
    high = ledger.high
    if harsh(search):
        gained = min(_gained(search, wait), _held(search, wait))
        if escalates(search) and ledger.settled > gained:
            # Each refusal costs more than the last: what held for longer than a burst would have is gone to at once.
            return trial.after(ledger.settled)
        if high is not None and not asks_for_more(search.manners.attempts):
            # It is not passed by, unless the service says that each refusal costs more.
            gained = min(gained, max(high, wait * LEAST))
        return trial.after(gained)
    if ledger.doubtful and trial.excused < EXCUSED:
        trial.excused += 1
        return trial.after(min(wait * STALLED, choice.raised(wait, trial.clean)), sure=trial.sure)
    if trial.holds:
        return trial.after(choice.raised(wait, trial.passed // trial.missed))
    if not ledger.bursty and high is not None and wait * ON_TIME <= high < wait * OPEN:
        # Where the bracket is closed its end is gone to at once; else what is left of it is halved.
        closed = high <= wait * search.ratio
        return trial.after(high if closed else sqrt(wait * high), sure=closed)
    # One early refusal among longer runs at such waits is chance.
    return trial.after(choice.raised(wait, ledger.stood(wait, trial.clean)))


def harsh(search: Search) -> bool:
    """Whether a refusal costs far more than a longer wait: pauses that grow, or bans."""
    last = search.ledger.cycles[-1] if search.ledger.cycles else None
    banned = last is not None and last.accepted < QUOTA and last.ended - last.stopped > BANNED * last.lasted > 0
    return banned or search.quota.burst > 0 or asks_for_more(search.manners.attempts)


def escalates(search: Search) -> bool:
    """Whether each ban is longer than the last, by what the service says or by what was seen of them."""
    return asks_for_more(search.manners.attempts) or search.ledger.longer_and_longer


def _held(search: Search, wait: float) -> float:
    """A longer wait that held, where no burst was there to live on; infinite where to try it may cost a certificate.

    A pause that is longer than what shows a wait forbids one, and the next pause may be twice this one.
    """
    ledger, pause = search.ledger, pause_after(search.manners.attempts[-1])
    short = 2 * pause < PROOF * ledger.settled
    return ledger.settled if short and not ledger.bursty and wait * CHANGED < ledger.settled else inf


def _gained(search: Search, wait: float) -> float:
    """A longer wait than one that was refused, where a bucket was full before: what it gained tells its pace."""
    ledger = search.ledger
    burst = search.quota.burst or (ledger.cycles[0].accepted if ledger.cycles else ledger.run)
    gained = ledger.run - burst
    return wait * max(LEAST, min(FACTOR, ABOVE * ledger.run / gained)) if gained > 0 else wait * FACTOR


def _refilled(ledger: Ledger, wait: float) -> float:
    """Half the way to the pace of whole cycles, where runs may live on what the blocks before them refill; else 0.

    A bucket of a pace r gives n requests in a run that took t seconds, and no more than r·(t + b) of them where it had
    b seconds to refill: it sustains at most a wait of (t + b) / n, and by small steps that is reached late.
    """
    whole = ledger.cycles[1:][-CREEPING:]  # before the first run a bucket was full without a block
    if len(whole) < CREEPING or any(cycle.accepted < HELD for cycle in whole):
        return 0.0
    return sqrt(wait * min((cycle.ended - cycle.started) / cycle.accepted for cycle in whole))


def asks_for_more(attempts: Sequence[Attempt]) -> bool:
    """Whether the pauses that refusals ask for grow and grow: then each refusal costs more than a much longer wait.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 1.0, 1.0, float(i), 0.1, 429, {"Retry-After": str(2**i)}) for i in range(1, 5)]
    >>> asks_for_more(row), asks_for_more(row[:2])
    (True, False)
    """
    pauses = [
        pause_after(attempt) - attempt.latency
        for before, attempt in pairwise([None, *attempts])
        if attempt is not None
        and attempt.outcome is Outcome.REFUSED
        and (before is None or before.outcome is not Outcome.REFUSED or pause_after(before) > 0)
    ][-GROWING:]
    return len(pauses) == GROWING and all(0 < sooner * GROWTH <= later for sooner, later in pairwise(pauses))


def hopeless(tried: Sequence[Trial], rate: float, held: float = 0.0) -> ProbeEndedError | None:
    """How a probe ends where refusals do not fall with the pace, and the search has `held` no longer wait; or `None`.

    It says how many are refused at any pace.
    """
    uneven = len(tried) % 2 and not tried[-1].last
    if len(tried) < HOPELESS or uneven or tried[-1].wait < max(held, SPREAD * tried[0].wait):
        return None
    half = len(tried) // 2
    sent = [trial.sent for trial in tried[half:]]
    if sum(sent) < TELLING or max(sent) - min(sent) < 2:  # noqa: PLR2004 - as many each time: a rule, and no chance
        return None
    # A trial ends at a refusal, so that each of these shares is that of refusals among the requests of its trials.
    before, after = (len(part) / sum(trial.sent for trial in part) for part in (tried[:half], tried[half:]))
    if after > max(rate, FALLING * before) and RARER * before * tried[-1].sent < 1:
        return ProbeEndedError(
            f"Refusals did not get rarer while the wait grew from {as_wait(tried[0].wait)} to "
            f"{as_wait(tried[-1].wait)}: at least {half} of the first {sum(trial.sent for trial in tried[:half])} "
            "requests at such waits were "
            f"refused, and at least {len(tried) - half} of the last {sum(sent)}. Something else than "
            "pace causes them, or far longer waits would be needed, or the limit was lowered meanwhile, or each "
            "refusal spoils the next requests. Ask the operator."
        )
    return None
