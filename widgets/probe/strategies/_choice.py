"""Which wait to try next: the middle of a bracket on a log scale, or of the paces that a quota may sustain. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._ledger import Ledger
    from ._quota import Quota

START = 1.0
FACTOR = 3.0
"""The first wait in seconds, and what it is multiplied or divided by: few steps to any scale, and few refusals."""

SMALLEST = 1e-3
"""Seconds: no wait is taken to be shorter, where a ratio is taken."""

ABOVE = 1.02
"""A pace computed from a quota is tried this much slower: clocks and latencies are not exact."""

CLEAN = 2
"""Acceptances in a row that let a wait count as long enough, for the search."""

DRY = 10
"""The same where a burst was seen: enough of them that what a bucket gained in a pause is used up."""

FAR = 3.0
"""A block hints at a wait so many times longer than what is shown to be too fast: it may have been the rest of a window
or a ban, and the hint is tested."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The next wait, by what the ledger and the quota know now.

    Args:
        ledger: What the attempts say.
        quota: What the cycles say of a quota.
        ratio: How narrow a bracket must be, longest to shortest wait.
    """

    ledger: Ledger
    quota: Quota
    ratio: float

    def next(self, affordable: float) -> tuple[float, int]:
        """The next wait, and how many acceptances it needs; none when it is worth a trial already.

        `affordable` is the longest wait, in seconds, that the rest of the budget can show.
        """
        ledger = self.ledger
        hint, high = ledger.hint, ledger.high
        if not ledger.low * ABOVE < hint < min(affordable, inf if high is None else high * 0.999):
            hint = 0.0
        low = max(hint, ledger.low, SMALLEST)
        return self._by_quota(affordable) or (
            self._upward(low, hint) if high is None else self._between(low, high, hint)
        )

    def _upward(self, low: float, hint: float) -> tuple[float, int]:
        """Nothing is known to be long enough."""
        held = self.ledger.held > 1 and not hint
        return (self.raised(low, self.ledger.held), 0) if held else (max(low * FACTOR, START), 1)

    def _between(self, low: float, high: float, hint: float) -> tuple[float, int]:
        """Narrow the bracket on a log scale."""
        ledger, middle, ratio = self.ledger, sqrt(low * high), high / low
        if ledger.bursty:
            raised = inf if hint or ledger.full else self.raised(low, ledger.held)
            if ratio <= self.ratio:
                far = hint and not ledger.full and hint > FAR * ledger.low
                return (low, 2 * self.quota.burst or DRY) if far else (high, 0)
            return (raised, 0) if raised < middle else (middle, 2 * self.quota.burst or DRY)
        if ratio > self.ratio:
            # The last step is left to the trial.
            return middle, CLEAN if ratio > self.ratio**2 else 0
        # A hint is no proof: it is tested, unless the service itself gave it.
        told = any(cycle.told for cycle in ledger.cycles)
        return (low, CLEAN) if hint and not told else (high, 0)

    def _by_quota(self, affordable: float) -> tuple[float, int] | None:
        """The middle of the paces that the quota may sustain, with a run that would spend it twice."""
        accepted, ledger = self.quota.accepted, self.ledger
        if not accepted:
            return None
        low, high = max(ledger.low, self.quota.least / accepted), min(self.quota.most / accepted, affordable)
        if ledger.high is not None and low < ledger.high:
            high = min(high, ledger.high)
        if high <= low:
            return None
        middle = sqrt(low * high)
        return (middle * ABOVE, 0) if high / low <= self.ratio else (middle, 2 * accepted + 2)

    def raised(self, wait: float, held: int) -> float:
        """A longer wait than one that held for so many requests and was refused then.

        A bucket that gave `held` tokens sustains at least a pace of wait·(held + 1) / held; noise has no such bound.
        """
        if self.ledger.bursty:
            return wait * (1 + max(0.02, min(0.5, 0.7 / (held + 0.5))))
        return wait * (1 + max(0.02, 0.25 / sqrt(held + 1)))
