"""The lock that a sender holds while it sends.

It must outlast a stopped holder and not a dead one: no lease can do both (a holder that wakes after its lease ended
sends all the same), but a lock can that the operating system, or PostgreSQL's session, ties to the holder's life.

A session can end before its process, and does when the server is restarted or drops it. So the senders of one user on
one machine hold a lock of the operating system as well as PostgreSQL's: nothing takes that from one who lives.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Protocol

import filelock

from widgets.pace.errors import StoreError, StoreLocked, StoreUnreachable

from .faults import translated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from .engine import Database

logger = logging.getLogger(__name__)


class SendLock(Protocol):
    """The lock of a target, and of all that counts its requests."""

    def acquire(self) -> bool:
        """Take it if it is free, now or within a moment."""

    def held(self) -> bool:
        """Whether it is still ours, asked of whoever keeps it."""

    def release(self) -> None:
        """Give it back."""


class FileLock:
    """Locks of the operating system (`flock`) on files beside the store; they are never removed, only released."""

    def __init__(self, folder: Path, keys: Sequence[str]) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(f"No lock can be made in {folder}: {error.strerror}. Nothing was sent.") from error
        # Without the kernel's lock there is only a file that somebody must remember to remove: rather none.
        self._files = [
            filelock.FileLock(folder / f"{key}.lock", thread_local=False, fallback_to_soft=False)
            for key in sorted(keys)
        ]

    def acquire(self) -> bool:
        """Take all of them if they are free, at once."""
        for file in self._files:
            try:
                file.acquire(blocking=False)
            except filelock.Timeout:
                self.release()
                return False
            except OSError as error:
                self.release()
                raise StoreUnreachable(
                    f"The lock {file.lock_file} cannot be taken: {error.strerror}. Nothing was sent."
                ) from error
        return True

    def held(self) -> bool:
        """The kernel takes it from nobody who lives."""
        return all(file.is_locked for file in self._files)

    def release(self) -> None:
        """Give them back."""
        for file in self._files:
            if file.is_locked:
                file.release()


class AdvisoryLock:
    """Advisory locks of PostgreSQL; they last as long as their connection.

    Args:
        engine: Its connections have a `lock_timeout`: the server itself wakes whoever waits, in the order of their
            coming, and nobody has to ask again and again.
        keys: Of the target, and of all that counts its requests.
        name: Of the store, for errors.
    """

    def __init__(self, engine: Engine, keys: Sequence[str], name: str) -> None:
        self._engine, self._name = engine, name
        self._keys = {
            f"key{at}": int.from_bytes(bytes.fromhex(key), signed=True) for at, key in enumerate(sorted(keys))
        }
        self._taking = f"SELECT {', '.join(f'pg_advisory_lock(%({name})s)' for name in self._keys)}"
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take all of them if each becomes free within the engine's `lock_timeout`."""
        with translated(self._name):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with translated(self._name):
                # From the left to the right, as they are sorted: whoever wants some of them wants them in that order.
                connection.exec_driver_sql(self._taking, self._keys)
        except StoreLocked:
            self._give_back(connection)
            return False
        except BaseException:
            connection.invalidate()  # Interrupted, it may have got the lock: only its end gives that back.
            connection.close()
            raise
        self._connection = connection
        return True

    def held(self) -> bool:
        """Whether the session that holds it is still there."""
        try:
            with translated(self._name):
                return self._connection is not None and self._connection.exec_driver_sql("SELECT 1").scalar() == 1
        except StoreError:
            return False

    def release(self) -> None:
        """Give it back; a session that broke has given it back already."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        try:
            with translated(self._name):
                connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        except StoreError:
            connection.invalidate()
        finally:
            connection.close()


class Both:
    """Two locks as one: the first says who comes next, the second is taken from nobody who lives."""

    def __init__(self, first: SendLock, second: SendLock) -> None:
        self._first, self._second = first, second

    def acquire(self) -> bool:
        """Take both if both are free."""
        if not self._first.acquire():
            return False
        taken = False
        try:
            taken = self._second.acquire()
        finally:
            if not taken:
                self._first.release()
        return taken

    def held(self) -> bool:
        """Whether both are still ours."""
        return self._second.held() and self._first.held()

    def release(self) -> None:
        """Give both back; whoever the first wakes finds the second free."""
        try:
            self._second.release()
        finally:
            self._first.release()


def lock_of(database: Database, keys: Sequence[str]) -> SendLock:
    """The lock that no two senders hold at a time, and that the death of its holder releases."""
    if database.sqlite:
        return FileLock(database.folder, keys)
    shared = AdvisoryLock(database.locking, keys, database.name)
    try:
        return Both(shared, FileLock(database.folder, keys))
    except StoreUnreachable:
        _warn(database.folder)
        return shared


@cache
def _warn(folder: Path) -> None:
    """Once for each folder."""
    logger.warning(
        "Nothing can be written in %s: the senders of this machine share PostgreSQL's lock alone, which a server that "
        "drops a session takes from one who lives.",
        folder,
    )
