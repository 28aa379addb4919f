"""The strategies by name: generators that yield a `Step`, are sent the `Attempt`, and return a `Verdict`.

A strategy never sleeps, never sends and never reads a clock. Whoever drives it does: live, from a log, or as here in
virtual time, against a service that refuses what comes less than 2 s after the last request.

>>> from widgets.model.attempt import Attempt, Budget, Goal
>>> plan = STRATEGIES["quick"](Goal(), Budget())
>>> step, now, attempts = next(plan), 0.0, []
>>> while True:
...     spacing = step.wait if attempts else None
...     now += step.wait
...     status = 200 if spacing is None or spacing >= 2 else 429
...     attempts.append(Attempt(len(attempts) + 1, spacing, spacing, now, 0.01, status))
...     try:
...         step = plan.send(attempts[-1])
...     except StopIteration as end:
...         verdict = end.value
...         break
>>> verdict.kind, 2 <= verdict.wait < 3, verdict.requests < 25
('estimated', True, True)

How they work, which numbers follow from theory and which were tuned, and how well they do: `theory.md`, beside this
file.
"""

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
