"""An estimate that was learnt while a job is done, tried shorter as the job goes on. PURE.

An estimate is longer than it need be: it has a margin in place of evidence, its bracket has a width, and a block that
was left late looks like a long wait. A job that lasts can afford to find out. What a strategy certified is not tried:
that ends the learning. What use has certified meanwhile (`use`) comes back as that. What a service states is not tried
shorter either.

After `need` served answers at the pace, and as many as its evidence spanned, a wait is tried that is shorter by `step`.
The first refusal brings the one before back, with all that was known of it, and halves the step (as a factor; only the
first one after a shortening does: Kesten 1958, 'Accelerated stochastic approximation'), until a step is not worth a
refusal. A refusal of a wait that was not shortened last lengthens it by the step, up to what was found at first.

What was found may be too short as well: a few answers tell little of a share, and a statement may be read wrongly. Only
`slowdown` would answer to that, and forget. So where more than the promise are refused at exactly the pace, `OFTEN`
times at least, the wait becomes that at which the requests were sent meanwhile, on average: the stretch after a refusal
is `UP` and falls back to 1. It ends at `UP` times what was found: what needs more is another limit, and is doubted.
What is refused while the stretch lasts keeps it, and is not counted here.

Where a refusal shut out for long, as a ban does, a try could cost more than it can win. Nobody knows how long the job
is; it is taken to last as long again as it went well by now, and a try must be worth `DEAR` times the longest block.
Nothing is tried below what the service itself states, and a served answer that says that nothing is left for longer
than the wait counts as a refusal here: who waits for a quota's end is refused at no pace.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from widgets.http.limits import read
from widgets.model.attempt import Outcome, Verdict
from widgets.model.quantity import as_wait, counted

from .slowdown import PROMISE, UP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.model.attempt import Attempt

STEP = 0.8
"""By what factor the first try is shorter."""
END = 0.965
"""A step nearer to 1 is not worth a refusal."""
NEED = 15
"""Served answers at a pace, at least, before a shorter one is tried."""
PATIENCE = 1.2
"""By how much more of them after each try that was refused."""
DEAR = 20.0
"""How often the time must be won back that a refusal cost at most by now."""
ABOVE = 1.02
"""How much longer than a stated wait a try is at least."""
OFTEN = 2
"""Refusals at what was found, at least, before it is lengthened: one may be chance."""
MAY_CHANGE = ("estimated", "stated")
"""The kinds of what was found that use may change."""


@dataclass(frozen=True, slots=True)
class Trying:
    """How the wait of a learnt pace has been changed by its use.

    Attributes:
        found: What was found at first, seconds.
        step: The factor of the next try.
        need: Served answers at the pace that it takes.
        floor: The longest wait that the service states, or 0.
        span: Seconds that the evidence spanned on which the pace stands.
        lost: Seconds of the longest block that began with a refusal.
        straight: Served answers at the pace since it was changed last, or refused.
        served: The same since it was refused.
        before: The wait before the last change, where that was a try; else 0.
        blocked: Since when all is refused, or `None`.
        longest: To what it was lengthened beyond what was found, seconds; 0 where it was not.
        held: Served answers at exactly what was found, or at that.
        broke: Refusals there, those that followed another left out.

    >>> trying, wait = Trying(2.0), 2.0
    >>> for _ in range(NEED):
    ...     trying, wait = trying.after(wait, refused=False, on_time=True, first=False, now=0.0)
    >>> wait
    1.6
    >>> trying, wait = trying.after(wait, refused=True, on_time=True, first=True, now=0.0)
    >>> wait, round(trying.step, 3)
    (2.0, 0.894)
    """

    found: float
    step: float = STEP
    need: float = NEED
    floor: float = 0.0
    span: float = 0.0
    lost: float = 0.0
    straight: int = 0
    served: int = 0
    before: float = 0.0
    blocked: float | None = None
    longest: float = 0.0
    held: int = 0
    broke: int = 0

    @classmethod
    def of(cls, verdict: Verdict, attempts: Iterable[Attempt]) -> Self | None:
        """At the end of a lesson; `None` where its wait is not to be changed."""
        if verdict.kind not in MAY_CHANGE or not verdict.wait:
            return None
        lost, floor = 0.0, verdict.wait / ABOVE if verdict.kind == "stated" else 0.0
        began: float | None = None
        for attempt in attempts:
            floor = max(floor, read(attempt.status, attempt.headers, 0.0).sustained or 0.0)
            if attempt.outcome is Outcome.REFUSED and began is None:
                began = attempt.started
            elif attempt.outcome is Outcome.ACCEPTED and began is not None:
                lost, began = max(lost, attempt.started - began - 2 * verdict.wait), None
        return cls(verdict.wait, floor=floor, span=verdict.span, lost=lost)

    @classmethod
    def read(cls, text: str) -> Self:
        """As it was written."""
        return cls(**json.loads(text))

    @property
    def text(self) -> str:
        """To be stored."""
        return json.dumps(asdict(self))

    def after(
        self,
        wait: float,
        *,
        refused: bool,
        on_time: bool,
        first: bool,
        now: float,
        spent: bool = False,
        shortens: bool = True,
        promise: float = PROMISE,
    ) -> tuple[Trying, float]:
        """What becomes of a wait, and of this, with one more answer.

        Args:
            wait: Seconds, as it is kept.
            refused: Whether it was a refusal.
            on_time: Whether the request came at exactly the pace.
            first: Whether it was refused at the pace, and the one before was not refused.
            now: Seconds, on any clock.
            spent: Whether it was served, and the service keeps away for longer than the wait.
            shortens: Whether the wait may be tried shorter now.
            promise: The share that may be refused.

        >>> Trying(2.0, before=2.0).after(1.6, refused=False, on_time=True, first=False, now=0.0, spent=True)[1]
        2.0
        """
        if refused:
            known = self if self.blocked is not None else replace(self, blocked=now)
            return _refused(known, wait, promise) if first else (known, wait)
        known = self
        if self.blocked is not None:
            known = replace(self, lost=max(self.lost, now - self.blocked - wait), blocked=None)
        if on_time and known.at_most(wait):
            known = replace(known, held=known.held + 1)
        if spent:
            return _back(known, wait)
        if not (on_time and shortens):
            return known, wait
        known = replace(known, straight=known.straight + 1, served=known.served + 1)
        shorter = max(wait * known.step, known.floor * ABOVE)
        if not _worth(known, wait, shorter):
            return known, wait
        return replace(known, straight=0, before=wait), shorter

    def at_most(self, wait: float) -> bool:
        """Whether a wait is the longest one by now, and no try."""
        return not self.before and wait >= (self.longest or self.found)


def _back(trying: Trying, wait: float) -> tuple[Trying, float]:
    """The wait before a try; or one that is longer by the step, up to the longest one."""
    known = replace(trying, straight=0, served=0, before=0.0)
    if trying.before:
        return replace(known, step=math.sqrt(trying.step), need=trying.need * PATIENCE), trying.before
    most = trying.longest or trying.found
    return known, min(most, wait / trying.step) if wait < most else wait


def _refused(trying: Trying, wait: float, promise: float) -> tuple[Trying, float]:
    """The same after a refusal, which may lengthen the longest one."""
    if not trying.at_most(wait):
        return _back(trying, wait)
    broke, limit = trying.broke + 1, trying.found * UP
    known = replace(trying, straight=0, served=0, broke=broke)
    if broke < OFTEN or broke <= promise * (trying.held + broke) or wait >= limit:
        return known, wait
    longer = min(limit, wait * math.sqrt(UP))
    # No try comes back to what was refused too often, and the first one goes half the way.
    floor, step = max(trying.floor, wait), math.sqrt(trying.step)
    return replace(known, longest=longer, held=0, broke=0, floor=floor, step=step), longer


def _worth(trying: Trying, wait: float, shorter: float) -> bool:
    if shorter > wait * END or trying.straight < max(trying.need, trying.span / shorter):
        return False
    return trying.served * (wait - shorter) >= DEAR * trying.lost


def tried(wait: float, before: float, kind: str, straight: int, confidence: float = 0.95) -> Verdict:
    """What a wait stands on that is being tried.

    >>> print(tried(1.6, 2.0, "estimated", 20).statement)
    A shorter wait is tried while the service is used: 1.6 s in place of 2 s (estimated), at which the last 20 \
