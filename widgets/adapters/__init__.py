"""Where two rooms meet: each module says in the words of one what the other knows. `app` puts them in place."""

from __future__ import annotations

from .counting import as_counted
from .elsewhere import lost_to, probed_elsewhere
from .expecting import expected
from .holding import HeldTurns
from .keeping import address_of, check_caller, keeper
from .learning import StoreLessons, settings_of
from .linking import Linked
from .obeying import StoreTurns
from .scoring import cost_of, scored_of
from .strangers import POLITE, StrangersProbes, StrangersTurns, public_store
from .writing import StoreJournals

__all__ = [
    "POLITE",
    "HeldTurns",
    "Linked",
    "StoreJournals",
    "StoreLessons",
    "StoreTurns",
    "StrangersProbes",
    "StrangersTurns",
    "address_of",
    "as_counted",
    "check_caller",
    "cost_of",
    "expected",
    "keeper",
    "lost_to",
    "probed_elsewhere",
    "public_store",
    "scored_of",
    "settings_of",
]
