"""A run of accepted requests and the block that ended it: what a quota, a burst or a ban looks like from outside."""

from __future__ import annotations

from dataclasses import dataclass

QUOTA = 4
"""Requests accepted in a row from which on a block may mean a spent quota or burst, and not just a short gap."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A run of accepted requests, the block that ended it, and the first request accepted after it.

    Attributes:
        accepted: Requests accepted in the run.
        refused: Requests refused in the block.
        started: When the run began, seconds.
        stopped: When the first request was refused, seconds.
        shut: Until when the service is known to have been shut, seconds.
        ended: When a request was accepted again, seconds.
        told: Whether the service said when to come back.
    """

    accepted: int
    refused: int
    started: float
    stopped: float
    shut: float
    ended: float
    told: bool

    @property
    def length(self) -> tuple[float, float]:
        """Seconds from the start of the run to the end of the block, at least and at most."""
        return self.shut - self.started, self.ended - self.started

    @property
    def lasted(self) -> float:
        """Seconds from the first accepted request to the first refused one."""
        return self.stopped - self.started

    @property
    def spent(self) -> bool:
        """Whether the run may have spent a quota: it was long, and the block more than one refusal by chance."""
        blocked = self.ended - self.stopped
        return self.accepted >= QUOTA and (
            self.refused > 1 or (self.told and blocked * self.accepted > 2 * self.lasted)
        )
