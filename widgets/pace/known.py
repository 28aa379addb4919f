"""What the Paces panel shows, read from the store at one go. IO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .trend import waits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Pace

    from .log import Entry, StoredProbe
    from .store import PaceStore


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pace that is looked at.

    Attributes:
        pace: It.
        probe: Which found it, where it is stored.
        entries: The attempts of that probe.
        waits: Epoch seconds and seconds: what the probes of its target found, the newest last.
    """

    pace: Pace
    probe: StoredProbe | None
    entries: Sequence[Entry]
    waits: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds, as of now.

    Attributes:
        paces: All, the newest first.
        broken: The probes that broke off, each with the number of its attempts.
        chosen: The pace that is looked at; `None` where none is kept.
        said: What was done before the store was read, in a sentence.
    """

    paces: Sequence[Pace] = ()
    broken: Sequence[tuple[StoredProbe, int]] = ()
    chosen: Chosen | None = None
    said: str = ""


def read(store: PaceStore, key: str | None, said: str = "") -> Known:
    """Read the store; the pace of the target with that key is looked at, else the newest."""
    paces = store.paces()
    pace = next((each for each in paces if each.target.key == key), paces[0] if paces else None)
    return Known(paces, store.probes.broken_off(), _look(store, pace) if pace else None, said)


def _look(store: PaceStore, pace: Pace) -> Chosen:
    probe = store.probes.get(pace.probe) if pace.probe else None
    entries = store.probes.entries(pace.probe) if probe else ()
    return Chosen(pace, probe, entries, waits_of(store.probes.history(pace.target)))
