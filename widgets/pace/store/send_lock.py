"""The lock that a sender holds while it sends.

It must outlast a stopped holder and not a dead one: no lease can do both (a holder that wakes after its lease ended
sends all the same), but a lock can that the operating system, or PostgreSQL's session, ties to the holder's life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import filelock
from sqlalchemy import text

from widgets.pace.errors import StoreError, StoreLocked, StoreUnreachable

from .engine import Database, translated

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class SendLock(Protocol):
    """The lock of one target."""

    def acquire(self) -> bool:
        """Take it if it is free, now or within a moment."""

    def held(self) -> bool:
        """Whether it is still ours, asked of whoever keeps it."""

    def release(self) -> None:
        """Give it back."""


class FileLock:
    """A lock of the operating system (`flock`) on a file beside the store; it is never removed, only released."""

    def __init__(self, folder: Path, key: str) -> None:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(f"No lock can be made in {folder}: {error.strerror}. Nothing was sent.") from error
        # Without the kernel's lock there is only a file that somebody must remember to remove: rather none.
        self._file = filelock.FileLock(folder / f"{key}.lock", thread_local=False, fallback_to_soft=False)

    def acquire(self) -> bool:
        """Take it if it is free, at once."""
        try:
            self._file.acquire(blocking=False)
        except filelock.Timeout:
            return False
        except OSError as error:
            raise StoreUnreachable(
                f"The lock {self._file.lock_file} cannot be taken: {error.strerror}. Nothing was sent."
            ) from error
        return True

    def held(self) -> bool:
        """The kernel takes it from nobody who lives."""
        return self._file.is_locked

    def release(self) -> None:
        """Give it back."""
        self._file.release()


class AdvisoryLock:
    """An advisory lock of PostgreSQL; it lasts as long as its connection.

    Args:
        engine: Its connections have a `lock_timeout`: the server itself wakes whoever waits, in the order of their
            coming, and nobody has to ask again and again.
        key: Of the target.
        name: Of the store, for errors.
    """

    def __init__(self, engine: Engine, key: str, name: str) -> None:
        self._engine, self._name = engine, name
        self._key = int.from_bytes(bytes.fromhex(key), signed=True)
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take it if it becomes free within the engine's `lock_timeout`."""
        with translated(self._name):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with translated(self._name):
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": self._key})
        except StoreLocked:
            connection.close()
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
                return self._connection is not None and self._connection.scalar(text("SELECT 1")) == 1
        except StoreError:
            return False

    def release(self) -> None:
        """Give it back; a session that broke has given it back already."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with translated(self._name):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
        except StoreError:
            connection.invalidate()
        finally:
            connection.close()


def lock_of(database: Database, key: str) -> SendLock:
    """The lock of a target that no two senders hold at a time, and that the death of its holder releases."""
    if database.sqlite:
        return FileLock(database.folder, key)
    return AdvisoryLock(database.locking, key, database.name)