requests at that pace were served. The try began without evidence of its own.
    """
    statement = (
        f"A shorter wait is tried while the service is used: {as_wait(wait)} in place of {as_wait(before)} ({kind}), "
        f"at which the last {straight} requests at that pace were served. The try began without evidence of its own."
    )
    return _verdict(wait, confidence, statement)


def lengthened(
    wait: float, before: float, trying: Trying, *, refused: bool = True, confidence: float = 0.95
) -> Verdict:
    """What a wait stands on that was lengthened: up to what was found at first, or beyond.

    It was after a refusal, or else after an answer that asked for a longer pause. `trying` is how it was before.

    >>> print(lengthened(1.7, 1.6, Trying(2.0)).statement)
    Lengthened from 1.6 s while the service is used, after a refusal. 2 s was found at first.
    >>> print(lengthened(2.2, 2.0, Trying(2.0, held=20, broke=1)).statement)
    Lengthened from 2 s while the service is used: 20 requests at that pace were served and 2 at that or a slower one \
refused, more than was promised. 2 s was found at first.
    """
    cause = ", after a refusal" if refused else ", after an answer that asked for a longer pause"
    if refused and trying.at_most(before):
        served = f"{counted(trying.held, 'request')} at that pace {'was' if trying.held == 1 else 'were'} served"
        cause = f": {served} and {trying.broke + 1} at that or a slower one refused, more than was promised"
    found = f"{as_wait(trying.found)} was found at first"
    return _verdict(wait, confidence, f"Lengthened from {as_wait(before)} while the service is used{cause}. {found}.")


def _verdict(wait: float, confidence: float, statement: str) -> Verdict:
    counts: dict[str, Any] = {"accepted": 0, "refused": 0, "requests": 0, "seconds": 0.0, "span": 0.0, "horizon": 0.0}
    return Verdict("estimated", wait, wait, 1.0, confidence, **counts, statement=statement)
