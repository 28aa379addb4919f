"""The border where the errors of SQLite, PostgreSQL and the system become ours: what, why, and what to do. IO."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from widgets.pace.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNotOurs,
    StoreReadOnly,
    StoreUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

ADVICE: dict[type[StoreError], str] = {
    StoreLocked: "somebody else has been writing to it for too long; end the process that does, and try again",
    StoreReadOnly: "it may not be written; give this user the right to, or set WAITWISE_STORE to another place",
    StoreCorrupt: "it is damaged; move it away (a new one is begun) or restore it from a copy",
    StoreFull: "there is no room left for it; free some, and go on: what was stored is safe",
    StoreNotOurs: "it is no store of Waitwise, and is left as it is; set WAITWISE_STORE to another place",
    StoreUnreachable: "it cannot be reached; look whether the folder or the server is there, and try again",
}

SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_NOTADB: StoreNotOurs,
}
"""Primary result codes (https://www.sqlite.org/rescode.html)."""

SYSTEM: dict[int, type[StoreError]] = {
    errno.EROFS: StoreReadOnly,
    errno.EACCES: StoreReadOnly,
    errno.EPERM: StoreReadOnly,
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
}
"""Of the system, by `errno`, where it refuses the folder or the file of a store."""
READ_ONLY_SYSTEM = (
    "it is on a file system that may only be read; make that writable, or set WAITWISE_STORE to another place"
)

POSTGRES: dict[str, type[StoreError]] = {
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,
    "53100": StoreFull,
    "55P03": StoreLocked,
    "57014": StoreLocked,
    "XX001": StoreCorrupt,
    "XX002": StoreCorrupt,
}
"""SQLSTATE codes (PostgreSQL manual, appendix A)."""


@contextmanager
def translated(name: str | None) -> Iterator[None]:
    """Turn every error of the store `name` into a `StoreError` that says what, why and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise refused(error.orig, name) from error
    except (sqlite3.Error, OSError) as error:
        raise refused(error, name) from error
    except PoolTimeout as error:
        raise told(StoreUnreachable, name) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The store {name} failed, by a fault of this program. What was stored is safe.") from error


def told(kind: type[StoreError], name: str | None) -> StoreError:
    """An error of that kind with its whole sentence."""
    return kind(f"The store {name} cannot be used: {ADVICE[kind]}.")


def refused(error: BaseException | None, name: str | None) -> StoreError:
    """What a driver or the system says, as one of ours.

    SQLite cannot open a file, nor what it writes beside one, for the want of a right as for the want of a folder: which
    of them it is, the system is asked.
    """
    kind, why = kind_of(error), getattr(error, "errno", None)
    if isinstance(error, sqlite3.Error) and kind in {StoreUnreachable, StoreReadOnly} and name:
        why = barred(Path(name))
        kind = SYSTEM[why] if why else kind
    if why == errno.EROFS:
        return StoreReadOnly(f"The store {name} cannot be used: {READ_ONLY_SYSTEM}.")
    return told(kind, name)


def barred(file: Path) -> int | None:
    """Why a file may not be made or written by this user, by `errno`; `None` where it may, or is none of a store."""
    # `Path.exists` raises where a folder on the way may not be looked into.
    there = [each for each in (file, *file.absolute().parents) if os.path.exists(each)]  # noqa: PTH110
    if not there or str(file).startswith("file:"):
        return None
    where = there[:1] if there[0].is_dir() else there[:2]  # SQLite writes beside the file too
    if all(os.access(each, os.W_OK) for each in where):
        return None
    status = getattr(os, "statvfs", None)  # which Windows has not
    return errno.EROFS if status and status(there[0]).f_flag & os.ST_RDONLY else errno.EACCES


def of_row(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """A function that makes one of ours of a row, with `StoreCorrupt` for a row that is none.

    A row that cannot be read is no reason to go on without it: what it kept back would be sent.
    """

    @wraps(make)
    def made(row: Any) -> T:
        try:
            return make(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreCorrupt(
                "A row of the store cannot be read: it was changed by something else, or is damaged. Move the store "
                "away (a new one is begun) or restore it from a copy; until then nothing is sent where it is needed."
            ) from error

    return made


def kind_of(error: BaseException | None) -> type[StoreError]:
    """Which of ours a driver's error is."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CANTOPEN)
        return SQLITE.get(code & 0xFF, StoreUnreachable)
    if isinstance(error, OSError):
        return SYSTEM.get(error.errno or 0, StoreUnreachable)
    return POSTGRES.get(getattr(error, "sqlstate", None) or "", StoreUnreachable)
