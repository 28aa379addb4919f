"""The border where errors of SQLite, PostgreSQL and SQLAlchemy become ours. Loads SQLAlchemy: import it late."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from .errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNotOurs,
    StoreReadOnly,
    StoreUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        raise told(kind_of(error.orig), name) from error
    except sqlite3.Error as error:
        raise told(kind_of(error), name) from error
    except (PoolTimeout, OSError) as error:
        raise told(StoreUnreachable, name) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The store {name} failed: {type(error).__name__}. What was stored is safe.") from error


def told(kind: type[StoreError], name: str | None) -> StoreError:
    """An error of that kind with its whole sentence."""
    return kind(f"The store {name} cannot be used: {ADVICE[kind]}.")


def kind_of(error: BaseException | None) -> type[StoreError]:
    """Which of ours a driver's error is."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CANTOPEN)
        return SQLITE.get(code & 0xFF, StoreUnreachable)
    return POSTGRES.get(getattr(error, "sqlstate", None) or "", StoreUnreachable)
