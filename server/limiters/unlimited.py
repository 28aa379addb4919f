"""None: a service that never refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from . import _checks
from .decision import Decision


@dataclass(slots=True)
class Unlimited:
    """Serve every request.

    Args:
        seed: Unused; the rule has no chance in it.
    """

    seed: int = 0
    kind: ClassVar[str] = "none"

    def ask(self, now: float) -> Decision:  # noqa: ARG002 - the contract of every limiter
        """Serve the request."""
        return Decision(accepted=True)

    def acceptance(self, wait: float) -> float:  # noqa: ARG002 - the contract of every limiter
        """All of them."""
        return 1.0

    def steady_wait(self, refusal_rate: float) -> float:
        """No wait at all."""
        _checks.share(refusal_rate=refusal_rate)
        return 0.0

    def describe(self) -> str:
        """The rule in one sentence."""
        return "Every request is served."
