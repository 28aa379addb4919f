"""How an attempt is drawn: one shape and colour per status. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from widgets.model.attempt import Outcome

from .ink import ACCEPTED, FAILED, REFUSED

if TYPE_CHECKING:
    from widgets.model.attempt import Attempt

SYMBOLS = {503: "diamond", 429: "rect", 403: "pin", None: "path://M-5,-5L5,5M-5,5L5,-5"}
COLOURS = {429: "#cc79a7", 403: "#b8860b", None: FAILED}
BY_OUTCOME = {
    Outcome.ACCEPTED: ("circle", ACCEPTED),
    Outcome.REFUSED: ("diamond", REFUSED),
    Outcome.FAILED: ("triangle", FAILED),
}
FIRST = "first, no wait"
"""What the chart says in place of the wait before the first attempt."""


class Look(NamedTuple):
    """How the attempts of one status are drawn; hollow where there was no wait before them."""

    name: str
    symbol: str
    colour: str
    hollow: bool = False


def look(attempt: Attempt) -> Look:
    """By its status, within the shape and colour of its outcome."""
    outcome, status = attempt.outcome, attempt.status
    symbol, colour = BY_OUTCOME[outcome]
    name = "no answer" if status is None else f"{status} {outcome.value}"
    first = attempt.wait is None
    return Look(
        f"first: {name.removesuffix(outcome.value).strip()}" if first else name,
        SYMBOLS.get(status, symbol),
        COLOURS.get(status, colour),
        first,
    )
