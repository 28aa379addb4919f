"""The probes that are stored: what ran, what runs, what broke off, and what each found. IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.model.pace import Evidence, Target

    from .lease import Lease
    from .log import Entry, StoredProbe
    from .store import PaceStore


class Probes:
    """The probes of a store, to read, to close and to open again."""

    def __init__(self, store: PaceStore) -> None:
        self._store = store

    def get(self, probe: str) -> StoredProbe:
        """One probe.

        Raises:
            KeyError: When there is none of that id.
        """
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.get(self._store.database, probe)

    def unfinished(self, target: Target | None = None) -> list[StoredProbe]:
        """Probes without a verdict, the newest first; those that run now are among them."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.unfinished(self._store.database, target)

    def broken_off(self, most: int = 50) -> list[tuple[StoredProbe, int]]:
        """The newest probes that can be gone on with, each with the number of its attempts."""
        from . import leases, probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.broken_off(self._store.database, leases.running(self._store), most)

    def history(self, target: Target, most: int = 30) -> list[tuple[float, Evidence]]:
        """What the newest probes of a target ended in, and when (epoch seconds), the newest last."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.history(self._store.database, target, most)

    def entries(self, probe: str, after: int = 0) -> list[Entry]:
        """The attempts of one probe, answered, from number `after` + 1 on; a follower asks for the rest each time."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.entries(self._store.database, probe, after)

    def count(self, probe: str) -> int:
        """How many answered attempts one probe has."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        return probes.count(self._store.database, probe)

    def close(self, target: Target, lease: Lease | None = None) -> None:
        """Close every probe of the target that broke off: it is not gone on with, and its attempts stay."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        probes.close(self._store.database, target, self._store.clock.today(), lease)

    def reopen(self, probe: str, settings: Mapping[str, Any], lease: Lease | None = None) -> None:
        """Let a probe that has its verdict go on, towards another one, with these settings."""
        from . import probes  # noqa: PLC0415 - loads SQLAlchemy

        probes.reopen(self._store.database, probe, settings, lease)

    def running(self, target: Target) -> tuple[str, str] | None:
        """Who probes the target now, and the id of the probe; `None` where nobody does."""
        from . import leases  # noqa: PLC0415 - loads SQLAlchemy

        row = leases.holder(self._store, target.key)
        return (row.holder, row.probe) if row is not None else None
