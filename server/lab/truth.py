"""The truth about a rule, to be laid over what was inferred: its sentence, its curve and its steady waits. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from server.limiters import FixedWindow, Shared

if TYPE_CHECKING:
    from server.limiters import Limiter

RATES: Final = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Refusal rates for which the steady wait is told."""

POINTS: Final = 41
MOST_SHARED: Final = 100
"""The largest quota that is shared with others of which the truth is told: working it out takes a second."""

SPREAD: Final = 8.0
"""The curve runs from the reference wait divided by this to the reference wait times this."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a rule really is.

    Attributes:
        kind: The name of the rule's kind.
        sentence: The rule in one sentence, with its own times; a second one says where they are scaled here.
        steady_waits: By refusal rate the smallest spacing in seconds; `None` where no spacing is slow enough.
        curve: Pairs of a wait in seconds and the share that is accepted at one request each wait, waits rising.
    """

    kind: str
    sentence: str
    steady_waits: dict[float, float | None]
    curve: tuple[tuple[float, float], ...]


class TooDearError(Exception):
    """The truth would take too long to work out; the message says which rules it can be told of."""


def tell_truth(limiter: Limiter, *, time_scale: float = 1.0) -> Truth:
    """The truth about `limiter`, its waits in real seconds.

    Args:
        limiter: A fresh one.
        time_scale: Factor on all times of the rule.

    Raises:
        TooDearError: If a quota is shared with others and has no closed form, or is large.
    """
    if isinstance(limiter, Shared) and limiter.others > 0:
        rule = limiter.rule
        if not (isinstance(rule, FixedWindow) and rule.aligned and rule.limit <= MOST_SHARED):
            raise TooDearError(
                f"What others leave of a rule is worked out for an aligned fixed window of at most {MOST_SHARED} "
                f"requests only; others would take minutes. This rule: {limiter.describe()}"
            )
    waits = {rate: limiter.steady_wait(rate) for rate in RATES}
    reference = next((wait for wait in (waits[0.05], *waits.values()) if 0 < wait < math.inf), 1.0)
    steps = [reference * SPREAD ** (2 * number / (POINTS - 1) - 1) for number in range(POINTS)]
    return Truth(
        kind=limiter.kind,
        sentence=limiter.describe()
        + ("" if time_scale == 1 else f" Here each of these times is {time_scale:g} of that."),
        steady_waits={rate: wait * time_scale if wait < math.inf else None for rate, wait in waits.items()},
        curve=tuple((wait * time_scale, limiter.acceptance(wait)) for wait in steps),
    )


def truth_as_json(truth: Truth) -> dict[str, Any]:
    """A truth; a wait is `null` where no spacing is slow enough."""
    return {
        "kind": truth.kind,
        "sentence": truth.sentence,
        "steady_waits": [{"refusal_rate": rate, "wait": wait} for rate, wait in truth.steady_waits.items()],
        "curve": [{"wait": wait, "accepted": accepted} for wait, accepted in truth.curve],
    }
