"""What can go wrong with a kept pace.

    PaceError
    ├── StoreError             the store cannot be used; nothing was sent, nothing that it held is lost
    │   ├── StoreNotOurs       the file or the database holds something else, or is of a newer Waitwise
    │   ├── StoreLocked        somebody else has been writing for longer than we wait
    │   ├── StoreReadOnly      it may be read, not written
    │   ├── StoreCorrupt       it is damaged
    │   ├── StoreFull          the disk, or its quota, is full
    │   └── StoreUnreachable   no such folder, no such server, no right to open it
    ├── LeaseError
    │   ├── AlreadyProbed      another prober has the target now
    │   └── LeaseLost          the target was ours, and is no longer
    └── NotDue                 the turn lies further ahead than the caller is ready to wait

`widgets.pace.limiter.session.NotSent` carries one of these out of a `requests` call.
"""

from __future__ import annotations


class PaceError(Exception):
    """A pace cannot be kept, read or obeyed; the message says what, why, and what to do."""


class StoreError(PaceError):
    """The store cannot be used."""


class StoreNotOurs(StoreError):  # noqa: N818 - the names say what is the case, as httpx's do
    """The file or the database is no store of this version of Waitwise."""


class StoreLocked(StoreError):  # noqa: N818 - as above
    """Somebody else has been writing to the store for longer than we wait."""


class StoreReadOnly(StoreError):  # noqa: N818 - as above
    """The store may be read, not written."""


class StoreCorrupt(StoreError):  # noqa: N818 - as above
    """The store is damaged."""


class StoreFull(StoreError):  # noqa: N818 - as above
    """There is no room left for the store."""


class StoreUnreachable(StoreError):  # noqa: N818 - as above
    """The store cannot be opened."""


class LeaseError(PaceError):
    """Somebody else probes the target."""


class AlreadyProbed(LeaseError):  # noqa: N818 - as above
    """Another prober has the target now.

    Attributes:
        holder: What the other prober calls itself.
        probe: The id of its probe, so that it can be followed; empty while it has none.
    """

    def __init__(self, message: str, holder: str = "", probe: str = "") -> None:
        super().__init__(message)
        self.holder, self.probe = holder, probe


class LeaseLost(LeaseError):  # noqa: N818 - as above
    """The target was ours and is no longer: nothing more may be sent or stored under this lease."""


AT_MOST, PATIENTLY = "that this session waits at most", "give the session more patience"
"""As `NotDue` says what was too little and what to do, for those to replace whose patience is another's."""


class NotDue(PaceError):  # noqa: N818 - as above
    """The turn lies further ahead than the caller is ready to wait.

    Attributes:
        seconds: Until the turn.
    """

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds
