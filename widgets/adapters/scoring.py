"""A probe's attempts, in the words of the service's room: what they cost the service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.probe import Outcome
from widgets.service import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.probe import Attempt


def cost_of(attempts: Iterable[Attempt]) -> Cost:
    """How many requests those were, how many were refused, and how many came before a stated Retry-After had passed."""
    requests = refused = early = 0
    not_before = -math.inf
    for attempt in attempts:
        requests += 1
        refused += attempt.outcome is Outcome.REFUSED
        early += attempt.started < not_before
        # Counted from the start, in the probe's favour: when the answer left the service nobody knows here.
        not_before = attempt.started + (read(attempt.status, attempt.headers, 0.0).retry_after or 0.0)
    return Cost(requests, refused, early)
