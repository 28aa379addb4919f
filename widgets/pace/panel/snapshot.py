"""What the Paces panel shows, read from the store at one go. IO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .formatting import waits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Pace, Past, StoredProbe
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Held


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pace that is looked at.

    Attributes:
        pace: It.
        probe: Which found it, where it is stored.
        attempts: The attempts of that probe.
        waits: Epoch seconds and seconds: what the probes of its target found, the newest last.
    """

    pace: Pace
    probe: StoredProbe | None
    attempts: Past
    waits: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store holds, as of now.

    Attributes:
        paces: All, the newest first.
        interrupted: The probes that were interrupted, each with the number of its attempts.
        chosen: The pace that is looked at; `None` where none is kept.
        held: The services that said to stay away.
        said: What was done before the store was read, in a sentence.
    """

    paces: Sequence[Pace] = ()
    interrupted: Sequence[tuple[StoredProbe, int]] = ()
    chosen: Chosen | None = None
    held: Sequence[Held] = ()
    said: str = ""


def read(store: PaceStore, key: str | None, said: str = "") -> Snapshot:
    """Read the store; the pace of the target with that key is looked at, else the newest."""
    paces = store.paces()
    pace = next((each for each in paces if each.key == key), paces[0] if paces else None)
    return Snapshot(paces, store.probes.interrupted(), _look(store, pace) if pace else None, store.held(), said)


def _look(store: PaceStore, pace: Pace) -> Chosen:
    try:
        probe = store.probes.get(pace.probe) if pace.probe else None
    except KeyError:  # it came from another store, or was taken out
        probe = None
    attempts = store.probes.attempts(pace.probe) if probe else ()
    return Chosen(pace, probe, attempts, waits_of(store.probes.history(pace.target)))
