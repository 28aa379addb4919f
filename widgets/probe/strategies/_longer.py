"""Which wait to put on trial after one that was refused, and when to give up."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from ._conduct import ProbeEndedError
from ._ledger import SAME

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from widgets.model.attempt import Attempt, Step

    from ._search import Search
    from ._trial import Trial

OPEN = 1.4
"""A wait that seems long enough, and is so many times longer, says nothing about where the limit lies."""

STALLED = 1.03
"""After a refusal that a late request may have brought about, the wait grows by this factor at most."""

EXCUSED = 2
"""So many such refusals in a row, and lateness belongs to what the wait must cover."""

HOPELESS = 8
"""So many raises, and still refused as often: it is not the pace."""

SPREAD = 4
"""What the longest wait tried must be in parts of the shortest: some rules refuse no less often at twice the wait."""

TELLING = 20
"""Requests that can tell so."""

FALLING = 0.6
"""Refusals that fall with the pace fall below this part of what they were."""


def longer(search: Search, trial: Trial) -> Generator[Step, Attempt, Trial]:
    """The next trial after one that was refused."""
    following = _raised(search, trial)
    # The next request comes at the longer wait at once, with no extra rest.
    yield from search.ask(following.wait, "verify")
    if (yield from search.settle_block()):
        following = trial.anew((yield from search.locate()))
    return following


def _raised(search: Search, trial: Trial) -> Trial:
    ledger, choice, wait = search.ledger, search.choice, trial.wait
    if ledger.doubtful and trial.excused < EXCUSED:
        trial.excused += 1
        return trial.after(min(wait * STALLED, choice.raised(wait, trial.clean)), sure=trial.sure)
    if trial.holds:
        return trial.after(choice.raised(wait, trial.passed // trial.missed))
    high = ledger.high
    if not ledger.bursty and high is not None and wait * SAME <= high < wait * OPEN:
        # Where the bracket is closed its end is gone to at once; else what is left of it is halved.
        closed = high <= wait * search.ratio
        return trial.after(high if closed else sqrt(wait * high), sure=closed)
    # One early refusal among longer runs at such waits is chance.
    return trial.after(choice.raised(wait, ledger.stood(wait, trial.clean)))


def give_up_when_hopeless(tried: Sequence[Trial], rate: float) -> None:
    """End the probe where refusals do not fall with the pace.

    Raises:
        ProbeEndedError: Then; it says how many are refused at any pace.
    """
    if len(tried) < HOPELESS or len(tried) % 2 or tried[-1].wait < SPREAD * tried[0].wait:
        return
    half = len(tried) // 2
    sent = [trial.sent for trial in tried[half:]]
    if sum(sent) < TELLING or max(sent) - min(sent) < 2:  # noqa: PLR2004 - as many each time: a rule, and no chance
        return
    before, after = (half / sum(trial.sent for trial in part) for part in (tried[:half], tried[half:]))
    if after > max(rate, FALLING * before):
        raise ProbeEndedError(
            f"Refusals do not fall with pace: about {after:.0%} of the requests are refused at any wait from "
            f"{tried[0].wait:.3g} to {tried[-1].wait:.3g} s. Another cause is likely: ask the operator."
        )
