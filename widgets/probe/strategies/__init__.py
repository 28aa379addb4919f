"""The strategies by name: generators that yield a `Step`, are sent the `Attempt`, and return a `Verdict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .careful import careful
from .doubling import doubling
from .identify import identify
from .quick import quick
from .recheck import recheck

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.attempt import Budget, Goal, Strategy

STRATEGIES: dict[str, Callable[[Goal, Budget], Strategy]] = {
    "careful": careful,
    "quick": quick,
    "doubling": doubling,
    "identify": identify,
}

__all__ = ["STRATEGIES", "careful", "doubling", "identify", "quick", "recheck"]
