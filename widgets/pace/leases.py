"""The rows of the leases. Loads SQLAlchemy: import it late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from .schema import leases

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from .store import PaceStore


def take(store: PaceStore, key: str, holder: str, seconds: float) -> int | Row[Any]:
    """Give the number of the new lease, or the row of the one that is in force."""
    database = store.database
    with database.write() as connection:
        empty = {"fence": 0, "holder": "", "probe": "", "clock": "", "expires": 0.0}
        database.upsert(connection, leases, {"target": key} | empty, keep=True)
        row = connection.execute(select(leases).where(leases.c.target == key).with_for_update()).one()
        clock, now = moment(store, connection)
        # On another clock than ours it dates from before this machine was started: its holder is no more.
        if row.holder and row.clock == clock and row.expires > now:
            return row
        new = {"fence": row.fence + 1, "holder": holder, "probe": "", "clock": clock, "expires": now + seconds}
        connection.execute(update(leases).where(leases.c.target == key).values(**new))
        return int(row.fence) + 1


def renew(store: PaceStore, key: str, fence: int, seconds: float) -> bool:
    """Whether the lease is still that one; then it lasts its whole time again."""
    with store.database.write(durable=False) as connection:
        _, now = moment(store, connection)
        return _change(connection, key, fence, expires=now + seconds)


def follow(store: PaceStore, key: str, fence: int, probe: str) -> None:
    """Name the probe that runs under the lease."""
    with store.database.write(durable=False) as connection:
        _change(connection, key, fence, probe=probe)


def release(store: PaceStore, key: str, fence: int) -> None:
    """End the lease, if it is still that one."""
    with store.database.write(durable=False) as connection:
        _change(connection, key, fence, holder="", expires=0.0)


def stands(connection: Connection, key: str, fence: int) -> bool:
    """Whether the lease is still that one, within the transaction of what is stored under it."""
    return connection.scalar(select(leases.c.fence).where(leases.c.target == key)) == fence


def holder(store: PaceStore, key: str) -> Row[Any] | None:
    """The lease in force, or `None`."""
    with store.database.read() as connection:
        row = connection.execute(select(leases).where(leases.c.target == key)).first()
        clock, now = moment(store, connection)
    return row if row is not None and row.holder and row.clock == clock and row.expires > now else None


def running(store: PaceStore) -> set[str]:
    """The ids of the probes that are being made now, by anybody."""
    with store.database.read() as connection:
        clock, now = moment(store, connection)
        held = select(leases.c.probe).where(leases.c.holder != "", leases.c.clock == clock, leases.c.expires > now)
        return set(connection.scalars(held))


def moment(store: PaceStore, connection: Connection) -> tuple[str, float]:
    """The clock by which leases of this store end, and what it shows.

    On PostgreSQL it is the server's, the only one that all machines see. On SQLite it is the machine's monotonic
    clock, or its wall clock where processes have no monotonic clock in common.
    """
    if not store.database.sqlite:
        return "server", float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0.0)
    return (store.clock.id, store.clock.now()) if store.clock.shared else ("wall", store.clock.today())


def _change(connection: Connection, key: str, fence: int, **values: object) -> bool:
    ours = update(leases).where(leases.c.target == key, leases.c.fence == fence, leases.c.holder != "")
    return bool(connection.execute(ours.values(**values)).rowcount)
