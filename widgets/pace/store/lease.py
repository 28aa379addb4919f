"""One prober per target: a lease with an expiry and a fencing number. IO.

A lease can be outlived: a prober that was stopped wakes up and believes that it still holds it. So each lease has a
number that only grows, and whatever is stored under an older number is refused (Kleppmann 2016, 'How to do distributed
locking'). The worst that is left is one request of a stopped prober that was already on its way.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import select, text, update
from sqlalchemy.sql.functions import sum as sum_of

from widgets.pace.errors import AlreadyProbed, LeaseLost, StoreError

from .schema import leases

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from widgets.model.pace import Target
    from widgets.pace.clock import Clock

    from .engine import Database


class Lease:
    """The right to probe a target. As a context manager it renews itself, and is given back at the end.

    Attributes:
        target: What may be probed.
        holder: What the prober calls itself.
        fence: The number of this lease; a later lease has a higher one.
    """

    def __init__(self, rows: Leases, target: Target, holder: str, fence: int, seconds: float) -> None:
        self.target, self.holder, self.fence = target, holder, fence
        self._rows, self._seconds = rows, seconds
        self._renewed = rows.clock.now()
        self._ended = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A store that fails now must not cost the verdict: what is not given back runs out by itself.
        with suppress(StoreError):
            self.release()

    def renew(self) -> None:
        """Hold it for its whole time again.

        Raises:
            LeaseLost: When somebody else has taken it.
        """
        now = self._rows.clock.now()
        if not self._rows.renew(self.target.key, self.fence, self._seconds):
            raise lost(self.target)
        self._renewed = now

    def check(self) -> None:
        """Make sure that it is still ours; call it before each request.

        Raises:
            LeaseLost: When somebody else has taken it.
        """
        if self._rows.clock.now() - self._renewed >= self._seconds / 3:
            self.renew()

    def stands(self, connection: Connection) -> bool:
        """Whether it is still ours, within the transaction of what is stored under it."""
        return connection.scalar(select(leases.c.fence).where(leases.c.target == self.target.key)) == self.fence

    def follow(self, probe: str) -> None:
        """Say which probe runs under it, so that others can follow it."""
        self._rows.follow(self.target.key, self.fence, probe)

    def release(self) -> None:
        """Give it back; one that was lost stays with whoever has it."""
        self._ended.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        self._rows.release(self.target.key, self.fence)

    def _keep(self) -> None:
        while not self._ended.wait(self._seconds / 3):
            try:
                self.renew()
            except LeaseLost:
                return
            except StoreError:
                continue  # told to the prober itself, by the next entry that it cannot store


class Leases:
    """The rows of the leases."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self.clock = database, clock

    def take(self, target: Target, holder: str, seconds: float) -> Lease:
        """Take the right to probe a target for so many seconds.

        Raises:
            AlreadyProbed: When somebody else has it; the error names the holder and its probe.
        """
        with self._database.write() as connection:
            empty = {"fence": 0, "holder": "", "probe": "", "clock": "", "expires": 0.0}
            self._database.upsert(connection, leases, {"target": target.key} | empty, keep=True)
            row = connection.execute(select(leases).where(leases.c.target == target.key).with_for_update()).one()
            clock, now = self._moment(connection)
            # On another clock than ours it dates from before this machine was started: its holder is no more.
            if row.holder and row.clock == clock and row.expires > now:
                raise AlreadyProbed(
                    f"{row.holder} probes {target.url} already. Follow that probe, or wait until it has ended.",
                    row.holder,
                    row.probe,
                )
            new = {"fence": row.fence + 1, "holder": holder, "probe": "", "clock": clock, "expires": now + seconds}
            connection.execute(update(leases).where(leases.c.target == target.key).values(**new))
            fence = int(row.fence) + 1
        return Lease(self, target, holder, fence, seconds)

    def renew(self, key: str, fence: int, seconds: float) -> bool:
        """Whether the lease is still that one; then it lasts its whole time again."""
        with self._database.write(durable=False) as connection:
            _, now = self._moment(connection)
            return _change(connection, key, fence, expires=now + seconds)

    def follow(self, key: str, fence: int, probe: str) -> None:
        """Name the probe that runs under the lease."""
        with self._database.write(durable=False) as connection:
            _change(connection, key, fence, probe=probe)

    def release(self, key: str, fence: int) -> None:
        """End the lease, if it is still that one."""
        with self._database.write(durable=False) as connection:
            _change(connection, key, fence, holder="", expires=0.0)

    def revoke(self, target: Target) -> None:
        """End whatever lease of the target is in force: its number is outlived, as if another had been taken."""
        ended = {"fence": leases.c.fence + 1, "holder": "", "expires": 0.0}
        with self._database.write() as connection:
            connection.execute(update(leases).where(leases.c.target == target.key).values(**ended))

    def holder(self, key: str) -> Row[Any] | None:
        """The lease in force, or `None`."""
        with self._database.read() as connection:
            row = connection.execute(select(leases).where(leases.c.target == key)).first()
            clock, now = self._moment(connection)
        return row if row is not None and row.holder and row.clock == clock and row.expires > now else None

    def running(self) -> set[str]:
        """The ids of the probes that are being made now, by anybody."""
        with self._database.read() as connection:
            clock, now = self._moment(connection)
            held = select(leases.c.probe).where(leases.c.holder != "", leases.c.clock == clock, leases.c.expires > now)
            return set(connection.scalars(held))

    def taken(self, begins: str) -> int:
        """How often leases under which probes of such names run, or ran last, were taken, in all."""
        theirs = select(sum_of(leases.c.fence)).where(leases.c.probe.startswith(begins, autoescape=True))
        with self._database.read() as connection:
            return int(connection.scalar(theirs) or 0)

    def _moment(self, connection: Connection) -> tuple[str, float]:
        """The clock by which leases of this store end, and what it shows.

        On PostgreSQL it is the server's, the only one that all machines see. On SQLite it is the machine's monotonic
        clock, or its wall clock where processes have no monotonic clock in common.
        """
        if not self._database.sqlite:
            return "server", float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0.0)
        return (self.clock.id, self.clock.now()) if self.clock.shared else ("wall", self.clock.today())


def _change(connection: Connection, key: str, fence: int, **values: object) -> bool:
    ours = update(leases).where(leases.c.target == key, leases.c.fence == fence, leases.c.holder != "")
    return bool(connection.execute(ours.values(**values)).rowcount)


def lost(target: Target) -> LeaseLost:
    """The error of a prober that must stop."""
    return LeaseLost(
        f"Another prober has taken over {target.url}, since this one had not been heard of or somebody ended it. This "
        "one stops; what it stored is there to go on from."
    )
