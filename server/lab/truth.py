"""The truth about a rule, to be laid over what was inferred: its sentence, its curve and its steady waits. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from server.limiters import Limiter

RATES: Final = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Refusal rates for which the steady wait is told."""

POINTS: Final = 41
SIMULATED_POINTS: Final = 13
"""Points of a curve that has no closed form: each takes a twentieth of a second."""

SPREAD: Final = 8.0
"""The curve runs from the reference wait divided by this to the reference wait times this."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a rule really is.

    Attributes:
        kind: The name of the rule's kind.
        sentence: The rule in one sentence; its times are those of the rule, before any time scale.
        steady_waits: By refusal rate the smallest spacing in seconds; `None` where no spacing is slow enough.
        curve: Pairs of a wait in seconds and the share that is accepted at one request each wait, waits rising.
    """

    kind: str
    sentence: str
    steady_waits: dict[float, float | None]
    curve: tuple[tuple[float, float], ...]


def tell_truth(limiter: Limiter, *, time_scale: float = 1.0, simulated: bool = False) -> Truth:
    """The truth about `limiter`, its waits in real seconds.

    Args:
        limiter: A fresh one.
        time_scale: Factor on all times of the rule.
        simulated: Whether its curve has no closed form; then it gets fewer points.
    """
    waits = {rate: limiter.steady_wait(rate) for rate in RATES}
    reference = next((wait for wait in (waits[0.05], *waits.values()) if 0 < wait < math.inf), 1.0)
    points = SIMULATED_POINTS if simulated else POINTS
    steps = [reference * SPREAD ** (2 * number / (points - 1) - 1) for number in range(points)]
    return Truth(
        kind=limiter.kind,
        sentence=limiter.describe(),
        steady_waits={rate: wait * time_scale if wait < math.inf else None for rate, wait in waits.items()},
        curve=tuple((wait * time_scale, limiter.acceptance(wait)) for wait in steps),
    )
