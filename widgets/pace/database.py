"""One store, opened: SQLite or PostgreSQL through SQLAlchemy. Loads SQLAlchemy: import it late."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, inspect, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from . import schema
from .engines import WAIT_FOR_LOCK, make_postgresql, make_sqlite
from .errors import StoreNotOurs, StoreUnreachable
from .faults import translated
from .sendlock import AdvisoryLock, FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sendlock import SendLock

OPENING = 0x57616974
"""The advisory lock under which tables are made, so that of several first visitors one makes them."""


class Database:
    """Reads and writes of one store, with every foreign error translated.

    Args:
        url: An SQLAlchemy URL of SQLite or PostgreSQL.

    Raises:
        StoreError: When the store cannot be opened, or is none of ours.
    """

    def __init__(self, url: str) -> None:
        self._url = parse(url)
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self.name = self._url.database if self.sqlite else self._url.render_as_string(hide_password=True)
        self._pid = os.getpid()
        with translated(self.name):
            self._engine = make_sqlite(self._url) if self.sqlite else make_postgresql(self._url)
            # A lock is waited for on a connection of its own, where no statement waits for anything else.
            self._locking = self._engine if self.sqlite else make_postgresql(self._url, WAIT_FOR_LOCK)
        # PostgreSQL shows each statement its own moment anyway: a transaction would be two more messages.
        alone: dict[str, Any] = {} if self.sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self._engine.execution_options(ww="read", **alone)
        self._quick = self._engine.execution_options(ww="quick")
        self._single = self._engine.execution_options(ww="quick", **alone)
        try:
            with self.write() as connection:
                self.key = migrate(connection, self.name or "", sqlite=self.sqlite)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements each see one moment of the store."""
        with translated(self.name), self._own(self._reading).connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end.

        Args:
            durable: Whether it must survive a power cut too; it always survives the death of the process.
        """
        with translated(self.name), self._own(self._engine if durable else self._quick).begin() as connection:
            yield connection

    @contextmanager
    def write_one(self) -> Iterator[Connection]:
        """A connection for one writing statement, which is its own transaction; not durable in the sense of `write`."""
        with translated(self.name), self._own(self._single).begin() as connection:
            yield connection

    def lock(self, key: str) -> SendLock:
        """The lock of a target that no two senders hold at a time, and that the death of its holder releases."""
        if self.sqlite:
            return FileLock(Path(f"{self._url.database}-turns"), key)
        return AdvisoryLock(self._own(self._locking), key, self.name or "")

    def upsert(self, connection: Connection, table: Any, row: dict[str, Any], *, keep: bool = False) -> None:
        """Insert a row; where its key is there already, replace the rest of it, or leave it as it is (`keep`)."""
        if self.sqlite:
            from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415 - the twin of the other dialect's
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # noqa: PLC0415 - as above
        statement: Any = insert(table).values(**row)
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in row if name not in keys}
        clash = statement.on_conflict_do_nothing if keep else statement.on_conflict_do_update
        connection.execute(clash(index_elements=keys) if keep else clash(index_elements=keys, set_=rest))

    def close(self) -> None:
        """Close every connection."""
        for engine in (self._engine, self._locking):
            engine.dispose()

    def _own(self, engine: Engine) -> Engine:
        """The engine, without connections that a fork has left to two processes."""
        if self._pid != os.getpid():
            for each in (self._engine, self._locking):
                each.dispose(close=False)
            self._pid = os.getpid()
        return engine


def parse(url: str) -> URL:
    """Read an SQLAlchemy URL.

    Raises:
        StoreUnreachable: When it is none, or names another kind of database.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreUnreachable(
            "The store's address is none: write sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE "
            "(WAITWISE_STORE)."
        ) from error
    if kind == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreUnreachable("A store in memory keeps nothing: name a file, sqlite:///PATH (WAITWISE_STORE).")
    if kind not in {"sqlite", "postgresql"}:
        raise StoreUnreachable(f"The store can be SQLite or PostgreSQL, not {kind} (WAITWISE_STORE).")
    return parsed


def migrate(connection: Connection, name: str, *, sqlite: bool) -> bytes:
    """Bring the store to this version, from any older one or from nothing; gives its key for fingerprints.

    Raises:
        StoreNotOurs: When it holds something else, or is of a newer version.
    """
    if not sqlite:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({OPENING})"))
    there = set(inspect(connection).get_table_names())
    if "ww_meta" not in there:
        if sqlite and there:
            raise StoreNotOurs(f"{name} is a database of another program. Set WAITWISE_STORE to another file.")
        schema.meta.create(connection)
        facts = {"format": schema.FORMAT, "version": "0", "key": secrets.token_hex(16)}
        connection.execute(schema.meta.insert(), [{"name": key, "value": value} for key, value in facts.items()])
    facts = {row.name: row.value for row in connection.execute(select(schema.meta))}
    version, newest = int(facts.get("version", -1)), len(schema.MIGRATIONS)
    if facts.get("format") != schema.FORMAT or not 0 <= version <= newest:
        raise StoreNotOurs(
            f"{name} was written by a newer Waitwise (version {version}, here {newest}). Update this one."
        )
    for statements in schema.MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(text(statement))
    if version < newest:
        connection.execute(update(schema.meta).where(schema.meta.c.name == "version").values(value=str(newest)))
    return bytes.fromhex(facts["key"])
