"""What the Paces panel shows, read from the store at one go. IO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .formatting import MOST, name, waits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Pace, Past, StoredProbe
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Held

LESSONS = 3
"""So many lessons that have not ended are told of."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pace that is looked at.

    Attributes:
        pace: It.
        probe: Which found it, where it is stored.
        attempts: The attempts of that probe; `None` where they were not read, since a long probe has thousands.
        waits: Epoch seconds and seconds: what the probes of its target found, the newest last.
    """

    pace: Pace
    probe: StoredProbe | None
    attempts: Past | None
    waits: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store holds, as of now.

    Attributes:
        paces: Those that are listed, the newest first.
        count: How many are kept.
        found: How many of these have a name that holds `words`.
        words: What was looked for.
        interrupted: The probes that were interrupted, each with the number of its attempts.
        chosen: The pace that is looked at; `None` where none is kept.
        held: The services that said to stay away.
        learning: The newest lessons from wanted requests that have not ended, each with what was asked and answered.
        lessons: How many there are of these in all.
        unfinished: How many probes were interrupted in all.
        said: What was done before the store was read, in a sentence.
    """

    paces: Sequence[Pace] = ()
    interrupted: Sequence[tuple[StoredProbe, int]] = ()
    chosen: Chosen | None = None
    held: Sequence[Held] = ()
    said: str = ""
    count: int = 0
    found: int = 0
    words: str = ""
    learning: Sequence[tuple[StoredProbe, Past]] = ()
    lessons: int = 0
    unfinished: int = 0


def read(
    store: PaceStore, key: str | None, said: str = "", words: str = "", most: int = MOST, *, whole: str = ""
) -> Snapshot:
    """Read the store; the pace with that key is looked at, else the newest.

    Args:
        store: Which.
        key: Of the pace.
        said: What was done before.
        words: Only paces are listed whose name holds them.
        most: So many are listed; the others are not even read, unless for their names.
        whole: The key of the pace whose probe is wanted with all its attempts.
    """
    listed, count = store.kept.every(most), store.kept.count()
    pace = next((each for each in listed if each.key == key), None) or (store.kept.with_key(key) if key else None)
    pace = pace or (listed[0] if listed else None)
    found = count
    if words:
        named = [each for each in store.paces() if words in name(each).lower()]
        listed, found = named[:most], len(named)
    looked_at = _look(store, pace, whole=pace.key == whole) if pace else None
    broken_off, unfinished = store.probes.interrupted(), store.probes.interrupted_count()
    # Where a pace is kept meanwhile, as by a probe, nothing is learned.
    unknown = [probe for probe in store.probes.learning() if store.pace_of(probe.target) is None]
    learning = [(probe, store.probes.attempts(probe.id)) for probe in unknown[:LESSONS]]
    return Snapshot(
        listed, broken_off, looked_at, store.held(), said, count, found, words, learning, len(unknown), unfinished
    )


def _look(store: PaceStore, pace: Pace, *, whole: bool) -> Chosen:
    try:
        probe = store.probes.get(pace.probe) if pace.probe else None
    except KeyError:  # it came from another store, or was taken out
        probe = None
    attempts = store.probes.attempts(pace.probe) if probe and whole else None
    return Chosen(pace, probe, attempts, waits_of(store.probes.history(pace.target)))
